package statute

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	sfsForm = regexp.MustCompile(`^(\d{4}):\s*(?:(bih\.?)\s*)?(\d{1,5})\s*(?:s\.?\s*(\d{1,5}))?$`)
	// otherForm is a beteckning of another series, which the collections hold a few of.
	otherForm = regexp.MustCompile(`^[\p{L}\d][\p{L}\d .:()–-]{2,58}[\p{L}\d).]$`)
)

// ParseSFS gives the plain form of a beteckning: "2017:900", "1901:bih. 56 s. 1". It takes "SFS 2017:900" as well.
func ParseSFS(text string) (string, bool) {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.TrimSpace(strings.TrimPrefix(text, "SFS"))
	m := sfsForm.FindStringSubmatch(text)
	if m == nil {
		return text, otherForm.MatchString(text) && strings.ContainsAny(text, "0123456789")
	}
	out := m[1] + ":"
	if m[2] != "" {
		out += "bih. "
	}
	out += m[3]
	if m[4] != "" {
		out += " s. " + m[4]
	}
	return out, true
}

// Slug is a beteckning as a part of an address: "2017:900", "1901:bih._56_s._1".
func Slug(sfs string) string { return strings.ReplaceAll(sfs, " ", "_") }

// FromSlug is the beteckning of an address.
func FromSlug(slug string) string { return strings.ReplaceAll(slug, "_", " ") }

// Year is the year of a beteckning, 0 if it has none.
func Year(sfs string) int {
	head, _, _ := strings.Cut(sfs, ":")
	n, err := strconv.Atoi(head)
	if err != nil {
		return 0
	}
	return n
}

// number writes the number of a chapter or § in its plain form: "7a" and "7  A" are "7 a".
func number(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	i := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if i <= 0 {
		return text
	}
	return text[:i] + " " + text[i:]
}

// order is what numbers are sorted by: 7 < 7 a < 7 b < 8.
func order(num string) (int, string) {
	head, letter, _ := strings.Cut(num, " ")
	n, err := strconv.Atoi(head)
	if err != nil {
		return 0, num
	}
	return n, letter
}

// compare orders numbers of chapters and §§.
func compare(a, b string) int {
	n, x := order(a)
	m, y := order(b)
	switch {
	case n != m:
		return n - m
	case len(x) != len(y): // a … z, aa
		return len(x) - len(y)
	}
	return strings.Compare(x, y)
}

// covers tells whether the number of a part, "7 a" or "12–14", is or holds the §.
func covers(num, section string) bool {
	from, to, span := strings.Cut(num, "–")
	if !span {
		return num == section
	}
	return compare(from, section) <= 0 && compare(section, to) <= 0
}

// Anchor is the mark of a § or chapter on the page of its statute: "K5P2", "P7a", "K3".
func Anchor(chapter, section string) string {
	out := ""
	if chapter != "" {
		out = "K" + strings.ReplaceAll(chapter, " ", "")
	}
	if section != "" {
		section, _, _ = strings.Cut(section, "–")
		out += "P" + strings.ReplaceAll(section, " ", "")
	}
	return out
}

// ParseAnchor takes an Anchor apart.
func ParseAnchor(anchor string) (chapter, section string, ok bool) {
	m := anchorForm.FindStringSubmatch(anchor)
	if m == nil || anchor == "" {
		return "", "", false
	}
	return number(m[1]), number(m[2]), true
}

var anchorForm = regexp.MustCompile(`^(?:K(\d{1,3}[a-z]{0,2}))?(?:P(\d{1,4}[a-z]{0,2}))?$`)
