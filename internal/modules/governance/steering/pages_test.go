package steering_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/modules/governance/steering"
)

// Everybody reads what steers the municipality, and who decides it; what is internal only those who work here.
func TestS1_3_EverybodySeesWhatSteersAndWhoDecidesIt(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.serve()
		s.top()
		w := s.writing("hemlig", "malbild", "H-1", "Bara för oss.")
		w.Public = false
		v, err := s.Write(t.Context(), s.actor("kia"), w)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		if err := s.Adopt(t.Context(), s.actor("kia"), v.ID, steering.Adoption{Decision: s.decide("kf", "2026-02-03"), Revision: v.Revision + 1}); err != nil {
			t.Fatal(err)
		}
		page := s.want("", "/styrdokument", nil, 200, "Om strategi", "Om malbild", "Beslutas av: Kommunfullmäktige", "Beslutas av: Ledningsgruppen", "Beslutas av: IT-chef")
		if strings.Contains(page, "Om hemlig") {
			t.Error("everybody sees what is internal")
		}
		s.want("", "/styrdokument/hemlig/1", nil, 404)
		s.want("", "/styrdokument/hemlig", nil, 404)
		s.want("hans", "/styrning/styrdokument", nil, 200, "Om hemlig")
		s.want("hans", "/styrning/styrdokument/hemlig/1", nil, 200, "Bara för oss.")
		s.want("", "/en/styrdokument/strategi/1", nil, 200, "Vi utvecklar inga egna system.", "(S3-4)", "20 January 2026")
		// As it was another day.
		if page := s.want("", "/styrdokument?per=2026-01-15", nil, 200, "Om malbild"); strings.Contains(page, "Om strategi") {
			t.Error("the strategy applies before it was adopted")
		}
		s.want("", "/styrdokument?per=igar", nil, 400)
		s.want("", "/styrdokument/strategi", nil, 303)
		s.want("", "/styrdokument/strategi/7", nil, 404)
		s.want("", "/styrdokument/strategi/1/skillnad", nil, 404)
		s.adopted("strategi", "strategi", "kf", "2026-02-20", "S3-4", "Vi utvecklar några egna system.", "malbild")
		s.want("", "/styrdokument/strategi/2/skillnad", nil, 200, "<del>", "inga", "<ins>", "några")
		s.want("", "/styrdokument/strategi/1", nil, 200, "Ersatt", "inga egna")
		s.want("stina", "/styrning/styrdokument", nil, 403)
	})
}

