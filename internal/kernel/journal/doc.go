// Package journal writes one entry for each change, in the transaction that makes the change, and can prove afterwards that no
// entry was altered, removed or slipped in.
//
// An entry says who did what to which object, under which mandate (PR-2), resting on which decision (PR-1), and when. Personal data
// stand only in its payload, which is kept in a table of its own and enters the entry as a salted hash. So gallring and erasure
// (GDPR art. 17) remove the payload while every proof stays valid.
//
// Entries are the leaves of a Merkle tree (RFC 6962 hashing, golang.org/x/mod/sumdb/tlog). Signed tree heads are kept in the format
// of C2SP tlog-checkpoint (golang.org/x/mod/sumdb/note, Ed25519). On SQLite the one writer extends the tree in each group commit. On
// PostgreSQL writers put entries in an inbox, and one sequencer among the nodes (advisory lock) moves them into the tree in batches,
// so that writers never queue on it; until then, well under a second, Recorded.Seq is Unsequenced.
//
// Answers PR-4, P-R (riktighet) and P-S (spårbarhet).
package journal
