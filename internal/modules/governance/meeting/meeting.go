package meeting

import (
	"time"

	"dygnet/internal/kernel/calendar"
)

// State is how far a meeting has come.
type State string

// The states of a meeting. They are stored: do not rename them.
const (
	Planned   State = "planerat"
	Called    State = "kallat"
	Adjusting State = "justeras" // the protokoll waits for those who adjust it
	Adjusted  State = "justerat"
	Done      State = "klart" // decisions are registered, the protokoll announced
	Cancelled State = "installt"
)

// Presence is in which capacity somebody was at a meeting.
type Presence string

// The capacities. They are stored: do not rename them.
const (
	AsMember Presence = "ledamot"
	AsDeputy Presence = "tjanstgorande" // stood in for a member and voted
	Beside   Presence = "ovrig"
)

// Present is somebody who was at a meeting.
type Present struct {
	Person string
	As     Presence
	For    string // the member they stood in for
}

// Meeting is a meeting of a body.
type Meeting struct {
	ID, Member, Body string
	State            State
	Day              calendar.Date
	Time, End        string // "08:30", in Stockholm
	Place, Link      string
	Digital          bool
	Sequence         int // of the invitation (RFC 5545, 3.8.7.4)
	CalledAt         time.Time
	CalledBy         string
	Vacant           []string // keys of required seats that were vacant when it was called
	Reason           string   // why it was cancelled
	Present          []Present
	Others           string // guests, in words
	Chair            string
	Secretary        string
	Adjusters        []string // besides the chair
	SentBack         string   // what somebody who was to adjust wanted to have changed
	Protocol         *File    // the adjusted protokoll
	ProtocolHTML     *File
	Public           *File // what the public sees of it
	AdjustedOn       calendar.Date
	Notice           string // of the board
	Example          bool   // the day is an example of the pack
	Version          int64  `json:"-"`
}

// Number is what letters call the meeting by.
func (m *Meeting) Number(code string) string { return code + " " + m.Day.String() }

// Start is the instant it begins.
func (m *Meeting) Start() time.Time { return at(m.Day, m.Time) }

// Finish is the instant it ends: an hour after it begins unless an end was planned.
func (m *Meeting) Finish() time.Time {
	if m.End == "" || m.End <= m.Time {
		return m.Start().Add(time.Hour)
	}
	return at(m.Day, m.End)
}

// at is an hour and minute of a day in Stockholm. Counted as the clock on the wall shows it, so that it is right on the days the clock changes.
func at(d calendar.Date, hhmm string) time.Time {
	t, err := time.Parse("15:04", hhmm)
	if err != nil {
		return d.Start()
	}
	return time.Date(d.Year(), d.Month(), d.Day(), t.Hour(), t.Minute(), 0, 0, d.Start().Location()).UTC()
}

// held reports whether minutes can be taken: it has been called and its day has come.
func (m *Meeting) held(today calendar.Date) bool { return m.State == Called && !m.Day.After(today) }

// open reports whether its agenda can be changed.
func (m *Meeting) open() bool { return m.State == Planned || m.State == Called }

// signers are those whose adjustment the protokoll needs: the chair and those who were chosen.
func (m *Meeting) signers() []string {
	out := []string{m.Chair}
	for _, p := range m.Adjusters {
		if p != m.Chair {
			out = append(out, p)
		}
	}
	return out
}

// Purpose is why something stands on an agenda.
type Purpose string

// The purposes. They are stored: do not rename them.
const (
	ForDecision     Purpose = "beslut"
	ForConsultation Purpose = "samrad"
	ForInformation  Purpose = "information"
)

// Purposes are all.
func Purposes() []Purpose { return []Purpose{ForDecision, ForConsultation, ForInformation} }

// Votes are counted when a vote was taken.
type Votes struct{ Yes, No, Abstain int }

// Item is a paragraph: a point of the agenda and what became of it.
type Item struct {
	ID, Meeting, Body string
	Position          int
	No                int // the paragraph's number in the body and year, 0 for none yet
	Matter            string
	MatterNumber      string
	Title             string
	Purpose           Purpose
	Words                    // what the minutes say
	Decision          string // ID of the registered decision
	Version           int64  `json:"-"`
}

// Words are what the minutes say of a paragraph.
type Words struct {
	Outcome     Outcome
	Text        string // the decision
	Motions     string // yrkanden
	Reservation string
	Votes       *Votes
	Conflicted  []string // persons who took no part for jäv
	Secret      bool     // the public sees only that there is a paragraph
	Public      string   // what the public reads instead, where the text holds personal data
}
