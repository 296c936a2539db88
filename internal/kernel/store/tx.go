package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
)

// runner is what *sql.Tx, *sql.Conn and the SQLite writer's connection have in common.
type sqlRunner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is a transaction under way. It belongs to the function it was handed to and ends with it.
type Tx struct {
	run   sqlRunner
	note  func(error) error
	asked *atomic.Uint64 // counts the statements of a snapshot; nil in a change
	after []func()
}

// After runs fn once the transaction is stored, and not at all if it is not. fn must be quick and must not write: the next change waits
// for it.
func (tx *Tx) After(fn func()) { tx.after = append(tx.after, fn) }

func (tx *Tx) stored() {
	for _, fn := range tx.after {
		fn()
	}
}

func (tx *Tx) count() {
	if tx.asked != nil {
		tx.asked.Add(1)
	}
}

// Exec runs a changing statement and gives the number of rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.run.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.note(err)
	}
	n, err := result.RowsAffected()
	return n, tx.note(err)
}

// ExecOne runs a statement that must change exactly one row. It gives ErrConflict if it changed none: the row has a newer
// version, or is gone.
func (tx *Tx) ExecOne(ctx context.Context, query string, args ...any) error {
	n, err := tx.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("%w: %d rows changed, 1 expected", ErrConflict, n)
	}
	return nil
}

// Query runs a statement that gives rows, inside the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	tx.count()
	rows, err := tx.run.QueryContext(ctx, query, args...) //nolint:sqlclosecheck,rowserrcheck // handed to the caller
	if err != nil {
		return nil, tx.note(err)
	}
	return &Rows{Rows: rows, note: tx.note}, nil
}

// QueryRow runs a statement that gives one row, inside the transaction.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	tx.count()
	return &Row{row: tx.run.QueryRowContext(ctx, query, args...), note: tx.note}
}

type backgroundKey struct{}

// Background marks the writes made with ctx as ones that nobody waits for: indexing, letters, upkeep. On SQLite they give way to the
// others and wait while the writer is busy, though they get a turn now and then; on PostgreSQL writers do not wait for each other.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func isBackground(ctx context.Context) bool { return ctx.Value(backgroundKey{}) != nil }

type replayableKey struct{}

// Replayable marks the writes made with ctx as background writes that will be made again should they be lost: how far a reader of the
// journal has come together with what it wrote, what became of a job that may run twice. They do not wait for the disk and become durable
// with the next write that does, at the latest; they are never lost while a later one is kept. Never for what somebody is told is done.
func Replayable(ctx context.Context) context.Context {
	return context.WithValue(Background(ctx), replayableKey{}, true)
}

func isReplayable(ctx context.Context) bool { return ctx.Value(replayableKey{}) != nil }

// Write runs fn in one durable transaction: when Write returns nil, the change survives a crash. When it returns an error,
// nothing of the change was stored, except that a PostgreSQL connection lost during the commit leaves it unknown (ErrUnavailable):
// commands carry an idempotency key so that trying again is safe.
//
// fn must be quick and do no other I/O: on SQLite everybody else's change waits for it. It may run again if PostgreSQL
// reports a serialization failure or deadlock. The context's cancellation is heeded until fn begins, not in the middle of it.
func (db *DB) Write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	if db.corrupt.Load() {
		return ErrCorrupt
	}
	if db.writer != nil {
		return db.writer.do(ctx, fn)
	}
	var err error
	for range 3 {
		err = db.writePostgres(ctx, fn)
		if !errors.Is(err, errRetry) {
			return err
		}
	}
	return err
}

var errRetry = errors.New("transaction may be tried again")

func (db *DB) writePostgres(ctx context.Context, fn func(context.Context, *Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a change: %w", classify(err))
	}
	defer func() { _ = tx.Rollback() }()
	var retry bool
	note := func(err error) error {
		retry = retry || serialization(err)
		return classify(err)
	}
	change := &Tx{run: tx, note: note}
	if isReplayable(ctx) {
		_, err = tx.ExecContext(ctx, `SET LOCAL synchronous_commit = off`)
		err = note(err)
	}
	if err == nil {
		err = guarded(ctx, fn, change)
	}
	if err == nil {
		err = note(tx.Commit())
	}
	if err == nil {
		change.stored()
	}
	if err != nil && retry {
		return fmt.Errorf("%w: %w", errRetry, err)
	}
	return err
}
