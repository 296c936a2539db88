package deviation_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// rules has two soft sentences and a hard one.
type rules map[string]bool

func (r rules) Soft(sentence string) (soft, known bool) {
	soft, known = r[sentence]
	return soft, known
}

// town is a municipality to test with, on 2 March 2026: anna is KS's secretary, bo answers for IT.
type town struct {
	*deviation.Service
	org        *bodies.Service
	db         *store.DB
	log        *journal.Log
	clock      *calendar.Fake
	anna, chef bodies.By
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func both(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s} }

func each(t *testing.T, fn func(t *testing.T, s town)) {
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations, deviation.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		org, err := bodies.Open(t.Context(), db, log, clock, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		from := day("2025-01-01")
		_, err = org.Import(t.Context(), bodies.By{Person: journal.System}, bodies.Organisation{
			Members: []bodies.Member{{ID: "lilleby", Kind: bodies.Municipality, Name: both("Lilleby")}},
			Bodies: []bodies.Body{
				{ID: "ks", Member: "lilleby", Code: "KS", Kind: bodies.Executive, Name: both("Kommunstyrelsen")},
				{ID: "tn", Member: "lilleby", Code: "TN", Kind: bodies.Committee, Name: both("Tekniska nämnden")},
			},
			Roles: []bodies.Role{{Code: "sekreterare", Name: both("Sekreterare")}, {Code: "itchef", Name: both("IT-chef"), Exclusive: bodies.OneEverywhere}},
			Persons: []bodies.ImportedPerson{
				{Person: bodies.Person{Key: "anna", Kind: bodies.Staff, Name: "Anna"}}, {Person: bodies.Person{Key: "bo", Kind: bodies.Staff, Name: "Bo"}},
			},
			Mandates: []bodies.Mandate{
				{Person: "anna", Role: "sekreterare", Place: bodies.Place{Body: "ks"}, From: from},
				{Person: "anna", Role: "sekreterare", Place: bodies.Place{Body: "tn"}, From: from},
				{Person: "bo", Role: "itchef", Place: bodies.Place{Member: "lilleby"}, From: from, To: day("2026-12-31")},
			},
			Reserved: []bodies.ReservedAction{{Member: "lilleby", Action: deviation.Action("S3-4"), Body: "KS", Sentence: "S3-4", Text: both("KS medger egen utveckling"), From: from}},
		})
		if err != nil {
			t.Fatal(err)
		}
		s := town{Service: deviation.New(db, log, org, clock, rules{"S3-4": true, "S3-10": true, "S4-KS-3": false}), org: org, db: db, log: log, clock: clock}
		for key, by := range map[string]*bodies.By{"anna": &s.anna, "bo": &s.chef} {
			p, err := org.PersonByKey(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			*by = bodies.By{Person: p.ID, Mandate: org.Directory().HistoryOf(p.ID)[0].ID}
		}
		fn(t, s)
	})
}

func (s town) decision(t *testing.T, body, on string) string {
	t.Helper()
	for _, m := range s.org.Directory().HistoryOf(s.anna.Person) {
		if m.Body == body {
			d, err := s.org.RegisterDecision(t.Context(), bodies.By{Person: m.Person, Mandate: m.ID}, bodies.Decision{Body: body, On: day(on), Paragraph: "§ " + store.NewID(), Text: "Medges."})
			if err != nil {
				t.Fatal(err)
			}
			return d.ID
		}
	}
	t.Fatal("no secretary")
	return ""
}

func integration(id string) deviation.Deviation {
	return deviation.Deviation{Member: "lilleby", Sentence: "S3-10", Object: deviation.Object{Kind: "integration", ID: id}, Name: "Ekonomi till lön",
		Motivation: "Leverantören har ingen anslutning till plattformen än.", From: day("2026-03-02"), To: day("2027-03-01"), Review: day("2026-09-01")}
}

func as[E error](t *testing.T, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a %T", err, e)
	}
	return e
}

