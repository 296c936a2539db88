package calendar

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"
)

// Eve is a yearly day that is no public holiday but on which most offices are closed.
type Eve string

// The eves, by the names used in Rules.
const (
	Midsommarafton Eve = "midsommarafton"
	Julafton       Eve = "julafton"
	Nyarsafton     Eve = "nyarsafton"
)

// Rules says, as data, on which days besides Saturdays, Sundays and public holidays a municipality does not work.
type Rules struct {
	Eves   []Eve    `json:"eves" yaml:"eves"`     // every year
	Closed []Closed `json:"closed" yaml:"closed"` // dated
}

// Closed is one dated day on which the municipality does not work, such as a squeezed day (klämdag).
type Closed struct {
	Date Date   `json:"date" yaml:"date"`
	SV   string `json:"sv" yaml:"sv"` // its name in Swedish
	EN   string `json:"en" yaml:"en"` // its name in English
}

// DefaultRules closes on the three eves.
func DefaultRules() Rules { return Rules{Eves: []Eve{Midsommarafton, Julafton, Nyarsafton}} }

// Holiday is a named day: a public holiday, an eve, or a day closed by Rules.
type Holiday struct {
	SV, EN string
	Public bool // by lag (1989:253)
	eve    Eve
}

// Calendar counts business days and deadlines. It is safe for concurrent use.
type Calendar struct {
	eves   []Eve
	closed map[Date]Holiday
	years  sync.Map // int -> map[Date]Holiday: computing Easter for each day of a list page would be felt
}

// NewCalendar is the calendar of a municipality with these rules. It fails on an unknown eve or a Closed without a date.
func NewCalendar(r Rules) (*Calendar, error) {
	c := &Calendar{eves: slices.Clone(r.Eves), closed: map[Date]Holiday{}}
	for _, e := range r.Eves {
		if !slices.Contains(DefaultRules().Eves, e) {
			return nil, fmt.Errorf("calendar rules: unknown eve %q; known are %q", e, DefaultRules().Eves)
		}
	}
	for i, x := range r.Closed {
		if x.Date.IsZero() {
			return nil, fmt.Errorf("calendar rules: closed day %d has no date", i+1)
		}
		c.closed[x.Date] = Holiday{SV: x.SV, EN: x.EN}
	}
	return c, nil
}

// Holiday is the public holiday or eve (kept closed or not), or else the closed day, that d is.
func (c *Calendar) Holiday(d Date) (Holiday, bool) {
	if h, ok := c.year(d.year)[d]; ok {
		return h, true
	}
	h, ok := c.closed[d]
	return h, ok
}

// IsBusinessDay reports whether the municipality works on d.
func (c *Calendar) IsBusinessDay(d Date) bool {
	if weekend(d) {
		return false
	}
	if _, ok := c.closed[d]; ok {
		return false
	}
	h, ok := c.year(d.year)[d]
	return !ok || !h.Public && !slices.Contains(c.eves, h.eve)
}

// AddBusinessDays is the nth business day after d, or before it if n is negative; 0 gives d itself.
func (c *Calendar) AddBusinessDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if c.IsBusinessDay(d) {
			n--
		}
	}
	return d
}

// BusinessDaysBetween undoes AddBusinessDays: the business days after from up to and including to, or, negative, those
// before from down to and including to. It is 0 if either is the zero Date.
func (c *Calendar) BusinessDaysBetween(from, to Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	n, step := 0, 1
	if to.Before(from) {
		step = -1
	}
	for from != to {
		from = from.AddDays(step)
		if c.IsBusinessDay(from) {
			n += step
		}
	}
	return n
}

// Due is the last day of a period that starts at from: that day in Stockholm is not counted.
func (c *Calendar) Due(from time.Time, p Period) Date {
	d := DateOf(from)
	switch p.Unit {
	case Weeks:
		return d.AddDays(7 * p.N)
	case Months:
		return d.AddMonths(p.N)
	case Years:
		return d.AddMonths(12 * p.N)
	case Business:
		return c.AddBusinessDays(d, p.N)
	default:
		return d.AddDays(p.N)
	}
}

// LastDay is the last day to do what the law gives a period for, such as to appeal: the period counted from the day after from, on which
// somebody got the decision (FL 44 §) or an announcement was made (KL 13 kap. 5 §), and if its end is no weekday the next that is
// (Statutory). It is zero while from or the period is. All that counts to such a day asks here.
func (c *Calendar) LastDay(from Date, within Period) Date {
	if from.IsZero() || within.IsZero() {
		return Date{}
	}
	return c.Statutory(c.Due(from.Start(), within))
}

// Statutory is the last day on which something may still be done that by law must be done by d: d itself, or the next
// weekday if d is a Sunday, other public holiday, Saturday, midsommarafton, julafton or nyårsafton (lag 1930:173, 2 §).
// The municipality's own Rules do not change it.
func (c *Calendar) Statutory(d Date) Date {
	for {
		if _, holiday := c.year(d.year)[d]; !holiday && !weekend(d) {
			return d
		}
		d = d.AddDays(1)
	}
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

func (c *Calendar) year(y int) map[Date]Holiday {
	if v, ok := c.years.Load(y); ok {
		return v.(map[Date]Holiday)
	}
	days := map[Date]Holiday{}
	for _, k := range swedish() {
		actual, _ := k.rule.Calc(y)
		d := dateIn(actual)
		if _, taken := days[d]; !taken { // Ascension Day and 1 May can meet
			days[d] = Holiday{SV: k.rule.Name, EN: k.en, Public: k.eve == "", eve: k.eve}
		}
	}
	c.years.Store(y, days)
	return days
}

type known struct {
	rule *cal.Holiday
	en   string
	eve  Eve
}

func swedish() []known {
	return []known{
		{se.Nyarsdagen, "New Year's Day", ""},
		{se.TrettondedagJul, "Epiphany", ""},
		{se.Langfredagen, "Good Friday", ""},
		{se.Paskdagen, "Easter Sunday", ""},
		{se.AnnandagPask, "Easter Monday", ""},
		{se.ForstaMaj, "First of May", ""},
		{se.KristiHimmelfardsdag, "Ascension Day", ""},
		{se.Pingstdagen, "Whit Sunday", ""},
		{se.Nationaldagen, "National Day of Sweden", ""},
		{se.Midsommarafton, "Midsummer's Eve", Midsommarafton},
		{se.Midsommardagen, "Midsummer's Day", ""},
		{se.AllaHelgonsDag, "All Saints' Day", ""},
		{se.Julafton, "Christmas Eve", Julafton},
		{se.Juldagen, "Christmas Day", ""},
		{se.AnnandagJul, "Boxing Day", ""},
		{se.Nyarsafton, "New Year's Eve", Nyarsafton},
	}
}
