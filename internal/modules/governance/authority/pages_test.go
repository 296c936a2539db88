package authority_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/modules/governance/authority"
)

// site is the pages of a town.
type site struct {
	*town
	module   *authority.Module
	prepared []authority.Matter
	url      string
}

// Prepare keeps what is prepared.
func (s *site) Prepare(_ context.Context, _ access.Actor, m authority.Matter) (string, error) {
	if strings.Contains(m.Proposal, "fel") {
		return "", &authority.MatterError{Fields: map[string]string{"proposal": "Skriv ett bättre förslag."}}
	}
	s.prepared = append(s.prepared, m)
	return "/styrning/arenden/nytt", nil
}

// Answerable is a register with one whole system and one with gaps.
func (s *site) Answerable(context.Context, i18n.Lang, calendar.Date) ([]authority.Answerable, error) {
	return []authority.Answerable{{ID: "hel", Name: "Helt system", Owner: "Kommunstyrelsen", Manager: "Kansliet", Operator: "IT-avdelningen"}, {ID: "halvt", Name: "Halvt system", Owner: "Tekniska nämnden"}}, nil
}

func serve(t *testing.T, s *town) *site {
	t.Helper()
	texts := i18ntest.Complete(t, authority.Texts, office.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Fatal(err)
	}
	look := &ui.Site{Name: text("Kommunen"), Assets: assets}
	out := &site{town: s}
	door := officetest.Door(s.org, s.clock, look)
	out.module = &authority.Module{Service: s.Service, Office: door, Preparer: out, Systems: out,
		Site: func(r *http.Request, title, _ string) ui.Page {
			return ui.Page{Site: look, Title: title, Path: r.URL.RequestURI()}
		}}
	door.Refused = out.module.Refused
	mux := http.NewServeMux()
	out.module.Routes(mux)
	// A page of another room, where an act is refused.
	mux.Handle("POST /annan/sida", door.Staff(access.GovernanceRead, func(v *office.Visit) error {
		return s.org.Reserved(v.Ctx(), bodies.Act{Member: "lilleby", Action: "system.reclassify", On: v.Today()})
	}))
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: s.clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: look} }}),
		func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if key := r.Header.Get("Test-Person"); key != "" {
					r = r.WithContext(identity.With(r.Context(), &identity.Principal{PersonID: s.ids[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}))
				}
				next.ServeHTTP(w, r)
			})
		}))
	t.Cleanup(server.Close)
	out.url = server.URL
	return out
}

// ask sends a request as somebody, with a form if there are fields, and wants a status and words. It gives the page, or where it leads.
func (s *site) ask(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	var body io.Reader
	method := http.MethodGet
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return s.send(t, who, r, status, words...)
}

func (s *site) send(t *testing.T, who string, r *http.Request, status int, words ...string) string {
	t.Helper()
	r.Header.Set("Test-Person", who)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		t.Fatalf("%s %s as %s: %d, expected %d: %v\n%s", r.Method, r.URL.Path, who, answer.StatusCode, status, err, raw)
	}
	for _, w := range words {
		if !strings.Contains(string(raw), w) {
			t.Errorf("%s %s as %s does not say %q\n%s", r.Method, r.URL.Path, who, w, raw)
		}
	}
	if to := answer.Header.Get("Location"); to != "" {
		return to
	}
	return string(raw)
}

// registers sends a decision with a protokoll.
func (s *site) registers(t *testing.T, who string, fields map[string]string, file []byte, status int, words ...string) string {
	t.Helper()
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	if file != nil {
		f, err := w.CreateFormFile("fil", "protokoll.pdf")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(file)
	}
	_ = w.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/styrning/registrera-beslut", &buffer)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.send(t, who, r, status, words...)
}

