package task_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// site is the town with its pages. Who asks stands in the header Test-Person.
type site struct {
	*town
	url string
}

// sessions keep nothing.
type sessions struct{}

func (sessions) Keep(http.ResponseWriter, *http.Request, string, string) error { return nil }
func (sessions) Kept(*http.Request, string) string                             { return "" }

// panel shows the room's part of a case's page alone.
const panelPath = "/panel/"

func serve(t *testing.T, w *town) *site {
	t.Helper()
	texts := i18ntest.Complete(t, task.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts, office.Texts, desk.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	house := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	door := officetest.Door(w.Org, w.Clock, house)
	pages := &task.Pages{Service: w.task, Office: door, Base: "https://kommunen.example",
		Public: func(r *http.Request, title string) ui.Page {
			return ui.Page{Site: house, Title: title, Path: r.URL.RequestURI(), NoIndex: true}
		},
		Limiter: web.NewLimiter(web.LimiterOptions{Every: 1, Burst: 100, Clock: w.Clock})}
	mux := http.NewServeMux()
	pages.Routes(mux)
	desk.New(desk.Config{Cases: w.World.Service, Types: w, Bodies: w.Org, Index: w.Index, Journal: w.Log, Vault: w.vault, DB: w.DB,
		Sessions: sessions{}, Office: door, Panels: []desk.Panel{pages}}).Routes(mux)
	mux.Handle("GET "+panelPath+"{id}", door.Staff(access.CaseRead, func(v *office.Visit) error {
		view, err := w.View(v.Ctx(), v.Who, v.R.PathValue("id"))
		if err != nil {
			return err
		}
		part, err := pages.Panel(v, view)
		if err != nil {
			return err
		}
		return ui.Render(v.W, v.R, 200, ui.Case{Page: v.Page("Ärendet", ""), Side: append(append(part.Main, part.Side...), part.Acts)})
	}))
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: w.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: house} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					p := &identity.Principal{PersonID: w.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
					if key == "inv" {
						p.Kind = identity.Citizen
					}
					req = req.WithContext(identity.With(req.Context(), p))
				}
				next.ServeHTTP(rw, req)
			})
		}))
	t.Cleanup(server.Close)
	return &site{w, server.URL}
}

// ask asks for a page, or sends a form, as somebody; "" is nobody. Every page is checked as HTML. file is sent with the form.
func (s *site) ask(t *testing.T, who, path string, form url.Values, file string) (int, string, http.Header) {
	t.Helper()
	method, kind, body := http.MethodGet, "", io.Reader(nil)
	switch {
	case file != "":
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for name, values := range form {
			for _, v := range values {
				must(t, m.WriteField(name, v))
			}
		}
		part, err := m.CreateFormFile("fil", "yttrande.txt")
		must(t, err)
		_, _ = part.Write([]byte(file))
		must(t, m.Close())
		method, kind, body = http.MethodPost, m.FormDataContentType(), &b
	case form != nil:
		method, kind, body = http.MethodPost, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	must(t, err)
	req.Header.Set("Test-Person", who)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	must(t, err)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && resp.StatusCode != http.StatusSeeOther {
		uitest.Page(t, method+" "+path+" as "+who, strings.NewReader(string(raw)))
	}
	return resp.StatusCode, string(raw), resp.Header
}

func (s *site) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	got, page, _ := s.ask(t, who, path, form, "")
	if got != status {
		t.Fatalf("%s as %s: %d, expected %d:\n%s", path, who, got, status, page)
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

func TestPagesOfTasks(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		s, id := serve(t, w), w.claimed(t)
		here := "/arbete/arenden/" + id
		for who, status := range map[string]int{"anna": 200, "bo": 200, "kim": 403, "nora": 403, "adm": 403, "inv": 403, "": 303} {
			got, _, _ := s.ask(t, who, here+"/uppgifter/ny", nil, "")
			if got != status && (got != 404 || status != 403) {
				t.Errorf("the form as %s: %d", who, got)
			}
		}
		form := url.Values{"text": {"Mät stolpen"}, "vem": {"p:" + w.IDs["bo"]}, "dag": {"imorgon"}}
		s.want(t, "anna", here+"/uppgifter/ny", form, 422, "Skriv ett datum som finns", "Mät stolpen") // nothing typed is lost
		form.Set("dag", "2026-03-01")
		s.want(t, "anna", here+"/uppgifter/ny", form, 422, "Välj en senare dag")
		form.Set("dag", "2026-03-06")
		form.Set("vem", "p:"+w.IDs["kim"])
		s.want(t, "anna", here+"/uppgifter/ny", form, 422, "får inte läsa ärendet")
		form.Set("vem", "p:"+w.IDs["bo"])
		s.want(t, "anna", here+"/uppgifter/ny", form, 303)
		page := s.want(t, "bo", "/arbete/uppgifter", nil, 200, "Mät stolpen", "Person anna")
		path := regexp.MustCompile(here + `/uppgifter/[0-9a-f-]+`).FindString(page)
		s.want(t, "anna", panelPath+id, nil, 200, "Mät stolpen", "Person bo", path+"/klar")
		s.want(t, "bo", path, nil, 200, "Hur gick det?")
		s.want(t, "bo", path, url.Values{"blev": {"not_needed"}}, 422, "Skriv varför.")
		s.want(t, "anna", path+"/andra", url.Values{"text": {"Mät om"}, "vem": {"u:gata:" + access.Officer}, "dag": {"2026-03-09"}, "version": {"1"}}, 303)
		s.want(t, "anna", path+"/andra", url.Values{"text": {"Annat"}, "vem": {"u:gata"}, "dag": {"2026-03-09"}, "version": {"1"}}, 409, "har ändrats", "Annat")
		s.want(t, "bo", "/en/arbete/uppgifter?vy=enhetens", nil, 200, "Mät om", "Gata")
		s.want(t, "bo", path+"/klar", url.Values{}, 303)
		s.want(t, "bo", path+"/klar", url.Values{}, 303) // pressed twice
		s.want(t, "bo", path, nil, 200, "redan klart")
		s.want(t, "bo", "/arbete/uppgifter?efter=x", nil, 400)
	})
}

