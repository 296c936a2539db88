// Package task is what people ask of each other in a case: tasks, opinions (remisser) inside and outside the municipality, and rounds in
// which a text is approved before it is decided; and what an officer notes on the way, the checklist of a status, properties and which
// kind of document a file is, which the case type may ask for before a case goes on.
//
// A remiss says what the opinion is to be about and the last day for it (FL (2017:900) 26 §), and shows whoever is asked nothing but what
// was sent. Outside the municipality it is answered with a link that cannot be guessed, kept as a hash, or by letter and e-mail, which an
// officer registers. What is marked as secret leaves the case only on a named ground; the provisions, OSL 8 and 10 kap., from general
// knowledge.
//
// [Gate] tells package cases what is missing before a step. Each change is an act of package cases: one transaction, a row of the
// timeline, one entry in the journal.
//
// It answers S2-M2-3 (all that happens in one timeline) and P-K, P-S (who may see what, and what is traced).
package task
