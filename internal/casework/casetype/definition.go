package casetype

import (
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Definition is one ärendetyp as its file says it. The yaml tag is the key in the file; need:"yes" marks keys a file must have.
type Definition struct {
	APIVersion  APIVersion     `yaml:"apiVersion" need:"yes"`
	Kind        Kind           `yaml:"kind" need:"yes"`
	ID          string         `yaml:"id" need:"yes"`      // stable, never reused: lower-case ASCII with hyphens, part of addresses
	Version     int            `yaml:"version" need:"yes"` // from 1; a published version is never changed
	State       State          `yaml:"state" need:"yes"`
	ValidFrom   calendar.Date  `yaml:"validFrom" need:"yes"` // first day it can be used
	ValidTo     calendar.Date  `yaml:"validTo"`              // last day it can be used, empty: until further notice
	Title       i18n.Text      `yaml:"title" need:"yes"`
	Description i18n.Text      `yaml:"description" need:"yes"` // one or two sentences, for lists and search
	Keywords    i18n.Text      `yaml:"keywords"`               // other words people search with
	Topic       string         `yaml:"topic" need:"yes"`       // a topic of municipality.yaml
	Before      i18n.Text      `yaml:"before"`                 // what to know and have at hand before starting
	FAQ         []FAQ          `yaml:"faq"`                    // for the service's page
	Urgent      *Urgent        `yaml:"urgent"`                 // what to do instead when it cannot wait
	WhatNext    i18n.Text      `yaml:"next" need:"yes"`        // what happens after submission, for the receipt page
	Owner       Owner          `yaml:"owner" need:"yes"`
	LegalBasis  []Law          `yaml:"legalBasis" need:"yes"`
	GDPR        GDPR           `yaml:"gdpr" need:"yes"`
	Registry    Registry       `yaml:"registry" need:"yes"`
	Secrecy     Secrecy        `yaml:"confidentiality" need:"yes"`
	ContactWays []Way          `yaml:"contactWays" need:"yes"`
	Auth        Auth           `yaml:"auth" need:"yes"`
	ActFor      []ActFor       `yaml:"actFor"` // in whose name it can be handed in; none: one's own only
	Window      Window         `yaml:"window"` // when it takes in matters, and how many
	Parties     []PartyRule    `yaml:"parties"`
	Sign        Sign           `yaml:"sign"`
	Payment     *Payment       `yaml:"payment"`
	Form        Form           `yaml:"form" need:"yes"`
	Statuses    []Status       `yaml:"statuses" need:"yes"` // the first is where a new case stands
	Transitions []Move         `yaml:"transitions" need:"yes"`
	Deadlines   Deadlines      `yaml:"deadlines" need:"yes"`
	Documents   []DocumentType `yaml:"documents"`  // handlingstyper
	Properties  []Property     `yaml:"properties"` // facts that the officer adds
	Decisions   []Decision     `yaml:"decisions"`
	Results     []Result       `yaml:"results" need:"yes"`
	Assignment  []Rule         `yaml:"assignment"` // first that holds; none: the owner's unit
	Disclosure  *Disclosure    `yaml:"disclosure"` // the cases are requests for public documents; nil: they are not
	Examples    []Example      `yaml:"examples" need:"yes"`

	PublicReports bool `yaml:"publicReports"` // others who report the same place see kind, date, status and distance of what is open there
	ReopenDays    int  `yaml:"reopenDays"`    // for how many days after closing its party can open it again; 0: not at all
}

// APIVersion is the version of the file format.
type APIVersion string

// V1 is the format this package reads.
const V1 APIVersion = "dygnet/v1"

// Values lists the formats that can be read.
func (APIVersion) Values() []string { return []string{string(V1)} }

// Kind says what the file declares.
type Kind string

// Values lists the only kind this package reads.
func (Kind) Values() []string { return []string{"CaseType"} }

// State is where a version of a case type stands (utkast, publicerad, avvecklad).
type State string

// Only a published type takes in new cases; the cases of a retired one live on.
const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired"
)

// Values lists the states.
func (State) Values() []string { return []string{string(Draft), string(Published), string(Retired)} }

// Urgent is a text about what cannot wait for a case, and the number to call then.
type Urgent struct {
	Text  i18n.Text `yaml:"text" need:"yes"`
	Phone string    `yaml:"phone"`
}

// Owner is the myndighet and the unit in it that answer for the case type.
type Owner struct {
	Body string `yaml:"body" need:"yes"` // code of a body, KS
	Unit string `yaml:"unit" need:"yes"` // key of a unit
}

// Law is a provision: the statute by SFS number, and where in it.
type Law struct {
	SFS     string    `yaml:"sfs" need:"yes"`   // 2017:900
	Label   string    `yaml:"label" need:"yes"` // what it is called, FL
	Chapter string    `yaml:"chapter"`
	Section string    `yaml:"section"`
	Why     i18n.Text `yaml:"why"` // what it means here
}

