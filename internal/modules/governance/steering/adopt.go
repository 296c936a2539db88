package steering

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Fields of an adoption, as a form calls them.
const (
	FieldDecision = "beslut"
	FieldFrom     = "fran"
	FieldReview   = "oversyn"
)

// Adoption is what it takes to adopt a version.
type Adoption struct {
	Decision string        // ID of the body's decision; "" where the holder of a role adopts
	From     calendar.Date // first day; zero is the day of the decision
	Review   calendar.Date // zero is what the type says
	Revision int64
}

// Adopt makes a prepared version the adopted one and ends the one before, in one transaction (S4-KF-1). Without a decision of the body to
// which that is reserved it gives a *bodies.ReservedError, whoever asks; with one it takes somebody who registers that body's decisions,
// or who prepares documents of the type.
func (s *Service) Adopt(ctx context.Context, who access.Actor, id string, a Adoption) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		before, err := s.one(ctx, tx, selectText+`WHERE v.id = $1`, id)
		if err != nil {
			return journal.Entry{}, err
		}
		t := s.Type(before.Type)
		if t == nil {
			return journal.Entry{}, InvalidError{{Field: FieldType, Problem: Unknown, Name: before.Type}}
		}
		mandate, err := s.mayAdopt(ctx, tx, who, before, t, a.Decision)
		if err != nil {
			return journal.Entry{}, err
		}
		if before.State != Prepared {
			return journal.Entry{}, ErrNotPrepared
		}
		if before.Revision != a.Revision {
			return journal.Entry{}, store.ErrConflict
		}
		return s.adopt(ctx, tx, before, t, a, Signature{who.Person, mandate, s.Clock.Now().UTC()})
	})
	s.stale.Store(true)
	if err != nil {
		return fmt.Errorf("adopting a steering document: %w", err)
	}
	return nil
}

// mayAdopt asks first whether the body has decided, then whether somebody may register that it has. It gives the mandate for that.
func (s *Service) mayAdopt(ctx context.Context, tx *store.Tx, who access.Actor, v *Version, t *pack.SteeringType, decision string) (string, error) {
	if t.AdoptedBy != nil {
		return s.need(who, []pack.SteeringHolder{*t.AdoptedBy})
	}
	body, err := s.decided(ctx, tx, v.Member, t.Action, decision)
	if err != nil {
		return "", err
	}
	right := access.Check(who, access.DecisionRegister, access.Object{Kind: "body", ID: body.ID, Member: body.Member, Body: body.ID})
	if right.Allowed {
		return right.Mandate, nil
	}
	if mandate := held(s.Bodies.Directory(), who, t.PreparedBy); mandate != "" {
		return mandate, nil
	}
	return "", right.Err()
}

// decided gives the body to which an action is reserved, if the decision is its own; else a *bodies.ReservedError. What is reserved to
// nobody nobody can decide.
func (s *Service) decided(ctx context.Context, tx *store.Tx, member, action, decision string) (bodies.Body, error) {
	d := s.Bodies.Directory()
	row := d.ReservedTo(member, action, s.today())
	if row == nil {
		return bodies.Body{}, &bodies.ReservedError{Action: action, Member: member, Decision: decision, Reason: bodies.NoDecision}
	}
	if err := bodies.Reserved(ctx, tx, bodies.Act{Member: member, Action: action, Decision: decision, On: s.today()}); err != nil {
		return bodies.Body{}, err
	}
	body, ok := d.BodyByCode(member, row.Body)
	if !ok {
		return bodies.Body{}, &bodies.ReservedError{Action: action, Member: member, Body: row.Body, Sentence: row.Sentence, Text: row.Text, Decision: decision, Reason: bodies.WrongBody}
	}
	return body, nil
}

// DecidingBody is the body to which adopting documents of a type is reserved; false where the holder of a role adopts.
func (s *Service) DecidingBody(t *pack.SteeringType) (bodies.Body, bool) {
	d := s.Bodies.Directory()
	if t == nil || t.Action == "" {
		return bodies.Body{}, false
	}
	row := d.ReservedTo(s.Member(), t.Action, s.today())
	if row == nil {
		return bodies.Body{}, false
	}
	return d.BodyByCode(s.Member(), row.Body)
}

