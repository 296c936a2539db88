package statute

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
)

//go:embed names.tsv
var nameTable string

// Name is what a statute is called.
type Name struct {
	Number      string        // SFS, or the CELEX number of an act of the EU
	From, Until calendar.Date // first and last day on which the name means this statute; zero: no limit
	Title       string        // "Förvaltningslag", "Lag om färdtjänst"
	Short       []string      // abbreviations
	Other       []string      // other names in their definite form
}

// Index knows names of statutes. It is made once and safe for concurrent use.
type Index struct {
	short map[string][]entry   // abbreviations, as they are written
	names map[string][]phrase  // by the first word, longest first
	known map[string]struct{}  // numbers in the table
	label map[string]labelling // by number
}

type labelling struct{ short, title string }

type entry struct {
	number      string
	from, until calendar.Date
}

type phrase struct {
	words []string
	of    []entry
}

func (e entry) on(d calendar.Date) bool {
	return (e.from.IsZero() || !d.Before(e.from)) && (e.until.IsZero() || !d.After(e.until))
}

// Standard is the index of the table alone.
func Standard() *Index { return standard() }

var standard = sync.OnceValue(func() *Index { return NewIndex(nil) })

// NewIndex makes an index of the table and of more names, such as the titles of a collection. Where both have a name, the table decides;
// of two statutes of the collection with the same title the later one does.
func NewIndex(more []Name) *Index {
	x := &Index{short: map[string][]entry{}, names: map[string][]phrase{}, known: map[string]struct{}{}, label: map[string]labelling{}}
	taken := map[string]bool{}
	for _, n := range table() {
		x.add(n, nil, taken)
	}
	seen := map[string]bool{}
	for i := len(more) - 1; i >= 0; i-- {
		x.add(more[i], taken, seen)
	}
	return x
}

// add puts a name in. What is in but is left alone; what was added is noted in put.
func (x *Index) add(n Name, but, put map[string]bool) {
	e := entry{n.Number, n.From, n.Until}
	x.known[n.Number] = struct{}{}
	l := labelling{title: n.Title}
	for _, s := range n.Short {
		x.short[s] = append(x.short[s], e)
		if l.short == "" {
			l.short = s
		}
	}
	if old, ok := x.label[n.Number]; !ok || old.title == "" {
		x.label[n.Number] = l
	}
	names := n.Other
	if d := Definite(n.Title); d != "" {
		names = append([]string{d}, names...)
	}
	for _, name := range names {
		name = strings.ToLower(name)
		if but != nil && (but[name] || put[name]) {
			continue
		}
		put[name] = true
		x.phrase(name, e)
	}
}

func (x *Index) phrase(name string, e entry) {
	tokens := scan(name)
	if len(tokens) == 0 {
		return
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = name[t.start:t.end]
	}
	list := x.names[words[0]]
	at := 0
	for ; at < len(list) && len(list[at].words) >= len(words); at++ {
		if strings.Join(list[at].words, " ") == strings.Join(words, " ") {
			list[at].of = append(list[at].of, e)
			return
		}
	}
	list = append(list, phrase{})
	copy(list[at+1:], list[at:])
	list[at] = phrase{words, []entry{e}}
	x.names[words[0]] = list
}

// mean picks the statute a name means on a day: of none that applies, the latest.
func mean(list []entry, on calendar.Date) string {
	for _, e := range list {
		if e.on(on) {
			return e.number
		}
	}
	return list[len(list)-1].number
}

// Label is what a statute is called for short, "OSL", or its title; its number if the table does not have it.
func (x *Index) Label(sfs string) string {
	switch l := x.label[sfs]; {
	case l.short != "":
		return l.short
	case l.title != "":
		return l.title
	}
	return sfs
}

func table() []Name {
	var out []Name
	for line := range strings.Lines(nameTable) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cols := append(strings.Split(line, "\t"), "", "", "", "", "")
		n := Name{Number: cols[0], From: day(cols[1]), Until: day(cols[2]), Title: cols[3]}
		n.Short, n.Other = list(cols[4]), list(cols[5])
		out = append(out, n)
	}
	return out
}

func list(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// maxName bounds the titles that are names: longer ones nobody writes out.
const maxName = 160

// Definite is the form in which a title stands in running text: "förvaltningslagen", "lagen om färdtjänst"; "" if it cannot be told.
func Definite(title string) string {
	title = one(parenthesis.ReplaceAllString(title, " "))
	if utf8.RuneCountInString(title) > maxName {
		return ""
	}
	head, rest := title, ""
	for _, sep := range []string{" om ", " med ", " angående ", " för ", " till ", " mot ", " i ", " av "} {
		if i := strings.Index(title, sep); i >= 0 && i < len(head) {
			head, rest = title[:i], title[i:]
		}
	}
	head = strings.ToLower(head)
	for _, end := range []struct{ indefinite, definite string }{
		{"lag", "lagen"}, {"balk", "balken"}, {"ordning", "ordningen"}, {"kungörelse", "kungörelsen"}, {"stadga", "stadgan"}, {"instruktion", "instruktionen"},
		{"reglemente", "reglementet"}, {"form", "formen"}, {"taxa", "taxan"}, {"brev", "brevet"}, {"cirkulär", "cirkuläret"}, {"beslut", "beslutet"},
	} {
		if strings.HasSuffix(head, end.indefinite) {
			return strings.TrimSuffix(head, end.indefinite) + end.definite + rest
		}
	}
	return ""
}
