package ruling

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Lodge enters an appeal that came on paper, by e-mail or over the counter. One by somebody without the right to is entered as well, for
// what it is, and goes no further unless they insist.
func (s *Service) Lodge(ctx context.Context, who access.Actor, decision string, in Appeal) (*Record, error) {
	return s.do(ctx, who, decision, access.CaseNote, actionAppealed, func(_ context.Context, a *cases.Act, _ []*Record, r *Record) error {
		return s.lodge(a, r, in)
	})
}

// LodgeOwn enters the appeal of the one whom the case concerns, from the web.
func (s *Service) LodgeOwn(ctx context.Context, who cases.Citizen, caseID, decision, text string) error {
	_, err := s.cases.DoAs(ctx, who, caseID, actionAppealed, func(ctx context.Context, a *cases.Act) error {
		_, err := s.within(ctx, a, decision, func(_ context.Context, a *cases.Act, _ []*Record, r *Record) error {
			in := Appeal{Channel: string(casetype.Web), Text: text, Received: calendar.DateOf(a.Now), Party: r.place(who), Member: true}
			if at := slices.IndexFunc(r.Appeals, func(x Appeal) bool { return x.Text == strings.TrimSpace(text) && x.Party == in.Party }); at >= 0 {
				return cases.ErrNothing // sent twice
			}
			return s.lodge(a, r, in)
		})
		return err
	})
	return err
}

// place is which party a citizen is. Who opened the case by its code is the one who handed it in.
func (r *Record) place(who cases.Citizen) int {
	for _, p := range r.Parties {
		if p.is(who) || who.Person == "" && p.Role == cases.Initiator {
			return p.N
		}
	}
	return NoParty
}

func (s *Service) lodge(a *cases.Act, r *Record, in Appeal) error {
	if !r.Appeal.Open() || r.Changed != "" {
		return ErrNoAppeal
	}
	if in.Text = strings.TrimSpace(in.Text); in.Text == "" {
		return cases.ErrEmpty
	}
	if in.Received.After(calendar.DateOf(a.Now)) || in.Received.Before(r.Day) {
		return ErrFuture
	}
	in.ID, in.At, in.Event, in.State = store.NewID(), a.Now, a.Case.Events+1, Lodged
	a.Event.Kind, a.Event.Body = AppealIn, in.Text
	if in.Refused = standing(r, in); in.Refused != "" {
		in.State, a.Event.Kind = Unfounded, AppealUnfounded
	}
	party := in.Name
	if in.Party != NoParty && in.Party < len(a.Parties) {
		party = a.Parties[in.Party].Name
	}
	a.Event.Data.Day, a.Event.Data.Channel = in.Received, in.Channel
	a.Handling = &cases.Handling{Direction: cases.In, Kind: string(AppealIn), Party: party}
	r.Appeals = append(r.Appeals, in)
	return nil
}

// Examination is the answer to whether an appeal is taken further.
type Examination struct {
	Insists bool   // hand it over although they seem to have no right to appeal (FL 47 §)
	Excuse  Excuse // why it is not dismissed although late (FL 45 § second paragraph)
	Dismiss bool   // dismiss it as late (FL 45 §)
	Note    string
	Beslut  string // the body's decision to dismiss, when the case type does not delegate the decision appealed against
}

// Examined tells beforehand whether an appeal came in time.
func (s *Service) Examined(r *Record, a *Appeal) Timely {
	var served calendar.Date
	if p := r.party(a.Party); p != nil {
		served = p.On
	}
	return InTime(s.days, r.Appeal.Within, served, r.Day, a.Received, a.Public)
}

// Examine decides whether an appeal came in time (FL 45 §). One that did is accepted; one that did not is dismissed by a decision of its
// own, with its document, unless it is excused.
func (s *Service) Examine(ctx context.Context, who access.Actor, decision, id string, x Examination) (*Record, error) {
	old, err := find(ctx, s.db, decision)
	if err != nil {
		return nil, err
	}
	appeal := old.appeal(id)
	if appeal == nil {
		return nil, store.ErrNotFound
	}
	var no *dismissal
	if x.Dismiss {
		if err := s.examine(old, appeal, x); err != nil {
			return nil, err
		}
		if no, err = s.dismissal(ctx, who, old, appeal, x); err != nil {
			return nil, fmt.Errorf("dismissing an appeal: %w", err)
		}
	}
	return s.do(ctx, who, decision, access.CaseDecide, actionExamined, func(ctx context.Context, a *cases.Act, _ []*Record, r *Record) error {
		appeal := r.appeal(id)
		if appeal == nil {
			return store.ErrNotFound
		}
		if err := s.examine(r, appeal, x); err != nil {
			return err
		}
		t := s.Examined(r, appeal)
		appeal.Last, appeal.Note = t.Last, strings.TrimSpace(x.Note)
		a.Event.Body, a.Event.Data.Day = appeal.Note, t.Last
		switch {
		case no != nil:
			appeal.State = Dismissed
			return s.dismiss(ctx, a, no, appeal)
		case t.Late:
			appeal.State, appeal.Excuse, a.Event.Kind = Accepted, x.Excuse, AppealExcused
		default:
			appeal.State, a.Event.Kind = Accepted, AppealAccepted
		}
		return nil
	})
}

