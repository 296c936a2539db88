package measure_test

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = append(casestest.Rooms(), fs.FS(measure.Migrations))

// town is the small municipality with what it measures.
type town struct {
	*casestest.World
	*measure.Service
	days *calendar.Calendar
	told int64 // the last journal entry that the figures know of
}

// compute tells what has happened, as the dispatcher does, and makes the figures.
func (w *town) compute(ctx context.Context) error {
	if err := w.Log.Sequence(ctx); err != nil {
		return err
	}
	for {
		batch, err := w.Log.Since(ctx, w.told, 100)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return w.Compute(ctx)
		}
		if err := w.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return w.Handle(ctx, tx, batch) }); err != nil {
			return err
		}
		w.told = batch[len(batch)-1].Seq
	}
}

// Current gives the one case type.
func (w *town) Current(id string, _ calendar.Date) (*casetype.CaseType, bool) {
	return w.Lamp, id == w.Lamp.ID
}

func build(t testing.TB, db *store.DB) *town {
	t.Helper()
	w := &town{World: casestest.New(t, db)}
	var err error
	if w.days, err = calendar.NewCalendar(calendar.DefaultRules()); err != nil {
		t.Fatal(err)
	}
	w.Service = measure.New(measure.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: w.days, Types: types{w}, Log: slog.New(slog.DiscardHandler), Targets: measure.DefaultTargets()})
	return w
}

// types are those of the town: the world's own Version and Open, and Current.
type types struct{ w *town }

func (t types) Version(string, int) (*casetype.CaseType, bool) { return t.w.Lamp, true }
func (t types) Open(calendar.Date) []*casetype.CaseType        { return []*casetype.CaseType{t.w.Lamp} }
func (t types) Current(id string, day calendar.Date) (*casetype.CaseType, bool) {
	return t.w.Current(id, day)
}

func each(t *testing.T, fn func(t *testing.T, w *town)) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, build(t, db)) })
}

// act lets something happen to a case at random, through the real service. What its state does not allow is left out.
func (w *town) act(t *testing.T, rt *rapid.T, id string) {
	t.Helper()
	chef := w.As("chef")
	c, err := w.Case(t.Context(), id)
	if err != nil {
		rt.Fatal(err)
	}
	on := cases.On{Case: id}
	if c.Unit != "gata" { // handed over: somebody of that unit goes on
		chef = w.As("kim")
	}
	switch rapid.IntRange(0, 6).Draw(rt, "act") {
	case 0:
		_, err = w.Message(t.Context(), chef, on, "Vi tittar på det.", nil)
	case 1:
		_, err = w.Reply(t.Context(), cases.Citizen{Opened: []string{id}}, id, "Tack", nil)
	case 2:
		if c.Open && c.Unit == "gata" {
			_, err = w.HandOver(t.Context(), chef, on, "kansli", "Fel enhet")
		}
	case 3, 4:
		if c.Open && c.Unit == "gata" && c.Status != "vantar" { // a decision that closes
			if c.Assignee != w.IDs["anna"] {
				if _, err = w.Claim(t.Context(), w.As("anna"), on); err != nil {
					break
				}
			}
			_, err = w.Decide(t.Context(), w.As("anna"), on, cases.Ruling{Key: "lagad", Text: "Lagad.", To: "avslutad"})
		}
	case 5:
		if !c.Open {
			_, err = w.Move(t.Context(), chef, on, "pagar", "Den slocknade igen")
		}
	case 6:
		if c.Status == "pagar" && c.Events > 3 && c.Unit == "gata" { // decided before: closed by status
			if v, verr := w.View(t.Context(), chef, id); verr == nil && len(v.Decisions) > 0 {
				_, err = w.Move(t.Context(), chef, on, "avslutad", "")
			}
		}
	}
	if err != nil {
		rt.Fatalf("%s: %v", c.Status, err)
	}
}

