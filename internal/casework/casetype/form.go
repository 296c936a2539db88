package casetype

import "dygnet/internal/kernel/i18n"

// Form is the e-service: steps with questions, asked in order.
type Form struct {
	Steps []Step `yaml:"steps" need:"yes"`
}

// Step is one page of the form.
type Step struct {
	Key       string     `yaml:"key" need:"yes"` // part of the page's address
	Title     i18n.Text  `yaml:"title" need:"yes"`
	Questions []Question `yaml:"questions" need:"yes"`
}

// Question is one question, or a text or consent that stands among them.
type Question struct {
	Key        string          `yaml:"key" need:"yes"` // name in answers and expressions: lower case, digits, underscore
	Type       QuestionType    `yaml:"type" need:"yes"`
	Label      i18n.Text       `yaml:"label" need:"yes"`
	Help       i18n.Text       `yaml:"help"`
	Optional   bool            `yaml:"optional"`
	VisibleIf  string          `yaml:"visibleIf"` // expression over the questions before it
	Validate   Limits          `yaml:"validate"`
	Options    []Option        `yaml:"options"`    // for choice and multi
	Recipients []RecipientKind `yaml:"recipients"` // for recipient
	Files      *FileLimits     `yaml:"files"`      // for file
	Public     bool            `yaml:"public"`     // may be shown in the public register
	Sensitive  bool            `yaml:"sensitive"`  // look at secrecy before handing it out
}

// QuestionType is the kind of answer asked for.
type QuestionType string

// The kinds of answer. Info asks nothing.
const (
	TypeText      QuestionType = "text"
	TypeTextarea  QuestionType = "textarea"
	TypeEmail     QuestionType = "email"
	TypePhone     QuestionType = "phone"
	TypeChoice    QuestionType = "choice"
	TypeMulti     QuestionType = "multi"
	TypeYesNo     QuestionType = "yesno"
	TypeDate      QuestionType = "date"
	TypeFile      QuestionType = "file"
	TypePlace     QuestionType = "place"
	TypePerson    QuestionType = "person"
	TypeRecipient QuestionType = "recipient"
	TypeInfo      QuestionType = "info"
	TypeConsent   QuestionType = "consent"
)

// Values lists the kinds of answer.
func (QuestionType) Values() []string {
	return []string{string(TypeText), string(TypeTextarea), string(TypeEmail), string(TypePhone), string(TypeChoice),
		string(TypeMulti), string(TypeYesNo), string(TypeDate), string(TypeFile), string(TypePlace), string(TypePerson),
		string(TypeRecipient), string(TypeInfo), string(TypeConsent)}
}

// Inputs gives the names of the form fields a question has: its key, or key.part for those of several parts.
func (q *Question) Inputs() []string {
	switch q.Type {
	case TypeInfo:
		return nil
	case TypePlace:
		return []string{q.Key + PartAddress, q.Key + PartLat, q.Key + PartLon, q.Key + PartText}
	case TypePerson:
		return []string{q.Key + PartName, q.Key + PartEmail, q.Key + PartPhone}
	}
	return []string{q.Key}
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
)

// Limits are what an answer must keep to. Lengths count characters (code points after NFC).
type Limits struct {
	MinLength int       `yaml:"minLength"`
	MaxLength int       `yaml:"maxLength"` // 0: 200 for a line, 5000 for a textarea
	Pattern   string    `yaml:"pattern"`   // RE2, the whole answer must match
	Message   i18n.Text `yaml:"message"`   // own words when the pattern does not match
}

// Option is one thing to choose.
type Option struct {
	Value  string    `yaml:"value" need:"yes"`
	Label  i18n.Text `yaml:"label" need:"yes"`
	Help   i18n.Text `yaml:"help"`
	Urgent *Urgent   `yaml:"urgent"` // shown when chosen: what cannot wait
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
