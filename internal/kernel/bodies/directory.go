package bodies

import (
	"cmp"
	"maps"
	"slices"

	"dygnet/internal/kernel/calendar"
)

// Directory is the organisation at one moment, in memory, never changed: members, bodies, the tree of units, roles, officials (not
// residents), every mandate past and present, and what is reserved. Slices it gives are shared: do not change them.
type Directory struct {
	version  int64
	members  map[string]Member
	bodies   map[string]Body
	codes    map[[2]string]string // member and code -> body
	units    map[string]node
	order    []string // units so that each subtree lies together
	roles    map[string]Role
	persons  map[string]Person
	mandates map[string]Mandate
	byPerson map[string][]Mandate
	byRole   map[string][]Mandate
	reserved []ReservedAction
}

// node is a unit and where its subtree lies in Directory.order.
type node struct {
	Unit
	first, end int
}

func newDirectory(version int64) *Directory {
	return &Directory{
		version: version, members: map[string]Member{}, bodies: map[string]Body{}, codes: map[[2]string]string{}, units: map[string]node{},
		roles: map[string]Role{}, persons: map[string]Person{}, mandates: map[string]Mandate{},
		byPerson: map[string][]Mandate{}, byRole: map[string][]Mandate{},
	}
}

// Version counts changes; two Directories of one installation with the same version are the same.
func (d *Directory) Version() int64 { return d.version }

// Member gives a member by ID.
func (d *Directory) Member(id string) (Member, bool) { m, ok := d.members[id]; return m, ok }

// Members gives all members by ID.
func (d *Directory) Members() []Member {
	return sorted(d.members, func(m Member) string { return m.ID })
}

// Body gives a body by ID.
func (d *Directory) Body(id string) (Body, bool) { b, ok := d.bodies[id]; return b, ok }

// BodyByCode gives a member's body by its code, "KS".
func (d *Directory) BodyByCode(member, code string) (Body, bool) {
	return d.Body(d.codes[[2]string{member, code}])
}

// Bodies gives the bodies of a member, or of all members for "", by ID.
func (d *Directory) Bodies(member string) []Body {
	all := sorted(d.bodies, func(b Body) string { return b.ID })
	return slices.DeleteFunc(all, func(b Body) bool { return member != "" && b.Member != member })
}

// Unit gives a unit by ID.
func (d *Directory) Unit(id string) (Unit, bool) { n, ok := d.units[id]; return n.Unit, ok }

// Units gives the units of a member, or of all members for "", each before those below it.
func (d *Directory) Units(member string) []Unit {
	var out []Unit
	for _, id := range d.order {
		if u := d.units[id].Unit; member == "" || u.Member == member {
			out = append(out, u)
		}
	}
	return out
}

// Subtree gives a unit and all below it; nothing if there is no such unit.
func (d *Directory) Subtree(unit string) []string {
	n := d.units[unit]
	return d.order[n.first:n.end:n.end]
}

// InSubtree reports whether a unit is root or below it.
func (d *Directory) InSubtree(root, unit string) bool {
	if root == unit {
		_, ok := d.units[root]
		return ok
	}
	r, ok := d.units[root]
	u, known := d.units[unit]
	return ok && known && r.first <= u.first && u.first < r.end
}

// PathTo gives the units from the top down to a unit.
func (d *Directory) PathTo(unit string) []Unit {
	var path []Unit
	for n, ok := d.units[unit]; ok; n, ok = d.units[n.Parent] {
		path = append(path, n.Unit)
	}
	slices.Reverse(path)
	return path
}

// ResponsibleBody gives the body that answers for a unit: its own, or that of the nearest unit above that has one.
func (d *Directory) ResponsibleBody(unit string) (Body, bool) {
	for n, ok := d.units[unit]; ok; n, ok = d.units[n.Parent] {
		if n.Body != "" {
			return d.Body(n.Body)
		}
	}
	return Body{}, false
}

// Role gives a role by code.
func (d *Directory) Role(code string) (Role, bool) { r, ok := d.roles[code]; return r, ok }

// Roles gives all roles by code.
func (d *Directory) Roles() []Role { return sorted(d.roles, func(r Role) string { return r.Code }) }

// Person gives an official (staff or elected) by ID. Residents are not here: ask Service.Person.
func (d *Directory) Person(id string) (Person, bool) { p, ok := d.persons[id]; return p, ok }

// Officials gives staff and elected persons by name.
func (d *Directory) Officials() []Person {
	return sorted(d.persons, func(p Person) string { return p.Name + "\x00" + p.ID })
}

// Mandate gives a mandate by ID.
func (d *Directory) Mandate(id string) (Mandate, bool) { m, ok := d.mandates[id]; return m, ok }

// MandatesOf gives the mandates a person holds on a day, by first day.
func (d *Directory) MandatesOf(person string, on calendar.Date) []Mandate {
	return keep(d.byPerson[person], func(m Mandate) bool { return m.InForce(on) })
}

// HistoryOf gives every mandate a person has had, has or will have, by first day.
func (d *Directory) HistoryOf(person string) []Mandate { return d.byPerson[person] }

// HoldersOf answers "who was it on that day": the mandates that match the question and were in force, by first day.
func (d *Directory) HoldersOf(q Question, on calendar.Date) []Mandate {
	if q.Role != "" {
		return keep(d.byRole[q.Role], func(m Mandate) bool { return q.matches(m) && m.InForce(on) })
	}
	out := []Mandate{}
	for _, m := range d.mandates {
		if q.matches(m) && m.InForce(on) {
			out = append(out, m)
		}
	}
	sortMandates(out)
	return out
}

// ReservedTo gives the reservation of an action in a member on a day, nil if it is not reserved. The decision it takes is checked by
// Service.Reserved.
func (d *Directory) ReservedTo(member, action string, on calendar.Date) *ReservedAction {
	for i := range d.reserved {
		if r := &d.reserved[i]; r.Action == action && r.Member == member && inForce(r.From, r.Ended, on) {
			return r
		}
	}
	return nil
}

// ReservedActions gives what is reserved in a member on a day, by action.
func (d *Directory) ReservedActions(member string, on calendar.Date) []ReservedAction {
	return keep(d.reserved, func(r ReservedAction) bool { return r.Member == member && inForce(r.From, r.Ended, on) })
}

// grow lays out the tree. Units whose parents make no tree up to the top are left out of order; Import refuses them.
func (d *Directory) grow(units []Unit) {
	below := map[string][]Unit{}
	for _, u := range units {
		below[u.Parent] = append(below[u.Parent], u)
	}
	var walk func(Unit)
	walk = func(u Unit) {
		n := node{Unit: u, first: len(d.order)}
		d.order = append(d.order, u.ID)
		for _, child := range below[u.ID] {
			walk(child)
		}
		n.end = len(d.order)
		d.units[u.ID] = n
	}
	for _, top := range below[""] {
		walk(top)
	}
}

func keep[T any](list []T, ok func(T) bool) []T {
	out := []T{}
	for _, v := range list {
		if ok(v) {
			out = append(out, v)
		}
	}
	return out
}

func sorted[T any](m map[string]T, by func(T) string) []T {
	return slices.SortedFunc(maps.Values(m), func(a, b T) int { return cmp.Compare(by(a), by(b)) })
}
