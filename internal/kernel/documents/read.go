package documents

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"filippo.io/age"

	"dygnet/internal/kernel/store"
)

// sealedLen is the length of a sealed document key: nonce, age's text form of an X25519 key (74 characters), tag.
const sealedLen = 24 + 74 + 16

// Open gives the plaintext of a document as a stream. The caller closes it. Each 64 KiB are authenticated before they are given
// out, and at the end size and hash are compared with the database; ErrDamaged, at once or in the midst of reading, means that
// somebody or something changed what was stored. A caller that has already sent a part on must break the connection off, not
// end it. Other errors: store.ErrNotFound, ErrShredded, ErrPending, InfectedError.
func (v *Vault) Open(ctx context.Context, id string) (Document, io.ReadCloser, error) {
	doc, err := v.Get(ctx, v.db, id)
	if err != nil {
		return Document{}, nil, err
	}
	switch doc.Scan {
	case Pending:
		err = ErrPending
	case Infected:
		err = InfectedError{}
	}
	if err != nil {
		return doc, nil, fmt.Errorf("opening document %s: %w", id, err)
	}
	r, err := v.open(ctx, doc)
	if err != nil {
		return doc, nil, fmt.Errorf("opening document %s: %w", id, err)
	}
	return doc, r, nil
}

func (v *Vault) open(ctx context.Context, doc Document) (io.ReadCloser, error) {
	if !doc.Shredded.IsZero() {
		return nil, ErrShredded
	}
	identity, err := v.identity(ctx, doc.ID)
	if err != nil {
		return nil, err
	}
	sealed, err := v.blobs.open(ctx, doc.Blob)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: its blob %s is missing", ErrDamaged, doc.Blob)
	}
	if err != nil {
		return nil, err
	}
	src := &source{ReadCloser: sealed}
	plain, err := age.Decrypt(src, identity)
	if err != nil {
		_ = sealed.Close()
		return nil, src.blame(err)
	}
	return &verified{src: src, plain: plain, sum: tally{hash: sha256.New()}, doc: doc}, nil
}

// identity unseals the document's key.
func (v *Vault) identity(ctx context.Context, id string) (*age.X25519Identity, error) {
	var master string
	var sealed []byte
	err := v.db.QueryRow(ctx, `SELECT master, sealed FROM document_key WHERE document_id = $1`, id).Scan(&master, &sealed)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrShredded
	}
	if err != nil {
		return nil, fmt.Errorf("looking up its key: %w", err)
	}
	key, found := v.keys[master]
	if !found {
		return nil, fmt.Errorf("its key is sealed by master key %s, which is not the one configured (%s)", master, v.key.id)
	}
	secret, err := key.unseal(id, sealed)
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(secret))
	if err != nil {
		return nil, fmt.Errorf("%w: its key is malformed", ErrDamaged)
	}
	return identity, nil
}

// source remembers an error of the blob store, which is not the document's fault.
type source struct {
	io.ReadCloser
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// blame tells an unreadable store from damaged contents.
func (s *source) blame(err error) error {
	if s.err != nil {
		return unavailable(s.err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// verified gives out plaintext and, at its end, holds it against what the database says.
type verified struct {
	src   *source
	plain io.Reader
	sum   tally
	doc   Document
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.plain.Read(p)
	_, _ = v.sum.Write(p[:n])
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, v.src.blame(err)
	case v.sum.n != v.doc.Size || !isSum(v.sum.hash.Sum(nil), v.doc.SHA256):
		return n, fmt.Errorf("%w: document %s is not what was stored", ErrDamaged, v.doc.ID)
	}
	return n, io.EOF
}

func (v *verified) Close() error { return v.src.Close() }
