package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dygnet/internal/kernel/config"
)

// BenchmarkSubmission hands in whole forms through everything that stands before the case service, with the search index following, from
// 32 clients. make bench measures the same over the network; this one is for -cpuprofile.
func BenchmarkSubmission(b *testing.B) {
	cfg, err := config.Load(config.Sources{Flags: map[string]string{"demo": "true", "pack": "../../packs/fagersta", "data": b.TempDir()}})
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
