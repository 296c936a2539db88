package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"dygnet/internal/kernel/calendar"
)

// op is an OpenID provider that says what a test tells it to, but holds PKCE, the client's secret and single use of codes itself.
type op struct {
	*httptest.Server
	t       *testing.T
	key     *ecdsa.PrivateKey
	clock   calendar.Clock
	asked   url.Values     // the last authorization request
	claims  map[string]any // of the person who signs in
	info    map[string]any // answered by the userinfo endpoint; nil is no such endpoint
	alter   func(claims map[string]any)
	sign    func(claims string) string // nil is a proper signature
	down    atomic.Bool                // answers 503 to everything
	noKeys  atomic.Bool                // answers 503 to the key set
	lookups atomic.Int32               // of its metadata
	code    string                     // not yet used
}

func newOP(t *testing.T) *op {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &op{t: t, key: key, claims: map[string]any{"sub": "s-1", "name": "Olle Handläggare", "email": "Olle@kommun.example", "email_verified": true, "acr": "substantial"}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *op) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.down.Load() || p.noKeys.Load() && r.URL.Path == "/jwks" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			p.t.Error(err)
		}
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.lookups.Add(1)
		m := map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/jwks",
			"end_session_endpoint": p.URL + "/end", "id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}}
		if p.info != nil {
			m["userinfo_endpoint"] = p.URL + "/me"
		}
		answer(m)
	case "/jwks":
		coordinate := func(from int) string {
			raw, err := p.key.PublicKey.Bytes()
			if err != nil {
				p.t.Error(err)
			}
			return base64.RawURLEncoding.EncodeToString(raw[from : from+32])
		}
		answer(map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "kid": "k", "use": "sig", "alg": "ES256", "x": coordinate(1), "y": coordinate(33)}}})
	case "/token":
		id, secret, _ := r.BasicAuth()
		challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if id != "dygnet" || secret != "secret" || p.code == "" || r.PostFormValue("code") != p.code ||
			base64.RawURLEncoding.EncodeToString(challenge[:]) != p.asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != p.asked.Get("redirect_uri") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			answer(map[string]any{"error": "invalid_grant", "error_description": "Olle Handläggare"})
			return
		}
		p.code = ""
		answer(map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": p.token()})
	case "/me":
		if r.Header.Get("Authorization") != "Bearer access" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(p.info)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (p *op) token() string {
	now := p.clock.Now()
	c := map[string]any{"iss": p.URL, "aud": "dygnet", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": p.asked.Get("nonce")}
	maps.Copy(c, p.claims)
	if p.alter != nil {
		p.alter(c)
	}
	text, err := json.Marshal(c)
	if err != nil {
		p.t.Error(err)
	}
	if p.sign != nil {
		return p.sign(string(text))
	}
	return oidctest.SignIDToken(p.key, "k", oidc.ES256, string(text))
}

// authorize is the person's consent at the provider: it gives the address they are sent back to.
func (p *op) authorize(t *testing.T, location string) string {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, p.URL+"/auth?") {
		t.Fatalf("not sent to the provider but to %q (%v)", location, err)
	}
	p.asked = u.Query()
	p.code = rand.Text()
	return p.asked.Get("redirect_uri") + "?" + url.Values{"code": {p.code}, "state": {p.asked.Get("state")}, "iss": {p.URL}}.Encode()
}
