package main

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"dygnet/internal/kernel/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dygnet": main})
}

// The commands as an operator, a clerk, a citizen and an auditor use them.
func TestCommands(t *testing.T) {
	packs, err := filepath.Abs("../../packs/fagersta")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PACK", packs)
			env.Setenv("DYGNET_PACK", packs)
			return small(packs, filepath.Join(env.WorkDir, "pack"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sql": sql},
	})
}

// small copies a pack with one of its case types.
func small(from, to string) error {
	files := os.DirFS(from)
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || path == "gen":
			return cmp.Or(err, fs.SkipDir)
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o700)
		case strings.HasPrefix(path, "casetypes/") && path != "casetypes/felanmalan.yaml" || path == "assignment.yaml":
			return nil
		}
		raw, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		switch path { // what names other e-services names this one at most
		case "processes.yaml":
			raw = regexp.MustCompile(`level: [a-z]+, service: [a-z-]+`).ReplaceAll(raw, []byte("level: submission"))
		case "municipality.yaml":
			raw = regexp.MustCompile(`(?m)^(callback|feedback): .*\n`).ReplaceAll(raw, nil)
		}
		return os.WriteFile(filepath.Join(to, path), raw, 0o600)
	})
}

// sql is what somebody with a prompt on the database can do: sql FILE STATEMENT….
func sql(ts *testscript.TestScript, _ bool, args []string) {
	db, err := store.Open(context.Background(), store.Options{URL: "sqlite://" + ts.MkAbs(args[0]), Log: slog.New(slog.DiscardHandler), AsIs: true})
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	for _, statement := range args[1:] {
		ts.Check(db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, statement)
			return err
		}))
	}
}

func TestUnknownCommandIsNotUnderstood(t *testing.T) {
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	if null, err := os.Open(os.DevNull); err == nil {
		os.Stderr = null
	}
	if code := run([]string{"fly"}); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
}
