package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Handler does one attempt at a job. It may be run again after a crash, so what it does outside the database must bear being done
// twice; for what it writes inside, Run.Complete makes it once. It must end when ctx does.
type Handler func(ctx context.Context, run Run) error

// Options of a kind of job.
type Options struct {
	// Concurrency is how many of the kind run at a time in this process; 0 means 4.
	Concurrency int
	// Timeout ends an attempt; 0 means one minute.
	Timeout time.Duration
}

// Settings of a queue; zero values mean the default.
type Settings struct {
	// Lease is how long a dead worker keeps a job; 60 s. Clocks of nodes must agree to within half of it.
	Lease time.Duration
	// Poll is how often to look for jobs when nothing wakes the queue; 1 s.
	Poll time.Duration
	// KeepCompleted is how long completed jobs are kept; 24 h.
	KeepCompleted time.Duration
	// KeepDiscarded is how long discarded jobs are kept for somebody to look at; 90 days.
	KeepDiscarded time.Duration
}

// Queue is the durable queue and this process's workers. Register and Every come before Start.
type Queue struct {
	db       *store.DB
	clock    calendar.Clock
	log      *slog.Logger
	settings Settings
	kinds    map[string]*kind
	periods  []period
	wake     chan struct{}
	ended    chan outcome

	mu      sync.Mutex // guards running
	running map[string]*attempt

	base    context.Context // ends when handlers must
	cut     context.CancelFunc
	stop    chan struct{} // closed when nothing more is claimed
	once    sync.Once
	started atomic.Bool
	loops   sync.WaitGroup
	work    sync.WaitGroup
	settled chan struct{}

	completed, failed atomic.Int64
}

type kind struct {
	handler Handler
	options Options
	busy    atomic.Int64
}

type attempt struct {
	run    Run
	cancel context.CancelCauseFunc
}

// New makes a queue on db.
func New(db *store.DB, clock calendar.Clock, log *slog.Logger, s Settings) *Queue {
	fill := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	fill(&s.Lease, time.Minute)
	fill(&s.Poll, time.Second)
	fill(&s.KeepCompleted, 24*time.Hour)
	fill(&s.KeepDiscarded, 90*24*time.Hour)
	return &Queue{
		db: db, clock: clock, log: log, settings: s, kinds: map[string]*kind{}, running: map[string]*attempt{},
		wake: make(chan struct{}, 1), ended: make(chan outcome, 256), stop: make(chan struct{}), settled: make(chan struct{}),
	}
}

// Register says who does jobs of a kind in this process. It panics if the kind has a handler already: two rooms claim one name.
func (q *Queue) Register(name string, h Handler, o Options) {
	if _, taken := q.kinds[name]; taken {
		panic("jobs: kind " + name + " is registered twice")
	}
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	q.kinds[name] = &kind{handler: h, options: o}
}

// Wake makes the workers look for jobs at once. Enqueue does so by itself.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Start begins to work on jobs. The values of ctx reach the handlers; ending it is the same as Stop without waiting.
func (q *Queue) Start(ctx context.Context) {
	if q.started.Swap(true) {
		return
	}
	q.base, q.cut = context.WithCancel(store.Background(ctx))
	q.loops.Go(q.takeLoop)
	q.loops.Go(q.careLoop)
	go q.settleLoop()
}

// Stop claims nothing more, waits for the running jobs until ctx ends, then cuts them off and hands them back to the queue. Jobs that
// even then do not end are taken back when their lease has run out.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.started.Load() {
		return nil
	}
	q.once.Do(func() {
		close(q.stop)
		q.loops.Wait()
		go func() {
			q.work.Wait()
			close(q.ended)
		}()
	})
	var err error
	select {
	case <-q.settled:
	case <-ctx.Done():
		q.cut()
		grace := time.NewTimer(q.settings.Poll)
		defer grace.Stop()
		select {
		case <-q.settled:
		case <-grace.C:
			err = fmt.Errorf("stopping the jobs: some did not end in time and will be run again: %w", context.Cause(ctx))
		}
	}
	q.cut()
	return err
}

