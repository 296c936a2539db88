package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Task is something to do in a case.
type Task struct {
	ID       string
	CaseID   string
	What     string
	To       Whom
	Due      calendar.Date
	State    State
	Note     string // of the one who closed it
	By       string
	MadeAt   time.Time // UTC
	ClosedBy string
	ClosedAt time.Time
	Version  int
}

// Whom is who is asked: a person, or anybody of a unit who has the role.
type Whom struct {
	Person string
	Unit   string
	Role   string // of those in the unit, "" for all
}

// State is how far a task has come.
type State string

// The states of a task.
const (
	Open      State = "open"
	Done      State = "done"
	NotNeeded State = "not_needed"
)

// What happens to tasks. The kinds are stored: do not rename them.
const (
	EventAdded     cases.EventKind = "task_added"
	EventChanged   cases.EventKind = "task_changed"
	EventDone      cases.EventKind = "task_done"
	EventNotNeeded cases.EventKind = "task_not_needed"
)

// MaxWhat is how much a task may say, MaxWords a letter, an answer or a text to approve, MaxNote a comment, in characters.
const (
	MaxWhat  = 300
	MaxNote  = 2000
	MaxWords = 20_000
)

// Asked is what a task asks of whom, until when.
type Asked struct {
	What string
	To   Whom
	Due  calendar.Date
}

// Add asks somebody to do something in a case.
func (s *Service) Add(ctx context.Context, who access.Actor, on cases.On, asked Asked) (string, error) {
	id := store.NewID()
	_, err := s.Cases.Do(ctx, who, on, access.CaseNote, "task.added", func(ctx context.Context, a *cases.Act) error {
		if !a.Case.Open {
			return cases.ErrClosed
		}
		if err := s.check(a, &asked); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body = EventAdded, true, asked.What
		a.Event.Data = cases.EventData{Ref: id, To: s.partyName(asked.To, ""), Day: asked.Due}
		_, err := a.Tx.Exec(ctx, `INSERT INTO task (id, case_id, what, person, unit, role, due, state, note, by_person, made_at, closed_by, closed_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '', $8, $9, '', 0, 1)`,
			id, a.Case.ID, asked.What, asked.To.Person, asked.To.Unit, asked.To.Role, asked.Due.String(), who.Person, store.Micros(a.Now))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("adding a task: %w", err)
	}
	return id, nil
}

// check sees that what is asked can be done by the one who is asked.
func (s *Service) check(a *cases.Act, asked *Asked) error {
	switch asked.What = strings.TrimSpace(asked.What); {
	case asked.What == "":
		return cases.ErrEmpty
	case asked.Due.Before(calendar.DateOf(a.Now)):
		return ErrDay
	}
	return s.checkWhom(a, asked.To)
}

func (s *Service) checkWhom(a *cases.Act, to Whom) error {
	d := s.Organisation.Directory()
	switch u, ok := d.Unit(to.Unit); {
	case to.Person != "":
		if _, ok := d.Person(to.Person); !ok {
			return ErrWhom
		}
		if !s.reads(to.Person, a.Case.Object(a.Parties...)) {
			return ErrReader
		}
	case !ok || u.Member != a.Case.Member:
		return ErrWhom
	case !s.unitReads(to.Unit, to.Role, a.Case.Object(a.Parties...)):
		return ErrReader
	}
	return nil
}

// Change asks for something else, or somebody else, or another day. version is the one that was seen.
func (s *Service) Change(ctx context.Context, who access.Actor, caseID, id string, version int, asked Asked) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseNote, "task.changed", func(ctx context.Context, a *cases.Act) error {
		t, err := s.open(ctx, a, id, version)
		if err != nil {
			return err
		}
		if asked.What = strings.TrimSpace(asked.What); asked == (Asked{t.What, t.To, t.Due}) {
			return cases.ErrNothing
		}
		if err := s.check(a, &asked); err != nil && (!errors.Is(err, ErrDay) || asked.Due != t.Due) { // a late task may change hands
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body = EventChanged, true, asked.What
		a.Event.Data = cases.EventData{Ref: id, From: s.partyName(t.To, ""), To: s.partyName(asked.To, ""), Day: asked.Due}
		return a.Tx.ExecOne(ctx, `UPDATE task SET what = $2, person = $3, unit = $4, role = $5, due = $6, version = version + 1 WHERE id = $1`,
			id, asked.What, asked.To.Person, asked.To.Unit, asked.To.Role, asked.Due.String())
	})
	if err != nil {
		return fmt.Errorf("changing a task: %w", err)
	}
	return nil
}

