package statute

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lawAfter reads the statute that a place is in, after the place. Between them may stand points of a list ("7 § 1 och 2 …") and "i" or "av".
// It gives 0 if there is none.
func (c *citer) lawAfter(last *Citation, i int) (law, int) {
	if l, end := c.relative(last, i); end > 0 {
		return l, end
	}
	at := i
	for range 6 { // points and letters of a list
		switch {
		case c.kind(at) == 'n' && c.tokens[at].end-c.tokens[at].start <= 2, c.kind(at) == 'w' && len(c.word(at)) == 1,
			(c.is(at, "och", "eller", "samt") || c.kind(at) == ',' || c.kind(at) == '-') && (c.kind(at+1) == 'n' || c.kind(at+1) == 'w' && len(c.word(at+1)) == 1):
			at++
			continue
		}
		break
	}
	for _, from := range []int{i, at} {
		if c.is(from, "i", "av", "enligt") && !c.is(from+1, "dag") {
			from++
		}
		if l, end := c.relative(last, from); end > 0 {
			return l, end
		}
		if l, end, ok := c.lawAt(from); ok {
			return l, end
		}
	}
	return law{}, 0
}

// statuteWord tells whether a word means a statute as a whole.
func (c *citer) statuteWord(i int) bool {
	if c.kind(i) != 'w' {
		return false
	}
	w := strings.ToLower(c.word(i))
	for _, end := range []string{"lag", "lagen", "balk", "balken", "förordning", "förordningen", "grundlag", "kungörelse", "kungörelsen", "författning", "stadga", "stadgan", "instruktion", "reglemente"} {
		if w == end || w == end+"s" {
			return true
		}
	}
	return false
}

// relative reads "denna lag", "samma lag", "den lagen", "samma kapitel", "detta kapitel". It gives 0 if there is none of them.
func (c *citer) relative(last *Citation, i int) (law, int) {
	switch {
	case c.is(i, "denna") && c.statuteWord(i+1):
		return law{sfs: c.in.SFS}, i + 2
	case c.is(i, "den") && c.is(i+1, "här") && c.statuteWord(i+2):
		return law{sfs: c.in.SFS}, i + 3
	case c.is(i, "samma", "nämnda", "sistnämnda", "den") && c.statuteWord(i+1) && c.kind(i+2) != '(' && !c.is(i+2, "om", "med"):
		return c.latest(), i + 2
	case c.is(i, "detta") && c.is(i+1, "kapitel", "kap"):
		last.Chapter = c.in.Chapter
		return law{sfs: c.in.SFS}, i + 2
	case c.is(i, "samma") && c.is(i+1, "kapitel", "kap"):
		if last.Chapter = c.chapter; last.Chapter == "" {
			last.Chapter = c.in.Chapter
		}
		return c.latest(), i + 2
	}
	return law{}, 0
}

// latest is the statute cited last, or else the one that the text is of.
func (c *citer) latest() law {
	if c.law != (law{}) {
		return c.law
	}
	return law{sfs: c.in.SFS}
}

// sfs reads a number of a statute: 2017:900.
func (c *citer) sfs(i int) (string, int) {
	if c.kind(i) != 'n' || c.kind(i+1) != ':' || c.kind(i+2) != 'n' || c.tokens[i].end != c.tokens[i+1].start || c.tokens[i+1].end != c.tokens[i+2].start {
		return "", i
	}
	year, n := c.word(i), c.word(i+2)
	if len(year) != 4 || year < "1600" || year > "2199" || len(n) > 5 {
		return "", i
	}
	if n = strings.TrimLeft(n, "0"); n == "" {
		return "", i
	}
	return year + ":" + n, i + 3
}

// bracketed reads "(2017:900)".
func (c *citer) bracketed(i int) (string, int) {
	if c.kind(i) != '(' {
		return "", i
	}
	if number, end := c.sfs(i + 1); number != "" && c.kind(end) == ')' {
		return number, end + 1
	}
	return "", i
}

