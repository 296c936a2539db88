package cases

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/store"
)

// Whole is all there is of a case, for the program itself: a package for the e-archive. It asks no right and leaves no trace; whoever calls
// it sees to both.
func (s *Service) Whole(ctx context.Context, id string) (OfficerView, error) {
	var v OfficerView
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		var err error
		if v.Case, err = load(ctx, q, id); err != nil {
			return err
		}
		if v.Parties, err = parties(ctx, q, id); err != nil {
			return err
		}
		return s.fill(ctx, q, &v)
	})
	if err != nil {
		return OfficerView{}, fmt.Errorf("reading a whole case: %w", err)
	}
	return v, nil
}
