package identity

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/webauthn"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of sessions, links, passkeys and one-time links.
//
//go:embed migrations
var Migrations embed.FS

// Texts say what went wrong and name levels and methods: "identity.failure.CODE.title" and ".text", "identity.level.LEVEL",
// "identity.method.METHOD".
//
//go:embed texts
var Texts embed.FS

// Options are what a Service stands on. DB, Journal, Clock, Log, BaseURL, People and Pages are needed.
type Options struct {
	DB      *store.DB
	Journal *journal.Log
	Clock   calendar.Clock
	Log     *slog.Logger
	// BaseURL is the address people see, "https://kommun.example" without a path. With https the cookie is Secure and named
	// __Host-dygnet. Plain http is for localhost, and for the demo.
	BaseURL  string
	People   People
	Pages    Pages
	Timeouts Timeouts
	// Place tells where a request comes from, to bound guessing: the visitor's address behind a proxy. Nil is RemoteAddr.
	Place func(*http.Request) string
	// Nobody tells which pages a visitor gets as if they had not signed in when the sessions cannot be read. Nil is none.
	Nobody func(*http.Request) bool
	// Providers are the OpenID providers, in the order in which they are offered.
	Providers []ProviderConfig
	Demo      Demo
}

// Service signs people in and out and keeps their sessions. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	journal   *journal.Log
	clock     calendar.Clock
	log       *slog.Logger
	base      *url.URL
	people    People
	pages     Pages
	timeouts  Timeouts
	nobody    func(*http.Request) bool
	demo      Demo
	order     []*provider
	providers map[string]*provider
	sessions  *scs.SessionManager
	webauthn  *webauthn.WebAuthn // nil where browsers have no passkeys
	attempts  *attempts
}

// NewService checks the options and makes the service. It reaches for no provider: that happens when somebody signs in.
func NewService(o Options) (*Service, error) {
	switch {
	case o.DB == nil, o.Journal == nil, o.Clock == nil, o.Log == nil, o.People == nil, o.Pages == nil:
		return nil, errors.New("identity needs a database, journal, clock, logger, people and pages")
	}
	if o.Demo.Enabled && len(o.Providers) > 0 {
		return nil, ErrDemoWithProvider
	}
	base, err := parseBase(o.BaseURL, o.Demo.Enabled)
	if err != nil {
		return nil, err
	}
	if err := o.Demo.check(); err != nil {
		return nil, err
	}
	s := &Service{db: o.DB, journal: o.Journal, clock: o.Clock, log: o.Log, base: base, people: o.People, pages: o.Pages,
		timeouts: o.Timeouts.orDefault(), nobody: o.Nobody, demo: o.Demo, providers: map[string]*provider{}}
	for _, c := range o.Providers {
		p, err := newProvider(c, base, o.Clock, o.Log)
		if err != nil {
			return nil, err
		}
		if s.providers[p.Key] != nil {
			return nil, fmt.Errorf("identity provider %s is given twice", p.Key)
		}
		s.providers[p.Key] = p
		s.order = append(s.order, p)
	}
	s.sessions = s.newManager()
	s.attempts = newAttempts(o.Clock, o.Place)
	if s.webauthn, err = s.newWebAuthn(); err != nil {
		return nil, err
	}
	return s, nil
}

func parseBase(address string, demo bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		(u.Path != "" && u.Path != "/") {
		return nil, fmt.Errorf("base address %q: want https://host without a path", address)
	}
	if u.Scheme == "http" && !demo && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("base address %q: signing in over plain http is for localhost only, use https", address)
	}
	u.Path = ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Routes adds the pages and endpoints of signing in. They need Middleware around the mux.
