package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"dygnet/internal/casework/cases"
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

// life is what the figures need of one case.
type life struct {
	typeID   string
	version  int
	channel  string
	actor    Actor
	due      string
	received time.Time
	ends     []time.Time // when it was closed
	reopened []time.Time
	closed   bool // now
	touched  bool // a message went out, or it was handed over
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
	year, quarter := next.day.AddMonths(-12).Start(), next.day.AddDays(-90).Start()
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		lives, err := s.lives(ctx, q, year)
		if err != nil {
			return err
		}
		settled, err := settledAt(ctx, q)
		if err != nil {
			return err
		}
		times := map[string][]int{}
		for _, l := range lives {
			f := next.byType[l.typeID]
			if days, ok := l.into(&f, year, later(quarter, settled[about{l.typeID, Reopening}]), next.day, s.Days); ok {
				times[l.typeID] = append(times[l.typeID], days)
			}
			next.byType[l.typeID] = f
		}
		for id, list := range times {
			f := next.byType[id]
			slices.Sort(list)
			f.Median, f.P90 = rank(list, 50), rank(list, 90)
			next.byType[id] = f
		}
		return s.answers(ctx, q, next, quarter, settled)
	})
	return next, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// rank is the nearest-rank percentile of a sorted list: the least of its values that percent of them do not exceed.
func rank(sorted []int, percent int) int { return sorted[(len(sorted)*percent+99)/100-1] }

// into adds a case to the figures of its type. days are the business days it took, if it was closed since a time and is closed now.
func (l *life) into(f *Figures, since, recently time.Time, today calendar.Date, days *calendar.Calendar) (took int, ok bool) {
	if !l.received.Before(since) {
		f.Received++
		if f.Ways == nil {
			f.Ways = map[Way]int{}
		}
		f.Ways[Way{l.channel, l.actor}]++
	}
	if !l.closed {
		f.Open++
		if l.due < today.String() {
			f.Overdue++
		}
	}
	after := func(list []time.Time, t time.Time) bool {
		return slices.ContainsFunc(list, func(at time.Time) bool { return !at.Before(t) })
	}
	if after(l.ends, since) {
		f.Ended++
		if after(l.reopened, since) {
			f.Reopened++
		}
	}
	if after(l.ends, recently) {
		f.recent.ended++
		if after(l.reopened, recently) {
			f.recent.reopened++
		}
	}
	if !l.closed || l.ends[len(l.ends)-1].Before(since) {
		return 0, false
	}
	f.Closed++
	if !l.touched {
		f.FirstContact++
	}
	return days.BusinessDaysBetween(calendar.DateOf(l.received), calendar.DateOf(l.ends[len(l.ends)-1])), true
}

// lives reads the case log of the cases that are open or have changed since a time.
func (s *Service) lives(ctx context.Context, q store.Queryer, since time.Time) (map[string]*life, error) {
	const which = `(c.open = 1 OR c.changed_at >= $1)`
	answers, args := s.withOrganisations([]any{store.Micros(since)})
	lives := map[string]*life{}
	rows, err := q.Query(ctx, `SELECT c.id, c.type_id, c.type_version, c.channel, c.due, `+answers+`, COALESCE(p.person, '') || COALESCE(p.name, '') || COALESCE(p.email, '') || COALESCE(p.phone, '')
		FROM cases c LEFT JOIN case_party p ON p.case_id = c.id AND p.n = 1 WHERE `+which, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		l := &life{}
		var id, answers, party string
		if err := rows.Scan(&id, &l.typeID, &l.version, &l.channel, &l.due, &answers, &party); err != nil {
			return nil, err
		}
		l.actor = s.actor(l, answers, party)
		lives[id] = l
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return lives, s.events(ctx, q, lives, which, since)
}

// withOrganisations is the expression for the answers of the case types that ask for an organisation: those of the others are not read.
func (s *Service) withOrganisations(args []any) (string, []any) {
	marks := ""
	for _, ct := range s.Types.Open(s.today()) {
		if organisationKey(ct) != "" {
			args = append(args, ct.ID)
			marks += fmt.Sprintf(", $%d", len(args))
		}
	}
	if marks == "" {
		return `''`, args
	}
	return `CASE WHEN c.type_id IN (` + marks[2:] + `) THEN c.answers ELSE '' END`, args
}

func organisationKey(ct *casetype.CaseType) string {
	for i := range ct.Form.Steps {
		for j := range ct.Form.Steps[i].Questions {
			if q := &ct.Form.Steps[i].Questions[j]; q.Type == casetype.TypeOrganisation {
				return q.Key
			}
		}
	}
	return ""
}

func (s *Service) actor(l *life, answers, party string) Actor {
	if ct, ok := s.Types.Version(l.typeID, l.version); ok && answers != "" {
		var clean casetype.Clean
		if key := organisationKey(ct); key != "" && json.Unmarshal([]byte(answers), &clean) == nil && clean.Get(key+casetype.PartName)+clean.Get(key+casetype.PartNumber) != "" {
			return Organisation
		}
	}
	if party == "" {
		return Anonymous
	}
	return Person
}

// events reads what happened to the cases, in order.
func (s *Service) events(ctx context.Context, q store.Queryer, lives map[string]*life, which string, since time.Time) error {
	rows, err := q.Query(ctx, `SELECT e.case_id, e.at, e.kind, e.data FROM case_event e JOIN cases c ON c.id = e.case_id
		WHERE `+which+` AND e.kind IN ('submitted', 'message_out', 'handed_over', 'decided', 'closed', 'reopened') ORDER BY e.case_id, e.n`, store.Micros(since))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, data string
		var kind cases.EventKind
		var at int64
		if err := rows.Scan(&id, &at, &kind, &data); err != nil {
			return err
		}
		if l := lives[id]; l != nil {
			s.happened(l, kind, store.Time(at), data)
		}
	}
	return rows.Err()
}

func (s *Service) happened(l *life, kind cases.EventKind, at time.Time, data string) {
	switch kind {
	case cases.Submitted:
		l.received = at
	case cases.MessageOut, cases.HandedOver:
		l.touched = true
	case cases.Reopened:
		l.reopened, l.closed = append(l.reopened, at), false
	case cases.Closed:
		l.ends, l.closed = append(l.ends, at), true
	case cases.Decided: // a decision can close the case
		var said cases.EventData
		ct, ok := s.Types.Version(l.typeID, l.version)
		if !ok || json.Unmarshal([]byte(data), &said) != nil {
			return
		}
		if st := ct.Status(said.To); !l.closed && st != nil && st.Content == casetype.Closed {
			l.ends, l.closed = append(l.ends, at), true
		}
	}
}
