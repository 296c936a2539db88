package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
)

// ownPack is the shipped pack with one case type, in a folder of its own.
func ownPack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	shipped := os.DirFS(packFolder)
	err := fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || path == "gen" || strings.HasPrefix(path, "gen/"):
			return err
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, path), 0o700)
		case strings.HasPrefix(path, "casetypes/") && path != "casetypes/felanmalan.yaml":
			return nil
		}
		raw, err := fs.ReadFile(shipped, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path), raw, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// rewrite puts text in the place of another in a file of the folder; to is the file it is written to.
func rewrite(t *testing.T, dir, from, to, before, after string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, from)) //nolint:gosec // a folder of the test
	if err != nil || !strings.Contains(string(raw), before) {
		t.Fatalf("%s does not hold %q: %v", from, before, err)
	}
	if err := os.WriteFile(filepath.Join(dir, to), []byte(strings.Replace(string(raw), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A clerk adds, breaks and mends case types while the installation runs; then it is started again.
func TestThePackIsReadAgainWhileTheInstallationRuns(t *testing.T) {
	dir, data := ownPack(t), t.TempDir()
	const file = "casetypes/felanmalan.yaml"
	var said strings.Builder
	start := func() *App {
		cfg, err := config.Load(config.Sources{Flags: map[string]string{"demo": "true", "pack": dir, "data": data, "base_url": "http://localhost:8080"}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := open(t.Context(), cfg, slog.New(slog.NewTextHandler(&said, nil)), "test")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := start()
	today := calendar.DateOf(a.clock.Now())
	first := a.types.Open(today)[0].Version
	version := func(n int) string { return fmt.Sprintf("\nversion: %d\n", n) }
	id := func(n int) string { return fmt.Sprintf("felanmalan@%d", n) }
	by := bodies.By{Person: "somebody"}

	rewrite(t, dir, file, "casetypes/felanmalan next.yaml", version(first), version(first+1))
	done, err := a.ReloadPack(t.Context(), by)
	if err != nil || !slices.Equal(done.Published, []string{id(first + 1)}) || !slices.Equal(done.Unchanged, []string{id(first)}) || a.types.Open(today)[0].Version != first+1 {
		t.Fatalf("a new version: %+v, %v", done, err)
	}

	rewrite(t, dir, "casetypes/felanmalan next.yaml", "casetypes/felanmalan next.yaml", "topic:", "topik:")
	rewrite(t, dir, "municipality.yaml", "municipality.yaml", "hours:", "hours: ")
	done, err = a.ReloadPack(t.Context(), by)
	if err != nil || len(done.Broken) != 2 || done.Broken[0].File != "casetypes/felanmalan next.yaml" || a.types.Open(today)[0].Version != first+1 {
		t.Errorf("a broken version: %+v, %v", done, err)
	}
	if !strings.Contains(said.String(), "felanmalan next.yaml:") || !strings.Contains(said.String(), "did you mean") {
		t.Errorf("the log says nothing of it: %s", said.String())
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = start() // with the broken file
	defer func() { _ = a.Close() }()
	if got := a.types.Open(today); len(got) != 1 || got[0].Version != first+1 || len(a.PackState().Broken) != 2 {
		t.Errorf("after a start: %v", got)
	}

	rewrite(t, dir, "people.yaml", "people.yaml", "kind: staff", "kind: stuff")
	before := a.packs.Latest()
	var refused pack.LoadError
	if _, err := a.ReloadPack(t.Context(), by); !errors.As(err, &refused) || a.packs.Latest() != before {
		t.Errorf("a broken organisation: %v", err)
	}
}

// The operator's way: a signal to the process.
func TestSIGHUPPublishesWhatIsNewInThePack(t *testing.T) {
	dir := ownPack(t)
	cfg, err := config.Load(config.Sources{Flags: map[string]string{"demo": "true", "pack": dir, "data": t.TempDir(), "base_url": "http://localhost:8080"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(t.Context(), cfg, slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	if err := a.dispatcher.Start(ctx); err != nil {
		t.Fatal(err)
	}
	published := a.live.Subscribe(ctx, "casetype")
	mine := make(chan os.Signal, 1)
	signal.Notify(mine, syscall.SIGHUP) // or a signal before the watch begins would end the test
	defer signal.Stop(mine)
	var watching sync.WaitGroup
	watching.Go(func() { a.watchPack(ctx) })
	defer func() {
		stop()
		watching.Wait()
		a.dispatcher.Stop()
	}()
	first := a.types.Open(calendar.DateOf(a.clock.Now()))[0].Version
	rewrite(t, dir, "casetypes/felanmalan.yaml", "casetypes/felanmalan.yaml", fmt.Sprintf("\nversion: %d\n", first), fmt.Sprintf("\nversion: %d\n", first+1))
	again, deadline := time.NewTicker(50*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for done := false; !done; {
		select {
		case <-published:
			done = true
		case <-again.C:
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		case <-deadline:
			t.Fatal("nothing was published")
		}
	}
	if err := a.types.Refresh(ctx); err != nil { // waits for the publication to end
		t.Fatal(err)
	}
	if _, ok := a.types.Version("felanmalan", first+1); !ok {
		t.Error("the new version is not there")
	}
}
