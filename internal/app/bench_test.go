package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/identity"
)

// installation is a demonstration in a folder, and what answers for it.
func installation(b *testing.B, data string) (*App, http.Handler) {
	b.Helper()
	cfg, err := config.Load(config.Sources{Flags: map[string]string{"demo": "true", "pack": packFolder, "data": data}})
	if err != nil {
		b.Fatal(err)
	}
	a, err := open(b.Context(), cfg, slog.New(slog.DiscardHandler), "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	handler, err := a.handler(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return a, handler
}

const packFolder = "../../packs/fagersta"

// BenchmarkDesk shows an officer's pages over two thousand open matters.
func BenchmarkDesk(b *testing.B) {
	data := b.TempDir()
	err := Bulk(b.Context(), BulkOptions{
		Pack: packFolder, Data: data, Matters: 2000, Years: 1, Open: 1, Progress: io.Discard,
		Words: func(i int) string { return fmt.Sprintf("Lampan vid hus %d lyser inte.", i) },
	})
	if err != nil {
		b.Fatal(err)
	}
	_, handler := installation(b, data)
	ask := func(method, path, body, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	var cookies []string
	for _, c := range ask(http.MethodPost, identity.PathDemo, identity.FieldPersona+"=handlaggare", "").Result().Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	for _, page := range []string{"inkorg?ko=oppna&antal=200", "sok?q=lampan"} {
		b.Run(page, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := ask(http.MethodGet, "/arbete/"+page, "", strings.Join(cookies, "; ")); w.Code != http.StatusOK {
					b.Fatalf("status %d", w.Code)
				}
			}
		})
	}
}

// BenchmarkSubmission hands in whole forms through everything that stands before the case service, with the search index following, from
// 32 clients. make bench measures the same over the network; this one is for -cpuprofile.
func BenchmarkSubmission(b *testing.B) {
	a, handler := installation(b, b.TempDir())
	if err := a.dispatcher.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(a.dispatcher.Stop)
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			form := url.Values{
				"_nyckel": {uuid.Must(uuid.NewV7()).String()}, "kategori": {"gatubelysning"}, "slackta": {"en"}, "farligt": {"no"}, "anonym": {"no"},
				"beskrivning": {"Lampan utanför skolan har varit släckt en vecka."}, "plats.address": {"Skolgatan 5"}, "plats.lat": {"59.995"},
				"plats.lon": {"15.79"}, "kontakt.name": {"Sven Lundin"}, "kontakt.email": {"sven.lundin@example.org"},
			}
			r := httptest.NewRequest(http.MethodPost, "/e-tjanster/felanmalan/allt", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusSeeOther {
				b.Errorf("status %d", w.Code)
				return
			}
		}
	})
}
