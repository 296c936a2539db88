package civic

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
)

// What can be wrong with a number; Parse wraps one of them.
var (
	ErrFormat   = errors.New("not written as a Swedish identity number")
	ErrDate     = errors.New("the date in the number does not exist or has not come")
	ErrChecksum = errors.New("the last digit does not fit the others")
)

// Kind is what a Number stands for.
type Kind byte

// The kinds of number. The zero Kind is that of the zero Number.
const (
	Personnummer Kind = iota + 1
	Samordningsnummer
	Organisationsnummer
)

// String is the Swedish name of the kind.
func (k Kind) String() string {
	switch k {
	case Personnummer:
		return "personnummer"
	case Samordningsnummer:
		return "samordningsnummer"
	case Organisationsnummer:
		return "organisationsnummer"
	}
	return ""
}

// Number is a valid personnummer, samordningsnummer or organisationsnummer. It is comparable; the zero Number is none.
type Number struct {
	digits string // 12; organisations have "16" where persons have the century
	kind   Kind
}

// Parse reads a number of 10 or 12 digits with or without '-', '+' or spaces: 900131-1234, 19900131-1234, 556036-0793,
// 16556036-0793. A number of 10 digits is of the latest century in which the person is born by the day at, or with '+' of the
// one before. Errors wrap ErrFormat, ErrDate or ErrChecksum and do not quote s.
func Parse(s string, at calendar.Date) (Number, error) {
	s = strings.TrimSpace(s)
	for _, n := range []int{12, 10} {
		digits, plus, end := scan(s, n)
		if end == len(s) && end > 0 {
			return fromDigits(digits, plus, at)
		}
	}
	return Number{}, ErrFormat
}

func fromDigits(s string, plus bool, at calendar.Date) (Number, error) {
	ten := s[len(s)-10:]
	// The middle pair of an organisationsnummer is at least 20 so that it is never a month (lag 1974:174, 1 §).
	if ten[2] >= '2' {
		if len(s) == 12 && s[:2] != "16" || plus || ten[0] == '0' || ten[0] == '4' {
			return Number{}, ErrFormat
		}
		if !luhn(ten) {
			return Number{}, ErrChecksum
		}
		return Number{"16" + ten, Organisationsnummer}, nil
	}
	year := atoi(s[:len(s)-8])
	month, day := atoi(ten[2:4]), atoi(ten[4:6])
	kind := Personnummer
	if day >= 60 {
		kind, day = Samordningsnummer, day-60
	}
	if len(s) == 10 {
		year = at.Year() - (at.Year()-year)%100
		switch {
		case plus: // from the year in which the person turns 100
			year -= 100
		case calendar.NewDate(year, time.Month(max(month, 1)), max(day, 1)).After(at):
			year -= 100
		}
	}
	if year < 1800 || ten[6:9] == "000" { // birth numbers start at 001
		return Number{}, ErrFormat
	}
	if !dated(year, month, day, kind, at) {
		return Number{}, ErrDate
	}
	if !luhn(ten) {
		return Number{}, ErrChecksum
	}
	return Number{fmt.Sprintf("%04d", year) + ten[2:], kind}, nil
}

// dated reports whether a person can have been born then. Skatteverket writes month 00 and day 60 in a samordningsnummer
// when they are not known (also in its published test numbers).
func dated(year, month, day int, kind Kind, at calendar.Date) bool {
	if kind == Samordningsnummer && (month == 0 || day == 0) {
		return month <= 12 && day <= 31 && year <= at.Year()
	}
	d := calendar.NewDate(year, time.Month(month), day)
	return int(d.Month()) == month && d.Day() == day && !d.After(at)
}

// luhn checks the last of ten digits by the 10 modulus method (folkbokföringslagen 18 §).
func luhn(ten string) bool {
	sum := 0
	for i := range len(ten) {
		d := int(ten[i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

func atoi(digits string) int {
	n := 0
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// String is the 12 digits, as stored: persons with century, organisations with 16.
func (n Number) String() string { return n.digits }

// Kind is what n stands for.
func (n Number) Kind() Kind { return n.kind }

// IsZero reports whether n is no number.
func (n Number) IsZero() bool { return n == Number{} }

// IsPerson reports whether n is a personnummer or samordningsnummer.
func (n Number) IsPerson() bool { return n.kind == Personnummer || n.kind == Samordningsnummer }

// Format is n as people write it: 19900131-1234, 556036-0793.
func (n Number) Format() string {
	switch {
	case n.IsZero():
		return ""
	case n.IsPerson():
		return n.digits[:8] + "-" + n.digits[8:]
	}
	return n.digits[2:8] + "-" + n.digits[8:]
}

// Mask is n without what makes it secret: 19900131-****. An organisationsnummer is public and not masked.
func (n Number) Mask() string {
	if n.IsPerson() {
		return n.digits[:8] + "-****"
	}
	return n.Format()
}

// LogValue is the kind only, so that a Number never reaches a log: the birth date alone can point at a person.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.kind.String()) }

// Birth is the day of birth. It is false for organisations and where a samordningsnummer leaves month or day open.
func (n Number) Birth() (calendar.Date, bool) {
	if !n.IsPerson() {
		return calendar.Date{}, false
	}
	year, month, day := atoi(n.digits[:4]), atoi(n.digits[4:6]), atoi(n.digits[6:8])
	if n.kind == Samordningsnummer {
		day -= 60
	}
	d := calendar.NewDate(year, time.Month(month), day)
	if d.Day() != day || int(d.Month()) != month {
		return calendar.Date{}, false
	}
	return d, true
}

// IsTest reports whether n is a person's number that Skatteverket reserves for tests (birth numbers 980 to 999).
func (n Number) IsTest() bool { return n.IsPerson() && n.digits[8:11] >= "980" }
