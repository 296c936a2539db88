package deadline_test

import (
	"errors"
	"testing"
	"time"

	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"

	"pgregory.net/rapid"
)

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func promise(t testing.TB, within, from string) deadline.Run {
	return deadline.Run{Rule: deadline.Rule{Within: period(t, within), Kind: deadline.Target, By: deadline.Authority, Stands: true}, From: date(t, from)}
}

// What stands still moves the last day by as many days, of the kind the time is counted in.
func TestStandingStillMovesTheLastDay(t *testing.T) {
	c := days(t)
	stop := func(from, until string) deadline.Stop {
		return deadline.Stop{From: date(t, from), Until: date(t, until)}
	}
	for _, x := range []struct {
		name, within string
		stops        []deadline.Stop
		on, last     string
	}{
		{"never stood still", "P5B", nil, "2026-03-02", "2026-03-09"},
		{"three working days", "P5B", []deadline.Stop{stop("2026-03-03", "2026-03-06")}, "2026-03-06", "2026-03-12"},
		{"over a weekend: two working days", "P5B", []deadline.Stop{stop("2026-03-06", "2026-03-10")}, "2026-03-10", "2026-03-11"},
		{"a weekend only", "P5B", []deadline.Stop{stop("2026-03-07", "2026-03-09")}, "2026-03-10", "2026-03-09"},
		{"the same day again", "P5B", []deadline.Stop{stop("2026-03-03", "2026-03-03")}, "2026-03-10", "2026-03-09"},
		{"twice", "P5B", []deadline.Stop{stop("2026-03-03", "2026-03-04"), stop("2026-03-05", "2026-03-06")}, "2026-03-10", "2026-03-11"},
		{"on the last day itself", "P5B", []deadline.Stop{stop("2026-03-09", "2026-03-11")}, "2026-03-11", "2026-03-11"},
		{"when the time was out", "P5B", []deadline.Stop{stop("2026-03-10", "2026-03-20")}, "2026-03-20", "2026-03-09"},
		{"still standing", "P5B", []deadline.Stop{stop("2026-03-03", "")}, "2026-03-10", "2026-03-16"},
		{"calendar days", "P10D", []deadline.Stop{stop("2026-03-06", "2026-03-10")}, "2026-03-10", "2026-03-16"},
		{"months", "P1M", []deadline.Stop{stop("2026-03-06", "2026-03-10")}, "2026-03-10", "2026-04-06"},
	} {
		r := promise(t, x.within, "2026-03-02")
		r.Stops = x.stops
		if got := r.Last(c, date(t, x.on)); got != date(t, x.last) {
			t.Errorf("%s: %s, want %s", x.name, got, x.last)
		}
	}
}

