package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/payment"
	"dygnet/internal/casework/printout"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/represent"
	"dygnet/internal/casework/tie"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	kernelweb "dygnet/internal/kernel/web"
)

var rooms = append(casestest.Rooms(), identity.Migrations, documents.Migrations, drafts.Migrations, payment.Migrations, represent.Migrations, tie.Migrations, inbox.Migrations, reach.Migrations, measure.Migrations)

func both(sv, en string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: en} }

func same(s string) i18n.Text { return both(s, s) }

// fault is a case type with a question of each kind that a form must handle.
func faultReport(t testing.TB, change func(*casetype.Definition)) *casetype.CaseType {
	t.Helper()
	d := casestest.Lamp(t).Definition
	d.ID, d.Topic = "fel", "gata"
	d.Title, d.Description = both("Felanmälan", "Report a fault"), both("Säg till om något är trasigt", "Tell us what is broken")
	d.Keywords = both("gatlampa lampa hål", "street lamp hole")
	d.Urgent = &casetype.Urgent{Text: both("Ring om det är farligt.", "Call if it is dangerous."), Phone: "0555-112 00"}
	d.Form = casetype.Form{Steps: []casetype.Step{
		{Key: "vad", Title: both("Vad", "What"), Questions: []casetype.Question{
			{Key: "what", Type: casetype.TypeChoice, Label: both("Vad är trasigt?", "What is broken?"), Options: []casetype.Option{
				{Value: "lamp", Label: both("Lampa", "Lamp")},
				{Value: "water", Label: both("Vatten", "Water"), Urgent: &casetype.Urgent{Text: both("Stäng av vattnet.", "Shut off the water."), Phone: "0555-113 00"}}}},
			{Key: "pole", Type: casetype.TypeText, Label: both("Stolpens nummer", "Number of the post"), VisibleIf: `what == "lamp"`, Validate: casetype.Limits{MaxLength: 10}},
			{Key: "text", Type: casetype.TypeTextarea, Label: both("Beskriv", "Describe"), Validate: casetype.Limits{MaxLength: 200}},
			{Key: "when", Type: casetype.TypeDate, Label: both("När?", "When?"), Optional: true},
		}},
		{Key: "var", Title: both("Var", "Where"), Questions: []casetype.Question{{Key: "where", Type: casetype.TypePlace, Label: both("Var är det?", "Where is it?")}}},
		{Key: "foto", Title: both("Foto", "Photo"), Questions: []casetype.Question{
			{Key: "photo", Type: casetype.TypeFile, Label: both("Foto", "Photo"), Optional: true,
				Files: &casetype.FileLimits{Max: 2, MaxMB: 1, Accept: []string{documents.PNG, documents.PDF, documents.Text}}}}},
		{Key: "du", Title: both("Du", "You"), Questions: []casetype.Question{
			{Key: "anonymous", Type: casetype.TypeYesNo, Label: both("Vill du vara anonym?", "Do you want to stay anonymous?")},
			{Key: "who", Type: casetype.TypePerson, Label: both("Vem är du?", "Who are you?"), VisibleIf: `not anonymous`},
		}},
	}}
	d.Registry.Subject = both("Fel: {what}, {where}", "Fault: {what}, {where}")
	d.Assignment = nil
	d.Documents = []casetype.DocumentType{{Key: "foto", Title: both("Foto", "Photo"), Direction: "in", Question: "photo", Nomination: casetype.Preserve, Authority: "KS 2026-01-01 § 1"}}
	d.Examples = []casetype.Example{{Name: "en lampa", Answers: map[string]casetype.Values{
		"what": {"lamp"}, "pole": {"A1"}, "text": {"släckt"}, "where.address": {"Storgatan 1"}, "anonymous": {"yes"}}, Expect: casetype.Expectation{Unit: "gata"}}}
	if change != nil {
		change(&d)
	}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return ct
}

// house is the site behind a server, with all the plumbing of the real one.
type house struct {
	*casestest.World
	*site.Module
	identity *identity.Service
	vault    *documents.Vault
	texts    *i18n.Catalogue
	server   *httptest.Server
	handler  http.Handler
	mail     *letters
	live     *bell
	told     *told
	till     *till
	links    links
}

// letters is a mailbox with what was put in it.
type letters []site.Letter

func (l *letters) Letters(context.Context, int) ([]site.Letter, error) { return *l, nil }

// bell rings for everyone who has subscribed to its topic.
type bell struct {
	topic chan string
	ring  chan struct{}
}

