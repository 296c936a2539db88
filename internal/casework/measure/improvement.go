package measure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// improvementKind is the kind of an improvement in the journal.
const improvementKind = "improvement"

// The journal's words for improvements.
const (
	ActionOpened = "improvement.opened"
	ActionDone   = "improvement.done"
)

// Measure is a figure that has a target.
type Measure string

// The measures. The words are stored.
const (
	Opinion   Measure = "feedback"
	Reopening Measure = "reopened"
)

// Improvement (åtgärd) is what the owner of a service has to see to because a figure fell below its target.
type Improvement struct {
	ID       string
	Type     string
	Measure  Measure
	Figure   float64 // as it was: a mean of 1 to 5, or a share of 0 to 1
	Target   float64
	Unit     string // that owned the service
	OpenedAt time.Time
	ClosedAt time.Time // zero: open
	ClosedBy string
	Done     string // what was done
}

// Errors of improvements that a page answers.
var (
	ErrNothingDone = errors.New("what was done is not said")
	ErrDone        = errors.New("the improvement is closed")
)

// about is what an improvement is about.
type about struct {
	typeID  string
	measure Measure
}

// errStands ends a transaction that opens nothing: there is an open improvement.
var errStands = errors.New("an improvement is open")

// drops opens an improvement for each figure below its target that has none open.
func (s *Service) drops(ctx context.Context, now *snapshot) error {
	for _, id := range slices.Sorted(maps.Keys(now.byType)) {
		r := now.byType[id].recent
		if mean := share(r.score, r.answers); r.answers >= Enough && mean < s.Targets.Feedback {
			if err := s.open(ctx, Improvement{Type: id, Measure: Opinion, Figure: mean, Target: s.Targets.Feedback}); err != nil {
				return err
			}
		}
		if rate := share(r.reopened, r.ended); r.ended >= Enough && rate > s.Targets.Reopened {
			if err := s.open(ctx, Improvement{Type: id, Measure: Reopening, Figure: rate, Target: s.Targets.Reopened}); err != nil {
				return err
			}
		}
	}
	return nil
}

// open opens an improvement unless one of the same measure is open: the table's unique index sees to that, also between nodes.
func (s *Service) open(ctx context.Context, i Improvement) error {
	var n int
	err := s.db.QueryRow(ctx, `SELECT count(*) FROM improvement WHERE type_id = $1 AND measure = $2 AND closed_at = 0`, i.Type, string(i.Measure)).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	if ct, ok := s.Types.Current(i.Type, s.today()); ok {
		i.Unit = ct.Owner.Unit
	}
	i.ID = store.NewID()
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `INSERT INTO improvement (id, type_id, measure, figure, target, unit, opened_at, closed_at, closed_by, done) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', '')
			ON CONFLICT DO NOTHING`, i.ID, i.Type, string(i.Measure), i.Figure, i.Target, i.Unit, store.Micros(s.Clock.Now()))
		if err == nil && n == 0 {
			err = errStands
		}
		return journal.Entry{Actor: journal.System, Action: ActionOpened, Object: journal.Ref{Kind: improvementKind, ID: i.ID},
			Payload: map[string]any{"type": i.Type, "measure": i.Measure, "figure": i.Figure, "target": i.Target, "unit": i.Unit}}, err
	})
	if errors.Is(err, errStands) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening an improvement: %w", err)
	}
	return nil
}

// Done closes an improvement with what was done. The caller has seen that by may. From then on the figure is counted anew: a new
// improvement takes what has come since.
func (s *Service) Done(ctx context.Context, by bodies.By, id, done string) error {
	if done = strings.TrimSpace(done); done == "" {
		return ErrNothingDone
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `UPDATE improvement SET closed_at = $2, closed_by = $3, done = $4 WHERE id = $1 AND closed_at = 0`, id, store.Micros(s.Clock.Now()), by.Person, done)
		if err == nil && n == 0 {
			err = ErrDone
		}
		return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: by.Decision, Action: ActionDone, Object: journal.Ref{Kind: improvementKind, ID: id},
			Payload: map[string]string{"done": done}}, err
	})
	if err != nil {
		return fmt.Errorf("closing an improvement: %w", err)
	}
	return nil
}

// Improvements are those of a case type, or of all if it is "": open ones first, then newest first.
func (s *Service) Improvements(ctx context.Context, typeID string) ([]Improvement, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Improvement, error) {
		var i Improvement
		var opened, closed int64
		err := r.Scan(&i.ID, &i.Type, &i.Measure, &i.Figure, &i.Target, &i.Unit, &opened, &closed, &i.ClosedBy, &i.Done)
		i.OpenedAt = store.Time(opened)
		if closed != 0 {
			i.ClosedAt = store.Time(closed)
		}
		return i, err
	}, `SELECT id, type_id, measure, figure, target, unit, opened_at, closed_at, closed_by, done FROM improvement WHERE type_id = $1 OR $1 = ''
		ORDER BY CASE WHEN closed_at = 0 THEN 0 ELSE 1 END, opened_at DESC LIMIT 500`, typeID)
	if err != nil {
		return nil, fmt.Errorf("reading improvements: %w", err)
	}
	return list, nil
}

// settledAt is when the last improvement of each measure was closed.
func settledAt(ctx context.Context, q store.Queryer) (map[about]time.Time, error) {
	out := map[about]time.Time{}
	rows, err := q.Query(ctx, `SELECT type_id, measure, max(closed_at) FROM improvement WHERE closed_at > 0 GROUP BY type_id, measure`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a about
		var at int64
		if err := rows.Scan(&a.typeID, &a.measure, &at); err != nil {
			return nil, err
		}
		out[a] = store.Time(at)
	}
	return out, rows.Err()
}
