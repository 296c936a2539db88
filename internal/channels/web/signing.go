package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// remindHour is when those who have not signed are reminded on the day of it, in Stockholm.
const remindHour = 8 * time.Hour

// numberHash is how a personnummer is kept of somebody who is to sign: it can be compared and not read.
func (m *Module) numberHash(number string) string {
	if number == "" {
		return ""
	}
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte("signer\x00" + number))
	return hex.EncodeToString(h.Sum(nil))
}

// numberOf is the keyed hash of the visitor's own number, "" if they have none or are not signed in as a citizen.
func (m *Module) numberOf(r *http.Request) (string, error) {
	who := identity.From(r.Context())
	if who == nil || who.Kind != identity.Citizen || m.Numbers == nil {
		return "", nil
	}
	number, err := m.Numbers.NumberOf(r.Context(), who.PersonID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return m.numberHash(number), err
}

// toSign is a page that waits for the visitor's signature.
type toSign struct {
	title string // of the e-service
	from  string // who asks
	until time.Time
	href  string
}

// signingsFor lists what waits for the visitor's signature, that which runs out first first.
func (m *Module) signingsFor(r *http.Request) ([]toSign, error) {
	number, err := m.numberOf(r)
	if err != nil {
		return nil, err
	}
	list, err := m.drafts.WaitingFor(r.Context(), number)
	if err != nil {
		return nil, err
	}
	var out []toSign
	for _, w := range list {
		out = append(out, toSign{title: m.titleOf(r.Context(), w.TypeID, w.Version), from: w.Writer.Name, until: w.Due, href: "/signera/" + w.ID})
	}
	return out, nil
}

// signers are those who are to sign, as they are kept.
func (m *Module) signers(ct *casetype.CaseType, clean casetype.Clean) []drafts.Signer {
	var out []drafts.Signer
	for _, p := range ct.Signers(clean) {
		x := drafts.Signer{Party: p.Rule.Key, Role: p.Rule.Role, Name: p.Name, Email: p.Email}
		if number, err := civic.Parse(p.Number, m.today()); err == nil && number.IsPerson() {
			x.Number, x.Masked = m.numberHash(number.String()), number.Mask()
		}
		out = append(out, x)
	}
	return out
}

// unreachable tells whether one of the signers can neither be written to nor known by number.
func unreachable(list []drafts.Signer) bool {
	for _, x := range list {
		if x.Number == "" && x.Email == "" {
			return true
		}
	}
	return false
}

// twice tells whether one person is to sign as two: somebody who stands in one role twice, or the writer as somebody who applies with them.
// A person may have two roles, and sign in both.
func twice(list []drafts.Signer, writer string) bool {
	for i, x := range list {
		if x.Number != "" && (x.Role == casetype.RoleCoApplicant && x.Number == writer ||
			slices.ContainsFunc(list[:i], func(y drafts.Signer) bool { return y.Number == x.Number && y.Role == x.Role })) {
			return true
		}
	}
	return false
}

// signTimes are when the time to sign is out, and when those who have not signed are reminded.
func (m *Module) signTimes(ct *casetype.CaseType) (remind, due time.Time, err error) {
	days := m.Days
	if days == nil {
		if days, err = calendar.NewCalendar(calendar.DefaultRules()); err != nil {
			return
		}
	}
	now := m.Clock.Now()
	due = days.Due(now, ct.Sign.Deadline).AddDays(1).Start()
	remind = now.Add(due.Sub(now) / 2)
	if !ct.Sign.Reminder.IsZero() {
		remind = days.Due(now, ct.Sign.Reminder).Start().Add(remindHour)
	}
	return remind, due, nil
}

// signing is the writer's page: who is to sign, and once it is sent, who has.
func (m *Module) signing(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	base := "/e-tjanster/" + ct.ID
	switch {
	case d == nil:
		return see(w, r, base)
	case d.SentAs != "":
		return m.toReceipt(w, r, ct, d.SentAs, true)
	case d.Stage == drafts.Signing:
		return m.signingStatus(w, r, ct, d)
	case frozenAt(d) != "":
		return see(w, r, frozenAt(d))
	}
	clean, where := m.ready(r, ct, d)
	if where != "" {
		return see(w, r, where)
	}
	list := m.signers(ct, clean)
	if len(list) == 0 {
		return see(w, r, base+"/granska")
	}
	ctx := r.Context()
	own, err := m.numberOf(r)
	if err != nil {
		return err
	}
	_, due, err := m.signTimes(ct)
	if err != nil {
		return err
	}
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.sign.title"), "/e-tjanster"), Back: base + "/granska", Caption: ct.Title.In(lang(ctx)),
		Lead:   ui.T(ctx, "public.sign.lead."+mode(ct.Sign.Mode == casetype.SignSequential), "Date", i18n.From(ctx).DateTime(due)),
		Button: ui.T(ctx, "public.sign.start"), Form: ui.Form{Action: base + "/signera", Hidden: []ui.Hidden{{Name: fieldAct, Value: "start"}}},
		Fields: []templ.Component{signerTable(ctx, ct, list, nil)},
	}
	page.Of, page.NoIndex = page.Caption, true
	switch {
	case unreachable(list):
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.sign.unreachable")}
	case twice(list, own):
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.sign.twice")}
	}
	if r.URL.Query().Get("tillbaka") != "" {
		page.Notice = &ui.Alert{Text: ui.T(ctx, "public.sign.taken_back"), Live: true}
	}
	return ui.Render(w, r, http.StatusOK, page)
}

