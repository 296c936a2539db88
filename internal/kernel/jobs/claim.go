package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// The states of a job and what moves it:
//
//	available -> running (claim) -> completed
//	                             -> retryable (failed, or its lease ran out) -> running ...
//	                             -> discarded (failed for the last time)
//	             running         -> available (the worker stopped before it was done)

const claimHead = `WITH due AS MATERIALIZED (SELECT id FROM job WHERE kind = $1 AND state IN ('available', 'retryable') AND scheduled_at <= $2
	ORDER BY scheduled_at, id LIMIT $3`

const claimTail = `) UPDATE job SET state = 'running', attempt = attempt + 1, lease = $4, leased_until = $5 FROM due WHERE job.id = due.id
	RETURNING job.id, job.args, job.attempt, job.max_attempts, job.created_at, job.scheduled_at`

const (
	completeOne = `UPDATE job SET state = 'completed', finished_at = $1, lease = '', leased_until = 0, reason = ''
		WHERE id = $2 AND lease = $3 AND state = 'running'`
	retryOne = `UPDATE job SET state = 'retryable', scheduled_at = $1, lease = '', leased_until = 0, reason = $2
		WHERE id = $3 AND lease = $4 AND state = 'running'`
	discardOne = `UPDATE job SET state = 'discarded', finished_at = $1, lease = '', leased_until = 0, reason = $2
		WHERE id = $3 AND lease = $4 AND state = 'running'`
	releaseOne = `UPDATE job SET state = 'available', scheduled_at = $1, attempt = attempt - 1, lease = '', leased_until = 0
		WHERE id = $2 AND lease = $3 AND state = 'running'`
	renewOne   = `UPDATE job SET leased_until = $1 WHERE id = $2 AND lease = $3 AND state = 'running'`
	rescueDead = `UPDATE job SET state = 'discarded', finished_at = $1, lease = '', leased_until = 0, reason = 'lease_expired'
		WHERE state = 'running' AND leased_until < $1 AND attempt >= max_attempts`
	rescueLost = `UPDATE job SET state = 'retryable', scheduled_at = $1, lease = '', leased_until = 0, reason = 'lease_expired'
		WHERE state = 'running' AND leased_until < $1`
)

// dueKinds gives those of the kinds that have a job to do.
func (q *Queue) dueKinds(ctx context.Context, now time.Time, kinds []string) ([]string, error) {
	var b strings.Builder
	b.WriteString(`WITH asked (kind) AS (VALUES `)
	args := []any{store.Micros(now)}
	for i, k := range kinds {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `(CAST($%d AS TEXT))`, i+2)
		args = append(args, k)
	}
	b.WriteString(`) SELECT kind FROM asked WHERE EXISTS (SELECT 1 FROM job WHERE job.kind = asked.kind
		AND state IN ('available', 'retryable') AND scheduled_at <= $1)`)
	due, err := store.All(ctx, q.db, func(r *store.Rows) (string, error) {
		var k string
		return k, r.Scan(&k)
	}, b.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("looking for jobs: %w", err)
	}
	return due, nil
}

