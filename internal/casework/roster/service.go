package roster

import (
	"context"
	"embed"
	"fmt"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the roster.
//
//go:embed migrations
var Migrations embed.FS

// Texts are the words of the roster.
//
//go:embed texts
var Texts embed.FS

// Types finds case types; *catalogue.Catalogue is it.
type Types interface {
	Version(id string, version int) (*casetype.CaseType, bool)
	Open(day calendar.Date) []*casetype.CaseType
}

// Organisation is who works where; *bodies.Service is it.
type Organisation interface {
	Directory() *bodies.Directory
}

// Staff tells who holds what; it is what cases.Organisation asks, of which it is a part.
type Staff interface {
	Unit(key string) (cases.Unit, bool)
	// Holds tells whether a person holds a mandate for the role today that reaches the unit.
	Holds(person, role, unit string) bool
}

// Queue takes jobs; *jobs.Queue is it.
type Queue interface {
	Enqueue(ctx context.Context, tx *store.Tx, list ...jobs.Job) error
}

// Config is what the roster stands on. All fields are required.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Clock        calendar.Clock
	Cases        *cases.Service
	Types        Types
	Organisation Organisation
	Staff        Staff
	Queue        Queue
	Pack         func() *pack.Pack // as it was read last
}

// Service is the use cases of the roster.
type Service struct{ Config }

// New gives a service.
func New(c Config) *Service { return &Service{c} }

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// Erase destroys what the roster keeps of a case.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, table := range []string{"roster_raised", "roster_fired", "roster_batch_case"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE case_id = $1`, caseID); err != nil {
			return fmt.Errorf("erasing what the roster keeps of a case: %w", err)
		}
	}
	return nil
}

// batchKept is how long the result of an act on many cases can be read again.
const batchKept = 30 * 24 * time.Hour

// Sweep forgets results that are old.
func (s *Service) Sweep(ctx context.Context) error {
	before := store.Micros(s.now().Add(-batchKept))
	return s.DB.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM roster_batch_case WHERE batch IN (SELECT id FROM roster_batch WHERE at < $1)`, before); err != nil {
			return fmt.Errorf("forgetting old results: %w", err)
		}
		_, err := tx.Exec(ctx, `DELETE FROM roster_batch WHERE at < $1`, before)
		return err
	})
}

// unitObject is what stands for a unit to the rules.
func unitObject(d *bodies.Directory, kind, unit string) access.Object {
	u, _ := d.Unit(unit)
	body, _ := d.ResponsibleBody(unit)
	return access.Object{Kind: kind, Member: u.Member, Body: body.ID, Unit: unit}
}
