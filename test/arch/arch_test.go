package arch_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "dygnet/"

// The kernel, lowest first, as in docs/architecture.md: each may import those before it.
var kernel = []string{
	"calendar", "money", "geo", "civic", "yaml", "wording", "i18n", "store", "journal", "jobs", "documents", "search", "backup",
	"statute", "compliance", "bodies", "deviation", "access", "identity", "paper", "config", "ui", "web",
}

// Casework, as in docs/architecture.md: each may import the kernel and those before it.
var casework = []string{"casetype", "pack", "catalogue", "cases", "spool", "represent", "inbox", "reach", "printout", "drafts", "payment", "measure", "office", "desk", "studio", "statistics",
	"deadline", "lawbook", "clock", "tie", "task", "roster", "ruling", "notice", "disclosure", "retention", "archive"}

// goPackage is what `go list -json` tells of a package that the rules ask for.
type goPackage struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string

	TestImports, XTestImports []string
}

// mayImport says whether a package of ours may import another, and if not, which rule says so.
// Paths are without the module's name: "internal/kernel/store".
func mayImport(from, to string) (rule string) {
	fromFloor, fromRoom := room(from)
	toFloor, toRoom := room(to)
	switch fromFloor {
	case "cmd":
		if to != "internal/app" {
			return "cmd is the front door: it imports internal/app only"
		}
	case "app", "test":
		// The composition root and the tests that span rooms know everything.
	case "modules":
		if toFloor == "modules" && fromRoom == toRoom || toFloor == "casework" || toFloor == "kernel" {
			return ""
		}
		return "a module stands on casework and the kernel and knows no other module"
	case "channels":
		if toFloor == "channels" && fromRoom == toRoom || toFloor == "casework" || toFloor == "kernel" {
			return ""
		}
		return "a channel imports casework and the kernel only, and no other channel"
	case "casework":
		if toFloor == "kernel" || toFloor == "casework" && !slices.Contains(casework[slices.Index(casework, fromRoom)+1:], toRoom) {
			return ""
		}
		return "casework imports the kernel and the casework packages before it in docs/architecture.md"
	case "kernel":
		if toFloor == "kernel" && slices.Index(kernel, toRoom) <= slices.Index(kernel, fromRoom) {
			return ""
		}
		return "a kernel package imports only the kernel packages before it in docs/architecture.md"
	default:
		return "no floor of docs/architecture.md"
	}
	return ""
}

// room splits the path of a package into floor and room: "internal/kernel/store/storetest" is in
// the room "store" of the floor "kernel".
func room(pkg string) (floor, name string) {
	parts := strings.Split(pkg, "/")
	if parts[0] == "internal" {
		parts = parts[1:]
	}
	if len(parts) > 1 {
		name = parts[1]
	}
	return parts[0], name
}

func TestPackagesImportOnlyTheFloorsBelow(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if rule := mayImport(from, to); rule != "" {
				t.Errorf("%s imports %s: %s", from, to, rule)
			}
		}
	}
}

// The rule itself must refuse what it is there to refuse.
func TestFloorRuleRefusesImportsUpwards(t *testing.T) {
	for _, c := range []struct {
		from, to string
		allowed  bool
	}{
		{"internal/kernel/store", "internal/kernel/calendar", true},
		{"internal/modules/systems/register", "internal/casework/office", true},
		{"internal/modules/governance/meeting", "internal/modules/governance/authority", true},
		{"internal/modules/systems/register", "internal/modules/governance/authority", false},
		{"internal/casework/desk", "internal/modules/systems/register", false},
		{"internal/kernel/store/storetest", "internal/kernel/store", true},
		{"internal/kernel/calendar", "internal/kernel/store", false},
		{"internal/kernel/store", "internal/kernel/journal", false},
		{"internal/kernel/web", "internal/casework/cases", false},
		{"internal/kernel/web", "internal/app", false},
		{"internal/casework/cases", "internal/kernel/web", true},
		{"internal/casework/cases", "internal/casework/casetype", true},
		{"internal/casework/casetype", "internal/casework/cases", false},
		{"internal/casework/desk", "internal/channels/web", false},
		{"internal/channels/web", "internal/casework/cases", true},
		{"internal/channels/web", "internal/channels/email", false},
		{"internal/channels/web", "internal/app", false},
		{"internal/app", "internal/channels/web", true},
		{"cmd/dygnet", "internal/app", true},
		{"cmd/dygnet", "internal/kernel/store", false},
		{"internal/util", "internal/kernel/store", false},
	} {
		if got := mayImport(c.from, c.to) == ""; got != c.allowed {
			t.Errorf("%s importing %s: allowed %v, want %v", c.from, c.to, got, c.allowed)
		}
	}
}

