package email

import (
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// AboutMeeting is a meeting, or what else the bodies of the municipality deal with, that a letter is about. It holds nothing of what it is about.
type AboutMeeting struct {
	Kind               string // meeting_called, meeting_changed, meeting_cancelled, meeting_adjust, idea_answered
	To                 string // the address of the one who is written to
	Number             string // what it is called
	Path               string // its page, without language
	Day                calendar.Date
	Invitation, Method string // see Message
}

// Meeting tells somebody of a meeting that they are called to, or of what else waits for them, with the invitation that goes along.
func Meeting(l *i18n.Localizer, t Town, m AboutMeeting) Message {
	out := laid(l, t, m.To, "", l.T("email.meeting."+m.Kind+".subject", "Number", m.Number), []string{l.T("email.meeting."+m.Kind+".text", "Number", m.Number, "Day", l.Date(m.Day))},
		l.T("email.meeting.next"), strings.TrimRight(t.BaseURL, "/")+l.Path(m.Path))
	out.Invitation, out.Method = m.Invitation, m.Method
	return out
}
