package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// realHouse is a house where staff sign in through one provider and citizens through another.
func realHouse(t *testing.T, db *store.DB, change func(*identity.ProviderConfig)) (*house, *op, *op) {
	t.Helper()
	staff, citizens := newOP(t), newOP(t)
	citizens.claims = map[string]any{"sub": "c-1", "name": "Maja Medborgare", "acr": "http://id.elegnamnden.se/loa/1.0/loa3", "pnr": "199001019802"}
	h := open(t, db, func(h *house, o *identity.Options) {
		h.add(t, bodies.Staff, "Olle Handläggare", "olle@kommun.example")
		o.Providers = []identity.ProviderConfig{
			{Key: "kommunen", Kind: identity.Staff, Name: "Kommunkonto", Issuer: staff.URL, ClientID: "dygnet", Secret: "secret"},
			{Key: "e-legitimation", Kind: identity.Citizen, Name: "E-legitimation", Issuer: citizens.URL, ClientID: "dygnet", Secret: "secret",
				Claims: identity.ClaimMap{PersonalNumber: "pnr"}},
		}
		if change != nil {
			change(&o.Providers[0])
		}
	})
	staff.clock, citizens.clock = h.clock, h.clock
	return h, staff, citizens
}

// through signs in at a provider and gives the last answer.
func (b *browser) through(p *op, key string) answer {
	b.t.Helper()
	a := b.get(identity.PathStart + key + "?till=/inkorg")
	if a.StatusCode != http.StatusSeeOther {
		return a
	}
	return b.get(p.authorize(b.t, a.Header.Get("Location")))
}

func TestStaffSignInThroughTheirProvider(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, staff, _ := realHouse(t, db, nil)
		b := h.browser(t)
		if page := b.get("/logga-in?till=/inkorg").body; !strings.Contains(page, "provider Kommunkonto /logga-in/start/kommunen?till=%2Finkorg") || !strings.Contains(page, "provider E-legitimation") {
			t.Errorf("sign-in page: %s", page)
		}
		a := b.through(staff, "kommunen")
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/inkorg" {
			t.Fatalf("%s %q: %s", a.Status, a.Header.Get("Location"), a.body)
		}
		b.wantWho(h.officerID(t) + " staff substantial oidc")
		for name, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "scope": "openid profile email", "client_id": "dygnet"} {
			if got := staff.asked.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}

		out := b.post(identity.PathSignOut, url.Values{"till": {"/om"}})
		if !slices.Contains(out.Header.Values("Set-Cookie"), "kept=; Max-Age=0") {
			t.Errorf("the browser keeps what it held: %q", out.Header.Values("Set-Cookie"))
		}
		u, err := url.Parse(out.Header.Get("Location"))
		if err != nil || !strings.HasPrefix(u.String(), staff.URL+"/end?") {
			t.Fatalf("sign-out leads to %q", out.Header.Get("Location"))
		}
		q := u.Query()
		if q.Get("post_logout_redirect_uri") != h.server.URL+"/logga-ut/klar" || q.Get("client_id") != "dygnet" || strings.Count(q.Get("id_token_hint"), ".") != 2 {
			t.Errorf("sign-out at the provider: %v", q)
		}
		b.wantWho("nobody")
		if back := b.get(identity.PathSignedOut + "?state=" + url.QueryEscape(q.Get("state"))); back.Header.Get("Location") != "/om" {
			t.Errorf("after sign-out: %s %q", back.Status, back.Header.Get("Location"))
		}
		if back := b.get(identity.PathSignedOut + "?state=" + url.QueryEscape("//evil.example")); back.StatusCode != http.StatusOK || back.body != "signed out" {
			t.Errorf("after sign-out with a planted state: %s %q", back.Status, back.Header.Get("Location"))
		}
		if origins := h.FormOrigins(); !slices.Contains(origins, staff.URL) {
			t.Errorf("FormOrigins = %v", origins)
		}
	})
}

