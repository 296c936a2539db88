// Package deviation keeps avsteg: the only way in which a soft rule of the strategy ("bör", "i första hand", "som generell regel") is
// departed from.
//
// An avsteg is of one object from one sentence. It says why, who decided (a body by its decision, or an official under a mandate), from
// which day, to which last day, and when it is looked at again. It lasts at most as long as the strategy allows (36 months unless the
// municipality has decided otherwise). It is decided, reviewed and ended, never edited, so "what was departed from on 2025-03-01?" always
// has an answer. A hard rule ("ska") has no avsteg, whoever asks for one.
//
// Which sentences are soft is data: see Rules. Who decides about a sentence may be reserved to a body, under the action Action(sentence).
//
// Answers PR-5.
package deviation

import "embed"

// Migrations are the tables of this package.
//
//go:embed migrations
var Migrations embed.FS
