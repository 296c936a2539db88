package cases

import (
	"slices"
	"time"

	"dygnet/internal/kernel/money"
)

// SignatureState is what became of a signature that was asked for.
type SignatureState string

// What can become of it. The last two are only handed in where the case type goes on after the deadline.
const (
	Signed   SignatureState = "signed"
	Declined SignatureState = "declined"
	Unsigned SignatureState = "unsigned" // not signed in time
)

// Signature is what became of one signature that a matter needed. The journal keeps it with the answers, so that the receipt proves it.
type Signature struct {
	Party  string         `json:"party"`            // key of the party in the case type; "" the one who handed in
	Name   string         `json:"name"`             // as signed in when signed, else as the answers have it
	State  SignatureState `json:"state"`            //
	Person string         `json:"person,omitempty"` // who signed
	Level  string         `json:"level,omitempty"`  // level of assurance of the sign-in
	At     time.Time      `json:"at,omitzero"`      // UTC
	Hash   string         `json:"hash,omitempty"`   // SHA-256 of what was signed, hex (drafts.Digest)
}

// Payment is a fee that was paid before the matter was handed in.
type Payment struct {
	ID       string       `json:"id"`
	Provider string       `json:"provider"`
	Ref      string       `json:"ref"` // the provider's
	Amount   money.Amount `json:"amount"`
	At       time.Time    `json:"at"` // UTC
}

// persons are those who follow the matter when they sign in.
func (in Submission) persons() []string {
	var out []string
	if in.Person != "" {
		out = append(out, in.Person)
	}
	if p := in.Acting.person(); p != "" {
		out = append(out, p)
	}
	parties := in.Parties
	if in.Of != nil {
		parties = append(slices.Clone(parties), in.Of.Parties...)
	}
	for _, p := range parties {
		if p.Person != "" {
			out = append(out, p.Person)
		}
	}
	return out
}

// others are the parties beside the one who hands in. Somebody who is there twice follows the matter once.
func others(in Submission) []Party {
	seen := map[string]bool{in.Person: true, in.Acting.person(): true}
	var out []Party
	for _, p := range in.Parties {
		if p.Person != "" && seen[p.Person] {
			p.Person = ""
		}
		seen[p.Person] = true
		out = append(out, p)
	}
	return out
}
