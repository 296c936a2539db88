package access

import (
	"slices"
	"sync"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
)

// The roles the rules know. A pack may have more; they give no permission here.
const (
	Officer       = "handlaggare"
	Registrar     = "registrator"
	Archivist     = "arkivarie"
	Head          = "chef"
	ContactCentre = "kontaktcenter"
	ITManager     = "itchef"
	Secretary     = bodies.Secretary
	Politician    = "politiker"
	Auditor       = "revisor"
	DataProtector = "dso"
	SystemAdmin   = "systemadmin"
	SystemOwner   = "systemagare"
	SystemManager = "systemforvaltare"
)

// Roles gives the roles the rules know, with their names, for a pack to build on.
func Roles() []bodies.Role {
	name := func(sv, en string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: en} }
	return []bodies.Role{
		{Code: Officer, Name: name("Handläggare", "Case officer")},
		{Code: Registrar, Name: name("Registrator", "Registrar")},
		{Code: Archivist, Name: name("Arkivarie", "Archivist")},
		{Code: Head, Name: name("Chef", "Head of unit")},
		{Code: ContactCentre, Name: name("Kontaktcenter", "Contact centre")},
		{Code: ITManager, Name: name("IT-chef", "IT manager"), Exclusive: bodies.OneEverywhere, Wide: true}, // S4-AC-1
		{Code: Secretary, Name: name("Sekreterare", "Secretary")},
		{Code: Politician, Name: name("Förtroendevald", "Elected representative")},
		{Code: Auditor, Name: name("Revisor", "Auditor"), Wide: true},
		{Code: DataProtector, Name: name("Dataskyddsombud", "Data protection officer"), Wide: true},
		{Code: SystemAdmin, Name: name("Systemadministratör", "System administrator"), Wide: true},
		{Code: SystemOwner, Name: name("Systemägare", "System owner"), Exclusive: bodies.OnePerPlace},
		{Code: SystemManager, Name: name("Systemförvaltare", "System manager")},
	}
}

// UnitRoles are the roles that a head of unit may give within the unit (MandateAppointUnit). All others are given by the secretary of
// the body that appoints (MandateAppoint).
func UnitRoles() []string { return []string{Officer, ContactCentre} }

// AppointAction gives the action it takes to give or end a role.
func AppointAction(role string) Action {
	if slices.Contains(UnitRoles(), role) {
		return MandateAppointUnit
	}
	return MandateAppoint
}

// Rule allows an action to the holders of a role over objects that stand in a relation to their mandate, up to a degree of secrecy.
type Rule struct {
	Action   Action
	Role     string // "" for people without a mandate
	Relation Relation
	Max      Secrecy
	Sentence string // of the strategy that asks for it
	why      string
}

// Why is the key of the text that explains the rule.
func (r Rule) Why() string { return r.why }

// Rules gives the whole table.
func Rules() []Rule {
	var out []Rule
	for _, action := range actions() {
		out = append(out, table()[action]...)
	}
	return out
}

func actions() []Action {
	return []Action{
		CaseSubmit, CaseRead, CaseReadSecret, CaseClaim, CaseAssign, CaseMessage, CaseNote, CaseStatus, CaseDecide, CaseClose, CaseReopen,
		CaseSecrecy, CaseDocument, RetentionManage, RegisterRead, RegisterCorrect, RegisterPublish, JournalRead, ServiceRead, ServiceManage, OrgManage, MandateAppoint,
		MandateAppointUnit, DecisionRegister, GovernanceRead, GovernanceTakePart, DeviationPropose, DeviationDecide, SystemRegister, SystemManage, AdminTechnical,
	}
}

// row is some rules that differ in action and role only.
type row struct {
	roles    []string
	relation Relation
	max      Secrecy
	sentence string
	actions  []Action
}

var citizen = []string{""}

