package retention

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// What the timeline says of how long a case is kept. All of it is internal.
const (
	EventHeld   cases.EventKind = "retention_held"
	EventLifted cases.EventKind = "retention_lifted"
	EventSaid   cases.EventKind = "retention_said"
)

// Reason is why a case must not go yet (gallringsstopp).
type Reason string

// Reasons lists them.
func Reasons() []Reason { return []Reason{"appeal", "disclosure", "audit", "research", "other"} }

// Errors that a page explains.
var (
	// ErrWords means that a reason has to be given in words.
	ErrWords = errors.New("say why")
	// ErrReason means that the reason is none of Reasons.
	ErrReason = errors.New("no such reason")
	// ErrHeld means that the case is held already; ErrNotHeld that it is not.
	ErrHeld    = errors.New("the case is held already")
	ErrNotHeld = errors.New("the case is not held")
	// ErrSay means that what was said is no result of the case type, or no day.
	ErrSay = errors.New("say a result of the case type, or a day")
)

// Hold keeps a case from gallring until it is lifted: an appeal is pending, a copy has been asked for, auditors look at it.
func (s *Service) Hold(ctx context.Context, who access.Actor, on cases.On, reason Reason, words string) error {
	known := false
	for _, r := range Reasons() {
		known = known || r == reason
	}
	if words = strings.TrimSpace(words); !known {
		return ErrReason
	}
	if words == "" {
		return ErrWords
	}
	_, err := s.Cases.Do(ctx, who, on, access.RetentionManage, "case.retention_held", func(ctx context.Context, a *cases.Act) error {
		_, err := a.Tx.Exec(ctx, `INSERT INTO retention_hold (id, case_id, reason, words, set_by, set_at, lifted_by, lifted_at) VALUES ($1, $2, $3, $4, $5, $6, '', 0)`,
			store.NewID(), a.Case.ID, string(reason), words, who.Person, store.Micros(a.Now))
		if errors.Is(err, store.ErrConflict) {
			return ErrHeld
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data = EventHeld, true, words, cases.EventData{To: string(reason)}
		return err
	})
	return err
}

// Lift lets a case go again when its time comes.
func (s *Service) Lift(ctx context.Context, who access.Actor, on cases.On, words string) error {
	if words = strings.TrimSpace(words); words == "" {
		return ErrWords
	}
	_, err := s.Cases.Do(ctx, who, on, access.RetentionManage, "case.retention_lifted", func(ctx context.Context, a *cases.Act) error {
		n, err := a.Tx.Exec(ctx, `UPDATE retention_hold SET lifted_by = $2, lifted_at = $3 WHERE case_id = $1 AND lifted_at = 0`, a.Case.ID, who.Person, store.Micros(a.Now))
		if err == nil && n == 0 {
			return ErrNotHeld
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body = EventLifted, true, words
		return err
	})
	return err
}

// Say tells what cannot be worked out: the result of a case that was closed without a decision, or the day of what the plan counts from.
// One of them may be left out. Words say on what ground.
func (s *Service) Say(ctx context.Context, who access.Actor, on cases.On, result string, day calendar.Date, words string) error {
	if words = strings.TrimSpace(words); words == "" {
		return ErrWords
	}
	if result == "" && day.IsZero() {
		return ErrSay
	}
	_, err := s.Cases.Do(ctx, who, on, access.RetentionManage, "case.retention_said", func(ctx context.Context, a *cases.Act) error {
		if a.Case.Open {
			return cases.ErrOpen
		}
		if result != "" && a.Type.Result(result) == nil {
			return ErrSay
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body = EventSaid, true, words
		a.Event.Data = cases.EventData{To: result, Day: day}
		if err := s.compute(ctx, a.Tx, a.Case.ID); err != nil { // so that there is a row
			return err
		}
		err := a.Tx.ExecOne(ctx, `UPDATE retention SET set_result = CASE WHEN $2 = '' THEN set_result ELSE $2 END, set_day = CASE WHEN $3 = '' THEN set_day ELSE $3 END
			WHERE case_id = $1`, a.Case.ID, result, written(day))
		if err != nil {
			return fmt.Errorf("storing what was said: %w", err)
		}
		return s.compute(ctx, a.Tx, a.Case.ID)
	})
	return err
}

// Delivered notes in the caller's transaction that the e-archive has confirmed that it has the case.
func (s *Service) Delivered(ctx context.Context, tx *store.Tx, caseID string, day calendar.Date) error {
	if err := s.compute(ctx, tx, caseID); err != nil {
		return err
	}
	if err := tx.ExecOne(ctx, `UPDATE retention SET delivered = $2 WHERE case_id = $1`, caseID, written(day)); err != nil {
		return fmt.Errorf("noting that a case was delivered: %w", err)
	}
	return s.compute(ctx, tx, caseID)
}

// held tells whether a case must not go.
func held(ctx context.Context, q store.Queryer, caseID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM retention_hold WHERE case_id = $1 AND lifted_at = 0`, caseID).Scan(&n)
	return n > 0, err
}
