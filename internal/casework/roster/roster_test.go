package roster_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/roster"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// room is the roster and the desk of the small municipality. Who asks stands in the header Test-Person.
type room struct {
	*casestest.World
	roster *roster.Service
	pack   *pack.Pack
	asked  []jobs.Job
	url    string
}

// Enqueue keeps the jobs that are asked for.
func (r *room) Enqueue(_ context.Context, _ *store.Tx, list ...jobs.Job) error {
	r.asked = append(r.asked, list...)
	return nil
}

// Keep and Kept are sessions that hold nothing.
func (r *room) Keep(http.ResponseWriter, *http.Request, string, string) error { return nil }
func (r *room) Kept(*http.Request, string) string                             { return "" }

// follow feeds the journal to the roster and runs the jobs that it asks for.
func (r *room) follow(t *testing.T) {
	t.Helper()
	if err := r.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := r.Log.Since(t.Context(), -1, 10000)
	if err != nil {
		t.Fatal(err)
	}
	r.asked = nil
	if err := r.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return r.roster.Handle(ctx, tx, entries) }); err != nil {
		t.Fatal(err)
	}
	for _, j := range r.asked {
		raw, err := json.Marshal(j.Args)
		if err != nil {
			t.Fatal(err)
		}
		do := map[string]jobs.Handler{roster.JobAssign: r.roster.Assign, roster.JobRaise: r.roster.Raise}[j.Kind]
		if err := do(t.Context(), jobs.Run{Kind: j.Kind, Args: raw}); err != nil {
			t.Fatal(err)
		}
	}
}

func both(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s + " (en)"} }

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{World: casestest.New(t, db)}
	r.pack = &pack.Pack{Municipality: pack.Municipality{Name: both("Kommunen"), Contact: pack.Contact{Phone: "0555-10 00"}}}
	r.roster = roster.New(roster.Config{DB: db, Journal: r.Log, Clock: r.Clock, Cases: r.Service, Types: r, Organisation: r.Org, Staff: r, Queue: r, Pack: func() *pack.Pack { return r.pack }})
	texts := i18ntest.Complete(t, roster.Texts, desk.Texts, office.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Key: key, Clock: r.Clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vault.Close() })
	site := &ui.Site{Name: both("Kommunen"), Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	door := officetest.Door(r.Org, r.Clock, site)
	officers := desk.New(desk.Config{Cases: r.Service, Types: r, Bodies: r.Org, Index: r.Index, Journal: r.Log, Vault: vault, DB: db, Sessions: r,
		Office: door, Panels: []desk.Panel{roster.NewModule(r.roster, nil)}, Places: []desk.Place{{Text: "roster.title", Path: roster.Path, For: access.CaseClaim}}, Roster: r.roster})
	mux := http.NewServeMux()
	officers.Routes(mux)
	roster.NewModule(r.roster, door).Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				p := &identity.Principal{PersonID: r.IDs[req.Header.Get("Test-Person")], Kind: identity.Staff, Name: "x", LoA: identity.LoASubstantial}
				next.ServeHTTP(w, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func rooms() []fs.FS {
	return append(casestest.Rooms(), fs.FS(documents.Migrations), roster.Migrations)
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

// ask asks for a page, or sends a form, as somebody. Every page is checked as HTML. It gives where a redirect leads.
func (r *room) ask(t *testing.T, who, path string, form url.Values) (int, string, string) {
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
	return resp.StatusCode, string(raw), resp.Header.Get("Location")
}

func (r *room) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	got, page, _ := r.ask(t, who, path, form)
	if got != status {
		t.Fatalf("%s as %s: %d, expected %d\n%s", path, who, got, status, page)
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

func (r *room) lamp(t *testing.T, change ...func(*cases.Submission)) *cases.Case {
	t.Helper()
	return r.now(t, r.HandIn(t, casestest.Broken(), change...).CaseID)
}

func (r *room) now(t *testing.T, id string) *cases.Case {
	t.Helper()
	c, err := r.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *room) away(t *testing.T, who, person, deputy string, days int) roster.Absence {
	t.Helper()
	today := calendar.DateOf(r.Clock.Now())
	a, err := r.roster.Register(t.Context(), r.As(who), roster.Absence{Person: r.IDs[person], Deputy: r.IDs[deputy], First: today, Last: today.AddDays(days)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// fields are the hidden fields of the last form of a page that posts to an address.
func fieldsOf(page, action string) url.Values {
	out := url.Values{}
	for _, form := range strings.Split(page, "<form")[1:] {
		form, _, _ = strings.Cut(form, "</form>")
		if !strings.Contains(form, `action="`+action+`"`) {
			continue
		}
		out = url.Values{}
		for _, m := range hidden.FindAllStringSubmatch(form, -1) {
			out.Add(m[1], html.UnescapeString(m[2]))
		}
	}
	return out
}

func TestEveryTextIsUsedAndExistsInBothLanguages(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, roster.Texts), ".", "roster.")
	texts := i18ntest.Complete(t, roster.Texts)
	keys := texts.Texts(i18n.SV)
	for _, kind := range []cases.EventKind{roster.Routed, roster.RoutedUnit, roster.RoutedQueue, roster.Raised, roster.RaisedNobody, roster.RaisedRead} {
		if _, ok := keys["event."+string(kind)]; !ok {
			t.Errorf("event %s has no words", kind)
		}
	}
	for _, name := range pack.Variables() {
		if _, ok := keys["roster.variable."+name]; !ok {
			t.Errorf("variable %s is not explained", name)
		}
	}
}
