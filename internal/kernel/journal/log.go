package journal

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Migrations are the journal's tables.
//
//go:embed migrations
var Migrations embed.FS

// Log is the journal of one installation. It is safe for concurrent use.
type Log struct {
	db      *store.DB
	key     *Key
	clock   calendar.Clock
	log     *slog.Logger
	mu      sync.Mutex // guards waiters
	waiters []chan struct{}
	inbox   chan struct{} // wakes the sequencer
	// appended are, on SQLite, the entries of the batch under way, for the tree; only the store's writer touches it. Those of a batch
	// that failed stay until the next, where extend sees that they do not fit.
	appended []Recorded
}

// Open makes the journal ready. It must be called before the first change of the process.
func Open(_ context.Context, db *store.DB, key *Key, clock calendar.Clock, log *slog.Logger) (*Log, error) {
	if key == nil {
		return nil, errors.New("opening the journal: no key to sign checkpoints with")
	}
	l := &Log{db: db, key: key, clock: clock, log: log, inbox: make(chan struct{}, 1)}
	if db.Engine() == store.SQLite {
		db.OnBatch(func(ctx context.Context, tx *store.Tx) error {
			if len(l.appended) == 0 {
				return nil
			}
			defer func() { l.appended = l.appended[:0] }()
			return l.extend(ctx, tx, l.appended)
		})
	}
	return l, nil
}

// Key is the key that signs this journal's checkpoints.
func (l *Log) Key() *Key { return l.key }

// Do is the one way to change the municipality's state: it runs fn in a durable transaction and writes the entry that fn returns
// in the same transaction. The rules of store.DB.Write hold for fn.
func (l *Log) Do(ctx context.Context, fn func(context.Context, *store.Tx) (Entry, error)) (Recorded, error) {
	var done Recorded
	err := l.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		entry, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		done, err = l.append(ctx, tx, entry)
		return err
	})
	if err != nil {
		return Recorded{}, err
	}
	if l.db.Engine() == store.SQLite {
		l.announce()
	} else {
		select {
		case l.inbox <- struct{}{}:
		default:
		}
	}
	return done, nil
}

// Note writes an entry that goes with no change, such as that a secret was read.
func (l *Log) Note(ctx context.Context, entry Entry) (Recorded, error) {
	return l.Do(ctx, func(context.Context, *store.Tx) (Entry, error) { return entry, nil })
}

