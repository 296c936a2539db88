package documents

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Migrations makes the tables document and document_key.
//
//go:embed migrations
var Migrations embed.FS

// Scan says what the scanner thought of a document.
type Scan string

// The values of Scan.
const (
	Unscanned Scan = "unscanned" // no scanner was configured
	Pending   Scan = "pending"   // the scanner was out of reach; see Vault.Rescan
	Clean     Scan = "clean"
	Infected  Scan = "infected" // found by a later scan
)

// Document is what the database knows of a stored file.
type Document struct {
	ID       string
	Name     string // safe to show and to save, see SafeName; "" when shredded
	MIME     string // by content, see Sniff
	Size     int64  // bytes of plaintext as stored
	SHA256   string // of the plaintext as stored, hex; "" when shredded
	Blob     string // SHA-256 of the ciphertext, hex
	Scan     Scan
	Created  time.Time // UTC
	By       string    // the person who put it there, or "" for someone who was not signed in
	Shredded time.Time // UTC; zero if it is not
}

// Limits are what a caller takes.
type Limits struct {
	MaxBytes  int64    // of the file as it comes
	Types     []string // content types; AnyType takes all
	MaxPixels uint64   // of a picture; 0 means 80 million
	// Original keeps the file byte for byte, as the law demands of a received official document that is registered as it came
	// (incoming mail, scanned letters). Otherwise metadata is taken out of photos, and photos of which it cannot be taken
	// out (HEIC, AVIF, TIFF) are refused whatever Types says.
	Original bool
}

// AnyType in Limits.Types takes every content type.
const AnyType = "*/*"

const defaultMaxPixels = 80_000_000

// Meta is what a caller says of a file.
type Meta struct {
	Name   string // as the sender wrote it
	By     string // person, or "" for someone who is not signed in
	Limits Limits
}

// Options say where and how a vault keeps documents.
type Options struct {
	URL     string      // a folder (path or file:///path) or a bucket (s3://name?region=…)
	Key     MasterKey   // seals the keys of new documents
	OldKeys []MasterKey // still open documents that Rewrap has not reached
	Scanner Scanner     // nil for none
	Clock   calendar.Clock
}

// Vault keeps documents. It is safe for concurrent use.
type Vault struct {
	db      *store.DB
	blobs   blobs
	key     MasterKey
	keys    map[string]MasterKey
	scanner Scanner
	clock   calendar.Clock
}

// Open opens the vault and makes its folder if there is none. Close it at the end.
func Open(ctx context.Context, db *store.DB, o Options) (*Vault, error) {
	if o.Key.aead == nil || o.Clock == nil {
		return nil, errors.New("opening the documents: a master key and a clock are needed")
	}
	place, err := openBlobs(ctx, o.URL)
	if err != nil {
		return nil, err
	}
	v := &Vault{db: db, blobs: place, key: o.Key, keys: map[string]MasterKey{o.Key.id: o.Key}, scanner: o.Scanner, clock: o.Clock}
	for _, key := range o.OldKeys {
		v.keys[key.id] = key
	}
	return v, nil
}

// Close lets go of the storage.
func (v *Vault) Close() error { return v.blobs.close() }

// Staged is a file whose bytes are stored, durably and encrypted, and which the database does not know yet.
type Staged struct {
	Document
	master string
	sealed []byte
}

// Insert adds the document to the database in the caller's transaction, so that it comes with what it belongs to, or not at all.
func (v *Vault) Insert(ctx context.Context, tx *store.Tx, s *Staged) error {
	_, err := tx.Exec(ctx, `INSERT INTO document (id, name, mime, size, sha256, blob, scan, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Name, s.MIME, s.Size, s.SHA256, s.Blob, string(s.Scan), store.Micros(s.Created), s.By)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO document_key (document_id, master, sealed) VALUES ($1, $2, $3)`, s.ID, s.master, s.sealed)
	}
	if err != nil {
		return fmt.Errorf("inserting document %s: %w", s.ID, err)
	}
	return nil
}

// Put is Stage and Insert in a transaction of its own, for a file that nothing refers to yet, such as one of a half-filled form.
func (v *Vault) Put(ctx context.Context, r io.Reader, meta Meta) (Document, error) {
	staged, err := v.Stage(ctx, r, meta)
	if err != nil {
		return Document{}, err
	}
	err = v.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return v.Insert(ctx, tx, staged) })
	return staged.Document, err
}

const documentColumns = `d.id, d.name, d.mime, d.size, d.sha256, d.blob, d.scan, d.created_at, d.created_by, d.shredded_at`

// Get reads what is known of a document; store.ErrNotFound if there is none.
func (v *Vault) Get(ctx context.Context, q store.Queryer, id string) (Document, error) {
	var d Document
	var created, shredded int64
	err := q.QueryRow(ctx, `SELECT `+documentColumns+` FROM document d WHERE d.id = $1`, id).
		Scan(&d.ID, &d.Name, &d.MIME, &d.Size, &d.SHA256, &d.Blob, &d.Scan, &created, &d.By, &shredded)
	if err != nil {
		return Document{}, fmt.Errorf("looking up document %s: %w", id, err)
	}
	d.Created, d.Shredded = store.Time(created), store.Time(shredded)
	return d, nil
}

// Shred destroys the document's key in the caller's transaction, and its name and hash: its bytes can never be read again,
// wherever they were copied to, as long as no backup of the database from before is kept (their retention is the operator's).
// Sweep removes the bytes later. Shredding twice is no error.
func (v *Vault) Shred(ctx context.Context, tx *store.Tx, id string) error {
	// Overwriting before deleting leaves no key in the free pages of an SQLite file; PostgreSQL forgets at its next vacuum.
	_, err := tx.Exec(ctx, `UPDATE document_key SET sealed = $1 WHERE document_id = $2`, make([]byte, sealedLen), id)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM document_key WHERE document_id = $1`, id)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE document SET name = '', sha256 = '', shredded_at = $1 WHERE id = $2 AND shredded_at = 0`,
			store.Micros(v.clock.Now()), id)
	}
	if err != nil {
		return fmt.Errorf("shredding document %s: %w", id, err)
	}
	return nil
}

// takes tells whether the limits take the content type.
func (l Limits) takes(mime string) bool {
	if !l.Original && (mime == HEIC || mime == AVIF || mime == TIFF) {
		return false
	}
	return slices.Contains(l.Types, mime) || slices.Contains(l.Types, AnyType)
}

func hexSum(b []byte) string { return hex.EncodeToString(b) }

func isSum(b []byte, want string) bool { return len(b) == sha256.Size && hexSum(b) == want }
