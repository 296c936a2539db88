package identity

import (
	"errors"
	"net/http"

	"dygnet/internal/kernel/store"
)

// Errors of signing in. All are found with errors.Is; Explain turns them into what a page says.
var (
	// ErrNotSignedIn means that the request has no Principal.
	ErrNotSignedIn = errors.New("not signed in")
	// ErrStale means that the person signed in too long ago for this: signing in again helps.
	ErrStale = errors.New("signed in too long ago for this")
	// ErrDemoWithProvider means that the demo's sign-in was asked for where real people sign in.
	ErrDemoWithProvider = errors.New("demo sign-in cannot be on while a real identity provider is configured")
	// ErrCancelled means that the person turned back at the provider.
	ErrCancelled = errors.New("sign-in was cancelled at the provider")
	// ErrProviderDown means that the provider could not be reached or did not work.
	ErrProviderDown = errors.New("the identity provider does not answer")
	// ErrFlow means that the answer belongs to no sign-in begun in this browser: too old, used before, or made by somebody else.
	ErrFlow = errors.New("the sign-in was not begun here, or too long ago")
	// ErrToken means that the provider's token could not be trusted: signature, issuer, audience, nonce or time. Errors.As gives a *TokenError.
	ErrToken = errors.New("the identity token is not valid")
	// ErrLevel means that the provider vouched for a lower level of assurance than is required.
	ErrLevel = errors.New("the level of assurance is too low")
	// ErrUnknownPerson means that the provider knows somebody who has no account here.
	ErrUnknownPerson = errors.New("no account here")
	// ErrClosed means that the person's account is closed.
	ErrClosed = errors.New("the account is closed")
	// ErrPasskey means that a passkey's answer was refused.
	ErrPasskey = errors.New("the passkey was refused")
	// ErrCode means that a one-time code is unknown, used or too old.
	ErrCode = errors.New("the one-time code is not valid")
	// ErrTooMany means too many attempts from one place.
	ErrTooMany = errors.New("too many attempts")
	// ErrBadRequest means that the browser sent what none of our pages sends.
	ErrBadRequest = errors.New("the request could not be understood")
)

// Flaw names what was wrong with an identity token.
type Flaw string

// The flaws of a token.
const (
	FlawMissing   Flaw = "missing"
	FlawSignature Flaw = "signature" // not signed by the provider's keys with an accepted algorithm, or not a token at all
	FlawIssuer    Flaw = "issuer"
	FlawAudience  Flaw = "audience"
	FlawNonce     Flaw = "nonce"
	FlawExpired   Flaw = "expired"
	FlawTooEarly  Flaw = "too early"
	FlawAccess    Flaw = "access token" // at_hash does not match
	FlawClaims    Flaw = "claims"       // a claim that is needed is missing or of the wrong form
)

// TokenError is an ErrToken that says which rule the token broke.
type TokenError struct {
	Flaw  Flaw
	cause error
}

// Error says which rule was broken, never what the token held.
func (e *TokenError) Error() string {
	if e.cause == nil {
		return ErrToken.Error() + ": " + string(e.Flaw)
	}
	return ErrToken.Error() + ": " + string(e.Flaw) + ": " + e.cause.Error()
}

// Unwrap makes it an ErrToken.
func (e *TokenError) Unwrap() []error {
	if e.cause == nil {
		return []error{ErrToken}
	}
	return []error{ErrToken, e.cause}
}

// Failure is what a page says when signing in did not work.
type Failure struct {
	Status int    // HTTP status
	Code   string // part of the keys "identity.failure.CODE.title" and ".text" in texts/
	Again  string // local path that tries again
	Err    error  // the cause: for programs, not for people
}

// Explain tells what to say of an error. An unknown one is "unavailable".
func Explain(err error) Failure {
	for _, known := range []struct {
		err    error
		status int
		code   string
	}{
		{ErrNotSignedIn, http.StatusUnauthorized, "not_signed_in"},
		{ErrStale, http.StatusForbidden, "stale"},
		{ErrCancelled, http.StatusForbidden, "cancelled"},
		{ErrProviderDown, http.StatusBadGateway, "provider_down"},
		{ErrFlow, http.StatusBadRequest, "flow"},
		{ErrToken, http.StatusForbidden, "token"},
		{ErrLevel, http.StatusForbidden, "level"},
		{ErrUnknownPerson, http.StatusForbidden, "unknown_person"},
		{ErrClosed, http.StatusForbidden, "closed"},
		{ErrPasskey, http.StatusForbidden, "passkey"},
		{ErrCode, http.StatusForbidden, "code"},
		{ErrTooMany, http.StatusTooManyRequests, "too_many"},
		{ErrBadRequest, http.StatusBadRequest, "bad_request"},
		{store.ErrFull, http.StatusInsufficientStorage, "unavailable"},
		{store.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
		{store.ErrCorrupt, http.StatusServiceUnavailable, "unavailable"},
	} {
		if errors.Is(err, known.err) {
			return Failure{Status: known.status, Code: known.code, Err: err}
		}
	}
	return Failure{Status: http.StatusInternalServerError, Code: "unavailable", Err: err}
}
