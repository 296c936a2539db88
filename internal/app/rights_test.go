package app

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// house is a demo installation whose handler is asked without a network.
type house struct {
	*App
	http.Handler
	cookies map[string]string // persona -> session
}

func newHouse(t *testing.T, log io.Writer) *house {
	t.Helper()
	return newHouseWith(t, log, nil)
}

// newHouseWith builds one with other settings, and more of those who work there as someone to sign in as: persona -> person.
func newHouseWith(t *testing.T, log io.Writer, flags map[string]string, staff ...pack.Persona) *house {
	t.Helper()
	all := map[string]string{
		"demo": "true", "pack": "../../packs/fagersta", "data": t.TempDir(), "listen": "127.0.0.1:0", "base_url": "http://localhost:8080", "log.level": "debug",
	}
	maps.Copy(all, flags)
	cfg, err := config.Load(config.Sources{Flags: all})
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(t.Context(), cfg, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	a.pack.Personas = append(slices.Clone(a.pack.Personas), staff...)
	h := &house{App: a, cookies: map[string]string{}}
	if h.Handler, err = a.handler(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// patterns are all that the site answers, as it is registered: reading them from the mux means that no page can be forgotten here.
func (h *house) patterns(t *testing.T) []string {
	mux := http.NewServeMux()
	h.identity.Routes(mux)
	h.citizens().Routes(mux)
	for _, r := range h.offices() {
		r.Routes(mux)
	}
	found := map[string]bool{}
	walkPatterns(reflect.ValueOf(mux).Elem().FieldByName("index"), found)
	var out []string
	for p := range found {
		out = append(out, p)
	}
	slices.Sort(out)
	if len(out) < 60 {
		t.Fatalf("%d patterns: net/http keeps them in another way now", len(out))
	}
	return out
}

func walkPatterns(v reflect.Value, found map[string]bool) {
	switch v.Kind() {
	case reflect.Struct:
		if s := v.FieldByName("str"); s.IsValid() && s.Kind() == reflect.String {
			found[s.String()] = true
			return
		}
		for i := range v.NumField() {
			walkPatterns(v.Field(i), found)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			walkPatterns(v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkPatterns(v.Index(i), found)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			walkPatterns(it.Value(), found)
		}
	}
}

// as signs a persona in, once.
func (h *house) as(t *testing.T, persona string) string {
	t.Helper()
	if persona == "" || h.cookies[persona] != "" {
		return h.cookies[persona]
	}
	w := h.ask(t, "", "POST", "/logga-in/demo", url.Values{"persona": {persona}})
	for _, c := range w.Result().Cookies() {
		if c.Name == "dygnet" {
			h.cookies[persona] = c.Name + "=" + c.Value
		}
	}
	if h.cookies[persona] == "" {
		t.Fatalf("%s is not let in: %d", persona, w.Code)
	}
	return h.cookies[persona]
}

// ask sends a request with a cookie. A stream is left when it has begun.
func (h *house) ask(t *testing.T, cookie, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, "http://localhost:8080"+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := &reader{httptest.NewRecorder(), cancel}
	h.ServeHTTP(w, r)
	return w.ResponseRecorder
}

// reader is somebody who leaves a stream when it has begun.
type reader struct {
	*httptest.ResponseRecorder
	leave func()
}

func (w *reader) Flush() {
	w.ResponseRecorder.Flush()
	if w.Header().Get("Content-Type") == "text/event-stream" {
		w.leave()
	}
}

// personas are the columns of the tables below: nobody, the citizen whose matter it is, another citizen, the officer of its unit, officers of
// other units, and those whose office it is to see or not to see.
var personas = []string{
	"", "invanare", "skyddad-invanare", "handlaggare", "kontaktcenter", "registrator", "it-chef", "ks-sekreterare", "politiker", "revisor",
	"dataskyddsombud", "administrator", "grannkommun",
}

// matters are one of each kind that the rules tell apart.
type matters struct{ open, secret, protected, addressed string }

func (m matters) all() []string { return []string{m.open, m.secret, m.protected, m.addressed} }

func (h *house) person(t *testing.T, key string) string {
	t.Helper()
	p, err := h.bodies.PersonByKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// handIn submits a matter without a browser and gives its ID.
func (h *house) handIn(t *testing.T, typ, resident string, answers casetype.Answers) string {
	t.Helper()
	open := h.types.Open(calendar.DateOf(h.clock.Now()))
	i := slices.IndexFunc(open, func(ct *casetype.CaseType) bool { return ct.ID == typ })
	if i < 0 {
		t.Fatalf("%s takes in no matters", typ)
	}
	ct := open[i]
	clean, faults := ct.Validate(answers)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	in := cases.Submission{Key: store.NewID(), Type: ct, Answers: clean, Channel: "web", Lang: i18n.SV, Person: h.person(t, resident)}
	text := []byte("fjärilsvinge i bilagan")
	staged, err := h.vault.Stage(t.Context(), bytes.NewReader(text), documents.Meta{Name: "bilaga.txt", Limits: documents.Limits{MaxBytes: 1000, Types: []string{documents.Text}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return h.vault.Insert(ctx, tx, staged) }); err != nil {
		t.Fatal(err)
	}
	in.Files = []cases.Document{{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256}}
	a, err := h.cases.Submit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return a.CaseID
}

func (h *house) official(t *testing.T, key string) access.Actor {
	t.Helper()
	return access.Resolve(h.bodies.Directory(), h.person(t, key), calendar.DateOf(h.clock.Now()), access.Substantial)
}

func (h *house) newMatters(t *testing.T) matters {
	t.Helper()
	lamp := casetype.Answers{
		"kategori": {"gatubelysning"}, "beskrivning": {"Lampan är en fjärilsvinge"}, "slackta": {"en"}, "farligt": {"no"}, "plats.text": {"Vid skolan"},
		"anonym": {"no"}, "kontakt.name": {"Sven Lundin"}, "kontakt.email": {"sven.lundin.2@example.org"},
	}
	view := casetype.Answers{
		"mottagare": {"politician:maria-hedlund"}, "typ": {"synpunkt"}, "text": {"Mer fjärilsvinge"}, "har_plats": {"no"}, "publicera": {"no"}, "svar": {"no"},
	}
	m := matters{h.handIn(t, "felanmalan", "r002", lamp), h.handIn(t, "felanmalan", "r002", lamp), h.handIn(t, "felanmalan", "r050", lamp), h.handIn(t, "synpunkt", "r002", view)}
	if _, err := h.cases.Assign(t.Context(), h.official(t, "rolf-dahlin"), cases.On{Case: m.open}, h.person(t, "karin-ekstrand")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Mark(t.Context(), h.official(t, "per-ostberg"), cases.On{Case: m.secret}, cases.Secret, "OSL 21:3", "Prövas"); err != nil {
		t.Fatal(err)
	}
	return m
}

// address fills in a pattern for a matter.
func (h *house) address(t *testing.T, pattern, id string) string {
	t.Helper()
	c, err := h.cases.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var row string
	if err := h.db.QueryRow(t.Context(), `SELECT id FROM register_entry WHERE case_id = $1 ORDER BY id DESC LIMIT 1`, id).Scan(&row); err != nil {
		t.Fatal(err)
	}
	switch {
	case pattern == "/arbete/arende":
		return pattern + "?" + url.Values{"nr": {c.Number}}.Encode()
	case pattern == "/arbete/strom":
		return pattern + "?amne=case:" + id
	case pattern == "/arbete/sok":
		return pattern + "?q=fj%C3%A4rilsvinge"
	case strings.HasPrefix(pattern, "/arbete/diarium/"):
		id = row
	}
	number := strings.NewReplacer(" ", "-", "/", "-").Replace(c.Number)
	return strings.NewReplacer("{id}", id, "{number}", number, "{file}", number+".json", "{n}", "1", "{type}", "felanmalan", "{step}", "vad",
		"{layer}", "bas.geojson", "{$}", "", "{provider}", "personal").Replace(pattern)
}

// form is what a page sends that should succeed, for those who may.
func (h *house) form(t *testing.T, pattern, id string) url.Values {
	t.Helper()
	c, err := h.cases.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	version := strconv.Itoa(c.Version)
	officer, unit := "karin-ekstrand", "va"
	if c.TypeID == "synpunkt" {
		officer, unit = "nils-ahlgren", "fritid"
	}
	v := url.Values{"version": {version}, "sett": {strconv.Itoa(c.Events)}, "text": {"Ett ord"}, "skal": {"Ett skäl"}, "status": {"pagar"}, "beslut": {"atgardad"},
		"person": {h.person(t, officer)}, "enhet": {unit}, "arendemening": {"Rättad mening"}, "adress": {"Skolgatan 5"}, "senast": {c.Due.String()}, "grad": {"1"},
		"lagrum": {"OSL 21:3"}, "ta": {id + "." + version}, "gor": {"visa"}, "kortkommandon": {"av"}, "session": {"alla"}, "kod": {"0000-0000-0000"}}
	if c.TypeID == "synpunkt" {
		v.Set("beslut", "besvarad")
	}
	if c.Assignee != "" && strings.HasSuffix(pattern, "/tilldela") {
		v.Set("person", h.person(t, "rolf-dahlin"))
	}
	if strings.HasSuffix(pattern, "/beslut") {
		v.Set("status", "kvar")
	}
	return v
}

// changes are the journal's entries after one, without what signing in and reading leave.
func (h *house) changes(t *testing.T, after int64) (last int64, what []string) {
	t.Helper()
	entries, err := h.journal.Since(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	last = after
	for _, e := range entries {
		if last = e.Seq; e.Action != cases.ActionRead && !strings.HasPrefix(e.Action, "session.") {
			what = append(what, e.Action)
		}
	}
	return last, what
}

// index does what the dispatcher does for the search.
func (h *house) reindex(t *testing.T) {
	t.Helper()
	entries, err := h.journal.Since(t.Context(), -1, 100000)
	if err != nil {
		t.Fatal(err)
	}
	x := &cases.Indexer{Service: h.cases, Index: h.index}
	if err := h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Handle(ctx, tx, entries) }); err != nil {
		t.Fatal(err)
	}
}

// readers are who may read what is in each of the matters, in the order of matters.all: nobody else may meet a word of it anywhere.
func readers() [4][]string {
	return [4][]string{
		{"invanare", "handlaggare", "kontaktcenter", "registrator", "revisor"},
		{"invanare", "revisor"},
		{"skyddad-invanare", "revisor"},
		{"invanare", "kontaktcenter", "registrator", "ks-sekreterare", "politiker", "revisor"},
	}
}

// secretWord is in the answers and the files of each of the matters and nowhere else.
const secretWord = "fjärilsvinge"

// TestWhoMayAskForWhat asks for every page of the site as everybody, for each kind of matter, and compares the answers with
// testdata/rights.txt. A line there is a page and a cell for each of personas: the status, for pages of a matter one for each of matters.all
// unless all are the same. "!" says that the journal has an entry of a change. With -update the file is written anew, to be read through.
func TestWhoMayAskForWhat(t *testing.T) {
	h := newHouse(t, io.Discard)
	m := h.newMatters(t)
	h.reindex(t)
	last, _ := h.changes(t, -1)
	var got strings.Builder
	patterns := h.patterns(t)
	slices.SortStableFunc(patterns, func(a, b string) int { return strings.Compare(a[:3], b[:3]) }) // first what reads
	for _, pattern := range patterns {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.HasPrefix(path, "/logga-") && method == http.MethodPost {
			continue // package identity tests who may end what
		}
		fmt.Fprintf(&got, "%s", pattern)
		for _, persona := range personas {
			cookie := h.as(t, persona)
			last, _ = h.changes(t, last)
			var cells []string
			for i := range m.all() {
				id := m.all()[i]
				var form url.Values
				if method == http.MethodPost {
					form = h.form(t, path, id)
				}
				w := h.ask(t, cookie, method, h.address(t, path, id), form)
				cell := strconv.Itoa(w.Code)
				var what []string
				if last, what = h.changes(t, last); len(what) > 0 {
					cell += "!"
					if persona == "revisor" || persona == "dataskyddsombud" || persona == "administrator" {
						t.Errorf("%s changes something (P-3, PR-2) at %s: %v", persona, pattern, what)
					}
					m = h.newMatters(t)
					last, _ = h.changes(t, last)
				}
				if body := strings.ToLower(w.Body.String()); !strings.HasPrefix(path, "/arbete/sok") && !slices.Contains(readers()[i], persona) && strings.Contains(body, secretWord) {
					t.Errorf("%s reads what is in matter %d at %s", persona, i, pattern)
				}
				cells = append(cells, cell)
			}
			if len(slices.Compact(slices.Clone(cells))) == 1 {
				cells = cells[:1]
			}
			fmt.Fprintf(&got, " %s", strings.Join(cells, "/"))
		}
		got.WriteByte('\n')
	}
	const file = "testdata/rights.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(want), "\n")
	for line := range strings.Lines(got.String()) {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			t.Errorf("not as in %s:\n%s", file, line)
		}
	}
	if n, m := strings.Count(string(want), "\n"), strings.Count(got.String(), "\n"); n != m {
		t.Errorf("%d pages, %d lines in %s", m, n, file)
	}
}

var update = flag.Bool("update", false, "write testdata anew")

// TestSearchShowsNobodyMoreThanTheyMayRead looks for a word that is in all matters.
func TestSearchShowsNobodyMoreThanTheyMayRead(t *testing.T) {
	h := newHouse(t, io.Discard)
	m := h.newMatters(t)
	h.reindex(t)
	for _, persona := range personas[3:] {
		w := h.ask(t, h.as(t, persona), http.MethodGet, "/arbete/sok?q=fj%C3%A4rilsvinge", nil)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", persona, w.Code)
		}
		for i, id := range m.all() {
			if found, may := strings.Contains(w.Body.String(), id), slices.Contains(readers()[i], persona); found != may {
				t.Errorf("%s finds matter %d: %v", persona, i, found)
			}
		}
	}
}
