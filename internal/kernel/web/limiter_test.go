package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/web"
)

func TestLimiterLetsNoMoreThroughThanIsEarned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
		every := time.Duration(rapid.IntRange(1, 60).Draw(t, "every")) * time.Second
		burst := rapid.IntRange(1, 10).Draw(t, "burst")
		l := web.NewLimiter(web.LimiterOptions{Every: every, Burst: burst, Clock: clock})
		begun, passed := clock.Now(), 0
		for range rapid.IntRange(1, 100).Draw(t, "attempts") {
			ok, wait := l.Allow("somebody")
			if ok {
				passed++
			}
			if ok != (wait == 0) || wait > every {
				t.Fatalf("allowed %v with a wait of %s", ok, wait)
			}
			if !ok && rapid.Bool().Draw(t, "waits") {
				clock.Advance(wait)
				if again, _ := l.Allow("somebody"); !again {
					t.Fatalf("refused after waiting %s as told", wait)
				}
				passed++
			}
			elapsed := clock.Now().Sub(begun) + time.Microsecond // the bucket counts in floating point
			if most := burst + int(elapsed/every); passed > most {
				t.Fatalf("%d passed, %d earned", passed, most)
			}
			clock.Advance(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
		}
	})
}

func TestLimiterForgetsOnlyWhoWasPushedOutByManyOthers(t *testing.T) {
	clock := calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	l := web.NewLimiter(web.LimiterOptions{Every: time.Hour, Burst: 1, Keys: 1000, Clock: clock})
	l.Allow("attacker")
	for n := range 499 {
		l.Allow(fmt.Sprint(n))
	}
	if ok, _ := l.Allow("attacker"); ok {
		t.Error("forgotten after 499 others")
	}
	for n := range 5000 {
		l.Allow(fmt.Sprint("more", n))
	}
	if ok, _ := l.Allow("attacker"); !ok {
		t.Error("remembered after 5 000 others: memory is not bounded")
	}
}

func TestTooManyAttemptsFromOneNetworkGetAPageThatSaysWhenToTryAgain(t *testing.T) {
	clock := calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	l := web.NewLimiter(web.LimiterOptions{Every: 30 * time.Second, Burst: 2, Clock: clock})
	mux := http.NewServeMux()
	mux.Handle("GET /follow", l.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), nil))
	h, _ := site(t, mux, nil)
	from := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/follow", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, address := range []string{"192.0.2.1:1", "192.0.2.2:1"} {
		if got := from(address).Code; got != 200 {
			t.Errorf("%s: %d", address, got)
		}
	}
	if w := from("192.0.2.3:9"); w.Code != 429 || w.Header().Get("Retry-After") != "30" {
		t.Errorf("a third from the network: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if got := from("198.51.100.1:1").Code; got != 200 {
		t.Errorf("another network: %d", got)
	}
	clock.Advance(30 * time.Second)
	if got := from("192.0.2.3:9").Code; got != 200 {
		t.Errorf("after waiting: %d", got)
	}
}

func TestPlaceIsTheNetworkAndBelievesOnlyTrustedProxies(t *testing.T) {
	for _, c := range []struct{ remote, forwarded, proxies, want string }{
		{"192.0.2.77:1", "", "", "192.0.2.0/24"},
		{"[2001:db8:1:2ff:1::1]:1", "", "", "2001:db8:1:200::/56"},
		{"[::ffff:192.0.2.77]:1", "", "", "192.0.2.0/24"},
		{"192.0.2.77:1", "203.0.113.9", "", "192.0.2.0/24"},
		{"10.0.0.1:1", "203.0.113.9", "10.0.0.0/8", "203.0.113.0/24"},
		{"10.0.0.1:1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "10.0.0.0/8", "203.0.113.0/24"},
		{"10.0.0.1:1", "nonsense", "10.0.0.0/8", "10.0.0.0/24"},
		{"10.0.0.1:1", "", "10.0.0.0/8", "10.0.0.0/24"},
		{"@", "", "", ""},
	} {
		var proxies []netip.Prefix
		if c.proxies != "" {
			proxies = append(proxies, netip.MustParsePrefix(c.proxies))
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		var got string
		web.Chain(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = web.Place(r) }),
			web.Frame(web.FrameOptions{Log: discard(), Clock: calendar.System(), TrustedProxies: proxies})).
			ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
