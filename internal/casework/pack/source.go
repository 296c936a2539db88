package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/yaml"
)

// maxBytes bounds a file.
const maxBytes = 1 << 20

// position is a place in a file.
type position struct{ line, column int }

// source is a YAML file that was read.
type source struct {
	file     string
	root     *yaml.Node // nil if it could not be read, and for other kinds of file
	types    *types
	problems LoadError
}

// read decodes a YAML file into v, a pointer to a struct that may hold defaults. What is wrong is in the source's problems.
func read(fsys fs.FS, file string, v any) *source { return readWith(&types{}, fsys, file, v) }

func readWith(t *types, fsys fs.FS, file string, v any) *source {
	s := &source{file: file, types: t}
	raw, err := readFile(fsys, file)
	if err != nil {
		s.fail(position{1, 1}, "%v", err)
		return s
	}
	var wrong *yaml.Error
	if s.root, err = yaml.Parse(raw); errors.As(err, &wrong) {
		s.fail(position{wrong.Line, wrong.Column}, "not YAML: %s", wrong.Message)
		return s
	}
	s.decode(s.root, v)
	return s
}

// readFile reads a text file of bounded size.
func readFile(fsys fs.FS, file string) ([]byte, error) {
	info, err := fs.Stat(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("the file is missing")
	case err != nil:
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	case info.Size() > maxBytes:
		return nil, fmt.Errorf("the file is larger than %d bytes", maxBytes)
	}
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	if !utf8.Valid(raw) {
		return nil, errors.New("the file is not UTF-8")
	}
	return raw, nil
}

// place is where a node stands.
func place(n *yaml.Node) position { return position{n.Line, n.Column} }

func (s *source) fail(at position, format string, args ...any) {
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)})
}

// at is where the value of a path (form.steps[1].questions[0].key) stands, or the nearest thing around it.
func (s *source) at(path string) position {
	if s.root == nil {
		return position{1, 1}
	}
	n := s.root
	for path != "" {
		var next *yaml.Node
		if path[0] == '[' {
			end := max(strings.IndexByte(path, ']'), 1)
			if i, err := strconv.Atoi(path[1:end]); err == nil && i < len(n.Items) {
				next = n.Items[i]
			}
			path = path[min(end+1, len(path)):]
		} else {
			next, path = under(n, path)
		}
		if next == nil {
			break
		}
		n, path = next, strings.TrimPrefix(path, ".")
	}
	return place(n)
}

// under finds the value of the key that a path begins with, and the rest of the path. A key may hold dots itself: the longest that fits.
func under(n *yaml.Node, path string) (next *yaml.Node, rest string) {
	longest := -1
	for _, e := range n.Entries {
		if len(e.Key) > longest && strings.HasPrefix(path, e.Key) && (len(path) == len(e.Key) || path[len(e.Key)] == '.' || path[len(e.Key)] == '[') {
			next, longest = e.Value, len(e.Key)
		}
	}
	return next, path[max(longest, 0):]
}

// report says that something is wrong at a path.
func (s *source) report(path, suggest, format string, args ...any) {
	at := s.at(path)
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Suggest: suggest})
}
