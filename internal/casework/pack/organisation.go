package pack

import (
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Organisation is organisation.yaml: the whole kommunkoncern (S2-M7-1).
type Organisation struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       OrganisationKind    `yaml:"kind" need:"yes"`
	Members    []Member            `yaml:"members" need:"yes"`
	Bodies     []Body              `yaml:"bodies" need:"yes"`
	Units      []Unit              `yaml:"units" need:"yes"`
}

// OrganisationKind is the kind of the file.
type OrganisationKind string

// Values lists the kind.
func (OrganisationKind) Values() []string { return []string{"Organisation"} }

// Member is a legal person.
type Member struct {
	Key       string     `yaml:"key" need:"yes"`
	Kind      MemberKind `yaml:"kind" need:"yes"`
	Name      i18n.Text  `yaml:"name" need:"yes"`
	OrgNumber string     `yaml:"orgNumber"` // 10 digits with hyphen
}

// MemberKind is the kind of legal person.
type MemberKind string

// The municipality itself, another one it works with, a company it owns, a kommunalförbund it belongs to.
const (
	TheMunicipality MemberKind = "municipality"
	Sister          MemberKind = "sister"
	Company         MemberKind = "company"
	Federation      MemberKind = "federation"
)

// Values lists the kinds.
func (MemberKind) Values() []string {
	return []string{string(TheMunicipality), string(Sister), string(Company), string(Federation)}
}

// Body is an organ: it decides, and no person can be it (PR-1).
type Body struct {
	Key    string    `yaml:"key" need:"yes"`  // unique in the pack
	Code   string    `yaml:"code" need:"yes"` // unique in the member; also its number series in the diarium
	Member string    `yaml:"member" need:"yes"`
	Kind   BodyKind  `yaml:"kind" need:"yes"`
	Name   i18n.Text `yaml:"name" need:"yes"`
	Email  string    `yaml:"email"`  // the registry's mailbox; empty: the body takes in nothing itself
	Unit   string    `yaml:"unit"`   // who handles what is addressed to the body; needed if it has an e-mail
	Series []Series  `yaml:"series"` // number series of its diarium; none: one, with its code
	// The days it exists: what is decided on another day is no decision of its. Empty: not known, or until further notice.
	From calendar.Date `yaml:"from"`
	To   calendar.Date `yaml:"to"`
}

// Series is a number series of a body's diarium, as the body has decided it.
type Series struct {
	Key    string `yaml:"key" need:"yes"` // what case types call it
	Prefix string `yaml:"prefix" need:"yes"`
	Format string `yaml:"format"` // "{body} {year}/{n:5}" when not given; {body} is the prefix
	Every  Every  `yaml:"every"`
}

// Every is when a series begins at 1 again.
type Every string

// Each year, which is so when nothing is said, or never.
const (
	EveryYear Every = "year"
	Running   Every = "running"
)

// Values lists them.
func (Every) Values() []string { return []string{string(EveryYear), string(Running)} }

// numbers is the series as casework counts it.
func (s Series) numbers() casetype.Series {
	return casetype.Series{Prefix: s.Prefix, Format: casetype.NumberFormat(s.Format), Running: s.Every == Running}
}

// Series is a number series of a body: the one with the name, its first, or one with its code.
func (p *Pack) Series(body, named string) casetype.Series {
	b := p.bodies[body]
	if b == nil {
		return casetype.Series{Prefix: body}
	}
	for _, s := range b.Series {
		if s.Key == named || named == "" {
			return s.numbers()
		}
	}
	return casetype.Series{Prefix: b.Code}
}

// BodyKind is the kind of organ.
type BodyKind string

// Fullmäktige, styrelse for the whole, nämnd, bolags- or förbundsstyrelse, ledningsgrupp, group without power to decide.
const (
	Council    BodyKind = "council"
	Executive  BodyKind = "executive"
	Committee  BodyKind = "committee"
	Board      BodyKind = "board"
	Management BodyKind = "management"
	Group      BodyKind = "group"
)

// Values lists the kinds.
func (BodyKind) Values() []string {
	return []string{string(Council), string(Executive), string(Committee), string(Board), string(Management), string(Group)}
}

// Unit is a part of the staff. It works for a body, its own or that of the unit above.
type Unit struct {
	Key       string    `yaml:"key" need:"yes"`
	Member    string    `yaml:"member" need:"yes"`
	Body      string    `yaml:"body"`
	Parent    string    `yaml:"parent"`
	Name      i18n.Text `yaml:"name" need:"yes"`
	Email     string    `yaml:"email" need:"yes"`
	Phone     string    `yaml:"phone"`
	Reachable bool      `yaml:"reachable"` // a resident can address a matter to it
}

// Roles is roles.yaml.
type Roles struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       RolesKind           `yaml:"kind" need:"yes"`
	Roles      []Role              `yaml:"roles" need:"yes"`
}

// RolesKind is the kind of the file.
type RolesKind string

// Values lists the kind.
func (RolesKind) Values() []string { return []string{"Roles"} }

// Role is what a mandate lets its holder be (PR-2).
type Role struct {
	Key         string    `yaml:"key" need:"yes"`
	Title       i18n.Text `yaml:"title" need:"yes"`
	Description i18n.Text `yaml:"description" need:"yes"`
	Held        []HeldAt  `yaml:"held" need:"yes"`
	Exclusive   Exclusive `yaml:"exclusive" need:"yes"`
	Wide        bool      `yaml:"wide"`    // reaches the units below and the bodies of its place too
	Elected     bool      `yaml:"elected"` // for elected representatives
}

