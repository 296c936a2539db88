package clock_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"

	"github.com/a-h/templ"
)

// room is the world with its pages. Who asks stands in the header Test-Person.
type room struct {
	*world
	module *clock.Module
	texts  *i18n.Catalogue
	url    string
}

func pages(t *testing.T, db *store.DB, change ...func(*casetype.Definition)) *room {
	t.Helper()
	r := &room{world: open(t, db, change...)}
	r.texts = i18ntest.Complete(t, clock.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts, office.Texts)
	i18ntest.Strict(t, r.texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: both("Kommunen"), Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	door := officetest.Door(r.Org, r.Clock, site)
	r.module = &clock.Module{Service: r.clock, Office: door}
	mux := http.NewServeMux()
	r.module.Routes(mux)
	mux.HandleFunc("GET /panel/{id}", func(w http.ResponseWriter, req *http.Request) { r.panel(t, door, site, w, req) })
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(r.texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				key := req.Header.Get("Test-Person")
				p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
				if key == "inv" {
					p.Kind = identity.Citizen
				}
				next.ServeHTTP(w, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// panel is a page that holds what the clock shows on a case's page.
func (r *room) panel(t *testing.T, door *office.Office, site *ui.Site, w http.ResponseWriter, req *http.Request) {
	v, ok := door.Visitor(w, req)
	if !ok {
		t.Error("a panel for nobody")
		return
	}
	view, err := r.View(req.Context(), v.Who, req.PathValue("id"))
	if err != nil {
		t.Error(err)
		return
	}
	part, err := r.module.Panel(v, view)
	if err != nil {
		t.Error(err)
		return
	}
	page := ui.Case{Page: ui.Page{Site: site, Title: "Ärende", Path: req.URL.Path}, Status: ui.Tag{Text: "Pågår"}, Side: append(part.Side, part.Acts, ui.Summary{Facts: part.Refused})}
	if err := ui.Render(w, req, 200, whole{page, part.Top}); err != nil {
		t.Error(err)
	}
}

// whole is a page with what stands in it.
type whole struct {
	ui.Case
	top []templ.Component
}

func (p whole) Render(ctx context.Context, w io.Writer) error {
	return p.Case.Render(templ.WithChildren(ctx, templ.Join(p.top...)), w)
}

func (r *room) ask(t *testing.T, who, path string, form url.Values) (int, string) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, body)
	r.must(t, err)
	req.Header.Set("Test-Person", who)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	r.must(t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	r.must(t, err)
	if resp.StatusCode != http.StatusSeeOther {
		uitest.Page(t, method+" "+path+" as "+who, strings.NewReader(string(raw)))
	}
	return resp.StatusCode, string(raw)
}

func (r *room) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	got, page := r.ask(t, who, path, form)
	if got != status {
		t.Fatalf("%s as %s: %d, expected %d\n%s", path, who, got, status, page)
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Fatalf("%s as %s does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

// version is the version of a case as a form carries it.
func (r *room) version(t *testing.T, id string) string {
	t.Helper()
	c, err := r.Case(t.Context(), id)
	r.must(t, err)
	return strconv.Itoa(c.Version)
}

// The forms: what is wrong is said at its field, what was typed is kept, and a colleague's change is not run over.
func TestTheFormsOfTheClock(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := pages(t, db, statutory(t))
		id := r.begin(t)
		at := func(act string) string { return "/arbete/arenden/" + id + "/klocka/" + act }
		form := func(pairs ...string) url.Values {
			f := url.Values{"version": {r.version(t, id)}}
			for i := 0; i+1 < len(pairs); i += 2 {
				f.Set(pairs[i], pairs[i+1])
			}
			return f
		}
		for _, act := range []string{"stoppa", "starta", "forlang", "forsening", "komplett", "inledd", "begaran", "avsla"} {
			r.want(t, "anna", at(act), nil, 200)
			r.want(t, "kim", at(act), nil, 403)
			r.want(t, "inv", at(act), nil, 403)
			r.want(t, "anna", "/en"+at(act), nil, 200)
			r.want(t, "anna", "/arbete/arenden/finns-inte/klocka/"+act, nil, 404)
		}
		r.want(t, "anna", at("stoppa"), form("skal", "", "dag", ""), 422, "Skriv varför.")
		r.want(t, "anna", at("stoppa"), form("skal", "Reservdel", "dag", "i morgon"), 422, "Skriv en dag så här", "Reservdel", "i morgon")
		r.want(t, "anna", at("stoppa"), form("skal", strings.Repeat("å", 4001)), 422, "Skriv högst")
		r.want(t, "anna", at("stoppa"), form("skal", "Reservdel", "dag", "2026-03-02"), 422, "måste vara senare")
		r.want(t, "anna", at("stoppa"), url.Values{"version": {"1"}, "skal": {"Reservdel"}}, 409, "har ändrats sedan du öppnade det", "Reservdel")
		r.want(t, "anna", at("starta"), form(), 422, "Tiden står inte still.")
		r.want(t, "anna", at("stoppa"), form("skal", "Reservdel", "dag", "20260309"), 303)
		r.want(t, "anna", at("stoppa"), form("skal", "Igen"), 422, "Tiden står redan still.")
		r.want(t, "anna", at("forlang"), form("skal", "Igen", "dag", "2026-04-01"), 422, "Låt den gå igen först.")
		r.want(t, "anna", at("starta"), form(), 303)
		r.want(t, "anna", at("forlang"), form("skal", "Mer", "dag", "2026-03-03", "vilken", "target"), 422, "måste vara senare")
		r.want(t, "anna", at("forlang"), form("skal", "Mer", "dag", "2026-03-14", "vilken", "target"), 422, "Välj en arbetsdag.")
		r.want(t, "anna", at("forlang"), form("skal", "Mer", "dag", "2027-03-14", "vilken", "statutory"), 422, "så långt", "PBL 9 kap. 27 §")
		r.want(t, "anna", at("forlang"), form("skal", "Mer", "dag", "2026-03-20", "vilken", "target"), 303)
		r.want(t, "anna", at("forsening"), form("skal", "Många", "dag", "2026-04-01"), 303)
		r.want(t, "anna", at("komplett"), form("dag", "2026-02-01"), 422, "före den dag då ärendet kom in")
		r.want(t, "anna", at("komplett"), form("dag", "2026-03-02"), 303)
		r.want(t, "anna", at("inledd"), form("vilken", "by_katten"), 422, "Välj ett av alternativen.")
		r.want(t, "anna", at("inledd"), form("vilken", "by_"), 303) // nothing changes
		r.want(t, "anna", at("begaran"), form("dag", "2026-03-02"), 422, "Välj ett av alternativen.")
		r.want(t, "anna", at("begaran"), form("dag", "2026-03-09", "satt", "letter"), 422, "Dagen har inte kommit än.")
		r.want(t, "anna", at("begaran"), form("dag", "2026-03-02", "satt", "letter", "skal", "Nu"), 303)
		r.want(t, "anna", at("avsla"), form("skal", "Skäl"), 422, "ingen begäran att svara på")
		r.at(t, "2026-10-05")
		r.want(t, "anna", at("begaran"), form("dag", "2026-09-04", "satt", "letter"), 303)
		r.want(t, "anna", at("avsla"), nil, 200, "De fyra veckorna har gått ut", "Överklaga till förvaltningsrätten")
		r.want(t, "anna", at("avsla"), form("skal", ""), 422, "Skriv varför.")
		r.want(t, "anna", at("avsla"), form("skal", "Vi väntar på ett yttrande"), 303)
	})
}

// The panel: a clear clock with its §, what stands still, and what can be done by whom.
func TestThePanelOfTheClock(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := pages(t, db, statutory(t))
		ctx, anna := t.Context(), r.As("anna")
		id := r.begin(t)
		page := r.want(t, "anna", "/panel/"+id, nil, 200, "9 mars 2026, om 7 dagar", "PBL 9 kap. 27 §", "11 maj 2026", "tills någon anger när ärendet blev komplett", "3 september 2026", "/klocka/stoppa", "/klocka/begaran")
		for _, no := range []string{"/klocka/starta", "/klocka/avsla"} {
			if strings.Contains(page, no) {
				t.Errorf("%s is offered", no)
			}
		}
		if page := r.want(t, "rev", "/panel/"+id, nil, 200, "9 mars 2026"); strings.Contains(page, "/klocka/") {
			t.Error("the auditor is offered acts")
		}
		r.must(t, r.clock.Suspend(ctx, anna, on(id), "Reservdelen dröjer", date(t, "")))
		r.want(t, "anna", "/panel/"+id, nil, 200, "Reservdelen dröjer", "Sedan 2 mars 2026", "/klocka/starta")
		r.must(t, r.clock.Resume(ctx, anna, on(id)))
		r.move(t, id, "pagar")
		r.move(t, id, "vantar")
		r.want(t, "anna", "/panel/"+id, nil, 200, "Väntar på svar")
		r.move(t, id, "pagar")
		r.at(t, "2026-03-24")
		r.want(t, "anna", "/panel/"+id, nil, 200, "för 15 dagar sedan", "Berätta för parten att det dröjer")
		r.at(t, "2026-05-12")
		r.want(t, "anna", "/panel/"+id, nil, 200, "Lagens tid gick ut 11 maj 2026")
		r.at(t, "2026-09-03")
		_, err := r.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, "2026-09-03"), Channel: "letter"})
		r.must(t, err)
		r.want(t, "anna", "/panel/"+id, nil, 200, "Svara senast 1 oktober 2026", "/klocka/avsla", "FL 12 §")
		r.at(t, "2026-10-02")
		r.want(t, "anna", "/panel/"+id, nil, 200, "skulle ha kommit 1 oktober 2026")
		_, err = r.Decide(ctx, anna, on(id), cases.Ruling{Key: "lagad", Text: "Lagad"})
		r.must(t, err)
		r.want(t, "anna", "/panel/"+id, nil, 200, "Ingen tid går ut")
	})
}

