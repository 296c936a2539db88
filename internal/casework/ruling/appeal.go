package ruling

import (
	"errors"
	"fmt"
	"time"

	"dygnet/internal/kernel/calendar"
)

// Appeal is an appeal of a decision and what became of it.
type Appeal struct {
	ID       string
	Event    int           // row of the timeline it came with
	Received calendar.Date // the day it came in to the authority
	At       time.Time     // when it was entered
	Channel  string        // web, letter, email, visit
	Party    int           // place among the parties of the case; NoParty for somebody else
	Name     string        `json:",omitempty"` // of one who is no party
	Public   bool          `json:",omitempty"` // represents the public (FL 44 §)
	Member   bool          `json:",omitempty"` // says to be a member of the municipality (KL 13 kap. 1 §)
	Text     string        // which decision, how it is to be changed and why (FL 43 §)

	State   AppealState
	Refused Refusal       `json:",omitempty"` // why the one who appeals has no right to
	Last    calendar.Date `json:",omitzero"`  // last day to appeal, as it was examined
	Excuse  Excuse        `json:",omitempty"` // why it is examined although late
	Note    string        `json:",omitempty"`
	// Dismissal is the decision that dismissed it.
	Dismissal string        `json:",omitempty"`
	Court     string        `json:",omitempty"` // to whom it was handed over
	Forwarded calendar.Date `json:",omitzero"`
	Outcome   Outcome       `json:",omitempty"`
	Ruled     calendar.Date `json:",omitzero"` // the day of the court's decision
	FinalOn   calendar.Date `json:",omitzero"` // the day that is final, zero while unknown
}

// NoParty is the place of one who is no party in the case.
const NoParty = -1

// AppealState is how far an appeal has come.
type AppealState string

// The states.
const (
	Lodged     AppealState = "lodged"    // it has come in
	Unfounded  AppealState = "unfounded" // by somebody who, as far as we can see, has no right to (FL 42 §)
	Accepted   AppealState = "accepted"  // in time, or excused: to be handed over
	Dismissed  AppealState = "dismissed" // too late (FL 45 §)
	Forwarded  AppealState = "forwarded" // handed over (FL 46 §)
	StateRuled AppealState = "ruled"     // the court has decided
)

// Refusal is why somebody has no right to appeal; its text is "ruling.refusal." and this.
type Refusal string

// The refusals.
const (
	NotConcerned Refusal = "party"   // the decision does not concern them (FL 42 §)
	NotAgainst   Refusal = "against" // it did not go against them (FL 42 §)
	NotMember    Refusal = "member"  // not a member of the municipality (KL 13 kap. 1 §)
)

// Excuse is why a late appeal is not dismissed (FL 45 § second paragraph).
type Excuse string

// The excuses.
const (
	WrongNotice Excuse = "underrattelse" // 1: we did not tell correctly how to appeal
	AtCourt     Excuse = "overinstans"   // 2: it came to the court in time
)

// Excuses are all, in the order of the law.
func Excuses() []Excuse { return []Excuse{WrongNotice, AtCourt} }

// Outcome is what a court made of an appeal.
type Outcome string

// The outcomes.
const (
	Upheld   Outcome = "avslag"       // the appeal was refused: the decision stands
	Turned   Outcome = "avvisad"      // not examined by the court
	Amended  Outcome = "andrat"       // the decision was changed
	Annulled Outcome = "upphavt"      // the decision was annulled
	Remitted Outcome = "aterforvisat" // sent back to the authority
	Dropped  Outcome = "avskrivet"    // withdrawn
)

// Outcomes are all.
func Outcomes() []Outcome { return []Outcome{Upheld, Amended, Annulled, Remitted, Turned, Dropped} }

// voids tells whether the decision falls with the outcome.
func (o Outcome) voids() bool { return o == Annulled || o == Remitted }

// Errors of appeals that a caller decides on.
var (
	// ErrNoAppeal means that the decision cannot be appealed.
	ErrNoAppeal = errors.New("the decision cannot be appealed")
	// ErrState means that the appeal has come too far, or not far enough, for this.
	ErrState = errors.New("the appeal is not where it must be for this")
	// ErrTimely means that an appeal in time was to be dismissed as late.
	ErrTimely = errors.New("the appeal came in time")
	// ErrCourtExamines means that only the court examines whether an appeal of legality came in time: it is handed in to the court (KL 13 kap. 4-6 §§).
	ErrCourtExamines = errors.New("the court examines whether it came in time")
	// ErrCourt means that nobody has said which court.
	ErrCourt = errors.New("which court is it for?")
	// ErrFuture means that a day lies ahead, or before what it must come after.
	ErrFuture = errors.New("the day cannot be right")
)

// StandingError refuses to take an appeal further than to the file: the one who appeals has, as far as the authority can see, no right to.
// Only the court dismisses it for that (FL 47 §), so who insists is handed over.
type StandingError struct{ Why Refusal }

func (e *StandingError) Error() string {
	return fmt.Sprintf("no right to appeal: %s (FL 42 §)", e.Why)
}

// LateError says that an appeal came too late and nothing excuses it (FL 45 §).
type LateError struct{ Last, Received calendar.Date }

func (e *LateError) Error() string {
	return fmt.Sprintf("the appeal came in on %s, after the last day %s (FL 45 §)", e.Received, e.Last)
}

// settled gives the day an appeal stopped standing in the way of the decision being final, or what it waits for.
func (a Appeal) settled(finalOf func(string) calendar.Date) (calendar.Date, Wait) {
	switch a.State {
	case Unfounded:
		return calendar.Date{}, WaitNothing
	case Dismissed: // the dismissal can be appealed by itself
		if finalOf(a.Dismissal).IsZero() {
			return calendar.Date{}, WaitAppeal
		}
		return calendar.Date{}, WaitNothing // the decision was final when its time was out
	case StateRuled:
		switch {
		case a.Outcome.voids() && !a.FinalOn.IsZero():
			return calendar.Date{}, WaitVoid
		case a.FinalOn.IsZero():
			return calendar.Date{}, WaitAppeal
		}
		return a.FinalOn, WaitNothing
	}
	return calendar.Date{}, WaitAppeal
}

// standing is why a party has no right to appeal, "" when there is no such reason.
func standing(r *Record, a Appeal) Refusal {
	if r.Appeal.Type == "legality" {
		if !a.Member {
			return NotMember
		}
		return ""
	}
	p := r.party(a.Party)
	switch {
	case p == nil || !p.own():
		return NotConcerned
	case !p.Against:
		return NotAgainst
	}
	return ""
}
