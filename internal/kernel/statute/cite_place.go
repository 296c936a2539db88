package statute

import (
	"strconv"
	"strings"
)

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
