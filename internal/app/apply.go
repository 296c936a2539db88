package app

import (
	"context"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
)

// apply makes the organisation in the database what the pack says. Doing it again changes nothing.
func apply(ctx context.Context, org *bodies.Service, p *pack.Pack, residents bool) error {
	o := bodies.Organisation{}
	for _, m := range p.Organisation.Members {
		o.Members = append(o.Members, bodies.Member{ID: m.Key, Kind: bodies.MemberKind(m.Kind), Name: m.Name, OrgNumber: digits(m.OrgNumber)})
	}
	for _, b := range p.Organisation.Bodies {
		o.Bodies = append(o.Bodies, bodies.Body{ID: b.Key, Member: b.Member, Code: b.Code, Kind: bodies.BodyKind(b.Kind), Name: b.Name})
	}
	for _, u := range p.Organisation.Units {
		o.Units = append(o.Units, bodies.Unit{ID: u.Key, Member: u.Member, Parent: u.Parent, Body: u.Body, Name: u.Name})
	}
	exclusive := map[pack.Exclusive]bodies.Exclusive{pack.Shared: bodies.Shared, pack.AtPlace: bodies.OnePerPlace, pack.Everywhere: bodies.OneEverywhere}
	for _, r := range p.Roles {
		o.Roles = append(o.Roles, bodies.Role{Code: r.Key, Name: r.Title, Exclusive: exclusive[r.Exclusive], Wide: r.Wide})
	}
	for _, d := range p.Decisions {
		o.Decisions = append(o.Decisions, bodies.Decision{Key: d.Key, Body: d.Body, On: d.Date, Paragraph: d.Paragraph, Dnr: d.Number, Text: d.Text})
	}
	for _, who := range p.People {
		o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{Key: who.Key, Kind: bodies.PersonKind(who.Kind), Name: who.Name, Email: who.Email}})
		for _, m := range who.Mandates {
			place := bodies.Place{Member: m.Member, Body: m.Body, Unit: m.Unit}
			o.Mandates = append(o.Mandates, bodies.Mandate{Person: who.Key, Role: m.Role, Place: place, Scope: m.Scope, From: m.From, To: m.To, Decision: m.Decision})
		}
	}
	if residents {
		for _, r := range p.Residents {
			o.Persons = append(o.Persons, bodies.ImportedPerson{
				Person: bodies.Person{Key: residentKey(r.Number), Kind: bodies.Resident, Name: r.Name, Email: r.Email, Protected: r.Protected}, Number: r.Number,
			})
		}
	}
	for _, r := range p.Reserved.Actions {
		code := r.Body
		if b := p.Body(r.Body); b != nil {
			code = b.Code
		}
		o.Reserved = append(o.Reserved, bodies.ReservedAction{
			Member: p.Municipality.Member, Action: r.Action, Body: code, Delegable: r.Delegable, Sentence: r.Sentence, Text: r.Text, From: firstDay,
		})
	}
	if _, err := org.Import(ctx, bodies.By{Person: journal.System}, o); err != nil {
		return fmt.Errorf("applying the pack: %w", err)
	}
	return nil
}

// firstDay is the day from which the reservations of a pack hold: before anything the system knows of.
var firstDay = calendar.NewDate(1971, 1, 1)

// residentKey is the pack's name of an invented resident. Only a demo has such.
func residentKey(n civic.Number) string { return "resident-" + n.String() }

func digits(s string) string {
	var out []byte
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// organisation answers what casework asks of bodies and pack.
type organisation struct {
	bodies *bodies.Service
	pack   *pack.Pack
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
	u := o.pack.UnitFor(casetype.Destination{Recipient: r})
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

func (o organisation) Series(_, body string) string {
	if b, ok := o.bodies.Directory().Body(body); ok {
		return b.Code
	}
	return body
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

// name is what to call somebody in a timeline: officials by name, others not at all.
func (o organisation) name(person string) (string, bool) {
	p, ok := o.bodies.Directory().Person(person)
	return p.Name, ok
}

// unitName is the name of a unit.
func (o organisation) unitName(key string) i18n.Text {
	u, _ := o.bodies.Directory().Unit(key)
	return u.Name
}
