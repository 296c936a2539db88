// Package retention says how long what is kept in a case is kept, and sees to it that what may be destroyed is destroyed: decided by the
// body, approved by two persons, and then gone.
//
// The plan (dokumenthanteringsplan) is data: what case types say of results and document types, and what retention.yaml says besides. Of
// each closed case a day is worked out at once (Derive), and again when something changes. A case is destroyed as a whole, when the last
// of its parts may go; if one part is to be preserved, all of it is, which is the main rule (arkivlagen (1990:782) 3 and 10 §§, from
// general knowledge: the text of that statute was not at hand). What cannot be worked out is on a list for a person, and hinders nobody.
//
// The way of a list (Destruction): put together, decided by the body, approved by one and by another, then carried out in the night that
// follows, until which anybody of them may withdraw it. Each case goes in a transaction of its own (cases.Service.Erase), so that a
// program that dies goes on where it was. What is left is the number, type, body and times of the case, and the list itself as its
// protocol, without anything personal.
//
// Copies: documents have a key each, which is destroyed, so that no copy of their bytes can be read. The words of the case stand readable
// in backups of the database from before. So what was destroyed is written to a file outside the database and its backups (Ledger), and
// whatever database is put back is cleared of it before it is used (Service.Reconcile): at `dygnet restore` and at each start. Whoever
// keeps an old backup and the master key can read what was in it until that backup is thrown away; how long backups are kept is the
// operator's (docs/operations.md).
//
// Answers P-R, P-K, GDPR article 5.1 e, and socialtjänstlagen (2025:400) 16 kap. 1, 2 a and 4 §§ through the starts of casetype.
package retention
