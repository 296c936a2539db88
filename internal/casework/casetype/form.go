package casetype

import (
	"slices"

	"dygnet/internal/kernel/i18n"
)

// Form is the e-service: steps with questions, asked in order.
type Form struct {
	Steps []Step `yaml:"steps" need:"yes"`
	Stops []Stop `yaml:"stops"`
	Days  int    `yaml:"days"` // how long an unsent draft is kept after its last change; 0: 30
}

// Stop is a reason not to go on: while If holds after a step, the form shows Text there and cannot be sent. It helps people before they
// have answered everything, so it stands as early as its answers are known.
type Stop struct {
	Key   string    `yaml:"key" need:"yes"`
	If    string    `yaml:"if" need:"yes"`    // expression over the answers
	Title i18n.Text `yaml:"title" need:"yes"` // "Du behöver inget bygglov"
	Text  i18n.Text `yaml:"text" need:"yes"`  // why, and what to do instead
	Link  *Link     `yaml:"link"`
}

// Link leads to another e-service or page.
type Link struct {
	Service string    `yaml:"service"` // id of a case type, or
	Href    string    `yaml:"href"`    // an address: https://…, tel:…
	Text    i18n.Text `yaml:"text" need:"yes"`
}

// FAQ is a question people ask, and its answer.
type FAQ struct {
	Question i18n.Text `yaml:"question" need:"yes"`
	Answer   i18n.Text `yaml:"answer" need:"yes"`
}

// Step is one page of the form.
type Step struct {
	Key       string     `yaml:"key" need:"yes"` // part of the page's address
	Title     i18n.Text  `yaml:"title" need:"yes"`
	Help      i18n.Text  `yaml:"help"`
	VisibleIf string     `yaml:"visibleIf"` // expression over the questions of earlier steps; the step is skipped when it does not hold
	Questions []Question `yaml:"questions" need:"yes"`
}

// Question is one question, or a text or consent that stands among them.
type Question struct {
	Key        string          `yaml:"key" need:"yes"` // name in answers and expressions: lower case, digits, underscore
	Type       QuestionType    `yaml:"type" need:"yes"`
	Label      i18n.Text       `yaml:"label" need:"yes"`
	Help       i18n.Text       `yaml:"help"`
	FAQ        []FAQ           `yaml:"faq"` // folded under the question
	Optional   bool            `yaml:"optional"`
	VisibleIf  string          `yaml:"visibleIf"`  // expression over the questions before it
	RequiredIf string          `yaml:"requiredIf"` // for an optional question: must be answered when this holds
	Validate   Limits          `yaml:"validate"`
	Unit       i18n.Text       `yaml:"unit"`       // for number: m², st
	Options    []Option        `yaml:"options"`    // for choice, multi and tree
	Recipients []RecipientKind `yaml:"recipients"` // for recipient
	Ask        []PersonPart    `yaml:"ask"`        // for person, organisation: which parts; none: name, email and phone
	Rows       *Rows           `yaml:"rows"`       // for table and children
	Files      *FileLimits     `yaml:"files"`      // for file
	Value      string          `yaml:"value"`      // for computed: expression over the questions before it
	As         ValueKind       `yaml:"as"`         // for computed: what the value is
	Prefill    Prefill         `yaml:"prefill"`    // filled in beforehand from who is signed in, or from where they came
	Public     bool            `yaml:"public"`     // may be shown in the public register
	Sensitive  bool            `yaml:"sensitive"`  // look at secrecy before handing it out
}

// QuestionType is the kind of answer asked for.
type QuestionType string

