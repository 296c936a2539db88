package cases_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// Two nodes of one PostgreSQL, 32 clients on each.
func TestNoDuplicateNumbersWith64ClientsOnTwoNodes(t *testing.T) {
	url := storetest.PostgresURL(t)
	var worlds []*casestest.World
	for range 2 {
		db, err := store.Open(t.Context(), store.Options{URL: url, Migrations: casestest.Rooms(), Log: slog.New(slog.DiscardHandler), Readers: 8})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		worlds = append(worlds, casestest.New(t, db))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	start := make(chan struct{})
	for client := range 64 {
		all.Go(func() {
			<-start
			for range 5 {
				a := worlds[client%2].HandIn(t, casestest.Broken())
				mu.Lock()
				if seen[a.Number] {
					t.Errorf("%s was given twice", a.Number)
				}
				seen[a.Number] = true
				mu.Unlock()
			}
		})
	}
	close(start)
	all.Wait()
	if len(seen) != 320 {
		t.Errorf("%d numbers for 320 cases", len(seen))
	}
}

func TestASeriesOfItsOwnCountsOnAndPassesOverNumbersThatAreTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		w.Lamp.Registry.Named = "alla"
		b := w.submit(t, broken())
		w.clock.Set(calendar.NewDate(2027, 2, 1).Start())
		c := w.submit(t, broken())
		if a.Number != "KS 2026/00001" || b.Number != "KS-A 0001" || c.Number != "KS-A 0002" {
			t.Errorf("%s, %s, %s", a.Number, b.Number, c.Number)
		}
		// A body that begins its series anew does not give a number twice.
		err := w.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM register_series`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := w.submit(t, broken()); d.Number != "KS-A 0003" {
			t.Errorf("the number after the counter was lost is %s", d.Number)
		}
	})
}

func theRow(t *testing.T, w *world, caseID string) cases.Handling {
	t.Helper()
	v, err := w.View(t.Context(), w.as("reg"), caseID)
	if err != nil {
		t.Fatal(err)
	}
	return v.Handlings[len(v.Handlings)-1]
}

func TestJO_4639_2007_AnAnnulledRowStaysWithItsNumberAndSaysNothingToThePublic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Lamp.Registry.Public.HideParty = false
		a := w.submit(t, broken())
		h := theRow(t, w, a.CaseID)
		if err := w.Annul(t.Context(), w.as("reg"), h.ID, " "); !errors.Is(err, cases.ErrNote) {
			t.Errorf("without a reason: %v", err)
		}
		if err := w.Annul(t.Context(), w.as("anna"), h.ID, "Fel"); err == nil {
			t.Error("an officer annulled a row of the diarium")
		}
		if err := w.Annul(t.Context(), w.as("reg"), h.ID, "Dubbelt registrerad MARKORD"); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"annul again": w.Annul(t.Context(), w.as("reg"), h.ID, "igen"),
			"correct":     w.Correct(t.Context(), w.as("reg"), h.ID, cases.Correction{Subject: "X", Reason: "Y"}),
			"screen":      w.Screen(t.Context(), w.as("reg"), h.ID, cases.Screening{Public: true}),
		} {
			if !errors.Is(err, cases.ErrStale) {
				t.Errorf("%s: %v", what, err)
			}
		}
		p, err := w.PublicRow(t.Context(), h.ID)
		if err != nil || !p.Annulled || p.Number != h.Number || p.Party != "" || p.Subject != "" || strings.Contains(fmt.Sprint(p), "MARKORD") {
			t.Errorf("the public sees %+v, %v", p, err)
		}
		now := theRow(t, w, a.CaseID)
		if now.ID != h.ID || now.Annulled.IsZero() || now.AnnulledWhy != "Dubbelt registrerad MARKORD" || now.Subject != h.Subject {
			t.Errorf("the registrar sees %+v", now)
		}
		if _, err := w.Message(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, "Hej", nil); err != nil {
			t.Fatal(err)
		}
		if next := theRow(t, w, a.CaseID); next.Number != a.Number+"-2" {
			t.Errorf("the next row is %s", next.Number)
		}
	})
}

func TestJO_4349_2001_ReceivedAndRegisteredAreBothKeptAndLatenessIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		now := w.clock.Now()
		for _, c := range []struct {
			came time.Time
			late bool
		}{
			{now, false},
			{now.Add(-72 * time.Hour), false}, // Friday, entered on Monday
			{now.Add(-96 * time.Hour), true},  // Thursday
			{now.Add(-30 * 24 * time.Hour), true},
		} {
			if _, err := w.Receive(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Incoming{At: c.came, Channel: "letter", Party: "Grannen 20000101-2384", Text: "Ett brev"}); err != nil {
				t.Fatal(err)
			}
			h := theRow(t, w, a.CaseID)
			if !h.At.Equal(c.came.UTC().Truncate(time.Microsecond)) || !h.Registered.Equal(now.UTC().Truncate(time.Microsecond)) || w.Late(h) != c.late || h.Direction != cases.In {
				t.Errorf("%+v, late %v", h, w.Late(h))
			}
			if strings.Contains(h.Party, "2384") || !strings.Contains(h.Party, "Grannen") {
				t.Errorf("from %q", h.Party)
			}
		}
		for _, wrong := range []time.Time{now.Add(time.Hour), time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)} {
			if _, err := w.Receive(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Incoming{At: wrong, Text: "x"}); !errors.Is(err, cases.ErrWhen) {
				t.Errorf("%v: %v", wrong, err)
			}
		}
		if first := theRow(t, w, w.submit(t, broken()).CaseID); !first.Registered.Equal(first.At) {
			t.Errorf("what was handed in now: %+v", first)
		}
	})
}

func TestOSL_5_5_AMarkNamesProvisionDayAndAuthorityAndItsHistoryStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		on := cases.On{Case: a.CaseID}
		if _, err := w.Mark(t.Context(), w.as("reg"), on, cases.Marked, "hälsa", "x"); !errors.Is(err, cases.ErrProvision) {
			t.Errorf("no provision: %v", err)
		}
		for _, step := range []struct {
			degree cases.Secrecy
			law    string
		}{{cases.Marked, "21:1"}, {cases.Secret, "26 kap. 1 § OSL"}, {cases.Open, ""}} {
			w.clock.Advance(time.Hour)
			if _, err := w.Mark(t.Context(), w.as("reg"), on, step.degree, step.law, "Skäl"); err != nil {
				t.Fatal(err)
			}
		}
		v, err := w.View(t.Context(), w.as("reg"), a.CaseID)
		if err != nil || len(v.Marks) != 2 || v.Case.Secrecy != cases.Open {
			t.Fatalf("%+v, %v", v.Marks, err)
		}
		for i, want := range []string{"21 kap. 1 § OSL", "26 kap. 1 § OSL"} {
			m := v.Marks[i]
			if m.Provision.String() != want || m.Authority != "ks" || m.By != w.ids["reg"] || m.At.IsZero() || m.Stands() || m.LiftedBy != w.ids["reg"] {
				t.Errorf("%+v", m)
			}
		}
	})
}

// A marked document is withheld from everybody but those who may read it, and its rows in the register show nothing, while the case is open.
func TestOSL_5_5_AMarkedDocumentIsHiddenUntilItIsAssessed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Lamp.Registry.Public.HideParty = false
		a := w.submit(t, broken(), func(in *cases.Submission) {
			in.Person = w.ids["inv"]
			in.Files = []cases.Document{{Document: store.NewID(), Name: "MARKORD-intyg.txt", Mime: "text/plain", Size: 3, SHA256: "aa"}}
		})
		on := cases.On{Case: a.CaseID}
		if _, err := w.MarkDocument(t.Context(), w.as("anna"), on, 7, cases.Secret, "21:1", "MARKORD"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a document that is not there: %v", err)
		}
		if _, err := w.MarkDocument(t.Context(), w.as("reg"), on, 1, cases.Secret, "21:1", "MARKORD hälsa"); err != nil {
			t.Fatal(err)
		}
		for who, sees := range map[string]bool{"chef": true, "anna": false, "bo": false, "reg": false} {
			v, err := w.View(t.Context(), w.as(who), a.CaseID)
			if err != nil || len(v.Documents) != 1 || v.Documents[0].Hidden == sees || v.Case.Secrecy != cases.Open {
				t.Fatalf("%s: %+v, %v", who, v.Documents, err)
			}
			if leak := strings.Contains(fmt.Sprintf("%+v %+v %+v", v.Documents, v.Marks, v.Events), "MARKORD"); leak == !sees {
				t.Errorf("%s sees the words: %v", who, leak)
			}
			if v.Documents[0].Secrecy != cases.Secret { // that it is there, everybody sees
				t.Errorf("%s: %+v", who, v.Documents[0])
			}
		}
		party := cases.Citizen{Person: w.ids["inv"]}
		if v, err := w.CitizenView(t.Context(), party, a.CaseID); err != nil || len(v.Documents) != 0 || v.Withheld != 1 {
			t.Errorf("the party: %+v, %v", v.Documents, err)
		}
		if list, _, err := w.Documents(t.Context(), party, "", 10); err != nil || len(list) != 0 {
			t.Errorf("Mina sidor: %+v, %v", list, err)
		}
		h := theRow(t, w, a.CaseID)
		if p, err := w.PublicRow(t.Context(), h.ID); err != nil || p.Party != "" || p.Subject != "" || !p.Withheld {
			t.Errorf("the register on the web: %+v, %v", p, err)
		}
		if err := w.Screen(t.Context(), w.as("reg"), h.ID, cases.Screening{Public: true, HideParty: true}); !errors.Is(err, cases.ErrWithheld) {
			t.Errorf("a document with secrecy was sent to the public register: %v", err)
		}
		// Changing the case's own mark does not open the document.
		for _, degree := range []cases.Secrecy{cases.Marked, cases.Open} {
			if _, err := w.Mark(t.Context(), w.as("reg"), on, degree, "21:1", "Skäl"); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := w.PublicRow(t.Context(), h.ID); err != nil || p.Subject != "" {
			t.Errorf("after the case's mark was lifted: %+v, %v", p, err)
		}
		if _, err := w.MarkDocument(t.Context(), w.as("reg"), on, 1, cases.Open, "", "Prövad"); err != nil {
			t.Fatal(err)
		}
		if v, err := w.CitizenView(t.Context(), party, a.CaseID); err != nil || len(v.Documents) != 1 || v.Withheld != 0 {
			t.Errorf("the party after the assessment: %+v, %v", v.Documents, err)
		}
		if p, err := w.PublicRow(t.Context(), h.ID); err != nil || p.Subject == "" {
			t.Errorf("the register after the assessment: %+v, %v", p, err)
		}
		if err := cases.Compare(t.Context(), w.db, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}
