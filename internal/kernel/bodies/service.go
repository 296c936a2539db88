package bodies

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Service keeps the organisation. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	journal   *journal.Log
	clock     calendar.Clock
	log       *slog.Logger
	directory atomic.Pointer[Directory]
	loading   sync.Mutex
}

// By is who acts, under which mandate, and on which decision if any; it goes into the journal.
type By struct {
	Person, Mandate, Decision string
}

func (by By) entry(action, kind, id string, payload any) journal.Entry {
	return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: by.Decision, Action: action,
		Object: journal.Ref{Kind: kind, ID: id}, Payload: payload}
}

// Open loads the Directory.
func Open(ctx context.Context, db *store.DB, log *journal.Log, clock calendar.Clock, logger *slog.Logger) (*Service, error) {
	s := &Service{db: db, journal: log, clock: clock, log: logger}
	s.directory.Store(newDirectory(-1))
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Directory is the organisation as it was last loaded. It never changes: take it once for everything one request needs.
func (s *Service) Directory() *Directory { return s.directory.Load() }

// Refresh loads the Directory anew if the organisation has changed, here or on another node.
func (s *Service) Refresh(ctx context.Context) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	var version int64
	if err := s.db.QueryRow(ctx, `SELECT n FROM org_version`).Scan(&version); err != nil {
		return fmt.Errorf("asking whether the organisation has changed: %w", err)
	}
	if version == s.Directory().Version() {
		return nil
	}
	d, err := load(ctx, s.db)
	if err != nil {
		return fmt.Errorf("loading the organisation: %w", err)
	}
	s.directory.Store(d)
	return nil
}

// Watch refreshes the Directory each second, for changes made on other nodes, until ctx ends.
func (s *Service) Watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("the organisation could not be refreshed; the last known one is used", "error", err)
			}
		}
	}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

// change makes a change of what the Directory holds: one at a time on all nodes, seen here when it returns.
func (s *Service) change(ctx context.Context, fn func(context.Context, *store.Tx) (journal.Entry, error)) error {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if err := tx.ExecOne(ctx, `UPDATE org_version SET n = n + 1`); err != nil {
			return journal.Entry{}, err
		}
		return fn(ctx, tx)
	})
	if err != nil {
		return err
	}
	if err := s.Refresh(ctx); err != nil { // the change is made all the same; Watch tries again
		s.log.Warn("the organisation could not be refreshed after a change", "error", err)
	}
	return nil
}
