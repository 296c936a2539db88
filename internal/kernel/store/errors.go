package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that a caller decides on. All of them are found with errors.Is.
var (
	// ErrNotFound means that no row answered the question.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that another change got there first: a unique key is taken or a row has a newer version.
	ErrConflict = errors.New("conflict with another change")
	// ErrRefused means that a constraint or trigger of the schema refused the change.
	ErrRefused = errors.New("refused by the schema")
	// ErrFull means that the disk is full. Nothing of the change was stored; it works again when there is room.
	ErrFull = errors.New("disk full")
	// ErrUnavailable means that the database could not be reached or could not make the change durable. It may be tried again.
	ErrUnavailable = errors.New("database unavailable")
	// ErrCorrupt means that the database file is damaged. Nothing more is read from it: restore a backup.
	ErrCorrupt = errors.New("database corrupt")
	// ErrNewerSchema means that a newer version of the program has changed the schema: this one must not touch it.
	ErrNewerSchema = errors.New("the database was changed by a newer version of dygnet")
)

// classify wraps err in the sentinel a caller decides on, keeping the cause for the log.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

// closed is what database/sql says once the database is closed; it exports no error for it. Requests under way at the end see it.
const closed = "sql: database is closed"

func kindOf(err error) error {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case errors.As(err, &lite):
		return sqliteKind(lite.Code())
	case errors.As(err, &pg):
		return postgresKind(pg.Code)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	case err.Error() == closed:
		return ErrUnavailable
	case errors.As(err, &connect), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.As(err, &network),
		errors.Is(err, pgconn.ErrConnClosed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), // the server went away in the middle
		pgconn.SafeToRetry(err):
		return ErrUnavailable
	}
	return nil
}

func sqliteKind(code int) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return ErrConflict
	}
	switch code & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		return ErrRefused
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrCorrupt
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return ErrUnavailable
	}
	return nil
}

// postgresKind maps SQLSTATE classes (PostgreSQL documentation, appendix A).
func postgresKind(code string) error {
	switch code {
	case "23505":
		return ErrConflict
	case "53100":
		return ErrFull
	case "25006": // read-only transaction: a standby answered
		return ErrUnavailable
	case "XX001", "XX002":
		return ErrCorrupt
	case "40001", "40P01":
		return ErrConflict
	}
	switch code[:2] {
	case "23", "P0":
		return ErrRefused
	case "08", "53", "57", "58":
		return ErrUnavailable
	}
	return nil
}

// spoils tells whether SQLite may have rolled back the whole transaction when it gave this error, so that the other changes of
// the same group commit are gone as well (sqlite.org/lang_transaction.html, "Response to errors within a transaction").
func spoils(err error) bool {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}
