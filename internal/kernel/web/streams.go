package web

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// StreamLimits bound the streams of one kind of page. Times that are zero take their default.
type StreamLimits struct {
	Each  int           // of one key: a session, a network
	All   int           // in the process
	Beat  time.Duration // 25 s: proxies close what is silent
	Pause time.Duration // 2 s between two messages: in a rush pages renew themselves now and then, not each time
	Life  time.Duration // 30 min: the browser then comes again, and its right is asked again
}

// Streams are answers that stay open (server-sent events) and tell a page that something has happened, and nothing more: the page asks
// again and is checked again. They are bounded in number and in life. It is safe for concurrent use.
type Streams struct {
	limits StreamLimits

	mu   sync.Mutex // guards open and all
	open map[string]int
	all  int
}

// NewStreams makes streams with their bounds.
func NewStreams(l StreamLimits) *Streams {
	l.Beat, l.Pause, l.Life = cmp.Or(l.Beat, 25*time.Second), cmp.Or(l.Pause, 2*time.Second), cmp.Or(l.Life, 30*time.Minute)
	return &Streams{limits: l, open: map[string]int{}}
}

// enter takes a place for a key, if there is one left; leave gives it back.
func (s *Streams) enter(key string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[key] >= s.limits.Each || s.all >= s.limits.All {
		return nil, false
	}
	s.open[key]++
	s.all++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.open[key]--; s.open[key] <= 0 {
			delete(s.open, key)
		}
	}, true
}

// Stream is one stream to serve.
type Stream struct {
	// Key is whose it is, for the bound: a session or Place.
	Key string
	// Subscribe gives the channel that receives when something has happened, until ctx ends.
	Subscribe func(ctx context.Context) <-chan struct{}
	// Still asks at each beat, and with news before each message, whether the reader may still hear; nil: for the whole life.
	Still func(news bool) bool
}

// Serve sends until the reader leaves or may not hear any more, the server stops, or the time is out. It gives TooManyError when no
// place is left, and nil in all other cases.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, o Stream) error {
	leave, ok := s.enter(o.Key)
	if !ok {
		return TooManyError{RetryAfter: time.Minute}
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Life)
	defer cancel()
	changed := o.Subscribe(ctx)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	beat := time.NewTicker(s.limits.Beat)
	defer beat.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	<-rest.C
	var hear = changed
	for line := ": \n\n"; s.send(w, line); {
		for line = ""; line == ""; {
			select {
			case <-ctx.Done():
				return nil
			case <-Stopping(ctx):
				return nil
			case _, open := <-hear:
				if !open || o.Still != nil && !o.Still(true) {
					return nil
				}
				line, hear = "data: \n\n", nil
				rest.Reset(s.limits.Pause)
			case <-rest.C:
				hear = changed
			case <-beat.C:
				if o.Still != nil && !o.Still(false) {
					return nil
				}
				line = ": \n\n"
			}
		}
	}
	return nil
}

// send writes a line; false if the reader has left.
func (s *Streams) send(w http.ResponseWriter, line string) bool {
	KeepSending(w, 2*s.limits.Beat)
	if _, err := io.WriteString(w, line); err != nil {
		return false
	}
	return http.NewResponseController(w).Flush() == nil
}
