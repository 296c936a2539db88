// Package drafts keeps forms under way: what a resident has answered and not handed in yet. A draft is not an inkommen handling and not in
// the journal; it keeps to the version of the case type it was begun under, and goes with its files when its day has come.
package drafts
