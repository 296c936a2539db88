// Package documents keeps files: what citizens attach, what officers add, what comes by mail.
//
// A file is sized and typed by its content while it streams in (Sniff, Limits), cleaned of what a photo tells about its sender
// (package photo), shown to a virus scanner if there is one (Scanner, Clamd), encrypted with a key of its own (age: X25519 and
// ChaCha20-Poly1305 in authenticated pieces of 64 KiB), and stored in a folder or in S3. The key is kept in the database, sealed
// by a master key that is kept outside (MasterKey). So gallring is the deletion of one row: Vault.Shred makes a document
// unreadable in every copy of the bytes there is.
//
// Order: the bytes are durable before the row is written, in the transaction of what the document belongs to (Vault.Stage, then
// Vault.Insert). A crash in between leaves an orphan (Vault.Sweep), never a row without its file.
//
// Content-addressed: a blob is named by the SHA-256 of its ciphertext. So a blob never changes, may be copied by any tool at any
// time, and any copy can be checked without a key (Vault.Check). It is not the plaintext's hash, and equal files are not stored
// once: they have different keys, without which one of them could not be shredded alone; and a name made from the plaintext
// would tell whoever sees the storage that two people sent the same file, or that somebody sent a known one.
//
// Measured on two cores of an AMD EPYC that others kept busy (load 8), SQLite, folder on the local disk, files of 200 MB
// (go test -bench .): in 208 MB/s, out 375 MB/s; a file of 20 kB in 1.7 ms; cleaning a photo 1 700 MB/s. Heap in use while
// 200 MB pass stays below 50 MB, which a test holds.
//
// Answers P-K (sekretess) and P-R (riktighet) of the IT security policy for files, GDPR article 5.1 c and f (data minimisation,
// confidentiality), and arkivlagen (1990:782) 10 § (gallring).
package documents
