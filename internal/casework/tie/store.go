package tie

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/kernel/store"
)

const relationColumns = `r.id, r.kind, r.how, r.from_case, r.to_case, r.reason, r.actor, r.at, r.removed_at, r.removed_by, r.removed_reason`

type scanner interface{ Scan(dest ...any) error }

func scanRelation(row scanner, more ...any) (Relation, error) {
	var r Relation
	var at, removed int64
	err := row.Scan(append([]any{&r.ID, &r.Kind, &r.how, &r.From, &r.To, &r.Reason, &r.Actor, &at, &removed, &r.Remover, &r.Why}, more...)...)
	r.At = store.Time(at)
	if removed != 0 {
		r.Removed = store.Time(removed)
	}
	return r, err
}

// relationBy is one relation that stands, store.ErrNotFound if there is none.
func relationBy(ctx context.Context, q store.Queryer, where string, args ...any) (Relation, error) {
	r, err := scanRelation(q.QueryRow(ctx, `SELECT `+relationColumns+` FROM tie_relation r WHERE r.removed_at = 0 AND `+where+` LIMIT 1`, args...))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, fmt.Errorf("reading a relation: %w", err)
	}
	return r, err
}

// insert writes a relation, unless it would lead round in a circle. One that stands already is given back as it is, with again set.
func (s *Service) insert(ctx context.Context, tx *store.Tx, r Relation) (out Relation, again bool, err error) {
	if r.From == r.To {
		return r, false, refuse(Itself)
	}
	if r.Kind.round() && r.From > r.To {
		r.From, r.To = r.To, r.From
	}
	if s.DB.Engine() == store.Postgres { // SQLite has one writer: two halves of a circle are never drawn at once
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('tie.relation'))`); err != nil {
			return r, false, fmt.Errorf("waiting for other relations: %w", err)
		}
	}
	if before, err := relationBy(ctx, tx, `r.kind = $1 AND r.from_case = $2 AND r.to_case = $3`, string(r.Kind), r.From, r.To); err == nil {
		return before, true, nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return r, false, err
	}
	if !r.Kind.round() {
		var n int
		if err := tx.QueryRow(ctx, `WITH RECURSIVE onward (id) AS (
				SELECT to_case FROM tie_relation WHERE kind = $1 AND from_case = $2 AND removed_at = 0
				UNION SELECT r.to_case FROM tie_relation r JOIN onward o ON r.from_case = o.id WHERE r.kind = $1 AND r.removed_at = 0)
			SELECT count(*) FROM onward WHERE id = $3`, string(r.Kind), r.To, r.From).Scan(&n); err != nil {
			return r, false, fmt.Errorf("following relations: %w", err)
		}
		if n > 0 {
			return r, false, refuse(Circle)
		}
	}
	r.ID = store.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO tie_relation (id, kind, how, from_case, to_case, reason, actor, at, removed_at, removed_by, removed_reason, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '', 0)`, r.ID, string(r.Kind), string(r.how), r.From, r.To, r.Reason, r.Actor, store.Micros(r.At))
	if err != nil {
		return r, false, fmt.Errorf("storing a relation: %w", err)
	}
	return r, false, nil
}

// remove ends a relation. It stays, with who ended it and why.
func remove(ctx context.Context, tx *store.Tx, r Relation) error {
	n, err := tx.Exec(ctx, `UPDATE tie_relation SET removed_at = $2, removed_by = $3, removed_reason = $4, told = 0 WHERE id = $1 AND removed_at = 0`,
		r.ID, store.Micros(r.Removed), r.Remover, r.Why)
	switch {
	case err != nil:
		return fmt.Errorf("removing a relation: %w", err)
	case n == 0:
		return refuse(Gone)
	}
	return nil
}

// Of are the relations of a case, those that were removed too, oldest first. Whoever asks sees to what may be shown of the other cases.
func (s *Service) Of(ctx context.Context, q store.Queryer, caseID string) ([]Relation, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Relation, error) { return scanRelation(r) },
		`SELECT `+relationColumns+` FROM tie_relation r WHERE r.from_case = $1 OR r.to_case = $1 ORDER BY r.at, r.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("reading the relations of a case: %w", err)
	}
	return list, nil
}
