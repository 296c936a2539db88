package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	kernelweb "dygnet/internal/kernel/web"
)

// Bounds of the streams that tell a citizen's page that something has happened.
const (
	streamsOfPlace = 60 // of one network: a library, a school
	streamsOfAll   = 2000
)

func newStreams(beat, pause, life time.Duration) *kernelweb.Streams {
	return kernelweb.NewStreams(kernelweb.StreamLimits{Each: streamsOfPlace, All: streamsOfAll, Beat: beat, Pause: pause, Life: life})
}

// stream tells the page of a case each time something has happened in it. It ends with the session or the grant that it was opened by,
// and when the case is marked.
func (m *Module) stream(w http.ResponseWriter, r *http.Request, base string, who viewer) error {
	if m.Live == nil {
		return store.ErrNotFound
	}
	v, err := m.view(r, who)
	if err != nil {
		return err
	}
	if !mayHear(base, v.Case) {
		return store.ErrNotFound
	}
	return m.streams.Serve(w, r, kernelweb.Stream{
		Key:       kernelweb.Place(r),
		Subscribe: func(ctx context.Context) <-chan struct{} { return m.Live.Subscribe(ctx, "case:"+v.Case.ID) },
		Still: func(news bool) bool {
			if base == followed && !slices.Contains(m.opened(r), v.Case.ID) || base != followed && !m.stillSignedIn(r) {
				return false
			}
			if !news {
				return true
			}
			now, err := m.view(r, who)
			return err == nil && mayHear(base, now.Case)
		},
	})
}

// followed is where cases are that somebody has opened by code.
const followed = "/folj"

// mayHear tells whether a page of the case renews itself. Whoever has the code alone is not told that something happens in a case that is
// marked or protected.
func mayHear(base string, c *cases.Case) bool {
	return base != followed || c.Secrecy == cases.Open && !c.Protected
}

// stillSignedIn tells whether the session that a request came with is still there.
func (m *Module) stillSignedIn(r *http.Request) bool {
	who := identity.From(r.Context())
	if who == nil {
		return false
	}
	list, err := m.Sessions.Sessions(r.Context(), who.PersonID)
	return err == nil && slices.ContainsFunc(list, func(s identity.SessionInfo) bool { return s.ID == who.SessionID })
}
