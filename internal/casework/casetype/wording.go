package casetype

import (
	"regexp"
	"slices"

	"dygnet/internal/kernel/i18n"
)

// Wording is what the document of a decision says beside what the official writes, and what is proposed to them. In all of it {number},
// {subject}, {party} and {date} stand for what the case says. What only the official can know is left as a blank in square brackets,
// "[… what decided]", in what is proposed; see Blanks.
type Wording struct {
	Opening i18n.Text `yaml:"opening"` // first under the decision
	Text    i18n.Text `yaml:"text"`    // proposed: what is decided
	Reasons i18n.Text `yaml:"reasons"` // proposed: why (FL 32 §)
	Closing i18n.Text `yaml:"closing"` // last: what happens now
}

// wordingPlaces are what a wording may leave open.
func wordingPlaces() []string { return []string{"{number}", "{subject}", "{party}", "{date}"} }

// wording checks that a wording leaves open only what a case can fill in.
func (c *checker) wording(at string, w Wording) {
	place := regexp.MustCompile(`\{[^{}]*\}`)
	for _, part := range []struct {
		key  string
		text i18n.Text
	}{{"opening", w.Opening}, {"text", w.Text}, {"reasons", w.Reasons}, {"closing", w.Closing}} {
		for _, l := range i18n.Languages() {
			for _, found := range place.FindAllString(part.text[l], -1) {
				if !slices.Contains(wordingPlaces(), found) {
					c.fail(at+"."+part.key, "there is no %s to fill in; use {number}, {subject}, {party} or {date}", found)
				}
			}
			if blanks := Blanks(part.text[l]); len(blanks) > 0 && (part.key == "opening" || part.key == "closing") {
				c.fail(at+"."+part.key, "nobody fills in %s here: it is printed as it stands; blanks belong in text and reasons", blanks[0])
			}
		}
	}
}

// Blanks are what a text leaves for the official to fill in: "[… the day]".
func Blanks(text string) []string { return leftOpen.FindAllString(text, -1) }

var leftOpen = regexp.MustCompile(`\[… [^\[\]]+\]`)