// From the first word to the adopted version, through the pages.
func TestS1_5_ADocumentGoesFromDraftToDecision(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.serve()
		s.top()
		s.want("hans", "/styrning/nytt-dokument", nil, 403)
		s.want("ivar", "/styrning/nytt-dokument", nil, 200, "Vad är det för slag?")
		form := url.Values{"typ": {"riktlinje"}, "nyckel": {"losenord"}, "titel": {"Lösenord"}, "titel-en": {"Passwords"}, "offentlig": {"1"}, "kvittens": {"1"}, "text": {"# Ett {1}\nByt lösenord. {R-1 måste}"}}
		s.want("ivar", "/styrning/nytt-dokument", form, 422, "Rad 2", "måste", "Byt lösenord.")
		form.Set("text", "# Ett {1}\nByt lösenord. {R-1 ska}")
		s.want("ivar", "/styrning/nytt-dokument", form, 303)
		form.Set("titel-en", "")
		form.Set("nyckel", "Lösen")
		s.want("ivar", "/styrning/nytt-dokument", form, 422, "små bokstäver")
		at := "/styrning/styrdokument/losenord/1"
		s.want("lisa", at, nil, 200, "Utkast", "Beredd för beslut")
		s.want("hans", at+"/bered", url.Values{"revision": {"1"}}, 403)
		s.want("lisa", at+"/bered", url.Values{"revision": {"1"}}, 422, "Välj minst ett avsnitt")
		form = url.Values{"titel": {"Lösenord"}, "titel-en": {"Passwords"}, "offentlig": {"1"}, "kvittens": {"1"}, "stod": {"strategi#1"}, "text": {"# Ett {1}\nByt lösenord. {R-1 ska}"}, "revision": {"1"}}
		s.want("ivar", at+"/skriv", nil, 200, "# Ett {1}")
		s.want("ivar", at+"/skriv", form, 303)
		s.want("ivar", at+"/skriv", form, 422, "Någon annan har ändrat")
		s.want("lisa", at+"/bered", url.Values{"revision": {"2"}}, 303)
		// Whoever tries without the body's decision is told whose it is.
		for _, who := range []string{"kia", "ivar", "lisa", "stina", "rut", "hans"} {
			s.want(who, at+"/faststall", url.Values{"revision": {"3"}}, 403, "S4-LG-1", "LG")
		}
		for _, path := range []string{"/faststall", "/upphav"} { // the auditor changes nothing, whatever comes along
			s.want("rut", at+path, url.Values{"revision": {"3"}, "beslut": {s.decide("lg", "2026-02-24")}, "fran": {"snart"}}, 403, "S4-LG-1")
			s.want("rut", "/styrning/styrdokument/finns-inte/1"+path, url.Values{}, 403)
		}
		decision := s.decide("lg", "2026-02-25")
		s.want("lisa", at+"/faststall", nil, 200, "25 februari 2026", "Beslutas av: Ledningsgruppen")
		s.want("lisa", at+"/faststall", url.Values{"revision": {"3"}, "beslut": {decision}, "fran": {"snart"}}, 422, "Skriv dagen som")
		s.want("lisa", at+"/faststall", url.Values{"revision": {"3"}, "beslut": {decision}, "fran": {"2026-02-20"}}, 422, "före beslutet, 25 februari 2026")
		s.want("lisa", at+"/faststall", url.Values{"revision": {"3"}, "beslut": {decision}}, 303)
		s.want("", "/styrdokument/losenord/1", nil, 200, "Byt lösenord.")
		s.want("hans", "/styrning/styrdokument", nil, 200, "Att läsa", "Lösenord, version 1")
		s.want("hans", at, nil, 200, "Jag har läst det här")
		s.want("rut", at+"/last", url.Values{}, 403) // the auditor changes nothing
		s.want("hans", at+"/last", url.Values{}, 303)
		s.want("hans", at, nil, 200, "Du kvitterade 2 mars 2026")
		s.want("lisa", at+"/lasare", nil, 200, "Person hans", "2026-03-02", "1 av 6")
		s.want("hans", at+"/lasare", nil, 403)
		// A day that has passed is only looked at.
		if page := s.want("lisa", at+"?per=2026-03-01", nil, 200, "Du ser hur det var 1 mars 2026"); strings.Contains(page, "/upphav") {
			t.Error("something can be changed on a day that has passed")
		}
		last := s.decide("lg", "2026-03-01")
		s.want("lisa", at+"/upphav", nil, 200)
		s.want("lisa", at+"/upphav", url.Values{"revision": {"4"}, "beslut": {last}}, 422, "Dagen kan inte vara före")
		s.want("lisa", at+"/upphav", url.Values{"revision": {"4"}, "beslut": {last}, "till": {"2026-03-02"}}, 303)
		s.clock.Set(day("2026-03-03").Start())
		s.want("", "/styrdokument/losenord/1", nil, 200, "Upphävd")
	})
}

