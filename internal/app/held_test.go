package app

import (
	"io"
	"net/http"
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Each room tells of sentences that are in an adopted document, in both languages, and what breaks them can be found; the page of each is
// there.
func TestS4_AC_2_EachRoomTellsOfSentencesThatAreThere(t *testing.T) {
	h := newHouse(t, io.Discard)
	cookie, today := h.as(t, "it-chef"), calendar.DateOf(h.clock.Now())
	for _, room := range h.compliance() {
		for _, r := range room.Compliance() {
			if _, ok := h.modules.steering.Sentence(t.Context(), r.Sentence); !ok {
				t.Errorf("%T holds %s, which no document has", room, r.Sentence)
			}
			for _, lang := range []i18n.Lang{i18n.SV, i18n.EN} {
				if r.How[lang] == "" {
					t.Errorf("how %T holds %s is not told in %s", room, r.Sentence, lang)
				}
				if r.Find == nil {
					continue
				}
				list, n, err := r.Find(t.Context(), lang, today, 1)
				if err != nil || len(list) > 1 || n < len(list) {
					t.Errorf("what breaks %s: %d of %d, %v", r.Sentence, len(list), n, err)
				}
				for _, v := range list {
					if got := h.ask(t, cookie, http.MethodGet, v.Href, nil); got.Code != http.StatusOK {
						t.Errorf("%s, where what breaks %s is put right: %d", v.Href, r.Sentence, got.Code)
					}
				}
			}
			if r.Href != "" {
				if got := h.ask(t, cookie, http.MethodGet, r.Href, nil); got.Code != http.StatusOK && got.Code != http.StatusForbidden {
					t.Errorf("%s, where %s is seen working: %d", r.Href, r.Sentence, got.Code)
				}
			}
		}
	}
}