func TestACitizenIsMadeAtFirstSignInAndKnownByTheirNumberAfterwards(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, _, citizens := realHouse(t, db, nil)
		b := h.browser(t)
		b.through(citizens, "e-legitimation")
		first := b.get("/who").body
		if !strings.HasSuffix(first, " citizen substantial oidc") {
			t.Fatalf("who = %q", first)
		}
		citizens.claims["sub"] = "another-pairwise-name"
		again := h.browser(t)
		again.through(citizens, "e-legitimation")
		again.wantWho(first)

		delete(citizens.claims, "pnr") // somebody with a foreign identity
		foreign := h.browser(t)
		foreign.through(citizens, "e-legitimation")
		who := foreign.get("/who").body
		if who == first || who == "nobody" {
			t.Errorf("a citizen without a number is %q", who)
		}
		citizens.claims["name"] = "Maja Gift"
		foreign = h.browser(t)
		foreign.through(citizens, "e-legitimation")
		foreign.wantWho(who)

		citizens.claims["pnr"] = "199001019803" // wrong check digit
		if a := h.browser(t).through(citizens, "e-legitimation"); a.body != "failed token claims" {
			t.Errorf("a false number: %s", a.body)
		}
		for _, e := range h.entries(t) {
			if strings.Contains(e.Actor+e.Object.ID+string(e.Payload), "9802") || strings.Contains(string(e.Payload), "Maja") {
				t.Errorf("personal data in the journal: %+v", e)
			}
		}
	})
}

func TestAnOfficialSignsInAsACitizenWithTheSamePerson(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, _, citizens := realHouse(t, db, nil)
		number, err := civic.Parse("199001019802", calendar.DateOf(h.clock.Now()))
		if err != nil {
			t.Fatal(err)
		}
		official, err := h.bodies.AddPerson(t.Context(), bodies.By{Person: journal.System}, bodies.Person{Kind: bodies.Staff, Name: "Eva", Email: "eva@kommun.example"}, number)
		if err != nil {
			t.Fatal(err)
		}
		b := h.browser(t)
		b.through(citizens, "e-legitimation")
		b.wantWho(official.ID + " citizen substantial oidc")
	})
}

func TestStaffAreNotMadeBySigningIn(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, staff, _ := realHouse(t, db, nil)
		for name, alter := range map[string]func(map[string]any){
			"unknown address":    func(c map[string]any) { c["email"] = "eva@kommun.example" },
			"unverified address": func(c map[string]any) { c["email_verified"] = false },
			"nothing said of it": func(c map[string]any) { delete(c, "email_verified") },
		} {
			staff.alter = alter
			if a := h.browser(t).through(staff, "kommunen"); a.StatusCode != http.StatusForbidden || a.body != "failed unknown_person" {
				t.Errorf("%s: %s %s", name, a.Status, a.body)
			}
		}
		staff.alter = nil
		first := h.browser(t)
		first.through(staff, "kommunen")
		first.wantWho(h.officerID(t))

		staff.claims["email"] = "olle.ny@kommun.example" // a new address, the same account
		renamed := h.browser(t)
		renamed.through(staff, "kommunen")
		renamed.wantWho(h.officerID(t))

		staff.claims["sub"], staff.claims["email"] = "s-2", "olle@kommun.example" // somebody new who got the old address
		heir := h.browser(t)
		if a := heir.through(staff, "kommunen"); a.body != "failed unknown_person" {
			t.Errorf("the heir of an address: %s", a.body)
		}
		if err := h.Unlink(t.Context(), h.officerID(t), h.officerID(t)); err != nil {
			t.Fatal(err)
		}
		heir.through(staff, "kommunen")
		heir.wantWho(h.officerID(t))

		h.closeAccount(t, h.officerID(t))
		if a := h.browser(t).through(staff, "kommunen"); a.body != "failed closed" {
			t.Errorf("a closed account: %s", a.body)
		}
		got := h.actions(t)
		if n := len(slices.DeleteFunc(slices.Clone(got), func(a string) bool { return a != "sign_in.refused" })); n != 2 {
			t.Errorf("%d refused sign-ins of a known person in the journal, want 2: %v", n, got)
		}
	})
}

