package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
)

// png is a picture of one pixel.
func png(t testing.TB) string {
	raw, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// begin starts the form, from the service list.
func begin(b *browser) *view {
	b.t.Helper()
	b.get("/e-tjanster").want(http.StatusOK)
	return b.get("/e-tjanster/fel").want(http.StatusOK).form("/e-tjanster/fel").send().want(http.StatusOK).at("/e-tjanster/fel/vad")
}

// fillIn goes through all steps to the check page.
func fillIn(b *browser) *view {
	b.t.Helper()
	v := begin(b)
	v = v.form("/vad").set("what", "lamp", "text", "Lampan är släckt").send().want(http.StatusOK).at("/e-tjanster/fel/vad?mer=1")
	v = v.form("/vad").set("pole", "A17", "when-day", "3", "when-month", "2", "when-year", "2026").send().want(http.StatusOK).at("/e-tjanster/fel/var")
	v = v.form("/var").set("where.address", "storgatan 12").send().want(http.StatusOK).at("/e-tjanster/fel/foto")
	v = v.form("/foto").attach("photo", part{`C:\bilder\..\lampa.png`, "image/png", png(b.t)}).send().want(http.StatusOK).at("/e-tjanster/fel/du")
	return v.form("/du").set("anonymous", "no", "who.name", "Ines Invånare", "who.email", "ines@example.se").send().want(http.StatusOK).at("/e-tjanster/fel/granska")
}

var (
	caseNumber = regexp.MustCompile(`KS 2026/\d{5}`)
	followCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
)

func TestWholeJourneyWithoutJavaScriptInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, l := range i18n.Languages() {
			T := h.texts.For(l).T
			b := h.browser(t, l)
			fillIn(b).want(http.StatusOK, T("public.review.title"), "Lampan är släckt", "A17", "2026", "Storgatan 12", "60.02000, 15.82000", "lampa.png", "ines@example.se")
			// Change an answer and come back to the check page.
			changed := b.get("/e-tjanster/fel/vad?till=granska").want(http.StatusOK).form("/vad").set("text", "Den blinkar").send().at("/e-tjanster/fel/granska").want(http.StatusOK, "Den blinkar")
			done := changed.form("/skicka").send().want(http.StatusOK, T("public.done.title"), T("public.done.mailed")).at("/e-tjanster/fel/klart")
			number, code := caseNumber.FindString(done.text()), followCode.FindString(done.text())
			if number == "" || code == "" {
				t.Fatalf("no number or code:\n%s", main(done))
			}
			b.get("/e-tjanster/fel/klart").want(http.StatusOK, number, code)

			// The receipt proves the submission to somebody who has only the public key.
			if err := h.Log.Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
			file := b.get("/kvitto/" + strings.NewReplacer(" ", "-", "/", "-").Replace(number) + ".json").want(http.StatusOK)
			receipt, err := journal.ParseReceipt([]byte(file.body))
			if err != nil {
				t.Fatal(err)
			}
			if err := receipt.Verify(h.Log.Key().Public()); err != nil || receipt.Reference != number || !strings.Contains(string(receipt.Payload), "Den blinkar") {
				t.Fatalf("receipt %s: %v", receipt.Reference, err)
			}

			// Somebody else with the number and the code, in another browser.
			other := h.browser(t, l)
			other.get("/folj/" + slug(number)).at("/folj").want(http.StatusOK)
			other.get("/folj").form("/folj").set("nummer", strings.ToLower(number), "kod", strings.ToLower(strings.ReplaceAll(code, "-", " "))).send().want(http.StatusOK, number, "Den blinkar").at("/folj/" + slug(number))
			officer := h.As("anna")
			id, err := h.ByNumber(t.Context(), number)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Claim(t.Context(), officer, cases.On{Case: id}); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Move(t.Context(), officer, cases.On{Case: id}, "pagar", ""); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Message(t.Context(), officer, cases.On{Case: id}, "Vi byter lampan i morgon.", nil); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Note(t.Context(), officer, cases.On{Case: id}, "Hemlig anteckning", nil); err != nil {
				t.Fatal(err)
			}
			shown := other.get("/folj/"+slug(number)).want(http.StatusOK, "Vi byter lampan i morgon.", T("public.event.message_out"))
			if strings.Contains(shown.body, "Hemlig anteckning") {
				t.Error("an internal note is shown to the citizen")
			}
			shown = shown.form("/svara").set("text", "Tack! Här är en bild till.").attach("fil", part{"mer.txt", "text/plain", "mer att läsa"}).send().
				want(http.StatusOK, "Tack! Här är en bild till.", T("public.case.sent"), "mer.txt")
			got := other.get("/folj/" + slug(number) + "/dokument/2").want(http.StatusOK)
			if got.body != "mer att läsa" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("document %q, %q", got.body, got.Header)
			}
			if _, err := h.Decide(t.Context(), officer, cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: "Lampan är bytt.", To: "avslutad"}); err != nil {
				t.Fatal(err)
			}
			other.get("/folj/"+slug(number)).want(http.StatusOK, "Lampan är bytt.", "Kan inte överklagas", "Avslutad")
			shown.form("/folj/stang").send().at("/folj")
			other.get("/folj/" + slug(number)).at("/folj")

			// The row in the public register, without the party (hideParty).
			register := b.get("/diarium").want(http.StatusOK, number+"-1", "Storgatan 12", T("public.register.hidden"))
			if strings.Contains(register.body, "Ines") {
				t.Error("OSL 5 kap. 2 §: the suppressed party stands in the public register")
			}
		}
	})
}