// The kinds of answer.
const (
	TypeText         QuestionType = "text"
	TypeTextarea     QuestionType = "textarea"
	TypeEmail        QuestionType = "email"
	TypePhone        QuestionType = "phone"
	TypeNumber       QuestionType = "number" // decimal number, exact
	TypeMoney        QuestionType = "money"  // kronor and öre
	TypeDate         QuestionType = "date"
	TypeDateTime     QuestionType = "datetime" // local date and time in Stockholm
	TypeYesNo        QuestionType = "yesno"
	TypeChoice       QuestionType = "choice"
	TypeMulti        QuestionType = "multi"
	TypeTree         QuestionType = "tree" // one of a tree of options: only leaves can be chosen
	TypeFile         QuestionType = "file"
	TypePlace        QuestionType = "place"
	TypeAddress      QuestionType = "address"  // postal address
	TypeProperty     QuestionType = "property" // fastighetsbeteckning: LIEN 3:12
	TypePerson       QuestionType = "person"
	TypeOrganisation QuestionType = "organisation" // a firm or association with its organisationsnummer
	TypeChildren     QuestionType = "children"     // children: name and personnummer, prefilled with those whose guardian is signed in
	TypeTable        QuestionType = "table"        // rows of the same questions
	TypeRecipient    QuestionType = "recipient"
	TypeInfo         QuestionType = "info" // a text; asks nothing
	TypeConsent      QuestionType = "consent"
	TypeComputed     QuestionType = "computed" // a value worked out from the answers; asks nothing
)

// Values lists the kinds of answer.
func (QuestionType) Values() []string {
	return []string{string(TypeText), string(TypeTextarea), string(TypeEmail), string(TypePhone), string(TypeNumber), string(TypeMoney), string(TypeDate), string(TypeDateTime), string(TypeYesNo), string(TypeChoice), string(TypeMulti), string(TypeTree), string(TypeFile), string(TypePlace), string(TypeAddress), string(TypeProperty), string(TypePerson), string(TypeOrganisation), string(TypeChildren), string(TypeTable), string(TypeRecipient), string(TypeInfo), string(TypeConsent), string(TypeComputed)}
}

// Inputs gives the names of the form fields a question has: its key, or key.part for those of several parts. Of a table or children
// question they depend on the answers ([CaseType.Inputs]); here it has none. An info has none; a computed value has a name in clean
// answers but no field.
func (q *Question) Inputs() []string {
	switch q.Type {
	case TypeInfo, TypeComputed, TypeTable, TypeChildren:
		return nil
	case TypePlace:
		return []string{q.Key + PartAddress, q.Key + PartLat, q.Key + PartLon, q.Key + PartText}
	case TypeAddress:
		return []string{q.Key + PartStreet, q.Key + PartCode, q.Key + PartTown}
	case TypeDateTime:
		return []string{q.Key, q.Key + PartTime}
	case TypePerson, TypeOrganisation:
		var names []string
		for _, part := range q.Parts() {
			switch part {
			case AskAddress:
				names = append(names, q.Key+PartStreet, q.Key+PartCode, q.Key+PartTown)
			default:
				names = append(names, q.Key+"."+string(part))
			}
		}
		return names
	}
	return []string{q.Key}
}

// Parts are the parts that a person or organisation question asks for, in the order they are asked in; nil for other questions.
func (q *Question) Parts() []PersonPart {
	if q.Type != TypePerson && q.Type != TypeOrganisation {
		return nil
	}
	if len(q.Ask) == 0 {
		return []PersonPart{AskName, AskEmail, AskPhone}
	}
	var parts []PersonPart
	for _, p := range PersonPart("").Values() {
		if slices.Contains(q.Ask, PersonPart(p)) {
			parts = append(parts, PersonPart(p))
		}
	}
	return parts
}

// Parts of the field names of questions with several parts: the answer's name is the question's key and the part.
const (
	PartAddress = ".address" // street and number
	PartLat     = ".lat"     // WGS 84, decimal degrees
	PartLon     = ".lon"     // WGS 84, decimal degrees
	PartText    = ".text"    // the place in words
	PartName    = ".name"
	PartEmail   = ".email"
	PartPhone   = ".phone"
	PartNumber  = ".number" // personnummer or organisationsnummer, twelve and ten digits
	PartStreet  = ".street" // postal address: street and number, or box
	PartCode    = ".postcode"
	PartTown    = ".town"
	PartTime    = ".time" // datetime: HH:MM; the date is under the key itself
)

