package disclosure

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// Masked stands in the place of what is taken out of a copy. One stands for any number of words beside each other, so that nothing tells how
// long what is gone was.
const Masked = "[maskat]"

// Word is one word of a text: line and place in it, both from 1.
type Word struct{ Line, N int }

// String is how forms name the word: "3.2".
func (w Word) String() string { return strconv.Itoa(w.Line) + "." + strconv.Itoa(w.N) }

// Mask is what is taken out of a text: words, and whole lines as Word with N 0.
type Mask map[Word]bool

// ErrMask means that a mask names something that the text does not have.
var ErrMask = errors.New("there is no such word or line in the text")

// Lines are the words of a text, line by line. What separates words is not kept.
func Lines(text string) [][]string {
	var out [][]string
	for line := range strings.Lines(strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", " ").Replace(text), "\ufffd")) {
		out = append(out, strings.Fields(line))
	}
	return out
}

// ParseMask reads what a form or the database names: "3.2" is a word, "3" a line.
func ParseMask(names []string) (Mask, error) {
	m := Mask{}
	for _, name := range names {
		line, n, word := strings.Cut(name, ".")
		w := Word{}
		var err error
		if w.Line, err = strconv.Atoi(line); err != nil || w.Line < 1 {
			return nil, ErrMask
		}
		if word {
			if w.N, err = strconv.Atoi(n); err != nil || w.N < 1 {
				return nil, ErrMask
			}
		}
		m[w] = true
	}
	return m, nil
}

// covers tells whether a word is taken out.
func (m Mask) covers(line, n int) bool { return m[Word{line, n}] || m[Word{line, 0}] }

// Apply is the text without what the mask takes out. Words are separated by one space.
func (m Mask) Apply(lines [][]string) (string, error) {
	for w := range m {
		if w.Line > len(lines) || w.N > len(lines[w.Line-1]) {
			return "", fmt.Errorf("%w: %s", ErrMask, w)
		}
	}
	var out []string
	for i, words := range lines {
		var kept []string
		for j, word := range words {
			switch {
			case !m.covers(i+1, j+1):
				kept = append(kept, word)
			case len(kept) == 0 || kept[len(kept)-1] != Masked:
				kept = append(kept, Masked)
			}
		}
		line := strings.Join(kept, " ")
		if line == Masked && m[Word{i + 1, 0}] && len(out) > 0 && out[len(out)-1] == Masked {
			continue // lines beside each other are one gap
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n"), nil
}

// plain is a word as it is compared: small letters, without what stands around it.
func plain(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}

// shortest is the length of a word, in characters, that is looked for in other places: shorter ones are everywhere.
const shortest = 4

// Left are the places where a word that the mask takes out somewhere stands untouched: the officer is asked whether it was forgotten.
func (m Mask) Left(lines [][]string) []Word {
	taken := map[string]bool{}
	for i, words := range lines {
		for j, word := range words {
			if p := plain(word); m.covers(i+1, j+1) && len([]rune(p)) >= shortest {
				taken[p] = true
			}
		}
	}
	var out []Word
	for i, words := range lines {
		for j, word := range words {
			if !m.covers(i+1, j+1) && taken[plain(word)] {
				out = append(out, Word{i + 1, j + 1})
			}
		}
	}
	return out
}

// What is looked for in a line besides identity numbers and names.
var (
	emailWord = regexp.MustCompile(`[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+`)
	phoneWord = regexp.MustCompile(`(?:\+46|0)[ \d()–-]{6,16}\d`)
)

// Suggest proposes what to take out: identity numbers, telephone numbers, e-mail addresses and the names of the parties. It decides nothing:
// what is secret, the officer assesses.
func Suggest(lines [][]string, names []string, at calendar.Date) Mask {
	m := Mask{}
	name := map[string]bool{}
	for _, full := range names {
		for _, part := range strings.Fields(full) {
			if p := plain(part); len([]rune(p)) > 1 {
				name[p] = true
			}
		}
	}
	for i, words := range lines {
		line := strings.Join(words, " ")
		var spans [][]int
		for _, s := range civic.Find(line, at) {
			spans = append(spans, []int{s.Start, s.End})
		}
		spans = append(append(spans, emailWord.FindAllStringIndex(line, -1)...), phoneWord.FindAllStringIndex(line, -1)...)
		from := 0
		for j, word := range words {
			to := from + len(word)
			hit := name[plain(word)] || name[strings.TrimSuffix(plain(word), "s")] // Anderssons
			for _, s := range spans {
				hit = hit || s[0] < to && s[1] > from
			}
			if hit {
				m[Word{i + 1, j + 1}] = true
			}
			from = to + 1
		}
	}
	return m
}
