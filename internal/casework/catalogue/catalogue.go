// Package catalogue keeps the published versions of case types. A published version never changes, and stays for as long as cases pin
// it, also after the pack has gone on to a newer one.
package catalogue

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the table of published versions.
//
//go:embed migrations
var Migrations embed.FS

// ChangedError means that a published version was changed instead of being followed by a new one.
type ChangedError struct {
	ID      string
	Version int
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("case type %s version %d is published and has been changed; give the changed file version %d", e.ID, e.Version, e.Version+1)
}

// Catalogue answers which case types there are. It never changes after Open.
type Catalogue struct {
	versions map[key]*casetype.CaseType
	current  map[string]*casetype.CaseType
}

type key struct {
	id      string
	version int
}

// Open publishes the case types of a pack that are new, refuses those that were changed after publication (ChangedError), and loads the
// earlier versions that cases may pin.
func Open(ctx context.Context, db *store.DB, log *journal.Log, clock calendar.Clock, pack []*casetype.CaseType, recipients []casetype.Option) (*Catalogue, error) {
	c := &Catalogue{versions: map[key]*casetype.CaseType{}, current: map[string]*casetype.CaseType{}}
	if err := c.load(ctx, db, recipients); err != nil {
		return nil, err
	}
	for _, ct := range pack {
		if ct.State == casetype.Draft {
			continue
		}
		if err := c.publish(ctx, db, log, clock, ct); err != nil {
			return nil, err
		}
		c.versions[key{ct.ID, ct.Version}] = ct
		c.current[ct.ID] = ct
	}
	return c, nil
}

func (c *Catalogue) load(ctx context.Context, db *store.DB, recipients []casetype.Option) error {
	texts, err := store.All(ctx, db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) },
		`SELECT definition FROM casetype_version ORDER BY id, version`)
	if err != nil {
		return fmt.Errorf("reading published case types: %w", err)
	}
	for _, text := range texts {
		var def casetype.Definition
		if err := json.Unmarshal([]byte(text), &def); err != nil {
			return fmt.Errorf("reading a published case type: %w", err)
		}
		ct, issues := casetype.Compile(def)
		if len(issues) > 0 {
			return fmt.Errorf("published case type %s version %d no longer holds: %s: %s", def.ID, def.Version, issues[0].Path, issues[0].Message)
		}
		c.versions[key{ct.ID, ct.Version}] = ct.WithRecipients(recipients)
	}
	return nil
}

func (c *Catalogue) publish(ctx context.Context, db *store.DB, log *journal.Log, clock calendar.Clock, ct *casetype.CaseType) error {
	text, err := json.Marshal(ct.Definition)
	if err != nil {
		return fmt.Errorf("publishing case type %s: %w", ct.ID, err)
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	var before string
	err = db.QueryRow(ctx, `SELECT sha256 FROM casetype_version WHERE id = $1 AND version = $2`, ct.ID, ct.Version).Scan(&before)
	switch {
	case err == nil && before == hash:
		return nil
	case err == nil:
		return &ChangedError{ct.ID, ct.Version}
	case !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("publishing case type %s: %w", ct.ID, err)
	}
	_, err = log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO casetype_version (id, version, sha256, published_at, definition) VALUES ($1, $2, $3, $4, $5)`,
			ct.ID, ct.Version, hash, store.Micros(clock.Now()), string(text))
		return journal.Entry{
			Actor: journal.System, Action: "casetype.published", Object: journal.Ref{Kind: "casetype", ID: fmt.Sprintf("%s@%d", ct.ID, ct.Version)},
			Payload: map[string]string{"sha256": hash},
		}, err
	})
	if err != nil {
		return fmt.Errorf("publishing case type %s: %w", ct.ID, err)
	}
	return nil
}

// Version gives a version of a case type, published now or earlier.
func (c *Catalogue) Version(id string, version int) (*casetype.CaseType, bool) {
	ct, ok := c.versions[key{id, version}]
	return ct, ok
}

// Open lists the case types that take in new cases on a day, by id.
func (c *Catalogue) Open(day calendar.Date) []*casetype.CaseType {
	var out []*casetype.CaseType
	for _, ct := range c.current {
		if ct.State == casetype.Published && !day.Before(ct.ValidFrom) && (ct.ValidTo.IsZero() || !day.After(ct.ValidTo)) {
			out = append(out, ct)
		}
	}
	slices.SortFunc(out, func(a, b *casetype.CaseType) int { return strings.Compare(a.ID, b.ID) })
	return out
}
