package tie

import (
	"context"
	"embed"
	"fmt"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables.
//
//go:embed migrations
var Migrations embed.FS

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// What happens to a case. The kinds are stored: do not rename them.
const (
	Related      cases.EventKind = "related"
	Unrelated    cases.EventKind = "unrelated"
	Merged       cases.EventKind = "merged"        // into another
	MergedIn     cases.EventKind = "merged_in"     // another into this
	Unmerged     cases.EventKind = "unmerged"      // from another
	UnmergedFrom cases.EventKind = "unmerged_from" // another from this
	SplitOff     cases.EventKind = "split_off"     // a part of it became a case
	Transferred  cases.EventKind = "transferred"   // it goes on as a case of another type
	Continued    cases.EventKind = "continued"     // its party has handed it in again
	TakenAlong   cases.EventKind = "taken_along"   // what a new case has from the one it was made of
)

// Actions of the journal.
const (
	ActionRelated     = "case.related"
	ActionUnrelated   = "case.unrelated"
	ActionMerged      = "case.merged"
	ActionUnmerged    = "case.unmerged"
	ActionMergedIn    = "case.merged_in"     // of the case that the other one is handled in
	ActionParted      = "case.unmerged_from" //
	ActionSplit       = "case.split"
	ActionTransferred = "case.transferred"
	ActionContinued   = "case.continued"
	ActionFollowed    = "follow.begun"
	ActionConfirmed   = "follow.confirmed"
	ActionUnfollowed  = "follow.ended"
)

// Types finds case types; *catalogue.Catalogue is it.
type Types interface {
	Version(id string, version int) (*casetype.CaseType, bool)
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
	Open(day calendar.Date) []*casetype.CaseType
}

// Organisation is who works where; *bodies.Service is it.
type Organisation interface{ Directory() *bodies.Directory }

// Config is what a Service stands on. All fields are required.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Clock        calendar.Clock
	Cases        *cases.Service
	Types        Types
	Organisation Organisation
	Vault        *documents.Vault
	Index        *search.Index
	Secrets      cases.Secrets
	Key          []byte // 32 random bytes or more, kept outside the database: signs the links of those who follow
}

// Service is what cases have to do with each other.
type Service struct{ Config }

// New gives the service.
func New(c Config) *Service { return &Service{c} }

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// Erase forgets what a case had to do with others, and who followed it (gallring).
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, statement := range []string{
		`DELETE FROM tie_merge WHERE relation IN (SELECT id FROM tie_relation WHERE from_case = $1 OR to_case = $1)`,
		`DELETE FROM tie_relation WHERE from_case = $1 OR to_case = $1`,
		`DELETE FROM tie_follow WHERE case_id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, caseID); err != nil {
			return fmt.Errorf("forgetting the relations of a case: %w", err)
		}
	}
	return nil
}
