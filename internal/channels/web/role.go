package web

import (
	"net/http"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/represent"
	"dygnet/internal/kernel/identity"
)

// keptRole is where the session remembers in whose name its person acts: "organisation:5560160680".
const keptRole = "roll"

// role is in whose name the visitor acts, as it holds now: a right that has ended, or a session without one, is oneself.
func (m *Module) role(r *http.Request) represent.Principal {
	who := identity.From(r.Context())
	own := represent.Principal{Kind: casetype.ForSelf, Ground: represent.GroundSelf}
	if who == nil {
		return own
	}
	own.Key, own.Name = who.PersonID, who.Name
	kind, key, _ := strings.Cut(m.Sessions.Kept(r, keptRole), ":")
	if key == "" || m.Represent == nil || who.Kind != identity.Citizen {
		return own
	}
	list, err := m.Represent.Of(r.Context(), who.PersonID)
	if err != nil {
		m.Log.ErrorContext(r.Context(), "finding whom the visitor acts for", "err", err)
		return own
	}
	for _, p := range list {
		if string(p.Kind) == kind && p.Key == key {
			return p
		}
	}
	return own
}
