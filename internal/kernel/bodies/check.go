package bodies

import (
	"fmt"
	"slices"

	"dygnet/internal/kernel/i18n"
)

// check finds what is wrong in an organisation by itself, before anything is written.
func (o Organisation) check() error {
	known := map[string]string{} // "unit id" -> member
	unique := func(list string, n int, id string) error {
		if id == "" {
			return &InvalidError{Field: fmt.Sprintf("%s[%d]", list, n), Problem: "has no name to be referred to by"}
		}
		key := list + " " + id
		if _, twice := known[key]; twice {
			return &InvalidError{Field: fmt.Sprintf("%s[%d]", list, n), Problem: fmt.Sprintf("is a second %q", id)}
		}
		known[key] = ""
		return nil
	}
	named := func(list string, n int, name i18n.Text) error {
		if err := name.Check(); err != nil {
			return &InvalidError{Field: fmt.Sprintf("%s[%d].name", list, n), Problem: "is not complete: " + err.Error()}
		}
		return nil
	}
	for n, m := range o.Members {
		if err := first(unique("members", n, m.ID), named("members", n, m.Name)); err != nil {
			return err
		}
	}
	for n, b := range o.Bodies {
		if err := first(unique("bodies", n, b.ID), unique("codes", n, b.Member+" "+b.Code), named("bodies", n, b.Name)); err != nil {
			return err
		}
	}
	for n, b := range o.Bodies {
		if !b.To.IsZero() && b.To.Before(b.From) {
			return &InvalidError{Field: fmt.Sprintf("bodies[%d].to", n), Problem: "is before its first day"}
		}
	}
	for n, u := range o.Units {
		if err := first(unique("units", n, u.ID), named("units", n, u.Name)); err != nil {
			return err
		}
	}
	for n, r := range o.Roles {
		if err := first(unique("roles", n, r.Code), named("roles", n, r.Name)); err != nil {
			return err
		}
	}
	for n, p := range o.Persons {
		if err := first(unique("persons", n, p.Key), inList("persons", n, p.check())); err != nil {
			return err
		}
	}
	for n, d := range o.Decisions {
		if err := first(unique("decisions", n, d.Key), inList("decisions", n, d.check(d.On))); err != nil {
			return err
		}
	}
	for n, r := range o.Reserved {
		if err := first(unique("reserved", n, r.Member+" "+r.Action), inList("reserved", n, r.check())); err != nil {
			return err
		}
	}
	return o.checkReferences()
}

func (o Organisation) checkReferences() error {
	members, bodies, units := map[string]bool{}, map[string]Body{}, map[string]Unit{}
	for _, m := range o.Members {
		members[m.ID] = true
	}
	for n, b := range o.Bodies {
		if !members[b.Member] {
			return &InvalidError{Field: fmt.Sprintf("bodies[%d].member", n), Problem: fmt.Sprintf("is none we know: %q", b.Member)}
		}
		bodies[b.ID] = b
	}
	for _, u := range o.Units {
		units[u.ID] = u
	}
	for n, u := range o.Units {
		field := func(name string) string { return fmt.Sprintf("units[%d].%s", n, name) }
		parent, body := units[u.Parent], bodies[u.Body]
		switch {
		case !members[u.Member]:
			return &InvalidError{Field: field("member"), Problem: fmt.Sprintf("is none we know: %q", u.Member)}
		case u.Parent != "" && parent.Member != u.Member:
			return &InvalidError{Field: field("parent"), Problem: fmt.Sprintf("is no unit of the same member: %q", u.Parent)}
		case u.Body != "" && body.Member != u.Member:
			return &InvalidError{Field: field("body"), Problem: fmt.Sprintf("is no body of the same member: %q", u.Body)}
		}
		for steps, up := 0, u; up.Parent != ""; steps, up = steps+1, units[up.Parent] {
			if steps > len(o.Units) {
				return &InvalidError{Field: field("parent"), Problem: "leads round in a circle"}
			}
		}
	}
	for n, m := range o.Mandates {
		if !slices.ContainsFunc(o.Roles, func(r Role) bool { return r.Code == m.Role }) {
			return &InvalidError{Field: fmt.Sprintf("mandates[%d].role", n), Problem: fmt.Sprintf("is none we know: %q", m.Role)}
		}
	}
	return nil
}

// parentsFirst orders units so that each comes after the one it stands under.
func parentsFirst(units []Unit) []Unit {
	d := newDirectory(0)
	d.grow(units)
	out := make([]Unit, len(d.order))
	for n, id := range d.order {
		out[n] = d.units[id].Unit
	}
	return out
}

func inList(list string, n int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s[%d]: %w", list, n, err)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
