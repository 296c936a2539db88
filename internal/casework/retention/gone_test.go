package retention_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/backup"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// mark is a word that stands in every field of the case that goes, and nowhere else.
const mark = "Zqxjkvmark"

// marked is a case with the mark in everything that is kept of it; document is one of its documents.
func (w *town) marked(t testing.TB) (id, document string) {
	t.Helper()
	ctx := t.Context()
	answers := casestest.Broken()
	answers["what"], answers["where.address"], answers["who.name"], answers["who.email"] = []string{mark + " fråga"}, []string{mark + "gatan 1"}, []string{mark + " Namn"}, []string{mark + "@example.se"}
	a := w.HandIn(t, answers, func(s *cases.Submission) { s.Person = w.IDs["inv"] })
	id = a.CaseID
	put := func(name string) cases.Document {
		doc, err := w.vault.Put(ctx, strings.NewReader(mark+" i en fil "+name), documents.Meta{Name: mark + name, Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.AnyType}, Original: true}})
		if err != nil {
			t.Fatal(err)
		}
		return cases.Document{Document: doc.ID, Name: doc.Name, Mime: doc.MIME, Size: doc.Size, SHA256: doc.SHA256}
	}
	in := put("in.txt")
	do := func(what string, err error) {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	on := cases.On{Case: id}
	_, err := w.Reply(ctx, cases.Citizen{Person: w.IDs["inv"]}, id, mark+" skriver medborgaren", []cases.Document{in})
	do("reply", err)
	_, err = w.Claim(ctx, w.As("anna"), on)
	do("claim", err)
	_, err = w.Message(ctx, w.As("anna"), on, mark+" svarar handläggaren", []cases.Document{put("ut.txt")})
	do("message", err)
	_, err = w.Note(ctx, w.As("anna"), on, mark+" antecknar", nil)
	do("note", err)
	_, err = w.Mark(ctx, w.As("anna"), on, cases.Marked, "OSL 21:1", mark+" hemligt")
	do("mark", err)
	do("hold", w.Hold(ctx, w.As("reg"), on, "audit", mark+" granskas"))
	do("lift", w.Lift(ctx, w.As("reg"), on, mark+" granskad"))
	_, err = w.World.Decide(ctx, w.As("anna"), on, cases.Ruling{Key: "lagad", Text: mark + " beslutas", To: "avslutad"})
	do("decide", err)
	w.catchUp(t)
	do("the rooms", w.World.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := store.Micros(w.Clock.Now())
		_, e1 := tx.Exec(ctx, `INSERT INTO email_outbox (id, case_id, to_address, subject, body_text, body_html, lang, state, attempts, reason, created_at, finished_at)
			VALUES ($1, $2, $3, $3, $3, $3, 'sv', 'queued', 0, '', $4, 0)`, store.NewID(), id, mark+" brev", now)
		_, e2 := tx.Exec(ctx, `INSERT INTO job (id, kind, args, state, attempt, max_attempts, scheduled_at, created_at) VALUES ($1, 'x', $2, 'available', 0, 1, $3, $3)`,
			store.NewID(), fmt.Sprintf(`{"case":%q,"mark":%q}`, id, mark), now)
		draft := store.NewID()
		_, e3 := tx.Exec(ctx, `INSERT INTO draft (id, token, submission, type_id, type_version, answers, files, person, sent_as, version, created_at, changed_at, expires_at)
			VALUES ($1, 'x', $2, 'lampa', 1, $3, '[]', '', $4, 1, 0, 0, 0)`, draft, store.NewID(), mark, id)
		_, e4 := tx.Exec(ctx, `INSERT INTO draft_signature (draft, n, id, party, role, name, number, masked, email, token, state, invited_at, reminded_at, signed_at, person, level, digest, reason)
			VALUES ($1, 1, $2, 'p', 'r', $3, '', '', $3, '', 'signed', 0, 0, 0, '', '', '', $3)`, draft, store.NewID(), mark)
		_, e5 := tx.Exec(ctx, `INSERT INTO feedback_given (case_id) VALUES ($1)`, id)
		_, e6 := tx.Exec(ctx, `INSERT INTO inbox_mark (person, case_id, n, at) VALUES ($1, $2, 1, 1)`, w.IDs["inv"], id)
		return errors.Join(e1, e2, e3, e4, e5, e6)
	}))
	return id, in.Document
}

// has tells which files below a folder hold the mark, in any case.
func has(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(mark))) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rowsWithMark are the tables of a database in which the mark stands, whatever the engine.
func rowsWithMark(t testing.TB, db *store.DB) []string {
	t.Helper()
	tables := `SELECT name FROM sqlite_schema WHERE type = 'table'`
	if db.Engine() == store.Postgres {
		tables = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	list, err := store.All(t.Context(), db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) }, tables)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, table := range list {
		rows, err := db.Query(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			continue // an index of words cannot be read as rows
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, dest := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				dest[i] = &values[i]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				if strings.Contains(strings.ToLower(fmt.Sprint(v)), strings.ToLower(mark)) {
					out = append(out, table)
				}
			}
		}
		_ = rows.Close()
	}
	return out
}

