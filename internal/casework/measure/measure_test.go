package measure_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
)

// S8-E-2: how many came to each step and went on, what was refused most, what stopped them.
func TestS8_E_2_FunnelCountsEachFormOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		tick := func(step string, what measure.What, code string) measure.Tick {
			return measure.Tick{Type: "lampa", Version: 1, Lang: i18n.SV, Step: step, What: what, Code: code}
		}
		var forms sync.WaitGroup
		for i := range 20 {
			forms.Go(func() {
				form := fmt.Sprint("form ", i)
				w.Once(form, tick("", measure.Begun, ""))
				for range 3 { // read again, back and forth
					w.Once(form, tick("fel", measure.Reached, ""))
				}
				w.Count(tick("fel", measure.Fault, "what:required"))
				if i%2 == 0 {
					w.Once(form, tick("fel", measure.Passed, ""))
					w.Once(form, tick(measure.Review, measure.Reached, ""))
				}
				if i%4 == 0 {
					w.Once(form, tick("", measure.Sent, ""))
				}
				if i == 1 {
					w.Count(tick("fel", measure.Stopped, "akut"))
				}
			})
		}
		forms.Wait()
		for range 2 { // the second has nothing to write
			if err := w.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		today := calendar.DateOf(w.Clock.Now())
		f, err := w.Funnel(t.Context(), "lampa", today, []string{"fel", measure.Review})
		if err != nil {
			t.Fatal(err)
		}
		if f.Begun != 20 || f.Sent != 5 || f.Steps[0] != (measure.StepUse{Step: "fel", Reached: 20, Passed: 10}) || f.Steps[1] != (measure.StepUse{Step: measure.Review, Reached: 10, Passed: 5}) ||
			f.Dropped() != 0.75 || f.Steps[0].Dropped() != 0.5 || len(f.Faults) != 1 || f.Faults[0].N != 20 || len(f.Stops) != 1 {
			t.Errorf("%+v", f)
		}
		if f, err = w.Funnel(t.Context(), "lampa", today.AddDays(1), nil); err != nil || f.Begun != 0 {
			t.Errorf("%+v %v", f, err)
		}
		if all, err := w.Drops(t.Context(), today); err != nil || all["lampa"].Dropped() != 0.75 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestCountsAreKeptWhenTheyCannotBeWritten(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.Count(measure.Tick{Type: "lampa", What: measure.Begun})
		ended, end := context.WithCancel(t.Context())
		end()
		if err := w.Flush(ended); err == nil {
			t.Fatal("nothing was wrong")
		}
		w.Count(measure.Tick{Type: "lampa", What: measure.Begun})
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f, err := w.Funnel(t.Context(), "lampa", calendar.DateOf(w.Clock.Now()), nil); err != nil || f.Begun != 2 {
			t.Errorf("%+v %v", f, err)
		}
	})
}

// What is counted is written when the program stops.
func TestCountsAreWrittenAtTheEnd(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		w.Count(measure.Tick{Type: "lampa", What: measure.Begun})
		if err := w.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if f, err := w.Funnel(t.Context(), "lampa", calendar.DateOf(w.Clock.Now()), nil); err != nil || f.Begun != 1 {
			t.Errorf("%+v %v", f, err)
		}
	})
}

