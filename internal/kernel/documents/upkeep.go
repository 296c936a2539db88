package documents

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// page is how many rows a pass over all documents handles at a time.
const page = 200

// Sweep removes the bytes that no document needs: of documents that were shredded, of files that were staged and never
// inserted, and half-written ones. Only what is older than the given age goes, which must be longer than any form is open
// (a day is). It gives how many blobs it removed.
//
// Never point a vault at the blobs of another database: to it they are all orphans.
func (v *Vault) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	before := v.clock.Now().Add(-olderThan)
	removed := 0
	var batch []string
	flush := func() error {
		live, err := v.live(ctx, batch)
		if err != nil {
			return err
		}
		for _, name := range batch {
			if live[name] {
				continue
			}
			if err := v.blobs.remove(ctx, name); err != nil {
				return err
			}
			removed++
		}
		batch = batch[:0]
		return nil
	}
	err := v.blobs.list(ctx, func(name string, written time.Time) error {
		if written.Before(before) {
			batch = append(batch, name)
		}
		if len(batch) < page {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if f, ok := v.blobs.(folder); ok && err == nil {
		err = f.sweepSpool(before)
	}
	if err != nil {
		return removed, fmt.Errorf("sweeping documents: %w", err)
	}
	return removed, nil
}

// live tells which of the blobs hold a document that is not shredded.
func (v *Vault) live(ctx context.Context, names []string) (map[string]bool, error) {
	live := make(map[string]bool, len(names))
	if len(names) == 0 {
		return live, nil
	}
	marks, args := make([]string, len(names)), make([]any, len(names))
	for i, name := range names {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), name
	}
	rows, err := v.db.Query(ctx, `SELECT blob FROM document WHERE shredded_at = 0 AND blob IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		live[name] = true
	}
	return live, rows.Err()
}

// Check reads every stored blob and compares it with its name. It needs no key, so that a backup can be checked where none is.
// It calls bad with each document whose blob is missing or changed, and gives how many it looked at.
func (v *Vault) Check(ctx context.Context, bad func(id string, err error)) (int, error) {
	n := 0
	for after := ""; ; {
		rows, err := pairs(ctx, v.db, `SELECT id, blob FROM document WHERE shredded_at = 0 AND id > $1 ORDER BY id LIMIT $2`, after, page)
		if err != nil {
			return n, fmt.Errorf("checking documents: %w", err)
		}
		for _, row := range rows {
			if err := v.checkBlob(ctx, row[1]); errors.Is(err, ErrDamaged) {
				bad(row[0], err)
			} else if err != nil {
				return n, fmt.Errorf("checking document %s: %w", row[0], err)
			}
			n++
			after = row[0]
		}
		if len(rows) < page {
			return n, nil
		}
	}
}

func (v *Vault) checkBlob(ctx context.Context, name string) error {
	r, err := v.blobs.open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: blob %s is missing", ErrDamaged, name)
	}
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if !isSum(sum.Sum(nil), name) {
		return fmt.Errorf("%w: blob %s was changed", ErrDamaged, name)
	}
	return nil
}

// Pending gives the documents that wait to be scanned, oldest first, at most limit of them.
func (v *Vault) Pending(ctx context.Context, limit int) ([]string, error) {
	rows, err := pairs(ctx, v.db, `SELECT id, blob FROM document WHERE scan = 'pending' AND shredded_at = 0 ORDER BY id LIMIT $1`, limit)
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row[0]
	}
	return ids, err
}

// Rescan shows a pending document to the scanner and records the verdict. The error tells that there still is none.
func (v *Vault) Rescan(ctx context.Context, id string) (Scan, error) {
	if v.scanner == nil {
		return Pending, fmt.Errorf("scanning document %s: no scanner is configured", id)
	}
	doc, err := v.Get(ctx, v.db, id)
	if err != nil {
		return Pending, err
	}
	r, err := v.open(ctx, doc)
	if err != nil {
		return doc.Scan, fmt.Errorf("scanning document %s: %w", id, err)
	}
	defer r.Close() //nolint:errcheck // only read
	verdict := Clean
	if err := v.scanner.Scan(ctx, r); is[InfectedError](err) {
		verdict = Infected
	} else if err != nil {
		return doc.Scan, fmt.Errorf("scanning document %s: %w", id, err)
	}
	err = v.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE document SET scan = $1 WHERE id = $2`, string(verdict), id)
		return err
	})
	if err != nil {
		return doc.Scan, fmt.Errorf("recording the scan of document %s: %w", id, err)
	}
	return verdict, nil
}

// Rewrap seals every document key that the old master key sealed with the new one instead, and gives how many. The documents'
// bytes are untouched. A server that runs meanwhile needs both keys (Options.OldKeys). It may be stopped and run again.
func Rewrap(ctx context.Context, db *store.DB, old, fresh MasterKey) (int, error) {
	if old.id == fresh.id {
		return 0, errors.New("rewrapping document keys: the old and the new master key are the same")
	}
	for n := 0; ; {
		ids, err := pairs(ctx, db, `SELECT document_id, master FROM document_key WHERE master = $1 LIMIT $2`, old.id, page)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		err = db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			for _, id := range ids {
				if err := rewrap(ctx, tx, id[0], old, fresh); err != nil {
					return fmt.Errorf("rewrapping the key of document %s: %w", id[0], err)
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(ids)
	}
}

func rewrap(ctx context.Context, tx *store.Tx, id string, old, fresh MasterKey) error {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT sealed FROM document_key WHERE document_id = $1 AND master = $2`, id, old.id).Scan(&sealed)
	if errors.Is(err, store.ErrNotFound) {
		return nil // shredded since
	}
	if err != nil {
		return err
	}
	secret, err := old.unseal(id, sealed)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE document_key SET sealed = $1, master = $2 WHERE document_id = $3`, fresh.seal(id, secret), fresh.id, id)
	return err
}

// pairs reads rows of two texts.
func pairs(ctx context.Context, q store.Queryer, query string, args ...any) ([][2]string, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var all [][2]string
	for rows.Next() {
		var row [2]string
		if err := rows.Scan(&row[0], &row[1]); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
