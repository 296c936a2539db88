package measure

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/store"
)

// Erase forgets that feedback was given in a case (gallring). What was said names no case.
func Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM feedback_given WHERE case_id = $1`, caseID); err != nil {
		return fmt.Errorf("forgetting that feedback was given: %w", err)
	}
	return nil
}
