package bodies

import (
	"context"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Within makes a change of another room that gives or ends mandates besides what it writes itself: all of it in one transaction with the
// one journal entry fn gives, seen in the Directory here when it returns. The errors are those of Appoint and EndMandate.
func (s *Service) Within(ctx context.Context, fn func(ctx context.Context, tx *store.Tx, m Mandates) (journal.Entry, error)) error {
	return s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) { return fn(ctx, tx, Mandates{s, tx}) })
}

// Mandates gives and ends mandates in a transaction of another room, which has seen to that the one who acts may.
type Mandates struct {
	s  *Service
	tx *store.Tx
}

// Appoint is Service.Appoint without an entry of its own.
func (in Mandates) Appoint(ctx context.Context, m Mandate) (Mandate, error) {
	m.ID, m.Ended, m.EndedBy = store.NewID(), calendar.Date{}, ""
	m, err := place(ctx, in.tx, m)
	if err != nil {
		return Mandate{}, err
	}
	if err := appointReserved(ctx, in.tx, m, m.Decision, in.s.today()); err != nil {
		return Mandate{}, err
	}
	return m, insertMandate(ctx, in.tx, m)
}

// End ends a mandate on a decision, or "" where none is needed: last is its last day, at the earliest the day before its first.
func (in Mandates) End(ctx context.Context, id string, last calendar.Date, decision string) error {
	_, err := endMandate(ctx, in.tx, id, last, decision, in.s.today())
	return err
}
