package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxBatch bounds how many changes one group commit takes, so that the first in a batch does not wait long for the last.
const maxBatch = 128

// Background changes wait while people's changes keep the writer busy: they go when nobody has asked for a change for backgroundLull,
// and one goes with the others' every backgroundTurn, so that they are late but never forgotten.
const (
	backgroundLull = 2 * time.Millisecond
	backgroundTurn = 250 * time.Millisecond
	// backgroundBatch bounds how many background changes go in one transaction: nobody's change should wait long for them.
	backgroundBatch = 16
)

// writer is the one goroutine that changes a SQLite database.
type writer struct {
	db      *DB
	conn    *sql.Conn
	lazy    bool // the connection commits without waiting for the disk
	stmts   map[string]*sql.Stmt
	queue   chan *change // people's changes
	behind  chan *change // background changes
	done    chan struct{}
	mu      sync.RWMutex // held for reading while handing in a change, for writing to stop
	stopped bool
}

// change is one caller's transaction.
type change struct {
	ctx   context.Context
	fn    func(context.Context, *Tx) error
	state atomic.Int32 // waiting, begun or given up: decides who wins between the writer and a cancelled caller
	err   error
	tx    *Tx
	done  chan struct{}
}

const (
	waiting int32 = iota
	begun
	givenUp
)

func startWriter(ctx context.Context, db *DB) (*writer, error) {
	w := &writer{db: db, queue: make(chan *change, 1024), behind: make(chan *change, 64), done: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		return nil, fmt.Errorf("opening %s for writing: %w", db.path, err)
	}
	go w.loop()
	return w, nil
}

func (w *writer) connect(ctx context.Context) error {
	conn, err := w.db.write.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	w.conn, w.stmts, w.lazy = conn, map[string]*sql.Stmt{}, false
	return nil
}

// reconnect throws the connection away: after a failed sync or a full disk its page cache is not to be trusted.
func (w *writer) reconnect() {
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
	if w.conn != nil {
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = w.conn.Close()
		w.conn = nil
	}
	if err := w.connect(context.Background()); err != nil {
		w.db.log.Error("the database cannot be opened for writing", "error", err)
	}
}

// do hands a change to the writer and waits until it is durable or has failed.
func (w *writer) do(ctx context.Context, fn func(context.Context, *Tx) error) error {
	c := &change{ctx: ctx, fn: fn, done: make(chan struct{})}
	queue := w.queue
	if isBackground(ctx) {
		queue = w.behind
	}
	w.mu.RLock()
	if w.stopped {
		w.mu.RUnlock()
		return fmt.Errorf("%w: closing", ErrUnavailable)
	}
	select {
	case queue <- c:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return ctx.Err()
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		if c.state.CompareAndSwap(waiting, givenUp) {
			return ctx.Err()
		}
		<-c.done
		return c.err
	}
}

func (w *writer) stop() error {
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		return nil
	}
	w.stopped = true
	close(w.queue)
	close(w.behind)
	w.mu.Unlock()
	<-w.done
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
	if w.conn == nil {
		return nil
	}
	return w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.done)
	turn := time.NewTicker(backgroundTurn)
	defer turn.Stop()
	batch := make([]*change, 0, maxBatch)
	for busy := false; ; {
		c, behind := w.next(busy)
		if c == nil {
			return
		}
		batch = gather(append(batch[:0], c), w.queue, maxBatch)
		if busy = !behind || len(batch) > 1; busy && !behind {
			select {
			case <-turn.C:
				batch = gather(batch, w.behind, len(batch)+1)
			default:
			}
		} else if !busy {
			batch = gather(batch, w.behind, backgroundBatch)
		}
		w.commit(batch)
		for _, c := range batch {
			if c.err == nil && c.tx != nil {
				c.tx.stored()
			}
			close(c.done)
		}
	}
}

// next waits for a change and tells whether it is a background change. It gives nil when the writer has been stopped and has nothing
// left to do. busy is whether the last batch was people's.
func (w *writer) next(busy bool) (c *change, behind bool) {
	if busy {
		lull := time.NewTimer(backgroundLull)
		defer lull.Stop()
		select {
		case c, open := <-w.queue:
			if open {
				return c, false
			}
		case <-lull.C:
		}
	}
	select {
	case c, open := <-w.queue:
		if open {
			return c, false
		}
		return <-w.behind, true // stopped: what is left, then nil
	case c, open := <-w.behind:
		if open {
			return c, true
		}
		return <-w.queue, false
	}
}

