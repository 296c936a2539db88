package deadline

import (
	"time"

	"dygnet/internal/kernel/calendar"
)

// Kind is what a time rests on.
type Kind string

// The kinds: a promise of the municipality's own, or a provision.
const (
	Target    Kind = "target"
	Statutory Kind = "statutory"
)

// Side is who must act in time.
type Side string

// The sides.
const (
	Party     Side = "party"
	Authority Side = "authority"
)

// Event is what a time is counted from. Its day is not counted.
type Event string

// The events of the rules.
const (
	Initiated       Event = "initiated" // the matter was, by whomever
	Received        Event = "received"  // it came in (FL 22 §)
	Complete        Event = "complete"  // nothing was missing from it any more
	RequestReceived Event = "request_received"
	Raised          Event = "raised" // väcktes in the council
	Served          Event = "served" // the one who appeals got the decision through the authority
	Decided         Event = "decided"
	Adjusted        Event = "adjusted"  // the protokoll was justerat
	Announced       Event = "announced" // on the anslagstavla
	AppealReceived  Event = "appeal_received"
	InquiryOpened   Event = "inquiry_opened"
)

func events() []Event {
	return []Event{Initiated, Received, Complete, RequestReceived, Raised, Served, Decided, Adjusted, Announced, AppealReceived, InquiryOpened}
}

// Provision is where a time is given.
type Provision struct {
	SFS     string // 2017:900
	Label   string // FL
	Chapter string
	Section string
}

// String is the provision as lawyers write it: "FL 12 §", "KL 13 kap. 5 §". It is "" for a promise.
func (p Provision) String() string {
	s := p.Label
	if p.Chapter != "" {
		s += " " + p.Chapter + " kap."
	}
	if p.Section != "" {
		s += " " + p.Section + " §"
	}
	return s
}

// Rule is how long a time is, from what, and by which provision.
type Rule struct {
	Key    string
	Within calendar.Period // zero: the provision gives no day ("skyndsamt")
	From   Event
	Kind   Kind
	By     Side
	// Moves is whether a last day on a Saturday, Sunday, public holiday, midsommarafton, julafton or nyårsafton moves to the next working
	// day (lag 1930:173, 2 §, from general knowledge): always for a party, for the authority only where the rule says so.
	Moves bool
	// Stands is whether the time stands still while the municipality waits for somebody else.
	Stands bool
	// Extend is how much longer a statutory time may be made, once and before it is out; zero: not at all. A target has no such limit.
	Extend    calendar.Period
	Provision Provision
	ValidFrom calendar.Date // first day the row applies
	ValidTo   calendar.Date // last day, zero: until further notice
}

// HasDay tells whether the rule gives a day at all.
func (r Rule) HasDay() bool { return !r.Within.IsZero() }

// Day is the last day of the rule's time from a day that is not counted; zero if the rule gives no day.
func (r Rule) Day(c *calendar.Calendar, from calendar.Date) calendar.Date {
	if !r.HasDay() || from.IsZero() {
		return calendar.Date{}
	}
	if r.Moves {
		return c.LastDay(from, r.Within)
	}
	return c.Due(from.Start(), r.Within)
}

func (r Rule) moved(c *calendar.Calendar, d calendar.Date) calendar.Date {
	if r.Moves {
		return c.Statutory(d)
	}
	return d
}

// InTime tells whether what came in on a day, in Stockholm, came within the rule's time. Where there is no day nothing is late.
func (r Rule) InTime(c *calendar.Calendar, from, came calendar.Date) bool {
	last := r.Day(c, from)
	return last.IsZero() || !came.After(last)
}

// Hours is a time in real hours, such as 24 or 72: the clock on the wall may be put forward or back meanwhile.
type Hours int

// From is the instant at which the hours are out.
func (h Hours) From(t time.Time) time.Time { return t.Add(time.Duration(h) * time.Hour) }
