package documents_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/kernel/documents"
)

func TestAMasterKeyIsMadeOnceAndReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	made, err := documents.GenerateMasterKey(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := documents.LoadMasterKey(path)
	if err != nil || loaded.ID() != made.ID() || made.ID() == "" {
		t.Errorf("%v, %v: %v", made, loaded, err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := documents.GenerateMasterKey(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over an old one: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("the key was overwritten")
	}
	for _, shown := range []string{fmt.Sprint(made), fmt.Sprintf("%+v %#v", struct{ K documents.MasterKey }{made}, &made)} {
		if strings.Contains(shown, strings.TrimSpace(string(before))) {
			t.Error("the key shows in a log")
		}
	}
}

func TestAWrongMasterKeyFileIsExplained(t *testing.T) {
	good, err := os.ReadFile(filepath.Join(keyDir(t), "key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		content string
		mode    os.FileMode
		want    string
	}{
		{string(good), 0o640, "chmod 600"},
		{string(good), 0o604, "chmod 600"},
		{"", 0o600, "32 bytes"},
		{"hej!", 0o600, "32 bytes"},
		{string(good[:20]), 0o600, "32 bytes"},
		{strings.Repeat("A", 2000), 0o600, "2000 bytes"},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(test.content), test.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := documents.LoadMasterKey(path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%d bytes, mode %o: %v", len(test.content), test.mode, err)
		}
	}
	if _, err := documents.LoadMasterKey(t.TempDir()); err == nil || !strings.Contains(err.Error(), "regular file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := documents.LoadMasterKey(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
}

func keyDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := documents.GenerateMasterKey(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	return dir
}
