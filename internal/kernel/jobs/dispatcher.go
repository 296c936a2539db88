package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Subscriber handles journal entries, in order and without gaps. What it writes and how far it has read are one transaction, so
// each entry is handled exactly once even if the process dies. The rules of store.DB.Write hold: quick, and no other I/O (put a job
// in the queue for that). Payloads that have been erased are nil.
type Subscriber func(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error

// Journal is what the dispatcher reads; *journal.Log is one.
type Journal interface {
	// Since gives entries after seq in order, at most limit.
	Since(ctx context.Context, seq int64, limit int) ([]journal.Recorded, error)
	// Last gives the place of the newest entry, -1 if there is none.
	Last(ctx context.Context) (int64, error)
	// Changed receives after new entries exist.
	Changed() <-chan struct{}
}

const (
	maxBatch = 500
	minBatch = 16
	// politeAim is how long a batch should hold SQLite's only writer, unless Alone says otherwise.
	politeAim = 10 * time.Millisecond
)

// Dispatcher feeds journal entries to subscribers, once in the cluster, and to listeners, on every node.
type Dispatcher struct {
	db        *store.DB
	journal   Journal
	clock     calendar.Clock
	log       *slog.Logger
	poll      time.Duration
	aim       time.Duration
	subs      []*subscription
	mu        sync.Mutex // guards listeners
	listeners map[int]func([]journal.Recorded)
	next      int
	newest    atomic.Int64
	cancel    context.CancelFunc
	loops     sync.WaitGroup
}

type subscription struct {
	name  string
	fn    Subscriber
	wake  chan struct{}
	batch int

	mu       sync.Mutex // guards what Stats reads
	position int64
	failures int
	reason   string
}

// NewDispatcher makes a dispatcher of a journal.
func NewDispatcher(db *store.DB, j Journal, clock calendar.Clock, log *slog.Logger) *Dispatcher {
	d := &Dispatcher{db: db, journal: j, clock: clock, log: log, poll: time.Second, aim: politeAim, listeners: map[int]func([]journal.Recorded){}}
	d.newest.Store(-1)
	return d
}

// Subscribe registers a subscriber under a name that must never change: its place in the journal is kept under it. A new subscriber
// begins with the first entry of the journal. Call it before Start.
func (d *Dispatcher) Subscribe(name string, fn Subscriber) {
	if slices.ContainsFunc(d.subs, func(s *subscription) bool { return s.name == name }) {
		panic("jobs: subscriber " + name + " is registered twice")
	}
	d.subs = append(d.subs, &subscription{name: name, fn: fn, wake: make(chan struct{}, 1), batch: minBatch, position: -1})
}

// Alone lets batches hold the writer for up to a second, since nobody else waits for it: for filling a new database. Call it before Start.
func (d *Dispatcher) Alone() { d.aim = time.Second }

// Listen calls fn with the entries written from now on, on every node, until stop is called. Nothing is kept: what happens while
// the process is away is not told. fn must be quick and must not keep the slice.
func (d *Dispatcher) Listen(fn func([]journal.Recorded)) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.next
	d.next++
	d.listeners[id] = fn
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.listeners, id)
	}
}

// Start begins to read the journal.
func (d *Dispatcher) Start(ctx context.Context) error {
	last, err := d.journal.Last(ctx)
	if err != nil {
		return fmt.Errorf("starting to follow the journal: %w", err)
	}
	d.newest.Store(last)
	for _, s := range d.subs {
		if err := d.enrol(ctx, s); err != nil {
			return err
		}
	}
	ctx, d.cancel = context.WithCancel(store.Background(ctx))
	changed := d.journal.Changed()
	for _, s := range d.subs {
		d.loops.Go(func() { d.feed(ctx, s) })
	}
	d.loops.Go(func() { d.follow(ctx, changed) })
	return nil
}

// Stop waits for the batches under way and stops.
func (d *Dispatcher) Stop() {
	if d.cancel != nil {
		d.cancel()
	}
	d.loops.Wait()
}