func rows() []row {
	handling := []Action{CaseRead, CaseReadSecret, CaseMessage, CaseNote, CaseStatus, CaseClose, CaseSecrecy, CaseDocument, CaseAssign}
	return []row{
		{citizen, Anyone, Open, "S2-M3-1", []Action{CaseSubmit}},
		{citizen, Party, Secret, "S2-M2-3", []Action{CaseRead, CaseMessage, CaseDocument}},

		{[]string{Officer}, Assignee, Secret, "S2-M2-3", with(handling, CaseDecide, CaseClaim)},
		{[]string{Officer}, UnitTree, Marked, "S2-M2-3", with(handling, CaseClaim, CaseReopen)},
		{[]string{Officer}, UnitTree, Marked, "S2-M2-3", []Action{RegisterRead}},

		// A head answers for all in the unit and for who may see it (P-5).
		{[]string{Head, ITManager}, UnitTree, Secret, "P-5", with(handling, CaseClaim, CaseDecide, CaseReopen, RegisterRead)},
		{[]string{Head}, UnitTree, Open, "P-5", []Action{MandateAppointUnit}},

		// Those who work with the cases of a service answer for it.
		{[]string{Officer, Head}, UnitTree, Open, "S2-M2-2", []Action{ServiceRead, ServiceManage}},
		{[]string{Registrar}, InMember, Open, "S2-M2-2", []Action{ServiceRead}},

		{[]string{ContactCentre}, InMember, Open, "S2-M2-3", []Action{CaseRead, CaseMessage, CaseNote, CaseDocument, CaseAssign, RegisterRead}},

		// Whom a matter is addressed to gets it unfiltered.
		{[]string{Politician, Officer}, Addressee, Secret, "S2-M3-1", []Action{CaseRead, CaseReadSecret, CaseMessage}},

		// The registrar sees the whole diarium, and of what is secret only that it is there.
		{[]string{Registrar}, InMember, Marked, "S2-M3-1", []Action{CaseRead, CaseReadSecret, CaseAssign, CaseNote, CaseDocument, CaseClose, CaseReopen}},
		{[]string{Registrar}, InMember, Secret, "S2-M3-1", []Action{RegisterRead, RegisterCorrect, RegisterPublish, CaseSecrecy}},

		// Those who keep the diarium and the archive see to what goes and what stays, of what is secret without reading it.
		{[]string{Registrar, Archivist}, InMember, Secret, "P-R", []Action{RetentionManage}},
		{[]string{Archivist}, InMember, Marked, "P-R", []Action{RegisterRead}},

		{[]string{Secretary}, SameBody, Open, "PR-1", []Action{CaseRead, RegisterRead, DecisionRegister, MandateAppoint, OrgManage}},

		{[]string{Auditor}, InMember, Secret, "P-3", []Action{CaseRead, CaseReadSecret, RegisterRead, JournalRead, ServiceRead}},
		{[]string{DataProtector}, InMember, Secret, "P-S", []Action{JournalRead}},
		{[]string{DataProtector}, InMember, Marked, "S4-NF-17", []Action{RegisterRead}},

		// How the municipality is governed is open to all who work in it; who does not may change nothing.
		{[]string{Officer, Registrar, Archivist, Head, ContactCentre, ITManager, Secretary, Politician, Auditor, DataProtector, SystemOwner, SystemManager}, InMember, Open, "S1-3", []Action{GovernanceRead}},
		{[]string{Officer, Registrar, Archivist, Head, ContactCentre, ITManager, Secretary, Politician, SystemOwner, SystemManager}, InMember, Open, "S4-AN-4", []Action{GovernanceTakePart}},
		{[]string{Officer, Registrar, Archivist, Head, ITManager, Secretary}, InMember, Open, "PR-5", []Action{DeviationPropose}},
		{[]string{ITManager}, InMember, Open, "S4-AC-2", []Action{DeviationDecide}},
		{[]string{Secretary}, SameBody, Open, "PR-1", []Action{DeviationDecide}},

		// Who owns a system, looks after it or leads the unit that has it says what the register shows of it; the IT manager coordinates for
		// the whole group (S4-AC-1).
		{[]string{SystemOwner}, SameBody, Open, "S3-3", []Action{SystemManage}},
		{[]string{SystemOwner, SystemManager, Head, ITManager}, UnitTree, Open, "S4-NF-6", []Action{SystemManage}},
		{[]string{ITManager}, InMember, Open, "S4-AC-3", []Action{SystemRegister}},

		{[]string{SystemAdmin}, InMember, Open, "PR-2", []Action{AdminTechnical}},
	}
}

func with(list []Action, more ...Action) []Action { return slices.Concat(list, more) }

// table is the rules by action.
var table = sync.OnceValue(func() map[Action][]Rule {
	out := map[Action][]Rule{}
	for _, r := range rows() {
		for _, role := range r.roles {
			for _, action := range r.actions {
				out[action] = append(out[action], Rule{Action: action, Role: role, Relation: r.relation, Max: r.max, Sentence: r.sentence,
					why: "access.allowed." + string(r.relation)})
			}
		}
	}
	return out
})