func TestPR_1_TheSecretaryRegistersOnAPageThatTellsEachFault(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		s.ask(t, "sara", "/styrning/registrera-beslut", nil, 200, "Registrera beslut", "Kommunstyrelsen", "Kommunfullmäktige")
		s.ask(t, "rut", "/styrning/registrera-beslut", nil, 403)
		fields := map[string]string{"organ": "ks", "dag": "2026-02-10", "paragraf": "§ 79", "text": "Skolsystemet blir gemensamt."}
		with := func(name, value string) map[string]string {
			out := map[string]string{}
			for k, v := range fields {
				out[k] = v
			}
			out[name] = value
			return out
		}
		s.registers(t, "sara", with("dag", "2026-03-03"), nil, 422, "Dagen har inte varit än", "Skolsystemet blir gemensamt.")
		s.registers(t, "sara", with("dag", "igår"), nil, 422, "Skriv dagen som 2026-03-02.")
		s.registers(t, "sara", with("text", ""), pdf, 422, "Skriv lydelsen.", "Välj filen igen")
		s.registers(t, "sara", fields, []byte("inget protokoll"), 422, "Filen måste vara en PDF")
		s.registers(t, "tove", fields, nil, 403)
		s.registers(t, "rut", fields, nil, 403)
		s.registers(t, "tove", map[string]string{"organ": "tn", "dag": "2025-12-31", "paragraf": "§ 1", "text": "x"}, nil, 422, "Organet fanns inte den dagen")
		path := s.registers(t, "sara", fields, pdf, 303)
		s.registers(t, "sara", fields, nil, 422, "redan registrerad", path)
		s.ask(t, "rut", path, nil, 200, "Skolsystemet blir gemensamt.", "protokoll.pdf", "SHA-256", "Gäller")
		s.ask(t, "rut", path+"?per=2026-02-09", nil, 404)
		if got := s.ask(t, "rut", path+"/protokoll", nil, 200); got != string(pdf) {
			t.Errorf("%q", got)
		}
		// It is revoked by a later one.
		later := s.decided("ks", "2026-03-02", "§ 90")
		s.ask(t, "sara", path+"/upphav", nil, 200, "§ 90")
		s.ask(t, "sara", path+"/upphav", url.Values{"beslut": {later.ID}, "fran": {"2026-03-01"}}, 422, "Dagen passar inte")
		s.ask(t, "sara", path+"/upphav", url.Values{"beslut": {later.ID}, "fran": {"2026-03-05"}}, 303)
		s.ask(t, "sara", path+"/upphav", url.Values{"beslut": {later.ID}, "fran": {"2026-03-05"}}, 422, "redan upphävt")
		s.ask(t, "rut", path, nil, 200, "Upphävs 2026-03-05", "§ 90")
		s.ask(t, "rut", path+"?per=2026-03-05", nil, 200, "Upphävt från 2026-03-05", "Du ser hur det var")
		s.ask(t, "rut", "/styrning/beslut", nil, 200, "§ 79", "§ 90")
		if page := s.ask(t, "rut", "/styrning/beslut?per=2026-02-11", nil, 200, "§ 79"); strings.Contains(page, "§ 90") {
			t.Error("a later decision is seen on an earlier day")
		}
		s.ask(t, "rut", "/styrning/beslut?per=x", nil, 400)
	})
}

func TestPR_2_MandatesAreSeenAsTheyWereAndEndedOnAPage(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		form := url.Values{"person": {s.ids["bo"]}, "roll": {access.Officer}, "plats": {"enhet:park"}, "fran": {"2026-03-02"}}
		s.ask(t, "cia", "/styrning/nytt-mandat", nil, 200, "Ge mandat", "Park")
		s.ask(t, "cia", "/styrning/nytt-mandat", url.Values{"fran": {"x"}}, 422, "Välj person.", "Skriv dagen som")
		s.ask(t, "bo", "/styrning/nytt-mandat", form, 403)
		s.ask(t, "rut", "/styrning/nytt-mandat", form, 403)
		path := s.ask(t, "cia", "/styrning/nytt-mandat", form, 303)
		s.ask(t, "cia", "/styrning/nytt-mandat", form, 422, "Bo Test", "PR-2")
		owner := url.Values{"person": {s.ids["bo"]}, "roll": {access.SystemOwner}, "plats": {"enhet:kansli"}, "fran": {"2026-03-02"}}
		s.ask(t, "sara", "/styrning/nytt-mandat", owner, 422, "Kommunstyrelsen behöver ha beslutat det här.", "S4-KS-9")
		owner.Set("beslut", s.decided("ks", "2026-03-01", "§ 3").ID)
		s.ask(t, "sara", "/styrning/nytt-mandat", owner, 303)
		s.ask(t, "rut", path, nil, 200, "Handläggare", "Bo Test", "Tills vidare")
		s.ask(t, "cia", path+"/avsluta", url.Values{"slutar": {"2026-01-01"}}, 422, "utanför tiden")
		s.ask(t, "cia", path+"/avsluta", url.Values{"slutar": {"2026-03-31"}}, 303)
		s.ask(t, "cia", path+"/avsluta", url.Values{"slutar": {"2026-03-31"}}, 422, "redan avslutat")
		s.ask(t, "rut", path+"?per=2026-04-01", nil, 200, "Har upphört")
		if page := s.ask(t, "rut", "/styrning/mandat?per=2024-12-31", nil, 200, "Inga mandat"); strings.Contains(page, "Bo Test") {
			t.Error("a mandate is seen before it was given")
		}
		s.ask(t, "rut", "/styrning/mandat?plats=enhet:gata&roll="+access.Officer, nil, 200, "Bo Test")
		// The secretary of the committee leaves; the executive board's secretary ends that too.
		leaver := "/styrning/mandat-for/" + s.ids["tove"]
		s.ask(t, "sara", leaver, url.Values{"slutar": {"2026-04-30"}}, 200, "Får ingen efter sig", "Sekreterare, Tekniska nämnden", "Avsluta dem")
		s.ask(t, "rut", leaver, url.Values{"slutar": {"2026-04-30"}, "ja": {"1"}}, 403)
		s.ask(t, "sara", leaver, url.Values{"slutar": {"2026-04-30"}, "ja": {"1"}}, 303)
		if left := s.org.Directory().MandatesOf(s.ids["tove"], day("2026-05-01")); len(left) != 0 {
			t.Errorf("%+v", left)
		}
	})
}