func TestPR_5_HardRuleHasNoAvsteg(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		d := integration("a")
		d.Sentence = "S4-KS-3"
		d.Decision = s.decision(t, "ks", "2026-02-10")
		_, err := s.Decide(t.Context(), s.anna, d)
		if e := as[*deviation.HardError](t, err); !e.Known {
			t.Error("the sentence is known")
		}
		d.Sentence = "S99-1"
		_, err = s.Decide(t.Context(), s.anna, d)
		if e := as[*deviation.HardError](t, err); e.Known {
			t.Error("there is no such sentence")
		}
		if s.Soft("S4-KS-3") || s.Soft("S99-1") || !s.Soft("S3-10") {
			t.Error("what can be departed from is what is soft and known")
		}
	})
}

func TestPR_5_AvstegHasMotivationDeciderLastDayAndReview(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		for name, c := range map[string]struct {
			edit           func(*deviation.Deviation)
			field, problem string
		}{
			"no motivation":        {func(d *deviation.Deviation) { d.Motivation = " " }, "motivation", "empty"},
			"no object":            {func(d *deviation.Deviation) { d.Object.ID = "" }, "object", "empty"},
			"no first day":         {func(d *deviation.Deviation) { d.From = calendar.Date{} }, "from", "empty"},
			"no last day":          {func(d *deviation.Deviation) { d.To = calendar.Date{} }, "to", "empty"},
			"last before first":    {func(d *deviation.Deviation) { d.To = day("2026-03-01") }, "to", "out_of_days"},
			"37 months":            {func(d *deviation.Deviation) { d.To = day("2029-03-03") }, "to", "too_long"},
			"no review":            {func(d *deviation.Deviation) { d.Review = calendar.Date{} }, "review", "empty"},
			"review after the end": {func(d *deviation.Deviation) { d.Review = day("2027-03-02") }, "review", "out_of_days"},
			"unknown decision":     {func(d *deviation.Deviation) { d.Decision = store.NewID() }, "decision", "unknown"},
			"decided after it held": {func(d *deviation.Deviation) {
				d.Decision, d.From = s.decision(t, "ks", "2026-03-02"), day("2026-03-01")
			}, "from", "not_yet_decided"},
		} {
			d := integration(name)
			c.edit(&d)
			_, err := s.Decide(t.Context(), s.chef, d)
			if e := as[*deviation.InvalidError](t, err); e.Field != c.field || string(e.Problem) != c.problem {
				t.Errorf("%s: %s is %s", name, e.Field, e.Problem)
			}
		}
		nobody := bodies.By{Person: s.chef.Person, Mandate: s.anna.Mandate}
		_, err := s.Decide(t.Context(), nobody, integration("a"))
		as[*deviation.InvalidError](t, err)

		d := integration("a")
		d.To = day("2029-03-02") // 36 months to the day
		d, err = s.Decide(t.Context(), s.chef, d)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := deviation.Valid(t.Context(), s.db, "S3-10", "integration", "a", day("2029-03-02"))
		if err != nil || !ok || got.ID != d.ID || got.Mandate != s.chef.Mandate || got.Motivation != d.Motivation {
			t.Errorf("%+v %t %v", got, ok, err)
		}
		if _, ok, _ := deviation.Valid(t.Context(), s.db, "S3-10", "integration", "a", day("2029-03-03")); ok {
			t.Error("it holds after its last day")
		}
		var entries []journal.Recorded
		err = journal.Each(t.Context(), s.db.Engine(), s.db, "deviation", func(e journal.Recorded) error { entries = append(entries, e); return nil })
		if err != nil || len(entries) != 1 || entries[0].Action != "deviation.decided" || entries[0].Mandate != s.chef.Mandate {
			t.Errorf("journal: %v %v", entries, err)
		}
	})
}

