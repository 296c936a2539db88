package i18n_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/i18n"
)

// texts builds a file system as packages embed it.
func texts(sv, en string) fstest.MapFS {
	return fstest.MapFS{"texts/sv.toml": {Data: []byte(sv)}, "texts/en.toml": {Data: []byte(en)}}
}

func load(t *testing.T, sv, en string) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(texts(sv, en))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	someSV = `
"t.hi" = "Hej"
"t.name" = "Hej {{.Name}}"
"t.n" = {one = "{{.Count}} ärende hos {{.Who}}", other = "{{.Count}} ärenden hos {{.Who}}"}
`
	someEN = `
"t.hi" = "Hello"
"t.name" = "Hello {{.Name}}"
"t.n" = {one = "{{.Count}} case with {{.Who}}", other = "{{.Count}} cases with {{.Who}}"}
`
)

func TestTextIsFilledInEachLanguage(t *testing.T) {
	c := load(t, someSV, someEN)
	for _, tt := range []struct {
		lang i18n.Lang
		key  string
		args []any
		want string
	}{
		{i18n.SV, "t.hi", nil, "Hej"},
		{i18n.EN, "t.hi", nil, "Hello"},
		{"fi", "t.hi", nil, "Hej"},
		{i18n.SV, "t.name", []any{"Name", "<b>Åsa</b>"}, "Hej <b>Åsa</b>"},
		{i18n.SV, "t.n", []any{"Count", 1, "Who", "oss"}, "1 ärende hos oss"},
		{i18n.SV, "t.n", []any{"Count", 0, "Who", "oss"}, "0 ärenden hos oss"},
		{i18n.SV, "t.n", []any{"Count", 12345, "Who", "oss"}, "12\u00a0345 ärenden hos oss"},
		{i18n.EN, "t.n", []any{"Count", 1, "Who", "us"}, "1 case with us"},
		{i18n.EN, "t.n", []any{"Count", 2, "Who", "us"}, "2 cases with us"},
	} {
		if got := c.For(tt.lang).T(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.lang, tt.key, got, tt.want)
		}
	}
	if n := len(c.Faults()); n != 0 {
		t.Errorf("faults: %v", c.Faults())
	}
}

func TestAFaultyCallShowsTheKeyAndIsCounted(t *testing.T) {
	for _, tt := range []struct {
		key  string
		args []any
	}{
		{"t.absent", nil},
		{"t.name", nil},
		{"t.name", []any{"Name"}},
		{"t.name", []any{"Nmae", "x"}},
		{"t.name", []any{1, 2}},
		{"t.n", []any{"Count", "three", "Who", "x"}},
	} {
		c := load(t, someSV, someEN)
		for range 2 {
			if got := c.For(i18n.EN).T(tt.key, tt.args...); got != "⟦"+tt.key+"⟧" {
				t.Errorf("%s %v: got %q", tt.key, tt.args, got)
			}
		}
		total := 0
		for f, n := range c.Faults() {
			total += n
			if f.Key != tt.key || f.Lang != i18n.EN {
				t.Errorf("fault %+v", f)
			}
		}
		if total != 2 {
			t.Errorf("%s: counted %d faults, want 2", tt.key, total)
		}
	}
	var none *i18n.Localizer
	if got := none.T("t.hi"); got != "⟦t.hi⟧" {
		t.Errorf("nil localizer: %q", got)
	}
}

