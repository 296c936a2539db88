package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"dygnet/internal/kernel/calendar"
)

// ProviderConfig is one OpenID provider. Register BaseURL + PathAnswer + Key as its redirect URI, and BaseURL + PathSignedOut as
// its post-logout redirect URI.
type ProviderConfig struct {
	Key      string // in our addresses: a-z, 0-9, -
	Kind     Kind   // whom it signs in
	Name     string // what the button says
	Issuer   string // https, exactly as in its tokens; http only on loopback
	ClientID string
	Secret   string   // "" for a public client (PKCE alone)
	Scopes   []string // besides openid; nil is profile and email
	Claims   ClaimMap
	// RequiredACR are the values of acr of which the token must have one; they are also asked for. Empty asks for none.
	RequiredACR []string
	// Levels adds to, or overrides, what values of the LoA claim stand for.
	Levels map[string]LoA
	// Level is what a sign-in counts as when the LoA claim says nothing we know.
	Level LoA
	// TrustEmail takes e-mail addresses as verified without the claim email_verified: for an employer's own directory.
	TrustEmail bool
}

// Limits of talking to providers.
const (
	providerTimeout = 10 * time.Second
	providerRetry   = 5 * time.Second // a provider that did not answer is left alone for this long
	providerRefresh = 24 * time.Hour
	providerAnswer  = 1 << 20 // bytes
	clockSkew       = 2 * time.Minute
)

var providerKey = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// provider is a ProviderConfig at work. Its metadata is fetched when first needed, so that a provider that is down keeps nobody
// else from starting, and again after a day.
type provider struct {
	ProviderConfig
	levels   map[string]LoA
	redirect string
	client   *http.Client
	clock    calendar.Clock
	log      *slog.Logger

	mu     sync.Mutex
	known  *metadata
	asked  time.Time
	failed error
}

// metadata is what discovery told.
type metadata struct {
	oauth      oauth2.Config
	issuer     string
	keys       oidc.KeySet
	algorithms []string
	userInfo   string
	endSession string
	provider   *oidc.Provider
}

func newProvider(c ProviderConfig, base *url.URL, clock calendar.Clock, log *slog.Logger) (*provider, error) {
	if !providerKey.MatchString(c.Key) {
		return nil, fmt.Errorf("identity provider %q: the key must be a-z, 0-9 and -", c.Key)
	}
	u, err := url.Parse(c.Issuer)
	switch {
	case c.Kind != Staff && c.Kind != Citizen:
		return nil, fmt.Errorf("identity provider %s: kind %q: want staff or citizen", c.Key, c.Kind)
	case err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))):
		return nil, fmt.Errorf("identity provider %s: issuer %q: want an https address", c.Key, c.Issuer)
	case c.ClientID == "":
		return nil, fmt.Errorf("identity provider %s: the client ID is missing", c.Key)
	}
	c.Claims = c.Claims.orDefault()
	if c.Scopes == nil {
		c.Scopes = []string{"profile", "email"}
	}
	levels := defaultLevels()
	maps.Copy(levels, c.Levels)
	return &provider{ProviderConfig: c, levels: levels, redirect: base.String() + PathAnswer + c.Key, clock: clock, log: log,
		client: &http.Client{Timeout: providerTimeout, Transport: boundedAnswers{http.DefaultTransport}}}, nil
}

// boundedAnswers cuts answers that are longer than any provider's.
type boundedAnswers struct{ http.RoundTripper }

func (b boundedAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, providerAnswer), resp.Body}
	}
	return resp, err
}

// ready gives the provider's metadata, or ErrProviderDown.
func (p *provider) ready(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	age := p.clock.Now().Sub(p.asked)
	switch {
	case p.failed != nil && age < providerRetry:
		return nil, p.failed
	case p.known != nil && age < providerRefresh:
		return p.known, nil
	}
	found, err := p.discover(ctx)
	if errors.Is(err, context.Canceled) {
		return nil, err // the visitor left: that says nothing of the provider
	}
	p.asked = p.clock.Now()
	if err == nil {
		p.known, p.failed = found, nil
		return found, nil
	}
	p.log.WarnContext(ctx, "identity provider does not answer", "provider", p.Key, "error", err)
	if p.known != nil { // what it told yesterday is better than nothing
		return p.known, nil
	}
	p.failed = fmt.Errorf("%w: %s: %w", ErrProviderDown, p.Key, err)
	return nil, p.failed
}

