package web_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/drafts"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

var publicPages = []string{
	"/", "/e-tjanster", "/e-tjanster?q=lampor", "/e-tjanster?q=finnsinte", "/e-tjanster/fel", "/e-tjanster/fel/allt", "/sok", "/sok?q=lampa", "/sok?q=kakor", "/sok?q=%ff%3Cscript%3E",
	"/diarium", "/kontakt", "/tillganglighet", "/personuppgifter", "/om-webbplatsen", "/status", "/journal", "/folj", "/logga-in", "/logga-in?till=/mina-sidor", "/demo/brevlada",
}

func TestPublicPagesSetNoCookieAndAreSmall(t *testing.T) {
	h := once(t, nil)
	*h.mail = letters{{ID: "1", To: "ines@example.se", Subject: "Vi har fått ditt ärende", Text: "Hej", At: h.Clock.Now()}}
	for _, l := range i18n.Languages() {
		b := h.browser(t, l)
		titles := map[string]string{}
		for _, path := range publicPages {
			v := b.get(path).want(http.StatusOK)
			if c := v.Header.Values("Set-Cookie"); c != nil {
				t.Errorf("%s sets a cookie: %v", path, c)
			}
			if len(v.body) > 30_000 {
				t.Errorf("%s: %d bytes of HTML, at most 30 000", path, len(v.body))
			}
			if l == i18n.EN && strings.Contains(v.text(), "Det här") {
				t.Errorf("%s in English says %q", path, main(v))
			}
			title := regexp.MustCompile(`<title>[^<]*`).FindString(v.body)
			if other := titles[title]; other != "" && !strings.Contains(path, "?") {
				t.Errorf("%s and %s have the same title", path, other)
			}
			titles[title] = path
		}
	}
}

func TestTheAccessibilityStatementHoldsWhatTheLawWants(t *testing.T) {
	once(t, nil).browser(t, i18n.SV).get("/tillganglighet").want(http.StatusOK, "Ljusviks kommun", "delvis förenlig", "digg.se/tdosanmalan", "23 november 2026", "kommun@ljusvik.example",
		"inte provat sidorna med personer", "axe-core")
}

func TestPagesOnceRenderedComeFromTheCache(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.get("/").want(http.StatusOK, "Välkommen till Ljusviks kommun", "Felanmälan", "Ring 112")
	if h.Cache.Len() == 0 {
		t.Error("the start page is not kept")
	}
	h.Lamp = faultReport(t, nil)
	h.Cache.Invalidate(site.CacheTopic)
	if h.Cache.Len() != 0 {
		t.Error("a change of the pack leaves old pages")
	}
	b.signIn("inv")
	b.get("/").want(http.StatusOK, "Ines Invånare")
	if v := h.browser(t, i18n.SV).get("/"); strings.Contains(v.text(), "Ines") {
		t.Error("a personal page came from the cache")
	}
}

func TestSearchFindsInflectedWordsAndParts(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	for words, hit := range map[string]bool{"lampa": true, "lampan": true, "gatlampor": true, "fel": true, "FELANMÄLAN": true, "hål": true, "bygglov": false, "fel bygglov": false} {
		v := b.get("/e-tjanster?q=" + strings.ReplaceAll(words, " ", "+"))
		if got := strings.Contains(v.text(), "Säg till om något"); got != hit {
			t.Errorf("%q found %v, want %v", words, got, hit)
		}
	}
	b.get("/sok?q=kakor").want(http.StatusOK, "Om webbplatsen")
	b.get("/sok?q=bygglov").want(http.StatusOK, "Inga träffar på ”bygglov”", "0555-123 00")
	b.get("/").form("/sok").set("q", "lampa").send().want(http.StatusOK, "Felanmälan")
}

// S2-M1-2 and S2-M2-3: other ways than the digital one, on the page of each service. S8-B-1: the law that it rests on.
func TestTheEntryPageTellsAllBeforeOneStarts(t *testing.T) {
	h := once(t, nil)
	h.browser(t, i18n.SV).get("/e-tjanster/fel").want(http.StatusOK, "Ring om det är farligt.", "skyddade personuppgifter", "5 arbetsdagar", "FL (2017:900)", "Laga lampan",
		"Vad är trasigt?", "Stolpens nummer (bara ibland)", "När? (frivilligt)", "0555-123 00", "Vi tittar på det", "30 dagar", "allmän handling")
	h.browser(t, i18n.SV).get("/e-tjanster/finns-inte").want(http.StatusNotFound)
}

