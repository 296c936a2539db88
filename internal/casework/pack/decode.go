package pack

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

// enum is a type with a closed list of values.
type enum interface{ Values() []string }

// decode fills v from a node. It is strict: unknown keys, missing keys, wrong types and values outside a list are problems. Anchors,
// aliases, tags and merge keys are refused, so that what a reader sees is what is meant.
func (s *source) decode(node ast.Node, v any) { s.value(node, reflect.ValueOf(v).Elem(), "") }

func (s *source) value(node ast.Node, v reflect.Value, path string) {
	at := place(node)
	s.where[path] = at
	switch n := node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		s.fail(at, "anchors, aliases and tags are not used in packs; write the value out")
		return
	case *ast.NullNode:
		s.fail(at, "the key has no value; leave it out if nothing is meant")
		return
	case *ast.MappingValueNode: // a mapping of one key
		node = &ast.MappingNode{BaseNode: n.BaseNode, Values: []*ast.MappingValueNode{n}, Start: n.Start}
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch dest := v.Addr().Interface().(type) {
	case *i18n.Text:
		s.text(node, dest, path)
		return
	case *casetype.Values:
		s.values(node, dest, path)
		return
	case encoding.TextUnmarshaler:
		if text, ok := s.string(node); ok {
			if err := dest.UnmarshalText([]byte(text)); err != nil {
				s.fail(at, "%s: %v", last(path), err)
			} else if text == "" {
				s.fail(at, "%s is empty; leave it out if nothing is meant", last(path))
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		s.fields(node, v, path)
	case reflect.Slice:
		s.list(node, v, path)
	case reflect.Map:
		s.mapping(node, v, path)
	case reflect.String:
		if text, ok := s.string(node); ok {
			v.SetString(text)
			s.listed(v, at, text)
		}
	case reflect.Bool, reflect.Int, reflect.Float64:
		s.plain(node, v)
	default:
		panic(fmt.Sprintf("pack: no rule to read %s", v.Type())) // a field of a kind nobody taught the decoder: found by any test
	}
}

// plain reads true, false and numbers.
func (s *source) plain(node ast.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		if n, ok := node.(*ast.BoolNode); ok {
			v.SetBool(n.Value)
		} else {
			s.wrong(node, "true or false")
		}
	case reflect.Int:
		if n, ok := whole(node); ok {
			v.SetInt(n)
		} else {
			s.wrong(node, "a whole number of at most ten digits")
		}
	case reflect.Float64:
		switch n := node.(type) {
		case *ast.FloatNode:
			v.SetFloat(n.Value)
		case *ast.IntegerNode:
			switch i := n.Value.(type) {
			case int64:
				v.SetFloat(float64(i))
			case uint64:
				v.SetFloat(float64(i))
			}
		default:
			s.wrong(node, "a number")
		}
	}
}

// listed says when text is not one of an enum's values.
func (s *source) listed(v reflect.Value, at position, text string) {
	e, ok := v.Interface().(enum)
	if !ok || slices.Contains(e.Values(), text) {
		return
	}
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column,
		Message: fmt.Sprintf("%q is not one of %s", text, strings.Join(e.Values(), ", ")), Suggest: casetype.Nearest(text, e.Values())})
}

// whole is an integer that fits in 32 bits; no number in a pack needs more.
func whole(node ast.Node) (int64, bool) {
	n, ok := node.(*ast.IntegerNode)
	if !ok {
		return 0, false
	}
	const limit = 1 << 31
	switch i := n.Value.(type) {
	case int64:
		return i, i > -limit && i < limit
	case uint64:
		return int64(i), i < limit //nolint:gosec // bounded on the same line
	}
	return 0, false
}

// string gives the text of a node. A number or a true that stands where a text belongs is refused with the remedy.
func (s *source) string(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	s.wrong(node, "text; put it in quotation marks if it is a number")
	return "", false
}

func (s *source) wrong(node ast.Node, want string) {
	s.fail(place(node), "this is %s but must be %s", kindOf(node), want)
}

func kindOf(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a set of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	}
	return "text"
}

func last(path string) string { return path[strings.LastIndex(path, ".")+1:] }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// entries are the keys of a mapping with their values; a key that is no text is a problem.
func (s *source) entries(node ast.Node, want string, each func(key string, at position, value ast.Node)) {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		s.wrong(node, want)
		return
	}
	for _, entry := range m.Values {
		key, ok := entry.Key.(*ast.StringNode)
		if !ok {
			s.fail(place(entry.Key), "a key must be text")
			continue
		}
		each(key.Value, place(entry.Key), entry.Value)
	}
}

func (s *source) fields(node ast.Node, v reflect.Value, path string) {
	fields, names := map[string]int{}, []string{}
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		fields[name] = i
		names = append(names, name)
	}
	given := map[string]bool{}
	s.entries(node, "a set of keys: "+strings.Join(names, ", "), func(key string, at position, value ast.Node) {
		given[key] = true
		i, ok := fields[key]
		if !ok {
			s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column,
				Message: fmt.Sprintf("unknown key %q", key), Suggest: casetype.Nearest(key, names)})
			return
		}
		s.value(value, v.Field(i), join(path, key))
	})
	if _, ok := node.(*ast.MappingNode); !ok {
		return
	}
	for _, name := range names {
		if f := v.Type().Field(fields[name]); f.Tag.Get("need") == "yes" && !given[name] {
			s.fail(s.where[path], "the key %q is missing", name)
		}
	}
}

func (s *source) list(node ast.Node, v reflect.Value, path string) {
	n, ok := node.(*ast.SequenceNode)
	if !ok {
		s.wrong(node, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Values), len(n.Values))
	for i, item := range n.Values {
		s.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(out)
}

func (s *source) mapping(node ast.Node, v reflect.Value, path string) {
	out := reflect.MakeMap(v.Type())
	s.entries(node, "a set of keys", func(key string, _ position, value ast.Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		s.value(value, item, join(path, key))
		out.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
	})
	v.Set(out)
}

// text reads {sv: …, en: …}: each language of the interface, and no other.
func (s *source) text(node ast.Node, out *i18n.Text, path string) {
	*out = i18n.Text{}
	before := len(s.problems)
	s.entries(node, "a text in each language: {sv: …, en: …}", func(key string, at position, value ast.Node) {
		if !slices.Contains(i18n.Languages(), i18n.Lang(key)) {
			s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column,
				Message: fmt.Sprintf("%q is not a language of the interface", key), Suggest: casetype.Nearest(key, []string{"sv", "en"})})
			return
		}
		s.where[join(path, key)] = place(value)
		if _, null := value.(*ast.NullNode); null {
			return
		}
		if text, ok := s.string(value); ok {
			(*out)[i18n.Lang(key)] = strings.TrimSpace(text)
		}
	})
	if len(s.problems) > before {
		return
	}
	if err := out.Check(); err != nil {
		s.fail(s.where[path], "%s: %v", last(path), err)
	}
}

// values reads one text or a list of them.
func (s *source) values(node ast.Node, out *casetype.Values, path string) {
	n, ok := node.(*ast.SequenceNode)
	if !ok {
		if text, ok := s.string(node); ok {
			*out = casetype.Values{text}
		}
		return
	}
	for i, item := range n.Values {
		s.where[fmt.Sprintf("%s[%d]", path, i)] = place(item)
		if text, ok := s.string(item); ok {
			*out = append(*out, text)
		}
	}
}