func TestStoppingAndGoingOnAreRefusedWhenTheyMakeNoSense(t *testing.T) {
	r := promise(t, "P5B", "2026-03-02")
	must := func(r deadline.Run, err error) deadline.Run {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if _, err := r.Resume(date(t, "2026-03-03")); !errors.Is(err, deadline.ErrNotStanding) {
		t.Errorf("going on without standing still: %v", err)
	}
	if _, err := r.Suspend(deadline.Stop{From: date(t, "2026-03-05"), Until: date(t, "2026-03-05")}); !errors.Is(err, deadline.ErrBackwards) {
		t.Errorf("until the same day: %v", err)
	}
	standing := must(r.Suspend(deadline.Stop{From: date(t, "2026-03-05")}))
	if _, err := standing.Suspend(deadline.Stop{From: date(t, "2026-03-06")}); !errors.Is(err, deadline.ErrOverlap) {
		t.Errorf("standing still twice: %v", err)
	}
	again := must(standing.Resume(date(t, "2026-03-06")))
	if _, err := again.Suspend(deadline.Stop{From: date(t, "2026-03-05")}); !errors.Is(err, deadline.ErrOverlap) {
		t.Errorf("a day that stood still already: %v", err)
	}
	must(again.Suspend(deadline.Stop{From: date(t, "2026-03-06")}))
	planned := must(r.Suspend(deadline.Stop{From: date(t, "2026-03-05"), Until: date(t, "2026-03-10")}))
	if _, err := planned.Resume(date(t, "2026-03-10")); !errors.Is(err, deadline.ErrNotStanding) {
		t.Errorf("going on when it went on by itself: %v", err)
	}
	fixed := r
	fixed.Rule.Stands = false
	if _, err := fixed.Suspend(deadline.Stop{From: date(t, "2026-03-05")}); !errors.Is(err, deadline.ErrNeverStands) {
		t.Errorf("FL 12 § standing still: %v", err)
	}
	if _, ok := standing.Standing(date(t, "2026-03-04")); ok {
		t.Error("it stood still before it did")
	}
}

func TestExtendingGoesForwardAndAsTheLawLets(t *testing.T) {
	c := days(t)
	target := promise(t, "P5B", "2026-03-02") // 9 March
	law := deadline.Run{Rule: deadline.Rule{Within: period(t, "P4W"), Kind: deadline.Statutory, Stands: true, Extend: period(t, "P4W")}, From: date(t, "2026-03-02")}
	fixed := deadline.Run{Rule: rule(t, deadline.FL12Decide), From: date(t, "2026-03-02")}
	once, err := law.Extend(c, deadline.Extension{On: date(t, "2026-03-20"), To: date(t, "2026-04-20")})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		run    deadline.Run
		on, to string
		want   error
	}{
		{"a target to any later working day", target, "2026-03-03", "2027-03-01", nil},
		{"a target that is out", target, "2026-04-01", "2026-04-15", nil},
		{"the same day", target, "2026-03-03", "2026-03-09", deadline.ErrBackwards},
		{"an earlier day", target, "2026-03-03", "2026-03-06", deadline.ErrBackwards},
		{"a Saturday, counted in working days", target, "2026-03-03", "2026-03-14", deadline.ErrNotBusiness},
		{"a statutory time once", law, "2026-03-30", "2026-04-27", nil},
		{"too far", law, "2026-03-30", "2026-04-28", deadline.ErrTooLong},
		{"when it is out", law, "2026-03-31", "2026-04-20", deadline.ErrOut},
		{"twice", once, "2026-03-30", "2026-04-27", deadline.ErrOnce},
		{"a time that cannot be", fixed, "2026-03-03", "2026-04-27", deadline.ErrFixed},
	} {
		got, err := x.run.Extend(c, deadline.Extension{On: date(t, x.on), To: date(t, x.to)})
		if !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, err, x.want)
		}
		if err == nil && got.Last(c, date(t, x.on)) != date(t, x.to) {
			t.Errorf("%s: %s", x.name, got.Last(c, date(t, x.on)))
		}
	}
	if right, err := target.Extend(c, deadline.Extension{On: date(t, "2026-03-03"), To: date(t, "2026-03-04"), Right: true}); err != nil || right.Last(c, date(t, "2026-03-03")) != date(t, "2026-03-04") {
		t.Errorf("put right to an earlier day: %v", err)
	}
	if law.Longest(c, date(t, "2026-03-03")) != date(t, "2026-04-27") || !target.Longest(c, date(t, "2026-03-03")).IsZero() {
		t.Error("how far it may be extended")
	}
}

func TestUnionOfStops(t *testing.T) {
	s := func(from, until string) deadline.Stop {
		return deadline.Stop{From: date(t, from), Until: date(t, until)}
	}
	for _, x := range []struct{ a, b, want []deadline.Stop }{
		{nil, nil, nil},
		{[]deadline.Stop{s("2026-03-02", "2026-03-05")}, []deadline.Stop{s("2026-03-04", "2026-03-08")}, []deadline.Stop{s("2026-03-02", "2026-03-08")}},
		{[]deadline.Stop{s("2026-03-02", "2026-03-05")}, []deadline.Stop{s("2026-03-06", "")}, []deadline.Stop{s("2026-03-02", "2026-03-05"), s("2026-03-06", "")}},
		{[]deadline.Stop{s("2026-03-02", "")}, []deadline.Stop{s("2026-03-03", "2026-03-04")}, []deadline.Stop{s("2026-03-02", "")}},
		{[]deadline.Stop{s("2026-03-03", "2026-03-09")}, []deadline.Stop{s("2026-03-02", "2026-03-04"), s("2026-03-09", "")}, []deadline.Stop{s("2026-03-02", "")}},
	} {
		got := deadline.Union(x.a, x.b)
		if len(got) != len(x.want) {
			t.Errorf("%v and %v: %v", x.a, x.b, got)
			continue
		}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("%v and %v: %v", x.a, x.b, got)
			}
		}
	}
}

// drawn is a rule of any unit, and a day to count it from, in a year with both changes of clocks.
func drawn(t *rapid.T) deadline.Run {
	unit := rapid.SampledFrom([]calendar.Unit{calendar.Days, calendar.Weeks, calendar.Months, calendar.Years, calendar.Business}).Draw(t, "unit")
	n := rapid.IntRange(0, map[calendar.Unit]int{calendar.Days: 400, calendar.Weeks: 60, calendar.Months: 30, calendar.Years: 3, calendar.Business: 250}[unit]).Draw(t, "n")
	kind := rapid.SampledFrom([]deadline.Kind{deadline.Target, deadline.Statutory}).Draw(t, "kind")
	return deadline.Run{Rule: deadline.Rule{Within: calendar.Period{N: n, Unit: unit}, Kind: kind, Stands: true, Moves: rapid.Bool().Draw(t, "moves")}, From: aDay(t, "from")}
}

func aDay(t *rapid.T, name string) calendar.Date {
	return calendar.NewDate(rapid.IntRange(2020, 2040).Draw(t, name+"_year"), 1, rapid.IntRange(1, 366).Draw(t, name))
}

