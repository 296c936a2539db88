package email

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestRFC_6047_AnInvitationGoesAlongWithItsLetter(t *testing.T) {
	texts := i18ntest.Complete(t, Texts)
	const invitation = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
	for _, kind := range []string{"meeting_called", "meeting_changed", "meeting_cancelled", "meeting_adjust", "idea_answered"} {
		for _, lang := range []i18n.Lang{i18n.SV, i18n.EN} {
			m := Meeting(texts.For(lang), Town{Name: i18n.Text{i18n.SV: "Provköping", i18n.EN: "Provtown"}, BaseURL: "https://prov.example"},
				AboutMeeting{Kind: kind, To: "anna@prov.example", Number: "KS 2026-03-10", Path: "/styrning/sammantrade/1", Day: calendar.NewDate(2026, 3, 10), Invitation: invitation, Method: "REQUEST"})
			if !strings.Contains(m.Text, "KS 2026-03-10") || !strings.Contains(m.Text, "/styrning/sammantrade/1") {
				t.Errorf("%s in %s: %q", kind, lang, m.Text)
			}
			m, err := m.clean()
			if err != nil {
				t.Fatal(err)
			}
			msg, err := compose(m, "1", "prov.example", "noreply@prov.example", time.Unix(0, 0))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := msg.WriteTo(&b); err != nil {
				t.Fatal(err)
			}
			if raw := b.String(); !strings.Contains(raw, "text/calendar; method=REQUEST; charset=UTF-8") || !strings.Contains(raw, "BEGIN:VCALENDAR") {
				t.Errorf("the letter as it travels:\n%s", raw)
			}
		}
	}
}
