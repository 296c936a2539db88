package casetype

import (
	"slices"

	"dygnet/internal/kernel/i18n"
)

// Status is where a case stands: a free name on a fixed content, so that reports and Mina sidor understand all case types.
type Status struct {
	Key        string    `yaml:"key" need:"yes"`
	Content    Content   `yaml:"content" need:"yes"`
	Title      i18n.Text `yaml:"title" need:"yes"`
	PublicText i18n.Text `yaml:"publicText" need:"yes"` // what the one who handed it in reads
	Final      bool      `yaml:"final"`
	LegalClock Clock     `yaml:"legalClock" need:"yes"` // whether the deadline runs
	Checklist  []Item    `yaml:"checklist"`             // what an officer sees to while the case stands here
}

// Content is the meaning of a status over all case types.
type Content string

// The contents.
const (
	Received     Content = "received"
	InProgress   Content = "in_progress"
	WaitingParty Content = "waiting_party"
	WaitingOther Content = "waiting_other"
	Decided      Content = "decided"
	Closed       Content = "closed"
)

// Values lists the contents in the order of a case's life.
func (Content) Values() []string {
	return []string{string(Received), string(InProgress), string(WaitingParty), string(WaitingOther), string(Decided), string(Closed)}
}

// Clock says whether time counts towards the deadline.
type Clock string

// The clock runs, or stands while the municipality waits for someone else.
const (
	Runs    Clock = "runs"
	Stopped Clock = "stopped"
)

// Values lists the clocks.
func (Clock) Values() []string { return []string{string(Runs), string(Stopped)} }

// Move is an allowed change of status.
type Move struct {
	From     []string      `yaml:"from" need:"yes"`
	To       string        `yaml:"to" need:"yes"`
	Roles    []string      `yaml:"roles"`    // none: whoever may handle the case
	Requires []Requirement `yaml:"requires"` // what must be there

	Documents  []string `yaml:"documents"`  // document types of which there must be a document
	Properties []string `yaml:"properties"` // properties that must have a value
}

// Requirement is something a move cannot be made without.
type Requirement string

// A note says why, for the timeline; a decision is one of the type's decisions; an approval is a round in which all who were asked have
// said yes; the checklist is that of the status the case stands in.
const (
	NeedNote      Requirement = "note"
	NeedDecision  Requirement = "decision"
	NeedApproval  Requirement = "approval"
	NeedChecklist Requirement = "checklist"
	NeedLaw       Requirement = "law" // of a decision: its words cite a provision
)

// Values lists the requirements.
func (Requirement) Values() []string {
	return []string{string(NeedNote), string(NeedDecision), string(NeedApproval), string(NeedChecklist), string(NeedLaw)}
}

// Initial is the status of a new case.
func (ct *CaseType) Initial() *Status { return &ct.Statuses[0] }

// Status gives a status by key, nil if there is none.
func (ct *CaseType) Status(key string) *Status {
	for i := range ct.Statuses {
		if ct.Statuses[i].Key == key {
			return &ct.Statuses[i]
		}
	}
	return nil
}

// Move gives the rule of a change of status, nil if it is not allowed.
func (ct *CaseType) Move(from, to string) *Move {
	for i := range ct.Transitions {
		if m := &ct.Transitions[i]; m.To == to && slices.Contains(m.From, from) {
			return m
		}
	}
	return nil
}

// Next lists the statuses that can follow from, in the order of the file.
func (ct *CaseType) Next(from string) []*Status {
	var next []*Status
	for i := range ct.Statuses {
		if ct.Move(from, ct.Statuses[i].Key) != nil {
			next = append(next, &ct.Statuses[i])
		}
	}
	return next
}

// AllowedFor reports whether someone who holds roles may make the move; a move without roles is for whoever handles the case.
func (m *Move) AllowedFor(roles []string) bool {
	return len(m.Roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(m.Roles, r) })
}

// Needs reports whether the move cannot be made without r.
func (m *Move) Needs(r Requirement) bool { return slices.Contains(m.Requires, r) }

// Needs reports whether the decision requires r.
func (d *Decision) Needs(r Requirement) bool { return slices.Contains(d.Requires, r) }

// Decision gives a decision by key, nil if there is none.
func (ct *CaseType) Decision(key string) *Decision {
	for i := range ct.Decisions {
		if ct.Decisions[i].Key == key {
			return &ct.Decisions[i]
		}
	}
	return nil
}

// Result gives a result by key, nil if there is none.
func (ct *CaseType) Result(key string) *Result {
	for i := range ct.Results {
		if ct.Results[i].Key == key {
			return &ct.Results[i]
		}
	}
	return nil
}
