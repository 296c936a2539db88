package inbox

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/store"
)

// Erase forgets how far people have read in a case (gallring).
func Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM inbox_mark WHERE case_id = $1`, caseID); err != nil {
		return fmt.Errorf("forgetting how far a case was read: %w", err)
	}
	return nil
}
