package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/kernel/calendar"
)

func TestTheInboxShowsTheQueuesOfEachOfficial(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lamp(t)
		in := casestest.Broken()
		in["to"] = []string{"politician:pol"}
		addressed := o.HandIn(t, in)
		for key, want := range map[string]string{"anna": "Inget väntar", "reg": "KS 2026/00001", "rev": "KS 2026/00001", "pol": addressed.Number, "adm": "Här finns inget för dig", "nora": "Inget väntar"} {
			o.as(t, key).get("/arbete/inkorg", http.StatusOK).has(t, want)
		}
		anna := o.as(t, "anna")
		a := anna.get("/arbete/inkorg?ko=otilldelade", http.StatusOK)
		a.has(t, "KS 2026/00001", "Lampa: Lampan är släckt", "Inkommen", "2026-03-09", "1 träff")
		a.lacks(t, addressed.Number)
		o.Clock.Set(calendar.NewDate(2026, 3, 12).Start())
		anna.get("/arbete/inkorg?ko=forsenade", http.StatusOK).has(t, "3 dagar försenat")
		anna.get("/en/arbete/inkorg?ko=forsenade", http.StatusOK).has(t, "3 days late", `href="/en/arbete/arenden/`)
		anna.get("/arbete/inkorg?ko=oppna&typ=lampa&status=received&enhet=gata", http.StatusOK).has(t, "KS 2026/00001", "Rensa allt")
		anna.get("/arbete/inkorg?ko=oppna&status=closed", http.StatusOK).has(t, "Inget ärende stämmer")
		if to := anna.get("/arbete", http.StatusSeeOther).header.Get("Location"); to != "/arbete/inkorg" {
			t.Errorf("/arbete leads to %s", to)
		}
		anna.get("/arbete/inkorg?efter=forged", http.StatusBadRequest)
	})
}

func TestOnlyOfficialsComeIn(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		id := o.lamp(t, func(in *cases.Submission) { in.Person = o.IDs["inv"] })
		for _, path := range []string{"/arbete/inkorg", "/arbete/arenden/" + id, "/arbete/sok?q=lampa", "/arbete/diarium", "/arbete/logg", "/arbete/hjalp", "/arbete/strom?amne=case"} {
			o.as(t, "inv").get(path, http.StatusForbidden).has(t, "Du har inget uppdrag som gäller det här.", "PR-2")
			if to := o.as(t, "").get(path, http.StatusSeeOther).header.Get("Location"); !strings.HasPrefix(to, "/logga-in?till=") {
				t.Errorf("%s leads a visitor to %s", path, to)
			}
		}
	})
}

func TestTakingFromTheInboxOneAndSeveral(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for range 4 {
			o.lamp(t)
		}
		anna := o.as(t, "anna")
		list := anna.get("/arbete/inkorg?ko=otilldelade", http.StatusOK)
		var values []string
		for _, match := range regexp.MustCompile(`name="arende" value="([^"]+)"`).FindAllStringSubmatch(list.body, -1) {
			values = append(values, match[1])
		}
		if len(values) != 4 {
			t.Fatalf("%d cases can be ticked", len(values))
		}
		a := anna.post("/arbete/inkorg/ta", url.Values{"ta": {values[0]}, "till": {"/arbete/inkorg?ko=otilldelade"}}, http.StatusSeeOther)
		if to := a.header.Get("Location"); to != "/arbete/inkorg?ko=otilldelade" {
			t.Errorf("back to %s", to)
		}
		anna.get("/arbete/inkorg?ko=mina", http.StatusOK).has(t, "Du har tagit 1 ärende.", "KS 2026/0000")
		anna.get("/arbete/inkorg?ko=mina", http.StatusOK).lacks(t, "Du har tagit")
		if _, err := o.Claim(t.Context(), o.As("bo"), cases.On{Case: strings.Split(values[1], ".")[0]}); err != nil {
			t.Fatal(err)
		}
		anna.post("/arbete/inkorg/ta", url.Values{"arende": values[1:]}, http.StatusSeeOther)
		anna.get("/arbete/inkorg", http.StatusOK).has(t, "Du har tagit 2 av 3 ärenden. Resten gick inte att ta")
		v, err := o.View(t.Context(), o.As("bo"), strings.Split(values[1], ".")[0])
		if err != nil || v.Case.Assignee != o.IDs["bo"] {
			t.Errorf("bo's case went to %s, %v", v.Case.Assignee, err)
		}
		anna.post("/arbete/inkorg/ta", url.Values{}, http.StatusSeeOther)
		anna.get("/arbete/inkorg", http.StatusOK).has(t, "Kryssa först")
		anna.post("/arbete/inkorg/ta", url.Values{"ta": {"x"}}, http.StatusBadRequest)
		outside := anna.post("/arbete/inkorg/ta", url.Values{"till": {"//evil.example/arbete/inkorg"}}, http.StatusSeeOther)
		if to := outside.header.Get("Location"); to != "/arbete/inkorg" {
			t.Errorf("led to %s", to)
		}
	})
}

func TestPagesOfTheInboxMeet(t *testing.T) {
	one(t, func(t *testing.T, o *office) {
		for range 53 {
			o.lamp(t)
		}
		anna := o.as(t, "anna")
		first := anna.get("/arbete/inkorg?ko=oppna", http.StatusOK)
		first.has(t, "Fler än 50 träffar", "Nästa sida")
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.body)
		if next == nil {
			t.Fatal("no next page")
		}
		second := anna.get(unescape(next[1]), http.StatusOK)
		second.has(t, "3 träffar", "Till första sidan")
		second.lacks(t, "Nästa sida")
		all := anna.get("/arbete/inkorg?ko=oppna&antal=200", http.StatusOK)
		all.has(t, "53 träffar")
	})
}

// The number of statements of a page must not grow with what is on it.
func TestPagesAskTheDatabaseNoMoreForMoreRows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		anna, reg, rev := o.as(t, "anna"), o.as(t, "reg"), o.as(t, "rev")
		id := o.lamp(t)
		o.lamp(t)
		o.Find(t)
		pages := map[string]func(){
			"inbox":    func() { anna.get("/arbete/inkorg?ko=oppna", http.StatusOK) },
			"case":     func() { anna.get("/arbete/arenden/"+id, http.StatusOK) },
			"register": func() { reg.get("/arbete/diarium", http.StatusOK) },
			"search":   func() { anna.get("/arbete/sok?q=lampa", http.StatusOK) },
			"log":      func() { rev.get("/arbete/logg", http.StatusOK) },
			"case log": func() { rev.get("/arbete/arenden/"+id+"/logg", http.StatusOK) },
		}
		count := func() map[string]uint64 {
			out := map[string]uint64{}
			for name, page := range pages {
				page() // a checkpoint is signed once
				before := o.DB.Statements()
				page()
				out[name] = o.DB.Statements() - before
			}
			return out
		}
		few := count()
		for range 20 {
			o.lamp(t)
			if _, err := o.Note(t.Context(), o.As("anna"), cases.On{Case: id}, "en till", nil); err != nil {
				t.Fatal(err)
			}
		}
		o.Find(t)
		for name, n := range count() {
			if n == 0 || n != few[name] {
				t.Errorf("%s: %d statements with many rows, %d with few", name, n, few[name])
			}
		}
	})
}
