package deviation

import (
	"context"
	"fmt"
	"strconv"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Valid gives the avsteg from a sentence that an object has on a day, and whether it has one. The object's ID is unique among all members.
func Valid(ctx context.Context, q store.Queryer, sentence, kind, object string, on calendar.Date) (Deviation, bool, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Deviation, error) { return scan(r) }, `SELECT `+columns+` FROM deviation
		WHERE object_kind = $1 AND object_id = $2 AND sentence = $3 AND `+holds(4)+` ORDER BY id LIMIT 1`, kind, object, sentence, on)
	if err != nil || len(list) == 0 {
		if err != nil {
			err = fmt.Errorf("asking for an avsteg from %s: %w", sentence, err)
		}
		return Deviation{}, false, err
	}
	return list[0], true, nil
}

// ValidFor is Valid for every object of a kind at once: by the object's ID.
func ValidFor(ctx context.Context, q store.Queryer, sentence, kind string, on calendar.Date) (map[string]Deviation, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Deviation, error) { return scan(r) }, `SELECT `+columns+` FROM deviation
		WHERE sentence = $1 AND object_kind = $2 AND `+holds(3), sentence, kind, on)
	if err != nil {
		return nil, fmt.Errorf("asking for avsteg from %s: %w", sentence, err)
	}
	out := make(map[string]Deviation, len(list))
	for _, d := range list {
		out[d.Object.ID] = d
	}
	return out, nil
}

// holds is the condition that an avsteg holds on the day in a placeholder: what it rests on must hold too.
func holds(n int) string {
	mark := "$" + strconv.Itoa(n)
	return `valid_from <= ` + mark + ` AND COALESCE(ended_on, valid_to) >= ` + mark +
		` AND NOT EXISTS (SELECT 1 FROM decision_revocation v WHERE v.decision = deviation.decision AND v.valid_from <= ` + mark + `)`
}

// State is where an avsteg stands on a day.
type State string

// The states.
const (
	Any      State = ""
	Coming   State = "coming"    // decided, from a later day
	Now      State = "now"       // in force
	ToReview State = "to_review" // in force, and the day of review has come
	Over     State = "over"      // its last day has passed, or the decision it rested on was revoked
)

// Question asks for avsteg. What is left empty is not asked about.
type Question struct {
	Member, Sentence, Body string
	Object                 Object
	Decision               string // that it rests on
	State                  State
	On                     calendar.Date // the day it is asked of; what was decided later is not seen
	// Until limits to those whose last day is that day or earlier: what runs out.
	Until calendar.Date
	// After is the ID after which the list goes on, Limit the most rows it has (100 if 0).
	After string
	Limit int
}

// List gives avsteg, the latest decided first. Review of each is the day as it stood on the day asked of.
func (s *Service) List(ctx context.Context, o Question) ([]Deviation, error) {
	return List(ctx, s.db, o)
}

// List is Service.List from any reading.
func List(ctx context.Context, q store.Queryer, o Question) ([]Deviation, error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := `WHERE decided_at < ` + arg(store.Micros(o.On.AddDays(1).Start()))
	on := arg(o.On) // $2, which holds takes
	review := `COALESCE((SELECT r.next_on FROM deviation_review r WHERE r.deviation = deviation.id AND r.reviewed_on <= ` + on + ` ORDER BY r.id DESC LIMIT 1), review_on)`
	for _, c := range []struct{ column, value string }{
		{"member", o.Member}, {"sentence", o.Sentence}, {"body", o.Body}, {"object_kind", o.Object.Kind}, {"object_id", o.Object.ID}, {"decision", o.Decision},
	} {
		if c.value != "" {
			where += ` AND ` + c.column + ` = ` + arg(c.value)
		}
	}
	last := `COALESCE(ended_on, valid_to)`
	switch o.State {
	case Coming:
		where += ` AND valid_from > ` + on + ` AND ` + last + ` >= valid_from`
	case Now:
		where += ` AND ` + holds(2)
	case ToReview:
		where += ` AND ` + holds(2) + ` AND ` + review + ` <= ` + on
	case Over:
		where += ` AND valid_from <= ` + on + ` AND NOT (` + holds(2) + `)`
	}
	if !o.Until.IsZero() {
		where += ` AND ` + last + ` <= ` + arg(o.Until)
	}
	if o.After != "" {
		where += ` AND id < ` + arg(o.After)
	}
	if o.Limit <= 0 {
		o.Limit = 100
	}
	list, err := store.All(ctx, q, func(r *store.Rows) (Deviation, error) {
		var next calendar.Date
		d, err := scan(r, &next)
		d.Review = next
		return d, err
	}, `SELECT `+columns+`, `+review+` FROM deviation `+where+` ORDER BY id DESC LIMIT `+arg(o.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("listing avsteg: %w", err)
	}
	return list, nil
}

// Expiring gives the avsteg in force on a day that run out within some days, at most limit of them.
func (s *Service) Expiring(ctx context.Context, member string, on calendar.Date, days, limit int) ([]Deviation, error) {
	return s.List(ctx, Question{Member: member, State: Now, On: on, Until: on.AddDays(days), Limit: limit})
}

// Get gives an avsteg as it stands today, and each time it was looked at, oldest first. It gives store.ErrNotFound.
func (s *Service) Get(ctx context.Context, id string) (Deviation, []Review, error) {
	d, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM deviation WHERE id = $1`, id))
	if err != nil {
		return d, nil, fmt.Errorf("finding avsteg %s: %w", id, err)
	}
	reviews, err := store.All(ctx, s.db, func(r *store.Rows) (Review, error) {
		var v Review
		err := r.Scan(&v.On, &v.Note, &v.Next, &v.Person, &v.Mandate)
		return v, err
	}, `SELECT reviewed_on, note, next_on, person, mandate FROM deviation_review WHERE deviation = $1 ORDER BY id`, id)
	if err != nil {
		return d, nil, fmt.Errorf("finding the reviews of avsteg %s: %w", id, err)
	}
	for _, r := range reviews {
		d.Review = r.Next
	}
	return d, reviews, nil
}

// Counts gives how many avsteg from each sentence hold in a member ("" for all) on a day.
func (s *Service) Counts(ctx context.Context, member string, on calendar.Date) (map[string]int, error) {
	return s.counts(ctx, `SELECT sentence, COUNT(*) FROM deviation WHERE `+holds(1)+` AND ($2 = '' OR member = $2) GROUP BY sentence`, on, member)
}

// Decided gives how many avsteg from each sentence were given from one day to another, both included: many from one sentence ask whether
// the strategy should change (S4-AC-7).
func (s *Service) Decided(ctx context.Context, member string, from, to calendar.Date) (map[string]int, error) {
	return s.counts(ctx, `SELECT sentence, COUNT(*) FROM deviation WHERE decided_at >= $1 AND decided_at < $2 AND ($3 = '' OR member = $3) GROUP BY sentence`,
		store.Micros(from.Start()), store.Micros(to.AddDays(1).Start()), member)
}

func (s *Service) counts(ctx context.Context, query string, args ...any) (map[string]int, error) {
	rows, err := s.db.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting avsteg: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]int{}
	for rows.Next() {
		var sentence string
		var n int
		if err := rows.Scan(&sentence, &n); err != nil {
			return nil, fmt.Errorf("counting avsteg: %w", err)
		}
		out[sentence] = n
	}
	return out, rows.Err()
}
