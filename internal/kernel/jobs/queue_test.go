package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// started gives a running queue that polls often and is stopped with the test.
func started(t testing.TB, db *store.DB, set func(*Queue)) *Queue {
	t.Helper()
	q := New(db, noon(), quiet(), Settings{Poll: 50 * time.Millisecond})
	set(q)
	q.Start(t.Context())
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return q
}

func TestWorkersDoEveryJobOnceOnTwoNodes(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		const jobs = 300
		var done sync.WaitGroup
		done.Add(jobs)
		var mu sync.Mutex
		seen := map[string]int{}
		set := func(q *Queue) {
			q.Register("a", func(_ context.Context, r Run) error {
				mu.Lock()
				defer mu.Unlock()
				seen[r.ID]++
				done.Done()
				return nil
			}, Options{Concurrency: 8})
		}
		q := started(t, db, set)
		other := started(t, db, set)
		list := make([]Job, jobs)
		for i := range list {
			list[i] = Job{Kind: "a", Args: i}
		}
		enqueue(t, q, list...)
		done.Wait()
		for _, node := range []*Queue{q, other} {
			if err := node.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != jobs {
			t.Errorf("%d of %d jobs were done", len(seen), jobs)
		}
		wantStates(t, db, fmt.Sprintf("map[completed:%d]", jobs))
	})
}

func TestAPanicFailsOneJobOnly(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		fine := make(chan struct{})
		q := started(t, db, func(q *Queue) {
			q.Register("a", func(_ context.Context, r Run) error {
				if string(r.Args) == "1" {
					panic("Anna Andersson")
				}
				close(fine)
				return nil
			}, Options{Concurrency: 1})
		})
		enqueue(t, q, Job{Kind: "a", Args: 1, MaxAttempts: 1})
		enqueue(t, q, Job{Kind: "a", Args: 2})
		<-fine
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		var reason string
		if err := db.QueryRow(t.Context(), `SELECT reason FROM job WHERE state = 'discarded'`).Scan(&reason); err != nil || reason != "panic (*errors.errorString)" {
			t.Errorf("reason %q, %v", reason, err)
		}
	})
}

func TestAJobThatTakesTooLongIsEndedAndTriedAgain(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		ended := make(chan struct{})
		q := started(t, db, func(q *Queue) {
			q.Register("a", func(ctx context.Context, _ Run) error {
				<-ctx.Done()
				close(ended)
				return fmt.Errorf("waiting: %w", ctx.Err())
			}, Options{Timeout: time.Millisecond})
		})
		enqueue(t, q, Job{Kind: "a"})
		<-ended
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		var reason string
		if err := db.QueryRow(t.Context(), `SELECT reason FROM job WHERE state = 'retryable'`).Scan(&reason); err != nil || reason != "timeout (context.deadlineExceededError)" {
			t.Errorf("reason %q, %v", reason, err)
		}
	})
}

func TestStopLetsRunningJobsFinish(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		begun, goOn := make(chan struct{}), make(chan struct{})
		q := started(t, db, func(q *Queue) {
			q.Register("a", func(context.Context, Run) error {
				close(begun)
				<-goOn
				return nil
			}, Options{Concurrency: 1})
		})
		enqueue(t, q, Job{Kind: "a"}, Job{Kind: "a"})
		<-begun
		stopped := make(chan error)
		go func() { stopped <- q.Stop(context.Background()) }()
		<-q.stop
		close(goOn)
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		wantStates(t, db, "map[available:1 completed:1]")
	})
}

func TestStopHandsBackWhatDoesNotFinishInTime(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		begun := make(chan struct{})
		q := New(db, noon(), quiet(), Settings{Poll: 5 * time.Second})
		q.Register("a", func(ctx context.Context, _ Run) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		}, Options{})
		q.Start(t.Context())
		enqueue(t, q, Job{Kind: "a"})
		<-begun
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		var attempt int
		err := db.QueryRow(t.Context(), `SELECT attempt FROM job WHERE state = 'available'`).Scan(&attempt)
		if err != nil || attempt != 0 {
			t.Errorf("attempt %d, %v; want the job back in the queue as if never tried", attempt, err)
		}
	})
}

func TestAHandlersWritesAndItsCompletionAreOne(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		var tries atomic.Int32
		done := make(chan struct{})
		q := started(t, db, func(q *Queue) {
			q.Register("a", func(ctx context.Context, r Run) error {
				err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					if _, err := tx.Exec(ctx, `INSERT INTO store_fact (name, value) VALUES ($1, 'x')`, store.NewID()); err != nil {
						return err
					}
					if tries.Add(1) == 1 {
						return RetryAfter(time.Nanosecond, "not_yet", nil)
					}
					return r.Complete(ctx, tx, q.clock.Now())
				})
				if err == nil {
					close(done)
				}
				return err
			}, Options{})
		})
		enqueue(t, q, Job{Kind: "a"})
		<-done
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM store_fact`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d rows, %v; want 1", n, err)
		}
		wantStates(t, db, "map[completed:1]")
	})
}

func TestAKindHasOneHandler(t *testing.T) {
	q := New(nil, noon(), quiet(), Settings{})
	h := func(context.Context, Run) error { return errors.New("never run") }
	q.Register("a", h, Options{})
	defer func() {
		if recover() == nil {
			t.Error("a second handler was accepted")
		}
	}()
	q.Register("a", h, Options{})
}

func BenchmarkEnqueue1000(b *testing.B) {
	each(b, func(b *testing.B, db *store.DB) {
		q := New(db, noon(), quiet(), Settings{})
		list := make([]Job, 1000)
		for i := range list {
			list[i] = Job{Kind: "a", Args: map[string]string{"case": store.NewID()}}
		}
		for b.Loop() {
			enqueue(b, q, list...)
		}
		b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "jobs/s")
	})
}

func BenchmarkWorkNoOp(b *testing.B) {
	each(b, func(b *testing.B, db *store.DB) {
		var done sync.WaitGroup
		q := New(db, noon(), quiet(), Settings{})
		q.Register("a", func(context.Context, Run) error { done.Done(); return nil }, Options{Concurrency: 64})
		list := make([]Job, 2000)
		for i := range list {
			list[i] = Job{Kind: "a", Args: map[string]string{"case": store.NewID()}}
		}
		rounds := 0
		for b.Loop() {
			b.StopTimer()
			enqueue(b, q, list...)
			done.Add(len(list))
			b.StartTimer()
			q.Start(b.Context())
			q.Wake()
			done.Wait()
			rounds++
		}
		if err := q.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(rounds*len(list))/b.Elapsed().Seconds(), "jobs/s")
	})
}

func each(b *testing.B, fn func(*testing.B, *store.DB)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, storetest.SQLite(b, rooms...)) })
	b.Run("postgres", func(b *testing.B) { fn(b, storetest.Postgres(b, rooms...)) })
}
