// Package roster is who takes what: lists of cases that officials save, acts on many cases at once, rules that give new cases to somebody,
// who is away and who steps in, and texts to begin from (fraser och brev).
//
// Nothing here gives anybody a right. A list shows what cases.List shows its reader; an act on many cases is the single command for each of
// them, and its preview a rehearsal of the same; a rule gives a case only to somebody to whom a head could give it; a deputy reads only what
// their own mandates let them read, and what they may not read goes to the head of the unit.
//
// What comes to somebody who is away must be read all the same (JO 2002/03 s. 497, after ../shared/reference/registry-law.md 5); why they are
// away is not kept. Texts with a variable that has no value cannot be sent until somebody has filled it in.
//
// Answers S2-M2-3 (one timeline, whoever is at work) and the rows 34–36, 54 and 56 of peers-casework.md.
package roster
