package desk_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/store"
)

func TestJO_4639_2007_TheRegistrarAnnulsARowThatStaysCrossedOut(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		reg := o.as(t, "reg")
		row := firstRow(t, reg)
		reg.get(row, http.StatusOK).has(t, "Makulera raden", "Registrerad")
		reg.post(row, url.Values{"gor": {"makulera"}, "varfor": {" "}}, http.StatusUnprocessableEntity).has(t, "Skriv ett skäl.")
		reg.post(row, url.Values{"gor": {"makulera"}, "varfor": {"Dubbelt registrerad"}}, http.StatusSeeOther)
		page := reg.get(row, http.StatusOK)
		page.has(t, "Raden är makulerad. Numret används inte igen.", "Makulerad", "Dubbelt registrerad", "Makulerad, utan innehåll")
		page.lacks(t, "Rätta raden")
		reg.get("/arbete/diarium", http.StatusOK).has(t, "<s>Lampa: Lampan är släckt</s>", "Makulerad")
		reg.get("/arbete/arenden/"+id, http.StatusOK).has(t, "Makulerad")
		reg.post(row, url.Values{"gor": {"makulera"}, "varfor": {"Igen"}}, http.StatusSeeOther)
	})
}

func TestJO_4349_2001_ALetterIsEnteredAsReceivedWhenItCame(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		reg := o.as(t, "reg")
		here := "/arbete/arenden/" + id + "/inkommet"
		reg.get(here, http.StatusOK).has(t, "Vilken dag kom det?", "2026-03-02")
		c, err := o.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		form := func(change ...string) url.Values {
			f := url.Values{"satt": {"letter"}, "dag": {"2026-02-20"}, "tid": {"08:00"}, "part": {"Grannen"}, "text": {"Ord i brevet"}, "version": {strconv.Itoa(c.Version)}}
			for i := 0; i < len(change); i += 2 {
				f.Set(change[i], change[i+1])
			}
			return f
		}
		for field, words := range map[string][]string{"dag": {"2026-02-31", "Skriv dag som"}, "satt": {"duva", "Välj hur det kom"}, "tid": {"x", "Skriv dag som"}} {
			reg.send(here, form(field, words[0]), http.StatusUnprocessableEntity).has(t, words[1], "Ord i brevet")
		}
		reg.send(here, form("dag", "2027-01-01"), http.StatusUnprocessableEntity).has(t, "kan inte ha kommit efter nu", "Ord i brevet")
		reg.send(here, form(), http.StatusSeeOther)
		reg.get("/arbete/arenden/"+id, http.StatusOK).has(t, "Handlingen är registrerad som inkommen.", "Ord i brevet", "Brev")
		reg.get(firstRow(t, reg), http.StatusOK).has(t, "20 februari 2026 kl. 08.00", "2 mars 2026 kl. 12.00", "Registrerad sent", "Grannen")
	})
}

func TestOSL_5_5_ADocumentIsMarkedAndOthersSeeOnlyThatItIsThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t, func(in *cases.Submission) {
			in.Files = []cases.Document{{Document: store.NewID(), Name: "MARKORD.txt", Mime: "text/plain", Size: 3, SHA256: "aa"}}
		})
		here := "/arbete/arenden/" + id
		reg, anna := o.as(t, "reg"), o.as(t, "anna")
		reg.get(here+"/sekretess", http.StatusOK).has(t, "Vad gäller markeringen?", "MARKORD.txt", "21 kap. 1 § OSL", "Ett annat lagrum")
		reg.post(here+"/sekretess", url.Values{"galler": {"1"}, "grad": {"2"}, "grund": {"annat"}, "kapitel": {"x"}, "skal": {"Skäl"}}, http.StatusUnprocessableEntity).has(t, "Skriv kapitel och paragraf")
		reg.post(here+"/sekretess", url.Values{"galler": {"1"}, "grad": {"2"}, "grund": {"annat"}, "kapitel": {"26"}, "paragraf": {"1"}, "skal": {"Skäl"}}, http.StatusSeeOther)
		page := anna.get(here, http.StatusOK)
		page.has(t, "Sekretessmarkerad handling 1", "26 kap. 1 § OSL", "Kommunstyrelsen", "Markeringen är en varning, inget beslut.")
		if strings.Contains(page.body, "MARKORD") {
			t.Error("the name of a document that she may not read is on the page")
		}
		anna.get(here+"/handlingar/1", http.StatusNotFound)
		row := firstRow(t, reg)
		reg.post(row, url.Values{"gor": {"visa"}, "publik": {"1"}}, http.StatusUnprocessableEntity).has(t, "Raden är sekretessmarkerad.")
	})
}