// String is the provision as people write it: "Kommunallagen (2017:725) 8 kap. 1 §".
func (l Law) String() string {
	s := l.Label + " (" + l.SFS + ")"
	if l.Chapter != "" {
		s += " " + l.Chapter + " kap."
	}
	if l.Section != "" {
		s += " " + l.Section + " §"
	}
	return s
}

// Short is the provision as lawyers write it: "OSL 21:3", "OSL 6 kap.", "FL 12 §".
func (l Law) Short() string {
	switch {
	case l.Chapter != "" && l.Section != "":
		return l.Label + " " + l.Chapter + ":" + l.Section
	case l.Chapter != "":
		return l.Label + " " + l.Chapter + " kap."
	case l.Section != "":
		return l.Label + " " + l.Section + " §"
	}
	return l.Label
}

// GDPR says why personal data are used, for the register of article 30 and for the page the resident reads.
type GDPR struct {
	Purpose    i18n.Text  `yaml:"purpose" need:"yes"`
	Ground     Ground     `yaml:"ground" need:"yes"`
	Categories []DataKind `yaml:"categories"` // what is said about people; none: name and contact details only
	Special    string     `yaml:"special"`    // the point of article 9.2 when something of article 9.1 is asked for, such as "9.2 g"
	Shared     i18n.Text  `yaml:"shared"`     // who else is told; none: nobody
}

// DataKind is a category of personal data for the register of article 30.
type DataKind string

// The categories. Those from health on are special ones of article 9.1; crime is article 10.
const (
	DataContact  DataKind = "contact"
	DataNumber   DataKind = "personal_number"
	DataHome     DataKind = "address"
	DataChildren DataKind = "children"
	DataEconomy  DataKind = "economy"
	DataWork     DataKind = "work"
	DataSchool   DataKind = "school"
	DataProperty DataKind = "property"
	DataPlace    DataKind = "place"
	DataFamily   DataKind = "family"
	DataHealth   DataKind = "health"
	DataOrigin   DataKind = "origin"
	DataBelief   DataKind = "belief"
	DataCrime    DataKind = "crime"
)

// Values lists the categories.
func (DataKind) Values() []string {
	return []string{string(DataContact), string(DataNumber), string(DataHome), string(DataChildren), string(DataEconomy), string(DataWork), string(DataSchool),
		string(DataProperty), string(DataPlace), string(DataFamily), string(DataHealth), string(DataOrigin), string(DataBelief), string(DataCrime)}
}

// Ground is the legal ground of article 6.1.
type Ground string

// Values lists the grounds of article 6.1 that a municipality can stand on.
func (Ground) Values() []string {
	return []string{"legal_obligation", "public_task", "contract", "consent", "vital_interest"}
}

// Registry says how the case is entered in the diarium (OSL 5 kap. 1-2 §§).
type Registry struct {
	Series  string     `yaml:"series" need:"yes"` // key of the body whose number series is used
	Named   string     `yaml:"namedSeries"`       // key of one of the body's series; none: its first
	ByBody  bool       `yaml:"seriesOfHandler"`   // use the series of the body the matter is routed to instead
	Subject i18n.Text  `yaml:"subject" need:"yes"`
	Public  PublicView `yaml:"publicView" need:"yes"`
}

// PublicView says what the register on the web shows (OSL 5 kap. 2 § second paragraph).
type PublicView struct {
	Enabled     bool `yaml:"enabled" need:"yes"`
	HideParty   bool `yaml:"hideParty" need:"yes"`
	HideSubject bool `yaml:"hideSubject" need:"yes"`
}

// Secrecy is what is presumed of the case before anyone has looked at it.
type Secrecy struct {
	Default    Presumption `yaml:"default" need:"yes"`
	Provisions []Law       `yaml:"provisions"` // proposed to the one who marks a document
}

// Presumption is the starting point of a secrecy assessment.
type Presumption string

// Public cases are open until something in them is marked; Presumed ones are closed until assessed.
const (
	Public   Presumption = "public"
	Presumed Presumption = "presumed"
)

// Values lists the presumptions.
func (Presumption) Values() []string { return []string{string(Public), string(Presumed)} }

// Way is a way to hand in the matter.
type Way string

// The ways in.
const (
	Web    Way = "web"
	Email  Way = "email"
	Phone  Way = "phone"
	Visit  Way = "visit"
	Letter Way = "letter"
)

// Values lists the ways.
func (Way) Values() []string {
	return []string{string(Web), string(Email), string(Phone), string(Visit), string(Letter)}
}

// Digital reports whether the way needs a computer.
func (w Way) Digital() bool { return w == Web || w == Email }

// Auth is how sure the municipality must be of who hands in the matter.
type Auth struct {
	Level     Level `yaml:"level" need:"yes"`
	Anonymous bool  `yaml:"anonymous"` // may be handed in without saying who one is
}

// Level is a level of assurance.
type Level string

// Levels, lowest first.
const (
	LevelNone  Level = "none"
	LevelEmail Level = "verified_email"
	LevelLoA2  Level = "loa2"
	LevelLoA3  Level = "loa3"
)

