package deviation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Service decides, reviews and ends avsteg. It is safe for concurrent use.
type Service struct {
	db      *store.DB
	journal *journal.Log
	bodies  *bodies.Service
	clock   calendar.Clock
	rules   Rules
	limits  []Limit
}

// New gives a Service. Without limits those of the strategy hold.
func New(db *store.DB, log *journal.Log, organisation *bodies.Service, clock calendar.Clock, rules Rules, limits ...Limit) *Service {
	if len(limits) == 0 {
		limits = Limits()
	}
	return &Service{db: db, journal: log, bodies: organisation, clock: clock, rules: rules, limits: limits}
}

// Soft tells whether a sentence can be departed from at all: whether a page may offer it.
func (s *Service) Soft(sentence string) bool {
	soft, known := s.rules.Soft(sentence)
	return soft && known
}

// Longest gives the last day that an avsteg from a day on may have.
func (s *Service) Longest(from calendar.Date) calendar.Date {
	months := 0
	for _, l := range s.limits {
		if !from.Before(l.From) {
			months = l.Months
		}
	}
	return from.AddMonths(months)
}

// Decide decides an avsteg and gives it with its ID. It rests on d.Decision or, where no body is needed, on the mandate of whoever
// decides (by.Mandate); that the person may decide, the caller has seen to. Errors: *HardError, *InvalidError, *OverlapError, and
// *bodies.ReservedError where the sentence is a body's to depart from (Action) and the decision is none of its.
func (s *Service) Decide(ctx context.Context, by bodies.By, d Deviation) (Deviation, error) {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (entry journal.Entry, err error) {
		d, entry, err = s.DecideIn(ctx, tx, by, d)
		return entry, err
	})
	if err != nil {
		return Deviation{}, fmt.Errorf("deciding an avsteg from %s: %w", d.Sentence, err)
	}
	return d, nil
}

// DecideIn is Decide inside a transaction of the caller's, who writes the entry.
func (s *Service) DecideIn(ctx context.Context, tx *store.Tx, by bodies.By, d Deviation) (Deviation, journal.Entry, error) {
	d.ID, d.Person, d.Mandate, d.Decided = store.NewID(), by.Person, by.Mandate, s.clock.Now().UTC()
	d.Ended, d.EndedBy, d.EndedWhy, d.Motivation = calendar.Date{}, "", "", strings.TrimSpace(d.Motivation)
	if err := s.check(d); err != nil {
		return d, journal.Entry{}, err
	}
	if err := s.rests(ctx, tx, d); err != nil {
		return d, journal.Entry{}, err
	}
	// Two at once about the same object wait for each other here: on PostgreSQL a reading alone would let both pass.
	if err := tx.ExecOne(ctx, `UPDATE deviation_turn SET n = n + 1`); err != nil {
		return d, journal.Entry{}, err
	}
	if err := overlapping(ctx, tx, d); err != nil {
		return d, journal.Entry{}, err
	}
	_, err := tx.Exec(ctx, `INSERT INTO deviation (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		d.ID, d.Member, d.Sentence, d.Object.Kind, d.Object.ID, d.Name, null(d.Body), d.Motivation, null(d.Decision), d.Person, d.Mandate, d.From, d.To, d.Review,
		store.Micros(d.Decided), d.Ended, null(d.EndedBy), d.EndedWhy)
	return d, journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: d.Decision, Action: "deviation.decided",
		Object: journal.Ref{Kind: "deviation", ID: d.ID}, Payload: map[string]any{"after": d}}, err
}

func (s *Service) check(d Deviation) error {
	if soft, known := s.rules.Soft(d.Sentence); !soft || !known {
		return &HardError{Sentence: d.Sentence, Known: known}
	}
	longest := s.Longest(d.From)
	switch {
	case d.Object.Kind == "" || d.Object.ID == "" || strings.TrimSpace(d.Name) == "":
		return &InvalidError{Field: "object", Problem: Empty}
	case d.Motivation == "":
		return &InvalidError{Field: "motivation", Problem: Empty}
	case d.From.IsZero():
		return &InvalidError{Field: "from", Problem: Empty}
	case d.To.IsZero():
		return &InvalidError{Field: "to", Problem: Empty}
	case d.To.Before(d.From):
		return &InvalidError{Field: "to", Problem: OutOfDays, Limit: d.From}
	case d.To.After(longest):
		return &InvalidError{Field: "to", Problem: TooLong, Limit: longest}
	case d.Review.IsZero():
		return &InvalidError{Field: "review", Problem: Empty}
	case d.Review.Before(d.From) || d.Review.After(d.To):
		return &InvalidError{Field: "review", Problem: OutOfDays, Limit: d.To}
	}
	return nil
}

// rests sees that the avsteg rests on the decision of the right body, or on a mandate in force.
func (s *Service) rests(ctx context.Context, tx *store.Tx, d Deviation) error {
	today := calendar.DateOf(d.Decided)
	if err := bodies.Reserved(ctx, tx, bodies.Act{Member: d.Member, Action: Action(d.Sentence), Body: d.Body, Decision: d.Decision, On: today}); err != nil {
		return err
	}
	if d.Decision == "" {
		m, known := s.bodies.Directory().Mandate(d.Mandate)
		if !known || m.Person != d.Person || !m.InForce(today) || m.Member != "" && m.Member != d.Member {
			return &InvalidError{Field: "decision", Problem: Empty}
		}
		return nil
	}
	var on calendar.Date
	var member string
	err := tx.QueryRow(ctx, `SELECT d.decided_on, b.member FROM decision d JOIN org_body b ON b.id = d.body WHERE d.id = $1`, d.Decision).Scan(&on, &member)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && member != d.Member:
		return &InvalidError{Field: "decision", Problem: Unknown}
	case err != nil:
		return err
	case on.After(d.From):
		return &InvalidError{Field: "from", Problem: TooLate, Limit: on}
	}
	gone, err := bodies.Revoked(ctx, tx, d.Decision, d.From)
	if err == nil && gone {
		return &InvalidError{Field: "decision", Problem: Revoked, Limit: d.From}
	}
	return err
}

func overlapping(ctx context.Context, tx *store.Tx, d Deviation) error {
	other, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM deviation WHERE object_kind = $1 AND object_id = $2 AND sentence = $3 AND member = $4
		AND valid_from <= $5 AND COALESCE(ended_on, valid_to) >= $6 AND COALESCE(ended_on, valid_to) >= valid_from ORDER BY valid_from LIMIT 1`,
		d.Object.Kind, d.Object.ID, d.Sentence, d.Member, d.To, d.From))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return &OverlapError{Deviation: other.ID, From: other.From, To: other.Last()}
}

