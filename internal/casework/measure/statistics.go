package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Question is what statistics are asked of: whole months, both included.
type Question struct {
	From, To calendar.Date // any day of the month
	Units    []string      // cases of these; none gives nothing
	Type     string        // "" for all
}

// Statistics are how cases have come and gone.
type Statistics struct {
	Months   []Month // every month asked for, in order
	Types    []Line  // those with any case, most received first
	All      Line
	Channels map[string]int // of those received
}

// Month is what came and went in one.
type Month struct {
	Month            string // YYYY-MM
	Received, Closed int
}

// Line is a row of figures: of a case type, or of all.
type Line struct {
	TypeID       string
	Received     int
	Closed       int // closed last in the time, and closed now
	FirstContact int // of Closed: without a message to the citizen and without being handed over
	Median, P90  int // business days from received to closed (nearest rank); of no worth with less than Enough
	Answers      int // feedback
	Score        int // their sum

	times map[string]int
}

// Measured tells whether enough cases were closed to speak of handling time.
func (l Line) Measured() bool { return l.Closed >= Enough }

// Mean is the mean of the answers, 0 if there are too few.
func (l Line) Mean() float64 { return Figures{Answers: l.Answers, Score: l.Score}.Mean() }

// Statistics answers a question. They are counted in step with the cases, so that a million cases take no longer than the months there are.
func (s *Service) Statistics(ctx context.Context, ask Question) (Statistics, error) {
	out := Statistics{Channels: map[string]int{}}
	from, to := monthOf(ask.From.String()), monthOf(ask.To.String())
	at := map[string]int{}
	for day := calendar.NewDate(ask.From.Year(), ask.From.Month(), 1); monthOf(day.String()) <= to; day = day.AddMonths(1) {
		month := monthOf(day.String())
		at[month] = len(out.Months)
		out.Months = append(out.Months, Month{Month: month})
	}
	lines := map[string]*Line{}
	line := func(id string) *Line {
		if lines[id] == nil {
			lines[id] = &Line{TypeID: id, times: map[string]int{}}
		}
		return lines[id]
	}
	if len(ask.Units) == 0 {
		return out, nil
	}
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		where, args := narrowed(ask, from, to)
		err := each(ctx, q, `SELECT type_id, month, first, times, channels FROM figure_month WHERE month >= $1 AND month <= $2`+where, args, func(r *store.Rows) error {
			var id, month, times, channels string
			var first int
			if err := r.Scan(&id, &month, &first, &times, &channels); err != nil {
				return err
			}
			l, m := line(id), &out.Months[at[month]]
			l.FirstContact += first
			return errors.Join(counts(times, func(days string, n int) {
				l.Closed, m.Closed = l.Closed+n, m.Closed+n
				l.times[days] += n
			}), counts(channels, func(channel string, n int) {
				l.Received, m.Received = l.Received+n, m.Received+n
				out.Channels[channel] += n
			}))
		})
		if err != nil {
			return err
		}
		end := calendar.NewDate(ask.To.Year(), ask.To.Month(), 1).AddMonths(1).Start()
		return each(ctx, q, `SELECT type_id, count(*), sum(score) FROM feedback WHERE at >= $1 AND at < $2 GROUP BY type_id`,
			[]any{store.Micros(calendar.NewDate(ask.From.Year(), ask.From.Month(), 1).Start()), store.Micros(end)}, func(r *store.Rows) error {
				var id string
				var n, score int
				if err := r.Scan(&id, &n, &score); err != nil {
					return err
				}
				if l := lines[id]; l != nil { // of what is asked for
					l.Answers, l.Score = n, score
				}
				return nil
			})
	})
	if err != nil {
		return Statistics{}, fmt.Errorf("making statistics: %w", err)
	}
	out.All.times = map[string]int{}
	for _, l := range lines {
		out.All.Received, out.All.Closed, out.All.FirstContact = out.All.Received+l.Received, out.All.Closed+l.Closed, out.All.FirstContact+l.FirstContact
		out.All.Answers, out.All.Score = out.All.Answers+l.Answers, out.All.Score+l.Score
		for days, n := range l.times {
			out.All.times[days] += n
		}
		l.settle()
		out.Types = append(out.Types, *l)
	}
	out.All.settle()
	slices.SortFunc(out.Types, func(a, b Line) int {
		if a.Received != b.Received {
			return b.Received - a.Received
		}
		return strings.Compare(a.TypeID, b.TypeID)
	})
	return out, nil
}

// narrowed is the rest of a condition on units and a type, after the first and the last day or month.
func narrowed(ask Question, from, to string) (where string, args []any) {
	args = []any{from, to}
	where = ` AND unit IN (`
	for i, unit := range ask.Units {
		if args = append(args, unit); i > 0 {
			where += `, `
		}
		where += fmt.Sprintf("$%d", len(args))
	}
	where += `)`
	if ask.Type != "" {
		args = append(args, ask.Type)
		where += fmt.Sprintf(" AND type_id = $%d", len(args))
	}
	return where, args
}

// settle makes the times of a line its middle and its ninth tenth.
func (l *Line) settle() {
	var list []spent
	for text, n := range l.times {
		if days, err := strconv.Atoi(text); err == nil && n > 0 { // as it was written
			list = append(list, spent{days, n})
		}
	}
	if l.times = nil; len(list) > 0 {
		l.Median, l.P90 = rank(list, 50), rank(list, 90)
	}
}
