package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"dygnet/test/browser"
)

const goodPage = `<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#innehall">Till innehållet</a>
<main id="innehall">
<h1>%s</h1>
<p>Se <a href="/">startsidan</a>, <a href="/arende/1">ärende 1</a>, <a href="/arende/2">ärende 2</a>, <a href="/arende/3">ärende 3</a>
och <a href="/arende/4">ärende 4</a>.</p>
<form action="/arende/1" method="get">
<p><label for="sok">Sök ärende</label> <input id="sok" name="sok" type="search"></p>
<p><button type="submit">Sök</button></p>
</form>
</main>
</body>
</html>
`

const goodStyle = `:root { color-scheme: light dark; color: #222; background: #fff; font: 18px/1.6 sans-serif }
a { color: #1d4f91 }
button, input { font: inherit; padding: .5rem; max-width: 100%; box-sizing: border-box; color: inherit; background: transparent; border: 1px solid }
:focus-visible { outline: 3px solid }
.skip { display: inline-block; padding: .5rem }
@media (prefers-color-scheme: dark) { :root { color: #eee; background: #111 } a { color: #9cc2ff } }
`

// badPage has one fault for each rule that it must be caught by.
const badPage = `<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title></title><link rel="stylesheet" href="/bad.css"></head>
<body>
<h1>En</h1><h1>Två</h1>
<img src="https://tredje.example/pixel.png">
<p class="pale">Blek text som ingen kan läsa</p>
<p class="night">Syns bara på dagen</p>
<p class="broad">Bred</p>
<a href="#">Ingenstans</a> <a href="#saknas">Saknas</a> <a href="/finns-inte">Borta</a>
<form action="/"><label for="n">Namn</label><input id="n" name="n"></form>
<button type="button" onclick="go()">Gör inget</button>
<input name="utan-etikett">
<p style="color: red">Stil</p>
<script src="/bad.js"></script>
</body>
</html>
`

const badStyle = `:root { background: #fff }
.pale { color: #ccc }
.night { color: #444 }
.broad { width: 700px }
:focus { outline: none }
@media (prefers-color-scheme: dark) { :root { background: #222 } }
`

// site serves good pages at / and /arende/N and a bad one at /bad.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(title string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			title := title + r.PathValue("id")
			if c, err := r.Cookie("session"); err == nil {
				title += " för " + c.Value
			}
			fmt.Fprintf(w, goodPage, title, title)
		}
	}
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
		}
	}
	mux.HandleFunc("/{$}", page("Start"))
	mux.HandleFunc("/arende/{id}", page("Ärende "))
	mux.HandleFunc("/style.css", text("text/css", goodStyle))
	mux.HandleFunc("/bad", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "spar=1")
		text("text/html; charset=utf-8", badPage)(w, r)
	})
	mux.HandleFunc("/bad.css", text("text/css", badStyle))
	mux.HandleFunc("/bad.js", text("text/javascript", `document.body.append("Text som bara skript skriver. ".repeat(40)); nope()`))
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestCheckPassesAGoodPageAndNamesEachFaultOfABadOne(t *testing.T) {
	base := site(t)
	b := browser.New(t)

	t.Run("good", func(t *testing.T) {
		for _, url := range []string{base + "/", base + "/arende/1"} {
			browser.Report(t, b.Check(t, url, browser.CheckOptions{Budget: browser.PublicBudget}))
		}
	})
	t.Run("bad", func(t *testing.T) {
		found := b.Check(t, base+"/bad", browser.CheckOptions{Budget: browser.Budget{HTML: 100, Wire: 100, Requests: 1, Elements: 5}})
		for _, want := range []string{
			"csp", "cookie", "html:no-inline-style", "html:", "inline-handler",
			"nojs:link", "link:fragment", "link:broken", "lang", "h1", "main",
			"third-party", "console", "budget:html", "budget:wire", "budget:requests", "budget:elements",
			"axe:color-contrast", "axe:color-contrast@dark", "axe:image-alt", "axe:label", "axe:html-has-lang",
			"focus-visible", "reflow-320", "nojs:text", "nojs:form", "nojs:button",
		} {
			if !slices.ContainsFunc(found, func(v browser.Violation) bool {
				return v.Rule == want || strings.HasSuffix(want, ":") && strings.HasPrefix(v.Rule, want)
			}) {
				t.Errorf("no %s in:", want)
			}
		}
		if t.Failed() {
			for _, v := range found {
				t.Log(v)
			}
		}
	})
	t.Run("same title twice", func(t *testing.T) {
		found := b.Check(t, base+"/arende/1?visa=allt", browser.CheckOptions{})
		browser.Report(t, found)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, goodPage, "Start", "Annan sida")
		}))
		defer srv.Close()
		if found := b.Check(t, srv.URL+"/annan", browser.CheckOptions{}); !slices.ContainsFunc(found, func(v browser.Violation) bool { return v.Rule == "title" }) {
			t.Errorf("a second page with the title Start was not reported: %v", found)
		}
	})
	t.Run("wrong status", func(t *testing.T) {
		if found := b.Check(t, base+"/finns-inte", browser.CheckOptions{}); len(found) != 1 || found[0].Rule != "http" {
			t.Errorf("a missing page gave %v, want one http violation", found)
		}
	})
}

