package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Purge writes the database anew, so that its files hold nothing of what was deleted: neither free pages nor the log that changes go
// through (WAL). Changes wait meanwhile, about half a minute for each gigabyte, and as much room as the database takes is needed once more:
// call it at night. PostgreSQL's own archive of changes (WAL archiving) is the operator's.
func (db *DB) Purge(ctx context.Context) error {
	if db.engine == Postgres {
		return db.purgePostgres(ctx)
	}
	conn, err := sql.Open("sqlite", "file:"+(&url.URL{Path: db.path}).EscapedPath()+"?_pragma=busy_timeout(60000)")
	if err != nil {
		return fmt.Errorf("clearing the database file: %w", classify(err))
	}
	defer func() { _ = conn.Close() }()
	conn.SetMaxOpenConns(1)
	if _, err := conn.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("clearing the database file: %w", classify(err))
	}
	for tries := 0; ; tries++ { // somebody may be reading what was before
		var busy, frames, done int
		if err := conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &done); err != nil {
			return fmt.Errorf("clearing the database's log: %w", classify(err))
		}
		switch {
		case busy == 0:
			return nil
		case tries == 20:
			return errors.New("clearing the database's log: somebody reads from it all the time; it is cleared at the next attempt")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (db *DB) purgePostgres(ctx context.Context) error {
	tables, err := All(ctx, db, func(r *Rows) (string, error) { var name string; return name, r.Scan(&name) },
		`SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
	if err != nil {
		return fmt.Errorf("clearing the tables: %w", err)
	}
	for _, name := range tables {
		if _, err := db.write.ExecContext(ctx, `VACUUM (FULL) `+name); err != nil {
			return fmt.Errorf("clearing table %s: %w", name, classify(err))
		}
	}
	return nil
}
