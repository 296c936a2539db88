package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestReadyzSaysPlainlyWhatIsWrongAndNoSecret(t *testing.T) {
	ok := func(context.Context) error { return nil }
	for name, c := range map[string]struct {
		check web.Check
		ready bool
		says  string
	}{
		"all well":      {web.Check{Name: "database", Probe: ok}, true, `"ready":true`},
		"database gone": {web.Check{Name: "database", Probe: func(context.Context) error { return store.ErrUnavailable }}, false, "cannot be reached"},
		"told reason":   {web.Check{Name: "mail", Probe: func(context.Context) error { return web.ReasonError("no mail server") }}, false, "no mail server"},
		"unknown": {web.Check{Name: "x", Probe: func(context.Context) error { return errors.New("postgres://user:pw@host") }}, false,
			"the log says why"},
		"little space": {web.SpaceCheck(func() (uint64, bool) { return 10 << 20, true }, 100<<20), false, "only 10 MB"},
		"enough space": {web.SpaceCheck(func() (uint64, bool) { return 200 << 20, true }, 100<<20), true, `"disk","ok":true`},
		"not our disk": {web.SpaceCheck(func() (uint64, bool) { return 0, false }, 100<<20), true, `"ok":true`},
	} {
		w := get(t, web.Readyz(web.Check{Name: "first", Probe: ok}, c.check), "/readyz")
		if (w.Code == 200) != c.ready || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "pw@") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: not JSON: %s", name, w.Body)
		}
	}
}

func TestReadyzDoesNotWaitForACheckThatHangs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := make(chan struct{})
	defer close(forever)
	hang := web.Check{Name: "x", Probe: func(context.Context) error { cancel(); <-forever; return nil }}
	w := httptest.NewRecorder()
	web.Readyz(hang).ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}

func TestHealthzAnswersWhateverElseIsWrong(t *testing.T) {
	if w := get(t, web.Healthz(), "/healthz"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestSecurityTxtIsCompleteAndNeverExpired(t *testing.T) {
	clock := calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	h := web.SecurityTxt{Contacts: []string{"mailto:sec@kommun.example\nEvil: line"}, Policy: "https://kommun.example/policy", Clock: clock}.Handler()
	want := "Contact: mailto:sec@kommun.example Evil: line\nExpires: 2027-02-18T00:00:00Z\nPreferred-Languages: sv, en\n" +
		"Policy: https://kommun.example/policy\n"
	if got := get(t, h, "/").Body.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRobotsStayAwayFromPrivatePagesInBothLanguages(t *testing.T) {
	want := "User-agent: *\nDisallow: /folj\nDisallow: /en/folj\n"
	if got := get(t, web.Robots("/folj"), "/robots.txt").Body.String(); got != want {
		t.Errorf("got %q", got)
	}
}

func TestPagesAreZippedOnTheWayAndStreamsAreNot(t *testing.T) {
	page := strings.Repeat("<p>text</p>", 500)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", "5500")
		_, _ = io.WriteString(w, page)
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
	})
	h := web.Compress(mux)
	w := get(t, h, "/page", "Accept-Encoding", "gzip, br")
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Length") != "" || w.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("not zipped: %v %v", err, w.Header())
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != page {
		t.Errorf("unzipped: %d bytes, %v", len(got), err)
	}
	for _, c := range [][2]string{{"/page", ""}, {"/page", "gzip;q=0"}, {"/page", "br"}, {"/stream", "gzip"}} {
		if w := get(t, h, c[0], "Accept-Encoding", c[1]); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s with %q was zipped", c[0], c[1])
		}
	}
}

func TestSpansNameTheRouteAndHoldNothingPersonal(t *testing.T) {
	got := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/v1/traces" {
			got <- body
		}
	}))
	defer server.Close()
	traced, shutdown, err := web.Tracing(t.Context(), web.TracingOptions{Endpoint: server.URL + "/", Sample: 1, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /case/{id}", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	h := web.Chain(web.Routes(mux), web.Language(catalogue(t)), web.Frame(web.FrameOptions{Log: discard(), Clock: calendar.System()}), traced)
	get(t, h, "/case/secret-id?q=secret-query")
	if err := shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	var spans collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(<-got, &spans); err != nil {
		t.Fatal(err)
	}
	said := spans.String()
	for _, want := range []string{"GET /case/{id}", "503", "dygnet"} {
		if !strings.Contains(said, want) {
			t.Errorf("the span lacks %q: %s", want, said)
		}
	}
	for _, secret := range []string{"secret-id", "secret-query", "192.0.2"} {
		if strings.Contains(said, secret) {
			t.Errorf("the span holds %q: %s", secret, said)
		}
	}
}

func TestTracingSwitchedOffIsNotInTheChain(t *testing.T) {
	traced, shutdown, err := web.Tracing(t.Context(), web.TracingOptions{})
	if err != nil || traced != nil || shutdown(t.Context()) != nil {
		t.Errorf("middleware %v, %v", traced != nil, err)
	}
}
