package casetype

import (
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// ActFor is in whose name a matter can be handed in.
type ActFor string

// One's own name; a child whose guardian one is; a person one has power of attorney for; a firm or association one may sign for or has
// power of attorney for.
const (
	ForSelf         ActFor = "self"
	ForChild        ActFor = "child"
	ForPerson       ActFor = "person"
	ForOrganisation ActFor = "organisation"
)

// Values lists them.
func (ActFor) Values() []string {
	return []string{string(ForSelf), string(ForChild), string(ForPerson), string(ForOrganisation)}
}

// Window is when a service takes in matters. Times are local in Stockholm. Outside it the service's page says when it opens, and drafts
// are kept.
type Window struct {
	Opens     calendar.Date `yaml:"opens"`     // first day, from 00:00; empty: always
	Closes    calendar.Date `yaml:"closes"`    // last day, to 24:00
	Yearly    bool          `yaml:"yearly"`    // every year between the same days; the years of Opens and Closes say nothing then
	Cap       int           `yaml:"cap"`       // matters taken in during the window; 0: no limit
	PerPerson int           `yaml:"perPerson"` // matters of one signed-in person or firm during the window; 0: no limit
	Text      i18n.Text     `yaml:"text"`      // said when it is shut or full
}

// PartyRule is a role in the matter that is filled from an answer.
type PartyRule struct {
	Key      string    `yaml:"key" need:"yes"`
	Role     PartyRole `yaml:"role" need:"yes"`
	Title    i18n.Text `yaml:"title" need:"yes"`
	Question string    `yaml:"question" need:"yes"` // a person, organisation, children or table question; a table needs columns name, number and email
	Signs    bool      `yaml:"signs"`               // must sign before the matter is handed in
}

// PartyRole is the meaning of a role over all case types.
type PartyRole string

// The roles.
const (
	RoleInitiator   PartyRole = "initiator"
	RoleCoApplicant PartyRole = "co_applicant"
	RoleSubject     PartyRole = "subject" // the one it is about: a child, a patient
	RoleAgent       PartyRole = "agent"   // ombud
	RoleConcerned   PartyRole = "concerned"
)

// Values lists the roles.
func (PartyRole) Values() []string {
	return []string{string(RoleInitiator), string(RoleCoApplicant), string(RoleSubject), string(RoleAgent), string(RoleConcerned)}
}

// Sign says who must sign a matter before it is handed in. Until then it is a draft and no inkommen handling.
type Sign struct {
	Mode      SignMode        `yaml:"mode"`      // empty: none
	Deadline  calendar.Period `yaml:"deadline"`  // for the parties to sign; needed for parallel and sequential
	Reminder  calendar.Period `yaml:"reminder"`  // after how long they are reminded; empty: half the deadline
	OnTimeout OnTimeout       `yaml:"onTimeout"` // empty: cancel
	If        string          `yaml:"if"`        // expression: only then parties sign; empty: always
}

// SignMode is how a matter is signed.
type SignMode string

// Nobody signs; the one who hands in confirms with a sign-in of the case type's level; all parties that sign do, in any order; or in the
// order of the file.
const (
	SignNone       SignMode = "none"
	SignSubmitter  SignMode = "submitter"
	SignParallel   SignMode = "parallel"
	SignSequential SignMode = "sequential"
)

// Values lists the modes.
func (SignMode) Values() []string {
	return []string{string(SignNone), string(SignSubmitter), string(SignParallel), string(SignSequential)}
}

// OnTimeout is what happens when not everybody has signed in time.
type OnTimeout string

// The form goes back to its writer as a draft, or the matter is handed in with what was signed.
const (
	CancelSigning OnTimeout = "cancel"
	ProceedAnyway OnTimeout = "proceed"
)

// Values lists them.
func (OnTimeout) Values() []string { return []string{string(CancelSigning), string(ProceedAnyway)} }

// Payment is a fee that is paid before the matter is handed in.
type Payment struct {
	Amount string    `yaml:"amount" need:"yes"` // expression: kronor; 0 or less: nothing to pay
	Text   i18n.Text `yaml:"text" need:"yes"`   // what the fee is for, and its ground
	Law    *Law      `yaml:"law"`               // the taxa or statute that allows it
}

// DocumentType is a kind of handling in the matter, with how long it is kept (handlingstyp of the dokumenthanteringsplan).
type DocumentType struct {
	Key        string          `yaml:"key" need:"yes"`
	Title      i18n.Text       `yaml:"title" need:"yes"`
	Direction  string          `yaml:"direction" need:"yes"` // in, out, internal
	Question   string          `yaml:"question"`             // the file question it comes from; "*" for the form itself
	Nomination Nomination      `yaml:"nomination" need:"yes"`
	After      calendar.Period `yaml:"after"`                // only for discard
	From       RetentionStart  `yaml:"from"`                 // what After is counted from; none: closing
	Event      i18n.Text       `yaml:"event"`                // what has to happen, for from: event
	Authority  string          `yaml:"authority" need:"yes"` // the body's decision that allows it
	Plan       string          `yaml:"plan"`                 // row of the document plan
	Results    []ResultTime    `yaml:"results"`              // where it is kept otherwise after some result of the matter
	Secret     []Law           `yaml:"secret"`               // provisions proposed to the one who marks it
}
