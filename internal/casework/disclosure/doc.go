// Package disclosure hands out public documents (allmänna handlingar): a request without sign-in, name or purpose, the officer's choice and
// assessment of documents one by one, masked copies in which what is masked is gone, the answer, and the way to a decision that can be
// appealed. Requests are cases of a case type with the key disclosure, and do not wait in a queue.
//
// Answers P-S. The rules are tryckfrihetsförordningen 2 kap. 15–18 §§ and offentlighets- och sekretesslagen 6 kap. 2–3, 7 §§ and 10 kap. 14 §,
// all from general knowledge: the stored copy of OSL holds no text, and TF is not among the stored statutes.
package disclosure