func TestPR_5_SentenceReservedToABodyTakesItsDecision(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		d := integration("a")
		d.Sentence = "S3-4"
		_, err := s.Decide(t.Context(), s.chef, d)
		if e := as[*bodies.ReservedError](t, err); e.Reason != bodies.NoDecision || e.BodyID != "ks" {
			t.Errorf("%+v", e)
		}
		d.Decision = s.decision(t, "tn", "2026-02-10")
		_, err = s.Decide(t.Context(), s.anna, d)
		if e := as[*bodies.ReservedError](t, err); e.Reason != bodies.WrongBody {
			t.Errorf("%+v", e)
		}
		d.Decision = s.decision(t, "ks", "2026-02-10")
		if d, err = s.Decide(t.Context(), s.anna, d); err != nil {
			t.Fatal(err)
		}
		as[*bodies.ReservedError](t, s.End(t.Context(), s.chef, d.ID, day("2026-04-01"), "Byts ut."))
		by := s.anna
		by.Decision = s.decision(t, "ks", "2026-03-01")
		if err := s.End(t.Context(), by, d.ID, day("2026-04-01"), "Byts ut."); err != nil {
			t.Fatal(err)
		}
		// What a revoked decision carried holds no longer, and nothing new rests on it.
		if err := s.org.Revoke(t.Context(), s.anna, bodies.Revocation{Decision: d.Decision, By: s.decision(t, "ks", "2026-03-02"), From: day("2026-03-10")}); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]bool{"2026-03-09": true, "2026-03-10": false} {
			if _, ok, err := deviation.Valid(t.Context(), s.db, "S3-4", "integration", "a", day(on)); err != nil || ok != want {
				t.Errorf("on %s it holds: %t %v", on, ok, err)
			}
		}
		late := integration("b")
		late.Decision, late.From = d.Decision, day("2026-03-10")
		_, err = s.Decide(t.Context(), s.anna, late)
		if e := as[*deviation.InvalidError](t, err); e.Problem != deviation.Revoked {
			t.Errorf("%+v", e)
		}
		if err := s.End(t.Context(), by, d.ID, day("2026-04-02"), "Igen."); !errors.Is(err, store.ErrConflict) {
			t.Errorf("ended twice: %v", err)
		}
	})
}

func TestPR_5_ReviewAndExpiryAreListed(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		ctx := t.Context()
		d, err := s.Decide(ctx, s.chef, integration("a"))
		if err != nil {
			t.Fatal(err)
		}
		list := func(state deviation.State, on string) string {
			t.Helper()
			found, err := s.List(ctx, deviation.Question{Member: "lilleby", State: state, On: day(on)})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range found {
				names = append(names, f.Object.ID+" "+f.Review.String())
			}
			return strings.Join(names, ", ")
		}
		for _, c := range []struct {
			state    deviation.State
			on, want string
		}{
			{deviation.Now, "2026-03-01", ""}, {deviation.Now, "2026-03-02", "a 2026-09-01"}, {deviation.ToReview, "2026-08-31", ""},
			{deviation.ToReview, "2026-09-01", "a 2026-09-01"}, {deviation.Over, "2027-03-01", ""}, {deviation.Over, "2027-03-02", "a 2026-09-01"},
		} {
			if got := list(c.state, c.on); got != c.want {
				t.Errorf("%s on %s: %q, want %q", c.state, c.on, got, c.want)
			}
		}
		s.clock.Set(day("2026-09-01").Start())
		as[*deviation.InvalidError](t, s.Review(ctx, s.chef, d.ID, "", day("2027-01-01")))
		as[*deviation.InvalidError](t, s.Review(ctx, s.chef, d.ID, "Kvarstår.", day("2027-03-02")))
		as[*deviation.InvalidError](t, s.Review(ctx, s.chef, d.ID, "Kvarstår.", day("2026-09-01")))
		if err := s.Review(ctx, s.chef, d.ID, "Kvarstår, leverantören levererar i januari.", day("2027-01-15")); err != nil {
			t.Fatal(err)
		}
		if got := list(deviation.ToReview, "2026-09-01") + list(deviation.ToReview, "2027-01-15"); got != "a 2027-01-15" {
			t.Errorf("to review: %q", got)
		}
		if got := list(deviation.Now, "2026-08-31"); got != "a 2026-09-01" {
			t.Errorf("what was true that day: %q", got)
		}
		for days, want := range map[int]int{30: 0, 90: 1} {
			soon, err := s.Expiring(ctx, "lilleby", day("2027-01-01"), days, 10)
			if err != nil || len(soon) != want {
				t.Errorf("within %d days: %v %v", days, soon, err)
			}
		}
		counts, err := s.Counts(ctx, "lilleby", day("2026-09-01"))
		if err != nil || counts["S3-10"] != 1 {
			t.Errorf("%v %v", counts, err)
		}
		decided, err := s.Decided(ctx, "", day("2026-01-01"), day("2026-12-31"))
		if err != nil || decided["S3-10"] != 1 {
			t.Errorf("%v %v", decided, err)
		}
	})
}

