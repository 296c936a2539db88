package web

import (
	"io"
	"net/http"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
)

// SecurityTxt is what /.well-known/security.txt says (RFC 9116).
type SecurityTxt struct {
	Contacts  []string // "mailto:it-sakerhet@kommun.example", in order of preference; required
	Policy    string   // address of the policy for reports, optional
	Canonical string   // "https://kommun.example/.well-known/security.txt", optional
	Clock     calendar.Clock
}

// securityLife is how long the text claims to be right. It is served by the same configuration all the time, so the date follows.
const securityLife = 90 * 24 * time.Hour

// Handler serves the text.
func (s SecurityTxt) Handler() http.Handler {
	return text(func() string {
		var b strings.Builder
		line := func(name, value string) {
			if value = strings.Join(strings.Fields(value), " "); value != "" {
				b.WriteString(name + ": " + value + "\n")
			}
		}
		for _, c := range s.Contacts {
			line("Contact", c)
		}
		line("Expires", s.Clock.Now().Add(securityLife).UTC().Truncate(24*time.Hour).Format(time.RFC3339))
		line("Preferred-Languages", "sv, en")
		line("Canonical", s.Canonical)
		line("Policy", s.Policy)
		return b.String()
	})
}

// Robots serves /robots.txt: search engines stay away from the given paths, in both languages.
func Robots(private ...string) http.Handler {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range private {
		b.WriteString("Disallow: " + path + "\nDisallow: /en" + path + "\n")
	}
	if len(private) == 0 {
		b.WriteString("Disallow:\n")
	}
	body := b.String()
	return text(func() string { return body })
}

func text(body func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		_, _ = io.WriteString(w, body())
	})
}
