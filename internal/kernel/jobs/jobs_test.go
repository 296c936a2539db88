package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{Migrations}

func noon() *calendar.Fake {
	return calendar.NewFake(time.Date(2026, 3, 2, 12, 0, 0, 0, calendar.Stockholm()))
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func enqueue(t testing.TB, q *Queue, list ...Job) {
	t.Helper()
	err := q.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return q.Enqueue(ctx, tx, list...) })
	if err != nil {
		t.Fatal(err)
	}
}

func claim(t testing.TB, q *Queue, now time.Time, kind string, room int) []Run {
	t.Helper()
	var runs []Run
	err := q.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		runs, err = q.claim(ctx, tx, now, kind, room)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func settle(t testing.TB, q *Queue, now time.Time, list ...outcome) (lost int) {
	t.Helper()
	err := q.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		lost, err = q.settle(ctx, tx, now, list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lost
}

func states(t testing.TB, db *store.DB) map[string]int {
	t.Helper()
	out := map[string]int{}
	rows, err := db.Query(t.Context(), `SELECT state, count(*) FROM job GROUP BY state`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			t.Fatal(err)
		}
		out[s] = n
	}
	return out
}

func wantStates(t testing.TB, db *store.DB, want string) {
	t.Helper()
	if got := fmt.Sprint(states(t, db)); got != want {
		t.Fatalf("states %s, want %s", got, want)
	}
}

func TestAJobIsQueuedOnlyIfItsTransactionCommits(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		q := New(db, noon(), quiet(), Settings{})
		rollback := errors.New("changed my mind")
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if err := q.Enqueue(ctx, tx, Job{Kind: "a"}); err != nil {
				return err
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		wantStates(t, db, "map[]")
		many := make([]Job, 123) // more than one statement
		for i := range many {
			many[i] = Job{Kind: "a", Args: map[string]int{"n": i}}
		}
		enqueue(t, q, many...)
		wantStates(t, db, "map[available:123]")
	})
}

func TestClaimTakesTheOldestDueJobsOfTheKind(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		enqueue(t, q, Job{Kind: "a", Args: 2, RunAt: clock.Now().Add(2 * time.Second)}, Job{Kind: "a", Args: 1, RunAt: clock.Now().Add(time.Second)},
			Job{Kind: "b", Args: 3}, Job{Kind: "a", Args: 4, RunAt: clock.Now().Add(time.Hour)}, Job{Kind: "a", Args: 0})
		var got []string
		for _, r := range claim(t, q, clock.Advance(time.Minute), "a", 2) {
			got = append(got, string(r.Args))
		}
		for _, r := range claim(t, q, clock.Now(), "a", 10) {
			got = append(got, string(r.Args))
		}
		if fmt.Sprint(got) != "[0 1 2]" {
			t.Fatalf("claimed %v, want the due jobs of kind a, oldest first", got)
		}
		due, err := q.dueKinds(t.Context(), clock.Now(), []string{"a", "b", "c"})
		if err != nil || fmt.Sprint(due) != "[b]" {
			t.Fatalf("due kinds %v, %v; want [b]", due, err)
		}
	})
}

