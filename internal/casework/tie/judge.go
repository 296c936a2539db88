package tie

import (
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
)

// What to think of before two cases become one, or one becomes two.
const (
	OtherType     Reason = "type"           // the cases are of two case types
	OtherParties  Reason = "parties"        // those it concerns are not the same
	Decided       Reason = "decided"        // something has been decided in the case that closes
	DueBefore     Reason = "due"            // the case that closes has the nearer day
	Closed        Reason = "closed"         // it is closed already, and stays so
	AcrossByHead  Reason = "secrecy_head"   // a head of unit may, who has both
	Fee           Reason = "fee"            // the new case type has a fee
	Signed        Reason = "sign"           // the new case type is signed
	MoreSecret    Reason = "more_secret"    // the new case is presumed secret
	LateAlready   Reason = "late"           // the new case is past its day from the start
	StaysAsSecret Reason = "stays_secret"   // the new case is as secret as the one before
	NotReached    Reason = "unit_elsewhere" // the new case goes to a unit whose cases the official does not read
)

// side is one of two cases that may be merged.
type side struct {
	c       *cases.Case
	parties []cases.Party
	decided bool
	merged  bool // into another
}

// judge tells what hinders that one case is merged into another, and what to think of. head is set for somebody who answers for both as
// head of unit.
//
// Secrecy holds between authorities too (OSL 8 kap. 1 §, from general knowledge), and of a party whose data are protected nothing may reach others: what is marked,
// secret or protected is therefore only merged with what is so to the same degree and has the same parties, unless a head decides it.
func judge(from, into side, head bool) (refused, warned []Reason) {
	no := func(hinders bool, why Reason) {
		if hinders {
			refused = append(refused, why)
		}
	}
	think := func(of bool, why Reason) {
		if of {
			warned = append(warned, why)
		}
	}
	a, b := from.c, into.c
	if a.ID == b.ID {
		return []Reason{Itself}, nil
	}
	no(a.Member != b.Member, OtherMember)
	no(a.Member == b.Member && a.Body != b.Body, OtherBody)
	no(!a.Open && !b.Open, BothClosed)
	no(a.Open && !b.Open, IntoClosed)
	no(from.merged || into.merged, MergedBefore)
	same := sameParties(from.parties, into.parties)
	guarded := a.Secrecy > cases.Open || b.Secrecy > cases.Open || a.Protected || b.Protected
	across := a.Secrecy != b.Secrecy || a.Protected != b.Protected || guarded && !same
	no(across && !head, Across)
	think(across && head, AcrossByHead)
	think(!same && !across, OtherParties)
	think(a.TypeID != b.TypeID, OtherType)
	think(from.decided, Decided)
	think(!a.Open, Closed)
	think(a.Open && !a.Due.IsZero() && a.Due.Before(b.Due), DueBefore)
	return refused, warned
}

// sameParties tells whether two cases concern the same people and organisations, as far as they are known. Somebody who did not sign in is
// nobody that is known.
func sameParties(a, b []cases.Party) bool {
	keys := func(list []cases.Party) (out []string) {
		for _, p := range list {
			switch {
			case p.Ground != "": // who acts for a party is none
			case p.Organisation != "":
				out = append(out, "o"+p.Organisation)
			case p.Person != "":
				out = append(out, "p"+p.Person)
			default:
				return nil
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	x, y := keys(a), keys(b)
	return len(x) > 0 && slices.Equal(x, y)
}

// head tells whether somebody answers for a case as head of its unit, with the right to what is secret in it.
func head(who access.Actor, c *cases.Case, list []cases.Party) bool {
	as := who
	as.Mandates = nil
	for _, m := range who.Mandates {
		if m.Role == access.Head {
			as.Mandates = append(as.Mandates, m)
		}
	}
	return access.Check(as, access.CaseClose, c.Object(list...)).Allowed && access.Check(as, access.CaseReadSecret, c.Object(list...)).Allowed
}

// ending is the status in which a case ends that is handled in another one: the one that its type leads to from where it stands, else the
// first that is closed. No decision is asked for, since the matter is decided in the other case. nil if the type has none.
func ending(ct *casetype.CaseType, from string) *casetype.Status {
	for _, st := range ct.Next(from) {
		if st.Content == casetype.Closed {
			return st
		}
	}
	for i := range ct.Statuses {
		if ct.Statuses[i].Content == casetype.Closed {
			return &ct.Statuses[i]
		}
	}
	return nil
}
