package identity_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{journal.Migrations, bodies.Migrations, identity.Migrations}

func (h *house) add(t *testing.T, kind bodies.PersonKind, name, email string) bodies.Person {
	t.Helper()
	p, err := h.bodies.AddPerson(t.Context(), bodies.By{Person: journal.System}, bodies.Person{Kind: kind, Name: name, Email: email}, civic.Number{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) closeAccount(t *testing.T, id string) {
	t.Helper()
	p, err := h.bodies.Person(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p.Closed = true
	if err := h.bodies.UpdatePerson(t.Context(), bodies.By{Person: journal.System}, p); err != nil {
		t.Fatal(err)
	}
}

// plainPages draws the least that a test can read.
type plainPages struct{}

func (plainPages) SignIn(w http.ResponseWriter, _ *http.Request, p identity.SignInPage) {
	fmt.Fprintf(w, "sign in return=%s ended=%v passkeys=%v\n", p.Return, p.Ended, p.Passkeys)
	for _, c := range append(p.Staff, p.Citizens...) {
		fmt.Fprintf(w, "provider %s %s\n", c.Name, c.Href)
	}
	for _, persona := range p.Personas {
		fmt.Fprintf(w, "persona %s\n", persona.Key)
	}
}

func (plainPages) Passkeys(w http.ResponseWriter, _ *http.Request, p identity.PasskeysPage) {
	fmt.Fprintf(w, "passkeys %d\n", len(p.Passkeys))
}
func (plainPages) OneTime(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "one-time code") }
func (plainPages) SigningOut(w http.ResponseWriter, _ *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "kept", MaxAge: -1})
}
func (plainPages) SignedOut(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "signed out")
}

func (plainPages) Failed(w http.ResponseWriter, _ *http.Request, f identity.Failure) {
	w.WriteHeader(f.Status)
	flaw := ""
	if token := (*identity.TokenError)(nil); errors.As(f.Err, &token) {
		flaw = string(token.Flaw)
	}
	fmt.Fprintf(w, "failed %s %s\n", f.Code, flaw)
}

// house is a running service with its surroundings.
type house struct {
	*identity.Service
	db      *store.DB
	clock   *calendar.Fake
	journal *journal.Log
	bodies  *bodies.Service
	server  *httptest.Server
	handler http.Handler
}

// open starts a service behind a server that answers /who with who is asking.
func open(t *testing.T, db *store.DB, change func(*house, *identity.Options)) *house {
	t.Helper()
	h := &house{db: db}
	h.journal, h.clock = journaltest.Open(t, db)
	var err error
	if h.bodies, err = bodies.Open(t.Context(), db, h.journal, h.clock, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) }))
	t.Cleanup(h.server.Close)
	h.server.URL = strings.Replace(h.server.URL, "127.0.0.1", "localhost", 1) // passkeys need a name
	o := h.options()
	if change != nil {
		change(h, &o)
	}
	h.restart(t, o)
	return h
}

// restart replaces the service by one with other options.
func (h *house) restart(t *testing.T, o identity.Options) {
	t.Helper()
	var err error
	if h.Service, err = identity.NewService(o); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Routes(mux)
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		p := identity.From(r.Context())
		if p == nil {
			_, _ = io.WriteString(w, "nobody")
			return
		}
		fmt.Fprintf(w, "%s %s %s %s", p.PersonID, p.Kind, p.LoA, p.Method)
	})
	mux.HandleFunc("GET /name", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, identity.From(r.Context()).Name)
	})
	mux.HandleFunc("POST /keep", func(w http.ResponseWriter, r *http.Request) {
		if err := h.Keep(w, r, r.FormValue("key"), r.FormValue("value")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /kept", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, h.Kept(r, r.FormValue("key"))) })
	h.handler = h.Middleware(mux)
}

func (h *house) options(providers ...identity.ProviderConfig) identity.Options {
	return identity.Options{DB: h.db, Journal: h.journal, Clock: h.clock, Log: slog.New(slog.DiscardHandler), BaseURL: h.server.URL,
		People: identity.FromBodies(h.bodies), Pages: plainPages{}, Providers: providers}
}

// browser is somebody with a cookie jar who does not follow redirects.
type browser struct {
	*http.Client
	t    *testing.T
	base string
}

func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: h.server.URL, Client: &http.Client{Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, strings.TrimSpace(string(body))}
}

func (b *browser) url(target string) string {
	if strings.HasPrefix(target, "/") {
		return b.base + target
	}
	return target
}

func (b *browser) get(target string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url(target), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(target string, form url.Values) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url(target), strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) postJSON(target string, body []byte) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url(target), bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return b.do(r)
}

func (b *browser) cookies() []*http.Cookie {
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Jar.Cookies(u)
}

func (b *browser) wantWho(want string) {
	b.t.Helper()
	if got := b.get("/who").body; !strings.HasPrefix(got, want) {
		b.t.Fatalf("who = %q, want %q", got, want)
	}
}

// actions lists what the journal says of signing in, in order. On PostgreSQL it sequences first.
func (h *house) actions(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, e := range h.entries(t) {
		if e.Action != "person.added" && e.Action != "person.updated" {
			out = append(out, e.Action)
		}
	}
	return out
}

func (h *house) entries(t *testing.T) []journal.Recorded {
	t.Helper()
	if err := h.journal.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := h.journal.Since(t.Context(), -1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// demoHouse is a house in demo mode with an officer and a citizen.
func demoHouse(t *testing.T, db *store.DB) (*house, bodies.Person, bodies.Person) {
	t.Helper()
	var officer, citizen bodies.Person
	h := open(t, db, func(h *house, o *identity.Options) {
		officer = h.add(t, bodies.Staff, "Olle Handläggare", "olle@kommun.example")
		citizen = h.add(t, bodies.Resident, "Maja Medborgare", "")
		o.Demo = identity.Demo{Enabled: true, Personas: []identity.Persona{
			{Key: "officer", PersonID: officer.ID, Kind: identity.Staff}, {Key: "citizen", PersonID: citizen.ID, Kind: identity.Citizen}}}
	})
	return h, officer, citizen
}

func each(t *testing.T, fn func(*testing.T, *store.DB)) {
	t.Helper()
	storetest.Each(t, rooms, fn)
}
