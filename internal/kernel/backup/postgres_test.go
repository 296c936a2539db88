package backup_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/kernel/backup"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
)

// database makes a database of its own on the test server, since pg_dump copies a whole one, and gives its URL.
func database(t *testing.T) string {
	t.Helper()
	server := os.Getenv("DYGNET_TEST_POSTGRES")
	if server == "" {
		t.Skip("no PostgreSQL: set DYGNET_TEST_POSTGRES, or run the tests with `make test`")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "b" + strings.ReplaceAll(store.NewID(), "-", "")
	if _, err := admin.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`)
		if err := errors.Join(err, admin.Close()); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func TestP_T_PostgresBackupRestoresWhole(t *testing.T) {
	from, to := database(t), database(t)
	db, err := store.Open(t.Context(), store.Options{URL: from, Migrations: rooms, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	log, clock := journaltest.Open(t, db)
	for range 5 {
		if _, err := log.Note(t.Context(), journal.Entry{Action: "case.noted", Object: journal.Ref{Kind: "case", ID: "1"}, Payload: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "backup")
	_, err = backup.Make(t.Context(), backup.Source{DB: db, URL: from, Journal: log, Clock: clock}, dir)
	if errors.Is(err, store.ErrNoTool) && os.Getenv("DYGNET_TEST_STRICT") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), dir, backup.Target{URL: to}); err != nil {
		t.Fatal(err)
	}
	copied, err := store.Open(t.Context(), store.Options{URL: to, Log: slog.New(slog.DiscardHandler), AsIs: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = copied.Close() }()
	report, err := journal.Verify(t.Context(), copied, log.Key().Public())
	if err != nil || !report.Sound() || report.Entries != 5 {
		t.Fatalf("%+v %v", report, err)
	}
}