// Limits are what an answer must keep to. Lengths count characters (code points after NFC).
type Limits struct {
	MinLength int       `yaml:"minLength"`
	MaxLength int       `yaml:"maxLength"` // 0: 200 for a line, 5000 for a textarea
	Pattern   string    `yaml:"pattern"`   // RE2, the whole answer must match
	Min       string    `yaml:"min"`       // number, money: decimal, 0 if not given; date, datetime: ISO date or today with a period: today, today-P18Y, today+P7D
	Max       string    `yaml:"max"`
	Decimals  int       `yaml:"decimals"` // number: how many are allowed
	If        string    `yaml:"if"`       // expression that must hold over the answers so far, this one among them
	Message   i18n.Text `yaml:"message"`  // own words when pattern, min, max or if is not kept to
}

// Option is one thing to choose.
type Option struct {
	Value  string    `yaml:"value" need:"yes"`
	Label  i18n.Text `yaml:"label" need:"yes"`
	Help   i18n.Text `yaml:"help"`
	Urgent *Urgent   `yaml:"urgent"` // shown when chosen: what cannot wait
	// Options below this one, for tree. One with options cannot be chosen itself.
	Options []Option `yaml:"options"`
}

// Rows are the questions of each row of a table, and how many rows there may be.
type Rows struct {
	Min     int        `yaml:"min"`
	Max     int        `yaml:"max" need:"yes"`
	Columns []Question `yaml:"columns"` // text, email, phone, number, money, date, yesno, choice, computed; for children in addition to name and number
	Row     i18n.Text  `yaml:"row"`     // what a row is called: "Barn", "Medlem"
}

// PersonPart is a part of a person or organisation question.
type PersonPart string

// The parts. Number is a personnummer or samordningsnummer, for organisations an organisationsnummer.
const (
	AskName    PersonPart = "name"
	AskNumber  PersonPart = "number"
	AskAddress PersonPart = "address"
	AskEmail   PersonPart = "email"
	AskPhone   PersonPart = "phone"
)

// Values lists the parts.
func (PersonPart) Values() []string {
	return []string{string(AskName), string(AskNumber), string(AskAddress), string(AskEmail), string(AskPhone)}
}

// ValueKind is what a computed value is.
type ValueKind string

// The kinds of value. Money is rounded half up to the öre, once, at the end.
const (
	AsNumber ValueKind = "number"
	AsMoney  ValueKind = "money"
	AsText   ValueKind = "text"
	AsYesNo  ValueKind = "yesno"
)

// Values lists the kinds of value.
func (ValueKind) Values() []string {
	return []string{string(AsNumber), string(AsMoney), string(AsText), string(AsYesNo)}
}

// Prefill is where an answer comes from before anyone has typed it. The reader sees where it came from and can change it.
type Prefill string

// Where answers come from: the one who is signed in (their name, number, address, e-mail, telephone, all that the question asks), the firm
// or person they act for, the children whose guardian they are, the page they came from, and the answers of the case they came from.
const (
	FromMe           Prefill = "me"
	FromPrincipal    Prefill = "principal"
	FromOrganisation Prefill = "organisation"
	FromChildren     Prefill = "children"
	FromPage         Prefill = "page"
)

// Values lists where answers come from.
func (Prefill) Values() []string {
	return []string{string(FromMe), string(FromPrincipal), string(FromOrganisation), string(FromChildren), string(FromPage)}
}

// FileLimits say what may be attached.
type FileLimits struct {
	Max    int      `yaml:"max" need:"yes"`    // number of files
	MaxMB  int      `yaml:"maxMB" need:"yes"`  // megabytes each
	Accept []string `yaml:"accept" need:"yes"` // media types, image/jpeg
}

// RecipientKind is the kind of one to whom a matter can be addressed (S2-M3-1).
type RecipientKind string

// The kinds of recipient.
const (
	ToMunicipality RecipientKind = "municipality"
	ToBody         RecipientKind = "body"
	ToUnit         RecipientKind = "unit"
	ToPolitician   RecipientKind = "politician"
	ToOfficer      RecipientKind = "officer"
)

// Values lists the kinds of recipient.
func (RecipientKind) Values() []string {
	return []string{string(ToMunicipality), string(ToBody), string(ToUnit), string(ToPolitician), string(ToOfficer)}
}