func TestEachKernelAndCaseworkPackageIsInTheArchitecture(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	order := regexp.MustCompile(`(?m)^Kernel, lowest first: (.*)$`).FindSubmatch(text)
	if order == nil {
		t.Fatal(`docs/architecture.md has no line "Kernel, lowest first: …"`)
	}
	var documented []string
	for _, m := range regexp.MustCompile("`([a-z0-9]+)`").FindAllSubmatch(order[1], -1) {
		documented = append(documented, string(m[1]))
	}
	if !slices.Equal(documented, kernel) {
		t.Errorf("docs/architecture.md orders the kernel as %v, this test as %v", documented, kernel)
	}
	for _, p := range packages(t) {
		floor, name := room(strings.TrimPrefix(p.ImportPath, module))
		if floor == "kernel" && !slices.Contains(kernel, name) || floor == "casework" && !slices.Contains(casework, name) {
			t.Errorf("%s is not in docs/architecture.md", p.ImportPath)
		}
	}
}

func TestEachPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if base := path.Base(p.ImportPath); base == "util" || base == "utils" || base == "common" || base == "helpers" {
			t.Errorf("%s: a package is named after what it does", p.ImportPath)
		}
	}
}

func TestEachDependencySaysWhatItIsFor(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs/dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if !explained(string(text), imported) {
				t.Errorf("%s imports %s, which has no line in docs/dependencies.md", p.ImportPath, imported)
			}
		}
	}
}

// explained says whether an imported package is ours, the standard library's, or named in a
// text by its path or the path of a module that holds it.
func explained(text, imported string) bool {
	if strings.HasPrefix(imported, module) || !strings.Contains(strings.Split(imported, "/")[0], ".") {
		return true
	}
	for ; imported != "."; imported = path.Dir(imported) {
		if regexp.MustCompile(`(^|[\s|])` + regexp.QuoteMeta(imported) + `([\s|,]|$)`).MatchString(text) {
			return true
		}
	}
	return false
}

func TestDependencyRuleAsksForTheModuleItself(t *testing.T) {
	const text = "| example.org/one | x |\n| golang.org/x/mod, golang.org/x/text | y |\n"
	for imported, want := range map[string]bool{
		"fmt": true, "dygnet/internal/app": true, "example.org/one/sub/pkg": true, "golang.org/x/mod/sumdb": true,
		"golang.org/x/text": true, "example.org/two": false, "example.org/onemore": false, "golang.org/x/net": false,
	} {
		if got := explained(text, imported); got != want {
			t.Errorf("explained(%q) = %v, want %v", imported, got, want)
		}
	}
}

// Packages that may import math/rand/v2: chance there spreads load or makes demonstration data,
// and never makes a secret, a key, an identifier or a sample that someone must not foresee.
var mayUseChance = []string{"internal/kernel/jobs", "internal/kernel/store", "internal/casework/pack", "packs/fagersta/gen"}

func TestSourceKeepsTheHouseRules(t *testing.T) {
	for _, p := range packages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range sourceFaults(t, pkg, name, src) {
				t.Error(fault)
			}
		}
	}
}