// gather adds to a batch what waits in a queue, until there are limit.
func gather(batch []*change, queue <-chan *change, limit int) []*change {
	for len(batch) < limit {
		select {
		case c, open := <-queue:
			if !open {
				return batch
			}
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. Each change has its own fate until the commit; from there they share it.
func (w *writer) commit(batch []*change) {
	if w.conn == nil {
		w.reconnect()
	}
	if w.conn == nil {
		fail(batch, ErrUnavailable)
		return
	}
	tx := &batchTx{w: w}
	if err := w.settle(tx, batch); err != nil {
		w.abort(batch, err)
		return
	}
	if err := tx.exec("BEGIN IMMEDIATE"); err != nil {
		w.abort(batch, fmt.Errorf("beginning a change: %w", err))
		return
	}
	stored := false
	for _, c := range batch {
		if !c.state.CompareAndSwap(waiting, begun) {
			c.err = context.Canceled
			continue
		}
		if c.err = w.runOne(tx, c); tx.spoiled != nil {
			w.abort(batch, tx.spoiled)
			return
		}
		stored = stored || c.err == nil
	}
	if !stored {
		if err := tx.exec("ROLLBACK"); err != nil {
			w.abort(batch, err)
		}
		return
	}
	if err := w.finish(tx); err != nil {
		w.abort(batch, fmt.Errorf("making a change durable: %w", err))
	}
}

// settle makes the commit of a batch wait for the disk, unless it holds nothing but what would be done again.
func (w *writer) settle(tx *batchTx, batch []*change) error {
	lazy := !w.db.unsynced && !slices.ContainsFunc(batch, func(c *change) bool { return !isReplayable(c.ctx) })
	if lazy == w.lazy {
		return nil
	}
	mode := "PRAGMA synchronous = FULL"
	if lazy {
		mode = "PRAGMA synchronous = NORMAL"
	}
	if err := tx.exec(mode); err != nil {
		return fmt.Errorf("%s: %w", mode, err)
	}
	w.lazy = lazy
	return nil
}

func (w *writer) runOne(tx *batchTx, c *change) error {
	if err := tx.exec("SAVEPOINT change"); err != nil {
		return err
	}
	c.tx = tx.public()
	err := guarded(context.WithoutCancel(c.ctx), c.fn, c.tx)
	if tx.spoiled != nil {
		return tx.spoiled
	}
	if err != nil {
		if undo := tx.exec("ROLLBACK TO change"); undo != nil {
			return undo
		}
	}
	if release := tx.exec("RELEASE change"); release != nil {
		return release
	}
	return err
}

func (w *writer) finish(tx *batchTx) error {
	for _, hook := range w.db.onBatch {
		if err := guarded(context.Background(), hook, tx.public()); err != nil {
			return err
		}
	}
	return tx.exec("COMMIT")
}

// abort gives every change of the batch the reason why none of it was stored.
func (w *writer) abort(batch []*change, cause error) {
	if errors.Is(cause, ErrCorrupt) {
		w.db.markCorrupt(cause)
	}
	w.db.log.Error("a group commit failed; nothing of it was stored", "changes", len(batch), "error", cause)
	fail(batch, cause)
	w.reconnect()
}

func fail(batch []*change, cause error) {
	for _, c := range batch {
		c.state.CompareAndSwap(waiting, begun)
		c.err = cause
	}
}

// guarded turns a panic in a change into an error, so that one bad change cannot stop the writer for everybody.
func guarded(ctx context.Context, fn func(context.Context, *Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, tx)
}

// batchTx runs statements on the writer's connection through kept prepared statements. Cancellation does not reach it: an
// interrupted statement would roll back everybody's changes.
type batchTx struct {
	w       *writer
	spoiled error
}

func (b *batchTx) public() *Tx { return &Tx{run: b, note: b.note} }

func (b *batchTx) note(err error) error {
	err = classify(err)
	if b.spoiled == nil && spoils(err) {
		b.spoiled = err
	}
	return err
}

func (b *batchTx) exec(query string) error {
	_, err := b.ExecContext(context.Background(), query)
	return b.note(err)
}

func (b *batchTx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := b.w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := b.w.conn.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	if len(b.w.stmts) < maxStatements {
		b.w.stmts[query] = stmt
	}
	return stmt, nil
}

func (b *batchTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := b.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.WithoutCancel(ctx), args...)
}

func (b *batchTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := b.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(context.WithoutCancel(ctx), args...)
}

func (b *batchTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := b.stmt(ctx, query)
	if err != nil { // let database/sql report the same error in its own row
		return b.w.conn.QueryRowContext(context.WithoutCancel(ctx), query, args...)
	}
	return stmt.QueryRowContext(context.WithoutCancel(ctx), args...)
}

// serialization tells whether PostgreSQL asks for the transaction to be run again.
func serialization(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
