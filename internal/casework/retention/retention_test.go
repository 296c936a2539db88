package retention_test

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/retention"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// town is the small municipality with everything that keeps words of a case. Its cases are discarded two years after closing.
type town struct {
	*casestest.World
	*retention.Service
	vault  *documents.Vault
	queue  *jobs.Queue
	ledger retention.Ledger
	files  string // folder of documents
	beslut string // a decision of ks
	plan   *pack.BodyPlan
}

func rooms() []fs.FS {
	return append(casestest.Rooms(), documents.Migrations, jobs.Migrations, retention.Migrations, email.Migrations, drafts.Migrations, inbox.Migrations, measure.Migrations)
}

// key is the documents' master key of all the towns of a test.
func masterKey(t testing.TB) documents.MasterKey {
	t.Helper()
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func build(t testing.TB, db *store.DB, files string, key documents.MasterKey, ledger retention.Ledger) *town {
	t.Helper()
	w := &town{World: casestest.New(t, db), files: files, ledger: ledger, plan: &pack.BodyPlan{Body: "ks", Diary: pack.Diary{Authority: "KS § 1"}}}
	w.Lamp.Results[0].Nomination = casetype.Discard
	w.Lamp.Results[0].After = calendar.Period{N: 2, Unit: calendar.Years}
	if _, err := w.Org.Import(t.Context(), bodies.By{Person: journal.System}, bodies.Organisation{Decisions: []bodies.Decision{
		{Key: "gallring", Body: "ks", On: calendar.NewDate(2026, 2, 1), Paragraph: "§ 7", Dnr: "KS 2026/1", Text: "Gallring", Imported: true}}}); err != nil {
		t.Fatal(err)
	}
	list, err := w.Org.DecisionsOf(t.Context(), "ks", 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	w.beslut = list[0].ID
	if w.vault, err = documents.Open(t.Context(), db, documents.Options{URL: files, Key: key, Clock: w.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.vault.Close() })
	w.queue = jobs.New(db, w.Clock, slog.New(slog.DiscardHandler), jobs.Settings{})
	w.Service = retention.New(retention.Config{
		DB: db, Journal: w.Log, Clock: w.Clock, Log: slog.New(slog.DiscardHandler), Types: w, Cases: w.World.Service, Decisions: w.Org,
		Plan: func(string) *pack.BodyPlan { return w.plan }, Vault: w.vault, Index: w.World.Index, Queue: w.queue,
		Rooms: []retention.Erase{email.Forget, drafts.Erase, inbox.Erase, new(measure.Service).Erase}, Ledger: ledger,
	})
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *town)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		fn(t, build(t, db, filepath.Join(dir, "documents"), masterKey(t), retention.Ledger(filepath.Join(dir, "destroyed.jsonl"))))
	})
}

// catchUp does what the dispatcher does: search index and days of gallring follow the journal.
func (w *town) catchUp(t testing.TB) {
	t.Helper()
	w.Find(t)
	entries, err := w.World.Log.Since(t.Context(), -1, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	err = w.World.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return w.Handle(ctx, tx, entries) })
	if err != nil {
		t.Fatal(err)
	}
}

// closed is a case that was decided and closed.
func (w *town) closed(t testing.TB) cases.Accepted {
	t.Helper()
	a := w.HandIn(t, casestest.Broken())
	w.close(t, a.CaseID)
	return a
}

func (w *town) close(t testing.TB, id string) {
	t.Helper()
	if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.World.Decide(t.Context(), w.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: "Lampan är lagad.", To: "avslutad"}); err != nil {
		t.Fatal(err)
	}
}

