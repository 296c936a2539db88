package cases

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Protect makes the earlier cases of somebody who has got protected personal data secret, the closed ones too, with one entry in the
// journal for each (P-K). It gives their number. It does nothing to cases that are protected already, or if the organisation does not
// know the person to be protected; that protection has ended changes no case, since somebody has to look at each.
func (s *Service) Protect(ctx context.Context, person string) (int, error) {
	protected, err := s.org.Protected(ctx, person)
	if err != nil || !protected {
		return 0, err
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT DISTINCT c.id FROM case_party p JOIN cases c ON c.id = p.case_id WHERE p.person = $1 AND c.protected = 0 ORDER BY c.id`, person)
	if err != nil {
		return 0, fmt.Errorf("looking for the cases of somebody protected: %w", err)
	}
	done := 0
	for _, id := range list {
		switch err := s.protect(ctx, id); {
		case errors.Is(err, errTold):
		case err != nil:
			return done, fmt.Errorf("protecting case %s: %w", id, err)
		default:
			done++
		}
	}
	return done, nil
}

func (s *Service) protect(ctx context.Context, id string) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if c.Protected {
			return journal.Entry{}, errTold
		}
		ct, err := s.typeOf(c)
		if err != nil {
			return journal.Entry{}, err
		}
		ch := &change{tx: tx, who: access.Actor{Person: journal.System}, c: c, ct: ct, now: s.now(), event: Event{Kind: Shielded, Internal: true}}
		c.Protected = true
		if err := ch.mark(ctx, Secret); err != nil {
			return journal.Entry{}, err
		}
		return s.record(ctx, ch, ActionProtected)
	})
	return err
}
