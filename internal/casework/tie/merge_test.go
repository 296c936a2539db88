package tie_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// refused is why a command was, nil if it was not.
func refused(err error) []tie.Reason {
	var r *tie.Refused
	if errors.As(err, &r) {
		return r.Reasons
	}
	return nil
}

func TestS2_M2_3_AMergedCaseEndsAndCanBePartedAgain(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		a, b := r.handIn(t, casestest.Broken(), "inv"), r.handIn(t, lampAt(20, "Mörkt i hörnet"), "")
		file := r.attach(t, b.CaseID, "B:s bilaga")
		before := r.view(t, "anna", b.CaseID)
		on := cases.On{Case: b.CaseID, Version: before.Case.Version}
		if err := r.ties.Merge(ctx, anna, on, a.CaseID, "  ", false); !errors.Is(err, cases.ErrNote) {
			t.Fatalf("without a reason: %v", err)
		}
		p, err := r.ties.Prospect(ctx, anna, b.CaseID, a.CaseID)
		if err != nil || len(p.Refused) > 0 || !slices.Equal(p.Warned, []tie.Reason{tie.OtherParties}) || p.Ends.Key != "avslutad" || p.Documents != 1 || p.Messages != 2 || p.Parties != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		for range 2 { // sent twice
			if err := r.ties.Merge(ctx, anna, on, a.CaseID, "Samma lampa", false); err != nil {
				t.Fatal(err)
			}
		}
		v, w := r.view(t, "anna", b.CaseID), r.view(t, "anna", a.CaseID)
		if v.Case.Open || v.Case.Status != "avslutad" || last(v).Kind != tie.Merged || last(v).Internal || len(v.Events) != len(before.Events)+1 {
			t.Fatalf("%+v", v.Case)
		}
		if k := kinds(w); !slices.Equal(k, []cases.EventKind{cases.Submitted, tie.MergedIn}) || !last(w).Internal || last(w).Body != "" {
			t.Fatalf("%v", k)
		}
		if len(w.Documents) != 0 || len(v.Documents) != 1 || r.content(t, file.Document) != "B:s bilaga" || len(w.Parties) != 1 {
			t.Error("documents or parties have moved")
		}
		if err := r.ties.Merge(ctx, anna, cases.On{Case: a.CaseID}, b.CaseID, "x", false); !slices.Contains(refused(err), tie.MergedBefore) {
			t.Errorf("round: %v", err)
		}
		r.Clock.Advance(48 * time.Hour)
		if err := r.ties.Unmerge(ctx, anna, cases.On{Case: b.CaseID}, ""); !errors.Is(err, cases.ErrNote) {
			t.Fatalf("without a reason: %v", err)
		}
		if err := r.ties.Unmerge(ctx, anna, cases.On{Case: b.CaseID}, "Det var två lampor"); err != nil {
			t.Fatal(err)
		}
		v, w = r.view(t, "anna", b.CaseID), r.view(t, "anna", a.CaseID)
		if !v.Case.Open || v.Case.Status != before.Case.Status || v.Case.Due != before.Case.Due || last(v).Kind != tie.Unmerged || last(w).Kind != tie.UnmergedFrom {
			t.Fatalf("%+v", v.Case)
		}
		if err := r.ties.Unmerge(ctx, anna, cases.On{Case: b.CaseID}, "Igen"); !slices.Equal(refused(err), []tie.Reason{tie.NotMerged}) {
			t.Errorf("twice: %v", err)
		}
		list, err := r.ties.Of(ctx, r.DB, a.CaseID)
		if err != nil || len(list) != 1 || list[0].Stands() || list[0].Why != "Det var två lampor" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// Undone while nothing was decided after, in either of them.
func TestWhatIsDecidedAfterAMergingKeepsTheCasesTogether(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		a, b := r.handIn(t, casestest.Broken(), ""), r.handIn(t, casestest.Broken(), "")
		if err := r.ties.Merge(t.Context(), r.As("anna"), cases.On{Case: b.CaseID}, a.CaseID, "Samma", false); err != nil {
			t.Fatal(err)
		}
		r.decide(t, a.CaseID, "Lampan är lagad")
		err := r.ties.Unmerge(t.Context(), r.As("anna"), cases.On{Case: b.CaseID}, "Fel")
		if !slices.Equal(refused(err), []tie.Reason{tie.DecidedSince}) {
			t.Error(err)
		}
	})
}

