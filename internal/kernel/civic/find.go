package civic

import (
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
)

// Span is a number found in a text: text[Start:End], in bytes.
type Span struct {
	Start, End int
	Number     Number
}

// Find finds the valid personnummer and samordningsnummer in text, in order and not overlapping, also when written with
// spaces or dashes between year, month, day and birth number. Digits that go on before or after are another number's.
func Find(text string, at calendar.Date) []Span {
	var found []Span
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) || i > 0 && digit(text[i-1]) {
			continue
		}
		for _, n := range []int{12, 10} {
			digits, plus, length := scan(text[i:], n)
			end := i + length
			if length == 0 || end < len(text) && digit(text[end]) {
				continue
			}
			if number, err := fromDigits(digits, plus, at); err == nil && number.IsPerson() {
				found = append(found, Span{i, end, number})
				i = end - 1
				break
			}
		}
	}
	return found
}

// scan reads n digits (10 or 12) from the start of s, with separators before month, day and the last four only. It returns
// the digits, whether one separator was '+', and the length read, or 0 if s does not start so.
func scan(s string, n int) (digits string, plus bool, length int) {
	buf := make([]byte, 0, 12)
	separated := -1 // how many digits stood before the last separator
	for i := 0; i < len(s); {
		if digit(s[i]) {
			buf = append(buf, s[i])
			i++
			if len(buf) == n {
				return string(buf), plus, i
			}
			continue
		}
		width := separator(s[i:])
		left := n - len(buf)
		if width == 0 || len(buf) == 0 || len(buf) == separated || left != 4 && left != 6 && left != 8 {
			break
		}
		separated = len(buf)
		plus = plus || strings.ContainsRune(s[i:i+width], '+')
		i += width
	}
	return "", false, 0
}

// separator is the length in bytes of up to three spaces, dashes and plus signs that s starts with, else 0.
func separator(s string) int {
	length := 0
	for range 3 {
		r, size := utf8.DecodeRuneInString(s[length:])
		if size == 0 || !strings.ContainsRune(" -+\t\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212", r) {
			break
		}
		length += size
	}
	return length
}

func digit(b byte) bool { return '0' <= b && b <= '9' }
