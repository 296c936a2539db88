package calendar

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// ErrDate is returned for a text that is no day of the calendar.
var ErrDate = errors.New("not a date (YYYY-MM-DD)")

// Date is a civil day, without time or zone. It is comparable; the zero Date means "no date". In JSON, YAML and SQL it is
// the text YYYY-MM-DD (empty, or NULL in SQL, for the zero Date).
type Date struct {
	year  int
	month time.Month
	day   int
}

// NewDate is the given day; days and months out of range roll over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return dateIn(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf is the day in Stockholm on which t falls.
func DateOf(t time.Time) Date { return dateIn(t.In(Stockholm())) }

func dateIn(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD. The error wraps ErrDate.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() == 0 {
		return Date{}, ErrDate // without s: what people type into a date field may be a personnummer
	}
	return dateIn(t), nil
}

// String is YYYY-MM-DD, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Year is the year of d.
func (d Date) Year() int { return d.year }

// Month is the month of d.
func (d Date) Month() time.Month { return d.month }

// Day is the day of the month of d.
func (d Date) Day() int { return d.day }

// Weekday is the day of the week of d.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Date) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

// Start is the first instant of d in Stockholm; the first instant after d is d.AddDays(1).Start().
func (d Date) Start() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Stockholm())
}

// AddDays is the day n days after d (before, if n is negative).
func (d Date) AddDays(n int) Date { return NewDate(d.year, d.month, d.day+n) }

// AddMonths is the day with the same number n months later, or the last day of that month if it has no such day
// (lag 1930:173, 1 §): 31 January and one month is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	first := NewDate(d.year, d.month+time.Month(n), 1)
	last := NewDate(first.year, first.month+1, 0)
	return Date{first.year, first.month, min(d.day, last.day)}
}

// DaysUntil is the number of days from d to o; negative if o is earlier.
func (d Date) DaysUntil(o Date) int { return int((o.utc().Unix() - d.utc().Unix()) / (24 * 60 * 60)) }

// Compare is -1, 0 or 1 as d is before, the same as or after o.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.year, o.year), cmp.Compare(d.month, o.month), cmp.Compare(d.day, o.day))
}

// Before reports whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d is later than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD, or nothing for the zero Date. The error wraps ErrDate.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Value stores d as TEXT, NULL for the zero Date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value stored.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("scanning a date from %T: %w", src, ErrDate)
}
