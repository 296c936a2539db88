package bodies

import (
	"cmp"
	"fmt"
	"slices"
)

// Directory gives the Directory there would be if o alone were imported: what a pack means, before it is applied. Persons and decisions go
// by their keys, and mandates by "mandate-" and their place in the list.
func (o Organisation) Directory() (*Directory, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	d := newDirectory(0)
	for _, m := range o.Members {
		d.members[m.ID] = m
	}
	member := map[string]string{}
	for _, b := range o.Bodies {
		d.bodies[b.ID], d.codes[[2]string{b.Member, b.Code}] = b, b.ID
		member["body "+b.ID] = b.Member
	}
	d.grow(o.Units)
	for _, u := range o.Units {
		member["unit "+u.ID] = u.Member
	}
	for _, r := range o.Roles {
		d.roles[r.Code] = r
	}
	for _, p := range o.Persons {
		if p.ID = p.Key; p.Kind != Resident {
			d.persons[p.ID] = p.Person
		}
	}
	mandates := slices.Clone(o.Mandates)
	for i := range mandates {
		m := &mandates[i]
		m.ID = fmt.Sprintf("mandate-%d", i)
		m.Member = cmp.Or(m.Member, member["unit "+m.Unit], member["body "+m.Body])
		d.mandates[m.ID] = *m
	}
	sortMandates(mandates)
	for _, m := range mandates {
		d.byPerson[m.Person] = append(d.byPerson[m.Person], m)
		d.byRole[m.Role] = append(d.byRole[m.Role], m)
	}
	d.reserved = slices.Clone(o.Reserved)
	return d, nil
}
