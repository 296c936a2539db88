package search

import (
	"strings"
	"unicode/utf8"

	"github.com/kljensen/snowball/swedish"
)

// stemmer is Snowball's for Swedish with what it leaves out: Snowball keeps the definite endings -et and -an, so that huset and hus,
// lampan and lampa would not find each other, and takes the s of plats, so that plats and platser would not.
type stemmer struct {
	whole     map[string]struct{} // words that end like an inflection and are none: plan, budget, plats
	irregular map[string]string   // form -> base: böcker -> bok
}

// stem gives what the inflections of a folded word have in common.
func (s *stemmer) stem(word string) string {
	if base, ok := s.irregular[word]; ok {
		word = base
	}
	if s.keeps(word) {
		return word
	}
	return swedish.Stem(s.indefinite(word), true)
}

// keeps tells whether the word is, or is a compound that ends in, a word whose end is no inflection.
func (s *stemmer) keeps(word string) bool {
	if !strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "et") && !strings.HasSuffix(word, "an") || strings.HasSuffix(word, "het") { // -het is Snowball's own
		return false
	}
	for i := range word {
		if len(word)-i < minWhole {
			return false
		}
		if _, ok := s.whole[word[i:]]; ok {
			return true
		}
	}
	return false
}

// minWhole is the shortest word, in bytes, that keeps its end inside a compound.
const minWhole = 4

// indefinite takes off the definite endings that Snowball does not know.
func (*stemmer) indefinite(word string) string {
	long := utf8.RuneCountInString(word)
	plain := word
	if root, genitive := strings.CutSuffix(word, "s"); genitive && long >= 5 {
		plain = root
		long--
	}
	switch {
	case strings.HasSuffix(plain, "het"), strings.HasSuffix(plain, "andet") && long >= 8: // Snowball's own
		return word
	case strings.HasSuffix(plain, "et") && long >= 4 && consonant(plain[len(plain)-3]):
		return plain[:len(plain)-2]
	case strings.HasSuffix(plain, "an") && long >= 5, strings.HasSuffix(plain, "eln"):
		return plain[:len(plain)-1]
	}
	return word
}

func consonant(b byte) bool { return b >= 'a' && b <= 'z' && strings.IndexByte("aeiouy", b) < 0 }