// lawAt reads the name or number of a statute at token i.
func (c *citer) lawAt(i int) (law, int, bool) {
	switch c.kind(i) {
	case '(':
		if number, end := c.bracketed(i); number != "" && !c.series(i-1) {
			return law{sfs: number}, end, true
		}
		return law{}, i, false
	case 'w':
	default:
		return law{}, i, false
	}
	if c.word(i) == "SFS" {
		if number, end := c.sfs(i + 1); number != "" {
			return law{sfs: number}, end, true
		}
	}
	if l, end := c.relativeName(i); end > 0 {
		return l, end, true
	}
	if list := c.x.short[c.word(i)]; list != nil && c.standsAlone(i) {
		return c.numbered(i+1, named(mean(list, c.on)))
	}
	if l, end, ok := c.named(i); ok {
		return c.numbered(end, l)
	}
	// Any statute whose number is told: "lagen (1990:52) med särskilda bestämmelser om vård av unga".
	if c.statutory(i) {
		if number, end := c.bracketed(i + 1); number != "" {
			return law{sfs: number}, end, true
		}
	}
	return law{}, i, false
}

// relativeName reads "denna lag" where it stands without a place, in a statute.
func (c *citer) relativeName(i int) (law, int) {
	if c.in.SFS == "" || !c.is(i, "denna") || !c.statuteWord(i+1) {
		return law{}, 0
	}
	return law{sfs: c.in.SFS}, i + 2
}

func named(number string) law {
	if strings.Contains(number, ":") {
		return law{sfs: number}
	}
	return law{eu: number}
}

// numbered lets a number in parentheses decide over the name before it.
func (c *citer) numbered(i int, l law) (law, int, bool) {
	if number, end := c.bracketed(i); number != "" {
		return law{sfs: number}, end, true
	}
	return l, i, true
}

// standsAlone tells whether an abbreviation is a word of its own and not a part of one with hyphens.
func (c *citer) standsAlone(i int) bool {
	joined := func(a, b int) bool {
		return (c.kind(a) == '-' || c.kind(a) == '/') && c.kind(b) != 0 && c.tokens[min(a, b)].end == c.tokens[max(a, b)].start
	}
	return (i == 0 || !joined(i-1, i)) && (i+1 >= len(c.tokens) || !joined(i+1, i))
}

// named reads a name of the index, the longest that fits. The last word may be a genitive.
func (c *citer) named(i int) (law, int, bool) {
	w := strings.ToLower(c.word(i))
	for _, first := range []string{w, strings.TrimSuffix(w, "s")} {
		for _, p := range c.x.names[first] {
			if first != w && len(p.words) > 1 || i+len(p.words) > len(c.tokens) {
				continue
			}
			fits := true
			for k := 1; k < len(p.words) && fits; k++ {
				have := strings.ToLower(c.word(i + k))
				fits = have == p.words[k] || c.kind(i+k) == '-' && p.words[k] == "-" || k == len(p.words)-1 && have == p.words[k]+"s"
			}
			if fits {
				return named(mean(p.of, c.on)), i + len(p.words), true
			}
		}
		if first == strings.TrimSuffix(w, "s") && first == w {
			break
		}
	}
	return law{}, i, false
}

// statutory tells whether a word is the name of some statute by its ending.
func (c *citer) statutory(i int) bool {
	w := strings.TrimSuffix(strings.ToLower(c.word(i)), "s")
	for _, end := range []string{"lagen", "lag", "balken", "balk", "ordningen", "ordning", "kungörelsen", "kungörelse", "stadgan", "stadga", "instruktionen", "instruktion", "reglementet",
		"reglemente", "formen", "taxan", "brevet", "cirkuläret"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// series tells whether the word before a number names another series than SFS: SOU, prop., BFS.
func (c *citer) series(i int) bool {
	if c.kind(i) == '.' {
		i--
	}
	if c.kind(i) != 'w' {
		return false
	}
	w := c.word(i)
	r, _ := utf8.DecodeRuneInString(w)
	return strings.HasSuffix(w, "FS") && w != "SFS" || unicode.IsUpper(r) && utf8.RuneCountInString(w) <= 3 || strings.EqualFold(w, "prop") || strings.EqualFold(w, "dir") || strings.EqualFold(w, "skr")
}
