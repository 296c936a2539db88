package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
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
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sql": sql},
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
