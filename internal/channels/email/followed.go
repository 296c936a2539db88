package email

import (
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Report is what somebody follows that somebody else has reported. It holds what anybody may see and nothing else.
type Report struct {
	To      string
	Service i18n.Text
	Status  i18n.Text // the public words of the status
	Path    string    // page of the follower, without language
}

// Followed tells that something has happened to a report that somebody follows.
func Followed(l *i18n.Localizer, t Town, r Report) Message {
	return laid(l, t, r.To, "", l.T("email.followed.subject"),
		[]string{l.T("email.followed.text", "Service", r.Service.In(l.Lang())), r.Status.In(l.Lang())}, l.T("email.followed.next"), strings.TrimRight(t.BaseURL, "/")+l.Path(r.Path))
}
