package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Queryer is what a read needs; both *DB (latest committed state, one statement at a time) and *Tx are one.
type Queryer interface {
	// Query runs a reading statement. The caller closes the rows and checks Rows.Err.
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	// QueryRow runs a statement that gives one row; Scan gives ErrNotFound if there is none.
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// Rows are the rows of a query, with errors classified.
type Rows struct {
	*sql.Rows
	note func(error) error
}

// Err is the error that ended the rows, if any.
func (r *Rows) Err() error { return r.note(r.Rows.Err()) }

// Row is one row, or the reason why there is none.
type Row struct {
	row  *sql.Row
	err  error
	note func(error) error
}

// Scan copies the columns. It gives ErrNotFound if no row answered.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.note(r.err)
	}
	return r.note(r.row.Scan(dest...))
}

// Query runs a reading statement on the latest committed state.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	db.asked.Add(1)
	if db.corrupt.Load() {
		return nil, ErrCorrupt
	}
	var rows *sql.Rows
	stmt, err := db.prepared(ctx, query)
	switch {
	case err != nil:
	case stmt != nil:
		rows, err = stmt.QueryContext(ctx, args...) //nolint:sqlclosecheck,rowserrcheck // handed to the caller
	default:
		rows, err = db.read.QueryContext(ctx, query, args...) //nolint:sqlclosecheck,rowserrcheck // handed to the caller
	}
	if err != nil {
		return nil, db.noteRead(err)
	}
	return &Rows{Rows: rows, note: db.noteRead}, nil
}

// QueryRow runs a statement that gives one row on the latest committed state.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	db.asked.Add(1)
	if db.corrupt.Load() {
		return &Row{err: ErrCorrupt, note: db.noteRead}
	}
	stmt, err := db.prepared(ctx, query)
	if err != nil {
		return &Row{err: err, note: db.noteRead}
	}
	if stmt != nil {
		return &Row{row: stmt.QueryRowContext(ctx, args...), note: db.noteRead}
	}
	return &Row{row: db.read.QueryRowContext(ctx, query, args...), note: db.noteRead}
}

// prepared gives the kept statement on SQLite; pgx keeps its own per connection.
func (db *DB) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if db.engine == Postgres {
		return nil, nil
	}
	return db.stmts.get(ctx, query)
}

// noteRead classifies a read's error, and remembers a damaged file so that nothing more is served from it.
func (db *DB) noteRead(err error) error {
	err = classify(err)
	if errors.Is(err, ErrCorrupt) {
		db.markCorrupt(err)
	}
	return err
}

// Distrust stops answering from the database: somebody has found that its file is damaged.
func (db *DB) Distrust(cause error) { db.markCorrupt(cause) }

func (db *DB) markCorrupt(cause error) {
	if db.corrupt.CompareAndSwap(false, true) {
		db.log.Error("the database is damaged: nothing more is served from it; restore a backup", "error", cause)
	}
}

// View runs fn on one unchanging snapshot of the database.
func (db *DB) View(ctx context.Context, fn func(context.Context, Queryer) error) error {
	if db.corrupt.Load() {
		return ErrCorrupt
	}
	options := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.read.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("beginning to read: %w", db.noteRead(err))
	}
	defer func() { _ = tx.Rollback() }()
	return fn(ctx, &Tx{run: tx, note: db.noteRead, asked: &db.asked})
}

// All runs a query and gives what scan makes of each row.
func All[T any](ctx context.Context, q Queryer, scan func(*Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
