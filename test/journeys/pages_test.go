package journeys_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dygnet/test/browser"
)

// visitOf is one kind of visitor, and where they begin: a crawl finds the rest.
type visitOf struct {
	name   string
	start  []string
	only   string // regular expression of the paths looked at, without language; "" for all but the public ones
	budget browser.Budget
	// settle brings the visitor to where the pages are worth looking at.
	settle func(t *testing.T) *client
	// also are pages that no link leads to, with the status they answer.
	also map[string]int
}

// TestEveryKindOfPageIsAccessible crawls the site as each kind of visitor and looks at one page of each shape, in Swedish and in
// English: valid HTML, axe in light, dark and at 320 px, no sideways scrolling, keyboard, no JavaScript, nothing from elsewhere; public
// pages within their budget, without a cookie (S4-WG-2).
func TestEveryKindOfPageIsAccessible(t *testing.T) {
	for _, v := range []visitOf{
		{
			name: "anonymous", start: []string{"/", "/en"}, budget: browser.PublicBudget, settle: func(t *testing.T) *client { return visitor(t) },
			also: map[string]int{"/sok?q=lampa": 200, "/sok?q=qwxz": 200, "/en/sok?q=qwxz": 200, "/finns-inte": 404, "/en/finns-inte": 404},
		},
		{name: "reporter", settle: halfway, start: []string{
			"/e-tjanster/felanmalan/vad", "/e-tjanster/felanmalan/granska", "/en/e-tjanster/felanmalan/vad", "/en/e-tjanster/felanmalan/granska",
			"/e-tjanster/felanmalan/sparat", "/en/e-tjanster/felanmalan/sparat", "/e-tjanster/felanmalan/plats?sok=plats", "/en/e-tjanster/felanmalan/plats?sok=plats",
			"/e-tjanster/felanmalan/foto", "/e-tjanster/felanmalan/kontakt", "/e-tjanster/synpunkt/till?fel=1", "/en/e-tjanster/synpunkt/synpunkt?fel=1",
			"/e-tjanster/synpunkt/plats", "/e-tjanster/synpunkt/visa", "/e-tjanster/synpunkt/kontakt?fel=1",
		}},
		{name: "sender", settle: sentIn, start: []string{"/e-tjanster/felanmalan/klart", "/en/e-tjanster/felanmalan/klart", "/e-tjanster/felanmalan/klart?igen=1", "/folj", "/en/folj"}},
		{name: "citizen", settle: func(t *testing.T) *client { return as(t, "invanare") }, start: []string{"/mina-sidor", "/en/mina-sidor"}, also: map[string]int{"/arbete": 403}},
		{name: "officer", settle: func(t *testing.T) *client { return as(t, "handlaggare") }, start: []string{"/arbete/inkorg", "/en/arbete/inkorg", "/arbete/sok?q=lampan", "/en/arbete/sok?q=lampan"}, also: map[string]int{"/arbete/logg": 403, "/en/arbete/arenden/finns-inte": 404}},
		{name: "registrar", only: `^/arbete/diarium`, settle: func(t *testing.T) *client { return as(t, "registrator") }, start: []string{"/arbete/diarium", "/en/arbete/diarium"}},
		{name: "auditor", only: `^/arbete/(logg|arenden)`, settle: func(t *testing.T) *client { return as(t, "revisor") }, start: []string{"/arbete/logg", "/en/arbete/logg"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			c := v.settle(t)
			b := browser.New(t).As(c.cookies()...)
			done := map[string]bool{}
			look := func(address string, status int) {
				kind := shape(t, address)
				if done[kind] {
					return
				}
				done[kind] = true
				o := browser.CheckOptions{Status: status, Words: done[strings.TrimPrefix(kind, "/en")]}
				if status == http.StatusOK {
					o.Budget = v.budget
				}
				browser.Report(t, slices.DeleteFunc(b.Check(t, address, o), func(v browser.Violation) bool {
					return status >= 400 && v.Rule == "link:broken" // the same page that is not there, in the other language
				}))
			}
			pages := b.Crawl(t, demo.base, v.start, 150)
			for _, english := range []bool{false, true} {
				for _, address := range pages {
					path := strings.TrimPrefix(address, demo.base)
					if strings.HasPrefix(path+"/", "/en/") == english && v.looksAt(path) {
						look(address, http.StatusOK)
					}
				}
			}
			for _, path := range slices.Sorted(maps.Keys(v.also)) {
				look(demo.base+path, v.also[path])
			}
			t.Logf("%d pages", len(done))
		})
	}
}

// service is an e-service: their pages are one template, and the walks through them look at their steps.
var service = regexp.MustCompile(`/e-tjanster/[a-z-]+`)

var varying = regexp.MustCompile(`/[^/]*[0-9][^/]*`)

// shape is what pages of one template have in common: the path without what numbers it, and the names of its query.
func shape(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(u.Query()))
	if len(names) > 1 { // filters, sorting: one of them shows them all
		names = []string{"several"}
	}
	path := service.ReplaceAllString(strings.TrimSuffix(u.Path, "/"), "/e-tjanster/*")
	return varying.ReplaceAllString(path, "/*") + "?" + strings.Join(names, "")
}

// looksAt tells whether the page is this visitor's to look at: nothing is looked at twice.
func (v visitOf) looksAt(path string) bool {
	if v.only != "" {
		return regexp.MustCompile(v.only).MatchString(strings.TrimPrefix(path, "/en"))
	}
	return v.name == "anonymous" || !public(path)
}

// public tells whether a page is the same for everyone: looked at once, as somebody who is not signed in.
func public(path string) bool {
	path = strings.TrimPrefix(path, "/en")
	for _, own := range []string{"/arbete", "/mina-sidor", "/folj/", "/demo"} {
		if strings.HasPrefix(path, own) {
			return false
		}
	}
	return !regexp.MustCompile(`^/e-tjanster/[a-z]+/.|^/folj$`).MatchString(path) || strings.HasSuffix(path, "/allt")
}

// halfway is somebody in the middle of two forms, with a file.
func halfway(t *testing.T) *client {
	c := begun(t)
	c.post("/e-tjanster/felanmalan/vad", url.Values{"kategori": {"gatubelysning"}})
	c.post(describe, url.Values{"beskrivning": {"Den blinkar"}, "slackta": {"en"}, "farligt": {"yes"}})
	upload{field: "foto", name: "lampa.jpg", kind: "image/jpeg", content: photo(t)}.send(c, pictures)
	c.post("/e-tjanster/felanmalan/plats", url.Values{"plats.address": {"Storgatan 5"}})
	c.post("/e-tjanster/felanmalan/kontakt", url.Values{"anonym": {"no"}, "kontakt.name": {"Åsa Öberg"}, "kontakt.email": {"asa.oberg@example.org"}})
	c.post("/e-tjanster/synpunkt", nil)
	c.post("/e-tjanster/synpunkt/plats", url.Values{"har_plats": {"yes"}})
	return c
}

// sentIn is somebody who has sent a report and written in it.
func sentIn(t *testing.T) *client {
	c := visitor(t)
	number, _ := receiptOf(t, upload{fields: faultReport(c, "En lampa att titta på"), field: "foto", name: "lampa.jpg", kind: "image/jpeg", content: photo(t)}.send(c, "/e-tjanster/felanmalan/allt"))
	c.post("/folj/"+slug(number)+"/svara", url.Values{"text": {"Den blinkar fortfarande."}})
	return c
}