func TestAddressesAreFoundWithoutJavaScriptOrMap(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b).form("/vad").set("what", "water", "text", "x").send()
	v := b.get("/e-tjanster/fel/var").form("/var").set("where.address", "storg").send("_sok", "where").want(http.StatusOK, "Vilken adress menar du?", "Storgatan 1", "Storgatan 12", "Behåll ”storg”")
	v.form("/var").set("_adress.where", "Storgatan 12").send().want(http.StatusOK).at("/e-tjanster/fel/foto")
	f := b.get("/e-tjanster/fel/var").form("/var")
	if f.values.Get("where.address") != "Storgatan 12" || f.values.Get("where-lat") != "60.020000" {
		t.Errorf("the chosen address gives %v", f.values)
	}
	// Another address leaves no point of the old one behind.
	f.set("where.address", "Bortom allt 7").send()
	f = b.get("/e-tjanster/fel/var").form("/var")
	if f.values.Get("where-lat") != "" || f.values.Get("where.address") != "Bortom allt 7" {
		t.Errorf("the old point stands with the new address: %v", f.values)
	}
	// A point that was set by hand stays.
	f.set("where-lat", "60,5", "where-lon", "15,5").send().want(http.StatusOK)
	b.get("/e-tjanster/fel/var").form("/var").set("where.address", "Ågränd 3").send()
	if f = b.get("/e-tjanster/fel/var").form("/var"); f.values.Get("where-lat") != "60,5" {
		t.Errorf("a point set by hand was moved: %v", f.values)
	}
	b.get("/e-tjanster/fel/var").form("/var").set("where.address", "xyz").send("_sok", "where").want(http.StatusOK, "Vi hittade ingen sådan adress")
	if v := b.get("/karta/bas.geojson").want(http.StatusOK); v.Header.Get("Content-Type") != "application/geo+json" {
		t.Error("no map data")
	}
	b.get("/karta/annat.geojson").want(http.StatusNotFound)
}

func TestSaveForLaterAndDiscard(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b).form("/vad").set("text", "Halvfärdigt").send("_spara", "1").want(http.StatusOK, "Sparat", "1 april 2026").at("/e-tjanster/fel/sparat")
	b.get("/e-tjanster/fel").form("/e-tjanster/fel").send().want(http.StatusOK, "Halvfärdigt")
	b.get("/e-tjanster/fel/ta-bort").want(http.StatusOK, "Det går inte att ångra").form("/ta-bort").send().at("/e-tjanster/fel")
	b.get("/e-tjanster/fel/vad").at("/e-tjanster/fel")
	// What is typed after the draft is gone begins a new one.
	b.post("/e-tjanster/fel/vad", map[string][]string{"what": {"water"}, "text": {"Inte förlorat"}}).want(http.StatusOK).at("/e-tjanster/fel/var")
	b.get("/e-tjanster/fel/vad").want(http.StatusOK, "Inte förlorat")
}

func TestDraftsAreDeletedWithTheirFilesWhenTheirDayComes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		begin(b)
		v := b.get("/e-tjanster/fel/foto").form("/foto").attach("photo", part{"a.txt", "text/plain", "hej"}).send("_ladda", "photo").want(http.StatusOK, "a.txt")
		id := regexpID(t, v.body)
		if err := drafts.NewStore(h.DB, h.Vault, h.Clock).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.get("/e-tjanster/fel/foto").want(http.StatusOK, "a.txt")
		h.Clock.Advance(31 * 24 * time.Hour)
		if err := drafts.NewStore(h.DB, h.Vault, h.Clock).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.vault.Open(t.Context(), id); err == nil {
			t.Error("the file of a deleted draft can be read")
		}
		var n int
		if err := h.DB.QueryRow(t.Context(), `SELECT count(*) FROM draft`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d drafts, %v", n, err)
		}
	})
}

func TestTwoTabsDoNotUndoEachOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		begin(b)
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.post("/e-tjanster/fel/vad", map[string][]string{"what": {"water"}, "text": {"i den ena"}})
		}()
		b.post("/e-tjanster/fel/var", map[string][]string{"where.text": {"i den andra"}})
		<-done
		b.get("/e-tjanster/fel/vad").want(http.StatusOK, "i den ena")
		if got := b.get("/e-tjanster/fel/var").form("/var").values.Get("where.text"); got != "i den andra" {
			t.Errorf("the other tab's answer is %q", got)
		}
	})
}

func TestTheJournalIsOpenToAuditors(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.post("/e-tjanster/fel/allt", allAnswers("0197a000-0000-7000-8000-000000000003")).want(http.StatusOK)
	b.get("/journal").want(http.StatusOK, h.Log.Key().Public())
	head := b.get("/journal/checkpoint").want(http.StatusOK)
	if !strings.HasPrefix(head.body, h.Log.Key().Origin()+"\n") || !strings.HasPrefix(head.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("checkpoint %q", head.body)
	}
	b.get("/journal/inclusion?size=2&entry=0").want(http.StatusOK, `"proof":[`)
	b.get("/journal/consistency?from=1&size=2").want(http.StatusOK, `"proof":[`)
	for path, status := range map[string]int{"/journal/inclusion": 400, "/journal/inclusion?size=x&entry=1": 400, "/journal/inclusion?size=1&entry=5": 404, "/journal/inclusion?size=999999&entry=5": 400, "/journal/consistency?from=9&size=2": 404} {
		b.get(path).want(status)
	}
}

func TestTheCasePageIsToldWhenSomethingHappens(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	v := b.post("/e-tjanster/fel/allt", allAnswers("0197a000-0000-7000-8000-000000000004")).want(http.StatusOK)
	number := caseNumber.FindString(v.text())
	here := "/folj/" + slug(number)
	if page := b.get(here).want(http.StatusOK); !strings.Contains(page.body, `data-live="`+here+`/strom"`) {
		t.Error("the case page does not listen")
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := b.request(http.MethodGet, here+"/strom", "", nil).WithContext(ctx)
	resp, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	id, err := h.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if topic := <-h.live.topic; topic != "case:"+id || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("topic %s, %v", topic, resp.Header)
	}
	h.live.ring <- struct{}{}
	var got []byte
	for buf := make([]byte, 64); !strings.Contains(string(got), "data:"); {
		n, err := resp.Body.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	stranger := h.browser(t, i18n.SV)
	stranger.get(here + "/strom").want(http.StatusNotFound)
}

func TestTheRegisterIsPagedAndHidesWhatIsSuppressed(t *testing.T) {
	h := once(t, nil)
	clean, _ := h.Lamp.Validate(map[string][]string{"what": {"water"}, "text": {"x"}, "where.address": {"Storgatan 1"}, "anonymous": {"no"}, "who.name": {"Hemlig Person"}, "who.email": {"x@example.se"}})
	for range 60 {
		if _, err := h.Submit(t.Context(), cases.Submission{Key: store.NewID(), Type: h.Lamp, Answers: clean, Channel: "web", Lang: i18n.SV}); err != nil {
			t.Fatal(err)
		}
	}
	b := h.browser(t, i18n.SV)
	first := b.get("/diarium").want(http.StatusOK, "KS 2026/00060-1", "Nästa sida")
	if strings.Contains(first.text(), "Hemlig") {
		t.Error("the party is shown")
	}
	next := regexp.MustCompile(`/diarium\?efter=[0-9a-f-]+`).FindString(first.body)
	second := b.get(next).want(http.StatusOK, "KS 2026/00010-1", "KS 2026/00001-1")
	seen := append(caseNumber.FindAllString(first.text(), -1), caseNumber.FindAllString(second.text(), -1)...)
	slices.Sort(seen)
	if got := slices.Compact(seen); len(got) != 60 {
		t.Errorf("%d of 60 rows shown", len(got))
	}
	b.get("/diarium?efter=%27%3B").want(http.StatusOK, "KS 2026/00060-1")
}

func TestWhatFootersOfOldLinkedToLeadsOn(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.EN)
	b.get("/om-webbplatsen/tillganglighet").want(http.StatusOK, "Accessibility statement").at("/tillganglighet")
	b.get("/om-webbplatsen/kakor").want(http.StatusOK, "Cookies").at("/om-webbplatsen")
}
