package pack

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	"dygnet/packs"
)

var update = flag.Bool("update", false, "write the schemas anew")

// kind is a kind of file: its schema, its Go type, and the files of the shipped pack that are of it.
type kind struct {
	schema string
	of     any
	files  []string
}

func kinds() []kind {
	return []kind{
		{"case-type", casetype.Definition{}, []string{"casetypes/felanmalan.yaml", "casetypes/synpunkt.yaml"}},
		{"municipality", Municipality{}, []string{"municipality.yaml"}},
		{"organisation", Organisation{}, []string{"organisation.yaml"}},
		{"roles", Roles{}, []string{"roles.yaml"}},
		{"people", People{}, []string{"people.yaml"}},
		{"personas", Personas{}, []string{"personas.yaml"}},
		{"reserved-actions", Reserved{}, []string{"reserved-actions.yaml"}},
		{"processes", Processes{}, []string{"processes.yaml"}},
		{"retention", RetentionPlan{}, []string{"retention.yaml"}},
		{"assignment", Assignments{}, []string{"assignment.yaml"}},
		{"phrases", Phrases{}, []string{"phrases.yaml"}},
		{"meetings", Meetings{}, []string{"meetings.yaml"}},
		{"steering", SteeringTypes{}, []string{"steering.yaml"}},
		{"steering-document", SteeringDocument{}, []string{"styrning/it-strategi.yaml", "styrning/it-sakerhetspolicy.yaml", "styrning/malbild.yaml"}},
	}
}

// schemaOf makes the schema of a type. Structs become definitions of their name.
func schemaOf(t reflect.Type, defs map[string]any) map[string]any {
	object := map[string]any{"type": "object", "additionalProperties": false}
	switch reflect.New(t).Interface().(type) {
	case *i18n.Text:
		properties, required := map[string]any{}, []string{}
		for _, l := range i18n.Languages() {
			properties[string(l)] = map[string]any{"type": "string", "pattern": `\S`}
			required = append(required, string(l))
		}
		object["properties"], object["required"] = properties, required
		defs["Text"] = object
		return map[string]any{"$ref": "#/$defs/Text"}
	case *casetype.Values:
		text := map[string]any{"type": "string"}
		return map[string]any{"oneOf": []any{text, map[string]any{"type": "array", "items": text}}}
	case *calendar.Date:
		return map[string]any{"type": "string", "format": "date", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case *calendar.Period:
		return map[string]any{"type": "string", "pattern": `^P\d{1,4}[DWMYB]$`}
	case *ui.Colour:
		return map[string]any{"type": "string", "pattern": `^#[0-9a-fA-F]{6}$`}
	case encoding.TextUnmarshaler:
		panic("no schema for " + t.String())
	case enum:
		return map[string]any{"type": "string", "enum": reflect.New(t).Interface().(enum).Values()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), defs)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), defs)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), defs)}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": -1<<31 + 1, "maximum": 1<<31 - 1}
	case reflect.Struct:
		ref := map[string]any{"$ref": "#/$defs/" + t.Name()}
		if defs[t.Name()] != nil {
			return ref
		}
		defs[t.Name()] = object // before its fields: a question can hold questions
		properties, required := map[string]any{}, []string{}
		for i := range t.NumField() {
			f := t.Field(i)
			properties[f.Tag.Get("yaml")] = schemaOf(f.Type, defs)
			if f.Tag.Get("need") == "yes" {
				required = append(required, f.Tag.Get("yaml"))
			}
		}
		object["properties"] = properties
		if len(required) > 0 {
			object["required"] = required
		}
		return ref
	}
	panic("no schema for " + t.String())
}

