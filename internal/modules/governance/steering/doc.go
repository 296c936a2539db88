// Package steering is the room of the steering documents (styrdokument): målbild, strategies and policies, guidelines, rules and
// instructions, as far as a municipality's pack has types for them.
//
// A document has versions. A version is a draft, is prepared (beredd) by those whom its type names, and becomes adopted (fastställd) only
// on a decision of the body to which that is reserved; in the same transaction the one before is replaced (ersatt) and stays readable.
// One version at a time is adopted. It applies from a day, until the day before the next one applies, so that every page can tell what
// applied on any day. Its text is sections of sentences; a sentence that demands something has an ID and binds hard or softly, which is
// what says whether one may depart from it (kernel/deviation, PR-5).
//
// The room also holds every sentence of the adopted documents against what the rooms of the house say that they do about it
// (kernel/compliance): how it is held, which rows break it, which avsteg there are, and what the IT manager has found. A sentence that no
// room holds is said to be held by nobody.
//
// Answers S0-1, S1-3, S1-5, S4-KF-1, S4-LG-1, S4-AC-2 and S6-1, each as far as documents go.
package steering
