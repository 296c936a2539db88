package clock_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"

	"pgregory.net/rapid"
)

// told are the stages that a case's timeline tells of.
func (w *world) told(t *testing.T, id string) string {
	t.Helper()
	view, _ := w.view(t, id)
	var out []string
	for _, e := range view.Events {
		if stage, ok := strings.CutPrefix(string(e.Kind), "clock_stage_"); ok {
			if !e.Internal {
				t.Errorf("%s is told to the party", e.Kind)
			}
			out = append(out, strings.TrimSuffix(stage, "_to")+":"+w.nameOf(e.Data.To))
		}
	}
	return strings.Join(out, " ")
}

func (w *world) nameOf(person string) string {
	for key, id := range w.IDs {
		if id == person {
			return key
		}
	}
	return ""
}

// Each stage is told once: first to the one who has the case, and what is long past to the head of unit.
func TestEachStageIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t))
		ctx := t.Context()
		id := w.begin(t) // promised 9 March, by law 11 May
		loose := w.HandIn(t, casestest.Broken()).CaseID
		for _, x := range []struct{ day, told string }{
			{"2026-03-03", ""},
			{"2026-03-04", "near:anna"},
			{"2026-03-04", "near:anna"},
			{"2026-03-09", "near:anna"},
			{"2026-03-10", "near:anna over:anna"},
			{"2026-03-15", "near:anna over:anna"},
			{"2026-03-16", "near:anna over:anna head:chef"},
			{"2026-05-03", "near:anna over:anna head:chef"},
			{"2026-05-04", "near:anna over:anna head:chef law_near:anna"},
			{"2026-05-12", "near:anna over:anna head:chef law_near:anna law_over:chef"},
			{"2026-09-03", "near:anna over:anna head:chef law_near:anna law_over:chef may_ask:anna"},
			{"2027-09-03", "near:anna over:anna head:chef law_near:anna law_over:chef may_ask:anna"},
		} {
			w.at(t, x.day)
			w.must(t, w.clock.Tick(ctx))
			if got := w.told(t, id); got != x.told {
				t.Errorf("%s: %q, want %q", x.day, got, x.told)
			}
		}
		if got := w.told(t, loose); !strings.HasPrefix(got, "near:chef over:chef") {
			t.Errorf("a case that nobody has: %q", got)
		}
	})
}

// The days on which something is told are those that hold that day; what was told is not told again when they change.
func TestTheDaysOfTheMunicipalityHoldFromTheirDay(t *testing.T) {
	for _, late := range []bool{false, true} { // whether the new days were known when the case began
		each(t, func(t *testing.T, db *store.DB) {
			w := open(t, db, statutory(t))
			before, after := clock.DefaultSettings(), clock.DefaultSettings()
			before.From, before.Near = date(t, "2026-01-01"), 2
			after.From, after.Head, after.LawNear = date(t, "2026-03-12"), 2, 30
			w.plan = []clock.Settings{before, after}
			if late {
				w.plan = w.plan[:1]
			}
			id := w.begin(t) // promised 9 March, by law 11 May
			for _, x := range []struct{ day, told string }{
				{"2026-03-04", ""},
				{"2026-03-05", "near:anna"}, // two days before, not three
				{"2026-03-10", "near:anna over:anna"},
				{"2026-03-11", "near:anna over:anna"},
				{"2026-03-12", "near:anna over:anna head:chef"}, // by the old days on 16 March
				{"2026-04-10", "near:anna over:anna head:chef"},
				{"2026-04-11", "near:anna over:anna head:chef law_near:anna"},
			} {
				w.at(t, x.day)
				if late && x.day == "2026-03-12" {
					w.plan = append(w.plan, after)
				}
				w.must(t, w.clock.CatchUp(t.Context()))
				w.must(t, w.clock.Tick(t.Context()))
				if got := w.told(t, id); got != x.told {
					t.Errorf("%s: %q, want %q", x.day, got, x.told)
				}
			}
		})
	}
}