func (p *provider) discover(ctx context.Context) (*metadata, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	op, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("fetching its metadata: %w", err)
	}
	var more struct {
		JWKS       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
		EndSession string   `json:"end_session_endpoint"`
		TokenAuth  []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := op.Claims(&more); err != nil {
		return nil, fmt.Errorf("reading its metadata: %w", err)
	}
	m := &metadata{issuer: p.Issuer, provider: op, userInfo: op.UserInfoEndpoint(), endSession: more.EndSession,
		keys: oidc.NewRemoteKeySet(oidc.ClientContext(context.WithoutCancel(ctx), p.client), more.JWKS),
		oauth: oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: op.Endpoint(), RedirectURL: p.redirect,
			Scopes: slices.Concat([]string{oidc.ScopeOpenID}, p.Scopes)}}
	for _, a := range more.Algorithms {
		if slices.Contains(asymmetric(), a) {
			m.algorithms = append(m.algorithms, a)
		}
	}
	// Trying both ways, as oauth2 does by itself, spends the code at some providers.
	m.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.Secret == "" || len(more.TokenAuth) > 0 && !slices.Contains(more.TokenAuth, "client_secret_basic") {
		m.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return m, nil
}

// asymmetric are the algorithms we take tokens in: never none, never one whose key we share with the provider.
func asymmetric() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
}

// authURL is where the visitor goes to sign in.
func (p *provider) authURL(m *metadata, f flow) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(f.Verifier), oidc.Nonce(f.Nonce)}
	if len(p.RequiredACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.RequiredACR, " ")))
	}
	return m.oauth.AuthCodeURL(f.State, options...)
}

// redeem trades the code for what the provider knows of the person, and the raw ID token.
func (p *provider) redeem(ctx context.Context, f flow, code string) (identityOf, string, error) {
	m, err := p.ready(ctx)
	if err != nil {
		return identityOf{}, "", err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := m.oauth.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError:
		// The body may hold anything; the code is from a short list (RFC 6749, section 5.2).
		return identityOf{}, "", fmt.Errorf("%w: %s refused the code: %q", ErrFlow, p.Key, errorCode(refused.ErrorCode))
	case errors.As(err, &refused):
		return identityOf{}, "", fmt.Errorf("%w: %s: token endpoint answers %d", ErrProviderDown, p.Key, refused.Response.StatusCode)
	case err != nil:
		return identityOf{}, "", fmt.Errorf("%w: %s: trading the code: %w", ErrProviderDown, p.Key, err)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, said, err := p.verify(ctx, m, raw, f.Nonce)
	if err != nil {
		return identityOf{}, "", err
	}
	if idToken.AccessTokenHash != "" {
		if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
			return identityOf{}, "", &TokenError{Flaw: FlawAccess}
		}
	}
	if len(p.RequiredACR) > 0 && !slices.Contains(p.RequiredACR, said.text("acr")) {
		return identityOf{}, "", fmt.Errorf("%w: %s", ErrLevel, p.Key)
	}
	if said, err = p.askMore(ctx, m, token, idToken, said); err != nil {
		return identityOf{}, "", err
	}
	id, err := p.read(said, calendar.DateOf(p.clock.Now()))
	return id, raw, err
}

