// Package storetest opens throwaway databases for tests: every test of a store runs on SQLite and on PostgreSQL.
package storetest

import (
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/kernel/store"
)

// Each runs fn once on a fresh SQLite file and once in a fresh schema of the PostgreSQL server at $DYGNET_TEST_POSTGRES.
// Without that server the second run is skipped with a plain message, unless $DYGNET_TEST_STRICT is set.
func Each(t *testing.T, rooms []fs.FS, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, rooms...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, rooms...)) })
}

// SQLite opens a fresh SQLite database that goes with the test.
func SQLite(t testing.TB, rooms ...fs.FS) *store.DB {
	t.Helper()
	return open(t, "sqlite://"+filepath.Join(t.TempDir(), "test.db"), rooms)
}

// Postgres opens a fresh schema that goes with the test, or skips it.
func Postgres(t testing.TB, rooms ...fs.FS) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t), rooms)
}

// PostgresURL makes a fresh schema on the test server and gives the URL that opens it, or skips the test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("DYGNET_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("DYGNET_TEST_STRICT") != "" {
			t.Fatal("DYGNET_TEST_POSTGRES is not set, and DYGNET_TEST_STRICT demands it")
		}
		t.Skip("no PostgreSQL: set DYGNET_TEST_POSTGRES, or run the tests with `make test`")
	}
	schema := "t" + strings.ReplaceAll(store.NewID(), "-", "")
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("opening %s: %v", server, err)
	}
	if _, err := admin.Exec(`CREATE SCHEMA ` + schema); err != nil {
		t.Fatalf("creating a schema: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(`DROP SCHEMA ` + schema + ` CASCADE`); err != nil {
			t.Errorf("dropping the schema: %v", err)
		}
		_ = admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("DYGNET_TEST_POSTGRES: %v", err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t testing.TB, address string, rooms []fs.FS) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: address, Migrations: rooms, Log: slog.New(slog.DiscardHandler), Readers: 8})
	if err != nil {
		t.Fatalf("opening the database: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