func TestPagesOfARemissInside(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		s, id := serve(t, w), w.claimed(t)
		n := w.file(t, id, "ritningens text")
		here := "/arbete/arenden/" + id
		s.want(t, "anna", here+"/remiss/ny", nil, 200, "Kansli", "Granne", "fil.txt")
		form := url.Values{"vem": {"u:kansli"}, "text": {""}, "dag": {"2026-03-20"}, "handlingar": {"" + string(rune('0'+n))}, "version": {"5"}}
		c, err := w.Case(t.Context(), id)
		must(t, err)
		form.Set("version", string(rune('0'+c.Version)))
		s.want(t, "anna", here+"/remiss/ny", form, 422, "Skriv vad yttrandet ska handla om.")
		form.Set("text", "Vad tycker kansliet?")
		s.want(t, "anna", here+"/remiss/ny", form, 303)
		s.want(t, "anna", here+"/remiss/ny", form, 409, "har ändrats") // sent twice
		page := s.want(t, "kim", "/arbete/uppgifter?vy=remisser", nil, 200, "Yttrande i ärende")
		path := regexp.MustCompile(`/arbete/remisser/[0-9a-f-]+`).FindString(page)
		page = s.want(t, "kim", path, nil, 200, "Vad tycker kansliet?", "fil.txt", "Lämna yttrandet")
		if strings.Contains(page, "Storgatan") || strings.Contains(page, "Ines") {
			t.Error("who is asked sees more than what was sent")
		}
		s.want(t, "kim", path+"/filer/1", nil, 200, "ritningens text")
		s.want(t, "kim", path+"/filer/2", nil, 404)
		s.want(t, "kim", here+"/handlingar/1", nil, 403)
		s.want(t, "bo", path, nil, 404)
		s.want(t, "bo", path, url.Values{"stallning": {"support"}}, 404)
		s.want(t, "kim", path, url.Values{"text": {"Det är bra"}}, 422, "Välj vad ni tycker.", "Det är bra")
		if status, _, _ := s.ask(t, "kim", path, url.Values{"stallning": {"support"}, "text": {"Det är bra"}}, "bilagans text"); status != 303 {
			t.Fatalf("answering: %d", status)
		}
		s.want(t, "kim", path, nil, 200, "Tack för yttrandet", "Det är bra")
		s.want(t, "kim", path, url.Values{"stallning": {"oppose"}}, 422, "Tack för yttrandet")
		remiss := regexp.MustCompile(here + `/remiss/[0-9a-f-]{36}`).FindString(s.want(t, "anna", panelPath+id, nil, 200, "Tillstyrker"))
		s.want(t, "anna", remiss, nil, 200, "Det är bra", "Person kim", "yttrande.txt", "Besvarad")
	})
}

