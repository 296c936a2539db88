package cases

import (
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// listQuery composes the statements of a list from fixed parts; values are always arguments.
type listQuery struct {
	who    access.Actor
	f      Filter
	engine store.Engine
	after  cursor
	edge   cursor // the last row to look at, zero for no bound
	today  calendar.Date
	ids    []string // found by words; nil: not asked for
	args   []any
}

func (q *listQuery) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

// manyUnits is where reading each unit through its own index stops to pay.
const manyUnits = 8

// source is one index to walk along: a condition that the index serves whole, together with the order.
type source func(q *listQuery) string

// few tells whether the list is made of so few rows that they are all read and sorted: those of one person, or those that were found.
func (f Filter) few() bool {
	return f.Queue == QueueMine || f.Queue == QueueAddressed || f.Assignee != "" && f.Queue != QueueAll || f.Party != Tie{}
}

// sources are the indexes that the list walks along, over the units in which the official may read something.
func (q *listQuery) sources(units []string) []source {
	f := q.f
	person := func(column, person string) source {
		return func(q *listQuery) string { return "c." + column + " <> '' AND c." + column + " = " + q.arg(person) }
	}
	open := func(s source) source { return func(q *listQuery) string { return "c.open = 1 AND " + s(q) } }
	state := func(s source) source {
		if f.Queue == QueueAll {
			return s
		}
		return open(s)
	}
	switch {
	case q.ids != nil:
		return []source{state(func(q *listQuery) string { return "c.id IN (" + q.list(q.ids) + ")" })}
	case f.Party.Person != "":
		return []source{state(func(q *listQuery) string {
			return "c.id IN (SELECT p.case_id FROM case_party p WHERE p.person <> '' AND p.person = " + q.arg(f.Party.Person) + ")"
		})}
	case f.Party.Organisation != "":
		return []source{state(func(q *listQuery) string {
			return "c.id IN (SELECT p.case_id FROM case_party p WHERE p.organisation <> '' AND p.organisation = " + q.arg(f.Party.Organisation) + ")"
		})}
	case f.Queue == QueueMine:
		return []source{open(person("assignee", q.who.Person))}
	case f.Queue == QueueAddressed:
		return []source{person("addressee", q.who.Person)}
	case f.Assignee != "" && f.Queue != QueueAll:
		return []source{open(person("assignee", f.Assignee))}
	case f.Unit == "" && len(units) > manyUnits: // someone who sees a whole member: one walk along the order itself
		return []source{state(func(*listQuery) string { return "1 = 1" })}
	}
	var out []source
	for _, unit := range units {
		if f.Unit == "" || f.Unit == unit {
			out = append(out, state(func(q *listQuery) string { return "c.unit = " + q.arg(unit) }))
		}
	}
	return out
}

func (q *listQuery) list(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = q.arg(v)
	}
	return strings.Join(marks, ", ")
}

// sparse tells whether the filter asks for something that no index of a source knows, so that a page could have to look through all there
// is. Such a list is bounded.
func (q *listQuery) sparse() bool {
	f := q.f
	if f.few() || q.ids != nil {
		return false
	}
	received := !f.From.IsZero() || !f.To.IsZero()
	return f.Type != "" || f.Status != "" || f.Content != "" || f.Channel != "" || f.Mark != "" || f.Assignee != "" || f.Queue == QueueUnassigned ||
		received && f.Order == Urgent || (f.Due != "" || f.Queue == QueueOverdue) && f.Order != Urgent
}

// ends is the statement that finds the row where a look along a source stops, if there are that many.
func (q *listQuery) ends(s source, look int) string {
	key := "c.received_at"
	if q.f.Order == Urgent {
		key = "c.due"
	}
	return "SELECT " + key + ", c.id FROM cases c WHERE " + s(q) + q.along() + " ORDER BY " + q.order("c.") + fmt.Sprintf(" LIMIT 1 OFFSET %d", look)
}

func (q *listQuery) order(of string) string {
	switch q.f.Order {
	case Urgent:
		return of + "due, " + of + "id"
	case Oldest:
		return of + "received_at, " + of + "id"
	}
	return of + "received_at DESC, " + of + "id DESC"
}

// text is the statement of a page over the sources, "" if nothing can be in the list.
func (q *listQuery) text(sources []source) string {
	limit := q.arg(q.f.Limit + 1)
	parts := make([]string, len(sources))
	for i, s := range sources {
		parts[i] = q.part(s)
	}
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0] + " ORDER BY " + q.order("c.") + " LIMIT " + limit
	}
	// Of each unit the keys alone; the whole rows of those that stand on the page.
	order := q.order("")
	for i, p := range parts {
		keys := "SELECT c.id, c.received_at, c.due" + strings.TrimPrefix(p, "SELECT "+caseColumns)
		parts[i] = "SELECT * FROM (" + keys + " ORDER BY " + order + " LIMIT " + limit + ") u" + fmt.Sprint(i)
	}
	page := "SELECT id AS page_id FROM (" + strings.Join(parts, " UNION ALL ") + ") a ORDER BY " + order + " LIMIT " + limit
	return "SELECT " + caseColumns + " FROM (" + page + ") page JOIN cases c ON c.id = page.page_id ORDER BY " + q.order("c.")
}