// recomputed makes the figures from the timelines alone, as somebody with pen and paper would.
func (w *town) recomputed(t *testing.T, rt *rapid.T, ids []string) measure.Figures {
	t.Helper()
	f := measure.Figures{Ways: map[measure.Way]int{}}
	today := calendar.DateOf(w.Clock.Now())
	since := today.AddMonths(-12).Start()
	var took []int
	for _, id := range ids {
		c, err := w.Case(t.Context(), id)
		if err != nil {
			rt.Fatal(err)
		}
		v, err := w.View(t.Context(), w.As("rev"), id)
		if err != nil {
			rt.Fatal(err)
		}
		if !c.ReceivedAt.Before(since) {
			f.Received++
			kind := measure.Anonymous
			if len(c.Answers["who.name"]) > 0 {
				kind = measure.Person
			}
			f.Ways[measure.Way{Channel: c.Channel, Actor: kind}]++
		}
		if c.Open {
			f.Open++
			if c.Due.Before(today) {
				f.Overdue++
			}
		}
		touched, ended, again := false, false, false
		for _, e := range v.Events {
			closing := e.Kind == cases.Closed || e.Kind == cases.Decided && e.Data.To == "avslutad"
			switch {
			case e.Kind == cases.MessageOut || e.Kind == cases.HandedOver:
				touched = true
			case closing && !e.At.Before(since):
				ended = true
			case e.Kind == cases.Reopened && !e.At.Before(since):
				again = true
			}
		}
		if ended {
			f.Ended++
		}
		if ended && again {
			f.Reopened++
		}
		if !c.Open && !c.ClosedAt.Before(since) {
			f.Closed++
			if !touched {
				f.FirstContact++
			}
			took = append(took, w.days.BusinessDaysBetween(calendar.DateOf(c.ReceivedAt), calendar.DateOf(c.ClosedAt)))
		}
	}
	slices.Sort(took)
	for percent, to := range map[int]*int{50: &f.Median, 90: &f.P90} {
		for _, d := range took { // the least value that so many per cent do not exceed
			n := 0
			for _, o := range took {
				if o <= d {
					n++
				}
			}
			if n*100 >= percent*len(took) {
				*to = d
				break
			}
		}
	}
	return f
}

// S2-M2-1: whatever happens to cases, the figures are those that the case log gives.
func TestS2_M2_1_FiguresEqualRecomputationFromTheCaseLog(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		var ids []string
		rounds := 0
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 12).Draw(rt, "acts") {
				if len(ids) == 0 || rapid.IntRange(0, 3).Draw(rt, "new") == 0 {
					in := casestest.Broken()
					if rapid.Bool().Draw(rt, "anonymous") {
						delete(in, "who.name")
						delete(in, "who.email")
					}
					channel := rapid.SampledFrom([]string{"web", "web", "phone", "visit"}).Draw(rt, "channel")
					a := w.HandIn(t, in, func(s *cases.Submission) { s.Channel = channel })
					ids = append(ids, a.CaseID)
				} else {
					w.act(t, rt, ids[rapid.IntRange(max(0, len(ids)-20), len(ids)-1).Draw(rt, "case")])
				}
				w.Clock.Advance(time.Duration(rapid.IntRange(0, 200).Draw(rt, "hours")) * time.Hour)
			}
			if rounds++; rounds%7 != 0 { // to read every timeline again each time would take a minute
				return
			}
			if err := w.compute(t.Context()); err != nil {
				rt.Fatal(err)
			}
			got, want := w.Figures("lampa"), w.recomputed(t, rt, ids)
			if got.Received != want.Received || got.Closed != want.Closed || got.Median != want.Median || got.P90 != want.P90 || got.FirstContact != want.FirstContact ||
				got.Ended != want.Ended || got.Reopened != want.Reopened || got.Open != want.Open || got.Overdue != want.Overdue {
				rt.Fatalf("figures %+v\nby the log %+v", got, want)
			}
			for way, n := range want.Ways {
				if got.Ways[way] != n {
					rt.Fatalf("%v: %d, by the log %d", way, got.Ways[way], n)
				}
			}
		})
	})
}

func TestHandlingTimeIsSilentWithFewCases(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		changed := 0
		w.Service.Changed = func() { changed++ }
		for i := range measure.Enough {
			if err := w.compute(t.Context()); err != nil {
				t.Fatal(err)
			}
			if w.Figures("lampa").Measured() {
				t.Fatalf("%d cases were enough", i)
			}
			w.closeOne(t)
		}
		if err := w.compute(t.Context()); err != nil || !w.Figures("lampa").Measured() || w.Figures("lampa").Median != 0 {
			t.Errorf("%v %+v", err, w.Figures("lampa"))
		}
		if changed == 0 {
			t.Error("nobody was told that what the public sees has changed")
		}
		told := changed
		if err := w.compute(t.Context()); err != nil || changed != told {
			t.Errorf("told of a change that was none: %v", err)
		}
	})
}

// closeOne hands in a case and closes it the same day.
func (w *town) closeOne(t *testing.T) string {
	t.Helper()
	a := w.HandIn(t, casestest.Broken())
	if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: a.CaseID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Decide(t.Context(), w.As("anna"), cases.On{Case: a.CaseID}, cases.Ruling{Key: "lagad", Text: "Lagad.", To: "avslutad"}); err != nil {
		t.Fatal(err)
	}
	return a.CaseID
}