func (b *bell) Subscribe(_ context.Context, topic string) <-chan struct{} {
	b.topic <- topic
	return b.ring
}

type intake struct{ w *casestest.World }

func (i intake) Intake(_ context.Context, person string) (string, error) {
	for _, key := range []string{"anna", "bo"} {
		if i.w.IDs[key] == person {
			return access.Resolve(i.w.Org.Directory(), person, calendar.DateOf(i.w.Clock.Now()), access.Substantial).Mandates[0].ID, nil
		}
	}
	return "", store.ErrNotFound
}

// formsAtOnce is how many forms a network may begin without signing in.
const formsAtOnce = 40

var town = pack.Municipality{
	Name: both("Ljusviks kommun", "Ljusvik municipality"), Emergency: both("Ring 112 om liv är i fara.", "Call 112 if life is in danger."),
	Contact: pack.Contact{Phone: "0555-123 00", Email: "kommun@ljusvik.example", Visit: same("Torget 1"), Post: same("555 55 Ljusvik"), Hours: both("Vardagar 8–16", "Weekdays 8–16")},
	Topics:  []pack.Topic{{Key: "gata", Title: both("Gator", "Streets")}, {Key: "tom", Title: both("Tomt", "Empty")}},
	Map:     pack.MapView{Lat: 60, Lon: 15.8, Zoom: 12, South: 59, West: 15, North: 61, East: 17},
}

// build starts the site on db. change may alter the case type.
func build(t testing.TB, db *store.DB, change func(*casetype.Definition)) *house {
	t.Helper()
	h := &house{World: casestest.New(t, db), mail: &letters{}, live: &bell{topic: make(chan string, 9), ring: make(chan struct{}, 9)},
		told: &told{}, till: &till{orders: map[string]payment.Order{}, states: map[string]payment.State{}}}
	h.addSigners(t)
	h.Lamp = faultReport(t, change)
	h.texts = i18ntest.Complete(t, ui.Texts, kernelweb.Texts, casetype.Texts, identity.Texts, access.Texts, printout.Texts, site.Texts)
	i18ntest.Strict(t, h.texts)
	folder := t.TempDir()
	key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	if h.vault, err = documents.Open(context.Background(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: h.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.vault.Close() })

	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) }))
	t.Cleanup(h.server.Close)
	quiet := slog.New(slog.DiscardHandler)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	page := &ui.Site{Name: town.Name, Assets: assets, Contact: ui.Contact{Phone: town.Contact.Phone}}
	if h.identity, err = identity.NewService(identity.Options{
		DB: db, Journal: h.Log, Clock: h.Clock, Log: quiet, BaseURL: h.server.URL, People: identity.FromBodies(h.Org), Pages: site.SignInPages{Site: page}, Place: kernelweb.Place, Nobody: site.WholeForm,
		Demo: identity.Demo{Enabled: true, Personas: []identity.Persona{
			{Key: "inv", PersonID: h.IDs["inv"], Kind: identity.Citizen, Title: "Ines", Description: "Bor i kommunen"},
			{Key: "maja", PersonID: h.IDs["maja"], Kind: identity.Citizen, Title: "Maja", Description: "Bor i kommunen"},
			{Key: "olle", PersonID: h.IDs["olle"], Kind: identity.Citizen, Title: "Olle", Description: "Bor i kommunen"},
			{Key: "anna", PersonID: h.IDs["anna"], Kind: identity.Staff, Title: "Anna", Description: "Handläggare"},
			{Key: "kim", PersonID: h.IDs["kim"], Kind: identity.Staff, Title: "Kim", Description: "Handläggare"}}},
	}); err != nil {
		t.Fatal(err)
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	h.Module = site.New(site.Config{
		Measure: measure.New(measure.Config{DB: db, Journal: h.Log, Clock: h.Clock, Days: days, Types: h.World, Log: quiet, Targets: measure.DefaultTargets()}),
		Site:    page, Town: &town, Services: h.World, Cases: h.Service, Codes: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef")), Vault: h.vault, DB: db, Journal: h.Log,
		Clock: h.Clock, Log: quiet, Sessions: h.identity, Key: []byte("fedcba9876543210fedcba9876543210"), Mandates: intake{h.World}, Mailbox: h.mail, Live: h.live,
		Represent: represent.New(db, h.Log, h.Clock, kin{h}, kin{h}, []byte("0123456789abcdef0123456789abcdef")), Inbox: inbox.New(db, h.Clock), Reach: reach.New(db, h.Log, h.Clock),
		Proofs: &h.links, Offices: kin{h}, Register: kin{h}, Exports: kernelweb.NewLimiter(kernelweb.LimiterOptions{Every: 10 * time.Minute, Burst: 2, Clock: h.Clock}),
		Ties: tie.New(tie.Config{DB: db, Journal: h.Log, Clock: h.Clock, Cases: h.Service, Types: h.World, Organisation: h.Org, Vault: h.vault, Index: h.Index,
			Secrets: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef")), Key: []byte("fedcba9876543210fedcba9876543210")}),
		BaseURL: h.server.URL, Numbers: h.Org, Teller: h.told, Payments: payment.New(db, h.Log, h.Clock, h.till), Till: h.till,
		Limiter:   kernelweb.NewLimiter(kernelweb.LimiterOptions{Every: 10 * time.Second, Burst: 5, Clock: h.Clock}),
		Forms:     kernelweb.NewLimiter(kernelweb.LimiterOptions{Every: 10 * time.Second, Burst: formsAtOnce, Clock: h.Clock}),
		Cache:     kernelweb.NewPageCache(kernelweb.PageCacheOptions{Clock: h.Clock}),
		Addresses: site.NewGazetteer([]pack.Address{{Street: "Storgatan", Number: "1", Town: "Ljusvik", Lat: 60.01, Lon: 15.81}, {Street: "Storgatan", Number: "12", Town: "Ljusvik", Lat: 60.02, Lon: 15.82}, {Street: "Ågränd", Number: "3", Town: "Ljusvik", Lat: 60.03, Lon: 15.83}}, []byte(`{"type":"FeatureCollection","features":[]}`)),
		Layers:    site.NewGazetteer(nil, []byte(`{"type":"FeatureCollection","features":[]}`)),
	})
	mux := http.NewServeMux()
	h.identity.Routes(mux)
	h.Routes(mux)
	h.handler = kernelweb.Chain(kernelweb.Routes(mux), kernelweb.Language(h.texts),
		kernelweb.Frame(kernelweb.FrameOptions{Log: quiet, Clock: h.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: page} }}),
		kernelweb.Secure(kernelweb.SecurityOptions{}), kernelweb.SameOrigin(), kernelweb.LimitBody(2<<20), h.Guard, h.identity.Middleware)
	return h
}