// fieldAct says what is asked for where one address takes several forms.
const fieldAct = "gor"

func mode(sequential bool) string {
	if sequential {
		return "sequential"
	}
	return "parallel"
}

// ready checks a draft as it is checked before it is handed in: the accepted answers, or where the visitor must go first.
func (m *Module) ready(r *http.Request, ct *casetype.CaseType, d *drafts.Draft) (casetype.Clean, string) {
	ctx, base := r.Context(), "/e-tjanster/"+ct.ID
	if m.admit(r, ct) != nil {
		return nil, identity.SignInPath(i18n.From(ctx).Path(base + "/granska"))
	}
	if stranger(r, ct) {
		return nil, base + "/allt"
	}
	if _, err := m.actingFor(ctx, ct); err != nil {
		return nil, rolePath(ct, err)
	}
	answers := d.All()
	clean, wrong := ct.Validate(answers)
	if ct.StopFor(answers) != nil {
		return nil, base + "/stopp"
	}
	if step := firstWrong(ct, answers, wrong); step != "" {
		return nil, base + "/" + step + "?fel=1&till=granska"
	}
	return clean, ""
}

// signerTable lists those who are to sign. act makes the last column, nil for none.
func signerTable(ctx context.Context, ct *casetype.CaseType, list []drafts.Signer, act func(drafts.Signer) ui.Cell) ui.Table {
	t := ui.Table{Caption: ui.T(ctx, "public.sign.who")}
	for _, key := range []string{"name", "role", "known_by"} {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.sign."+key)})
	}
	if act != nil {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.sign.state")}, ui.Column{Title: ui.T(ctx, "public.sign.act")})
	}
	for _, x := range list {
		known := x.Masked
		if known == "" {
			known = x.Email
		}
		row := ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Text: partyTitle(ctx, ct, x.Party)}, {Text: known}}}
		if act != nil {
			row.Cells = append(row.Cells, ui.Cell{Text: signState(ctx, x)}, act(x))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func partyTitle(ctx context.Context, ct *casetype.CaseType, key string) string {
	for _, p := range ct.Parties {
		if p.Key == key {
			return p.Title.In(lang(ctx))
		}
	}
	return ""
}

// signState is where a signature stands, in words.
func signState(ctx context.Context, x drafts.Signer) string {
	l := i18n.From(ctx)
	switch {
	case x.State == drafts.Signed:
		return ui.T(ctx, "public.sign.signed", "Time", l.DateTime(x.At))
	case x.State == drafts.Declined:
		return strings.TrimSpace(ui.T(ctx, "public.sign.declined", "Time", l.DateTime(x.At)) + " " + x.Reason)
	case x.Invited.IsZero():
		return ui.T(ctx, "public.sign.later")
	case !x.Reminded.IsZero():
		return ui.T(ctx, "public.sign.reminded", "Time", l.DateTime(x.Reminded))
	}
	return ui.T(ctx, "public.sign.asked", "Time", l.DateTime(x.Invited))
}

// signingStatus shows who has signed, and lets the writer remind them or take the form back.
func (m *Module) signingStatus(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft) error {
	ctx := r.Context()
	f, err := m.drafts.Frozen(ctx, d.ID)
	if err != nil {
		return err
	}
	own, err := m.numberOf(r)
	if err != nil {
		return err
	}
	here := "/e-tjanster/" + ct.ID + "/signera"
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.sign.waiting.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.sign.waiting.lead", "Date", i18n.From(ctx).DateTime(f.Due))}
	page.Of, page.NoIndex = ct.Title.In(lang(ctx)), true
	switch q := r.URL.Query(); {
	case q.Get("paminn") == "1":
		page.Notice = &ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.sign.remind.done"), Live: true}
	case q.Get("paminn") == "0":
		page.Notice = &ui.Alert{Text: ui.T(ctx, "public.sign.remind.soon"), Live: true}
	}
	table := signerTable(ctx, ct, f.Signers, func(x drafts.Signer) ui.Cell {
		switch {
		case x.State != drafts.Waiting || x.Invited.IsZero():
			return ui.Cell{}
		case x.Number != "" && x.Number == own:
			return ui.Cell{Text: ui.T(ctx, "public.sign.yourself"), Href: "/signera/" + x.ID}
		case x.Email == "":
			return ui.Cell{Text: ui.T(ctx, "public.sign.no_email")}
		}
		return ui.Cell{Body: ui.Post{To: here, Values: []ui.Hidden{{Name: fieldAct, Value: "paminn"}, {Name: "vem", Value: strconv.Itoa(x.N)}},
			Button: ui.Button{Text: ui.T(ctx, "public.sign.remind"), Hidden: x.Name, Variant: ui.Secondary, Small: true}}}
	})
	page.Body = templ.Join(table, plainText(ui.T(ctx, "public.sign.back.text")), ui.Post{To: here, Values: []ui.Hidden{{Name: fieldAct, Value: "tillbaka"}},
		Button: ui.Button{Text: ui.T(ctx, "public.sign.back"), Variant: ui.Secondary}})
	page.Ways = []ui.Link{{Text: ui.T(ctx, "public.saved.mine"), Href: "/mina-sidor"}}
	return ui.Render(w, r, http.StatusOK, page)
}

// signingPost sends a form for signing, reminds somebody, or takes it back.
func (m *Module) signingPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, 10_000); err != nil {
		return err
	}
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	here := "/e-tjanster/" + ct.ID + "/signera"
	if d == nil || d.SentAs != "" {
		return see(w, r, here)
	}
	switch r.PostForm.Get(fieldAct) {
	case "start":
		return m.startSigning(w, r, ct, d)
	case "tillbaka":
		if err := m.drafts.Thaw(ctx, d.ID); err != nil && !errors.Is(err, drafts.ErrStage) {
			return err
		}
		return see(w, r, here+"?tillbaka=1")
	case "paminn":
		f, err := m.drafts.Frozen(ctx, d.ID)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(r.PostForm.Get("vem"))
		if err != nil || n < 1 || n > len(f.Signers) {
			return store.ErrNotFound
		}
		err = m.drafts.Remind(ctx, f.Signers[n-1].ID)
		if errors.Is(err, drafts.ErrSoon) || errors.Is(err, drafts.ErrStage) {
			return see(w, r, here+"?paminn=0")
		}
		if err != nil {
			return err
		}
		return see(w, r, here+"?paminn=1")
	}
	return kernelweb.ErrBadRequest
}