// claim takes at most room jobs of a kind, oldest first, until now + lease.
func (q *Queue) claim(ctx context.Context, tx *store.Tx, now time.Time, kind string, room int) ([]Run, error) {
	lock := ""
	if q.db.Engine() == store.Postgres {
		lock = ` FOR UPDATE SKIP LOCKED`
	}
	lease := store.NewID()
	rows, err := tx.Query(ctx, claimHead+lock+claimTail, kind, store.Micros(now), room, lease, store.Micros(now.Add(q.settings.Lease)))
	if err != nil {
		return nil, fmt.Errorf("claiming jobs of kind %s: %w", kind, err)
	}
	defer func() { _ = rows.Close() }()
	type dated struct {
		Run
		at int64
	}
	var got []dated
	for rows.Next() {
		var r dated
		var args string
		var created int64
		if err := rows.Scan(&r.ID, &args, &r.Attempt, &r.maxAttempts, &created, &r.at); err != nil {
			return nil, fmt.Errorf("claiming jobs of kind %s: %w", kind, err)
		}
		r.Kind, r.Args, r.Created, r.lease, r.Last = kind, json.RawMessage(args), store.Time(created), lease, r.Attempt >= r.maxAttempts
		got = append(got, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("claiming jobs of kind %s: %w", kind, err)
	}
	sort.Slice(got, func(i, j int) bool {
		if got[i].at != got[j].at {
			return got[i].at < got[j].at
		}
		return got[i].ID < got[j].ID
	})
	runs := make([]Run, len(got))
	for i, r := range got {
		runs[i] = r.Run
	}
	return runs, nil
}

// outcome is how an attempt ended.
type outcome struct {
	Run
	err     error
	release bool // the worker stopped: the attempt does not count
}

// settle writes how attempts ended. An attempt whose lease was lost changes nothing: the job is somebody else's.
func (q *Queue) settle(ctx context.Context, tx *store.Tx, now time.Time, list []outcome) (lost int, err error) {
	var completed []any
	for _, o := range list {
		if o.err == nil {
			completed = append(completed, o.ID, o.lease)
		}
	}
	done := len(completed) / 2
	for len(completed) > 0 {
		n := 2
		if len(completed) >= 2*insertMany {
			n = 2 * insertMany
		}
		changed, err := tx.Exec(ctx, completeMany(n/2), append([]any{store.Micros(now)}, completed[:n]...)...)
		if err != nil {
			return 0, fmt.Errorf("completing jobs: %w", err)
		}
		done -= int(changed)
		completed = completed[n:]
	}
	lost = done
	for _, o := range list {
		if o.err == nil {
			continue
		}
		n, err := q.fail(ctx, tx, now, o)
		if err != nil {
			return 0, fmt.Errorf("recording a failed job: %w", err)
		}
		lost += 1 - int(n)
	}
	return lost, nil
}

func (q *Queue) fail(ctx context.Context, tx *store.Tx, now time.Time, o outcome) (int64, error) {
	if o.release {
		return tx.Exec(ctx, releaseOne, store.Micros(now), o.ID, o.lease)
	}
	wait, final := o.fate()
	if final {
		return tx.Exec(ctx, discardOne, store.Micros(now), Reason(o.err), o.ID, o.lease)
	}
	return tx.Exec(ctx, retryOne, store.Micros(now.Add(wait)), Reason(o.err), o.ID, o.lease)
}

// completeMany is completeOne for n jobs.
func completeMany(n int) string {
	if n == 1 {
		return completeOne
	}
	var b strings.Builder
	b.WriteString(`UPDATE job SET state = 'completed', finished_at = $1, lease = '', leased_until = 0, reason = ''
		WHERE state = 'running' AND (id, lease) IN (VALUES `)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `($%d, $%d)`, 2*i+2, 2*i+3)
	}
	b.WriteString(`)`)
	return b.String()
}

// renew prolongs the lease of running jobs and gives those that were lost.
func (q *Queue) renew(ctx context.Context, now time.Time, running []Run) ([]Run, error) {
	var lost []Run
	err := q.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		lost = nil
		for _, r := range running {
			n, err := tx.Exec(ctx, renewOne, store.Micros(now.Add(q.settings.Lease)), r.ID, r.lease)
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("renewing job leases: %w", err)
	}
	return lost, nil
}

// rescue takes back jobs whose worker died.
func (q *Queue) rescue(ctx context.Context, now time.Time) (int64, error) {
	var expired int
	err := q.db.QueryRow(ctx, `SELECT count(*) FROM job WHERE state = 'running' AND leased_until < $1`, store.Micros(now)).Scan(&expired)
	if err != nil || expired == 0 {
		return 0, err
	}
	var rescued int64
	err = q.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		dead, err := tx.Exec(ctx, rescueDead, store.Micros(now))
		if err != nil {
			return err
		}
		lost, err := tx.Exec(ctx, rescueLost, store.Micros(now))
		rescued = dead + lost
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("taking back jobs of dead workers: %w", err)
	}
	return rescued, nil
}

// sweepBatch bounds how long a sweep holds the writer.
const sweepBatch = 500

// sweep deletes finished jobs that have been kept long enough.
func (q *Queue) sweep(ctx context.Context, now time.Time) (int64, error) {
	var total int64
	for state, keep := range map[string]time.Duration{"completed": q.settings.KeepCompleted, "discarded": q.settings.KeepDiscarded} {
		// The state stands in the text, not as an argument, so that SQLite uses the partial index.
		old := `SELECT id FROM job WHERE state = '` + state + `' AND finished_at < $1 LIMIT ` + fmt.Sprint(sweepBatch) //nolint:gosec // from the two words above
		for {
			var found int
			if err := q.db.QueryRow(ctx, `SELECT count(*) FROM (`+old+`) o`, store.Micros(now.Add(-keep))).Scan(&found); err != nil {
				return total, fmt.Errorf("looking for old jobs: %w", err)
			}
			if found == 0 {
				break
			}
			err := q.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
				n, err := tx.Exec(ctx, `DELETE FROM job WHERE id IN (`+old+`)`, store.Micros(now.Add(-keep)))
				total += n
				return err
			})
			if err != nil {
				return total, fmt.Errorf("deleting old jobs: %w", err)
			}
		}
	}
	return total, nil
}
