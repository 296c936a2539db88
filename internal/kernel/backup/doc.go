// Package backup copies a running installation into a folder, proves that the copy is whole, and puts it back.
//
// A backup holds the database as it was at one instant, every stored document (encrypted as it lies), and a manifest with the hash of
// each file and the journal's signed head. It does not hold the keys: the master key that opens documents and the journal's signing key
// are kept apart from backups, so that a stolen backup shows no document.
//
// Documents are copied after the database: bytes are stored before the row that names them, so that every row of the copy has its
// bytes. Answers P-T (tillgänglighet) and P-R (riktighet).
package backup