func TestCrawlFollowsLinksAndLooksAtThreePagesOfAShape(t *testing.T) {
	base := site(t)
	b := browser.New(t)
	got := b.Crawl(t, base, []string{"/"}, 50)
	want := []string{base + "/", base + "/arende/1", base + "/arende/2", base + "/arende/3"}
	if !slices.Equal(got, want) {
		t.Errorf("crawl of the good pages: %v, want %v", got, want)
	}
	if got := b.Crawl(t, base, []string{"/bad"}, 50); !slices.Contains(got, base+"/finns-inte") {
		t.Errorf("a crawl must return broken pages so that Check reports them, got %v", got)
	}
	if got := b.Crawl(t, base, []string{"/"}, 2); len(got) != 2 {
		t.Errorf("crawl with max 2 returned %d pages", len(got))
	}
}

func TestAPageIsWalkedByKeyboardWithoutJavaScript(t *testing.T) {
	base := site(t)
	b := browser.New(t).As(&http.Cookie{Name: "session", Value: "Kim"})
	p := b.Open(t, base+"/", browser.View{NoJS: true, Dark: true, Width: 320})
	if got := p.Title(); got != "Start för Kim" {
		t.Fatalf("title %q: the cookie was not sent", got)
	}
	p.TabTo("#sok")
	p.Press("lampa")
	p.TabTo("button")
	p.PressAndLoad("\r")
	if want := base + "/arende/1?sok=lampa"; p.URL() != want {
		t.Errorf("the form led to %s, want %s", p.URL(), want)
	}
	p.Fill("#sok", "väg")
	p.Follow("button")
	if got := p.Text("h1"); got != "Ärende 1 för Kim" {
		t.Errorf("h1 is %q", got)
	}
	if pixels, widest := p.Overflow(); pixels != 0 {
		t.Errorf("%s is %d px too wide", widest, pixels)
	}
	if p.Has("#finns-inte") || !p.Has("#sok") {
		t.Error("Has is wrong about what the page has")
	}
	file := t.TempDir() + "/page.png"
	p.Screenshot(file)
	if info, err := os.Stat(file); err != nil || info.Size() < 1000 {
		t.Errorf("screenshot: %v, %v", info, err)
	}
}

// TestRunningServer is `make webcheck`: it crawls the server at DYGNET_WEBCHECK_BASE.
func TestRunningServer(t *testing.T) {
	base := os.Getenv("DYGNET_WEBCHECK_BASE")
	if base == "" {
		t.Skip("make webcheck sets DYGNET_WEBCHECK_BASE to the server to look at")
	}
	b := browser.New(t)
	pages := b.Crawl(t, base, []string{"/", "/en/"}, 200)
	faults := 0
	for _, url := range pages {
		found := b.Check(t, url, browser.CheckOptions{})
		faults += len(found)
		browser.Report(t, found)
	}
	t.Logf("%d pages, %d violations", len(pages), faults)
}