func TestPagesOfALink(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		s, id := serve(t, w), w.claimed(t)
		w.file(t, id, "ritningens text")
		c, err := w.Case(t.Context(), id)
		must(t, err)
		here := "/arbete/arenden/" + id
		form := url.Values{"vem": {"Grannen AB"}, "epost": {"inte en adress"}, "sprak": {"sv"}, "text": {"Ni får yttra er."}, "dag": {"2026-03-05"}, "handlingar": {"1"},
			"version": {string(rune('0' + c.Version))}}
		s.want(t, "anna", here+"/remiss/extern", form, 422, "Skriv en e-postadress")
		form.Set("epost", "granne@example.se")
		page := s.want(t, "anna", here+"/remiss/extern", form, 200, "Den visas bara nu")
		link := regexp.MustCompile(`https://kommunen\.example(/remiss/[A-Za-z0-9_-]{43})`).FindStringSubmatch(page)[1]
		for range 2 { // whoever opens it changes nothing
			s.want(t, "", link, nil, 200, "Ni får yttra er.", "fil.txt", "Lämna yttrandet", "Grannen AB")
		}
		_, page, header := s.ask(t, "", link, nil, "")
		if strings.Contains(page, "Storgatan") || strings.Contains(page, "Ines") || header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("the page says too much, or is kept: %v", header)
		}
		s.want(t, "", link+"/filer/1", nil, 200, "ritningens text")
		s.want(t, "", "/en"+link, nil, 200, "Give the opinion")
		s.want(t, "", "/remiss/gissad", nil, 404, "Länken gäller inte")
		s.want(t, "", "/remiss/gissad", url.Values{"stallning": {"support"}}, 404)
		s.want(t, "", link, url.Values{"text": {"Nej"}}, 422, "Välj vad ni tycker.", "Nej")
		if status, _, _ := s.ask(t, "", link, url.Values{"stallning": {"oppose"}, "text": {"Det blir mörkt"}}, "bilaga"); status != 303 {
			t.Fatalf("answering: %d", status)
		}
		s.want(t, "", link, nil, 200, "Tack för yttrandet", "Det blir mörkt")
		s.want(t, "", link, url.Values{"stallning": {"support"}}, 409, "Tack för yttrandet", "Det blir mörkt")

		other, err := w.task.Ask(t.Context(), w.As("anna"), cases.On{Case: id}, task.Question{Name: "Annan", Words: "x", Due: day("2026-03-05")})
		must(t, err)
		at := here + "/remiss/" + other.ID
		s.want(t, "anna", at, nil, 200, "Ge längre tid", "Registrera ett svar", "Dra tillbaka frågan")
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 9))
		s.want(t, "", "/remiss/"+other.Link, nil, 410, "Sista dagen har gått")
		s.want(t, "", "/remiss/"+other.Link, url.Values{"stallning": {"support"}}, 410)
		s.want(t, "", "/remiss/"+other.Link+"/filer/1", nil, 410)
		s.want(t, "anna", at+"/langre", url.Values{"dag": {"2026-03-04"}}, 422, "Välj en senare dag")
		s.want(t, "anna", at+"/langre", url.Values{"dag": {"2026-03-30"}}, 200, "/remiss/")
		s.want(t, "", "/remiss/"+other.Link, nil, 200)
		if status, page, _ := s.ask(t, "anna", at+"/svar", url.Values{"stallning": {"no_objection"}, "satt": {"letter"}, "dag": {"2026-03-10"}}, "brevet"); status != 303 {
			t.Fatalf("registering: %d %s", status, page)
		}
		third, err := w.task.Ask(t.Context(), w.As("anna"), cases.On{Case: id}, task.Question{Name: "Tredje", Words: "x", Due: day("2026-03-25")})
		must(t, err)
		s.want(t, "anna", here+"/remiss/"+third.ID+"/aterkalla", url.Values{}, 422, "Skriv varför.")
		s.want(t, "anna", here+"/remiss/"+third.ID+"/aterkalla", url.Values{"skal": {"behövs inte"}}, 303)
		s.want(t, "", "/remiss/"+third.Link, nil, 404, "Länken gäller inte")
		s.want(t, "", "/remiss/"+third.Link, url.Values{"stallning": {"support"}}, 404)
	})
}