// A day that has moved is told of anew, and one that stands still is asked about after a month.
func TestWhatMovesIsToldAnewAndWhatStandsIsAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		tick := func(day, want string) {
			t.Helper()
			w.at(t, day)
			w.must(t, w.clock.Tick(ctx))
			if got := w.told(t, id); got != want {
				t.Errorf("%s: %q, want %q", day, got, want)
			}
		}
		tick("2026-03-10", "over:anna") // near went by at the same time: the most pressing is told
		w.must(t, w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer tid", date(t, "2026-03-20")))
		tick("2026-03-16", "over:anna")
		tick("2026-03-17", "over:anna near:anna")
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, "")))
		w.due(t, id, "2026-04-21") // as if it stands still until somebody is asked
		tick("2026-04-15", "over:anna near:anna")
		tick("2026-04-16", "over:anna near:anna standing:anna")
		tick("2026-04-20", "over:anna near:anna standing:anna")
		w.due(t, id, "2026-05-21")
		tick("2026-05-18", "over:anna near:anna standing:anna standing:anna")
		w.must(t, w.clock.Resume(ctx, anna, on(id)))
		w.due(t, id, "2026-05-21") // 40 working days from 17 March to 18 May
		w.must(t, w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer tid", date(t, "2026-06-30")))
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Väntar igen", date(t, "2026-05-25")))
		tick("2026-05-24", "over:anna near:anna standing:anna standing:anna")
		tick("2026-05-25", "over:anna near:anna standing:anna standing:anna goes_on:anna")
	})
}

