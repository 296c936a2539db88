package printout_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/printout"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func TestTextsAreCompleteAndUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, printout.Texts), ".", "printout.")
}

// wanted makes the case type one whose form belongs in the record.
func wanted(t *testing.T, w *casestest.World) {
	t.Helper()
	d := w.Lamp.Definition
	d.Documents = append(d.Documents, casetype.DocumentType{Key: "blankett", Title: i18n.Text{i18n.SV: "Blankett", i18n.EN: "Form"}, Direction: "in", Question: "*", Nomination: casetype.Preserve, Authority: "KS 2026-01-01 § 1"})
	d.Auth = casetype.Auth{Level: casetype.LevelLoA2}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	w.Lamp = ct
}

func TestThePaperIsPutInTheRecordOnceAndTheJournalKeepsItsHash(t *testing.T) {
	storetest.Each(t, append(casestest.Rooms(), []fs.FS{documents.Migrations, jobs.Migrations}...), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		folder := t.TempDir()
		key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
		if err != nil {
			t.Fatal(err)
		}
		vault, err := documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: w.Clock})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = vault.Close() }()
		texts := i18ntest.Complete(t, printout.Texts, casetype.Texts)
		queue := jobs.New(db, w.Clock, slog.New(slog.DiscardHandler), jobs.Settings{Poll: 10 * time.Millisecond})
		p := &printout.Printer{Cases: w.Service, Types: w, Vault: vault, Queue: queue, Clock: w.Clock, Words: texts.For, Town: i18n.Text{i18n.SV: "Ljusvik", i18n.EN: "Ljusvik"}}
		p.Register()
		plain := w.HandIn(t, casestest.Broken())
		wanted(t, w)
		a := w.HandIn(t, casestest.Broken(), func(s *cases.Submission) {
			s.Person = w.IDs["inv"]
			s.Acting = cases.Acting{Kind: casetype.ForOrganisation, Key: "165560160680", Name: "Ines AB", Agent: "Ines", Ground: "signatory"}
		})
		about := func(id string) []journal.Recorded {
			if err := w.Log.Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
			list, err := w.Log.About(t.Context(), journal.Ref{Kind: "case", ID: id})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		batch := about(a.CaseID)
		changed := w.Log.Changed()
		patience, give := context.WithTimeout(t.Context(), 30*time.Second)
		defer give()
		for range 2 { // a dispatcher that forgot asks again
			if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return p.Handle(ctx, tx, batch) }); err != nil {
				t.Fatal(err)
			}
		}
		queue.Start(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		sealed := make(chan error, 1)
		go func() { sealed <- w.Log.Run(ctx) }() // on PostgreSQL entries get their place by this
		defer func() { cancel(); <-sealed }()
		for entries := about(a.CaseID); len(entries) < 2; entries = about(a.CaseID) {
			select {
			case <-changed:
			case <-patience.Done():
				t.Fatal("nothing was printed")
			}
		}
		if err := queue.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		v, err := w.CitizenView(t.Context(), cases.Citizen{Opened: []string{a.CaseID}}, a.CaseID)
		if err != nil || len(v.Documents) != 1 || v.Documents[0].Event != 1 || v.Documents[0].Direction != cases.In {
			t.Fatalf("%+v, %v", v.Documents, err)
		}
		info, body, err := vault.Open(t.Context(), v.Documents[0].Document)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = body.Close() }()
		pdf, err := io.ReadAll(body)
		if err != nil || info.MIME != documents.PDF {
			t.Fatal(info.MIME, err)
		}
		if last := about(a.CaseID)[1]; last.Action != cases.ActionPrinted || last.Actor != journal.System || !strings.Contains(string(last.Payload), info.SHA256) {
			t.Errorf("%s %s", last.Action, last.Payload)
		}
		if got, err := w.CitizenView(t.Context(), cases.Citizen{Opened: []string{plain.CaseID}}, plain.CaseID); err != nil || len(got.Documents) != 0 {
			t.Errorf("a case type that did not ask has %d papers, %v", len(got.Documents), err)
		}
		if _, err := exec.LookPath("pdftotext"); err != nil {
			t.Skip("pdftotext (Debian: poppler-utils) is not installed")
		}
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(pdf)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{a.Number, "Ljusvik", "Lampan är släckt", "Storgatan 1", "Ines AB, av Ines", "Firmatecknare"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%q is not on the paper:\n%s", want, out)
			}
		}
	})
}
