package studio_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/studio"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// room is the studio of the small municipality, with a folder that a test may change. Who asks stands in the header Test-Person.
type room struct {
	*casestest.World
	types   *catalogue.Catalogue
	measure *measure.Service
	folder  *folder
	url     string
}

// folder holds what would be read. Reading publishes into the room's catalogue.
type folder struct {
	r    *room
	list []*casetype.CaseType
	by   bodies.By
}

func (f *folder) Read() (*pack.Pack, error) {
	return &pack.Pack{CaseTypes: f.list, Broken: []pack.Problem{{File: "casetypes/trasig.yaml", Line: 7, Column: 3, Message: "there is no unit", Suggest: "gata"}}}, nil
}

func (f *folder) Test(string) ([]pack.Tested, []pack.Problem) {
	return []pack.Tested{{File: "casetypes/lampa.yaml", ID: "lampa", Version: 1, Examples: []pack.Ran{{Name: "en lampa"}, {Name: "fel lampa", Line: 12, Column: 5, Failed: []string{"it goes to another unit"}}}}}, nil
}

func (f *folder) Publish(ctx context.Context, by bodies.By) (catalogue.Outcome, error) {
	f.by = by
	p, _ := f.Read()
	return f.r.types.Reload(ctx, p, by)
}

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{World: casestest.New(t, db)}
	var err error
	if r.types, err = catalogue.Open(t.Context(), db, r.Log, r.Clock); err != nil {
		t.Fatal(err)
	}
	r.folder = &folder{r: r, list: []*casetype.CaseType{r.Lamp}}
	p, _ := r.folder.Read()
	if _, err := r.types.Reload(t.Context(), p, bodies.By{Person: "system"}); err != nil {
		t.Fatal(err)
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	r.measure = measure.New(measure.Config{DB: db, Journal: r.Log, Clock: r.Clock, Days: days, Types: r.types, Log: slog.New(slog.DiscardHandler), Targets: measure.DefaultTargets()})
	texts := i18ntest.Complete(t, studio.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	whole, err := pack.Load(os.DirFS(filepath.Join("..", "..", "..", "packs", "fagersta")))
	if err != nil {
		t.Fatal(err)
	}
	door := officetest.Door(r.Org, r.Clock, site)
	m := studio.New(studio.Config{Office: door, Types: r.types, Measure: r.measure, Folder: r.folder, Pack: func() *pack.Pack { return whole }})
	mux := http.NewServeMux()
	m.Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				key := req.Header.Get("Test-Person")
				if key == "" {
					next.ServeHTTP(w, req)
					return
				}
				p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
				if key == "inv" {
					p.Kind = identity.Citizen
				}
				next.ServeHTTP(w, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	rooms := append(casestest.Rooms(), fs.FS(catalogue.Migrations), measure.Migrations)
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

// ask asks for a page, or sends a form, as somebody. Every page is checked as HTML.
func (r *room) ask(t *testing.T, who, path string, form url.Values) (int, string) {
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
	if resp.StatusCode != http.StatusSeeOther {
		uitest.Page(t, method+" "+path+" as "+who, strings.NewReader(string(raw)))
	}
	return resp.StatusCode, string(raw)
}

func (r *room) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	got, page := r.ask(t, who, path, form)
	if got != status {
		t.Fatalf("%s as %s: %d, expected %d", path, who, got, status)
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

// The service is of unit gata: its officers and its head see and manage it, the registrar and the auditor read it, nobody else.
func TestPR_2_WhoMaySeeAndManageAService(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		for who, may := range map[string]struct{ list, service, publish int }{
			"anna": {200, 200, 200}, "chef": {200, 200, 200}, "reg": {200, 200, 403}, "kim": {200, 403, 200}, "nora": {200, 403, 200},
			"adm": {403, 403, 403}, "rev": {200, 200, 403}, "dso": {403, 403, 403}, "pol": {403, 403, 403}, "inv": {403, 403, 403}, "": {303, 303, 303},
		} {
			r.want(t, who, "/arbete/tjanster", nil, may.list)
			for _, path := range []string{"/arbete/tjanster/lampa", "/arbete/tjanster/lampa/prov", "/arbete/tjanster/lampa/skillnad"} {
				r.want(t, who, path, nil, may.service)
			}
			r.want(t, who, "/arbete/tjanster/publicera", nil, may.publish)
		}
		r.want(t, "anna", "/arbete/tjanster/finns-inte", nil, 404)
		r.want(t, "reg", "/en/arbete/tjanster/processer", nil, 200, "Assessed in the last year")
		r.want(t, "anna", "/arbete/tjanster?lage=open&behov=", nil, 200, "Lampa")
	})
}

func TestExamplesAndDifferencesAreShown(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.want(t, "anna", "/arbete/tjanster/lampa/prov", nil, 200, "en lampa", "it goes to another unit", "12")
		r.folder.list = append(r.folder.list, r.next(t))
		r.want(t, "anna", "/arbete/tjanster/lampa/skillnad", nil, 200, "Lampan eller stolpen", "title.sv")
		r.want(t, "anna", "/arbete/tjanster/lampa/skillnad?fran=1&till=1", nil, 200, "säger samma sak")
		r.want(t, "anna", "/arbete/tjanster/lampa/skillnad?fran=7", nil, 404)
	})
}

