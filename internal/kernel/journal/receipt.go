package journal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"dygnet/internal/kernel/store"
)

const receiptType = "dygnet-receipt-v1"

// ErrForged means that a receipt does not prove what it says.
var ErrForged = errors.New("the receipt is not genuine")

// Receipt proves to anyone, without access to the municipality's server, that an entry stood in its journal when the checkpoint
// was signed: the entry, what it said with the salt, the path to the root, and the signed root.
type Receipt struct {
	Type       string          `json:"type"`
	Reference  string          `json:"reference"`
	Seq        int64           `json:"seq"`
	Entry      receiptEntry    `json:"entry"`
	Payload    json.RawMessage `json:"payload,omitempty"`
	Salt       []byte          `json:"salt,omitempty"`
	Proof      []string        `json:"proof"`
	Checkpoint string          `json:"checkpoint"`
}

type receiptEntry struct {
	ID          string    `json:"id"`
	At          time.Time `json:"at"`
	Actor       string    `json:"actor"`
	Mandate     string    `json:"mandate"`
	Decision    string    `json:"decision"`
	Action      string    `json:"action"`
	Object      Ref       `json:"object"`
	PayloadHash []byte    `json:"payloadHash"`
}

// Receipt makes the receipt of the entry with the given ID. reference is the number shown to people; it is not part of the proof
// unless the payload holds it. It gives ErrNotSealed within the first second on PostgreSQL.
func (l *Log) Receipt(ctx context.Context, id, reference string) (Receipt, error) {
	seq, err := l.seqOf(ctx, id)
	if err != nil {
		return Receipt{}, fmt.Errorf("making a receipt: %w", err)
	}
	head, err := l.Checkpoint(ctx)
	if err != nil {
		return Receipt{}, fmt.Errorf("making a receipt: %w", err)
	}
	entries, err := l.Since(ctx, seq-1, 1)
	if err != nil || len(entries) != 1 {
		return Receipt{}, fmt.Errorf("making a receipt: reading entry %d: %w", seq, errors.Join(err, store.ErrNotFound))
	}
	proof, err := l.Inclusion(ctx, head.Size, seq)
	if err != nil {
		return Receipt{}, fmt.Errorf("making a receipt: %w", err)
	}
	e := entries[0]
	r := Receipt{
		Type: receiptType, Reference: reference, Seq: seq, Checkpoint: head.Note, Payload: e.Payload,
		Entry: receiptEntry{e.ID, e.At, e.Actor, e.Mandate, e.Decision, e.Action, e.Object, e.PayloadHash},
	}
	if e.Payload != nil {
		if err := l.db.QueryRow(ctx, `SELECT salt FROM journal_payload WHERE seq = $1`, seq).Scan(&r.Salt); err != nil {
			return Receipt{}, fmt.Errorf("making a receipt: reading the salt: %w", err)
		}
	}
	for _, h := range proof {
		r.Proof = append(r.Proof, base64.StdEncoding.EncodeToString(h[:]))
	}
	return r, nil
}

// ParseReceipt reads a receipt file. Unknown fields are refused, so that nothing unproven can hide in it.
func ParseReceipt(file []byte) (Receipt, error) {
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	var r Receipt
	if err := d.Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("the file is not a receipt: %w", err)
	}
	if r.Type != receiptType {
		return Receipt{}, fmt.Errorf("the file is not a receipt: its type is %q, not %q", r.Type, receiptType)
	}
	if d.More() {
		return Receipt{}, errors.New("the file holds more than a receipt")
	}
	return r, nil
}

// Verify checks the receipt against the municipality's public key, without any network. ErrForged tells what does not hold.
// The payload is compared byte for byte after JSON white space has been taken out, as the journal wrote it.
func (r Receipt) Verify(public string) error {
	head, err := OpenCheckpoint(r.Checkpoint, public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForged, err)
	}
	e := Recorded{
		ID: r.Entry.ID, At: r.Entry.At, Actor: r.Entry.Actor, Mandate: r.Entry.Mandate, Decision: r.Entry.Decision, Action: r.Entry.Action,
		Object: r.Entry.Object, PayloadHash: r.Entry.PayloadHash,
	}
	proof := make(tlog.RecordProof, len(r.Proof))
	for i, text := range r.Proof {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw) != tlog.HashSize {
			return fmt.Errorf("%w: hash %d of the proof cannot be read", ErrForged, i)
		}
		copy(proof[i][:], raw)
	}
	if r.Seq < 0 || r.Seq >= head.Size {
		return fmt.Errorf("%w: entry %d is not in a tree of %d", ErrForged, r.Seq, head.Size)
	}
	if err := tlog.CheckRecord(proof, head.Size, head.Root, r.Seq, tlog.RecordHash(e.leaf())); err != nil {
		return fmt.Errorf("%w: the entry does not lead to the signed root", ErrForged)
	}
	if r.Payload == nil {
		return nil
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, r.Payload); err != nil {
		return fmt.Errorf("%w: the content cannot be read", ErrForged)
	}
	if !bytes.Equal(payloadHash(r.Salt, plain.String()), e.PayloadHash) {
		return fmt.Errorf("%w: the content is not what was journalled", ErrForged)
	}
	return nil
}