func TestPagesOfApprovalAndChecklist(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		s, id := serve(t, w), w.claimed(t)
		n := w.file(t, id, "utlåtandet")
		c, err := w.Case(t.Context(), id)
		must(t, err)
		here := "/arbete/arenden/" + id
		s.want(t, "anna", here+"/godkannande/ny", nil, 200, "Person chef", "Lagad")
		form := url.Values{"rubrik": {"Lampan"}, "text": {"Lampan lagas."}, "beslut": {"lagad"}, "vem": {}, "version": {string(rune('0' + c.Version))}}
		s.want(t, "anna", here+"/godkannande/ny", form, 422, "Välj vem")
		form["vem"] = []string{w.IDs["chef"]}
		form.Set("handling", string(rune('0'+n)))
		s.want(t, "anna", here+"/godkannande/ny", form, 422, "inte båda")
		form.Del("handling")
		s.want(t, "anna", here+"/godkannande/ny", form, 303)
		page := s.want(t, "chef", "/arbete/uppgifter?vy=godkannanden", nil, 200, "Lampan")
		round := regexp.MustCompile(here + `/godkannande/[0-9a-f-]+`).FindString(page)
		page = s.want(t, "chef", round, nil, 200, "Lampan lagas.", "Lämna ditt svar")
		hash := regexp.MustCompile(`name="underlag" value="([0-9a-f]{64})"`).FindStringSubmatch(page)[1]
		if page := s.want(t, "anna", round, nil, 200, "Lampan lagas."); strings.Contains(page, "Lämna ditt svar") {
			t.Error("who proposes is asked to approve")
		}
		s.want(t, "anna", round, url.Values{"svar": {"ja"}, "underlag": {hash}}, 422, "Ingen godkänner sitt eget")
		s.want(t, "chef", round, url.Values{"underlag": {hash}}, 422, "Välj ja eller nej.")
		s.want(t, "chef", round, url.Values{"svar": {"nej"}, "underlag": {hash}}, 422, "Skriv varför.")
		s.want(t, "anna", round+"/andra", url.Values{"text": {"Lampan lagas i maj."}, "underlag": {hash}}, 303)
		s.want(t, "chef", round, url.Values{"svar": {"ja"}, "underlag": {hash}}, 422, "Texten har ändrats", "Lampan lagas i maj.")
		hash = regexp.MustCompile(`name="underlag" value="([0-9a-f]{64})"`).FindStringSubmatch(s.want(t, "chef", round, nil, 200))[1]
		s.want(t, "chef", round, url.Values{"svar": {"ja"}, "skal": {"Bra"}, "underlag": {hash}}, 303)
		s.want(t, "anna", round, nil, 200, "Godkänt", "Bra", "tillitsnivå 2")
		s.want(t, "anna", round+"/aterkalla", url.Values{"skal": {"x"}}, 422, "redan klart")

		s.want(t, "anna", here+"/underlag", nil, 200, "Platsen är besökt", "Höjd", "fil.txt")
		field := "handling-" + string(rune('0'+n))
		s.want(t, "anna", here+"/underlag", url.Values{"punkt-besokt": {"1"}, "uppgift-hojd": {"hög"}, field: {"utlatande"}}, 422, "Skriv ett tal", "hög")
		s.want(t, "anna", here+"/underlag", url.Values{"punkt-besokt": {"1"}, "uppgift-hojd": {"3,5"}, field: {"utlatande"}}, 303)
		s.want(t, "bo", here+"/underlag", nil, 200, "Person anna bockade av", "3,5")
		s.want(t, "anna", panelPath+id, nil, 200, "1 av 2 klart")
		s.want(t, "kim", here+"/underlag", nil, 403)
	})
}

// The desk says beforehand what a status asks for that is not there, and again when it is refused.
func TestTheDeskSaysWhatIsMissing(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		s, id := serve(t, w), w.claimed(t)
		here := "/arbete/arenden/" + id
		const missing = "Det här saknas: ”Platsen är besökt” i checklistan, handlingen ”Utlåtande”, uppgiften ”Höjd”."
		s.want(t, "anna", here, nil, 200, "0 av 2 klart", "Be om godkännande")
		s.want(t, "anna", here+"/status", nil, 200, missing, "Det här saknas: ett godkännande.")
		s.want(t, "anna", here+"/beslut", nil, 200, "Det här saknas: ett godkännande.")
		c, err := w.Case(t.Context(), id)
		must(t, err)
		form := url.Values{"status": {"vantar"}, "skal": {"vi väntar"}, "version": {string(rune('0' + c.Version))}, "sett": {"9"}}
		s.want(t, "anna", here+"/status", form, 422, "Det här saknas: ett godkännande.", "vi väntar")
		w.approved(t, id, "lagad", "Lampan lagas.")
		c, err = w.Case(t.Context(), id)
		must(t, err)
		form = url.Values{"beslut": {"lagad"}, "text": {"Lampan lagas inte."}, "status": {"kvar"}, "version": {string(rune('0' + c.Version))}, "sett": {"9"}}
		s.want(t, "anna", here+"/beslut", form, 422, "ett godkännande av just de här orden", "Lampan lagas inte.")
		form.Set("text", "Lampan lagas.")
		s.want(t, "anna", here+"/beslut", form, 303)
		s.want(t, "anna", here, nil, 200, "Person chef", "Godkänt", "tillitsnivå 2")
	})
}