func TestSourceRulesSeeWhatTheyForbid(t *testing.T) {
	const bad = `package x
import ("fmt"; "math/rand"; clock "time")
func init() { fmt.Println(clock.Now(), clock.Since(clock.Time{}), rand.Int()) }
`
	faults := strings.Join(sourceFaults(t, "internal/kernel/store", "x.go", []byte(bad)), "\n")
	for _, want := range []string{"time.Now", "time.Since", "init", "math/rand", "fmt.Println"} {
		if !strings.Contains(faults, want) {
			t.Errorf("no fault names %s in:\n%s", want, faults)
		}
	}
	const good = `package x
import "time"
func now() time.Time { return time.Now() }
`
	if faults := sourceFaults(t, "internal/kernel/calendar", "x.go", []byte(good)); len(faults) > 0 {
		t.Errorf("the calendar may ask what time it is, but: %v", faults)
	}
}

// sourceFaults lists what in one Go file of a package breaks a house rule, as file:line: rule.
func sourceFaults(t *testing.T, pkg, name string, src []byte) (faults []string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path.Join(pkg, name), src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	report := func(pos token.Pos, rule string) {
		faults = append(faults, fset.Position(pos).String()+": "+rule)
	}
	floor, room := room(pkg)
	names := map[string]string{} // local name -> import path
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		local := path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		names[local] = imported
		if imported == "math/rand" || imported == "math/rand/v2" && floor != "test" && !slices.Contains(mayUseChance, pkg) {
			report(spec.Pos(), imported+" is predictable: secrets and identifiers come from crypto/rand")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n.Pos(), "func init hides work from the reader: do it where it is asked for")
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				return true
			}
			use := names[x.Name] + "." + n.Sel.Name
			switch use {
			case "time.Now", "time.Since", "time.Until":
				if floor != "test" && room != "calendar" {
					report(n.Pos(), use+": ask a calendar.Clock, so that tests can move it")
				}
			case "fmt.Print", "fmt.Printf", "fmt.Println":
				if floor == "kernel" || floor == "casework" || floor == "channels" {
					report(n.Pos(), use+": use the *slog.Logger or io.Writer that was handed in")
				}
			}
		}
		return true
	})
	return faults
}

var (
	townInFile = regexp.MustCompile(`(?i)fagersta|norberg`)
	packPath   = regexp.MustCompile(`packs[/",\s]+fagersta`)
)

// A municipality is data. Code, templates, texts and styles name none; tests may name a pack's folder.
func TestNoMunicipalityIsNamedOutsidePacks(t *testing.T) {
	top := root(t)
	err := filepath.WalkDir(top, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{"packs", "docs", "node_modules", "bin", "var"}, rel) || rel != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if rel == "test/arch/arch_test.go" ||
			!slices.Contains([]string{".go", ".templ", ".toml", ".css", ".ts", ".js", ".mjs", ".sql"}, filepath.Ext(file)) {
			return nil
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for i, line := range municipalitiesNamed(rel, src) {
			t.Errorf("%s:%d names a municipality: %s", rel, i, line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// municipalitiesNamed returns the lines of a file, by number, that name a municipality.
func municipalitiesNamed(file string, src []byte) map[int]string {
	found := map[int]string{}
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, 16<<20)
	for i := 1; lines.Scan(); i++ {
		line := lines.Text()
		if strings.HasPrefix(file, "internal/casework/pack/") && strings.HasSuffix(file, "_test.go") {
			continue // they take the shipped pack apart, file by file
		}
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "test/") {
			line = packPath.ReplaceAllString(line, "")
		}
		if townInFile.MatchString(line) {
			found[i] = strings.TrimSpace(lines.Text())
		}
	}
	return found
}

func TestMunicipalityRuleSeesANameAndAllowsAPackPath(t *testing.T) {
	src := []byte("a := \"Fagersta kommun\"\nb := \"../../packs/fagersta\"\nc := filepath.Join(\"packs\", \"fagersta\")\n")
	if got := municipalitiesNamed("x.go", src); len(got) != 3 {
		t.Errorf("code: %d lines reported, want 3: %v", len(got), got)
	}
	if got := municipalitiesNamed("x_test.go", src); len(got) != 1 || got[1] == "" {
		t.Errorf("tests: reported %v, want line 1 only", got)
	}
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env GOMOD: %v", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// packages lists all packages of the module.
func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Dir,Doc,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading go list: %v", err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list found no package")
	}
	return all
}
