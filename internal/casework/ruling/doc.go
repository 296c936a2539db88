// Package ruling is what surrounds a decision in a case: the demands on it (FL 28, 30-32 §§), who may make it on the day, its document and
// signature, telling the parties (FL 33 §), appeals and whether they came in time (FL 43-46 §§, KL 13 kap. 4-6 §§), changing it
// (FL 36-39 §§), when it is final, and the list of delegated decisions to the body (KL 6 kap. 40 §, 7 kap. 8 §).
//
// Rules of law are pure functions (demand.go, term.go, review.go) apart from the service that carries them out. All of a decision is one
// Record, kept as one row; it changes only in the transaction of its case (cases.Service.Do), so that two never change it at once.
//
// The decision's document is HTML, frozen at the instant of the decision: the accessible original. A PDF stands beside it for printing.
// Both lie in the vault, their hashes in the journal and in a statement signed with the installation's key (journal.Key.Sign), which
// `dygnet decision verify` checks without any network.
//
// The data folder holds no text of delgivningslagen (2010:1932) beyond its title, so no § of it is named here: that a party who has
// confirmed the receipt of a letter is served is from general knowledge, as is the day when a decision is final. A letter without a
// confirmation serves nobody, whatever the days.
//
// It answers the part "Decisions" of casework and PR-1, PR-2 (whose mandate), P-R (what was decided can be proved).
package ruling
