package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"dygnet/internal/kernel/store"
)

// Limits of passkeys.
const (
	maxPasskeys  = 20               // per person
	ceremonyAge  = 5 * time.Minute  // from begin to finish
	passkeyFresh = 30 * time.Minute // a session older than this adds no passkey: whoever finds an open browser gets no key of their own
)

// ceremony is a passkey ceremony under way.
type ceremony struct {
	Data  webauthn.SessionData `json:"data"`
	Begun time.Time            `json:"begun"`
}

// newWebAuthn gives the relying party of our address, or nil where browsers have no passkeys: at an address without a name.
func (s *Service) newWebAuthn() (*webauthn.WebAuthn, error) {
	if _, err := netip.ParseAddr(s.base.Hostname()); err == nil {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: s.base.Hostname(), RPDisplayName: s.base.Hostname(), RPOrigins: []string{s.base.String()},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing passkeys for %s: %w", s.base.Hostname(), err)
	}
	return w, nil
}

// holder is a person as the library wants to see one. The user handle is the person's ID: random, and nothing about them.
type holder struct {
	person Person
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.person.ID) }
func (h holder) WebAuthnName() string                       { return h.person.Name }
func (h holder) WebAuthnDisplayName() string                { return h.person.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (s *Service) passkeyRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+PathPasskeys, s.passkeysPage)
	mux.HandleFunc("POST "+PathPasskeyRemove, s.passkeyRemovePost)
	for path, step := range map[string]func(http.ResponseWriter, *http.Request) (any, error){
		PathPasskeyAddBegin: s.addPasskeyBegin, PathPasskeyAddFinish: s.addPasskeyFinish,
		PathPasskeySignInBegin: s.passkeySignInBegin, PathPasskeySignInFinish: s.passkeySignInFinish,
	} {
		mux.HandleFunc("POST "+path, s.asJSON(step))
	}
}

// asJSON answers what a step gives: its value, {"next": path}, or {"code": …} of a Failure.
func (s *Service) asJSON(step func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		noStore(w)
		status := http.StatusOK
		value, err := step(w, r)
		if err != nil {
			f := Explain(err)
			s.logFailure(r.Context(), f)
			status, value = f.Status, map[string]string{"code": f.Code}
		}
		body, err := json.Marshal(value)
		if err != nil {
			status, body = http.StatusInternalServerError, []byte(`{"code":"unavailable"}`)
			s.log.ErrorContext(r.Context(), "answering a passkey step", "error", err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(body) // the visitor may be gone
	}
}

func (s *Service) addPasskeyBegin(w http.ResponseWriter, r *http.Request) (any, error) {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return nil, err
	}
	user, err := s.freshHolder(ctx, v)
	if err != nil {
		return nil, err
	}
	options, data, err := s.webauthn.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.keys).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("beginning to add a passkey: %w", err)
	}
	v.Ceremony = &ceremony{Data: *data, Begun: s.clock.Now().UTC()}
	return options, s.save(ctx, w, v)
}

// freshHolder gives the person who asks, if they signed in a short while ago.
func (s *Service) freshHolder(ctx context.Context, v visit) (holder, error) {
	p := v.Principal
	if p == nil {
		return holder{}, ErrNotSignedIn
	}
	if s.clock.Now().Sub(p.SignedInAt) > passkeyFresh {
		return holder{}, ErrStale
	}
	person, err := s.person(ctx, p.PersonID)
	if err != nil {
		return holder{}, err
	}
	keys, err := s.credentials(ctx, person.ID)
	if err != nil {
		return holder{}, err
	}
	if len(keys) >= maxPasskeys {
		return holder{}, fmt.Errorf("%w: %d passkeys already", ErrBadRequest, len(keys))
	}
	return holder{person, keys}, nil
}

func (s *Service) addPasskeyFinish(w http.ResponseWriter, r *http.Request) (any, error) {
	ctx, v, data, err := s.takeCeremony(w, r)
	if err != nil {
		return nil, err
	}
	user, err := s.freshHolder(ctx, v)
	if err != nil {
		return nil, err
	}
	key, err := s.webauthn.FinishRegistration(user, data, r)
	if err != nil {
		return nil, fmt.Errorf("%w: adding it: %w", ErrPasskey, err)
	}
	// It is not read again, and says which make of authenticator the person has.
	key.Attestation = webauthn.CredentialAttestation{}
	if err := s.addCredential(ctx, user.person.ID, v, *key); err != nil {
		return nil, err
	}
	return map[string]string{"next": PathPasskeys}, nil
}