func TestCheckNamesWhatIsIncomplete(t *testing.T) {
	for _, tt := range []struct{ name, sv, en, want string }{
		{"missing in English", `"t.a" = "A"`, ``, `t.a: missing in "en"`},
		{"missing in Swedish", ``, `"t.a" = "A"`, `t.a: missing in "sv"`},
		{"empty", `"t.a" = "A"`, `"t.a" = " "`, `t.a: empty in "en"`},
		{"placeholders", `"t.a" = "A {{.X}}"`, `"t.a" = "A {{.Y}}"`, "t.a: placeholders differ"},
		{"plural", `"t.a" = {one = "{{.Count}} a", other = "{{.Count}} b"}`, `"t.a" = "{{.Count}}"`, "t.a: plural in one language"},
	} {
		err := load(t, tt.sv, tt.en).Check()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if err := load(t, someSV, someEN).Check(); err != nil {
		t.Errorf("complete texts: %v", err)
	}
}

func TestLoadRefusesBrokenTexts(t *testing.T) {
	for _, tt := range []struct{ name, sv string }{
		{"not TOML", `"t.a" = `},
		{"an action that is not a placeholder", `"t.a" = "{{if .X}}x{{end}}"`},
		{"a lower-case placeholder", `"t.a" = "{{.x}}"`},
	} {
		if _, err := i18n.Load(texts(tt.sv, ``)); err == nil {
			t.Errorf("%s: no error", tt.name)
		}
	}
	if _, err := i18n.Load(texts(`"t.a" = "A"`, ``), texts(`"t.a" = "B"`, ``)); err == nil {
		t.Error("a key in two packages: no error")
	}
	if _, err := i18n.Load(fstest.MapFS{}); err == nil {
		t.Error("no texts: no error")
	}
}

func TestPathKeepsTheLanguage(t *testing.T) {
	for _, tt := range []struct {
		path, en string
	}{
		{"/", "/en"}, {"/e-tjanster", "/en/e-tjanster"}, {"/sok?q=en", "/en/sok?q=en"}, {"/?q=a", "/en?q=a"}, {"/#a", "/en#a"},
		{"/energi", "/en/energi"}, {"/en/e-tjanster", "/en/e-tjanster"}, {"/en?x=1", "/en?x=1"},
		{"https://example.org/", "https://example.org/"}, {"//example.org", "//example.org"}, {"mailto:a@b.se", "mailto:a@b.se"}, {"#x", "#x"}, {"", ""},
	} {
		if got := i18n.EN.Path(tt.path); got != tt.en {
			t.Errorf("EN.Path(%q) = %q, want %q", tt.path, got, tt.en)
		}
		if got := i18n.SV.Path(tt.path); got != tt.path {
			t.Errorf("SV.Path(%q) = %q", tt.path, got)
		}
	}
}

func TestSplitUndoesPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := "/" + rapid.StringMatching(`[a-df-z][a-z/-]{0,20}`).Draw(t, "path")
		for _, l := range i18n.Languages() {
			if at, rest := i18n.Split(l.Path(path)); at != l || rest != path {
				t.Fatalf("Split(%s.Path(%q)) = %s, %q", l, path, at, rest)
			}
		}
	})
}

func TestTextReadsFromEveryFormat(t *testing.T) {
	type data struct {
		Title i18n.Text `json:"title" yaml:"title" toml:"title"`
	}
	for name, read := range map[string]func(*data) error{
		"YAML": func(d *data) error { return yaml.Unmarshal([]byte("title: {sv: Hej, en: Hello}"), d) },
		"JSON": func(d *data) error { return json.Unmarshal([]byte(`{"title":{"sv":"Hej","en":"Hello"}}`), d) },
		"TOML": func(d *data) error { _, err := toml.Decode(`title = {sv = "Hej", en = "Hello"}`, d); return err },
	} {
		var d data
		if err := read(&d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d.Title.In(i18n.SV) != "Hej" || d.Title.In(i18n.EN) != "Hello" || d.Title.Check() != nil {
			t.Errorf("%s: %v", name, d.Title)
		}
	}
}

func TestTextFallsBackToSwedishAndSaysSo(t *testing.T) {
	only := i18n.Text{i18n.SV: "Hej"}
	if text, l := only.Resolve(i18n.EN); text != "Hej" || l != i18n.SV {
		t.Errorf("got %q in %q", text, l)
	}
	if only.Check() == nil {
		t.Error("a text without English passes Check")
	}
	if (i18n.Text{i18n.SV: "a", i18n.EN: "b", "xx": "c"}).Check() == nil {
		t.Error("a text in an unknown language passes Check")
	}
	if got := (i18n.Text(nil)).In(i18n.EN); got != "" {
		t.Errorf("nil text: %q", got)
	}
}

func TestDatesAndNumbersAreWrittenForPeople(t *testing.T) {
	c := load(t, someSV, someEN)
	at := time.Date(2026, 11, 20, 13, 2, 0, 0, time.UTC)
	for got, want := range map[string]string{
		c.For(i18n.SV).DateTime(at):   "20 november 2026 kl. 14.02",
		c.For(i18n.EN).DateTime(at):   "20 November 2026 at 14:02",
		c.For(i18n.SV).Number(-12345): "−12\u00a0345",
		c.For(i18n.EN).Number(1e6):    "1,000,000",
		c.For(i18n.EN).Number(999):    "999",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLintFindsOfficialese(t *testing.T) {
	for _, tt := range []struct {
		lang i18n.Lang
		text string
		want int
	}{
		{i18n.SV, "Du får ett svar inom två dagar.", 0},
		{i18n.SV, "Ni kommer att erhålla beslut, jämlikt lag, avseende vederbörande.", 4},
		{i18n.SV, strings.Repeat("ord ", 26) + ".", 1},
		{i18n.SV, strings.Repeat("ord ", 25) + ". " + strings.Repeat("ord ", 25), 0},
		{i18n.EN, "You will hereby receive a decision.", 1},
		{i18n.EN, "avseende", 0},
	} {
		if got := i18n.Lint(tt.lang, tt.text); len(got) != tt.want {
			t.Errorf("%q: %v, want %d problems", tt.text, got, tt.want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	c, err := i18n.Load(texts(someSV, someEN))
	if err != nil {
		b.Fatal(err)
	}
	l := c.For(i18n.SV)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			l.T("t.hi")
		}
	})
	b.Run("plural", func(b *testing.B) {
		for b.Loop() {
			l.T("t.n", "Count", 3, "Who", "oss")
		}
	})
}
