package documents

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"dygnet/internal/kernel/documents/photo"
	"dygnet/internal/kernel/store"
)

// Stage checks the file, cleans it if it is a photo, encrypts it under a new key of its own and stores it durably, all while it
// streams: it takes a few hundred kilobytes of memory whatever the file's size. What it refuses it refuses with TooLargeError,
// TypeError, BrokenError, PixelsError or InfectedError (see Problem); a full disk is store.ErrFull, a bucket out of reach
// store.ErrUnavailable. If the scanner is out of reach the file is taken all the same, as Pending, and cannot be read until
// Rescan has had it.
//
// If Insert never follows, the bytes are an orphan that Sweep removes.
func (v *Vault) Stage(ctx context.Context, r io.Reader, meta Meta) (*Staged, error) {
	src := bufio.NewReaderSize(&capped{ctx: ctx, r: r, limit: meta.Limits.MaxBytes}, SniffLen)
	head, err := src.Peek(SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a file: %w", err)
	}
	if len(head) == 0 && !meta.Limits.Original {
		return nil, BrokenError{Why: "empty file"}
	}
	mime := Sniff(head)
	if !meta.Limits.takes(mime) {
		return nil, TypeError{Found: mime, Allowed: meta.Limits.Types}
	}
	s := &Staged{Document: Document{
		ID: store.NewID(), Name: SafeName(meta.Name, mime), MIME: mime, Scan: Unscanned, Created: v.clock.Now().UTC(), By: meta.By,
	}}
	if err := v.fill(ctx, s, src, meta.Limits); err != nil {
		return nil, fmt.Errorf("storing a file: %w", err)
	}
	return s, nil
}

// fill streams src into a spool file and the spool file into the blob store.
func (v *Vault) fill(ctx context.Context, s *Staged, src io.Reader, limits Limits) (err error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	secret := []byte(identity.String())
	s.master, s.sealed = v.key.id, v.key.seal(s.ID, secret)

	spool, err := v.blobs.spool()
	if err != nil {
		return diskError(err)
	}
	defer func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name()) // it has moved if all went well
	}()
	address := sha256.New()
	encrypted, err := age.Encrypt(io.MultiWriter(spool, address), identity.Recipient())
	if err != nil {
		return diskError(err)
	}
	plain := &tally{hash: sha256.New()}
	if err := v.copyScanned(ctx, s, io.MultiWriter(encrypted, plain), src, limits); err != nil {
		return diskError(err)
	}
	if err := encrypted.Close(); err != nil {
		return diskError(err)
	}
	s.Size, s.SHA256, s.Blob = plain.n, hexSum(plain.hash.Sum(nil)), hexSum(address.Sum(nil))
	return v.blobs.put(ctx, spool, s.Blob)
}

// copyScanned copies src to dst, cleaned if it is a photo, and shows the scanner what is copied.
func (v *Vault) copyScanned(ctx context.Context, s *Staged, dst io.Writer, src io.Reader, limits Limits) error {
	if v.scanner == nil {
		return copyCleaned(dst, src, s.MIME, limits)
	}
	shown, show := io.Pipe()
	verdict := make(chan error, 1)
	go func() {
		err := v.scanner.Scan(ctx, shown)
		if is[InfectedError](err) {
			_ = shown.CloseWithError(err) // no need to read on
		}
		_, _ = io.Copy(io.Discard, shown) // a scanner that gave up must not hold up the copy
		verdict <- err
	}()
	err := copyCleaned(io.MultiWriter(show, dst), src, s.MIME, limits)
	_ = show.CloseWithError(err) // nil is the plain end
	scanned := <-verdict
	switch {
	case is[InfectedError](scanned):
		return scanned
	case err != nil:
		return err
	case scanned != nil:
		s.Scan = Pending
	default:
		s.Scan = Clean
	}
	return nil
}

func copyCleaned(dst io.Writer, src io.Reader, mime string, limits Limits) error {
	if limits.Original || !photo.Cleanable(mime) {
		_, err := io.Copy(dst, src)
		return err
	}
	pixels := limits.MaxPixels
	if pixels == 0 {
		pixels = defaultMaxPixels
	}
	return photo.Clean(dst, src, mime, pixels)
}

// capped reads r up to the limit and gives TooLargeError beyond it. It heeds the context, so that a cancelled request stops.
type capped struct {
	ctx   context.Context //nolint:containedctx // lives as long as one call
	r     io.Reader
	n     int64
	limit int64
}

func (c *capped) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	if c.n += int64(n); c.n > c.limit {
		return 0, TooLargeError{Limit: c.limit}
	}
	return n, err
}

// tally counts and hashes what is written.
type tally struct {
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
	n int64
}

func (t *tally) Write(p []byte) (int, error) {
	t.n += int64(len(p))
	return t.hash.Write(p)
}
