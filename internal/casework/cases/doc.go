// Package cases carries a matter (ärende) from the moment it is handed in to the day it is closed: the case, its parties, its one
// timeline over all channels, its documents, its decision, and its rows in the diarium. It is a service: every command checks access,
// runs in one transaction, and writes one journal entry.
//
// Answers S2-M2-3 (one timeline whatever the channel), S2-M3-1 (a matter to a named politician reaches that person and the diarium, and
// nobody can delete it), S8-24-1 (taken in at any hour), S8-G-1 (every place has coordinates in SWEREF 99 TM and WGS 84), P-K, P-R and
// P-S. The diarium follows OSL (2009:400) 5 kap. 1–2 §§.
package cases
