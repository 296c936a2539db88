package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

//go:embed sentences.txt
var sentences string

func main() {
	list := flag.Bool("list", false, "print which tests there are, without running them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := trace(ctx, os.Stdout, flag.Args(), *list); err != nil {
		fmt.Fprintln(os.Stderr, "traceability:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// errMissing says that the table is not whole; the table says where.
var errMissing = errors.New("not every sentence has a test that passes")

// trace prints the table of some sentences, or of all.
func trace(ctx context.Context, out io.Writer, only []string, list bool) error {
	ids := read(sentences)
	for _, id := range only {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("%s is none of the sentences that are built", id)
		}
	}
	if len(only) > 0 {
		ids = only
	}
	tests, err := find(os.DirFS("."), ids)
	if err != nil {
		return err
	}
	var results map[test]string
	if !list {
		if results, err = run(ctx, tests); err != nil {
			return err
		}
	}
	return table(out, ids, tests, results)
}

// read gives the IDs of a list with comments.
func read(list string) []string {
	var out []string
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// test is a test of a package, by the package's folder.
type test struct{ folder, name string }

// find gives the tests below a folder that are named after each sentence.
func find(fsys fs.FS, ids []string) (map[string][]test, error) {
	out := map[string][]test{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		names, err := declared(name, source)
		for _, t := range names {
			if id := of(t, ids); id != "" {
				out[id] = append(out[id], test{path.Dir(name), t})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for tests: %w", err)
	}
	return out, nil
}

// declared gives the tests of a file. One that is built only with a tag of its own has none: go test would not run them.
func declared(name string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() > file.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			if rule, err := constraint.Parse(c.Text); err == nil && !rule.Eval(func(tag string) bool { return tag == "linux" || tag == "unix" }) {
				return nil, nil
			}
		}
	}
	var out []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
			out = append(out, f.Name.Name)
		}
	}
	return out, nil
}

// of gives the sentence that a test is named after, "" if it is none.
func of(name string, ids []string) string {
	parts := strings.Split(strings.TrimPrefix(name, "Test"), "_")
	for n := len(parts); n > 0; n-- {
		if id := strings.Join(parts[:n], "-"); slices.Contains(ids, id) {
			return id
		}
	}
	return ""
}

// run runs the tests, a package at a time, and gives what came of each: "pass", "fail" or "skip".
func run(ctx context.Context, tests map[string][]test) (map[test]string, error) {
	folders := map[string][]string{}
	for _, list := range tests {
		for _, t := range list {
			folders[t.folder] = append(folders[t.folder], t.name)
		}
	}
	out := map[test]string{}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		cmd := exec.CommandContext(ctx, "go", "test", "-json", "-run", "^("+strings.Join(folders[folder], "|")+")$", "./"+folder)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		err := cmd.Run() // it fails with the tests; what they say tells which
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return nil, fmt.Errorf("running the tests of %s: %w", folder, err)
		}
		results(folder, &said, out)
	}
	return out, ctx.Err()
}

// results reads what go test -json says of the tests of a package.
func results(folder string, said io.Reader, out map[test]string) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct{ Action, Test string }
		if json.Unmarshal(lines.Bytes(), &event) != nil || event.Test == "" || strings.Contains(event.Test, "/") {
			continue // words of the compiler, of a package, of a part of a test
		}
		switch event.Action {
		case "pass", "fail", "skip":
			out[test{folder, event.Test}] = event.Action
		}
	}
}

// table prints each sentence with its tests. results is nil where nothing was run. It gives errMissing if a sentence does not hold.
func table(out io.Writer, ids []string, tests map[string][]test, results map[test]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	missing, broken := 0, 0
	for _, id := range ids {
		passed, failed := 0, false
		for _, t := range tests[id] {
			result := results[t]
			switch {
			case results == nil:
				result = "not run"
				passed++
			case result == "pass":
				passed++
			case result == "":
				result, failed = "fail (it did not run)", true
			case result != "skip":
				failed = true
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", id, t.name, t.folder, result) //nolint:errcheck // Flush tells
		}
		switch {
		case len(tests[id]) == 0:
			missing++
			fmt.Fprintf(w, "%s\t-\t-\tNO TEST\n", id) //nolint:errcheck // as above
		case failed || passed == 0:
			broken++
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	hold := "hold"
	if results == nil {
		hold = "have a test"
	}
	if _, err := fmt.Fprintf(out, "\n%d sentences: %d %s, %d have no test, %d have a test that does not pass\n", len(ids), len(ids)-missing-broken, hold, missing, broken); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	if missing+broken > 0 {
		return errMissing
	}
	return nil
}
