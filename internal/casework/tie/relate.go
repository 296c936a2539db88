package tie

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
)

// kept is what the journal keeps beside the row of the timeline.
type kept struct {
	Relation string `json:"relation"`
	Kind     Kind   `json:"kind"`
	From     string `json:"from"` // IDs of cases
	To       string `json:"to"`
	Reason   string `json:"reason,omitempty"`
}

func (r Relation) kept(reason string) kept { return kept{r.ID, r.Kind, r.From, r.To, reason} }

// Relate says what one case is to another. on is the case that the official has before them, one of the two. It takes the right to make
// notes in both. To say it again does nothing.
func (s *Service) Relate(ctx context.Context, who access.Actor, on cases.On, kind Kind, from, to, reason string) (Relation, error) {
	r := Relation{Kind: kind, From: from, To: to, Reason: strings.TrimSpace(reason), Actor: who.Person, At: s.now(), how: byHand}
	switch {
	case !kind.chosen():
		return r, fmt.Errorf("relating cases: %w", refuse(NotByHand))
	case from == to:
		return r, fmt.Errorf("relating cases: %w", refuse(Itself))
	}
	other := r.other(on.Case)
	_, err := s.Cases.Do(ctx, who, on, access.CaseNote, ActionRelated, func(ctx context.Context, a *cases.Act) error {
		if _, _, err := a.Other(ctx, other, access.CaseNote); err != nil {
			return err
		}
		var again bool
		var err error
		if r, again, err = s.insert(ctx, a.Tx, r); err != nil {
			return err
		}
		if again {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data.Ref = Related, true, r.Reason, r.ID
		a.More = r.kept(r.Reason)
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, s.tell(ctx, r, other, s.official(who))
}

// Unrelate removes what an official has said of two cases. Both timelines keep that it was said and that it was removed.
func (s *Service) Unrelate(ctx context.Context, who access.Actor, on cases.On, id, reason string) error {
	var r Relation
	_, err := s.Cases.Do(ctx, who, on, access.CaseNote, ActionUnrelated, func(ctx context.Context, a *cases.Act) error {
		var err error
		if r, err = relationBy(ctx, a.Tx, `r.id = $1 AND (r.from_case = $2 OR r.to_case = $2)`, id, on.Case); err != nil {
			return gone(err)
		}
		if r.how != byHand {
			return refuse(NotByHand)
		}
		if _, _, err := a.Other(ctx, r.other(on.Case), access.CaseNote); err != nil {
			return err
		}
		if r.Why = strings.TrimSpace(reason); r.Why == "" {
			return cases.ErrNote
		}
		r.Removed, r.Remover = a.Now, who.Person
		if err := remove(ctx, a.Tx, r); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data.Ref = Unrelated, true, r.Why, r.ID
		a.More = r.kept(r.Why)
		return nil
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, r, r.other(on.Case), s.official(who))
}

// gone is the refusal for a relation that does not stand any more, or never did.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(Gone)
	}
	return err
}

// echo is how the timeline of the other case tells of a relation, and what the journal calls it.
func (r Relation) echo() (kind cases.EventKind, action string) {
	switch {
	case r.how == byMerge && r.Stands():
		return MergedIn, ActionMergedIn
	case r.how == byMerge:
		return UnmergedFrom, ActionParted
	case r.how == bySplit:
		return SplitOff, ActionSplit
	case r.how == byTransfer:
		return Transferred, ActionTransferred
	case r.how == byCitizen:
		return Continued, ActionContinued
	case r.Stands():
		return Related, ActionRelated
	}
	return Unrelated, ActionUnrelated
}

// teller runs the act that tells another case: as an official, the party or the program.
type teller func(ctx context.Context, caseID, action string, do func(context.Context, *cases.Act) error) (*cases.Case, error)

func (s *Service) official(who access.Actor) teller {
	return func(ctx context.Context, caseID, action string, do func(context.Context, *cases.Act) error) (*cases.Case, error) {
		return s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseNote, action, do)
	}
}

func (s *Service) party(who cases.Citizen) teller {
	return func(ctx context.Context, caseID, action string, do func(context.Context, *cases.Act) error) (*cases.Case, error) {
		return s.Cases.DoAs(ctx, who, caseID, action, do)
	}
}

// tell writes the other half of a relation: what the timeline of the case at its other end says, without the reason, which was written of
// this one. Why a case was split was written of the case at the other end, and stands there. It is done once, whoever does it.
func (s *Service) tell(ctx context.Context, r Relation, other string, by teller) error {
	kind, action := r.echo()
	_, err := by(ctx, other, action, func(ctx context.Context, a *cases.Act) error {
		if err := told(ctx, a.Tx, r); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data.Ref = kind, kind != Transferred && kind != Continued, r.ID
		a.More = r.kept("")
		if r.how == bySplit {
			a.Event.Body = r.Reason
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("telling the other case of a relation: %w", err)
	}
	return nil
}

// told notes that both cases have been told of a relation, cases.ErrNothing if that was done before.
func told(ctx context.Context, tx *store.Tx, r Relation) error {
	n, err := tx.Exec(ctx, `UPDATE tie_relation SET told = 1 WHERE id = $1 AND told = 0`, r.ID)
	if err != nil {
		return fmt.Errorf("noting that a relation is told: %w", err)
	}
	if n == 0 {
		return cases.ErrNothing
	}
	return nil
}

// patience is how long the one who makes a relation has to tell both cases, before the program does it.
const patience = time.Minute

// Tell completes relations of which one case alone has been told: somebody pulled the plug in between.
func (s *Service) Tell(ctx context.Context) error {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Relation, error) { return scanRelation(r) },
		`SELECT `+relationColumns+` FROM tie_relation r WHERE r.told = 0 AND r.at < $1 ORDER BY r.at LIMIT 200`, store.Micros(s.now().Add(-patience)))
	if err != nil {
		return fmt.Errorf("looking for relations that are told by halves: %w", err)
	}
	for _, r := range list {
		ends := []string{r.To} // of what is merged, split and moved the other case was told in the same transaction
		if r.how == byHand {
			ends = append(ends, r.From)
		}
		for _, id := range ends {
			if heard, err := s.heard(ctx, r, id); err != nil {
				return err
			} else if heard {
				continue
			}
			if err := s.tell(ctx, r, id, s.Cases.DoAlone); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// heard tells whether the timeline of a case has a row of the relation as it stands now.
func (s *Service) heard(ctx context.Context, r Relation, caseID string) (bool, error) {
	since := r.At
	if !r.Stands() {
		since = r.Removed
	}
	var n int
	err := s.DB.QueryRow(ctx, `SELECT count(*) FROM case_event WHERE case_id = $1 AND at >= $2 AND data LIKE $3`,
		caseID, store.Micros(since), `%"ref":"`+r.ID+`"%`).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for a relation in a timeline: %w", err)
	}
	return n > 0, nil
}
