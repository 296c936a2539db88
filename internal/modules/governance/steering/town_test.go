package steering_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
	"dygnet/internal/modules/governance/steering"
)

// town is a municipality to test with, on 2 March 2026: kia is secretary of KF and KS, lisa of LG, ivar is IT manager, stina runs the
// installation, rut audits, hans handles cases.
type town struct {
	*steering.Service
	t      *testing.T
	org    *bodies.Service
	db     *store.DB
	clock  *calendar.Fake
	avsteg *deviation.Service
	ids    map[string]string
	rooms  []compliance.Room
	url    string
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func both(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s} }

func types() []pack.SteeringType {
	of := func(key, action string, cites ...string) pack.SteeringType {
		return pack.SteeringType{Key: key, Title: both(key), Plural: both(key + "-alla"), Action: action, Cites: cites, WrittenBy: []pack.SteeringHolder{{Role: access.ITManager}, {Role: access.Secretary}},
			PreparedBy: []pack.SteeringHolder{{Role: access.Secretary, Body: "ks"}, {Role: access.Secretary, Body: "lg"}}, Review: calendar.Period{N: 1, Unit: calendar.Years}, Remind: calendar.Period{N: 2, Unit: calendar.Months}}
	}
	platform := of("plattform", "", "strategi")
	platform.AdoptedBy = &pack.SteeringHolder{Role: access.ITManager}
	return []pack.SteeringType{of("malbild", "vision.adopt"), of("strategi", "strategy.adopt", "malbild"), of("policy", "policy.adopt", "strategi"), of("riktlinje", "guideline.adopt", "strategi"), platform}
}

func organisation() bodies.Organisation {
	from := day("2020-01-01")
	o := bodies.Organisation{
		Members: []bodies.Member{{ID: "lilleby", Kind: bodies.Municipality, Name: both("Lilleby")}},
		Bodies: []bodies.Body{{ID: "kf", Member: "lilleby", Code: "KF", Kind: bodies.Council, Name: both("Kommunfullmäktige")}, {ID: "ks", Member: "lilleby", Code: "KS", Kind: bodies.Executive, Name: both("Kommunstyrelsen")},
			{ID: "lg", Member: "lilleby", Code: "LG", Kind: bodies.Management, Name: both("Ledningsgruppen")}},
		Units: []bodies.Unit{{ID: "it", Member: "lilleby", Body: "ks", Name: both("IT")}},
		Roles: access.Roles(),
	}
	for _, p := range []struct {
		key, role string
		at        bodies.Place
	}{
		{"kia", access.Secretary, bodies.Place{Body: "kf"}}, {"kia", access.Secretary, bodies.Place{Body: "ks"}}, {"lisa", access.Secretary, bodies.Place{Body: "lg"}}, {"ivar", access.ITManager, bodies.Place{Unit: "it"}},
		{"stina", access.SystemAdmin, bodies.Place{Member: "lilleby"}}, {"rut", access.Auditor, bodies.Place{Member: "lilleby"}}, {"hans", access.Officer, bodies.Place{Unit: "it"}},
	} {
		if len(o.Persons) == 0 || o.Persons[len(o.Persons)-1].Key != p.key {
			o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{Key: p.key, Kind: bodies.Staff, Name: "Person " + p.key}})
		}
		o.Mandates = append(o.Mandates, bodies.Mandate{Person: p.key, Role: p.role, Place: p.at, From: from})
	}
	for action, by := range map[string][2]string{"vision.adopt": {"KF", "S0-1"}, "strategy.adopt": {"KF", "S4-KF-1"}, "policy.adopt": {"KF", "S6-1"}, "guideline.adopt": {"LG", "S4-LG-1"}} {
		o.Reserved = append(o.Reserved, bodies.ReservedAction{Member: "lilleby", Action: action, Body: by[0], Sentence: by[1], Text: both("Bara " + by[0]), From: from})
	}
	return o
}

func each(t *testing.T, fn func(t *testing.T, s *town)) {
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations, deviation.Migrations, steering.Migrations}, func(t *testing.T, db *store.DB) {
		fn(t, open(t, db, organisation(), types, "lilleby"))
	})
}

func open(t *testing.T, db *store.DB, o bodies.Organisation, types func() []pack.SteeringType, member string) *town {
	t.Helper()
	log, clock := journaltest.Open(t, db)
	org, err := bodies.Open(t.Context(), db, log, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := org.Import(t.Context(), bodies.By{Person: journal.System}, o); err != nil {
		t.Fatal(err)
	}
	s := &town{t: t, org: org, db: db, clock: clock, ids: map[string]string{}}
	for _, p := range o.Persons {
		if p.Kind != bodies.Staff {
			continue
		}
		who, err := org.PersonByKey(t.Context(), p.Key)
		if err != nil {
			t.Fatal(err)
		}
		s.ids[p.Key] = who.ID
	}
	s.Service = steering.New(steering.Config{DB: db, Journal: log, Bodies: org, Clock: clock, Log: slog.New(slog.DiscardHandler), Types: types, Member: func() string { return member }})
	s.avsteg = deviation.New(db, log, org, clock, s.Service)
	return s
}

// serve opens the pages.
func (s *town) serve() {
	t := s.t
	t.Helper()
	texts := i18ntest.Complete(t, steering.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: both("Lilleby"), Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	m := &steering.Module{Service: s.Service, Office: officetest.Door(s.org, s.clock, site), Deviations: s.avsteg, DeviationPath: "/avsteg", Rooms: func() []compliance.Room { return s.rooms },
		Site: func(r *http.Request, title, _ string) ui.Page {
			return ui.Page{Site: site, Title: title, Path: r.URL.RequestURI()}
		}}
	s.rooms = append(s.rooms, m)
	mux := http.NewServeMux()
	m.Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: s.clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					req = req.WithContext(identity.With(req.Context(), &identity.Principal{PersonID: s.ids[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}))
				}
				next.ServeHTTP(w, req)
			})
		}))
	t.Cleanup(server.Close)
	s.url = server.URL
}

