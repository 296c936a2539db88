package calendar_test

import (
	"errors"
	"strings"
	"testing"

	"dygnet/internal/kernel/calendar"

	"pgregory.net/rapid"
)

func rules(t testing.TB, r calendar.Rules) *calendar.Calendar {
	t.Helper()
	c, err := calendar.NewCalendar(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHolidaysOf2026(t *testing.T) {
	want := map[string]string{
		"2026-01-01": "Nyårsdagen", "2026-01-06": "Trettondedag jul", "2026-04-03": "Långfredagen", "2026-04-05": "Påskdagen",
		"2026-04-06": "Annandag påsk", "2026-05-01": "Första Maj", "2026-05-14": "Kristi himmelsfärds dag",
		"2026-05-24": "Pingstdagen", "2026-06-06": "Sveriges nationaldag", "2026-06-19": "Midsommarafton",
		"2026-06-20": "Midsommardagen", "2026-10-31": "Alla helgons dag", "2026-12-24": "Julafton", "2026-12-25": "Juldagen",
		"2026-12-26": "Annandag jul", "2026-12-31": "Nyårsafton",
	}
	c := rules(t, calendar.DefaultRules())
	for d := date(t, "2026-01-01"); d.Year() == 2026; d = d.AddDays(1) {
		h, ok := c.Holiday(d)
		if h.SV != want[d.String()] || ok != (h.SV != "") || ok && h.EN == "" {
			t.Errorf("%s is %+v, want %q", d, h, want[d.String()])
		}
		if eve := strings.HasSuffix(h.SV, "afton"); ok && h.Public == eve {
			t.Errorf("%s: public is %v", h.SV, h.Public)
		}
	}
}

func TestRulesAreData(t *testing.T) {
	open := rules(t, calendar.Rules{})
	closed := rules(t, calendar.Rules{Closed: []calendar.Closed{{Date: date(t, "2026-05-15"), SV: "Klämdag", EN: "Squeezed day"}}})
	usual := rules(t, calendar.DefaultRules())
	for _, c := range []struct {
		day                 string
		open, closed, usual bool
	}{
		{"2026-05-15", true, false, true},   // the Friday after Ascension Day
		{"2026-06-19", true, true, false},   // midsommarafton
		{"2026-12-24", true, true, false},   // julafton
		{"2026-12-31", true, true, false},   // nyårsafton
		{"2026-12-25", false, false, false}, // juldagen
		{"2026-11-21", false, false, false}, // a Saturday
		{"2026-11-20", true, true, true},
	} {
		d := date(t, c.day)
		if got := [3]bool{open.IsBusinessDay(d), closed.IsBusinessDay(d), usual.IsBusinessDay(d)}; got != [3]bool{c.open, c.closed, c.usual} {
			t.Errorf("%s: business day without rules, with a closed day, as usual: %v", d, got)
		}
	}
	if h, ok := closed.Holiday(date(t, "2026-05-15")); !ok || h.SV != "Klämdag" {
		t.Errorf("the closed day is called %q", h.SV)
	}
	if _, err := calendar.NewCalendar(calendar.Rules{Eves: []calendar.Eve{"midsommar"}}); err == nil {
		t.Error("an unknown eve was accepted")
	}
	if _, err := calendar.NewCalendar(calendar.Rules{Closed: []calendar.Closed{{SV: "Klämdag"}}}); err == nil {
		t.Error("a closed day without a date was accepted")
	}
}

// Golden days of FL 44 §: three weeks, looked up in an almanac. The weekday that follows is from lag 1930:173.
func TestFL_44_TheLastDayToAppealIsThreeWeeksLaterOrTheNextWeekday(t *testing.T) {
	c := rules(t, calendar.DefaultRules())
	weeks := calendar.Period{N: 3, Unit: calendar.Weeks}
	for _, x := range []struct{ why, got, last string }{
		{"a Monday", "2026-03-02", "2026-03-23"},
		{"got on a Saturday", "2026-02-28", "2026-03-23"},
		{"got on a Sunday", "2026-03-01", "2026-03-23"},
		{"ends on långfredagen, then Easter", "2026-03-13", "2026-04-07"},
		{"ends on skärtorsdagen, a working day", "2026-03-12", "2026-04-02"},
		{"ends on första maj, a Friday", "2026-04-10", "2026-05-04"},
		{"ends on Kristi himmelsfärdsdag", "2026-04-23", "2026-05-15"},
		{"ends on nationaldagen, a Saturday", "2026-05-16", "2026-06-08"},
		{"ends on midsommarafton", "2026-05-29", "2026-06-22"},
		{"ends on allhelgonadagen", "2026-10-10", "2026-11-02"},
		{"ends on julafton, then Christmas and a Sunday", "2026-12-03", "2026-12-28"},
		{"ends on nyårsafton, then nyårsdagen and a weekend", "2026-12-10", "2027-01-04"},
		{"ends on trettondagen", "2025-12-16", "2026-01-07"},
		{"ends on 29 February of a leap year", "2028-02-08", "2028-02-29"},
		{"over the change to winter time", "2026-10-12", "2026-11-02"},
		{"nobody knows when", "", ""},
	} {
		var got calendar.Date
		if x.got != "" {
			got = date(t, x.got)
		}
		if last := c.LastDay(got, weeks); last.String() != x.last {
			t.Errorf("%s: %s gives %s, want %s", x.why, x.got, last, x.last)
		}
	}
	if last := c.LastDay(date(t, "2026-03-02"), calendar.Period{}); !last.IsZero() {
		t.Errorf("no period gives %s", last)
	}
}

// S8-24-1: when an answer can be expected.
func TestDue(t *testing.T) {
	c := rules(t, calendar.DefaultRules())
	for _, x := range []struct{ from, period, due, statutory string }{
		{"2026-11-20T13:00:00Z", "P0D", "2026-11-20", "2026-11-20"},
		{"2026-11-20T13:00:00Z", "P2D", "2026-11-22", "2026-11-23"}, // Sunday
		{"2026-11-20T13:00:00Z", "P3W", "2026-12-11", "2026-12-11"},
		{"2026-10-16T10:00:00Z", "P10W", "2026-12-25", "2026-12-28"}, // juldagen, annandag, Sunday
		{"2026-06-24T10:00:00Z", "P6M", "2026-12-24", "2026-12-28"},  // julafton
		{"2026-08-31T10:00:00Z", "P6M", "2027-02-28", "2027-03-01"},  // end of month, then Sunday
		{"2026-12-31T10:00:00Z", "P1Y", "2027-12-31", "2028-01-03"},  // nyårsafton, nyårsdagen, Sunday
		{"2026-05-19T10:00:00Z", "P1M", "2026-06-19", "2026-06-22"},  // midsommarafton
		{"2026-03-12T10:00:00Z", "P3W", "2026-04-02", "2026-04-02"},  // skärtorsdag is a working day
		{"2026-03-13T10:00:00Z", "P3W", "2026-04-03", "2026-04-07"},  // Easter
		{"2026-11-20T13:00:00Z", "P5B", "2026-11-27", "2026-11-27"},
		{"2026-11-21T13:00:00Z", "P1B", "2026-11-23", "2026-11-23"}, // from a Saturday
		{"2026-12-22T13:00:00Z", "P5B", "2027-01-04", "2027-01-04"},
		{"2026-06-17T13:00:00Z", "P2B", "2026-06-22", "2026-06-22"}, // over midsummer
		{"2026-03-28T23:30:00Z", "P1D", "2026-03-30", "2026-03-30"}, // 00.30 on the 23 hour day
		{"2026-03-28T22:30:00Z", "P1D", "2026-03-29", "2026-03-30"}, // 23.30 the day before
		{"2026-10-24T22:30:00Z", "P1D", "2026-10-26", "2026-10-26"}, // 00.30 on the 25 hour day
		{"2026-10-25T22:30:00Z", "P1D", "2026-10-26", "2026-10-26"}, // 23.30 on it
		{"2026-10-25T22:30:00Z", "P1B", "2026-10-26", "2026-10-26"},
	} {
		p, err := calendar.ParsePeriod(x.period)
		if err != nil {
			t.Fatal(err)
		}
		due := c.Due(instant(t, x.from), p)
		if due.String() != x.due || c.Statutory(due).String() != x.statutory {
			t.Errorf("%s and %s: due %s, statutory %s; want %s, %s", x.from, x.period, due, c.Statutory(due), x.due, x.statutory)
		}
	}
}

func TestStatutoryDeadlinesDoNotHeedTheMunicipalitysRules(t *testing.T) {
	c := rules(t, calendar.Rules{Closed: []calendar.Closed{{Date: date(t, "2026-05-15")}}})
	if d := date(t, "2026-05-15"); c.Statutory(d) != d {
		t.Errorf("a closed day moved a statutory deadline to %s", c.Statutory(d))
	}
	if d := date(t, "2026-06-19"); c.Statutory(d).String() != "2026-06-22" {
		t.Errorf("midsommarafton, worked here, keeps the deadline on %s", c.Statutory(d))
	}
}

func TestBusinessDaysLaws(t *testing.T) {
	c := rules(t, calendar.DefaultRules())
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.NewDate(rapid.IntRange(2005, 2100).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"))
		n := rapid.IntRange(-300, 300).Draw(t, "n")
		got := c.AddBusinessDays(d, n)
		if c.BusinessDaysBetween(d, got) != n {
			t.Fatalf("%s and %d business days is %s, which is %d away", d, n, got, c.BusinessDaysBetween(d, got))
		}
		if n != 0 && !c.IsBusinessDay(got) {
			t.Fatalf("%s and %d business days is %s, not a business day", d, n, got)
		}
		s := c.Statutory(d)
		if s.Before(d) || d.DaysUntil(s) > 5 || !c.IsBusinessDay(s) || c.Statutory(s) != s {
			t.Fatalf("statutory day of %s is %s", d, s)
		}
	})
	if n := c.BusinessDaysBetween(calendar.Date{}, date(t, "2026-11-20")); n != 0 {
		t.Errorf("%d business days since no date", n)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"P2D", "P10W", "P6M", "P5B", "P007D", "P1M15D", "PT5H", "P99999D", "p2d", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := calendar.ParsePeriod(s)
		if err != nil {
			if !errors.Is(err, calendar.ErrPeriod) || !p.IsZero() {
				t.Errorf("%q gave %v and %v", s, p, err)
			}
			return
		}
		var back calendar.Period
		if err := back.UnmarshalText([]byte(p.String())); err != nil || back != p || p.N < 0 || p.N > 9999 {
			t.Errorf("%q parsed as %v, which reads as %v (%v)", s, p, back, err)
		}
	})
}
