package statute

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
)

// Citation is a reference to a provision, or to a whole statute, in a text.
type Citation struct {
	Start, End int    // in bytes
	SFS        string // the statute, "" if it is not known which
	EU         string // CELEX number of an act of the EU, which no collection of statutes has
	Chapter    string
	ChapterTo  string // last of a span of chapters: "1–10 kap."
	Sections   []Span
	Stycke     int // 0: none
}

// Span is a § or a row of them; To is "" for one.
type Span struct{ From, To string }

// Provision tells whether a § or a chapter is cited, in a statute that is known.
func (c Citation) Provision() bool {
	return (c.SFS != "" || c.EU != "") && (c.Chapter != "" || len(c.Sections) > 0)
}

// Anchor is the mark of the first § cited on the page of the statute, "" for the whole statute.
func (c Citation) Anchor() string {
	section := ""
	if len(c.Sections) > 0 {
		section = c.Sections[0].From
	}
	return Anchor(c.Chapter, section)
}

// Covers tells whether a § is among those cited. A chapter covers its §§, a statute everything in it.
func (c Citation) Covers(chapter, section string) bool {
	switch {
	case c.ChapterTo != "":
		return compare(c.Chapter, chapter) <= 0 && compare(chapter, c.ChapterTo) <= 0
	case c.Chapter != "" && c.Chapter != chapter:
		return false
	case len(c.Sections) == 0:
		return true
	case c.Chapter == "" && chapter != "":
		return false
	}
	for _, s := range c.Sections {
		if s.To == "" && covers(section, s.From) || s.From == section || s.To != "" && compare(s.From, section) <= 0 && compare(section, s.To) <= 0 {
			return true
		}
	}
	return false
}

// Within is the place of a text in a statute, for what "denna lag" and "3 §" mean there. The zero value is a text outside any statute.
type Within struct{ SFS, Chapter string }

// maxCited bounds the text that is looked through, in bytes.
const maxCited = 4 << 20

// Find finds the citations in a text, in its order, as the names are understood on the day.
func (x *Index) Find(text string, on calendar.Date) []Citation { return x.FindIn(text, Within{}, on) }

// FindIn finds the citations in a text of a statute.
func (x *Index) FindIn(text string, in Within, on calendar.Date) []Citation {
	if len(text) > maxCited || !hints(text) && !x.hints(text) {
		return nil
	}
	c := &citer{x: x, text: text, tokens: scan(text), in: in, on: on}
	for i := 0; i < len(c.tokens); {
		i = c.at(i)
	}
	return c.out
}

// hints tells whether there is a § or a number at all: most texts have neither.
func hints(text string) bool {
	return strings.Contains(text, "§") || strings.ContainsAny(text, "0123456789")
}

func (x *Index) hints(text string) bool {
	return strings.Contains(text, "lag") || strings.Contains(text, "balk") || strings.Contains(text, "ordning") || strings.ContainsFunc(text, unicode.IsUpper)
}

// token is a number, a word or a sign.
type token struct {
	start, end int
	kind       byte // 'n' number, 'w' word, else the sign: § , . : ( ) - /
}

// scan cuts a text into tokens. Hyphens of all kinds are '-'; a word does not hold hyphens.
func scan(text string) []token {
	var out []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		i += size
		switch {
		case unicode.IsSpace(r) || r == '\u00ad':
			continue
		case r >= '0' && r <= '9':
			for i < len(text) && text[i] >= '0' && text[i] <= '9' {
				i++
			}
			out = append(out, token{start, i, 'n'})
		case unicode.IsLetter(r):
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
					break
				}
				i += size
			}
			out = append(out, token{start, i, 'w'})
		case r == '§':
			out = append(out, token{start, i, '*'})
		case r == '-' || r == '–' || r == '—' || r == '‑':
			out = append(out, token{start, i, '-'})
		case r < utf8.RuneSelf:
			out = append(out, token{start, i, byte(r)})
		default:
			out = append(out, token{start, i, '?'})
		}
	}
	return out
}

