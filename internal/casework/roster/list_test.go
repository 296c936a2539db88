package roster_test

import (
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
)

func TestASavedListShowsEachReaderWhatTheyMaySee(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		open, secret := r.lamp(t), r.lamp(t)
		if _, err := r.Mark(t.Context(), r.As("chef"), cases.On{Case: secret.ID}, cases.Secret, "OSL 21 kap. 1 §", "hälsa"); err != nil {
			t.Fatal(err)
		}
		r.Find(t)
		r.want(t, "chef", "/arbete/inkorg?ko=oppna&typ=lampa&kanal=web", nil, 200, "Spara som egen lista", open.Number, secret.Number)
		r.want(t, "chef", "/arbete/listor/ny?ko=oppna&typ=lampa&kanal=web&efter=x", nil, 200, "Alla på Gata", "ko=oppna")
		form := url.Values{"namn": {"Lampor på webben"}, "urval": {"ko=oppna&typ=lampa&kanal=web&nonsens=1"}, "enhet": {"gata"}, "kolumn": {"part", "plats", "dagar", "part", "hittepå"}}
		code, _, to := r.ask(t, "chef", "/arbete/listor/ny", form)
		if code != 303 || !strings.HasPrefix(to, "/arbete/inkorg?lista=") {
			t.Fatal(code, to)
		}
		id := strings.TrimPrefix(to, "/arbete/inkorg?lista=")
		page := r.want(t, "chef", to, nil, 200, "Lampor på webben", open.Number, secret.Number, "Dagar öppet", "Ändra listan", "Ines")
		if strings.Count(page, "Storgatan 1") != 1 || strings.Count(page, ">Ines<") != 1 { // of the secret one neither
			t.Error("the place or party of a secret case is shown in a list")
		}
		if page := r.want(t, "bo", to, nil, 200, "Lampor på webben", open.Number); strings.Contains(page, secret.Number) {
			t.Error("a shared list shows what its reader may not see")
		}
		r.want(t, "bo", "/arbete/listor/"+id, nil, 403)
		r.want(t, "bo", "/arbete/listor/"+id+"/ta-bort", url.Values{}, 403)
		if page := r.want(t, "kim", to, nil, 200); strings.Contains(page, "Lampor på webben") {
			t.Error("another unit sees the list")
		}
		r.want(t, "kim", "/arbete/listor/"+id, nil, 404)
		form.Set("enhet", "kansli")
		r.want(t, "chef", "/arbete/listor/ny", form, 422, "Välj en enhet där du handlägger")
		form.Set("namn", " ")
		r.want(t, "chef", "/arbete/listor/ny", form, 422, "Skriv ett namn")
		r.want(t, "bo", "/arbete/listor", url.Values{"forst": {id}, "kolumn": {"typ"}}, 303)
		r.want(t, "bo", "/arbete/inkorg", nil, 200, "Lampor på webben", "Dagar öppet")
		if page := r.want(t, "bo", "/arbete/inkorg?ko=oppna", nil, 200, open.Number); strings.Contains(page, "Dagar öppet") || strings.Contains(page, ">Handläggs av<") {
			t.Error("the columns chosen for the queues are not those shown")
		}
		change := url.Values{"namn": {"Lampor"}, "urval": {"ko=oppna&typ=lampa"}, "enhet": {"gata"}, "version": {"1"}}
		r.want(t, "chef", "/arbete/listor/"+id, change, 303)
		r.want(t, "chef", "/arbete/listor/"+id, change, 409, "En kollega har ändrat listan")
		r.want(t, "chef", "/arbete/listor/"+id+"/ta-bort", url.Values{}, 303)
		r.want(t, "bo", "/arbete/inkorg", nil, 200, "Inkorg")
		if page := r.want(t, "reg", "/arbete/listor", nil, 200); strings.Contains(page, "/arbete/fordelning") || strings.Contains(page, "/arbete/fraser") {
			t.Error("a tab leads to a page that its reader may not open")
		}
	})
}

func TestTheFilterFindsByWordsPlaceAndParty(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.lamp(t, func(in *cases.Submission) { in.Person = r.IDs["inv"] })
		r.Find(t)
		for query, found := range map[string]bool{
			"ord=sl%C3%A4ckt": true, "ord=finnsinte": false, "plats=storgatan": true, "plats=Kyrkogatan": false, "fran=2026-03-02&tom=2026-03-02": true, "tom=2026-03-01": false, "fran=snart": true,
			"dag=soon": true, "dag=late": false, "kanal=phone": false, "sekretess=some": false, "sekretess=none": true, "handlaggare=jag": false, "lage=pagar&typ=lampa": false, "antal=100&ordning=aldst": true,
		} {
			page := r.want(t, "anna", "/arbete/inkorg?ko=oppna&"+query, nil, 200)
			if strings.Contains(page, c.Number) != found {
				t.Errorf("%s: found %t, want %t", query, !found, found)
			}
		}
		r.want(t, "anna", "/arbete/inkorg/part", nil, 200, "Numret sparas inte")
		r.want(t, "anna", "/arbete/inkorg/part", url.Values{"nummer": {"20000101-2384"}}, 200, c.Number)
		if page := r.want(t, "nora", "/arbete/inkorg/part", url.Values{"nummer": {"20000101-2384"}}, 200, "Inget ärende att visa"); strings.Contains(page, c.Number) || strings.Contains(page, "0101") {
			t.Error("another member's case, or the number itself")
		}
		r.want(t, "anna", "/arbete/inkorg/part", url.Values{"nummer": {"20000101-2385"}}, 422, "Kontrollera siffrorna")
		r.want(t, "anna", "/en/arbete/inkorg?ko=oppna&ord=sl%C3%A4ckt&kolumner=kanal,handelse", nil, 200, "Last event", c.Number)
	})
}
