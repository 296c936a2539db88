package steering

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Service keeps the steering documents. It is safe for concurrent use.
type Service struct {
	Config
	texts sync.Map // ID of a version -> text
	stale atomic.Bool
	rules atomic.Pointer[rulebook]
}

// Config is what a Service stands on. All fields are required.
type Config struct {
	DB      *store.DB
	Journal *journal.Log
	Bodies  *bodies.Service
	Clock   calendar.Clock
	Log     *slog.Logger
	// Types are the types of document, and Member the municipality, as the pack has them now.
	Types  func() []pack.SteeringType
	Member func() string
}

// New makes the service.
func New(c Config) *Service {
	s := &Service{Config: c}
	s.stale.Store(true)
	return s
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// Type gives a type by key, nil if the pack has none.
func (s *Service) Type(key string) *pack.SteeringType {
	for _, t := range s.Types() {
		if t.Key == key {
			return &t
		}
	}
	return nil
}

// rank is the place of a type from the top down.
func (s *Service) rank(key string) int {
	list := s.Types()
	for i, t := range list {
		if t.Key == key {
			return i
		}
	}
	return len(list)
}

// sort puts versions in the order of their types, from the top down, and by title within a type.
func (s *Service) sort(list []*Version) {
	slices.SortStableFunc(list, func(a, b *Version) int {
		return cmp.Or(cmp.Compare(s.rank(a.Type), s.rank(b.Type)), cmp.Compare(a.Title["sv"], b.Title["sv"]))
	})
}

const applies = `v.from_day <> '' AND v.from_day <= $1 AND (v.to_day = '' OR v.to_day >= $1)`

// InForce gives the versions that apply on a day without their texts, from the top type down.
func (s *Service) InForce(ctx context.Context, on calendar.Date) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE `+applies, on.String())
	if err != nil {
		return nil, fmt.Errorf("listing steering documents: %w", err)
	}
	s.sort(list)
	return list, nil
}

// Open gives the versions that are being written or prepared, without their texts.
func (s *Service) Open(ctx context.Context) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE v.state IN ('utkast', 'beredd')`)
	if err != nil {
		return nil, fmt.Errorf("listing drafts of steering documents: %w", err)
	}
	s.sort(list)
	return list, nil
}

// Versions gives all versions of a document without their texts, newest first; store.ErrNotFound if there is no such document.
func (s *Service) Versions(ctx context.Context, key string) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE v.document = $1 ORDER BY v.n DESC`, key)
	if err != nil {
		return nil, fmt.Errorf("reading steering document %s: %w", key, err)
	}
	if len(list) == 0 {
		return nil, store.ErrNotFound
	}
	return list, nil
}

// Version gives a version of a document with its text.
func (s *Service) Version(ctx context.Context, key string, number int) (*Version, error) {
	return s.one(ctx, s.DB, selectText+`WHERE v.document = $1 AND v.n = $2`, key, number)
}

// On gives the version of a document that applies on a day, with its text.
func (s *Service) On(ctx context.Context, key string, on calendar.Date) (*Version, error) {
	return s.one(ctx, s.DB, selectText+`WHERE `+applies+` AND v.document = $2`, on.String(), key)
}

// Texts gives the versions that apply on a day and demand something, with their texts, from the top type down.
func (s *Service) Texts(ctx context.Context, on calendar.Date) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectText+`WHERE `+applies+` AND v.rules > 0`, on.String())
	if err != nil {
		return nil, fmt.Errorf("reading steering documents: %w", err)
	}
	s.sort(list)
	return list, nil
}

// Due gives the adopted versions whose review is near or past on a day: as near as their type reminds.
func (s *Service) Due(ctx context.Context, on calendar.Date) ([]*Version, error) {
	furthest := on
	for _, t := range s.Types() {
		if d := later(on, t.Remind); d.After(furthest) {
			furthest = d
		}
	}
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE v.state = 'faststalld' AND v.review_day <> '' AND v.review_day <= $1 ORDER BY v.review_day, v.document`, furthest.String())
	if err != nil {
		return nil, fmt.Errorf("looking for steering documents to review: %w", err)
	}
	return slices.DeleteFunc(list, func(v *Version) bool {
		t := s.Type(v.Type)
		return t == nil || v.Review.After(later(on, t.Remind))
	}), nil
}

// Conflict is a version that rests on a document of which there is a later version than itself (S4-LG-1): it may be against it.
type Conflict struct {
	Version *Version // that may have to change
	Newer   *Version // what it rests on
}

// Conflicts gives the versions that apply on a day and are older than what they rest on.
func (s *Service) Conflicts(ctx context.Context, on calendar.Date) ([]Conflict, error) {
	list, err := s.InForce(ctx, on)
	if err != nil {
		return nil, err
	}
	by, of := map[string]*Version{}, map[string]*Version{}
	for _, v := range list {
		by[v.ID], of[v.Document] = v, v
	}
	pairs, err := store.All(ctx, s.DB, func(r *store.Rows) ([2]string, error) {
		var p [2]string
		return p, r.Scan(&p[0], &p[1])
	}, `SELECT DISTINCT c.version, c.document FROM steering_cite c JOIN steering_version v ON v.id = c.version WHERE `+applies+` ORDER BY 1, 2`, on.String())
	if err != nil {
		return nil, fmt.Errorf("comparing steering documents: %w", err)
	}
	var out []Conflict
	for _, p := range pairs {
		if v, newer := by[p[0]], of[p[1]]; v != nil && newer != nil && newer.From.After(v.From) {
			out = append(out, Conflict{v, newer})
		}
	}
	return out, nil
}

// Below gives the versions that apply on a day and rest on a document.
func (s *Service) Below(ctx context.Context, key string, on calendar.Date) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE `+applies+` AND v.id IN (SELECT version FROM steering_cite WHERE document = $2)`, on.String(), key)
	if err != nil {
		return nil, fmt.Errorf("reading what rests on %s: %w", key, err)
	}
	s.sort(list)
	return list, nil
}

// later is the day a period after another.
func later(d calendar.Date, p calendar.Period) calendar.Date {
	switch p.Unit {
	case calendar.Days, calendar.Business: // the pack has no business days here
		return d.AddDays(p.N)
	case calendar.Weeks:
		return d.AddDays(7 * p.N)
	case calendar.Months:
		return d.AddMonths(p.N)
	case calendar.Years:
		return d.AddMonths(12 * p.N)
	}
	return d
}
