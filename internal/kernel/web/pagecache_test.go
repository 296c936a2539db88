package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/web"
)

// counted is a page that says how often it was rendered.
func counted(renders *atomic.Int64, more ...func(http.ResponseWriter)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, f := range more {
			f(w)
		}
		_, _ = fmt.Fprintf(w, "render %d in %s %s", renders.Add(1), i18n.From(r.Context()).Lang(), strings.Repeat(".", 3000))
	})
}

func body(w *httptest.ResponseRecorder) string {
	said, _, _ := strings.Cut(w.Body.String(), " .")
	return said
}

func newCache(o web.PageCacheOptions) (*web.PageCache, *calendar.Fake) {
	clock := calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	o.Clock = clock
	return web.NewPageCache(o), clock
}

func TestPageIsRenderedOnceUntilItsTopicChangesOrItIsTooOld(t *testing.T) {
	cache, clock := newCache(web.PageCacheOptions{MaxAge: time.Minute})
	var renders atomic.Int64
	h := web.Language(catalogue(t))(cache.Wrap(counted(&renders), "services", "news"))
	expect := func(want string) {
		t.Helper()
		if got := body(get(t, h, "/")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	expect("render 1 in sv")
	expect("render 1 in sv")
	cache.Invalidate("cases")
	expect("render 1 in sv")
	cache.Invalidate("news")
	expect("render 2 in sv")
	clock.Advance(59 * time.Second)
	expect("render 2 in sv")
	clock.Advance(time.Second)
	expect("render 3 in sv")
	if got := body(get(t, h, "/en/")); got != "render 4 in en" {
		t.Errorf("English: %q", got)
	}
	expect("render 3 in sv")
}

func TestCachedPageIsSentZippedWithLengthAndTag(t *testing.T) {
	cache, _ := newCache(web.PageCacheOptions{})
	var renders atomic.Int64
	h := cache.Wrap(counted(&renders), "x")
	full, zipped := get(t, h, "/"), get(t, h, "/", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil || string(unzipped) != full.Body.String() {
		t.Errorf("the zipped page differs: %v", err)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"plain": full, "zipped": zipped} {
		if w.Header().Get("Content-Length") == "" || w.Header().Get("Etag") == "" || !strings.Contains(w.Header().Get("Vary"), "Accept-Encoding") ||
			w.Header().Get("Cache-Control") != "public, max-age=0, must-revalidate" {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
	if full.Header().Get("Etag") == zipped.Header().Get("Etag") {
		t.Error("two representations share a tag")
	}
	for _, known := range []string{full.Header().Get("Etag"), `W/"old", ` + full.Header().Get("Etag"), "W/" + full.Header().Get("Etag")} {
		if w := get(t, h, "/", "If-None-Match", known); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("If-None-Match %s: %d", known, w.Code)
		}
	}
	if w := get(t, h, "/", "If-None-Match", `"old"`); w.Code != 200 {
		t.Errorf("a changed page: %d", w.Code)
	}
	if w := do(t, h, "HEAD", "/"); w.Body.Len() > 0 || w.Header().Get("Content-Length") != full.Header().Get("Content-Length") {
		t.Errorf("HEAD: %v", w.Header())
	}
	if renders.Load() != 1 {
		t.Errorf("%d renderings", renders.Load())
	}
}

func TestWhatIsNotTheSameForEveryoneIsNeverCached(t *testing.T) {
	for name, c := range map[string]struct {
		header []string
		method string
		target string
		page   func(http.ResponseWriter)
	}{
		"cookie":        {header: []string{"Cookie", "dygnet=1"}},
		"authorization": {header: []string{"Authorization", "Bearer x"}},
		"query":         {target: "/?q=1"},
		"post":          {method: "POST"},
		"sets a cookie": {page: func(w http.ResponseWriter) { w.Header().Set("Set-Cookie", "a=b") }},
		"no-store":      {page: func(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }},
		"error":         {page: func(w http.ResponseWriter) { w.WriteHeader(503) }},
	} {
		cache, _ := newCache(web.PageCacheOptions{})
		var renders atomic.Int64
		page := c.page
		if page == nil {
			page = func(http.ResponseWriter) {}
		}
		h := cache.Wrap(counted(&renders, page), "x")
		method, target := c.method, c.target
		if method == "" {
			method = "GET"
		}
		if target == "" {
			target = "/"
		}
		first, second := do(t, h, method, target, c.header...), do(t, h, method, target, c.header...)
		if body(first) == body(second) || cache.Len() != 0 {
			t.Errorf("%s: cached (%d pages kept)", name, cache.Len())
		}
		if name != "cookie" && strings.HasPrefix(second.Header().Get("Cache-Control"), "public") {
			t.Errorf("%s: %v", name, second.Header())
		}
	}
}

func TestPageRenderedFromOldDataDoesNotStayAfterInvalidation(t *testing.T) {
	cache, _ := newCache(web.PageCacheOptions{})
	var data atomic.Int64
	read, goOn := make(chan struct{}), make(chan struct{})
	var slow atomic.Bool
	slow.Store(true)
	h := cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := data.Load()
		if slow.Swap(false) {
			close(read) // it has read the old data…
			<-goOn      // …and is still rendering while they change
		}
		_, _ = fmt.Fprint(w, seen)
	}), "x")
	old := make(chan string, 1)
	go func() { old <- get(t, h, "/").Body.String() }()
	<-read
	data.Store(1)
	cache.Invalidate("x")
	if got := get(t, h, "/").Body.String(); got != "1" {
		t.Errorf("asked after the change: %q", got)
	}
	close(goOn)
	if got := <-old; got != "0" {
		t.Errorf("asked before the change: %q", got)
	}
	if got := get(t, h, "/").Body.String(); got != "1" {
		t.Errorf("the old page came back: %q", got)
	}
}

func TestCacheNeverShowsDataOlderThanTheLastInvalidation(t *testing.T) {
	cache, _ := newCache(web.PageCacheOptions{Pages: 3})
	var data atomic.Int64
	h := cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, data.Load()) }), "x")
	var all sync.WaitGroup
	stop := make(chan struct{})
	var invalidated atomic.Int64
	for n := range 8 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := invalidated.Load()
				var got int64
				_, _ = fmt.Sscan(get(t, h, fmt.Sprintf("/%d", n%5)).Body.String(), &got)
				if got < least {
					t.Errorf("showed %d after %d was invalidated", got, least)
					return
				}
			}
		})
	}
	for range 3000 {
		v := data.Add(1)
		cache.Invalidate("x")
		invalidated.Store(v)
	}
	close(stop)
	all.Wait()
	if cache.Len() > 3 {
		t.Errorf("%d pages kept, want 3 at most", cache.Len())
	}
}

