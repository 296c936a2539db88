package cases

import (
	"context"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
)

// Watcher is the room that keeps the time of cases.
type Watcher interface {
	// Changed is told of a case that is handed in or changed, in the transaction of the change and before the case is written; e is what
	// happened to it. It may set Case.Due, and nothing else of the case.
	Changed(ctx context.Context, tx *store.Tx, c *Case, ct *casetype.CaseType, e Event) error
}

func (s *Service) watch(ctx context.Context, tx *store.Tx, c *Case, ct *casetype.CaseType, e Event) error {
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Changed(ctx, tx, c, ct, e)
}
