package meeting

import (
	"errors"
	"slices"
	"strings"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// MatterState is how far a matter has come.
type MatterState string

// The states of a matter. They are stored: do not rename them.
const (
	Draft     MatterState = "utkast"
	Prepared  MatterState = "beredd"
	Scheduled MatterState = "dagordning" // stands on an agenda for decision
	Treated   MatterState = "behandlad"
	Withdrawn MatterState = "atertagen"
)

// Outcome is what a body did with a matter.
type Outcome string

// The outcomes. They are stored: do not rename them.
const (
	Approved  Outcome = "bifall"
	Rejected  Outcome = "avslag"
	Returned  Outcome = "aterremiss"
	Tabled    Outcome = "bordlagd"
	Noted     Outcome = "noteras" // information that the body takes to the record
	Consulted Outcome = "samrad"  // the body has given its view
)

// Outcomes are those that a paragraph with a purpose can have.
func Outcomes(p Purpose) []Outcome {
	switch p {
	case ForConsultation:
		return []Outcome{Consulted, Tabled}
	case ForInformation:
		return []Outcome{Noted}
	}
	return []Outcome{Approved, Rejected, Returned, Tabled}
}

// Rests says what a matter is about in the rest of the house: what is to be decided, and the sentence that reserves it to the body.
type Rests struct {
	Kind     string // "system"
	ID       string
	Action   string // reserved action
	Sentence string // "S4-KS-3"
	Path     string // page of the object, without language
}

// Letter is a tjänsteskrivelse.
type Letter struct {
	Text    string
	Role    string // under which it was written
	By      string
	Mandate string
	On      calendar.Date
}

// Consultation is a record of samråd: what a body thought of a matter, and when.
type Consultation struct {
	Body    string
	On      calendar.Date
	View    string
	By      string
	Meeting string // where it was given, "" if it was asked for outside one
}

// File is a file in the vault.
type File struct {
	ID, Name, SHA256 string
	Size             int64
}

// Matter is a matter prepared for a body (berett ärende).
type Matter struct {
	ID, Number    string
	Member, Body  string
	State         MatterState
	Kinds         []string // kinds of the pack that somebody said it is of
	Title         string
	Proposal      string // what the body is asked to decide
	Background    string
	Proposer      string
	Rests         Rests
	Letter        *Letter
	Consultations []Consultation
	Secret        bool // not for the public
	Outcome       Outcome
	Meeting       string // where it stands, or was treated
	Decision      string // ID of the decision
	Paragraph     string
	Version       int64 `json:"-"`
}

// MatterDraft is what is written of a matter.
type MatterDraft struct {
	Body, Title, Proposal, Background string
	Kinds                             []string
	Rests                             Rests
	Secret                            bool
}

// Latest is the last consultation of a body, nil if it has not been consulted.
func (m *Matter) Latest(body string) *Consultation {
	var out *Consultation
	for i := range m.Consultations {
		if c := &m.Consultations[i]; c.Body == body && (out == nil || !c.On.Before(out.On)) {
			out = c
		}
	}
	return out
}

// NeedError says what a matter lacks before it may stand on the agenda of a body, and which sentence asks for it.
type NeedError struct {
	Body     string
	Letter   string   // role whose letter is missing, "" if there is one
	Consult  []string // bodies that have not been consulted
	Sentence string
	Text     i18n.Text
}

func (e *NeedError) Error() string {
	var parts []string
	if e.Letter != "" {
		parts = append(parts, "the letter of "+e.Letter)
	}
	for _, b := range e.Consult {
		parts = append(parts, "consultation of "+b)
	}
	return "the matter lacks " + strings.Join(parts, " and ") + " (" + e.Sentence + ")"
}

// kindsOf are the kinds a matter is of: those that somebody said, that its action belongs to, or that its proposer's unit deals in.
func kindsOf(rules pack.Meetings, dir *bodies.Directory, m *Matter, on calendar.Date) []pack.MatterKind {
	var out []pack.MatterKind
	for _, k := range rules.Matters {
		if slices.Contains(m.Kinds, k.Key) || m.Rests.Action != "" && slices.Contains(k.Actions, m.Rests.Action) || worksIn(dir, m.Proposer, k.Units, on) {
			out = append(out, k)
		}
	}
	return out
}

func worksIn(dir *bodies.Directory, person string, units []string, on calendar.Date) bool {
	for _, m := range dir.MandatesOf(person, on) {
		for _, u := range units {
			if m.Unit != "" && dir.InSubtree(u, m.Unit) {
				return true
			}
		}
	}
	return false
}

// lacks tells what a matter needs and has not, before a body may decide on it. A consultation counts when its day has come and it says what the
// body thought.
func lacks(rules pack.Meetings, dir *bodies.Directory, m *Matter, today calendar.Date) error {
	var all []error
	for _, k := range kindsOf(rules, dir, m, today) {
		for _, n := range k.Needs {
			if n.Body != m.Body {
				continue
			}
			e := &NeedError{Body: m.Body, Sentence: n.Sentence, Text: n.Text}
			if n.Letter != "" && (m.Letter == nil || m.Letter.Role != n.Letter) {
				e.Letter = n.Letter
			}
			for _, b := range n.Consult {
				if c := m.Latest(b); c == nil || c.On.After(today) || strings.TrimSpace(c.View) == "" {
					e.Consult = append(e.Consult, b)
				}
			}
			if e.Letter != "" || len(e.Consult) > 0 {
				all = append(all, e)
			}
		}
	}
	return errors.Join(all...)
}
