package cases_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = casestest.Rooms()

// world is casestest.World with the names the tests use.
type world struct {
	*casestest.World
	db    *store.DB
	log   *journal.Log
	clock *calendar.Fake
	ct    *casetype.CaseType
	index *search.Index
	ids   map[string]string
}

func newWorld(t testing.TB, db *store.DB) *world {
	w := casestest.New(t, db)
	return &world{World: w, db: w.DB, log: w.Log, clock: w.Clock, ct: w.Lamp, index: w.Index, ids: w.IDs}
}

func (w *world) as(key string) access.Actor { return w.As(key) }

func (w *world) submit(t testing.TB, answers casetype.Answers, change ...func(*cases.Submission)) cases.Accepted {
	return w.HandIn(t, answers, change...)
}

func broken() casetype.Answers { return casestest.Broken() }

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, newWorld(t, db)) })
}

func TestWholeWayOfOneMatter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, anna := t.Context(), w.as("anna")
		a := w.submit(t, broken())
		if a.Number != "KS 2026/00001" || a.Due.String() != "2026-03-09" {
			t.Fatalf("%+v", a)
		}
		page, err := w.List(ctx, anna, cases.Filter{Queue: cases.QueueUnassigned, Order: cases.Urgent, Limit: 50})
		if err != nil || len(page.Cases) != 1 {
			t.Fatalf("%d cases, %v", len(page.Cases), err)
		}
		c, err := w.Claim(ctx, anna, cases.On{Case: a.CaseID, Version: page.Cases[0].Version})
		if err != nil {
			t.Fatal(err)
		}
		steps := []func() (*cases.Case, error){
			func() (*cases.Case, error) { return w.Move(ctx, anna, cases.On{Case: c.ID}, "pagar", "") },
			func() (*cases.Case, error) {
				return w.Message(ctx, anna, cases.On{Case: c.ID}, "Vi byter lampan i morgon.", nil)
			},
			func() (*cases.Case, error) {
				return w.Note(ctx, anna, cases.On{Case: c.ID}, "Montör beställd", nil)
			},
			func() (*cases.Case, error) {
				return w.Reply(ctx, cases.Citizen{Opened: []string{c.ID}}, c.ID, "Tack!", nil)
			},
			func() (*cases.Case, error) {
				return w.Decide(ctx, anna, cases.On{Case: c.ID}, cases.Ruling{Key: "lagad", Text: "Lampan är bytt.", To: "avslutad"})
			},
			func() (*cases.Case, error) {
				return w.Move(ctx, anna, cases.On{Case: c.ID}, "pagar", "Den slocknade igen")
			},
			func() (*cases.Case, error) { return w.Move(ctx, anna, cases.On{Case: c.ID}, "avslutad", "") },
		}
		for i, step := range steps {
			if c, err = step(); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
		}
		if c.Open || c.Content != casetype.Closed || c.ClosedAt.IsZero() {
			t.Errorf("%+v", c)
		}
		id, err := w.OpenByCode(ctx, "ks2026/00001", strings.ToLower(a.Code))
		if err != nil || id != c.ID {
			t.Fatal(err)
		}
		seen, err := w.CitizenView(ctx, cases.Citizen{Opened: []string{id}}, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range seen.Events {
			if e.Internal {
				t.Errorf("the citizen sees %s", e.Kind)
			}
		}
		v, err := w.View(ctx, anna, c.ID)
		if err != nil || len(v.Events) != 9 || len(v.Handlings) != 4 || len(v.Decisions) != 1 {
			t.Fatalf("%d events, %d handlings, %d decisions, %v", len(v.Events), len(v.Handlings), len(v.Decisions), err)
		}
		if v.Case.Place.North < 6_650_000 || v.Case.Place.North > 6_660_000 || v.Case.Place.East < 530_000 || v.Case.Place.East > 550_000 {
			t.Errorf("S8-G-1: place in SWEREF 99 TM: %+v", v.Case.Place)
		}
		if err := w.log.Sequence(ctx); err != nil {
			t.Fatal(err)
		}
		entries, err := w.log.About(ctx, journal.Ref{Kind: "case", ID: c.ID})
		if err != nil || len(entries) != 9 {
			t.Fatalf("P-S: %d journal entries for 9 changes, %v", len(entries), err)
		}
	})
}

func TestSameFormSentTwiceIsOneCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clean, _ := w.ct.Validate(broken())
		in := cases.Submission{Key: uuid.Must(uuid.NewV7()).String(), Type: w.ct, Answers: clean, Channel: "web", Lang: i18n.SV}
		got := make([]cases.Accepted, 8)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = w.Submit(t.Context(), in); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		fresh := 0
		for _, a := range got {
			if a.Number != got[0].Number || a.Code != got[0].Code || a.Entry != got[0].Entry {
				t.Errorf("%+v is not %+v", a, got[0])
			}
			if !a.Again {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("%d of 8 were taken as new", fresh)
		}
	})
}

func TestDiaryNumbersAreUniqueAndInSeries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]bool{}
		for range 60 {
			wg.Go(func() {
				a := w.submit(t, broken())
				mu.Lock()
				defer mu.Unlock()
				if seen[a.Number] {
					t.Errorf("%s was given twice", a.Number)
				}
				seen[a.Number] = true
			})
		}
		wg.Wait()
		w.clock.Set(calendar.NewDate(2027, 1, 1).Start())
		if a := w.submit(t, broken()); a.Number != "KS 2027/00001" {
			t.Errorf("the first of the new year is %s", a.Number)
		}
	})
}

func TestP_K_OthersDoNotSeeTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken(), func(in *cases.Submission) { in.Person = w.ids["inv"] })
		for key, may := range map[string]bool{"anna": true, "bo": true, "kim": false, "reg": true, "rev": true, "pol": false, "nora": false, "adm": false, "": false} {
			_, err := w.View(t.Context(), w.as(key), a.CaseID)
			if may && err != nil || !may && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %v", key, err)
			}
		}
		if _, err := w.CitizenView(t.Context(), cases.Citizen{Person: w.ids["inv"]}, a.CaseID); err != nil {
			t.Errorf("the party: %v", err)
		}
		for _, stranger := range []cases.Citizen{{}, {Person: w.ids["bo"]}, {Opened: []string{"other"}}} {
			if _, err := w.CitizenView(t.Context(), stranger, a.CaseID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%+v: %v", stranger, err)
			}
		}
		page, err := w.Mine(t.Context(), cases.Citizen{Person: w.ids["inv"]}, "", 200)
		mine := page.Cases
		if err != nil || len(mine) != 1 {
			t.Errorf("%d cases of mine, %v", len(mine), err)
		}
	})
}

func TestP_S_ReadingWhatIsMarkedIsJournalled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		if _, err := w.Mark(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Marked, "OSL 26:1", "Uppgift om hälsa"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.View(t.Context(), w.as("anna"), a.CaseID); err != nil {
			t.Fatal(err)
		}
		if err := w.log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := w.log.About(t.Context(), journal.Ref{Kind: "case", ID: a.CaseID})
		if err != nil {
			t.Fatal(err)
		}
		last := list[len(list)-1]
		if last.Action != cases.ActionRead || last.Actor != w.ids["anna"] || last.Mandate == "" {
			t.Errorf("last entry %+v", last)
		}
		if _, err := w.Mark(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Secret, "OSL 26:1", "Mer"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.View(t.Context(), w.as("anna"), a.CaseID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an officer of the unit who does not have the secret case: %v", err)
		}
	})
}

func TestStaleChangeIsRefusedAndNothingIsLost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		v, err := w.View(t.Context(), w.as("anna"), a.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		on := cases.On{Case: a.CaseID, Version: v.Case.Version}
		if _, err := w.Claim(t.Context(), w.as("bo"), on); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Edit(t.Context(), w.as("anna"), on, cases.Facts{Subject: "Annat"}); !errors.Is(err, cases.ErrStale) {
			t.Errorf("edit of an old version: %v", err)
		}
		if _, err := w.Note(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, "går alltid", nil); err != nil {
			t.Errorf("a note only adds: %v", err)
		}
	})
}

func TestRulesOfTheCaseTypeHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, anna := t.Context(), w.as("anna")
		a := w.submit(t, broken())
		on := cases.On{Case: a.CaseID}
		if _, err := w.Move(ctx, anna, on, "avslutad", ""); !errors.Is(err, cases.ErrDecision) {
			t.Errorf("closing without decision: %v", err)
		}
		if _, err := w.Move(ctx, anna, on, "nowhere", ""); !errors.Is(err, cases.ErrMove) {
			t.Errorf("a status that is not there: %v", err)
		}
		if _, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "lagad", Text: "x"}); !access.IsDenied(err) {
			t.Errorf("deciding without having the case: %v", err)
		}
		if _, err := w.Claim(ctx, anna, on); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "annat", Text: "x"}); !errors.Is(err, cases.ErrDecision) {
			t.Errorf("a decision the type does not have: %v", err)
		}
		if _, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "lagad", Text: "klart", To: "avslutad"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Move(ctx, anna, on, "pagar", "  "); !errors.Is(err, cases.ErrNote) {
			t.Errorf("reopening without a reason: %v", err)
		}
		if _, err := w.Assign(ctx, anna, on, w.ids["bo"]); !errors.Is(err, cases.ErrClosed) {
			t.Errorf("assigning a closed case: %v", err)
		}
		if _, err := w.Move(ctx, anna, on, "pagar", "igen"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Assign(ctx, anna, on, w.ids["kim"]); !errors.Is(err, cases.ErrWho) {
			t.Errorf("assigning to another unit's officer: %v", err)
		}
	})
}

func TestS2_M3_1_SynpunktReachesThePoliticianAndCannotBeDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := broken()
		in["to"] = []string{"politician:pol"}
		a := w.submit(t, in)
		page, err := w.List(t.Context(), w.as("pol"), cases.Filter{Queue: cases.QueueAddressed, Limit: 10})
		if err != nil || len(page.Cases) != 1 || page.Cases[0].ID != a.CaseID {
			t.Fatalf("%v %v", page.Cases, err)
		}
		if _, err := w.View(t.Context(), w.as("pol"), a.CaseID); err != nil {
			t.Errorf("the politician it is addressed to: %v", err)
		}
		rows, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(rows) != 1 {
			t.Errorf("%d rows in the diarium, %v", len(rows), err)
		}
	})
}

func TestPublicRegisterShowsNothingSuppressed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := broken()
		in["what"] = []string{"Lampan hos 20000101-2384 är trasig"}
		w.submit(t, in)
		rows, err := w.PublicRegister(t.Context(), "", 10)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		if rows[0].Party != "" || !rows[0].Withheld || strings.Contains(rows[0].Subject, "2384") || !strings.Contains(rows[0].Subject, "Lampa") {
			t.Errorf("%+v", rows[0])
		}
		list, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Screen(t.Context(), w.as("anna"), list[0].ID, cases.Screening{Public: true}); !access.IsDenied(err) {
			t.Errorf("an officer screens the register: %v", err)
		}
		if err := w.Screen(t.Context(), w.as("reg"), list[0].ID, cases.Screening{Public: true, HideParty: true, HideSubject: true}); err != nil {
			t.Fatal(err)
		}
		if rows, _ = w.PublicRegister(t.Context(), "", 10); rows[0].Subject != "" {
			t.Errorf("%+v", rows[0])
		}
		if err := w.Correct(t.Context(), w.as("reg"), list[0].ID, cases.Correction{Subject: "Rättat", Reason: "Fel ord"}); err != nil {
			t.Fatal(err)
		}
		list, _, err = w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(list) != 2 || list[1].Superseded != list[0].ID || list[0].Subject != "Rättat" {
			t.Errorf("a correction must leave the old row to be seen: %+v %v", list, err)
		}
	})
}

