package browser_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/test/browser"
)

// dressed returns the texts and assets of kernel/ui; without a build the test is skipped.
func dressed(t *testing.T) (*i18n.Catalogue, *ui.Assets) {
	t.Helper()
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if errors.Is(err, ui.ErrAssets) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return i18ntest.Complete(t, ui.Texts), assets
}

func gallery(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(uitest.Gallery(dressed(t)))
	t.Cleanup(server.Close)
	return server.URL
}

func TestEveryComponentPassesInTheBrowser(t *testing.T) {
	base, b := gallery(t), browser.New(t)
	for _, path := range uitest.Paths() {
		t.Run(path, func(t *testing.T) {
			budget := browser.PublicBudget
			switch path {
			case "/karta":
				budget.Wire, budget.Requests = 160_000, 8
			case "/lista", "/arende": // staff pages listen to a stream
				budget.Requests = 5
			}
			browser.Report(t, b.Check(t, base+path, browser.CheckOptions{Budget: budget}))
			browser.Report(t, b.Check(t, base+i18n.EN.Path(path), browser.CheckOptions{Budget: budget}))
		})
	}
}

// until waits for something the page does by itself.
func until(t *testing.T, p *browser.Page, what, js string) {
	t.Helper()
	ok := browser.Eval[bool](p, fmt.Sprintf(`new Promise((done) => {
		const began = Date.now();
		const look = () => { if (%s) done(true); else if (Date.now() - began > 5000) done(false); else requestAnimationFrame(look); };
		look();
	})`, js))
	if !ok {
		t.Fatalf("%s: %s never came true", what, js)
	}
}

func TestTheCounterSaysHowMuchIsLeftAndTooMuch(t *testing.T) {
	base, b := gallery(t), browser.New(t)
	p := b.Open(t, base+"/fraga", browser.View{})
	write := func(text string) {
		browser.Eval[any](p, `document.getElementById('text').select(); null`)
		p.Press(text)
	}
	write("Lampan blinkar")
	until(t, p, "counter", `document.querySelector('#text-max').textContent === '186 tecken kvar'`)
	write(strings.Repeat("x", 203))
	until(t, p, "counter", `document.querySelector('#text-max').textContent === '3 tecken för mycket'`)
}

func TestLeavingUnsavedTextIsWarnedAbout(t *testing.T) {
	base, b := gallery(t), browser.New(t)
	p := b.Open(t, base+"/fraga", browser.View{})
	asks := `(() => { const e = new Event('beforeunload', {cancelable: true}); dispatchEvent(e); return e.defaultPrevented; })()`
	if browser.Eval[bool](p, asks) {
		t.Error("warns before anything was typed")
	}
	p.Fill("#mail", "namn@example.org")
	if !browser.Eval[bool](p, asks) {
		t.Error("does not warn of typed text")
	}
}

func TestAPlaceIsChosenOnTheMapByKeyboardAlone(t *testing.T) {
	base, b := gallery(t), browser.New(t)
	p := b.Open(t, base+"/karta", browser.View{})
	value := func(id string) string {
		return browser.Eval[string](p, fmt.Sprintf(`document.getElementById(%q).value`, id))
	}
	until(t, p, "map", `document.querySelector('#place canvas')`)
	p.TabTo("#place")
	p.Press("\r")
	if lat, lon := value("place-lat"), value("place-lon"); lat != "59.996000" || lon != "15.794000" {
		t.Errorf("the middle of the map is %s, %s", lat, lon)
	}
	if !strings.Contains(p.Text(".d-map__bar [role=status]"), "59.996") {
		t.Errorf("the choice is not announced")
	}
	browser.Eval[any](p, `document.getElementById('place-lat').value = '59,9'; document.getElementById('place-lat').dispatchEvent(new Event('change')); null`)
	p.TabTo(".d-map__bar button")
	p.Press("\r")
	if lat := value("place-lat"); !strings.HasPrefix(lat, "59.90000") {
		t.Errorf("typed latitude 59,9 did not move the map: %s", lat)
	}
}

