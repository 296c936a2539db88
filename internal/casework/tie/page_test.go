package tie_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// sessions keep nothing: no page here asks for it.
type sessions struct{}

func (sessions) Keep(http.ResponseWriter, *http.Request, string, string) error { return nil }
func (sessions) Kept(*http.Request, string) string                             { return "" }

// serve serves the room with the desk, whose case page shows its panel. Who asks stands in the header Test-Person.
func (r *room) serve(t *testing.T) string {
	t.Helper()
	texts := i18ntest.Complete(t, tie.Texts, desk.Texts, office.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts, identity.Texts)
	i18ntest.Strict(t, texts)
	site := &ui.Site{Name: text("Kommunen"), Contact: ui.Contact{Phone: "0555-10 00"}}
	door := officetest.Door(r.Org, r.Clock, site)
	m := tie.NewModule(r.ties, door)
	d := desk.New(desk.Config{Cases: r.Service, Types: *r.types, Bodies: r.Org, Index: r.Index, Journal: r.Log, Vault: r.vault, DB: r.DB,
		Sessions: sessions{}, Office: door, Panels: []desk.Panel{m}})
	mux := http.NewServeMux()
	d.Routes(mux)
	m.Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				key := req.Header.Get("Test-Person")
				if key == "" {
					next.ServeHTTP(w, req)
					return
				}
				p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
				if key == "inv" {
					p.Kind = identity.Citizen
				}
				next.ServeHTTP(w, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	t.Cleanup(server.Close)
	return server.URL
}

// desks is the room behind a server.
type desks struct {
	*room
	t   *testing.T
	url string
}

func (d desks) ask(who, path string, form url.Values, status int, words ...string) string {
	d.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Test-Person", who)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if resp.StatusCode != status {
		d.t.Fatalf("%s %s as %s: %d, expected %d\n%s", method, path, who, resp.StatusCode, status, raw)
	}
	if status == http.StatusSeeOther {
		return resp.Header.Get("Location")
	}
	uitest.Page(d.t, method+" "+path+" as "+who, strings.NewReader(string(raw)))
	for _, w := range words {
		if !strings.Contains(string(raw), w) {
			d.t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, raw)
		}
	}
	return string(raw)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// carried are the hidden fields of the room's form.
func carried(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		out.Add(m[1], m[2])
	}
	return out
}

func desksOf(t *testing.T, fn func(d desks)) {
	one(t, func(t *testing.T, r *room) {
		if _, err := ui.NewAssets(ui.NeutralTheme()); err != nil {
			t.Skipf("the assets are not built: %v", err)
		}
		fn(desks{r, t, r.serve(t)})
	})
}

func TestWhoMayOpenThePagesOfTies(t *testing.T) {
	desksOf(t, func(d desks) {
		a := d.handIn(d.t, casestest.Broken(), "inv")
		here := "/arbete/arenden/" + a.CaseID
		for path, may := range map[string]map[string]int{
			"koppla":   {"anna": 200, "chef": 200, "reg": 200, "kim": 403, "rev": 403, "adm": 403, "inv": 403, "": 303},
			"liknande": {"anna": 200, "chef": 200, "reg": 200, "kim": 403, "rev": 200, "adm": 403, "inv": 403, "": 303},
			"sla-ihop": {"anna": 200, "chef": 200, "reg": 200, "kim": 403, "rev": 403, "": 303},
			"skilj":    {"anna": 404, "kim": 403},
			"dela":     {"anna": 200, "reg": 403, "kim": 403},
			"flytta":   {"anna": 200, "reg": 200, "kim": 403},
		} {
			for who, status := range may {
				d.ask(who, here+"/"+path, nil, status)
			}
			d.ask("anna", "/en"+here+"/"+path, nil, may["anna"])
		}
	})
}

func TestThePagesRelateMergeAndPart(t *testing.T) {
	desksOf(t, func(d desks) {
		a, b := d.handIn(d.t, lampAt(0, "Lampa ett"), "inv"), d.handIn(d.t, lampAt(30, "Lampa två"), "")
		here, there := "/arbete/arenden/"+b.CaseID, "/arbete/arenden/"+a.CaseID
		d.ask("anna", here, nil, 200, "Liknande ärenden i närheten", "30 meter bort", a.Number, "Är samma ärende", "Slå ihop med ett annat ärende")
		d.ask("anna", here+"/koppla", url.Values{"slag": {"child_of"}}, 422, "Skriv det andra ärendets nummer")
		d.ask("anna", here+"/koppla", url.Values{"nr": {a.Number}, "skal": {"Kvar"}}, 422, "Välj vad ärendena har", "Kvar")
		d.ask("anna", here+"/koppla", url.Values{"slag": {"child_of"}, "nr": {"KS 1999/1"}}, 422, "inget ärende med det numret")
		d.ask("anna", here+"/koppla", url.Values{"slag": {"child_of"}, "nr": {b.Number}}, 422, "samma ärende")
		d.ask("anna", here+"/koppla", url.Values{"slag": {"~child_of"}, "nr": {a.Number}, "skal": {"Rad"}}, 303)
		page := d.ask("anna", here, nil, 200, "Har som del", "Kopplade ärendet till ett annat", "Ta bort kopplingen")
		d.ask("anna", there, nil, 200, "Är en del av", b.Number)
		remove := regexp.MustCompile(`/arbete/arenden/[^"]+/koppling/[^"]+`).FindString(page)
		d.ask("anna", remove, nil, 200, "Har som del")
		d.ask("anna", remove, url.Values{"skal": {""}}, 422, "Skriv varför")
		d.ask("anna", remove, url.Values{"skal": {"Fel"}}, 303)
		d.ask("anna", remove, nil, 404)

		next := d.ask("anna", here+"/liknande", url.Values{"arende": {a.CaseID}}, 303)
		if !strings.HasPrefix(next, here+"/sla-ihop?nr=") {
			d.t.Fatal(next)
		}
		preview := d.ask("anna", next, nil, 200, a.Number, "1 meddelande", "Inga meddelanden och inga handlingar", "olika parter", "Avslutad")
		form := carried(preview)
		d.ask("anna", here+"/sla-ihop", form, 422, "Skriv varför")
		form.Set("skal", "Samma lampa")
		d.ask("anna", here+"/sla-ihop", form, 303)
		d.ask("anna", here+"/sla-ihop", form, 303) // sent twice
		d.ask("anna", here, nil, 200, "Ärendet handläggs i ett annat", "Skäl: Samma lampa", "Skilj från det andra ärendet")
		d.ask("anna", here+"/skilj", nil, 200, a.Number)
		part := carried(d.ask("anna", here+"/skilj", url.Values{}, 422, "Skriv varför"))
		part.Set("skal", "Två lampor")
		d.ask("anna", here+"/skilj", part, 303)
		if v := d.view(d.t, "anna", b.CaseID); !v.Case.Open {
			d.t.Error("not parted")
		}
	})
}