func TestCodesCannotBeGuessedOrSwapped(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t, rooms...))
	a, b := w.submit(t, broken()), w.submit(t, broken())
	for name, try := range map[string][2]string{
		"another case's code": {a.Number, b.Code}, "no code": {a.Number, ""}, "no such case": {"KS 2026/99999", a.Code}, "nothing": {"", ""},
	} {
		if _, err := w.OpenByCode(t.Context(), try[0], try[1]); !errors.Is(err, cases.ErrCode) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Pages of a list meet without gap or repetition, whatever is in them.
func TestListPagesHoldEachCaseOnce(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t, rooms...))
	total := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(0, 4).Draw(rt, "new") {
			w.submit(t, broken())
			total++
			w.clock.Advance(1e9 * 3600 * 7)
		}
		f := cases.Filter{Queue: cases.QueueOpen, Limit: rapid.IntRange(1, 7).Draw(rt, "limit"), Order: rapid.SampledFrom([]cases.Order{cases.Newest, cases.Urgent}).Draw(rt, "order")}
		seen := map[string]bool{}
		who := w.as(rapid.SampledFrom([]string{"anna", "reg"}).Draw(rt, "who"))
		for {
			page, err := w.List(t.Context(), who, f)
			if err != nil {
				rt.Fatal(err)
			}
			for _, c := range page.Cases {
				if seen[c.ID] {
					rt.Fatalf("%s is on two pages", c.Number)
				}
				seen[c.ID] = true
			}
			if page.Next == "" {
				break
			}
			f.After = page.Next
		}
		if len(seen) != total {
			rt.Fatalf("%d of %d cases on the pages", len(seen), total)
		}
	})
	if _, err := w.List(t.Context(), w.as("anna"), cases.Filter{After: "forged", Limit: 1}); !errors.Is(err, cases.ErrCursor) {
		t.Errorf("a forged marker: %v", err)
	}
}

func TestSearchFindsWhatOneMaySee(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		if _, err := w.Claim(t.Context(), w.as("anna"), cases.On{Case: a.CaseID, Version: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Note(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, "montören kommer", nil); err != nil {
			t.Fatal(err)
		}
		if err := w.log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := w.log.Since(t.Context(), -1, 100)
		if err != nil {
			t.Fatal(err)
		}
		x := cases.Indexer{Service: w.Service, Index: w.index}
		if err := w.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Handle(ctx, tx, entries) }); err != nil {
			t.Fatal(err)
		}
		var own int // what one may read outside of one's units is narrowed by this
		if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM search_party WHERE party = $1`, w.ids["anna"]).Scan(&own); err != nil || own != 1 {
			t.Errorf("%d documents are indexed as anna's own, %v", own, err)
		}
		for _, c := range []struct {
			who, text string
			want      int
		}{{"anna", "lampor", 1}, {"anna", "montör", 1}, {"anna", "storgatan", 1}, {"anna", a.Number, 1}, {"kim", "lampor", 0}, {"nora", "lampor", 0}, {"adm", "lampor", 0}, {"reg", "ines", 1}} {
			found, _, err := w.Search(t.Context(), w.index, w.as(c.who), c.text, "", 10)
			if err != nil || len(found) != c.want {
				t.Errorf("%s searches %q: %d found, want %d, %v", c.who, c.text, len(found), c.want, err)
			}
		}
	})
}

func BenchmarkSubmit(b *testing.B) {
	w := newWorld(b, storetest.SQLite(b, rooms...))
	clean, _ := w.ct.Validate(broken())
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			in := cases.Submission{Key: uuid.Must(uuid.NewV7()).String(), Type: w.ct, Answers: clean, Channel: "web", Lang: i18n.SV}
			if _, err := w.Submit(b.Context(), in); err != nil {
				b.Error(err)
			}
		}
	})
}

func TestADecisionThatClosesTheCaseIsOneEntryThatSaysBoth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, anna := t.Context(), w.as("anna")
		for to, closing := range map[string]bool{"": false, "pagar": false, "avslutad": true} {
			on := cases.On{Case: w.submit(t, broken()).CaseID}
			if _, err := w.Claim(ctx, anna, on); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "lagad", Text: "Klart", To: to}); err != nil {
				t.Fatal(err)
			}
			if err := w.log.Sequence(ctx); err != nil {
				t.Fatal(err)
			}
			entries, err := w.log.About(ctx, journal.Ref{Kind: "case", ID: on.Case})
			if err != nil || len(entries) != 3 {
				t.Fatalf("%d entries, %v", len(entries), err)
			}
			if e := entries[2]; e.Action != cases.ActionDecided || e.Decision == "" || cases.Closing(e) != closing {
				t.Errorf("to %q: %s on %q, closing %v: %s", to, e.Action, e.Decision, cases.Closing(e), e.Payload)
			}
		}
	})
}
