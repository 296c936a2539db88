package cases

import (
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Statement is a statement that a list asks.
type Statement struct {
	Text string
	Args []any
}

// Statements are those of a list: of the page, and where it is bounded those that find the bound.
func Statements(who access.Actor, f Filter, engine store.Engine, today calendar.Date) (page Statement, bounds []Statement) {
	if f.Queue == QueueAll && f.Order == Urgent {
		f.Order = Newest
	}
	if f.Look == 0 {
		f.Look = lookLimit
	}
	f.Limit = 200
	q := &listQuery{who: who, f: f, engine: engine, today: today}
	if f.searches() {
		q.ids = []string{"a", "b"}
	}
	sources := q.sources(access.Units(who, access.CaseRead))
	if q.sparse() {
		for _, s := range sources {
			q.args = nil
			text := q.ends(s, f.Look/len(sources))
			bounds = append(bounds, Statement{text, q.args})
		}
		q.edge = cursor{"0", "0"}
	}
	q.args = nil
	text := q.text(sources)
	return Statement{text, q.args}, bounds
}

// Bounded is the statement of a page with a bound that was found, or none.
func Bounded(who access.Actor, f Filter, engine store.Engine, today calendar.Date, edge string) Statement {
	f.Limit = 200
	q := &listQuery{who: who, f: f, engine: engine, today: today}
	q.edge.key, q.edge.id, _ = strings.Cut(edge, ".")
	text := q.text(q.sources(access.Units(who, access.CaseRead)))
	return Statement{text, q.args}
}
