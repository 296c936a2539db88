package authority

import (
	"slices"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// UnitChange is one change of the tree of units that is proposed (S4-KS-6).
type UnitChange struct {
	// Unit is the unit that ends, is moved or begins.
	Unit string
	// Ends is set where the unit ceases. What its mandates are for then goes on at Into, "" nowhere.
	Ends bool
	Into string
	// Parent is where a unit is moved to, or a new unit begins.
	Parent string
}

// Effect is what a change of the organisation does to the mandates.
type Effect struct {
	// Falls are mandates at places that cease.
	Falls []bodies.Mandate
	// Vacant are roles at places that go on, which somebody held before and nobody would hold after.
	Vacant []Vacancy
	// Clash are mandates that would stand at the same place as another for a role with one holder.
	Clash []bodies.Mandate
	// Answers are the units whose deciding body becomes another.
	Answers []NewBody
}

// Vacancy is a role that would lack a holder at a place.
type Vacancy struct {
	Role, Unit string
	Was        bodies.Mandate
}

// NewBody is a unit for which another body would answer.
type NewBody struct{ Unit, Was, Becomes string }

// Simulate tells what a change of the tree of units would do to the mandates as they are on a day. Nothing is changed. Units of the changes
// that are not known are taken as new; a circle of parents, or of what goes into what, ends at the first unit that comes again.
func Simulate(d *bodies.Directory, changes []UnitChange, on calendar.Date) Effect {
	t := tree{d: d, ended: map[string]string{}, moved: map[string]string{}}
	for _, c := range changes {
		if c.Ends {
			t.ended[c.Unit] = c.Into
		} else {
			t.moved[c.Unit] = c.Parent
		}
	}
	var e Effect
	for _, u := range d.Units("") {
		if _, ends := t.ended[u.ID]; ends {
			t.fall(&e, u.ID, on)
		} else if was, becomes := t.body(u.ID, false), t.body(u.ID, true); was != becomes {
			e.Answers = append(e.Answers, NewBody{u.ID, was, becomes})
		}
	}
	return e
}

// tree is the tree of units with the changes in it.
type tree struct {
	d     *bodies.Directory
	ended map[string]string // unit -> where it goes on
	moved map[string]string // unit -> parent
}

// fall adds what happens to the mandates of a unit that ends.
func (t tree) fall(e *Effect, unit string, on calendar.Date) {
	heir := t.heir(unit)
	for _, m := range t.d.HoldersOf(bodies.Question{Place: bodies.Place{Unit: unit}}, on) {
		e.Falls = append(e.Falls, m)
		if heir == "" {
			e.Vacant = append(e.Vacant, Vacancy{m.Role, unit, m})
			continue
		}
		role, _ := t.d.Role(m.Role)
		held := t.d.HoldersOf(bodies.Question{Role: m.Role, Place: bodies.Place{Unit: heir}, Scope: m.Scope}, on)
		taken := slices.ContainsFunc(e.Vacant, func(v Vacancy) bool { return v.Role == m.Role && v.Unit == heir })
		switch {
		case len(held) == 0 && !taken:
			e.Vacant = append(e.Vacant, Vacancy{m.Role, heir, m})
		case role.Exclusive == bodies.OnePerPlace:
			e.Clash = append(e.Clash, m)
		}
	}
}

// heir is the unit that goes on after one that ends, "" for none.
func (t tree) heir(unit string) string {
	seen := map[string]bool{}
	for !seen[unit] {
		seen[unit] = true
		into, ends := t.ended[unit]
		if !ends {
			return unit
		}
		unit = into
	}
	return ""
}

// body is the body that answers for a unit, before or after the changes; "" for none.
func (t tree) body(unit string, after bool) string {
	seen := map[string]bool{}
	for unit != "" && !seen[unit] {
		seen[unit] = true
		u, _ := t.d.Unit(unit)
		if u.Body != "" {
			return u.Body
		}
		parent := u.Parent
		if to, ok := t.moved[unit]; after && ok {
			parent = to
		}
		if after {
			parent = t.heir(parent)
		}
		unit = parent
	}
	return ""
}
