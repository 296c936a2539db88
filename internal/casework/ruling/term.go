package ruling

import (
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
)

// Timely is the answer to whether an appeal came in time (FL 45 §).
type Timely struct {
	Last calendar.Date // zero: the time has not begun, nobody is late
	Late bool
}

// InTime examines an appeal that came in on a day: within the period from the day the one who appeals received the decision, or, for a
// party that represents the public, from the day of the decision (FL 44 §). Who has not received it is not late.
func InTime(days *calendar.Calendar, within calendar.Period, served, decided, received calendar.Date, public bool) Timely {
	from := served
	if public {
		from = decided
	}
	last := days.LastDay(from, within)
	return Timely{Last: last, Late: !last.IsZero() && received.After(last)}
}

// Wait is why a decision is not final; its text is "ruling.wait." and this.
type Wait string

// What a decision waits for.
const (
	WaitNothing  Wait = ""
	WaitServed   Wait = "served"    // somebody has not received it
	WaitAnnounce Wait = "announced" // its protokoll has not been announced
	WaitPeriod   Wait = "period"    // the time to appeal runs
	WaitAppeal   Wait = "appeal"    // an appeal has not been settled
	WaitVoid     Wait = "void"      // it was annulled, sent back or changed: it never will be
)

// Finality is when a decision is final (laga kraft), or what it waits for.
type Finality struct {
	On   calendar.Date `json:",omitzero"` // the first day it is final; may lie ahead while Wait is WaitPeriod
	Wait Wait          `json:",omitempty"`
	Told bool          `json:",omitempty"` // the timeline says so
}

// FinalOf works out when a decision is final: the day after the last day to appeal for everybody, when no appeal waits for an answer. What
// cannot be appealed is final at once. That a decision wins laga kraft then is from general knowledge: FL and KL only say when the time to
// appeal is out (FL 35, 44 §§, KL 13 kap. 5 §). finalOf gives the day another decision is final, for the dismissal of a late appeal.
func FinalOf(days *calendar.Calendar, r *Record, today calendar.Date, finalOf func(decision string) calendar.Date) Finality {
	if r.Changed != "" {
		return Finality{Wait: WaitVoid}
	}
	on := r.Day
	for _, a := range r.Appeals {
		settled, wait := a.settled(finalOf)
		if wait != WaitNothing {
			return Finality{Wait: wait}
		}
		on = later(on, settled)
	}
	switch r.Appeal.Type {
	case casetype.Administrative:
		for _, p := range r.Parties {
			if !p.own() {
				continue
			}
			last := days.LastDay(p.On, r.Appeal.Within)
			if last.IsZero() {
				return Finality{Wait: WaitServed}
			}
			on = later(on, last.AddDays(1))
		}
	case casetype.Legality:
		if r.Report.Announced.IsZero() {
			return Finality{Wait: WaitAnnounce}
		}
		// The announcement must be up for the whole time (KL 13 kap. 5 § second paragraph).
		on = later(on, later(days.LastDay(r.Report.Announced, r.Appeal.Within), r.Report.Last).AddDays(1))
	}
	if today.Before(on) {
		return Finality{On: on, Wait: WaitPeriod}
	}
	return Finality{On: on}
}

// own tells whether a party has a time to appeal of their own: agents have not, what they receive is received by whom they act for.
func (p Served) own() bool { return p.Role != string(casetype.RoleAgent) }

func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}
