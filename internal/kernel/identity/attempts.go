package identity

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"dygnet/internal/kernel/calendar"
)

// Limits of attempts with a one-time code or passkey: ten at once from one place, then one every six seconds.
const (
	attemptsAtOnce = 10
	attemptEvery   = 6 * time.Second
	attemptPlaces  = 10_000 // places remembered; when more come at once they share one allowance
)

// attempts counts attempts per place, on this node.
type attempts struct {
	clock calendar.Clock
	place func(*http.Request) string

	mu     sync.Mutex
	places map[string]*rate.Limiter
}

func newAttempts(clock calendar.Clock, place func(*http.Request) string) *attempts {
	if place == nil {
		place = remotePlace
	}
	return &attempts{clock: clock, place: place, places: map[string]*rate.Limiter{}}
}

// allow gives ErrTooMany when the request's place has had its share.
func (a *attempts) allow(r *http.Request) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, place := a.clock.Now(), a.place(r)
	if a.places[place] == nil && len(a.places) >= attemptPlaces {
		for p, l := range a.places {
			if l.TokensAt(now) >= attemptsAtOnce {
				delete(a.places, p)
			}
		}
		if len(a.places) >= attemptPlaces {
			place = ""
		}
	}
	l := a.places[place]
	if l == nil {
		l = rate.NewLimiter(rate.Every(attemptEvery), attemptsAtOnce)
		a.places[place] = l
	}
	if !l.AllowN(now, 1) {
		return ErrTooMany
	}
	return nil
}

// remotePlace is the network address a request comes from; of IPv6 the part that one subscriber has.
func remotePlace(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || addr.Unmap().Is4() {
		return host
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return prefix.String()
}
