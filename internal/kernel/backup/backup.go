package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Names in a backup.
const (
	manifestName = "manifest.json"
	liteName     = "dygnet.db"
	dumpName     = "dygnet.pgdump"
	documentsDir = "documents"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format     string            `json:"format"` // "dygnet-backup-v1"
	Made       time.Time         `json:"made"`   // UTC
	Engine     store.Engine      `json:"engine"`
	Checkpoint string            `json:"checkpoint"` // signed head of the journal, no later than the database
	PublicKey  string            `json:"publicKey"`
	Documents  string            `json:"documents"` // "folder", or "elsewhere" when they lie in a bucket with a backup of its own
	Files      map[string]string `json:"files"`     // path in the backup -> SHA-256, hex
	Bytes      int64             `json:"bytes"`
}

const format = "dygnet-backup-v1"

// ErrDamaged means that a backup is not what it was when it was made.
var ErrDamaged = errors.New("the backup is damaged")

// Source is the installation to copy.
type Source struct {
	DB        *store.DB
	URL       string // of the database
	Documents string // folder of documents, or "" when they lie in a bucket
	Journal   *journal.Log
	Clock     calendar.Clock
}

// Make writes a backup into dir, which it creates and which must not hold anything. The installation goes on working meanwhile.
// The backup is verified before Make returns.
func Make(ctx context.Context, from Source, dir string) (Manifest, error) {
	if err := emptyDir(dir); err != nil {
		return Manifest{}, err
	}
	head, err := from.Journal.Checkpoint(ctx)
	if err != nil {
		return Manifest{}, fmt.Errorf("backing up: %w", err)
	}
	m := Manifest{
		Format: format, Made: from.Clock.Now().UTC(), Engine: from.DB.Engine(), Checkpoint: head.Note, PublicKey: from.Journal.Key().Public(),
		Documents: "elsewhere", Files: map[string]string{},
	}
	if from.DB.Engine() == store.SQLite {
		err = from.DB.Snapshot(ctx, filepath.Join(dir, liteName))
	} else {
		err = store.DumpPostgres(ctx, from.URL, filepath.Join(dir, dumpName))
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("backing up: %w", err)
	}
	if from.Documents != "" {
		m.Documents = "folder"
		if err := copyTree(ctx, from.Documents, filepath.Join(dir, documentsDir)); err != nil {
			return Manifest{}, fmt.Errorf("backing up documents: %w", err)
		}
	}
	if err := m.seal(ctx, dir); err != nil {
		return Manifest{}, fmt.Errorf("backing up: %w", err)
	}
	if _, err := Verify(ctx, dir); err != nil {
		return Manifest{}, fmt.Errorf("the backup was made but does not verify: %w", err)
	}
	return m, nil
}

func emptyDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the backup folder: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("the backup folder: %w", err)
	}
	if len(list) > 0 {
		return fmt.Errorf("the backup folder %s is not empty; name a new one", dir)
	}
	return nil
}

