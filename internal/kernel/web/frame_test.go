package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

func catalogue(t testing.TB) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(web.Texts, ui.Texts, access.Texts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTextsAreCompleteAndPlain(t *testing.T) { i18ntest.Complete(t, web.Texts) }

// site is the whole chain around a mux, with what it logs.
func site(t testing.TB, mux *http.ServeMux, metrics *web.Metrics) (http.Handler, *bytes.Buffer) {
	t.Helper()
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the stylesheet is not built: %v", err)
	}
	log := new(bytes.Buffer)
	about := &ui.Site{Name: i18n.Text{i18n.SV: "Provkommun", i18n.EN: "Test town"}, Assets: assets}
	c := catalogue(t)
	i18ntest.Strict(t, c)
	return web.Chain(web.Routes(mux),
		web.Language(c),
		web.Frame(web.FrameOptions{
			Log: slog.New(slog.NewJSONHandler(log, nil)), Clock: calendar.System(), Metrics: metrics,
			Page: func(*http.Request) ui.Page { return ui.Page{Site: about} },
		}),
		web.Secure(web.SecurityOptions{TLS: true, FormOrigins: []string{"https://login.example"}}),
		web.SameOrigin(), web.LimitBody(1<<20), web.Compress), log
}

func get(t testing.TB, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return do(t, h, http.MethodGet, target, headers...)
}

func do(t testing.TB, h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEachErrorHasItsStatusAndAPageInPlainWords(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		says   string
		retry  bool
	}{
		"missing":       {store.ErrNotFound, 404, "Sidan finns inte", false},
		"conflict":      {store.ErrConflict, 409, "Någon annan hann före", false},
		"disk full":     {store.ErrFull, 507, "lagringsutrymme är fullt", true},
		"database gone": {store.ErrUnavailable, 503, "tillfälligt nere", true},
		"corrupt":       {store.ErrCorrupt, 503, "tillfälligt nere", true},
		"denied": {&access.Denied{Decision: access.Decision{Reason: "access.denied.mandate", Sentence: "PR-2"}}, 403,
			"Du har inget uppdrag som gäller det här. Regeln är PR-2.", false},
		"reserved":    {&bodies.ReservedError{Body: "KS", Sentence: "S4-KS-3"}, 403, "beslut av KS. Ange beslutet och försök igen. Regeln är S4-KS-3.", false},
		"too large":   {&http.MaxBytesError{Limit: 3}, 413, "för stort", false},
		"form":        {formdata.TooLargeError{What: formdata.File, Limit: 3}, 413, "för stort", false},
		"not a form":  {formdata.ErrContentType, 415, "formatet", false},
		"broken form": {formdata.ErrMalformed, 400, "förstod inte", false},
		"too many":    {web.TooManyError{RetryAfter: 90 * time.Second}, 429, "För många försök", true},
		"time is up":  {context.DeadlineExceeded, 503, "tillfälligt nere", true},
		"unknown":     {errors.New("secret cause"), 500, "Något gick fel hos oss", false},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) { web.Error(w, r, fmt.Errorf("doing it: %w", c.err)) })
			h, log := site(t, mux, nil)
			page := get(t, h, "/x", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
			if page.Code != c.status || !strings.Contains(page.Body.String(), c.says) {
				t.Errorf("page: %d, want %d saying %q:\n%s", page.Code, c.status, c.says, page.Body)
			}
			if got := page.Header().Get("Retry-After") != ""; got != c.retry {
				t.Errorf("Retry-After: %v, want %v", got, c.retry)
			}
			if !strings.Contains(log.String(), "doing it: ") {
				t.Errorf("the log lacks the cause: %s", log)
			}
			if strings.Contains(page.Body.String(), "secret cause") {
				t.Error("the page tells the cause")
			}
			problem := get(t, h, "/x", "Accept", "application/json")
			if problem.Code != c.status || problem.Header().Get("Content-Type") != "application/problem+json" ||
				!strings.Contains(problem.Body.String(), fmt.Sprintf(`"status":%d`, c.status)) {
				t.Errorf("problem: %d %v %s", problem.Code, problem.Header(), problem.Body)
			}
		})
	}
}

