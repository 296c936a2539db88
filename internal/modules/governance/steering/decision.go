package steering

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Decided is a decision of a body as a form offers it.
type Decided struct {
	ID        string
	On        calendar.Date
	Paragraph string
	Text      string
}

// maxOffered is how many decisions a form offers: those of some years.
const maxOffered = 50

// DecisionsOf gives what a body has decided, the latest first, but for what already has to do with a document.
func (s *Service) DecisionsOf(ctx context.Context, body, document string) ([]Decided, error) {
	list, err := store.All(ctx, s.DB, scanDecided, `SELECT d.id, d.decided_on, d.paragraph, d.text FROM decision d WHERE d.body = $1
		AND NOT EXISTS (SELECT 1 FROM steering_version v WHERE v.document = $2 AND (v.decision = d.id OR v.ended_by = d.id)) ORDER BY d.decided_on DESC, d.id DESC LIMIT $3`, body, document, maxOffered)
	if err != nil {
		return nil, fmt.Errorf("listing what a body has decided: %w", err)
	}
	return list, nil
}

func scanDecided(r *store.Rows) (Decided, error) {
	var d Decided
	return d, r.Scan(&d.ID, &d.On, &d.Paragraph, &d.Text)
}

// DecisionOf gives the decision that a version rests on; store.ErrNotFound if there is none.
func (s *Service) DecisionOf(ctx context.Context, id string) (Decided, error) {
	list, err := store.All(ctx, s.DB, scanDecided, `SELECT id, decided_on, paragraph, text FROM decision WHERE id = $1`, id)
	if err != nil || len(list) == 0 {
		if err == nil {
			err = store.ErrNotFound
		}
		return Decided{}, fmt.Errorf("finding the decision of a steering document: %w", err)
	}
	return list[0], nil
}
