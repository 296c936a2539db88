package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"dygnet/internal/kernel/i18n"
)

func TestManyNewFormsFromOneNetworkAreSlowedDownAndNothingIsLost(t *testing.T) {
	h := once(t, nil)
	underWay := h.browser(t, i18n.SV)
	begin(underWay)
	for range formsAtOnce - 1 {
		begin(h.browser(t, i18n.SV))
	}
	b := h.browser(t, i18n.SV)
	v := b.post("/e-tjanster/fel", nil).want(http.StatusTooManyRequests, "Många börjar på formulär just nu", "Vänta 10 sekunder")
	if got := v.Header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After %q", got)
	}
	// What was typed in a form whose draft is gone, or in all questions on one page with a file, is there to be sent again.
	typed := url.Values{"what": {"water"}, "text": {"Det läcker i källaren"}}
	lost := b.post("/e-tjanster/fel/vad", typed).want(http.StatusTooManyRequests, "Det läcker i källaren", "Det du har skrivit finns kvar här.")
	whole := b.get("/e-tjanster/fel/allt").form("/allt").set("what", "water", "text", "Det läcker", "where.address", "Storgatan 1", "anonymous", "yes").
		attach("photo", part{"bild.png", "image/png", png(t)}).send().want(http.StatusTooManyRequests, "Det läcker", "Storgatan 1", "Filer behöver du välja på nytt.")
	// Forms under way, whole forms without files and people who are signed in go on.
	underWay.post("/e-tjanster/fel/vad", typed).want(http.StatusOK).at("/e-tjanster/fel/var")
	whole.form("/allt").send().want(http.StatusOK, "Tack")
	known := h.browser(t, i18n.SV)
	known.signIn("inv")
	begin(known)

	h.Clock.Advance(10 * time.Second)
	lost.form("/vad").send().want(http.StatusOK).at("/e-tjanster/fel/var")
}