func slug(number string) string { return strings.NewReplacer(" ", "-", "/", "-").Replace(number) }

func TestSendingAgainGivesTheSameReceipt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		review := fillIn(b)
		first := review.form("/skicka").send().want(http.StatusOK)
		again := review.form("/skicka").send().want(http.StatusOK, "redan inskickat")
		if a, b := caseNumber.FindString(first.text()), caseNumber.FindString(again.text()); a == "" || a != b {
			t.Errorf("%q and %q", a, b)
		}
		for _, path := range []string{"/e-tjanster/fel/granska", "/e-tjanster/fel/vad"} { // the browser's back button
			b.get(path).want(http.StatusOK).at("/e-tjanster/fel/klart?igen=1")
		}
		// A new one begins empty.
		begin(b)
		if v := b.get("/e-tjanster/fel/vad"); strings.Contains(v.body, "Lampan är släckt") {
			t.Error("what was sent is still in the form")
		}
	})
}

func allAnswers(key string) url.Values {
	return url.Values{"_nyckel": {key}, "what": {"lamp"}, "pole": {"A17"}, "text": {"Lampan är släckt"}, "where.address": {"Storgatan 1"}, "anonymous": {"yes"}}
}

func TestAllOnOnePageIsOneRequestAndIdempotent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		page := b.get("/e-tjanster/fel/allt").want(http.StatusOK, "Vad är trasigt?", "Vem är du?", "Svara bara om det gäller dig.")
		if len(page.Cookies()) != 0 {
			t.Error("the page sets a cookie before one is needed")
		}
		key := page.form("/allt").values.Get("_nyckel")
		numbers := map[string]bool{}
		for range 3 {
			v := h.browser(t, i18n.SV).post("/e-tjanster/fel/allt", allAnswers(key)).want(http.StatusOK)
			numbers[caseNumber.FindString(v.text())] = true
		}
		if len(numbers) != 1 {
			t.Errorf("one key gave the cases %v", numbers)
		}
		// As multipart with a file and faults: nothing is lost, and the second try succeeds.
		f := h.browser(t, i18n.SV).get("/e-tjanster/fel/allt").form("/allt")
		v := f.set("what", "lamp", "text", "Med bild", "where.text", "vid bron").attach("photo", part{"bild.png", "image/png", png(t)}).send().
			want(http.StatusUnprocessableEntity, "Med bild", "bild.png", "Fel:", "Skriv ett svar: Stolpens nummer")
		v = v.form("/allt").set("pole", "B2", "anonymous", "yes").send().want(http.StatusOK, "Tack")
		if err := h.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := v.b.get("/kvitto/" + slug(caseNumber.FindString(v.text())) + ".json"); !strings.Contains(r.body, "bild.png") {
			t.Error("the file did not come with the case")
		}
	})
}