// HeldAt is the kind of place a role is held at.
type HeldAt string

// The places.
const (
	AtMember HeldAt = "member"
	AtBody   HeldAt = "body"
	AtUnit   HeldAt = "unit"
)

// Values lists the places.
func (HeldAt) Values() []string { return []string{string(AtMember), string(AtBody), string(AtUnit)} }

// Exclusive says how many may hold a role at a time.
type Exclusive string

// Any number; one at each place; one in all.
const (
	Shared     Exclusive = "no"
	AtPlace    Exclusive = "place"
	Everywhere Exclusive = "everywhere"
)

// Values lists the ways.
func (Exclusive) Values() []string {
	return []string{string(Shared), string(AtPlace), string(Everywhere)}
}

// People is people.yaml.
type People struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       PeopleKind          `yaml:"kind" need:"yes"`
	Decisions  []Beslut            `yaml:"decisions" need:"yes"`
	People     []Person            `yaml:"people" need:"yes"`
}

// PeopleKind is the kind of the file.
type PeopleKind string

// Values lists the kind.
func (PeopleKind) Values() []string { return []string{"People"} }

// Beslut is a decision of a body, on which mandates rest (PR-1).
type Beslut struct {
	Key       string        `yaml:"key" need:"yes"`
	Body      string        `yaml:"body" need:"yes"`
	Date      calendar.Date `yaml:"date" need:"yes"`
	Paragraph string        `yaml:"paragraph" need:"yes"` // number of § in the minutes
	Number    string        `yaml:"dnr"`
	Text      string        `yaml:"text" need:"yes"` // in Swedish, as minuted
}

// Person is an officer or an elected representative.
type Person struct {
	Key      string     `yaml:"key" need:"yes"`
	Kind     PersonKind `yaml:"kind" need:"yes"`
	Name     string     `yaml:"name" need:"yes"`
	Title    i18n.Text  `yaml:"title" need:"yes"`
	Email    string     `yaml:"email" need:"yes"`
	Phone    string     `yaml:"phone"`
	Public   bool       `yaml:"public"` // a resident can address a matter to the person (S2-M3-1)
	Mandates []Mandate  `yaml:"mandates" need:"yes"`
}

// PersonKind is the kind of person.
type PersonKind string

// Staff are employed, elected hold a seat.
const (
	Staff   PersonKind = "staff"
	Elected PersonKind = "elected"
)

// Values lists the kinds.
func (PersonKind) Values() []string { return []string{string(Staff), string(Elected)} }

// Mandate is a role held at one place from a day (PR-2).
type Mandate struct {
	Role     string        `yaml:"role" need:"yes"`
	Member   string        `yaml:"member"` // one of member, body and unit
	Body     string        `yaml:"body"`
	Unit     string        `yaml:"unit"`
	Scope    string        `yaml:"scope"` // narrows it further, to a system or a case type
	From     calendar.Date `yaml:"from" need:"yes"`
	To       calendar.Date `yaml:"to"`       // last day, empty: until further notice
	Decision string        `yaml:"decision"` // empty: elected by the voters
}

// Personas is personas.yaml: whom one can be in the demo.
type Personas struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       PersonasKind        `yaml:"kind" need:"yes"`
	Personas   []Persona           `yaml:"personas" need:"yes"`
}

// PersonasKind is the kind of the file.
type PersonasKind string

// Values lists the kind.
func (PersonasKind) Values() []string { return []string{"Personas"} }

// Persona is a person of the pack as someone to sign in as.
type Persona struct {
	Key         string    `yaml:"key" need:"yes"`
	Person      string    `yaml:"person"`   // one of person, a key in people.yaml,
	Resident    string    `yaml:"resident"` // and resident, a personnummer in residents.csv
	Title       i18n.Text `yaml:"title" need:"yes"`
	Description i18n.Text `yaml:"description" need:"yes"`
}

// Reserved is reserved-actions.yaml (PR-3).
type Reserved struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       ReservedKind        `yaml:"kind" need:"yes"`
	Version    int                 `yaml:"version" need:"yes"`
	ValidFrom  calendar.Date       `yaml:"validFrom" need:"yes"`
	Actions    []ReservedAction    `yaml:"actions" need:"yes"`
}

// ReservedKind is the kind of the file.
type ReservedKind string

// Values lists the kind.
func (ReservedKind) Values() []string { return []string{"ReservedActions"} }

// OwningBody is the body that owns the object of an action: a nämnd for its own systems.
const OwningBody = "*"

// ReservedAction is something only a body may decide.
type ReservedAction struct {
	Action    string    `yaml:"action" need:"yes"`    // strategy.adopt
	Body      string    `yaml:"body" need:"yes"`      // key of a body, or * for the one that owns the object
	Delegable bool      `yaml:"delegable" need:"yes"` // whether the body may let someone decide in its name
	Sentence  string    `yaml:"sentence" need:"yes"`  // the sentence of the strategy, S4-KS-3
	Text      i18n.Text `yaml:"text" need:"yes"`      // why others may not
}
