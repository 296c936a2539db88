package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// Till is the demonstration's own page to pay on; *pay.Till is one.
type Till interface {
	// Order finds what is to be paid; false if there is no such order.
	Order(ref string) (payment.Order, payment.State, bool)
	// Press settles it.
	Press(ref string, state payment.State)
}

// unpayable tells whether the service has a fee that cannot be paid here: then it offers its other ways from the start.
func (m *Module) unpayable(ct *casetype.CaseType) bool { return ct.Payment != nil && m.Payments == nil }

// cannotPay says that the fee cannot be paid here, and what to do instead.
func (m *Module) cannotPay(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.pay.cannot.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.pay.cannot"), Body: m.ways(ctx, ct)}
	page.Of, page.NoIndex = ct.Title.In(lang(ctx)), true
	return ui.Render(w, r, http.StatusServiceUnavailable, page)
}

// paying shows what is to be paid. The payer comes back here from the provider, whatever became of it: the provider is asked.
func (m *Module) paying(w http.ResponseWriter, r *http.Request) error {
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
		return see(w, r, base+"/signera")
	case d.Stage != drafts.Editing:
		return m.payingOn(w, r, d)
	}
	clean, where := m.ready(r, ct, d)
	switch {
	case where != "":
		return see(w, r, where)
	case m.remains(ct, clean) != "betala":
		return see(w, r, base+"/granska")
	case m.Payments == nil:
		return m.cannotPay(w, r, ct)
	}
	return m.showPaying(w, r, ct, d, clean, "")
}

// payingOn asks the provider about a draft that is being paid for, and hands it in when it is paid.
func (m *Module) payingOn(w http.ResponseWriter, r *http.Request, d *drafts.Draft) error {
	ctx := r.Context()
	f, err := m.drafts.Frozen(ctx, d.ID)
	if err != nil {
		return err
	}
	ct, err := m.fixed(d, f)
	if err != nil {
		return err
	}
	notice := ""
	if m.Payments != nil {
		list, err := m.Payments.Ask(ctx, d.ID)
		if err != nil {
			m.Log.ErrorContext(ctx, "asking how a payment went", "err", err)
			notice = "unknown"
		} else if n := len(list); n > 0 {
			notice = string(list[n-1].State)
		}
	}
	accepted, err := m.handIn(ctx, d.ID)
	switch {
	case err == nil:
		return m.toReceipt(w, r, ct, accepted.CaseID, accepted.Again)
	case noRoom(err):
		return m.noMore(w, r, ct, err)
	case !errors.Is(err, errUnpaid):
		return err
	case m.Payments == nil:
		return m.cannotPay(w, r, ct)
	}
	return m.showPaying(w, r, ct, d, f.Clean, notice)
}

func (m *Module) showPaying(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, clean casetype.Clean, notice string) error {
	ctx := r.Context()
	base := "/e-tjanster/" + ct.ID
	paid, rest, err := m.account(ctx, ct, d.ID, clean)
	if err != nil {
		return err
	}
	price, _ := ct.Price(clean)
	var received money.Amount
	for _, p := range paid {
		received += p.Amount
	}
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.pay.title"), "/e-tjanster"), Back: base + "/granska", Caption: ct.Title.In(lang(ctx)), Lead: ui.T(ctx, "public.pay.lead"),
		Fields: []templ.Component{feeSummary(ctx, ct, price, received)},
		Button: ui.T(ctx, "public.pay.button", "Amount", money.Format(rest, lang(ctx))), Form: ui.Form{Action: base + "/betala", Hidden: []ui.Hidden{{Name: fieldAct, Value: "betala"}}},
	}
	if rest <= 0 {
		page.Button = ui.T(ctx, "public.review.send", "Service", strings.ToLower(ct.Title.In(lang(ctx))))
	}
	switch {
	case d.Stage == drafts.Paying && received > 0 && rest > 0:
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.pay.more"), Live: true}
	case notice != "":
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.pay.is."+notice), Live: true}
	}
	if d.Stage != drafts.Editing {
		page.Back = ""
		page.After = ui.Post{To: base + "/betala", Values: []ui.Hidden{{Name: fieldAct, Value: "tillbaka"}}, Button: ui.Button{Text: ui.T(ctx, "public.pay.change"), Variant: ui.Secondary}}
	}
	page.Of, page.NoIndex = page.Caption, true
	return ui.Render(w, r, http.StatusOK, page)
}

// payingPost begins a payment, or takes the answers back to be changed. What has been paid is kept for the same form.
func (m *Module) payingPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, 10_000); err != nil {
		return err
	}
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	base := "/e-tjanster/" + ct.ID
	switch {
	case d == nil || d.SentAs != "" || d.Stage == drafts.Signing:
		return see(w, r, base+"/betala")
	case d.Stage == drafts.Sending: // it is paid, and on its way
		return see(w, r, base+"/betala")
	case r.PostForm.Get(fieldAct) == "tillbaka":
		if err := m.drafts.Thaw(ctx, d.ID); err != nil && !errors.Is(err, drafts.ErrStage) {
			return err
		}
		return see(w, r, base+"/granska")
	case m.Payments == nil:
		return m.cannotPay(w, r, ct)
	}
	if d.Stage == drafts.Editing {
		if done, err := m.fixForPaying(w, r, ct, d); done || err != nil {
			return err
		}
	}
	return m.beginPaying(w, r, d)
}

