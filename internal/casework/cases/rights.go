package cases

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Object is the case as the rules see it, for pages that offer or explain what may be done. Without the parties it does not tell that
// an official is one of them; the commands ask again.
func (c *Case) Object(list ...Party) access.Object { return object(c, list) }

// Right tells whether the actor may do something to the case, and why or why not.
func (v OfficerView) Right(who access.Actor, action access.Action) access.Decision {
	return access.Check(who, action, object(v.Case, v.Parties))
}

// RegisterRow gives one row of the diarium by its ID, under the rules of Register. What may not be seen is store.ErrNotFound; that a marked
// row was read is journalled.
func (s *Service) RegisterRow(ctx context.Context, who access.Actor, id string) (RegisterRow, error) {
	if !store.ValidID(id) {
		return RegisterRow{}, store.ErrNotFound
	}
	rows, _, err := s.register(ctx, who, RegisterFilter{After: id + "0", Limit: 1}) // the first row that does not come after it
	if err != nil {
		return RegisterRow{}, err
	}
	if len(rows) == 0 || rows[0].ID != id {
		return RegisterRow{}, store.ErrNotFound
	}
	row := rows[0]
	if row.Secrecy == Open || row.Hidden || row.Destroyed {
		return row, nil
	}
	c, err := load(ctx, s.db, row.CaseID)
	if err != nil {
		return RegisterRow{}, err
	}
	return row, s.noted(ctx, who, access.Check(who, access.RegisterRead, object(c, nil)).Mandate, c, nil)
}

// Trail is what the journal says of a case, oldest first.
type Trail struct {
	Number  string
	Entries []journal.Recorded
	// Said tells whether the entries hold what was said. Who may read the journal and not the case sees who did what, and when.
	Said bool
}

// Audit gives the trail of a case to those who may read the journal. That somebody has looked into a marked or secret case is itself
// journalled.
func (s *Service) Audit(ctx context.Context, who access.Actor, id string) (Trail, error) {
	c, err := load(ctx, s.db, id)
	if err != nil {
		return Trail{}, fmt.Errorf("auditing a case: %w", err)
	}
	list, err := parties(ctx, s.db, id)
	if err != nil {
		return Trail{}, fmt.Errorf("auditing a case: %w", err)
	}
	mandate, err := s.check(who, access.JournalRead, c, list)
	if err != nil {
		return Trail{}, fmt.Errorf("auditing a case: %w: %w", store.ErrNotFound, err)
	}
	if err := s.noted(ctx, who, mandate, c, list); err != nil {
		return Trail{}, err
	}
	t := Trail{Number: c.Number, Said: access.Check(who, access.CaseRead, object(c, list)).Allowed}
	if t.Entries, err = s.log.About(ctx, journal.Ref{Kind: objectKind, ID: id}); err != nil {
		return Trail{}, fmt.Errorf("auditing a case: %w", err)
	}
	if !t.Said {
		for i := range t.Entries {
			t.Entries[i].Payload = nil
		}
	}
	return t, nil
}

// MaySee is nil if the actor may read the case, else store.ErrNotFound. It shows nothing and so leaves no trace.
func (s *Service) MaySee(ctx context.Context, who access.Actor, id string) error {
	c, err := load(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("asking for a case: %w", err)
	}
	list, err := parties(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("asking for a case: %w", err)
	}
	if _, err = s.check(who, access.CaseRead, c, list); err != nil {
		return fmt.Errorf("asking for a case: %w: %w", store.ErrNotFound, err)
	}
	return nil
}
