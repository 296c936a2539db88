package identity

import (
	"context"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
)

// FromBodies is People over package bodies. Staff and elected people count as Staff, residents as Citizen.
func FromBodies(b *bodies.Service) People { return register{b} }

type register struct{ bodies *bodies.Service }

func (r register) Person(ctx context.Context, id string) (Person, error) {
	return personFrom(r.bodies.Person(ctx, id))
}

func (r register) StaffByEmail(ctx context.Context, email string) (Person, error) {
	return personFrom(r.bodies.OfficialByEmail(ctx, email))
}

func (r register) PersonByNumber(ctx context.Context, number civic.Number) (Person, error) {
	return personFrom(r.bodies.PersonByNumber(ctx, number))
}

func (r register) CreatePerson(ctx context.Context, n NewPerson) (Person, error) {
	kind := bodies.Resident
	if n.Kind == Staff {
		kind = bodies.Staff
	}
	return personFrom(r.bodies.AddPerson(ctx, bodies.By{Person: journal.System}, bodies.Person{Kind: kind, Name: n.Name, Email: n.Email}, n.Number))
}

func personFrom(p bodies.Person, err error) (Person, error) {
	if err != nil {
		return Person{}, err
	}
	kind := Staff
	if p.Kind == bodies.Resident {
		kind = Citizen
	}
	return Person{ID: p.ID, Kind: kind, Name: p.Name, Closed: p.Closed}, nil
}
