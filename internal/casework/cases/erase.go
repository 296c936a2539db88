package cases

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ActionErased is what the journal calls the destruction of a case (gallring). journal.Verify asks for it where payloads are gone.
const ActionErased = "case.erased"

// ErrOpen means that an open case cannot be destroyed.
var ErrOpen = errors.New("the case is open")

// ErrDestroyed means that the case has been destroyed by decision; only its number and times are left. It is a store.ErrNotFound.
var ErrDestroyed = fmt.Errorf("the case has been destroyed by decision: %w", store.ErrNotFound)

// Erasure says on what ground a case is destroyed, and what of its rows in the diarium stays.
type Erasure struct {
	Who      access.Actor
	Mandate  string
	Decision string // the body's decision (beslut)
	// KeepParty and KeepSubject leave these words in the diarium, where the plan of the body says that it is preserved with them.
	KeepParty, KeepSubject bool
	// Again is for a case that was destroyed before and came back with an older copy of the database, where it may be open.
	Again bool
	// Before runs in the same transaction, before anything is gone: it refuses, or erases what other rooms keep.
	Before func(ctx context.Context, tx *store.Tx, c *Case, documents []string) error
	// Said is kept in the journal with the entry. Nothing personal.
	Said any
}

// Erase destroys a closed case in one transaction: answers, parties, timeline, decisions, documents' names, the words of the diarium, and
// what the journal was told of it. The entry that says so is what journal.Verify asks for. A case that is destroyed already is ErrDestroyed.
func (s *Service) Erase(ctx context.Context, id string, e Erasure) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if c.Open && !e.Again {
			return journal.Entry{}, ErrOpen
		}
		files, err := documentsOf(ctx, tx, id, true)
		if err != nil {
			return journal.Entry{}, err
		}
		ids := make([]string, len(files))
		for i, f := range files {
			ids[i] = f.Document
		}
		if err := e.Before(ctx, tx, c, ids); err != nil {
			return journal.Entry{}, err
		}
		if err := s.wipe(ctx, tx, id, e); err != nil {
			return journal.Entry{}, err
		}
		if _, err := s.log.ErasePayloads(ctx, tx, journal.Ref{Kind: objectKind, ID: id}); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: e.Who.Person, Mandate: e.Mandate, Decision: e.Decision, Action: ActionErased,
			Object: journal.Ref{Kind: objectKind, ID: id}, Payload: e.Said}, nil
	})
	if err != nil {
		return fmt.Errorf("destroying a case: %w", err)
	}
	return nil
}

// keptTables are the tables of a case's own rows, in an order that references allow.
func keptTables() []string {
	return []string{"case_party", "case_event", "case_document", "case_decision", "secrecy_mark"}
}

func (s *Service) wipe(ctx context.Context, tx *store.Tx, id string, e Erasure) error {
	for _, table := range keptTables() {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE case_id = $1`, id); err != nil {
			return fmt.Errorf("emptying %s: %w", table, err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE register_entry SET party = CASE WHEN $2 = 1 THEN party ELSE '' END, subject = CASE WHEN $3 = 1 THEN subject ELSE '' END, annulled_why = ''
		WHERE case_id = $1`, id, store.Bool(e.KeepParty), store.Bool(e.KeepSubject))
	if err != nil {
		return fmt.Errorf("clearing the words of the diarium: %w", err)
	}
	err = tx.ExecOne(ctx, `UPDATE cases SET subject = '', address = '', lat = NULL, lon = NULL, north = NULL, east = NULL, answers = '{}', assignee = '', addressee = '',
		open = 0, destroyed_at = $2, version = version + 1 WHERE id = $1`, id, store.Micros(s.now()))
	if err != nil {
		return fmt.Errorf("clearing the case: %w", err)
	}
	return nil
}
