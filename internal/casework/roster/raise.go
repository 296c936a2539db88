package roster

import (
	"context"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
)

// Events of what comes while somebody is away. From is who is away, To who is to read it, Ref the row of the timeline.
const (
	Raised       cases.EventKind = "raised"
	RaisedNobody cases.EventKind = "raised_nobody" // nobody who may read it is at work
	RaisedRead   cases.EventKind = "raised_read"
)

// What the journal calls them.
const (
	ActionRaised     = "case.raised"
	ActionRaisedRead = "case.raised_read"
)

// Raise is the job that sends on what came to somebody who is away.
func (s *Service) Raise(ctx context.Context, run jobs.Run) error {
	var a args
	if err := run.Decode(&a); err != nil {
		return err
	}
	return s.SendOn(store.Background(ctx), a.Case, a.Event)
}

// SendOn lets what came in a case go to whoever steps in for the one who has it: the deputy who may read the case, or else a head of the unit
// who may. It must be read although the one who has the case is away (JO 2002/03 s. 497).
func (s *Service) SendOn(ctx context.Context, id string, event int) error {
	_, err := s.Cases.DoAlone(ctx, id, ActionRaised, func(ctx context.Context, a *cases.Act) error {
		c := a.Case
		list, err := absences(ctx, a.Tx, s.today())
		if err != nil {
			return err
		}
		now := awayOn(list, s.today())
		if _, gone := now.of(c.Assignee); !gone || !c.Open {
			return cases.ErrNothing
		}
		to := s.reader(now, c, a.Parties)
		n, err := a.Tx.Exec(ctx, `INSERT INTO roster_raised (case_id, event, person, deputy, at, read_at) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (case_id, event) DO NOTHING`,
			c.ID, event, c.Assignee, to, store.Micros(a.Now))
		if err != nil {
			return err
		}
		if n == 0 {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data = Raised, true, cases.EventData{From: c.Assignee, To: to, Ref: fmt.Sprint(event)}
		if to == "" {
			a.Event.Kind = RaisedNobody
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sending on what came to somebody who is away: %w", err)
	}
	return nil
}

// reader is who may read a case for the one who has it: the deputy, or the first head at work.
func (s *Service) reader(now away, c *cases.Case, parties []cases.Party) string {
	d := s.Organisation.Directory()
	may := func(p string) bool {
		// At which level they will have signed in nobody knows yet; the case asks when they open it.
		return p != "" && access.Check(access.Resolve(d, p, s.today(), access.Substantial), access.CaseRead, c.Object(parties...)).Allowed
	}
	if deputy := now.deputy(c.Assignee); may(deputy) {
		return deputy
	}
	for _, p := range d.Officials() {
		if _, gone := now.of(p.ID); !gone && p.ID != c.Assignee && s.Staff.Holds(p.ID, access.Head, c.Unit) && may(p.ID) {
			return p.ID
		}
	}
	return ""
}

// Read notes that what came in a case while its officer was away has been read, by one who may read the case.
func (s *Service) Read(ctx context.Context, who access.Actor, id string) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: id}, access.CaseRead, ActionRaisedRead, func(ctx context.Context, a *cases.Act) error {
		n, err := a.Tx.Exec(ctx, `UPDATE roster_raised SET read_at = $2 WHERE case_id = $1 AND read_at = 0`, id, store.Micros(a.Now))
		if err != nil {
			return err
		}
		if n == 0 {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data = RaisedRead, true, cases.EventData{To: who.Person}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting that something was read: %w", err)
	}
	return nil
}

// waiting is how many messages wait for a deputy, by the person who is away.
func (s *Service) waiting(ctx context.Context, deputy string) (map[string]int, error) {
	out := map[string]int{}
	_, err := store.All(ctx, s.DB, func(r *store.Rows) (struct{}, error) {
		var p string
		var n int
		err := r.Scan(&p, &n)
		out[p] = n
		return struct{}{}, err
	}, `SELECT person, count(*) FROM roster_raised WHERE deputy = $1 AND read_at = 0 GROUP BY person`, deputy)
	if err != nil {
		return nil, fmt.Errorf("counting what waits for a deputy: %w", err)
	}
	return out, nil
}

// standing reads who is away and how many messages of a case nobody has read, in one statement.
func (s *Service) standing(ctx context.Context, caseID string, day calendar.Date) (list []Absence, unread int, err error) {
	_, err = store.All(ctx, s.DB, func(r *store.Rows) (struct{}, error) {
		var a Absence
		var first, last string
		var n int
		if err := r.Scan(&a.ID, &a.Person, &a.Deputy, &first, &last, &n); err != nil {
			return struct{}{}, err
		}
		if unread += n; n > 0 || a.ID == "" {
			return struct{}{}, nil
		}
		a, err := a.on(first, last)
		list = append(list, a)
		return struct{}{}, err
	}, `SELECT id, person, deputy, first, last, 0 FROM roster_absence WHERE last >= $1 AND last >= first AND first <= $1
		UNION ALL SELECT '', '', '', '', '', count(*) FROM roster_raised WHERE case_id = $2 AND read_at = 0`, day.String(), caseID)
	if err != nil {
		return nil, 0, fmt.Errorf("reading who is away from a case: %w", err)
	}
	return list, unread, nil
}