func TestATokenThatBreaksARuleIsRefused(t *testing.T) {
	db := storetestSQLite(t)
	h, staff, _ := realHouse(t, db, nil)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func(header string) func(string) string {
		return func(claims string) string {
			return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "."
		}
	}
	in := func(d time.Duration) int64 { return h.clock.Now().Add(d).Unix() }
	for _, c := range []struct {
		name  string
		alter func(map[string]any)
		sign  func(string) string
		want  string // "" is taken
	}{
		{name: "a proper token"},
		{name: "expired a minute ago by our clock, which may be wrong", alter: func(c map[string]any) { c["exp"] = in(-time.Minute) }},
		{name: "issued in a minute by our clock", alter: func(c map[string]any) { c["iat"] = in(time.Minute); c["nbf"] = in(time.Minute) }},
		{name: "expired", alter: func(c map[string]any) { c["exp"] = in(-3 * time.Minute) }, want: "failed token expired"},
		{name: "no end", alter: func(c map[string]any) { delete(c, "exp") }, want: "failed token expired"},
		{name: "issued in the future", alter: func(c map[string]any) { c["iat"] = in(10 * time.Minute) }, want: "failed token too early"},
		{name: "not yet valid", alter: func(c map[string]any) { c["nbf"] = in(10 * time.Minute) }, want: "failed token too early"},
		{name: "another nonce", alter: func(c map[string]any) { c["nonce"] = "n" }, want: "failed token nonce"},
		{name: "no nonce", alter: func(c map[string]any) { delete(c, "nonce") }, want: "failed token nonce"},
		{name: "another issuer", alter: func(c map[string]any) { c["iss"] = "https://evil.example" }, want: "failed token issuer"},
		{name: "for somebody else", alter: func(c map[string]any) { c["aud"] = "another" }, want: "failed token audience"},
		{name: "for several, us not named as party", alter: func(c map[string]any) { c["aud"] = []string{"dygnet", "another"} }, want: "failed token audience"},
		{name: "for us, but another is the party", alter: func(c map[string]any) { c["azp"] = "another" }, want: "failed token audience"},
		{name: "no subject", alter: func(c map[string]any) { delete(c, "sub") }, want: "failed token claims"},
		{name: "another access token", alter: func(c map[string]any) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }, want: "failed token access token"},
		{name: "unsigned", sign: unsigned(`{"alg":"none"}`), want: "failed token signature"},
		{name: "unsigned, in capitals", sign: unsigned(`{"alg":"None"}`), want: "failed token signature"},
		{name: "signed by a stranger", sign: func(c string) string { return oidctest.SignIDToken(stranger, "k", oidc.ES256, c) }, want: "failed token signature"},
		{name: "signed with an algorithm not agreed on", sign: func(c string) string {
			return oidctest.SignIDToken(func() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader); return k }(), "k", oidc.ES384, c)
		}, want: "failed token signature"},
		{name: "not a token", sign: func(string) string { return "x" }, want: "failed token signature"},
		{name: "no token", sign: func(string) string { return "" }, want: "failed token missing"},
	} {
		staff.alter, staff.sign = c.alter, c.sign
		b := h.browser(t)
		a := b.through(staff, "kommunen")
		if c.want == "" {
			b.wantWho(h.officerID(t))
			continue
		}
		if a.StatusCode != http.StatusForbidden || a.body != c.want {
			t.Errorf("%s: %s %q, want %q", c.name, a.Status, a.body, c.want)
		}
		b.wantWho("nobody")
	}
}

