package statute

import (
	"strconv"
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

// maxNumber is the highest number of digits of a chapter or §.
const maxNumber = 3

// number reads "7", "7 a" or "7a". The letter must be followed by what goes on with a citation.
func (c *citer) number(i int) (string, int) {
	if c.kind(i) != 'n' || c.tokens[i].end-c.tokens[i].start > maxNumber || c.kind(i-1) == ':' && c.tokens[i-1].end == c.tokens[i].start {
		return "", i
	}
	n, end := strings.TrimLeft(c.word(i), "0"), i+1
	if n == "" {
		return "", i
	}
	if w := c.word(end); c.kind(end) == 'w' && len(w) <= 2 && w[0] >= 'a' && w[0] <= 'z' && w[len(w)-1] >= 'a' && w[len(w)-1] <= 'z' {
		switch next := c.kind(end + 1); {
		case next == '*', next == ',', next == '-', c.is(end+1, "och", "eller", "samt", "kap", "st", "resp", "respektive"), c.tokens[end].start == c.tokens[i].end:
			return n + " " + w, end + 1
		}
	}
	return n, end
}

// numbers reads a list: "3, 10", "2–4", "8, 8 b eller 8 c".
func (c *citer) numbers(i int) ([]Span, int) {
	n, end := c.number(i)
	if n == "" {
		return nil, i
	}
	list := []Span{{From: n}}
	for len(list) < 200 {
		next := end
		span := false
		switch {
		case c.kind(next) == '-':
			span, next = true, next+1
		case c.kind(next) == ',':
			next++
			if c.is(next, "och", "samt", "eller") {
				next++
			}
		case c.is(next, "och", "samt", "eller", "respektive", "resp"):
			next++
		default:
			return list, end
		}
		n, after := c.number(next)
		if n == "" {
			return list, end
		}
		last := &list[len(list)-1]
		if span && last.To == "" {
			last.To = n
		} else {
			list = append(list, Span{From: n})
		}
		end = after
	}
	return list, end
}

// locator reads one place in a statute: "22 kap. 3 §", "5–8 §§", "13 kap.".
func (c *citer) locator(i int) (Citation, int, bool) {
	list, end := c.numbers(i)
	if list == nil {
		return Citation{}, i, false
	}
	out := Citation{Start: c.tokens[i].start}
	if c.is(end, "kap", "kapitlet") {
		chapter := list[len(list)-1]
		if len(list) == 1 {
			out.ChapterTo = chapter.To
		}
		out.Chapter = list[0].From
		if end++; c.kind(end) == '.' {
			end++
		}
		out.End = c.tokens[end-1].end
		if list, after := c.numbers(end); list != nil && c.kind(after) == '*' && out.ChapterTo == "" {
			out.Sections, end = list, after
		} else {
			return out, end, true
		}
	} else if c.kind(end) != '*' {
		return Citation{}, i, false
	} else {
		out.Sections = list
	}
	for c.kind(end) == '*' {
		end++
	}
	end = c.stycke(&out, end)
	out.End = c.tokens[end-1].end
	return out, end, true
}

// locators reads places that are joined: "2 kap. 3 § och 5 kap. 7 §". A § without a chapter is of the chapter before it.
func (c *citer) locators(i int) ([]Citation, int) {
	if c.kind(i) != 'n' {
		return nil, i
	}
	one, end, ok := c.locator(i)
	if !ok {
		return nil, i
	}
	list := []Citation{one}
	for len(list) < 200 {
		next := end
		if c.kind(next) == ',' {
			next++
		}
		if c.is(next, "och", "samt", "eller", "jämte", "jfr") {
			next++
		}
		if next == end {
			break
		}
		one, after, ok := c.locator(next)
		if !ok {
			break
		}
		if one.Chapter == "" {
			one.Chapter = list[len(list)-1].Chapter
		}
		list, end = append(list, one), after
	}
	return list, end
}

// colon reads "21:3" after the name of a statute.
func (c *citer) colon(i int) ([]Citation, int) {
	chapter, end := c.number(i)
	if chapter == "" || c.kind(end) != ':' || c.kind(end+1) != 'n' || c.tokens[end].end != c.tokens[end+1].start {
		return nil, i
	}
	section := strings.TrimLeft(c.word(end+1), "0")
	if section == "" || len(section) > maxNumber {
		return nil, i
	}
	after := end + 2
	if w := c.word(after); c.kind(after) == 'w' && len(w) == 1 && w[0] >= 'a' && w[0] <= 'h' {
		section, after = section+" "+w, after+1
	}
	return []Citation{{Start: c.tokens[i].start, End: c.tokens[after-1].end, Chapter: chapter, Sections: []Span{{From: section}}}}, after
}

// ordinal is the number of "första" … "tionde", 0 for other words.
func ordinal(word string) int {
	for i, w := range [...]string{"första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde"} {
		if strings.EqualFold(word, w) {
			return i + 1
		}
	}
	return 0
}

// stycke reads what follows a § sign: "andra stycket", "1 st.", "första stycket 2 a", "andra meningen".
func (c *citer) stycke(out *Citation, i int) int {
	end := i
	for next := i; ; {
		n := ordinal(c.word(next))
		switch {
		case n > 0 && c.is(next+1, "stycket", "styckena", "st"):
			if out.Stycke == 0 {
				out.Stycke = n
			}
			next += 2
			if c.kind(next) == '.' && c.is(next-1, "st") {
				next++
			}
			end = next
		case n > 0 && c.is(next+1, "meningen", "punkten", "strecksatsen", "ledet", "satsen"):
			next += 2
			end = next
		case n > 0 && (c.is(next+1, "och", "eller", "samt") || c.kind(next+1) == ',') && ordinal(c.word(next+2)) > 0:
			if out.Stycke == 0 {
				out.Stycke = n
			}
			next += 2
		case c.kind(next) == 'n' && c.is(next+1, "st"):
			if v, err := strconv.Atoi(c.word(next)); err == nil && v < 100 && out.Stycke == 0 {
				out.Stycke = v
			}
			if next += 2; c.kind(next) == '.' {
				next++
			}
			end = next
		case c.kind(next) == 'n' && c.is(next+1, "p"):
			if next += 2; c.kind(next) == '.' {
				next++
			}
			end = next
		case c.is(next, "p", "punkt", "punkten") && c.kind(next+1) == 'n', c.is(next, "p") && c.kind(next+1) == '.' && c.kind(next+2) == 'n':
			for next++; c.kind(next) == '.'; {
				next++
			}
			next++
			end = next
		default:
			return end
		}
	}
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