func TestAFailedJobWaitsLongerEachTimeAndIsThenDiscardedWithAReason(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		enqueue(t, q, Job{Kind: "a", MaxAttempts: 3})
		secret := errors.New("550 no such user anna@example.se")
		var waits []time.Duration
		for i := 1; i <= 3; i++ {
			runs := claim(t, q, clock.Now(), "a", 1)
			if len(runs) != 1 || runs[0].Attempt != i || runs[0].Last != (i == 3) {
				t.Fatalf("attempt %d: claimed %+v", i, runs)
			}
			settle(t, q, clock.Now(), outcome{Run: runs[0], err: Fail("smtp_refused", secret)})
			if i == 3 {
				break
			}
			var at int64
			if err := db.QueryRow(t.Context(), `SELECT scheduled_at FROM job`).Scan(&at); err != nil {
				t.Fatal(err)
			}
			waits = append(waits, store.Time(at).Sub(clock.Now()))
			if early := claim(t, q, store.Time(at).Add(-time.Microsecond), "a", 1); len(early) != 0 {
				t.Fatal("a failed job was claimed before its wait was over")
			}
			clock.Set(store.Time(at))
		}
		if waits[0] < firstWait || waits[1] < 2*firstWait || waits[1] > 3*firstWait {
			t.Errorf("waits %v, want at least 5 s and 10 s", waits)
		}
		var state, reason string
		if err := db.QueryRow(t.Context(), `SELECT state, reason FROM job`).Scan(&state, &reason); err != nil {
			t.Fatal(err)
		}
		if state != "discarded" || reason != "smtp_refused (*errors.errorString)" {
			t.Errorf("state %q, reason %q", state, reason)
		}
	})
}

func TestBackoffGrowsToSixHoursAndSpreads(t *testing.T) {
	for attempt := range 100 {
		w := backoff(attempt, "x")
		if w < firstWait || w > longest+longest/4 {
			t.Errorf("attempt %d waits %v", attempt, w)
		}
	}
	seen := map[time.Duration]bool{}
	for i := range 100 {
		seen[backoff(3, fmt.Sprint(i))] = true
	}
	if len(seen) < 50 {
		t.Errorf("100 jobs wait only %d different times", len(seen))
	}
}

func TestReasonsHoldNoFreeText(t *testing.T) {
	cause := errors.New("secret Anna")
	for _, c := range []struct {
		err  error
		want string
	}{
		{cause, "error (*errors.errorString)"},
		{fmt.Errorf("sending to Anna: %w", cause), "error (*errors.errorString)"},
		{Fail("Smtp Refused Å!", cause), "mtpefused (*errors.errorString)"},
		{Discard("gone", nil), "gone (*jobs.codedError)"},
		{context.DeadlineExceeded, "timeout (context.deadlineExceededError)"},
		{fmt.Errorf("x: %w", store.ErrUnavailable), "database_unavailable (*errors.errorString)"},
		{nil, ""},
	} {
		if got := Reason(c.err); got != c.want || strings.Contains(got, "Anna") {
			t.Errorf("Reason(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestDiscardAndRetryAfterDecideTheFate(t *testing.T) {
	o := outcome{Run: Run{ID: "x", Attempt: 1, maxAttempts: 9}}
	o.err = Discard("gone", nil)
	if _, final := o.fate(); !final {
		t.Error("Discard was not final")
	}
	o.err = fmt.Errorf("sending: %w", RetryAfter(time.Hour, "greylisted", nil))
	if wait, final := o.fate(); final || wait != time.Hour {
		t.Errorf("RetryAfter: %v, %v", wait, final)
	}
	o.err = (Run{Args: []byte(`"text"`)}).Decode(new(int))
	if _, final := o.fate(); !final {
		t.Error("arguments that cannot be read were tried again")
	}
}

func TestAnUnfinishedJobHoldsItsUniqueKey(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		job := Job{Kind: "a", UniqueKey: "case 1"}
		enqueue(t, q, job, job, Job{Kind: "a", UniqueKey: "case 2"})
		wantStates(t, db, "map[available:2]")
		runs := claim(t, q, clock.Now(), "a", 9)
		enqueue(t, q, job)
		wantStates(t, db, "map[running:2]")
		settle(t, q, clock.Now(), outcome{Run: runs[0]}, outcome{Run: runs[1], err: errors.New("x")})
		enqueue(t, q, job)
		wantStates(t, db, "map[available:1 completed:1 retryable:1]")
	})
}

func TestALostLeaseIsTakenBackAndTheOldWorkerChangesNothing(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		enqueue(t, q, Job{Kind: "a", MaxAttempts: 2})
		first := claim(t, q, clock.Now(), "a", 1)
		if n, err := q.rescue(t.Context(), clock.Advance(59*time.Second)); n != 0 || err != nil {
			t.Fatalf("rescued %d, %v before the lease ran out", n, err)
		}
		if lost, err := q.renew(t.Context(), clock.Now(), first); len(lost) != 0 || err != nil {
			t.Fatalf("renewing: lost %v, %v", lost, err)
		}
		if n, _ := q.rescue(t.Context(), clock.Advance(59*time.Second)); n != 0 {
			t.Fatal("a renewed lease was taken back")
		}
		if n, err := q.rescue(t.Context(), clock.Advance(2*time.Second)); n != 1 || err != nil {
			t.Fatalf("rescued %d, %v; want 1", n, err)
		}
		second := claim(t, q, clock.Now(), "a", 1)
		if len(second) != 1 || second[0].Attempt != 2 {
			t.Fatalf("claimed %+v after the rescue", second)
		}
		if lost, err := q.renew(t.Context(), clock.Now(), first); len(lost) != 1 || err != nil {
			t.Fatalf("the first worker was not told that its lease is lost: %v, %v", lost, err)
		}
		if lost := settle(t, q, clock.Now(), outcome{Run: first[0]}); lost != 1 {
			t.Fatal("the first worker completed a job that was not its own any more")
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return first[0].Complete(ctx, tx, clock.Now()) })
		if !errors.Is(err, ErrLeaseLost) {
			t.Fatalf("completing in the first worker's transaction: %v", err)
		}
		wantStates(t, db, "map[running:1]")
		// The last attempt's worker dies too: the job is given up, not run for ever.
		if n, err := q.rescue(t.Context(), clock.Advance(2*time.Minute)); n != 1 || err != nil {
			t.Fatalf("rescued %d, %v", n, err)
		}
		wantStates(t, db, "map[discarded:1]")
	})
}

