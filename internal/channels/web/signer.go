package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// request is what somebody is asked to sign, as it stands, shown only to the one who is asked.
type request struct {
	ct    *casetype.CaseType
	draft *drafts.Draft
	fixed *drafts.Frozen
	who   *drafts.Signer
}

// asked finds what a link leads to and makes sure that the visitor is the one who is asked: signed in at the level of the case type, with
// the number that the writer gave, or with the secret link where no number was given. Otherwise it writes a page that says what to do
// and gives nil.
func (m *Module) asked(w http.ResponseWriter, r *http.Request) (*request, error) {
	ctx := r.Context()
	link := r.PathValue("token")
	d, f, x, err := m.drafts.Asked(ctx, link)
	if errors.Is(err, store.ErrNotFound) {
		return nil, m.signerMessage(w, r, http.StatusNotFound, "gone")
	}
	if err != nil {
		return nil, err
	}
	ct, err := m.fixed(d, f)
	if err != nil {
		return nil, err
	}
	signIn := ui.Link{Text: ui.T(ctx, "public.sign.sign_in"), Href: identity.SignInPath(i18n.From(ctx).Path("/signera/" + link))}
	who := identity.From(ctx)
	switch {
	case who == nil || who.Kind != identity.Citizen:
		return nil, m.signerMessage(w, r, http.StatusUnauthorized, "known", signIn)
	case who.LoA < level(ct):
		return nil, m.signerMessage(w, r, http.StatusForbidden, "level", signIn)
	}
	if x.Number != "" {
		own, err := m.numberOf(r)
		if err != nil {
			return nil, err
		}
		if own != x.Number {
			return nil, m.signerMessage(w, r, http.StatusForbidden, "other")
		}
	}
	return &request{ct, d, f, x}, nil
}

// signerMessage says why there is nothing to sign here, without a word of what it is.
func (m *Module) signerMessage(w http.ResponseWriter, r *http.Request, status int, key string, ways ...ui.Link) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.sign."+key+".title"), "/e-tjanster"), Lead: ui.T(ctx, "public.sign."+key+".lead"), Ways: ways}
	page.Ways = append(page.Ways, ui.Link{Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt"})
	page.NoIndex = true
	return ui.Render(w, r, status, page)
}

// signer shows what is to be signed.
func (m *Module) signer(w http.ResponseWriter, r *http.Request) error {
	q, err := m.asked(w, r)
	if err != nil || q == nil {
		return err
	}
	return m.showRequest(w, r, http.StatusOK, q, "")
}

// showRequest writes the signer's page: all answers as on the review page, and the button if it is their turn.
func (m *Module) showRequest(w http.ResponseWriter, r *http.Request, status int, q *request, notice string) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	here := "/signera/" + r.PathValue("token")
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.sign.read.title", "Service", q.ct.Title.In(l.Lang())), "/mina-sidor"), Caption: partyTitle(ctx, q.ct, q.who.Party),
		Lead: ui.T(ctx, "public.sign.read.lead", "Name", q.fixed.Writer.Name, "Date", l.DateTime(q.fixed.Due)), Back: "/mina-sidor",
		Button: ui.T(ctx, "public.sign.sign"), Form: ui.Form{Action: here, Hidden: []ui.Hidden{{Name: fieldDigest, Value: q.fixed.Digest}}},
		After: ui.Links{{Text: ui.T(ctx, "public.sign.decline"), Href: here + "/nej"}},
	}
	page.NoIndex = true
	if notice != "" {
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.sign."+notice), Live: true}
	}
	for _, c := range m.summaries(ctx, q.ct, q.draft, q.fixed.Clean) {
		if s, ok := c.(ui.Summary); ok {
			for i := range s.Facts {
				s.Facts[i].Change = ""
			}
			c = s
		}
		page.Fields = append(page.Fields, c)
	}
	if files := q.files(); len(files) > 0 {
		var list ui.Links
		for _, d := range files {
			list = append(list, ui.Link{Text: d.Name + " (" + fileSize(ctx, d.Size) + ")", Href: here + "/fil/" + strconv.Itoa(d.N)})
		}
		page.Fields = append(page.Fields, h2(ui.T(ctx, "public.case.documents")), list)
	}
	if state := q.state(m); state != "" { // nothing to press: the same page without a form
		told := ui.Message{Page: page.Page, Lead: ui.T(ctx, "public.sign.is."+state, "Time", l.DateTime(q.who.At), "Date", l.DateTime(q.fixed.Due)), Body: templ.Join(page.Fields...)}
		told.Ways = []ui.Link{{Text: ui.T(ctx, "public.saved.mine"), Href: "/mina-sidor"}}
		return ui.Render(w, r, status, told)
	}
	return ui.Render(w, r, status, page)
}

// fieldDigest carries what the signer was shown.
const fieldDigest = "underlag"

// state is why there is nothing to press: signed, declined, turn, late; "" when the signer can sign.
func (q *request) state(m *Module) string {
	switch {
	case q.who.State == drafts.Signed:
		return "signed"
	case q.who.State == drafts.Declined:
		return "declined"
	case q.draft.Stage != drafts.Signing || !m.Clock.Now().Before(q.fixed.Due):
		return "late"
	case q.who.Invited.IsZero():
		return "turn"
	}
	return ""
}

