// Package store is the one way to the database. It gives SQLite (one municipality, one process, one file) and PostgreSQL
// (several nodes) the same API and the same SQL text, so that no package above it knows which one runs.
//
// Writes on SQLite are group-committed: concurrent callers hand their change to one writer, which runs each in a savepoint of
// one transaction and commits them together with one durable sync (WAL, synchronous=FULL). Nobody is answered before the sync,
// and a change that fails takes nothing with it but itself. PostgreSQL does the same in its WAL.
//
// Answers P-R (riktighet) and P-T (tillgänglighet) of the IT security policy: what was acknowledged is stored, and a full disk,
// a failing sync, a lost server or a corrupted page gives a typed error and never a wrong answer.
package store
