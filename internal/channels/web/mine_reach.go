package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/reach"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// Proofs writes the letter that asks whether an address is somebody's.
type Proofs interface {
	// Proof puts the letter in the outbox. path is the page of the link, without language.
	Proof(ctx context.Context, tx *store.Tx, l *i18n.Localizer, to, path string) error
}

// reachPage shows how the reader is reached, to be changed.
func (m *Module) reachPage(w http.ResponseWriter, r *http.Request) error {
	return m.showReach(w, r, http.StatusOK, nil, nil)
}

// showReach writes the page. typed is what was posted and not taken, nil for what is kept.
func (m *Module) showReach(w http.ResponseWriter, r *http.Request, status int, typed url.Values, faults []fault) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	wishes, err := m.Reach.Mine(ctx, who.PersonID)
	if err != nil {
		return err
	}
	asked, err := m.Reach.Asked(ctx, who.PersonID)
	if err != nil {
		return err
	}
	v := reachView{Page: m.mineSub(r, ui.T(ctx, "public.mine.reach")), email: wishes.Email, asked: asked, sends: m.Proofs != nil}
	v.Path = "/mina-sidor/kontakt"
	for _, key := range []string{"sparat", "skickat", "borta"} {
		if r.URL.Query().Get(key) != "" {
			v.Notice = &ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.reach.done."+key), Live: true}
		}
	}
	wrong := map[string]string{}
	for _, x := range faults {
		wrong[x.field] = x.text
		v.Errors = append(v.Errors, ui.FieldError{Field: x.field, Message: x.text})
	}
	val := func(field, kept string) string {
		if typed != nil && typed.Has(field) {
			return typed.Get(field)
		}
		return kept
	}
	v.address = ui.Input{Field: ui.Field{Name: "epost", Label: ui.T(ctx, "public.reach.email"), Hint: ui.T(ctx, "public.reach.email_hint"), Error: wrong["epost"]},
		Type: "email", Autocomplete: "email", NoSpell: true, Value: val("epost", "")}
	v.fields = append(v.fields, ui.Input{Field: ui.Field{Name: "telefon", Label: ui.T(ctx, "public.reach.phone"), Hint: ui.T(ctx, "public.reach.phone_hint"), Optional: true, Error: wrong["telefon"]},
		Type: "tel", Autocomplete: "tel", NoSpell: true, Value: val("telefon", wishes.Phone), Width: 20})
	for _, about := range reach.Matters() {
		q := ui.Radios{Field: ui.Field{Name: string(about), Label: ui.T(ctx, "public.reach.matter."+string(about)), Error: wrong[string(about)]}}
		for _, c := range reach.Channels() {
			q.Options = append(q.Options, ui.Option{Value: string(c), Label: ui.T(ctx, "public.reach.channel."+string(c)), Chosen: val(string(about), string(wishes.By[about])) == string(c)})
		}
		v.fields = append(v.fields, q)
	}
	spoken := ui.Radios{Field: ui.Field{Name: "sprak", Label: ui.T(ctx, "public.reach.lang"), Error: wrong["sprak"]}}
	for _, l := range []string{"", string(i18n.SV), string(i18n.EN)} {
		label := ui.T(ctx, "public.reach.lang.as_written")
		if l != "" {
			label = ui.T(ctx, "public.reach.lang."+l)
		}
		spoken.Options = append(spoken.Options, ui.Option{Value: l, Label: label, Chosen: val("sprak", string(wishes.Lang)) == l})
	}
	v.fields = append(v.fields, spoken)
	return ui.Render(w, r, status, reachPart(v))
}

// reachView is the page of contact settings.
type reachView struct {
	ui.Page
	email, asked string
	sends        bool // letters leave, so an address can be verified
	address      ui.Input
	fields       []templ.Component
}

