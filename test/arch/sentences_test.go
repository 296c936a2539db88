package arch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sentence is the ID of a sentence of the strategy or of the IT security policy: S2-M2-3, PR-4, P-K.
var sentence = regexp.MustCompile(`\b(?:S\d-[A-Z0-9]+-\d+|PR-\d|P-[A-Z0-9])\b`)

// testName is a test or a fuzz target, where it is declared or named.
var testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)

// sources gives the text of the files with a suffix below a folder, by path.
func sources(t *testing.T, folder, suffix string) map[string]string {
	t.Helper()
	out := map[string]string{}
	top := filepath.Join(root(t), folder)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, suffix) {
			return err
		}
		text, err := os.ReadFile(name)
		out[strings.TrimPrefix(name, root(t)+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tested gives the sentences that tests name, in their own names (TestPR4_…, TestS2_M3_1_…) or in comments, and the names of all tests.
func tested(tests map[string]string) (sentences, names map[string]bool) {
	sentences, names = map[string]bool{}, map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	numbered := regexp.MustCompile(`^PR(\d)_`)
	comment := regexp.MustCompile(`(?m)//.*$`)
	for file, text := range tests {
		if strings.HasPrefix(file, "test/arch/") {
			continue // here they are examples
		}
		for _, m := range declared.FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
			of := strings.TrimPrefix(strings.TrimPrefix(m[1], "Test"), "Fuzz")
			of = numbered.ReplaceAllString(of, "PR_${1}_") // TestPR4_… is of PR-4
			for parts := strings.Split(of, "_"); len(parts) > 0; parts = parts[:len(parts)-1] {
				sentences[strings.Join(parts, "-")] = true
			}
		}
		for _, m := range comment.FindAllString(text, -1) {
			for _, id := range sentence.FindAllString(m, -1) {
				sentences[id] = true
			}
		}
	}
	return sentences, names
}

// A package that says that it answers a sentence has a test somewhere that says so too.
func TestEachSentenceThatAPackageAnswersIsNamedByATest(t *testing.T) {
	sentences, _ := tested(sources(t, ".", "_test.go"))
	for file, text := range sources(t, "internal", "/doc.go") {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(sentence.FindAllString(text, -1)))) {
			if !sentences[id] {
				t.Errorf("%s answers %s, which no test names", file, id)
			}
		}
	}
}

func TestEachTestThatTheSecurityPageNamesIsThere(t *testing.T) {
	_, names := tested(sources(t, ".", "_test.go"))
	text, err := os.ReadFile(filepath.Join(root(t), "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := testName.FindAllString(string(text), -1)
	if len(named) < 40 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, name := range named {
		if !names[name] {
			t.Errorf("docs/security.md names %s, which is not there", name)
		}
	}
}

func TestSentencesAreSeenInNamesAndComments(t *testing.T) {
	sentences, names := tested(map[string]string{"a_test.go": `
// PR-2 and S4-AC-1 hold.
func TestS2_M3_1_AMatterReachesThePolitician(t *testing.T) { fail("P-3") }
func TestPR4_Nothing(t *testing.T) {}
func TestP_K_Nothing(t *testing.T) {}
`})
	for id, want := range map[string]bool{"PR-2": true, "S4-AC-1": true, "S2-M3-1": true, "PR-4": true, "P-K": true, "P-3": false, "S2-M3-2": false} {
		if sentences[id] != want {
			t.Errorf("%s is seen: %v", id, sentences[id])
		}
	}
	if !names["TestPR4_Nothing"] || len(names) != 3 {
		t.Errorf("tests %v", names)
	}
}
