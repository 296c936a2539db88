package lawbook_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/lawbook"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// room is the pages of the book. Who asks stands in the header Test-Person.
type room struct {
	*book
	url   string
	texts *i18n.Catalogue
}

func openRoom(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{book: openBook(t, db)}
	r.texts = i18ntest.Complete(t, lawbook.Texts, office.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, r.texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	door := officetest.Door(r.Org, r.World.Clock, site)
	m := &lawbook.Module{Service: r.book.Service, Office: door, Site: func(req *http.Request, title, _ string) ui.Page {
		return ui.Page{Site: site, Title: title, Path: req.URL.RequestURI()}
	}}
	mux := http.NewServeMux()
	m.Routes(mux)
	mux.HandleFunc("GET /arende/{id}", func(w http.ResponseWriter, req *http.Request) { // a case's page, of which the panel is a part
		v, _ := door.Visitor(w, req)
		view, err := r.World.View(req.Context(), v.Who, req.PathValue("id"))
		if err != nil {
			web.Error(w, req, err)
			return
		}
		part, err := m.Panel(v, view)
		if err != nil {
			web.Error(w, req, err)
			return
		}
		_ = ui.Render(w, req, http.StatusOK, ui.Case{Page: v.Frame(v, "Ärendet", ""), Side: append(part.Side, templ.Raw("<p>"+v.T("law.title")+" "+strings.Repeat("v", m.Count(v))+"</p>"))})
	})
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(r.texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.World.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
					if key == "inv" {
						p.Kind = identity.Citizen
					}
					req = req.WithContext(identity.With(req.Context(), p))
				}
				next.ServeHTTP(w, req)
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) { fn(t, openRoom(t, db)) })
}

// want asks for a page, or sends a form, as somebody, and reads it. Every page is checked as HTML.
func (r *room) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Test-Person", who)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	if resp.StatusCode != status {
		t.Fatalf("%s as %q: %d, expected %d\n%.600s", path, who, resp.StatusCode, status, page)
	}
	if status != http.StatusSeeOther {
		uitest.Page(t, method+" "+path+" as "+who, strings.NewReader(page))
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %q does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

const osl = `---
beteckning: 2009:400
rubrik: Offentlighets- och sekretesslag
departement: Justitiedepartementet
publicerad_datum: 2025-01-01
---

# Offentlighets- och sekretesslag

## 21 kap. Sekretess till skydd för uppgift om enskilds personliga förhållanden

### Hälsa och sexualliv

#### 1 §

Sekretess gäller för uppgift som rör en enskilds hälsa, se 3 § och 5 § förvaltningslagen (2017:900).

#### 3 §

Sekretess gäller för uppgift om adress <b>.

### Övergångsbestämmelser

2009:400

Denna lag träder i kraft den 30 juni 2009.
`

// fill puts two statutes in the book.
func (r *room) fill(t *testing.T) {
	t.Helper()
	r.raw(t, "osl.md", osl)
	r.put(t, "fl.md", "2017:900", "Förvaltningslag", "2025-01-01", "Ett.", "Två.", "Tre.", "Fyra.", "En myndighet ska vara saklig.")
	r.imported(t)
}

func TestS8_B_1_TheLawIsReadWithoutPermissionInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.want(t, "", "/lag", nil, 200, "Här finns inga lagar än")
		r.fill(t)
		r.want(t, "", "/lag", nil, 200, "Här finns 2 författningar", `name="q"`)
		r.want(t, "", "/lag?q=h%C3%A4lsan", nil, 200, `href="/lag/2009:400/21/1"`, "<mark>hälsa</mark>", `lang="sv"`)
		r.want(t, "", "/en/lag?q=h%C3%A4lsan", nil, 200, `href="/en/lag/2009:400/21/1"`, "Found for")
		r.want(t, "", "/lag?q=21+kap.+3+%C2%A7+OSL", nil, 200, "Det här skrev du", `href="/lag/2009:400/21/3"`)
		r.want(t, "", "/lag?q=2017:900", nil, 200, `href="/lag/2017:900"`)
		r.want(t, "", "/lag?q=finnsinte", nil, 200, "Inga träffar")
		r.want(t, "", "/lag?q=%3Cscript%3E%22&efter=skräp", nil, 200)

		r.want(t, "", "/lag/2009:400", nil, 200, `href="/lag/2009:400/21"`, "Justitiedepartementet", `href="/lag/2009:400/mer#O"`)
		r.want(t, "", "/lag/2017:900", nil, 200, `id="P5"`, "saklig", "Lampa") // without chapters its page is its text; the lamp builds on it
		r.want(t, "", "/lag/2009:400/21", nil, 200, `id="K21P1"`, `id="K21P3"`, `href="/lag/2009:400/21/3"`, `href="/lag/2017:900/-/5"`)
		r.want(t, "", "/lag/2009:400/mer", nil, 200, "träder i kraft")
		page := r.want(t, "", "/en/lag/2009:400/21/1", nil, 200, "Next: 21 kap. 3 §", `href="/en/lag/2009:400/21/3"`, `href="/en/lag/2017:900/-/5"`)
		if strings.Contains(page, "Lampa") {
			t.Error("secrecy is not what a service builds on")
		}
		r.want(t, "", "/lag/2009:400/21/3", nil, 200, "Föregående: 21 kap. 1 §", "adress &lt;b&gt;")
		r.want(t, "", "/lag/2017:900/-/5", nil, 200, "E-tjänster som bygger på paragrafen", `href="/e-tjanster/lampa"`)
		for _, missing := range []string{"/lag/2009:400/21/99", "/lag/2009:400/99", "/lag/2009:400/-/1", "/lag/2009:400/21/x%20y"} {
			r.want(t, "", missing, nil, 404, "Det stället finns inte", `href="/lag/2009:400"`)
		}
		r.want(t, "", "/lag/1999:1", nil, 404)
		r.want(t, "", "/lag/2009:400/%2e%2e", nil, 404)

		// Read twice, in any language, by nobody in particular.
		if err := r.WriteCounts(t.Context()); err != nil {
			t.Fatal(err)
		}
		used, err := r.Used(t.Context(), 1)
		if err != nil || len(used) != 1 {
			t.Fatalf("%+v %v", used, err)
		}
	})
}

