package bodies

import (
	"errors"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// InvalidError says what is wrong with something that was to be stored.
type InvalidError struct {
	// Field is the field as the pack writes it, with the place in a list: "units[3].parent".
	Field   string
	Problem string // goes after "it": "is empty"
}

func (e *InvalidError) Error() string { return e.Field + " " + e.Problem }

// MandateError says that the person who acts does not hold the mandate the act takes (PR-2).
type MandateError struct {
	Role       string // the role it takes; "" when a delegation says which
	Body       string // of which body
	Sentence   string // the sentence that demands it: "PR-1"
	Delegation string // the delegating decision, if one was referred to
}

func (e *MandateError) Error() string {
	if e.Delegation != "" {
		return fmt.Sprintf("%s: decision %s does not delegate this to the mandate that was used", e.Sentence, e.Delegation)
	}
	return fmt.Sprintf("%s: this takes a mandate in force as %s of %s", e.Sentence, e.Role, e.Body)
}

// or gives err if it is a failure, and the refusal if it is none or says that there is no such mandate.
func (e *MandateError) or(err error) error {
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return e
	}
	return err
}

// OverlapError says that a role with one holder at a time has one on some of the days, or that the same person already has the same
// mandate then.
type OverlapError struct {
	Role     string
	Holder   string // person
	Mandate  string
	From, To calendar.Date // of the mandate in the way
	Sentence string        // S4-AC-1 for itchef, else PR-2
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("%s: role %s is held under mandate %s from %s to %q", e.Sentence, e.Role, e.Mandate, e.From, e.To)
}

// ReservedError says that an action is reserved to a body and that no valid decision of it was referred to (PR-3).
type ReservedError struct {
	Action   string
	Member   string
	Body     string // code of the body, "KS"; OwnBody for the body that owns the object
	BodyID   string // the body itself, if the member has it
	Sentence string // the sentence that reserves it: "S4-KS-3"
	Text     i18n.Text
	Decision string // the decision that was referred to, or ""
	Reason   ReservedReason
}

func (e *ReservedError) Error() string {
	return fmt.Sprintf("%s: %s is reserved to %s of %s: %s", e.Sentence, e.Action, e.Body, e.Member, e.Reason)
}

// ReservedReason is why a decision does not carry a reserved action.
type ReservedReason string

// The reasons.
const (
	NoDecision        ReservedReason = "no_decision"        // none was referred to
	UnknownDecision   ReservedReason = "unknown_decision"   // there is no such decision
	WrongBody         ReservedReason = "wrong_body"         // another body decided
	NotYetDecided     ReservedReason = "not_yet_decided"    // it was decided on a later day
	NotDelegable      ReservedReason = "not_delegable"      // the action may not be delegated
	NotDelegated      ReservedReason = "not_delegated"      // the delegation is of something else
	DelegationExpired ReservedReason = "delegation_expired" // or had not begun
	DecisionRevoked   ReservedReason = "revoked"            // a later decision has revoked it, or the delegation it was taken on
)
