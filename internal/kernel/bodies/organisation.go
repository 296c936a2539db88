package bodies

import (
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Member is a legal person of the cooperation: its own authority with bodies, budget and diarium of its own (S4-IT-4).
type Member struct {
	ID        string // chosen by the pack, lower case
	Kind      MemberKind
	Name      i18n.Text
	OrgNumber string // organisationsnummer, 10 digits, or ""
}

// MemberKind is what sort of legal person a member is.
type MemberKind string

// The kinds of member.
const (
	Municipality MemberKind = "municipality"
	Sister       MemberKind = "sister"     // another municipality that shares services
	Company      MemberKind = "company"    // kommunalt bolag
	Federation   MemberKind = "federation" // kommunalförbund
)

// Body is an organ. It decides; it is never signed in.
type Body struct {
	ID     string // chosen by the pack, unique among all members
	Member string
	Code   string // KF, KS, LG …; unique within the member
	Kind   BodyKind
	Name   i18n.Text
	// From and To are its first and last day; the zero Date is not known, or until further notice.
	From, To calendar.Date
}

// Existed reports whether the body was there on a day.
func (b Body) Existed(on calendar.Date) bool { return inForce(b.From, b.To, on) }

// Codes of the bodies that may change what is reserved to whom (PR-3).
const (
	CodeCouncil   = "KF"
	CodeExecutive = "KS"
)

// BodyKind is what sort of body it is.
type BodyKind string

// The kinds of body.
const (
	Council    BodyKind = "council"    // kommunfullmäktige, förbundsfullmäktige
	Executive  BodyKind = "executive"  // kommunstyrelse, direktion
	Committee  BodyKind = "committee"  // nämnd
	Board      BodyKind = "board"      // bolagsstyrelse
	Management BodyKind = "management" // ledningsgrupp
	Group      BodyKind = "group"      // IT-grupp, webbgrupp
)

// Unit is a part of a member's administration. Units form a tree within the member.
type Unit struct {
	ID     string // chosen by the pack, unique among all members
	Member string
	Parent string // "" for the top of a tree
	Body   string // the body that answers for it; "" if its parent's does
	Name   i18n.Text
}

// Role is what a mandate can be for.
type Role struct {
	Code      string
	Name      i18n.Text
	Exclusive Exclusive
	// Wide lets a mandate for the role be given without a member: for the whole cooperation.
	Wide bool
}

// Exclusive says how far a role can have only one holder at a time.
type Exclusive string

// A role may be held by several, by one at each place (member, body or unit, and scope), or by one in the whole cooperation.
const (
	Shared        Exclusive = ""
	OnePerPlace   Exclusive = "place"
	OneEverywhere Exclusive = "everywhere"
)

// Secretary is the role whose holder registers the decisions of a body (sekreterare@organ, PR-1).
const Secretary = "sekreterare" //nolint:gosec // a role, no secret