// reachSave keeps phone, ways and language.
func (m *Module) reachSave(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	wishes := reach.Wishes{Phone: r.PostForm.Get("telefon"), Lang: i18n.Lang(r.PostForm.Get("sprak")), By: map[reach.Matter]reach.Channel{}}
	for _, about := range reach.Matters() {
		wishes.By[about] = reach.Channel(r.PostForm.Get(string(about)))
	}
	ctx := r.Context()
	err = m.Reach.Save(ctx, who.PersonID, wishes)
	switch {
	case errors.Is(err, reach.ErrPhone):
		return m.showReach(w, r, http.StatusUnprocessableEntity, r.PostForm, []fault{{"telefon", ui.T(ctx, "casetype.phone")}})
	case errors.Is(err, reach.ErrWay):
		var faults []fault
		for _, about := range reach.Matters() {
			if wishes.By[about] == "" {
				faults = append(faults, fault{string(about), ui.T(ctx, "casetype.option")})
			}
		}
		if len(faults) == 0 {
			return errors.Join(kernelweb.ErrBadRequest, err)
		}
		return m.showReach(w, r, http.StatusUnprocessableEntity, r.PostForm, faults)
	case err != nil:
		return err
	}
	return see(w, r, "/mina-sidor/kontakt?sparat=1")
}

// reachEmail sends a link to an address, which is the reader's when they have followed it.
func (m *Module) reachEmail(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	fault, err := m.askProof(r, reach.Proof{Person: who.PersonID, Back: "/mina-sidor/kontakt"})
	if err != nil {
		return err
	}
	if fault != nil {
		return m.showReach(w, r, http.StatusUnprocessableEntity, r.PostForm, fault)
	}
	return see(w, r, "/mina-sidor/kontakt?skickat=1")
}

// reachForget takes the address away.
func (m *Module) reachForget(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	if err := m.Reach.Forget(r.Context(), who.PersonID); err != nil {
		return err
	}
	return see(w, r, "/mina-sidor/kontakt?borta=1")
}

// askProof sends the letter to the address of the form. The fault, if any, is at its field.
func (m *Module) askProof(r *http.Request, p reach.Proof) ([]fault, error) {
	if err := r.ParseForm(); err != nil {
		return nil, errors.Join(kernelweb.ErrBadRequest, err)
	}
	if m.Proofs == nil {
		return nil, store.ErrNotFound
	}
	ctx := r.Context()
	address, err := mail.ParseAddress(strings.TrimSpace(r.PostForm.Get("epost")))
	if err != nil || address.Name != "" || len(address.Address) > 254 {
		return []fault{{"epost", ui.T(ctx, "casetype.email")}}, nil
	}
	p.Email = strings.ToLower(address.Address)
	if ok, _ := m.Forms.Allow("proof " + kernelweb.Place(r)); !ok {
		return []fault{{"epost", ui.T(ctx, "public.reach.many")}}, nil
	}
	err = m.Reach.Ask(ctx, p, func(ctx context.Context, tx *store.Tx, token string) error {
		return m.Proofs.Proof(ctx, tx, i18n.From(ctx), p.Email, "/bekrafta/"+token)
	})
	if errors.Is(err, reach.ErrMany) {
		return []fault{{"epost", ui.T(ctx, "public.reach.many")}}, nil
	}
	return nil, err
}

// proofAsk asks somebody who is not signed in for their address, for a service that needs one.
func (m *Module) proofAsk(w http.ResponseWriter, r *http.Request) error {
	return m.showProofAsk(w, r, http.StatusOK, nil)
}

func (m *Module) showProofAsk(w http.ResponseWriter, r *http.Request, status int, faults []fault) error {
	ctx := r.Context()
	back := identity.LocalPath(r.FormValue("till"))
	page := ui.Question{Page: m.page(r, ui.T(ctx, "public.proof.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.proof.lead"), Button: ui.T(ctx, "public.proof.send"),
		Form: ui.Form{Action: "/bekrafta", Hidden: []ui.Hidden{{Name: "till", Value: back}}}, After: signInInstead(identity.SignInPath(back))}
	page.NoIndex, page.Path = true, "/bekrafta"
	field := ui.Field{Name: "epost", Label: ui.T(ctx, "public.reach.email")}
	for _, x := range faults {
		field.Error = x.text
		page.Errors = append(page.Errors, ui.FieldError{Field: x.field, Message: x.text})
	}
	page.Fields = []templ.Component{ui.Input{Field: field, Type: "email", Autocomplete: "email", NoSpell: true, Value: r.PostForm.Get("epost")}}
	return ui.Render(w, r, status, page)
}

// proofSend sends the link.
func (m *Module) proofSend(w http.ResponseWriter, r *http.Request) error {
	back := identity.LocalPath(r.FormValue("till"))
	faults, err := m.askProof(r, reach.Proof{Back: unlocalised(back)})
	if err != nil {
		return err
	}
	if faults != nil {
		return m.showProofAsk(w, r, http.StatusUnprocessableEntity, faults)
	}
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.proof.sent"), "/e-tjanster")
	page.NoIndex, page.Path = true, "/bekrafta"
	return ui.Render(w, r, http.StatusOK, ui.Message{Page: page, Lead: ui.T(ctx, "public.proof.sent_lead"), Ways: []ui.Link{{Text: ui.T(ctx, "public.proof.again"), Href: "/bekrafta?" + url.Values{"till": {back}}.Encode()}}})
}

// proofPage asks for a press of a button: programs that read mail open links by themselves.
func (m *Module) proofPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	w.Header().Set("Referrer-Policy", "no-referrer")
	if _, err := m.Reach.Waits(ctx, r.PathValue("token")); err != nil {
		return m.proofGone(w, r, err)
	}
	page := ui.Question{Page: m.page(r, ui.T(ctx, "public.proof.confirm"), ""), Lead: ui.T(ctx, "public.proof.confirm_lead"), Button: ui.T(ctx, "public.proof.confirm"),
		Form: ui.Form{Action: "/bekrafta/" + r.PathValue("token")}}
	page.NoIndex = true
	return ui.Render(w, r, http.StatusOK, page)
}

