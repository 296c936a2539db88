package app

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/backup"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Of a case that was destroyed no file of the whole installation holds a word: with every room and every subscriber in place. A backup from
// before that is put back is cleared by being opened.
func TestP_K_GallringLeavesNothingInTheWholeHouse(t *testing.T) {
	const mark = "zqxjkvord"
	h := newHouse(t, io.Discard)
	ctx := t.Context()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	id := h.handIn(t, "felanmalan", "r002", casetype.Answers{"kategori": {"gatubelysning"}, "beskrivning": {mark + " lyser inte"}, "slackta": {"en"}, "farligt": {"no"},
		"plats.text": {"Vid " + mark}, "anonym": {"no"}, "kontakt.name": {"Namn " + mark}, "kontakt.email": {mark + "@example.org"}})
	officer := h.official(t, "karin-ekstrand")
	_, err := h.cases.Claim(ctx, officer, cases.On{Case: id})
	must(err)
	_, err = h.cases.Message(ctx, officer, cases.On{Case: id}, "Tack, "+mark, nil)
	must(err)
	_, err = h.cases.DoAlone(ctx, id, "case.closed", func(ctx context.Context, a *cases.Act) error {
		result := ""
		for _, r := range a.Type.Results {
			if r.Nomination == casetype.Discard {
				result = r.Key
			}
		}
		a.Event.Kind, a.Event.Body = cases.Closed, "Klart, "+mark
		for _, st := range a.Type.Statuses {
			if st.Final {
				must(a.MoveTo(st.Key))
			}
		}
		return a.Decide(ctx, &cases.Decision{Key: a.Type.Decisions[0].Key, Outcome: a.Type.Decisions[0].Outcome, Result: result, Text: mark})
	})
	must(err)
	c, err := h.cases.Case(ctx, id)
	must(err)
	old := store.Micros(h.clock.Now().AddDate(-40, 0, 0))
	must(h.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE cases SET closed_at = $2 WHERE id = $1`, id, old)
		return err
	}))
	must(h.dispatcher.Start(ctx)) // not before: what follows it must see the old day
	wait := func(what string, done func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) { //nolint:forbidigo // how long a test waits
			if time.Now().After(end) { //nolint:forbidigo // how long a test waits
				t.Fatal(what)
			}
		}
	}
	wait("the dispatcher never came so far", func() bool {
		last, err := h.journal.Last(ctx)
		must(err)
		for _, s := range h.dispatcher.Stats() {
			if s.Lag > 0 {
				return false
			}
		}
		return last > 0
	})
	_, err = h.retention.Sweep(ctx, 0)
	must(err)
	before := filepath.Join(t.TempDir(), "before")
	_, err = backup.Make(ctx, backup.Source{DB: h.db, URL: string(h.cfg.Database), Documents: folder(h.cfg.Documents.URL), Journal: h.journal, Clock: h.clock}, before)
	must(err)
	if len(filesWith(t, h.cfg.Data, mark)) == 0 || len(filesWith(t, before, mark)) == 0 {
		t.Fatal("the word was never stored")
	}

	registrar, archivist := h.official(t, "per-ostberg"), h.official(t, "nils-ahlgren")
	d, err := h.retention.MakeList(ctx, registrar, c.Body)
	must(err)
	list, err := h.bodies.DecisionsOf(ctx, c.Body, 1)
	must(err)
	must(h.retention.Decide(ctx, registrar, d.ID, list[0].ID))
	must(h.retention.Approve(ctx, registrar, d.ID))
	must(h.retention.Approve(ctx, archivist, d.ID))
	must(h.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET scheduled_at = 0 WHERE kind = 'retention.destroy'`)
		return err
	}))
	h.queue.Start(ctx)
	wait("the list was never carried out", func() bool {
		d, err = h.retention.List(ctx, registrar, d.ID)
		must(err)
		return d.Stage == retention.Done
	})
	wait("the dispatcher stopped at what was destroyed", func() bool {
		for _, s := range h.dispatcher.Stats() {
			if s.Lag > 0 {
				return false
			}
		}
		return true
	})
	if d.Destroyed != 1 {
		t.Fatalf("%+v", d)
	}
	soon, cancel := context.WithTimeout(ctx, time.Second) // other work of the house need not end
	defer cancel()
	_ = h.queue.Stop(soon)
	h.dispatcher.Stop()
	must(h.db.Purge(ctx)) // what subscribers wrote after the list was carried out
	if left := filesWith(t, h.cfg.Data, mark); len(left) > 0 {
		t.Errorf("the word is left in %v", left)
	}
	report, err := journal.Verify(ctx, h.db, h.journal.Key().Public())
	if err != nil || !report.Sound() {
		t.Errorf("the journal: %v %v", report.Findings, err)
	}
	must(cases.Compare(ctx, h.db, func(d cases.Difference) { t.Error(d) }))

	// An older copy of the database, with the keys and the ledger beside it.
	cfg := h.cfg
	cfg.Data = t.TempDir()
	cfg.Database = config.Secret("sqlite://" + filepath.Join(cfg.Data, "dygnet.db"))
	cfg.Documents.URL = filepath.Join(cfg.Data, "documents")
	_, err = backup.Restore(ctx, before, backup.Target{URL: string(cfg.Database), Documents: cfg.Documents.URL})
	must(err)
	for _, name := range []string{ledgerName, "follow.key"} {
		raw, err := os.ReadFile(filepath.Join(h.cfg.Data, name))
		must(err)
		must(os.WriteFile(filepath.Join(cfg.Data, name), raw, 0o600))
	}
	n, err := destroyedSince(cfg)
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	var out bytes.Buffer
	must(destroyAgain(ctx, cfg, n, &out))
	if left := filesWith(t, cfg.Data, mark); len(left) > 0 {
		t.Errorf("what was restored holds the word in %v", left)
	}
	if !strings.Contains(out.String(), "cleared of what had been destroyed") {
		t.Error(out.String())
	}
}

// filesWith are the files below a folder that hold a word, in any case.
func filesWith(t *testing.T, dir, word string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(bytes.ToLower(raw), []byte(word)) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
