package task

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of tasks, remisser, approvals and checklists.
//
//go:embed migrations
var Migrations embed.FS

// Refusals that a caller decides on.
var (
	// ErrWhom means that nobody, or nobody who works here, was named.
	ErrWhom = errors.New("nobody is named")
	// ErrReader means that the one asked may not read the case.
	ErrReader = errors.New("the one asked may not read the case")
	// ErrDay means that the day has passed, or is no later than the one before.
	ErrDay = errors.New("the day is too early")
	// ErrOver means that it is done, answered, withdrawn or decided already.
	ErrOver = errors.New("it is over already")
	// ErrWithdrawn means that nobody asks for the opinion any more.
	ErrWithdrawn = errors.New("the opinion is not asked for any more")
	// ErrLate means that the last day of a link has passed.
	ErrLate = errors.New("the last day to answer has passed")
	// ErrStance means that an opinion does not say whether it is for or against.
	ErrStance = errors.New("the opinion takes no stance")
	// ErrFile means that a file is not of the case.
	ErrFile = errors.New("there is no such file in the case")
	// ErrGround means that something marked as secret would be let out without a provision that allows it.
	ErrGround = errors.New("what is marked as secret needs a ground to be let out")
	// ErrOwn means that somebody would approve what they ask others to approve.
	ErrOwn = errors.New("nobody approves their own proposal")
	// ErrTurn means that it is somebody else's turn.
	ErrTurn = errors.New("it is somebody else's turn")
	// ErrNotAsked means that somebody was not asked, nor anybody they stand in for.
	ErrNotAsked = errors.New("this person was not asked")
	// ErrChanged means that what was read is not what is to be approved any more.
	ErrChanged = errors.New("what is to be approved has been changed")
	// ErrUnknown means that the case type has no such item, property, document type or decision.
	ErrUnknown = errors.New("the case type does not have this")
)

// Organisation is who works where; *bodies.Service is it.
type Organisation interface {
	Directory() *bodies.Directory
}

// Deputies tells who stands in for somebody.
type Deputies interface {
	// Deputies are the persons who stand in for a person on a day.
	Deputies(person string, day calendar.Date) []string
}

// Post writes letters about what is asked for. A letter says that something is asked, never what.
type Post interface {
	Write(ctx context.Context, tx *store.Tx, l Letter) error
}

// Letter is what Post writes.
type Letter struct {
	Kind   LetterKind
	To     string // address
	Lang   i18n.Lang
	Number string        // of the case
	Path   string        // page to answer on, without language; "" when there is nothing to answer
	Day    calendar.Date // last day, zero for none
	CaseID string
}

// LetterKind is what a letter is about.
type LetterKind string

// The kinds of letter.
const (
	RemissAsked      LetterKind = "remiss_asked"
	RemissReminded   LetterKind = "remiss_reminded"
	RemissExtended   LetterKind = "remiss_extended"
	RemissWithdrawn  LetterKind = "remiss_withdrawn"
	ApprovalAsked    LetterKind = "approval_asked"
	ApprovalReminded LetterKind = "approval_reminded"
)

// Waits are how long to wait, in business days.
type Waits struct {
	Remiss   int // before the last day of a remiss, when somebody is reminded
	Approval int // after a round began or somebody was reminded, when those who have not answered are reminded
	Answer   int // proposed for an opinion
	Task     int // proposed for a task
}

// DefaultWaits are those of a municipality that has not chosen.
func DefaultWaits() Waits { return Waits{Remiss: 3, Approval: 3, Answer: 15, Task: 5} }

// Config is what a Service stands on. Fields are required unless said.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Clock        calendar.Clock
	Days         *calendar.Calendar
	Cases        *cases.Service
	Organisation Organisation
	Vault        *documents.Vault
	Log          *slog.Logger
	Waits        Waits
	Deputies     Deputies // nil: nobody stands in for anybody
	Post         Post     // nil: no letters
}

// Service is the commands and lists of the room.
type Service struct{ Config }

// New gives a service.
func New(c Config) *Service { return &Service{c} }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// reads tells whether a person may read a case, or files of it, signed in as well as one can be.
func (s *Service) reads(person string, o access.Object) bool {
	const best = 3
	d := s.Organisation.Directory()
	p, ok := d.Person(person)
	return ok && !p.Closed && access.Check(access.Resolve(d, person, s.today(), best), access.CaseRead, o).Allowed
}

// unitReads tells whether somebody of a unit, with a role if one is named, may read a case.
func (s *Service) unitReads(unit, role string, o access.Object) bool {
	d := s.Organisation.Directory()
	for _, p := range d.Officials() {
		for _, m := range d.MandatesOf(p.ID, s.today()) {
			if m.Unit == unit && (role == "" || m.Role == role) && s.reads(p.ID, o) {
				return true
			}
		}
	}
	return false
}

// standIns are the person and those who stand in for them today.
func (s *Service) standIns(person string) []string {
	out := []string{person}
	if s.Deputies != nil {
		out = append(out, s.Deputies.Deputies(person, s.today())...)
	}
	return out
}

// write sends a letter, if letters are written and there is an address.
func (s *Service) write(ctx context.Context, tx *store.Tx, l Letter) error {
	if s.Post == nil || l.To == "" {
		return nil
	}
	if err := s.Post.Write(ctx, tx, l); err != nil {
		return fmt.Errorf("writing a letter: %w", err)
	}
	return nil
}

// Erase removes all that the room keeps of a case. Its files are the case's.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, of := range []string{
		`DELETE FROM task WHERE case_id = $1`,
		`DELETE FROM remiss_link WHERE remiss_id IN (SELECT id FROM remiss WHERE case_id = $1)`,
		`DELETE FROM remiss_file WHERE remiss_id IN (SELECT id FROM remiss WHERE case_id = $1)`,
		`DELETE FROM remiss WHERE case_id = $1`,
		`DELETE FROM approval_asked WHERE approval_id IN (SELECT id FROM approval WHERE case_id = $1)`,
		`DELETE FROM approval WHERE case_id = $1`,
		`DELETE FROM case_tick WHERE case_id = $1`,
		`DELETE FROM case_property WHERE case_id = $1`,
		`DELETE FROM case_document_kind WHERE case_id = $1`,
	} {
		if _, err := tx.Exec(ctx, of, caseID); err != nil {
			return fmt.Errorf("erasing what was asked in a case: %w", err)
		}
	}
	return nil
}