func (m *Module) proofGone(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.proof.gone"), "")
	page.NoIndex, page.Path = true, "/bekrafta"
	return ui.Render(w, r, http.StatusNotFound, ui.Message{Page: page, Lead: ui.T(ctx, "public.proof.gone_lead"), Ways: []ui.Link{{Text: ui.T(ctx, "public.proof.again"), Href: "/bekrafta"}}})
}

// proofUse takes the address as shown. Somebody who is not signed in carries the proof in their browser for a while.
func (m *Module) proofUse(w http.ResponseWriter, r *http.Request) error {
	p, err := m.Reach.Confirm(r.Context(), r.PathValue("token"))
	if err != nil {
		return m.proofGone(w, r, err)
	}
	if p.Person == "" {
		m.setCookie(w, emailCookie, m.emailGrant(p.Email), openedAge)
	}
	if p.Person != "" && identity.From(r.Context()) == nil { // the letter was opened on another device
		ctx := r.Context()
		page := m.page(r, ui.T(ctx, "public.proof.done"), "")
		page.NoIndex, page.Path = true, "/bekrafta"
		return ui.Render(w, r, http.StatusOK, ui.Message{Page: page, Lead: ui.T(ctx, "public.proof.done_lead"), Ways: []ui.Link{{Text: ui.T(ctx, "public.mine.title"), Href: "/mina-sidor"}}})
	}
	back := p.Back
	if back == "/mina-sidor/kontakt" {
		back += "?sparat=1"
	}
	if back == "" {
		back = "/e-tjanster"
	}
	return see(w, r, back)
}

// emailCookie carries an address that its owner has shown to be theirs, for those who do not sign in.
const emailCookie = "dygnet-epost"

// emailGrant is 8 bytes of when it ends, the address and 16 bytes of signature.
func (m *Module) emailGrant(address string) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(m.Clock.Now().Add(openedAge).Unix())) //nolint:gosec // after 1970
	raw = append(raw, address...)
	return base64.RawURLEncoding.EncodeToString(append(raw, m.signEmail(raw)...))
}

// provenEmail is the address that this browser has shown to be its user's, "" if it has not.
func (m *Module) provenEmail(r *http.Request) string {
	raw, err := base64.RawURLEncoding.DecodeString(m.cookie(r, emailCookie))
	if err != nil || len(raw) <= 24 {
		return ""
	}
	body, mac := raw[:len(raw)-16], raw[len(raw)-16:]
	if !hmac.Equal(mac, m.signEmail(body)) || m.Clock.Now().Unix() > int64(binary.BigEndian.Uint64(body[:8])) { //nolint:gosec // we wrote it
		return ""
	}
	return string(body[8:])
}

func (m *Module) signEmail(raw []byte) []byte {
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte("e-mail\x00"))
	h.Write(raw)
	return h.Sum(nil)[:16]
}

// askIn leads somebody who is not known well enough for a service to sign in, or to show an e-mail address where that is enough.
func (m *Module) askIn(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, path string) error {
	if ct.Auth.Level == casetype.LevelEmail && m.Reach != nil && m.Proofs != nil {
		return see(w, r, "/bekrafta?"+url.Values{"till": {path}}.Encode())
	}
	return see(w, r, identity.SignInPath(i18n.From(r.Context()).Path(path)))
}
