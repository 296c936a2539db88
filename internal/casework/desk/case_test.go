package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
)

// S8-G-1: a place in both systems.
func TestTheWholeWayOfOneMatterAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		page := anna.get(here, http.StatusOK)
		page.has(t, "KS 2026/00001 Lampa: Lampan är släckt", "Ingen har tagit ärendet.", "Ta ärendet", "Storgatan 1", "WGS 84: 60.004000, 15.793000", "SWEREF 99 TM: N 66", "Ines", "ines@example.se",
			"Vad?", "Det som lämnades in", "KS 2026/00001-1", "Inkommen", "Webben", "Ärendet kom in")
		anna.post(here+"/ta", filled(page.body, url.Values{}), http.StatusSeeOther)
		page = anna.get(here, http.StatusOK)
		page.has(t, "Ärendet är ditt.", "Du handlägger ärendet.", "Lämna tillbaka till enheten", "Tog ärendet")

		anna.send(here+"/status", url.Values{"status": {"pagar"}}, http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Ärendet har fått ny status.", "Ny status: Inkommen → Pågår")

		anna.get(here+"/svara", http.StatusOK).has(t, "Det här skickas ut från kommunen", "Ines får besked till ines@example.se")
		values := anna.form(here+"/svara", url.Values{"text": {"Vi byter lampan i morgon."}})
		anna.upload(here+"/svara", values, map[string]string{"plan.txt": "Byte av lampa", "karta.pdf": "%PDF-1.4\n%%EOF"}, http.StatusSeeOther)
		page = anna.get(here, http.StatusOK)
		page.has(t, "Meddelandet är skickat.", "Vi byter lampan i morgon.", "plan.txt", "karta.pdf", "Skickat", "KS 2026/00001-2")

		anna.get(here+"/anteckning", http.StatusOK).has(t, "Det här skickas inte", "bara vi på kommunen ser")
		anna.upload(here+"/anteckning", anna.form(here+"/anteckning", url.Values{"text": {"Ringde montören"}}), nil, http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Internt", "Ringde montören")
		anna.get(here+"?visa=anteckningar", http.StatusOK).lacks(t, "Vi byter lampan i morgon.")
		anna.get(here+"?visa=meddelanden", http.StatusOK).lacks(t, "Ringde montören")

		anna.get(here+"/beslut", http.StatusOK).has(t, "På delegation KS 1", "Kan inte överklagas", "Kommunstyrelsen beslutar själv")
		anna.send(here+"/beslut", url.Values{"beslut": {"lagad"}, "text": {"Lampan är bytt."}, "status": {"avslutad"}}, http.StatusSeeOther)
		page = anna.get(here, http.StatusOK)
		page.has(t, "Beslutet är fattat och skickat.", "Ärendet avslutades", "Beslut: Lagad", "Lampan är bytt.", "Öppna igen")

		anna.get(here+"/status", http.StatusOK).has(t, "Ärendet är avslutat. När du väljer en status öppnas det igen.")
		anna.send(here+"/status", url.Values{"status": {"pagar"}, "skal": {""}}, http.StatusUnprocessableEntity).has(t, "Skriv ett skäl.")
		anna.send(here+"/status", url.Values{"status": {"pagar"}, "skal": {"Den slocknade igen"}}, http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Öppnade ärendet igen", "Den slocknade igen")
		anna.post(here+"/lamna-tillbaka", filled(anna.get(here, http.StatusOK).body, nil), http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Ingen har tagit ärendet.")

		seen, err := o.CitizenView(t.Context(), cases.Citizen{Opened: []string{id}}, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range seen.Events {
			if strings.Contains(e.Body, "montören") {
				t.Error("the citizen reads the internal note")
			}
		}
		if to := anna.get("/arbete/arende?nr=ks2026/00001", http.StatusSeeOther).header.Get("Location"); to != here {
			t.Errorf("the number leads to %s", to)
		}
		anna.get("/arbete/arende?nr=KS+2026/99999", http.StatusNotFound)
		anna.get("/en"+here, http.StatusOK).has(t, "What was handed in", "Take the case", "Do more")
	})
}

func TestWhatMayNotBeDoneIsExplained(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		o.as(t, "anna").get(here, http.StatusOK).has(t, "Varför kan jag inte göra mer?", "Fatta beslut", "Det här hör till en annan enhet eller en annan person.", "Regel: ")
		rev := o.as(t, "rev")
		page := rev.get(here, http.StatusOK)
		page.has(t, "Du har inget uppdrag som gäller det här.", "PR-2", "Logg för ärendet")
		page.lacks(t, "Ta ärendet", here+"/svara")
		for _, c := range []string{"svara", "anteckning", "status", "beslut", "tilldela", "andra", "sekretess"} {
			rev.get(here+"/"+c, http.StatusForbidden).has(t, "PR-2")
			kept := rev.post(here+"/"+c, url.Values{"text": {"Det jag skrev"}, "skal": {"Det jag skrev"}, "version": {"1"}, "arendemening": {"Det jag skrev"}}, http.StatusForbidden)
			kept.has(t, "Fel: ", "PR-2")
			if c != "tilldela" {
				kept.has(t, "Det jag skrev")
			}
			o.as(t, "kim").get(here+"/"+c, http.StatusForbidden).has(t, "annan enhet")
			o.as(t, "nora").get(here+"/"+c, http.StatusNotFound)
		}
		rev.post(here+"/ta", url.Values{"version": {"1"}}, http.StatusForbidden)
		o.as(t, "adm").get(here, http.StatusForbidden).has(t, "Som systemadministratör")
	})
}