func TestFinishedJobsAreDeletedWhenTheirTimeIsOver(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		list := make([]Job, sweepBatch+10)
		for i := range list {
			list[i] = Job{Kind: "a", MaxAttempts: 1}
		}
		enqueue(t, q, list...)
		var ends []outcome
		for i, r := range claim(t, q, clock.Now(), "a", len(list)) {
			o := outcome{Run: r}
			if i == 0 {
				o.err = errors.New("x")
			}
			ends = append(ends, o)
		}
		if lost := settle(t, q, clock.Now(), ends...); lost != 0 {
			t.Fatalf("%d lost", lost)
		}
		enqueue(t, q, Job{Kind: "a"})
		for _, c := range []struct {
			after time.Duration
			want  string
		}{
			{23 * time.Hour, "map[available:1 completed:509 discarded:1]"},
			{2 * time.Hour, "map[available:1 discarded:1]"},
			{90 * 24 * time.Hour, "map[available:1]"},
		} {
			if _, err := q.sweep(t.Context(), clock.Advance(c.after)); err != nil {
				t.Fatal(err)
			}
			wantStates(t, db, c.want)
		}
	})
}

func TestAPeriodicJobIsQueuedOnceAPeriodInTheCluster(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		nodes := []*Queue{New(db, clock, quiet(), Settings{}), New(db, clock, quiet(), Settings{})}
		for _, q := range nodes {
			q.Every("tidy", time.Hour, Job{Kind: "a"})
		}
		ran := 0
		for _, step := range []time.Duration{0, time.Minute, 59 * time.Minute, 72 * time.Hour, 59 * time.Minute} {
			clock.Advance(step)
			var wg sync.WaitGroup
			for _, q := range nodes {
				wg.Go(func() {
					if err := q.tick(t.Context(), clock.Now()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, r := range claim(t, nodes[0], clock.Now(), "a", 9) {
				settle(t, nodes[0], clock.Now(), outcome{Run: r})
				ran++
			}
		}
		if ran != 3 {
			t.Errorf("ran %d times, want 3: at the start, after an hour, after three days", ran)
		}
	})
}

func TestStatsCountTheQueue(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		clock := noon()
		q := New(db, clock, quiet(), Settings{})
		enqueue(t, q, Job{Kind: "a"}, Job{Kind: "a"}, Job{Kind: "b", MaxAttempts: 1}, Job{Kind: "c"})
		settle(t, q, clock.Now(), outcome{Run: claim(t, q, clock.Now(), "b", 1)[0], err: errors.New("x")})
		settle(t, q, clock.Now(), outcome{Run: claim(t, q, clock.Now(), "c", 1)[0]})
		claim(t, q, clock.Now(), "a", 1)
		stats, err := q.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range stats.Kinds {
			got = append(got, fmt.Sprintf("%s %s %d %v", k.Kind, k.State, k.Count, k.Oldest.Equal(clock.Now())))
		}
		if strings.Join(got, "; ") != "a available 1 true; a running 1 false; b discarded 1 false" {
			t.Error(got)
		}
	})
}

