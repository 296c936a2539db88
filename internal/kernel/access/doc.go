// Package access decides who may do what. One table of rules (table.go) answers both questions that are asked: Check, may this person do
// this to that object and why, and Condition, which rows of a list may they see, as SQL. Tests prove on random organisations that the
// two agree.
//
// Nothing is allowed that no rule allows. A rule gives an action to the holders of a role over the objects that stand in a relation to
// their mandate: of the same unit or below it, of the same body, of the same member, assigned to them. A citizen needs no mandate, and
// reaches only the matters they are a party to. The technical administrator has no business permission (PR-2), the auditor reads
// everything and changes nothing (P-3), and nobody acts as an official in a matter they are a party to (förvaltningslagen 2017:900,
// 16 §).
//
// Secret objects, and all with a party whose personal data are protected, are for the few that a rule names, signed in at level of
// assurance substantial or higher (P-K). What RequiresTrace says of is journalled by whoever reads it (P-S).
//
// Some actions besides take a decision of a body (PR-3): Check says so in Decision.Reserved and Authorise sees that there is one.
//
// Answers PR-2, PR-3, P-K, P-S, P-3, P-5, S2-M2-3, S2-M3-1, S4-IT-4.
package access

import "embed"

// Texts are the reasons in the languages of the interface: "access.allowed.…" and "access.denied.…".
//
//go:embed texts
var Texts embed.FS