func TestErrorPageAndLogCarryTheSameNumberAndTheLogNothingElse(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /case/{id}", func(w http.ResponseWriter, r *http.Request) {
		if none := []int(nil); r.URL.Query().Get("crash") == "runtime" {
			_ = none[len(r.URL.Path)]
		}
		panic("19121212-1212 wrote this")
	})
	h, log := site(t, mux, nil)
	for _, query := range []string{"", "?crash=runtime"} {
		log.Reset()
		page := get(t, h, "/case/secret-id"+query)
		if page.Code != 500 {
			t.Fatalf("status %d", page.Code)
		}
		_, rest, _ := strings.Cut(log.String(), `"request":"`)
		number, _, _ := strings.Cut(rest, `"`)
		if len(number) != 8 || !strings.Contains(page.Body.String(), number) {
			t.Errorf("the page does not show the number %q of the log", number)
		}
		if !strings.Contains(log.String(), "GET /case/{id}") {
			t.Errorf("the log lacks the pattern: %s", log)
		}
		for _, secret := range []string{"19121212", "secret-id", "crash=", "192.0.2.1"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log holds %q: %s", secret, log)
			}
		}
	}
}

func TestPanicInTheMiddleOfAnAnswerDropsTheConnection(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /half", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half an")
		_ = http.NewResponseController(w).Flush()
		panic("x")
	})
	mux.HandleFunc("GET /error", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half an")
		_ = http.NewResponseController(w).Flush()
		web.Error(w, r, store.ErrUnavailable)
	})
	h, _ := site(t, mux, nil)
	address, _ := serve(t, web.ServerOptions{}, h)
	for _, path := range []string{"/half", "/error"} {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("%s: half an answer passed as a whole one: %q", path, body)
		}
		_ = resp.Body.Close()
	}
}

func TestUnknownAddressAndMethodGetPages(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /own404", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "mine", 404) })
	h, _ := site(t, mux, nil)
	if page := get(t, h, "/nowhere"); page.Code != 404 || !strings.Contains(page.Body.String(), "Sidan finns inte") {
		t.Errorf("not found: %d %s", page.Code, page.Body)
	}
	if page := get(t, h, "/en/nowhere"); page.Code != 404 || !strings.Contains(page.Body.String(), "The page does not exist") {
		t.Errorf("not found in English: %d %s", page.Code, page.Body)
	}
	if page := do(t, h, "POST", "/x"); page.Code != 405 || page.Header().Get("Allow") != "GET, HEAD" ||
		!strings.Contains(page.Body.String(), "<h1") {
		t.Errorf("method: %d %v %s", page.Code, page.Header(), page.Body)
	}
	if page := get(t, h, "/own404"); page.Code != 404 || strings.TrimSpace(page.Body.String()) != "mine" {
		t.Errorf("a handler's own 404 was replaced: %s", page.Body)
	}
	if page := get(t, h, "/api/nowhere"); page.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("under /api/: %v", page.Header())
	}
}

func TestRoutesMayStandInARouteOfOthers(t *testing.T) {
	inner, outer := http.NewServeMux(), http.NewServeMux()
	inner.HandleFunc("GET /case/{id}", func(http.ResponseWriter, *http.Request) {})
	outer.Handle("/", web.Routes(inner))
	h, log := site(t, outer, nil)
	for _, c := range []struct {
		target, pattern string
		status          int
	}{{"/case/1", "GET /case/{id}", 200}, {"/nowhere", "none", 404}} {
		log.Reset()
		if got := get(t, h, c.target); got.Code != c.status || strings.Count(got.Body.String(), "<h1") > 1 {
			t.Errorf("%s: %d %s", c.target, got.Code, got.Body)
		}
		if !strings.Contains(log.String(), `"pattern":"`+c.pattern+`"`) || strings.Count(log.String(), "request failed") > 1 {
			t.Errorf("%s: the log says %s", c.target, log)
		}
	}
}

