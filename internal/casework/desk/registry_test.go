package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
)

// firstRow is the address of the newest row of the diarium.
func firstRow(t *testing.T, reg *clerk) string {
	t.Helper()
	match := regexp.MustCompile(`href="(/arbete/diarium/[0-9a-f-]{36})"`).FindStringSubmatch(reg.get("/arbete/diarium", http.StatusOK).body)
	if match == nil {
		t.Fatal("no row")
	}
	return match[1]
}

func TestTheRegistrarScreensAndCorrects(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lamp(t)
		reg := o.as(t, "reg")
		reg.get("/arbete/diarium", http.StatusOK).has(t, "KS 2026/00001-1", "Ines", "Lampa: Lampan är släckt", "Utan part")
		row := firstRow(t, reg)
		page := reg.get(row, http.StatusOK)
		page.has(t, "Vad visas på webben?", "Rätta raden", "Visa raden i diariet på webben")
		named := map[string]bool{}
		for _, m := range regexp.MustCompile(`<dt[^>]*>([^<]*)</dt>`).FindAllStringSubmatch(page.body, -1) {
			if named[m[1]] {
				t.Errorf("two facts are called %q", m[1])
			}
			named[m[1]] = true
		}
		if !named["Ärende"] || !named["Ärendemening"] {
			t.Errorf("the facts are %v", named)
		}
		reg.post(row, url.Values{"gor": {"visa"}, "publik": {"1"}, "dolj-part": {"1"}, "dolj-mening": {"1"}}, http.StatusSeeOther)
		reg.get(row, http.StatusOK).has(t, "Visningen på webben är ändrad.", "Utan part och ärende")
		public, err := o.PublicRegister(t.Context(), "", 10)
		if err != nil || public[0].Subject != "" {
			t.Errorf("%+v %v", public, err)
		}
		reg.post(row, url.Values{"gor": {"ratta"}, "part": {"Inez"}, "arendemening": {"Släckt lampa"}}, http.StatusUnprocessableEntity).has(t, "Skriv ett skäl.", "Inez", "Släckt lampa")
		to := reg.post(row, url.Values{"gor": {"ratta"}, "part": {"Inez"}, "arendemening": {"Släckt lampa"}, "skal": {"Felskrivet namn"}}, http.StatusSeeOther).header.Get("Location")
		list := reg.get(to, http.StatusOK)
		list.has(t, "Raden är rättad.", "<s>Ines</s>", "Rättad", "Inez", "Släckt lampa", "Rättelse av en tidigare rad")
		old := reg.get(row, http.StatusOK)
		old.has(t, "Raden är rättad och gäller inte längre.", "Till den nya raden")
		old.lacks(t, "Rätta raden")
		reg.post(row, url.Values{"gor": {"ratta"}, "arendemening": {"Igen"}, "skal": {"x"}}, http.StatusConflict).has(t, "gäller inte längre")
		reg.get(firstRow(t, reg), http.StatusOK).has(t, "Till raden som den här rättar")
		reg.get("/arbete/diarium?nr=ks+2026/00001", http.StatusOK).has(t, "2 träffar")
		reg.get("/arbete/diarium?nr=KS+2026/00009", http.StatusOK).has(t, "Inget i diariet stämmer med urvalet.")
		reg.post(row, url.Values{"gor": {"ratta"}, "vem": {o.IDs["bo"]}, "arendemening": {"Igen"}, "skal": {"x"}}, http.StatusConflict).has(t, "Texten skrevs av någon annan")
	})
}

func TestTheDiariumIsForThoseWhoKeepOrReadIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		row := firstRow(t, o.as(t, "reg"))
		anna := o.as(t, "anna")
		page := anna.get(row, http.StatusOK)
		page.has(t, "KS 2026/00001-1")
		page.lacks(t, "Rätta raden", "Vad visas på webben?")
		anna.post(row, url.Values{"gor": {"visa"}}, http.StatusForbidden)
		anna.post(row, url.Values{"gor": {"ratta"}, "arendemening": {"x"}, "skal": {"x"}}, http.StatusForbidden)
		for _, key := range []string{"pol", "adm"} {
			o.as(t, key).get("/arbete/diarium", http.StatusForbidden).has(t, "PR-2")
			o.as(t, key).get(row, http.StatusNotFound)
		}
		o.as(t, "nora").get(row, http.StatusNotFound)
		anna.get("/arbete/diarium/x", http.StatusNotFound)

		// Of a secret row the registrar sees that it is there, and can still keep it off the web.
		if _, err := o.Mark(t.Context(), o.As("reg"), cases.On{Case: id}, cases.Secret, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		reg := o.as(t, "reg")
		reg.get("/arbete/diarium", http.StatusOK).lacks(t, "Ines", "Lampan")
		secret := reg.get(row, http.StatusOK)
		secret.has(t, "Visas inte för dig på grund av sekretess.", "Vad visas på webben?")
		secret.lacks(t, "Ines", "Lampan", "Rätta raden")
	})
}

func TestSearchAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lamp(t)
		o.Find(t)
		anna := o.as(t, "anna")
		anna.get("/arbete/sok", http.StatusOK).has(t, "Sök ärenden")
		anna.get("/arbete/sok?q=lampor", http.StatusOK).has(t, "1 träff", "KS 2026/00001", "<mark>Lampan</mark>")
		anna.get("/arbete/sok?q=storgatan", http.StatusOK).has(t, "<mark>Storgatan</mark>")
		anna.get("/arbete/sok?q=finnsinte", http.StatusOK).has(t, "Inga träffar")
		o.as(t, "kim").get("/arbete/sok?q=lampor", http.StatusOK).has(t, "Inga träffar")
		if a := anna.get("/arbete/sok?q="+url.QueryEscape(`<script>"'`), http.StatusOK); strings.Contains(a.body, `<script>"`) {
			t.Error("what was searched for is not escaped")
		}
	})
}

func TestP_3_TheAuditorReadsTheLog(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.lamp(t)
		if _, err := o.Mark(t.Context(), o.As("reg"), cases.On{Case: id}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		if err := o.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		rev := o.as(t, "rev")
		page := rev.get("/arbete/arenden/"+id+"/logg", http.StatusOK)
		page.has(t, "Logg för KS 2026/00001", "Ärendet kom in", "Ändrade sekretessen", "Person reg", "Registrator, Kommunen", "number: KS 2026/00001", "words: Hälsa")
		if err := o.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		rev.get("/arbete/arenden/"+id+"/logg", http.StatusOK).has(t, "Läste det som är skyddat", "Person rev", "Revisor, Kommunen")
		latest := rev.get("/arbete/logg", http.StatusOK)
		latest.has(t, "Senaste signerade kontrollpunkt", "test.example/journal", "Loggen har ", "/arbete/arenden/"+id+"/logg")
		latest.lacks(t, "Hälsa", "Ines")
		for range 60 {
			o.lamp(t)
		}
		if err := o.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(rev.get("/arbete/logg", http.StatusOK).body)
		if next == nil {
			t.Fatal("no second page")
		}
		rev.get(next[1], http.StatusOK).has(t, "Ändrade sekretessen", "Föregående sida")
		if to := rev.get("/arbete/logg?objekt="+id, http.StatusSeeOther).header.Get("Location"); to != "/arbete/arenden/"+id+"/logg" {
			t.Errorf("the object leads to %s", to)
		}
		o.as(t, "dso").get("/arbete/arenden/"+id+"/logg", http.StatusOK).has(t, "Logg för KS 2026/00001")
		for _, key := range []string{"anna", "reg", "pol", "adm"} {
			o.as(t, key).get("/arbete/logg", http.StatusForbidden)
			o.as(t, key).get("/arbete/arenden/"+id+"/logg", http.StatusForbidden)
		}
		o.as(t, "anna").get("/arbete/inkorg", http.StatusOK).lacks(t, `href="/arbete/logg"`)
	})
}

func TestShortcutsAreOffUntilSwitchedOn(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		anna := o.as(t, "anna")
		anna.get("/arbete/hjalp", http.StatusOK).has(t, "Kortkommandona är av.", "g i")
		anna.get("/arbete/inkorg", http.StatusOK).lacks(t, "data-shortcuts")
		anna.post("/arbete/installningar", url.Values{"kortkommandon": {"pa"}}, http.StatusSeeOther)
		page := anna.get("/arbete/installningar", http.StatusOK)
		page.has(t, "Inställningen gäller tills du loggar ut.", "data-shortcuts")
		anna.get("/arbete/hjalp", http.StatusOK).has(t, "Kortkommandona är på.")
		anna.post("/arbete/installningar", url.Values{}, http.StatusSeeOther)
		anna.get("/arbete/inkorg", http.StatusOK).lacks(t, "data-shortcuts")
	})
}

func TestTheSavedMessageIsOneOfOurs(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		anna := o.as(t, "anna")
		for _, value := range []string{"nonsense", "lost.1.2", "took", "took.x.y", strings.Repeat("a", 500)} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/arbete/inkorg", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Test-Person", "anna")
			r.AddCookie(&http.Cookie{Name: "dygnet-klart", Value: value})
			resp, err := anna.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%q: %d", value, resp.StatusCode)
			}
		}
	})
}
