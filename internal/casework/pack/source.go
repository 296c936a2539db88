package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds of a file. The parser's time grows with the square of the nesting, so that is bounded before it sees the file.
const (
	maxBytes = 1 << 20
	maxDepth = 50
)

// position is a place in a file.
type position struct{ line, column int }

// source is a YAML file that was read, and where in it each value stands.
type source struct {
	file     string
	where    map[string]position // by path: form.steps[1].questions[0].key
	problems LoadError
}

// read decodes a YAML file into v, a pointer to a struct that may hold defaults. What is wrong is in the source's problems.
func read(fsys fs.FS, file string, v any) *source {
	s := &source{file: file, where: map[string]position{}}
	raw, err := readFile(fsys, file)
	if err != nil {
		s.fail(position{1, 1}, "%v", err)
		return s
	}
	node := s.parse(raw)
	if node != nil {
		s.decode(node, v)
	}
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

// parse gives the root of the one document in a file, nil after a problem.
func (s *source) parse(raw []byte) (root ast.Node) {
	defer func() { // the parser is not ours; whatever makes it panic is a file that cannot be read
		if recover() != nil {
			s.fail(position{1, 1}, "the file is not YAML")
			root = nil
		}
	}()
	if at, deep := tooDeep(raw); deep {
		s.fail(at, "the file is nested more than %d deep", maxDepth)
		return nil
	}
	file, err := parser.ParseBytes(raw, 0)
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		s.fail(position{syntax.Token.Position.Line, syntax.Token.Position.Column}, "not YAML: %s", syntax.Message)
		return nil
	case err != nil:
		s.fail(position{1, 1}, "not YAML: %v", err)
		return nil
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		s.fail(position{1, 1}, "the file is empty")
		return nil
	case len(file.Docs) > 1:
		s.fail(place(file.Docs[1].Body), "the file holds more than one document")
		return nil
	}
	return file.Docs[0].Body
}

// tooDeep finds the place where brackets or dashes nest deeper than a pack ever does. Brackets in texts count as well, so it may
// refuse a text with fifty unclosed brackets, and nothing else that is sound.
func tooDeep(raw []byte) (position, bool) {
	depth, dashes, indent := 0, 0, true
	at := position{1, 0}
	for i, c := range raw {
		at.column++
		switch c {
		case '\n':
			at = position{at.line + 1, 0}
			dashes, indent = 0, true
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '-', '?', ':':
			if indent = indent && i+1 < len(raw) && (raw[i+1] == ' ' || raw[i+1] == '\t'); indent {
				dashes++
			}
		case ' ', '\t':
		default:
			indent = false
		}
		if depth > maxDepth || dashes > maxDepth {
			return at, true
		}
	}
	return position{}, false
}

// place is where a node stands.
func place(n ast.Node) position {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return position{1, 1}
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return place(m.Values[0].Key)
	}
	p := n.GetToken().Position
	return position{max(p.Line, 1), max(p.Column, 1)}
}

func (s *source) fail(at position, format string, args ...any) {
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)})
}

// at is where the value of a path stands, or the nearest thing around it.
func (s *source) at(path string) position {
	for {
		if p, ok := s.where[path]; ok {
			return p
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			break
		}
		path = path[:i]
	}
	if p, ok := s.where[""]; ok {
		return p
	}
	return position{1, 1}
}

// report says that something is wrong at a path.
func (s *source) report(path, suggest, format string, args ...any) {
	at := s.at(path)
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Suggest: suggest})
}
