package ruling

import (
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
)

// Record is all that is kept of a decision beside its words: who made it, its document, whom it was served on, what became of it.
type Record struct {
	Decision string // ID of the decision
	Case     string // ID
	Number   string // diarienummer
	Member   string
	Body     string // of the municipality, in whose name it was made
	Unit     string
	Key      string // of the case type's decision; "" for the dismissal of an appeal
	Title    string // of the decision, in Swedish
	Outcome  casetype.Outcome
	Day      calendar.Date // of the decision (FL 31 § 1)
	At       time.Time     // when it was entered and signed
	By       string        // person
	Mandate  string
	// Delegation is the row of the delegation order, "" when the body itself decided.
	Delegation string
	Beslut     string // the body's own decision, "" on delegation

	Words  Words
	Appeal Appealing

	HTML, PDF   File
	Statement   string // signed, see Statement
	Parties     []Served
	Appeals     []Appeal
	Changes     string   // decision that this one corrects or changes
	Change      Change   // under which rule
	Changed     string   // decision that has corrected or changed this one
	Final       Finality // as it was told last
	DismissedOf string   // appeal that this decision dismisses

	Report Report `json:"-"` // to the body; kept apart, since it is not of the case
}

// File is a file of the vault with the digest that the journal and the statement hold.
type File struct{ Document, SHA256 string }

// Words are what the official writes in a decision.
type Words struct {
	Text    string // what is decided (FL 31 § 2)
	Reasons string // FL 32 §
	// Without says why there are no reasons.
	Without Exemption `json:",omitempty"`
	Grounds []Ground  `json:",omitempty"` // the provisions that were applied (FL 32 § first paragraph)
	// Deciders are those who made it (FL 31 § 3), Rapporteurs föredragande (4), Present those who took part in the final handling without
	// deciding (5): names.
	Deciders    []string  `json:",omitempty"`
	Rapporteurs []string  `json:",omitempty"`
	Present     []string  `json:",omitempty"`
	Dissents    []Dissent `json:",omitempty"` // FL 30 §
}

// Ground is a provision or another rule that a decision rests on, as it is written: "Plan- och bygglagen (2010:900) 9 kap. 30 §".
type Ground struct {
	SFS     string `json:",omitempty"`
	Chapter string `json:",omitempty"`
	Section string `json:",omitempty"`
	Text    string
}

// GroundOf is a provision of a case type as a ground.
func GroundOf(l casetype.Law) Ground {
	return Ground{SFS: l.SFS, Chapter: l.Chapter, Section: l.Section, Text: l.String()}
}

// Dissent is a reservation or a dissenting opinion that was noted (FL 30 §).
type Dissent struct{ Name, Text string }

// Appealing is how a decision is appealed, as its case type said on the day.
type Appealing struct {
	Type   casetype.AppealType
	Within calendar.Period `json:",omitzero"`
	Text   string          // how it is done (FL 33 §), in Swedish
	Court  string          // who examines it, "" when the case type does not say
}

// Open reports whether it can be appealed at all.
func (a Appealing) Open() bool {
	return a.Type == casetype.Administrative || a.Type == casetype.Legality
}

// Served is a party of the case and how the decision reached them. The name stands in the case.
type Served struct {
	N       int    // place among the parties of the case, from 0
	Person  string // who signed in, or ""
	Org     string `json:",omitempty"` // number of the organisation that is the party, or ""
	Role    string
	Against bool // the decision went against them (FL 42 §)

	Way  Way           `json:",omitempty"` // how it was sent last
	Sent calendar.Date `json:",omitzero"`
	On   calendar.Date `json:",omitzero"` // the day they received it; zero while nobody knows
	At   time.Time     `json:",omitzero"` // the instant, when they read it on Mina sidor
	Note string        `json:",omitempty"`
}

// Way is how a decision is brought to a party.
type Way string

// The ways. Mina sidor and a confirmed letter say when the party had it; a letter by itself does not.
const (
	WayMine      Way = "mina_sidor" // read by the party, signed in
	WayLetter    Way = "brev"       // ordinary letter
	WayConfirmed Way = "kvitto"     // letter with a confirmation of receipt (mottagningsbevis)
	WayServer    Way = "stamning"   // by a process server (stämningsman)
	WayHanded    Way = "hand"       // handed over
)

// Ways are those an official registers.
func Ways() []Way { return []Way{WayLetter, WayConfirmed, WayServer, WayHanded} }

// Report is what is done with a delegated decision towards its body (KL 6 kap. 40 §, 7 kap. 8 §).
type Report struct {
	Meeting   calendar.Date // at which it was reported; of a body's own decision: at which it was made
	Paragraph string
	Not       bool          // the body has decided that such are not reported: it is announced instead
	Announced calendar.Date // the day the protokoll with it, or the decision itself, was announced
	Last      calendar.Date // the last day the announcement is up
	Notice    string        // ID of the announcement
}

// Done reports whether the body has been told, or the public in its place.
func (r Report) Done() bool { return !r.Meeting.IsZero() || r.Not && !r.Announced.IsZero() }

// party finds a party by its place, nil for none.
func (r *Record) party(n int) *Served {
	for i := range r.Parties {
		if r.Parties[i].N == n {
			return &r.Parties[i]
		}
	}
	return nil
}

// appeal finds an appeal by its ID, nil for none.
func (r *Record) appeal(id string) *Appeal {
	for i := range r.Appeals {
		if r.Appeals[i].ID == id {
			return &r.Appeals[i]
		}
	}
	return nil
}
