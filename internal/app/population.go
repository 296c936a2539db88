package app

import (
	"context"
	"errors"
	"net/http"

	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/represent"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/store"
)

// population answers who lives here, whose children they are and who signs for which organisation, from the registers of the pack.
type population struct {
	bodies *bodies.Service
	pack   func() *pack.Pack // as it is now
	clock  calendar.Clock
}

// resident is a person as the register has them, nil if it does not.
func (p population) resident(ctx context.Context, person string) (*pack.Resident, error) {
	who, err := p.bodies.Person(ctx, person)
	if errors.Is(err, store.ErrNotFound) || who.Key == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p.pack().Resident(who.Key), nil
}

func (p population) NameOf(ctx context.Context, person string) (string, error) {
	who, err := p.bodies.Person(ctx, person)
	return who.Name, err
}

func (p population) NumberOf(ctx context.Context, person string) (string, error) {
	return p.bodies.NumberOf(ctx, person)
}

// children are those under eighteen today.
func (p population) children(ctx context.Context, person string, day calendar.Date) ([]*pack.Resident, error) {
	who, err := p.resident(ctx, person)
	if err != nil || who == nil {
		return nil, err
	}
	var out []*pack.Resident
	for _, child := range p.pack().ChildrenOf(who.Key) {
		if child.ChildOn(day) {
			out = append(out, child)
		}
	}
	return out, nil
}

func (p population) ChildrenOf(ctx context.Context, person string, day calendar.Date) ([]represent.Relative, error) {
	list, err := p.children(ctx, person, day)
	if err != nil {
		return nil, err
	}
	var out []represent.Relative
	for _, child := range list {
		who, err := p.bodies.PersonByKey(ctx, child.Key)
		if err != nil {
			return nil, err
		}
		out = append(out, represent.Relative{Person: who.ID, Name: child.Name, Number: child.Number, Protected: child.Protected})
	}
	return out, nil
}

func (p population) OrganisationsOf(ctx context.Context, person string) ([]represent.Organisation, error) {
	who, err := p.resident(ctx, person)
	if err != nil || who == nil {
		return nil, err
	}
	var out []represent.Organisation
	for _, f := range p.pack().OrganisationsOf(who.Key) {
		out = append(out, represent.Organisation{Number: f.Number, Name: f.Name, Jointly: f.Signing == pack.Jointly && len(f.Signatories) > 1})
	}
	return out, nil
}

func known(r *pack.Resident) site.Known {
	k := site.Known{Name: r.Name, Number: r.Number.Format(), Street: r.Street, Postcode: r.Postcode.Format(), Town: r.Town, Email: r.Email, Phone: r.Phone}
	k.Protected = r.Protected
	if r.Protected { // where somebody with protected data lives stands in no form
		k.Street, k.Postcode, k.Town = "", "", ""
	}
	return k
}

func (p population) Person(r *http.Request, person string) (site.Known, bool) {
	who, err := p.resident(r.Context(), person)
	if err != nil || who == nil {
		return site.Known{}, false
	}
	return known(who), true
}

func (p population) Organisation(_ *http.Request, number string) (site.Known, bool) {
	n, err := civic.Parse(number, calendar.DateOf(p.clock.Now()))
	if err != nil {
		return site.Known{}, false
	}
	f := p.pack().Firm(n)
	if f == nil {
		return site.Known{}, false
	}
	return site.Known{Name: f.Name, Number: f.Number.Format(), Street: f.Street, Postcode: f.Postcode.Format(), Town: f.Town, Email: f.Email, Phone: f.Phone}, true
}

func (p population) Children(r *http.Request, person string) []site.Known {
	list, err := p.children(r.Context(), person, calendar.DateOf(p.clock.Now()))
	if err != nil {
		return nil
	}
	var out []site.Known
	for _, child := range list {
		out = append(out, known(child))
	}
	return out
}