func TestFaultsKeepWhatWasTyped(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		anna.post(here+"/ta", url.Values{"version": {"1"}}, http.StatusSeeOther)
		long := strings.Repeat("å", 20_001)
		for name, c := range map[string]struct {
			page   string
			values url.Values
			want   []string
		}{
			"empty message":       {"svara", url.Values{"text": {"  "}}, []string{"Skriv något först.", `href="#text"`}},
			"empty note":          {"anteckning", url.Values{"text": {""}}, []string{"Skriv något först."}},
			"long message":        {"svara", url.Values{"text": {long}}, []string{"Texten har 20\u00a0001 tecken", long}},
			"no status":           {"status", url.Values{"skal": {"Ord som finns kvar"}}, []string{"Välj en status.", "Ord som finns kvar"}},
			"close undecided":     {"status", url.Values{"status": {"avslutad"}, "skal": {"Ord som finns kvar"}}, []string{"Det krävs ett beslut först.", "Ord som finns kvar"}},
			"a status not there":  {"status", url.Values{"status": {"vantar"}, "skal": {"x"}}, []string{"tillåter inte"}},
			"no person":           {"tilldela", url.Values{}, []string{"Välj en person."}},
			"a stranger":          {"tilldela", url.Values{"person": {o.IDs["kim"]}}, []string{"handlägger inte ärenden på den här enheten"}},
			"no decision":         {"beslut", url.Values{"text": {"Ord som finns kvar"}, "status": {"kvar"}}, []string{"Välj ett beslut.", "Ord som finns kvar"}},
			"no text":             {"beslut", url.Values{"beslut": {"lagad"}}, []string{"Skriv beslutet och skälen", "Välj en status."}},
			"the body's decision": {"beslut", url.Values{"beslut": {"avslag"}, "text": {"Nej"}, "status": {"kvar"}}, []string{"Välj det beslut av Kommunstyrelsen"}},
			"an invented beslut":  {"beslut", url.Values{"beslut": {"avslag"}, "organ": {"x"}, "text": {"Nej"}, "status": {"kvar"}}, []string{"Det krävs ett beslut först."}},
			"no subject":          {"andra", url.Values{"arendemening": {""}, "adress": {"Ord som finns kvar"}}, []string{"Skriv en ärendemening.", "Ord som finns kvar"}},
			"no date":             {"andra", url.Values{"senast": {"i morgon"}}, []string{"Skriv datumet så här", "i morgon"}},
			"no law":              {"sekretess", url.Values{"grad": {"1"}, "skal": {"Ord som finns kvar"}}, []string{"Skriv kapitel och paragraf", "Ord som finns kvar", "21 kap. 1 § OSL"}},
			"no degree":           {"sekretess", url.Values{"grad": {"9"}, "skal": {"x"}}, []string{"Välj hur ärendet ska skyddas."}},
		} {
			t.Run(name, func(t *testing.T) {
				form := anna.form(here+"/"+c.page, nil)
				if c.page == "andra" {
					form.Set("arendemening", "Lampa")
					form.Set("senast", "2026-03-09")
				}
				for k, v := range c.values {
					form[k] = v
				}
				anna.post(here+"/"+c.page, form, http.StatusUnprocessableEntity).has(t, append(c.want, "<title>Fel: ", `name="version" value="`+form.Get("version")+`"`)...)
			})
		}
	})
}

