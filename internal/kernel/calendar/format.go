package calendar

import (
	"fmt"
	"strings"
	"time"
)

// FormatTime is t as people in Sweden read it, in Stockholm time: "20 november 2026 kl. 14.02" in Swedish,
// "20 November 2026 at 14:02" if lang is "en". Any string type does for lang, so that i18n.Lang, a floor up, fits.
func FormatTime[L ~string](t time.Time, lang L) string {
	t = t.In(Stockholm())
	if lang == "en" {
		return t.Format("2 January 2006 at 15:04")
	}
	return FormatDate(dateIn(t), lang) + t.Format(" kl. 15.04")
}

// FormatDate is "20 november 2026", or "20 November 2026" if lang is "en", or "" for the zero Date.
func FormatDate[L ~string](d Date, lang L) string {
	switch {
	case d.IsZero():
		return ""
	case lang == "en":
		return d.utc().Format("2 January 2006")
	}
	return fmt.Sprintf("%d %s %d", d.day, swedishMonth(d.month), d.year)
}

func swedishMonth(m time.Month) string {
	switch m {
	case time.January:
		return "januari"
	case time.February:
		return "februari"
	case time.March:
		return "mars"
	case time.May:
		return "maj"
	case time.June:
		return "juni"
	case time.July:
		return "juli"
	case time.August:
		return "augusti"
	case time.October:
		return "oktober"
	default: // april, september, november, december
		return strings.ToLower(m.String())
	}
}
