package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Catalogue is the texts of the interface in every language. It is safe for concurrent use.
type Catalogue struct {
	messages map[Lang]map[string]*message
	locals   map[Lang]*Localizer

	mu     sync.Mutex
	faults map[Fault]int
}

// Fault is a call for a text that could not be answered: a bug, shown as ⟦key⟧ on the page.
type Fault struct {
	Lang   Lang
	Key    string
	Reason string
}

// message is one text in one language, with what is known of it beforehand.
type message struct {
	source *goi18n.Message
	plain  string   // the whole answer when the text has neither plural nor placeholder
	names  []string // placeholders, sorted
	plural bool
}

// placeholder is the only template action a text may hold.
var placeholder = regexp.MustCompile(`\{\{\s*\.([A-Z][A-Za-z]*)\s*\}\}`)

// Load reads texts/sv.toml and texts/en.toml of every file system and merges them. A key given twice, a broken file, or a
// template action other than {{.Name}} is an error; what is missing in a language is not (see Check).
func Load(sources ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{messages: map[Lang]map[string]*message{}, locals: map[Lang]*Localizer{}, faults: map[Fault]int{}}
	bundle := goi18n.NewBundle(language.Swedish)
	unmarshal := map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal}
	for _, l := range Languages() {
		c.messages[l] = map[string]*message{}
		for _, source := range sources {
			name := "texts/" + string(l) + ".toml"
			raw, err := fs.ReadFile(source, name)
			if err != nil {
				return nil, fmt.Errorf("reading texts: %w", err)
			}
			file, err := goi18n.ParseMessageFileBytes(raw, name, unmarshal)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
			for _, m := range file.Messages {
				if _, twice := c.messages[l][m.ID]; twice {
					return nil, fmt.Errorf("reading %s: the key %q is given twice", name, m.ID)
				}
				known, err := read(m)
				if err != nil {
					return nil, fmt.Errorf("reading %s: %w", name, err)
				}
				c.messages[l][m.ID] = known
			}
			if err := bundle.AddMessages(language.Make(string(l)), file.Messages...); err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
		}
		c.locals[l] = &Localizer{catalogue: c, lang: l, texts: goi18n.NewLocalizer(bundle, string(l))}
	}
	return c, nil
}

// read finds the placeholders and plural forms of a message.
func read(m *goi18n.Message) (*message, error) {
	seen := map[string]bool{}
	for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		for _, match := range placeholder.FindAllStringSubmatch(form, -1) {
			seen[match[1]] = true
		}
		if rest := placeholder.ReplaceAllString(form, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
			return nil, fmt.Errorf("%q holds a template action that is not {{.Name}}", m.ID)
		}
	}
	known := &message{source: m, names: slices.Sorted(maps.Keys(seen)), plural: m.One != ""}
	if !known.plural && len(known.names) == 0 {
		known.plain = m.Other
	}
	return known, nil
}

// For returns the localizer of a language; an unknown language gets Swedish.
func (c *Catalogue) For(l Lang) *Localizer {
	if local, ok := c.locals[l]; ok {
		return local
	}
	return c.locals[SV]
}

// Keys returns every key of the source language, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.messages[SV])) }

// Texts returns every wording of a language (each plural form one) by key, for tests and for editors.
func (c *Catalogue) Texts(l Lang) map[string][]string {
	all := make(map[string][]string, len(c.messages[l]))
	for key, m := range c.messages[l] {
		for _, form := range []string{m.source.One, m.source.Other} {
			if form != "" {
				all[key] = append(all[key], form)
			}
		}
	}
	return all
}

// Check reports, joined, every key that a language lacks, every empty text, every plural that lacks a form, and every key whose
// placeholders differ between languages. Nil means complete.
func (c *Catalogue) Check() error {
	keys := map[string]bool{}
	for _, l := range Languages() {
		for key := range c.messages[l] {
			keys[key] = true
		}
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		source := c.messages[SV][key]
		for _, l := range Languages() {
			m := c.messages[l][key]
			switch {
			case m == nil:
				problems = append(problems, fmt.Errorf("%s: missing in %q", key, l))
				continue
			case strings.TrimSpace(m.source.Other) == "":
				problems = append(problems, fmt.Errorf("%s: empty in %q", key, l))
			case m.plural && !slices.Contains(m.names, "Count"):
				problems = append(problems, fmt.Errorf("%s: plural without {{.Count}} in %q", key, l))
			}
			if source == nil || l == SV {
				continue
			}
			if !slices.Equal(m.names, source.names) {
				problems = append(problems, fmt.Errorf("%s: placeholders differ, sv %v, %s %v", key, source.names, l, m.names))
			}
			if m.plural != source.plural {
				problems = append(problems, fmt.Errorf("%s: plural in one language only", key))
			}
		}
	}
	return errors.Join(problems...)
}

// Faults returns the faults met so far and how often, so that a test can fail on them and a metric can count them.
func (c *Catalogue) Faults() map[Fault]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.faults)
}

// fault counts a fault and returns what the page shows instead of the text.
func (c *Catalogue) fault(l Lang, key, reason string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[Fault{Lang: l, Key: key, Reason: reason}]++
	return "⟦" + key + "⟧"
}
