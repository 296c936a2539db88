package calendar

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// ErrPeriod is returned for a text that is no Period.
var ErrPeriod = errors.New("not a period such as P2D, P3W, P6M, P1Y or P5B (business days)")

// Unit is what a Period counts in.
type Unit byte

// The units. All but Business are those of ISO 8601; calendar units count from the day after.
const (
	Days     Unit = 'D'
	Weeks    Unit = 'W'
	Months   Unit = 'M'
	Years    Unit = 'Y'
	Business Unit = 'B'
)

// Period is a length of time in whole days, weeks, months, years or business days. The zero Period means "none".
type Period struct {
	N    int // 0 to 9999
	Unit Unit
}

var periodPattern = regexp.MustCompile(`^P(\d{1,4})([DWMYB])$`)

// ParsePeriod reads an ISO 8601 duration of one date unit (P2D, P10W, P6M, P1Y), or P5B for five business days, which ISO
// does not have. Combinations such as P1M15D are refused: no Swedish deadline needs them and people count them differently.
// The error wraps ErrPeriod.
func ParsePeriod(s string) (Period, error) {
	m := periodPattern.FindStringSubmatch(s)
	if m == nil {
		return Period{}, fmt.Errorf("%q: %w", s, ErrPeriod)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Period{}, fmt.Errorf("%q: %w", s, ErrPeriod)
	}
	return Period{N: n, Unit: Unit(m[2][0])}, nil
}

// String is what ParsePeriod reads, or "" for the zero Period.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("P%d%c", p.N, p.Unit)
}

// IsZero reports whether p is "none". P0D is not: it is due the same day.
func (p Period) IsZero() bool { return p == Period{} }

// MarshalText writes p as ParsePeriod reads it.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a period, or nothing for the zero Period. The error wraps ErrPeriod.
func (p *Period) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = Period{}
		return nil
	}
	v, err := ParsePeriod(string(b))
	if err == nil {
		*p = v
	}
	return err
}
