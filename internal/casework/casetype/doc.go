// Package casetype is an ärendetyp as data: the questions a resident answers, where the matter goes, which statuses it passes,
// how long it may take, how it can be decided and how long it is kept. It is pure: no files, no database, no clock.
//
// A [Definition] is what a file says; [Compile] turns it into a [CaseType] or says all that is wrong with it, so a CaseType in
// hand is always whole. Package pack reads the files and gives the problems their line and column.
//
// Answers sentences S2-M1-2 (never only digital contact ways), S2-M2-3 (contact on every service), S2-M3-1 (a matter can be
// addressed to a body, a politician or an officer), S8-B-1 (legal basis on the type) and S8-G-1 (a place has coordinates).
package casetype
