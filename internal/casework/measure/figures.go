package measure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Enough is how many closed cases or answers it takes before a figure says anything.
const Enough = 5

// Figures are how the cases of one type have gone. Where nothing else is said they are of the twelve months until today.
type Figures struct {
	Received     int         // came in
	Ways         map[Way]int // of those received
	Closed       int         // closed in the time and closed now
	Median       int         // business days from receipt to the last closing, the middle case (nearest rank)
	P90          int         // business days within which nine of ten were closed (nearest rank)
	FirstContact int         // of Closed: without a message to the citizen and without being handed over
	Ended        int         // cases that were closed at least once in the time
	Reopened     int         // of those: opened again in the time

	Open    int // now
	Overdue int // now: open and past the day they were due

	Answers, Score int // feedback of the last 90 days: how many, and their sum

	// Of the last 90 days, or since the last improvement of the measure was closed: what the targets are held against.
	recent recent
}

// recent are the figures that can open an improvement.
type recent struct{ answers, score, ended, reopened int }

// Way is how and as what somebody came: never who.
type Way struct {
	Channel string
	Actor   Actor
}

// Actor is the kind of one who hands in a matter.
type Actor string

// The kinds of actors.
const (
	Person       Actor = "person"
	Organisation Actor = "organisation"
	Anonymous    Actor = "anonymous"
)

// Measured tells whether enough cases were closed to speak of handling time.
func (f Figures) Measured() bool { return f.Closed >= Enough }

// Mean is the mean of the answers, 0 if there are too few.
func (f Figures) Mean() float64 {
	if f.Answers < Enough {
		return 0
	}
	return float64(f.Score) / float64(f.Answers)
}

// SelfService is the share of the received cases that came by the web, 0 to 1.
func (f Figures) SelfService() float64 {
	web := 0
	for way, n := range f.Ways {
		if way.Channel == string(casetype.Web) {
			web += n
		}
	}
	return share(web, f.Received)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Compute makes all figures anew from the case log, and opens an improvement for each that has fallen below its target.
func (s *Service) Compute(ctx context.Context) error {
	s.computing.Lock()
	defer s.computing.Unlock()
	s.stale.Store(false)
	next, err := s.compute(ctx)
	if err == nil {
		err = s.drops(ctx, next)
	}
	if err != nil {
		s.stale.Store(true)
		return fmt.Errorf("making figures: %w", err)
	}
	before := s.latest.Swap(next)
	if s.Changed != nil && (before == nil || !maps.EqualFunc(before.byType, next.byType, sameToAll)) {
		s.Changed()
	}
	return nil
}

// sameToAll tells whether what the public sees of figures is the same.
func sameToAll(a, b Figures) bool {
	return a.Measured() == b.Measured() && (!a.Measured() || a.Median == b.Median && a.P90 == b.P90)
}

func (s *Service) compute(ctx context.Context) (*snapshot, error) {
	next := &snapshot{day: s.today(), byType: map[string]Figures{}}
	year, quarter := next.day.AddMonths(-12), next.day.AddDays(-90)
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		settled, err := settledAt(ctx, q)
		if err != nil {
			return err
		}
		for _, part := range []func(context.Context, store.Queryer, *snapshot, calendar.Date) error{received, ended, openNow} {
			if err := part(ctx, q, next, year); err != nil {
				return err
			}
		}
		if err := recently(ctx, q, next, quarter, settled); err != nil {
			return err
		}
		return s.answers(ctx, q, next, quarter.Start(), settled)
	})
	return next, err
}

// change lets what is read of a type change its figures.
func (s *snapshot) change(typeID string, by func(f *Figures)) {
	f := s.byType[typeID]
	by(&f)
	s.byType[typeID] = f
}

// received counts what came in since a day.
func received(ctx context.Context, q store.Queryer, into *snapshot, since calendar.Date) error {
	return each(ctx, q, `SELECT type_id, channel, actor, sum(n) FROM figure_in WHERE day >= $1 GROUP BY type_id, channel, actor`, []any{since.String()}, func(r *store.Rows) error {
		var id string
		var way Way
		var n int
		if err := r.Scan(&id, &way.Channel, &way.Actor, &n); err != nil || n == 0 {
			return err
		}
		into.change(id, func(f *Figures) {
			f.Received += n
			if f.Ways == nil {
				f.Ways = map[Way]int{}
			}
			f.Ways[way] += n
		})
		return nil
	})
}

// ended counts what was closed since a day, and how long it took.
func ended(ctx context.Context, q store.Queryer, into *snapshot, since calendar.Date) error {
	times := map[string][]spent{}
	err := each(ctx, q, `SELECT type_id, open, CASE WHEN reopened >= $1 THEN 1 ELSE 0 END, touched, days, sum(n) FROM figure_end WHERE day >= $1
		GROUP BY 1, 2, 3, 4, 5`, []any{since.String()}, func(r *store.Rows) error {
		var id string
		var open, again, touched bool
		var days, n int
		if err := r.Scan(&id, &open, &again, &touched, &days, &n); err != nil || n == 0 {
			return err
		}
		into.change(id, func(f *Figures) {
			f.Ended += n
			if again {
				f.Reopened += n
			}
			if open {
				return
			}
			f.Closed += n
			if !touched {
				f.FirstContact += n
			}
			times[id] = append(times[id], spent{days, n})
		})
		return nil
	})
	for id, list := range times {
		into.change(id, func(f *Figures) { f.Median, f.P90 = rank(list, 50), rank(list, 90) })
	}
	return err
}

// openNow counts what is open.
func openNow(ctx context.Context, q store.Queryer, into *snapshot, _ calendar.Date) error {
	return each(ctx, q, `SELECT type_id, count(*), sum(CASE WHEN due < $1 THEN 1 ELSE 0 END) FROM cases WHERE open = 1 GROUP BY type_id`, []any{into.day.String()}, func(r *store.Rows) error {
		var id string
		var open, late int
		if err := r.Scan(&id, &open, &late); err != nil {
			return err
		}
		into.change(id, func(f *Figures) { f.Open, f.Overdue = open, late })
		return nil
	})
}

// recently counts what a target is held against: since a day, or since an improvement was settled.
func recently(ctx context.Context, q store.Queryer, into *snapshot, since calendar.Date, settled map[about]time.Time) error {
	return each(ctx, q, `SELECT type_id, day, reopened, sum(n) FROM figure_end WHERE day >= $1 GROUP BY type_id, day, reopened`, []any{since.String()}, func(r *store.Rows) error {
		var id, day, again string
		var n int
		if err := r.Scan(&id, &day, &again, &n); err != nil {
			return err
		}
		from := since.String()
		if at := settled[about{id, Reopening}]; !at.IsZero() { // days are counted: the one on which it was settled is of before
			from = max(from, calendar.DateOf(at).AddDays(1).String())
		}
		into.change(id, func(f *Figures) {
			if day >= from {
				f.recent.ended += n
				if again >= from {
					f.recent.reopened += n
				}
			}
		})
		return nil
	})
}

// each goes through the rows of a question.
func each(ctx context.Context, q store.Queryer, query string, args []any, row func(r *store.Rows) error) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// spent is how many took so long: cases business days, tries milliseconds.
type spent struct{ long, n int }

// rank is the nearest-rank percentile: the least time that percent of them did not exceed.
func rank(list []spent, percent int) int {
	slices.SortFunc(list, func(a, b spent) int { return a.long - b.long })
	all := 0
	for _, x := range list {
		all += x.n
	}
	passed := 0
	for _, x := range list {
		if passed += x.n; passed*100 >= percent*all {
			return x.long
		}
	}
	return 0
}