func (s *Service) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+PathSignIn, s.signInPage)
	mux.HandleFunc("POST "+PathSignOut, s.signOutPost)
	mux.HandleFunc("GET "+PathSignedOut, s.signedOut)
	mux.HandleFunc("GET "+PathOneTime, s.oneTimePage)
	mux.HandleFunc("POST "+PathOneTime, s.oneTimePost)
	if s.webauthn != nil {
		s.passkeyRoutes(mux)
	}
	mux.HandleFunc("GET "+PathStart+"{provider}", s.start)
	mux.HandleFunc("GET "+PathAnswer+"{provider}", s.answer)
	if s.demo.Enabled {
		mux.HandleFunc("POST "+PathDemo, s.demoSignIn)
	}
}

// SignInPath is the address that asks a visitor to sign in and brings them back to target, a local path.
func SignInPath(target string) string {
	target = LocalPath(target)
	if target == "/" {
		return PathSignIn
	}
	return PathSignIn + "?" + url.Values{FieldReturn: {target}}.Encode()
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	p := SignInPage{Return: LocalPath(r.URL.Query().Get(FieldReturn)), SignedIn: From(r.Context()), Ended: s.hadSession(r), Passkeys: s.webauthn != nil}
	for _, provider := range s.order {
		choice := Choice{Name: provider.Name, Href: PathStart + provider.Key}
		if p.Return != "/" {
			choice.Href += "?" + url.Values{FieldReturn: {p.Return}}.Encode()
		}
		if provider.Kind == Staff {
			p.Staff = append(p.Staff, choice)
		} else {
			p.Citizens = append(p.Citizens, choice)
		}
	}
	if s.demo.Enabled {
		p.Personas = s.demo.Personas
	}
	s.pages.SignIn(w, r, p)
}

// hadSession tells whether the browser brought the cookie of a session that is no more.
func (s *Service) hadSession(r *http.Request) bool {
	cookie, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil || cookie.Value == "" {
		return false
	}
	ctx, _, err := s.begin(r.Context())
	return err == nil && s.sessions.Token(ctx) == ""
}

func (s *Service) signOutPost(w http.ResponseWriter, r *http.Request) {
	if err := parseForm(w, r); err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.signOut(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.pages.SigningOut(w, r)
	redirect(w, r, s.afterSignOut(r.Context(), v, LocalPath(r.PostForm.Get(FieldReturn))))
}

// FormOrigins are the sites that a sign-out form may be redirected to: a Content-Security-Policy's form-action must allow them.
func (s *Service) FormOrigins() []string {
	var out []string
	for _, p := range s.order {
		out = append(out, p.origins()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// signedOut is where a provider sends people back to, with the local path they wanted as state.
func (s *Service) signedOut(w http.ResponseWriter, r *http.Request) {
	if target := LocalPath(r.URL.Query().Get("state")); target != "/" && target != PathSignedOut {
		redirect(w, r, target)
		return
	}
	noStore(w)
	s.pages.SignedOut(w, r)
}

// person gives somebody who may sign in.
func (s *Service) person(ctx context.Context, id string) (Person, error) {
	p, err := s.people.Person(ctx, id)
	if err != nil {
		return Person{}, notFoundAs(ErrUnknownPerson, err)
	}
	if p.Closed {
		return Person{}, ErrClosed
	}
	return p, nil
}

// fail logs what went wrong, without anything personal, and shows a page that says so.
func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := Explain(err)
	f.Again = PathSignIn
	s.logFailure(r.Context(), f)
	noStore(w)
	s.pages.Failed(w, r, f)
}

func (s *Service) logFailure(ctx context.Context, f Failure) {
	level := slog.LevelInfo
	if f.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.log.Log(ctx, level, "sign-in failed", "code", f.Code, "error", f.Err)
}

// maxForm bounds the small forms of this package, in bytes.
const maxForm = 64 << 10

func parseForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	return nil
}

// redirect sends people on: to what LocalPath let through, or to a configured provider.
func redirect(w http.ResponseWriter, r *http.Request, target string) {
	noStore(w)
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // G710: see above, and TestLocalPath…
}

func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
