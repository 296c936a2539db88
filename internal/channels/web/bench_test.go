package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// BenchmarkSubmitWhole is a matter handed in by one request: parse, validate, case, timeline, diarium, journal, durable commit.
func BenchmarkSubmitWhole(b *testing.B) {
	h := build(b, storetest.SQLite(b, rooms...), nil)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "/e-tjanster/fel/allt", strings.NewReader(allAnswers(store.NewID()).Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, r)
			if w.Code != http.StatusSeeOther {
				b.Fatalf("status %d", w.Code)
			}
		}
	})
}

// BenchmarkStartPage is the start page, rendered once and given to all.
func BenchmarkStartPage(b *testing.B) {
	h := build(b, storetest.SQLite(b, rooms...), nil)
	for b.Loop() {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != http.StatusOK {
			b.Fatalf("status %d", w.Code)
		}
	}
}