// The citizen: expected day, what stands still and why, and the request when the law gives the right to it.
func TestWhatTheCitizenSeesOfTheClock(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := pages(t, db)
		ctx, anna := t.Context(), r.As("anna")
		who := cases.Citizen{Person: r.IDs["inv"]}
		id := r.begin(t, func(s *cases.Submission) { s.Person = r.IDs["inv"] })
		say := r.texts.For(i18n.SV)
		show := func() string {
			t.Helper()
			view, err := r.CitizenView(ctx, who, id)
			r.must(t, err)
			parts, err := r.module.Show(ctx, say, view)
			r.must(t, err)
			text, err := ui.String(i18n.With(ctx, say), templ.Join(parts...))
			r.must(t, err)
			return text
		}
		act := r.module.Acts()[0]
		offer := func() string {
			t.Helper()
			view, err := r.CitizenView(ctx, who, id)
			r.must(t, err)
			words, err := act.Offer(ctx, say, view)
			r.must(t, err)
			return words
		}
		if show() != "" || offer() != "" {
			t.Errorf("on the first day: %q %q", show(), offer())
		}
		r.must(t, r.clock.Suspend(ctx, anna, on(id), "Reservdelen dröjer", date(t, "2026-03-20")))
		for _, want := range []string{"Reservdelen dröjer", "Sedan 2 mars 2026", "Tiden går igen 20 mars 2026"} {
			if got := show(); !strings.Contains(got, want) {
				t.Errorf("%q is not in %s", want, got)
			}
		}
		r.at(t, "2026-09-02")
		if offer() != "" {
			t.Error("offered on the last day of the six months")
		}
		r.at(t, "2026-09-03")
		if offer() == "" {
			t.Error("not offered after six months")
		}
		view, err := r.CitizenView(ctx, who, id)
		r.must(t, err)
		q, err := act.Ask(ctx, say, view, url.Values{"skal": {"Det jag skrev"}})
		r.must(t, err)
		if text, err := ui.String(i18n.With(ctx, say), q.Fields[0]); err != nil || !strings.Contains(text, "Det jag skrev") || q.Title == "" || q.Button == "" {
			t.Errorf("%s %v", text, err)
		}
		if faults, err := act.Do(ctx, say, who, view, url.Values{"skal": {strings.Repeat("å", 4001)}}); err != nil || len(faults) != 1 {
			t.Errorf("too long: %v %v", faults, err)
		}
		if faults, err := act.Do(ctx, say, who, view, url.Values{"skal": {"Nu"}}); err != nil || len(faults) != 0 {
			t.Fatalf("%v %v", faults, err)
		}
		if faults, err := act.Do(ctx, say, who, view, url.Values{"skal": {"Nu"}}); err != nil || len(faults) != 1 {
			t.Errorf("sent twice: %v %v", faults, err)
		}
		if offer() != "" || !strings.Contains(show(), "Du får svar senast 1 oktober 2026") {
			t.Errorf("after the request: %q %s", offer(), show())
		}
		_, err = r.clock.Refuse(ctx, anna, on(id), "Vi väntar")
		r.must(t, err)
		if !strings.Contains(show(), "kan inte avgöras än") && !strings.Contains(show(), "ärendet inte kan avgöras än") {
			t.Errorf("after the refusal: %s", show())
		}
	})
}