func TestManyWhoAskAtOnceShareOneRendering(t *testing.T) {
	cache, _ := newCache(web.PageCacheOptions{})
	var renders atomic.Int64
	arrived, goOn := make(chan struct{}, 100), make(chan struct{})
	h := cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		renders.Add(1)
		arrived <- struct{}{}
		<-goOn
		_, _ = io.WriteString(w, "page")
	}), "x")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := get(t, h, "/").Body.String(); got != "page" {
				t.Errorf("got %q", got)
			}
		})
	}
	<-arrived
	close(goOn)
	all.Wait()
	if renders.Load() != 1 {
		t.Errorf("%d renderings", renders.Load())
	}
}

func TestPanicWhileRenderingIsNotCachedAndHoldsNobodyUp(t *testing.T) {
	cache, _ := newCache(web.PageCacheOptions{})
	var renders atomic.Int64
	h := cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if renders.Add(1) == 1 {
			panic("x")
		}
		_, _ = io.WriteString(w, "fine")
	}), "x")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		get(t, h, "/")
	}()
	if got := get(t, h, "/").Body.String(); got != "fine" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestCacheHoldsNoMorePagesThanItMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 5).Draw(t, "most")
		cache, clock := newCache(web.PageCacheOptions{Pages: most, MaxAge: time.Minute})
		h := cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }), "x")
		for range rapid.IntRange(1, 40).Draw(t, "requests") {
			path := fmt.Sprintf("/%d", rapid.IntRange(0, 9).Draw(t, "page"))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if w.Body.String() != path {
				t.Fatalf("%s shows %s", path, w.Body)
			}
			if cache.Len() > most {
				t.Fatalf("%d pages, want %d at most", cache.Len(), most)
			}
			clock.Advance(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
		}
	})
}
