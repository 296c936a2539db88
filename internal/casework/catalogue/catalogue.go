// Package catalogue keeps the published versions of case types. A published version never changes, and stays for as long as cases and
// drafts pin it. Which version takes in new matters is a question of the day: the newest whose first day has come. New versions can be
// published while the installation runs ([Catalogue.Reload]); whoever reads sees all of a publication or nothing of it.
//
// The database is what holds: a case type whose file is gone or broken keeps being offered until a file retires it.
//
// Answers S8-24-1 in that publishing stops nothing.
package catalogue

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of published versions.
//
//go:embed migrations
var Migrations embed.FS

// Catalogue answers which case types there are. Many may use it at once.
type Catalogue struct {
	db    *store.DB
	log   *journal.Log
	clock calendar.Clock

	changing sync.Mutex               // held by whoever makes the next snapshot
	now      atomic.Pointer[snapshot] // never changed, only replaced
}

// Published is a version of a case type that was published.
type Published struct {
	*casetype.CaseType           // State is Retired if it was retired after its publication
	PublishedAt        time.Time // UTC
	RetiredAt          time.Time // zero: not retired
}

// key names a version.
type key struct {
	id      string
	version int
}

func (k key) String() string { return fmt.Sprintf("%s@%d", k.id, k.version) }

// snapshot is all there is at one time.
type snapshot struct {
	versions   map[key]*Published
	byID       map[string][]*Published // by version
	ids        []string
	drafts     []*casetype.CaseType
	recipients []casetype.Option
	day        atomic.Pointer[offer] // what was asked for last; most ask for today
}

// offer is what is open on a day.
type offer struct {
	day  calendar.Date
	list []*casetype.CaseType
}

// Open reads what was published before. What a pack holds is published with Reload.
func Open(ctx context.Context, db *store.DB, log *journal.Log, clock calendar.Clock) (*Catalogue, error) {
	c := &Catalogue{db: db, log: log, clock: clock}
	c.now.Store(newSnapshot(map[key]*Published{}, nil, nil))
	return c, c.Refresh(ctx)
}

func newSnapshot(versions map[key]*Published, drafts []*casetype.CaseType, recipients []casetype.Option) *snapshot {
	s := &snapshot{versions: versions, byID: map[string][]*Published{}, drafts: drafts, recipients: recipients}
	for k, p := range versions {
		if s.byID[k.id] == nil {
			s.ids = append(s.ids, k.id)
		}
		s.byID[k.id] = append(s.byID[k.id], p)
	}
	slices.Sort(s.ids)
	for _, list := range s.byID {
		slices.SortFunc(list, func(a, b *Published) int { return a.Version - b.Version })
	}
	return s
}

// Version gives a version of a case type, published now or earlier.
func (c *Catalogue) Version(id string, version int) (*casetype.CaseType, bool) {
	p, ok := c.now.Load().versions[key{id, version}]
	if !ok {
		return nil, false
	}
	return p.CaseType, true
}

// Current gives the version of a case type that applies on a day: the newest whose first day has come. It may be retired or past its last
// day; Open lists those that take in matters. False if there is none yet.
func (c *Catalogue) Current(id string, day calendar.Date) (*casetype.CaseType, bool) {
	return c.now.Load().current(id, day)
}

func (s *snapshot) current(id string, day calendar.Date) (*casetype.CaseType, bool) {
	list := s.byID[id]
	for i := len(list) - 1; i >= 0; i-- {
		if !day.Before(list[i].ValidFrom) {
			return list[i].CaseType, true
		}
	}
	return nil, false
}

// Open lists the case types that take in new cases on a day, by id, each in the version that applies that day.
func (c *Catalogue) Open(day calendar.Date) []*casetype.CaseType {
	s := c.now.Load()
	last := s.day.Load()
	if last == nil || last.day != day {
		last = &offer{day: day}
		for _, id := range s.ids {
			if ct, ok := s.current(id, day); ok && ct.State == casetype.Published && (ct.ValidTo.IsZero() || !day.After(ct.ValidTo)) {
				last.list = append(last.list, ct)
			}
		}
		s.day.Store(last)
	}
	return slices.Clone(last.list)
}