// verify holds the rules of OpenID Connect Core 1.0, section 3.1.3.7. go-oidc checks the form and signature; the rest is here, so
// that each rule has its own error and all share one tolerance for clocks.
func (p *provider) verify(ctx context.Context, m *metadata, raw, nonce string) (*oidc.IDToken, claims, error) {
	if raw == "" {
		return nil, nil, &TokenError{Flaw: FlawMissing}
	}
	keys := &watchedKeys{KeySet: m.keys}
	token, err := oidc.NewVerifier(m.issuer, keys, &oidc.Config{SkipIssuerCheck: true, SkipClientIDCheck: true, SkipExpiryCheck: true,
		SupportedSigningAlgs: m.algorithms}).Verify(ctx, raw)
	if keys.unreachable() {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrProviderDown, p.Key, keys.err)
	}
	if err != nil {
		return nil, nil, &TokenError{Flaw: FlawSignature, cause: err}
	}
	var said claims
	var times struct {
		NotBefore float64 `json:"nbf"`
		Party     string  `json:"azp"`
	}
	if err := errors.Join(token.Claims(&said), token.Claims(&times)); err != nil {
		return nil, nil, &TokenError{Flaw: FlawClaims}
	}
	now := p.clock.Now()
	switch {
	case token.Issuer != m.issuer:
		return nil, nil, &TokenError{Flaw: FlawIssuer}
	case !slices.Contains(token.Audience, p.ClientID), times.Party != "" && times.Party != p.ClientID, len(token.Audience) > 1 && times.Party == "":
		return nil, nil, &TokenError{Flaw: FlawAudience}
	case now.After(token.Expiry.Add(clockSkew)):
		return nil, nil, &TokenError{Flaw: FlawExpired}
	case token.IssuedAt.After(now.Add(clockSkew)), time.Unix(int64(times.NotBefore), 0).After(now.Add(clockSkew)):
		return nil, nil, &TokenError{Flaw: FlawTooEarly}
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return nil, nil, &TokenError{Flaw: FlawNonce}
	}
	return token, said, nil
}

// watchedKeys remembers why a signature could not be checked, which the verifier only tells in words.
type watchedKeys struct {
	oidc.KeySet
	err error
}

func (k *watchedKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, jwt)
	k.err = err
	return payload, err
}

// unreachable tells whether the keys could not be fetched: go-oidc wraps the cause in exactly that case.
func (k *watchedKeys) unreachable() bool { return k.err != nil && errors.Unwrap(k.err) != nil }

// askMore fetches what the ID token does not tell of the person (OpenID Connect Core 1.0, section 5.3): many providers put names
// and addresses there only.
func (p *provider) askMore(ctx context.Context, m *metadata, token *oauth2.Token, idToken *oidc.IDToken, said claims) (claims, error) {
	complete := true
	for _, name := range []string{p.Claims.Subject, p.Claims.Name, p.Claims.Email, p.Claims.PersonalNumber} {
		if name != "" && len(said[name]) == 0 {
			complete = false
		}
	}
	if complete || m.userInfo == "" {
		return said, nil
	}
	info, err := m.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: asking for user information", ErrProviderDown, p.Key)
	}
	if info.Subject != idToken.Subject {
		return nil, &TokenError{Flaw: FlawClaims, cause: errors.New("user information is of somebody else")}
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return nil, &TokenError{Flaw: FlawClaims}
	}
	return said.merge(more), nil
}

// endSessionURL is where the visitor goes to sign out at the provider too (RP-Initiated Logout 1.0), or "" if it has no such place.
func (p *provider) endSessionURL(ctx context.Context, idToken, signedOut, state string) string {
	m, err := p.ready(ctx)
	if err != nil || m.endSession == "" || idToken == "" {
		return ""
	}
	u, err := url.Parse(m.endSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", signedOut)
	q.Set("state", state)
	u.RawQuery = q.Encode()
	return u.String()
}

// origins are the sites that a sign-out form may lead to.
func (p *provider) origins() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	addresses := []string{p.Issuer}
	if p.known != nil && p.known.endSession != "" {
		addresses = append(addresses, p.known.endSession)
	}
	var out []string
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.Host != "" {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out
}

// errorCode gives an OAuth error code if it is one, so that nothing else reaches the log.
func errorCode(code string) string {
	if len(code) > 60 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "unknown"
	}
	return code
}