// seal hashes every file of the backup and writes the manifest last.
func (m *Manifest) seal(ctx context.Context, dir string) error {
	err := eachFile(ctx, dir, func(name string) error {
		sum, n, err := hashFile(filepath.Join(dir, name))
		m.Files[name], m.Bytes = sum, m.Bytes+n
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeDurably(filepath.Join(dir, manifestName), strings.NewReader(string(text)+"\n"))
}

// Verify checks that every file of a backup is there and unchanged, that nothing was added, and, on SQLite, that the database is
// sound and its journal whole and no older than the signed head.
func Verify(ctx context.Context, dir string) (Manifest, error) {
	m, err := read(dir)
	if err != nil {
		return Manifest{}, err
	}
	seen := map[string]bool{}
	err = eachFile(ctx, dir, func(name string) error {
		if name == manifestName {
			return nil
		}
		want, known := m.Files[name]
		if !known {
			return fmt.Errorf("%w: %s does not belong to it", ErrDamaged, name)
		}
		seen[name] = true
		sum, _, err := hashFile(filepath.Join(dir, name))
		if err == nil && sum != want {
			return fmt.Errorf("%w: %s has changed", ErrDamaged, name)
		}
		return err
	})
	if err != nil {
		return Manifest{}, err
	}
	for name := range m.Files {
		if !seen[name] {
			return Manifest{}, fmt.Errorf("%w: %s is missing", ErrDamaged, name)
		}
	}
	if m.Engine == store.SQLite {
		return m, m.verifyDatabase(ctx, filepath.Join(dir, liteName))
	}
	return m, nil
}

// verifyDatabase opens a copy, since opening a database writes beside it.
func (m Manifest) verifyDatabase(ctx context.Context, file string) error {
	head, err := journal.OpenCheckpoint(m.Checkpoint, m.PublicKey)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	scratch, err := os.MkdirTemp(filepath.Dir(filepath.Dir(file)), ".dygnet-verify-*")
	if err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	work := filepath.Join(scratch, liteName)
	if err := copyFile(file, work); err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	db, err := store.Open(ctx, store.Options{URL: "sqlite://" + work, Log: slog.New(slog.DiscardHandler), AsIs: true})
	if err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	defer func() { _ = db.Close() }()
	if err := db.QuickCheck(ctx, 0); err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	report, err := journal.Verify(ctx, db, m.PublicKey)
	if err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	if !report.Sound() {
		return fmt.Errorf("%w: its journal: %s", ErrDamaged, report.Findings[0])
	}
	if report.Entries < head.Size {
		return fmt.Errorf("%w: its journal has %d entries, the signed head counts %d", ErrDamaged, report.Entries, head.Size)
	}
	return nil
}

// Target is where a backup is put back.
type Target struct {
	URL       string // of the database; nothing may be there
	Documents string // folder of documents; nothing may be there
}

// Restore verifies a backup and puts it back in an empty place. Start the program with the keys of the installation afterwards.
func Restore(ctx context.Context, dir string, to Target) (Manifest, error) {
	m, err := Verify(ctx, dir)
	if err != nil {
		return Manifest{}, err
	}
	if m.Engine == store.SQLite {
		file, ok := strings.CutPrefix(to.URL, "sqlite://")
		if !ok {
			return Manifest{}, errors.New("restoring: the backup is of a SQLite database, the configuration names another")
		}
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			return Manifest{}, fmt.Errorf("restoring: %s is there already; move it away first, nothing is written over", file)
		}
		if err := copyFile(filepath.Join(dir, liteName), file); err != nil {
			return Manifest{}, fmt.Errorf("restoring: %w", err)
		}
	} else if err := store.RestorePostgres(ctx, to.URL, filepath.Join(dir, dumpName)); err != nil {
		return Manifest{}, fmt.Errorf("restoring: %w", err)
	}
	if m.Documents == "folder" {
		if err := emptyDir(to.Documents); err != nil {
			return Manifest{}, fmt.Errorf("restoring documents: %w", err)
		}
		if err := copyTree(ctx, filepath.Join(dir, documentsDir), to.Documents); err != nil {
			return Manifest{}, fmt.Errorf("restoring documents: %w", err)
		}
	}
	return m, nil
}

func read(dir string) (Manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName)) //nolint:gosec // the operator names the folder
	if err != nil {
		return Manifest{}, fmt.Errorf("reading the backup: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format != format {
		return Manifest{}, fmt.Errorf("%w: its manifest cannot be read", ErrDamaged)
	}
	return m, nil
}

// eachFile calls fn with the path, relative to dir, of every regular file. Files that vanish while it looks are passed over.
func eachFile(ctx context.Context, dir string, fn func(name string) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return fn(filepath.ToSlash(name))
	})
}

// copyTree copies the files of a folder of documents. What is half-written there (in hidden folders) is left out.
func copyTree(ctx context.Context, from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return eachFile(ctx, from, func(name string) error {
		if strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
			return nil
		}
		err := copyFile(filepath.Join(from, name), filepath.Join(to, name))
		if errors.Is(err, fs.ErrNotExist) { // swept meanwhile: no row needs it
			return nil
		}
		return err
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from) //nolint:gosec // inside the folder the operator named
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return writeDurably(to, src)
}

func writeDurably(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // inside the folder the operator named
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

func hashFile(file string) (sum string, size int64, err error) {
	f, err := os.Open(file) //nolint:gosec // inside the folder the operator named
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
