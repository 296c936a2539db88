package web_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// hear opens a stream and gives its lines, closed when it ends.
func (b *browser) hear(ctx context.Context, path string, want int) <-chan string {
	b.t.Helper()
	resp, err := b.Do(b.request(http.MethodGet, path, "", nil).WithContext(ctx))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != want {
		b.t.Fatalf("%s: %d, want %d", path, resp.StatusCode, want)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			if scan.Text() != "" {
				lines <- scan.Text()
			}
		}
	}()
	return lines
}

// ends waits for the end of a stream, and fails if it tells of something on the way.
func ends(t *testing.T, lines <-chan string) {
	t.Helper()
	for limit := time.After(20 * time.Second); ; {
		select {
		case line, open := <-lines:
			if !open {
				return
			}
			if line != ": " {
				t.Errorf("it still tells %q", line)
			}
		case <-limit:
			t.Fatal("the stream goes on")
		}
	}
}

func TestACitizensStreamEndsWithTheRightToHear(t *testing.T) {
	for name, c := range map[string]struct {
		life, beat time.Duration
		signedIn   bool
		end        func(t *testing.T, h *house, b *browser, id string)
		after      int // what asking again gives
	}{
		"its time is out": {20 * time.Millisecond, time.Hour, false, func(*testing.T, *house, *browser, string) {}, http.StatusOK},
		"the grant ends": {time.Hour, 5 * time.Millisecond, false, func(_ *testing.T, h *house, _ *browser, _ string) { h.Clock.Advance(2*time.Hour + 1e9) },
			http.StatusNotFound},
		"the case is marked": {time.Hour, time.Hour, false, func(t *testing.T, h *house, _ *browser, id string) {
			if _, err := h.Mark(t.Context(), h.As("reg"), cases.On{Case: id}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
				t.Error(err)
			}
			h.live.ring <- struct{}{}
		}, http.StatusNotFound},
		"signed out": {time.Hour, 5 * time.Millisecond, true, func(_ *testing.T, _ *house, b *browser, _ string) {
			b.post("/logga-ut", url.Values{"till": {"/kontakt"}})
		}, http.StatusOK}, // the page of signing in
		"the session runs out": {time.Hour, 5 * time.Millisecond, true, func(_ *testing.T, h *house, _ *browser, _ string) { h.Clock.Advance(time.Hour) },
			http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			h := once(t, nil)
			h.Hurry(c.beat, time.Millisecond, c.life)
			b := h.browser(t, i18n.SV)
			b.Timeout = 0
			base := "/folj/"
			if c.signedIn {
				b.signIn("inv")
				base = "/mina-sidor/arenden/"
			}
			number := caseNumber.FindString(b.post("/e-tjanster/fel/allt", allAnswers(store.NewID())).want(http.StatusOK).text())
			id, err := h.ByNumber(t.Context(), number)
			if err != nil {
				t.Fatal(err)
			}
			lines := b.hear(t.Context(), base+slug(number)+"/strom", http.StatusOK)
			<-h.live.topic
			c.end(t, h, b, id)
			ends(t, lines)
			again := b.hear(t.Context(), base+slug(number)+"/strom", c.after)
			if c.signedIn {
				for line := range again {
					if line == ": " {
						t.Error("the stream is there again")
					}
				}
			}
			if page := b.get(base + slug(number)); name == "the case is marked" && page.StatusCode != http.StatusOK {
				t.Errorf("its sender, who has the code, gets %d", page.StatusCode)
			}
		})
	}
}

func TestCitizensStreamsAreBoundedInNumber(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.Timeout = 0
	number := caseNumber.FindString(b.post("/e-tjanster/fel/allt", allAnswers(store.NewID())).want(http.StatusOK).text())
	path := "/folj/" + slug(number) + "/strom"
	ctx, leave := context.WithCancel(t.Context())
	for range site.StreamsOfPlace {
		<-b.hear(ctx, path, http.StatusOK)
		<-h.live.topic
	}
	b.hear(t.Context(), path, http.StatusTooManyRequests)
	leave()
	for limit := time.After(20 * time.Second); ; {
		resp, err := b.Do(b.request(http.MethodGet, path, "", nil))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-limit:
			t.Fatal("no place came free")
		default:
		}
	}
}
