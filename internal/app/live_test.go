package app

import (
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/journal"
)

func TestAReadingWakesNoPage(t *testing.T) {
	l := newLive()
	kind, one, other := l.Subscribe(t.Context(), "case"), l.Subscribe(t.Context(), "case:1"), l.Subscribe(t.Context(), "case:2")
	woken := func() (out [3]bool) {
		for i, ch := range []<-chan struct{}{kind, one, other} {
			select {
			case <-ch:
				out[i] = true
			default:
			}
		}
		return out
	}
	about := func(action string) []journal.Recorded {
		return []journal.Recorded{{Action: action, Object: journal.Ref{Kind: "case", ID: "1"}}}
	}
	l.heard(about(cases.ActionRead))
	if got := woken(); got != [3]bool{} {
		t.Errorf("a page that renewed itself would read again, for ever: %v", got)
	}
	l.heard(about(cases.ActionNoted))
	if got := woken(); got != [3]bool{true, true, false} {
		t.Errorf("a change woke %v", got)
	}
}
