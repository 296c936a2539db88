package clock

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the clock.
//
//go:embed migrations
var Migrations embed.FS

// Keeper keeps the time of cases as they change. It is a cases.Watcher.
type Keeper struct {
	engine
	clock calendar.Clock
	plan  Plan
}

// NewKeeper is a keeper that counts with a calendar and the rules of the statutes. Without a plan DefaultSettings always hold.
func NewKeeper(days *calendar.Calendar, clock calendar.Clock, plan Plan) *Keeper {
	return &Keeper{engine: engine{days: days, rules: deadline.Swedish()}, clock: clock, plan: plan}
}

func (k *Keeper) today() calendar.Date { return calendar.DateOf(k.clock.Now()) }

// row is what is kept of the time of a case.
type row struct {
	course Course
	open   bool
	due    calendar.Date
	wake   calendar.Date
}

// rowOf reads the row of a case; store.ErrNotFound is of a case that has none.
func rowOf(ctx context.Context, q store.Queryer, caseID string) (row, error) {
	var r row
	var course string
	err := q.QueryRow(ctx, `SELECT course, open, due, wake FROM case_clock WHERE case_id = $1`, caseID).Scan(&course, &r.open, &r.due, &r.wake)
	if err != nil {
		return row{}, fmt.Errorf("reading the time of a case: %w", err)
	}
	r.course, err = readCourse(course)
	return r, err
}

func readCourse(text string) (Course, error) {
	var c Course
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Course{}, fmt.Errorf("reading the time of a case: %w", err)
	}
	return c, nil
}

// Changed keeps the time of a case that was handed in or changed.
func (k *Keeper) Changed(ctx context.Context, tx *store.Tx, c *cases.Case, ct *casetype.CaseType, e cases.Event) error {
	if own(e.Kind) { // written with the act
		return nil
	}
	r, err := rowOf(ctx, tx, c.ID)
	switch {
	case e.Kind == cases.Submitted:
		r = row{open: true}
	case errors.Is(err, store.ErrNotFound):
		if r, err = k.fresh(ctx, tx, c, ct); err != nil {
			return err
		}
	case err != nil:
		return err
	case c.Due != r.due: // somebody put the day right
		r.course.Longer = append(r.course.Longer, deadline.Extension{On: calendar.DateOf(e.At), To: c.Due, Right: true})
	}
	kind := e.Kind
	if !r.open && c.Open { // whatever room opened it again
		kind = cases.Reopened
	}
	r.course.happened(kind, calendar.DateOf(e.At), ct.Status(c.Status))
	return k.put(ctx, tx, c, ct, r.course, false)
}

// fresh is the row of a case from before the clock, with the stages it has come to as if they had been told: nobody is told of an old
// backlog all at once.
func (k *Keeper) fresh(ctx context.Context, q store.Queryer, c *cases.Case, ct *casetype.CaseType) (row, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (cases.Event, error) {
		var e cases.Event
		var at int64
		var kind, data string
		if err := r.Scan(&at, &kind, &data); err != nil {
			return e, err
		}
		e.At, e.Kind = store.Time(at), cases.EventKind(kind)
		return e, json.Unmarshal([]byte(data), &e.Data)
	}, `SELECT at, kind, data FROM case_event WHERE case_id = $1 AND kind IN ('submitted', 'status', 'closed', 'reopened', 'decided') ORDER BY n`, c.ID)
	if err != nil {
		return row{}, fmt.Errorf("reading what happened to a case: %w", err)
	}
	return row{course: k.from(c, ct, list), open: c.Open}, nil
}

// from is the course of a case that has no row, of its events.
func (k *Keeper) from(c *cases.Case, ct *casetype.CaseType, list []cases.Event) Course {
	course := courseOf(ct, list)
	received := calendar.DateOf(c.ReceivedAt)
	if !c.Due.IsZero() && c.Due != k.days.Due(c.ReceivedAt, ct.Deadlines.Target) {
		course.Longer = append(course.Longer, deadline.Extension{On: received, To: c.Due, Right: true})
	}
	course.told(k.come(k.times(c, ct, course, k.today()), course))
	return course
}

// put works out the days of a case and writes its row; Case.Due is then the day of the case. For a case from before the clock, which is
// not itself written, the row is the first or none, and Due stays.
func (k *Keeper) put(ctx context.Context, tx *store.Tx, c *cases.Case, ct *casetype.CaseType, course Course, before bool) error {
	t := k.times(c, ct, course, k.today())
	seen := t
	if stop, _, ok := t.Standing(course); ok && stop.Until.IsZero() { // it stands still at least until somebody is asked again
		seen = k.times(c, ct, course, k.review(stop, course))
	}
	statutory, wake, head := "", "", false
	if c.Open {
		statutory, wake = seen.Statutory.String(), k.wake(t, course).String()
		head = t.Running && (course.Told[Head] == t.Target && !t.Target.IsZero() || course.Told[LawOver] == t.Statutory && !t.Statutory.IsZero())
	}
	conflict := `DO NOTHING`
	if !before {
		conflict = `DO UPDATE SET unit = excluded.unit, open = excluded.open, course = excluded.course, due = excluded.due,
			statutory = excluded.statutory, head = excluded.head, wake = excluded.wake`
		if c.Open {
			c.Due = seen.Due
		}
	}
	text, err := json.Marshal(course)
	if err != nil {
		return fmt.Errorf("keeping the time of a case: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO case_clock (case_id, unit, open, course, due, statutory, head, wake) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (case_id) `+conflict, c.ID, c.Unit, store.Bool(c.Open), string(text), c.Due.String(), statutory, store.Bool(head), wake)
	if err != nil {
		return fmt.Errorf("keeping the time of a case: %w", err)
	}
	return nil
}
