package app

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// said holds what the program writes to its log.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestTheWholeWayLeavesItsTrailAndNothingPersonal goes one matter's way from a form to its end, and stumbles now and then. The auditor's trail
// must hold each step, and neither log nor addresses nor the journal's leaves anything about anybody.
func TestTheWholeWayLeavesItsTrailAndNothingPersonal(t *testing.T) {
	log := &said{}
	h := newHouse(t, log)
	citizen, officer := h.as(t, "invanare"), h.as(t, "handlaggare")
	var addresses []string
	step := func(cookie, method, path string, form url.Values, want int) string {
		t.Helper()
		w := h.ask(t, cookie, method, path, form)
		if w.Code != want {
			t.Fatalf("%s %s answers %d, want %d", method, path, w.Code, want)
		}
		addresses = append(addresses, w.Header().Get("Location"))
		for _, m := range regexp.MustCompile(`(?:href|action|src)="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			if !strings.HasPrefix(m[1], "mailto:") && !strings.HasPrefix(m[1], "tel:") {
				addresses = append(addresses, m[1])
			}
		}
		return w.Body.String()
	}
	const secret, mail, number, name = "Ovanligtnog", "kalle.anka@example.org", "195402059975", "Kallistarkos"
	form := url.Values{"_nyckel": {store.NewID()}, "kategori": {"gatubelysning"}, "beskrivning": {secret + " " + number}, "slackta": {"en"}, "farligt": {"no"},
		"plats.text": {"Vid " + secret}, "anonym": {"no"}, "kontakt.name": {name}, "kontakt.email": {mail}}
	broken := url.Values{}
	for k, v := range form {
		broken[k] = v
	}
	broken.Set("kontakt.email", mail+"@")
	step(citizen, http.MethodPost, "/e-tjanster/felanmalan/allt", broken, http.StatusUnprocessableEntity)
	step(citizen, http.MethodPost, "/e-tjanster/felanmalan/allt", form, http.StatusSeeOther)
	page, err := h.cases.Mine(t.Context(), cases.Citizen{Person: h.person(t, "r002")}, "", 200)
	list := page.Cases
	if err != nil || len(list) != 1 {
		t.Fatalf("%d cases, %v", len(list), err)
	}
	id, slug := list[0].ID, strings.NewReplacer(" ", "-", "/", "-").Replace(list[0].Number)
	act := func(path string, change url.Values) {
		t.Helper()
		v := h.form(t, "/arbete/arenden/{id}/"+path, id)
		for k, x := range change {
			v[k] = x
		}
		step(officer, http.MethodPost, "/arbete/arenden/"+id+"/"+path, v, http.StatusSeeOther)
	}
	act("ta", nil)
	act("status", url.Values{"status": {"pagar"}})
	act("svara", url.Values{"text": {"Hej " + name}})
	act("anteckning", url.Values{"text": {"Om " + name}})
	step(citizen, http.MethodGet, "/mina-sidor/arenden/"+slug, nil, http.StatusOK)
	step(citizen, http.MethodPost, "/mina-sidor/arenden/"+slug+"/svara", url.Values{"text": {"Tack, " + name}}, http.StatusSeeOther)
	act("beslut", url.Values{"text": {"Klart, " + name}})
	act("status", url.Values{"status": {"avslutad"}})
	step(officer, http.MethodGet, "/arbete/arenden/"+id, nil, http.StatusOK)
	step(officer, http.MethodGet, "/arbete/sok?q=finnsinte", nil, http.StatusOK)
	step(h.as(t, "registrator"), http.MethodGet, "/arbete/diarium", nil, http.StatusOK)
	step("", http.MethodGet, "/diarium", nil, http.StatusOK)
	made := slices.Clone(addresses)
	// Stumbling: what is logged when it goes wrong. Pages may then repeat the address that somebody wrote.
	code := h.secrets.FollowCode(id)
	step("", http.MethodPost, "/folj", url.Values{"nummer": {list[0].Number}, "kod": {"AAAA-" + code}}, http.StatusUnprocessableEntity)
	step("", http.MethodGet, "/finns-inte/"+"x?q="+secret, nil, http.StatusNotFound)
	step(officer, http.MethodGet, "/arbete/inkorg?efter="+url.QueryEscape(mail), nil, http.StatusBadRequest)
	step("", http.MethodPost, "/logga-in/demo", url.Values{"persona": {name}}, http.StatusBadRequest)
	step(h.as(t, "grannkommun"), http.MethodGet, "/arbete/arenden/"+id, nil, http.StatusNotFound)

	entries, err := h.journal.About(t.Context(), journal.Ref{Kind: "case", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Action)
		for _, field := range []string{e.Actor, e.Mandate, e.Decision, e.Action, e.Object.Kind, e.Object.ID} {
			if strings.ContainsAny(field, "@ ") || strings.Contains(field, secret) || strings.Contains(field, number) {
				t.Errorf("the leaf of %s says %q", e.Action, field)
			}
		}
		if e.Actor == "" || e.Actor != h.person(t, "r002") && e.Mandate == "" {
			t.Errorf("%s: by whom (%q), and by what mandate (%q)?", e.Action, e.Actor, e.Mandate)
		}
	}
	want := []string{cases.ActionSubmitted, cases.ActionClaimed, cases.ActionMoved, cases.ActionMessaged, cases.ActionNoted, cases.ActionReplied, cases.ActionDecided, cases.ActionClosed}
	if !slices.Equal(got, want) {
		t.Errorf("the trail is %v", got)
	}
	for _, personal := range []string{secret, mail, "example.org", number, "540205", name, "Sven", "Lundin", "Karin", "Ekstrand", code} {
		if text := log.String(); strings.Contains(text, personal) {
			i := strings.Index(text, personal)
			t.Errorf("the log says %s: …%s…", personal, text[max(0, i-200):min(len(text), i+80)])
		}
		for _, a := range made {
			if strings.Contains(a, personal) {
				t.Errorf("the address %s says %s", a, personal)
			}
		}
	}
	if !strings.Contains(log.String(), "request failed") {
		t.Error("nothing was logged: this test says nothing")
	}
	if report, err := journal.Verify(t.Context(), h.db, h.journal.Key().Public()); err != nil || !report.Sound() {
		t.Errorf("%v, %v", report.Findings, err)
	}
}

// TestNoAnswerOfAnyServiceIsLogged goes through an example of each service whose answers say the most about somebody, with the log at its
// most talkative, and stumbles on the way.
func TestNoAnswerOfAnyServiceIsLogged(t *testing.T) {
	log := &said{}
	h := newHouse(t, log)
	looked := 0
	for _, id := range []string{"fardtjanst", "ekonomiskt-bistand", "orosanmalan", "gode-man", "forskoleplats", "trygghetslarm", "parkeringstillstand"} {
		i := slices.IndexFunc(h.packs.Latest().CaseTypes, func(ct *casetype.CaseType) bool { return ct.ID == id })
		if i < 0 {
			t.Fatalf("no %s", id)
		}
		ct := h.packs.Latest().CaseTypes[i]
		e := walks(ct)[0]
		t.Run(id, func(t *testing.T) {
			today := calendar.DateOf(h.clock.Now())
			w := &walker{t: t, h: h, cookies: map[string]string{}, answers: answersOf(e), ct: ct.At(casetype.Moment{Today: today, SignedIn: e.SignedIn})}
			w.post("/logga-in/demo", url.Values{"persona": {"invanare"}})
			w.post("/e-tjanster/"+id+"/allt", url.Values(answersOf(e))) // without its key: all of it is shown again
			w.through()
		})
		for name, values := range e.Answers {
			for _, v := range values {
				if len(v) < 6 || !strings.ContainsAny(v, " 0123456789@") { // values of options are words of the pack
					continue
				}
				looked++
				if text := log.String(); strings.Contains(text, v) || strings.Contains(text, url.QueryEscape(v)) {
					t.Errorf("the log says what was answered to %s of %s", name, id)
				}
			}
		}
	}
	if looked < 30 || log.String() == "" {
		t.Errorf("%d answers were looked for in %d bytes of log: this test says nothing", looked, len(log.String()))
	}
}