// Values lists the levels, lowest first.
func (Level) Values() []string {
	return []string{string(LevelNone), string(LevelEmail), string(LevelLoA2), string(LevelLoA3)}
}

// Deadlines are the times the municipality promises. Periods are ISO 8601 with business days: P5B, P10W, P6M.
type Deadlines struct {
	Acknowledge calendar.Period `yaml:"acknowledge" need:"yes"` // receipt to the sender
	Target      calendar.Period `yaml:"target" need:"yes"`      // service promise for the whole matter
	Statutory   *Statutory      `yaml:"statutory"`              // the time a statute gives; none: as soon as possible (FL 9 §) and FL 12 § after six months
}

// Statutory is the time within which a statute says that the matter must be decided.
type Statutory struct {
	Within calendar.Period `yaml:"within" need:"yes"`
	From   Start           `yaml:"from" need:"yes"`
	Extend calendar.Period `yaml:"extend"` // how much longer it may take once, with a reason given in the first time
	Law    Law             `yaml:"law" need:"yes"`
}

// Start is what a time is counted from.
type Start string

// A time counts from receipt, or from when the application is complete.
const (
	FromReceived Start = "received"
	FromComplete Start = "complete"
)

// Values lists the starts.
func (Start) Values() []string { return []string{string(FromReceived), string(FromComplete)} }

// Decision is a way to decide the matter.
type Decision struct {
	Key        string      `yaml:"key" need:"yes"`
	Outcome    Outcome     `yaml:"outcome" need:"yes"`
	Title      i18n.Text   `yaml:"title" need:"yes"`
	Result     string      `yaml:"result" need:"yes"` // key of the result it leads to
	Delegation *Delegation `yaml:"delegation"`        // none: the body itself decides
	Appeal     Appeal      `yaml:"appeal" need:"yes"`
	Wording    Wording     `yaml:"wording"` // what its document says beside what the official writes

	Requires   []Requirement `yaml:"requires"`   // approval: others have said yes to the very words; law: the words cite a provision
	Documents  []string      `yaml:"documents"`  // as of a move
	Properties []string      `yaml:"properties"` // as of a move
}

// Outcome is the sense of a decision over all case types, for reports and archive.
type Outcome string

// Outcomes: bifall, avslag, avvisning, avskrivning, besked without decision in the sense of FL.
const (
	Approve     Outcome = "approve"
	Reject      Outcome = "reject"
	Dismiss     Outcome = "dismiss"
	Discontinue Outcome = "discontinue"
	Answer      Outcome = "answer"
)

// Values lists the outcomes.
func (Outcome) Values() []string {
	return []string{string(Approve), string(Reject), string(Dismiss), string(Discontinue), string(Answer)}
}

// Delegation is the row of the delegation order that lets an officer decide for the body.
type Delegation struct {
	Ref  string `yaml:"ref" need:"yes"`  // KS 4.12
	Role string `yaml:"role" need:"yes"` // role of the one who may decide
}

// Appeal is how a decision can be appealed, and the words that tell it (FL 33 §).
type Appeal struct {
	Type   AppealType      `yaml:"type" need:"yes"`
	Text   i18n.Text       `yaml:"text" need:"yes"` // for none: why it cannot be appealed
	Within calendar.Period `yaml:"within"`
	To     i18n.Text       `yaml:"to"` // the court or authority that examines it
}

// AppealType is the kind of appeal.
type AppealType string

// Appeals: none, förvaltningsbesvär (FL 40-44 §§), laglighetsprövning (KL 13 kap.).
const (
	NoAppeal       AppealType = "none"
	Administrative AppealType = "administrative"
	Legality       AppealType = "legality"
)

// Values lists the kinds of appeal.
func (AppealType) Values() []string {
	return []string{string(NoAppeal), string(Administrative), string(Legality)}
}

// Result is what became of a matter, and with that how long it is kept (arkivlagen 10 §).
type Result struct {
	Key        string          `yaml:"key" need:"yes"`
	Title      i18n.Text       `yaml:"title" need:"yes"`
	Nomination Nomination      `yaml:"nomination" need:"yes"`
	After      calendar.Period `yaml:"after"`                // only for discard
	From       RetentionStart  `yaml:"from"`                 // what After is counted from; none: closing
	Event      i18n.Text       `yaml:"event"`                // what has to happen, for from: event
	Authority  string          `yaml:"authority" need:"yes"` // the body's decision that allows it, KS 2024-05-02 § 31
	Plan       string          `yaml:"plan"`                 // row of the document plan
}

// Nomination says whether the documents are kept for ever or thrown away.
type Nomination string

// Bevaras or gallras.
const (
	Preserve Nomination = "preserve"
	Discard  Nomination = "discard"
)

// Values lists the nominations.
func (Nomination) Values() []string { return []string{string(Preserve), string(Discard)} }

// Rule sends a matter to a unit, or to the recipient chosen in a question.
type Rule struct {
	If        string `yaml:"if"`        // expression over the answers; empty: always
	Unit      string `yaml:"unit"`      // key of a unit
	Recipient string `yaml:"recipient"` // key of a recipient question that was answered
}
