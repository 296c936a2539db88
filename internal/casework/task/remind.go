package task

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// batch is how many reminders one run writes of a kind; the rest wait for the next.
const batch = 500

// Remind writes to those who have not answered: of a remiss some business days before its last day and once when it has passed, of a round
// each time some business days have gone. It gives how many were reminded. It may be run again after a crash.
func (s *Service) Remind(ctx context.Context) (int, error) {
	today := s.today()
	soon := s.Days.AddBusinessDays(today, s.Waits.Remiss)
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Remiss, error) { return scanRemiss(r) },
		`SELECT `+remissColumns+` FROM remiss r WHERE r.state = 'sent' AND (r.due <= $1 AND r.reminded = '' OR r.due < $2 AND r.reminded <= r.due) ORDER BY r.due, r.id LIMIT $3`,
		soon.String(), today.String(), batch)
	if err != nil {
		return 0, fmt.Errorf("looking for late opinions: %w", err)
	}
	done := 0
	for _, r := range list {
		switch err := s.remindOpinion(ctx, r.CaseID, r.ID, today); {
		case errors.Is(err, store.ErrNotFound): // destroyed meanwhile
		case err != nil:
			return done, err
		default:
			done++
		}
	}
	n, err := s.remindRounds(ctx, today)
	return done + n, err
}

func (s *Service) remindOpinion(ctx context.Context, caseID, id string, today calendar.Date) error {
	_, err := s.Cases.DoAlone(ctx, caseID, "remiss.reminded", func(ctx context.Context, a *cases.Act) error {
		r, err := remissOf(ctx, a.Tx, id)
		if err != nil {
			return err
		}
		if r.State != Sent || r.Reminded == today {
			return cases.ErrNothing
		}
		if !r.Outside || !today.After(r.Due) { // a link that has ended is not sent again
			if _, err := s.tell(ctx, a.Tx, a.Case, r, RemissReminded); err != nil {
				return err
			}
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data = EventReminded, true, cases.EventData{Ref: id, From: s.partyName(r.To, r.Name), Day: r.Due}
		return a.Tx.ExecOne(ctx, `UPDATE remiss SET reminded = $2 WHERE id = $1`, id, today.String())
	})
	return err
}

// remindRounds reminds of rounds that have waited. A day counts when it is a business day.
func (s *Service) remindRounds(ctx context.Context, today calendar.Date) (int, error) {
	list, err := rounds(ctx, s.DB, `p.state = 'open' AND p.reminded < $1`, today.String())
	if err != nil {
		return 0, err
	}
	done := 0
	for _, x := range list {
		since := calendar.DateOf(x.ChangedAt)
		if x.Reminded.After(since) {
			since = x.Reminded
		}
		if today.Before(s.Days.AddBusinessDays(since, s.Waits.Approval)) || done == batch {
			continue
		}
		_, err := s.Cases.DoAlone(ctx, x.CaseID, "approval.reminded", func(ctx context.Context, a *cases.Act) error {
			x, err := openRound(ctx, a, x.ID)
			if errors.Is(err, ErrOver) || err == nil && x.Reminded == today {
				return cases.ErrNothing
			}
			if err != nil {
				return err
			}
			a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data = EventNudged, true, x.Title, cases.EventData{Ref: x.ID}
			if err := s.nudge(ctx, a.Tx, a.Case, x, ApprovalReminded); err != nil {
				return err
			}
			return a.Tx.ExecOne(ctx, `UPDATE approval SET reminded = $2 WHERE id = $1`, x.ID, today.String())
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return done, err
		}
		done++
	}
	return done, nil
}