func TestShortcutsWorkOnlyWhereSwitchedOnAndNotWhileTyping(t *testing.T) {
	base, b := gallery(t), browser.New(t)
	p := b.Open(t, base+"/lista", browser.View{})
	p.Press("/")
	until(t, p, "shortcut", `document.activeElement.id === 'search'`)
	p.Press("n")
	if got := browser.Eval[string](p, `document.getElementById('search').value`); !strings.HasSuffix(got, "n") || !strings.HasSuffix(p.URL(), "/lista") {
		t.Errorf("typing n in a field gave %q at %s", got, p.URL())
	}
	browser.Eval[any](p, `document.activeElement.blur(); null`)
	p.PressAndLoad("n")
	if got := p.URL(); !strings.HasSuffix(got, "/fraga") {
		t.Errorf("n led to %s", got)
	}
	p.Press("n")
	if got := p.URL(); !strings.HasSuffix(got, "/fraga") {
		t.Errorf("n on a page without shortcuts led to %s", got)
	}
}

func TestALivePartRenewsItselfAndLeavesTypedTextAlone(t *testing.T) {
	texts, assets := dressed(t)
	var count atomic.Int64
	tick := make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.AssetsPath, assets)
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick:
				_, _ = fmt.Fprint(w, "data:\n\n")
				_ = http.NewResponseController(w).Flush()
			}
		}
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page := ui.List{
			Page: ui.Page{Site: &ui.Site{Assets: assets}, Title: "Inkorg", Path: "/"}, Found: int(count.Add(1)),
			Live: &ui.Live{ID: "inbox", URL: "/stream"},
		}
		row := func(id string) ui.Row {
			return ui.Row{Value: id + "." + strconv.Itoa(page.Found), Cells: []ui.Cell{{Text: id, Href: "/arende/" + id}}}
		}
		page.Table = templ.Join(ui.Table{Caption: "Ärenden", Columns: []ui.Column{{Title: "Nummer"}}, Select: "arende", Form: "b", Rows: []ui.Row{row("c1"), row("c2")}},
			ui.Input{Field: ui.Field{Name: "note", Label: "Anteckning"}})
		if err := ui.Render(w, r.WithContext(i18n.With(r.Context(), texts.For(i18n.SV))), http.StatusOK, page); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.CloseClientConnections)
	p := browser.New(t).Open(t, server.URL+"/", browser.View{})
	send := func() {
		t.Helper()
		select {
		case tick <- struct{}{}:
		case <-time.After(5 * time.Second):
			t.Fatal("the page does not listen to its stream")
		}
	}
	send()
	until(t, p, "live", `document.querySelector('.d-found').textContent.trim() === '2 träffar'`)
	until(t, p, "live", `document.querySelector('#live-status').textContent === 'Sidan har uppdaterats.'`)
	// What somebody has ticked and where they are in the list stays.
	browser.Eval[any](p, `document.querySelectorAll('tbody [type=checkbox]')[1].click(); document.querySelector('a[href="/arende/c1"]').focus(); null`)
	send()
	until(t, p, "live", `document.querySelector('.d-found').textContent.trim() === '3 träffar'`)
	if got := browser.Eval[string](p, `[...document.querySelectorAll('tbody :checked')].map((e) => e.value) + ' ' + document.activeElement.getAttribute('href')`); got != "c2.3 /arende/c1" {
		t.Errorf("ticked and in focus: %s", got)
	}
	browser.Eval[any](p, `document.querySelectorAll('tbody [type=checkbox]')[0].focus(); null`)
	send()
	until(t, p, "live", `document.querySelector('.d-found').textContent.trim() === '4 träffar'`)
	if got := browser.Eval[string](p, `document.activeElement.value`); got != "c1.4" {
		t.Errorf("in focus: %s", got)
	}
	p.Fill("#note", "halvskrivet")
	send()
	browser.Eval[any](p, `new Promise((done) => setTimeout(done, 600))`) // the page waits 300 ms before it asks
	if got := browser.Eval[string](p, `document.getElementById('note').value`); got != "halvskrivet" || count.Load() != 4 {
		t.Errorf("the text became %q, the page was fetched %d times", got, count.Load())
	}
}
