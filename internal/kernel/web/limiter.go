package web

import (
	"hash/maphash"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"dygnet/internal/kernel/calendar"
)

// LimiterOptions say how often something may be tried.
type LimiterOptions struct {
	// Every is the time in which one more attempt is earned.
	Every time.Duration
	// Burst is how many attempts may come at once.
	Burst int
	// Keys bounds how many keys are remembered; 0 means 20 000 (about 2 MB).
	Keys  int
	Clock calendar.Clock
}

// Limiter is a token bucket for each key, in bounded memory. It is for what must not be guessed: references, one-time codes. It is
// safe for concurrent use. Keys are kept only as a hash that means nothing outside the process.
type Limiter struct {
	options LimiterOptions
	seed    maphash.Seed

	mu sync.Mutex
	// A key is forgotten when half of Keys other keys have come after it was last used: whoever wants to be forgotten must own that
	// many networks.
	young, old map[uint64]*rate.Limiter
}

// NewLimiter makes a limiter.
func NewLimiter(o LimiterOptions) *Limiter {
	if o.Keys <= 0 {
		o.Keys = 20000
	}
	return &Limiter{options: o, seed: maphash.MakeSeed(), young: map[uint64]*rate.Limiter{}}
}

// Allow takes one attempt from the key's bucket. When it is empty it tells how long until the next is earned.
func (l *Limiter) Allow(key string) (ok bool, retryAfter time.Duration) {
	now := l.options.Clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	reservation := l.bucket(maphash.String(l.seed, key)).ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		// Rounded up, since the bucket counts in floating point: whoever waits as told gets through.
		return false, (wait + time.Microsecond - 1).Truncate(time.Microsecond)
	}
	return true, 0
}

func (l *Limiter) bucket(key uint64) *rate.Limiter {
	if b := l.young[key]; b != nil {
		return b
	}
	b := l.old[key]
	if b == nil {
		b = rate.NewLimiter(rate.Every(l.options.Every), l.options.Burst)
	}
	if len(l.young) >= max(l.options.Keys/2, 1) {
		l.old, l.young = l.young, make(map[uint64]*rate.Limiter, len(l.young))
	}
	l.young[key] = b
	return b
}

// Wrap answers 429 when the request's key has no attempt left. Without a key function it is the network the request comes from.
func (l *Limiter) Wrap(next http.Handler, key func(*http.Request) string) http.Handler {
	if key == nil {
		key = Place
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ok, wait := l.Allow(key(r)); !ok {
			Error(w, r, TooManyError{RetryAfter: wait})
			return
		}
		next.ServeHTTP(w, r)
	})
}
