package clock

import (
	"maps"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"
)

// Initiator is who began a matter, as FL 12 § asks.
type Initiator string

// The initiators. The zero value is the enskild part who handed the matter in.
const (
	ByParty     Initiator = ""
	ByAuthority Initiator = "authority"
	ByNotifier  Initiator = "notifier" // somebody who told of something and is no party
)

// Initiators are all of them.
func Initiators() []Initiator { return []Initiator{ByParty, ByAuthority, ByNotifier} }

// Course is what has happened to the time of a case. The zero Course is that of a case to which nothing has.
type Course struct {
	Initiator Initiator            `json:"initiator,omitempty"`
	Complete  calendar.Date        `json:"complete,omitzero"` // from which a statute counts that counts from a complete matter
	Waits     []deadline.Stop      `json:"waits,omitempty"`   // in statuses on which the clock stands
	Stops     []deadline.Stop      `json:"stops,omitempty"`   // that officials made
	Longer    []deadline.Extension `json:"promise,omitempty"` // of the target
	LawLonger []deadline.Extension `json:"law,omitempty"`     // of the statutory time of the case type
	Noticed   calendar.Date        `json:"noticed,omitzero"`  // the party was told of a delay (FL 11 §)
	Asked     calendar.Date        `json:"asked,omitzero"`    // a request under FL 12 § came in
	Answered  calendar.Date        `json:"answered,omitzero"` // it was refused, or the matter was decided
	Refused   bool                 `json:"refused,omitempty"` // it was refused
	Decided   calendar.Date        `json:"decided,omitzero"`
	// Told is the day that each stage has been told of; when the day moves there is something new to tell.
	Told map[Stage]calendar.Date `json:"told,omitempty"`
}

// clone is a copy that can be changed.
func (c Course) clone() Course {
	c.Waits, c.Stops, c.Longer, c.LawLonger, c.Told = slices.Clone(c.Waits), slices.Clone(c.Stops), slices.Clone(c.Longer), slices.Clone(c.LawLonger), maps.Clone(c.Told)
	return c
}

// waiting opens or ends the stop of a status.
func (c *Course) waiting(stands bool, day calendar.Date) {
	n := len(c.Waits)
	open := n > 0 && c.Waits[n-1].Until.IsZero()
	switch {
	case stands && !open:
		c.Waits = append(c.Waits, deadline.Stop{From: day})
	case !stands && open:
		c.Waits[n-1].Until = day
	}
}

// happened takes in that something happened to a case, which is then in the status st.
func (c *Course) happened(kind cases.EventKind, day calendar.Date, st *casetype.Status) {
	if st != nil {
		c.waiting(st.LegalClock == casetype.Stopped && st.Content != casetype.Closed && st.Content != casetype.Decided, day)
	}
	switch {
	case kind == cases.Decided, st != nil && st.Content == casetype.Decided && c.Decided.IsZero():
		c.Decided = day
		if !c.Asked.IsZero() && c.Answered.IsZero() {
			c.Answered = day
		}
	case kind == cases.Reopened:
		c.Decided = calendar.Date{}
	}
}

// courseOf reads the course of a case that has no row from its events.
func courseOf(ct *casetype.CaseType, list []cases.Event) Course {
	var c Course
	for _, e := range list {
		switch e.Kind {
		case cases.Submitted:
			c.happened(e.Kind, calendar.DateOf(e.At), ct.Initial())
		case cases.MovedTo, cases.Closed, cases.Reopened, cases.Decided:
			c.happened(e.Kind, calendar.DateOf(e.At), ct.Status(e.Data.To))
		}
	}
	return c
}

// Exempt tells whether FL 11 and 12 §§ are left out of the case type's matters (FL 2 §): its decisions can be tried under KL 13 kap., or
// there is nothing to decide in it at all, only answers.
func Exempt(ct *casetype.CaseType) bool {
	return !slices.ContainsFunc(ct.Decisions, func(d casetype.Decision) bool {
		return d.Outcome != casetype.Answer && d.Appeal.Type != casetype.Legality
	})
}
