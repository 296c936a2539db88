// Package inbox remembers how far a person has read in each of their cases, so that Mina sidor can tell what is new. It is the person's own
// mark and no act of the municipality's: it is not in the journal. It answers S8-24-1 (the citizen sees what happens, at any hour).
package inbox
