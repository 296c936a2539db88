package journal_test

import (
	"errors"
	"strings"
	"testing"

	"dygnet/internal/kernel/journal"
)

func TestAStatementIsOfItsKindAndOfItsKeyAndNoCheckpoint(t *testing.T) {
	key, _, err := journal.GenerateKey("example.se/dygnet")
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := journal.GenerateKey("example.se/dygnet")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := key.Sign("dygnet test v1", "a: 1\nb: 2\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := journal.OpenStatement(signed, "dygnet test v1", key.Public()); err != nil || text != "a: 1\nb: 2\n" {
		t.Errorf("%q, %v", text, err)
	}
	for name, open := range map[string]func() error{
		"another kind": func() error { _, err := journal.OpenStatement(signed, "dygnet prov v1", key.Public()); return err },
		"another key":  func() error { _, err := journal.OpenStatement(signed, "dygnet test v1", other.Public()); return err },
		"changed": func() error {
			_, err := journal.OpenStatement(strings.Replace(signed, "b: 2", "b: 3", 1), "dygnet test v1", key.Public())
			return err
		},
		"a kind like a log's name": func() error { _, err := key.Sign("example.se/dygnet", "1\nx\n"); return err },
		"a kind of two lines":      func() error { _, err := key.Sign("a b\nc", "1\n"); return err },
		"no last line feed":        func() error { _, err := key.Sign("a b", "1"); return err },
	} {
		if err := open(); !errors.Is(err, journal.ErrStatement) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := journal.OpenCheckpoint(signed, key.Public()); err == nil {
		t.Error("a statement passes for a checkpoint")
	}
}
