package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/web"
)

// whole is a cached page behind everything that stands around it.
func whole(b *testing.B) http.Handler {
	b.Helper()
	cache := web.NewPageCache(web.PageCacheOptions{Clock: calendar.System()})
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("<p>a page of common size</p>\n", 400))
	}), "x"))
	return web.Chain(web.Routes(mux), web.Language(catalogue(b)),
		web.Frame(web.FrameOptions{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Clock: calendar.System(),
			Metrics: web.NewMetrics(prometheus.NewRegistry())}),
		web.Secure(web.SecurityOptions{TLS: true}), web.SameOrigin(), web.LimitBody(1<<20), web.Compress)
}

func BenchmarkCachedPageThroughTheChain(b *testing.B) {
	h := whole(b)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nowhere{http.Header{}}, r)
	}
}

// Over loopback with eight connections a core, next to the raw limit: net/http saying hello.
func BenchmarkOverTheNetwork(b *testing.B) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello, world\n") })
	for name, h := range map[string]http.Handler{"hello": hello, "page": whole(b)} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(h)
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					resp, err := client.Get(server.URL)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
