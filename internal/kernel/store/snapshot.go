package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
)

// ErrNoTool means that PostgreSQL's own programs are not on this machine.
var ErrNoTool = errors.New("pg_dump and pg_restore are needed for this and were not found; install PostgreSQL's client programs")

// Snapshot writes a consistent copy of a SQLite database to file while others go on writing, and makes it durable. PostgreSQL is
// copied with DumpPostgres. The file must not exist.
func (db *DB) Snapshot(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("copying the database: %s is there already", file)
	}
	if db.engine == Postgres {
		return errors.New("copying the database: PostgreSQL is copied with DumpPostgres")
	}
	conn, err := sql.Open("sqlite", "file:"+(&url.URL{Path: db.path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return fmt.Errorf("copying the database: %w", classify(err))
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `VACUUM INTO $1`, file); err != nil {
		_ = os.Remove(file)
		return fmt.Errorf("copying the database: %w", classify(err))
	}
	return syncFile(file)
}

// DumpPostgres writes an archive of the database at address with pg_dump, which takes one consistent snapshot.
func DumpPostgres(ctx context.Context, address, file string) error {
	return postgresTool(ctx, "pg_dump", "--format=custom", "--no-owner", "--file="+file, "--dbname="+address)
}

// RestorePostgres loads an archive that DumpPostgres wrote into the empty database at address.
func RestorePostgres(ctx context.Context, address, file string) error {
	return postgresTool(ctx, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname="+address, file)
}

func postgresTool(ctx context.Context, tool string, args ...string) error {
	path, err := exec.LookPath(tool)
	if err != nil {
		return ErrNoTool
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput() //nolint:gosec // the operator's own address and file
	if err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, out)
	}
	return nil
}

func syncFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0) //nolint:gosec // written a moment ago
	if err != nil {
		return fmt.Errorf("making the copy durable: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
