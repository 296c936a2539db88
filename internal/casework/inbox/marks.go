package inbox

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Migrations make the table of marks.
//
//go:embed migrations
var Migrations embed.FS

// Marks are what people have read.
type Marks struct {
	db    *store.DB
	clock calendar.Clock
}

// New keeps marks in db.
func New(db *store.DB, clock calendar.Clock) *Marks { return &Marks{db: db, clock: clock} }

// Read notes that a person has read a case up to and with an event. A mark never goes back.
func (m *Marks) Read(ctx context.Context, person, caseID string, n int) error {
	err := m.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO inbox_mark (person, case_id, n, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person, case_id) DO UPDATE SET n = excluded.n, at = excluded.at WHERE inbox_mark.n < excluded.n`,
			person, caseID, n, store.Micros(m.clock.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("marking a case as read: %w", err)
	}
	return nil
}

// Of gives the marks of a person on cases: the number of the last event read, by case.
func (m *Marks) Of(ctx context.Context, person string, cases []string) (map[string]int, error) {
	out := map[string]int{}
	if len(cases) == 0 {
		return out, nil
	}
	args, in := []any{person}, []string{}
	for _, id := range cases {
		args = append(args, id)
		in = append(in, fmt.Sprintf("$%d", len(args)))
	}
	type mark struct {
		id string
		n  int
	}
	list, err := store.All(ctx, m.db, func(r *store.Rows) (mark, error) { var x mark; return x, r.Scan(&x.id, &x.n) },
		`SELECT case_id, n FROM inbox_mark WHERE person = $1 AND case_id IN (`+strings.Join(in, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what has been read: %w", err)
	}
	for _, x := range list {
		out[x.id] = x.n
	}
	return out, nil
}