func TestAWordingToComeIsShownWithItsDay(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.raw(t, "a.json", `{"beteckning":"2010:1","rubrik":"Lag (2010:1)","fulltext":{"forfattningstext":"1 § /Upphör att gälla U:2026-07-01/\r\nGammalt.\r\n\r\n1 § /Träder i kraft I:2026-07-01/\r\nNytt."},"upphavdDateTime":"2027-01-01T00:00:00"}`)
		r.imported(t)
		page := r.want(t, "", "/lag/2010:1/-/1", nil, 200, "Gäller till och med den 30 juni 2026.", "Gäller från den 1 juli 2026.")
		if strings.Index(page, "Gammalt.") > strings.Index(page, "Nytt.") {
			t.Error("the wording of today does not come first")
		}
		r.want(t, "", "/lag/2010:1", nil, 200, "Upphävd")
	})
}

func TestS8_B_1_TheLawStandsBesideTheCase(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.HandIn(t, casestest.Broken()).CaseID
		r.want(t, "anna", "/arende/"+id, nil, 200) // without statutes there is nothing to show
		r.fill(t)
		if _, err := r.World.Note(t.Context(), r.As("anna"), cases.On{Case: id}, "Se 5 § FL och 21 kap. 3 § OSL, och 4 kap. 1 § SoL som inte finns här.", nil); err != nil {
			t.Fatal(err)
		}
		before := r.World.DB.Statements()
		page := r.want(t, "anna", "/arende/"+id, nil, 200, "Lagen bakom ärendet", "OSL 21:1", "en enskilds hälsa", `href="/lag/2009:400/21/1"`, // folded out
			`href="/lag/2017:900"`, // the whole statute is a link
			"Lagrum som nämns i ärendet", `href="/lag/2017:900/-/5"`, `href="/lag/2009:400/21/3"`)
		if strings.Contains(page, "SoL") {
			t.Error("what is not in the book is linked")
		}
		if n := r.World.DB.Statements() - before; n > 12 {
			t.Errorf("%d statements", n)
		}
	})
}