func (d *Dispatcher) enrol(ctx context.Context, s *subscription) error {
	err := d.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO job_cursor (name, position) VALUES ($1, -1) ON CONFLICT (name) DO NOTHING`, s.name)
		return err
	})
	if err != nil {
		return fmt.Errorf("enrolling subscriber %s: %w", s.name, err)
	}
	return nil
}

// follow tells listeners of new entries and wakes the subscribers.
func (d *Dispatcher) follow(ctx context.Context, changed <-chan struct{}) {
	tick := time.NewTicker(d.poll)
	defer tick.Stop()
	for {
		batch, err := d.journal.Since(ctx, d.newest.Load(), maxBatch)
		if err != nil && ctx.Err() == nil {
			d.log.Error("reading the journal failed", "error", err)
		}
		if len(batch) > 0 {
			d.newest.Store(batch[len(batch)-1].Seq)
			for _, s := range d.subs {
				select {
				case s.wake <- struct{}{}:
				default:
				}
			}
			d.tell(batch)
			if len(batch) == maxBatch {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

func (d *Dispatcher) tell(batch []journal.Recorded) {
	d.mu.Lock()
	list := make([]func([]journal.Recorded), 0, len(d.listeners))
	for _, fn := range d.listeners {
		list = append(list, fn)
	}
	d.mu.Unlock()
	for _, fn := range list {
		func() {
			defer func() {
				if p := recover(); p != nil {
					d.log.Error("panic in a journal listener", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				}
			}()
			fn(batch)
		}()
	}
}

// feed runs one subscriber for as long as the dispatcher runs.
func (d *Dispatcher) feed(ctx context.Context, s *subscription) {
	for ctx.Err() == nil {
		moved, err := d.step(ctx, s)
		wait := d.poll
		switch {
		case err != nil && ctx.Err() == nil:
			wait = min(d.poll<<min(s.failed(err)-1, 8), 5*time.Minute)
			d.log.Error("a journal subscriber failed and will be tried again", "subscriber", s.name, "reason", Reason(err), "wait", wait)
		case moved > 0:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.wakeUnless(err):
		}
		timer.Stop()
	}
}

// wakeUnless is the signal of new entries, or none while a failure is waited out.
func (s *subscription) wakeUnless(err error) <-chan struct{} {
	if err != nil {
		return nil
	}
	return s.wake
}

// failed counts a failure. The next try takes one entry, so that everything before the one that cannot be handled gets through.
func (s *subscription) failed(err error) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
	s.reason = Reason(err)
	s.batch = 1
	return s.failures
}

// errElsewhere means that another node is at this subscriber's entries.
var errElsewhere = errors.New("another node handles this subscriber")

// step handles one batch and gives the number of entries in it; 0 if there was none or another node has it.
func (d *Dispatcher) step(ctx context.Context, s *subscription) (int, error) {
	var position int64
	if err := d.db.QueryRow(ctx, `SELECT position FROM job_cursor WHERE name = $1`, s.name).Scan(&position); err != nil {
		return 0, fmt.Errorf("reading the place of subscriber %s: %w", s.name, err)
	}
	s.at(position)
	batch, err := d.journal.Since(ctx, position, s.batch)
	if err != nil || len(batch) == 0 {
		return 0, err
	}
	lock := ""
	if d.db.Engine() == store.Postgres {
		lock = ` FOR UPDATE SKIP LOCKED`
	}
	last := batch[len(batch)-1].Seq
	var took time.Duration
	err = d.db.Write(store.Replayable(ctx), func(ctx context.Context, tx *store.Tx) error {
		var now int64
		err := tx.QueryRow(ctx, `SELECT position FROM job_cursor WHERE name = $1`+lock, s.name).Scan(&now)
		if errors.Is(err, store.ErrNotFound) || err == nil && now != position {
			return errElsewhere
		}
		if err != nil {
			return err
		}
		begin := d.clock.Now()
		if err := s.fn(ctx, tx, batch); err != nil {
			return err
		}
		took = d.clock.Now().Sub(begin)
		return tx.ExecOne(ctx, `UPDATE job_cursor SET position = $1 WHERE name = $2`, last, s.name)
	})
	if errors.Is(err, errElsewhere) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("subscriber %s: %w", s.name, err)
	}
	s.handled(last, took, d.aim)
	return len(batch), nil
}

func (s *subscription) at(position int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.position = position
}

// handled notes a success and fits the batch to how long it held the writer.
func (s *subscription) handled(last int64, took, aim time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.position, s.failures, s.reason = last, 0, ""
	switch {
	case took > aim:
		s.batch = max(s.batch/2, min(s.batch, minBatch))
	case took < aim/2:
		s.batch = min(s.batch*2, maxBatch)
	}
}

// SubscriberStats tell how a subscriber is doing.
type SubscriberStats struct {
	Name string
	// Lag is the number of entries it has not handled.
	Lag int64
	// Failures counts the tries since it last succeeded, and Reason says in a code why.
	Failures int
	Reason   string
}

// Stats tells how the subscribers are doing, as this node last saw them.
func (d *Dispatcher) Stats() []SubscriberStats {
	out := make([]SubscriberStats, len(d.subs))
	for i, s := range d.subs {
		s.mu.Lock()
		out[i] = SubscriberStats{Name: s.name, Lag: max(0, d.newest.Load()-s.position), Failures: s.failures, Reason: s.reason}
		s.mu.Unlock()
	}
	return out
}
