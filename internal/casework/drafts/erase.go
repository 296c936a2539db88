package drafts

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/store"
)

// Erase forgets the draft that became a case, and who signed it (gallring).
func Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, table := range []string{"draft_signature", "draft_frozen"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE draft IN (SELECT id FROM draft WHERE sent_as = $1)`, caseID); err != nil {
			return fmt.Errorf("forgetting the draft of a case: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM draft WHERE sent_as = $1`, caseID); err != nil {
		return fmt.Errorf("forgetting the draft of a case: %w", err)
	}
	return nil
}
