package search

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord bounds a word in bytes: what is longer is no word but data, and is cut.
const maxWord = 64

// token is a word of a text as the index knows it.
type token struct {
	word       string   // folded and stemmed; digits without leading zeros
	raw        string   // folded only
	parts      []string // stems of a compound's parts
	start, end int      // where it stands in the text, in bytes
}

// analyser turns text into tokens. It is the only one, for indexing and for asking, on both engines. It is safe for concurrent use.
type analyser struct {
	split *splitter
	mu    sync.RWMutex
	known map[string]analysed // folded words seen before
}

type analysed struct {
	word  string
	parts []string
}

// maxKnown bounds the memory of the analyser to a few megabytes.
const maxKnown = 50_000

func newAnalyser() *analyser {
	return &analyser{split: newSplitter(wordList), known: map[string]analysed{}}
}

// tokens gives at most limit tokens of a text; 0 means all.
func (a *analyser) tokens(text string, limit int) []token {
	var out []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) {
			i += size
			continue
		}
		start := i
		for i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if !inWord(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
			i += size
		}
		raw := fold(text[start:i])
		if raw == "" {
			continue
		}
		known := a.analyse(raw)
		out = append(out, token{word: known.word, raw: raw, parts: known.parts, start: start, end: i})
		if len(out) == limit {
			break
		}
	}
	return out
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func (a *analyser) analyse(raw string) analysed {
	a.mu.RLock()
	known, ok := a.known[raw]
	a.mu.RUnlock()
	if ok {
		return known
	}
	switch {
	case digits(raw):
		known.word = withoutZeros(raw)
	case strings.ContainsFunc(raw, unicode.IsDigit):
		known.word = raw
	default:
		known.word, known.parts = a.split.stem(raw), a.split.parts(raw)
	}
	a.mu.Lock()
	if len(a.known) >= maxKnown {
		clear(a.known)
	}
	a.known[strings.Clone(raw)] = known
	a.mu.Unlock()
	return known
}

// fold makes one form of what people write in many: lower case, and no accents but those that make å, ä and ö letters of their own.
func fold(word string) string {
	plain := true
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return cut(strings.ToLower(word))
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(word) {
		r = unicode.ToLower(r)
		switch r {
		case 'å', 'ä', 'ö':
			b.WriteRune(r)
		case 'æ':
			b.WriteRune('ä')
		case 'ø':
			b.WriteRune('ö')
		case 'ß':
			b.WriteString("ss")
		default:
			if r < utf8.RuneSelf {
				b.WriteRune(r)
				continue
			}
			for _, part := range norm.NFKD.String(string(r)) {
				if part = unicode.ToLower(part); inWord(part) {
					b.WriteRune(part)
				}
			}
		}
	}
	return cut(b.String())
}

func cut(word string) string {
	if len(word) <= maxWord {
		return word
	}
	end := maxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

func digits(word string) bool {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return true
}

func withoutZeros(number string) string {
	if trimmed := strings.TrimLeft(number, "0"); trimmed != "" {
		return trimmed
	}
	return "0"
}

// joint stands between the parts of a number in a joined token; no word holds it.
const joint = "·"

// maxJoined bounds how many parts a number with marks in it has: a date and time has six.
const maxJoined = 6

// joinedEnd tells how far the number that begins at list[i] reaches: 2026/00123, 2017:900, 3:12, 2026-03-01. It is i+1 if no mark joins
// it to the next.
func joinedEnd(text string, list []token, i int) int {
	end := i + 1
	for end < len(list) && end-i < maxJoined && hasDigit(list[end-1].raw) && hasDigit(list[end].raw) &&
		list[end].start == list[end-1].end+1 && strings.IndexByte("/-:.", text[list[end-1].end]) >= 0 {
		end++
	}
	return end
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// joined is the token of a whole number with marks in it.
func joined(list []token) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.word
	}
	return strings.Join(words, joint)
}

// maxSeries bounds, in bytes, the letters of a series of numbers: KS 2026/00123, SFS 2017:900.
const maxSeries = 4

// inSeries tells whether the number at list[i] belongs to a series named just before it.
func inSeries(text string, list []token, i int) bool {
	return i > 0 && series(list[i-1]) && list[i].start == list[i-1].end+1 && strings.IndexByte(" -", text[list[i-1].end]) >= 0
}

func series(t token) bool { return len(t.raw) <= maxSeries && !hasDigit(t.raw) && !stops[t.raw] }

// extras are what the index knows of a text besides its words in order: parts of compounds, and numbers as a whole, with and without
// the series they belong to.
func extras(text string, list []token) []string {
	var out []string
	for i := 0; i < len(list); {
		end := joinedEnd(text, list, i)
		if end > i+1 {
			out = append(out, joined(list[i:end]))
			if inSeries(text, list, i) {
				out = append(out, joined(list[i-1:end]))
			}
		}
		for ; i < end; i++ {
			out = append(out, list[i].parts...)
		}
	}
	return out
}