func TestSchemasAreThoseOfTheTypes(t *testing.T) {
	for _, k := range kinds() {
		defs := map[string]any{}
		s := schemaOf(reflect.TypeOf(k.of), defs)
		s["$id"] = "urn:dygnet:v1:" + k.schema // of the format, wherever it is published
		s["$schema"], s["title"], s["$defs"] = "https://json-schema.org/draft/2020-12/schema", "Dygnet "+k.schema+" (dygnet/v1)", defs
		want, err := json.MarshalIndent(s, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		name := "schema/" + k.schema + ".json"
		if *update {
			if err := os.WriteFile(filepath.FromSlash(name), append(want, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := Schemas.ReadFile(name); err != nil || !bytes.Equal(bytes.TrimSpace(got), want) {
			t.Errorf("%s is not current (%v); run go test ./internal/casework/pack -run Schema -update", name, err)
		}
	}
}

func compileSchema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	raw, err := Schemas.ReadFile("schema/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// content is a file of the shipped pack as plain values.
func content(t testing.TB, file string) any {
	t.Helper()
	raw, err := fs.ReadFile(packs.Files, "fagersta/"+file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// loads says what the loader finds wrong with a document by itself. JSON is YAML.
func loads(t interface{ Fatal(...any) }, k kind, doc any) LoadError {
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return read(fstest.MapFS{"file.yaml": {Data: raw}}, "file.yaml", reflect.New(reflect.TypeOf(k.of)).Interface()).problems
}

func TestSchemaAndLoaderTakeTheShippedFiles(t *testing.T) {
	for _, k := range kinds() {
		s := compileSchema(t, k.schema)
		for _, file := range k.files {
			doc := content(t, file)
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if problems := loads(t, k, doc); problems != nil {
				t.Errorf("%s: %v", file, problems)
			}
		}
	}
}

// mutate changes one thing somewhere in a document and says what.
func mutate(t *rapid.T, doc any) (any, string) {
	junk := rapid.SampledFrom([]any{nil, true, "nonsense", "", json.Number("7"), json.Number("1.5"), []any{}, []any{"x"}, map[string]any{}, map[string]any{"sv": "x"},
		json.Number("99999999999"), "2026-02-30", "P5X", "P5B", "#12345", "dygnet/v2"})
	path := ""
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			out := maps.Clone(v)
			what := rapid.IntRange(0, 9).Draw(t, "what")
			switch {
			case len(keys) == 0 || what == 0:
				path += " +key"
				out["unheardOf"] = "x"
			case what == 1:
				key := rapid.SampledFrom(keys).Draw(t, "key")
				path += " -" + key
				delete(out, key)
			default:
				key := rapid.SampledFrom(keys).Draw(t, "key")
				path += "." + key
				out[key] = walk(v[key])
			}
			return out
		case []any:
			if len(v) == 0 {
				return junk.Draw(t, "junk")
			}
			i := rapid.IntRange(0, len(v)-1).Draw(t, "i")
			path += fmt.Sprintf("[%d]", i)
			out := slices.Clone(v)
			out[i] = walk(v[i])
			return out
		}
		to := junk.Draw(t, "junk")
		path += fmt.Sprintf(" = %v", to)
		return to
	}
	return walk(doc), path
}

func TestSchemaAndLoaderRefuseTheSame(t *testing.T) {
	for _, k := range kinds() {
		s := compileSchema(t, k.schema)
		for _, file := range k.files {
			doc := content(t, file)
			refused := 0
			rapid.Check(t, func(t *rapid.T) {
				changed, what := mutate(t, doc)
				bySchema, byLoader := s.Validate(changed), loads(t, k, changed)
				if bySchema != nil {
					refused++
				}
				if (bySchema != nil) != (len(byLoader) > 0) {
					t.Fatalf("%s%s: the schema says %v, the loader says %v", file, what, bySchema, byLoader)
				}
			})
			if refused == 0 {
				t.Errorf("%s: nothing was refused; the test shows nothing", file)
			}
		}
	}
}

func TestShippedFilesNameTheirSchemaForEditors(t *testing.T) {
	for _, k := range kinds() {
		for _, file := range k.files {
			raw, err := fs.ReadFile(packs.Files, "fagersta/"+file)
			if err != nil {
				t.Fatal(err)
			}
			up := strings.Repeat("../", 2+strings.Count(file, "/"))
			if want := "# yaml-language-server: $schema=" + up + "internal/casework/pack/schema/" + k.schema + ".json\n"; !strings.HasPrefix(string(raw), want) {
				t.Errorf("%s does not begin with %q", file, want)
			}
		}
	}
}