func TestAnAnswerMustBelongToASignInOfThisBrowser(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, staff, citizens := realHouse(t, db, nil)
		b, victim := h.browser(t), h.browser(t)
		back := staff.authorize(t, b.get(identity.PathStart+"kommunen").Header.Get("Location"))
		for name, target := range map[string]string{
			"another state":    strings.Replace(back, "state=", "state=x", 1),
			"another provider": strings.Replace(back, "/kommunen?", "/e-legitimation?", 1),
			"no state":         identity.PathAnswer + "kommunen?code=" + staff.code,
		} {
			if a := b.get(target); a.StatusCode != http.StatusBadRequest || a.body != "failed flow" {
				t.Errorf("%s: %s %s", name, a.Status, a.body)
			}
		}
		if a := victim.get(back); a.body != "failed flow" { // login CSRF
			t.Errorf("an answer planted in another browser: %s", a.body)
		}
		if a := b.get(back); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" {
			t.Errorf("the right browser: %s %s", a.Status, a.body)
		}
		if a := b.get(back); a.body != "failed flow" {
			t.Errorf("the same answer again: %s", a.body)
		}

		late := h.browser(t)
		back = staff.authorize(t, late.get(identity.PathStart+"kommunen").Header.Get("Location"))
		h.clock.Advance(15 * time.Minute)
		late.get("/who")
		h.clock.Advance(10 * time.Minute)
		if a := late.get(back); a.body != "failed flow" {
			t.Errorf("25 minutes later: %s", a.body)
		}

		tabs := h.browser(t) // two tabs at once: both work
		one := tabs.get(identity.PathStart + "kommunen").Header.Get("Location")
		tabs.get(identity.PathStart + "e-legitimation")
		if a := tabs.get(staff.authorize(t, one)); a.StatusCode != http.StatusSeeOther {
			t.Errorf("the first tab: %s", a.body)
		}
		tabs = h.browser(t)
		tabs.get(identity.PathStart + "kommunen")
		two := tabs.get(identity.PathStart + "e-legitimation").Header.Get("Location")
		if a := tabs.get(citizens.authorize(t, two)); a.StatusCode != http.StatusSeeOther {
			t.Errorf("the second tab: %s", a.body)
		}
		mixed := h.browser(t)
		back = staff.authorize(t, mixed.get(identity.PathStart+"kommunen").Header.Get("Location"))
		if a := mixed.get(strings.Replace(back, "iss=", "iss=https%3A%2F%2Fevil.example%2F", 1)); a.body != "failed flow" {
			t.Errorf("an answer of another issuer (RFC 9207): %s", a.body)
		}
	})
}

func TestWhatTheProviderAnswersInsteadOfACodeIsTold(t *testing.T) {
	db := storetestSQLite(t)
	h, staff, _ := realHouse(t, db, nil)
	for code, want := range map[string]string{"access_denied": "failed cancelled", "server_error": "failed provider_down", "<script>": "failed provider_down", "": "failed flow"} {
		b := h.browser(t)
		staff.authorize(t, b.get(identity.PathStart+"kommunen").Header.Get("Location"))
		q := url.Values{"state": {staff.asked.Get("state")}}
		if code != "" {
			q.Set("error", code)
		}
		if a := b.get(identity.PathAnswer + "kommunen?" + q.Encode()); a.body != want {
			t.Errorf("error=%s: %s %q, want %q", code, a.Status, a.body, want)
		}
	}
	if a := h.browser(t).get(identity.PathStart + "nobody"); a.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown provider: %s", a.Status)
	}
	b := h.browser(t)
	back := staff.authorize(t, b.get(identity.PathStart+"kommunen").Header.Get("Location"))
	staff.code = "spent"
	if a := b.get(back); a.body != "failed flow" {
		t.Errorf("a code that the provider refuses: %s", a.body)
	}
}

func TestAProviderThatIsDownStopsNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, staff, citizens := realHouse(t, db, nil)
		staff.down.Store(true)
		b := h.browser(t)
		for range 3 {
			if a := b.get(identity.PathStart + "kommunen"); a.StatusCode != http.StatusBadGateway || a.body != "failed provider_down" {
				t.Fatalf("%s %s", a.Status, a.body)
			}
		}
		b.through(citizens, "e-legitimation")
		if who := b.get("/who").body; !strings.Contains(who, " citizen ") {
			t.Errorf("who = %q", who)
		}
		staff.down.Store(false)
		if a := b.get(identity.PathStart + "kommunen"); a.StatusCode != http.StatusBadGateway {
			t.Errorf("asked again at once: %s", a.Status)
		}
		h.clock.Advance(6 * time.Second)
		a := b.get(identity.PathStart + "kommunen")
		back := staff.authorize(t, a.Header.Get("Location"))
		staff.noKeys.Store(true)
		if a := b.get(back); a.StatusCode != http.StatusBadGateway || a.body != "failed provider_down" {
			t.Errorf("the keys cannot be fetched: %s %s", a.Status, a.body)
		}
		staff.noKeys.Store(false)
		b.through(staff, "kommunen")
		b.wantWho(h.officerID(t))
		if n := staff.lookups.Load(); n != 1 {
			t.Errorf("the metadata was fetched %d times", n)
		}
		staff.down.Store(true) // known, but away when somebody comes back
		h.clock.Advance(25 * time.Hour)
		if a := h.browser(t).get(identity.PathStart + "kommunen"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("yesterday's metadata should do: %s", a.Status)
		}
	})
}

