package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// row is a published version as it is kept.
type row struct {
	key
	published int64
	retired   int64 // 0: not
	text      string
}

// read gives the published versions. Those in known are not read again, unless they were retired since.
func (c *Catalogue) read(ctx context.Context, known map[key]*Published, recipients []casetype.Option) (map[key]*Published, error) {
	rows, err := store.All(ctx, c.db, func(r *store.Rows) (row, error) {
		var v row
		return v, r.Scan(&v.id, &v.version, &v.published, &v.retired)
	}, `SELECT v.id, v.version, v.published_at, COALESCE(r.retired_at, 0) FROM casetype_version v
		LEFT JOIN casetype_retired r ON r.id = v.id AND r.version = v.version ORDER BY v.id, v.version`)
	if err != nil {
		return nil, fmt.Errorf("reading published case types: %w", err)
	}
	out := maps.Clone(known)
	if out == nil {
		out = make(map[key]*Published, len(rows))
	}
	rows = slices.DeleteFunc(rows, func(v row) bool {
		p := out[v.key]
		return p != nil && p.RetiredAt.IsZero() == (v.retired == 0)
	})
	opened := make([]*Published, len(rows))
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, v := range rows {
		all.Go(func() error {
			if err := c.db.QueryRow(ctx, `SELECT definition FROM casetype_version WHERE id = $1 AND version = $2`, v.id, v.version).Scan(&v.text); err != nil {
				return fmt.Errorf("reading published case type %s: %w", v.key, err)
			}
			var err error
			opened[i], err = v.open(recipients)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	for i, v := range rows {
		out[v.key] = opened[i]
	}
	return out, nil
}

// open makes a row work.
func (v row) open(recipients []casetype.Option) (*Published, error) {
	var def casetype.Definition
	if err := json.Unmarshal([]byte(v.text), &def); err != nil {
		return nil, fmt.Errorf("reading published case type %s: %w", v.key, err)
	}
	if v.retired != 0 {
		def.State = casetype.Retired
	}
	ct, issues := casetype.Restore(def)
	if len(issues) > 0 {
		return nil, fmt.Errorf("published case type %s no longer holds: %s: %s", v.key, issues[0].Path, issues[0].Message)
	}
	return published(ct.WithRecipients(recipients), v.published, v.retired), nil
}

func published(ct *casetype.CaseType, at, retired int64) *Published {
	p := &Published{CaseType: ct, PublishedAt: store.Time(at)}
	if retired != 0 {
		p.RetiredAt = store.Time(retired)
	}
	return p
}

// settle compares a version of the pack with what was published, and publishes or retires it.
func (c *Catalogue) settle(ctx context.Context, versions map[key]*Published, ct *casetype.CaseType, recipients []casetype.Option, by bodies.By, done *Outcome) error {
	k := key{ct.ID, ct.Version}
	before := versions[k]
	if before == nil {
		if fate, reason, _ := fateOf(nil, ct); fate == refused {
			done.refuse(k, reason)
			return nil
		}
		after, err := c.publish(ctx, ct, by)
		if errors.Is(err, store.ErrConflict) { // another node was first
			after, err = c.reread(ctx, k, recipients)
			before = after
		}
		if err != nil {
			return err
		}
		versions[k] = after
		if before == nil {
			done.Published = append(done.Published, k.String())
			return nil
		}
	}
	fate, reason, err := fateOf(before, ct)
	if err != nil {
		return err
	}
	switch fate {
	case refused:
		done.refuse(k, reason)
	case unchanged:
		done.Unchanged = append(done.Unchanged, k.String())
	case retired:
		if versions[k], err = c.retire(ctx, before, ct, by); err != nil {
			return err
		}
		done.Retired = append(done.Retired, k.String())
	}
	return nil
}

func (o *Outcome) refuse(k key, reason string) {
	o.Refused = append(o.Refused, Refusal{ID: k.id, Version: k.version, Reason: reason})
}

func (c *Catalogue) reread(ctx context.Context, k key, recipients []casetype.Option) (*Published, error) {
	v := row{key: k}
	err := c.db.QueryRow(ctx, `SELECT published_at, definition FROM casetype_version WHERE id = $1 AND version = $2`, k.id, k.version).Scan(&v.published, &v.text)
	if err != nil {
		return nil, fmt.Errorf("reading published case type %s: %w", k, err)
	}
	return v.open(recipients)
}

func (c *Catalogue) publish(ctx context.Context, ct *casetype.CaseType, by bodies.By) (*Published, error) {
	k := key{ct.ID, ct.Version}
	text, err := json.Marshal(ct.Definition)
	if err != nil {
		return nil, fmt.Errorf("publishing case type %s: %w", k, err)
	}
	hash, err := Hash(ct.Definition)
	if err != nil {
		return nil, fmt.Errorf("publishing case type %s: %w", k, err)
	}
	at := store.Micros(c.clock.Now())
	_, err = c.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO casetype_version (id, version, sha256, published_at, definition) VALUES ($1, $2, $3, $4, $5)`,
			ct.ID, ct.Version, hash, at, string(text))
		return c.entry("casetype.published", k, by, map[string]string{"sha256": hash, "validFrom": ct.ValidFrom.String()}), err
	})
	if err != nil {
		return nil, fmt.Errorf("publishing case type %s: %w", k, err)
	}
	return published(ct, at, 0), nil
}

func (c *Catalogue) retire(ctx context.Context, before *Published, ct *casetype.CaseType, by bodies.By) (*Published, error) {
	k := key{ct.ID, ct.Version}
	at := store.Micros(c.clock.Now())
	_, err := c.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO casetype_retired (id, version, retired_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, ct.ID, ct.Version, at)
		return c.entry("casetype.retired", k, by, nil), err
	})
	if err != nil {
		return nil, fmt.Errorf("retiring case type %s: %w", k, err)
	}
	return published(ct, store.Micros(before.PublishedAt), at), nil
}

func (c *Catalogue) entry(action string, k key, by bodies.By, payload any) journal.Entry {
	return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Decision: by.Decision, Action: action, Object: journal.Ref{Kind: "casetype", ID: k.String()}, Payload: payload}
}
