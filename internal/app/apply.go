package app

import (
	"context"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
)

// apply makes the organisation in the database what the pack says. Doing it again changes nothing. Invented residents are for a demo.
func apply(ctx context.Context, org *bodies.Service, p *pack.Pack, residents bool) error {
	o := p.Organised()
	if !residents {
		o.Persons = slices.DeleteFunc(o.Persons, func(who bodies.ImportedPerson) bool { return who.Kind == bodies.Resident })
	}
	if _, err := org.Import(ctx, bodies.By{Person: journal.System}, o); err != nil {
		return fmt.Errorf("applying the pack: %w", err)
	}
	return nil
}

// organisation answers what casework asks of bodies and pack.
type organisation struct {
	bodies *bodies.Service
	pack   func() *pack.Pack // as it is now
	clock  calendar.Clock
}

func (o organisation) Unit(key string) (cases.Unit, bool) {
	d := o.bodies.Directory()
	u, ok := d.Unit(key)
	if !ok {
		return cases.Unit{}, false
	}
	body, _ := d.ResponsibleBody(key)
	return cases.Unit{Key: u.ID, Member: u.Member, Body: body.ID, Name: u.Name}, true
}

func (o organisation) Recipient(r casetype.Recipient) (cases.Unit, string, bool) {
	u := o.pack().UnitFor(casetype.Destination{Recipient: r})
	if u == nil {
		return cases.Unit{}, "", false
	}
	unit, ok := o.Unit(u.Key)
	if !ok || r.Kind != casetype.ToPolitician && r.Kind != casetype.ToOfficer {
		return unit, "", ok
	}
	for _, who := range o.bodies.Directory().Officials() {
		if who.Key == r.Key {
			return unit, who.ID, true
		}
	}
	return cases.Unit{}, "", false
}

func (o organisation) Series(_, body, named string) casetype.Series {
	return o.pack().Series(body, named)
}

func (o organisation) Holds(person, role, unit string) bool {
	d := o.bodies.Directory()
	u, ok := d.Unit(unit)
	if !ok {
		return false
	}
	body, _ := d.ResponsibleBody(unit)
	for _, m := range d.MandatesOf(person, calendar.DateOf(o.clock.Now())) {
		if m.Role != role {
			continue
		}
		switch {
		case m.Unit != "":
			if d.InSubtree(m.Unit, unit) {
				return true
			}
		case m.Body != "":
			if m.Body == body.ID {
				return true
			}
		case m.Member == "" || m.Member == u.Member:
			return true
		}
	}
	return false
}

func (o organisation) Protected(ctx context.Context, person string) (bool, error) {
	p, err := o.bodies.Person(ctx, person)
	return p.Protected, err
}

func (o organisation) BodyDecided(ctx context.Context, decision, _, body string) error {
	d, err := o.bodies.Decision(ctx, decision)
	if err != nil {
		return err
	}
	if d.Body != body {
		return fmt.Errorf("the decision is by another body")
	}
	return nil
}
