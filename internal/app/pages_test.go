package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/kernel/store"
)

// TestCheckPages: a whole file passes; one with a page written over is ErrDamaged; a check whose server has gone stops.
func TestCheckPages(t *testing.T) {
	t.Parallel()
	made := func(t *testing.T) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "dygnet.db")
		db, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + file, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	held, hold := io.Pipe()
	t.Cleanup(func() { _ = hold.Close() })
	t.Run("whole", func(t *testing.T) {
		t.Parallel()
		if err := CheckPages(t.Context(), "sqlite://"+made(t), held); err != nil {
			t.Error(err)
		}
	})
	t.Run("damaged", func(t *testing.T) {
		t.Parallel()
		file := made(t)
		f, err := os.OpenFile(file, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		const page = 4096 // the second page is the root of a table or of its index
		if _, err := f.WriteAt([]byte(strings.Repeat("damage", 400)), page); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := CheckPages(t.Context(), "sqlite://"+file, held); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v, want ErrDamaged", err)
		}
	})
	t.Run("server gone", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what the end of the input does
		if err := CheckPages(ctx, "sqlite://"+made(t), held); err == nil || errors.Is(err, ErrDamaged) {
			t.Errorf("got %v, want that it stopped", err)
		}
	})
}
