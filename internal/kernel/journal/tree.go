package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"dygnet/internal/kernel/store"
)

// ErrNotSealed means that the entry has no place in the tree yet. Try again in a second.
var ErrNotSealed = errors.New("the entry is not sealed yet")

// size of the tree whose last stored hash has index last: that hash completes the subtree that ends with the last leaf.
func sizeOf(last int64) int64 {
	if last < 0 {
		return 0
	}
	level, n := tlog.SplitStoredHashIndex(last)
	return (n + 1) << level
}

// Size is the number of entries in the tree.
func (l *Log) Size(ctx context.Context) (int64, error) { return size(ctx, l.db) }

func size(ctx context.Context, q store.Queryer) (int64, error) {
	var last int64
	if err := q.QueryRow(ctx, `SELECT coalesce(max(n), -1) FROM journal_hash`).Scan(&last); err != nil {
		return 0, fmt.Errorf("reading the size of the journal's tree: %w", err)
	}
	return sizeOf(last), nil
}

// hashes reads the stored tree.
func hashes(ctx context.Context, q store.Queryer) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			var raw []byte
			if err := q.QueryRow(ctx, `SELECT hash FROM journal_hash WHERE n = $1`, n).Scan(&raw); err != nil {
				return nil, fmt.Errorf("reading tree hash %d: %w", n, err)
			}
			copy(out[i][:], raw)
		}
		return out, nil
	}
}

// extend adds the entries that are not in the tree yet. known are those that the caller believes them to be; unless they follow the
// tree without gap to the last entry, they are read from the table.
func (l *Log) extend(ctx context.Context, tx *store.Tx, known []Recorded) error {
	from, err := size(ctx, tx)
	if err != nil {
		return err
	}
	entries := known
	if follow, err := l.follows(ctx, tx, known, from); err != nil {
		return err
	} else if !follow {
		entries, err = store.All(ctx, tx, scanRecorded, `SELECT e.seq, e.id, e.at, e.actor, e.mandate, e.decision, e.action, e.object_kind, e.object_id,
			e.payload_hash, NULL FROM journal_entry e WHERE e.seq >= $1 ORDER BY e.seq`, from)
		if err != nil {
			return fmt.Errorf("reading entries to seal: %w", err)
		}
	}
	fresh := map[int64]tlog.Hash{}
	old := hashes(ctx, tx)
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			h, ok := fresh[n]
			if !ok {
				found, err := old([]int64{n})
				if err != nil {
					return nil, err
				}
				h = found[0]
			}
			out[i] = h
		}
		return out, nil
	})
	var rows []storedHash
	for i, e := range entries {
		if e.Seq != from+int64(i) {
			return fmt.Errorf("sealing the journal: entry %d is missing", from+int64(i))
		}
		next := tlog.StoredHashIndex(0, e.Seq)
		made, err := tlog.StoredHashes(e.Seq, e.leaf(), reader)
		if err != nil {
			return fmt.Errorf("sealing entry %d: %w", e.Seq, err)
		}
		for j, h := range made {
			fresh[next+int64(j)] = h
			rows = append(rows, storedHash{next + int64(j), h})
		}
	}
	return insertHashes(ctx, tx, rows)
}

// follows tells whether the entries are all that comes after the first from.
func (l *Log) follows(ctx context.Context, tx *store.Tx, entries []Recorded, from int64) (bool, error) {
	for i, e := range entries {
		if e.Seq != from+int64(i) {
			return false, nil
		}
	}
	var last int64
	err := tx.QueryRow(ctx, `SELECT coalesce(max(seq), -1) FROM journal_entry`).Scan(&last)
	return err == nil && len(entries) > 0 && last == from+int64(len(entries))-1, err
}

type storedHash struct {
	n    int64
	hash tlog.Hash
}