// citer reads the tokens of a text from the front.
type citer struct {
	x       *Index
	text    string
	tokens  []token
	in      Within
	on      calendar.Date
	out     []Citation
	law     law    // the last one cited: "samma lag"
	chapter string // "samma kapitel"
}

// law is the statute of a citation.
type law struct{ sfs, eu string }

func (c *citer) kind(i int) byte {
	if i < 0 || i >= len(c.tokens) {
		return 0
	}
	return c.tokens[i].kind
}

func (c *citer) word(i int) string {
	if i < 0 || i >= len(c.tokens) {
		return ""
	}
	return c.text[c.tokens[i].start:c.tokens[i].end]
}

func (c *citer) is(i int, words ...string) bool {
	if c.kind(i) != 'w' {
		return false
	}
	w := c.word(i)
	for _, one := range words {
		if strings.EqualFold(w, one) {
			return true
		}
	}
	return false
}

// at reads a citation that begins at token i, and gives where to go on.
func (c *citer) at(i int) int {
	switch c.kind(i) {
	case 'n', 'w', '(':
	default:
		return i + 1
	}
	if list, end := c.locators(i); list != nil {
		l, after := c.lawAfter(&list[len(list)-1], end)
		if after == 0 {
			if c.in.SFS == "" {
				return end
			}
			l, after = law{sfs: c.in.SFS}, end
			c.home(list)
		}
		c.emit(list, l, after)
		return after
	}
	l, end, ok := c.lawAt(i)
	if !ok {
		return i + 1
	}
	c.law = l
	next := end
	if c.kind(next) == ',' {
		next++
	}
	if list, after := c.locators(next); list != nil {
		if _, other := c.lawAfter(&list[len(list)-1], after); other == 0 {
			list[0].Start = c.tokens[i].start
			c.emit(list, l, after)
			return after
		}
	}
	if list, after := c.colon(end); list != nil {
		list[0].Start = c.tokens[i].start
		c.emit(list, l, after)
		return after
	}
	if c.alone(i, end) {
		c.emit([]Citation{{Start: c.tokens[i].start}}, l, end)
	}
	return end
}

// alone tells whether a statute named without a place in it is a citation: two letters are too little.
func (c *citer) alone(i, end int) bool {
	return end > i+1 || c.tokens[i].end-c.tokens[i].start > 2
}

// home gives §§ without a chapter the chapter of the text they stand in.
func (c *citer) home(list []Citation) {
	if list[0].Chapter != "" {
		return
	}
	for i := range list {
		if list[i].Chapter != "" {
			break
		}
		list[i].Chapter = c.in.Chapter
	}
}

// emit adds citations of one statute. The last reaches to token end.
func (c *citer) emit(list []Citation, l law, end int) {
	if l == (law{}) { // "denna lag" in a letter
		return
	}
	for i := range list {
		list[i].SFS, list[i].EU = l.sfs, l.eu
		if i == len(list)-1 {
			list[i].End = c.tokens[end-1].end
		}
		if list[i].End == 0 {
			list[i].End = list[i].Start
		}
		if list[i].Chapter != "" {
			c.chapter = list[i].Chapter
		}
		c.out = append(c.out, list[i])
	}
	c.law = l
}

// Cite makes the citation of a provision whose parts are known: chapter "" or "6 a", section "", "12", "2–4" or "7, 7 a".
func Cite(sfs, chapter, section string) Citation {
	out := Citation{SFS: sfs, Chapter: number(chapter)}
	if text := strings.TrimSpace(section); text != "" {
		text += " §"
		c := &citer{x: Standard(), text: text, tokens: scan(text)}
		if list, _ := c.numbers(0); list != nil {
			out.Sections = list
		} else {
			out.Sections = []Span{{From: number(section)}}
		}
	}
	return out
}
