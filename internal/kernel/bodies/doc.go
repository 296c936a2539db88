// Package bodies knows who the municipality is: its members (itself, sister municipalities, companies, kommunalförbund), their bodies
// (organ), the tree of units, persons, the mandates persons hold, the decisions (beslut) bodies take, and which actions are reserved
// to which body.
//
// A body is not a person (PR-1): a reserved action rests on a decision of the right body, registered by someone who then held the
// mandate of secretary there, or taken on delegation with the delegating decision's ID. A role is a mandate from one day to another,
// given and ended but never edited (PR-2), so "who was it on 2025-03-01?" always has an answer. What is reserved to whom is itself
// versioned, and changed only by decision of kommunfullmäktige (its own and kommunstyrelsen's rows) or kommunstyrelsen (PR-3).
//
// Each change goes through journal.Log.Do. What is read at every request is a Directory, an immutable picture of the organisation in
// memory; residents, personnummer and decisions are not in it.
//
// All days are civil days in Stockholm, and a mandate's first and last day both count.
//
// Answers PR-1, PR-2, PR-3, S2-M7-1, S4-KS-9, S4-AC-1 and S4-IT-4.
package bodies

import "embed"

// Migrations are the tables of this package.
//
//go:embed migrations
var Migrations embed.FS