func TestP_K_AfterGallringNothingIsLeftInAnyTable(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		id, document := w.marked(t)
		if len(rowsWithMark(t, w.World.DB)) < 10 {
			t.Fatal("the mark was never stored")
		}
		w.later(t)
		d := w.ordered(t)
		if err := w.Carry(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		w.catchUp(t)
		if left := rowsWithMark(t, w.World.DB); len(left) > 0 {
			t.Errorf("the mark stands in %v", left)
		}
		for _, table := range []string{"case_party", "case_event", "case_document", "case_decision", "retention", "retention_hold", "email_outbox", "draft", "draft_signature", "feedback_given", "inbox_mark", "document_key", "search_document"} {
			var n int
			if err := w.World.DB.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows are left in %s, %v", n, table, err)
			}
		}
		if _, _, err := w.vault.Open(t.Context(), document); !errors.Is(err, documents.ErrShredded) {
			t.Errorf("a document can be read: %v", err)
		}
		if hits, err := w.World.Index.Find(t.Context(), w.World.DB, search.Request{Text: mark, Limit: 10}); err != nil || len(hits.Hits) != 0 {
			t.Errorf("search finds %d, %v", len(hits.Hits), err)
		}
		if _, err := w.View(t.Context(), w.As("chef"), id); !errors.Is(err, cases.ErrDestroyed) {
			t.Errorf("its page: %v", err)
		}
		w.sound(t)
	})
}

// On SQLite not a byte of the case is in the database's files, nor in what is restored from a backup that was made before it went.
func TestP_K_NeitherTheFilesNorARestoredBackupHoldWhatWasDestroyed(t *testing.T) {
	dir := t.TempDir()
	key := masterKey(t)
	ledger := retention.Ledger(filepath.Join(t.TempDir(), "destroyed.jsonl"))
	db := openAt(t, filepath.Join(dir, "dygnet.db"))
	w := build(t, db, filepath.Join(dir, "documents"), key, ledger)
	_, document := w.marked(t)
	other := w.closed(t)
	w.catchUp(t)
	before := filepath.Join(t.TempDir(), "before")
	make := func(to string) {
		if _, err := backup.Make(t.Context(), backup.Source{DB: db, URL: "sqlite://" + db.Path(), Documents: w.files, Journal: w.World.Log, Clock: w.Clock}, to); err != nil {
			t.Fatal(err)
		}
	}
	make(before)
	if len(has(t, dir)) == 0 || len(has(t, before)) == 0 {
		t.Fatal("the mark is in no file to begin with")
	}
	if err := w.Hold(t.Context(), w.As("reg"), cases.On{Case: other.CaseID}, "research", "Urvalet"); err != nil {
		t.Fatal(err)
	}
	w.later(t)
	d := w.ordered(t)
	if err := w.Carry(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	w.catchUp(t)
	if left := has(t, dir); len(left) > 0 {
		t.Errorf("after gallring the mark is in %v", left)
	}
	after := filepath.Join(t.TempDir(), "after")
	make(after)
	if left := has(t, after); len(left) > 0 {
		t.Errorf("a backup from afterwards holds the mark in %v", left)
	}

	place := t.TempDir()
	if _, err := backup.Restore(t.Context(), before, backup.Target{URL: "sqlite://" + filepath.Join(place, "dygnet.db"), Documents: filepath.Join(place, "documents")}); err != nil {
		t.Fatal(err)
	}
	if len(has(t, place)) == 0 {
		t.Fatal("the backup from before does not hold the mark")
	}
	old := openAt(t, filepath.Join(place, "dygnet.db"))
	r := build(t, old, filepath.Join(place, "documents"), key, ledger)
	if n, err := r.Reconcile(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d cases went again, %v", n, err)
	}
	if left := has(t, place); len(left) > 0 {
		t.Errorf("what was restored holds the mark in %v", left)
	}
	if _, _, err := r.vault.Open(t.Context(), document); !errors.Is(err, documents.ErrShredded) {
		t.Errorf("a restored document can be read: %v", err)
	}
	if _, err := r.View(t.Context(), r.As("chef"), other.CaseID); err != nil {
		t.Errorf("a case that never went is not there: %v", err)
	}
	if n, err := r.Reconcile(t.Context()); err != nil || n != 0 {
		t.Errorf("once more: %d, %v", n, err)
	}
	report, err := journal.Verify(t.Context(), old, w.World.Log.Key().Public())
	if err != nil || !report.Sound() {
		t.Errorf("the restored journal: %v %v", report.Findings, err)
	}
	if err := cases.Compare(t.Context(), old, func(d cases.Difference) { t.Error(d) }); err != nil {
		t.Error(err)
	}
}

func openAt(t testing.TB, file string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + file, Migrations: rooms(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
