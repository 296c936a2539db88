package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func (b *browser) demo(persona string) answer {
	b.t.Helper()
	a := b.post(identity.PathDemo, url.Values{"persona": {persona}, "till": {"/mina-sidor"}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/mina-sidor" {
		b.t.Fatalf("demo sign-in: %s to %q: %s", a.Status, a.Header.Get("Location"), a.body)
	}
	return a
}

func TestAVisitorGetsNoCookieBeforeOneIsNeeded(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, _, _ := demoHouse(t, db)
		b := h.browser(t)
		for _, path := range []string{"/who", "/logga-in", "/logga-in?till=/x", "/kept?key=a", "/nothing"} {
			if a := b.get(path); len(a.Cookies()) != 0 {
				t.Errorf("GET %s set %v", path, a.Cookies())
			}
		}
	})
}

func TestAVisitorWithoutCookieDoesNotTouchTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, _, _ := demoHouse(t, db)
		b := h.browser(t)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		b.wantWho("nobody")
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/who", nil)
		r.AddCookie(&http.Cookie{Name: "dygnet", Value: "anything"})
		if a := b.do(r); a.StatusCode < 500 {
			t.Errorf("with a cookie and no database: %s, want an error: the test would see a read", a.Status)
		}
	})
}

func TestTheCookieIsStrict(t *testing.T) {
	db := storetestSQLite(t)
	h, officer, _ := demoHouse(t, db)
	b := h.browser(t)
	c := b.demo("officer").Cookies()
	if len(c) != 1 || c[0].Name != "dygnet" || !c[0].HttpOnly || c[0].Secure || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].MaxAge != 0 || !c[0].Expires.IsZero() {
		t.Errorf("plain http cookie = %+v", c)
	}
	b.wantWho(officer.ID + " staff")
	secure := open(t, db, func(_ *house, o *identity.Options) {
		o.BaseURL = "https://kommun.example"
		o.Demo = identity.Demo{Enabled: true, Personas: []identity.Persona{{Key: "officer", PersonID: officer.ID, Kind: identity.Staff}}}
	})
	c = secure.browser(t).demo("officer").Cookies()
	if len(c) != 1 || c[0].Name != "__Host-dygnet" || !c[0].HttpOnly || !c[0].Secure || c[0].Domain != "" || c[0].Path != "/" {
		t.Errorf("https cookie = %+v", c)
	}
}

func TestTheDatabaseHoldsOnlyTheHashOfTheToken(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, _, _ := demoHouse(t, db)
		token := h.browser(t).demo("officer").Cookies()[0].Value
		var stored, data string
		if err := db.QueryRow(t.Context(), `SELECT token, data FROM identity_sessions`).Scan(&stored, &data); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(stored, token) || strings.Contains(data, token) {
			t.Error("the token stands in the database")
		}
		b := h.browser(t)
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/who", nil)
		r.AddCookie(&http.Cookie{Name: "dygnet", Value: stored})
		if a := b.do(r); a.body != "nobody" {
			t.Errorf("what the database holds signs in: %s", a.body)
		}
	})
}

func TestSignInChangesTheTokenSoThatAPlantedOneIsWorthless(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, citizen := demoHouse(t, db)
		b := h.browser(t)
		b.post("/keep", url.Values{"key": {"draft"}, "value": {"d1"}})
		first := b.cookies()
		b.post("/keep", url.Values{"key": {"place"}, "value": {"p1"}})
		planted := b.cookies()
		if len(planted) != 1 || planted[0].Value != first[0].Value {
			t.Fatalf("cookies = %v", planted)
		}
		b.demo("citizen")
		b.wantWho(citizen.ID + " citizen substantial demo")
		if got := b.get("/kept?key=draft").body; got != "d1" {
			t.Errorf("the draft is lost at sign-in: %q", got)
		}
		if got := b.get("/kept?key=place").body; got != "p1" {
			t.Errorf("the place is lost at sign-in: %q", got)
		}
		first = b.cookies()
		b.demo("officer") // also from one person to another
		b.wantWho(officer.ID + " staff")
		if got := b.get("/kept?key=draft").body; got != "" {
			t.Errorf("the next person sees the draft of the one before: %q", got)
		}
		for _, old := range [][]*http.Cookie{planted, first} {
			thief := h.browser(t)
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/who", nil)
			r.AddCookie(old[0])
			if a := thief.do(r); a.body != "nobody" {
				t.Errorf("an old token still signs in: %s", a.body)
			}
		}
	})
}

