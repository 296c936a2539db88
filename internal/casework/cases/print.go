package cases

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Print adds the paper copy of what was handed in to the case, as a document of its submission. keep stores the file, and ends what asked
// for it, in the same transaction.
func (s *Service) Print(ctx context.Context, id string, file Document, keep func(ctx context.Context, tx *store.Tx) error) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if err := keep(ctx, tx); err != nil {
			return journal.Entry{}, err
		}
		file.Direction = In
		ch := &change{tx: tx, c: c, event: Event{N: 1}, files: []Document{file}}
		if err := s.attach(ctx, ch); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{
			Actor: journal.System, Action: ActionPrinted, Object: journal.Ref{Kind: objectKind, ID: id},
			Payload: changed{Number: c.Number, Event: 1, Kind: Submitted, Status: c.Status, Files: notes(ch.files)},
		}, nil
	})
	if err != nil {
		return fmt.Errorf("adding the paper copy of a submission: %w", err)
	}
	return nil
}
