// Package compliance is how a room tells that a sentence of the strategy holds: in words, and with the rows that break it. The page of
// the strategy's sentences and the IT manager's page ask every room and show what they answer (S4-AC-2).
package compliance

import (
	"context"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Way is how the software holds a sentence.
type Way string

// The ways.
const (
	Refuses  Way = "refuses"  // it cannot be broken: the software refuses (I)
	Leads    Way = "leads"    // a way of working leads to it (W)
	Records  Way = "records"  // it is written down (R)
	Reports  Way = "reports"  // it is measured and shown (P)
	Evidence Way = "evidence" // nothing can force it; what there is to show is collected (X)
)

// Violation is a row that breaks a rule, and where it is put right.
type Violation struct {
	Text string // what and why, in the language asked for; no personal data
	Href string // the page of the row, without language
}

// Rule holds one sentence of the strategy in one room.
type Rule struct {
	Sentence string // "S3-8"
	Way      Way
	How      i18n.Text // one or two sentences that a politician understands
	Href     string    // the page where it is seen working, without language; "" if there is none
	// Find gives the rows that break the sentence on a day, at most limit of them, and how many there are. nil for what cannot be broken.
	Find func(ctx context.Context, lang i18n.Lang, on calendar.Date, limit int) ([]Violation, int, error)
}

// Room is a room that holds sentences.
type Room interface {
	// Compliance gives the sentences the room holds.
	Compliance() []Rule
}