// files are those that belong to what is signed.
func (q *request) files() []cases.Document {
	var out []cases.Document
	for _, f := range q.draft.Files {
		if slices.Contains(q.fixed.Clean[f.Question], f.Document) {
			out = append(out, cases.Document{N: len(out) + 1, Document: f.Document, Name: f.Name, Mime: f.Mime, Size: f.Size})
		}
	}
	return out
}

// signerFile sends a file that belongs to what is signed.
func (m *Module) signerFile(w http.ResponseWriter, r *http.Request) error {
	q, err := m.asked(w, r)
	if err != nil || q == nil {
		return err
	}
	return m.document(w, r, cases.CitizenView{Documents: q.files()})
}

// unsigned answers a signature or a refusal that was not taken: the page again with what has changed, or the fault itself.
func (m *Module) unsigned(w http.ResponseWriter, r *http.Request, q *request, err error) error {
	switch {
	case errors.Is(err, drafts.ErrChanged):
		return m.showRequest(w, r, http.StatusConflict, q, "changed")
	case errors.Is(err, drafts.ErrSame):
		return m.showRequest(w, r, http.StatusConflict, q, "same")
	case errors.Is(err, drafts.ErrTurn), errors.Is(err, drafts.ErrLate), errors.Is(err, drafts.ErrStage):
		return m.showRequest(w, r, http.StatusConflict, q, "")
	}
	return err
}

// by is the visitor as the one who signs.
func by(r *http.Request, digest string) drafts.By {
	who := identity.From(r.Context())
	return drafts.By{Person: who.PersonID, Name: who.Name, Level: who.LoA.String(), Digest: digest}
}

// signerPost signs. The last signature hands in the matter, when there is nothing to pay.
func (m *Module) signerPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, 10_000); err != nil {
		return err
	}
	q, err := m.asked(w, r)
	if err != nil || q == nil {
		return err
	}
	ctx := r.Context()
	stage, err := m.drafts.Sign(ctx, q.who.ID, by(r, r.PostForm.Get(fieldDigest)))
	switch {
	case err != nil:
		return m.unsigned(w, r, q, err)
	case stage != drafts.Sending:
		return see(w, r, "/signera/"+r.PathValue("token"))
	}
	accepted, err := m.handIn(ctx, q.draft.ID)
	if err != nil { // it is signed all the same, and handed in as soon as it can be
		if !noRoom(err) {
			m.Log.ErrorContext(ctx, "handing in what all have signed", "err", err)
		}
		return see(w, r, "/signera/"+r.PathValue("token"))
	}
	v, err := m.Cases.CitizenView(ctx, m.citizen(r), accepted.CaseID)
	if err != nil {
		return err
	}
	return see(w, r, "/mina-sidor/arenden/"+slug(v.Case.Number))
}

// declineAsk asks why somebody does not sign.
func (m *Module) declineAsk(w http.ResponseWriter, r *http.Request) error {
	q, err := m.asked(w, r)
	if err != nil || q == nil {
		return err
	}
	if q.state(m) != "" {
		return m.showRequest(w, r, http.StatusOK, q, "")
	}
	return m.showDecline(w, r, http.StatusOK, q, "", "")
}

// maxReason is how long a reason not to sign may be, in characters.
const maxReason = 1000

func (m *Module) showDecline(w http.ResponseWriter, r *http.Request, status int, q *request, typed, wrong string) error {
	ctx := r.Context()
	here := "/signera/" + r.PathValue("token")
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.sign.decline"), "/mina-sidor"), Caption: q.ct.Title.In(lang(ctx)), Back: here, Lead: ui.T(ctx, "public.sign.decline.lead"),
		Button: ui.T(ctx, "public.sign.decline"), Form: ui.Form{Action: here + "/nej", Hidden: []ui.Hidden{{Name: fieldDigest, Value: q.fixed.Digest}}},
		Fields: []templ.Component{ui.Textarea{Field: ui.Field{Name: "skal", Label: ui.T(ctx, "public.sign.decline.reason"), Error: wrong}, Value: typed, Rows: 4, Max: maxReason}},
	}
	if wrong != "" {
		page.Errors = []ui.FieldError{{Field: "skal", Message: wrong}}
	}
	page.Of, page.NoIndex = page.Caption, true
	return ui.Render(w, r, status, page)
}

// decline refuses to sign.
func (m *Module) decline(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, 20_000); err != nil {
		return err
	}
	q, err := m.asked(w, r)
	if err != nil || q == nil {
		return err
	}
	reason := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get("skal"), "\x00", ""), "�"))
	if reason == "" || len([]rune(reason)) > maxReason {
		return m.showDecline(w, r, http.StatusUnprocessableEntity, q, reason, ui.T(r.Context(), "public.sign.decline.wrong"))
	}
	err = m.drafts.Decline(r.Context(), q.who.ID, by(r, r.PostForm.Get(fieldDigest)), reason)
	if err != nil {
		return m.unsigned(w, r, q, err)
	}
	return see(w, r, "/signera/"+r.PathValue("token"))
}
