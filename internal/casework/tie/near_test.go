package tie_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Others who report the same place see what is public of an open report near by, and nothing that anybody wrote.
func TestWhatIsReportedNearByShowsPublicFactsOnly(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		in := lampAt(40, "Alfaord i texten")
		in["kind"], in["where.address"], in["who.name"], in["where.text"] = []string{"dark"}, []string{"Alfaord gata"}, []string{"Alfaord namn"}, []string{"vid Alfaord"}
		near := r.handIn(t, in, "inv")
		far, marked, closed := r.handIn(t, lampAt(400, "x"), ""), r.handIn(t, lampAt(10, "x"), ""), r.handIn(t, lampAt(10, "x"), "")
		shielded := r.handIn(t, lampAt(10, "x"), "skyddad")
		if _, err := r.Mark(ctx, r.As("anna"), cases.On{Case: marked.CaseID}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		r.decide(t, closed.CaseID, "klart")
		clean, _ := r.lamp.Validate(casestest.Broken())
		list, err := r.ties.Near(ctx, i18n.SV, r.lamp, clean)
		if err != nil || len(list) != 1 || list[0].ID != near.CaseID || list[0].Metres != 40 {
			t.Fatalf("%+v %v", list, err)
		}
		if said := fmt.Sprintf("%+v", list); strings.Contains(said, "Alfaord") || !strings.Contains(said, "Släckt") || !strings.Contains(said, "Inkommen") {
			t.Errorf("%s", said)
		}
		for name, id := range map[string]string{"marked": marked.CaseID, "closed": closed.CaseID, "protected": shielded.CaseID} {
			if _, err := r.ties.Report(ctx, i18n.SV, id); !errors.Is(err, tie.ErrNotPublic) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := r.ties.Follow(ctx, id, r.IDs["inv"], "", i18n.SV, nil); !errors.Is(err, tie.ErrNotPublic) {
				t.Errorf("%s is followed: %v", name, err)
			}
		}
		if _, err := r.ties.Report(ctx, i18n.SV, far.CaseID); err != nil {
			t.Error(err)
		}
		if list, err := r.ties.Near(ctx, i18n.SV, r.hole, clean); err != nil || list != nil {
			t.Errorf("a type that shows nothing: %v %v", list, err)
		}
		if r.DB.Engine() == store.SQLite {
			rows, err := store.All(ctx, r.DB, func(x *store.Rows) (string, error) {
				var id, parent, unused int
				var s string
				return s, x.Scan(&id, &parent, &unused, &s)
			},
				`EXPLAIN QUERY PLAN SELECT c.id FROM cases c WHERE c.member = 'k' AND c.type_id = 'lampa' AND c.north IS NOT NULL AND floor(c.north / 150) IN (1.0, 2.0) AND floor(c.east / 150) IN (1.0, 2.0) AND c.open = 0 AND c.closed_at >= 5`)
			if err != nil || !strings.Contains(strings.Join(rows, "\n"), "cases_near_closed (member=? AND type_id=? AND <expr>=? AND <expr>=? AND closed_at>?)") {
				t.Errorf("%v %v", rows, err)
			}
		}
	})
}

func TestSimilarCasesAreNearOrSayTheSameAndSayWhy(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a := r.handIn(t, lampAt(0, "Gatlampan blinkar hela natten"), "")
		near := r.handIn(t, lampAt(60, "Något helt annat"), "")
		both := r.handIn(t, lampAt(20, "Lampan blinkar nattetid, gatlampan alltså, hela veckan"), "")
		same := lampAt(5000, "Gatlampan blinkar hela tiden på natten")
		elsewhere := r.handIn(t, same, "")
		secret := r.handIn(t, same, "")
		if _, err := r.Mark(ctx, r.As("anna"), cases.On{Case: secret.CaseID}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		old := r.handIn(t, lampAt(10, "x"), "")
		r.decide(t, old.CaseID, "klart")
		r.Clock.Advance(61 * 24 * time.Hour)
		r.Find(t)
		v := r.view(t, "anna", a.CaseID)
		list, err := r.ties.Similar(ctx, r.As("anna"), v.Case, v.Type)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, l := range list {
			ids = append(ids, l.Case.ID)
		}
		if len(ids) != 3 || ids[0] != both.CaseID || !slices.Contains(ids, near.CaseID) || !slices.Contains(ids, elsewhere.CaseID) {
			t.Fatalf("%v, want first %s, then %s and %s", ids, both.CaseID, near.CaseID, elsewhere.CaseID)
		}
		if top := list[0]; top.Metres < 18 || top.Metres > 22 || !slices.Contains(top.Words, "gatlampan") || top.Score <= list[1].Score || top.Score > 1 {
			t.Errorf("%+v", top)
		}
		if list, err := r.ties.Similar(ctx, r.As("kim"), v.Case, v.Type); err != nil || len(list) != 0 {
			t.Errorf("to an official of another unit: %v %v", list, err)
		}
	})
}

