// Package drafts keeps forms under way: what a resident has answered and not handed in yet. A draft is not an inkommen handling and not in
// the journal; it keeps to the version of the case type it was begun under, and goes with its files when its day has come.
//
// A draft that others must sign, or that a fee is paid for, stands fixed from then on: nobody signs one thing and hands in another. It is
// ready to be handed in (Sending) only when all who must have signed have, or their time is out and the case type goes on without them.
package drafts