func (m *Module) startSigning(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft) error {
	ctx := r.Context()
	here := "/e-tjanster/" + ct.ID + "/signera"
	if frozenAt(d) != "" {
		return see(w, r, here)
	}
	clean, where := m.ready(r, ct, d)
	if where != "" {
		return see(w, r, where)
	}
	f := &drafts.Frozen{
		Clean: clean, Digest: drafts.Digest(ct, clean, d.Files), Writer: m.writer(r, ct, clean), Lang: lang(ctx),
		Sequential: ct.Sign.Mode == casetype.SignSequential, OnTimeout: ct.Sign.OnTimeout, Signers: m.signers(ct, clean),
	}
	own, err := m.numberOf(r)
	if err != nil {
		return err
	}
	if len(f.Signers) == 0 || unreachable(f.Signers) || twice(f.Signers, own) {
		return see(w, r, here)
	}
	if err := m.room(ctx, ct, f.Writer.Person); noRoom(err) {
		return m.noMore(w, r, ct, err)
	} else if err != nil {
		return err
	}
	fee, pay := ct.Price(clean)
	if pay && m.Payments == nil {
		return m.cannotPay(w, r, ct)
	}
	f.Fee = fee
	if f.Remind, f.Due, err = m.signTimes(ct); err != nil {
		return err
	}
	err = m.drafts.Freeze(ctx, d, f)
	if errors.Is(err, drafts.ErrFrozen) || errors.Is(err, drafts.ErrChanged) || errors.Is(err, store.ErrConflict) { // another tab
		return see(w, r, here)
	}
	if err != nil {
		return err
	}
	return see(w, r, here)
}
