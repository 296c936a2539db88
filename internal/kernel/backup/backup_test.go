package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"dygnet/internal/kernel/backup"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{journal.Migrations}

func installation(t *testing.T) (backup.Source, *journal.Log) {
	t.Helper()
	db := storetest.SQLite(t, rooms...)
	log, clock := journaltest.Open(t, db)
	for i := range 20 {
		if _, err := log.Note(t.Context(), journal.Entry{Action: "case.noted", Object: journal.Ref{Kind: "case", ID: fmt.Sprint(i)}, Payload: i}); err != nil {
			t.Fatal(err)
		}
	}
	docs := t.TempDir()
	for _, name := range []string{"ab/abcd", "cd/cdef"} {
		if err := os.MkdirAll(filepath.Join(docs, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(docs, name), []byte("ciphertext of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return backup.Source{DB: db, URL: "sqlite://" + db.Path(), Documents: docs, Journal: log, Clock: clock}, log
}

func TestP_T_BackupUnderWritingRestoresWhole(t *testing.T) {
	from, log := installation(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			if _, err := log.Note(t.Context(), journal.Entry{Action: "case.noted", Object: journal.Ref{Kind: "case", ID: "x"}}); err == nil {
				n++
			}
		}
		done <- n
	}()
	dir := filepath.Join(t.TempDir(), "backup")
	m, err := backup.Make(t.Context(), from, dir)
	stop()
	if wrote := <-done; err != nil || wrote == 0 {
		t.Fatalf("%d entries written meanwhile, %v", wrote, err)
	}
	if len(m.Files) != 3 {
		t.Errorf("files %v", m.Files)
	}
	to := backup.Target{URL: "sqlite://" + filepath.Join(t.TempDir(), "new.db"), Documents: filepath.Join(t.TempDir(), "docs")}
	if _, err := backup.Restore(t.Context(), dir, to); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{URL: to.URL, Migrations: rooms, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	report, err := journal.Verify(t.Context(), db, log.Key().Public())
	if err != nil || !report.Sound() || report.Entries < 20 {
		t.Fatalf("%+v %v", report, err)
	}
	if _, err := backup.Restore(t.Context(), dir, to); err == nil {
		t.Error("a restore wrote over an installation")
	}
}

func TestDamagedBackupIsRefused(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"a document is changed": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "documents/ab/abcd"), []byte("x"), 0o600)
		},
		"a document is missing": func(dir string) error { return os.Remove(filepath.Join(dir, "documents/cd/cdef")) },
		"a file is added":       func(dir string) error { return os.WriteFile(filepath.Join(dir, "documents/evil"), nil, 0o600) },
		"the database is cut":   func(dir string) error { return os.Truncate(filepath.Join(dir, "dygnet.db"), 4096) },
		"the manifest is bad":   func(dir string) error { return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{}"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			from, _ := installation(t)
			dir := filepath.Join(t.TempDir(), "backup")
			if _, err := backup.Make(t.Context(), from, dir); err != nil {
				t.Fatal(err)
			}
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			to := backup.Target{URL: "sqlite://" + filepath.Join(t.TempDir(), "new.db"), Documents: filepath.Join(t.TempDir(), "docs")}
			if _, err := backup.Restore(t.Context(), dir, to); !errors.Is(err, backup.ErrDamaged) {
				t.Fatalf("got %v", err)
			}
			if _, err := os.Stat(filepath.Dir(to.URL[len("sqlite://"):]) + "/new.db"); err == nil {
				t.Error("something was restored")
			}
		})
	}
}