// adopt writes that a version is adopted, and ends the one before.
func (s *Service) adopt(ctx context.Context, tx *store.Tx, before *Version, t *pack.SteeringType, a Adoption, by Signature) (journal.Entry, error) {
	var faults InvalidError
	decidedOn := s.today()
	if a.Decision != "" {
		d, err := s.decisionDay(ctx, tx, a.Decision)
		if err != nil {
			return journal.Entry{}, err
		}
		decidedOn = d
	}
	after := changed(before)
	after.State, after.Decision, after.From, after.To, after.Review = Adopted, a.Decision, a.From, calendar.Date{}, a.Review
	if after.From.IsZero() {
		after.From = decidedOn
	}
	if after.Review.IsZero() {
		after.Review = later(after.From, t.Review)
	}
	after.Adopted = &by
	if after.From.Before(decidedOn) {
		faults = append(faults, Fault{Field: FieldFrom, Problem: BeforeIt, Day: decidedOn})
	}
	if !after.Review.After(after.From) {
		faults = append(faults, Fault{Field: FieldReview, Problem: Malformed})
	}
	last, err := s.one(ctx, tx, selectText+`WHERE v.document = $1 AND v.from_day <> '' ORDER BY v.n DESC LIMIT 1`, before.Document)
	switch {
	case errors.Is(err, store.ErrNotFound):
		last = nil
	case err != nil:
		return journal.Entry{}, err
	case !after.From.After(last.From):
		faults = append(faults, Fault{Field: FieldFrom, Problem: BeforeLast, Day: last.From})
	case a.Decision != "" && a.Decision == last.Decision:
		faults = append(faults, Fault{Field: FieldDecision, Problem: UsedAlready})
	}
	more, err := s.check(ctx, tx, before, t, true)
	if err != nil {
		return journal.Entry{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return journal.Entry{}, faults
	}
	if last != nil {
		if last, err = s.replace(ctx, tx, last, after.From.AddDays(-1)); err != nil {
			return journal.Entry{}, err
		}
	}
	if err := s.store(ctx, tx, after, false); err != nil {
		if errors.Is(err, store.ErrConflict) {
			err = errors.Join(InvalidError{{Field: FieldDecision, Problem: UsedAlready}}, err)
		}
		return journal.Entry{}, err
	}
	return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: a.Decision, Action: actionAdopted, Object: journal.Ref{Kind: kindVersion, ID: after.ID},
		Payload: adopted{change{after.Document, after.Number, short(before), short(after)}, short(last)}}, nil
}

// adopted is what the journal keeps of an adoption.
type adopted struct {
	change
	Replaced *version `json:",omitempty"`
}

// replace ends the version that another takes the place of. One that was repealed before keeps its last day.
func (s *Service) replace(ctx context.Context, tx *store.Tx, v *Version, last calendar.Date) (*Version, error) {
	out := changed(v)
	if out.To.IsZero() || out.To.After(last) {
		out.To = last
	}
	if out.State == Adopted {
		out.State = Replaced
	}
	return out, s.store(ctx, tx, out, false)
}

// decisionDay is the day of a decision.
func (s *Service) decisionDay(ctx context.Context, q store.Queryer, id string) (calendar.Date, error) {
	var on string
	if err := q.QueryRow(ctx, `SELECT decided_on FROM decision WHERE id = $1`, id).Scan(&on); err != nil {
		return calendar.Date{}, fmt.Errorf("reading decision %s: %w", id, err)
	}
	return calendar.ParseDate(on)
}

// Repeal ends an adopted version without another in its place (upphäver), from the day after last. It takes what adopting takes.
func (s *Service) Repeal(ctx context.Context, who access.Actor, id, decision string, last calendar.Date, revision int64) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		before, err := s.one(ctx, tx, selectText+`WHERE v.id = $1`, id)
		if err != nil {
			return journal.Entry{}, err
		}
		t := s.Type(before.Type)
		if t == nil {
			return journal.Entry{}, InvalidError{{Field: FieldType, Problem: Unknown, Name: before.Type}}
		}
		mandate, err := s.mayAdopt(ctx, tx, who, before, t, decision)
		if err != nil {
			return journal.Entry{}, err
		}
		if before.State != Adopted || before.Revision != revision {
			return journal.Entry{}, store.ErrConflict
		}
		if decision != "" && decision == before.Decision {
			return journal.Entry{}, InvalidError{{Field: FieldDecision, Problem: UsedAlready}}
		}
		if last.Before(before.From) {
			return journal.Entry{}, InvalidError{{Field: FieldTo, Problem: BeforeLast, Day: before.From}}
		}
		after := changed(before)
		after.State, after.To, after.EndedBy = Repealed, last, decision
		if err := s.store(ctx, tx, after, false); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: who.Person, Mandate: mandate, Decision: decision, Action: actionRepealed, Object: journal.Ref{Kind: kindVersion, ID: id},
			Payload: change{before.Document, before.Number, short(before), short(after)}}, nil
	})
	s.stale.Store(true)
	if err != nil {
		return fmt.Errorf("repealing a steering document: %w", err)
	}
	return nil
}

// FieldTo is the last day of a version that is repealed.
const FieldTo = "till"