// Close says that a task is done, or not needed, with a note. The one asked may, and whoever may write in the case.
func (s *Service) Close(ctx context.Context, who access.Actor, caseID, id string, as State, note string) error {
	note = strings.TrimSpace(note)
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseRead, "task.closed", func(ctx context.Context, a *cases.Act) error {
		t, err := s.open(ctx, a, id, 0)
		if err != nil {
			return err
		}
		if !s.forMe(who, t.To) {
			if err := a.May(access.CaseNote); err != nil {
				return err
			}
		}
		a.Event.Kind = EventDone
		if as == NotNeeded {
			if note == "" {
				return cases.ErrNote
			}
			a.Event.Kind = EventNotNeeded
		}
		a.Event.Internal, a.Event.Body, a.Event.Data = true, strings.TrimSpace(t.What+"\n"+note), cases.EventData{Ref: id}
		return a.Tx.ExecOne(ctx, `UPDATE task SET state = $2, note = $3, closed_by = $4, closed_at = $5, version = version + 1 WHERE id = $1`,
			id, string(as), note, who.Person, store.Micros(a.Now))
	})
	if err != nil {
		return fmt.Errorf("closing a task: %w", err)
	}
	return nil
}

// forMe tells whether a task is the actor's: asked of them, of somebody they stand in for, or of a unit they work in.
func (s *Service) forMe(who access.Actor, to Whom) bool {
	if to.Person != "" {
		return slices.Contains(s.standIns(to.Person), who.Person)
	}
	return slices.ContainsFunc(who.Mandates, func(m bodies.Mandate) bool { return m.Unit == to.Unit && (to.Role == "" || m.Role == to.Role) })
}

// open reads a task of the act's case that is not closed.
func (s *Service) open(ctx context.Context, a *cases.Act, id string, version int) (Task, error) {
	t, err := taskOf(ctx, a.Tx, a.Case.ID, id)
	switch {
	case err != nil:
		return t, err
	case t.State != Open:
		return t, ErrOver
	case version != 0 && version != t.Version:
		return t, cases.ErrStale
	}
	return t, nil
}

const taskColumns = `t.id, t.case_id, t.what, t.person, t.unit, t.role, t.due, t.state, t.note, t.by_person, t.made_at, t.closed_by, t.closed_at, t.version`

func scanTask(r *store.Rows, more ...any) (Task, error) {
	var t Task
	var made, closed int64
	err := r.Scan(append([]any{&t.ID, &t.CaseID, &t.What, &t.To.Person, &t.To.Unit, &t.To.Role, &t.Due, &t.State, &t.Note, &t.By, &made, &t.ClosedBy, &closed, &t.Version}, more...)...)
	t.MadeAt, t.ClosedAt = store.Time(made), store.Time(closed)
	return t, err
}

// taskOf reads one task of a case; store.ErrNotFound if there is none.
func taskOf(ctx context.Context, q store.Queryer, caseID, id string) (Task, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Task, error) { return scanTask(r) }, `SELECT `+taskColumns+` FROM task t WHERE t.id = $1 AND t.case_id = $2`, id, caseID)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Task{}, fmt.Errorf("reading a task: %w", err)
	}
	return list[0], nil
}

// Task reads one task of a case. Whether the case may be read, the caller has asked.
func (s *Service) Task(ctx context.Context, caseID, id string) (Task, error) {
	return taskOf(ctx, s.DB, caseID, id)
}