// Cases from before the clock have the time their case type gives; the round gives them a row, and nobody is told of the backlog.
func TestCasesFromBeforeTheClock(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t))
		ctx, anna := t.Context(), w.As("anna")
		id, waits, late := w.begin(t), w.begin(t), w.begin(t)
		w.move(t, waits, "pagar")
		w.at(t, "2026-03-04")
		w.move(t, waits, "vantar")
		// as the release before wrote them: no rows, and a day that nothing moved
		w.must(t, db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM case_clock`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE cases SET due = '2026-03-09'`)
			return err
		}))
		w.at(t, "2026-03-18")
		if view, k := w.view(t, id); k.Target != date(t, "2026-03-09") || k.Statutory != date(t, "2026-05-11") || view.Case.Due != k.Target {
			t.Errorf("without a row: %+v", k.Times)
		}
		if _, k := w.view(t, waits); k.Target != date(t, "2026-03-23") {
			t.Errorf("in a status that stands still: %s", k.Target)
		}
		w.must(t, w.clock.CatchUp(ctx))
		w.must(t, w.clock.CatchUp(ctx))
		w.must(t, w.clock.Tick(ctx))
		for _, c := range []string{id, waits, late} {
			if got := w.told(t, c); got != "" {
				t.Errorf("the backlog was told: %q", got)
			}
		}
		_, err := w.Note(ctx, anna, on(id), "Något händer", nil)
		w.must(t, err)
		w.due(t, id, "2026-03-09")
		w.move(t, waits, "pagar")
		w.due(t, waits, "2026-03-23")
		var rows, waking int
		w.must(t, db.QueryRow(ctx, `SELECT count(*), count(CASE WHEN wake = '2026-05-04' THEN 1 END) FROM case_clock`).Scan(&rows, &waking))
		if rows != 3 || waking != 2 {
			t.Errorf("%d rows, %d that wake a week before the law's day", rows, waking)
		}
		// an act on a case without a row
		w.must(t, db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM case_clock WHERE case_id = $1`, late)
			return err
		}))
		w.must(t, w.clock.Extend(ctx, anna, on(late), deadline.Target, "Mer tid", date(t, "2026-04-01")))
		w.due(t, late, "2026-04-01")
	})
}

// The list of the law's days is in order, complete, of the units one may read, and read through its index.
func TestTheListOfWhatRunsOut(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t))
		ctx := t.Context()
		var all []string
		for i := range 7 {
			w.at(t, fmt.Sprintf("2026-03-%02d", 2+i))
			all = append(all, w.begin(t))
		}
		secret := w.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person = w.IDs["skyddad"] }).CaseID
		var got []string
		ask := clock.Asked{List: clock.ByLaw, Limit: 3}
		for pages := 0; ; pages++ {
			page, err := w.clock.Running(ctx, w.As("bo"), ask)
			w.must(t, err)
			for _, e := range page.Entries {
				got = append(got, e.Case.ID)
				if e.Clock.Statutory != e.Day {
					t.Errorf("%s and %s", e.Day, e.Clock.Statutory)
				}
			}
			if ask.After = page.Next; ask.After == "" || pages > 5 {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(all) {
			t.Errorf("%d cases of %d in order; the secret one is %s", len(got), len(all), secret)
		}
		for who, want := range map[string]int{"chef": 8, "kim": 0, "reg": 7, "nora": 0} {
			if page, err := w.clock.Running(ctx, w.As(who), clock.Asked{List: clock.ByLaw, Limit: 50}); err != nil || len(page.Entries) != want {
				t.Errorf("%s sees %d, want %d (%v)", who, len(page.Entries), want, err)
			}
		}
		if page, err := w.clock.Running(ctx, w.As("reg"), clock.Asked{List: clock.ByLaw, Unit: "kansli", Limit: 50}); err != nil || len(page.Entries) != 0 {
			t.Errorf("of another unit: %v %v", page, err)
		}
		w.at(t, "2026-05-13") // five are past the law's day, seven past the promise
		w.must(t, w.clock.Tick(ctx))
		for list, want := range map[clock.List]int{clock.ToHead: 8, clock.Promise: 8, clock.Mine: 0} {
			if page, err := w.clock.Running(ctx, w.As("chef"), clock.Asked{List: list, Limit: 50}); err != nil || len(page.Entries) != want {
				t.Errorf("%s: %d, want %d (%v)", list, len(page.Entries), want, err)
			}
		}
		if page, err := w.clock.Running(ctx, w.As("anna"), clock.Asked{List: clock.Mine, Limit: 50}); err != nil || len(page.Entries) != 7 {
			t.Errorf("anna's own: %d (%v)", len(page.Entries), err)
		}
		for _, bad := range []string{"x", "Lg", "MjAyNi0wMy0wMi54"} {
			if _, err := w.clock.Running(ctx, w.As("anna"), clock.Asked{List: clock.ByLaw, After: bad, Limit: 5}); !errors.Is(err, cases.ErrCursor) {
				t.Errorf("marker %q: %v", bad, err)
			}
		}
	})
}

// Whatever happens to a case, its row tells the same as its case, and no day of the law moves for what officials do.
func TestWhateverHappensTheRowAndTheCaseAgree(t *testing.T) {
	db := storetest.SQLite(t, append(casestest.Rooms(), fs.FS(clock.Migrations))...)
	w := open(t, db, statutory(t), func(d *casetype.Definition) { d.Deadlines.Target = period(t, "P20B") })
	ctx, anna := t.Context(), w.As("anna")
	rapid.Check(t, func(r *rapid.T) {
		w.at(t, "2026-03-02")
		id := w.begin(t)
		day := date(t, "2026-03-02")
		statutory := date(t, "2026-05-11")
		waits := false
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			n := rapid.IntRange(0, 9).Draw(r, "days")
			day = day.AddDays(n)
			if waits {
				statutory = statutory.AddDays(n)
			}
			w.at(t, day.String())
			switch rapid.SampledFrom([]string{"stop", "go", "extend", "status", "note", "tick"}).Draw(r, "act") {
			case "stop":
				_ = w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, ""))
			case "go":
				_ = w.clock.Resume(ctx, anna, on(id))
			case "extend":
				_ = w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer", day.AddDays(rapid.IntRange(1, 80).Draw(r, "to")))
			case "status":
				c, err := w.Case(ctx, id)
				w.must(t, err)
				to := map[string]string{"inkommen": "pagar", "pagar": "vantar", "vantar": "pagar"}[c.Status]
				w.move(t, id, to)
				waits = to == "vantar"
			case "note":
				_, err := w.Note(ctx, anna, on(id), "x", nil)
				w.must(t, err)
			case "tick":
				w.must(t, w.clock.Tick(ctx))
			}
			view, k := w.view(t, id)
			var due, law string
			w.must(t, db.QueryRow(ctx, `SELECT due, statutory FROM case_clock WHERE case_id = $1`, id).Scan(&due, &law))
			if view.Case.Due.String() != due {
				r.Fatalf("the case says %s and its row %s", view.Case.Due, due)
			}
			if k.Statutory != statutory {
				r.Fatalf("the law's day is %s, want %s", k.Statutory, statutory)
			}
			if k.Due.After(k.Statutory) || k.Due.After(k.Target) {
				r.Fatalf("the day %s is not the first of %s and %s", k.Due, k.Target, k.Statutory)
			}
		}
	})
}
