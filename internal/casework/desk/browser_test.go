package desk_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/test/browser"
)

// furnished is an office with assets and something in each queue.
func furnished(t *testing.T) (o *office, id string) {
	t.Helper()
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if errors.Is(err, ui.ErrAssets) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	o = open(t, storetest.SQLite(t, rooms()...), assets)
	id = o.lamp(t)
	anna := o.As("anna")
	must := func(_ *cases.Case, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(o.Claim(t.Context(), anna, cases.On{Case: id}))
	must(o.Move(t.Context(), anna, cases.On{Case: id}, "pagar", ""))
	must(o.Message(t.Context(), anna, cases.On{Case: id}, "Vi byter lampan i morgon.\n\nHälsningar\nAnna", nil))
	must(o.Note(t.Context(), anna, cases.On{Case: id}, "Ringde montören. Kommer tisdag.", nil))
	must(o.Reply(t.Context(), cases.Citizen{Opened: []string{id}}, id, "Tack!", nil))
	must(o.Mark(t.Context(), anna, cases.On{Case: id}, cases.Marked, "OSL 21:1", "Uppgift om hälsa"))
	for range 3 {
		o.lamp(t)
	}
	must(o.Claim(t.Context(), anna, cases.On{Case: o.lamp(t)}))
	o.Find(t)
	return o, id
}

func (o *office) browser(t *testing.T, b *browser.Browser, key string) *browser.Browser {
	return b.As(&http.Cookie{Name: "test-person", Value: key})
}

// shots names the folder that pictures of the pages are kept in, for the eye.
const shots = "DYGNET_TEST_SHOTS"

// shot keeps a picture of a page.
func shot(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if folder := os.Getenv(shots); folder != "" {
		p.Screenshot(filepath.Join(folder, strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(name)+".png"))
	}
}

// test/journeys crawls these pages of the demo town. This looks at them with everything they can hold, and keeps pictures of them.
func TestEveryPageOfTheDeskPassesInTheBrowser(t *testing.T) {
	if os.Getenv(shots) == "" {
		t.Skip("minutes long: set " + shots + " to a folder for pictures of every page")
	}
	o, id := furnished(t)
	chromium := browser.New(t)
	here := "/arbete/arenden/" + id
	row := firstRow(t, o.as(t, "reg"))
	english := map[string]bool{"/arbete/inkorg": true, here: true, here + "/svara": true}
	for key, paths := range map[string][]string{
		"anna": {"/arbete/inkorg", "/arbete/inkorg?ko=otilldelade", "/arbete/inkorg?ko=oppna&typ=lampa", "/arbete/inkorg?ko=till-mig", here, here + "/svara", here + "/anteckning", here + "/status",
			here + "/beslut", here + "/tilldela", here + "/andra", here + "/sekretess", "/arbete/sok", "/arbete/sok?q=lampan", "/arbete/sok?q=finnsinte", "/arbete/diarium",
			"/arbete/hjalp", "/arbete/installningar", "/arbete/inloggad"},
		"reg": {row, "/arbete/inkorg"},
		"rev": {here, here + "/logg", "/arbete/logg"},
		"adm": {"/arbete/inkorg"},
	} {
		b := o.browser(t, chromium, key)
		for _, path := range paths {
			t.Run(key+path, func(t *testing.T) {
				budget := browser.Budget{Wire: 70_000, HTML: 100_000, Requests: 6}
				browser.Report(t, b.Check(t, o.url+path, browser.CheckOptions{Budget: budget}))
				if english[path] {
					browser.Report(t, b.Check(t, o.url+"/en"+path, browser.CheckOptions{Budget: budget}))
				}
				shot(t, b.Open(t, o.url+path, browser.View{}), key+path)
				shot(t, b.Open(t, o.url+path, browser.View{Width: 320, Dark: true}), "small_"+key+path)
			})
		}
	}
}

func TestPagesThatOnlyAPostGivesPassInTheBrowser(t *testing.T) {
	o, id := furnished(t)
	b := o.browser(t, browser.New(t), "anna")
	here := o.url + "/arbete/arenden/" + id
	for _, view := range []browser.View{{}, {NoJS: true}, {Width: 320, Dark: true}} {
		name := "light"
		if view.NoJS {
			name = "nojs"
		} else if view.Dark {
			name = "small"
		}
		look := func(t *testing.T, p *browser.Page, want string) {
			t.Helper()
			if !strings.Contains(p.Text("main"), want) {
				t.Fatalf("no %q at %s: %s", want, p.URL(), p.Text("main"))
			}
			if pixels, widest := p.Overflow(); pixels > 0 {
				t.Errorf("%d px too wide: %s", pixels, widest)
			}
			if !view.NoJS {
				browser.Report(t, p.Axe())
			}
			shot(t, p, t.Name())
		}
		t.Run("merge "+name, func(t *testing.T) {
			p := b.Open(t, here+"/andra", view)
			v, err := o.View(t.Context(), o.As("anna"), id)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.Edit(t.Context(), o.As("anna"), cases.On{Case: id, Version: v.Case.Version}, cases.Facts{Subject: "Lampa vid torget " + name, Address: "Torget", Due: v.Case.Due}); err != nil {
				t.Fatal(err)
			}
			p.Fill("#arendemening", "Lampa på Storgatan "+name)
			p.Follow("main form button")
			look(t, p, "Lampa vid torget "+name)
			p.Click("#behall-arendemening-2")
			p.Follow("main form button")
			if !strings.Contains(p.Text("main"), "Uppgifterna är sparade.") || !strings.Contains(p.Text("h1"), "Lampa på Storgatan "+name) {
				t.Errorf("after the choice: %s", p.Text("main"))
			}
		})
		if view.NoJS {
			continue // choosing is what could need a script
		}
		t.Run("fault "+name, func(t *testing.T) {
			p := b.Open(t, here+"/beslut", view)
			p.Follow("main form button")
			look(t, p, "Skriv beslutet och skälen")
		})
		t.Run("session lost "+name, func(t *testing.T) {
			p := b.Open(t, here+"/svara", view)
			p.Fill("#text", "En text som inte får gå förlorad")
			o.out.Store(true)
			defer o.out.Store(false)
			p.Follow("main form button")
			look(t, p, "En text som inte får gå förlorad")
		})
	}
}