// The page of what runs out, for those who may read cases; of what is marked the list keeps the subject to itself.
func TestThePageOfWhatRunsOut(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := pages(t, db, statutory(t))
		open, marked := r.begin(t), r.begin(t)
		_, err := r.Mark(t.Context(), r.As("anna"), on(marked), cases.Marked, "OSL 21:1", "Hälsa")
		r.must(t, err)
		view, _ := r.view(t, open)
		for _, list := range []string{"lag", "lofte"} {
			page := r.want(t, "bo", "/arbete/klockan?visa="+list, nil, 200, view.Case.Number, view.Case.Subject, "Ämnet visas i ärendet")
			if strings.Count(page, view.Case.Subject) != 1 {
				t.Errorf("%s: the subject of the marked case is shown", list)
			}
		}
		r.want(t, "anna", "/arbete/klockan?visa=mina", nil, 200, view.Case.Number)
		r.want(t, "chef", "/arbete/klockan?visa=chef", nil, 200, "Inget går ut här")
		r.want(t, "reg", "/arbete/klockan?enhet=kansli", nil, 200, "Inget går ut här")
		r.want(t, "kim", "/arbete/klockan", nil, 200, "Inget går ut här")
		r.want(t, "bo", "/en/arbete/klockan", nil, 200, "PBL 9 kap. 27 §")
		r.want(t, "bo", "/arbete/klockan?efter=x", nil, 400)
		r.want(t, "adm", "/arbete/klockan", nil, 403)
		r.want(t, "inv", "/arbete/klockan", nil, 403)
	})
}