func TestS8_B_1_TheOwnerAssessesAChange(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.fill(t)
		r.raw(t, "osl.md", strings.NewReplacer("en enskilds hälsa", "en enskilds hälsa och sexualliv", "publicerad_datum: 2025-01-01", "publicerad_datum: 2025-02-01").Replace(osl))
		r.imported(t)
		for who, status := range map[string]int{"anna": 200, "chef": 200, "reg": 200, "kim": 200, "adm": 403, "inv": 403, "": 303} {
			r.want(t, who, "/arbete/lag", nil, status)
		}
		open, err := r.Changes(t.Context(), true)
		if err != nil || len(open) != 1 {
			t.Fatalf("%+v %v", open, err)
		}
		path := "/arbete/lag/" + open[0].ID
		r.want(t, "anna", "/arbete/lag", nil, 200, "21 kap. 1 § OSL (2009:400)", `href="`+path+`"`, "Lampa")
		if page := r.want(t, "kim", "/arbete/lag", nil, 200, "Inget att bedöma"); strings.Contains(page, open[0].ID) {
			t.Error("another unit's service is listed")
		}
		r.want(t, "kim", path, nil, 403)
		r.want(t, "anna", path, nil, 200, "<ins>", "och sexualliv", "Nytt:", `name="gjort"`)
		r.want(t, "anna", "/en"+path, nil, 200, "New:")
		if page := r.want(t, "reg", path, nil, 200); strings.Contains(page, `name="gjort"`) {
			t.Error("one who may only read is asked")
		}
		r.want(t, "reg", path, url.Values{"gjort": {"x"}}, 403)
		r.want(t, "anna", path, url.Values{"gjort": {" "}}, 422, "Skriv vad ni gör")
		r.want(t, "anna", path, url.Values{"gjort": {strings.Repeat("å", 2001)}}, 422, "högst 2 000", strings.Repeat("å", 2001))
		r.want(t, "anna", path, url.Values{"gjort": {"Texten är ändrad."}}, 303)
		r.want(t, "bo", path, url.Values{"gjort": {"Jag också."}}, 303) // a colleague was faster
		r.want(t, "anna", path, nil, 200, "Texten är ändrad.", "Person anna")
		r.want(t, "anna", "/arbete/lag", nil, 200, "Inget att bedöma", "Texten är ändrad.")
		r.want(t, "anna", "/arbete/lag/finns-inte", nil, 404)
	})
}

func TestTheNavigationCountsWhatWaitsForTheUnit(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.HandIn(t, casestest.Broken()).CaseID
		r.fill(t)
		r.raw(t, "osl.md", strings.NewReplacer("en enskilds hälsa", "annat", "publicerad_datum: 2025-01-01", "publicerad_datum: 2025-02-01").Replace(osl))
		r.imported(t)
		r.want(t, "anna", "/arende/"+id, nil, 200, "förordningar v</p>")
		r.want(t, "rev", "/arende/"+id, nil, 200, "förordningar </p>")
	})
}

func TestCitationsInWordsOfOthersAreLinkedAndNothingElseIs(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.fill(t)
		ctx := i18n.With(t.Context(), r.texts.For(i18n.SV))
		for text, want := range map[string]string{
			"Enligt 5 § FL & <b>":      `Enligt <a class="ds-link" href="/lag/2017:900/-/5">5 § FL</a> &amp; &lt;b&gt;`,
			"9 kap. 30 § PBL":          "9 kap. 30 § PBL",
			"21 kap. 999 § OSL":        `<a class="ds-link" href="/lag/2009:400/21">21 kap. 999 § OSL</a>`, // the chapter is there, the § is not
			"99 kap. 1 § OSL":          `<a class="ds-link" href="/lag/2009:400">99 kap. 1 § OSL</a>`,
			"999 § FL":                 `<a class="ds-link" href="/lag/2017:900">999 § FL</a>`,
			"":                         "",
			"21 kap. OSL\noch \"mer\"": "<a class=\"ds-link\" href=\"/lag/2009:400/21\">21 kap. OSL</a>\noch &#34;mer&#34;",
		} {
			got, err := ui.String(ctx, r.Linked(text))
			if err != nil || got != want {
				t.Errorf("%q: %s %v\nwant %s", text, got, err, want)
			}
		}
	})
}

func TestEveryTextOfTheBookIsUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, lawbook.Texts), ".", "law.")
}