func (l *Log) append(ctx context.Context, tx *store.Tx, e Entry) (Recorded, error) {
	if err := e.check(); err != nil {
		return Recorded{}, err
	}
	kept, err := seal(e.Payload)
	if err != nil {
		return Recorded{}, err
	}
	if e.ID == "" {
		e.ID = store.NewID()
	} else if !store.ValidID(e.ID) {
		return Recorded{}, fmt.Errorf("journal entry %s: its ID is not a UUID", e.Action)
	}
	r := Recorded{
		Seq: Unsequenced, ID: e.ID, At: l.clock.Now().UTC().Truncate(time.Microsecond), Actor: e.Actor, Mandate: e.Mandate,
		Decision: e.Decision, Action: e.Action, Object: e.Object, PayloadHash: kept.hash,
	}
	if kept.body != "" {
		r.Payload = json.RawMessage(kept.body)
	}
	if l.db.Engine() == store.Postgres {
		_, err = tx.Exec(ctx, `INSERT INTO journal_inbox (id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash, salt, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			r.ID, store.Micros(r.At), r.Actor, r.Mandate, r.Decision, r.Action, r.Object.Kind, r.Object.ID, r.PayloadHash, kept.salt,
			sql.NullString{String: kept.body, Valid: kept.body != ""})
	} else {
		err = tx.QueryRow(ctx, `INSERT INTO journal_entry (seq, id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash)
			VALUES ((SELECT coalesce(max(seq), -1) + 1 FROM journal_entry), $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING seq`,
			r.ID, store.Micros(r.At), r.Actor, r.Mandate, r.Decision, r.Action, r.Object.Kind, r.Object.ID, r.PayloadHash).Scan(&r.Seq)
		if err == nil && kept.body != "" {
			_, err = tx.Exec(ctx, `INSERT INTO journal_payload (seq, salt, body) VALUES ($1, $2, $3)`, r.Seq, kept.salt, kept.body)
		}
	}
	if err != nil {
		return Recorded{}, fmt.Errorf("journalling %s: %w", r.Action, err)
	}
	if l.db.Engine() == store.SQLite {
		l.appended = append(l.appended, r)
	}
	return r, nil
}

// ErasePayloads removes what earlier entries about object said (gallring, erasure). The entry of the change that calls it must be
// about the same object and its action must end in ".erased". It gives the number of payloads removed.
func (l *Log) ErasePayloads(ctx context.Context, tx *store.Tx, object Ref) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM journal_payload WHERE seq IN (SELECT seq FROM journal_entry WHERE object_kind = $1 AND object_id = $2)`,
		object.Kind, object.ID)
	if err != nil {
		return 0, fmt.Errorf("removing journal payloads: %w", err)
	}
	return n, nil
}

// announce wakes those who follow the journal.
func (l *Log) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.waiters {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// Changed gives a new channel that receives after new sequenced entries exist. Signals are merged; entries that another node made are
// not signalled, so followers also look once a second.
func (l *Log) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := make(chan struct{}, 1)
	l.waiters = append(l.waiters, w)
	return w
}

const columns = `e.seq, e.id, e.at, e.actor, e.mandate, e.decision, e.action, e.object_kind, e.object_id, e.payload_hash, p.body`

func scanRecorded(rows *store.Rows) (Recorded, error) {
	var r Recorded
	var at int64
	var body sql.NullString
	err := rows.Scan(&r.Seq, &r.ID, &at, &r.Actor, &r.Mandate, &r.Decision, &r.Action, &r.Object.Kind, &r.Object.ID, &r.PayloadHash, &body)
	r.At = store.Time(at)
	if body.Valid {
		r.Payload = json.RawMessage(body.String)
	}
	return r, err
}

// Since gives sequenced entries after seq in order, at most limit. There are never gaps: an entry does not appear after a later one.
func (l *Log) Since(ctx context.Context, seq int64, limit int) ([]Recorded, error) {
	list, err := store.All(ctx, l.db, scanRecorded, `SELECT `+columns+` FROM journal_entry e LEFT JOIN journal_payload p ON p.seq = e.seq
		WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return list, nil
}

// About gives the entries about one object, oldest first.
func (l *Log) About(ctx context.Context, object Ref) ([]Recorded, error) {
	list, err := store.All(ctx, l.db, scanRecorded, `SELECT `+columns+` FROM journal_entry e LEFT JOIN journal_payload p ON p.seq = e.seq
		WHERE e.object_kind = $1 AND e.object_id = $2 ORDER BY e.seq`, object.Kind, object.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the journal about %s: %w", object.Kind, err)
	}
	return list, nil
}

// Latest gives the entries of one action about objects of a kind, newest first, at most limit.
func (l *Log) Latest(ctx context.Context, kind string, ids []string, action string, limit int) ([]Recorded, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{kind, action, limit}
	var in []string
	for _, id := range ids {
		args = append(args, id)
		in = append(in, fmt.Sprintf("$%d", len(args)))
	}
	list, err := store.All(ctx, l.db, scanRecorded, `SELECT `+columns+` FROM journal_entry e LEFT JOIN journal_payload p ON p.seq = e.seq
		WHERE e.object_kind = $1 AND e.action = $2 AND e.object_id IN (`+strings.Join(in, ", ")+`) ORDER BY e.seq DESC LIMIT $3`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the journal about %s: %w", kind, err)
	}
	return list, nil
}

// Last gives the place of the newest entry, or Unsequenced if there is none.
func (l *Log) Last(ctx context.Context) (int64, error) {
	var seq int64
	err := l.db.QueryRow(ctx, `SELECT coalesce(max(seq), -1) FROM journal_entry`).Scan(&seq)
	return seq, err
}

// Each calls fn with every entry about objects of a kind, oldest first, a page at a time. Entries that PostgreSQL's sequencer has not
// placed yet come last, with Seq Unsequenced.
func Each(ctx context.Context, engine store.Engine, q store.Queryer, kind string, fn func(Recorded) error) error {
	for after := Unsequenced; ; {
		list, err := store.All(ctx, q, scanRecorded, `SELECT `+columns+` FROM journal_entry e LEFT JOIN journal_payload p ON p.seq = e.seq
			WHERE e.seq > $1 AND e.object_kind = $2 ORDER BY e.seq LIMIT $3`, after, kind, page)
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			if err := fn(e); err != nil {
				return err
			}
		}
		after = list[len(list)-1].Seq
	}
	if engine == store.SQLite {
		return nil
	}
	list, err := store.All(ctx, q, scanRecorded, `SELECT -1, id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash, body
		FROM journal_inbox WHERE object_kind = $1 ORDER BY n`, kind)
	if err != nil {
		return fmt.Errorf("reading the journal's inbox: %w", err)
	}
	for _, e := range list {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}