// Versions are the published versions of a case type, oldest first.
func (c *Catalogue) Versions(id string) []Published {
	var out []Published
	for _, p := range c.now.Load().byID[id] {
		out = append(out, *p)
	}
	return out
}

// All are the published versions of all case types, by id and version.
func (c *Catalogue) All() []Published {
	s := c.now.Load()
	var out []Published
	for _, id := range s.ids {
		for _, p := range s.byID[id] {
			out = append(out, *p)
		}
	}
	return out
}

// Drafts are the case types of the pack that are not to be published yet, by id, for a preview.
func (c *Catalogue) Drafts() []*casetype.CaseType { return slices.Clone(c.now.Load().drafts) }

// Draft gives a draft of the pack, for a preview.
func (c *Catalogue) Draft(id string, version int) (*casetype.CaseType, bool) {
	for _, ct := range c.now.Load().drafts {
		if ct.ID == id && ct.Version == version {
			return ct, true
		}
	}
	return nil, false
}

// Refresh takes in what another node has published.
func (c *Catalogue) Refresh(ctx context.Context) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	s := c.now.Load()
	versions, err := c.read(ctx, s.versions, s.recipients)
	if err != nil {
		return err
	}
	c.now.Store(newSnapshot(versions, s.drafts, s.recipients))
	return nil
}

// Reload publishes what is new in a pack and retires what it says is retired, all of it at once for those who read. A version that was
// changed after its publication is refused, with the reason in the outcome, and what was published stays. It changes nothing if the error
// is not nil, save that some of the versions may have been published; they are then found the next time.
func (c *Catalogue) Reload(ctx context.Context, p *pack.Pack, by bodies.By) (Outcome, error) {
	c.changing.Lock()
	defer c.changing.Unlock()
	var done Outcome
	recipients := p.Recipients()
	known := map[key]*Published{}
	for k, before := range c.now.Load().versions {
		known[k] = &Published{before.WithRecipients(recipients), before.PublishedAt, before.RetiredAt}
	}
	versions, err := c.read(ctx, known, recipients)
	if err != nil {
		return done, err
	}
	inPack := map[string]bool{}
	for _, ct := range p.CaseTypes {
		inPack[ct.ID] = true
		if ct.State == casetype.Draft {
			continue
		}
		if err := c.settle(ctx, versions, ct, recipients, by, &done); err != nil {
			return Outcome{}, err
		}
	}
	for k, published := range versions {
		if !inPack[k.id] && published.State == casetype.Published {
			done.Absent = append(done.Absent, k.id)
		}
	}
	slices.Sort(done.Absent)
	done.Absent = slices.Compact(done.Absent)
	c.now.Store(newSnapshot(versions, p.Drafts(), recipients))
	return done, nil
}

// Outcome is what came of a Reload. Versions are named id@version, in the order of the pack.
type Outcome struct {
	Published []string  // new
	Retired   []string  // published before, retired now
	Unchanged []string  // published before, the same
	Refused   []Refusal // files that say something else than what was published; that stays
	Absent    []string  // ids that are offered though no sound file of the pack has them any more
}

// Refusal is why a version of a case type was not published.
type Refusal struct {
	ID      string
	Version int
	Reason  string
}

// String says which version and why.
func (r Refusal) String() string {
	return fmt.Sprintf("case type %s version %d: %s", r.ID, r.Version, r.Reason)
}

// String names what was done, for a log.
func (o Outcome) String() string {
	return fmt.Sprintf("published [%s], retired [%s], refused %d, unchanged %d", strings.Join(o.Published, " "), strings.Join(o.Retired, " "), len(o.Refused), len(o.Unchanged))
}
