package desk

import (
	"context"
	"strings"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web"
)

// Bounds of the streams that tell open pages that something has happened.
const (
	streamsOfEach = 12 // of one session: tabs
	streamsOfAll  = 4000
)

func newStreams(beat, pause, life time.Duration) *web.Streams {
	return web.NewStreams(web.StreamLimits{Each: streamsOfEach, All: streamsOfAll, Beat: beat, Pause: pause, Life: life})
}

// stream tells a page that something about its topic has happened, and nothing more: the page asks again and is checked again.
func stream(v *visit) error {
	if v.Live == nil {
		return store.ErrNotFound
	}
	topic := v.R.URL.Query().Get("amne")
	if err := v.mayHear(topic); err != nil {
		return err
	}
	session := v.Who.Person
	if p := identity.From(v.Ctx()); p != nil {
		session = p.SessionID
	}
	return v.streams.Serve(v.W, v.R, web.Stream{
		Key: session, Subscribe: func(ctx context.Context) <-chan struct{} { return v.Live.Subscribe(ctx, topic) },
	})
}

// mayHear asks whether the official may know that something happens there.
func (v *visit) mayHear(topic string) error {
	if id, ok := strings.CutPrefix(topic, "case:"); ok && store.ValidID(id) {
		return v.Cases.MaySee(v.Ctx(), v.Who, id)
	}
	if topic != "case" {
		return store.ErrNotFound
	}
	if v.queues() == nil {
		return access.Check(v.Who, access.CaseRead, access.Object{}).Err()
	}
	return nil
}
