package journal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"dygnet/internal/kernel/store"
)

// Finding is one place where the journal is not what it was when it was written.
type Finding struct {
	// Table and Row name the row: "journal_entry", 17.
	Table string
	Row   int64
	// What says what was done to it, in plain English.
	What string
}

func (f Finding) String() string { return fmt.Sprintf("%s row %d: %s", f.Table, f.Row, f.What) }

// Report is the outcome of Verify.
type Report struct {
	Entries, Payloads, Erased, Checkpoints int64
	Head                                   Checkpoint
	Findings                               []Finding
}

// Sound tells whether nothing was found.
func (r Report) Sound() bool { return len(r.Findings) == 0 }

// maxFindings keeps a report readable when much is wrong; the first ones tell where it begins.
const maxFindings = 100

// Verify recomputes the whole journal from its rows on one snapshot: every entry's hash, every stored tree hash, every signed
// checkpoint, every payload. It needs only the public key, so that an auditor can run it on a copy.
//
// What a database says of itself cannot tell that its end was cut off together with the checkpoints that count it. The signed checkpoints
// that the auditor has kept since another day (held) can: the journal must have grown out of each of them.
func Verify(ctx context.Context, db *store.DB, public string, held ...string) (Report, error) {
	v := &verifier{public: public, missing: map[Ref][]int64{}, erasedAt: map[Ref]int64{}}
	for _, text := range held {
		head, err := OpenCheckpoint(text, public)
		if err != nil {
			return Report{}, fmt.Errorf("verifying the journal: a checkpoint that was kept: %w", err)
		}
		v.held = append(v.held, checkpointRow{head.Size, text})
	}
	err := db.View(ctx, func(ctx context.Context, q store.Queryer) error { return v.run(ctx, q) })
	if err != nil {
		return Report{}, fmt.Errorf("verifying the journal: %w", err)
	}
	return v.report, nil
}

type verifier struct {
	public      string
	report      Report
	held        []checkpointRow
	checkpoints []checkpointRow // in order of size
	next        int             // the first that has not been compared yet
	stack       []subtree       // right edge of the tree, largest first
	missing     map[Ref][]int64
	erasedAt    map[Ref]int64
}

type checkpointRow struct {
	size int64
	note string
}

type subtree struct {
	level int
	hash  tlog.Hash
}

func (v *verifier) find(table string, row int64, format string, args ...any) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{table, row, fmt.Sprintf(format, args...)})
	}
}

func (v *verifier) run(ctx context.Context, q store.Queryer) error {
	var err error
	v.checkpoints, err = store.All(ctx, q, func(r *store.Rows) (checkpointRow, error) {
		var c checkpointRow
		return c, r.Scan(&c.size, &c.note)
	}, `SELECT size, note FROM journal_checkpoint ORDER BY size`)
	if err != nil {
		return err
	}
	v.report.Checkpoints = int64(len(v.checkpoints))
	v.checkpoints = append(v.checkpoints, v.held...)
	slices.SortStableFunc(v.checkpoints, func(a, b checkpointRow) int { return cmp.Compare(a.size, b.size) })
	if err := v.walk(ctx, q); err != nil {
		return err
	}
	for object, rows := range v.missing {
		for _, seq := range rows {
			if v.erasedAt[object] > seq {
				v.report.Erased++
			} else {
				v.find("journal_payload", seq, "removed, and no entry says why")
			}
		}
	}
	strays, err := store.All(ctx, q, scanInt, `SELECT p.seq FROM journal_payload p LEFT JOIN journal_entry e ON e.seq = p.seq WHERE e.seq IS NULL ORDER BY 1 LIMIT 100`)
	for _, seq := range strays {
		v.find("journal_payload", seq, "inserted: it belongs to no entry")
	}
	return err
}

func scanInt(r *store.Rows) (int64, error) { var n int64; return n, r.Scan(&n) }

// page is how many entries are held in memory at a time.
const page = 2000

type row struct {
	Recorded
	salt []byte
	body sql.NullString
}

// walk goes through entries in order and checks each against its stored hashes.
func (v *verifier) walk(ctx context.Context, q store.Queryer) error {
	if err := v.checkpoint(0); err != nil {
		return err
	}
	expected := int64(0)
	for {
		rows, err := store.All(ctx, q, scanRow, `SELECT e.seq, e.id, e.at, e.actor, e.mandate, e.decision, e.action, e.object_kind, e.object_id,
			e.payload_hash, p.salt, p.body FROM journal_entry e LEFT JOIN journal_payload p ON p.seq = e.seq WHERE e.seq >= $1 ORDER BY e.seq LIMIT $2`, expected, page)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		first, last := tlog.StoredHashIndex(0, rows[0].Seq), tlog.StoredHashIndex(0, rows[len(rows)-1].Seq+1)
		stored, err := v.stored(ctx, q, min(first, tlog.StoredHashIndex(0, expected)), last)
		if err != nil {
			return err
		}
		for _, r := range rows {
			for expected < r.Seq { // the tree remembers the hash of what is gone, so the walk can go on after it
				v.find("journal_entry", expected, "removed")
				h, ok := stored[tlog.StoredHashIndex(0, expected)]
				if !ok {
					return nil
				}
				if err := v.grow(expected, h, stored); err != nil {
					return err
				}
				expected++
			}
			if !v.entry(r, stored) {
				return nil
			}
			expected++
		}
	}
	v.report.Entries = expected
	return v.tail(ctx, q, expected)
}

