package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

// TestCaseTypes runs the examples of case types and prints what came of each. A path is a file, a folder of files, or a pack. A file that
// lies in a pack is tested with the units, bodies and recipients of that pack.
func TestCaseTypes(paths []string, out io.Writer) error {
	var passed, failed, broken int
	var err error
	say := func(format string, args ...any) {
		_, werr := fmt.Fprintf(out, format+"\n", args...)
		err = errors.Join(err, werr)
	}
	for _, path := range paths {
		tested, ferr := testCaseType(path, say)
		if ferr != nil {
			return ferr
		}
		for _, t := range tested {
			if len(t.Problems) > 0 {
				broken++
			}
			p, f := sayTested(t, say)
			passed, failed = passed+p, failed+f
		}
	}
	say("%d passed, %d failed", passed, failed)
	if broken > 0 {
		say("%d files have faults; their examples were not run", broken)
	}
	if err == nil && failed+broken > 0 {
		return ErrFound
	}
	return err
}

// sayTested prints what came of a file and counts its examples.
func sayTested(t pack.Tested, say func(string, ...any)) (passed, failed int) {
	if len(t.Problems) > 0 {
		for _, p := range t.Problems {
			say("%s", p)
		}
		return 0, 0
	}
	say("%s: %s version %d", t.File, t.ID, t.Version)
	for _, e := range t.Examples {
		if len(e.Failed) == 0 {
			passed++
			say("  ok      %s", e.Name)
			continue
		}
		failed++
		say("  failed  %s", e.Name)
		for _, why := range e.Failed {
			say("          %s:%d:%d: %s", t.File, e.Line, e.Column, why)
		}
	}
	return passed, failed
}

// testCaseType runs the examples of what lies at a path. Files are named as they can be opened from where the caller stands.
func testCaseType(path string, say func(string, ...any)) ([]pack.Tested, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("there is nothing to test: %w", err)
	}
	root, names := path, []string(nil)
	switch {
	case !info.IsDir():
		root, names = filepath.Dir(path), []string{filepath.Base(path)}
	case !isPack(path):
		if names, err = fs.Glob(os.DirFS(path), "*.yaml"); err != nil || len(names) == 0 {
			return nil, errors.Join(err, fmt.Errorf("%s holds no file that ends in .yaml", path))
		}
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", path, err)
	}
	var tested []pack.Tested
	if above := filepath.Dir(absolute); len(names) > 0 && filepath.Base(absolute) == "casetypes" && isPack(above) {
		root = filepath.Join(root, "..")
		for i := range names {
			names[i] = "casetypes/" + names[i]
		}
	} else if len(names) > 0 {
		for _, name := range names {
			tested = append(tested, pack.TestAlone(os.DirFS(root), name))
		}
		return named(tested, root), nil
	}
	tested, other := pack.Test(os.DirFS(root), names...)
	for _, p := range other {
		p.File = filepath.Join(root, p.File)
		say("%s", p)
	}
	if len(other) > 0 {
		say("the pack itself has faults; units, bodies and recipients are not looked up")
	}
	return named(tested, root), nil
}

// named gives files the folder they were found in.
func named(tested []pack.Tested, root string) []pack.Tested {
	for i := range tested {
		t := &tested[i]
		t.File = filepath.Join(root, filepath.FromSlash(t.File))
		t.Problems = slices.Clone(t.Problems)
		for j := range t.Problems {
			t.Problems[j].File = t.File
		}
	}
	return tested
}

func isPack(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "municipality.yaml"))
	return err == nil
}

// NewCaseType writes the file of a new case type: into the pack, or to the folder where no pack is.
func NewCaseType(id, dir string, out io.Writer) error {
	var p *pack.Pack
	folder := dir
	if isPack(dir) {
		var err error
		if p, err = pack.Load(os.DirFS(dir)); err != nil {
			return fmt.Errorf("the pack %s cannot be used:\n%w", dir, err)
		}
		folder = filepath.Join(dir, "casetypes")
	}
	var text bytes.Buffer
	if err := pack.WriteNew(&text, id, p, calendar.DateOf(calendar.System().Now())); err != nil {
		return err
	}
	name := filepath.Join(folder, id+".yaml")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the clerk's own file, for all to read
	if err != nil {
		return fmt.Errorf("writing the new case type: %w", err)
	}
	_, err = file.Write(text.Bytes())
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing the new case type: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s is written as a draft. Change it, then: dygnet casetype test %s\n", name, name)
	return err
}

// PrintSchema prints the JSON Schema of a kind of file of a pack: case-type, organisation and so on.
func PrintSchema(kind string, out io.Writer) error {
	raw, err := pack.Schemas.ReadFile("schema/" + kind + ".json")
	if err != nil {
		entries, _ := pack.Schemas.ReadDir("schema")
		var kinds []string
		for _, e := range entries {
			kinds = append(kinds, strings.TrimSuffix(e.Name(), ".json"))
		}
		return fmt.Errorf("there is no schema %q; there are %s", kind, strings.Join(kinds, ", "))
	}
	_, err = out.Write(raw)
	return err
}

// DiffCaseTypes prints what is different in the later of two files of a case type, in the order of the file: + came, - went, ~ became
// another.
func DiffCaseTypes(before, after string, out io.Writer) error {
	then, err := definition(before, out)
	if err != nil {
		return err
	}
	now, err := definition(after, out)
	if err != nil {
		return err
	}
	changes := casetype.Diff(then, now)
	for _, c := range changes {
		switch c.Kind {
		case "added":
			_, err = fmt.Fprintf(out, "+ %s: %s\n", c.Path, c.New)
		case "removed":
			_, err = fmt.Fprintf(out, "- %s: %s\n", c.Path, c.Old)
		default:
			_, err = fmt.Fprintf(out, "~ %s\n    - %s\n    + %s\n", c.Path, c.Old, c.New)
		}
		if err != nil {
			return fmt.Errorf("printing the differences: %w", err)
		}
	}
	_, err = fmt.Fprintf(out, "%d differences\n", len(changes))
	return err
}

// definition reads the file of a case type by itself.
func definition(path string, out io.Writer) (casetype.Definition, error) {
	def, problems := pack.Definition(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	for _, p := range problems {
		p.File = path
		if _, err := fmt.Fprintln(out, p); err != nil {
			return def, err
		}
	}
	if len(problems) > 0 {
		return def, ErrFound
	}
	return def, nil
}
