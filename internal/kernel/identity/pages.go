package identity

import "net/http"

// Pages draws what people see while signing in. The answers' status, headers and cookies other than the body's belong to it too.
type Pages interface {
	// SignIn is the choice of ways to sign in. In the demo it must say plainly that it is one.
	SignIn(w http.ResponseWriter, r *http.Request, p SignInPage)
	// Passkeys lists the person's passkeys and offers to add one (needs JavaScript: ui/assets/src/passkey.js).
	Passkeys(w http.ResponseWriter, r *http.Request, p PasskeysPage)
	// OneTime asks for a one-time code: a form that POSTs "kod" to PathOneTime. passkey.js fills it from the link's fragment.
	OneTime(w http.ResponseWriter, r *http.Request)
	// SigningOut takes back what else the browser holds for whoever signs out: cookies in the header. The answer leads on, here or elsewhere.
	SigningOut(w http.ResponseWriter, r *http.Request)
	// SignedOut confirms that the session has ended.
	SignedOut(w http.ResponseWriter, r *http.Request)
	// Failed says in plain words what went wrong (texts "identity.failure.CODE") and what to do next, with status f.Status.
	Failed(w http.ResponseWriter, r *http.Request, f Failure)
}

// SignInPage is what the sign-in page offers.
type SignInPage struct {
	Staff    []Choice
	Citizens []Choice
	Passkeys bool       // passkey sign-in is possible: passkey.js with PathPasskeySignInBegin and -Finish
	Personas []Persona  // the demo's: a form each that POSTs "persona" and FieldReturn to PathDemo; empty outside the demo
	Return   string     // the local path to come back to: forms send it on as FieldReturn
	SignedIn *Principal // who is signed in already, or nil
	Ended    bool       // the visitor's session has run out or was ended
}

// Choice is one provider to sign in with: a link.
type Choice struct {
	Name string
	Href string
}

// PasskeysPage is what the page of passkeys shows.
type PasskeysPage struct {
	Passkeys    []PasskeyInfo
	SignInAgain bool // signed in too long ago to add one: offer SignInPath(PathPasskeys)
}

// Paths of sign-in. Fields are names of form fields and query parameters.
//
//nolint:gosec // G101 takes "Passkey" for a password
const (
	PathSignIn              = "/logga-in"
	PathSignOut             = "/logga-ut"            // POST
	PathSignedOut           = "/logga-ut/klar"       // where a provider sends people after signing out
	PathStart               = "/logga-in/start/"     // + provider key
	PathAnswer              = "/logga-in/svar/"      // + provider key: the redirect URI to register at the provider
	PathDemo                = "/logga-in/demo"       // POST
	PathOneTime             = "/logga-in/engangskod" // GET the form, POST the code
	PathPasskeys            = "/logga-in/nyckel"
	PathPasskeyRemove       = "/logga-in/nyckel/ta-bort"        // POST FieldPasskey
	PathPasskeyAddBegin     = "/logga-in/nyckel/ny/borja"       // POST, JSON
	PathPasskeyAddFinish    = "/logga-in/nyckel/ny/svara"       // POST, JSON
	PathPasskeySignInBegin  = "/logga-in/nyckel/logga-in/borja" // POST, JSON
	PathPasskeySignInFinish = "/logga-in/nyckel/logga-in/svara" // POST, JSON
	FieldReturn             = "till"
	FieldPersona            = "persona"
	FieldCode               = "kod"
	FieldPasskey            = "nyckel"
)
