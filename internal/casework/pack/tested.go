package pack

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Tested is a file of a case type and what came of its own examples.
type Tested struct {
	File     string
	ID       string
	Version  int
	Problems []Problem // what is wrong with the file, so that its examples could not be run
	Examples []Ran     // in the order of the file
}

// Ran is an example that was run.
type Ran struct {
	Name         string
	Line, Column int
	Failed       []string // why, empty if it came out as expected
}

// Test runs the examples of the case types of a pack: those of the named files (casetypes/bygglov.yaml), or all. If something else is wrong
// with the pack, that is in other, and units, bodies and recipients are taken as they are written.
func Test(fsys fs.FS, names ...string) (tested []Tested, other []Problem) {
	l := load(fsys)
	other = l.problems.sorted()
	for _, f := range l.caseFiles {
		if len(names) > 0 && !slices.Contains(names, f.file) {
			continue
		}
		if len(other) > 0 {
			f = readCaseType(&types{}, fsys, f.file)
			f.compile(nil)
		}
		tested = append(tested, f.tested())
	}
	return tested, other
}

// TestAlone runs the examples of a case type that lies in no pack. Units, bodies and recipients are taken as they are written.
func TestAlone(fsys fs.FS, name string) Tested {
	f := readCaseType(&types{}, fsys, name)
	f.compile(nil)
	return f.tested()
}

// exampleIssue is where an issue of an example stands.
var exampleIssue = regexp.MustCompile(`^examples\[(\d+)\]`)

func (f *caseFile) tested() Tested {
	t := Tested{File: f.file, ID: f.def.ID, Version: f.def.Version}
	if f.ct == nil {
		t.Problems = f.problems.sorted()
		return t
	}
	for i, e := range f.def.Examples {
		at := f.at(fmt.Sprintf("examples[%d].expect", i))
		t.Examples = append(t.Examples, Ran{Name: e.Name, Line: at.line, Column: at.column})
	}
	for _, issue := range f.failures {
		if m := exampleIssue.FindStringSubmatch(issue.Path); m != nil {
			i, _ := strconv.Atoi(m[1]) // digits
			e := &t.Examples[i]
			e.Failed = append(e.Failed, strings.TrimPrefix(issue.Message, fmt.Sprintf("example %q fails: ", e.Name)))
		}
	}
	return t
}
