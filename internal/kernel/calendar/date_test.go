package calendar_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"dygnet/internal/kernel/calendar"

	"pgregory.net/rapid"
)

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatalf("parsing %q: %v", s, err)
	}
	return d
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFakeClockMovesOnlyWhenMoved(t *testing.T) {
	start := instant(t, "2026-11-20T13:02:00Z")
	f := calendar.NewFake(start)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { f.Advance(time.Second); f.Now() })
	}
	wg.Wait()
	if got := f.Now().Sub(start); got != 50*time.Second {
		t.Errorf("50 advances of 1 s moved the clock by %v", got)
	}
	f.Set(start)
	if !f.Now().Equal(start) {
		t.Errorf("set back to %v, shows %v", start, f.Now())
	}
}

func TestSystemClockRunsInUTC(t *testing.T) {
	a := calendar.System().Now()
	b := calendar.System().Now()
	if a.Location() != time.UTC || a.Year() < 2024 || b.Before(a) {
		t.Errorf("system clock shows %v then %v", a, b)
	}
}

func TestADayIsTheDayInStockholm(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-31T22:59:59Z": "2026-01-31",
		"2026-01-31T23:00:00Z": "2026-02-01", // winter: UTC+1
		"2026-07-31T22:00:00Z": "2026-08-01", // summer: UTC+2
		"2026-03-29T22:00:00Z": "2026-03-30", // the day the clock goes forward
		"2026-10-25T22:59:59Z": "2026-10-25", // the day it goes back
	} {
		if got := calendar.DateOf(instant(t, in)).String(); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestDaysOfClockChangeHave23And25Hours(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"2026-03-29": 23 * time.Hour, "2026-10-25": 25 * time.Hour, "2026-11-20": 24 * time.Hour,
	} {
		d := date(t, in)
		if got := d.AddDays(1).Start().Sub(d.Start()); got != want {
			t.Errorf("%s lasts %v, want %v", in, got, want)
		}
	}
}

func TestAddMonthsStopsAtTheEndOfTheMonth(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2026-08-31", 6, "2027-02-28"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-02-28", 1, "2026-03-28"}, // the same number, not "the last day"
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -13, "2024-12-15"},
		{"2026-05-05", 0, "2026-05-05"},
	} {
		if got := date(t, c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDateKeepsItsOrderAndItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := calendar.NewDate(rapid.IntRange(1900, 2200).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"))
		n := rapid.IntRange(-100000, 100000).Draw(t, "n")
		b := a.AddDays(n)
		if a.DaysUntil(b) != n || b.After(a) != (n > 0) || b.Before(a) != (n < 0) {
			t.Fatalf("%s and %d days: %s, %d apart", a, n, b, a.DaysUntil(b))
		}
		if calendar.DateOf(a.Start()) != a || calendar.DateOf(a.Start().Add(-1)) != a.AddDays(-1) {
			t.Fatalf("%s does not start at %v", a, a.Start())
		}
		var back calendar.Date
		text, _ := json.Marshal(a)
		if err := json.Unmarshal(text, &back); err != nil || back != a {
			t.Fatalf("%s came back from JSON as %s: %v", a, back, err)
		}
		v, _ := a.Value()
		if err := back.Scan(v); err != nil || back != a {
			t.Fatalf("%s came back from SQL as %s: %v", a, back, err)
		}
	})
}

func TestNoDateIsEmptyTextAndNull(t *testing.T) {
	var d calendar.Date
	if v, err := d.Value(); v != nil || err != nil || d.String() != "" || calendar.FormatDate(d, "sv") != "" {
		t.Errorf("the zero date is stored as %v (%v) and shown as %q", v, err, d)
	}
	d = date(t, "2026-11-20")
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL read as %q: %v", d, err)
	}
	if err := d.Scan(int64(5)); !errors.Is(err, calendar.ErrDate) {
		t.Errorf("an integer read as a date: %v", err)
	}
}

func TestTimesAreWrittenAsPeopleReadThem(t *testing.T) {
	at := instant(t, "2026-11-20T13:02:00Z")
	if got := calendar.FormatTime(at, "sv"); got != "20 november 2026 kl. 14.02" {
		t.Error(got)
	}
	type lang string // as i18n.Lang
	if got := calendar.FormatTime(at, lang("en")); got != "20 November 2026 at 14:02" {
		t.Error(got)
	}
	months := ""
	for m := time.January; m <= time.December; m++ {
		months += calendar.FormatDate(calendar.NewDate(2026, m, 1), "sv")[2:] + " "
	}
	want := "januari 2026 februari 2026 mars 2026 april 2026 maj 2026 juni 2026 juli 2026 augusti 2026 " +
		"september 2026 oktober 2026 november 2026 december 2026 "
	if months != want {
		t.Error(months)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-20", "2026-02-29", "0000-01-01", "9999-12-31", "2026-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err == nil && d.String() != s {
			t.Errorf("%q parsed as %q", s, d)
		}
		if err != nil && (!errors.Is(err, calendar.ErrDate) || !d.IsZero()) {
			t.Errorf("%q gave %q and %v", s, d, err)
		}
	})
}
