package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Absence is a time somebody is away, both days among them. Why is not kept.
type Absence struct {
	ID          string
	Person      string
	Deputy      string // who steps in, "" for the heads of the unit
	First, Last calendar.Date
}

// What the journal calls it.
const (
	ActionAway = "absence.registered"
	ActionBack = "absence.ended"
)

// Errors of an absence that the page tells at its fields.
var (
	ErrDays     = errors.New("the last day comes before the first, has passed, or is more than a year away")
	ErrDeputy   = errors.New("this person does not work with the same cases, or is away too")
	ErrNotStaff = errors.New("this person works with no cases")
	ErrOverlap  = errors.New("an absence is registered for some of these days already")
)

// longest is how far ahead an absence may reach, in days.
const longest = 366

// handles are the roles that work with cases.
func handles() []string { return []string{access.Officer, access.Head, access.ITManager} }

// StepsIn tells whether a deputy has the rights of somebody over cases on a day: for each unit where the one works with cases, the other does
// too, or heads it. It is asked again for every case that a deputy opens; this is so that nobody is named who could open none.
func StepsIn(d *bodies.Directory, person, deputy string, day calendar.Date) bool {
	if person == deputy {
		return false
	}
	works := false
	for _, m := range d.MandatesOf(person, day) {
		if !slices.Contains(handles(), m.Role) {
			continue
		}
		works = true
		covered := slices.ContainsFunc(d.MandatesOf(deputy, day), func(o bodies.Mandate) bool {
			return (o.Role == m.Role || o.Role == access.Head) && (o.Scope == "" || o.Scope == m.Scope) && o.Unit != "" && d.InSubtree(o.Unit, m.Unit)
		})
		if !covered {
			return false
		}
	}
	return works
}

// MayRegister tells whether somebody may say that a person is away: they themselves, and a head of the unit where they work.
func MayRegister(d *bodies.Directory, who access.Actor, person string, day calendar.Date) access.Decision {
	best := access.Check(who, access.MandateAppointUnit, access.Object{})
	for _, m := range d.MandatesOf(person, day) {
		if !slices.Contains(handles(), m.Role) {
			continue
		}
		if person == who.Person {
			return access.Decision{Allowed: true, Mandate: m.ID}
		}
		if best = access.Check(who, access.MandateAppointUnit, unitObject(d, "absence", m.Unit)); best.Allowed {
			return best
		}
	}
	return best
}

