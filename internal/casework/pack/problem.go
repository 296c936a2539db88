package pack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a pack.
type Problem struct {
	File    string // slash-separated, from the root of the pack
	Line    int    // from 1
	Column  int    // from 1, in characters; in a table, bytes
	Message string
	Suggest string // what was perhaps meant, empty if nothing is near
}

// String is file:line:column: message (did you mean "…"?), as editors read it.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Suggest != "" {
		s += fmt.Sprintf(" (did you mean %q?)", p.Suggest)
	}
	return s
}

// LoadError is why a pack could not be loaded: all that is wrong with it, by file and line.
type LoadError []Problem

// Error lists the problems, one a line.
func (p LoadError) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// sorted are the problems by place, each once.
func (p LoadError) sorted() LoadError {
	slices.SortFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(p)
}