// later moves the clock past the time that cases are kept.
func (w *town) later(t testing.TB) {
	t.Helper()
	w.Clock.Set(w.Clock.Now().AddDate(2, 0, 1))
	if _, err := w.Sweep(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

// archivist is another registrar than reg.
func (w *town) archivist(t testing.TB) access.Actor {
	t.Helper()
	m := bodies.Mandate{Person: w.IDs["kim"], Role: access.Archivist, Place: bodies.Place{Member: "k"}, From: calendar.NewDate(2026, 1, 1)}
	if len(w.As("kim").Mandates) == 1 {
		if _, err := w.Org.Appoint(t.Context(), bodies.By{Person: journal.System}, m); err != nil {
			t.Fatal(err)
		}
	}
	return w.As("kim")
}

// ordered is a list of what may go, decided by the body and approved by two.
func (w *town) ordered(t testing.TB) retention.Destruction {
	t.Helper()
	d, err := w.MakeList(t.Context(), w.As("reg"), "ks")
	if err == nil {
		err = w.Service.Decide(t.Context(), w.As("reg"), d.ID, w.beslut)
	}
	if err == nil {
		err = w.Approve(t.Context(), w.As("reg"), d.ID)
	}
	if err == nil {
		err = w.Approve(t.Context(), w.archivist(t), d.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestArkivlagen_10_TwoPersonsApproveWhatTheBodyHasDecided(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx, reg, arc := t.Context(), w.As("reg"), w.archivist(t)
		first := w.closed(t)
		w.catchUp(t)
		if _, err := w.MakeList(ctx, reg, "ks"); !is(err, retention.ErrNone) {
			t.Fatalf("before its time: %v", err)
		}
		w.later(t)
		reg, arc = w.As("reg"), w.As("kim")
		if _, err := w.MakeList(ctx, w.As("anna"), "ks"); err == nil {
			t.Error("an officer made a list")
		}
		d, err := w.MakeList(ctx, reg, "ks")
		if err != nil || d.Cases != 1 {
			t.Fatal(d, err)
		}
		if _, err := w.MakeList(ctx, reg, "ks"); !is(err, retention.ErrNone) {
			t.Errorf("one case on two lists: %v", err)
		}
		if err := w.Approve(ctx, reg, d.ID); !is(err, retention.ErrStage) {
			t.Errorf("approved before the body decided: %v", err)
		}
		if err := w.Service.Decide(ctx, reg, d.ID, store.NewID()); !is(err, retention.ErrBeslut) {
			t.Errorf("decided by nobody: %v", err)
		}
		if err := w.Service.Decide(ctx, reg, d.ID, w.beslut); err != nil {
			t.Fatal(err)
		}
		weak := reg
		weak.LoA = 1
		if err := w.Approve(ctx, weak, d.ID); !is(err, retention.ErrLevel) {
			t.Errorf("approved with a weak sign-in: %v", err)
		}
		if err := w.Approve(ctx, reg, d.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Approve(ctx, reg, d.ID); !is(err, retention.ErrSamePerson) {
			t.Errorf("one person approved twice: %v", err)
		}
		if err := w.Carry(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.List(ctx, reg, d.ID); got.Stage != retention.Approved || got.Destroyed != 0 {
			t.Errorf("carried out with one approval: %+v", got)
		}
		if err := w.Approve(ctx, arc, d.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Withdraw(ctx, arc, d.ID); err != nil { // until the night
			t.Fatal(err)
		}
		if err := w.Carry(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.View(ctx, w.As("chef"), first.CaseID); err != nil {
			t.Errorf("what was withdrawn is gone: %v", err)
		}
		d = w.ordered(t)
		if err := w.Carry(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		got, err := w.List(ctx, reg, d.ID)
		if err != nil || got.Stage != retention.Done || got.Destroyed != 1 || got.LeftOver != 0 {
			t.Errorf("%+v %v", got, err)
		}
		if err := w.Withdraw(ctx, arc, d.ID); !is(err, retention.ErrStage) {
			t.Errorf("withdrawn afterwards: %v", err)
		}
		if lines, err := w.ledger.Read(); err != nil || len(lines) != 1 || lines[0].Case != first.CaseID || lines[0].Decision != w.beslut {
			t.Errorf("the ledger: %+v %v", lines, err)
		}
		w.sound(t)
	})
}

// sound holds journal and cases against each other.
func (w *town) sound(t testing.TB) {
	t.Helper()
	if err := w.World.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err := journal.Verify(t.Context(), w.World.DB, w.World.Log.Key().Public())
	if err != nil || !report.Sound() {
		t.Errorf("the journal: %v %v", report.Findings, err)
	}
	if err := cases.Compare(t.Context(), w.World.DB, func(d cases.Difference) { t.Error(d) }); err != nil {
		t.Error(err)
	}
}

// A case that is stopped, opened or kept longer after the list was approved does not go, and the list says why.
func TestArkivlagen_10_WhatIsStoppedAfterwardsIsLeft(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		held, opened, kept, gone := w.closed(t), w.closed(t), w.closed(t), w.closed(t)
		w.catchUp(t)
		w.later(t)
		d := w.ordered(t)
		if err := w.Hold(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "disclosure", " "); !is(err, retention.ErrWords) {
			t.Error(err)
		}
		if err := w.Hold(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "because", "x"); !is(err, retention.ErrReason) {
			t.Error(err)
		}
		if err := w.Hold(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "disclosure", "En kopia har begärts."); err != nil {
			t.Fatal(err)
		}
		if err := w.Hold(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "audit", "igen"); !is(err, retention.ErrHeld) {
			t.Error(err)
		}
		if _, err := w.Move(ctx, w.As("chef"), cases.On{Case: opened.CaseID}, "pagar", "Lampan är sönder igen."); err != nil {
			t.Fatal(err)
		}
		if err := w.World.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE cases SET closed_at = $2 WHERE id = $1`, kept.CaseID, store.Micros(w.Clock.Now()))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Carry(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		items, err := w.Items(ctx, d.ID, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{held.CaseID: "left held", opened.CaseID: "left open", kept.CaseID: "left changed", gone.CaseID: "destroyed "}
		for _, i := range items {
			if got := i.State + " " + i.Why; got != want[i.Case] {
				t.Errorf("%s: %s, want %s", i.Number, got, want[i.Case])
			}
		}
		if err := w.Lift(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "Kopian är lämnad."); err != nil {
			t.Fatal(err)
		}
		if err := w.Lift(ctx, w.As("reg"), cases.On{Case: held.CaseID}, "Kopian är lämnad."); !is(err, retention.ErrNotHeld) {
			t.Error(err)
		}
		if d, err := w.MakeList(ctx, w.As("reg"), "ks"); err != nil || d.Cases != 1 {
			t.Errorf("after the stop was lifted: %+v %v", d, err)
		}
	})
}

// A program that dies between two cases goes on where it was.
func TestPR_4_AListThatWasStoppedHalfwayGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for range 5 {
			w.closed(t)
		}
		w.catchUp(t)
		w.later(t)
		d := w.ordered(t)
		ctx, kill := context.WithCancel(t.Context())
		n := 0
		w.Rooms = append(w.Rooms, func(context.Context, *store.Tx, string) error {
			if n++; n == 3 {
				kill()
				return ctx.Err()
			}
			return nil
		})
		if err := w.Carry(ctx, d.ID); err == nil {
			t.Fatal("it went on though it was stopped")
		}
		if got, err := w.List(t.Context(), w.As("reg"), d.ID); err != nil || got.Destroyed != 2 || got.Stage != retention.Ordered {
			t.Fatalf("%+v %v", got, err)
		}
		if err := w.Withdraw(t.Context(), w.As("reg"), d.ID); !is(err, retention.ErrStage) {
			t.Errorf("withdrawn halfway: %v", err)
		}
		if err := os.Remove(string(w.ledger)); err != nil { // died before it was written
			t.Fatal(err)
		}
		if err := w.Carry(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := w.List(t.Context(), w.As("reg"), d.ID); err != nil || got.Destroyed != 5 || got.Stage != retention.Done {
			t.Errorf("%+v %v", got, err)
		}
		if again, err := w.Reconcile(t.Context()); err != nil || again != 0 {
			t.Errorf("%d %v", again, err)
		}
		if lines, err := w.ledger.Read(); err != nil || len(lines) != 5 {
			t.Errorf("the ledger has %d lines, %v", len(lines), err)
		}
		w.sound(t)
	})
}

// The queue carries a list out in the night after the second approval, not before.
func TestAListIsCarriedOutInTheNight(t *testing.T) {
	w := build(t, storetest.SQLite(t, rooms()...), filepath.Join(t.TempDir(), "documents"), masterKey(t), retention.Ledger(filepath.Join(t.TempDir(), "ledger")))
	w.closed(t)
	w.catchUp(t)
	w.later(t)
	d := w.ordered(t)
	got, err := w.List(t.Context(), w.As("reg"), d.ID)
	if err != nil || got.StartsAt.In(calendar.Stockholm()).Hour() != 2 || !got.StartsAt.After(w.Clock.Now()) || got.StartsAt.Sub(w.Clock.Now()) > 24*time.Hour {
		t.Fatalf("%v at %v, %v", got.StartsAt, w.Clock.Now(), err)
	}
	w.queue.Start(t.Context())
	defer func() { _ = w.queue.Stop(context.WithoutCancel(t.Context())) }()
	w.Clock.Set(got.StartsAt.Add(time.Second))
	w.queue.Wake()
	for until := time.Now().Add(time.Minute); got.Stage != retention.Done; { //nolint:forbidigo // how long a test waits
		if time.Now().After(until) { //nolint:forbidigo // how long a test waits
			t.Fatal("it was not carried out")
		}
		time.Sleep(20 * time.Millisecond)
		if got, err = w.List(t.Context(), w.As("reg"), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got.Destroyed != 1 {
		t.Errorf("%+v", got)
	}
}

// What stands as it stood is not written again each night, however many cases there are.
func TestTheSweepLeavesWhatHasNotChanged(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.closed(t)
		if _, err := w.Sweep(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		for _, state := range []string{"discard", "todo"} {
			err := w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE retention SET state = $1`, state)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			n, err := w.Sweep(t.Context(), 0)
			if want := map[string]int{"discard": 0, "todo": 1}[state]; err != nil || n != want {
				t.Errorf("%s: %d worked out anew, want %d: %v", state, n, want, err)
			}
		}
	})
}
