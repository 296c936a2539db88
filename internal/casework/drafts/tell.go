package drafts

import (
	"context"
	"time"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Kind is what somebody is told about a form that is being signed or paid for.
type Kind string

// What is told.
const (
	Invited   Kind = "invited"   // to a signer: you are asked to sign
	Reminded  Kind = "reminded"  // to a signer: you have not answered yet
	Withdrawn Kind = "withdrawn" // to a signer: the writer has taken it back, there is nothing to sign
	TimeOut   Kind = "timeout"   // to both: not everybody signed in time
	Refused   Kind = "refused"   // to the writer: somebody does not sign
	ToPay     Kind = "to_pay"    // to the writer: all have signed, pay
)

// Telling is one thing to tell somebody. It holds no answers, and no name but that of the one who asks for a signature.
type Telling struct {
	Kind    Kind
	To      string // e-mail
	Lang    i18n.Lang
	TypeID  string
	Version int
	Writer  string    // name of the one who asks, for Invited and Reminded
	Path    string    // where to go, without language; "" for nowhere
	Until   time.Time // last instant to sign
}

// Teller writes to people. What it writes leaves if tx commits.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, t Telling) error
}

// Telling gives the same store with somebody who writes to those who are to sign. Without one they learn of it on Mina sidor alone.
func (s *Store) Telling(t Teller) *Store {
	out := *s
	out.teller = t
	return &out
}

func (s *Store) say(ctx context.Context, tx *store.Tx, d *Draft, f *Frozen, kind Kind, to, path string) error {
	if s.teller == nil || to == "" {
		return nil
	}
	t := Telling{Kind: kind, To: to, Lang: f.Lang, TypeID: d.TypeID, Version: d.Version, Path: path, Until: f.Due}
	if kind == Invited || kind == Reminded {
		t.Writer = f.Writer.Name
	}
	return s.teller.Tell(ctx, tx, t)
}

// writerPath is where the writer sees how the signing goes.
func writerPath(d *Draft) string { return "/e-tjanster/" + d.TypeID + "/signera" }