func TestPR_3_EachRefusalTellsTheSentenceTheBodyAndPreparesTheMatter(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		s.ask(t, "bo", "/annan/sida", url.Values{}, 403, "Varför får jag inte?", "S4-KS-3", "Kommunstyrelsen", "Inget beslut är angivet.", "Bered ärendet till Kommunstyrelsen")
		if page := s.ask(t, "rut", "/annan/sida", url.Values{}, 403, "S4-KS-3"); strings.Contains(page, "Bered ärendet") {
			t.Error("the auditor is offered to prepare a matter")
		}
		s.ask(t, "bo", "/styrning/varfor?atgard=system.reclassify", nil, 200, "S4-KS-3")
		s.ask(t, "bo", "/styrning/varfor?atgard=case.read", nil, 404)
		s.ask(t, "bo", "/styrning/reserverat", nil, 200, "Bara kommunstyrelsen bestämmer", "Den nämnd som äger frågan")
		matter := url.Values{"atgard": {"system.reclassify"}, "kommun": {"lilleby"}, "rubrik": {"Skolsystemet"}, "forslag": {"Gör det gemensamt."}, "vidare": {"//annan.example"}}
		s.ask(t, "bo", "/styrning/varfor", url.Values{"atgard": {"system.reclassify"}}, 422, "Skriv en rubrik.")
		s.ask(t, "rut", "/styrning/varfor", matter, 403)
		if to := s.ask(t, "bo", "/styrning/varfor", matter, 303); to != "/styrning/arenden/nytt" || len(s.prepared) != 1 {
			t.Fatalf("%s %+v", to, s.prepared)
		}
		if m := s.prepared[0]; m.Body != "ks" || m.Sentence != "S4-KS-3" || m.Action != "system.reclassify" || m.Path != "" {
			t.Errorf("%+v", m)
		}
		matter.Set("forslag", "Det är fel.")
		s.ask(t, "bo", "/styrning/varfor", matter, 422, "Skriv ett bättre förslag.", "Det är fel.")
		s.module.Preparer = nil
		if page := s.ask(t, "bo", "/annan/sida", url.Values{}, 403, "S4-KS-3"); strings.Contains(page, "Bered ärendet") {
			t.Error("a matter is offered where nobody prepares any")
		}
		// The table changes on a decision only.
		change := url.Values{"atgard": {"system.reclassify"}, "organ": {"TN"}, "fran": {"2026-03-03"}, "beslut": {s.decided("ks", "2026-03-01", "§ 1").ID}}
		s.ask(t, "sara", "/styrning/reserverat/andra", change, 422, "Kommunfullmäktige behöver ha beslutat")
		change.Set("beslut", s.decided("kf", "2026-03-01", "§ 1").ID)
		s.ask(t, "bo", "/styrning/reserverat/andra", change, 403)
		s.ask(t, "sara", "/styrning/reserverat/andra", change, 303)
		s.ask(t, "bo", "/styrning/varfor?atgard=system.reclassify&per=2026-03-03", nil, 200, "Tekniska nämnden")
	})
}

