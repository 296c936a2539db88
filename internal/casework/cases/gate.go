package cases

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Gate is the room that knows whether what the case type asks for before a change of status or a decision is there.
type Gate interface {
	// Missing lists what is not there, in the order of the file; nil if the step may be taken.
	Missing(ctx context.Context, q store.Queryer, c *Case, ct *casetype.CaseType, d casetype.Demand) ([]Need, error)
}

// Need is something that must be there before a step can be taken, and is not.
type Need struct {
	Kind NeedKind
	Key  string    // of the item, document type or property
	Name i18n.Text // what the case type calls it; nil for an approval
}

// NeedKind is what kind of thing is missing.
type NeedKind string

// The kinds. LackChanged is an approval of other words than those that are to be decided.
const (
	LackItem     NeedKind = "item"
	LackDocument NeedKind = "document"
	LackProperty NeedKind = "property"
	LackApproval NeedKind = "approval"
	LackChanged  NeedKind = "changed"
)

// MissingError refuses a step for what is missing.
type MissingError struct{ Needs []Need }

func (e *MissingError) Error() string {
	var parts []string
	for _, n := range e.Needs {
		parts = append(parts, strings.TrimSpace(string(n.Kind)+" "+n.Key))
	}
	return "the case type asks for more before this: " + strings.Join(parts, ", ")
}

// Missing tells beforehand what a step asks for that is not there, for pages. Note and decision are not among it.
func (s *Service) Missing(ctx context.Context, c *Case, ct *casetype.CaseType, d casetype.Demand) ([]Need, error) {
	return s.missing(ctx, s.db, c, ct, d)
}

// TypeOf is the version of the case type that a case was handed in under.
func (s *Service) TypeOf(c *Case) (*casetype.CaseType, error) { return s.typeOf(c) }

func (s *Service) missing(ctx context.Context, q store.Queryer, c *Case, ct *casetype.CaseType, d casetype.Demand) ([]Need, error) {
	if s.gate == nil || d.Empty() {
		return nil, nil
	}
	needs, err := s.gate.Missing(ctx, q, c, ct, d)
	if err != nil {
		return nil, fmt.Errorf("looking for what a step asks for: %w", err)
	}
	return needs, nil
}

// pass refuses a step whose demands are not met with a MissingError.
func (s *Service) pass(ctx context.Context, ch *change, d casetype.Demand) error {
	needs, err := s.missing(ctx, ch.tx, ch.c, ch.ct, d)
	if err != nil {
		return err
	}
	if len(needs) > 0 {
		return &MissingError{needs}
	}
	return nil
}