// takeLoop claims jobs whenever there is room and something to do.
func (q *Queue) takeLoop() {
	for {
		if _, err := q.take(q.base); err != nil && q.base.Err() == nil {
			q.log.Error("claiming jobs failed", "error", err)
		}
		timer := time.NewTimer(q.settings.Poll)
		select {
		case <-q.stop:
		case <-q.base.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
		select {
		case <-q.stop:
			return
		case <-q.base.Done():
			return
		default:
		}
	}
}

// take claims as many jobs as there is room for and starts them.
func (q *Queue) take(ctx context.Context) (int, error) {
	var names []string
	for name, k := range q.kinds {
		if int(k.busy.Load()) < k.options.Concurrency {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return 0, nil
	}
	sort.Strings(names)
	now := q.clock.Now()
	due, err := q.dueKinds(ctx, now, names)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	var runs []Run
	err = q.db.Write(store.Replayable(ctx), func(ctx context.Context, tx *store.Tx) error {
		runs = nil
		for _, name := range due {
			k := q.kinds[name]
			got, err := q.claim(ctx, tx, now, name, k.options.Concurrency-int(k.busy.Load()))
			if err != nil {
				return err
			}
			runs = append(runs, got...)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, r := range runs {
		q.begin(r)
	}
	return len(runs), nil
}

func (q *Queue) begin(r Run) {
	k := q.kinds[r.Kind]
	k.busy.Add(1)
	ctx, cancel := context.WithCancelCause(q.base)
	q.mu.Lock()
	q.running[r.lease+r.ID] = &attempt{run: r, cancel: cancel}
	q.mu.Unlock()
	q.work.Go(func() {
		limited, end := context.WithTimeout(ctx, k.options.Timeout)
		err := q.guarded(limited, k.handler, r)
		end()
		lost := errors.Is(context.Cause(ctx), ErrLeaseLost)
		release := err != nil && q.base.Err() != nil
		cancel(nil)
		q.mu.Lock()
		delete(q.running, r.lease+r.ID)
		q.mu.Unlock()
		k.busy.Add(-1)
		if lost {
			q.log.Warn("a job's lease was lost while it ran", "kind", r.Kind, "job", r.ID)
			return
		}
		q.ended <- outcome{Run: r, err: err, release: release}
	})
}

// guarded turns a panic into a failure, so that one bad job cannot stop the process.
func (q *Queue) guarded(ctx context.Context, h Handler, r Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// The panic's value may quote personal data; its type and the place do not.
			q.log.Error("panic in a job", "kind", r.Kind, "job", r.ID, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return h(ctx, r)
}

// settleLoop writes how attempts ended, as many as there are in one transaction, until Stop closes the channel.
func (q *Queue) settleLoop() {
	defer close(q.settled)
	for first := range q.ended {
		list := []outcome{first}
	gather:
		for len(list) < cap(q.ended) {
			select {
			case o, ok := <-q.ended:
				if !ok {
					break gather
				}
				list = append(list, o)
			default:
				break gather
			}
		}
		q.record(list)
		q.Wake()
	}
}

// record settles attempts and tries until it succeeds: to forget it would run the jobs twice. It gives up only when the process ends.
func (q *Queue) record(list []outcome) {
	ctx := store.Replayable(context.WithoutCancel(q.base))
	for wait := 10 * time.Millisecond; ; wait = min(wait*4, q.settings.Poll) {
		now := q.clock.Now()
		err := q.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := q.settle(ctx, tx, now, list)
			return err
		})
		if err == nil {
			q.report(list)
			return
		}
		q.log.Error("recording finished jobs failed", "jobs", len(list), "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-q.base.Done():
			timer.Stop()
			return
		}
	}
}

func (q *Queue) report(list []outcome) {
	for _, o := range list {
		switch {
		case o.err == nil:
			q.completed.Add(1)
		case o.release:
		default:
			q.failed.Add(1)
			_, final := o.fate()
			q.log.Warn("a job failed", "kind", o.Kind, "job", o.ID, "attempt", o.Attempt, "reason", Reason(o.err), "discarded", final)
		}
	}
}

// fate tells how long to wait for the next attempt, or that there is none.
func (o outcome) fate() (wait time.Duration, final bool) {
	var coded *codedError
	wait = backoff(o.Attempt, o.ID)
	if errors.As(o.err, &coded) {
		final = coded.final
		if coded.after > 0 {
			wait = coded.after
		}
	}
	return wait, final || o.Attempt >= o.maxAttempts
}

// careLoop renews leases, takes back lost jobs, starts periodic ones and deletes old ones.
func (q *Queue) careLoop() {
	tick := time.NewTicker(q.settings.Poll)
	defer tick.Stop()
	var renewed, rescued, swept time.Time
	due := func(last *time.Time, now time.Time, every time.Duration) bool {
		if now.Sub(*last) < every && !now.Before(*last) {
			return false
		}
		*last = now
		return true
	}
	for {
		now := q.clock.Now()
		var errs []error
		if due(&renewed, now, q.settings.Lease/4) {
			errs = append(errs, q.keepLeases(now))
		}
		errs = append(errs, q.tick(q.base, now))
		if due(&rescued, now, q.settings.Lease/4) {
			n, err := q.rescue(q.base, now)
			if n > 0 {
				q.log.Warn("took back jobs whose worker died", "jobs", n)
				q.Wake()
			}
			errs = append(errs, err)
		}
		if due(&swept, now, time.Minute) {
			_, err := q.sweep(q.base, now)
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil && q.base.Err() == nil {
			q.log.Error("looking after the jobs failed", "error", err)
		}
		select {
		case <-q.stop:
			return
		case <-q.base.Done():
			return
		case <-tick.C:
		}
	}
}

// keepLeases renews what runs and cuts off what is lost.
func (q *Queue) keepLeases(now time.Time) error {
	q.mu.Lock()
	runs := make([]Run, 0, len(q.running))
	for _, a := range q.running {
		runs = append(runs, a.run)
	}
	q.mu.Unlock()
	if len(runs) == 0 {
		return nil
	}
	lost, err := q.renew(q.base, now, runs)
	for _, r := range lost {
		q.mu.Lock()
		if a := q.running[r.lease+r.ID]; a != nil {
			a.cancel(ErrLeaseLost)
		}
		q.mu.Unlock()
	}
	return err
}
