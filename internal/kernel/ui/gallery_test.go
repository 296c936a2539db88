package ui_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"testing"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
)

var galleryAddress = flag.String("gallery", "", "serve the gallery at this address until stopped")

func TestGalleryPagesKeepTheRules(t *testing.T) {
	texts := i18ntest.Complete(t, ui.Texts)
	i18ntest.Strict(t, texts)
	handler := uitest.Gallery(texts, nil)
	for _, path := range uitest.Paths() {
		for _, l := range i18n.Languages() {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, l.Path(path), nil))
			if w.Code != http.StatusOK {
				t.Errorf("%s: status %d: %s", l.Path(path), w.Code, w.Body)
			}
			if n := w.Body.Len(); n > 30_000 {
				t.Errorf("%s: %d bytes of HTML, at most 30 000", path, n)
			}
			uitest.Page(t, l.Path(path), w.Body)
		}
	}
	if *galleryAddress != "" {
		assets, err := ui.NewAssets(ui.NeutralTheme())
		if err != nil {
			t.Fatal(err)
		}
		t.Log(http.ListenAndServe(*galleryAddress, uitest.Gallery(texts, assets)))
	}
}

func TestEveryTextIsUsedAndExists(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, ui.Texts), ".", "ui.")
}