// part is the statement over one source: rows the officer may read, after the cursor.
func (q *listQuery) part(s source) string {
	text := "SELECT " + caseColumns + " FROM cases c WHERE " + s(q) + q.narrowed() + " AND c.destroyed_at = 0"
	condition, args := access.Condition(q.who, access.CaseRead, accessColumns, len(q.args)+1)
	text += " AND " + condition
	q.args = append(q.args, args...)
	return text + q.along()
}

// narrowed are the conditions of the filter that the source does not have.
func (q *listQuery) narrowed() string {
	f := q.f
	var b strings.Builder
	is := func(column, value string) {
		if value != "" {
			b.WriteString(" AND " + q.beside(column) + " = " + q.arg(value))
		}
	}
	is("c.unit", f.Unit)
	is("c.type_id", f.Type)
	is("c.status", f.Status)
	is("c.content", string(f.Content))
	is("c.channel", f.Channel)
	if f.Assignee != "" {
		is("c.assignee", f.Assignee)
	}
	if f.Queue == QueueUnassigned {
		b.WriteString(" AND " + q.beside("c.assignee") + " = ''")
	}
	switch f.Mark {
	case MarkNone:
		b.WriteString(" AND c.secrecy = 0 AND c.protected = 0")
	case MarkSome:
		b.WriteString(" AND (c.secrecy > 0 OR c.protected = 1)")
	case MarkSecret:
		b.WriteString(" AND (c.secrecy = 2 OR c.protected = 1)")
	}
	if f.searches() || f.Party != (Tie{}) {
		b.WriteString(" AND (c.secrecy = 0 AND c.protected = 0 OR c.assignee = " + q.arg(q.who.Person) + ")")
	}
	if f.Place != "" {
		b.WriteString(" AND lower(c.address) LIKE " + q.arg("%"+likeless(strings.ToLower(f.Place))+"%") + ` ESCAPE '\'`)
	}
	return b.String()
}

// searches tells whether the list asks the search index.
func (f Filter) searches() bool { return strings.TrimSpace(f.Words+f.Place) != "" }

// likeless is a text in which no letter has a meaning of its own to LIKE.
func likeless(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// beside is a column that no index is to be chosen for: the one of the source is. PostgreSQL chooses by what is in the table.
func (q *listQuery) beside(column string) string {
	if q.engine == store.SQLite {
		return "+" + column
	}
	return column
}

// along are the conditions on the keys of the order: after the cursor, not past the edge, and the days asked for.
func (q *listQuery) along() string {
	f := q.f
	received, due := "c.received_at", "c.due" // the one that is not the order is looked at row by row
	if f.Order == Urgent {
		received = q.beside(received)
	} else {
		due = q.beside(due)
	}
	var b strings.Builder
	if !f.From.IsZero() {
		b.WriteString(" AND " + received + " >= " + q.arg(store.Micros(f.From.Start())))
	}
	if !f.To.IsZero() {
		b.WriteString(" AND " + received + " < " + q.arg(store.Micros(f.To.AddDays(1).Start())))
	}
	if f.Due == DueLate || f.Queue == QueueOverdue {
		b.WriteString(" AND " + due + " < " + q.arg(q.today.String()))
	}
	if f.Due == DueSoon {
		b.WriteString(" AND " + due + " >= " + q.arg(q.today.String()) + " AND " + due + " <= " + q.arg(q.today.AddDays(SoonDays).String()))
	}
	keys, on, key := "(c.received_at, c.id)", "<", "CAST(%s AS BIGINT)"
	switch f.Order {
	case Urgent:
		keys, on, key = "(c.due, c.id)", ">", "%s"
	case Oldest:
		on = ">"
	}
	if q.after.id != "" {
		b.WriteString(" AND " + keys + " " + on + " (" + fmt.Sprintf(key, q.arg(q.after.key)) + ", " + q.arg(q.after.id) + ")")
	}
	if q.edge.id != "" {
		on = map[string]string{"<": ">=", ">": "<="}[on]
		b.WriteString(" AND " + keys + " " + on + " (" + fmt.Sprintf(key, q.arg(q.edge.key)) + ", " + q.arg(q.edge.id) + ")")
	}
	return b.String()
}

// accessColumns tells the rules where the facts they ask for stand in the table of cases.
var accessColumns = access.Columns{
	Member: "c.member", Body: "c.body", Unit: "c.unit", Scope: "c.type_id", Assignee: "c.assignee", Addressee: "c.addressee", Secrecy: "c.secrecy",
	Protected: "c.protected",
	Party: func(p string) string {
		return "EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id AND p.person = " + p + ")"
	},
}
