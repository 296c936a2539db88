package clock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
)

// batch is how many cases the watch reads at a time.
const batch = 200

// woken is a case that something is to be told of.
type woken struct{ wake, id string }

const tickQuery = `SELECT wake, case_id FROM case_clock WHERE open = 1 AND wake <> '' AND wake <= $1 AND (wake, case_id) > ($2, $3) ORDER BY wake, case_id LIMIT $4`

// Tick tells of the stages that cases have come to: one internal event for each, once. What goes wrong with one case does not stop the
// others. Run it every hour.
func (s *Service) Tick(ctx context.Context) error {
	ctx = store.Background(ctx)
	var failed []error
	for after := (woken{}); ; {
		list, err := store.All(ctx, s.DB, func(r *store.Rows) (woken, error) {
			var w woken
			return w, r.Scan(&w.wake, &w.id)
		}, tickQuery, s.Keeper.today().String(), after.wake, after.id, batch)
		if err != nil {
			return fmt.Errorf("looking for cases whose time comes: %w", err)
		}
		for _, w := range list {
			if err := s.tell(ctx, w.id); err != nil {
				failed = append(failed, fmt.Errorf("case %s: %w", w.id, err))
			}
			after = w
		}
		if len(list) < batch {
			return errors.Join(failed...)
		}
	}
}

// tell tells of what a case has come to.
func (s *Service) tell(ctx context.Context, id string) error {
	c, err := s.Cases.Case(ctx, id)
	if err != nil {
		return err
	}
	ct, ok := s.Types.Version(c.TypeID, c.TypeVersion)
	if !ok {
		return fmt.Errorf("case type %s version %d is not loaded", c.TypeID, c.TypeVersion)
	}
	k, err := s.Of(ctx, c, ct, nil)
	if err != nil {
		return err
	}
	if len(s.Keeper.come(k.Times, k.Course)) == 0 { // what it was to wake for has moved
		return s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE case_clock SET wake = $2 WHERE case_id = $1`, id, s.Keeper.wake(k.Times, k.Course).String())
			return err
		})
	}
	_, err = s.Cases.DoAlone(ctx, id, ActionStage, s.with(func(_ context.Context, w *work) error {
		come := s.Keeper.come(w.Times, w.Course)
		if len(come) == 0 {
			return cases.ErrNothing
		}
		w.told(come)
		first := come[0]
		w.Event.Kind, w.Event.Internal = cases.EventKind(stagePrefix+string(first.stage)), true
		w.Event.Data = cases.EventData{Day: first.of, To: s.whom(w.Case, first.stage)}
		if w.Event.Data.To != "" {
			w.Event.Kind += "_to"
		}
		if first.stage == LawOver || first.stage == LawNear {
			w.Event.Data.Law = w.Provision.String()
		}
		return nil
	}))
	return err
}

// whom is who is told of a stage: the one who has the case, and of what is long past or against the law the head of its unit.
func (s *Service) whom(c *cases.Case, stage Stage) string {
	if stage == Head || stage == LawOver || c.Assignee == "" {
		if head := s.headOf(c.Unit); head != "" {
			return head
		}
	}
	return c.Assignee
}

// headOf is the head of a unit, or of the nearest one above it that has one; "" for none.
func (s *Service) headOf(unit string) string {
	d := s.Directory()
	path := d.PathTo(unit)
	for i := len(path) - 1; i >= 0; i-- {
		held := d.HoldersOf(bodies.Question{Role: access.Head, Place: bodies.Place{Unit: path[i].ID}}, s.Keeper.today())
		if len(held) > 0 {
			return held[0].Person
		}
	}
	return ""
}

// settled is for how many days after new settings came to hold the watch looks through all open cases, so that a day on which it did not
// run, or on which the settings came late, does not matter.
const settled = 7

// CatchUp gives open cases from before the clock a row, so that the lists have them and the watch goes past them, and lets the watch look
// at all open cases when settings are new. Run it once a day: it reads through the open cases.
func (s *Service) CatchUp(ctx context.Context) error {
	ctx = store.Background(ctx)
	today := s.Keeper.today()
	if set, _ := s.Keeper.plan.on(today); !set.From.IsZero() && set.From.DaysUntil(today) <= settled {
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE case_clock SET wake = $1 WHERE open = 1 AND wake > $1`, today.String())
			return err
		}); err != nil {
			return fmt.Errorf("looking at all cases under new settings: %w", err)
		}
	}
	for after := ""; ; {
		ids, err := store.All(ctx, s.DB, func(r *store.Rows) (string, error) {
			var id string
			return id, r.Scan(&id)
		}, `SELECT c.id FROM cases c WHERE c.open = 1 AND c.id > $1 AND NOT EXISTS (SELECT 1 FROM case_clock k WHERE k.case_id = c.id) ORDER BY c.id LIMIT $2`, after, batch)
		if err != nil {
			return fmt.Errorf("looking for cases without a clock: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.catchUp(ctx, tx, ids) }); err != nil {
			return fmt.Errorf("giving cases a clock: %w", err)
		}
		after = ids[len(ids)-1]
	}
}

func (s *Service) catchUp(ctx context.Context, tx *store.Tx, ids []string) error {
	for _, id := range ids {
		c, err := s.Cases.Case(ctx, id)
		if err != nil {
			return err
		}
		ct, ok := s.Types.Version(c.TypeID, c.TypeVersion)
		if !ok {
			s.Log.WarnContext(ctx, "a case is of a type that is not loaded", slog.String("type", c.TypeID), slog.Int("version", c.TypeVersion))
			continue
		}
		r, err := s.Keeper.fresh(ctx, tx, c, ct)
		if err != nil {
			return err
		}
		if err := s.Keeper.put(ctx, tx, c, ct, r.course, true); err != nil {
			return err
		}
	}
	return nil
}
