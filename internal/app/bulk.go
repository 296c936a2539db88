package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// BulkOptions are what Bulk is told.
type BulkOptions struct {
	Pack, Data string
	Matters    int
	Years      int                // over how many years until now they came
	Open       float64            // share that is still open; the oldest are closed
	Words      func(i int) string // what the i-th matter is about
	Progress   io.Writer
}

// bulkSenders is how many matters are handed in at a time: enough to fill every group commit.
const bulkSenders = 256

// Bulk fills a new installation with many invented matters, for measuring: each is handed in through the same service as a citizen's,
// with its place in the journal's tree, and indexed for search. Those to be closed are closed by one statement at the end, since nobody
// handles a million matters.
func Bulk(ctx context.Context, o BulkOptions) (err error) {
	a, err := openBulk(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if there, err := a.cases.Any(ctx); err != nil || there {
		return errors.Join(err, fmt.Errorf("%s has matters already", o.Data))
	}
	followers := jobs.NewDispatcher(a.db, a.journal, a.clock, a.log)
	followers.Alone()
	followers.Subscribe(caseIndexer, (&cases.Indexer{Service: a.cases, Index: a.index}).Handle)
	followers.Subscribe(letterWriter, func(context.Context, *store.Tx, []journal.Recorded) error { return nil }) // nobody is written to
	if err := followers.Start(ctx); err != nil {
		return err
	}
	defer followers.Stop()
	if err := a.handIn(ctx, o); err != nil {
		return err
	}
	if err := a.closeOldest(ctx, o); err != nil {
		return err
	}
	for range time.Tick(2 * time.Second) { // until every matter can be found; by then the dispatcher has seen them all
		lag := int64(0)
		for _, s := range followers.Stats() {
			lag = max(lag, s.Lag)
		}
		if lag == 0 || ctx.Err() != nil {
			break
		}
	}
	if err := a.rest(ctx); err != nil {
		return err
	}
	_, err = a.journal.Checkpoint(ctx)
	return errors.Join(err, ctx.Err())
}

// Settle lets what Bulk filled, perhaps before the program was as it is now, do what the program would do by itself.
func Settle(ctx context.Context, o BulkOptions) (err error) {
	a, err := openBulk(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.rest(ctx)
}

func openBulk(ctx context.Context, o BulkOptions) (*App, error) {
	data, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(config.Sources{Flags: map[string]string{"demo": "true", "pack": o.Pack, "data": data}})
	if err != nil {
		return nil, err
	}
	return open(ctx, cfg, slog.New(slog.DiscardHandler), "")
}

// rest does what the program goes round and does by itself, until nothing is left: what is measured afterwards is a day like any other.
func (a *App) rest(ctx context.Context) error {
	if err := a.caseClock.Tick(ctx); err != nil {
		return fmt.Errorf("telling of the time of cases: %w", err)
	}
	if err := a.measure.Build(ctx, 0); err != nil {
		return err
	}
	if _, err := a.retention.Sweep(ctx, 0); err != nil {
		return fmt.Errorf("working out how long cases are kept: %w", err)
	}
	return nil
}

// handIn hands in all matters, oldest first.
func (a *App) handIn(ctx context.Context, o BulkOptions) error {
	clock, ok := a.clock.(*demoClock)
	if !ok {
		return errors.New("only a demonstration can be filled")
	}
	defer clock.back.Store(0)
	step := time.Duration(o.Years) * 365 * 24 * time.Hour / time.Duration(o.Matters)
	examples := a.examples()
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range bulkSenders {
		group.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= o.Matters {
					return nil
				}
				clock.back.Store(int64(time.Duration(o.Matters-i) * step))
				if err := a.handInOne(ctx, i, examples[i%len(examples)], o.Words(i)); err != nil {
					return err
				}
				if i > 0 && i%50_000 == 0 {
					if _, err := fmt.Fprintf(o.Progress, "%d matters\n", i); err != nil {
						return err
					}
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

func (a *App) handInOne(ctx context.Context, i int, example sample, words string) error {
	answers := a.dress(i, example)
	for j := range example.ct.Form.Steps {
		for _, q := range example.ct.Form.Steps[j].Questions {
			if _, given := answers[q.Key]; given && q.Type == casetype.TypeTextarea {
				answers[q.Key] = []string{words}
			}
		}
	}
	clean, faults := example.ct.Validate(answers)
	if len(faults) > 0 {
		return fmt.Errorf("matter %d: %w", i, faults)
	}
	key := keyAt(a.clock.Now())
	_, err := a.cases.Submit(ctx, cases.Submission{Key: key.String(), Type: example.ct, Answers: clean, Channel: "web", Lang: i18n.SV})
	return err
}

// keyAt is a submission key (UUIDv7, RFC 9562, 5.7) as it would have been made at a time.
func keyAt(t time.Time) uuid.UUID {
	var id uuid.UUID
	_, _ = rand.Read(id[6:])
	ms := uint64(t.UnixMilli()) //nolint:gosec // after 1970
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// closeOldest closes all but the share that is open.
func (a *App) closeOldest(ctx context.Context, o BulkOptions) error {
	return a.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE cases SET open = 0, content = $1, status = 'avslutad', closed_at = received_at + $2 WHERE received_at <
			(SELECT received_at FROM cases ORDER BY received_at DESC LIMIT 1 OFFSET $3)`,
			string(casetype.Closed), (10 * 24 * time.Hour).Microseconds(), int(float64(o.Matters)*o.Open))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE case_clock SET open = 0, wake = '' WHERE case_id IN (SELECT id FROM cases WHERE open = 0)`)
		return err
	})
}
