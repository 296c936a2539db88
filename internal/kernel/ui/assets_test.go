package ui

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// built returns the assets of the build, or skips the test where `make assets` has not been run.
func built(t *testing.T, theme Theme) *Assets {
	t.Helper()
	a, err := NewAssets(theme)
	if errors.Is(err, ErrAssets) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// some is a build of one line each.
func some() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.css":"a.css","app.js":"a.js","map.css":"m.css","map.js":"m.js","favicon.svg":"f.svg"}`)},
		"a.css":         {Data: []byte(`body{}`)}, "a.js": {Data: []byte(`1`)}, "m.css": {Data: []byte(`a{}`)}, "m.js": {Data: []byte(`2`)},
		"f.svg": {Data: []byte(`<svg fill="#1d5a73"/>`)},
	}
}

func get(a http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestAssetsKeepTheirBudgets(t *testing.T) {
	a := built(t, NeutralTheme())
	for name, budget := range map[string]int{"app.css": 22_000, "app.js": 3_000, "map.js": 120_000, "map.css": 4_000, "favicon.svg": 1_000} {
		file := a.files[strings.TrimPrefix(a.URL(name), AssetsPath)]
		t.Logf("%s: %d bytes gzipped of %d", name, len(file.zipped()), budget)
		if len(file.zipped()) > budget {
			t.Errorf("%s: %d bytes gzipped, at most %d", name, len(file.zipped()), budget)
		}
		if i := strings.Index(string(file.body), "@import"); i >= 0 && strings.HasSuffix(name, ".css") {
			t.Errorf("%s loads another file", name)
		}
	}
}

func TestEveryClassOfTheComponentsIsInTheStylesheet(t *testing.T) {
	a := built(t, NeutralTheme())
	sheet := string(a.files[strings.TrimPrefix(a.URL("app.css"), AssetsPath)].body) + string(a.files[strings.TrimPrefix(a.URL("map.css"), AssetsPath)].body)
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	classes := regexp.MustCompile(`\b(ds|d)-[a-z][a-z_-]*[a-z]`)
	attributes := regexp.MustCompile(`class=(?:"[^"]*"|\{[^}]*\})`)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, attribute := range attributes.FindAllString(string(raw), -1) {
			for _, class := range classes.FindAllString(attribute, -1) {
				if !strings.Contains(sheet, "."+class) {
					t.Errorf("%s: the class %s is not in the stylesheet; is its component kept in scripts/assets?", file, class)
				}
			}
		}
	}
}

func TestAMissingBuildSaysWhatToDo(t *testing.T) {
	if _, err := newAssets(fstest.MapFS{}, NeutralTheme()); !errors.Is(err, ErrAssets) || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("no build: %v", err)
	}
	half := some()
	half["manifest.json"].Data = []byte(`{"app.css":"a.css"}`)
	if _, err := newAssets(half, NeutralTheme()); !errors.Is(err, ErrAssets) {
		t.Errorf("half a build: %v", err)
	}
	half["manifest.json"].Data = []byte(`{"app.css":"gone.css"}`)
	if _, err := newAssets(half, NeutralTheme()); err == nil {
		t.Error("a file that is gone: no error")
	}
	half["manifest.json"].Data = []byte(`{`)
	if _, err := newAssets(half, NeutralTheme()); err == nil {
		t.Error("a broken list: no error")
	}
	wild := NeutralTheme()
	wild.Radius = -1
	if _, err := newAssets(some(), wild); err == nil {
		t.Error("a theme that fails its check: no error")
	}
}

func TestAssetsAreServedOnceAndKept(t *testing.T) {
	a, err := newAssets(some(), NeutralTheme())
	if err != nil {
		t.Fatal(err)
	}
	plain := get(a, a.URL("app.css"))
	for key, want := range map[string]string{"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable",
		"Vary": "Accept-Encoding", "Content-Encoding": "", "X-Content-Type-Options": "nosniff"} {
		if got := plain.Header().Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	zipped := get(a, a.URL("app.css"), "Accept-Encoding", "gzip, br")
	r, err := gzip.NewReader(zipped.Body)
	if err != nil || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v %v", err, zipped.Header())
	}
	unzipped, err := io.ReadAll(r)
	if err != nil || string(unzipped) != plain.Body.String() {
		t.Errorf("gzip differs from plain: %v", err)
	}
	if w := get(a, a.URL("app.css"), "If-None-Match", plain.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("known ETag: %d", w.Code)
	}
	if kind := get(a, a.URL("app.js")).Header().Get("Content-Type"); kind != "text/javascript; charset=utf-8" {
		t.Errorf("script: %s", kind)
	}
	for _, path := range []string{AssetsPath, AssetsPath + "app.css", AssetsPath + "../manifest.json", "/assets/manifest.json"} {
		if w := get(a, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if a.URL("gone.css") != "" || (*Assets)(nil).URL("app.css") != "" {
		t.Error("an unknown file has an address")
	}
}

func TestAnotherThemeIsAnotherAddress(t *testing.T) {
	blue := NeutralTheme()
	blue.Accent = Colour{0x00, 0x52, 0x8c}
	one, err := newAssets(some(), NeutralTheme())
	if err != nil {
		t.Fatal(err)
	}
	two, err := newAssets(some(), blue)
	if err != nil {
		t.Fatal(err)
	}
	if one.URL("app.css") == two.URL("app.css") || one.URL("app.js") != two.URL("app.js") {
		t.Error("the theme must change the address of the stylesheet and nothing else")
	}
	if body := get(two, two.URL("app.css")).Body.String(); !strings.Contains(body, "--ds-color-accent-base-default:#00528c") {
		t.Error("the stylesheet lacks the accent of the theme")
	}
	if body := get(two, two.URL("favicon.svg")).Body.String(); !strings.Contains(body, "#00528c") {
		t.Errorf("the icon has another colour: %s", body)
	}
}
