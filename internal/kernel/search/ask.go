package search

import (
	"fmt"
	"strings"
	"unicode"

	"dygnet/internal/kernel/store"
)

const (
	// maxText and maxClauses bound, in bytes and in number, what of a question is heeded.
	maxText    = 500
	maxClauses = 12
	// minPrefix is the shortest beginning of a word that stands for all its continuations.
	minPrefix = 3
)

// ask is a question: every clause must hold, and no clause of not.
type ask struct {
	all, not []clause
}

// clause is one thing asked for: a word, the beginning of one, or words in a row.
type clause struct {
	words  []string // one, or a phrase
	parts  []string // what the word, if it is a compound, is made of: each of them will do too
	prefix string   // "" or the beginning of a word; words then holds its stem
}

// stops are words so common that to ask for them only costs time. They count if nothing else is asked for, and in phrases.
var stops = map[string]bool{
	"och": true, "i": true, "att": true, "en": true, "ett": true, "det": true, "som": true, "på": true, "är": true, "av": true, "för": true,
	"med": true, "till": true, "den": true, "de": true, "om": true, "nr": true, "dnr": true, "se": true, "the": true, "of": true, "and": true, "to": true, "in": true, "a": true,
}

// parse reads what a person typed. Words must all be there; "words in a row", -without, begin*. Nothing is an error: what cannot be
// understood is taken as words.
func (a *analyser) parse(text string) ask {
	text = shorten(text, maxText)
	var q, common ask
	for text = strings.TrimSpace(text); text != "" && len(q.all)+len(q.not)+len(common.all) < maxClauses; text = strings.TrimSpace(text) {
		not := false
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			not, text = true, rest
		}
		var chunk string
		rest, quoted := strings.CutPrefix(text, `"`)
		if quoted {
			chunk, text, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(text)
			}
			chunk, text = text[:end], text[end:]
			if whole, rest, ok := a.numbered(chunk, text); ok {
				chunk, text = whole, rest
			}
		}
		for _, c := range a.clauses(chunk, quoted) {
			switch {
			case not:
				q.not = append(q.not, c)
			case !quoted && c.prefix == "" && len(c.words) == 1 && stops[chunk]:
				common.all = append(common.all, c)
			default:
				q.all = append(q.all, c)
			}
		}
	}
	if len(q.all) == 0 {
		q.all = common.all
	}
	return q
}

