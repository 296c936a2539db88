package email

import (
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Proof asks whether an address is somebody's, by a link that works once. path is its page, without language.
func Proof(l *i18n.Localizer, t Town, to, path string) Message {
	return laid(l, t, to, "", l.T("email.proof.subject"), []string{l.T("email.proof.text")}, l.T("email.proof.next"), strings.TrimRight(t.BaseURL, "/")+l.Path(path))
}
