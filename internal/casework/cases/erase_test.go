package cases_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// What is destroyed is gone from list, page, search and diarium; its number stays, and journal and cases still verify (PR-4, P-R).
func TestPR_4_ADestroyedCaseLeavesItsNumberAndAJournalThatVerifies(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		gone, kept := w.HandIn(t, casestest.Broken()), w.HandIn(t, casestest.Broken())
		erasure := cases.Erasure{Who: access.Actor{Person: journal.System}, Decision: "beslut-1", Before: func(context.Context, *store.Tx, *cases.Case, []string) error { return nil }}
		if err := w.Erase(t.Context(), gone.CaseID, erasure); err == nil {
			t.Fatal("an open case was destroyed")
		}
		for _, id := range []string{gone.CaseID, kept.CaseID} {
			if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: id}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Decide(t.Context(), w.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: "Vi har lagat lampan.", To: "avslutad"}); err != nil {
				t.Fatal(err)
			}
		}
		w.Find(t)
		no := errors.New("not now")
		erasure.Before = func(context.Context, *store.Tx, *cases.Case, []string) error { return no }
		if err := w.Erase(t.Context(), gone.CaseID, erasure); !errors.Is(err, no) {
			t.Fatal(err)
		}
		erasure.Before = func(context.Context, *store.Tx, *cases.Case, []string) error { return nil }
		if err := w.Erase(t.Context(), gone.CaseID, erasure); err != nil {
			t.Fatal(err)
		}
		if err := w.Erase(t.Context(), gone.CaseID, erasure); !errors.Is(err, cases.ErrDestroyed) || !errors.Is(err, store.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		w.Find(t)
		if _, err := w.View(t.Context(), w.As("reg"), gone.CaseID); !errors.Is(err, cases.ErrDestroyed) {
			t.Errorf("its page: %v", err)
		}
		page, err := w.List(t.Context(), w.As("reg"), cases.Filter{Queue: cases.QueueAll, Limit: 10})
		if err != nil || len(page.Cases) != 1 || page.Cases[0].ID != kept.CaseID {
			t.Errorf("the list: %+v %v", page.Cases, err)
		}
		hits, err := w.Index.Find(t.Context(), db, search.Request{Text: "lampan", Limit: 10})
		if err != nil || len(hits.Hits) != 1 {
			t.Errorf("search finds %d, %v", len(hits.Hits), err)
		}
		rows, err := w.PublicRegister(t.Context(), "", 50)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, r := range rows {
			if strings.HasPrefix(r.Number, gone.Number+"-") {
				if seen++; r.Party != "" || r.Subject != "" || !r.Destroyed {
					t.Errorf("the diarium still says %+v", r)
				}
			}
		}
		if seen != 2 {
			t.Errorf("%d rows of the destroyed case are in the diarium", seen)
		}
		if err := cases.Compare(t.Context(), db, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Fatal(err)
		}
		report, err := journal.Verify(t.Context(), db, w.Log.Key().Public())
		if err != nil || !report.Sound() || report.Erased == 0 {
			t.Errorf("%+v %v", report, err)
		}
	})
}
