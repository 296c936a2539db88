package represent

import (
	"context"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// Principal is somebody in whose name a person can act.
type Principal struct {
	Kind    casetype.ActFor // self, child, person, organisation
	Key     string          // person, or organisation number of twelve digits (civic.Number)
	Name    string
	Ground  Ground
	Power   string   // the power of attorney for GroundPower
	Types   []string // case types it is for; none: all
	Jointly bool     // a signatory who may not sign alone
}

// Ground is why somebody may act for somebody.
type Ground string

// The grounds.
const (
	GroundSelf      Ground = "self"
	GroundGuardian  Ground = "guardian"
	GroundSignatory Ground = "signatory"
	GroundPower     Ground = "power"
)

// Covers reports whether the ground holds for a case type.
func (p Principal) Covers(typeID string) bool {
	return len(p.Types) == 0 || slices.Contains(p.Types, typeID)
}

// Relative is a child of a guardian.
type Relative struct {
	Person    string // the child as a person of the municipality
	Name      string
	Number    civic.Number
	Protected bool
}

// Organisation is a firm or association somebody may sign for.
type Organisation struct {
	Number  civic.Number
	Name    string
	Jointly bool
}

// Register knows guardians and signatories as they are today. Persons are those of package bodies.
type Register interface {
	// ChildrenOf are the children under eighteen whose guardian a person is on a day.
	ChildrenOf(ctx context.Context, person string, day calendar.Date) ([]Relative, error)
	// OrganisationsOf are the organisations a person may sign for.
	OrganisationsOf(ctx context.Context, person string) ([]Organisation, error)
}

// People tells a person's name, and their personnummer if it is known (store.ErrNotFound if not). bodies.Service is behind it.
type People interface {
	NameOf(ctx context.Context, person string) (string, error)
	NumberOf(ctx context.Context, person string) (string, error)
}
