package measure

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// What is something that happens in a form.
type What string

// What happens in a form. The words are stored.
const (
	Begun   What = "begun"
	Reached What = "reached" // a step was shown
	Passed  What = "passed"  // a step was accepted
	Fault   What = "fault"   // an answer was refused; Code is question:code
	Saved   What = "saved"   // for later
	Stopped What = "stopped" // by a stop of the form; Code is its key
	Sent    What = "sent"
	Whole   What = "whole" // sent from the page with all questions
)

// Review is the step of the page where the answers are checked.
const Review = "granska"

// Tick is one thing that happened in a form.
type Tick struct {
	Type    string
	Version int
	Lang    i18n.Lang
	Step    string // key of the step, Review, or "" for the whole form
	What    What
	Code    string
}

// tally is what is counted: a tick and its day.
type tally struct {
	Tick
	day calendar.Date
}

// remembered bounds how many forms under way are kept in mind, so that a step is counted once for each.
const remembered = 100_000

// counter keeps counts until they are written.
type counter struct {
	mu     sync.Mutex
	counts map[tally]int64
	seed   maphash.Seed
	seen   [2]map[uint64]struct{} // what was counted once: the newer and the older half
}

func newCounter() *counter {
	return &counter{counts: map[tally]int64{}, seed: maphash.MakeSeed(), seen: [2]map[uint64]struct{}{{}, {}}}
}

// Count counts something that happened. It only adds to a number in memory. A nil Service counts nothing.
func (s *Service) Count(t Tick) {
	if s != nil {
		s.counter.add(tally{t, s.today()})
	}
}

// Once counts something that happens once in each form under way, however often its page is read. Which forms those are is known for as
// long as the process lives, by a number that leads to nobody.
func (s *Service) Once(form string, t Tick) {
	if s != nil && s.counter.first(form, t) {
		s.counter.add(tally{t, s.today()})
	}
}

func (c *counter) add(t tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[t]++
}

func (c *counter) first(form string, t Tick) bool {
	h := maphash.Comparable(c.seed, struct {
		form string
		tick Tick
	}{form, t})
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, half := range c.seen {
		if _, ok := half[h]; ok {
			return false
		}
	}
	if len(c.seen[0]) >= remembered/2 {
		c.seen[1], c.seen[0] = c.seen[0], map[uint64]struct{}{}
	}
	c.seen[0][h] = struct{}{}
	return true
}

// take empties the counts.
func (c *counter) take() map[tally]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.counts
	c.counts = map[tally]int64{}
	return out
}

// give puts counts back that could not be written.
func (c *counter) give(counts map[tally]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for t, n := range counts {
		c.counts[t] += n
	}
}

// Flush writes what was counted. Counts that could not be written are kept for the next time.
func (s *Service) Flush(ctx context.Context) error {
	counts := s.counter.take()
	if len(counts) == 0 {
		return nil
	}
	err := s.db.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
		for t, n := range counts {
			if _, err := tx.Exec(ctx, `INSERT INTO form_step (type_id, version, day, lang, step, what, code, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (type_id, day, version, lang, step, what, code) DO UPDATE SET n = form_step.n + excluded.n`,
				t.Type, t.Version, t.day.String(), string(t.Lang), t.Step, string(t.What), t.Code, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.counter.give(counts)
		return fmt.Errorf("writing counts of forms: %w", err)
	}
	return nil
}

// Funnel is how a form was used.
type Funnel struct {
	Begun, Saved, Sent, Whole int // Whole: sent from the page with all questions, beside Sent
	Steps                     []StepUse
	Faults                    []Often // most frequent first
	Stops                     []Often
}

// StepUse is how many came to a step and how many went on from it.
type StepUse struct {
	Step            string
	Reached, Passed int
}

// Dropped is the share of those who reached the step and have not gone on, 0 to 1. Some of them are still writing.
func (u StepUse) Dropped() float64 {
	if u.Reached == 0 {
		return 0
	}
	return max(0, 1-float64(u.Passed)/float64(u.Reached))
}

// Often is something with how many times it happened.
type Often struct {
	Step, Code string // Code of a fault is question:code
	N          int
}

// Dropped is the share of the forms that were begun and have not been sent, 0 to 1.
func (f Funnel) Dropped() float64 {
	if f.Begun == 0 {
		return 0
	}
	return max(0, 1-float64(f.Sent)/float64(f.Begun))
}

// Funnel tells how the form of a case type was used from a day on, its steps in the order given. Steps that no longer exist come last.
func (s *Service) Funnel(ctx context.Context, typeID string, since calendar.Date, steps []string) (Funnel, error) {
	type counted struct {
		what What
		Often
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (counted, error) {
		var c counted
		return c, r.Scan(&c.what, &c.Step, &c.Code, &c.N)
	}, `SELECT what, step, code, CAST(sum(n) AS BIGINT) FROM form_step WHERE type_id = $1 AND day >= $2 GROUP BY what, step, code ORDER BY 4 DESC, step, code`, typeID, since.String())
	if err != nil {
		return Funnel{}, fmt.Errorf("reading how a form is used: %w", err)
	}
	var f Funnel
	for _, step := range steps {
		f.Steps = append(f.Steps, StepUse{Step: step})
	}
	use := func(step string) *StepUse {
		for i := range f.Steps {
			if f.Steps[i].Step == step {
				return &f.Steps[i]
			}
		}
		f.Steps = append(f.Steps, StepUse{Step: step})
		return &f.Steps[len(f.Steps)-1]
	}
	for _, c := range list {
		switch c.what {
		case Begun:
			f.Begun += c.N
		case Saved:
			f.Saved += c.N
		case Sent:
			f.Sent += c.N
			use(Review).Passed += c.N
		case Whole:
			f.Whole += c.N
		case Reached:
			use(c.Step).Reached += c.N
		case Passed:
			use(c.Step).Passed += c.N
		case Fault:
			f.Faults = append(f.Faults, c.Often)
		case Stopped:
			f.Stops = append(f.Stops, c.Often)
		}
	}
	return f, nil
}

// Drops gives the drop-out of each case type from a day on, of those that were begun.
func (s *Service) Drops(ctx context.Context, since calendar.Date) (map[string]Funnel, error) {
	out := map[string]Funnel{}
	rows, err := s.db.Query(ctx, `SELECT type_id, what, CAST(sum(n) AS BIGINT) FROM form_step WHERE day >= $1 AND what IN ('begun', 'sent', 'whole', 'saved') GROUP BY type_id, what`, since.String())
	if err != nil {
		return nil, fmt.Errorf("reading how forms are used: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var what What
		var n int
		if err := rows.Scan(&id, &what, &n); err != nil {
			return nil, fmt.Errorf("reading how forms are used: %w", err)
		}
		f := out[id]
		switch what {
		case Begun:
			f.Begun = n
		case Sent:
			f.Sent = n
		case Whole:
			f.Whole = n
		case Saved:
			f.Saved = n
		}
		out[id] = f
	}
	return out, rows.Err()
}