func TestSessionsEndWhenLeftAloneAndAfterTwelveHours(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, citizen := demoHouse(t, db)
		staff, public := h.browser(t), h.browser(t)
		staff.demo("officer")
		public.demo("citizen")
		h.clock.Advance(19 * time.Minute)
		public.wantWho(citizen.ID)
		h.clock.Advance(19 * time.Minute) // use has prolonged it
		public.wantWho(citizen.ID)
		h.clock.Advance(20 * time.Minute)
		public.wantWho("nobody")
		if a := public.get("/logga-in"); !strings.Contains(a.body, "ended=true") {
			t.Errorf("the sign-in page does not tell that the session ended: %s", a.body)
		}
		staff.wantWho(officer.ID)
		for range 13 { // always in use, up to 11 h 58 min after sign-in
			h.clock.Advance(50 * time.Minute)
			staff.wantWho(officer.ID)
		}
		h.clock.Advance(10 * time.Minute)
		staff.wantWho(officer.ID)
		h.clock.Advance(2 * time.Minute)
		staff.wantWho("nobody")
		n, err := h.Sweep(t.Context())
		if err != nil || n != 2 {
			t.Errorf("Sweep = %d, %v; want 2", n, err)
		}
		if got := h.actions(t); !slices.Contains(got, "sessions.expired") {
			t.Errorf("the journal says %v", got)
		}
	})
}

func TestAPageThatRenewsItselfKeepsNoIdleSessionAlive(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		for name, header := range map[string][2]string{"live": {"Dygnet-Live", "inbox"}, "stream": {"Accept", "text/event-stream"}} {
			b := h.browser(t)
			b.demo("officer")
			who := func() string {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+"/who", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set(header[0], header[1])
				return b.do(r).body
			}
			for range 2 {
				h.clock.Advance(29 * time.Minute)
				if got := who(); !strings.HasPrefix(got, officer.ID) {
					t.Fatalf("%s: after less than an hour: %s", name, got)
				}
			}
			h.clock.Advance(3 * time.Minute)
			if got := who(); !strings.HasPrefix(got, "nobody") {
				t.Errorf("%s: the session goes on: %s", name, got)
			}
		}
	})
}

func TestLastSeenIsWrittenAtMostOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		b := h.browser(t)
		b.demo("officer")
		start := h.clock.Now()
		for _, step := range []struct {
			after time.Duration
			want  time.Duration
		}{{30 * time.Second, 0}, {29 * time.Second, 0}, {time.Second, time.Minute}, {59 * time.Second, time.Minute}} {
			h.clock.Advance(step.after)
			b.wantWho(officer.ID)
			list, err := h.Sessions(t.Context(), officer.ID)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			if got := list[0].Seen.Sub(start); got != step.want {
				t.Errorf("%v after sign-in it was last seen after %v, want %v", h.clock.Now().Sub(start), got, step.want)
			}
		}
	})
}

func TestAPersonListsAndEndsTheirSessions(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, citizen := demoHouse(t, db)
		var browsers []*browser
		for range 3 {
			b := h.browser(t)
			b.demo("officer")
			browsers = append(browsers, b)
			h.clock.Advance(time.Second)
		}
		other := h.browser(t)
		other.demo("citizen")

		list, err := h.Sessions(t.Context(), officer.ID)
		if err != nil || len(list) != 3 {
			t.Fatalf("%v, %v", list, err)
		}
		want := identity.SessionInfo{ID: list[0].ID, Created: h.clock.Now().Add(-time.Second).UTC(), Seen: h.clock.Now().Add(-time.Second).UTC(),
			Until: h.clock.Now().Add(time.Hour - time.Second).UTC(), Agent: "Firefox, Linux", LoA: identity.LoASubstantial, Method: identity.MethodDemo}
		if d := cmp.Diff(want, list[0]); d != "" {
			t.Error(d)
		}
		me := identity.With(t.Context(), &identity.Principal{PersonID: officer.ID, SessionID: list[2].ID})
		if err := h.EndSession(me, list[0].ID); err != nil { // the newest: browsers[2]
			t.Fatal(err)
		}
		browsers[2].wantWho("nobody")
		browsers[1].wantWho(officer.ID)
		if err := h.EndSession(me, list[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ending it again: %v", err)
		}
		theirs, err := h.Sessions(t.Context(), citizen.ID)
		if err != nil || len(theirs) != 1 {
			t.Fatal(theirs, err)
		}
		if err := h.EndSession(me, theirs[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ending somebody else's session: %v, want ErrNotFound", err)
		}
		if err := h.EndOtherSessions(me); err != nil {
			t.Fatal(err)
		}
		browsers[0].wantWho(officer.ID)
		browsers[1].wantWho("nobody")
		other.wantWho(citizen.ID)
		if err := h.EndAllSessions(t.Context(), citizen.ID, officer.ID); err != nil {
			t.Fatal(err)
		}
		browsers[0].wantWho("nobody")
		if err := h.EndSession(t.Context(), list[1].ID); !errors.Is(err, identity.ErrNotSignedIn) {
			t.Errorf("nobody ends a session: %v", err)
		}
		if d := cmp.Diff([]string{"session.started", "session.started", "session.started", "session.started", "session.ended",
			"person.sessions_ended", "person.sessions_ended"}, h.actions(t)); d != "" {
			t.Error(d)
		}
		for _, e := range h.entries(t) {
			if strings.Contains(e.Actor+e.Object.ID, "Olle") {
				t.Errorf("a name in a leaf: %+v", e)
			}
		}
	})
}

