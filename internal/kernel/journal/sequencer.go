package journal

import (
	"context"
	"fmt"
	"time"

	"dygnet/internal/kernel/store"
)

const (
	sequencePoll    = 200 * time.Millisecond
	checkpointEvery = 10 * time.Second
	sequenceBatch   = 1000
)

// Run seals entries (PostgreSQL) and signs a tree head every ten seconds if the tree has grown, until ctx ends. Errors are logged and
// tried again: the entries are safe in the inbox meanwhile.
func (l *Log) Run(ctx context.Context) error {
	if l.db.Engine() == store.SQLite {
		l.runCheckpoints(ctx)
		return nil
	}
	done := make(chan struct{})
	go func() { defer close(done); l.runCheckpoints(ctx) }()
	l.runSequencer(ctx)
	<-done
	return nil
}

func (l *Log) runCheckpoints(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := l.Checkpoint(ctx); err != nil && ctx.Err() == nil {
				l.log.Error("signing a checkpoint failed", "error", err)
			}
		}
	}
}

func (l *Log) runSequencer(ctx context.Context) {
	tick := time.NewTicker(sequencePoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.inbox:
		case <-tick.C:
		}
		for {
			n, err := l.sequence(ctx)
			if err != nil && ctx.Err() == nil {
				l.log.Error("sealing journal entries failed; they wait in the inbox", "error", err)
			}
			if n < sequenceBatch || err != nil {
				break
			}
		}
	}
}

// Sequence seals everything in the inbox now. Tests and shut-down use it; on SQLite there is nothing to do.
func (l *Log) Sequence(ctx context.Context) error {
	if l.db.Engine() == store.SQLite {
		return nil
	}
	for {
		n, err := l.sequence(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// sequence moves one batch from the inbox into the tree. Only one node does it at a time.
func (l *Log) sequence(ctx context.Context) (int, error) {
	moved := 0
	err := l.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || 'dygnet.journal'))`).Scan(&mine); err != nil {
			return fmt.Errorf("taking the sequencer's lock: %w", err)
		}
		if !mine {
			return nil
		}
		from, err := size(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SET LOCAL dygnet.sequencer = 'on'`); err != nil {
			return err
		}
		// Two statements on purpose: FOR a batch, the entries are first given their place, then taken out of the inbox by it.
		n, err := tx.Exec(ctx, `WITH batch AS (SELECT *, row_number() OVER (ORDER BY n) + $1 - 1 AS seq FROM (SELECT * FROM journal_inbox ORDER BY n LIMIT $2) i),
			payload AS (INSERT INTO journal_payload (seq, salt, body) SELECT seq, salt, body FROM batch WHERE body IS NOT NULL)
			INSERT INTO journal_entry (seq, id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash)
			SELECT seq, id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash FROM batch`, from, sequenceBatch)
		if err != nil {
			return fmt.Errorf("placing entries: %w", err)
		}
		if n == 0 {
			return nil
		}
		if _, err := tx.Exec(ctx, `DELETE FROM journal_inbox i USING journal_entry e WHERE e.seq >= $1 AND e.id = i.id`, from); err != nil {
			return fmt.Errorf("emptying the inbox: %w", err)
		}
		moved = int(n)
		return l.extend(ctx, tx, nil)
	})
	if err == nil && moved > 0 {
		l.announce()
	}
	return moved, err
}
