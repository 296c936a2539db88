package identity

import (
	"context"

	"dygnet/internal/kernel/civic"
)

// Person is what sign-in needs to know of somebody.
type Person struct {
	ID     string
	Kind   Kind
	Name   string
	Closed bool // may not sign in any more
}

// NewPerson is somebody who signs in for the first time.
type NewPerson struct {
	Kind   Kind
	Name   string
	Email  string       // verified; "" if not known
	Number civic.Number // personnummer or samordningsnummer; zero if not known
}

// People is where persons are kept (FromBodies). The finders give store.ErrNotFound.
type People interface {
	// Person gives a person by ID, of either kind.
	Person(ctx context.Context, id string) (Person, error)
	// StaffByEmail gives the member of staff with an e-mail address, compared without regard to case.
	StaffByEmail(ctx context.Context, email string) (Person, error)
	// PersonByNumber gives the person with a personnummer or samordningsnummer, of either kind: staff are citizens too.
	PersonByNumber(ctx context.Context, number civic.Number) (Person, error)
	// CreatePerson adds a person and journals it. It gives store.ErrConflict if the e-mail or number is taken.
	CreatePerson(ctx context.Context, p NewPerson) (Person, error)
}