func TestASaveUnderWayDoesNotReviveAnEndedSession(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		b := h.browser(t)
		b.demo("officer")
		ended := false
		slow := h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := h.EndAllSessions(context.WithoutCancel(r.Context()), officer.ID, officer.ID); err != nil {
				t.Error(err)
			}
			ended = true
			if err := h.Keep(w, r, "draft", "1"); err != nil {
				t.Error(err)
			}
		}))
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.AddCookie(b.cookies()[0])
		slow.ServeHTTP(discard{}, r)
		if !ended {
			t.Fatal("the session was not ended")
		}
		b.wantWho("nobody")
	})
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// P-8: nobody keeps a way in that has been taken away.
func TestAClosedAccountIsSignedOutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, citizen := demoHouse(t, db)
		for persona, id := range map[string]string{"officer": officer.ID, "citizen": citizen.ID} {
			b := h.browser(t)
			b.demo(persona)
			b.wantWho(id)
			h.closeAccount(t, id)
			b.wantWho("nobody")
		}
	})
}

func TestTheSessionHoldsNoName(t *testing.T) {
	db := storetestSQLite(t)
	h, _, _ := demoHouse(t, db)
	b := h.browser(t)
	b.demo("officer")
	if name := b.get("/name").body; name != "Olle Handläggare" {
		t.Errorf("the page sees the name %q", name)
	}
	var data string
	if err := db.QueryRow(t.Context(), `SELECT data FROM identity_sessions`).Scan(&data); err != nil || strings.Contains(data, "Olle") || !strings.Contains(data, "Firefox, Linux") {
		t.Errorf("%s (%v)", data, err)
	}
}

func TestSignOutEndsTheSessionAndGoesOnlyToOurOwnPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		for target, want := range map[string]string{"/om": "/om", "": "/logga-ut/klar", "https://evil.example": "/logga-ut/klar", "//evil.example": "/logga-ut/klar", `/\evil.example`: "/logga-ut/klar"} {
			b := h.browser(t)
			b.demo("officer")
			b.wantWho(officer.ID)
			token := b.cookies()[0]
			a := b.post(identity.PathSignOut, url.Values{"till": {target}})
			if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want {
				t.Errorf("sign-out till=%q: %s to %q, want %q", target, a.Status, a.Header.Get("Location"), want)
			}
			if len(b.cookies()) != 0 {
				t.Errorf("the cookie is still there: %v", b.cookies())
			}
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/who", nil)
			r.AddCookie(token)
			if a := h.browser(t).do(r); a.body != "nobody" {
				t.Errorf("the token of before sign-out is %s", a.body)
			}
		}
		if n := len(h.actions(t)); n != 10 {
			t.Errorf("%d journal entries for 5 sign-ins and 5 sign-outs", n)
		}
		if a := h.browser(t).get(identity.PathSignOut); a.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET signs out: %s", a.Status)
		}
	})
}

func TestTheDemoIsRefusedWhereItDoesNotBelong(t *testing.T) {
	db := storetestSQLite(t)
	h, _, _ := demoHouse(t, db)
	b := h.browser(t)
	if a := b.get(identity.PathDemo); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET signs in: %s", a.Status)
	}
	if a := b.post(identity.PathDemo, url.Values{"persona": {"king"}}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown persona: %s", a.Status)
	}
	off := open(t, db, nil)
	if a := off.browser(t).post(identity.PathDemo, url.Values{"persona": {"officer"}}); a.StatusCode != http.StatusNotFound {
		t.Errorf("the demo is off, yet: %s", a.Status)
	}
	h.closeAccount(t, h.officerID(t))
	if a := b.post(identity.PathDemo, url.Values{"persona": {"officer"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("a closed account: %s", a.Status)
	}
}

func (h *house) officerID(t *testing.T) string {
	t.Helper()
	p, err := h.bodies.OfficialByEmail(t.Context(), "olle@kommun.example")
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// BenchmarkMiddlewareForAVisitorWithoutCookie is what public pages pay.
func BenchmarkMiddlewareForAVisitorWithoutCookie(b *testing.B) {
	db := storetest.SQLite(b, rooms...)
	log, clock := journaltest.Open(b, db)
	people, err := bodies.Open(b.Context(), db, log, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	s, err := identity.NewService(identity.Options{DB: db, Journal: log, Clock: clock, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://localhost", People: identity.FromBodies(people), Pages: plainPages{}})
	if err != nil {
		b.Fatal(err)
	}
	handler := s.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
	w := discard{}
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}