// The schema itself holds that an avsteg is ended and never edited, whoever writes.
func TestPR_5_AvstegIsNeverEdited(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		d, err := s.Decide(t.Context(), s.chef, integration("a"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Review(t.Context(), s.chef, d.ID, "Sedd.", day("2026-10-01")); err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{
			`UPDATE deviation SET valid_to = '2030-01-01'`, `UPDATE deviation SET motivation = 'annan', ended_on = '2026-04-01'`, `DELETE FROM deviation`,
			`UPDATE deviation_review SET note = 'annan'`, `DELETE FROM deviation_review`,
		} {
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { _, err := tx.Exec(ctx, change); return err })
			if err == nil {
				t.Errorf("%s went through", change)
			}
		}
	})
}

// Whatever is decided and ended in whatever order, an object has an avsteg exactly on the days a calendar on the wall would say, never
// two at a time, never for longer than the strategy allows, and never from a hard rule.
func TestPR_5_ValidEqualsANaiveReplay(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		start, run := day("2026-03-02"), 0
		decision := s.decision(t, "ks", "2026-03-02")
		rapid.Check(t, func(t *rapid.T) {
			run++
			ctx := context.Background()
			object := fmt.Sprint("run-", run)
			wall := map[int]string{} // day -> avsteg
			var given []deviation.Deviation
			for range rapid.IntRange(1, 6).Draw(t, "steps") {
				if len(given) > 0 && rapid.Bool().Draw(t, "end") {
					d := rapid.SampledFrom(given).Draw(t, "which")
					last := rapid.IntRange(-1, 1200).Draw(t, "last")
					if s.End(ctx, s.chef, d.ID, start.AddDays(last), "Behövs inte.") == nil {
						for n, id := range wall {
							if id == d.ID && n > last {
								delete(wall, n)
							}
						}
					}
					continue
				}
				from := rapid.IntRange(0, 60).Draw(t, "from")
				to := from + rapid.IntRange(-1, 1200).Draw(t, "days")
				d := deviation.Deviation{Member: "lilleby", Sentence: rapid.SampledFrom([]string{"S3-10", "S4-KS-3"}).Draw(t, "sentence"), Object: deviation.Object{Kind: "system", ID: object},
					Name: "System", Motivation: "Därför.", From: start.AddDays(from), To: start.AddDays(to), Review: start.AddDays(from)}
				if rapid.Bool().Draw(t, "by a body") {
					d.Decision = decision
				}
				free := true
				for n := from; n <= to; n++ {
					free = free && wall[n] == ""
				}
				want := d.Sentence == "S3-10" && to >= from && !d.To.After(d.From.AddMonths(36)) && free
				made, err := s.Decide(ctx, s.chef, d)
				if (err == nil) != want {
					t.Fatalf("deciding %+v: %v, want %t", d, err, want)
				}
				if err == nil {
					for n := from; n <= to; n++ {
						wall[n] = made.ID
					}
					given = append(given, made)
				}
			}
			for _, n := range []int{0, 1, 30, 60, rapid.IntRange(0, 1300).Draw(t, "asked")} {
				got, ok, err := deviation.Valid(ctx, s.db, "S3-10", "system", object, start.AddDays(n))
				if err != nil || ok != (wall[n] != "") || ok && got.ID != wall[n] {
					t.Fatalf("day %d: %v %t %v, the wall says %q", n, got.ID, ok, err, wall[n])
				}
				all, err := deviation.ValidFor(ctx, s.db, "S3-10", "system", start.AddDays(n))
				if err != nil || all[object].ID != got.ID {
					t.Fatalf("day %d: all at once says %v, %v", n, all[object].ID, err)
				}
				if hard, ok, _ := deviation.Valid(ctx, s.db, "S4-KS-3", "system", object, start.AddDays(n)); ok {
					t.Fatalf("an avsteg from a hard rule: %+v", hard)
				}
			}
		})
	})
}
