package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/kernel/store"
)

// Errors of a matter that comes when no more are taken in. Nothing has been stored then.
var (
	// ErrFull means that as many matters of the kind have come in as the municipality takes in.
	ErrFull = errors.New("no more matters of this kind are taken in")
	// ErrOften means that this person has handed in as many matters of the kind as one may.
	ErrOften = errors.New("this person has handed in as many matters of this kind as one may")
)

// Limit is how many matters of a kind are taken in since an instant; 0 is any number.
type Limit struct {
	Since     time.Time
	Cap       int
	PerPerson int // of one signed-in person
}

// within refuses a matter that is one too many. Those of one kind wait for each other here, so that no two take the last place.
func (s *Service) within(ctx context.Context, tx *store.Tx, c *Case, in Submission) error {
	l := in.Limit
	if l.Cap <= 0 && (l.PerPerson <= 0 || in.principal() == "") {
		return nil
	}
	if s.db.Engine() == store.Postgres { // SQLite has one writer
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, "cases.limit "+c.TypeID); err != nil {
			return fmt.Errorf("waiting for matters of the same kind: %w", err)
		}
	}
	since := store.Micros(l.Since)
	for _, ask := range []struct {
		most  int
		err   error
		query string
		args  []any
	}{
		{l.Cap, ErrFull, `SELECT count(*) FROM cases WHERE type_id = $1 AND received_at >= $2`, []any{c.TypeID, since}},
		{l.PerPerson, ErrOften, `SELECT count(*) FROM case_party p JOIN cases c ON c.id = p.case_id
			WHERE (p.person = $3 OR p.organisation = $3) AND p.n = 1 AND c.type_id = $1 AND c.received_at >= $2`, []any{c.TypeID, since, in.principal()}},
	} {
		if ask.most <= 0 || ask.err == ErrOften && in.principal() == "" { //nolint:errorlint // our own list
			continue
		}
		var n int
		if err := tx.QueryRow(ctx, ask.query, ask.args...).Scan(&n); err != nil {
			return fmt.Errorf("counting matters of the kind: %w", err)
		}
		if n >= ask.most {
			return ask.err
		}
	}
	return nil
}

// Full tells beforehand what Submit would say of a limit: nil, ErrFull or ErrOften. It promises no place.
func (s *Service) Full(ctx context.Context, typeID, person string, l Limit) error {
	if l.Cap <= 0 && (l.PerPerson <= 0 || person == "") {
		return nil
	}
	var all, own int
	err := s.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM cases WHERE type_id = $1 AND received_at >= $2),
		(SELECT count(*) FROM case_party p JOIN cases c ON c.id = p.case_id WHERE (p.person = $3 OR p.organisation = $3) AND p.n = 1 AND c.type_id = $1 AND c.received_at >= $2)`,
		typeID, store.Micros(l.Since), person).Scan(&all, &own)
	switch {
	case err != nil:
		return fmt.Errorf("counting matters of the kind: %w", err)
	case l.Cap > 0 && all >= l.Cap:
		return ErrFull
	case l.PerPerson > 0 && own >= l.PerPerson:
		return ErrOften
	}
	return nil
}