// A violation that comes shows when the page is asked for again, and its number leads to the rows.
func TestS4_AC_2_AViolationShowsAtOnceAndLeadsToItsRow(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		seeded := &room{sentence: "S3-4"}
		s.rooms = append(s.rooms, seeded)
		s.serve()
		s.adopted("malbild", "malbild", "kf", "2026-01-10", "M-1", "Kommunen växer.")
		w := s.writing("strategi", "strategi", "S3-4", "Som generell regel utvecklar vi inga egna system.", "malbild")
		w.Sections[0].Paragraphs[0].Sentences[0].Kind = pack.SentenceSoft
		v, err := s.Write(t.Context(), s.actor("kia"), w)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		if err := s.Adopt(t.Context(), s.actor("kia"), v.ID, steering.Adoption{Decision: s.decide("kf", "2026-01-20"), Revision: v.Revision + 1}); err != nil {
			t.Fatal(err)
		}
		s.want("", "/styrning/sparbarhet", nil, http.StatusSeeOther) // to sign in
		s.want("stina", "/styrning/sparbarhet", nil, 403)
		s.want("rut", "/styrning/sparbarhet", nil, 200, "S3-4", "1 följs, 0 följs inte, 0 har avsteg och 1 hålls inte")
		seeded.rows = []string{"Eget tidsystem saknar beslut."}
		s.want("rut", "/styrning/sparbarhet", nil, 200, "1 följs inte", `href="/styrning/sparbarhet/S3-4#brott"`)
		s.want("rut", "/styrning/sparbarhet/S3-4", nil, 200, `id="brott"`, "Eget tidsystem saknar beslut.", `href="/system/0"`, "Rummet håller den.")
		s.want("rut", "/en/styrning/sparbarhet/S3-4", nil, 200, "Should: a departure is possible")
		for range 149 {
			seeded.rows = append(seeded.rows, "Ett till.")
		}
		s.want("rut", "/styrning/sparbarhet/S3-4", nil, 200, "Och 50 till.")
		seeded.rows = nil
		// An avsteg departs without breaking.
		ivar := s.org.Directory().HistoryOf(s.ids["ivar"])[0]
		_, err = s.avsteg.Decide(t.Context(), bodies.By{Person: ivar.Person, Mandate: ivar.ID}, deviation.Deviation{Member: "lilleby", Sentence: "S3-4", Object: deviation.Object{Kind: "system", ID: "tid"},
			Name: "Tidsystemet", Motivation: "Inget finns att köpa.", From: day("2026-03-02"), To: day("2027-03-01"), Review: day("2026-09-01")})
		if err != nil {
			t.Fatal(err)
		}
		s.want("rut", "/styrning/sparbarhet?lage=departed", nil, 200, "Följs med avsteg", "#avsteg")
		s.want("rut", "/styrning/sparbarhet/S3-4", nil, 200, "Tidsystemet</a>", `href="/avsteg/`, "Inget finns att köpa.", "2027-03-01")
		// The IT manager notes what is not followed, and when it is put right.
		at := "/styrning/sparbarhet/S3-4/avvikelser"
		s.want("hans", at, url.Values{"avvikelse": {"Egen kod."}}, 403)
		s.want("ivar", at, url.Values{"avvikelse": {" "}}, 422, "Skriv något här.")
		s.want("ivar", at, url.Values{"avvikelse": {"Egen kod i lönesystemet."}}, 303)
		s.want("rut", "/styrning/sparbarhet?lage=broken", nil, 200, "S3-4")
		s.want("rut", "/styrning/sparbarhet/S3-4", nil, 200, "Öppen sedan 2 mars 2026: Egen kod i lönesystemet.")
		list, err := s.Findings(t.Context(), "S3-4", day("2026-03-02"))
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		s.clock.Set(day("2026-03-04").Start())
		s.want("ivar", at+"/"+list[0].ID, url.Values{"resultat": {"Koden är borta."}}, 303)
		s.want("ivar", at+"/"+list[0].ID, url.Values{"resultat": {"Igen."}}, http.StatusConflict)
		s.want("rut", "/styrning/sparbarhet?lage=broken", nil, 200, "Inga meningar passar in")
		s.want("rut", "/styrning/sparbarhet/S3-4?per=2026-03-03", nil, 200, "Öppen sedan")
		s.want("rut", "/styrning/sparbarhet?dokument=strategi&per=2026-01-01", nil, 200, "0 meningar")
		s.want("rut", "/styrning/sparbarhet/S9-9", nil, 404)
	})
}

// What the room itself holds shows where documents are late or older than what they rest on.
func TestS4_AC_2_TheRoomTellsOfItsOwnViolations(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.serve()
		s.top()
		s.adopted("losenord", "riktlinje", "lg", "2026-02-01", "R-1", "Byt lösenord.", "strategi")
		s.adopted("strategi", "strategi", "kf", "2026-02-20", "S4-LG-1", "Ledningsgruppen beslutar riktlinjer.", "malbild")
		s.want("rut", "/styrning/sparbarhet/S4-LG-1", nil, 200, "Om losenord är äldre än Om strategi")
		s.want("lisa", "/styrning/styrdokument", nil, 200, "Kan strida mot något nyare", "Stöder sig på Om strategi")
		s.adopted("strategi", "strategi", "kf", "2026-02-21", "S1-5", "Strategin kompletteras med riktlinjer.", "malbild")
		for n, on := range []string{"2027-02-01", "2027-02-02"} { // the last day, and the day after
			trace := s.want("rut", "/styrning/sparbarhet/S1-5?per="+on, nil, 200)
			if got := strings.Count(trace, "Om losenord skulle ha setts över"); got != n {
				t.Errorf("on %s: %s", on, strconv.Itoa(got))
			}
		}
	})
}
