package pack

import (
	"strings"

	"dygnet/internal/kernel/bodies"
)

// Organised is the organisation, people and reserved actions in the form that bodies.Service.Import takes. Residents are persons too.
func (p *Pack) Organised() bodies.Organisation {
	var o bodies.Organisation
	for _, m := range p.Organisation.Members {
		o.Members = append(o.Members, bodies.Member{ID: m.Key, Kind: bodies.MemberKind(m.Kind), Name: m.Name, OrgNumber: strings.ReplaceAll(m.OrgNumber, "-", "")})
	}
	for _, b := range p.Organisation.Bodies {
		o.Bodies = append(o.Bodies, bodies.Body{ID: b.Key, Member: b.Member, Code: b.Code, Kind: bodies.BodyKind(b.Kind), Name: b.Name, From: b.From, To: b.To})
	}
	for _, u := range p.Organisation.Units {
		o.Units = append(o.Units, bodies.Unit{ID: u.Key, Member: u.Member, Parent: u.Parent, Body: u.Body, Name: u.Name})
	}
	for _, r := range p.Roles {
		role := bodies.Role{Code: r.Key, Name: r.Title, Wide: r.Wide}
		if r.Exclusive != Shared {
			role.Exclusive = bodies.Exclusive(r.Exclusive)
		}
		o.Roles = append(o.Roles, role)
	}
	for _, d := range p.Decisions {
		o.Decisions = append(o.Decisions, bodies.Decision{Key: d.Key, Body: d.Body, On: d.Date, Paragraph: "§ " + d.Paragraph, Dnr: d.Number, Text: d.Text, Imported: true})
	}
	for _, who := range p.People {
		o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{
			Key: who.Key, Kind: bodies.PersonKind(who.Kind), Name: who.Name, Email: strings.ToLower(who.Email)}})
		for _, m := range who.Mandates {
			o.Mandates = append(o.Mandates, bodies.Mandate{Person: who.Key, Role: m.Role, Place: p.place(m), Scope: m.Scope, From: m.From, To: m.To, Decision: m.Decision})
		}
	}
	for _, r := range p.Residents {
		o.Persons = append(o.Persons, bodies.ImportedPerson{Number: r.Number, Person: bodies.Person{
			Key: r.Key, Kind: bodies.Resident, Name: r.Name, Email: strings.ToLower(r.Email), Protected: r.Protected}})
	}
	for _, a := range p.Reserved.Actions {
		o.Reserved = append(o.Reserved, bodies.ReservedAction{Member: p.Municipality.Member, Action: a.Action, Body: p.code(a.Body),
			Delegable: a.Delegable, Sentence: a.Sentence, Text: a.Text, From: p.Reserved.ValidFrom})
	}
	return o
}

// place is where a mandate holds, with the member it lies in.
func (p *Pack) place(m Mandate) bodies.Place {
	at := bodies.Place{Member: m.Member, Body: m.Body, Unit: m.Unit}
	if b := p.bodies[m.Body]; b != nil {
		at.Member = b.Member
	}
	if u := p.units[m.Unit]; u != nil {
		at.Member = u.Member
	}
	return at
}

// code is the code of a body by its key; OwningBody stands for itself.
func (p *Pack) code(key string) string {
	if b := p.bodies[key]; b != nil {
		return b.Code
	}
	return key
}