func TestCommandsThatNeedAForm(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna, bo := o.as(t, "anna"), o.as(t, "bo")
		anna.send(here+"/tilldela", url.Values{"person": {o.IDs["bo"]}}, http.StatusSeeOther)
		anna.get(here, http.StatusOK).has(t, "Ärendet är tilldelat.", "Tilldelade ärendet till Person bo", "Person bo handlägger ärendet.", "Ta över ärendet")
		bo.send(here+"/sekretess", url.Values{"grad": {"1"}, "grund": {"21 kap. 1 § OSL"}, "skal": {"Uppgift om hälsa"}}, http.StatusSeeOther)
		bo.get(here, http.StatusOK).has(t, "Sekretessmarkerat", "21 kap. 1 § OSL", "Att du läser ärendet antecknas")
		bo.get("/arbete/inkorg", http.StatusOK).has(t, "Sekretessmarkerat")
		bo.send(here+"/andra", url.Values{"arendemening": {"Lampa på Storgatan"}, "adress": {"Storgatan 1 A"}, "senast": {"2026-03-20"}}, http.StatusSeeOther)
		bo.get(here, http.StatusOK).has(t, "Uppgifterna är sparade.", "Lampa på Storgatan", "Storgatan 1 A", "2026-03-20", "blev ”Lampa på Storgatan”")
		bo.send(here+"/andra", url.Values{"arendemening": {"Lampa på Storgatan"}, "adress": {"Storgatan 1 A"}, "senast": {"2026-03-20"}}, http.StatusSeeOther)
		bo.send(here+"/sekretess", url.Values{"grad": {"0"}, "skal": {"Prövat igen"}}, http.StatusSeeOther)
		if _, err := o.HandOver(t.Context(), o.As("bo"), cases.On{Case: id}, "kansli", "Hör dit"); err != nil {
			t.Fatal(err)
		}
		bo.get(here, http.StatusForbidden)
		o.as(t, "kim").get(here, http.StatusOK).has(t, "Lämnade över ärendet: Gata → Kansli", "Hör dit")
	})
}

func TestSecretCasesAreNotThereForOthers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t, func(in *cases.Submission) { in.Protected = true })
		here := "/arbete/arenden/" + id
		o.as(t, "anna").get(here, http.StatusNotFound)
		o.as(t, "anna").get("/arbete/strom?amne=case:"+id, http.StatusNotFound)
		page := o.as(t, "chef").get(here, http.StatusOK)
		page.has(t, "Skyddad identitet", "Lämna inte ut namn, adress", "Hemligt")
		o.as(t, "reg").get("/arbete/diarium", http.StatusOK).lacks(t, "Lampan är släckt", "Ines")
	})
}

func TestDocumentsAreSentSafely(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		anna.upload(here+"/anteckning", anna.form(here+"/anteckning", url.Values{"text": {"se bilagan"}}), map[string]string{"brev \"å\".txt": "Hej hej"}, http.StatusSeeOther)
		file := anna.get(here+"/handlingar/1", http.StatusOK)
		if file.body != "Hej hej" || file.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") ||
			!strings.HasPrefix(file.header.Get("Content-Type"), "text/plain") || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%+v", file)
		}
		anna.get(here+"/handlingar/2", http.StatusNotFound)
		anna.get(here+"/handlingar/x", http.StatusNotFound)
		o.as(t, "kim").get(here+"/handlingar/1", http.StatusForbidden)
		o.as(t, "nora").get(here+"/handlingar/1", http.StatusNotFound)
		o.as(t, "inv").get(here+"/handlingar/1", http.StatusForbidden)
	})
}

func TestFilesThatAreNotTakenLeaveTheText(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		here := "/arbete/arenden/" + id
		anna := o.as(t, "anna")
		form := anna.form(here+"/svara", url.Values{"text": {"Min långa text"}})
		anna.upload(here+"/svara", form, map[string]string{"sida.html": "<!DOCTYPE html><script>x</script>"}, http.StatusUnprocessableEntity).has(t, "Filen är av en sort som vi inte tar emot.", "Min långa text", `href="#fil"`)
		many := map[string]string{}
		for _, name := range strings.Split("abcdefghijk", "") {
			many[name+".txt"] = "x"
		}
		anna.upload(here+"/svara", form, many, http.StatusUnprocessableEntity).has(t, "Det är för många filer.", "Min långa text")
		v, err := o.View(t.Context(), o.As("anna"), id)
		if err != nil || len(v.Documents) != 0 || len(v.Events) != 1 {
			t.Errorf("%d documents, %d events, %v", len(v.Documents), len(v.Events), err)
		}
		// A message refused after its files were stored leaves nothing that can be read.
		anna.upload(here+"/svara", anna.form(here+"/svara", url.Values{"text": {" "}}), map[string]string{"a.txt": "hemligt"}, http.StatusUnprocessableEntity)
		var left int
		if err := o.DB.QueryRow(context.Background(), `SELECT count(*) FROM document WHERE shredded_at = 0`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d documents can still be read, %v", left, err)
		}
	})
}

func TestWhatTheProgramDidIsSaidInWordsAndNotPutOnTheCitizen(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		if err := o.Unreached(t.Context(), id, "b1", "no_such_user"); err != nil {
			t.Fatal(err)
		}
		body := o.as(t, "anna").get("/arbete/arenden/"+id, http.StatusOK).body
		at := strings.Index(body, "Ett brev kom inte fram")
		if at < 0 || !strings.Contains(body[max(0, at-400):at+400], "Systemet") {
			t.Errorf("the timeline says\n%s", body[strings.Index(body, "id=\"h2\"")-200:][:900])
		}
	})
}
