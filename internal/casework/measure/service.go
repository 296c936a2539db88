package measure

import (
	"context"
	"embed"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of counts and figures.
//
//go:embed migrations
var Migrations embed.FS

// Types finds case types; *catalogue.Catalogue is it.
type Types interface {
	// Version finds a version of a case type.
	Version(id string, version int) (*casetype.CaseType, bool)
	// Current gives the version that applies on a day.
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
	// Open lists the case types that take in cases on a day.
	Open(day calendar.Date) []*casetype.CaseType
}

// Targets are what the figures of every case type are held against.
type Targets struct {
	Feedback float64 // least mean of the answers, 1 to 5
	Reopened float64 // largest share of closed cases that are opened again, 0 to 1
}

// DefaultTargets are 3.5 and one in ten.
func DefaultTargets() Targets { return Targets{Feedback: 3.5, Reopened: 0.1} }

// Config is what the measuring stands on. All but Changed is required.
type Config struct {
	DB      *store.DB
	Journal *journal.Log
	Clock   calendar.Clock
	Days    *calendar.Calendar
	Types   Types
	Log     *slog.Logger
	Targets Targets
	// Changed is called when a figure that the public sees has become another.
	Changed func()
}

// Service measures. It is safe for concurrent use.
type Service struct {
	Config
	db      *store.DB
	counter *counter

	computing sync.Mutex
	latest    atomic.Pointer[snapshot]
	stale     atomic.Bool
}

// snapshot is the figures as they were made last.
type snapshot struct {
	day    calendar.Date
	byType map[string]Figures
}

// New gives a service. Nothing is counted or made before Run.
func New(c Config) *Service {
	return &Service{Config: c, db: c.DB, counter: newCounter()}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// Heard notes that figures may have become old. It is a listener of the journal's dispatcher.
func (s *Service) Heard(entries []journal.Recorded) {
	for _, e := range entries {
		if e.Object.Kind == "case" || e.Object.Kind == feedbackKind || e.Object.Kind == improvementKind {
			s.stale.Store(true)
			return
		}
	}
}

// How often Run writes counts, and how often at most it makes figures.
const (
	flushEvery   = time.Second
	computeEvery = 30 * time.Second
)

// Run writes counts each second, and makes the figures anew when the journal has told of a change or a day has gone, until ctx ends; then
// it writes what is counted.
func (s *Service) Run(ctx context.Context) error {
	flush, compute := time.NewTicker(flushEvery), time.NewTicker(computeEvery)
	defer flush.Stop()
	defer compute.Stop()
	var counting sync.WaitGroup
	defer counting.Wait()
	counting.Go(func() { // beside the rest: a million cases take a while
		s.try(ctx, "counting earlier cases", func(ctx context.Context) error { return s.Build(ctx, store.Polite) })
		s.stale.Store(true)
	})
	s.try(ctx, "making figures", s.Compute)
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return s.Flush(last)
		case <-flush.C:
			s.try(ctx, "writing counts", s.Flush)
		case <-compute.C:
			if now := s.latest.Load(); s.stale.Load() || now == nil || now.day != s.today() {
				s.try(ctx, "making figures", s.Compute)
			}
		}
	}
}

func (s *Service) try(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, what, "error", err)
	}
}

// Figures are those of a case type as they were made last, and none if they have not been made yet. It waits for nothing.
func (s *Service) Figures(typeID string) Figures {
	if s == nil {
		return Figures{}
	}
	if now := s.latest.Load(); now != nil {
		return now.byType[typeID]
	}
	return Figures{}
}
