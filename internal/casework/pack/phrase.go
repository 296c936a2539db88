package pack

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

// Phrases is phrases.yaml: texts that officials begin from when they write (fraser och brev). The file may be missing.
type Phrases struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       PhrasesKind         `yaml:"kind" need:"yes"`
	Phrases    []Phrase            `yaml:"phrases" need:"yes"`
}

// PhrasesKind is the kind of the file.
type PhrasesKind string

// Values lists the kind.
func (PhrasesKind) Values() []string { return []string{"Phrases"} }

// Phrase is a text with variables such as {arende.nummer}.
type Phrase struct {
	Key   string      `yaml:"key" need:"yes"`
	Title i18n.Text   `yaml:"title" need:"yes"`
	Unit  string      `yaml:"unit"`  // for its cases and those of the units below; none: of all
	Types []string    `yaml:"types"` // ids of case types; none: of all
	For   []PhraseUse `yaml:"for" need:"yes"`
	Text  i18n.Text   `yaml:"text" need:"yes"`
}

// PhraseUse is what a phrase is written in.
type PhraseUse string

// A message to the citizen, a decision, an internal note.
const (
	InMessage  PhraseUse = "message"
	InDecision PhraseUse = "decision"
	InNote     PhraseUse = "note"
)

// Values lists the uses.
func (PhraseUse) Values() []string {
	return []string{string(InMessage), string(InDecision), string(InNote)}
}

// Variables are all that a phrase can ask for, the same in every language.
func Variables() []string {
	return []string{
		"arende.nummer", "arende.mening", "arende.typ", "arende.status", "arende.plats", "arende.inkom", "sista.dag", "part.namn", "handlaggare.namn",
		"beslut.datum", "beslut.namn", "enhet.namn", "enhet.telefon", "enhet.epost", "kommun.namn", "kommun.telefon", "idag",
	}
}

// variable is {name} in a phrase.
var variable = regexp.MustCompile(`\{([^{}\n]*)\}`)

// VariableError is a variable that does not exist.
type VariableError struct {
	Name    string
	Suggest string // what was perhaps meant, empty if nothing is near
}

func (e *VariableError) Error() string { return fmt.Sprintf("there is no variable {%s}", e.Name) }

// CheckWords gives a *VariableError for the first variable of a text that does not exist.
func CheckWords(text string) error {
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(Variables(), m[1]) {
			return &VariableError{Name: m[1], Suggest: casetype.Nearest(m[1], Variables())}
		}
	}
	return nil
}

// FillWords writes what value gives in the place of each variable, and what missing gives for the variables without a value, whose names
// are returned, each once. What is filled in is not looked through again.
func FillWords(text string, value func(name string) string, missing func(name string) string) (filled string, without []string) {
	var b strings.Builder
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		b.WriteString(text[at:m[0]])
		at = m[1]
		if v := value(name); v != "" {
			b.WriteString(v)
			continue
		}
		b.WriteString(missing(name))
		if !slices.Contains(without, name) {
			without = append(without, name)
		}
	}
	return b.String() + text[at:], without
}

const phraseFile = "phrases.yaml"

// phrases checks what phrases.yaml names.
func (r *resolver) phrases() {
	s, p := r.sources[phraseFile], r.pack
	seen := map[string]*Phrase{}
	for i := range p.Phrases {
		one, at := &p.Phrases[i], fmt.Sprintf("phrases[%d]", i)
		unique(s, seen, one.Key, one, at+".key", slug)
		if one.Unit != "" {
			refers(s, p.units, "unit", one.Unit, at+".unit")
		}
		if len(one.For) == 0 {
			s.report(at+".for", "", "say what the phrase is for: %s", strings.Join(PhraseUse("").Values(), ", "))
		}
		for _, l := range i18n.Languages() {
			if err, ok := CheckWords(one.Text[l]).(*VariableError); ok { //nolint:errorlint // CheckWords gives nothing else
				s.report(at+".text."+string(l), err.Suggest, "%v; the variables are %s", err, strings.Join(Variables(), ", "))
			}
		}
	}
}

// unphrased says which phrases name a case type that is not there. Nothing is refused for it.
func (l *loader) unphrased(s *source, services map[string]bool) LoadError {
	beside := &source{file: s.file, root: s.root}
	for i, one := range l.pack.Phrases {
		for j, id := range one.Types {
			if services != nil && !services[id] {
				beside.report(fmt.Sprintf("phrases[%d].types[%d]", i, j), casetype.Nearest(id, slices.Sorted(maps.Keys(services))), "there is no case type %q", id)
			}
		}
	}
	return beside.problems
}