func TestLanguageIsReadOffTheAddressAndStaysInRedirects(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /who/{name}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, i18n.From(r.Context()).Lang(), " ", r.URL.Path, " ", r.PathValue("name"))
	})
	mux.HandleFunc("GET /tree/", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("POST /go", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/who/b?x=1", http.StatusSeeOther) })
	mux.HandleFunc("POST /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://login.example/a", http.StatusSeeOther)
	})
	h, _ := site(t, mux, nil)
	for target, want := range map[string]string{
		"/who/ann": "sv /who/ann ann", "/en/who/ann": "en /who/ann ann", "/en/who/a%2Fb": "en /who/a/b a/b", "/who/en": "sv /who/en en",
	} {
		if got := get(t, h, target).Body.String(); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	for _, c := range [][3]string{
		{"POST", "/en/go", "/en/who/b?x=1"}, {"POST", "/go", "/who/b?x=1"}, {"POST", "/en/away", "https://login.example/a"},
		{"GET", "/en/tree", "/en/tree/"},
	} {
		if got := do(t, h, c[0], c[1]).Header().Get("Location"); got != c[2] {
			t.Errorf("%s %s leads to %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestVisitorWhoIsNotSignedInIsAskedToAndBroughtBack(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/mine", func(w http.ResponseWriter, r *http.Request) { web.Error(w, r, identity.ErrNotSignedIn) })
	h, _ := site(t, mux, nil)
	if got := get(t, h, "/en/mine?a=1"); got.Code != 303 || got.Header().Get("Location") != "/en"+identity.SignInPath("/en/mine?a=1") {
		t.Errorf("%d to %q", got.Code, got.Header().Get("Location"))
	}
	if got := do(t, h, "POST", "/mine"); got.Code != 401 || !strings.Contains(got.Body.String(), "Logga in") {
		t.Errorf("post: %d %s", got.Code, got.Body)
	}
}

func TestHeadersForbidWhatPagesNeverDo(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) {})
	h, _ := site(t, mux, nil)
	header := get(t, h, "/x").Header()
	want := "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; object-src 'none'; " +
		"base-uri 'none'; form-action 'self' https://login.example; frame-ancestors 'none'"
	if got := header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy:\n%s\nwant\n%s", got, want)
	}
	for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
		"Strict-Transport-Security"} {
		if header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if header.Get("Set-Cookie") != "" {
		t.Error("a cookie before one is needed")
	}
	if got := get(t, h, "/x", "Cookie", "dygnet=1").Header().Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("a visitor with a cookie gets Cache-Control %q", got)
	}
}

func TestPostsFromOtherSitesAreRefused(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /x", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) {})
	h, _ := site(t, mux, nil)
	for _, c := range []struct {
		method string
		header []string
		status int
	}{
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"POST", []string{"Sec-Fetch-Site", "none"}, 200},
		{"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"POST", []string{"Origin", "https://evil.example"}, 403},
		{"POST", []string{"Origin", "null"}, 403},
		{"POST", []string{"Origin", "http://example.com"}, 200}, // httptest's Host
		{"POST", nil, 200}, // a program
		{"GET", []string{"Sec-Fetch-Site", "cross-site"}, 200}, // a link
	} {
		got := do(t, h, c.method, "/x", c.header...)
		if got.Code != c.status {
			t.Errorf("%s %v: %d, want %d", c.method, c.header, got.Code, c.status)
		}
		if c.status == 403 && !strings.Contains(got.Body.String(), "annan webbplats") {
			t.Errorf("the refusal is not in plain words: %s", got.Body)
		}
	}
}

func TestMetricsCountByPatternAndNeverByAddress(t *testing.T) {
	registry := prometheus.NewRegistry()
	metrics := web.NewMetrics(registry)
	metrics.Gauge("dygnet_test_value", "A value.", func() float64 { return 42 })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /case/{id}", func(w http.ResponseWriter, r *http.Request) {})
	h, _ := site(t, mux, metrics)
	for i := range 3 {
		get(t, h, fmt.Sprintf("/case/%d", i))
	}
	get(t, h, "/nowhere/7")
	text := get(t, metrics.Handler(""), "/metrics").Body.String()
	for _, want := range []string{
		`dygnet_http_requests_total{pattern="GET /case/{id}",status="2xx"} 3`,
		`dygnet_http_requests_total{pattern="none",status="4xx"} 1`,
		`dygnet_http_request_seconds_count{pattern="GET /case/{id}"} 3`,
		`dygnet_http_requests_in_flight 0`, `dygnet_test_value 42`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s:\n%s", want, text)
		}
	}
	if got := get(t, metrics.Handler("s3cret"), "/metrics").Code; got != 401 {
		t.Errorf("without the token: %d", got)
	}
	if got := get(t, metrics.Handler("s3cret"), "/metrics", "Authorization", "Bearer s3cret").Code; got != 200 {
		t.Errorf("with the token: %d", got)
	}
}

func TestClientThatLeftGetsNoPageAndNoErrorInTheLog(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) { web.Error(w, r, r.Context().Err()) })
	h, log := site(t, mux, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/x", nil))
	if w.Body.Len() > 0 || strings.Contains(log.String(), "ERROR") || !strings.Contains(log.String(), `"status":499`) {
		t.Errorf("body %q, log %s", w.Body, log)
	}
}