func TestOneWhoFollowsAReportIsAskedAndMayStop(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a := r.handIn(t, casestest.Broken(), "")
		asked := 0
		ask := func(context.Context, *store.Tx, tie.Follow) error { asked++; return nil }
		for _, wrong := range []string{"", "x", "x@y", "Namn <x@example.se>", "x@example.se\nBcc: y@example.se", strings.Repeat("x", 250) + "@example.se"} {
			if _, err := r.ties.Follow(ctx, a.CaseID, "", wrong, i18n.SV, ask); !errors.Is(err, tie.ErrAddress) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		followers := func() int {
			t.Helper()
			list, err := r.ties.Followers(ctx, r.DB, a.CaseID)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		var f tie.Follow
		for range 2 {
			var err error
			if f, err = r.ties.Follow(ctx, a.CaseID, "", " Ada@Example.se", i18n.SV, ask); err != nil {
				t.Fatal(err)
			}
		}
		if asked != 1 || followers() != 0 {
			t.Errorf("asked %d times, %d followers", asked, followers())
		}
		token := r.ties.Token(f)
		for _, forged := range []string{"", token[:len(token)-1], token[:len(token)-1] + "x", strings.Repeat("0", len(token))} {
			if _, err := r.ties.Follows(ctx, i18n.SV, forged); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %v", forged, err)
			}
		}
		for range 2 {
			if err := r.ties.Confirm(ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		if followers() != 1 {
			t.Error("confirmed, and not a follower")
		}
		if x, err := r.ties.Follows(ctx, i18n.SV, token); err != nil || x.Report.ID != a.CaseID || !x.Open || x.Said.In(i18n.SV) != "Vi har fått ditt ärende" {
			t.Errorf("%+v %v", x, err)
		}
		if _, err := r.Mark(ctx, r.As("anna"), cases.On{Case: a.CaseID}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		if x, err := r.ties.Follows(ctx, i18n.SV, token); err != nil || x.Report.ID != "" || followers() != 0 {
			t.Errorf("of what is marked since: %+v %v", x, err)
		}
		for range 2 {
			if err := r.ties.Unfollow(ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.ties.Follows(ctx, i18n.SV, token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unfollowed: %v", err)
		}
	})
}

func TestNobodyIsAskedWithoutEndAndNoAddressIsKeptThatDoesNotAnswer(t *testing.T) {
	one(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		asked := 0
		ask := func(context.Context, *store.Tx, tie.Follow) error { asked++; return nil }
		var token string
		for range 5 {
			a := r.handIn(t, casestest.Broken(), "")
			f, err := r.ties.Follow(ctx, a.CaseID, "", "ada@example.se", i18n.SV, ask)
			if err != nil {
				t.Fatal(err)
			}
			if token == "" {
				token = r.ties.Token(f)
			}
		}
		if asked != 3 {
			t.Errorf("asked %d times", asked)
		}
		r.Clock.Advance(61 * time.Minute)
		if err := r.ties.Confirm(ctx, token); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ties.Follows(ctx, i18n.SV, token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an hour later: %v", err)
		}
		if err := r.ties.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := r.DB.QueryRow(ctx, `SELECT count(*) FROM tie_follow`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d addresses are kept, %v", n, err)
		}
	})
}
