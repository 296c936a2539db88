package search

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed words.txt
var wordList string

// Limits of a compound: shorter words have no two parts worth finding, longer ones are not words.
const (
	minCompound = 6
	maxCompound = 60
	minPart     = 3
)

// splitter knows the base words that Swedish compounds are made of.
type splitter struct {
	stemmer
	links map[string]string   // a linking form and the stem of its word: gatu -> gat
	bases map[string]struct{} // stems of base words, for the last part in any inflection
	short int                 // length in bytes of the shortest link
}

func newSplitter(list string) *splitter {
	s := &splitter{
		stemmer: stemmer{whole: map[string]struct{}{}, irregular: map[string]string{}},
		links:   map[string]string{}, bases: map[string]struct{}{}, short: minPart,
	}
	var words []string
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, entry := range strings.Fields(line) {
			if form, base, ok := strings.Cut(entry, "="); ok {
				s.irregular[form] = base
				continue
			}
			words = append(words, entry)
			if len(entry) >= minWhole {
				s.whole[entry] = struct{}{}
			}
		}
	}
	for _, entry := range words {
		word, link, special := strings.Cut(entry, ":")
		base := s.stem(word)
		if special {
			s.links[link] = base
			s.short = min(s.short, len(link))
		}
		if utf8.RuneCountInString(word) < minPart {
			continue
		}
		s.bases[base] = struct{}{}
		for _, form := range linkingForms(word) {
			if _, taken := s.links[form]; !taken && len(form) >= minPart {
				s.links[form] = base
			}
		}
	}
	for _, entry := range words { // a word itself wins over another's linking form
		if len(entry) >= minPart && !strings.Contains(entry, ":") {
			s.links[entry] = s.stem(entry)
		}
	}
	return s
}

// linkingForms are the ways a Swedish word may stand before another (Svenska Akademiens grammatik: foge-s, -u, -o, -e and dropped
// vowels). It makes some that no one uses: harmless, since the rest of the word must be in the list too.
func linkingForms(word string) []string {
	forms := []string{word, word + "s"}
	if root, ok := strings.CutSuffix(word, "a"); ok {
		forms = append(forms, root, root+"s", root+"u", root+"o", root+"e")
	}
	if root, ok := strings.CutSuffix(word, "e"); ok {
		forms = append(forms, root, root+"s", root+"a")
	}
	return forms
}

// parts gives the stems that a folded word is made of, or nil if it is one word or has a part that is not known. The fewest, and so the
// longest, parts win.
func (s *splitter) parts(word string) []string {
	if len(word) < minCompound || len(word) > maxCompound {
		return nil
	}
	if _, base := s.bases[s.stem(word)]; base {
		return nil
	}
	// best[i] is the fewest parts that word[i:] can be made of.
	type step struct {
		count, next int
		stem        string
	}
	best := make([]step, len(word)+1)
	for i := len(word) - minPart; i >= 0; i-- {
		rest := word[i:]
		if !utf8.RuneStart(word[i]) {
			continue
		}
		if i > 0 {
			if last := s.stem(rest); s.isBase(last) {
				best[i] = step{count: 1, next: len(word), stem: last}
				continue
			}
		}
		for end := len(word) - minPart; end >= i+s.short; end-- {
			base, ok := s.links[word[i:end]]
			if !ok {
				continue
			}
			next := end
			if best[next].count == 0 && word[end-1] == word[end-2] {
				next = end - 1 // three equal consonants are written as two: buss + station
			}
			if n := best[next].count; n > 0 && (best[i].count == 0 || n+1 < best[i].count) {
				best[i] = step{count: n + 1, next: next, stem: base}
			}
		}
	}
	if best[0].count < 2 {
		return nil
	}
	parts := make([]string, 0, best[0].count)
	for i := 0; i < len(word); i = best[i].next {
		parts = append(parts, best[i].stem)
	}
	return parts
}

func (s *splitter) isBase(stem string) bool {
	_, ok := s.bases[stem]
	return ok
}
