package office_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

type nobody struct{}

func (nobody) Directory() *bodies.Directory { return nil }

// What somebody wrote in the form of any room comes back to them, not the sign-in page in its place.
func TestWhatWasTypedComesBackWhenTheSessionRanOut(t *testing.T) {
	texts := i18ntest.Complete(t, office.Texts, ui.Texts, web.Texts, access.Texts)
	door := officetest.Door(nobody{}, calendar.System(), &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen"}})
	page := web.Chain(door.Staff(access.CaseRead, func(*office.Visit) error { t.Error("let in"); return nil }), web.Language(texts))
	typed := "Två rader:\r\n<b>den andra</b>"
	r := httptest.NewRequest(http.MethodPost, "/arbete/arenden/7/beslut", strings.NewReader(url.Values{"text": {typed}, "version": {"3"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	body := w.Body.String()
	for _, want := range []string{`action="/arbete/arenden/7/beslut"`, `name="version" value="3"`, "&lt;b&gt;den andra&lt;/b&gt;", "Logga in i en ny flik"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}

func TestEveryTextIsAskedForAndThere(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, office.Texts, ui.Texts), ".", "office.")
}
