package pack

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/yaml"
)

// enum is a type with a closed list of values.
type enum interface{ Values() []string }

// decode fills v from a node. It is strict: unknown keys, missing keys, wrong types and values outside a list are problems.
func (s *source) decode(node *yaml.Node, v any) { s.value(node, reflect.ValueOf(v).Elem(), "the file") }

// value fills v from a node; name is the key it is given under.
func (s *source) value(node *yaml.Node, v reflect.Value, name string) {
	if node.Kind == yaml.Null {
		s.fail(place(node), "the key has no value; leave it out if nothing is meant")
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch dest := v.Addr().Interface().(type) {
	case *i18n.Text:
		s.text(node, dest, name)
		return
	case *casetype.Values:
		s.values(node, dest)
		return
	case encoding.TextUnmarshaler:
		if text, ok := s.string(node); ok {
			if err := dest.UnmarshalText([]byte(text)); err != nil {
				s.fail(place(node), "%s: %v", name, err)
			} else if text == "" {
				s.fail(place(node), "%s is empty; leave it out if nothing is meant", name)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		s.fields(node, v)
	case reflect.Slice:
		s.list(node, v, name)
	case reflect.Map:
		s.mapping(node, v)
	case reflect.String:
		if text, ok := s.string(node); ok {
			v.SetString(text)
			s.listed(v, place(node), text)
		}
	case reflect.Bool, reflect.Int, reflect.Float64:
		s.plain(node, v)
	default:
		panic(fmt.Sprintf("pack: no rule to read %s", v.Type())) // a field of a kind nobody taught the decoder: found by any test
	}
}

// plain reads true, false and numbers.
func (s *source) plain(node *yaml.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		if node.Kind == yaml.Boolean {
			v.SetBool(strings.EqualFold(node.Text, "true"))
		} else {
			s.wrong(node, "true or false")
		}
	case reflect.Int:
		if n, err := strconv.ParseInt(node.Text, 10, 32); err == nil && node.Kind == yaml.Number { // no number in a pack needs more
			v.SetInt(n)
		} else {
			s.wrong(node, "a whole number of at most ten digits")
		}
	case reflect.Float64:
		if f, err := strconv.ParseFloat(node.Text, 64); err == nil && node.Kind == yaml.Number {
			v.SetFloat(f)
		} else {
			s.wrong(node, "a number")
		}
	}
}

// listed says when text is not one of an enum's values.
func (s *source) listed(v reflect.Value, at position, text string) {
	if v.Type() == stringType {
		return
	}
	e, ok := v.Interface().(enum)
	if !ok || slices.Contains(e.Values(), text) {
		return
	}
	s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column,
		Message: fmt.Sprintf("%q is not one of %s", text, strings.Join(e.Values(), ", ")), Suggest: casetype.Nearest(text, e.Values())})
}

var stringType = reflect.TypeFor[string]()

// string gives the text of a node. A number or a true that stands where a text belongs is refused with the remedy.
func (s *source) string(node *yaml.Node) (string, bool) {
	if node.Kind == yaml.Text {
		return node.Text, true
	}
	s.wrong(node, "text; put it in quotation marks if it is a number")
	return "", false
}

func (s *source) wrong(node *yaml.Node, want string) {
	s.fail(place(node), "this is %s but must be %s", kindOf(node), want)
}

func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.Mapping:
		return "a set of keys"
	case yaml.Sequence:
		return "a list"
	case yaml.Number:
		return "a number"
	case yaml.Boolean:
		return "true or false"
	case yaml.Text, yaml.Null:
	}
	return "text"
}

// keys are the fields of a struct by their keys in the file.
type keys struct {
	names []string
	field map[string]int
	need  []string
}

// types are the keys of the types of a file, worked out once. Several files can be read with them at once.
type types struct{ known sync.Map } // reflect.Type -> *keys

func (s *types) keysOf(t reflect.Type) *keys {
	if k, ok := s.known.Load(t); ok {
		return k.(*keys) //nolint:forcetypeassert // nothing else is kept there
	}
	k := &keys{field: map[string]int{}}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		k.names = append(k.names, name)
		k.field[name] = i
		if t.Field(i).Tag.Get("need") == "yes" {
			k.need = append(k.need, name)
		}
	}
	s.known.Store(t, k)
	return k
}

func (s *source) fields(node *yaml.Node, v reflect.Value) {
	k := s.types.keysOf(v.Type())
	if node.Kind != yaml.Mapping {
		s.wrong(node, "a set of keys: "+strings.Join(k.names, ", "))
		return
	}
	for i := range node.Entries {
		e := &node.Entries[i]
		f, ok := k.field[e.Key]
		if !ok {
			s.problems = append(s.problems, Problem{File: s.file, Line: e.Line, Column: e.Column,
				Message: fmt.Sprintf("unknown key %q", e.Key), Suggest: casetype.Nearest(e.Key, k.names)})
			continue
		}
		s.value(e.Value, v.Field(f), e.Key)
	}
	for _, name := range k.need {
		if node.Value(name) == nil {
			s.fail(place(node), "the key %q is missing", name)
		}
	}
}

func (s *source) list(node *yaml.Node, v reflect.Value, name string) {
	if node.Kind != yaml.Sequence {
		s.wrong(node, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(node.Items), len(node.Items))
	for i, item := range node.Items {
		s.value(item, out.Index(i), name)
	}
	v.Set(out)
}

func (s *source) mapping(node *yaml.Node, v reflect.Value) {
	if node.Kind != yaml.Mapping {
		s.wrong(node, "a set of keys")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(node.Entries))
	for i := range node.Entries {
		e := &node.Entries[i]
		item := reflect.New(v.Type().Elem()).Elem()
		s.value(e.Value, item, e.Key)
		out.SetMapIndex(reflect.ValueOf(e.Key).Convert(v.Type().Key()), item)
	}
	v.Set(out)
}

// text reads {sv: …, en: …}: each language of the interface, and no other.
func (s *source) text(node *yaml.Node, out *i18n.Text, name string) {
	*out = i18n.Text{}
	if node.Kind != yaml.Mapping {
		s.wrong(node, "a text in each language: {sv: …, en: …}")
		return
	}
	before := len(s.problems)
	for i := range node.Entries {
		e := &node.Entries[i]
		if !slices.Contains(i18n.Languages(), i18n.Lang(e.Key)) {
			s.problems = append(s.problems, Problem{File: s.file, Line: e.Line, Column: e.Column,
				Message: fmt.Sprintf("%q is not a language of the interface", e.Key), Suggest: casetype.Nearest(e.Key, []string{"sv", "en"})})
			continue
		}
		if e.Value.Kind == yaml.Null {
			continue
		}
		if text, ok := s.string(e.Value); ok {
			(*out)[i18n.Lang(e.Key)] = strings.TrimSpace(text)
		}
	}
	if len(s.problems) > before {
		return
	}
	if err := out.Check(); err != nil {
		s.fail(place(node), "%s: %v", name, err)
	}
}

// values reads one text or a list of them.
func (s *source) values(node *yaml.Node, out *casetype.Values) {
	if node.Kind != yaml.Sequence {
		if text, ok := s.string(node); ok {
			*out = casetype.Values{text}
		}
		return
	}
	for _, item := range node.Items {
		if text, ok := s.string(item); ok {
			*out = append(*out, text)
		}
	}
}