func TestEveryTimeKeepsTheLaws(t *testing.T) {
	c := days(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawn(t)
		last := r.Rule.Day(c, r.From)
		if last.Before(r.From) || last != r.Last(c, r.From) {
			t.Fatalf("%+v ends %s, before it begins", r, last)
		}
		if later := r.Rule.Day(c, r.From.AddDays(rapid.IntRange(0, 40).Draw(t, "later"))); later.Before(last) {
			t.Fatalf("%+v: counted from a later day it ends earlier, %s", r, later)
		}
		longer := r.Rule
		longer.Within.N += rapid.IntRange(0, 5).Draw(t, "more")
		if longer.Day(c, r.From).Before(last) {
			t.Fatalf("%+v: a longer time ends earlier", r)
		}
		if r.Rule.Within.Unit == calendar.Business && r.Rule.Within.N > 0 && !c.IsBusinessDay(last) {
			t.Fatalf("%+v lands on %s, no working day", r, last)
		}
		if r.Rule.Moves && c.Statutory(last) != last {
			t.Fatalf("%+v lands on %s, on which nothing need be done", r, last)
		}
		if !r.Rule.InTime(c, r.From, last) || r.Rule.InTime(c, r.From, last.AddDays(1)) {
			t.Fatalf("%+v: the last day is the last", r)
		}
	})
}

// A day is the same whatever the hour of it, also on the days the clocks are changed.
func TestADayIsTheSameAllThroughIt(t *testing.T) {
	c := days(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawn(t)
		if rapid.Bool().Draw(t, "change of clocks") {
			r.From = calendar.NewDate(r.From.Year(), rapid.SampledFrom([]time.Month{time.March, time.October}).Draw(t, "month"), rapid.IntRange(24, 31).Draw(t, "day"))
		}
		start := r.From.Start()
		length := r.From.AddDays(1).Start().Sub(start)
		at := start.Add(length * 99 / 100 * 1)
		if r.Rule.Day(c, calendar.DateOf(start)) != r.Rule.Day(c, calendar.DateOf(at)) {
			t.Fatalf("%+v differs in the night", r)
		}
		h := deadline.Hours(rapid.IntRange(0, 200).Draw(t, "hours"))
		if got := h.From(at).Sub(at).Hours(); got != float64(h) {
			t.Fatalf("%d hours lasted %v", h, got)
		}
	})
}

// However a time stands still and goes on: never shorter, never a working-day time on a day off, no more than the days it stood.
func TestStandingStillNeverShortens(t *testing.T) {
	c := days(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawn(t)
		r.Rule.Kind, r.Rule.Moves = deadline.Target, false
		day := r.From
		stood := 0
		before := r.Last(c, day)
		for range rapid.IntRange(0, 6).Draw(t, "acts") {
			day = day.AddDays(rapid.IntRange(0, 60).Draw(t, "wait"))
			stopped, err := r.Suspend(deadline.Stop{From: day})
			if err != nil {
				t.Fatal(err)
			}
			n := rapid.IntRange(0, 60).Draw(t, "still")
			if stopped.Last(c, day.AddDays(n)).Before(stopped.Last(c, day)) {
				t.Fatalf("%+v: standing longer shortens it", stopped)
			}
			day = day.AddDays(n)
			on, err := stopped.Resume(day)
			if errors.Is(err, deadline.ErrNotStanding) && n == 0 {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if on.Last(c, day) != stopped.Last(c, day) {
				t.Fatalf("%+v: going on moves the day", on)
			}
			r, stood = on, stood+n
			if rapid.Bool().Draw(t, "extend") {
				now := r.Last(c, day)
				to := now.AddDays(rapid.IntRange(-5, 30).Draw(t, "to"))
				longer, err := r.Extend(c, deadline.Extension{On: day, To: to})
				switch {
				case err == nil && !to.After(now):
					t.Fatalf("%+v was extended backwards to %s", r, to)
				case err == nil:
					if longer.Last(c, day) != to {
						t.Fatalf("%+v extended to %s ends %s", r, to, longer.Last(c, day))
					}
					if _, err := longer.Extend(c, deadline.Extension{On: day, To: now}); !errors.Is(err, deadline.ErrBackwards) {
						t.Fatalf("extended and then shortened: %v", err)
					}
					r = longer
				}
			}
			after := r.Last(c, day)
			if after.Before(before) {
				t.Fatalf("%+v: from %s to %s", r, before, after)
			}
			if r.Rule.Within.Unit == calendar.Business && r.Rule.Within.N > 0 && !c.IsBusinessDay(after) {
				t.Fatalf("%+v lands on %s, no working day", r, after)
			}
			before = after
		}
		if len(r.Extensions) == 0 && r.Rule.Within.Unit != calendar.Business && r.Rule.Day(c, r.From).DaysUntil(before) > stood {
			t.Fatalf("%+v: moved more than the %d days it stood", r, stood)
		}
	})
}