// Only those with the right to both cases read which the other one is.
func TestTheOtherCaseIsNamedOnlyToThoseWhoMayReadIt(t *testing.T) {
	desksOf(t, func(d desks) {
		a := d.handIn(d.t, casestest.Broken(), "inv")
		id, err := d.ties.Transfer(d.t.Context(), d.sv, d.As("anna"), cases.On{Case: a.CaseID}, tie.Transfer{Type: "hal", Reason: "Hål", Key: newKey(d.t)})
		if err != nil {
			d.t.Fatal(err)
		}
		made, err := d.Case(d.t.Context(), id)
		if err != nil {
			d.t.Fatal(err)
		}
		page := d.ask("anna", "/arbete/arenden/"+a.CaseID, nil, 200, "Ett annat ärende, som du inte får läsa")
		if strings.Contains(page, made.Number) || strings.Contains(page, id) {
			d.t.Error("the number of a case that may not be read")
		}
		page = d.ask("kim", "/arbete/arenden/"+id, nil, 200, "Fortsätter från", "Ett annat ärende, som du inte får läsa")
		if strings.Contains(page, a.CaseID) {
			d.t.Error("the address of a case that may not be read")
		}
		d.ask("reg", "/arbete/arenden/"+a.CaseID, nil, 200, "Fortsätter i", made.Number)
	})
}

func TestThePagesSplitAndMove(t *testing.T) {
	desksOf(t, func(d desks) {
		a := d.handIn(d.t, casestest.Broken(), "inv")
		d.attach(d.t, a.CaseID, "bilaga")
		here := "/arbete/arenden/" + a.CaseID
		d.ask("anna", here+"/dela", nil, 200, "Lampan är släckt", "brev.txt", "Se bilagan")
		d.ask("anna", here+"/dela?typ=hal", nil, 422, "Välj minst en sak")
		preview := d.ask("anna", here+"/dela?typ=hal&fraga=what&fil=1&rad=2", nil, 200, "Hål i gatan", "Djup?", "1 handling", "1 text")
		form := carried(preview)
		d.ask("anna", here+"/dela", form, 422, "Skriv varför")
		form.Set("skal", "Två saker")
		d.ask("anna", here+"/dela", form, 303)
		d.ask("anna", here+"/dela", form, 303)     // sent twice
		d.ask("anna", here, nil, 200, "Två saker") // the reason stands where it was written
		if list, err := d.ties.Of(d.t.Context(), d.DB, a.CaseID); err != nil || len(list) != 1 {
			d.t.Fatalf("%+v %v", list, err)
		}

		if to := d.ask("anna", here+"/lamna-over", nil, 303); to != here+"/flytta" {
			d.t.Error(to)
		}
		d.ask("anna", here, nil, 200, "Lämna över eller flytta", "Koppla, slå ihop eller dela")
		d.ask("anna", here+"/flytta?enhet=kansli&typ=hal", nil, 422, "inte båda")
		d.ask("anna", here+"/flytta?enhet=granne", nil, 422, "Välj igen")
		d.ask("anna", here+"/flytta?enhet=gata", nil, 422, "Välj igen")
		preview = d.ask("anna", here+"/flytta?enhet=kansli", nil, 200, "Kansli", "Person anna", "Kan inte längre läsa", "Du kan inte läsa ärendet efteråt")
		d.ask("anna", here+"/flytta?typ=hal", nil, 200, "Svar som följer med", "Saknas i det nya ärendet", "frågar på ett annat sätt")
		form = carried(preview)
		d.ask("anna", here+"/flytta", form, 422, "Skriv varför")
		d.ask("anna", here+"/lamna-over", form, 422, "Skriv varför") // a form that was open when the page moved
		form.Set("skal", "Fel enhet")
		old := url.Values{"enhet": {"kansli"}, "skal": {"Fel enhet"}, "version": {"1"}}
		d.ask("anna", here+"/flytta", old, 422, "Någon har ändrat ärendet")
		if to := d.ask("anna", here+"/flytta", form, 303); to != "/arbete/inkorg" {
			d.t.Error(to)
		}
		d.ask("kim", here, nil, 200, "Fel enhet")
	})
}