func (r *room) decide(t testing.TB, id, words string) {
	t.Helper()
	if _, err := r.Claim(t.Context(), r.As("anna"), cases.On{Case: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Decide(t.Context(), r.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: words, To: "avslutad"}); err != nil {
		t.Fatal(err)
	}
}

// Bad input of the issue: a merge across secrecy is a clear refusal with its reason.
func TestAMergeAcrossSecrecyIsRefused(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		same := func(s *cases.Submission) {}
		open, marked := r.handIn(t, casestest.Broken(), "inv", same), r.handIn(t, casestest.Broken(), "inv", same)
		closed := r.handIn(t, casestest.Broken(), "inv")
		if _, err := r.Mark(ctx, r.As("anna"), cases.On{Case: marked.CaseID}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		r.decide(t, closed.CaseID, "klart")
		for name, x := range map[string]struct {
			who, from, into string
			want            tie.Reason
		}{
			"marked into open":   {"anna", marked.CaseID, open.CaseID, tie.Across},
			"open into marked":   {"anna", open.CaseID, marked.CaseID, tie.Across},
			"into what is ended": {"anna", open.CaseID, closed.CaseID, tie.IntoClosed},
			"itself":             {"anna", open.CaseID, open.CaseID, tie.Itself},
		} {
			if err := r.ties.Merge(ctx, r.As(x.who), cases.On{Case: x.from}, x.into, "Samma", false); !slices.Contains(refused(err), x.want) {
				t.Errorf("%s: %v", name, err)
			}
			if v := r.view(t, "chef", x.from); slices.Contains(kinds(v), tie.Merged) {
				t.Errorf("%s: merged all the same", name)
			}
		}
		if err := r.ties.Merge(ctx, r.As("kim"), cases.On{Case: open.CaseID}, marked.CaseID, "Samma", false); !access.IsDenied(err) {
			t.Errorf("by an official of another unit: %v", err)
		}
		p, err := r.ties.Prospect(ctx, r.As("chef"), open.CaseID, marked.CaseID)
		if err != nil || len(p.Refused) > 0 || !slices.Contains(p.Warned, tie.AcrossByHead) {
			t.Fatalf("%+v %v", p.Refused, err)
		}
		if err := r.ties.Merge(ctx, r.As("chef"), cases.On{Case: open.CaseID}, marked.CaseID, "Samma familj", false); err != nil {
			t.Error(err)
		}
		if said := r.shown(t, open.CaseID); !strings.Contains(said, "Ett annat ärende") || strings.Contains(said, marked.Number) {
			t.Errorf("the party reads of a marked case: %s", said)
		}
	})
}

// FL 10 §: who is a party may read what is added to the case. To be handled together makes nobody a party to somebody else's case.
func TestFL_10_NothingOfOneCaseReachesThePartyOfTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		one, two := casestest.Broken(), casestest.Broken()
		for _, of := range []struct {
			in   map[string][]string
			mark string
		}{{one, "Alfaord"}, {two, "Betaord"}} {
			of.in["what"], of.in["where.address"], of.in["who.name"] = []string{of.mark + " vad"}, []string{of.mark + " gata"}, []string{of.mark + " namn"}
			of.in["who.email"] = []string{strings.ToLower(of.mark) + "@example.se"}
		}
		a, b := r.handIn(t, one, "inv"), r.handIn(t, two, "")
		for id, mark := range map[string]string{a.CaseID: "Alfaord", b.CaseID: "Betaord"} {
			r.attach(t, id, mark+" bilaga")
			if _, err := r.Message(ctx, anna, cases.On{Case: id}, mark+" svar", nil); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Note(ctx, anna, cases.On{Case: id}, mark+" anteckning", nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.ties.Relate(ctx, anna, cases.On{Case: b.CaseID}, tie.Same, b.CaseID, a.CaseID, "Betaord skäl"); err != nil {
			t.Fatal(err)
		}
		if err := r.ties.Merge(ctx, anna, cases.On{Case: b.CaseID}, a.CaseID, "Betaord sammanslagning", false); err != nil {
			t.Fatal(err)
		}
		r.decide(t, a.CaseID, "Alfaord beslut")
		look := func(id, foreign string) {
			t.Helper()
			v := r.citizen(t, id)
			var all []string
			for _, e := range v.Events {
				all = append(all, e.Body)
			}
			for _, d := range v.Decisions {
				all = append(all, d.Text)
			}
			all = append(all, v.Case.Subject, r.shown(t, id))
			if said := strings.Join(all, "\n"); strings.Contains(strings.ToLower(said), strings.ToLower(foreign)) {
				t.Errorf("the party of one reads %s of the other:\n%s", foreign, said)
			}
		}
		look(a.CaseID, "Betaord")
		look(b.CaseID, "Alfaord")
		if said := r.shown(t, b.CaseID); !strings.Contains(said, a.Number) || !strings.Contains(said, "Klart") || !strings.Contains(said, "Lagad") {
			t.Errorf("the party of the merged case does not read how it goes: %s", said)
		}
		for id, foreign := range map[string]string{a.CaseID: "Betaord", b.CaseID: "Alfaord"} { // officials with the right to one of them alone
			for _, e := range r.view(t, "anna", id).Events {
				if strings.Contains(e.Body, foreign) {
					t.Errorf("the timeline of one tells %q of the other", e.Body)
				}
			}
		}
	})
}