// insertHashes writes many rows with few statements: sixteen at a time, then the rest one by one.
func insertHashes(ctx context.Context, tx *store.Tx, rows []storedHash) error {
	for len(rows) > 0 {
		n := 1
		text := `INSERT INTO journal_hash (n, hash) VALUES ($1, $2)`
		if len(rows) >= len16 {
			n, text = len16, insert16
		}
		args := make([]any, 0, 2*n)
		for _, r := range rows[:n] {
			args = append(args, r.n, r.hash[:])
		}
		if _, err := tx.Exec(ctx, text, args...); err != nil {
			return fmt.Errorf("writing tree hashes: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

const (
	len16    = 16
	insert16 = `INSERT INTO journal_hash (n, hash) VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8), ($9, $10), ($11, $12), ($13, $14), ($15, $16),
		($17, $18), ($19, $20), ($21, $22), ($23, $24), ($25, $26), ($27, $28), ($29, $30), ($31, $32)`
)

// Checkpoint is a signed tree head.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	// Note is the signed text: origin, size, root, blank line, signature.
	Note string
}

// Checkpoint gives a signed head of the tree as it is now, signing a new one if it has grown.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	now, err := l.Size(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	if kept, err := l.latest(ctx); err == nil && kept.Size >= now {
		return kept, nil
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Checkpoint{}, err
	}
	root, err := tlog.TreeHash(now, hashes(ctx, l.db))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("computing the tree head: %w", err)
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", l.key.Origin(), now, root)
	signed, err := note.Sign(&note.Note{Text: text}, l.key.signer)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("signing the tree head: %w", err)
	}
	err = l.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		// Another may have signed the same head meanwhile; the table refuses to have one twice.
		_, err := tx.Exec(ctx, `INSERT INTO journal_checkpoint (size, at, note) SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT)
			WHERE NOT EXISTS (SELECT 1 FROM journal_checkpoint WHERE size = $1) ON CONFLICT DO NOTHING`,
			now, store.Micros(l.clock.Now()), string(signed))
		return err
	})
	if err != nil {
		return Checkpoint{}, fmt.Errorf("keeping the tree head: %w", err)
	}
	return Checkpoint{Size: now, Root: root, Note: string(signed)}, nil
}

func (l *Log) latest(ctx context.Context) (Checkpoint, error) {
	var text string
	err := l.db.QueryRow(ctx, `SELECT note FROM journal_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&text)
	if err != nil {
		return Checkpoint{}, err
	}
	return OpenCheckpoint(text, l.key.public)
}

// OpenCheckpoint checks the signature of a checkpoint with a public key and reads it.
func OpenCheckpoint(text, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the public key cannot be read: %w", err)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint is not signed by %s: %w", verifier.Name(), err)
	}
	lines := strings.Split(opened.Text, "\n")
	var c Checkpoint
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return Checkpoint{}, errors.New("the checkpoint is of another log")
	}
	if _, err := fmt.Sscanf(lines[1], "%d", &c.Size); err != nil || c.Size < 0 {
		return Checkpoint{}, errors.New("the checkpoint has no size")
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return Checkpoint{}, errors.New("the checkpoint has no root hash")
	}
	c.Note = text
	return c, nil
}

// Inclusion proves that entry seq is in the tree of the given size (RFC 6962, 2.1.1).
func (l *Log) Inclusion(ctx context.Context, size, seq int64) (tlog.RecordProof, error) {
	if seq < 0 || size <= seq {
		return nil, fmt.Errorf("entry %d is not in a tree of %d: %w", seq, size, store.ErrNotFound)
	}
	return tlog.ProveRecord(size, seq, hashes(ctx, l.db))
}

// Consistency proves that the tree of size older is the beginning of the tree of size newer (RFC 6962, 2.1.2).
func (l *Log) Consistency(ctx context.Context, newer, older int64) (tlog.TreeProof, error) {
	now, err := l.Size(ctx)
	if err != nil {
		return nil, err
	}
	if older < 1 || newer < older || newer > now {
		return nil, fmt.Errorf("no trees of %d and %d: %w", older, newer, store.ErrNotFound)
	}
	return tlog.ProveTree(newer, older, hashes(ctx, l.db))
}

// seqOf finds the place of an entry by its ID.
func (l *Log) seqOf(ctx context.Context, id string) (int64, error) {
	var seq int64
	err := l.db.QueryRow(ctx, `SELECT seq FROM journal_entry WHERE id = $1`, id).Scan(&seq)
	if !errors.Is(err, store.ErrNotFound) || l.db.Engine() == store.SQLite {
		return seq, err
	}
	var waiting sql.NullInt64
	if err := l.db.QueryRow(ctx, `SELECT n FROM journal_inbox WHERE id = $1`, id).Scan(&waiting); err != nil {
		return 0, err
	}
	return 0, ErrNotSealed
}
