package bodies

import (
	"cmp"
	"slices"

	"dygnet/internal/kernel/calendar"
)

// Mandate is a role that a person holds at a place from one day to another (PR-2). No permission exists outside a mandate.
type Mandate struct {
	ID     string
	Person string
	Role   string
	Place
	// Scope narrows the mandate to one thing, such as a case type or a system; "" is all things at the place.
	Scope string
	// From is the first day.
	From calendar.Date
	// To is the last day as it was decided when the mandate was given; the zero Date is until further notice.
	To calendar.Date
	// Decision is the decision (beslut) the mandate rests on, or "".
	Decision string
	// Ended is the last day as decided later, never after To; the zero Date is not ended. A day before From is a mandate that
	// never came to be.
	Ended calendar.Date
	// EndedBy is the decision that ended it, or "".
	EndedBy string
}

// Place is where a mandate holds: in a unit and those below it, for a body, in a whole member, or (all empty) in the whole
// cooperation. Unit and Body are not both set; Member is set whenever one of them is.
type Place struct {
	Member, Body, Unit string
}

// Last is the last day of the mandate; the zero Date if none is known.
func (m Mandate) Last() calendar.Date {
	if !m.Ended.IsZero() {
		return m.Ended
	}
	return m.To
}

// InForce reports whether the mandate holds on a day.
func (m Mandate) InForce(on calendar.Date) bool { return inForce(m.From, m.Last(), on) }

func inForce(from, last, on calendar.Date) bool {
	return !on.Before(from) && (last.IsZero() || !on.After(last))
}

// overlaps reports whether two mandates hold on the same day at some time.
func (m Mandate) overlaps(o Mandate) bool {
	lastM, lastO := m.Last(), o.Last()
	return (lastM.IsZero() || !o.From.After(lastM)) && (lastO.IsZero() || !m.From.After(lastO)) &&
		(lastM.IsZero() || !lastM.Before(m.From)) && (lastO.IsZero() || !lastO.Before(o.From))
}

// Question asks for mandates. Fields left empty are not asked about, but a mandate without scope answers for every scope.
type Question struct {
	Role string
	Place
	Scope string
}

func (q Question) matches(m Mandate) bool {
	return (q.Role == "" || q.Role == m.Role) &&
		(q.Member == "" || q.Member == m.Member) && (q.Body == "" || q.Body == m.Body) && (q.Unit == "" || q.Unit == m.Unit) &&
		(q.Scope == "" || m.Scope == "" || q.Scope == m.Scope)
}

func sortMandates(list []Mandate) {
	slices.SortFunc(list, func(a, b Mandate) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
}
