package casetype

import "dygnet/internal/kernel/calendar"

// Open reports whether the window is open on a day in Stockholm, and if not the first day it opens again, zero if never.
func (w Window) Open(day calendar.Date) (open bool, next calendar.Date) {
	if !w.Yearly || w.Opens.IsZero() || w.Closes.IsZero() {
		switch {
		case !w.Opens.IsZero() && day.Before(w.Opens):
			return false, w.Opens
		case !w.Closes.IsZero() && day.After(w.Closes):
			return false, calendar.Date{}
		}
		return true, calendar.Date{}
	}
	// The window that began last year may reach into this one.
	for year := day.Year() - 1; ; year++ {
		opens, closes := inYear(w.Opens, year), inYear(w.Closes, year)
		if closes.Before(opens) {
			closes = inYear(w.Closes, year+1)
		}
		switch {
		case day.Before(opens):
			return false, opens
		case !day.After(closes):
			return true, calendar.Date{}
		}
	}
}

// Since is the first day of the window that a day lies in, zero if it has always been open. It has a meaning on days it is open.
func (w Window) Since(day calendar.Date) calendar.Date {
	if !w.Yearly || w.Opens.IsZero() || w.Closes.IsZero() {
		return w.Opens
	}
	opens := inYear(w.Opens, day.Year())
	if day.Before(opens) { // it began last year
		opens = inYear(w.Opens, day.Year()-1)
	}
	return opens
}

// inYear is the same day of another year; 29 February is the 28th where there is none.
func inYear(d calendar.Date, year int) calendar.Date { return d.AddMonths(12 * (year - d.Year())) }
