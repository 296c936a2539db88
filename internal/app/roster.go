package app

import (
	"context"
	"sync"
	"time"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/roster"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
)

// openRoster makes the service that shares out cases: rules, absence, lists and texts.
func (a *App) openRoster() {
	a.roster = roster.New(roster.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Cases: a.cases, Types: a.types, Organisation: a.bodies, Queue: a.queue, Pack: a.packs.Latest,
		Staff: organisation{bodies: a.bodies, pack: a.packs.Latest, clock: a.clock},
	})
	a.queue.Register(roster.JobAssign, a.roster.Assign, jobs.Options{Timeout: time.Minute})
	a.queue.Register(roster.JobRaise, a.roster.Raise, jobs.Options{Timeout: time.Minute})
	a.every("roster.sweep", 24*time.Hour, func(ctx context.Context) error { return a.roster.Sweep(ctx) })
}

// rosterPages are its pages; without an office its part of a case's page.
func (a *App) rosterPages(door *office.Office) *roster.Module {
	return roster.NewModule(a.roster, door)
}

// standIns tells the room of tasks who steps in for whom. It is asked for one after the other, so what it has read holds for a moment.
type standIns struct {
	a *App

	mu   sync.Mutex
	at   time.Time
	away func(person string, day calendar.Date) []string
}

// standInsKept is how long what was read holds.
const standInsKept = time.Second

// Deputies are those who act for a person on a day; none when that cannot be read, since nobody may then act for another.
func (s *standIns) Deputies(person string, day calendar.Date) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.a.clock.Now(); s.away == nil || now.Sub(s.at) >= standInsKept || now.Before(s.at) {
		away, err := s.a.roster.StandIns(context.Background())
		if err != nil {
			s.a.log.Warn("who is away cannot be read", "error", err)
			return nil
		}
		s.at, s.away = now, away
	}
	return s.away(person, day)
}
