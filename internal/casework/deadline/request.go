package deadline

import "dygnet/internal/kernel/calendar"

// Keys of the rules that other packages ask for.
const (
	FL11       = "fl-11"
	FL12Wait   = "fl-12-wait"
	FL12Decide = "fl-12-decide"
	FL44       = "fl-44"
	FL44Public = "fl-44-public"
	FL46       = "fl-46"
	KL5s35     = "kl-5-35"
	KL6s34     = "kl-6-34"
	KL8s12     = "kl-8-12"
	KL13s5     = "kl-13-5"
)

// Matter is what FL 12 § asks about a matter before a party may demand that it is decided.
type Matter struct {
	// Exempt tells that the decisions in it can be tried under KL 13 kap.: FL 11 and 12 §§ are then not applied (FL 2 §).
	Exempt    bool
	ByParty   bool          // it was initiated by an enskild part, not by the authority or by somebody who is no party
	Initiated calendar.Date // the day it came in
	Decided   bool          // avgjort in the first instance
	Asked     bool          // the party has asked once, with the right to
}

// Refusal is why a request under FL 12 § cannot be tried; "" if it can.
type Refusal string

// The reasons. Early does not use up the one occasion of the third paragraph: what came too early was not a request that the first
// paragraph gives a right to make.
const (
	NotApplied  Refusal = "exempt"    // FL 2 §
	NotByParty  Refusal = "initiator" // first paragraph: initiated by an enskild part
	DecidedThen Refusal = "decided"   // first paragraph: not decided
	Again       Refusal = "again"     // third paragraph: on one occasion
	Early       Refusal = "early"     // first paragraph: at the latest within six months
)

// MayAsk tells whether a request that came in on a day is one that FL 12 § lets the party make.
func (t Table) MayAsk(c *calendar.Calendar, m Matter, came calendar.Date) Refusal {
	first := t.AskFrom(c, m.Initiated, came)
	switch {
	case m.Exempt || first.IsZero():
		return NotApplied
	case !m.ByParty:
		return NotByParty
	case m.Decided:
		return DecidedThen
	case m.Asked:
		return Again
	case came.Before(first):
		return Early
	}
	return ""
}

// AskFrom is the first day on which a party may ask, as the law is on a day: the day after the six months of FL 12 §. It is zero if the
// law has no such rule then.
func (t Table) AskFrom(c *calendar.Calendar, initiated, on calendar.Date) calendar.Date {
	r, _ := t.On(FL12Wait, on)
	last := r.Day(c, initiated)
	if last.IsZero() {
		return last
	}
	return last.AddDays(1)
}

// Appeal is what FL 45 § asks about an appeal that came in.
type Appeal struct {
	From     calendar.Date // what the rule counts from: served, decided or announced
	Came     calendar.Date // to the authority that decided
	ToHigher calendar.Date // to the higher instance, if it was handed in there; zero: it was not
	Misled   bool          // the authority did not say rightly how to appeal
}

// Late tells whether an appeal is to be dismissed as late (FL 45 §): it came after the time of the rule, the authority is not to blame for
// that, and it did not reach the higher instance in time either.
func (r Rule) Late(c *calendar.Calendar, a Appeal) bool {
	if r.InTime(c, a.From, a.Came) || a.Misled {
		return false
	}
	return a.ToHigher.IsZero() || !r.InTime(c, a.From, a.ToHigher)
}