func TestPR_5_AvstegAreDecidedReviewedAndEndedOnAPage(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		form := url.Values{"mening": {"S4-KS-3"}, "foremal": {"Skolsystemet"}, "skal": {"Leverantören saknar det."}, "fran": {"2026-03-02"}, "till": {"2027-03-01"}, "prova": {"2026-09-01"}}
		s.ask(t, "ingrid", "/styrning/nytt-avsteg", nil, 200, "36 månader")
		s.ask(t, "ingrid", "/styrning/nytt-avsteg", form, 422, "ska-regel")
		form.Set("mening", "S3-10")
		s.ask(t, "bo", "/styrning/nytt-avsteg", form, 403)
		s.ask(t, "rut", "/styrning/nytt-avsteg", form, 403)
		form.Set("till", "2030-03-01")
		s.ask(t, "ingrid", "/styrning/nytt-avsteg", form, 422, "för långt")
		form.Set("till", "2027-03-01")
		path := s.ask(t, "ingrid", "/styrning/nytt-avsteg", form, 303)
		s.ask(t, "ingrid", "/styrning/nytt-avsteg", form, 422, "redan ett avsteg")
		s.ask(t, "rut", "/styrning/avsteg", nil, 200, "Skolsystemet", "S3-10")
		s.ask(t, "rut", path, nil, 200, "Leverantören saknar det.", "1 mars 2027")
		s.ask(t, "ingrid", path+"/prova", url.Values{"anteckning": {""}, "prova": {"2026-12-01"}}, 422, "Skriv vad prövningen visade.")
		s.ask(t, "ingrid", path+"/prova", url.Values{"anteckning": {"Kvar."}, "prova": {"2026-12-01"}}, 303)
		s.ask(t, "ingrid", path+"/avsluta", url.Values{"slutar": {"2026-12-31"}, "skal": {"Byts ut."}}, 303)
		s.ask(t, "rut", path, nil, 200, "Kvar.", "Byts ut.", "2026-03-02–2026-12-31")
		s.ask(t, "rut", "/styrning/avsteg?per=2027-01-01&lage="+string(deviation.Over), nil, 200, "Skolsystemet")
	})
}

func TestS4_KS_4_PositionsAreTakenAndSeenOnAPage(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		form := url.Values{"rubrik": {"Molntjänster"}, "text": {"Data lagras inom EU."}, "fran": {"2026-03-02"}, "system": {"hel"}, "beslut": {s.decided("tn", "2026-03-01", "§ 1").ID}}
		s.ask(t, "sara", "/styrning/nytt-stallningstagande", nil, 200, "Helt system")
		s.ask(t, "sara", "/styrning/nytt-stallningstagande", form, 422, "Kommunstyrelsen behöver ha beslutat", "S4-KS-4")
		form.Set("beslut", s.decided("ks", "2026-03-01", "§ 1").ID)
		s.ask(t, "bo", "/styrning/nytt-stallningstagande", form, 403)
		path := s.ask(t, "sara", "/styrning/nytt-stallningstagande", form, 303)
		s.ask(t, "rut", path, nil, 200, "Data lagras inom EU.", "Helt system", "/system/hel")
		s.ask(t, "rut", "/styrning/stallningstaganden", nil, 200, "Molntjänster")
		s.ask(t, "rut", "/styrning/stallningstaganden?per=2026-03-01", nil, 200, "Inga ställningstaganden")
		s.ask(t, "sara", path+"/avsluta", url.Values{"slutar": {"2026-12-31"}}, 422, "Välj vilket beslut")
		s.ask(t, "sara", path+"/avsluta", url.Values{"slutar": {"2026-12-31"}, "beslut": form["beslut"]}, 303)
	})
}

func TestS1_3_ThePublicPageTellsWhoAnswersForWhatAndShowsTheGaps(t *testing.T) {
	each(t, func(t *testing.T, town *town) {
		s := serve(t, town)
		page := s.ask(t, "", "/ansvar", nil, 200, "Vem ansvarar för vad", "Bara kommunstyrelsen bestämmer", "Kommunstyrelsen", "Cia Test", "Namnges inte", "Helt system", "IT-avdelningen")
		if strings.Contains(page, "Skyddad Test") {
			t.Error("somebody with protected personal data is named")
		}
		if strings.Count(page, "Saknar ägare") != 0 || strings.Count(page, "Saknar förvaltare") != 1 || strings.Count(page, "Saknar driftansvarig") != 1 {
			t.Error("the gaps are not those of the system that has them")
		}
		if old := s.ask(t, "", "/ansvar?per=2024-01-01", nil, 200, "Du ser hur det var"); strings.Contains(old, "Cia Test") {
			t.Error("a mandate is seen before it was given")
		}
		s.ask(t, "", "/ansvar?per=x", nil, 400)
		s.ask(t, "", "/en/ansvar", nil, 200, "Who answers for what")
	})
}