// each runs a test on both engines.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, build(t, db, nil)) })
}

// once runs a test where the database does not matter.
func once(t *testing.T, change func(*casetype.Definition)) *house {
	return build(t, storetest.SQLite(t, rooms...), change)
}

var _ fs.FS = drafts.Migrations

// browser is somebody with cookies and without JavaScript, who reads in one language.
type browser struct {
	*http.Client
	t    testing.TB
	base string
	lang i18n.Lang
}

func (h *house) browser(t testing.TB, l i18n.Lang) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: h.server.URL, lang: l, Client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// view is a page as the browser got it.
type view struct {
	*http.Response
	b    *browser
	body string
	doc  *html.Node
}

func (b *browser) do(r *http.Request) *view {
	b.t.Helper()
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	v := &view{Response: resp, b: b, body: string(raw)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		uitest.Page(b.t, r.Method+" "+r.URL.Path, bytes.NewReader(raw))
		if v.doc, err = html.Parse(bytes.NewReader(raw)); err != nil {
			b.t.Fatal(err)
		}
	}
	return v
}

func (b *browser) request(method, path, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.base + b.lang.Path(path)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "text/html")
	return r
}

func (b *browser) get(path string) *view { return b.do(b.request(http.MethodGet, path, "", nil)) }

func (b *browser) post(path string, form url.Values) *view {
	return b.do(b.request(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

func (b *browser) signIn(persona string) {
	b.t.Helper()
	if v := b.post(identity.PathDemo, url.Values{"persona": {persona}, "till": {"/kontakt"}}); v.StatusCode != http.StatusOK {
		b.t.Fatalf("signing in as %s: %d", persona, v.StatusCode)
	}
}

// want fails the test unless the page has the status and holds the words.
func (v *view) want(status int, words ...string) *view {
	v.b.t.Helper()
	if v.StatusCode != status {
		v.b.t.Fatalf("%s %s: status %d, want %d\n%s", v.Request.Method, v.Request.URL, v.StatusCode, status, main(v))
	}
	for _, w := range words {
		if !strings.Contains(v.text(), w) {
			v.b.t.Fatalf("%s %s does not say %q:\n%s", v.Request.Method, v.Request.URL.Path, w, main(v))
		}
	}
	return v
}

// at fails the test unless the page has the path.
func (v *view) at(path string) *view {
	v.b.t.Helper()
	if got := v.Request.URL.RequestURI(); got != v.b.lang.Path(path) {
		v.b.t.Fatalf("at %s, want %s\n%s", got, v.b.lang.Path(path), main(v))
	}
	return v
}

func (v *view) text() string {
	if v.doc == nil {
		return v.body
	}
	return words(v.doc)
}

func main(v *view) string {
	if v.doc == nil {
		return v.body
	}
	for n := range v.doc.Descendants() {
		if n.Data == "main" {
			return words(n)
		}
	}
	return words(v.doc)
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// part is a file to send.
type part struct{ name, mime, content string }

// form is a form of a page as a browser would send it.
type form struct {
	v      *view
	action string
	multi  bool
	get    bool
	values url.Values
	files  map[string][]part
	known  map[string]bool
}

// form finds the form whose action ends with the word.
func (v *view) form(action string) *form {
	v.b.t.Helper()
	for n := range v.doc.Descendants() {
		to, _ := attr(n, "action")
		if n.Type != html.ElementNode || n.Data != "form" || !strings.HasSuffix(to, action) {
			continue
		}
		f := &form{v: v, action: to, values: url.Values{}, files: map[string][]part{}, known: map[string]bool{}}
		kind, _ := attr(n, "enctype")
		method, _ := attr(n, "method")
		f.multi, f.get = kind == "multipart/form-data", method == "get"
		f.fill(n)
		return f
	}
	v.b.t.Fatalf("%s has no form to %q:\n%s", v.Request.URL.Path, action, main(v))
	return nil
}

// fill takes the values that the fields have.
func (f *form) fill(n *html.Node) {
	for d := range n.Descendants() {
		name, ok := attr(d, "name")
		if !ok || d.Type != html.ElementNode {
			continue
		}
		value, _ := attr(d, "value")
		kind, _ := attr(d, "type")
		_, checked := attr(d, "checked")
		switch {
		case d.Data == "textarea":
			f.known[name] = true
			if d.FirstChild != nil {
				f.values.Add(name, d.FirstChild.Data)
			} else {
				f.values.Add(name, "")
			}
		case d.Data == "select":
			f.known[name] = true
		case d.Data == "option", d.Data == "button":
			f.known[name] = true
		case kind == "file":
			f.known[name] = true
		case kind == "radio" || kind == "checkbox":
			f.known[name] = true
			if checked {
				f.values.Add(name, value)
			}
		case d.Data == "input":
			f.known[name] = true
			f.values.Add(name, value)
		}
	}
}

// set types a value; the field must be there.
func (f *form) set(pairs ...string) *form {
	f.v.b.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !f.known[pairs[i]] {
			f.v.b.t.Fatalf("%s has no field %q", f.v.Request.URL.Path, pairs[i])
		}
		f.values.Set(pairs[i], pairs[i+1])
	}
	return f
}

func (f *form) attach(field string, p part) *form {
	f.v.b.t.Helper()
	if !f.multi || !f.known[field] {
		f.v.b.t.Fatalf("%s takes no file %q", f.v.Request.URL.Path, field)
	}
	f.files[field] = append(f.files[field], p)
	return f
}

// send presses a button: its name and value, or none for the one that goes on.
func (f *form) send(button ...string) *view {
	f.v.b.t.Helper()
	for i := 0; i < len(button); i += 2 {
		f.set(button[i], button[i+1])
	}
	switch {
	case f.get:
		return f.v.b.do(f.v.b.request(http.MethodGet, f.v.b.base+f.action+"?"+f.values.Encode(), "", nil))
	case !f.multi:
		return f.v.b.do(f.v.b.request(http.MethodPost, f.v.b.base+f.action, "application/x-www-form-urlencoded", strings.NewReader(f.values.Encode())))
	}
	body, kind := multi(f.v.b.t, f.values, f.files)
	return f.v.b.do(f.v.b.request(http.MethodPost, f.v.b.base+f.action, kind, body))
}

func multi(t testing.TB, values url.Values, files map[string][]part) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, parts := range files { // files first: what stands after them must not be lost
		for _, p := range parts {
			head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, field, p.name)}, "Content-Type": {p.mime}}
			out, err := w.CreatePart(head)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(out, p.content)
		}
	}
	for name, list := range values {
		for _, v := range list {
			_ = w.WriteField(name, v)
		}
	}
	_ = w.Close()
	return &body, w.FormDataContentType()
}
