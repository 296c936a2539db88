package authority

import (
	"context"
	"fmt"
	"slices"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Leaving is what happens to the mandates of somebody who leaves.
type Leaving struct {
	// End are those the one who asks may end.
	End []bodies.Mandate
	// Others are those that somebody else ends: another body's, or reserved to a body's decision.
	Others []bodies.Mandate
	// Empty are those of both whose place has no other holder of the role after the last day.
	Empty []bodies.Mandate
}

// Leave tells what it means that somebody leaves, last being the last day they work.
func (s *Service) Leave(who access.Actor, person string, last calendar.Date) Leaving {
	dir := s.Organisation.Directory()
	var out Leaving
	for _, m := range dir.HistoryOf(person) {
		if !m.Ended.IsZero() || !m.To.IsZero() && !m.To.After(last) {
			continue
		}
		answer := mayAppoint(dir, who, m)
		if answer.Allowed && dir.ReservedTo(m.Member, bodies.AppointAction(m.Role), s.today()) == nil {
			out.End = append(out.End, m)
		} else {
			out.Others = append(out.Others, m)
		}
		after := dir.HoldersOf(bodies.Question{Role: m.Role, Place: m.Place, Scope: m.Scope}, last.AddDays(1))
		if !slices.ContainsFunc(after, func(o bodies.Mandate) bool { return o.Person != person }) {
			out.Empty = append(out.Empty, m)
		}
	}
	return out
}

// EndAll ends every mandate of somebody who leaves that the one who asks may end, and gives how many: all of them or none. One that begins
// after the last day never comes to be.
func (s *Service) EndAll(ctx context.Context, who access.Actor, person string, last calendar.Date) (int, error) {
	list := s.Leave(who, person, last).End
	if len(list) == 0 {
		return 0, nil
	}
	dir := s.Organisation.Directory()
	answer := mayAppoint(dir, who, list[0])
	err := s.Organisation.Within(ctx, func(ctx context.Context, tx *store.Tx, in bodies.Mandates) (journal.Entry, error) {
		var ended []string
		for _, m := range list {
			on := last
			if on.Before(m.From) {
				on = m.From.AddDays(-1)
			}
			if err := in.End(ctx, m.ID, on, ""); err != nil {
				return journal.Entry{}, err
			}
			ended = append(ended, m.ID)
		}
		return journal.Entry{Actor: who.Person, Mandate: answer.Mandate, Action: "mandate.holder_left", Object: journal.Ref{Kind: "person", ID: person},
			Payload: map[string]any{"last": last, "mandates": ended}}, nil
	})
	if err != nil {
		return 0, fmt.Errorf("ending the mandates of somebody who leaves: %w", err)
	}
	return len(list), nil
}
