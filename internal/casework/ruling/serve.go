package ruling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Events of this room. They are stored: do not rename them.
const (
	Sent            cases.EventKind = "ruling_sent"      // to a party
	Received        cases.EventKind = "ruling_served"    // by a party
	Read            cases.EventKind = "ruling_read"      // by a party, on Mina sidor
	Finalised       cases.EventKind = "ruling_final"     // laga kraft
	AppealIn        cases.EventKind = "appeal_in"        //
	AppealUnfounded cases.EventKind = "appeal_unfounded" // by somebody without the right to
	AppealAccepted  cases.EventKind = "appeal_accepted"  // in time
	AppealExcused   cases.EventKind = "appeal_excused"   // late, and examined all the same
	AppealDismissed cases.EventKind = "appeal_dismissed" // too late
	AppealForwarded cases.EventKind = "appeal_forwarded" // to the court
	appealRuledAs                   = "appeal_ruled_"    // and the outcome
	actionServed                    = "case.ruling_served"
	actionRead                      = "case.ruling_read"
	actionFinal                     = "case.ruling_final"
	actionAppealed                  = "case.appealed"
	actionExamined                  = "case.appeal_examined"
	actionForwarded                 = "case.appeal_forwarded"
	actionRuled                     = "case.appeal_ruled"
)

// Errors of serving that a caller decides on.
var (
	// ErrServed means that the party has the decision already.
	ErrServed = errors.New("the party has received the decision")
	// ErrWay means that the way says nothing of when the party received it, or needs a day.
	ErrWay = errors.New("this way does not say when the party received it")
)

// Serving is how a decision was brought to a party.
type Serving struct {
	Party int
	Way   Way
	Sent  calendar.Date
	On    calendar.Date // the day the party received it; zero while nobody knows
	Note  string        // who handed it over, where the confirmation is kept
}

// check tells what is wrong with a serving: a letter by itself never tells when somebody has received it; who handed something over
// knows the day.
func (v Serving) check(decided, today calendar.Date) error {
	switch v.Way {
	case WayLetter:
		if !v.On.IsZero() {
			return ErrWay
		}
	case WayConfirmed:
	case WayServer, WayHanded:
		if v.On.IsZero() {
			return ErrWay
		}
	default:
		return ErrWay
	}
	if v.Sent.IsZero() && (v.Way == WayLetter || v.Way == WayConfirmed) {
		return ErrFuture
	}
	for _, d := range []calendar.Date{v.Sent, v.On} {
		if !d.IsZero() && (d.Before(decided) || d.After(today)) {
			return ErrFuture
		}
	}
	if !v.On.IsZero() && v.On.Before(v.Sent) {
		return ErrFuture
	}
	return nil
}

// Serve registers how a decision was sent to a party, or that they have received it (FL 33 §).
func (s *Service) Serve(ctx context.Context, who access.Actor, decision string, v Serving) (*Record, error) {
	return s.do(ctx, who, decision, access.CaseMessage, actionServed, func(_ context.Context, a *cases.Act, _ []*Record, r *Record) error {
		p := r.party(v.Party)
		if p == nil {
			return store.ErrNotFound
		}
		if !p.On.IsZero() {
			return ErrServed
		}
		if v.Sent.IsZero() {
			v.Sent = later(p.Sent, v.On)
		}
		if err := v.check(r.Day, calendar.DateOf(a.Now)); err != nil {
			return err
		}
		p.Way, p.Sent, p.On, p.Note = v.Way, v.Sent, v.On, strings.TrimSpace(v.Note)
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data.Day = Sent, true, p.Note, v.Sent
		if !v.On.IsZero() {
			a.Event.Kind, a.Event.Data.Day = Received, v.On
		}
		return nil
	})
}

// do runs an act about a decision in its case, and keeps what became of it.
func (s *Service) do(ctx context.Context, who access.Actor, decision string, right access.Action, action string, do func(context.Context, *cases.Act, []*Record, *Record) error) (*Record, error) {
	of, err := find(ctx, s.db, decision)
	if err != nil {
		return nil, err
	}
	var out *Record
	_, err = s.cases.Do(ctx, who, cases.On{Case: of.Case}, right, action, func(ctx context.Context, a *cases.Act) error {
		out, err = s.within(ctx, a, decision, do)
		return err
	})
	return out, err
}

// within reads a decision in the transaction of its case, lets it be changed, and keeps it.
func (s *Service) within(ctx context.Context, a *cases.Act, decision string, do func(context.Context, *cases.Act, []*Record, *Record) error) (*Record, error) {
	list, err := ofCase(ctx, a.Tx, a.Case.ID)
	if err != nil {
		return nil, err
	}
	r, err := among(list, decision)
	if err != nil {
		return nil, err
	}
	a.Event.Data.Ref = decision
	if err := do(ctx, a, list, r); err != nil {
		return nil, err
	}
	return r, save(ctx, a.Tx, r)
}

// ReadBy notes that a party, signed in, has had the decisions of their case before them: that is the day they received those that
// they had not (FL 44 §). It does nothing for somebody who opened the case by its code: nobody knows who they are.
func (s *Service) ReadBy(ctx context.Context, who cases.Citizen, view cases.CitizenView) error {
	if who.Person == "" || len(view.Decisions) == 0 {
		return nil
	}
	list, err := ofCase(ctx, s.db, view.Case.ID)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.reader(who) == nil {
			continue
		}
		_, err := s.cases.DoAs(ctx, who, r.Case, actionRead, func(ctx context.Context, a *cases.Act) error {
			_, err := s.within(ctx, a, r.Decision, func(_ context.Context, a *cases.Act, _ []*Record, r *Record) error {
				p := r.reader(who)
				if p == nil { // read in another window meanwhile
					return cases.ErrNothing
				}
				p.Way, p.On, p.At = WayMine, calendar.DateOf(a.Now), a.Now
				if p.Sent.IsZero() {
					p.Sent = p.On
				}
				a.Event.Kind, a.Event.Internal, a.Event.Data.Day = Read, true, p.On
				return nil
			})
			return err
		})
		if err != nil && !errors.Is(err, cases.ErrNothing) {
			return fmt.Errorf("noting that a decision was read: %w", err)
		}
	}
	return nil
}

// reader is the party who reads, if they have not received the decision; nil otherwise. Who acts for somebody receives it for them.
func (r *Record) reader(who cases.Citizen) *Served {
	at := slices.IndexFunc(r.Parties, func(p Served) bool { return p.On.IsZero() && p.own() && p.is(who) })
	if at < 0 {
		return nil
	}
	return &r.Parties[at]
}

// is tells whether a citizen is the party, or acts for it.
func (p Served) is(who cases.Citizen) bool {
	switch a := who.Acting; {
	case !a.Other():
		return who.Person != "" && p.Person == who.Person
	case a.Kind == casetype.ForOrganisation:
		return a.Key != "" && p.Org == a.Key
	default:
		return a.Key != "" && p.Person == a.Key
	}
}
