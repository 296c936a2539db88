package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
)

func TestTwoWhoEditAtOnceSeeBothAndChoose(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna, bo := o.as(t, "anna"), o.as(t, "bo")
		mine := anna.form(here+"/andra", url.Values{"arendemening": {"Annas mening"}, "adress": {"Annas adress"}, "senast": {"2026-03-09"}})
		bo.send(here+"/andra", url.Values{"arendemening": {"Bos mening"}, "adress": {"Storgatan 1"}, "senast": {"2026-03-12"}}, http.StatusSeeOther)
		bo.send(here+"/anteckning", url.Values{"text": {"Ringde Ines"}}, http.StatusSeeOther)

		page := anna.post(here+"/andra", mine, http.StatusConflict)
		page.has(t, "Välj vad som ska gälla", "Lampa: Lampan är släckt", "Bos mening", "Annas mening", "Annas adress", "Kollegans ändring", "Din ändring", "Det här är nytt", "Ringde Ines", "2026-03-12")
		again := anna.post(here+"/andra", filled(page.body, nil), http.StatusUnprocessableEntity)
		again.has(t, "Välj vad som ska gälla för Ärendemening.", "Annas mening", "Bos mening", "Annas adress", "Ringde Ines")

		// Somebody is faster once more: what was chosen is what is compared next.
		bo.send(here+"/andra", url.Values{"arendemening": {"Bos mening"}, "adress": {"Bos adress"}, "senast": {"2026-03-12"}}, http.StatusSeeOther)
		third := anna.post(here+"/andra", filled(again.body, url.Values{"behall-arendemening": {"mitt"}}), http.StatusConflict)
		third.has(t, "Bos adress", "Annas adress", "Annas mening")
		anna.post(here+"/andra", filled(third.body, url.Values{"behall-adress": {"nu"}}), http.StatusSeeOther)
		v, err := o.View(t.Context(), o.As("anna"), id)
		if err != nil || v.Case.Subject != "Annas mening" || v.Case.Place.Address != "Bos adress" || v.Case.Due.String() != "2026-03-12" {
			t.Errorf("%q %q %s, %v", v.Case.Subject, v.Case.Place.Address, v.Case.Due, err)
		}
		// The same form once more changes nothing and is no conflict.
		anna.post(here+"/andra", filled(third.body, url.Values{"behall-adress": {"nu"}}), http.StatusSeeOther)
	})
}

// Whatever three versions of a field there are, nobody's change is lost without a choice.
func TestMergingLosesNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "c", ""})
		saw, now, typed := word.Draw(t, "saw"), word.Draw(t, "now"), word.Draw(t, "typed")
		value, ok := desk.Settle(saw, now, typed, "")
		switch {
		case !ok:
			if saw == now || saw == typed || now == typed {
				t.Fatalf("a choice is asked for though there is nothing to choose: %q %q %q", saw, now, typed)
			}
			if v, ok := desk.Settle(saw, now, typed, "mitt"); !ok || v != typed {
				t.Fatalf("mine gives %q", v)
			}
			if v, ok := desk.Settle(saw, now, typed, "nu"); !ok || v != now {
				t.Fatalf("now gives %q", v)
			}
		case typed != saw && value != typed, now != saw && value != now:
			t.Fatalf("a change is lost: saw %q, now %q, typed %q gives %q", saw, now, typed, value)
		}
	})
}

func TestAMessageWaitsWhenTheCitizenHasWritten(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		form := anna.form(here+"/svara", url.Values{"text": {"Lampan byts i morgon."}})
		if _, err := o.Reply(t.Context(), cases.Citizen{Opened: []string{id}}, id, "Den lyser nu!", nil); err != nil {
			t.Fatal(err)
		}
		page := anna.post(here+"/svara", form, http.StatusConflict)
		page.has(t, "Något har hänt sedan du öppnade sidan", "Den lyser nu!", "Lampan byts i morgon.")
		anna.post(here+"/svara", filled(page.body, url.Values{"text": {"Vad bra!"}}), http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Vad bra!")
		if strings.Contains(anna.get(here, http.StatusOK).body, "Lampan byts i morgon.") {
			t.Error("the old answer was sent")
		}
	})
}

func TestWhatDoesNotDisturbDoesNotStop(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		message, note, status := anna.form(here+"/svara", url.Values{"text": {"Hej"}}), anna.form(here+"/anteckning", url.Values{"text": {"Notis"}}), anna.form(here+"/status", url.Values{"status": {"pagar"}})
		if _, err := o.Claim(t.Context(), o.As("bo"), cases.On{Case: id}); err != nil {
			t.Fatal(err)
		}
		anna.post(here+"/svara", message, http.StatusSeeOther)
		anna.post(here+"/anteckning", note, http.StatusSeeOther)
		page := anna.post(here+"/status", status, http.StatusConflict)
		page.has(t, "Tog ärendet", "Person bo", "Hej")
		anna.post(here+"/status", filled(page.body, url.Values{"status": {"pagar"}}), http.StatusSeeOther)
	})
}

func TestSendingTwiceIsOnce(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		for page, text := range map[string]string{"svara": "Hej\r\nhej ", "anteckning": "Notis\r\nmer"} {
			form := anna.form(here+"/"+page, url.Values{"text": {text}})
			anna.post(here+"/"+page, form, http.StatusSeeOther)
			anna.post(here+"/"+page, form, http.StatusSeeOther)
		}
		v, err := o.View(t.Context(), o.As("anna"), id)
		if err != nil || len(v.Events) != 3 {
			t.Errorf("%d events, %v", len(v.Events), err)
		}
	})
}

func TestALostSessionLosesNothingTyped(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		form := anna.form(here+"/svara", url.Values{"text": {"En lång text\r\nmed <två> \"rader\""}})
		gone := o.as(t, "")
		page := gone.post(here+"/svara", form, http.StatusUnauthorized)
		page.has(t, "Du har loggats ut, men din text finns kvar", `target="_blank"`, "/logga-in?till=%2Farbete%2Finloggad", "med <två>")
		sent := filled(page.body, nil)
		if sent.Get("text") != form.Get("text") || sent.Get("version") != form.Get("version") {
			t.Errorf("%v came back as %v", form, sent)
		}
		bo := o.as(t, "bo")
		asked := bo.post(here+"/svara", sent, http.StatusConflict)
		asked.has(t, "Texten skrevs av någon annan", "med <två>")
		anna.post(here+"/svara", sent, http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "med <två>")
		anna.get("/arbete/inloggad", http.StatusOK).has(t, "Gå tillbaka till den andra fliken")

		// Files cannot be carried along: the form comes again before anything is sent.
		form = anna.form(here+"/svara", url.Values{"text": {"Se bilagan"}})
		page = gone.upload(here+"/svara", form, map[string]string{"a.txt": strings.Repeat("x", 5000)}, http.StatusUnauthorized)
		page.has(t, "Filerna kom inte med.", "Se bilagan")
		asked = anna.post(here+"/svara", filled(page.body, nil), http.StatusUnprocessableEntity)
		asked.has(t, "Välj filerna igen", "Se bilagan")
		asked.lacks(t, `name="filerna"`)
		gone.upload(here+"/svara", form, map[string]string{"a.txt": "x", "b.txt": "y"}, http.StatusUnauthorized).has(t, "Se bilagan")
		o.as(t, "").post(here+"/ta", url.Values{"version": {"1"}}, http.StatusUnauthorized)
	})
}
