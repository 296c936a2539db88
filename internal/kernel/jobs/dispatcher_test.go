package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var withJournal = []fs.FS{Migrations, journal.Migrations}

// write makes n journal entries, sealed into the tree.
func write(t testing.TB, log *journal.Log, n int) {
	t.Helper()
	for i := range n {
		if _, err := log.Note(t.Context(), journal.Entry{Actor: journal.System, Action: "case.read", Object: journal.Ref{Kind: "case", ID: fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// keep is a subscriber that stores what it got, and fails to if it got it before.
func keep(name string) Subscriber {
	return func(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
		for _, e := range batch {
			if _, err := tx.Exec(ctx, `INSERT INTO store_fact (name, value) VALUES ($1, 'x')`, fmt.Sprintf("%s %06d", name, e.Seq)); err != nil {
				return err
			}
		}
		return nil
	}
}

func kept(t testing.TB, db *store.DB, name string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM store_fact WHERE name LIKE $1`, name+" %").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// drain steps a subscriber until it has nothing to do.
func drain(t testing.TB, d *Dispatcher, s *subscription) {
	t.Helper()
	for {
		n, err := d.step(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func dispatcher(t testing.TB, db *store.DB, log *journal.Log, subscribe func(*Dispatcher)) *Dispatcher {
	t.Helper()
	d := NewDispatcher(db, log, noon(), slog.New(slog.DiscardHandler))
	subscribe(d)
	for _, s := range d.subs {
		if err := d.enrol(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestSubscribersGetEveryEntryInOrder(t *testing.T) {
	storetest.Each(t, withJournal, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		write(t, log, 3)
		done := make(chan struct{})
		var got []int64
		d := NewDispatcher(db, log, clock, quiet())
		d.Subscribe("all", func(_ context.Context, _ *store.Tx, batch []journal.Recorded) error {
			for _, e := range batch {
				got = append(got, e.Seq)
			}
			if len(got) == 43 {
				close(done)
			}
			return nil
		})
		d.poll = 20 * time.Millisecond
		if err := d.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, log, 40)
		<-done
		d.Stop()
		for i, seq := range got {
			if seq != int64(i) {
				t.Fatalf("got %v, want 0 to 42 in order", got)
			}
		}
	})
}

func TestAListenerHearsWhatHappensFromNowOn(t *testing.T) {
	storetest.Each(t, withJournal, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		write(t, log, 3)
		d := NewDispatcher(db, log, clock, quiet())
		d.poll = 20 * time.Millisecond
		heard := make(chan int64, 100)
		stop := d.Listen(func(batch []journal.Recorded) {
			for _, e := range batch {
				heard <- e.Seq
			}
		})
		d.Listen(func([]journal.Recorded) { panic("a bad listener") })
		if err := d.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, log, 2)
		if a, b := <-heard, <-heard; a != 3 || b != 4 {
			t.Errorf("heard %d and %d, want 3 and 4", a, b)
		}
		stop()
		again := make(chan int64, 100)
		d.Listen(func(batch []journal.Recorded) { again <- batch[0].Seq })
		write(t, log, 1)
		<-again
		d.Stop()
		if len(heard) != 0 {
			t.Error("a listener that stopped still heard something")
		}
	})
}

func TestTwoNodesHandleEachEntryOnce(t *testing.T) {
	storetest.Each(t, withJournal, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		write(t, log, 200)
		var wg sync.WaitGroup
		for range 3 {
			d := dispatcher(t, db, log, func(d *Dispatcher) { d.Subscribe("a", keep("a")) })
			wg.Go(func() {
				for kept(t, db, "a") < 200 {
					if _, err := d.step(t.Context(), d.subs[0]); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestAFailingSubscriberKeepsItsPlaceAndDoesNotStopOthers(t *testing.T) {
	storetest.Each(t, withJournal, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		write(t, log, 10)
		mended := false
		d := dispatcher(t, db, log, func(d *Dispatcher) {
			d.Subscribe("bad", func(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
				if err := keep("bad")(ctx, tx, batch); err != nil {
					return err
				}
				if !mended && slices.ContainsFunc(batch, func(e journal.Recorded) bool { return e.Seq == 7 }) {
					return Fail("entry_seven", errors.New("no"))
				}
				return nil
			})
			d.Subscribe("good", keep("good"))
		})
		bad := d.subs[0]
		failures := 0
		for range 20 {
			if _, err := d.step(t.Context(), bad); err != nil {
				failures = bad.failed(err)
			}
		}
		drain(t, d, d.subs[1])
		if n := kept(t, db, "good"); n != 10 {
			t.Errorf("the good subscriber got %d of 10", n)
		}
		if n := kept(t, db, "bad"); n != 7 || failures == 0 {
			t.Errorf("the bad subscriber kept %d entries after %d failures, want the 7 before the one it cannot handle", n, failures)
		}
		d.newest.Store(9)
		if s := d.Stats()[0]; s.Lag != 3 || s.Failures != failures || s.Reason != "entry_seven (*errors.errorString)" {
			t.Errorf("stats %+v", s)
		}
		mended = true
		drain(t, d, bad)
		if n := kept(t, db, "bad"); n != 10 {
			t.Errorf("after mending it got %d of 10", n)
		}
	})
}

// The process dies in the middle of a batch: what the subscriber wrote and its place go together.
func TestAClosedDatabaseLosesAndRepeatsNothing(t *testing.T) {
	addresses := map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresURL(t) },
	}
	for engine, address := range addresses {
		t.Run(engine, func(t *testing.T) {
			options := store.Options{URL: address(t), Migrations: withJournal, Log: quiet(), Readers: 4}
			for round := 0; ; round++ {
				db, err := store.Open(t.Context(), options)
				if err != nil {
					t.Fatal(err)
				}
				log, clock := journaltest.Open(t, db)
				if round == 0 {
					write(t, log, 300)
				}
				if kept(t, db, "a") == 300 || round == 100 {
					var position int
					if err := db.QueryRow(t.Context(), `SELECT position FROM job_cursor`).Scan(&position); err != nil || position != 299 {
						t.Errorf("position %d after %d rounds, %v; want 299", position, round, err)
					}
					_ = db.Close()
					if round < 2 {
						t.Error("the database was never closed in the middle")
					}
					return
				}
				d := NewDispatcher(db, log, clock, quiet())
				batches := 0
				closing := make(chan struct{})
				d.Subscribe("a", func(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
					// A machine in a hurry must not reach the end before the close does.
					if batches++; batches > 2 {
						return errors.New("the process is dying")
					}
					if err := keep("a")(ctx, tx, batch); err != nil {
						return err
					}
					if batches == 2 {
						close(closing)
					}
					return nil
				})
				if err := d.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				waited := time.NewTimer(2 * time.Second)
				select {
				case <-closing:
				case <-waited.C: // only one batch was left
				}
				_ = db.Close()
				d.Stop()
			}
		})
	}
}
