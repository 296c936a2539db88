package jobs

import (
	"context"
	"fmt"
	"time"

	"dygnet/internal/kernel/store"
)

// period is a job that comes back.
type period struct {
	name  string
	every time.Duration
	job   Job
}

// Every puts job in the queue once in each period, counted from 1970 UTC, on one node of the cluster. Periods missed while no
// node ran are made up for by one run, not by many. The job's RunAt is ignored, and its UniqueKey is the name, so that a slow run is
// never overtaken by the next.
func (q *Queue) Every(name string, every time.Duration, job Job) {
	if every < time.Second {
		panic("jobs: the period of " + name + " is shorter than a second")
	}
	job.UniqueKey = "every " + name
	job.RunAt = time.Time{}
	q.periods = append(q.periods, period{name: name, every: every, job: job})
}

// tick enqueues the periodic jobs whose period has begun.
func (q *Queue) tick(ctx context.Context, now time.Time) error {
	for _, p := range q.periods {
		slot := store.Micros(now) / p.every.Microseconds()
		var last int64
		err := q.db.QueryRow(ctx, `SELECT coalesce((SELECT slot FROM job_period WHERE name = $1), -1)`, p.name).Scan(&last)
		if err != nil {
			return fmt.Errorf("periodic job %s: %w", p.name, err)
		}
		if last >= slot {
			continue
		}
		err = q.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Exec(ctx, `INSERT INTO job_period (name, slot) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET slot = excluded.slot WHERE job_period.slot < excluded.slot`, p.name, slot)
			if err != nil || n == 0 { // another node was first
				return err
			}
			return q.Enqueue(ctx, tx, p.job)
		})
		if err != nil {
			return fmt.Errorf("periodic job %s: %w", p.name, err)
		}
	}
	return nil
}