// tail looks for what should stand after the last entry, or should not.
func (v *verifier) tail(ctx context.Context, q store.Queryer, entries int64) error {
	beyond, err := store.All(ctx, q, scanInt, `SELECT n FROM journal_hash WHERE n >= $1 ORDER BY n LIMIT 1000`, tlog.StoredHashIndex(0, entries))
	if err != nil {
		return err
	}
	seen := entries
	for _, n := range beyond {
		if level, leaf := tlog.SplitStoredHashIndex(n); level == 0 {
			v.find("journal_entry", leaf, "removed from the end: its hash is left")
			seen = leaf + 1
		}
	}
	for _, c := range v.checkpoints {
		if c.size > seen {
			v.find("journal_entry", seen, "removed: a signed checkpoint counts %d entries, %d are left", c.size, seen)
			break
		}
	}
	return nil
}

func (v *verifier) stored(ctx context.Context, q store.Queryer, from, to int64) (map[int64]tlog.Hash, error) {
	type pair struct {
		n int64
		h tlog.Hash
	}
	list, err := store.All(ctx, q, func(r *store.Rows) (pair, error) {
		var p pair
		var raw []byte
		err := r.Scan(&p.n, &raw)
		copy(p.h[:], raw)
		return p, err
	}, `SELECT n, hash FROM journal_hash WHERE n >= $1 AND n < $2`, from, to)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]tlog.Hash, len(list))
	for _, p := range list {
		out[p.n] = p.h
	}
	return out, nil
}

func scanRow(rows *store.Rows) (row, error) {
	var r row
	var at int64
	err := rows.Scan(&r.Seq, &r.ID, &at, &r.Actor, &r.Mandate, &r.Decision, &r.Action, &r.Object.Kind, &r.Object.ID, &r.PayloadHash, &r.salt, &r.body)
	r.At = store.Time(at)
	return r, err
}

// entry checks one entry and its payload. It gives false when the walk cannot go on.
func (v *verifier) entry(r row, stored map[int64]tlog.Hash) bool {
	leaf := tlog.RecordHash(r.leaf())
	kept, ok := stored[tlog.StoredHashIndex(0, r.Seq)]
	if !ok {
		v.find("journal_entry", r.Seq, "inserted: the tree does not know it")
		return false
	}
	genuine := kept == leaf
	if !genuine {
		v.find("journal_entry", r.Seq, "changed: its hash is not the one in the tree")
		leaf = kept // go on with what the tree says, so that this one row is named and not all after it
	}
	if err := v.grow(r.Seq, leaf, stored); err != nil {
		return false
	}
	v.payload(r)
	if genuine && len(r.Action) > len(erased) && r.Action[len(r.Action)-len(erased):] == erased {
		v.erasedAt[r.Object] = r.Seq
	}
	return true
}

func (v *verifier) payload(r row) {
	switch {
	case r.body.Valid && len(r.PayloadHash) == 0:
		v.find("journal_payload", r.Seq, "inserted: the entry said nothing")
	case r.body.Valid:
		v.report.Payloads++
		if !bytes.Equal(payloadHash(r.salt, r.body.String), r.PayloadHash) {
			v.find("journal_payload", r.Seq, "changed: it is not what was journalled")
		}
	case len(r.PayloadHash) > 0:
		v.missing[r.Object] = append(v.missing[r.Object], r.Seq)
	}
}

// grow adds a leaf to the right edge, comparing every subtree it completes with the stored one.
func (v *verifier) grow(seq int64, leaf tlog.Hash, stored map[int64]tlog.Hash) error {
	node := subtree{0, leaf}
	for len(v.stack) > 0 && v.stack[len(v.stack)-1].level == node.level {
		left := v.stack[len(v.stack)-1]
		v.stack = v.stack[:len(v.stack)-1]
		node = subtree{node.level + 1, tlog.NodeHash(left.hash, node.hash)}
		n := tlog.StoredHashIndex(node.level, seq>>node.level)
		if kept, ok := stored[n]; !ok {
			v.find("journal_hash", n, "removed")
		} else if kept != node.hash {
			v.find("journal_hash", n, "changed: it does not follow from the hashes below it")
		}
	}
	v.stack = append(v.stack, node)
	return v.checkpoint(seq + 1)
}

// checkpoint compares the signed heads of this size with the recomputed root.
func (v *verifier) checkpoint(size int64) error {
	for ; v.next < len(v.checkpoints) && v.checkpoints[v.next].size <= size; v.next++ {
		c := v.checkpoints[v.next]
		head, err := OpenCheckpoint(c.note, v.public)
		if err != nil {
			v.find("journal_checkpoint", c.size, "not genuine: %v", err)
			continue
		}
		if head.Size != size || head.Root != v.root() {
			v.find("journal_checkpoint", c.size, "does not agree with the entries: history before entry %d was rewritten", size)
			continue
		}
		v.report.Head = head
	}
	return nil
}

// root folds the right edge (RFC 6962, 2.1).
func (v *verifier) root() tlog.Hash {
	if len(v.stack) == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := v.stack[len(v.stack)-1].hash
	for i := len(v.stack) - 2; i >= 0; i-- {
		h = tlog.NodeHash(v.stack[i].hash, h)
	}
	return h
}