// The law of the queue: whatever workers do and however they die, no job is lost and none is completed twice.
func TestNoJobIsLostOrCompletedTwice(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			clock := noon()
			q := New(db, clock, quiet(), Settings{})
			kind := store.NewID() // a queue of its own for each run
			queued := 0
			completed := map[string]int{}
			var held []Run // by workers that may be alive, slow or dead
			rt.Repeat(map[string]func(*rapid.T){
				"enqueue": func(rt *rapid.T) {
					n := rapid.IntRange(1, 4).Draw(rt, "n")
					for range n {
						enqueue(t, q, Job{Kind: kind, MaxAttempts: 1 << 20})
					}
					queued += n
				},
				"claim": func(rt *rapid.T) {
					held = append(held, claim(t, q, clock.Now(), kind, rapid.IntRange(1, 3).Draw(rt, "room"))...)
				},
				"end": func(rt *rapid.T) {
					if len(held) == 0 {
						rt.Skip()
					}
					i := rapid.IntRange(0, len(held)-1).Draw(rt, "which")
					o := outcome{Run: held[i]}
					switch rapid.IntRange(0, 3).Draw(rt, "how") {
					case 0:
						o.err = errors.New("failed")
					case 1:
						o.err, o.release = errors.New("stopped"), true
					case 2:
						err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return o.Complete(ctx, tx, clock.Now()) })
						if err == nil {
							completed[o.ID]++
						} else if !errors.Is(err, ErrLeaseLost) {
							t.Fatal(err)
						}
					}
					if lost := settle(t, q, clock.Now(), o); o.err == nil && lost == 0 {
						completed[o.ID]++
					}
					if rapid.Bool().Draw(rt, "forget") { // else the same worker reports again later
						held = append(held[:i], held[i+1:]...)
					}
				},
				"time": func(rt *rapid.T) {
					clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "s")) * time.Second)
				},
				"rescue": func(*rapid.T) {
					if _, err := q.rescue(t.Context(), clock.Now()); err != nil {
						t.Fatal(err)
					}
				},
				"renew": func(*rapid.T) {
					if _, err := q.renew(t.Context(), clock.Now(), held); err != nil {
						t.Fatal(err)
					}
				},
			})
			// Everybody who held a job is dead; in the end all are done, each once.
			for round := 0; len(completed) < queued; round++ {
				if round > 2*queued+2 {
					rt.Fatalf("%d of %d jobs were lost", queued-len(completed), queued)
				}
				clock.Advance(8 * time.Hour)
				if _, err := q.rescue(t.Context(), clock.Now()); err != nil {
					t.Fatal(err)
				}
				for _, r := range claim(t, q, clock.Now(), kind, 100) {
					if settle(t, q, clock.Now(), outcome{Run: r}) == 0 {
						completed[r.ID]++
					}
				}
			}
			for id, n := range completed {
				if n != 1 {
					rt.Fatalf("job %s was completed %d times", id, n)
				}
			}
			if len(completed) != queued {
				rt.Fatalf("%d jobs completed, %d queued", len(completed), queued)
			}
		})
	})
}
