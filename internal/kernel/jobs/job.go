package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// Migrations are the tables of jobs and of the dispatcher's cursors.
//
//go:embed migrations
var Migrations embed.FS

// defaultMaxAttempts spreads tries over about 17 hours, longer than a mail server is usually away.
const defaultMaxAttempts = 15

// Job is work to be done after the transaction that asks for it.
type Job struct {
	// Kind says which handler does it: "email.send".
	Kind string
	// Args are kept as JSON. They name things by ID: job rows outlive gallring, so they never hold personal data.
	Args any
	// RunAt is the earliest time; zero means now.
	RunAt time.Time
	// MaxAttempts is how often it is tried before it is discarded; 0 means 15, about 17 hours.
	MaxAttempts int
	// UniqueKey, if not "", makes Enqueue do nothing while an unfinished job has the same key. A running job counts as unfinished:
	// put a version in the key if a change made while it runs must run as well.
	UniqueKey string
}

// Run is one attempt at a job.
type Run struct {
	ID      string
	Kind    string
	Attempt int // from 1
	// Last tells that the job is discarded if this attempt fails.
	Last bool
	// Args are the job's, as JSON.
	Args json.RawMessage
	// Created is when the job was put in the queue.
	Created time.Time

	lease       string
	maxAttempts int
}

// Decode reads the arguments into v, a pointer. A job whose arguments cannot be read is discarded: it will not get better.
func (r Run) Decode(v any) error {
	if err := json.Unmarshal(r.Args, v); err != nil {
		return Discard("bad_args", fmt.Errorf("reading the arguments of job %s: %w", r.ID, err))
	}
	return nil
}

// Complete marks the job as done inside tx, so that what the handler writes there happens exactly once. It gives ErrLeaseLost, and
// the handler must roll back, if the lease ran out and the job is somebody else's.
func (r Run) Complete(ctx context.Context, tx *store.Tx, now time.Time) error {
	n, err := tx.Exec(ctx, completeOne, store.Micros(now), r.ID, r.lease)
	if err != nil {
		return fmt.Errorf("completing job %s: %w", r.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("completing job %s: %w", r.ID, ErrLeaseLost)
	}
	return nil
}

const insertInto = `INSERT INTO job (id, kind, args, state, attempt, max_attempts, scheduled_at, created_at, unique_key) VALUES `

// insertRow is one row's values; %d are its places.
const insertRow = `($%d, $%d, $%d, 'available', 0, $%d, $%d, $%d, $%d)`

const (
	rowFields  = 7
	insertMany = 50
)

// Enqueue puts jobs in the queue when tx commits, and not at all if it does not.
func (q *Queue) Enqueue(ctx context.Context, tx *store.Tx, list ...Job) error {
	now := q.clock.Now()
	args := make([]any, 0, min(len(list), insertMany)*rowFields)
	for start := 0; start < len(list); {
		n := 1
		if len(list)-start >= insertMany {
			n = insertMany
		}
		args = args[:0]
		for _, j := range list[start : start+n] {
			row, err := j.row(now)
			if err != nil {
				return err
			}
			args = append(args, row...)
		}
		if _, err := tx.Exec(ctx, insertJobs(n), args...); err != nil {
			return fmt.Errorf("queueing jobs of kind %s: %w", list[start].Kind, err)
		}
		start += n
	}
	tx.After(q.Wake)
	return nil
}

func (j Job) row(now time.Time) ([]any, error) {
	if j.Kind == "" {
		return nil, fmt.Errorf("queueing a job: it has no kind")
	}
	body, err := json.Marshal(j.Args)
	if err != nil {
		return nil, fmt.Errorf("encoding the arguments of a job of kind %s: %w", j.Kind, err)
	}
	at := now
	if j.RunAt.After(now) {
		at = j.RunAt
	}
	attempts := j.MaxAttempts
	if attempts <= 0 {
		attempts = defaultMaxAttempts
	}
	var key any
	if j.UniqueKey != "" {
		key = j.UniqueKey
	}
	return []any{store.NewID(), j.Kind, string(body), attempts, store.Micros(at), store.Micros(now), key}, nil
}

// insertJobs is the statement for n rows. Only two sizes are used, so that statements stay prepared.
func insertJobs(n int) string {
	var b strings.Builder
	b.WriteString(insertInto)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		p := i*rowFields + 1
		fmt.Fprintf(&b, insertRow, p, p+1, p+2, p+3, p+4, p+5, p+6)
	}
	b.WriteString(` ON CONFLICT DO NOTHING`)
	return b.String()
}

// Forget takes jobs that wait and name something by its ID out of the queue: what they are about is gone.
func (q *Queue) Forget(ctx context.Context, tx *store.Tx, id string) error {
	if !store.ValidID(id) {
		return fmt.Errorf("forgetting the jobs about %q: that is no ID", id)
	}
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE state IN ('available', 'retryable') AND args LIKE $1`, "%"+id+"%")
	if err != nil {
		return fmt.Errorf("forgetting the jobs about something gone: %w", err)
	}
	return nil
}