// next is a second version of the lamp, from a later day.
func (r *room) next(t *testing.T) *casetype.CaseType {
	t.Helper()
	d := r.Lamp.Definition
	d.Version, d.ValidFrom = 2, calendar.NewDate(2026, 9, 1)
	d.Title = i18n.Text{i18n.SV: "Lampan eller stolpen", i18n.EN: "The lamp or the post"}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return ct
}

// What is published is told beforehand, applies from its own first day, and only those who answer for all of it may publish.
func TestPublishingIsToldBeforehandAndKeepsToTheDay(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.want(t, "anna", "/arbete/tjanster/publicera", nil, 200, "Inget nytt finns", "casetypes/trasig.yaml", "gata")
		r.folder.list = append(r.folder.list, r.next(t))
		r.want(t, "anna", "/arbete/tjanster/publicera", nil, 200, "Lampan eller stolpen", "2026-09-01")
		r.want(t, "kim", "/arbete/tjanster/publicera", url.Values{}, 403)
		r.want(t, "reg", "/arbete/tjanster/publicera", url.Values{}, 403)
		if len(r.types.Versions("lampa")) != 1 {
			t.Fatal("published by somebody who may not")
		}
		r.want(t, "anna", "/arbete/tjanster/publicera", url.Values{}, 303)
		if r.folder.by.Person != r.IDs["anna"] || r.folder.by.Mandate == "" {
			t.Errorf("%+v", r.folder.by)
		}
		if now, _ := r.types.Current("lampa", calendar.DateOf(r.Clock.Now())); now.Version != 1 {
			t.Error("the new version applies before its day")
		}
		r.want(t, "anna", "/arbete/tjanster", nil, 200, "2 från 2026-09-01")
		r.want(t, "anna", "/arbete/tjanster/publicera?klart=1", nil, 200, "1 version är inläst")
	})
}

// S2-M2-2: the owner sees the improvement and closes it with what was done.
func TestS2_M2_2_TheOwnerClosesAnImprovement(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		for range measure.Enough {
			a := r.HandIn(t, casestest.Broken())
			if err := r.measure.Give(t.Context(), a.CaseID, "lampa", 1, "För långsamt"); err != nil {
				t.Fatal(err)
			}
		}
		r.measure.Count(measure.Tick{Type: "lampa", Version: 1, Step: "fel", What: measure.Reached})
		r.measure.Count(measure.Tick{Type: "lampa", Version: 1, Step: "fel", What: measure.Fault, Code: "what:required"})
		r.measure.Count(measure.Tick{Type: "lampa", Version: 1, What: measure.Begun})
		if err := r.measure.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.measure.Build(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if err := r.measure.Compute(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := r.measure.Improvements(t.Context(), "lampa")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		path := "/arbete/tjanster/lampa/atgarder/" + list[0].ID
		r.want(t, "anna", "/arbete/tjanster", nil, 200, "1 åtgärd")
		r.want(t, "anna", "/arbete/tjanster/lampa", nil, 200, path, "För långsamt", "Inget svar", "Vad?", "1,0")
		r.want(t, "reg", "/arbete/tjanster/lampa", nil, 200, "Omdömet är 1,0")
		r.want(t, "reg", path, nil, 403)
		r.want(t, "kim", path, url.Values{"gjort": {"Inget"}}, 403)
		r.want(t, "anna", path, nil, 200)
		r.want(t, "anna", path, url.Values{"gjort": {" "}}, 422)
		r.want(t, "anna", path, url.Values{"gjort": {strings.Repeat("å", 2001)}}, 422)
		r.want(t, "anna", path, url.Values{"gjort": {"Fler montörer"}}, 303)
		r.want(t, "anna", "/arbete/tjanster/lampa?klart=1", nil, 200, "Fler montörer", "Åtgärden är avslutad")
		r.want(t, "anna", path, nil, 303)
	})
}

func TestEveryTextIsUsedAndExistsInBothLanguages(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, studio.Texts), ".", "studio.")
}
