// Package i18ntest holds the tests every package with interface texts runs on them.
package i18ntest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/kernel/i18n"
)

// Complete loads the texts and fails the test on a key that lacks a language, on placeholders that differ, and on language that
// is not plain. It returns the catalogue.
func Complete(t testing.TB, sources ...fs.FS) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Errorf("texts are not complete:\n%v", err)
	}
	for _, l := range i18n.Languages() {
		for key, texts := range c.Texts(l) {
			for _, text := range texts {
				for _, problem := range i18n.Lint(l, text) {
					t.Errorf("%s in %q is not plain: %s", key, l, problem)
				}
			}
		}
	}
	return c
}

// Strict fails the test, when it ends, on every text a page asked for and did not get.
func Strict(t testing.TB, c *i18n.Catalogue) {
	t.Helper()
	t.Cleanup(func() {
		for fault, n := range c.Faults() {
			t.Errorf("text %q in %q: %s (%d times)", fault.Key, fault.Lang, fault.Reason, n)
		}
	})
}

// call finds the texts that code asks for by a literal key. A key made from data is written T("status." + code): its literal part
// ends with a dot and stands for every key that begins so.
var call = regexp.MustCompile(`(?:\bT\((?:ctx, ?)?|\bDone\([^"\n]*, ?|office\.Said\{Key: )"([^"]+)"`)

// Used reads the .go and .templ files under dir (tests and generated code apart) and fails the test on a literal key the catalogue
// lacks, and on a key of the catalogue beginning with prefix that no code asks for.
func Used(t testing.TB, c *i18n.Catalogue, dir, prefix string) {
	t.Helper()
	asked := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source := strings.HasSuffix(path, ".templ") ||
			strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
		if !source {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range call.FindAllStringSubmatch(string(raw), -1) {
			asked[match[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the code that uses texts: %v", err)
	}
	keys := c.Keys()
	for key := range asked {
		if strings.HasPrefix(key, prefix) && !strings.HasSuffix(key, ".") && !slices.Contains(keys, key) {
			t.Errorf("code asks for the text %q, which does not exist", key)
		}
	}
	for _, key := range keys {
		used := asked[key]
		for family := range asked {
			used = used || strings.HasSuffix(family, ".") && strings.HasPrefix(key, family)
		}
		if strings.HasPrefix(key, prefix) && !used {
			t.Errorf("no code asks for the text %q", key)
		}
	}
}
