package tie_test

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
)

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

// types are two case types: the lamp, whose reports others may see and whose party may open it again for 14 days, and a hole in the street,
// which belongs to another unit and asks for how deep it is.
type types struct{ lamp, hole *casetype.CaseType }

func (t types) Version(id string, _ int) (*casetype.CaseType, bool) {
	if id == t.hole.ID {
		return t.hole, true
	}
	return t.lamp, id == t.lamp.ID
}
func (t types) Current(id string, _ calendar.Date) (*casetype.CaseType, bool) {
	return t.Version(id, 1)
}
func (t types) Open(calendar.Date) []*casetype.CaseType { return []*casetype.CaseType{t.lamp, t.hole} }

func compiled(t testing.TB, d casetype.Definition) *casetype.CaseType {
	t.Helper()
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return ct
}

func newTypes(t testing.TB) types {
	lamp := casestest.Lamp(t).Definition
	lamp.PublicReports, lamp.ReopenDays = true, 14
	lamp.Form.Steps = slices.Clone(lamp.Form.Steps)
	lamp.Form.Steps[0].Questions = append(slices.Clone(lamp.Form.Steps[0].Questions),
		casetype.Question{Key: "kind", Type: casetype.TypeChoice, Label: text("Slag?"), Public: true, Optional: true, Options: []casetype.Option{{Value: "dark", Label: text("Släckt")}, {Value: "broken", Label: text("Trasig")}}})
	hole := casestest.Lamp(t).Definition
	hole.ID, hole.Title, hole.Description = "hal", text("Hål i gatan"), text("Ett hål i gatan")
	hole.Owner.Unit, hole.Assignment = "kansli", nil
	hole.Registry.Subject = text("Hål: {what}")
	hole.Form = casetype.Form{Steps: []casetype.Step{{Key: "hal", Title: text("Hålet"), Questions: []casetype.Question{
		{Key: "what", Type: casetype.TypeText, Label: text("Vad?")},
		{Key: "kind", Type: casetype.TypeChoice, Label: text("Slag?"), Optional: true, Options: []casetype.Option{{Value: "deep", Label: text("Djupt")}}},
		{Key: "where", Type: casetype.TypeText, Label: text("Var?"), Optional: true},
		{Key: "depth", Type: casetype.TypeNumber, Label: text("Djup?")},
		{Key: "who", Type: casetype.TypePerson, Label: text("Vem?"), Optional: true},
	}}}}
	hole.Examples = []casetype.Example{{Name: "ett hål", Answers: map[string]casetype.Values{"what": {"x"}, "depth": {"3"}}, Expect: casetype.Expectation{Unit: "kansli"}}}
	return types{compiled(t, lamp), compiled(t, hole)}
}

// room is the room of ties in the small municipality.
type room struct {
	*casestest.World
	*types
	ties  *tie.Service
	vault *documents.Vault
	texts *i18n.Catalogue
	sv    *i18n.Localizer
}

func open(t testing.TB, db *store.DB) *room {
	t.Helper()
	all := newTypes(t)
	r := &room{World: casestest.New(t, db), types: &all}
	r.Lamp = all.lamp
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	secrets := cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef"))
	r.Service = cases.New(cases.Config{DB: db, Journal: r.Log, Clock: r.Clock, Days: days, Types: all, Organisation: r.World, Secrets: secrets})
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if r.vault, err = documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Key: key, Clock: r.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.vault.Close() })
	r.ties = tie.New(tie.Config{DB: db, Journal: r.Log, Clock: r.Clock, Cases: r.Service, Types: all, Organisation: r.Org, Vault: r.vault, Index: r.Index, Secrets: secrets,
		Key: []byte("fedcba9876543210fedcba9876543210")})
	r.texts = i18ntest.Complete(t, tie.Texts)
	i18ntest.Strict(t, r.texts)
	r.sv = r.texts.For(i18n.SV)
	return r
}

func rooms() []fs.FS {
	return append(casestest.Rooms(), fs.FS(documents.Migrations), tie.Migrations)
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

// one is for what does not depend on the database.
func one(t *testing.T, fn func(t *testing.T, r *room)) {
	fn(t, open(t, storetest.SQLite(t, rooms()...)))
}

// lampAt are answers about a lamp some metres north of the one of casestest.Broken.
func lampAt(metres float64, words string) casetype.Answers {
	in := casestest.Broken()
	in["what"], in["where.lat"] = []string{words}, []string{decimal(60.004 + metres/111412)} // metres to a degree of latitude at 60 N
	return in
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// handIn hands in a lamp, for a person of the world or for nobody that is known.
func (r *room) handIn(t testing.TB, answers casetype.Answers, person string, change ...func(*cases.Submission)) cases.Accepted {
	t.Helper()
	return r.HandIn(t, answers, append([]func(*cases.Submission){func(s *cases.Submission) { s.Person = r.IDs[person] }}, change...)...)
}

func (r *room) view(t testing.TB, who, id string) cases.OfficerView {
	t.Helper()
	v, err := r.View(t.Context(), r.As(who), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (r *room) citizen(t testing.TB, id string) cases.CitizenView {
	t.Helper()
	v, err := r.CitizenView(t.Context(), cases.Citizen{Opened: []string{id}}, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// attach adds a document of a citizen to a case.
func (r *room) attach(t testing.TB, id, content string) cases.Document {
	t.Helper()
	d, err := r.vault.Put(t.Context(), strings.NewReader(content), documents.Meta{Name: "brev.txt", Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{"text/plain"}, Original: true}})
	if err != nil {
		t.Fatal(err)
	}
	file := cases.Document{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256}
	if _, err := r.Reply(t.Context(), cases.Citizen{Opened: []string{id}}, id, "Se bilagan", []cases.Document{file}); err != nil {
		t.Fatal(err)
	}
	return file
}

func (r *room) content(t testing.TB, id string) string {
	t.Helper()
	_, body, err := r.vault.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func newKey(t testing.TB) string {
	t.Helper()
	return uuid.Must(uuid.NewV7()).String()
}

// shown is what the citizen's page says of the room, as text.
func (r *room) shown(t testing.TB, id string) string {
	t.Helper()
	ctx := i18n.With(t.Context(), i18ntest.Complete(t, tie.Texts, ui.Texts).For(i18n.SV))
	parts, err := tie.Counter{Service: r.ties}.Show(ctx, r.sv, r.citizen(t, id))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range parts {
		if err := p.Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func kinds(v cases.OfficerView) []cases.EventKind {
	var out []cases.EventKind
	for _, e := range v.Events {
		out = append(out, e.Kind)
	}
	return out
}

func last(v cases.OfficerView) cases.Event { return v.Events[len(v.Events)-1] }
