package documents_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func TestSweepTakesOrphansAndShreddedAndNothingElse(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		p.clock.Set(calendar.System().Now()) // files carry the machine's time
		keep, gone := put(t, p.Vault, []byte("bevaras")), put(t, p.Vault, []byte("gallras"))
		orphan, err := p.Stage(t.Context(), strings.NewReader("halv"), documents.Meta{Limits: anything})
		if err != nil {
			t.Fatal(err)
		}
		half := filepath.Join(p.folder, ".spool", "halv")
		if err := os.WriteFile(half, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		shred(t, p, gone.ID)
		if n, err := p.Sweep(t.Context(), 24*time.Hour); n != 0 || err != nil {
			t.Fatalf("too young, yet %d went: %v", n, err)
		}
		p.clock.Advance(25 * time.Hour)
		if n, err := p.Sweep(t.Context(), 24*time.Hour); n != 2 || err != nil {
			t.Fatalf("%d went: %v", n, err)
		}
		for _, path := range []string{blobFile(t, p, gone), blobFile(t, p, orphan.Document), half} {
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is left: %v", path, err)
			}
		}
		if got, err := read(t, p.Vault, keep.ID); err != nil || string(got) != "bevaras" {
			t.Errorf("%q %v", got, err)
		}
	})
}

func TestMasterKeyRotation(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		var ids []string
		for range 210 { // more than a page
			ids = append(ids, put(t, p.Vault, []byte("x")).ID)
		}
		fresh := newKey(t)
		options := documents.Options{URL: p.folder, Key: fresh, Clock: p.clock}
		after := open(t, db, options)
		if _, err := read(t, after, ids[0]); err == nil || !strings.Contains(err.Error(), p.key.ID()) {
			t.Errorf("with the wrong key: %v", err)
		}
		options.OldKeys = []documents.MasterKey{p.key}
		if got, err := read(t, open(t, db, options), ids[0]); err != nil || string(got) != "x" {
			t.Errorf("with both keys: %q %v", got, err)
		}
		if n, err := documents.Rewrap(t.Context(), db, p.key, fresh); n != len(ids) || err != nil {
			t.Fatalf("rewrapped %d: %v", n, err)
		}
		for _, id := range ids {
			if got, err := read(t, after, id); err != nil || string(got) != "x" {
				t.Fatalf("with the new key: %q %v", got, err)
			}
		}
		if _, err := read(t, p.Vault, ids[0]); err == nil {
			t.Error("the old key still opens")
		}
		if _, err := documents.Rewrap(t.Context(), db, fresh, fresh); err == nil {
			t.Error("rewrapping to the same key was accepted")
		}
	})
}