func TestAnOfficerTakesInACall(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("anna")
	f := b.get("/e-tjanster/fel/allt").want(http.StatusOK, "Hur kom ärendet in?").form("/allt")
	f.set("_kanal", "phone", "what", "lamp", "pole", "A1", "text", "Ringde", "where.address", "Storgatan 1", "anonymous", "yes").send().want(http.StatusOK)
	list, err := h.Log.Since(t.Context(), -1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	if last.Action != "case.submitted" || last.Actor != h.IDs["anna"] || last.Mandate == "" || !strings.Contains(string(last.Payload), `"channel":"phone"`) {
		t.Errorf("PR-2: %s by %q with %q: %s", last.Action, last.Actor, last.Mandate, last.Payload)
	}
	b.get("/e-tjanster/fel/allt").form("/allt").set("_kanal", "phone", "_skyddad", "ja", "what", "lamp", "pole", "A2", "text", "Ringde också", "where.address", "Storgatan 2",
		"anonymous", "no", "who.name", "Hemlig Person", "who.phone", "070-123 45 67").send().want(http.StatusOK)
	rows, err := h.PublicRegister(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if strings.Contains(r.Party+r.Subject, "Hemlig") || strings.Contains(r.Subject, "Storgatan 2") {
			t.Errorf("P-K: the register shows a matter of somebody with protected data: %+v", r)
		}
	}
	other := h.browser(t, i18n.SV)
	other.signIn("kim") // holds no mandate to take in
	v := other.get("/e-tjanster/fel/allt").form("/allt").set("_kanal", "phone", "what", "lamp", "pole", "A1", "text", "x", "where.address", "y", "anonymous", "yes").send()
	if v.StatusCode < 400 {
		t.Errorf("an officer without the mandate took in a matter: %d", v.StatusCode)
	}
}

// Whoever has taken in a call reads out number and code, and is not let into the case as if they were the caller.
func TestAnOfficerWhoTookInACallDoesNotFollowTheCaseAsItsSender(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("anna")
	v := b.get("/e-tjanster/fel/allt").form("/allt").set("_kanal", "phone", "what", "lamp", "pole", "A1", "text", "Ringde", "where.address", "Storgatan 1", "anonymous", "yes").send()
	number := caseNumber.FindString(v.want(http.StatusOK, "Tack").at("/e-tjanster/fel/klart").text())
	here := "/folj/" + slug(number)
	b.get(here).want(http.StatusOK, "Kod").at("/folj")
	b.get(here + "/strom").want(http.StatusNotFound)
	b.post(here+"/svara", url.Values{"text": {"Som om jag vore den som ringde"}}).want(http.StatusUnauthorized)
	for _, c := range b.Jar.Cookies(v.Request.URL) {
		if c.Name == "dygnet-foljer" {
			t.Error("the browser holds a grant")
		}
	}
	if err := h.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	receipt := "/kvitto/" + slug(number) + ".json"
	b.get(receipt).want(http.StatusOK, number) // to hand over
	b.post("/logga-ut", nil)
	b.get(receipt).want(http.StatusNotFound)
	b.get("/e-tjanster/fel/klart").at("/e-tjanster/fel")
}

func TestTheSessionEndsInTheMiddleAndNothingIsLost(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	v := begin(b)
	h.Clock.Advance(13 * 60 * 60 * 1e9) // beyond every time-out
	v.form("/vad").set("what", "water", "text", "Det läcker").send().want(http.StatusOK, "Du har blivit utloggad").at("/logga-in?till=%2Fe-tjanster%2Ffel%2Fvar")
	if said := b.get("/e-tjanster/fel/vad").text(); strings.Contains(said, "Det läcker") {
		t.Error("whoever sits down at the computer reads what the one before wrote")
	}
	b.signIn("inv")
	b.get("/e-tjanster/fel/vad").want(http.StatusOK, "Det läcker")
	b.get("/mina-sidor").want(http.StatusOK, "Påbörjat", "Felanmälan", "Raderas")
	// Go on in another browser.
	other := h.browser(t, i18n.SV)
	other.signIn("inv")
	other.get("/mina-sidor").form("/fortsatt").send().want(http.StatusOK, "Det läcker").at("/e-tjanster/fel/vad")
}

func TestMinaSidor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		b.get("/mina-sidor").want(http.StatusOK, "Logga in", "demonstration").at("/logga-in?till=%2Fmina-sidor")
		b.signIn("inv")
		begin(b).form("/vad").set("what", "water", "text", "Det läcker").send().at("/e-tjanster/fel/var")
		b.get("/e-tjanster/fel/du").want(http.StatusOK)
		v := b.get("/e-tjanster/fel/var").form("/var").set("where.address", "Storgatan 1").send()
		v = v.form("/foto").send()
		if got := v.form("/du").values.Get("who.name"); got != "Ines Invånare" {
			t.Errorf("WCAG 3.3.7: the name of the signed-in person is asked again: %q", got)
		}
		v = v.form("/du").set("anonymous", "no", "who.phone", "070-123 45 67").send().form("/skicka").send().want(http.StatusOK)
		number := caseNumber.FindString(v.text())
		b.get("/mina-sidor").want(http.StatusOK, number, "Inget väntar på dig")
		id, err := h.ByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		for to, note := range map[string]string{"pagar": ""} {
			if _, err := h.Move(t.Context(), h.As("anna"), cases.On{Case: id}, to, note); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Move(t.Context(), h.As("anna"), cases.On{Case: id}, "vantar", "Vilken källare?"); err != nil {
			t.Fatal(err)
		}
		b.get("/mina-sidor").want(http.StatusOK, "Svara: Felanmälan")
		b.get("/mina-sidor/arenden").want(http.StatusOK, number)
		page := b.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, "Ärendet väntar på dig")

		// The session ends while the answer is written: it waits in the form after signing in again.
		h.Clock.Advance(13 * 60 * 60 * 1e9)
		page.form("/svara").set("text", "Källaren i norr").send().want(http.StatusOK, "Logga in")
		b.signIn("inv")
		kept := b.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, "Källaren i norr")
		kept.form("/svara").send().want(http.StatusOK, "Ditt meddelande har kommit in")

		// Somebody else's case is not there.
		stranger := h.browser(t, i18n.SV)
		stranger.signIn("kim")
		stranger.get("/mina-sidor/arenden/" + slug(number)).want(http.StatusNotFound)

		// Sessions: another browser is listed and ended.
		second := h.browser(t, i18n.SV)
		second.signIn("inv")
		b.get("/mina-sidor/sessioner").want(http.StatusOK, "Den här enheten").form("/mina-sidor/sessioner").send().want(http.StatusOK, "utloggad")
		second.get("/mina-sidor").want(http.StatusOK, "Du har blivit utloggad")
	})
}