// fixForPaying fixes the answers of a draft that is to be paid for. It tells whether it has answered the visitor with another page.
func (m *Module) fixForPaying(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft) (bool, error) {
	ctx := r.Context()
	base := "/e-tjanster/" + ct.ID
	clean, where := m.ready(r, ct, d)
	if where == "" && m.remains(ct, clean) != "betala" {
		where = base + "/granska"
	}
	if where != "" {
		return true, see(w, r, where)
	}
	f := &drafts.Frozen{Clean: clean, Digest: drafts.Digest(ct, clean, d.Files), Writer: m.writer(r, ct, clean), Lang: lang(ctx)}
	f.Writer.Signs = f.Writer.Signs && ct.Sign.Mode == casetype.SignSubmitter
	if ct.Sign.Mode == casetype.SignSubmitter && !f.Writer.Signs {
		return false, errLevel
	}
	if err := m.room(ctx, ct, f.Writer.Person); noRoom(err) { // nobody pays for what is not taken in
		return true, m.noMore(w, r, ct, err)
	} else if err != nil {
		return false, err
	}
	f.Fee, _ = ct.Price(clean)
	err := m.drafts.Freeze(ctx, d, f)
	if errors.Is(err, drafts.ErrFrozen) || errors.Is(err, drafts.ErrChanged) || errors.Is(err, store.ErrConflict) { // another tab
		return true, see(w, r, base+"/betala")
	}
	return false, err
}

// beginPaying leads the payer to the provider, for what is left to pay.
func (m *Module) beginPaying(w http.ResponseWriter, r *http.Request, d *drafts.Draft) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	back := "/e-tjanster/" + d.TypeID + "/betala"
	f, err := m.drafts.Frozen(ctx, d.ID)
	if err != nil {
		return err
	}
	ct, err := m.fixed(d, f)
	if err != nil {
		return err
	}
	if _, err := m.Payments.Ask(ctx, d.ID); err != nil { // nobody pays again for what is paid already
		m.Log.ErrorContext(ctx, "asking how a payment went", "err", err)
		return m.showPaying(w, r, ct, d, f.Clean, "unknown")
	}
	_, rest, err := m.account(ctx, ct, d.ID, f.Clean)
	if err != nil {
		return err
	}
	if rest <= 0 {
		return see(w, r, back)
	}
	to, err := m.Payments.Begin(ctx, d.ID, d.TypeID, rest, ct.Title.In(l.Lang()), strings.TrimRight(m.BaseURL, "/")+l.Path(back), l.Lang())
	if err != nil {
		return err
	}
	if strings.HasPrefix(to, "/") {
		return see(w, r, to)
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // G710: the address that the provider gave
	return nil
}

// Heard is told that something has happened to a payment: what is paid is handed in at once, also when the payer has closed the browser.
func (m *Module) Heard(ctx context.Context, ref string) error {
	draft, err := m.Payments.Heard(ctx, ref)
	if errors.Is(err, store.ErrNotFound) {
		return nil // another installation's, of the same account
	}
	if err != nil {
		return err
	}
	if _, err = m.handIn(ctx, draft); errors.Is(err, errUnpaid) || errors.Is(err, drafts.ErrStage) || errors.Is(err, store.ErrNotFound) || noRoom(err) {
		return nil
	}
	return err
}

// till is the demonstration's page to pay on.
func (m *Module) till(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	order, state, ok := m.Till.Order(r.PathValue("ref"))
	if !ok {
		return store.ErrNotFound
	}
	if state != payment.Pending {
		return backFromTill(w, r, order)
	}
	here := "/demo/betala/" + order.Ref
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.pay.till.title"), ""), Lead: ui.T(ctx, "public.pay.till.lead")}
	page.NoIndex = true
	parts := []templ.Component{ui.Summary{Facts: []ui.Fact{{Name: ui.T(ctx, "public.pay.amount"), Value: money.Format(order.Amount, lang(ctx))}, {Name: ui.T(ctx, "public.pay.for"), Value: order.Text}}}}
	for i, act := range []payment.State{payment.Paid, payment.Cancelled, payment.Failed} {
		b := ui.Button{Text: ui.T(ctx, "public.pay.till."+string(act)), Variant: ui.Secondary}
		if i == 0 {
			b.Variant = ui.Primary
		}
		parts = append(parts, ui.Post{To: here, Values: []ui.Hidden{{Name: fieldAct, Value: string(act)}}, Button: b})
	}
	page.Body = templ.Join(parts...)
	page.Ways = []ui.Link{{Text: ui.T(ctx, "public.pay.till.leave"), Href: "/"}}
	return ui.Render(w, r, http.StatusOK, page)
}

// tillPost is what the visitor chose.
func (m *Module) tillPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, 10_000); err != nil {
		return err
	}
	order, _, ok := m.Till.Order(r.PathValue("ref"))
	if !ok {
		return store.ErrNotFound
	}
	switch state := payment.State(r.PostForm.Get(fieldAct)); state {
	case payment.Paid, payment.Cancelled, payment.Failed:
		m.Till.Press(order.Ref, state)
	default:
		return kernelweb.ErrBadRequest
	}
	return backFromTill(w, r, order)
}

func backFromTill(w http.ResponseWriter, r *http.Request, o payment.Order) error {
	http.Redirect(w, r, o.ReturnURL, http.StatusSeeOther) //nolint:gosec // G710: the address that beginPaying made
	return nil
}