// examine is nil if the appeal may be dealt with so.
func (s *Service) examine(r *Record, a *Appeal, x Examination) error {
	t := s.Examined(r, a)
	switch {
	case r.Appeal.Type == casetype.Legality:
		return ErrCourtExamines
	case a.State == Unfounded && !x.Insists:
		return &StandingError{a.Refused}
	case a.State != Lodged && a.State != Unfounded:
		return ErrState
	case x.Dismiss && (!t.Late || x.Excuse != ""):
		return ErrTimely
	case x.Dismiss || !t.Late:
		return nil
	case !slices.Contains(Excuses(), x.Excuse):
		return &LateError{Last: t.Last, Received: a.Received}
	case strings.TrimSpace(x.Note) == "":
		return cases.ErrNote
	}
	return nil
}

// dismissal is the decision to dismiss an appeal, with its papers.
type dismissal struct {
	record *Record
	papers papers
	result string
}

func (s *Service) dismissal(ctx context.Context, who access.Actor, old *Record, appeal *Appeal, x Examination) (*dismissal, error) {
	c, parties, mandate, err := s.cases.May(ctx, who, access.CaseDecide, old.Case)
	if err != nil {
		return nil, err
	}
	ct, ok := s.types.Version(c.TypeID, c.TypeVersion)
	if !ok {
		return nil, fmt.Errorf("case type %s version %d is not loaded", c.TypeID, c.TypeVersion)
	}
	kind := ct.Decision(old.Key)
	if kind == nil {
		return nil, ErrNoAppeal
	}
	l, day := s.words(i18n.SV), s.today()
	t := s.Examined(old, appeal)
	r := &Record{
		Case: c.ID, Number: c.Number, Member: c.Member, Body: c.Body, Unit: c.Unit, Title: l.T("ruling.dismissal.title"), Outcome: casetype.Dismiss, Day: day, By: who.Person, Mandate: mandate,
		Delegation: old.Delegation, Appeal: old.Appeal, Parties: served(parties, casetype.Dismiss, []int{appeal.Party}), DismissedOf: appeal.ID,
		Words: Words{
			Text:    l.T("ruling.dismissal.text", "Title", old.Title, "Day", l.Date(old.Day)),
			Reasons: strings.TrimSpace(l.T("ruling.dismissal.reasons", "Last", l.Date(t.Last), "Received", l.Date(appeal.Received)) + "\n\n" + strings.TrimSpace(x.Note)),
			Grounds: []Ground{{SFS: "2017:900", Section: "44", Text: l.T("ruling.dismissal.ground", "Section", "44")}, {SFS: "2017:900", Section: "45", Text: l.T("ruling.dismissal.ground", "Section", "45")}},
		},
	}
	// Only the one who appealed is told, and can appeal.
	r.Parties = slices.DeleteFunc(r.Parties, func(p Served) bool { return p.N != appeal.Party })
	if kind.Delegation != nil {
		if err := s.delegated(who.Person, kind.Delegation.Ref, kind.Delegation.Role, c.Unit, day); err != nil {
			return nil, err
		}
	}
	if err := s.deciders(ctx, who.Person, r, x.Beslut); err != nil {
		return nil, err
	}
	out := &dismissal{record: r, result: kind.Result}
	out.papers, err = s.papers(ctx, l, r, s.about(c, parties), who.Person)
	return out, err
}

// dismissedKey is what a case calls the decision to dismiss an appeal; no case type has it.
const dismissedKey = "overklagande-avvisat"

// dismiss writes it.
func (s *Service) dismiss(ctx context.Context, a *cases.Act, no *dismissal, appeal *Appeal) error {
	r := no.record
	d := cases.Decision{Key: dismissedKey, Outcome: casetype.Dismiss, Result: no.result, Text: spoken(s.words(i18n.SV), r.Words), Delegation: r.Delegation}
	if err := a.Decide(ctx, &d); err != nil {
		return err
	}
	r.Decision, r.Mandate = d.ID, a.Mandate
	if err := s.enter(ctx, a, r, no.papers, &d); err != nil {
		return err
	}
	appeal.Dismissal = d.ID
	a.Event.Kind, a.Event.Body = AppealDismissed, d.Text
	a.Handling = &cases.Handling{Direction: cases.Out, Kind: string(AppealDismissed)}
	return nil
}
