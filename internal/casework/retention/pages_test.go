package retention_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// site is the town with its pages. Who asks stands in the header Test-Person.
type site struct {
	*town
	url string
}

func serve(t *testing.T, w *town) *site {
	t.Helper()
	texts := i18ntest.Complete(t, retention.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts, office.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	house := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	door := officetest.Door(w.Org, w.Clock, house)
	pages := &retention.Module{Service: w.Service, Office: door}
	mux := http.NewServeMux()
	pages.Routes(mux)
	mux.Handle("GET /panel/{id}", door.Staff(access.CaseRead, func(v *office.Visit) error {
		view, err := w.View(v.Ctx(), v.Who, v.R.PathValue("id"))
		if err != nil {
			return err
		}
		part, err := pages.Panel(v, view)
		if err != nil {
			return err
		}
		return ui.Render(v.W, v.R, 200, ui.Case{Page: v.Page("Ärendet", ""), Side: append(part.Side, part.Acts)})
	}))
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: w.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: house} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					p := &identity.Principal{PersonID: w.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
					if req.Header.Get("Test-Weak") != "" {
						p.LoA = identity.LoALow
					}
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

// want asks for a page, or sends a form, and gives what was answered: the page, or where it leads.
func (s *site) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	who, weak := strings.CutSuffix(who, " weakly")
	req.Header.Set("Test-Person", who)
	if weak {
		req.Header.Set("Test-Weak", "1")
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != status {
		t.Fatalf("%s %s as %s: %d, expected %d", method, path, who, resp.StatusCode, status)
	}
	if status == http.StatusSeeOther {
		return resp.Header.Get("Location")
	}
	page := string(raw)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		uitest.Page(t, method+" "+path+" as "+who, strings.NewReader(page))
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

func TestP_R_WhoSeesToHowLongCasesAreKept(t *testing.T) {
	w := build(t, storeSQLite(t), t.TempDir()+"/documents", masterKey(t), "")
	s := serve(t, w)
	a := w.closed(t)
	w.catchUp(t)
	for _, path := range []string{"/arbete/gallring", "/arbete/gallring/plan", "/arbete/gallring/att-gora", "/arbete/gallring/stopp", "/arbete/gallring/arende/" + a.CaseID + "/stopp"} {
		for who, status := range map[string]int{"reg": 200, "anna": 403, "chef": 403, "rev": 403, "adm": 403, "inv": 403, "": 303, "nora": 403} {
			s.want(t, who, path, nil, status)
		}
	}
	s.want(t, "reg", "/arbete/gallring?organ=finns-inte", nil, 404)
	s.want(t, "reg", "/arbete/gallring/listor/finns-inte", nil, 404)
	s.want(t, "reg", "/en/arbete/gallring/plan", nil, 200, "Destroyed 2 years after the case was closed.")
}

// A list goes its whole way on the pages, without JavaScript.
func TestArkivlagen_10_AListGoesItsWayOnThePages(t *testing.T) {
	w := build(t, storeSQLite(t), t.TempDir()+"/documents", masterKey(t), "")
	s := serve(t, w)
	a, open := w.closed(t), w.HandIn(t, casestest.Broken())
	w.catchUp(t)
	s.want(t, "anna", "/panel/"+open.CaseID, nil, 200, "Om det avslutas i dag", "Får gallras från")
	s.want(t, "reg", "/panel/"+a.CaseID, nil, 200, "Nu gäller", "Sätt gallringsstopp")
	if to := s.want(t, "reg", "/arbete/gallring/listor", url.Values{"organ": {"ks"}}, 303); to != "/arbete/gallring?organ=ks" {
		t.Errorf("nothing to put on a list leads to %s", to)
	}
	w.later(t)
	w.archivist(t)
	s.want(t, "reg", "/arbete/gallring", nil, 200, "Sätt ihop en gallringslista")
	here := s.want(t, "reg", "/arbete/gallring/listor", url.Values{"organ": {"ks"}}, 303)
	s.want(t, "reg", here, nil, 200, a.Number, "Väntar på organets beslut", "Ange organets beslut")
	s.want(t, "reg", here+"/beslut", nil, 200, "§ 7")
	s.want(t, "reg", here+"/beslut", url.Values{}, 422, "Välj ett av organets beslut")
	s.want(t, "reg", here+"/godkann", url.Values{}, 422, "Någon har ändrat listan")
	s.want(t, "reg", here+"/beslut", url.Values{"beslut": {w.beslut}}, 303)
	s.want(t, "reg weakly", here+"/godkann", url.Values{}, 422, "säkrare inloggning")
	s.want(t, "reg", here+"/godkann", nil, 200, "ett ärende gallras")
	s.want(t, "reg", here+"/godkann", url.Values{}, 303)
	s.want(t, "reg", here, nil, 200, "Nu ska en person till göra det")
	s.want(t, "reg", here+"/godkann", url.Values{}, 422, "En annan person")
	s.want(t, "kim", here+"/godkann", url.Values{}, 303)
	s.want(t, "kim", here, nil, 200, "Gallras i natt", "4 mars 2028 kl. 02.00", "Dra tillbaka listan")
	if err := w.Carry(t.Context(), here[strings.LastIndexByte(here, '/')+1:]); err != nil {
		t.Fatal(err)
	}
	page := s.want(t, "reg", here, nil, 200, "Det här är protokollet", a.Number, "Person kim", "Person reg", "KS 2026-01-01 § 1")
	csv := s.want(t, "reg", here+"/protokoll.csv", nil, 200, a.Number, "destroyed")
	for _, secret := range []string{"Ines", "släckt", "Storgatan"} {
		if strings.Contains(page+csv, secret) {
			t.Errorf("the protocol says %q", secret)
		}
	}
	s.want(t, "reg", "/panel/"+a.CaseID, nil, 404)
	s.want(t, "reg", "/arbete/gallring", nil, 200, "Gallrade")
}

// What cannot be worked out is a to-do, and hinders nobody from closing.
func TestWhatCannotBeWorkedOutIsToldByAPerson(t *testing.T) {
	w := build(t, storeSQLite(t), t.TempDir()+"/documents", masterKey(t), "")
	w.Lamp.Results = append(w.Lamp.Results, casetype.Result{Key: "annat", Title: i18n.Text{i18n.SV: "Annat", i18n.EN: "Other"}, Nomination: casetype.Preserve, Authority: "KS § 9"})
	w.Lamp.Results[0].From, w.Lamp.Results[0].Event = casetype.FromEvent, i18n.Text{i18n.SV: "När är lampan skrotad?", i18n.EN: "When is the lamp scrapped?"}
	s := serve(t, w)
	a := w.closed(t)
	if err := w.World.DB.Write(t.Context(), func(ctx ctx, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM case_decision WHERE case_id = $1`, a.CaseID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.catchUp(t)
	s.want(t, "reg", "/arbete/gallring/att-gora", nil, 200, a.Number, "avslutades utan beslut")
	here := "/arbete/gallring/arende/" + a.CaseID + "/uppgift"
	page := s.want(t, "reg", here, nil, 200, "Vad blev det av ärendet?", "Annat")
	if strings.Contains(page, "släckt") {
		t.Error("the page shows what the case is about")
	}
	s.want(t, "reg", here, url.Values{"resultat": {"klar"}}, 422, "Skriv varför")
	s.want(t, "reg", here, url.Values{"ord": {"x"}}, 422, "Svara på frågan")
	s.want(t, "reg", here, url.Values{"resultat": {"finns-inte"}, "ord": {"x"}}, 422, "Svara på frågan")
	s.want(t, "reg", here, url.Values{"resultat": {"klar"}, "ord": {"Lampan lagades."}}, 303)
	s.want(t, "reg", "/arbete/gallring/att-gora", nil, 200, a.Number, "något som ska hända")
	s.want(t, "reg", here, nil, 200, "När är lampan skrotad?")
	s.want(t, "reg", here, url.Values{"dag-day": {"31"}, "dag-month": {"2"}, "dag-year": {"2026"}, "ord": {"x"}}, 422, "Skriv en dag som finns", `value="31"`)
	s.want(t, "reg", here, url.Values{"dag-day": {"14"}, "dag-month": {"3"}, "dag-year": {"2026"}, "ord": {"Skrotad"}}, 303)
	s.want(t, "reg", "/arbete/gallring/att-gora", nil, 200, "Inget att göra")
	k, err := w.Of(t.Context(), a.CaseID)
	if err != nil || k.State != retention.Discard || k.Due.String() != "2028-03-15" {
		t.Errorf("%+v %v", k, err)
	}
	hold := "/arbete/gallring/arende/" + a.CaseID + "/stopp"
	s.want(t, "reg", hold, url.Values{"ord": {"Någon har begärt en kopia."}}, 422, "Välj varför", "Någon har begärt en kopia.")
	s.want(t, "reg", hold, url.Values{"ord": {strings.Repeat("x", 1001)}, "skal": {"audit"}}, 422, "högst")
	s.want(t, "reg", hold, url.Values{"ord": {"Någon har begärt en kopia."}, "skal": {"disclosure"}}, 303)
	s.want(t, "reg", hold, url.Values{"ord": {"igen"}, "skal": {"disclosure"}}, 303)
	s.want(t, "reg", "/arbete/gallring/stopp", nil, 200, a.Number, "begärt att få ta del")
	s.want(t, "reg", "/arbete/gallring/arende/"+a.CaseID+"/hav", url.Values{"ord": {"Kopian är lämnad."}}, 303)
	s.want(t, "reg", "/arbete/gallring/stopp", nil, 200, "Inga stopp")
	view, err := w.View(t.Context(), w.As("chef"), a.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range view.Events {
		if strings.HasPrefix(string(e.Kind), "retention_") && !e.Internal {
			t.Errorf("the citizen sees %s", e.Kind)
		}
	}
	w.sound2(t)
}

// sound2 looks at the cases alone: a decision was taken out by hand above.
func (w *town) sound2(t testing.TB) {
	t.Helper()
	found := 0
	if err := cases.Compare(t.Context(), w.World.DB, func(cases.Difference) { found++ }); err != nil || found != 1 {
		t.Errorf("%d differences, %v", found, err)
	}
}
