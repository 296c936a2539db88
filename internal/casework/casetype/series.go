package casetype

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Series is a number series of a body's diarium. The law asks for "diarienummer eller annan beteckning" (OSL 2009:400 5 kap. 2 §, from
// general knowledge): unique, stable and traceable, not without gaps.
type Series struct {
	Prefix  string       // "KS"; one counter runs for each member and prefix
	Format  NumberFormat // zero: DefaultNumber
	Running bool         // counts on through the years; otherwise begins at 1 with each
}

// NumberFormat is how the numbers of a series are written: "{body} {year}/{n:5}".
type NumberFormat string

// DefaultNumber gives "KS 2026/00123".
const DefaultNumber NumberFormat = "{body} {year}/{n:5}"

// Write is the nth number of the series in a year.
func (s Series) Write(year, n int) string {
	text, err := s.Format.write(s.Prefix, year, n)
	if err != nil { // a format that was never checked
		text, _ = DefaultNumber.write(s.Prefix, year, n)
	}
	return text
}

// Check tells what is wrong with the series, nil for nothing. People type numbers by hand with and without spaces and in small letters, and
// numbers stand in addresses: letters come first, then one space, then digits, "/" and "-".
func (s Series) Check() error {
	text, err := s.Format.write(s.Prefix, 2026, 1)
	if err != nil {
		return err
	}
	letters, rest, ok := strings.Cut(text, " ")
	switch {
	case strings.Count(string(s.Format), "{n") != 1 && s.Format != "":
		return errors.New("the format must have {n} once: the running number")
	case !s.Running && s.Format != "" && !strings.Contains(string(s.Format), "{year}"):
		return errors.New("a series that begins anew each year must have {year}, or two matters would get the same number; or let it run: every: running")
	case !ok || letters == "" || strings.ContainsFunc(letters, func(r rune) bool { return !unicode.IsUpper(r) && r != '-' }) || letters[0] == '-':
		return fmt.Errorf("%q must begin with capital letters and one space, as in KS 2026/00001, so that it is found however it is typed", text)
	case strings.Trim(rest, "0123456789/-") != "" || !digitEnds(rest):
		return fmt.Errorf("%q must have only digits, / and - after the space, and end with a digit", text)
	}
	return nil
}

func digitEnds(s string) bool {
	digit := func(b byte) bool { return '0' <= b && b <= '9' }
	return s != "" && digit(s[0]) && digit(s[len(s)-1])
}

// maxWidth is how many digits a number may be filled up to.
const maxWidth = 9

// write replaces the parts in braces.
func (f NumberFormat) write(prefix string, year, n int) (string, error) {
	if f == "" {
		f = DefaultNumber
	}
	var b strings.Builder
	rest := string(f)
	for {
		before, after, open := strings.Cut(rest, "{")
		b.WriteString(before)
		if !open {
			return b.String(), nil
		}
		part, tail, closed := strings.Cut(after, "}")
		if !closed {
			return "", fmt.Errorf("{%s is not closed with }", after)
		}
		width := 0
		switch {
		case part == "body":
			b.WriteString(prefix)
		case part == "year":
			fmt.Fprintf(&b, "%04d", year)
		case part == "n":
			fmt.Fprintf(&b, "%d", n)
		default:
			if _, err := fmt.Sscanf(part, "n:%d", &width); err != nil || width < 1 || width > maxWidth || part != fmt.Sprintf("n:%d", width) {
				return "", fmt.Errorf("{%s} is not known; there are {body}, {year}, {n} and {n:5} with a width of 1 to %d", part, maxWidth)
			}
			fmt.Fprintf(&b, "%0*d", width, n)
		}
		rest = tail
	}
}
