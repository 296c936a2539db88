package lawbook

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the book.
//
//go:embed migrations
var Migrations embed.FS

// Texts are the words of the book.
//
//go:embed texts
var Texts embed.FS

// Types are the case types; *catalogue.Catalogue is it.
type Types interface {
	// Open lists the case types that take in cases on a day.
	Open(day calendar.Date) []*casetype.CaseType
	// Current gives the version of a case type that applies on a day.
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
}

// Config is what the book stands on. All fields are required.
type Config struct {
	DB      *store.DB
	Journal *journal.Log
	Clock   calendar.Clock
	Types   Types
	Log     *slog.Logger
}

// Service is the book. It is safe for concurrent use.
type Service struct {
	Config
	words *search.Words

	loading sync.Mutex
	shelf   atomic.Pointer[shelf]
	stale   atomic.Bool

	uses counter
}

// New gives the book. It reads the database at the first question.
func New(c Config) *Service {
	return &Service{Config: c, words: search.NewWords(c.DB.Engine()), uses: counter{counts: map[Provision]int64{}}}
}

// The journal's words for the book.
const (
	ActionImported = "law.imported"
	ActionAssessed = "law_change.assessed"
	objectKind     = "law"
	changeKind     = "law_change"
)

// Heard notes that the book has got another content. It is a listener of the journal's dispatcher, so that a server sees what the
// command line has imported.
func (s *Service) Heard(entries []journal.Recorded) {
	for _, e := range entries {
		if e.Object.Kind == objectKind || e.Object.Kind == changeKind {
			s.stale.Store(true)
		}
	}
}

// Statute is what the book tells about a statute.
type Statute struct {
	SFS, Title string
	Published  calendar.Date
	Repealed   calendar.Date // zero: not repealed
	HasText    bool
	Sections   int
	About      About
}

// About is what the collection tells about a statute besides.
type About struct {
	Kind         string              `json:"kind,omitempty"`
	Department   string              `json:"department,omitempty"`
	Preparatory  string              `json:"preparatory,omitempty"`
	Issued       calendar.Date       `json:"issued,omitzero"`
	InForce      calendar.Date       `json:"in_force,omitzero"`
	RepealedBy   string              `json:"repealed_by,omitempty"`
	Consolidated string              `json:"consolidated,omitempty"`
	Amendments   []statute.Amendment `json:"amendments,omitempty"`
}

// shelf is what of the book is kept in memory: which statutes there are, what they are called, and how many changes wait.
type shelf struct {
	statutes map[string]Statute // without About
	index    *statute.Index
	waiting  map[string]int // open changes by unit
}

// books gives the shelf, read anew if the book has changed.
func (s *Service) books(ctx context.Context) (*shelf, error) {
	if now := s.shelf.Load(); now != nil && !s.stale.Load() {
		return now, nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if now := s.shelf.Load(); now != nil && !s.stale.Load() {
		return now, nil
	}
	s.stale.Store(false)
	now, err := s.load(ctx)
	if err != nil {
		s.stale.Store(true)
		return nil, fmt.Errorf("reading which statutes there are: %w", err)
	}
	s.shelf.Store(now)
	return now, nil
}

func (s *Service) load(ctx context.Context) (*shelf, error) {
	out := &shelf{statutes: map[string]Statute{}, waiting: map[string]int{}}
	list, err := store.All(ctx, s.DB, func(rows *store.Rows) (Statute, error) {
		var st Statute
		var has int
		var published, repealed string
		err := rows.Scan(&st.SFS, &st.Title, &published, &repealed, &has, &st.Sections)
		st.Published, st.Repealed, st.HasText = date(published), date(repealed), has != 0
		return st, err
	}, `SELECT sfs, title, published, repealed, has_text, sections FROM law_statute ORDER BY sfs`)
	if err != nil {
		return nil, err
	}
	names := make([]statute.Name, 0, len(list))
	for _, st := range list {
		out.statutes[st.SFS] = st
		if st.Repealed.IsZero() {
			names = append(names, statute.Name{Number: st.SFS, Title: st.Title})
		}
	}
	out.index = statute.NewIndex(names)
	type waiting struct {
		unit string
		n    int
	}
	open, err := store.All(ctx, s.DB, func(rows *store.Rows) (waiting, error) {
		var w waiting
		return w, rows.Scan(&w.unit, &w.n)
	}, `SELECT unit, count(*) FROM law_change WHERE seen_at = 0 GROUP BY unit`)
	for _, w := range open {
		out.waiting[w.unit] = w.n
	}
	return out, err
}

// date is a stored day, zero for "".
func date(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return calendar.Date{}
	}
	return d
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // our own types of strings and numbers always encode
		panic(err)
	}
	return string(b)
}
