package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// errShut means that the service takes in nothing today.
var errShut = errors.New("the service is shut")

// errUnpaid means that there is something left to pay.
var errUnpaid = errors.New("the fee is not paid")

// Numbers tells the personnummer of somebody who has signed in; *bodies.Service is one. Twelve digits; store.ErrNotFound if it is unknown.
type Numbers interface {
	NumberOf(ctx context.Context, person string) (string, error)
}

// level is the level of assurance that signing takes: that of the case type, and never less than the first.
func level(ct *casetype.CaseType) identity.LoA {
	if ct.Auth.Level == casetype.LevelLoA3 {
		return identity.LoASubstantial
	}
	return identity.LoALow
}

// frozenAt is where a draft is whose answers stand fixed: the page of signing or of paying. "" while it is edited.
func frozenAt(d *drafts.Draft) string {
	switch {
	case d == nil || d.SentAs != "":
		return ""
	case d.Stage == drafts.Signing:
		return "/e-tjanster/" + d.TypeID + "/signera"
	case d.Stage == drafts.Paying || d.Stage == drafts.Sending:
		return "/e-tjanster/" + d.TypeID + "/betala"
	}
	return ""
}

// past leads on from a form that is not edited any more: to its receipt, or to where it is signed or paid for. It tells whether it has.
func (m *Module) past(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft) (bool, error) {
	switch at := frozenAt(d); {
	case d == nil:
		return false, nil
	case d.SentAs != "":
		return true, m.toReceipt(w, r, ct, d.SentAs, true)
	case at != "":
		return true, see(w, r, at)
	}
	return false, nil
}

// limit is how many matters the service takes in during the window that today lies in. What officers take in for others is never refused:
// what reaches the municipality has come in.
func (m *Module) limit(ct *casetype.CaseType) cases.Limit {
	l := cases.Limit{Cap: ct.Window.Cap, PerPerson: ct.Window.PerPerson}
	if since := ct.Window.Since(m.today()); !since.IsZero() {
		l.Since = since.Start()
	}
	return l
}

// room tells whether there is room for one more matter of this person today: nil, errShut, cases.ErrFull or cases.ErrOften.
func (m *Module) room(ctx context.Context, ct *casetype.CaseType, person string) error {
	if open, _ := ct.Window.Open(m.today()); !open {
		return errShut
	}
	return m.Cases.Full(ctx, ct.ID, person, m.limit(ct))
}

// noRoom tells whether an error is one of those that noMore shows.
func noRoom(err error) bool {
	return errors.Is(err, errShut) || errors.Is(err, cases.ErrFull) || errors.Is(err, cases.ErrOften)
}

