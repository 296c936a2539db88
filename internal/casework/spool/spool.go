package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

// Spool is a folder of submissions that wait. It is safe for concurrent use by one process.
type Spool struct {
	dir      string
	key      documents.MasterKey
	log      *slog.Logger
	least    uint64
	replayed sync.Mutex // one round at a time
}

// Options say where a spool lies.
type Options struct {
	Dir string              // made if it is not there
	Key documents.MasterKey // seals what waits
	Log *slog.Logger
	// Least is how many bytes are left free on the disk: what waits must not take the room that the database needs to come back.
	Least uint64
}

// Names of folders in a spool; a submission's name is a UUID.
const (
	asideDir = "aside"  // what cannot be taken in
	draftDir = ".fresh" // what is being written; a crash leaves it there
)

// Open opens the spool of a folder.
func Open(o Options) (*Spool, error) {
	s := &Spool{dir: o.Dir, key: o.Key, log: o.Log, least: o.Least}
	if err := os.RemoveAll(filepath.Join(s.dir, draftDir)); err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	for _, dir := range []string{s.dir, filepath.Join(s.dir, asideDir), filepath.Join(s.dir, draftDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("opening the spool: %w", err)
		}
	}
	if err := errors.Join(syncDir(s.dir), syncDir(filepath.Dir(s.dir))); err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	return s, nil
}

// Put keeps a submission and gives what is kept: of several with the same key the first. It is durable when Put returns. Without room it
// is store.ErrFull, and when the disk fails store.ErrUnavailable.
func (s *Spool) Put(r Record) (Record, error) {
	if !named(r.ID) {
		return Record{}, fmt.Errorf("keeping a submission: %q is no case", r.ID)
	}
	sealed, err := s.seal(r)
	if err != nil {
		return Record{}, err
	}
	if err := s.room(uint64(len(sealed))); err != nil {
		return Record{}, fmt.Errorf("keeping a submission: %w", err)
	}
	kept := r
	err = s.write(r.ID, sealed)
	if errors.Is(err, fs.ErrExist) {
		err = syncDir(s.dir) // whoever wrote it may not have come so far
		if first, rerr := s.Get(r.ID); rerr == nil {
			kept = first
		}
	}
	if err != nil {
		return Record{}, fmt.Errorf("keeping a submission: %w", diskError(err))
	}
	return kept, nil
}

// write makes a new file durable under its name; fs.ErrExist if there is one.
func (s *Spool) write(name string, sealed []byte) (err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, draftDir), "*")
	if err != nil {
		return err
	}
	defer func() {
		if rerr := os.Remove(f.Name()); err == nil {
			err = rerr
		}
	}()
	_, err = f.Write(sealed)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), s.path(name)); err != nil { // unlike a rename it never takes the place of another
		return err
	}
	return syncDir(s.dir)
}

// room refuses what would leave too little of the disk.
func (s *Spool) room(size uint64) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &disk); err != nil {
		return diskError(err)
	}
	if free := disk.Bavail * uint64(disk.Bsize); free < s.least+size { //nolint:gosec,unconvert // block size is positive
		return fmt.Errorf("%w: %d MB are left where submissions wait", store.ErrFull, free>>20)
	}
	return nil
}

// Get reads what waits; store.ErrNotFound if nothing does, ErrRefused if it cannot be read.
func (s *Spool) Get(id string) (Record, error) {
	if !named(id) {
		return Record{}, store.ErrNotFound
	}
	sealed, err := os.ReadFile(s.path(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Record{}, store.ErrNotFound
	case err != nil:
		return Record{}, fmt.Errorf("reading what waits: %w", diskError(err))
	}
	return s.unseal(id, sealed)
}

// Find gives the cases that wait whose IDs begin so.
func (s *Spool) Find(prefix string) []string {
	return slices.DeleteFunc(names(s.dir), func(id string) bool { return !strings.HasPrefix(id, prefix) })
}

// Done removes a submission whose case is committed.
func (s *Spool) Done(id string) error {
	err := os.Remove(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err = errors.Join(err, syncDir(s.dir)); err != nil {
		return fmt.Errorf("removing what was taken in: %w", err)
	}
	return nil
}

// Waiting is how many submissions wait.
func (s *Spool) Waiting() int { return len(names(s.dir)) }

// Aside is how many submissions were set aside.
func (s *Spool) Aside() int { return len(names(filepath.Join(s.dir, asideDir))) }

// Replay hands all that waits to take, oldest first, and removes what it took. What it refuses with ErrRefused is set aside. It stops when
// the database fails again; another error leaves its submission where it is.
func (s *Spool) Replay(ctx context.Context, take func(context.Context, Record) error) error {
	s.replayed.Lock()
	defer s.replayed.Unlock()
	var errs []error
	for _, id := range s.oldestFirst() {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		r, err := s.Get(id)
		if errors.Is(err, store.ErrNotFound) { // taken in meanwhile
			continue
		}
		if err == nil {
			err = take(ctx, r)
		}
		switch {
		case err == nil:
			err = s.Done(id)
		case errors.Is(err, ErrRefused):
			err = s.setAside(ctx, id, err)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("taking in what waited as case %s: %w", id, err))
		}
		if errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrCorrupt) {
			break
		}
	}
	return errors.Join(errs...)
}

func (s *Spool) setAside(ctx context.Context, id string, why error) error {
	s.log.ErrorContext(ctx, "a submission was set aside: it must be looked at by a person", "case", id, "why", why)
	to := filepath.Join(s.dir, asideDir)
	return errors.Join(os.Rename(s.path(id), filepath.Join(to, id)), syncDir(to), syncDir(s.dir))
}

// oldestFirst are those that wait in the order in which they came.
func (s *Spool) oldestFirst() []string {
	type file struct {
		id   string
		came time.Time
	}
	var list []file
	for _, id := range names(s.dir) {
		if info, err := os.Stat(s.path(id)); err == nil {
			list = append(list, file{id, info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b file) int { return cmp.Or(a.came.Compare(b.came), cmp.Compare(a.id, b.id)) })
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.id
	}
	return out
}

func (s *Spool) path(id string) string { return filepath.Join(s.dir, id) }

// named tells whether a name is one of ours, so that none leads out of the folder.
func named(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}

// names are the submissions in a folder.
func names(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if named(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// diskError tells a full disk (507) from one that fails (503).
func diskError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}
