package yaml_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/yaml"
)

// shape writes a node as one line: text in quotation marks, numbers and booleans as they are.
func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.Mapping:
		var out []string
		for _, e := range n.Entries {
			out = append(out, fmt.Sprintf("%q: %s", e.Key, shape(e.Value)))
		}
		return "{" + strings.Join(out, ", ") + "}"
	case yaml.Sequence:
		var out []string
		for _, item := range n.Items {
			out = append(out, shape(item))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case yaml.Text:
		return fmt.Sprintf("%q", n.Text)
	case yaml.Null:
		return "null"
	}
	return n.Text
}

func TestWhatItReads(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"a mapping", "a: 1\nb: two\nc: true\nd:\ne: ~\n", `{"a": 1, "b": "two", "c": true, "d": null, "e": null}`},
		{"nested", "a:\n  b:\n    c: d\n  e: f\n", `{"a": {"b": {"c": "d"}, "e": "f"}}`},
		{"lists", "a:\n  - x\n  - y: 1\n    z: 2\n  - - p\n    - q\n  -\n", `{"a": ["x", {"y": 1, "z": 2}, ["p", "q"], null]}`},
		{"a list as far in as its key", "a:\n- x\n- y\nb: 1\n", `{"a": ["x", "y"], "b": 1}`},
		{"flow", "a: {b: [1, x, \"y\"], c: {}, d: []}\n", `{"a": {"b": [1, "x", "y"], "c": {}, "d": []}}`},
		{"flow over lines", "a: {b: c,\n   d: [1,\n 2, ],\n}\ne: f\n", `{"a": {"b": "c", "d": [1, 2]}, "e": "f"}`},
		{"a question mark before a comma", "a: {sv: Vad?, en: What?}", `{"a": {"sv": "Vad?", "en": "What?"}}`},
		{"JSON", `{"a":1,"b":[true,null,"\u00e5\n\ud83d\ude00"],"c":{"d":-1.5e3}}`, `{"a": 1, "b": [true, null, "å\n😀"], "c": {"d": -1.5e3}}`},
		{"comments", "# one\na: 1 # two\n# three\n\nb: x#y # four\n", `{"a": 1, "b": "x#y"}`},
		{"quotation marks", "a: 'it''s'\nb: \"x: \\\"y\\\"\"\n\"c d\": e\n", `{"a": "it's", "b": "x: \"y\"", "c d": "e"}`},
		{"quoted over lines", "a: \"one\n  two\n\n  three\\\n  four\"\n", `{"a": "one two\nthreefour"}`},
		{"plain over lines", "a: one\n  two\n\n  three\nb: {c: one\n two}\n", `{"a": "one two\nthree", "b": {"c": "one two"}}`},
		{"literal", "a: |\n  one\n   two\n\n  three\n\nb: |-\n  x\nc: |+\n  y\n\n", `{"a": "one\n two\n\nthree\n", "b": "x", "c": "y\n\n"}`},
		{"folded", "a: >\n  one\n  two\n\n  three\n    more\n  four\n", `{"a": "one two\nthree\n  more\nfour\n"}`},
		{"numbers and what is none", "- 0\n- -1.5\n- 0x1F\n- 1e3\n- .5\n- 1.2.3\n- 2026-11-23\n- 737 30\n- 12:30\n- 1_000\n- .\n- +\n- -a\n",
			`[0, -1.5, 0x1F, 1e3, .5, "1.2.3", "2026-11-23", "737 30", "12:30", "1_000", ".", "+", "-a"]`},
		{"words that were booleans once", "- yes\n- no\n- on\n- True\n", `["yes", "no", "on", True]`},
		{"line ends of Windows", "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: \"d\r\n  e\"\r\n", `{"a": 1, "b": "x\ny\n", "c": "d e"}`},
		{"a byte order mark and a document start", "\ufeff---\na: 1\n...\n", `{"a": 1}`},
		{"addresses", "a: https://example.org/x?y=1#z\n", `{"a": "https://example.org/x?y=1#z"}`},
	} {
		n, err := yaml.Parse([]byte(tt.src))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := shape(n); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"nothing", " # only a comment\n", "2:1: the file is empty"},
		{"a key twice", "a: 1\nå: 2\na: 3\n", `3:1: the key "a" is already defined on line 1`},
		{"a colon in a text", "a: b\nc: d: e\n", "2:5: a text with a colon and a space in it must be in quotation marks"},
		{"a tab", "a:\n\tb: 1\n", "2:1: a tab cannot be used to indent"},
		{"too far in", "a:\n  b: 1\n   c: 2\n", "3:5: a text with a colon"},
		{"too far out", "a:\n  b: 1\n c: 2\n", "3:2: this line stands further in than the keys above it"},
		{"before the first", "  a: 1\nb: 2\n", "2:1: this belongs to nothing above it"},
		{"a text for a key", "a: 1\nb\n", "2:1: a key with a colon"},
		{"an anchor", "a: &x 1\n", "1:4: anchors, aliases and tags"},
		{"an alias", "a: *x\n", "1:4: anchors"},
		{"a tag", "a: !!str 1\n", "1:4: anchors"},
		{"a bracket that is not closed", "å: {b: c\nd: e\n", "2:2: a comma must stand before the next key, or the '{' of line 1"},
		{"a mark that is not closed", "a: \"b\nc: d\n", "1:4: the quotation mark is never closed"},
		{"something after a text", "a: \"b\" c\n", "1:8: something comes after"},
		{"a comma too many", "a: [1,,2]\n", "1:7: a text cannot begin with ','"},
		{"no comma", "a: [\"x\" \"y\"]\n", "1:9: a comma or ']'"},
		{"a key in a list", "a: [b: c]\n", "1:6: a key stands in a list"},
		{"a key that is no text", "? a\n: b\n", "1:1: a key is a text on one line"},
		{"two documents", "a: 1\n---\nb: 2\n", "3:1: the file holds more than one document"},
		{"a list beside its key", "a: - b\n", "1:4: a list begins on the line after"},
		{"a sign nobody sees", "a: b\x00\n", "1:5: the character U+0000"},
		{"a comma in a text", "a: {sv: ett, två, en: x}\n", `1:14: "två" has no colon`},
		{"no space after a colon", "a: {sv:ett}\n", "1:5: a key has one colon after it, and then a space"},
		{"two colons", "a:: b\n", "1:1: a key has one colon after it"},
		{"not UTF-8", "a: \xe5\n", "not UTF-8"},
		{"a backslash", `a: "C:\mapp"`, "1:8: a backslash"},
		{"half a character", `a: "\u12"`, "hexadecimal"},
		{"too deep", strings.Repeat("[", 100), "1:51: the file is nested more than 50 deep"},
		{"too deep in dashes", strings.Repeat("- ", 100), "nested more than 50"},
		{"a directive", "%YAML 1.2\n---\na: 1\n", "1:1: a text cannot begin"},
	} {
		n, err := yaml.Parse([]byte(tt.src))
		var wrong *yaml.Error
		if n != nil || !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestEachValueKnowsItsPlaceInCharacters(t *testing.T) {
	n, err := yaml.Parse([]byte("å: {ä: ö, b: x}\nc:\n  - d: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		n            *yaml.Node
		line, column int
	}{
		{n, 1, 1}, {n.Value("å"), 1, 4}, {n.Value("å").Value("ä"), 1, 8}, {n.Value("å").Value("b"), 1, 14}, {n.Value("c"), 3, 3},
		{n.Value("c").Items[0].Value("d"), 3, 8},
	} {
		if tt.n.Line != tt.line || tt.n.Column != tt.column {
			t.Errorf("%s stands at %d:%d, want %d:%d", shape(tt.n), tt.n.Line, tt.n.Column, tt.line, tt.column)
		}
	}
	if e := n.Value("å").Entries[1]; e.Line != 1 || e.Column != 11 {
		t.Errorf("the key b stands at %d:%d", e.Line, e.Column)
	}
	if n.Value("nothing") != nil || n.Value("c").Value("d") != nil {
		t.Error("a value of no key")
	}
}

// other is a document as another reader of YAML takes it, in the words of shape; false if it takes it not at all, or uses what is refused.
func other(src []byte) (out string, ok bool) {
	defer func() {
		if recover() != nil { // that reader is known to panic
			out, ok = "", false
		}
	}()
	file, err := parser.ParseBytes(src, 0)
	if err != nil || len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return "", false
	}
	return otherShape(file.Docs[0].Body)
}

func otherShape(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.MappingValueNode:
		return otherShape(&ast.MappingNode{Values: []*ast.MappingValueNode{n}})
	case *ast.MappingNode:
		var out []string
		for _, e := range n.Values {
			key, ok := e.Key.(*ast.StringNode)
			if !ok {
				return "", false
			}
			value, ok := otherShape(e.Value)
			if !ok {
				return "", false
			}
			out = append(out, fmt.Sprintf("%q: %s", key.Value, value))
		}
		return "{" + strings.Join(out, ", ") + "}", true
	case *ast.SequenceNode:
		var out []string
		for _, item := range n.Values {
			value, ok := otherShape(item)
			if !ok {
				return "", false
			}
			out = append(out, value)
		}
		return "[" + strings.Join(out, ", ") + "]", true
	case *ast.StringNode:
		return fmt.Sprintf("%q", n.Value), true
	case *ast.LiteralNode:
		return fmt.Sprintf("%q", n.Value.Value), true
	case *ast.NullNode:
		return "null", true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// files are those of the packs in the repository.
func files(t testing.TB) [][]byte {
	t.Helper()
	var out [][]byte
	err := filepath.WalkDir("../../../packs", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		raw, err := os.ReadFile(path) //nolint:gosec // the repository's own
		out = append(out, raw)
		return err
	})
	if err != nil || len(out) < 9 {
		t.Fatal(err, len(out))
	}
	return out
}

func TestItReadsThePacksAsAnotherReaderDoes(t *testing.T) {
	for i, raw := range files(t) {
		n, err := yaml.Parse(raw)
		if err != nil {
			t.Errorf("file %d: %v", i, err)
			continue
		}
		if want, ok := other(raw); !ok || shape(n) != want {
			t.Errorf("file %d is read otherwise", i)
		}
	}
}

// What is accepted is never read as something else than another reader takes it for, however a file is damaged.
func TestADamagedFileIsRefusedOrReadAsAnotherReaderDoes(t *testing.T) {
	var pieces []string // parts of the packs' files, of a few lines
	for _, raw := range files(t) {
		lines := strings.SplitAfter(string(raw), "\n")
		for i := 0; i+6 < len(lines); i += 17 {
			pieces = append(pieces, strings.Join(lines[i:i+6], ""))
		}
	}
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(rapid.SampledFrom(pieces).Draw(t, "piece"))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
			end := min(len(data), at+rapid.IntRange(0, 6).Draw(t, "cut"))
			put := rapid.SampledFrom([]string{"", "x", "\n", ": ", "- ", "[", "]", "{", "}", "\"", "'", ",", "  ", "#", " #", "null", "9", "|\n", "\n  "}).Draw(t, "put")
			if data = slices.Concat(data[:at], []byte(put), data[end:]); len(data) == 0 {
				return
			}
		}
		same(t, trailing.ReplaceAll(data, nil), &taken) // the other reader forgets spaces at the end of a line of a literal text
	})
	if taken == 0 {
		t.Error("nothing was accepted; the test shows nothing")
	}
}

// trailing is what nobody sees at the end of a line.
var trailing = regexp.MustCompile(`(?m)[ \t]+$`)

// same fails the test if a text is accepted and read otherwise than another reader does that accepts it too.
func same(t interface{ Fatalf(string, ...any) }, data []byte, taken *int) {
	n, err := yaml.Parse(data)
	var wrong *yaml.Error
	if err != nil {
		if !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Column < 1 || wrong.Message == "" || strings.Contains(wrong.Message, "\n") {
			t.Fatalf("no place or no message: %#v", err)
		}
		return
	}
	if want, ok := other(data); ok {
		*taken++
		if got := shape(n); got != want {
			t.Fatalf("%q\nis read as %s\nother    as %s", data, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range files(f) {
		f.Add(raw[:min(len(raw), 2000)])
	}
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("- |+\n  x\n\n- >-\n  y\n   z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := yaml.Parse(data)
		if (n == nil) == (err == nil) {
			t.Fatalf("%v, %v", n, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	all := files(b)
	size := 0
	for _, raw := range all {
		size += len(raw)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range all {
			if _, err := yaml.Parse(raw); err != nil {
				b.Fatal(err)
			}
		}
	}
}
