package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// S8-E-2: each step of a form is counted once for each who came to it, what was refused each time.
func TestS8_E_2_StepsFaultsAndSendingAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		begin(b).form("/vad").set("text", "x").send().want(http.StatusUnprocessableEntity)
		other := h.browser(t, i18n.EN)
		fillIn(other).form("/skicka").send().want(http.StatusOK)
		other.get("/e-tjanster/fel/klart").want(http.StatusOK)
		if err := h.Measure.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		f, err := h.Measure.Funnel(t.Context(), "fel", calendar.DateOf(h.Clock.Now()), []string{"vad", "var", "foto", "du", measure.Review})
		if err != nil {
			t.Fatal(err)
		}
		if f.Begun != 2 || f.Sent != 1 || f.Whole != 0 || len(f.Steps) != 5 || f.Steps[0] != (measure.StepUse{Step: "vad", Reached: 2, Passed: 1}) || f.Steps[4] != (measure.StepUse{Step: measure.Review, Reached: 1, Passed: 1}) {
			t.Errorf("%+v", f)
		}
		if len(f.Faults) == 0 || f.Faults[0].Code != "what:required" {
			t.Errorf("%+v", f.Faults)
		}
	})
}

// S2-M2-2: the question is asked when the case is closed, once, and its answer does not lead to the case.
func TestS2_M2_2_OneQuestionAfterAClosedCase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, l := range i18n.Languages() {
			T := h.texts.For(l).T
			b := h.browser(t, l)
			done := fillIn(b).form("/skicka").send().want(http.StatusOK)
			number := caseNumber.FindString(done.text())
			path := "/folj/" + strings.NewReplacer(" ", "-", "/", "-").Replace(number)
			if v := b.get(path).want(http.StatusOK); strings.Contains(v.text(), T("public.feedback.question")) {
				t.Fatal("asked while the case is open")
			}
			b.post(path+"/omdome", url.Values{"betyg": {"1"}}).want(http.StatusOK).at(path)
			id, err := h.ByNumber(t.Context(), number)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Claim(t.Context(), h.As("anna"), cases.On{Case: id}); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Decide(t.Context(), h.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: "Lagad", To: "avslutad"}); err != nil {
				t.Fatal(err)
			}
			asked := b.get(path).want(http.StatusOK, T("public.feedback.question"))
			asked.form("/omdome").set("ord", "Bra ord").send().want(http.StatusUnprocessableEntity, T("public.feedback.none"), "Bra ord")
			asked.form("/omdome").set("betyg", "5", "ord", "Bra").send().want(http.StatusOK, T("public.feedback.thanks"))
			b.post(path+"/omdome", url.Values{"betyg": {"1"}}).want(http.StatusOK)
			if v := b.get(path); strings.Contains(v.text(), T("public.feedback.question")) {
				t.Error("asked twice")
			}
			h.browser(t, l).post(path+"/omdome", url.Values{"betyg": {"1"}}).at("/folj")
		}
		if scores, err := h.Measure.Scores(t.Context(), "fel"); err != nil || scores != [5]int{4: 2} {
			t.Errorf("%v %v", scores, err)
		}
	})
}

func TestAPreviewTakesNothingIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, l := range i18n.Languages() {
			T := h.texts.For(l).T
			b := h.browser(t, l)
			v := b.get("/e-tjanster/fel/forhandsgranska?version=1")
			for _, step := range h.Lamp.Form.Steps {
				v.want(http.StatusOK, step.Title.In(l), T("public.preview.text"))
				f := v.form("/forhandsgranska?version=1&steg=" + step.Key)
				if step.Key == "vad" {
					f.set("text", "hemligt")
				}
				v = f.send()
			}
			v.want(http.StatusOK, T("public.preview.end"))
			b.get("/e-tjanster/finns-inte/forhandsgranska").want(http.StatusNotFound)
			b.get("/e-tjanster/fel/forhandsgranska?version=x").want(http.StatusNotFound)
		}
		var drafts, filed int
		if err := h.DB.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM draft), (SELECT count(*) FROM cases)`).Scan(&drafts, &filed); err != nil || drafts+filed != 0 {
			t.Errorf("%d drafts, %d cases, %v", drafts, filed, err)
		}
	})
}

// S8-E-2: from each page one can say what one thinks of it, and the form knows which page; of personal pages it knows the room alone.
func TestS8_E_2_TheServiceAboutAPageKnowsThePage(t *testing.T) {
	h := once(t, func(d *casetype.Definition) { d.Form.Steps[0].Questions[2].Prefill = casetype.FromPage })
	town := *h.Town
	town.Feedback, town.Callback = "fel", "finns-inte"
	h.Module.Town = &town
	b := h.browser(t, i18n.SV)
	page := b.get("/kontakt").want(http.StatusOK)
	if !strings.Contains(page.body, `href="/e-tjanster/fel?om=%2Fkontakt"`) {
		t.Fatalf("no link:\n%s", page.body)
	}
	begun := b.get("/e-tjanster/fel?om=%2Fkontakt").want(http.StatusOK).form("/e-tjanster/fel").send().want(http.StatusOK)
	if !strings.Contains(begun.body, ">/kontakt</textarea>") {
		t.Errorf("the form does not know the page:\n%s", begun.body)
	}
	if strings.Contains(begun.body, "finns-inte") {
		t.Error("a link to a service that is not there")
	}
	b.signIn("inv")
	if v := b.get("/mina-sidor/arenden"); !strings.Contains(v.body, "om=%2Fmina-sidor\"") {
		t.Errorf("the address of a personal page is told, or nothing:\n%s", v.body)
	}
	if v := h.browser(t, i18n.SV).get("/e-tjanster/fel?om=%2F%2Fevil.example%2Fx"); strings.Contains(v.body, "evil") && strings.Contains(v.body, `name="om"`) {
		t.Error("another site's page is carried along")
	}
}

func TestTheRegisterOfPersonalDataComesFromTheDefinitions(t *testing.T) {
	h := once(t, nil)
	for _, l := range i18n.Languages() {
		b := h.browser(t, l)
		b.get("/personuppgifter").want(http.StatusOK, h.Lamp.GDPR.Purpose.In(l), h.Lamp.Documents[0].Title.In(l))
		v := b.get("/personuppgifter.csv").want(http.StatusOK)
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(v.body, "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 2 || rows[1][0] != "fel" || rows[1][2] != h.Lamp.GDPR.Purpose.In(l) || rows[1][8] != h.Town.Name.In(l) {
			t.Errorf("%q %v", rows, err)
		}
	}
}

// S8-24-1: the page of the service's state tells what was measured.
func TestS8_24_1_TheStatusPageTellsWhatWasMeasured(t *testing.T) {
	h := once(t, nil)
	for range 3 {
		if err := h.Measure.Probe(t.Context(), h.handler, "/", "/e-tjanster/fel/allt"); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(measure.ProbeEvery)
	}
	for _, l := range i18n.Languages() {
		h.browser(t, l).get("/status").want(http.StatusOK, h.texts.For(l).T("public.measure.worked"), map[i18n.Lang]string{i18n.SV: "100,00 %", i18n.EN: "100.00 %"}[l])
	}
}
