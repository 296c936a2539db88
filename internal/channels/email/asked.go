package email

import (
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// AboutAsked is something that somebody is asked for in a case: an opinion, an approval. It holds nothing of what it is about.
type AboutAsked struct {
	Kind   string // the last part of the text keys: remiss_asked, remiss_reminded, remiss_extended, remiss_withdrawn, approval_asked, approval_reminded
	To     string
	CaseID string
	Number string        // of the case
	Path   string        // where to answer, without language; "" for the page of how to reach us
	Day    calendar.Date // last day, zero for none
}

// Asked tells somebody what they are asked for.
func Asked(l *i18n.Localizer, t Town, a AboutAsked) Message {
	day := ""
	if !a.Day.IsZero() {
		day = l.Date(a.Day)
	}
	if a.Path == "" {
		a.Path = "/kontakt"
	}
	args := []any{"Number", a.Number, "Day", day}
	return laid(l, t, a.To, a.CaseID, l.T("email.asked."+a.Kind+".subject", args...), []string{l.T("email.asked."+a.Kind+".text", args...)},
		l.T("email.asked."+a.Kind+".next"), strings.TrimRight(t.BaseURL, "/")+l.Path(a.Path))
}
