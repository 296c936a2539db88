package cases

import (
	"encoding/json"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Secrecy says how a case or handling may be shown. It is a warning and not a decision (OSL 5 kap. 5 §): each request is assessed anew.
type Secrecy int

// The degrees of secrecy.
const (
	Open   Secrecy = 0
	Marked Secrecy = 1 // sekretessmarkerad: parts may be secret
	Secret Secrecy = 2 // only for those who handle it
)

// Case is a matter under way or closed.
type Case struct {
	ID          string
	Number      string // diarienummer, "KS 2026/00123"
	Member      string // keys of the organisation
	Body        string
	Unit        string
	TypeID      string
	TypeVersion int
	Status      string // key in the case type
	Content     casetype.Content
	Open        bool
	Subject     string // ärendemening
	Channel     string
	Lang        i18n.Lang
	Secrecy     Secrecy
	Protected   bool   // a party has protected identity
	Assignee    string // person, or ""
	Addressee   string // person, or ""
	Place       Place
	Answers     casetype.Clean
	ReceivedAt  time.Time // UTC
	ChangedAt   time.Time
	ClosedAt    time.Time // zero while open
	Due         calendar.Date
	Entry       string // journal entry of the submission
	Events      int
	Handlings   int
	Version     int
}

// veiled leaves out of a list what only its readers may know, since a list leaves no trace of who has read it (P-S). The one who has
// the case sees it all the same.
func (c *Case) veiled(reader string) *Case {
	if c.veils(reader) {
		c.Subject, c.Place = "", Place{}
	}
	return c
}

// veils tells whether a list keeps to itself what the case is about.
func (c *Case) veils(reader string) bool {
	return access.RequiresTrace(object(c, nil)) && (c.Assignee == "" || c.Assignee != reader)
}

// Place is where a matter is: words, and a point in both systems if it has one.
type Place struct {
	Address     string
	HasPoint    bool
	Lat, Lon    float64 // WGS 84 degrees
	North, East float64 // SWEREF 99 TM (EPSG:3006) metres
}

// Party is someone a case concerns.
type Party struct {
	Role   string // "initiator", or another role of casetype.PartyRole
	Person string // person who signed in, or ""
	Name   string
	Email  string
	Phone  string

	Organisation string // number of the organisation that is the party, or ""
	Ground       string // why they act for the initiator: guardian, signatory, power; "" for a party in their own right
}

// Initiator is the role of the one who handed in the matter.
const Initiator = "initiator"

// EventKind says what happened.
type EventKind string

// What happens to a case. The kinds are stored: do not rename them.
const (
	Submitted  EventKind = "submitted"
	MessageIn  EventKind = "message_in"  // from the citizen
	MessageOut EventKind = "message_out" // to the citizen
	Note       EventKind = "note"        // internal
	Claimed    EventKind = "claimed"
	Assigned   EventKind = "assigned"
	Released   EventKind = "released"
	MovedTo    EventKind = "status"
	Decided    EventKind = "decided"
	Closed     EventKind = "closed"
	Reopened   EventKind = "reopened"
	Edited     EventKind = "edited"
	MarkedAs   EventKind = "secrecy"
	HandedOver EventKind = "handed_over"
	NotReached EventKind = "not_reached" // a letter did not arrive
	Shielded   EventKind = "protected"   // a party has got protected personal data
)

// Event is one row of the timeline.
type Event struct {
	N        int
	At       time.Time // UTC
	Kind     EventKind
	Internal bool
	Actor    string
	Mandate  string
	Body     string
	Data     EventData
}

// EventData is what a kind of event says beside its words. Fields that do not belong to the kind are empty.
type EventData struct {
	From     string `json:"from,omitempty"`     // status or unit before
	To       string `json:"to,omitempty"`       // status, unit or person after
	Decision string `json:"decision,omitempty"` // ID of the decision
	Law      string `json:"law,omitempty"`      // provision of a secrecy mark
	Document int    `json:"document,omitempty"` // number of the document that is marked; 0: the case
	Channel  string `json:"channel,omitempty"`

	// Of rooms beside this package: what it is about (ID of a task, an appeal, a request), and a day that it sets.
	Ref string        `json:"ref,omitempty"`
	Day calendar.Date `json:"day,omitzero"`

	Signatures []Signature `json:"signatures,omitempty"` // of what was handed in
	Payments   []Payment   `json:"payments,omitempty"`
	Acting     *Acting     `json:"acting,omitempty"` // in whose name, when not one's own
}

// Document is a file in a case.
type Document struct {
	N         int
	Document  string // ID in the document store
	Name      string
	Mime      string
	Size      int64
	Direction Direction
	Internal  bool
	Event     int // row of the timeline it came with
	// Secrecy is how the document itself is marked, beside the case.
	Secrecy Secrecy
	// Hidden tells that the reader may know that the document is there and no more: Document, Name and SHA256 are empty.
	Hidden bool
	// SHA256 of the content, hex, when the file is added: the journal keeps it. The document store has it afterwards.
	SHA256 string
}

// FileNote is what the journal keeps of a file, so that another cannot take its place.
type FileNote struct {
	Document string `json:"document"`
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
}

func notes(files []Document) []FileNote {
	var out []FileNote
	for _, f := range files {
		out = append(out, FileNote{f.Document, f.Name, f.SHA256})
	}
	return out
}

// Direction says whether a handling came in, went out or was drawn up inside.
type Direction string

// The directions.
const (
	In       Direction = "in"
	Out      Direction = "out"
	Internal Direction = "internal"
)

// Decision is a decision in a case.
type Decision struct {
	ID         string
	Key        string
	Outcome    casetype.Outcome
	Result     string
	Text       string
	Delegation string
	DecidedBy  string
	Mandate    string
	At         time.Time
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // our own types of strings and numbers always encode
		panic(err)
	}
	return string(b)
}
