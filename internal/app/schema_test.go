package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"dygnet/internal/casework/pack"
)

func TestTheSchemasArePublished(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /schema/{file}", schemas)
	get := func(path, tag string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", tag)
		mux.ServeHTTP(w, r)
		return w
	}
	files, err := pack.Schemas.ReadDir("schema")
	if err != nil || len(files) < 7 {
		t.Fatal(err, len(files))
	}
	for _, f := range files {
		w := get("/schema/"+f.Name(), "")
		var schema struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &schema); err != nil || w.Code != http.StatusOK || schema.ID == "" {
			t.Errorf("%s: %d, $id %q, %v", f.Name(), w.Code, schema.ID, err)
		}
		if w.Header().Get("Content-Type") != "application/schema+json" || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: %v", f.Name(), w.Header())
		}
		if again := get("/schema/"+f.Name(), w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s with its tag: %d", f.Name(), again.Code)
		}
	}
	for _, path := range []string{"/schema/nothing.json", "/schema/..%2fpack.go", "/schema/%2e%2e"} {
		if w := get(path, ""); w.Code != http.StatusNotFound && w.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