// Register says that somebody will be away. Their cases show in the list of the deputy, and what comes in them goes to the deputy.
func (s *Service) Register(ctx context.Context, who access.Actor, a Absence) (Absence, error) {
	d, today := s.Organisation.Directory(), s.today()
	may := MayRegister(d, who, a.Person, today)
	if err := may.Err(); err != nil {
		return a, fmt.Errorf("registering an absence: %w", err)
	}
	a.ID = store.NewID()
	if a.Last.Before(a.First) || a.Last.Before(today) || today.DaysUntil(a.Last) > longest {
		return a, fmt.Errorf("registering an absence: %w", ErrDays)
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if s.DB.Engine() == store.Postgres { // two at a time must not both find the days free
			if _, err := tx.Exec(ctx, `LOCK TABLE roster_absence IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return journal.Entry{}, err
			}
		}
		list, err := absences(ctx, tx, a.First)
		if err != nil {
			return journal.Entry{}, err
		}
		for _, o := range list {
			overlaps := !o.First.After(a.Last) && !o.Last.Before(a.First)
			switch {
			case overlaps && o.Person == a.Person:
				return journal.Entry{}, ErrOverlap
			case overlaps && o.Person == a.Deputy && !o.First.After(a.First) && !o.Last.Before(a.Last):
				return journal.Entry{}, ErrDeputy // away the whole time
			}
		}
		first := a.First
		if first.Before(today) {
			first = today
		}
		if a.Deputy != "" && (!StepsIn(d, a.Person, a.Deputy, first) || !StepsIn(d, a.Person, a.Deputy, a.Last)) {
			return journal.Entry{}, ErrDeputy
		}
		_, err = tx.Exec(ctx, `INSERT INTO roster_absence (id, person, deputy, first, last, by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.ID, a.Person, a.Deputy, a.First.String(), a.Last.String(), who.Person, store.Micros(s.now()))
		return journal.Entry{Actor: who.Person, Mandate: may.Mandate, Action: ActionAway, Object: journal.Ref{Kind: "absence", ID: a.ID},
			Payload: map[string]string{"person": a.Person, "deputy": a.Deputy, "first": a.First.String(), "last": a.Last.String()}}, err
	})
	if err != nil {
		return a, fmt.Errorf("registering an absence: %w", err)
	}
	return a, nil
}

// Return ends an absence: the last day was yesterday. One that has not begun is gone.
func (s *Service) Return(ctx context.Context, who access.Actor, id string) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		list, err := absences(ctx, tx, s.today())
		if err != nil {
			return journal.Entry{}, err
		}
		at := slices.IndexFunc(list, func(a Absence) bool { return a.ID == id })
		if at < 0 {
			return journal.Entry{}, store.ErrNotFound
		}
		a := list[at]
		may := MayRegister(s.Organisation.Directory(), who, a.Person, s.today())
		if err := may.Err(); err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE roster_absence SET last = $2 WHERE id = $1`, id, s.today().AddDays(-1).String())
		return journal.Entry{Actor: who.Person, Mandate: may.Mandate, Action: ActionBack, Object: journal.Ref{Kind: "absence", ID: id}}, err
	})
	if err != nil {
		return fmt.Errorf("ending an absence: %w", err)
	}
	return nil
}

// Absences are those that have not ended before a day, the first to begin first.
func (s *Service) Absences(ctx context.Context, day calendar.Date) ([]Absence, error) {
	return absences(ctx, s.DB, day)
}

func absences(ctx context.Context, q store.Queryer, day calendar.Date) ([]Absence, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Absence, error) {
		var a Absence
		var first, last string
		if err := r.Scan(&a.ID, &a.Person, &a.Deputy, &first, &last); err != nil {
			return a, err
		}
		return a.on(first, last)
	}, `SELECT id, person, deputy, first, last FROM roster_absence WHERE last >= $1 AND last >= first ORDER BY first, id`, day.String())
	if err != nil {
		return nil, fmt.Errorf("reading who is away: %w", err)
	}
	return list, nil
}

func (a Absence) on(first, last string) (Absence, error) {
	var err error
	if a.First, err = calendar.ParseDate(first); err != nil {
		return a, err
	}
	a.Last, err = calendar.ParseDate(last)
	return a, err
}

// away is who is away on a day.
type away []Absence

// awayOn are the absences of a list that cover a day.
func awayOn(list []Absence, day calendar.Date) away {
	var out away
	for _, a := range list {
		if !a.First.After(day) && !a.Last.Before(day) {
			out = append(out, a)
		}
	}
	return out
}

// of is the absence of a person.
func (w away) of(person string) (Absence, bool) {
	i := slices.IndexFunc(w, func(a Absence) bool { return a.Person == person })
	if person == "" || i < 0 {
		return Absence{}, false
	}
	return w[i], true
}

// deputy is who steps in for a person who is away: the deputy, or when that one is away too theirs, and so on. "" if nobody is left, or the
// person is here.
func (w away) deputy(person string) string {
	seen := map[string]bool{}
	for {
		a, gone := w.of(person)
		switch {
		case !gone && len(seen) > 0:
			return person
		case !gone, a.Deputy == "", seen[person]:
			return ""
		}
		seen[person] = true
		person = a.Deputy
	}
}

// StandIns reads who is away from today on, and tells of any day from then on who steps in for a person.
func (s *Service) StandIns(ctx context.Context) (func(person string, day calendar.Date) []string, error) {
	list, err := absences(ctx, s.DB, s.today())
	if err != nil {
		return nil, err
	}
	return func(person string, day calendar.Date) []string {
		if deputy := awayOn(list, day).deputy(person); deputy != "" {
			return []string{deputy}
		}
		return nil
	}, nil
}

// Deputies are those who act for a person on a day, and are at work themselves; none if the person is at work, or nobody is named. They have
// no rights but their own.
func (s *Service) Deputies(ctx context.Context, person string, day calendar.Date) ([]string, error) {
	list, err := absences(ctx, s.DB, day)
	if err != nil {
		return nil, err
	}
	if deputy := awayOn(list, day).deputy(person); deputy != "" {
		return []string{deputy}, nil
	}
	return nil, nil
}
