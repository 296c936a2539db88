package i18n

import (
	"fmt"
	"strings"
)

// Text is one text in several languages, as it stands in data: {sv: …, en: …}.
type Text map[Lang]string

// In returns the text in l, or in Swedish when it is missing.
func (t Text) In(l Lang) string {
	text, _ := t.Resolve(l)
	return text
}

// Resolve returns the text and the language it is in, which is Swedish when l is missing, so that a page can mark it.
func (t Text) Resolve(l Lang) (string, Lang) {
	if text := t[l]; text != "" {
		return text, l
	}
	return t[SV], SV
}

// Check reports a language that is missing or empty, and one that is not ours.
func (t Text) Check() error {
	for _, l := range Languages() {
		if strings.TrimSpace(t[l]) == "" {
			return fmt.Errorf("the text is missing in %q", l)
		}
	}
	if len(t) != len(Languages()) {
		return fmt.Errorf("the text has a language that is not one of %v", Languages())
	}
	return nil
}