// numbered gives the chunk and the number of its series that follows it, as one: KS 2026/00123 is asked for as a whole, since almost
// every document of a board holds KS.
func (a *analyser) numbered(chunk, text string) (whole, rest string, ok bool) {
	next := strings.TrimLeftFunc(text, unicode.IsSpace)
	end := strings.IndexFunc(next, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
	if end < 0 {
		end = len(next)
	}
	whole = chunk + " " + next[:end]
	list := a.tokens(whole, 0)
	if len(list) < 3 || !inSeries(whole, list, 1) || joinedEnd(whole, list, 1) == 2 {
		return "", "", false
	}
	return whole, next[end:], true
}

// clauses gives what one chunk between blanks, or between quotes, asks for.
func (a *analyser) clauses(chunk string, quoted bool) []clause {
	list := a.tokens(chunk, 0)
	if len(list) == 0 {
		return nil
	}
	if quoted {
		return []clause{row(list)}
	}
	var out []clause
	for i := 0; i < len(list); {
		if end := joinedEnd(chunk, list, i); end > i+1 {
			out = append(out, clause{words: []string{joined(list[i:end])}})
			i = end
			continue
		}
		begin := i
		for i < len(list) && joinedEnd(chunk, list, i) == i+1 {
			i++
		}
		if i < len(list) && inSeries(chunk, list, i) {
			end := joinedEnd(chunk, list, i)
			if begin < i-1 {
				out = append(out, row(list[begin:i-1]))
			}
			out = append(out, clause{words: []string{joined(list[i-1 : end])}})
			i = end
			continue
		}
		out = append(out, row(list[begin:i]))
	}
	last := list[len(list)-1]
	if !strings.HasPrefix(chunk[last.end:], "*") || len([]rune(last.raw)) < minPrefix || digits(last.raw) {
		return out
	}
	// The last word is a beginning; what stands before it in the chunk must be there as words.
	end := &out[len(out)-1]
	if len(end.words) > 1 {
		*end = row(list[len(list)-len(end.words) : len(list)-1])
		out = append(out, clause{})
		end = &out[len(out)-1]
	}
	*end = clause{words: []string{last.word}, prefix: last.raw}
	return out
}

// row is the clause of words in a row.
func row(list []token) clause {
	c := clause{}
	for _, t := range list {
		c.words = append(c.words, t.word)
	}
	if len(list) == 1 {
		c.parts = list[0].parts
	}
	return c
}

// dialect writes a question for one engine.
type dialect struct {
	and, or, not    string
	word, beginning func(string) string
	phrase          func([]string) string
}

func dialectOf(e store.Engine) dialect {
	if e == store.Postgres {
		word := func(w string) string { return "'" + w + "'" }
		return dialect{
			and: " & ", or: " | ", not: " & !", word: word,
			beginning: func(w string) string { return word(w) + ":*" },
			phrase: func(list []string) string {
				quoted := make([]string, len(list))
				for i, w := range list {
					quoted[i] = word(w)
				}
				return "(" + strings.Join(quoted, " <-> ") + ")"
			},
		}
	}
	word := func(w string) string { return `"` + w + `"` }
	return dialect{
		and: " AND ", or: " OR ", not: " NOT ", word: word,
		beginning: func(w string) string { return word(w) + "*" },
		phrase:    func(list []string) string { return `{title body} : "` + strings.Join(list, " ") + `"` },
	}
}

// tier is a rank: documents whose title answers come before the others.
type tier int

const (
	inTitle tier = iota
	elsewhere
	tiers
)

// first is the tier that a search begins with. Words in a row are looked for everywhere at once: to find them, both engines walk
// through all documents that have the words, and to do so for titles first would take twice the time.
func (q ask) first() tier {
	for _, c := range q.all {
		if len(c.words) > 1 {
			return elsewhere
		}
	}
	return inTitle
}

// match writes the question for one tier. Within holds sets of scopes: one of each must hold.
func (d dialect) match(q ask, t tier, within [][]string) string {
	titled, all := make([]string, len(q.all)), make([]string, len(q.all))
	for i, c := range q.all {
		titled[i], all[i] = d.clause(c, titleMark), d.clause(c, "")
	}
	inTitles := strings.Join(titled, d.and)
	out := strings.Join(all, d.and)
	if t == inTitle {
		out = inTitles
	}
	for _, set := range within {
		words := make([]string, len(set))
		for i, w := range set {
			words[i] = d.word(w)
		}
		out += d.and + "(" + strings.Join(words, d.or) + ")"
	}
	for _, c := range q.not {
		out = "(" + out + ")" + d.not + "(" + d.clause(c, "") + ")"
	}
	if t == elsewhere && q.first() == inTitle {
		out = "(" + out + ")" + d.not + "(" + inTitles + ")"
	}
	return out
}

// clause writes a clause; mark is "" or titleMark.
func (d dialect) clause(c clause, mark string) string {
	switch {
	case c.prefix != "":
		return "(" + d.beginning(mark+c.prefix) + d.or + d.word(mark+c.words[0]) + ")"
	case len(c.words) > 1:
		return d.phrase(c.words)
	case len(c.parts) > 0:
		return "(" + d.word(mark+c.words[0]) + d.or + "(" + d.every(c.parts, mark) + "))"
	}
	return d.word(mark + c.words[0])
}

func (d dialect) every(words []string, mark string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = d.word(mark + w)
	}
	return strings.Join(out, d.and)
}

// within gives the scopes that a request is limited to, by the index itself.
func (r Request) within() [][]string {
	var sets [][]string
	var kinds, owners []string
	for _, k := range r.Kinds {
		kinds = append(kinds, scope("k", k))
	}
	for _, u := range r.Units {
		owners = append(owners, scope("u", u))
	}
	if r.Party != "" {
		owners = append(owners, scope("p", r.Party))
	}
	for _, set := range [][]string{kinds, owners} {
		if len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

// String shows a question as it was understood, for tests.
func (q ask) String() string {
	var out []string
	for i, list := range [][]clause{q.all, q.not} {
		for _, c := range list {
			s := strings.Join(c.words, "_")
			if len(c.parts) > 0 {
				s += fmt.Sprintf("(%s)", strings.Join(c.parts, "+"))
			}
			if c.prefix != "" {
				s = c.prefix + "*"
			}
			if i == 1 {
				s = "-" + s
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}
