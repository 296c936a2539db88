// Package jobs does what follows from a change: it feeds journal entries to subscribers, and it runs durable jobs.
//
// Dispatcher reads the journal in order and hands it in batches to subscribers. A subscriber's writes and its place in the journal
// are one transaction, so nothing is handled twice or lost when the process dies, and on PostgreSQL one node at a time has it. A
// subscriber that fails waits and tries again, entry by entry, while the others go on. Listeners hear on every node what happens from
// now on: page caches and live pages.
//
// Queue runs jobs with River's vocabulary (available, running, retryable, completed, discarded). A job is put in the queue in the
// transaction that wants it done, is leased to one worker, is tried again with growing waits, and is given up with a reason that is
// never free text. A worker that dies loses its lease and the job is taken back: a job runs at least once, and what its handler
// writes through Run.Complete happens exactly once.
//
// Why a table of our own and not River: docs/adr/0004. Measured on two shared cores with
// both databases durable (go test -bench . ./internal/kernel/jobs): 1 000 jobs put in the queue in one transaction 49 000 jobs/s on SQLite
// and 37 000 on PostgreSQL; no-op jobs worked, each claimed and completed durably, 15 200/s on SQLite and 10 200/s on PostgreSQL.
//
// Answers P-R (riktighet) and P-T (tillgänglighet): what was promised is done, also after a crash.
package jobs
