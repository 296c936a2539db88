package documents

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // registers s3://
	"gocloud.dev/gcerrors"

	"dygnet/internal/kernel/store"
)

// blobs keeps ciphertexts under the SHA-256 of their bytes (hex). What is there never changes.
type blobs interface {
	// spool is an empty file in which to collect a ciphertext. The caller closes it, and removes it if it is still there.
	spool() (*os.File, error)
	// put makes the spooled bytes durable under their name.
	put(ctx context.Context, spooled *os.File, name string) error
	// open reads a blob; the error is fs.ErrNotExist if there is none.
	open(ctx context.Context, name string) (io.ReadCloser, error)
	// list calls each with every blob and when it was written.
	list(ctx context.Context, each func(name string, written time.Time) error) error
	// remove deletes a blob; it is no error if there is none.
	remove(ctx context.Context, name string) error
	close() error
}

// openBlobs opens the place of the given address: a folder (a path, or file:///path) or a bucket of a driver of gocloud.dev.
func openBlobs(ctx context.Context, address string) (blobs, error) {
	if path, found := strings.CutPrefix(address, "file://"); found || !strings.Contains(address, "://") {
		if found {
			u, err := url.Parse(address)
			if err != nil || u.Host != "" || u.RawQuery != "" {
				return nil, fmt.Errorf("documents in %q: write a path, or file:///path", address)
			}
			path = u.Path
		}
		return openFolder(path)
	}
	b, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("opening the bucket of the documents: %w", err)
	}
	return bucket{b}, nil
}

// shard spreads blobs over 256 folders by the first byte of their names.
func shard(name string) string { return name[:2] + "/" + name }

func isBlobName(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == 32
}

// folder keeps blobs as files. gocloud.dev's fileblob is not used because it syncs neither file nor folder, so that a crash
// after the answer could lose a document that the database says is there.
type folder struct{ root string }

const spoolDir = ".spool" // hidden, so that a backup leaves it out

func openFolder(root string) (folder, error) {
	if root == "" {
		return folder{}, errors.New("the folder of the documents has no path")
	}
	f := folder{root}
	if err := os.MkdirAll(filepath.Join(root, spoolDir), 0o700); err != nil {
		return folder{}, fmt.Errorf("making the folder of the documents: %w", err)
	}
	// All shards are made beforehand, so that a new document syncs its own folder and none above it.
	made := false
	for i := range 256 {
		err := os.Mkdir(filepath.Join(root, fmt.Sprintf("%02x", i)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return folder{}, fmt.Errorf("making the folder of the documents: %w", err)
		}
		made = made || err == nil
	}
	if made {
		if err := errors.Join(syncDir(root), syncDir(filepath.Dir(root))); err != nil {
			return folder{}, fmt.Errorf("making the folder of the documents: %w", err)
		}
	}
	return f, nil
}

func (f folder) path(name string) string {
	return filepath.Join(f.root, filepath.FromSlash(shard(name)))
}

func (f folder) spool() (*os.File, error) { return os.CreateTemp(filepath.Join(f.root, spoolDir), "*") }

func (f folder) put(_ context.Context, spooled *os.File, name string) error {
	path := f.path(name)
	if err := spooled.Sync(); err != nil {
		return diskError(err)
	}
	if err := os.Rename(spooled.Name(), path); err != nil {
		return diskError(err)
	}
	return diskError(syncDir(filepath.Dir(path)))
}

func (f folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.path(name)) //nolint:gosec // a hash
}

func (f folder) list(ctx context.Context, each func(string, time.Time) error) error {
	return filepath.WalkDir(f.root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isBlobName(d.Name()) {
			return errors.Join(err, ctx.Err())
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return each(d.Name(), info.ModTime())
	})
}

func (f folder) remove(_ context.Context, name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweepSpool removes what a crash left half-written.
func (f folder) sweepSpool(before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(f.root, spoolDir))
	for _, entry := range entries {
		if info, infoErr := entry.Info(); infoErr == nil && info.ModTime().Before(before) {
			err = errors.Join(err, os.Remove(filepath.Join(f.root, spoolDir, entry.Name())))
		}
	}
	return err
}

func (folder) close() error { return nil }

func syncDir(path string) error {
	dir, err := os.Open(path) //nolint:gosec // the operator's path
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// diskError tells a full disk apart, which the caller answers with 507.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// bucket keeps blobs in S3 or what speaks like it. A ciphertext is spooled on the local disk first, since its name is only
// known at its end.
type bucket struct{ *blob.Bucket }

func (bucket) spool() (*os.File, error) { return os.CreateTemp("", "dygnet-document-*") }

func (b bucket) put(ctx context.Context, spooled *os.File, name string) error {
	if _, err := spooled.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return unavailable(b.Upload(ctx, shard(name), spooled, &blob.WriterOptions{ContentType: Unknown, MaxConcurrency: 1}))
}

func (b bucket) open(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := b.NewReader(ctx, shard(name), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return r, unavailable(err)
}

func (b bucket) list(ctx context.Context, each func(string, time.Time) error) error {
	for it := b.List(nil); ; {
		object, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unavailable(err)
		}
		if _, name, found := strings.Cut(object.Key, "/"); found && isBlobName(name) {
			if err := each(name, object.ModTime); err != nil {
				return err
			}
		}
	}
}

func (b bucket) remove(ctx context.Context, name string) error {
	if err := b.Delete(ctx, shard(name)); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return unavailable(err)
	}
	return nil
}

func (b bucket) close() error { return b.Close() }

// unavailable tells a bucket out of reach apart, which the caller answers with 503.
func unavailable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}
