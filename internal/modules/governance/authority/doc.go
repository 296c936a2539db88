// Package authority is the room where it is seen who may decide what: the register of decisions (beslut), the mandates, what is reserved to
// which body, and the avsteg from soft rules.
//
// A body is not a person (PR-1): a decision is registered by the body's secretary, or by whoever decided on delegation, with its protokoll
// attached and hashed. It never changes; a later decision revokes it. Mandates are given and ended, never edited (PR-2). The table of reserved
// actions is changed only by decision of those who may (PR-3), and each refusal tells which sentence reserves the act, which body may, and
// leads to preparing the matter for it. Every change is in the journal with who, mandate and decision (PR-4). A soft rule is departed from only
// through an avsteg (PR-5).
//
// The public page "Vem ansvarar för vad" says who decides and who answers for what (S1-3). Ställningstaganden are positions that the executive
// board has taken, with the systems they are about (S4-KS-4). Simulate tells, before a new organisation is decided, which mandates would fall and which
// roles would lack a holder (S4-KS-6). There is one IT manager at a time in the whole cooperation (S4-AC-1).
//
// Every page takes ?per=YYYY-MM-DD: what was true that day.
package authority