func TestALevelOfAssuranceIsReadAndDemanded(t *testing.T) {
	db := storetestSQLite(t)
	h, staff, _ := realHouse(t, db, func(c *identity.ProviderConfig) {
		c.RequiredACR = []string{"mfa", "urn:smartcard"}
		c.Levels = map[string]identity.LoA{"urn:smartcard": identity.LoAHigh}
		c.Level = identity.LoALow
	})
	for acr, want := range map[string]string{"mfa": " staff low oidc", "urn:smartcard": " staff high oidc", "pwd": "", "": ""} {
		staff.claims["acr"] = acr
		b := h.browser(t)
		a := b.through(staff, "kommunen")
		if staff.asked.Get("acr_values") != "mfa urn:smartcard" {
			t.Errorf("acr_values = %q", staff.asked.Get("acr_values"))
		}
		if want == "" {
			if a.body != "failed level" {
				t.Errorf("acr %q: %s", acr, a.body)
			}
			continue
		}
		b.wantWho(h.officerID(t) + want)
	}
}

func TestWhatTheTokenDoesNotSayIsAskedFor(t *testing.T) {
	db := storetestSQLite(t)
	h, staff, _ := realHouse(t, db, nil)
	staff.claims = map[string]any{"sub": "s-9"}
	staff.info = map[string]any{"sub": "s-9", "name": "Olle Handläggare", "email": "olle@kommun.example", "email_verified": "true"}
	b := h.browser(t)
	b.through(staff, "kommunen")
	b.wantWho(h.officerID(t) + " staff none oidc")
	staff.info["sub"] = "s-10"
	if a := h.browser(t).through(staff, "kommunen"); a.body != "failed token claims" {
		t.Errorf("user information of somebody else: %s", a.body)
	}
	staff.info["sub"] = "s-9"
	staff.alter = func(c map[string]any) {
		sum := sha256.Sum256([]byte("access"))
		c["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	b = h.browser(t)
	b.through(staff, "kommunen")
	b.wantWho(h.officerID(t))
}

func TestAProvidersConfigurationIsChecked(t *testing.T) {
	good := identity.ProviderConfig{Key: "k", Kind: identity.Staff, Issuer: "https://op.example", ClientID: "c"}
	for want, change := range map[string]func(*identity.ProviderConfig){
		"the key must be":      func(c *identity.ProviderConfig) { c.Key = "K/../" },
		"kind":                 func(c *identity.ProviderConfig) { c.Kind = "robot" },
		"want an https":        func(c *identity.ProviderConfig) { c.Issuer = "http://op.example" },
		"client ID is missing": func(c *identity.ProviderConfig) { c.ClientID = "" },
		"":                     func(*identity.ProviderConfig) {},
	} {
		db := storetestSQLite(t)
		h := open(t, db, nil)
		c := good
		change(&c)
		_, err := identity.NewService(h.options(c))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("want %q, got %v", want, err)
		}
		o := h.options(good)
		o.Demo.Enabled = true
		if _, err := identity.NewService(o); !errors.Is(err, identity.ErrDemoWithProvider) {
			t.Errorf("demo beside a real provider: %v", err)
		}
		o = h.options(good)
		o.Providers = append(o.Providers, good)
		if _, err := identity.NewService(o); err == nil {
			t.Error("two providers have one key")
		}
		o = h.options(good)
		o.BaseURL = "http://kommun.example"
		if _, err := identity.NewService(o); err == nil {
			t.Error("plain http outside localhost")
		}
	}
}
