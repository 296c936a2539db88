package tie

import (
	"time"
)

// Kind is what one case is to another. The kinds are stored: do not rename them.
type Kind string

// The kinds: the case From is this to the case To.
const (
	Continues   Kind = "continues"      // takes up what was ended there
	Contributes Kind = "contributes_to" // gives something that is needed there
	Same        Kind = "concerns_same"  // is about the same thing, and stands beside
	ChildOf     Kind = "child_of"       // is a part of it
	AppealOf    Kind = "appeal_of"      // is the appeal of what was decided there
	DuplicateOf Kind = "duplicate_of"   // is the same matter
	MergedInto  Kind = "merged_into"    // is handled there
	SplitFrom   Kind = "split_from"     // was a part of it
)

// Kinds are those that an official may choose, in the order of the form. The others come of merging and splitting.
func Kinds() []Kind { return []Kind{Same, DuplicateOf, ChildOf, Continues, Contributes, AppealOf} }

// chosen tells whether an official may choose the kind.
func (k Kind) chosen() bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// round tells whether the kind reads the same from both ends. All others lead somewhere, and never round in a circle.
func (k Kind) round() bool { return k == Same }

// how is what made a relation.
type how string

const (
	byHand     how = "hand"
	byMerge    how = "merge"
	bySplit    how = "split"
	byTransfer how = "transfer"
	byCitizen  how = "citizen"
)

// Relation is one case's relation to another.
type Relation struct {
	ID       string
	Kind     Kind
	From, To string // IDs of cases
	Reason   string
	Actor    string
	At       time.Time // UTC
	Removed  time.Time // zero: it stands
	Remover  string
	Why      string // it was removed

	how how
}

// Stands tells whether it has not been removed.
func (r Relation) Stands() bool { return r.Removed.IsZero() }

// other is the case at the other end.
func (r Relation) other(id string) string {
	if r.From == id {
		return r.To
	}
	return r.From
}

// Reason is why something is refused, or what to think of before it is done: the end of a text's key.
type Reason string

// What is refused.
const (
	Itself       Reason = "itself"        // a case and itself
	Circle       Reason = "circle"        // the relation would lead round
	NotByHand    Reason = "not_by_hand"   // came of merging, splitting or moving
	Gone         Reason = "gone"          // was removed before
	OtherMember  Reason = "member"        // two municipalities
	OtherBody    Reason = "body"          // two authorities, with secrecy between them
	IntoClosed   Reason = "into_closed"   // nobody handles it there
	BothClosed   Reason = "both_closed"   //
	MergedBefore Reason = "merged"        // it is handled in another case
	Across       Reason = "secrecy"       // one is marked, secret or protected and the other not, or has other parties
	DecidedSince Reason = "decided_since" // something was decided after the merging
	NotMerged    Reason = "not_merged"
	SameType     Reason = "same_type"
	NothingTaken Reason = "nothing" // chosen to take along
	NoType       Reason = "no_type"
)

// Refused is a command that cannot be carried out, and why.
type Refused struct{ Reasons []Reason }

func refuse(r ...Reason) error { return &Refused{r} }

// Error names the reasons.
func (r *Refused) Error() string {
	s := "refused:"
	for _, x := range r.Reasons {
		s += " " + string(x)
	}
	return s
}
