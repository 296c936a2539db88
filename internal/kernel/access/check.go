package access

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
)

// Decision is the answer to whether something is allowed.
type Decision struct {
	Allowed bool
	Action  Action
	// Reason is the key of the text that says why, in Texts.
	Reason string
	// Sentence is the sentence of the strategy (or law) behind it: "P-K".
	Sentence string
	// Relation is how the object stands to the actor, when allowed.
	Relation Relation
	// Mandate is the ID of the mandate that allows it, for the journal; "" for a citizen.
	Mandate string
	// Reserved says whose decision (beslut) it takes besides; nil if nobody's. Authorise asks for the decision.
	Reserved *bodies.ReservedAction
}

// Reasons for a refusal, the most telling last: where several rules refuse, that one is given.
const (
	deniedUnknown   = "access.denied.unknown"   // no rule for the action
	deniedAnonymous = "access.denied.anonymous" // nobody is signed in
	deniedMandate   = "access.denied.mandate"   // no mandate for it
	deniedTechnical = "access.denied.technical" // the technical administrator
	deniedMember    = "access.denied.member"    // another member's
	deniedOutside   = "access.denied.outside"   // another unit's, body's or person's
	deniedSecret    = "access.denied.secret"    // more secret than the mandate reaches
	deniedLevel     = "access.denied.level"     // signed in too weakly for what is secret
	deniedParty     = "access.denied.party"     // an official who is a party
)

type refusal struct {
	rank             int
	reason, sentence string
}

var (
	notKnown   = refusal{0, deniedUnknown, "P-K"}
	notSigned  = refusal{1, deniedAnonymous, "P-K"}
	noMandate  = refusal{2, deniedMandate, "PR-2"}
	technical  = refusal{3, deniedTechnical, "PR-2"}
	elsewhere  = refusal{4, deniedMember, "S4-IT-4"}
	outside    = refusal{5, deniedOutside, "PR-2"}
	tooSecret  = refusal{6, deniedSecret, "P-K"}
	tooWeak    = refusal{7, deniedLevel, "P-K"}
	ownMatter  = refusal{8, deniedParty, "FL 16 §"}
	noRelation = refusal{rank: -1}
)

// Check answers whether the actor may do the action to the object.
func Check(a Actor, action Action, o Object) Decision {
	level := o.secrecy()
	party := a.Person != "" && slices.Contains(o.Parties, a.Person)
	rules := table()[action]
	worst := a.stranger(len(rules) > 0)
	for i := range rules {
		r := &rules[i]
		if r.Role == "" {
			if r.Relation == Anyone || r.Relation == Party && a.Citizen && party {
				if level <= r.Max {
					return a.allow(r, "", &o)
				}
			}
			continue
		}
		if a.Citizen {
			continue
		}
		for j := range a.Mandates {
			m := &a.Mandates[j]
			if m.Role != r.Role {
				continue
			}
			no := a.reaches(r.Relation, m, &o)
			switch {
			case no.rank >= 0:
			case party && action.ofParty():
				no = ownMatter
			case level > r.Max:
				no = tooSecret
			case level == Secret && a.LoA < Substantial:
				no = tooWeak
			default:
				return a.allow(r, m.ID, &o)
			}
			if no.rank > worst.rank {
				worst = no
			}
		}
	}
	return Decision{Action: action, Reason: worst.reason, Sentence: worst.sentence}
}

// stranger is the refusal of somebody whom no rule comes near.
func (a *Actor) stranger(known bool) refusal {
	switch {
	case !known:
		return notKnown
	case a.Person == "":
		return notSigned
	case !a.Citizen && a.HasRole(SystemAdmin):
		return technical
	}
	return noMandate
}

func (a *Actor) allow(r *Rule, mandate string, o *Object) Decision {
	d := Decision{Allowed: true, Action: r.Action, Reason: r.why, Sentence: r.Sentence, Relation: r.Relation, Mandate: mandate}
	if a.directory != nil {
		d.Reserved = a.directory.ReservedTo(o.Member, string(r.Action), a.On)
	}
	return d
}

// reaches gives noRelation if the object stands in the relation to the mandate, else why it does not.
func (a *Actor) reaches(relation Relation, m *bodies.Mandate, o *Object) refusal {
	if a.directory == nil {
		return noMandate
	}
	if m.Scope != "" && m.Scope != o.Scope {
		return outside
	}
	inMember := m.Member == "" || m.Member == o.Member
	var ok bool
	switch relation {
	case Assignee:
		ok = inMember && a.Person != "" && o.Assignee == a.Person
	case Addressee:
		ok = inMember && a.Person != "" && o.Addressee == a.Person
	case UnitTree:
		ok = m.Unit != "" && a.directory.InSubtree(m.Unit, o.Unit)
	case SameBody:
		ok = m.Body != "" && o.Body == m.Body
	case InMember:
		ok = inMember
	}
	switch {
	case ok:
		return noRelation
	case !inMember:
		return elsewhere
	}
	return outside
}

// Err gives nil for what is allowed and a *Denied for what is not.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return &Denied{d}
}

// Denied is a refusal as an error.
type Denied struct{ Decision } //nolint:errname // reads better as access.Denied

func (e *Denied) Error() string {
	return fmt.Sprintf("%s is not allowed: %s (%s)", e.Action, e.Reason, e.Sentence)
}

// IsDenied reports whether err is a refusal by the rules or for want of a decision.
func IsDenied(err error) bool {
	var d *Denied
	var r *bodies.ReservedError
	return errors.As(err, &d) || errors.As(err, &r)
}

// Authorise is Check, and where the action is reserved to a body it sees that the decision (beslut) carries it. The error is a *Denied,
// a *bodies.ReservedError, or a failure of the database.
func Authorise(ctx context.Context, q store.Queryer, a Actor, action Action, o Object, decision string) (Decision, error) {
	d := Check(a, action, o)
	if !d.Allowed || d.Reserved == nil {
		return d, d.Err()
	}
	return d, bodies.Reserved(ctx, q, bodies.Act{Member: o.Member, Action: string(action), Body: o.Body, Decision: decision, On: a.On})
}
