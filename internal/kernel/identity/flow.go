package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/oauth2"
)

// flow is a sign-in under way at a provider: what was sent, to be compared with what comes back.
type flow struct {
	Provider string    `json:"provider"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // PKCE, RFC 7636
	Return   string    `json:"return"`   // local path
	Begun    time.Time `json:"begun"`
}

// Limits of sign-ins under way: tabs of one browser, and how long somebody may take at the provider.
const (
	maxFlows = 4
	flowAge  = 20 * time.Minute
)

// start sends the visitor to a provider.
func (s *Service) start(w http.ResponseWriter, r *http.Request) {
	p := s.providers[r.PathValue("provider")]
	if p == nil {
		http.NotFound(w, r)
		return
	}
	m, err := p.ready(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	f := flow{Provider: p.Key, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Return: LocalPath(r.URL.Query().Get(FieldReturn)), Begun: s.clock.Now().UTC()}
	v.Flows = append(slices.Clone(v.Flows), f)
	v.Flows = v.Flows[max(0, len(v.Flows)-maxFlows):]
	if err := s.save(ctx, w, v); err != nil {
		s.fail(w, r, err)
		return
	}
	redirect(w, r, p.authURL(m, f))
}

// answer takes what the provider sends the visitor back with.
func (s *Service) answer(w http.ResponseWriter, r *http.Request) {
	p := s.providers[r.PathValue("provider")]
	if p == nil {
		http.NotFound(w, r)
		return
	}
	f, err := s.takeFlow(w, r, p)
	if err == nil {
		err = s.signInWith(w, r, p, f)
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("signing in through %s: %w", p.Key, err))
		return
	}
	redirect(w, r, f.Return)
}

// takeFlow finds the sign-in that the answer belongs to and removes it: each is answered once.
func (s *Service) takeFlow(w http.ResponseWriter, r *http.Request, p *provider) (flow, error) {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return flow{}, err
	}
	state := []byte(r.URL.Query().Get("state"))
	i := slices.IndexFunc(v.Flows, func(f flow) bool {
		return subtle.ConstantTimeCompare([]byte(f.State), state) == 1 && f.Provider == p.Key
	})
	if i < 0 {
		return flow{}, ErrFlow
	}
	f := v.Flows[i]
	v.Flows = slices.Delete(slices.Clone(v.Flows), i, i+1)
	if err := s.save(ctx, w, v); err != nil {
		return flow{}, err
	}
	if s.clock.Now().Sub(f.Begun) > flowAge {
		return flow{}, fmt.Errorf("%w: it took too long", ErrFlow)
	}
	return f, nil
}

func (s *Service) signInWith(w http.ResponseWriter, r *http.Request, p *provider, f flow) error {
	q := r.URL.Query()
	if iss := q.Get("iss"); iss != "" && iss != p.Issuer { // RFC 9207
		return fmt.Errorf("%w: it comes from another provider", ErrFlow)
	}
	switch code := q.Get("error"); code {
	case "":
	case "access_denied":
		return ErrCancelled
	default:
		return fmt.Errorf("%w: it answers %q", ErrProviderDown, errorCode(code))
	}
	if q.Get("code") == "" {
		return fmt.Errorf("%w: no code", ErrFlow)
	}
	ctx := r.Context()
	id, raw, err := p.redeem(ctx, f, q.Get("code"))
	if err != nil {
		return err
	}
	person, err := s.personOf(ctx, p, id)
	if err != nil {
		return err
	}
	return s.signIn(ctx, w, r, Principal{PersonID: person.ID, Kind: p.Kind, LoA: id.level, Method: MethodOIDC, Provider: p.Key}, raw)
}

// afterSignOut sends people on to sign out at their provider too, or where they wanted, or shows that they are signed out.
func (s *Service) afterSignOut(ctx context.Context, v visit, target string) string {
	if target == "/" {
		target = PathSignedOut
	}
	if v.Principal == nil || s.providers[v.Principal.Provider] == nil {
		return target
	}
	if u := s.providers[v.Principal.Provider].endSessionURL(ctx, v.IDToken, s.base.String()+PathSignedOut, target); u != "" {
		return u
	}
	return target
}
