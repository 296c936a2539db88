package jobs

import (
	"context"
	"fmt"
	"time"

	"dygnet/internal/kernel/store"
)

// KindStats count the jobs of one kind in one state.
type KindStats struct {
	Kind  string
	State string // available, running, retryable or discarded
	Count int64
	// Oldest is the earliest time a waiting job was due, or the zero time.
	Oldest time.Time
}

// Stats are what an operator watches.
type Stats struct {
	// Kinds count what is in the queue of the whole cluster; completed jobs are not in it.
	Kinds []KindStats
	// Completed and Failed count attempts of this process since it started.
	Completed, Failed int64
}

// Stats counts the queue.
func (q *Queue) Stats(ctx context.Context) (Stats, error) {
	kinds, err := store.All(ctx, q.db, func(r *store.Rows) (KindStats, error) {
		var k KindStats
		var oldest int64
		err := r.Scan(&k.Kind, &k.State, &k.Count, &oldest)
		k.Oldest = store.Time(oldest)
		return k, err
	}, `SELECT kind, state, count(*), min(scheduled_at) FROM job WHERE state IN ('available', 'retryable') GROUP BY kind, state
		UNION ALL SELECT kind, 'running', count(*), 0 FROM job WHERE state = 'running' GROUP BY kind
		UNION ALL SELECT kind, 'discarded', count(*), 0 FROM job WHERE state = 'discarded' GROUP BY kind
		ORDER BY 1, 2`)
	if err != nil {
		return Stats{}, fmt.Errorf("counting jobs: %w", err)
	}
	return Stats{Kinds: kinds, Completed: q.completed.Load(), Failed: q.failed.Load()}, nil
}
