package access

// Action is something that may be allowed, as a noun and a verb. The same word names it in the table of reserved actions.
type Action string

// The actions.
const (
	CaseSubmit     Action = "case.submit"
	CaseRead       Action = "case.read"
	CaseReadSecret Action = "case.read_secret" // see what in a case is marked or secret: a document, a party
	CaseClaim      Action = "case.claim"       // take a case or give it back
	CaseAssign     Action = "case.assign"      // give a case to somebody, or to another unit
	CaseMessage    Action = "case.message"
	CaseNote       Action = "case.note"
	CaseStatus     Action = "case.status"
	CaseDecide     Action = "case.decide"
	CaseClose      Action = "case.close"
	CaseReopen     Action = "case.reopen"
	CaseSecrecy    Action = "case.secrecy"  // mark as secret or lift it
	CaseDocument   Action = "case.document" // add a document

	RegisterRead    Action = "register.read" // the row in the diarium; of what is secret by its marking only, see CaseRead
	RegisterCorrect Action = "register.correct"
	RegisterPublish Action = "register.publish"

	RetentionManage Action = "retention.manage" // how long cases are kept: lists for gallring, stops, deliveries to the e-archive

	JournalRead Action = "journal.read"

	ServiceRead   Action = "service.read"   // how an e-service is used and how its cases go
	ServiceManage Action = "service.manage" // test and publish it, and see to what its figures ask for

	OrgManage          Action = "org.manage"
	MandateAppoint     Action = "mandate.appoint"
	MandateAppointUnit Action = "mandate.appoint_unit" // the roles of UnitRoles
	DecisionRegister   Action = "decision.register"

	GovernanceRead     Action = "governance.read"      // decisions, mandates, steering documents, plans, the system register
	GovernanceTakePart Action = "governance.take_part" // prepare matters, suggest, take part in meetings; the bodies' rules say who does what
	DeviationPropose   Action = "deviation.propose"    // ask for an avsteg from a soft rule
	DeviationDecide    Action = "deviation.decide"     // decide it, or write down the body's decision on it

	SystemRegister Action = "system.register" // put a system into the register of the whole group, or many from a file
	SystemManage   Action = "system.manage"   // change what the register says of a system

	AdminTechnical Action = "admin.technical" // run the installation: backups, jobs, configuration
)

// Reads reports whether an action only reads.
func (a Action) Reads() bool {
	switch a {
	case CaseRead, CaseReadSecret, RegisterRead, JournalRead, ServiceRead, GovernanceRead:
		return true
	}
	return false
}

// ofParty reports whether an action is on a matter that has parties, whom no official among them may act in.
func (a Action) ofParty() bool {
	switch a {
	case CaseRead, CaseReadSecret, CaseClaim, CaseAssign, CaseMessage, CaseNote, CaseStatus, CaseDecide, CaseClose, CaseReopen, CaseSecrecy,
		CaseDocument:
		return true
	}
	return false
}

// Secrecy is how far an object is kept from people.
type Secrecy int

// The degrees, lowest first; they are stored as 0, 1 and 2.
const (
	Open   Secrecy = iota
	Marked         // sekretessmarkerad: for those who handle it; each reading is journalled
	Secret         // for those whom a rule names; each reading is journalled
)

// Relation is how an object must stand to the person or the mandate. The set is closed.
type Relation string

// The relations.
const (
	Anyone    Relation = "anyone"    // no relation and no sign-in needed
	Party     Relation = "party"     // the citizen is a party
	Assignee  Relation = "assignee"  // the person has the case, in a member where they hold the mandate
	Addressee Relation = "addressee" // the matter is addressed to the person, in a member where they hold the mandate
	UnitTree  Relation = "unit"      // the object is of the mandate's unit or one below it
	SameBody  Relation = "body"      // the object is of the mandate's body
	InMember  Relation = "member"    // the object is of the mandate's member; of any member if the mandate is for the whole cooperation
)
