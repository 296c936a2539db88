package app

import (
	"context"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
)

// people lets sign-in find persons where the organisation keeps them.
type people struct{ bodies *bodies.Service }

func (p people) Person(ctx context.Context, id string) (identity.Person, error) {
	return known(p.bodies.Person(ctx, id))
}

func (p people) StaffByEmail(ctx context.Context, email string) (identity.Person, error) {
	return known(p.bodies.OfficialByEmail(ctx, email))
}

func (p people) CitizenByNumber(ctx context.Context, number civic.Number) (identity.Person, error) {
	return known(p.bodies.PersonByNumber(ctx, number))
}

func (p people) CreatePerson(ctx context.Context, n identity.NewPerson) (identity.Person, error) {
	kind := bodies.Resident
	if n.Kind == identity.Staff {
		kind = bodies.Staff
	}
	return known(p.bodies.AddPerson(ctx, bodies.By{Person: journal.System}, bodies.Person{Kind: kind, Name: n.Name, Email: n.Email}, n.Number))
}

func known(p bodies.Person, err error) (identity.Person, error) {
	if err != nil {
		return identity.Person{}, err
	}
	kind := identity.Staff
	if p.Kind == bodies.Resident {
		kind = identity.Citizen
	}
	return identity.Person{ID: p.ID, Kind: kind, Name: p.Name, Closed: p.Closed}, nil
}
