package web_test

import (
	"net/http"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

// shows lets others see what is reported.
func shows(d *casetype.Definition) {
	d.PublicReports = true
	d.Form.Steps[0].Questions[0].Public = true
}

// choice is the first value that can be chosen in a field.
func choice(v *view, name string) string {
	for n := range v.doc.Descendants() {
		if is, _ := attr(n, "name"); is == name && n.Data == "input" {
			value, _ := attr(n, "value")
			return value
		}
	}
	return ""
}

// Before a report is sent, what others have reported near by can be followed instead: without JavaScript, and nothing is handed in.
func TestWhatOthersHaveReportedNearByCanBeFollowedInstead(t *testing.T) {
	h := once(t, shows)
	for _, l := range i18n.Languages() {
		T := h.texts.For(l).T
		first := fillIn(h.browser(t, l))
		if strings.Contains(first.text(), T("public.near.see")) && l == i18n.SV {
			t.Fatal("nothing is reported, and it says so")
		}
		first.form("/skicka").send().want(http.StatusOK)
		b := h.browser(t, l)
		review := fillIn(b).want(http.StatusOK, T("public.near.title"), T("public.near.see"))
		if strings.Contains(review.text(), "ungefär") {
			t.Error("the list stands on the review page")
		}
		near := b.get("/e-tjanster/fel/narheten").want(http.StatusOK, T("public.near.follow"), h.Lamp.Form.Steps[0].Questions[0].Options[0].Label.In(l))
		for _, secret := range []string{"Ines", "Lampan är släckt", "ines@example.se", "A17"} {
			if strings.Contains(main(near), secret) {
				t.Errorf("the page shows %q of another's report", secret)
			}
		}
		f := near.form("/narheten")
		f.send().want(http.StatusUnprocessableEntity, T("public.near.choose"))
		f = near.form("/narheten")
		wrong := f.set("anmalan", choice(near, "anmalan"), "epost", "inte en adress").send().want(http.StatusUnprocessableEntity, T("public.near.email_wrong"))
		if choice(wrong, "epost") != "inte en adress" {
			t.Error("what was typed is lost")
		}
		h.links.paths = nil
		f.set("epost", "ada"+string(l)+"@example.se").send().want(http.StatusOK, T("public.near.asked"))
		if len(h.links.paths) != 1 {
			t.Fatalf("%v letters", h.links.paths)
		}
		b.get("/e-tjanster/fel/granska").at("/e-tjanster/fel") // the form has ended
		ask := b.get(h.links.paths[0]).want(http.StatusOK, T("public.follows.confirm"))
		follows := ask.form(h.links.paths[0]).send().want(http.StatusOK, T("public.follows.lead"), "Inkommen")
		follows.form(h.links.paths[0]).send("sluta", "ja").want(http.StatusOK, T("public.follows.ended"))
		b.get(h.links.paths[0]).want(http.StatusNotFound)
	}
	page, err := h.List(t.Context(), h.As("anna"), cases.Filter{Queue: cases.QueueOpen, Limit: 50})
	if err != nil || len(page.Cases) != 2 {
		t.Errorf("%d cases for two that were sent, %v", len(page.Cases), err)
	}
}

func TestASignedInPersonFollowsOnMinaSidor(t *testing.T) {
	h := once(t, shows)
	fillIn(h.browser(t, i18n.SV)).form("/skicka").send().want(http.StatusOK)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	fillIn(b)
	near := b.get("/e-tjanster/fel/narheten").want(http.StatusOK)
	near.form("/narheten").set("anmalan", choice(near, "anmalan")).send().want(http.StatusOK, "Vi skriver till dig", "Lampa")
	b.get("/mina-sidor").want(http.StatusOK, "Andras anmälningar som du följer")
	b.get("/mina-sidor/foljer").want(http.StatusOK, "Lampa", "Inkommen")
	h.browser(t, i18n.SV).get("/mina-sidor/foljer").want(http.StatusOK, "Logga in för att se")
}

// A service that does not say so shows nothing of what others have reported.
func TestAServiceShowsNothingOfOthersUnlessItSaysSo(t *testing.T) {
	h := once(t, nil)
	fillIn(h.browser(t, i18n.SV)).form("/skicka").send().want(http.StatusOK)
	b := h.browser(t, i18n.SV)
	if v := fillIn(b); strings.Contains(v.text(), "Redan anmält") {
		t.Error("it is shown")
	}
	b.get("/e-tjanster/fel/narheten").at("/e-tjanster/fel/granska")
}
