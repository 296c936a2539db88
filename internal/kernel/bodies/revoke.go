package bodies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Revocation says that a decision (beslut) is revoked by a later one of the same body. The decision itself stays as it was taken; what was
// done on it before stays done, and nothing more can rest on it.
type Revocation struct {
	Decision string        // the one that is revoked
	By       string        // the later decision that revokes it
	From     calendar.Date // the first day it does not hold; not before the later decision was taken
	// RegisteredBy is the person who registered it, under Mandate; set by Revoke.
	RegisteredBy, Mandate string
	RegisteredAt          time.Time
}

// Revoke registers that a decision is revoked. Whoever registers it is secretary of the body (PR-1). The errors are *MandateError,
// *InvalidError (field "decision", "by" or "from"), and store.ErrConflict when it is revoked already.
func (s *Service) Revoke(ctx context.Context, by By, r Revocation) error {
	r.RegisteredBy, r.Mandate, r.RegisteredAt = by.Person, by.Mandate, s.clock.Now().UTC()
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		old, err := decisionByID(ctx, tx, r.Decision)
		if err != nil {
			return journal.Entry{}, unknown(err, "decision", r.Decision)
		}
		if err := s.mayRegister(ctx, tx, Decision{Body: old.Body, RegisteredBy: r.RegisteredBy, Mandate: r.Mandate, RegisteredAt: r.RegisteredAt}); err != nil {
			return journal.Entry{}, err
		}
		later, err := decisionByID(ctx, tx, r.By)
		if err != nil {
			return journal.Entry{}, unknown(err, "by", r.By)
		}
		if err := r.check(old, later); err != nil {
			return journal.Entry{}, err
		}
		if gone, err := revokedFrom(ctx, tx, later.ID); err != nil || !gone.IsZero() {
			return journal.Entry{}, first(err, &InvalidError{Field: "by", Problem: "is itself revoked from " + gone.String()})
		}
		_, err = tx.Exec(ctx, `INSERT INTO decision_revocation (decision, by_decision, valid_from, registered_by, mandate, registered_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.Decision, r.By, r.From, r.RegisteredBy, r.Mandate, store.Micros(r.RegisteredAt))
		by.Decision = r.By
		return by.entry("decision.revoked", "decision", r.Decision, map[string]any{"by": r.By, "from": r.From}), err
	})
	if err != nil {
		return fmt.Errorf("revoking decision %s: %w", r.Decision, err)
	}
	return nil
}

func (r Revocation) check(old, later Decision) error {
	switch {
	case later.ID == old.ID || later.Body != old.Body || later.On.Before(old.On):
		return &InvalidError{Field: "by", Problem: "is no later decision of the same body"}
	case r.From.IsZero() || r.From.Before(later.On):
		return &InvalidError{Field: "from", Problem: "is before the decision that revokes was taken, " + later.On.String()}
	}
	return nil
}

// RevocationOf gives how a decision was revoked. It gives store.ErrNotFound for one that is not.
func (s *Service) RevocationOf(ctx context.Context, decision string) (Revocation, error) {
	var r Revocation
	var at int64
	err := s.db.QueryRow(ctx, `SELECT decision, by_decision, valid_from, registered_by, mandate, registered_at FROM decision_revocation WHERE decision = $1`, decision).
		Scan(&r.Decision, &r.By, &r.From, &r.RegisteredBy, &r.Mandate, &at)
	r.RegisteredAt = store.Time(at)
	if err != nil {
		return r, fmt.Errorf("asking whether decision %s is revoked: %w", decision, err)
	}
	return r, nil
}

// RevokedBy gives the decisions that a decision revoked.
func (s *Service) RevokedBy(ctx context.Context, decision string) ([]Decision, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Decision, error) { return scanDecision(r) },
		`SELECT `+decisionColumns+` FROM decision WHERE id IN (SELECT decision FROM decision_revocation WHERE by_decision = $1) ORDER BY decided_on, id`, decision)
	if err != nil {
		return nil, fmt.Errorf("asking what decision %s revoked: %w", decision, err)
	}
	return list, nil
}

// Revoked reports whether a decision is revoked on a day, inside a transaction.
func Revoked(ctx context.Context, q store.Queryer, decision string, on calendar.Date) (bool, error) {
	from, err := revokedFrom(ctx, q, decision)
	return !from.IsZero() && !on.Before(from), err
}

// revokedFrom gives the first day a decision does not hold, the zero Date if it is not revoked.
func revokedFrom(ctx context.Context, q store.Queryer, decision string) (calendar.Date, error) {
	var from calendar.Date
	err := q.QueryRow(ctx, `SELECT valid_from FROM decision_revocation WHERE decision = $1`, decision).Scan(&from)
	if errors.Is(err, store.ErrNotFound) {
		return from, nil
	}
	return from, err
}
