package i18n

import (
	"fmt"
	"sort"
	"strings"
)

// Text is a text in data, by language. YAML, TOML and JSON read and write it as {sv: …, en: …}.
type Text map[Lang]string

// In returns the text in the language, else in Swedish, else "".
func (t Text) In(l Lang) string {
	text, _ := t.Resolve(l)
	return text
}

// Resolve returns the text and the language it is in, so that the page can mark a text that is not in its own language
// (WCAG 3.1.2).
func (t Text) Resolve(l Lang) (string, Lang) {
	if text := t[l]; text != "" {
		return text, l
	}
	return t[SV], SV
}

// Check reports a text that lacks a language of the interface or has one that is unknown.
func (t Text) Check() error {
	for _, l := range Languages() {
		if strings.TrimSpace(t[l]) == "" {
			return fmt.Errorf("the text lacks %q", l)
		}
	}
	if len(t) > len(Languages()) {
		var unknown []string
		for l := range t {
			if l != SV && l != EN {
				unknown = append(unknown, string(l))
			}
		}
		sort.Strings(unknown)
		return fmt.Errorf("the text has unknown languages: %s", strings.Join(unknown, ", "))
	}
	return nil
}
