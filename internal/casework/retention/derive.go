package retention

import (
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

// State is how a closed case stands.
type State string

// It may go on a day, it is kept for ever, somebody has to say something first.
const (
	Discard  State = "discard"
	Preserve State = "preserve"
	Todo     State = "todo"
)

// Why says what somebody has to say before the day can be worked out.
type Why string

// The reasons of a to-do.
const (
	NoType       Why = "type"        // the case type is not loaded
	NoResult     Why = "result"      // closed without a decision, and the type has several results
	GoneResult   Why = "gone"        // the result is not in the case type
	NoDecision   Why = "decided"     // counted from a decision that there is not
	NoLegalForce Why = "legal_force" // counted from laga kraft, which is not known
	NoEvent      Why = "event"       // counted from something outside, whose day nobody has said
)

// Matter is what of a case decides how long it is kept. Dates are in Stockholm.
type Matter struct {
	Closed, Decided, LegalForce, LastEntry calendar.Date
	// Said is the day somebody has given for what the plan counts from.
	Said calendar.Date
	// Delivered is when the e-archive confirmed that it has the case; zero if it has not.
	Delivered calendar.Date
	// Result is that of the last decision, or what somebody has said.
	Result string
	// Has tells whether the case holds something of a document type.
	Has func(casetype.DocumentType) bool
}

// Standing is how long a case is kept, and why.
type Standing struct {
	State   State
	Why     Why
	Due     calendar.Date // first day on which it may go
	Counted calendar.Date
	Start   casetype.RetentionStart
	Result  string
	Ground  string // result, document, delivered
	// Authority and Plan are the decision and the row of the document plan that it rests on.
	Authority, Plan string
}

// Derive works out how long a closed case is kept: until the last of its parts may go, and for ever if one of them is preserved. plan may
// be nil.
func Derive(ct *casetype.CaseType, plan *pack.BodyPlan, m Matter) Standing {
	if ct == nil {
		return Standing{State: Todo, Why: NoType}
	}
	if m.Result == "" && len(ct.Results) == 1 {
		m.Result = ct.Results[0].Key
	}
	if m.Result == "" {
		return Standing{State: Todo, Why: NoResult}
	}
	result := ct.Result(m.Result)
	if result == nil {
		return Standing{State: Todo, Why: GoneResult, Result: m.Result}
	}
	out := m.stand(result.Time(), "result")
	for _, d := range ct.Documents {
		if m.Has != nil && m.Has(d) {
			out = longer(out, m.stand(d.Time(m.Result), "document"))
		}
	}
	out.Result = m.Result
	if out.State == Preserve && !m.Delivered.IsZero() && plan != nil && plan.Delivered != nil {
		d := plan.Delivered
		return Standing{State: Discard, Due: add(m.Delivered, d.After), Counted: m.Delivered, Result: m.Result, Ground: "delivered", Authority: d.Authority, Plan: d.Plan}
	}
	return out
}

// longer is the one of two standings that keeps a case longest.
func longer(a, b Standing) Standing {
	rank := map[State]int{Discard: 0, Todo: 1, Preserve: 2}
	if rank[b.State] > rank[a.State] || a.State == Discard && b.State == Discard && b.Due.After(a.Due) {
		return b
	}
	return a
}

// stand is how one rule holds the matter.
func (m Matter) stand(r casetype.Retention, ground string) Standing {
	out := Standing{Start: r.From, Ground: ground, Authority: r.Authority, Plan: r.Plan, State: Preserve}
	if r.Nomination == casetype.Preserve {
		return out
	}
	out.State = Discard
	var missing Why
	switch r.From {
	case casetype.FromDecided:
		out.Counted, missing = m.Decided, NoDecision
	case casetype.FromLegalForce:
		out.Counted, missing = m.LegalForce, NoLegalForce
	case casetype.FromYearEnd:
		out.Counted = calendar.NewDate(m.Closed.Year(), 12, 31)
	case casetype.FromLastEntry:
		out.Counted = m.LastEntry
	case casetype.FromEvent:
		out.Counted, missing = m.Said, NoEvent
	default:
		out.Counted = m.Closed
	}
	if out.Counted.IsZero() && r.From == casetype.FromLegalForce {
		out.Counted = m.Said
	}
	if out.Counted.IsZero() {
		out.State, out.Why = Todo, missing
		return out
	}
	out.Due = add(out.Counted, r.After)
	return out
}

// add is the day after the last one of a time that begins the day after d: kept two years from 3 May 2026, it may go on 4 May 2028
// (lag (1930:173) 1 §, from general knowledge: the day itself is not counted).
func add(d calendar.Date, p calendar.Period) calendar.Date {
	switch p.Unit {
	case calendar.Weeks:
		d = d.AddDays(7 * p.N)
	case calendar.Months:
		d = d.AddMonths(p.N)
	case calendar.Years:
		d = d.AddMonths(12 * p.N)
	default:
		d = d.AddDays(p.N)
	}
	return d.AddDays(1)
}

// IfClosed is how a case would stand if it were closed on a day with each of the results of its type, in the order of the file.
func IfClosed(ct *casetype.CaseType, m Matter, day calendar.Date) []Standing {
	m.Closed, m.LastEntry = day, day
	if m.Decided.IsZero() {
		m.Decided = day
	}
	out := make([]Standing, len(ct.Results))
	for i, r := range ct.Results {
		m.Result = r.Key
		out[i] = Derive(ct, nil, m)
	}
	return out
}