func TestADecisionIsReadByThePartiesOfAMergedCaseWhenAnOfficialSaysSo(t *testing.T) {
	one(t, func(t *testing.T, r *room) {
		a, b := r.handIn(t, casestest.Broken(), "inv"), r.handIn(t, casestest.Broken(), "")
		if err := r.ties.Merge(t.Context(), r.As("anna"), cases.On{Case: b.CaseID}, a.CaseID, "Samma", true); err != nil {
			t.Fatal(err)
		}
		r.decide(t, a.CaseID, "Ny armatur")
		if said := r.shown(t, b.CaseID); !strings.Contains(said, "Ny armatur") {
			t.Error(said)
		}
		if _, err := r.Mark(t.Context(), r.As("anna"), cases.On{Case: a.CaseID}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		if said := r.shown(t, b.CaseID); strings.Contains(said, "Ny armatur") || strings.Contains(said, a.Number) {
			t.Errorf("a decision that has been marked since: %s", said)
		}
	})
}

// No sequence of merging, parting and closing loses an event or a document, or reaches a status that the case type does not declare.
func TestMergingAndPartingLoseNothing(t *testing.T) {
	r := open(t, storetest.SQLite(t, rooms()...))
	rapid.Check(t, func(rt *rapid.T) {
		ctx, who := context.Background(), r.As("chef")
		var ids []string
		seen := map[string][2]int{} // events and documents
		for range 3 {
			a := r.handIn(t, casestest.Broken(), "")
			r.attach(t, a.CaseID, "bilaga")
			ids = append(ids, a.CaseID)
			v := r.view(t, "chef", a.CaseID)
			seen[a.CaseID] = [2]int{len(v.Events), len(v.Documents)}
		}
		for range rapid.IntRange(3, 10).Draw(rt, "steps") {
			a, b := rapid.SampledFrom(ids).Draw(rt, "a"), rapid.SampledFrom(ids).Draw(rt, "b")
			switch rapid.SampledFrom([]string{"merge", "part", "open"}).Draw(rt, "what") {
			case "merge":
				_ = r.ties.Merge(ctx, who, cases.On{Case: a}, b, "x", false)
			case "part":
				_ = r.ties.Unmerge(ctx, who, cases.On{Case: a}, "x")
			case "open":
				_, _ = r.Move(ctx, who, cases.On{Case: a}, "pagar", "x")
			}
			for _, id := range ids {
				v := r.view(t, "chef", id)
				before := seen[id]
				if len(v.Events) < before[0] || len(v.Documents) != before[1] || v.Case.Events != len(v.Events) {
					rt.Fatalf("%d events and %d documents, had %v", len(v.Events), len(v.Documents), before)
				}
				seen[id] = [2]int{len(v.Events), len(v.Documents)}
				for i, e := range v.Events {
					if e.N != i+1 {
						rt.Fatalf("event %d is number %d", i+1, e.N)
					}
				}
				if st := v.Type.Status(v.Case.Status); st == nil || v.Case.Open != (st.Content != "closed") {
					rt.Fatalf("status %q, open %v", v.Case.Status, v.Case.Open)
				}
			}
		}
		for _, id := range ids { // a case is handled in one other at most, and never in itself by way of others
			at := id
			for range ids {
				list, err := r.ties.Of(ctx, r.DB, at)
				if err != nil {
					rt.Fatal(err)
				}
				next := ""
				for _, x := range list {
					if x.Stands() && x.Kind == tie.MergedInto && x.From == at {
						if next != "" {
							rt.Fatal("merged into two")
						}
						next = x.To
					}
				}
				if next == id {
					rt.Fatal("handled in itself")
				}
				if at = next; at == "" {
					break
				}
			}
		}
	})
}

// What was told by halves, since the machine stopped in between, is completed once.
func TestARelationToldByHalvesIsCompleted(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a, b := r.handIn(t, casestest.Broken(), ""), r.handIn(t, casestest.Broken(), "")
		if err := r.ties.Merge(ctx, r.As("anna"), cases.On{Case: b.CaseID}, a.CaseID, "Samma", false); err != nil {
			t.Fatal(err)
		}
		c := r.handIn(t, casestest.Broken(), "")
		if _, err := r.ties.Relate(ctx, r.As("anna"), cases.On{Case: c.CaseID}, tie.Same, c.CaseID, a.CaseID, ""); err != nil {
			t.Fatal(err)
		}
		if err := r.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE tie_relation SET told = 0`)
			if err == nil {
				_, err = tx.Exec(ctx, `DELETE FROM case_event WHERE case_id = $1 AND n > 1`, a.CaseID)
			}
			if err == nil {
				_, err = tx.Exec(ctx, `UPDATE cases SET events = 1 WHERE id = $1`, a.CaseID)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := r.ties.Tell(ctx); err != nil {
				t.Fatal(err)
			}
			r.Clock.Advance(2 * time.Minute)
		}
		if err := r.ties.Tell(ctx); err != nil {
			t.Fatal(err)
		}
		k := kinds(r.view(t, "anna", a.CaseID))
		if len(k) != 3 || !slices.Contains(k, tie.MergedIn) || !slices.Contains(k, tie.Related) {
			t.Errorf("%v", k)
		}
		if k := kinds(r.view(t, "anna", c.CaseID)); !slices.Equal(k, []cases.EventKind{cases.Submitted, tie.Related}) {
			t.Errorf("%v", k)
		}
	})
}
