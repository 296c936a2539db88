package email

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever comes over SMTP is kept as text the database takes, or refused.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "Subject: x\r\n\r\nhello", "Subject: =?utf-8?q?=C3=A5?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\x00",
		"From: a@b.se\r\nTo: c@d.se\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVq\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hej\r\n--b--\r\n",
		"Content-Type: multipart/mixed\r\n\r\nx", "Message-ID: <\xff>\r\nSubject: \xff\r\n\r\nx",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		m, id, err := parse(strings.NewReader(raw))
		if err != nil {
			return
		}
		if id == "" {
			t.Error("no message ID")
		}
		for _, text := range []string{m.Subject, m.Text, m.HTML, id} {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("not text: %q", text)
			}
		}
	})
}