// noMore says that the service takes in no more, or nothing today, and that what was written is kept.
func (m *Module) noMore(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, why error) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	key := "shut"
	switch {
	case errors.Is(why, cases.ErrFull):
		key = "full"
	case errors.Is(why, cases.ErrOften):
		key = "often"
	}
	lead := m.closedNow(ctx, ct)
	if key != "shut" {
		lead = strings.TrimSpace(ui.T(ctx, "public.room."+key+".lead") + " " + ct.Window.Text.In(l.Lang()))
	}
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.room."+key+".title"), "/e-tjanster"), Lead: lead, Body: plainText(ui.T(ctx, "public.room.kept"))}
	page.Of, page.NoIndex = ct.Title.In(l.Lang()), true
	page.Ways = []ui.Link{{Text: ui.T(ctx, "public.room.back"), Href: "/e-tjanster/" + ct.ID + "/granska"}, {Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt"}}
	return ui.Render(w, r, http.StatusConflict, page)
}

// remains is what stands between the review and handing in: signatures of others, a fee.
func (m *Module) remains(ct *casetype.CaseType, clean casetype.Clean) string {
	if len(ct.Signers(clean)) > 0 {
		return "signera"
	}
	if _, pay := ct.Price(clean); pay {
		return "betala"
	}
	return ""
}

// onward is what the review page says of signing and paying, and the words of its button.
func (m *Module) onward(ctx context.Context, ct *casetype.CaseType, clean casetype.Clean) (button string, more []templ.Component) {
	if fee, pay := ct.Price(clean); pay {
		more = append(more, feeSummary(ctx, ct, fee, 0))
	}
	switch next := m.remains(ct, clean); {
	case next != "":
		return ui.T(ctx, "public.review."+next), more
	case ct.Sign.Mode == casetype.SignSubmitter:
		return ui.T(ctx, "public.sign.and_send"), more
	}
	return "", more
}

// feeSummary says what is to be paid, for what and on what ground.
func feeSummary(ctx context.Context, ct *casetype.CaseType, fee, received money.Amount) ui.Summary {
	l := lang(ctx)
	s := ui.Summary{Title: ui.T(ctx, "public.pay.fee"), Facts: []ui.Fact{
		{Name: ui.T(ctx, "public.pay.amount"), Value: money.Format(fee, l)}, {Name: ui.T(ctx, "public.pay.for"), Value: ct.Payment.Text.In(l)},
	}}
	if law := ct.Payment.Law; law != nil {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.pay.ground"), Value: law.Label + " (" + law.SFS + ")"})
	}
	if received > 0 {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.pay.received"), Value: money.Format(received, l)})
		if rest := fee - received; rest > 0 {
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.pay.rest"), Value: money.Format(rest, l)})
		} else if rest < 0 {
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.pay.back"), Value: money.Format(-rest, l)})
		}
	}
	return s
}

// writer is who sends a form on, as the request knows them.
func (m *Module) writer(r *http.Request, ct *casetype.CaseType, clean casetype.Clean) drafts.Writer {
	out := drafts.Writer{Acting: m.role(r).Kind}
	for _, p := range ct.PartiesOf(clean) {
		if p.Rule.Role == casetype.RoleInitiator {
			out.Name, out.Email = p.Name, p.Email
			break
		}
	}
	if out.Name == "" && out.Email == "" {
		for q := range persons(ct) {
			if p, ok := clean.Person(q.Key); ok {
				out.Name, out.Email = p.Name, p.Email
				break
			}
		}
	}
	if who := identity.From(r.Context()); who != nil && who.Kind == identity.Citizen {
		out.Person, out.Name, out.Level = who.PersonID, who.Name, who.LoA.String()
		out.Signs = who.LoA >= level(ct)
	}
	if a, err := m.actingFor(r.Context(), ct); err == nil { // ready has asked
		out.For = a
	}
	return out
}

// persons are the person questions of a form.
func persons(ct *casetype.CaseType) func(func(*casetype.Question) bool) {
	return func(yield func(*casetype.Question) bool) {
		for i := range ct.Form.Steps {
			for j := range ct.Form.Steps[i].Questions {
				if q := &ct.Form.Steps[i].Questions[j]; q.Type == casetype.TypePerson && !yield(q) {
					return
				}
			}
		}
	}
}

// fixed gives the case type of a frozen draft as it was when the answers were fixed.
func (m *Module) fixed(d *drafts.Draft, f *drafts.Frozen) (*casetype.CaseType, error) {
	ct, ok := m.Services.Version(d.TypeID, d.Version)
	if !ok {
		return nil, fmt.Errorf("case type %s version %d is not loaded", d.TypeID, d.Version)
	}
	return ct.At(casetype.Moment{Today: calendar.DateOf(f.At), Acting: f.Writer.Acting, SignedIn: f.Writer.Person != ""}), nil
}

// handIn hands in a draft that stands fixed, when nothing is missing any more. Doing it again gives the same matter.
func (m *Module) handIn(ctx context.Context, id string) (cases.Accepted, error) {
	d, err := m.drafts.ByID(ctx, id)
	if err != nil {
		return cases.Accepted{}, err
	}
	if d.SentAs != "" {
		return cases.Accepted{CaseID: d.SentAs, Again: true}, nil
	}
	f, err := m.drafts.Frozen(ctx, id)
	if err != nil {
		return cases.Accepted{}, err
	}
	ct, err := m.fixed(d, f)
	if err != nil {
		return cases.Accepted{}, err
	}
	if d.Stage == drafts.Signing {
		return cases.Accepted{}, drafts.ErrStage
	}
	paid, rest, err := m.account(ctx, ct, d.ID, f.Clean)
	if err != nil {
		return cases.Accepted{}, err
	}
	if rest > 0 {
		return cases.Accepted{}, errUnpaid
	}
	if d.Stage == drafts.Paying {
		err := m.drafts.Advance(ctx, id, drafts.Paying, drafts.Sending)
		if errors.Is(err, drafts.ErrStage) { // another has been before, or its writer has just taken it back
			if d, err = m.drafts.ByID(ctx, id); err == nil && d.Stage != drafts.Sending {
				err = drafts.ErrStage
			}
			if err == nil && d.SentAs != "" {
				return cases.Accepted{CaseID: d.SentAs, Again: true}, nil
			}
		}
		if err != nil {
			return cases.Accepted{}, err
		}
	}
	s := cases.Submission{
		Key: d.Key, Type: ct, Answers: f.Clean, Channel: "web", Lang: f.Lang, Person: f.Writer.Person, Acting: f.Writer.For,
		Parties: parties(ct, f), Signatures: signatures(f), Payments: paid, Limit: m.limit(ct),
	}
	if open, _ := ct.Window.Open(m.today()); !open && len(f.Signers) == 0 && len(paid) == 0 { // what was begun in time is taken in
		return cases.Accepted{}, errShut
	}
	if drafts.Digest(ct, f.Clean, d.Files) != f.Digest {
		return cases.Accepted{}, fmt.Errorf("draft %s: %w", id, drafts.ErrChanged)
	}
	used := attach(&s, d)
	accepted, err := m.Cases.Submit(ctx, s)
	if noRoom(err) && len(paid) > 0 {
		err = errors.Join(err, m.drafts.Hold(ctx, id, heldAge))
	}
	if err != nil {
		return accepted, err
	}
	if m.Payments != nil {
		if err := m.Payments.Claim(ctx, d.ID, accepted.CaseID); err != nil {
			return accepted, err
		}
	}
	return accepted, m.drafts.Sent(ctx, d, accepted.CaseID, used)
}

// heldAge is how long a draft is kept that was paid for and could not be handed in.
const heldAge = 365 * 24 * time.Hour

// attach puts the files that the answers name in a submission, and lists them.
func attach(s *cases.Submission, d *drafts.Draft) (used []string) {
	for _, f := range d.Files {
		if slices.Contains(s.Answers[f.Question], f.Document) {
			s.Files = append(s.Files, cases.Document{Document: f.Document, Name: f.Name, Mime: f.Mime, Size: f.Size, SHA256: f.SHA256})
			used = append(used, f.Document)
		}
	}
	return used
}

// account is what has been paid for a draft, and what is left to pay of the price that its answers have now.
func (m *Module) account(ctx context.Context, ct *casetype.CaseType, draft string, clean casetype.Clean) ([]cases.Payment, money.Amount, error) {
	price, _ := ct.Price(clean)
	if m.Payments == nil {
		return nil, max(price, 0), nil
	}
	list, err := m.Payments.Of(ctx, draft)
	if err != nil {
		return nil, 0, err
	}
	received, err := payment.Received(list)
	if err != nil {
		return nil, 0, err
	}
	var paid []cases.Payment
	for _, p := range list {
		if p.State == payment.Paid && p.CaseID == "" {
			paid = append(paid, cases.Payment{ID: p.ID, Provider: p.Provider, Ref: p.Ref, Amount: p.Paid, At: p.Changed})
		}
	}
	return paid, max(price, 0) - received, nil
}

// parties are those that a matter concerns beside the one who hands it in. f is nil when nobody has signed; who has signed follows the
// matter.
func parties(ct *casetype.CaseType, f *drafts.Frozen, clean ...casetype.Clean) []cases.Party {
	var signers []drafts.Signer
	var writer string
	if f != nil {
		clean, signers, writer = append(clean, f.Clean), f.Signers, f.Writer.Person
	}
	var out []cases.Party
	for _, p := range ct.PartiesOf(clean[0]) {
		party := cases.Party{Role: string(p.Rule.Role), Name: p.Name, Email: p.Email, Phone: p.Phone}
		if p.Rule.Signs && len(signers) > 0 { // they stand in the same order
			if signers[0].State == drafts.Signed {
				party.Person = signers[0].Person
			}
			signers = signers[1:]
		}
		if p.Rule.Role == casetype.RoleInitiator && (party.Person == "" || party.Person == writer) {
			continue
		}
		out = append(out, party)
	}
	return out
}

// signatures are what became of the signatures, that of the one who handed in first.
func signatures(f *drafts.Frozen) []cases.Signature {
	var out []cases.Signature
	if f.Writer.Signs {
		out = append(out, cases.Signature{State: cases.Signed, Name: f.Writer.Name, Person: f.Writer.Person, Level: f.Writer.Level, At: f.At, Hash: f.Digest})
	}
	for _, x := range f.Signers {
		s := cases.Signature{Party: x.Party, Name: x.Name, State: cases.Unsigned}
		switch x.State {
		case drafts.Signed:
			s.State, s.Person, s.Level, s.At, s.Hash = cases.Signed, x.Person, x.Level, x.At, x.Digest
		case drafts.Declined:
			s.State, s.At = cases.Declined, x.At
		}
		out = append(out, s)
	}
	return out
}

// own is the signature of the one who hands in where the case type asks for it: they have signed in at its level and pressed the button
// that says so. Without that it is errLevel.
func (m *Module) own(ctx context.Context, ct *casetype.CaseType, clean casetype.Clean, files []drafts.File) ([]cases.Signature, error) {
	if ct.Sign.Mode != casetype.SignSubmitter {
		return nil, nil
	}
	who := identity.From(ctx)
	if who == nil || who.Kind != identity.Citizen || who.LoA < level(ct) {
		return nil, errLevel
	}
	return []cases.Signature{{
		State: cases.Signed, Name: who.Name, Person: who.PersonID, Level: who.LoA.String(), At: m.Clock.Now().UTC(), Hash: drafts.Digest(ct, clean, files),
	}}, nil
}

// Tend does what nobody presses a button for: reminders, last days, payments of people who closed the browser, and handing in what is
// ready. Run it often, on any node.
func (m *Module) Tend(ctx context.Context) error {
	errs := []error{m.drafts.Tend(ctx)}
	if m.Payments != nil {
		errs = append(errs, m.Payments.Follow(ctx))
	}
	ids, err := m.drafts.At(ctx, drafts.Sending, 500)
	errs = append(errs, err)
	if m.Payments != nil { // of those who are to pay only those who have: many never do
		paid, err := m.Payments.Unbound(ctx, 500)
		errs = append(errs, err)
		ids = append(ids, paid...)
	}
	for _, id := range ids {
		_, err := m.handIn(ctx, id)
		gone := errors.Is(err, errUnpaid) || errors.Is(err, drafts.ErrStage) || errors.Is(err, store.ErrNotFound) // being changed or signed, or deleted
		if err != nil && !gone && !noRoom(err) {
			errs = append(errs, fmt.Errorf("handing in draft %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// signedWords says who signed what was handed in, who did not, and what was paid.
func signedWords(ctx context.Context, e cases.EventData) []string {
	l := i18n.From(ctx)
	var out []string
	for _, s := range e.Signatures {
		key := "public.sign.not_by"
		if s.State == cases.Signed {
			key = "public.sign.by"
		}
		out = append(out, ui.T(ctx, key, "Name", s.Name, "Time", l.DateTime(s.At)))
	}
	for _, p := range e.Payments {
		out = append(out, ui.T(ctx, "public.pay.paid", "Amount", money.Format(p.Amount, l.Lang()), "Time", l.DateTime(p.At)))
	}
	return out
}
