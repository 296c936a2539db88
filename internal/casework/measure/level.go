package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ActionLevels is the journal's word for processes that have come to another level.
const ActionLevels = "process.levels_changed"

// Level is how far a process had come from an instant on; "" when it was taken away.
type Level struct {
	Process string
	At      time.Time
	Level   pack.Level
}

// errSame ends a transaction that changes nothing.
var errSame = errors.New("the levels are as they were")

// levelChange is one process in the journal's entry.
type levelChange struct {
	Process string     `json:"process"`
	From    pack.Level `json:"from"`
	To      pack.Level `json:"to"`
}

// TakeLevels adds to the history what is different in the processes as they are now, with one entry in the journal for all of it. Taking
// the same again does nothing (S8-24-2).
func (s *Service) TakeLevels(ctx context.Context, processes []pack.Process) error {
	now := map[string]pack.Level{}
	for _, p := range processes {
		now[p.Key] = p.Level
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		history, err := levels(ctx, tx)
		if err != nil {
			return journal.Entry{}, err
		}
		last := map[string]Level{}
		for _, l := range history {
			last[l.Process] = l
		}
		var changes []levelChange
		for _, p := range processes {
			if last[p.Key].Level != p.Level {
				changes = append(changes, levelChange{p.Key, last[p.Key].Level, p.Level})
			}
		}
		for _, l := range history {
			if _, kept := now[l.Process]; !kept && last[l.Process] == l && l.Level != "" {
				changes = append(changes, levelChange{l.Process, l.Level, ""})
			}
		}
		if len(changes) == 0 {
			return journal.Entry{}, errSame
		}
		at := store.Micros(s.Clock.Now())
		for _, c := range changes {
			// Two readings within the same microsecond cannot both be the later one.
			if _, err := tx.Exec(ctx, `INSERT INTO process_level (process, at, level) VALUES ($1, $2, $3)`, c.Process, max(at, store.Micros(last[c.Process].At)+1), string(c.To)); err != nil {
				return journal.Entry{}, err
			}
		}
		return journal.Entry{Actor: journal.System, Action: ActionLevels, Object: journal.Ref{Kind: "process", ID: "levels"}, Payload: changes}, nil
	})
	if err != nil && !errors.Is(err, errSame) {
		return fmt.Errorf("keeping the levels of processes: %w", err)
	}
	return nil
}

// levels is the whole history, oldest first.
func levels(ctx context.Context, q store.Queryer) ([]Level, error) {
	return store.All(ctx, q, func(r *store.Rows) (Level, error) {
		var l Level
		var at int64
		err := r.Scan(&l.Process, &at, &l.Level)
		l.At = store.Time(at)
		return l, err
	}, `SELECT process, at, level FROM process_level ORDER BY at, process`)
}

// Levels is the history of all processes, oldest first.
func (s *Service) Levels(ctx context.Context) ([]Level, error) {
	list, err := levels(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("reading the levels of processes: %w", err)
	}
	return list, nil
}

// LevelsOn counts the processes at each level at the end of a day, by a history. which selects processes; nil takes all.
func LevelsOn(history []Level, day calendar.Date, which func(process string) bool) map[pack.Level]int {
	end := day.AddDays(1).Start()
	last := map[string]pack.Level{}
	for _, l := range history {
		if l.At.Before(end) && (which == nil || which(l.Process)) {
			last[l.Process] = l.Level
		}
	}
	out := map[pack.Level]int{}
	for _, level := range last {
		if level != "" {
			out[level]++
		}
	}
	return out
}
