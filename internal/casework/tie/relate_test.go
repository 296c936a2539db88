package tie_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func TestARelationIsToldInBothCasesAndStaysVisibleWhenRemoved(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		a, b := r.handIn(t, casestest.Broken(), ""), r.handIn(t, casestest.Broken(), "")
		var rel tie.Relation
		for range 2 { // sent twice
			var err error
			if rel, err = r.ties.Relate(ctx, anna, cases.On{Case: a.CaseID}, tie.ChildOf, a.CaseID, b.CaseID, "Samma stolprad"); err != nil {
				t.Fatal(err)
			}
		}
		if e := last(r.view(t, "anna", a.CaseID)); e.Kind != tie.Related || !e.Internal || e.Body != "Samma stolprad" || e.N != 2 {
			t.Errorf("%+v", e)
		}
		if e := last(r.view(t, "anna", b.CaseID)); e.Kind != tie.Related || !e.Internal || e.Body != "" || e.N != 2 || e.Data.Ref != rel.ID {
			t.Errorf("the reason is of the case that it was written in: %+v", e)
		}
		for name, x := range map[string]struct {
			err  error
			want tie.Reason
		}{
			"round":      {second(r.ties.Relate(ctx, anna, cases.On{Case: b.CaseID}, tie.ChildOf, b.CaseID, a.CaseID, "")), tie.Circle},
			"itself":     {second(r.ties.Relate(ctx, anna, cases.On{Case: b.CaseID}, tie.Same, b.CaseID, b.CaseID, "")), tie.Itself},
			"by hand":    {second(r.ties.Relate(ctx, anna, cases.On{Case: b.CaseID}, tie.MergedInto, b.CaseID, a.CaseID, "")), tie.NotByHand},
			"not there":  {r.ties.Unrelate(ctx, anna, cases.On{Case: a.CaseID}, store.NewID(), "x"), tie.Gone},
			"other case": {r.ties.Unrelate(ctx, anna, cases.On{Case: r.handIn(t, casestest.Broken(), "").CaseID}, rel.ID, "x"), tie.Gone},
		} {
			if got := refused(x.err); !slices.Equal(got, []tie.Reason{x.want}) {
				t.Errorf("%s: %v", name, x.err)
			}
		}
		if _, err := r.ties.Relate(ctx, r.As("kim"), cases.On{Case: a.CaseID}, tie.Same, a.CaseID, b.CaseID, ""); !access.IsDenied(err) {
			t.Errorf("by somebody of another unit: %v", err)
		}
		if err := r.ties.Unrelate(ctx, anna, cases.On{Case: b.CaseID}, rel.ID, " "); !errors.Is(err, cases.ErrNote) {
			t.Errorf("without a reason: %v", err)
		}
		if err := r.ties.Unrelate(ctx, anna, cases.On{Case: b.CaseID}, rel.ID, "Fel rad"); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{a.CaseID, b.CaseID} {
			if k := kinds(r.view(t, "anna", id)); !slices.Equal(k, []cases.EventKind{cases.Submitted, tie.Related, tie.Unrelated}) {
				t.Errorf("%v", k)
			}
		}
		if _, err := r.ties.Relate(ctx, anna, cases.On{Case: b.CaseID}, tie.ChildOf, b.CaseID, a.CaseID, ""); err != nil {
			t.Errorf("the other way, when the first is removed: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A kind that leads somewhere never leads round, a relation stands once, and removing what was said restores what could be said: as a model
// of the graph in memory has it.
func TestRelationsNeverLeadRound(t *testing.T) {
	r := open(t, storetest.SQLite(t, rooms()...))
	rapid.Check(t, func(rt *rapid.T) {
		ctx, anna := context.Background(), r.As("anna")
		var ids []string
		for range 4 {
			ids = append(ids, r.handIn(t, casestest.Broken(), "").CaseID)
		}
		type edge struct {
			kind     tie.Kind
			from, to string
		}
		model := map[edge]string{}
		var reaches func(k tie.Kind, from, to string) bool
		reaches = func(k tie.Kind, from, to string) bool {
			for e := range model {
				if e.kind == k && e.from == from && (e.to == to || reaches(k, e.to, to)) {
					return true
				}
			}
			return false
		}
		for range rapid.IntRange(2, 14).Draw(rt, "steps") {
			e := edge{rapid.SampledFrom([]tie.Kind{tie.ChildOf, tie.ChildOf, tie.Same, tie.DuplicateOf}).Draw(rt, "kind"), rapid.SampledFrom(ids).Draw(rt, "from"), rapid.SampledFrom(ids).Draw(rt, "to")}
			key := e
			if e.kind == tie.Same && e.from > e.to {
				key.from, key.to = e.to, e.from
			}
			if id := model[key]; id != "" && rapid.Bool().Draw(rt, "remove") {
				if err := r.ties.Unrelate(ctx, anna, cases.On{Case: e.from}, id, "x"); err != nil {
					rt.Fatal(err)
				}
				delete(model, key)
				continue
			}
			allowed := e.from != e.to && (e.kind == tie.Same || !reaches(e.kind, e.to, e.from))
			rel, err := r.ties.Relate(ctx, anna, cases.On{Case: e.from}, e.kind, e.from, e.to, "")
			if (err == nil) != allowed {
				rt.Fatalf("%+v: %v, allowed %v", e, err, allowed)
			}
			if err == nil {
				if before := model[key]; before != "" && before != rel.ID {
					rt.Fatal("the same relation stands twice")
				}
				model[key] = rel.ID
			}
		}
		standing := map[string]bool{}
		for _, id := range ids {
			list, err := r.ties.Of(ctx, r.DB, id)
			if err != nil {
				rt.Fatal(err)
			}
			for _, x := range list {
				if x.Stands() {
					standing[x.ID] = true
				}
			}
		}
		if len(standing) != len(model) {
			rt.Fatalf("%d stand, the model has %d", len(standing), len(model))
		}
	})
}

func TestGallringForgetsWhatACaseHadToDoWithOthers(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a, b := r.handIn(t, casestest.Broken(), ""), r.handIn(t, casestest.Broken(), "")
		if _, err := r.ties.Follow(ctx, b.CaseID, r.IDs["inv"], "", "sv", nil); err != nil {
			t.Fatal(err)
		}
		if err := r.ties.Merge(ctx, r.As("anna"), cases.On{Case: b.CaseID}, a.CaseID, "hemligt skäl", false); err != nil {
			t.Fatal(err)
		}
		if err := r.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return r.ties.Erase(ctx, tx, b.CaseID) }); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := r.DB.QueryRow(ctx, `SELECT (SELECT count(*) FROM tie_relation) + (SELECT count(*) FROM tie_merge) + (SELECT count(*) FROM tie_follow)`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows are left, %v", n, err)
		}
	})
}

func TestEveryTextIsUsedAndExistsInBothLanguages(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, tie.Texts), ".", "tie.")
}
