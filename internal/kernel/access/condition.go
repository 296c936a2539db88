package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/kernel/bodies"
)

// Columns says where a table has the facts of an Object: SQL expressions such as "c.unit". What is left empty the rows do not have.
// They come from code, never from a user. Secrecy and Protected are never NULL.
type Columns struct {
	Member, Body, Unit, Scope, Assignee, Addressee, Secrecy, Protected string
	// Party gives an expression that is true (never NULL) of rows to which the person in a placeholder is a party:
	// "EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id AND p.person = $7)". nil if the rows have no parties.
	Party func(placeholder string) string
}

// Condition gives the expression for WHERE that is true of exactly the rows that Check allows the action on, and its arguments, whose
// placeholders begin at number first. It is never empty: "1 = 0" when nothing is allowed.
//
// Each part is a comparison of one column with a list, so that an index on the column serves it; where several parts make the
// database read the whole table, ask once for each of Units, with the condition besides.
func Condition(a Actor, action Action, c Columns, first int) (string, []any) {
	w := where{columns: c, next: first}
	var own, official []string
	for _, r := range table()[action] {
		if r.Role != "" {
			continue
		}
		switch {
		case r.Relation == Anyone:
			own = append(own, w.within("1 = 1", r.Max))
		case r.Relation == Party && a.Citizen && a.Person != "" && c.Party != nil:
			own = append(own, w.within(c.Party(w.arg(a.Person)), r.Max))
		}
	}
	for _, g := range a.grants(action) {
		if part := w.part(a, g); part != "" {
			official = append(official, part)
		}
	}
	if len(official) > 0 {
		part := strings.Join(official, " OR ")
		if c.Party != nil && action.ofParty() && a.Person != "" {
			part = "(" + part + ") AND NOT (" + c.Party(w.arg(a.Person)) + ")"
		}
		own = append(own, part)
	}
	switch len(own) {
	case 0:
		return "1 = 0", nil
	case 1:
		return "(" + own[0] + ")", w.args
	}
	return "((" + strings.Join(own, ") OR (") + "))", w.args
}

// grant is what a rule gives under some mandates that reach alike.
type grant struct {
	relation Relation
	scope    string
	member   string   // for Assignee and Addressee
	values   []string // units, bodies or members; nil for InMember is every member
	max      Secrecy
}

// grants gives what the actor's mandates give for an action: one grant for each way of reaching and degree.
func (a Actor) grants(action Action) []grant {
	if a.Citizen || a.directory == nil {
		return nil
	}
	var out []grant
	for _, r := range table()[action] {
		for _, m := range a.Mandates {
			if r.Role == "" || m.Role != r.Role {
				continue
			}
			g := grant{relation: r.Relation, scope: m.Scope, max: r.Max}
			if g.max == Secret && a.LoA < Substantial {
				g.max = Marked
			}
			if !g.reach(a, m) {
				continue
			}
			out = merge(out, g)
		}
	}
	return out
}

// reach fills in what the grant is over; false if nothing.
func (g *grant) reach(a Actor, m bodies.Mandate) bool {
	switch g.relation {
	case Assignee, Addressee:
		g.member = m.Member
		return a.Person != ""
	case UnitTree:
		g.values = slices.Clone(a.directory.Subtree(m.Unit))
	case SameBody:
		if m.Body != "" {
			g.values = []string{m.Body}
		}
	case InMember:
		if m.Member == "" {
			return true
		}
		g.values = []string{m.Member}
	}
	return len(g.values) > 0
}

// merge adds g to the grants: to one that reaches alike if there is one.
func merge(list []grant, g grant) []grant {
	for i := range list {
		o := &list[i]
		if o.relation != g.relation || o.scope != g.scope || o.member != g.member {
			continue
		}
		switch {
		case (o.values == nil) == (g.values == nil) && slices.Equal(o.values, g.values):
			o.max = max(o.max, g.max)
			return list
		case o.max == g.max && o.values != nil && g.values != nil:
			for _, v := range g.values {
				if !slices.Contains(o.values, v) {
					o.values = append(o.values, v)
				}
			}
			return list
		}
	}
	return append(list, g)
}

// where is a condition under construction.
type where struct {
	columns Columns
	next    int
	args    []any
}

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	w.next++
	return "$" + strconv.Itoa(w.next-1)
}

// part is one grant as an expression, "" if the rows lack the column.
func (w *where) part(a Actor, g grant) string {
	c := w.columns
	if g.scope != "" && c.Scope == "" || g.member != "" && c.Member == "" {
		return ""
	}
	var part string
	switch g.relation {
	case Assignee:
		part = w.equals(c.Assignee, a.Person)
	case Addressee:
		part = w.equals(c.Addressee, a.Person)
	case UnitTree:
		part = w.equals(c.Unit, g.values...)
	case SameBody:
		part = w.equals(c.Body, g.values...)
	case InMember:
		part = "1 = 1"
		if g.values != nil {
			part = w.equals(c.Member, g.values...)
		}
	}
	if part == "" {
		return ""
	}
	if g.member != "" {
		part += " AND " + w.equals(c.Member, g.member)
	}
	if g.scope != "" {
		part += " AND " + w.equals(c.Scope, g.scope)
	}
	return w.within(part, g.max)
}

func (w *where) equals(column string, values ...string) string {
	if column == "" {
		return ""
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.arg(v)
	}
	if len(marks) == 1 {
		return column + " = " + marks[0]
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}

// within narrows a part to a degree of secrecy.
func (w *where) within(part string, limit Secrecy) string {
	if limit < Secret {
		if w.columns.Secrecy != "" {
			part += fmt.Sprintf(" AND %s <= %d", w.columns.Secrecy, int(limit))
		}
		if w.columns.Protected != "" {
			part += " AND " + w.columns.Protected + " = 0"
		}
	}
	return "(" + part + ")"
}

// Units gives the units in which the actor's mandates may allow the action on something, in order: what Condition selects lies in one of
// them, or the person is its assignee, addressee or party.
func Units(a Actor, action Action) []string {
	seen := map[string]bool{}
	for _, g := range a.grants(action) {
		switch g.relation {
		case UnitTree:
			for _, u := range g.values {
				seen[u] = true
			}
		case InMember:
			if g.values == nil {
				g.values = []string{""}
			}
			for _, member := range g.values {
				for _, u := range a.directory.Units(member) {
					seen[u.ID] = true
				}
			}
		case SameBody:
			for _, id := range g.values {
				body, _ := a.directory.Body(id)
				for _, u := range a.directory.Units(body.Member) {
					seen[u.ID] = true
				}
			}
		}
	}
	out := make([]string, 0, len(seen))
	for u := range seen {
		out = append(out, u)
	}
	slices.Sort(out)
	return out
}
