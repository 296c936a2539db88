package app

import (
	"context"
	"sync"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/journal"
)

// live wakes pages that are open in somebody's browser when the journal shows a change of what they show. It carries no content: a
// page that is woken asks again, and is checked again.
type live struct {
	mu     sync.Mutex
	topics map[string]map[chan struct{}]struct{}
}

func newLive() *live { return &live{topics: map[string]map[chan struct{}]struct{}{}} }

// Subscribe gives a channel that receives after something about the topic has changed, until ctx ends. Signals are merged.
func (l *live) Subscribe(ctx context.Context, topic string) <-chan struct{} {
	ch := make(chan struct{}, 1)
	l.mu.Lock()
	if l.topics[topic] == nil {
		l.topics[topic] = map[chan struct{}]struct{}{}
	}
	l.topics[topic][ch] = struct{}{}
	l.mu.Unlock()
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.topics[topic], ch)
		if len(l.topics[topic]) == 0 {
			delete(l.topics, topic)
		}
	})
	return ch
}

// heard tells the topics of new journal entries: the object itself ("case:018f…") and its kind ("case").
func (l *live) heard(entries []journal.Recorded) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.topics) == 0 {
		return
	}
	woken := map[string]bool{}
	for _, e := range entries {
		if e.Action == cases.ActionRead {
			continue // that somebody looked changes nothing, and a page that renewed itself would look again, for ever
		}
		for _, topic := range []string{e.Object.Kind, e.Object.Kind + ":" + e.Object.ID} {
			if woken[topic] {
				continue
			}
			woken[topic] = true
			for ch := range l.topics[topic] {
				select {
				case ch <- struct{}{}:
				default:
				}
			}
		}
	}
}