// S2-M2-2: a figure below its target opens one improvement, however often and by how many nodes it is made.
func TestS2_M2_2_ADropOpensExactlyOneImprovement(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		answer := func(score int) {
			t.Helper()
			if err := w.Give(t.Context(), w.closeOne(t), "lampa", score, "Ring mig på 070-174 06 25, 20000101-2384 eller a.b@example.se!"); err != nil {
				t.Fatal(err)
			}
		}
		open := func() (list []measure.Improvement) {
			t.Helper()
			var all sync.WaitGroup
			for range 4 { // nodes
				all.Go(func() {
					for range 3 {
						if err := w.compute(t.Context()); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			found, err := w.Improvements(t.Context(), "lampa")
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range found {
				if i.ClosedAt.IsZero() {
					list = append(list, i)
				}
			}
			return list
		}
		for range measure.Enough {
			answer(4)
		}
		if list := open(); len(list) > 0 {
			t.Fatalf("opened without a drop: %+v", list)
		}
		for range 8 {
			answer(1) // the drop
		}
		list := open()
		if len(list) != 1 || list[0].Measure != measure.Opinion || list[0].Unit != "gata" || list[0].Target != 3.5 || list[0].Figure > 3 {
			t.Fatalf("%+v", list)
		}
		if err := w.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := w.Log.About(t.Context(), journal.Ref{Kind: "improvement", ID: list[0].ID})
		if err != nil || len(entries) != 1 || entries[0].Action != measure.ActionOpened {
			t.Errorf("%+v %v", entries, err)
		}
		by := bodies.By{Person: w.IDs["chef"]}
		if err := w.Done(t.Context(), by, list[0].ID, "  "); !errors.Is(err, measure.ErrNothingDone) {
			t.Error(err)
		}
		w.Clock.Advance(time.Hour)
		if err := w.Done(t.Context(), by, list[0].ID, "Nya texter"); err != nil {
			t.Fatal(err)
		}
		if err := w.Done(t.Context(), by, list[0].ID, "Igen"); !errors.Is(err, measure.ErrDone) {
			t.Error(err)
		}
		if list := open(); len(list) > 0 {
			t.Fatalf("the answers that were acted on opened another: %+v", list)
		}
		w.Clock.Advance(time.Hour)
		for range measure.Enough {
			answer(2)
		}
		if list := open(); len(list) != 1 {
			t.Errorf("a new drop opened %d", len(list))
		}
		said, err := w.Answers(t.Context(), "lampa", 1)
		if err != nil || said[0].Words != "Ring mig på […], […] eller […]" {
			t.Errorf("%+v %v", said, err)
		}
	})
}

// S2-M2-2: cases that are opened again are a drop too.
func TestS2_M2_2_ReopenedCasesOpenAnImprovement(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for i := range measure.Enough {
			id := w.closeOne(t)
			if i < 2 {
				if _, err := w.Move(t.Context(), w.As("chef"), cases.On{Case: id}, "pagar", "Slocknade igen"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.compute(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := w.Improvements(t.Context(), "")
		if err != nil || len(list) != 1 || list[0].Measure != measure.Reopening || list[0].Figure != 0.4 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestACaseIsAnsweredForOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		id := w.closeOne(t)
		if given, err := w.Given(t.Context(), id); given || err != nil {
			t.Fatal(given, err)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		kept := 0
		for range 4 {
			all.Go(func() {
				err := w.Give(t.Context(), id, "lampa", 5, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					kept++
				} else if !errors.Is(err, measure.ErrGiven) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		scores, err := w.Scores(t.Context(), "lampa")
		if given, gerr := w.Given(t.Context(), id); kept != 1 || scores[4] != 1 || !given || err != nil || gerr != nil {
			t.Errorf("kept %d, %v, %v %v", kept, scores, err, gerr)
		}
		for _, score := range []int{0, 6, -1} {
			if err := w.Give(t.Context(), w.closeOne(t), "lampa", score, ""); !errors.Is(err, measure.ErrScore) {
				t.Errorf("%d: %v", score, err)
			}
		}
	})
}

// S8-24-2: each change of a process's level is kept with its day, and taking the same again changes nothing.
func TestS8_24_2_LevelHistory(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		take := func(p ...pack.Process) {
			t.Helper()
			if err := w.TakeLevels(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		entries := func() int {
			t.Helper()
			if err := w.Log.Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
			list, err := w.Log.About(t.Context(), journal.Ref{Kind: "process", ID: "levels"})
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		first := calendar.DateOf(w.Clock.Now())
		lamp, tree := pack.Process{Key: "lampor", Level: pack.LevelForm}, pack.Process{Key: "trad", Level: pack.LevelInfo}
		take(lamp, tree)
		take(lamp, tree)
		if n := entries(); n != 1 {
			t.Fatalf("%d entries", n)
		}
		w.Clock.Advance(40 * 24 * time.Hour)
		second := calendar.DateOf(w.Clock.Now())
		lamp.Level = pack.LevelFull
		take(lamp, tree)
		lamp.Level = pack.LevelSubmission // mended at once
		take(lamp, tree)
		w.Clock.Advance(40 * 24 * time.Hour)
		third := calendar.DateOf(w.Clock.Now())
		take(lamp)
		take(lamp)
		if n := entries(); n != 4 {
			t.Errorf("%d entries", n)
		}
		history, err := w.Levels(t.Context())
		if err != nil || len(history) != 5 {
			t.Fatalf("%+v %v", history, err)
		}
		for day, want := range map[calendar.Date]map[pack.Level]int{
			first.AddDays(-1): {}, first: {pack.LevelForm: 1, pack.LevelInfo: 1}, second.AddDays(-1): {pack.LevelForm: 1, pack.LevelInfo: 1},
			second: {pack.LevelSubmission: 1, pack.LevelInfo: 1}, third: {pack.LevelSubmission: 1},
		} {
			if got := measure.LevelsOn(history, day, nil); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, expected %v", day, got, want)
			}
		}
		if got := measure.LevelsOn(history, second, func(p string) bool { return p == "trad" }); got[pack.LevelInfo] != 1 || len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

// S8-24-1: a page that does not work, and a try that never took place, count against the availability.
func TestS8_24_1_AvailabilityIsMeasured(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		broken := false
		site := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.Clock.Advance(20 * time.Millisecond)
			if broken && r.URL.Path == "/e-tjanster" {
				rw.WriteHeader(http.StatusInternalServerError)
			}
			if r.Header.Get("Cookie") == "" {
				t.Error("the cache of pages answers the probe")
			}
			_, _ = rw.Write([]byte("<!DOCTYPE html>"))
		})
		if a, err := w.Availability(t.Context()); err != nil || !a.Since.IsZero() {
			t.Fatalf("%+v %v", a, err)
		}
		start := w.Clock.Now()
		for i := range 10 {
			w.Clock.Set(start.Add(time.Duration(i) * measure.ProbeEvery))
			broken = i == 3
			if err := w.Probe(t.Context(), site, "/", "/e-tjanster"); err != nil {
				t.Fatal(err)
			}
		}
		a, err := w.Availability(t.Context())
		if err != nil || a.Tries != 10 || a.Share != 0.9 || a.Median != 20*time.Millisecond || a.LastFailed.Sub(start).Round(time.Minute) != 15*time.Minute {
			t.Errorf("%+v %v", a, err)
		}
		w.Clock.Set(start.Add(19 * measure.ProbeEvery)) // the server was away as long as it had been there
		if err := w.Probe(t.Context(), site, "/"); err != nil {
			t.Fatal(err)
		}
		if a, err = w.Availability(t.Context()); err != nil || a.Share < 0.51 || a.Share > 0.53 {
			t.Errorf("%+v %v", a, err)
		}
	})
}
