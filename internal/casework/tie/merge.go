package tie

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Prospect is what a merging would do.
type Prospect struct {
	From, Into         *cases.Case
	FromType, IntoType *casetype.CaseType
	Refused, Warned    []Reason
	Ends               *casetype.Status // in which From ends; nil: it is closed, or cannot be
	Messages           int              // in From, that stay there
	Documents          int
	Parties            int
}

// Prospect tells what it would mean to merge a case into another. It takes the right to close both.
func (s *Service) Prospect(ctx context.Context, who access.Actor, from, into string) (Prospect, error) {
	a, pa, _, err := s.Cases.May(ctx, who, access.CaseClose, from)
	if err != nil {
		return Prospect{}, err
	}
	b, pb, _, err := s.Cases.May(ctx, who, access.CaseClose, into)
	if err != nil {
		return Prospect{}, err
	}
	p := Prospect{From: a, Into: b, Parties: len(pa)}
	var ok, ok2 bool
	p.FromType, ok = s.Types.Version(a.TypeID, a.TypeVersion)
	p.IntoType, ok2 = s.Types.Version(b.TypeID, b.TypeVersion)
	if !ok || !ok2 {
		return Prospect{}, fmt.Errorf("the case types %s and %s are not loaded", a.TypeID, b.TypeID)
	}
	if p.Refused, p.Warned, err = s.judged(ctx, s.DB, who, side{c: a, parties: pa}, side{c: b, parties: pb}); err != nil {
		return Prospect{}, err
	}
	if a.Open {
		p.Ends = ending(p.FromType, a.Status)
	}
	err = s.DB.QueryRow(ctx, `SELECT (SELECT count(*) FROM case_event WHERE case_id = $1 AND kind IN ('submitted', 'message_in', 'message_out')),
		(SELECT count(*) FROM case_document WHERE case_id = $1)`, a.ID).Scan(&p.Messages, &p.Documents)
	if err != nil {
		return Prospect{}, fmt.Errorf("counting what a case holds: %w", err)
	}
	return p, nil
}

// judged is judge with what the database knows.
func (s *Service) judged(ctx context.Context, q store.Queryer, who access.Actor, from, into side) (refused, warned []Reason, err error) {
	var decided, merged, onward int
	err = q.QueryRow(ctx, `SELECT (SELECT count(*) FROM case_decision WHERE case_id = $1),
		(SELECT count(*) FROM tie_relation WHERE from_case = $1 AND kind = 'merged_into' AND removed_at = 0),
		(SELECT count(*) FROM tie_relation WHERE from_case = $2 AND kind = 'merged_into' AND removed_at = 0)`, from.c.ID, into.c.ID).Scan(&decided, &merged, &onward)
	if err != nil {
		return nil, nil, fmt.Errorf("asking what two cases are to each other: %w", err)
	}
	from.decided, from.merged, into.merged = decided > 0, merged > 0, onward > 0
	refused, warned = judge(from, into, head(who, from.c, from.parties) && head(who, into.c, into.parties))
	return refused, warned, nil
}

