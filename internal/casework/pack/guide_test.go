package pack_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

// guide is the handbook for those who write e-services.
const guide = "../../../docs/skriv-en-e-tjanst.md"

// The marks after ```yaml in the guide say what a block is.
const (
	questions = "frågor" // the questions of a step
	parts     = "delar"  // keys of the file: each takes the place of what the file of a new case type has there
	wrong     = "fel"    // after one of the others: the block is wrong, and a block marked text with what the tool says of it follows
)

// snippet is a block of YAML in the guide.
type snippet struct {
	line  int // in the guide, of its first line
	marks []string
	text  string
	says  []string // what the tool must say, line by line
}

// snippets reads the blocks of the guide that are marked yaml. It knows no mark but the ones above.
func snippets(t *testing.T) []snippet {
	t.Helper()
	raw, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	var list []snippet
	var text []string
	kind, began := "", 0
	for i, line := range strings.Split(string(raw), "\n") {
		fence, opens := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case !opens && kind != "":
			text = append(text, line)
		case opens && kind == "":
			kind, began, text = fence, i+2, nil
			if kind == "" {
				t.Errorf("%s:%d: a block without a kind; write ```text or ```yaml and its mark", guide, i+1)
				kind = "?"
			}
		case opens:
			marks := strings.Fields(kind)
			body := strings.Join(text, "\n") + "\n"
			if len(list) > 0 && list[len(list)-1].says == nil && slices.Contains(list[len(list)-1].marks, wrong) {
				if kind != "text" {
					t.Errorf("%s:%d: after a block that is wrong comes what the tool says of it, in a block marked text", guide, began)
				}
				list[len(list)-1].says = strings.Split(strings.TrimSpace(body), "\n")
			}
			if marks[0] == "yaml" {
				list = append(list, snippet{line: began, marks: marks[1:], text: body})
			}
			kind = ""
		}
	}
	for _, s := range list {
		if len(s.marks) == 0 || s.marks[0] != questions && s.marks[0] != parts || len(s.marks) == 2 && (s.marks[1] != wrong || s.says == nil) || len(s.marks) > 2 {
			t.Fatalf("%s:%d: the block of yaml is marked %q; write frågor or delar, and fel if it is wrong", guide, s.line, s.marks)
		}
	}
	return list
}

// section is a key of a file with all that belongs to it and the comments before the next.
var section = regexp.MustCompile(`(?m)^([a-zA-Z]+):`)

// sections splits a file by its keys.
func sections(text string) (keys []string, of map[string]string) {
	of = map[string]string{}
	at := section.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		key := text[m[2]:m[3]]
		keys, of[key] = append(keys, key), text[m[0]:end]
	}
	return keys, of
}

// whole puts a block into the file of a new case type, as dygnet casetype new writes it.
func (s snippet) whole(t *testing.T, id string, p *pack.Pack) []byte {
	t.Helper()
	var written bytes.Buffer
	if err := pack.WriteNew(&written, id, p, calendar.NewDate(2026, 11, 23)); err != nil {
		t.Fatal(err)
	}
	keys, base := sections(written.String())
	base["registry"] = regexp.MustCompile(`subject: [^#\n]*`).ReplaceAllString(base["registry"], "subject: {sv: Prov, en: Test} ")
	base["examples"] = "examples:\n  - {name: Prov, answers: {}, expect: {}}\n"
	text := s.text
	if s.marks[0] == questions {
		text = "form:\n  steps:\n    - key: prov\n      title: {sv: Prov, en: Test}\n      questions:\n" + indent(s.text, "        ")
	}
	given, mine := sections(text)
	if len(given) == 0 { // so wrong that it has no keys
		return []byte(written.String() + text)
	}
	var file strings.Builder
	for _, key := range keys {
		if _, ok := mine[key]; !ok {
			file.WriteString(base[key])
		}
	}
	file.WriteString(text)
	return []byte(file.String())
}

func indent(text, by string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) != "" {
			lines[i] = by + l
		}
	}
	return strings.Join(lines, "")
}

// inPack puts the blocks into the shipped pack in place of its case types, and tests them there. The address of each is its line.
func inPack(t *testing.T, list []snippet) map[int]pack.Tested {
	t.Helper()
	files := copied(t)
	sound, err := pack.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if strings.HasPrefix(name, "casetypes/") {
			delete(files, name)
		}
	}
	for _, s := range list {
		id := fmt.Sprintf("rad-%d", s.line)
		files["casetypes/"+id+".yaml"] = &fstest.MapFile{Data: s.whole(t, id, sound)}
	}
	tested, other := pack.Test(files)
	for _, p := range other {
		t.Fatalf("the pack around the blocks: %s", p)
	}
	found := map[int]pack.Tested{}
	for _, one := range tested {
		var line int
		if _, err := fmt.Sscanf(one.File, "casetypes/rad-%d.yaml", &line); err != nil {
			t.Fatal(err)
		}
		found[line] = one
	}
	return found
}

func TestWhatTheGuideShowsWorks(t *testing.T) {
	list := slices.DeleteFunc(snippets(t), func(s snippet) bool { return slices.Contains(s.marks, wrong) })
	tested := inPack(t, list)
	shown := map[casetype.QuestionType]bool{}
	for _, s := range list {
		one := tested[s.line]
		for _, p := range one.Problems {
			t.Errorf("%s:%d: %s", guide, s.line, p)
		}
		if _, given := sections(s.text); s.marks[0] == parts && given["examples"] != "" {
			for _, e := range one.Examples {
				for _, why := range e.Failed {
					t.Errorf("%s:%d: example %q: %s", guide, s.line, e.Name, why)
				}
			}
		}
		def, _ := pack.Definition(fstest.MapFS{"x.yaml": {Data: s.whole(t, "x", nil)}}, "x.yaml")
		for _, step := range def.Form.Steps {
			for _, q := range step.Questions {
				shown[q.Type] = true
			}
		}
	}
	for _, kind := range casetype.QuestionType("").Values() {
		if !shown[casetype.QuestionType(kind)] {
			t.Errorf("the guide shows no question of type %s", kind)
		}
	}
}

func TestTheFaultsInTheGuideAreSaidInTheseWords(t *testing.T) {
	list := slices.DeleteFunc(snippets(t), func(s snippet) bool { return !slices.Contains(s.marks, wrong) })
	if len(list) == 0 {
		t.Fatal("the guide shows no faults")
	}
	tested := inPack(t, list)
	for _, s := range list {
		said := tested[s.line].Problems
		var words []string
		for _, p := range said {
			_, text, _ := strings.Cut(p.String(), ": ")
			words = append(words, text)
		}
		for _, e := range tested[s.line].Examples {
			words = append(words, e.Failed...)
		}
		for _, line := range s.says {
			if !slices.Contains(words, line) {
				t.Errorf("%s:%d: the tool does not say %q but\n\t%s", guide, s.line, line, strings.Join(words, "\n\t"))
			}
		}
	}
}
