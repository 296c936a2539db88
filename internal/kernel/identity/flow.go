package identity

import "time"

// flow is a sign-in under way at a provider: what was sent, to be compared with what comes back.
type flow struct {
	Provider string    `json:"provider"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // PKCE, RFC 7636
	Return   string    `json:"return"`   // local path
	Begun    time.Time `json:"begun"`
}
