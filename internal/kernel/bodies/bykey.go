package bodies

import (
	"context"
	"fmt"
)

// DecisionByKey gives the ID of the decision that a pack calls key. It gives store.ErrNotFound.
func (s *Service) DecisionByKey(ctx context.Context, key string) (string, error) {
	var id string
	if err := s.db.QueryRow(ctx, `SELECT id FROM decision WHERE key = $1`, key).Scan(&id); err != nil {
		return "", fmt.Errorf("looking for decision %s of the pack: %w", key, err)
	}
	return id, nil
}