// Merge has a case handled in another one: it ends with a status of its type, and everything in it stays where it is. With share its
// parties may read what is decided in the other case; without it they read when it is decided and how it goes. To do it again does nothing.
func (s *Service) Merge(ctx context.Context, who access.Actor, on cases.On, into, reason string, share bool) error {
	if before, err := s.merger(ctx, s.DB, on.Case); err == nil && before.To == into { // sent twice: the version it was sent with is old
		return s.tell(ctx, before, into, s.official(who))
	}
	r := Relation{Kind: MergedInto, From: on.Case, To: into, Reason: strings.TrimSpace(reason), Actor: who.Person, At: s.now(), how: byMerge}
	_, err := s.Cases.Do(ctx, who, on, access.CaseClose, ActionMerged, func(ctx context.Context, a *cases.Act) error {
		if r.Reason == "" {
			return cases.ErrNote
		}
		b, parties, err := a.Other(ctx, into, access.CaseClose)
		if err != nil {
			return err
		}
		refused, _, err := s.judged(ctx, a.Tx, who, side{c: a.Case, parties: a.Parties}, side{c: b, parties: parties})
		if err != nil {
			return err
		}
		if len(refused) > 0 {
			return refuse(refused...)
		}
		if r, _, err = s.insert(ctx, a.Tx, r); err != nil {
			return err
		}
		if _, err := a.Tx.Exec(ctx, `INSERT INTO tie_merge (relation, was_status, was_open, was_due, share) VALUES ($1, $2, $3, $4, $5)`,
			r.ID, a.Case.Status, store.Bool(a.Case.Open), a.Case.Due.String(), store.Bool(share)); err != nil {
			return fmt.Errorf("noting how a case stood: %w", err)
		}
		a.Event.Kind, a.Event.Data.Ref = Merged, r.ID
		a.More = r.kept(r.Reason)
		if st := ending(a.Type, a.Case.Status); a.Case.Open && st != nil {
			a.Event.Data.From, a.Event.Data.To = a.Case.Status, st.Key
			return a.MoveTo(st.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, r, into, s.official(who))
}

// merger is the relation of a case to the one that it is handled in, store.ErrNotFound if there is none.
func (s *Service) merger(ctx context.Context, q store.Queryer, caseID string) (Relation, error) {
	return relationBy(ctx, q, `r.kind = 'merged_into' AND r.from_case = $1`, caseID)
}

// Unmerge parts a case again from the one that it was merged into: it stands as it did, with the day it had. It cannot be done once
// something has been decided in either of them.
func (s *Service) Unmerge(ctx context.Context, who access.Actor, on cases.On, reason string) error {
	var r Relation
	_, err := s.Cases.Do(ctx, who, on, access.CaseReopen, ActionUnmerged, func(ctx context.Context, a *cases.Act) error {
		var err error
		if r, err = s.merger(ctx, a.Tx, a.Case.ID); errors.Is(err, store.ErrNotFound) {
			return refuse(NotMerged)
		} else if err != nil {
			return err
		}
		if _, _, err := a.Other(ctx, r.To, access.CaseClose); err != nil {
			return err
		}
		if r.Why = strings.TrimSpace(reason); r.Why == "" {
			return cases.ErrNote
		}
		if decided, err := decidedSince(ctx, a.Tx, r); err != nil {
			return err
		} else if decided {
			return refuse(DecidedSince)
		}
		r.Removed, r.Remover = a.Now, who.Person
		if err := remove(ctx, a.Tx, r); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Data.Ref, a.Event.Data.From = Unmerged, r.ID, a.Case.Status
		a.More = r.kept(r.Why)
		return restore(ctx, a, r)
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, r, r.To, s.official(who))
}

// decidedSince tells whether anything was decided in either case after they were merged.
func decidedSince(ctx context.Context, q store.Queryer, r Relation) (bool, error) {
	var n int
	if err := q.QueryRow(ctx, `SELECT count(*) FROM case_decision WHERE case_id IN ($1, $2) AND at >= $3`, r.From, r.To, store.Micros(r.At)).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for a decision after the merging: %w", err)
	}
	return n > 0, nil
}

// restore lets a case stand as it did before it was merged. The days in between count: the matter was handled all the time.
func restore(ctx context.Context, a *cases.Act, r Relation) error {
	var status, due string
	var open bool
	if err := a.Tx.QueryRow(ctx, `SELECT was_status, was_open, was_due FROM tie_merge WHERE relation = $1`, r.ID).Scan(&status, &open, &due); err != nil {
		return fmt.Errorf("reading how a case stood: %w", err)
	}
	if !open || a.Case.Open { // it was closed before, or has been opened again since
		return nil
	}
	if err := a.MoveTo(status); err != nil {
		return err
	}
	a.Event.Data.To = status
	if due == "" {
		return nil
	}
	var err error
	if a.Case.Due, err = calendar.ParseDate(due); err != nil {
		return fmt.Errorf("the day of a case before it was merged: %w", err)
	}
	return nil
}