// End ends an avsteg before its last day: last is at the earliest the day before its first, which undoes it. by.Decision is the decision
// it rests on, needed where deciding was a body's. It gives store.ErrNotFound, and store.ErrConflict if it is already ended.
func (s *Service) End(ctx context.Context, by bodies.By, id string, last calendar.Date, why string) error {
	why = strings.TrimSpace(why)
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		d, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM deviation WHERE id = $1`, id))
		switch {
		case err != nil:
			return journal.Entry{}, err
		case why == "":
			return journal.Entry{}, &InvalidError{Field: "why", Problem: Empty}
		case last.Before(d.From.AddDays(-1)) || last.After(d.To):
			return journal.Entry{}, &InvalidError{Field: "last", Problem: OutOfDays, Limit: d.To}
		}
		err = bodies.Reserved(ctx, tx, bodies.Act{Member: d.Member, Action: Action(d.Sentence), Body: d.Body, Decision: by.Decision, On: s.today()})
		if err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE deviation SET ended_on = $2, ended_decision = $3, ended_why = $4 WHERE id = $1 AND ended_on IS NULL`,
			id, last, null(by.Decision), why)
		return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: by.Decision, Action: "deviation.ended",
			Object: journal.Ref{Kind: "deviation", ID: id}, Payload: map[string]any{"before": d.Last(), "after": last, "why": why}}, err
	})
	if err != nil {
		return fmt.Errorf("ending avsteg %s: %w", id, err)
	}
	return nil
}

// Review writes down that an avsteg was looked at again today, and when it is next: on a later day, at most its last.
func (s *Service) Review(ctx context.Context, by bodies.By, id, note string, next calendar.Date) error {
	note = strings.TrimSpace(note)
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		d, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM deviation WHERE id = $1`, id))
		today := s.today()
		switch {
		case err != nil:
			return journal.Entry{}, err
		case note == "":
			return journal.Entry{}, &InvalidError{Field: "note", Problem: Empty}
		case !d.InForce(today):
			return journal.Entry{}, &InvalidError{Field: "note", Problem: OutOfDays, Limit: d.Last()}
		case next.IsZero():
			return journal.Entry{}, &InvalidError{Field: "next", Problem: Empty}
		case next.After(d.Last()) || !next.After(today) && today != d.Last():
			return journal.Entry{}, &InvalidError{Field: "next", Problem: OutOfDays, Limit: d.Last()}
		}
		_, err = tx.Exec(ctx, `INSERT INTO deviation_review (id, deviation, reviewed_on, note, next_on, person, mandate) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			store.NewID(), id, today, note, next, by.Person, by.Mandate)
		return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Action: "deviation.reviewed", Object: journal.Ref{Kind: "deviation", ID: id},
			Payload: map[string]any{"note": note, "next": next}}, err
	})
	if err != nil {
		return fmt.Errorf("reviewing avsteg %s: %w", id, err)
	}
	return nil
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

func null(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
