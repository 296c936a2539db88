package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ActionAnnulled is what the journal calls a row of the diarium that was annulled (makulerad).
const ActionAnnulled = "register.annulled"

// ErrWithheld means that a row that is marked as secret was to be shown with its party or subject to everybody (OSL 5 kap. 2 § second
// paragraph: such facts are left out). Somebody assesses it and lifts the mark first.
var ErrWithheld = errors.New("the row is marked as secret; its party and subject cannot be shown to everybody")

// Annul makes a row say that it was entered by mistake. Its number is kept and never used again; those who keep the diarium see it crossed
// out with the reason, everybody else that it is annulled (JO 4639-2007: nothing in a diarium is erased).
func (s *Service) Annul(ctx context.Context, who access.Actor, id, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return fmt.Errorf("annulling a row of the diarium: %w", ErrNote)
	}
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		h, mandate, err := s.row(ctx, tx, who, access.RegisterCorrect, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if h.Superseded != "" || !h.Annulled.IsZero() {
			return journal.Entry{}, ErrStale
		}
		err = tx.ExecOne(ctx, `UPDATE register_entry SET annulled = $2, annulled_by = $3, annulled_why = $4 WHERE id = $1 AND annulled = 0`,
			id, store.Micros(s.now()), who.Person, reason)
		return journal.Entry{
			Actor: who.Person, Mandate: mandate, Action: ActionAnnulled, Object: journal.Ref{Kind: objectKind, ID: h.CaseID},
			Payload: map[string]any{"row": h.ID, "number": h.Number, "said": []string{h.Party, h.Subject}, "reason": reason},
		}, err
	})
	if err != nil {
		return fmt.Errorf("annulling a row of the diarium: %w", err)
	}
	return nil
}