// want asks for a page, or sends a form, as somebody. Every page is checked as HTML.
func (s *town) want(who, path string, form url.Values, status int, words ...string) string {
	s.t.Helper()
	method, sent := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, sent = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, sent)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Test-Person", who)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	page := string(raw)
	if resp.StatusCode != http.StatusSeeOther {
		uitest.Page(s.t, method+" "+path+" as "+who, strings.NewReader(page))
	}
	if resp.StatusCode != status {
		s.t.Fatalf("%s %s as %q: %d, expected %d\n%s", method, path, who, resp.StatusCode, status, page)
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			s.t.Fatalf("%s as %q does not say %q:\n%s", path, who, w, page)
		}
	}
	return page
}

func (s *town) actor(key string) access.Actor {
	return access.Resolve(s.org.Directory(), s.ids[key], calendar.DateOf(s.clock.Now()), int(identity.LoASubstantial))
}

// decide has a body decide.
func (s *town) decide(body, on string) string {
	s.t.Helper()
	who := map[string]string{"kf": "kia", "ks": "kia", "lg": "lisa"}[body]
	for _, m := range s.org.Directory().HistoryOf(s.ids[who]) {
		if m.Body != body {
			continue
		}
		d, err := s.org.RegisterDecision(s.t.Context(), bodies.By{Person: m.Person, Mandate: m.ID}, bodies.Decision{Body: body, On: day(on), Paragraph: "§ " + store.NewID(), Text: "Fastställs."})
		if err != nil {
			s.t.Fatal(err)
		}
		return d.ID
	}
	s.t.Fatal("no secretary")
	return ""
}

// section is a text of one section with one sentence.
func section(id, sentence string, kind pack.SentenceKind) []pack.SteeringSection {
	return []pack.SteeringSection{{ID: "1", Title: "Ett", Paragraphs: []pack.SteeringParagraph{{Sentences: []pack.SteeringSentence{{Text: sentence, ID: id, Kind: kind}}}}}}
}

// prepared writes a version and prepares it.
func (s *town) prepared(key, typ, id, words string, cites ...string) *steering.Version {
	s.t.Helper()
	v, err := s.Write(s.t.Context(), s.actor("kia"), s.writing(key, typ, id, words, cites...))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Prepare(s.t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
		s.t.Fatal(err)
	}
	return s.version(key, v.Number)
}

func (s *town) writing(key, typ, id, words string, cites ...string) steering.Writing {
	w := steering.Writing{Document: key, Type: typ, Title: both("Om " + key), Public: true, Acknowledge: typ == "policy", Sections: section(id, words, pack.SentenceHard)}
	for _, c := range cites {
		w.Cites = append(w.Cites, pack.SteeringCitation{Document: c, Section: "1"})
	}
	return w
}

// adopted writes, prepares and adopts a version.
func (s *town) adopted(key, typ, body, on, id, words string, cites ...string) *steering.Version {
	s.t.Helper()
	v := s.prepared(key, typ, id, words, cites...)
	if err := s.Adopt(s.t.Context(), s.actor("kia"), v.ID, steering.Adoption{Decision: s.decide(body, on), Revision: v.Revision}); err != nil {
		s.t.Fatal(err)
	}
	return s.version(key, v.Number)
}

// top adopts a vision and a strategy that rests on it.
func (s *town) top() {
	s.t.Helper()
	s.adopted("malbild", "malbild", "kf", "2026-01-10", "M-1", "Kommunen växer.")
	s.adopted("strategi", "strategi", "kf", "2026-01-20", "S3-4", "Vi utvecklar inga egna system.", "malbild")
}

func (s *town) version(key string, n int) *steering.Version {
	s.t.Helper()
	v, err := s.Version(s.t.Context(), key, n)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// fault fails the test unless an error says that a field has a problem.
func (s *town) fault(err error, field string, p steering.Problem) {
	s.t.Helper()
	var wrong steering.InvalidError
	if !errors.As(err, &wrong) {
		s.t.Fatalf("%v, expected that %s is %s", err, field, p)
	}
	for _, f := range wrong {
		if f.Field == field && f.Problem == p {
			return
		}
	}
	s.t.Fatalf("%v, expected that %s is %s", err, field, p)
}

// reserved fails the test unless an error names the sentence that reserves what was tried.
func (s *town) reserved(err error, sentence string) {
	s.t.Helper()
	var e *bodies.ReservedError
	if !errors.As(err, &e) || e.Sentence != sentence {
		s.t.Fatalf("%v, expected that it is reserved by %s", err, sentence)
	}
}

// room holds a sentence that some rows break.
type room struct {
	sentence string
	rows     []string
}

func (r *room) Compliance() []compliance.Rule {
	return []compliance.Rule{{Sentence: r.sentence, Way: compliance.Leads, How: both("Rummet håller den."), Find: func(_ context.Context, _ i18n.Lang, _ calendar.Date, limit int) ([]compliance.Violation, int, error) {
		var out []compliance.Violation
		for i, row := range r.rows[:min(limit, len(r.rows))] {
			out = append(out, compliance.Violation{Text: row, Href: fmt.Sprintf("/system/%d", i)})
		}
		return out, len(r.rows), nil
	}}}
}
