package desk

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web"
)

// Bounds of the streams that tell open pages that something has happened.
const (
	streamBeat    = 25 * time.Second // proxies close what is silent
	streamPause   = 2 * time.Second  // between two messages: in a rush pages renew themselves now and then, not each time
	streamLife    = 30 * time.Minute // the browser then comes again, and its right is asked again
	streamsOfEach = 12               // of one session: tabs
)

// streams counts the streams of each session, and holds their times for tests to shorten.
type streams struct {
	mu                *sync.Mutex
	open              map[string]int
	beat, pause, life time.Duration
}

func newStreams() streams {
	return streams{mu: &sync.Mutex{}, open: map[string]int{}, beat: streamBeat, pause: streamPause, life: streamLife}
}

// enter takes a place for a session, if it has one left; leave gives it back.
func (s *streams) enter(session string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[session] >= streamsOfEach {
		return nil, false
	}
	s.open[session]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[session]--; s.open[session] <= 0 {
			delete(s.open, session)
		}
	}, true
}

// stream tells a page that something about its topic has happened, and nothing more: the page asks again and is checked again.
func stream(v *visit) error {
	if v.Live == nil {
		return store.ErrNotFound
	}
	topic := v.r.URL.Query().Get("amne")
	if err := v.mayHear(topic); err != nil {
		return err
	}
	session := v.who.Person
	if p := identity.From(v.ctx()); p != nil {
		session = p.SessionID
	}
	leave, ok := v.streams.enter(session)
	if !ok {
		return web.TooManyError{RetryAfter: time.Minute}
	}
	defer leave()
	ctx, cancel := context.WithTimeout(v.ctx(), v.streams.life)
	defer cancel()
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("X-Accel-Buffering", "no")
	v.tell(ctx, v.Live.Subscribe(ctx, topic))
	return nil
}

// mayHear asks whether the official may know that something happens there.
func (v *visit) mayHear(topic string) error {
	if id, ok := strings.CutPrefix(topic, "case:"); ok && store.ValidID(id) {
		return v.Cases.MaySee(v.ctx(), v.who, id)
	}
	if topic != "case" {
		return store.ErrNotFound
	}
	if v.queues() == nil {
		return access.Check(v.who, access.CaseRead, access.Object{}).Err()
	}
	return nil
}

// tell sends until the reader leaves, the server stops, or the time is out.
func (v *visit) tell(ctx context.Context, changed <-chan struct{}) {
	alive := time.NewTicker(v.streams.beat)
	defer alive.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	<-rest.C
	var hear = changed
	for line := ": \n\n"; ; {
		web.KeepSending(v.w, 2*v.streams.beat)
		if _, err := io.WriteString(v.w, line); err != nil {
			return // the reader has left
		}
		if err := http.NewResponseController(v.w).Flush(); err != nil {
			return
		}
		for line = ""; line == ""; {
			select {
			case <-ctx.Done():
				return
			case <-web.Stopping(ctx):
				return
			case _, open := <-hear:
				if !open {
					return
				}
				line, hear = "data: \n\n", nil
				rest.Reset(v.streams.pause)
			case <-rest.C:
				hear = changed
			case <-alive.C:
				line = ": \n\n"
			}
		}
	}
}
