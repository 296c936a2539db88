package desk_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	door "dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

func rooms() []fs.FS { return append(casestest.Rooms(), documents.Migrations) }

// office is the desk of a small municipality, served over HTTP.
type office struct {
	*casestest.World
	vault *documents.Vault
	live  *live
	desk  *desk.Module
	url   string
	kept  sync.Map
	out   atomic.Bool // everybody's session has run out
}

// live is what app gives: a channel for each subscriber.
type live struct {
	mu     sync.Mutex
	topics map[string][]chan struct{}
	joined chan string
}

func (l *live) Subscribe(_ context.Context, topic string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	ch := make(chan struct{}, 1)
	l.topics[topic] = append(l.topics[topic], ch)
	l.joined <- topic
	return ch
}

func (l *live) tell(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ch := range l.topics[topic] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Keep and Kept hold values by session, as identity does.
func (o *office) Keep(_ http.ResponseWriter, r *http.Request, key, value string) error {
	o.kept.Store(r.Header.Get("Test-Person")+"/"+key, value)
	return nil
}

func (o *office) Kept(r *http.Request, key string) string {
	value, _ := o.kept.Load(r.Header.Get("Test-Person") + "/" + key)
	s, _ := value.(string)
	return s
}

func texts(t testing.TB) *i18n.Catalogue {
	return i18ntest.Complete(t, desk.Texts, door.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts)
}

// open serves the desk. Who asks stands in the header Test-Person, as a key of the world.
func open(t testing.TB, db *store.DB, assets *ui.Assets) *office {
	t.Helper()
	o := &office{World: casestest.New(t, db), live: &live{topics: map[string][]chan struct{}{}, joined: make(chan string, 100)}}
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if o.vault, err = documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Key: key, Clock: o.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.vault.Close() })
	catalogue := texts(t)
	i18ntest.Strict(t, catalogue)
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	m := desk.New(desk.Config{
		Cases: o.Service, Types: o, Bodies: o.Org, Index: o.Index, Journal: o.Log, Vault: o.vault, DB: db, Sessions: o, Live: o.live, Office: officetest.Door(o.Org, o.Clock, site),
	})
	o.desk = m
	mux := http.NewServeMux()
	m.Routes(mux)
	if assets != nil {
		mux.Handle("GET "+ui.AssetsPath, assets)
		for _, of := range []string{"/{$}", "/om-webbplatsen/", "/status", "/logga-in", "/tillganglighet", "/personuppgifter"} { // where every page leads, of other rooms
			mux.HandleFunc("GET "+of, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
		}
	}
	handler := web.Chain(web.Routes(mux), web.Language(catalogue),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: o.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), web.LimitBody(1<<20), web.Compress, o.signedIn)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

// signedIn makes the person of the header, or of the cookie that a browser sends, a principal.
func (o *office) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Test-Person")
		if c, err := r.Cookie("test-person"); err == nil {
			key = c.Value
		}
		if key == "" || o.out.Load() {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Set("Test-Person", key)
		p := &identity.Principal{PersonID: o.IDs[key], Kind: identity.Staff, Name: "Person " + key, LoA: identity.LoASubstantial, SessionID: "session-" + key}
		if key == "inv" {
			p.Kind = identity.Citizen
		}
		next.ServeHTTP(w, r.WithContext(identity.With(r.Context(), p)))
	})
}

func each(t *testing.T, fn func(t *testing.T, o *office)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) { fn(t, open(t, db, nil)) })
}

// one is for what does not depend on the database.
func one(t *testing.T, fn func(t *testing.T, o *office)) {
	fn(t, open(t, storetest.SQLite(t, rooms()...), nil))
}

// clerk is somebody at the desk: follows no redirect by itself, keeps cookies.
type clerk struct {
	t      testing.TB
	o      *office
	key    string
	client *http.Client
}

func (o *office) as(t testing.TB, key string) *clerk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &clerk{t: t, o: o, key: key, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (c *clerk) do(method, path, kind string, body io.Reader) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.o.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.key != "" {
		r.Header.Set("Test-Person", c.key)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{resp.StatusCode, resp.Header, string(raw)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && a.status != http.StatusSeeOther {
		uitest.Page(c.t, method+" "+path+" as "+c.key, strings.NewReader(a.body))
	}
	return a
}

// get asks for a page that must answer with the status.
func (c *clerk) get(path string, status int) answer {
	c.t.Helper()
	a := c.do(http.MethodGet, path, "", nil)
	if a.status != status {
		c.t.Fatalf("GET %s as %q: %d, want %d\n%s", path, c.key, a.status, status, words(a.body))
	}
	return a
}

// post sends a form that must be answered with the status.
func (c *clerk) post(path string, values url.Values, status int) answer {
	c.t.Helper()
	a := c.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	if a.status != status {
		c.t.Fatalf("POST %s as %q: %d, want %d\n%s", path, c.key, a.status, status, words(a.body))
	}
	return a
}

// upload sends a form with files.
func (c *clerk) upload(path string, values url.Values, files map[string]string, status int) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, list := range values {
		for _, value := range list {
			_ = w.WriteField(name, value)
		}
	}
	for name, content := range files {
		f, err := w.CreateFormFile("fil", name)
		if err != nil {
			c.t.Fatal(err)
		}
		_, _ = io.WriteString(f, content)
	}
	_ = w.Close()
	a := c.do(http.MethodPost, path, w.FormDataContentType(), &b)
	if a.status != status {
		c.t.Fatalf("POST %s as %q: %d, want %d\n%s", path, c.key, a.status, status, words(a.body))
	}
	return a
}

// form gives what the form of a page would send, with changes.
func (c *clerk) form(path string, changes url.Values) url.Values {
	c.t.Helper()
	return filled(c.get(path, http.StatusOK).body, changes)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// filled gives the hidden fields of a page with changes.
func filled(body string, changes url.Values) url.Values {
	out := url.Values{}
	for _, match := range hidden.FindAllStringSubmatch(body, -1) {
		out.Set(match[1], unescape(match[2]))
	}
	for name, values := range changes {
		out[name] = values
	}
	return out
}

func unescape(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// send opens the form, fills it in and sends it.
func (c *clerk) send(path string, changes url.Values, status int) answer {
	c.t.Helper()
	return c.post(path, c.form(path, changes), status)
}

func (a answer) has(t testing.TB, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(unescape(a.body), w) {
			t.Errorf("no %q in\n%s", w, words(a.body))
		}
	}
}

func (a answer) lacks(t testing.TB, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(unescape(a.body), w) {
			t.Errorf("%q in\n%s", w, words(a.body))
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

func words(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return tags.ReplaceAllString(body, " ")
}

func (o *office) lamp(t testing.TB, change ...func(*cases.Submission)) string {
	return o.HandIn(t, casestest.Broken(), change...).CaseID
}

func TestEveryTextIsAskedForAndThere(t *testing.T) {
	i18ntest.Used(t, texts(t), ".", "desk.")
}
