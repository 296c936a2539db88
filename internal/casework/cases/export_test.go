package cases

import (
	"context"

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

// List asks the list of a page of what would be a database of its own; for measuring.
func (s Statement) List(ctx context.Context, q store.Queryer) ([]*Case, error) {
	return store.All(ctx, q, func(r *store.Rows) (*Case, error) { return scanCase(r) }, s.Text, s.Args...)
}
