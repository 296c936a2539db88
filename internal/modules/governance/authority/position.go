package authority

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ActionPosition is the action under which taking and ending a position is reserved (S4-KS-4).
const ActionPosition = "position.take"

// Object is something a position is about: a system.
type Object struct {
	Kind, ID, Name string
}

// Position is a ställningstagande: what the executive board has taken a stand on in IT, such as cloud services or sourcing. It is taken and
// ended, never edited.
type Position struct {
	ID, Member, Title, Text string
	Decision                string
	From                    calendar.Date
	Ended                   calendar.Date // its last day; zero: it holds
	EndedBy                 string
	Objects                 []Object
}

// InForce reports whether it holds on a day.
func (p Position) InForce(on calendar.Date) bool {
	return !on.Before(p.From) && (p.Ended.IsZero() || !on.After(p.Ended))
}

// Take registers a position on p.Decision. Errors: *access.Denied, *bodies.InvalidError (field "title", "text", "from"), *bodies.ReservedError
// where the decision is not of the body it is reserved to.
func (s *Service) Take(ctx context.Context, who access.Actor, p Position) (Position, error) {
	p.ID, p.Ended, p.EndedBy, p.Title, p.Text = store.NewID(), calendar.Date{}, "", strings.TrimSpace(p.Title), strings.TrimSpace(p.Text)
	switch {
	case p.Title == "":
		return p, &bodies.InvalidError{Field: "title", Problem: "is empty"}
	case p.Text == "":
		return p, &bodies.InvalidError{Field: "text", Problem: "is empty"}
	case p.From.IsZero():
		return p, &bodies.InvalidError{Field: "from", Problem: "is empty"}
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		mandate, err := s.rests(ctx, tx, who, ActionPosition, p.Member, p.Decision, p.From)
		if err != nil {
			return journal.Entry{}, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO position (id, member, title, text, decision, valid_from) VALUES ($1, $2, $3, $4, $5, $6)`, p.ID, p.Member, p.Title, p.Text, p.Decision, p.From)
		if err != nil {
			return journal.Entry{}, err
		}
		for _, o := range p.Objects {
			if _, err := tx.Exec(ctx, `INSERT INTO position_object (position, kind, object, name) VALUES ($1, $2, $3, $4)`, p.ID, o.Kind, o.ID, o.Name); err != nil {
				return journal.Entry{}, err
			}
		}
		return journal.Entry{Actor: who.Person, Mandate: mandate, Decision: p.Decision, Action: "position.taken", Object: journal.Ref{Kind: "position", ID: p.ID}, Payload: p}, nil
	})
	if err != nil {
		return Position{}, fmt.Errorf("taking a position: %w", err)
	}
	return p, nil
}

// EndPosition ends a position on a decision: last is its last day. Errors as for Take (field "last"), store.ErrNotFound, and store.ErrConflict
// when it is ended already.
func (s *Service) EndPosition(ctx context.Context, who access.Actor, id string, last calendar.Date, decision string) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var p Position
		if err := tx.QueryRow(ctx, `SELECT member, valid_from FROM position WHERE id = $1`, id).Scan(&p.Member, &p.From); err != nil {
			return journal.Entry{}, err
		}
		if last.IsZero() || last.Before(p.From.AddDays(-1)) {
			return journal.Entry{}, &bodies.InvalidError{Field: "last", Problem: "is before its first day"}
		}
		mandate, err := s.rests(ctx, tx, who, ActionPosition, p.Member, decision, s.today())
		if err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE position SET ended_on = $2, ended_decision = $3 WHERE id = $1 AND ended_on IS NULL`, id, last, decision)
		return journal.Entry{Actor: who.Person, Mandate: mandate, Decision: decision, Action: "position.ended", Object: journal.Ref{Kind: "position", ID: id},
			Payload: map[string]any{"last": last}}, err
	})
	if err != nil {
		return fmt.Errorf("ending a position: %w", err)
	}
	return nil
}

// rests gives the mandate of the secretary who registers an act of a body from a day, or refuses the act: it rests on a decision of the body it
// is reserved to, taken before that day and in force on it and today.
func (s *Service) rests(ctx context.Context, tx *store.Tx, who access.Actor, action, member, decision string, from calendar.Date) (string, error) {
	on := s.today()
	if from.After(on) {
		on = from
	}
	if err := bodies.Reserved(ctx, tx, bodies.Act{Member: member, Action: action, Decision: decision, On: on}); err != nil {
		return "", err
	}
	var of string
	var decided calendar.Date
	err := tx.QueryRow(ctx, `SELECT body, decided_on FROM decision WHERE id = $1`, decision).Scan(&of, &decided)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", &bodies.InvalidError{Field: "decision", Problem: "is none we know"}
	case err != nil:
		return "", err
	case from.Before(decided):
		return "", &bodies.InvalidError{Field: "from", Problem: "is before the decision was taken, " + decided.String()}
	}
	body, _ := s.Organisation.Directory().Body(of)
	answer := access.Check(who, access.DecisionRegister, bodyObject(body))
	return answer.Mandate, answer.Err()
}

const positionColumns = `id, member, title, text, decision, valid_from, ended_on, COALESCE(ended_decision, '')`

func scanPosition(r interface{ Scan(...any) error }) (Position, error) {
	var p Position
	err := r.Scan(&p.ID, &p.Member, &p.Title, &p.Text, &p.Decision, &p.From, &p.Ended, &p.EndedBy)
	return p, err
}

// Positions gives the positions that a member had on a day, the latest first, without what they are about.
func (s *Service) Positions(ctx context.Context, member string, on calendar.Date) ([]Position, error) {
	return store.All(ctx, s.DB, func(r *store.Rows) (Position, error) { return scanPosition(r) },
		`SELECT `+positionColumns+` FROM position WHERE member = $1 AND valid_from <= $2 AND COALESCE(ended_on, $2) >= $2 ORDER BY valid_from DESC, id DESC`, member, on)
}

// PositionsOn gives the positions that are about an object on a day: its page shows them (S4-KS-4).
func (s *Service) PositionsOn(ctx context.Context, kind, object string, on calendar.Date) ([]Position, error) {
	return store.All(ctx, s.DB, func(r *store.Rows) (Position, error) { return scanPosition(r) },
		`SELECT `+positionColumns+` FROM position WHERE id IN (SELECT position FROM position_object WHERE kind = $1 AND object = $2)
		AND valid_from <= $3 AND COALESCE(ended_on, $3) >= $3 ORDER BY valid_from DESC, id DESC`, kind, object, on)
}

// Position gives a position with what it is about. It gives store.ErrNotFound.
func (s *Service) Position(ctx context.Context, id string) (Position, error) {
	p, err := scanPosition(s.DB.QueryRow(ctx, `SELECT `+positionColumns+` FROM position WHERE id = $1`, id))
	if err != nil {
		return p, fmt.Errorf("reading position %s: %w", id, err)
	}
	p.Objects, err = store.All(ctx, s.DB, func(r *store.Rows) (Object, error) {
		var o Object
		err := r.Scan(&o.Kind, &o.ID, &o.Name)
		return o, err
	}, `SELECT kind, object, name FROM position_object WHERE position = $1 ORDER BY name, object`, id)
	return p, err
}
