package identity

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"dygnet/internal/kernel/calendar"
)

func TestAttemptsAreBoundedPerPlaceAndInMemory(t *testing.T) {
	clock := calendar.NewFake(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	a := newAttempts(clock, func(r *http.Request) string { return r.RemoteAddr })
	from := func(place int) error { return a.allow(&http.Request{RemoteAddr: strconv.Itoa(place)}) }
	for place := range attemptPlaces {
		if err := from(place); err != nil {
			t.Fatalf("the first attempt from place %d: %v", place, err)
		}
	}
	refused := 0
	for place := range 100 { // all memory is taken: newcomers share one allowance
		if from(attemptPlaces+place) != nil {
			refused++
		}
	}
	if refused != 100-attemptsAtOnce || len(a.places) != attemptPlaces+1 {
		t.Errorf("%d of 100 newcomers refused, %d places remembered", refused, len(a.places))
	}
	clock.Advance(time.Hour)
	if err := from(-1); err != nil || len(a.places) > 2 {
		t.Errorf("an hour later: %v, %d places remembered", err, len(a.places))
	}
}

func TestAPlaceIsAnAddressAndInIPv6ASubscriber(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[::ffff:192.0.2.7]:80": "::ffff:192.0.2.7",
		"[fe80::1%eth0]:80": "fe80::/64", "pipe": "pipe", "name:80": "name",
	} {
		if got := remotePlace(&http.Request{RemoteAddr: remote}); got != want {
			t.Errorf("remotePlace(%q) = %q, want %q", remote, got, want)
		}
	}
}

func TestAnAgentIsToldCoarsely(t *testing.T) {
	for header, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                   "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36":            "Samsung Internet, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36":                          "Chrome, macOS",
		"curl/8.5.0": "curl", "": "", "x": "",
	} {
		if got := coarseAgent(header); got != want {
			t.Errorf("coarseAgent(%q) = %q, want %q", header, got, want)
		}
	}
}