func (s *Service) passkeySignInBegin(w http.ResponseWriter, r *http.Request) (any, error) {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return nil, err
	}
	options, data, err := s.webauthn.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("beginning to sign in with a passkey: %w", err)
	}
	v.Ceremony = &ceremony{Data: *data, Begun: s.clock.Now().UTC()}
	return options, s.save(ctx, w, v)
}

func (s *Service) passkeySignInFinish(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := s.attempts.allow(r); err != nil {
		return nil, err
	}
	ctx, _, data, err := s.takeCeremony(w, r)
	if err != nil {
		return nil, err
	}
	var known Person // whose passkey it claims to be, if we know them
	find := func(_, handle []byte) (webauthn.User, error) {
		if !store.ValidID(string(handle)) {
			return nil, ErrPasskey
		}
		var err error
		if known, err = s.people.Person(ctx, string(handle)); err != nil {
			return nil, notFoundAs(ErrPasskey, err)
		}
		keys, err := s.credentials(ctx, known.ID)
		return holder{known, keys}, err
	}
	_, key, err := s.webauthn.FinishPasskeyLogin(find, data, r)
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) {
		return nil, err
	}
	switch {
	case err != nil && known.ID == "":
		return nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	case err != nil:
		return nil, s.refused(ctx, known.ID, MethodPasskey, "", fmt.Errorf("%w: %w", ErrPasskey, err))
	case known.Closed:
		return nil, s.refused(ctx, known.ID, MethodPasskey, "", ErrClosed)
	case key.Authenticator.CloneWarning:
		return nil, s.refused(ctx, known.ID, MethodPasskey, "", fmt.Errorf("%w: its counter went back: it may be a copy", ErrPasskey))
	}
	level, err := s.useCredential(ctx, *key)
	if errors.Is(err, store.ErrConflict) { // another sign-in with the same counter got there first, or it was removed
		return nil, s.refused(ctx, known.ID, MethodPasskey, "", fmt.Errorf("%w: its counter was used", ErrPasskey))
	}
	if err != nil {
		return nil, err
	}
	err = s.signIn(ctx, w, r, Principal{PersonID: known.ID, Kind: known.Kind, LoA: level, Method: MethodPasskey}, "")
	return map[string]string{"next": LocalPath(r.URL.Query().Get(FieldReturn))}, err
}

// takeCeremony gives the ceremony under way and removes it: each is finished once.
func (s *Service) takeCeremony(w http.ResponseWriter, r *http.Request) (context.Context, visit, webauthn.SessionData, error) {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return nil, v, webauthn.SessionData{}, err
	}
	c := v.Ceremony
	if c == nil {
		return nil, v, webauthn.SessionData{}, ErrFlow
	}
	v.Ceremony = nil
	if err := s.save(ctx, w, v); err != nil {
		return nil, v, webauthn.SessionData{}, err
	}
	if s.clock.Now().Sub(c.Begun) > ceremonyAge {
		return nil, v, webauthn.SessionData{}, fmt.Errorf("%w: it took too long", ErrFlow)
	}
	return ctx, v, c.Data, nil
}

func (s *Service) passkeysPage(w http.ResponseWriter, r *http.Request) {
	p := From(r.Context())
	if p == nil {
		redirect(w, r, SignInPath(PathPasskeys))
		return
	}
	list, err := s.Passkeys(r.Context(), p.PersonID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	noStore(w)
	s.pages.Passkeys(w, r, PasskeysPage{Passkeys: list, SignInAgain: s.clock.Now().Sub(p.SignedInAt) > passkeyFresh})
}

func (s *Service) passkeyRemovePost(w http.ResponseWriter, r *http.Request) {
	err := parseForm(w, r)
	if err == nil {
		err = s.RemovePasskey(r.Context(), r.PostForm.Get(FieldPasskey))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) { // gone already is gone
		s.fail(w, r, err)
		return
	}
	redirect(w, r, PathPasskeys)
}
