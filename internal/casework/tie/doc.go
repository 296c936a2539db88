// Package tie is what cases have to do with each other: relations of a kind, a case merged into another and parted from it again, a case
// split, a matter moved to another unit or case type with a preview of what maps and what does not, suggestions of what is perhaps the
// same matter, those who follow a report instead of handing it in again, and a case that its party opens again.
//
// Parties follow their own case. Who is a party to a case may read all that has been added to it (förvaltningslagen 2017:900, 10 §),
// with the limits of OSL 10 kap. 3 §. To be handled together therefore makes nobody a party to somebody else's case: the parties of a
// merged case read on their own page how the other one goes, and nothing that was written in it. What is copied to another case keeps
// the day on which it came in (22 §), and what is missing there is told, so that the sender is helped to complete it (20 §).
//
// A relation is two rows of two timelines: the first is written with the relation, the other after it, and by Tell if that was cut short.
package tie
