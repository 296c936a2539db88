package casetype

import (
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
)

// Moment is what the answers are judged by besides themselves.
type Moment struct {
	Today    calendar.Date // in Stockholm
	Acting   ActFor        // in whose name; empty: one's own
	SignedIn bool
}

// At returns the case type as it is at a moment, with the same form. Without it today is the first day the type is valid, and someone
// who is not signed in acts for themself.
func (ct *CaseType) At(m Moment) *CaseType {
	if m.Acting == "" {
		m.Acting = ForSelf
	}
	if m.Today.IsZero() {
		m.Today = ct.ValidFrom
	}
	at := *ct
	at.moment = m
	return &at
}

// dayLimit is the first or last day an answer may be: a day, or today with a period.
type dayLimit struct {
	day  calendar.Date // zero: counted from today
	sign int           // -1: before today
	by   calendar.Period
}

// parseDayLimit reads 2026-01-01, today, today-P18Y, today+P7D.
func parseDayLimit(s string) (*dayLimit, bool) {
	rest, relative := strings.CutPrefix(s, nameToday)
	if !relative {
		day, err := calendar.ParseDate(s)
		return &dayLimit{day: day}, err == nil
	}
	if rest == "" {
		return &dayLimit{}, true
	}
	d := &dayLimit{sign: 1}
	if rest[0] == '-' {
		d.sign = -1
	}
	by, err := calendar.ParsePeriod(rest[1:])
	d.by = by
	return d, err == nil && (rest[0] == '-' || rest[0] == '+') && by.Unit != calendar.Business
}

// on is the day of the limit.
func (d *dayLimit) on(today calendar.Date) calendar.Date {
	if !d.day.IsZero() {
		return d.day
	}
	n := d.sign * d.by.N
	switch d.by.Unit {
	case calendar.Days:
		return today.AddDays(n)
	case calendar.Weeks:
		return today.AddDays(7 * n)
	case calendar.Months:
		return today.AddMonths(n)
	case calendar.Years:
		return today.AddMonths(12 * n)
	}
	return today
}

// date accepts 2026-11-23 and 20261123, within the limits.
func (a *answer) date(s string) (string, bool) {
	if len(s) == 8 && !strings.Contains(s, "-") {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	d, err := calendar.ParseDate(s)
	if !a.check(a.field, ErrDate, err == nil && d.Year() >= 1800 && d.Year() <= 2200) {
		return "", false
	}
	if l := a.q.first; l != nil && d.Before(l.on(a.ct.moment.Today)) {
		a.limit(ErrMin, l.on(a.ct.moment.Today).String())
		return "", false
	}
	if l := a.q.last; l != nil && d.After(l.on(a.ct.moment.Today)) {
		a.limit(ErrMax, l.on(a.ct.moment.Today).String())
		return "", false
	}
	return d.String(), true
}

// dateTime wants a day and a time of it, in Stockholm.
func (a *answer) dateTime() {
	key := a.q.Key
	day, ok1 := a.line(key, false, maxPhone)
	hour, ok2 := a.line(key+PartTime, false, maxPhone)
	switch {
	case !ok1 || !ok2:
		return
	case day == "" && hour == "":
		a.missing(key)
		return
	case day == "":
		a.fault(key, ErrRequired, nil)
		return
	}
	day, ok1 = a.date(day)
	if hour == "" {
		a.fault(key+PartTime, ErrRequired, nil)
		return
	}
	hour, ok2 = clock(hour)
	if ok1 && ok2 {
		_, ok2 = instant(day, hour)
	}
	if a.check(key+PartTime, ErrTime, ok2) && ok1 {
		a.clean[key], a.clean[key+PartTime] = []string{day}, []string{hour}
	}
}

// clock reads 14:00, 14.00, 1400 and 9:30 as HH:MM.
func clock(s string) (string, bool) {
	s = strings.Replace(s, ".", ":", 1)
	if len(s) == 4 && !strings.Contains(s, ":") {
		s = s[:2] + ":" + s[2:]
	}
	t, err := time.Parse("15:4", s)
	if err != nil || len(s) < 4 || len(s)-strings.Index(s, ":") != 3 {
		return "", false
	}
	return t.Format("15:04"), true
}

// instant is a date and a time in Stockholm; false if the clocks were put forward past it.
func instant(day, hour string) (time.Time, bool) {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, calendar.Stockholm())
	return t, err == nil && t.Format("15:04") == hour
}
