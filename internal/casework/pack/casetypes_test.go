package pack_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
)

// with puts text in the place of another in a file of the pack, in a file of any name.
func with(t testing.TB, files fstest.MapFS, from, to string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(string(files[from].Data), pairs[i]) {
			t.Fatalf("%s no longer holds %q", from, pairs[i])
		}
	}
	files[to] = &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(string(files[from].Data)))}
}

func ids(list []*casetype.CaseType) []string {
	var out []string
	for _, ct := range list {
		out = append(out, fmt.Sprintf("%s@%d %s", ct.ID, ct.Version, ct.State))
	}
	return out
}

func TestABrokenCaseTypeLeavesTheOthersRunning(t *testing.T) {
	files := copied(t)
	sound, err := pack.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][]string{
		"syntax":            {"kind: CaseType", "kind: [CaseType"},
		"an unknown key":    {"topic:", "topik:"},
		"a failing example": {"expect: {unit: kontaktcenter}", "expect: {unit: va}"},
		"an unknown unit":   {"unit: kontaktcenter", "unit: kontaktcentrum"},
	} {
		t.Run(name, func(t *testing.T) {
			files := copied(t)
			with(t, files, felanmalan, felanmalan, change...)
			p, err := pack.Load(files)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Broken) == 0 || slices.ContainsFunc(p.Broken, func(b pack.Problem) bool { return b.File != felanmalan || b.Line < 2 }) {
				t.Errorf("broken: %v", p.Broken)
			}
			if p.CaseType("felanmalan") != nil || len(p.CaseTypes) != len(sound.CaseTypes)-1 {
				t.Errorf("loaded: %v", ids(p.CaseTypes))
			}
		})
	}
	files["casetypes/notes.txt"] = &fstest.MapFile{Data: []byte("remember")}
	if p, err := pack.Load(files); err != nil || len(p.CaseTypes) != len(sound.CaseTypes) || len(p.Broken) != 1 {
		t.Errorf("a stray file: %v", err)
	}
	with(t, files, "people.yaml", "people.yaml", "kind: staff", "kind: stuff")
	if p, err := pack.Load(files); p != nil || err == nil {
		t.Error("a pack with a broken organisation loads")
	}
}

func TestAFolderHoldsSeveralVersionsOfACaseType(t *testing.T) {
	files := copied(t)
	one, err := pack.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	shipped := one.CaseType("synpunkt").Version
	version := fmt.Sprintf("\nversion: %d\n", shipped)
	with(t, files, synpunkt, "casetypes/whatever name.yaml", version, "\nversion: 12\n")
	with(t, files, synpunkt, "casetypes/synpunkt.next.yaml", version, "\nversion: 13\n", "state: published", "state: draft")
	p, err := pack.Load(files)
	if err != nil || len(p.Broken) > 0 {
		t.Fatal(err, p.Broken)
	}
	var of []string
	for _, one := range ids(p.CaseTypes) {
		if strings.HasPrefix(one, "synpunkt@") {
			of = append(of, one)
		}
	}
	if want := []string{fmt.Sprintf("synpunkt@%d published", shipped), "synpunkt@12 published", "synpunkt@13 draft"}; !slices.Equal(of, want) {
		t.Errorf("got %v, want %v", of, want)
	}
	if got := p.CaseType("synpunkt").Version; got != 12 {
		t.Errorf("the newest is %d, want 12", got)
	}
	if got := ids(p.Drafts()); !slices.Equal(got, []string{"synpunkt@13 draft"}) {
		t.Errorf("drafts %v", got)
	}
}

// many is the shipped pack with n case types, all of them copies of the shipped ones with other ids.
func many(t testing.TB, n int) fs.FS {
	t.Helper()
	files := copied(t)
	shipped := []string{felanmalan, synpunkt}
	unsound := map[string]bool{}
	for _, p := range pack.Check(fagersta(t)) {
		unsound[p.File] = true
	}
	entries, err := fs.ReadDir(fagersta(t), "casetypes")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := "casetypes/" + e.Name(); name != felanmalan && name != synpunkt && !unsound[name] {
			raw, err := fs.ReadFile(fagersta(t), name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: raw}
			shipped = append(shipped, name)
		}
	}
	for i := len(shipped); i < n; i++ {
		raw := string(files[shipped[i%len(shipped)]].Data)
		_, rest, ok := strings.Cut(raw, "\nid: ")
		if !ok {
			t.Fatalf("%s has no id", shipped[i%len(shipped)])
		}
		id, _, _ := strings.Cut(rest, "\n")
		copied := strings.Replace(raw, "\nid: "+id, fmt.Sprintf("\nid: copy-%d", i), 1)
		files[fmt.Sprintf("casetypes/copy-%d.yaml", i)] = &fstest.MapFile{Data: []byte(copied)}
	}
	return files
}

// The budget is a second on two cores that do nothing else, which BenchmarkLoad500 measures. What this test counts is the time of the
// processors, so that it holds on a machine that does other things as well: two seconds for two cores, and half as much again for the
// luck of the day.
func TestFiveHundredCaseTypesLoadInASecond(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes everything ten times slower")
	}
	files := many(t, 500)
	best := time.Hour
	for range 3 {
		before := processorTime(t)
		p, err := pack.Load(files)
		if err != nil || len(p.CaseTypes) != 500 || len(p.Broken) > 0 {
			t.Fatal(err, len(p.CaseTypes), p.Broken[:min(len(p.Broken), 3)])
		}
		best = min(best, processorTime(t)-before)
	}
	t.Logf("500 case types take %s of the processors", best)
	if limit := 3 * time.Second; best > limit {
		t.Errorf("500 case types take %s of the processors, more than %s", best, limit)
	}
}

// processorTime is how long the processors have worked for this process.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkLoad500(b *testing.B) {
	files := many(b, 500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pack.Load(files); err != nil {
			b.Fatal(err)
		}
	}
}
