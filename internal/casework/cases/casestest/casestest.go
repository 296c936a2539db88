// Package casestest is a small municipality for tests: two units, the officials who work in them, and one case type.
package casestest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// Rooms are the migrations that a World needs.
func Rooms() []fs.FS {
	return []fs.FS{journal.Migrations, bodies.Migrations, search.Migrations, cases.Migrations}
}

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

func period(t testing.TB, s string) calendar.Period {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Lamp is a small case type: something is broken somewhere. Its statuses are inkommen, pagar, vantar and avslutad; its decisions are
// lagad, delegated to officers, and avslag, which only the body makes.
func Lamp(t testing.TB) *casetype.CaseType {
	t.Helper()
	none := casetype.Appeal{Type: casetype.NoAppeal, Text: text("Kan inte överklagas")}
	ct, issues := casetype.Compile(casetype.Definition{
		APIVersion: casetype.V1, Kind: "CaseType", ID: "lampa", Version: 1, State: casetype.Published, ValidFrom: calendar.NewDate(2026, 1, 1),
		Title: text("Lampa"), Description: text("En lampa som inte lyser"), Topic: "gata", WhatNext: text("Vi tittar på det"),
		Owner:       casetype.Owner{Body: "ks", Unit: "gata"},
		LegalBasis:  []casetype.Law{{SFS: "2017:900", Label: "FL"}},
		GDPR:        casetype.GDPR{Purpose: text("Laga lampan"), Ground: "public_task"},
		Registry:    casetype.Registry{Series: "ks", Subject: text("Lampa: {what}"), Public: casetype.PublicView{Enabled: true, HideParty: true}},
		Secrecy:     casetype.Secrecy{Default: casetype.Public, Provisions: []casetype.Law{{SFS: "2009:400", Label: "OSL", Chapter: "21", Section: "1", Why: text("Hälsa")}}},
		ContactWays: []casetype.Way{casetype.Web, casetype.Phone}, Auth: casetype.Auth{Level: casetype.LevelNone, Anonymous: true},
		Form: casetype.Form{Steps: []casetype.Step{{Key: "fel", Title: text("Felet"), Questions: []casetype.Question{
			{Key: "what", Type: casetype.TypeText, Label: text("Vad?")},
			{Key: "where", Type: casetype.TypePlace, Label: text("Var?"), Optional: true},
			{Key: "to", Type: casetype.TypeRecipient, Label: text("Till?"), Optional: true, Recipients: []casetype.RecipientKind{casetype.ToMunicipality, casetype.ToPolitician}},
			{Key: "who", Type: casetype.TypePerson, Label: text("Vem?"), Optional: true},
		}}}},
		Statuses: []casetype.Status{
			{Key: "inkommen", Content: casetype.Received, Title: text("Inkommen"), PublicText: text("Vi har fått ditt ärende"), LegalClock: casetype.Runs},
			{Key: "pagar", Content: casetype.InProgress, Title: text("Pågår"), PublicText: text("Vi arbetar"), LegalClock: casetype.Runs},
			{Key: "vantar", Content: casetype.WaitingParty, Title: text("Väntar på svar"), PublicText: text("Svara oss"), LegalClock: casetype.Stopped},
			{Key: "avslutad", Content: casetype.Closed, Title: text("Avslutad"), PublicText: text("Klart"), Final: true, LegalClock: casetype.Stopped},
		},
		Transitions: []casetype.Move{
			{From: []string{"inkommen", "vantar"}, To: "pagar"}, {From: []string{"inkommen", "pagar"}, To: "avslutad", Requires: []casetype.Requirement{casetype.NeedDecision}},
			{From: []string{"avslutad"}, To: "pagar", Requires: []casetype.Requirement{casetype.NeedNote}},
			{From: []string{"pagar"}, To: "vantar", Requires: []casetype.Requirement{casetype.NeedNote}},
		},
		Deadlines: casetype.Deadlines{Acknowledge: period(t, "P1D"), Target: period(t, "P5B")},
		Decisions: []casetype.Decision{
			{Key: "lagad", Outcome: casetype.Answer, Title: text("Lagad"), Result: "klar", Delegation: &casetype.Delegation{Ref: "KS 1", Role: access.Officer}, Appeal: none},
			{Key: "avslag", Outcome: casetype.Reject, Title: text("Lagas inte"), Result: "klar", Appeal: none},
		},
		Results:    []casetype.Result{{Key: "klar", Title: text("Klar"), Nomination: casetype.Preserve, Authority: "KS 2026-01-01 § 1"}},
		Assignment: []casetype.Rule{{If: `to != ""`, Recipient: "to"}},
		Examples:   []casetype.Example{{Name: "en lampa", Answers: map[string]casetype.Values{"what": {"x"}}, Expect: casetype.Expectation{Unit: "gata"}}},
	})
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return ct
}

// World is the municipality with its services. It answers what cases asks of types and organisation.
type World struct {
	*cases.Service
	DB    *store.DB
	Log   *journal.Log
	Clock *calendar.Fake // noon in Stockholm on 2 March 2026
	Org   *bodies.Service
	Lamp  *casetype.CaseType
	Index *search.Index
	IDs   map[string]string // key -> person
}

// Version gives the one case type.
func (w *World) Version(string, int) (*casetype.CaseType, bool) { return w.Lamp, true }

// Open gives the one case type.
func (w *World) Open(calendar.Date) []*casetype.CaseType { return []*casetype.CaseType{w.Lamp} }

// Current gives the one case type.
func (w *World) Current(string, calendar.Date) (*casetype.CaseType, bool) { return w.Lamp, true }

// Series is the body in capitals. The one named "alla" counts on through the years.
func (w *World) Series(_, body, named string) casetype.Series {
	if named == "alla" {
		return casetype.Series{Prefix: strings.ToUpper(body) + "-A", Format: "{body} {n:4}", Running: true}
	}
	return casetype.Series{Prefix: strings.ToUpper(body)}
}

// BodyDecided says that no body has decided anything.
func (w *World) BodyDecided(context.Context, string, string, string) error {
	return errors.New("no decision")
}

// Unit finds a unit by key.
func (w *World) Unit(key string) (cases.Unit, bool) {
	u, ok := w.Org.Directory().Unit(key)
	return cases.Unit{Key: u.ID, Member: u.Member, Body: "ks", Name: u.Name}, ok
}

// Recipient gives the office and the person.
func (w *World) Recipient(r casetype.Recipient) (cases.Unit, string, bool) {
	u, _ := w.Unit("kansli")
	return u, w.IDs[r.Key], w.IDs[r.Key] != ""
}

// Holds tells whether the person holds the role over the unit.
func (w *World) Holds(person, role, unit string) bool {
	for _, m := range w.Org.Directory().MandatesOf(person, calendar.DateOf(w.Clock.Now())) {
		if m.Role == role && (m.Unit == "" || w.Org.Directory().InSubtree(m.Unit, unit)) {
			return true
		}
	}
	return false
}

// Protected asks the organisation.
func (w *World) Protected(ctx context.Context, person string) (bool, error) {
	p, err := w.Org.Person(ctx, person)
	return p.Protected, err
}

// As is the person with this key as an actor, signed in at level substantial.
func (w *World) As(key string) access.Actor {
	return access.Resolve(w.Org.Directory(), w.IDs[key], calendar.DateOf(w.Clock.Now()), access.Substantial)
}

// New builds the municipality: officers anna and bo of unit gata, kim of unit kansli, nora of the neighbour's unit granne, chef the head of
// gata, registrar reg, auditor rev, data protection officer dso, politician pol, system administrator adm, resident inv, and resident skyddad whose data are protected.
func New(t testing.TB, db *store.DB) *World {
	t.Helper()
	w := &World{DB: db, IDs: map[string]string{}, Lamp: Lamp(t), Index: search.New(db.Engine())}
	w.Log, w.Clock = journaltest.Open(t, db)
	var err error
	if w.Org, err = bodies.Open(t.Context(), db, w.Log, w.Clock, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	from := calendar.NewDate(2026, 1, 1)
	mandate := func(person, role string, place bodies.Place) bodies.Mandate {
		return bodies.Mandate{Person: person, Role: role, Place: place, From: from}
	}
	o := bodies.Organisation{
		Members: []bodies.Member{{ID: "k", Kind: bodies.Municipality, Name: text("Kommunen")}, {ID: "n", Kind: bodies.Sister, Name: text("Grannen")}},
		Bodies:  []bodies.Body{{ID: "ks", Member: "k", Code: "KS", Kind: bodies.Executive, Name: text("Kommunstyrelsen")}},
		Units: []bodies.Unit{{ID: "gata", Member: "k", Body: "ks", Name: text("Gata")}, {ID: "kansli", Member: "k", Body: "ks", Name: text("Kansli")},
			{ID: "granne", Member: "n", Name: text("Granne")}},
		Roles: access.Roles(),
		Mandates: []bodies.Mandate{
			mandate("anna", access.Officer, bodies.Place{Unit: "gata"}), mandate("bo", access.Officer, bodies.Place{Unit: "gata"}),
			mandate("kim", access.Officer, bodies.Place{Unit: "kansli"}), mandate("chef", access.Head, bodies.Place{Unit: "gata"}),
			mandate("reg", access.Registrar, bodies.Place{Member: "k"}), mandate("rev", access.Auditor, bodies.Place{Member: "k"}),
			mandate("dso", access.DataProtector, bodies.Place{Member: "k"}), mandate("pol", access.Politician, bodies.Place{Body: "ks"}),
			mandate("nora", access.Officer, bodies.Place{Unit: "granne"}), mandate("adm", access.SystemAdmin, bodies.Place{Member: "k"}),
		},
	}
	for _, key := range []string{"anna", "bo", "kim", "chef", "reg", "rev", "dso", "pol", "nora", "adm"} {
		kind := bodies.Staff
		if key == "pol" {
			kind = bodies.Elected
		}
		o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{Key: key, Kind: kind, Name: "Person " + key, Email: key + "@example.se"}})
	}
	number, err := civic.Parse("20000101-2384", calendar.NewDate(2026, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{Key: "inv", Kind: bodies.Resident, Name: "Ines Invånare"}, Number: number},
		bodies.ImportedPerson{Person: bodies.Person{Key: "skyddad", Kind: bodies.Resident, Name: "Sky Skyddad", Protected: true}})
	if _, err := w.Org.PersonByKey(t.Context(), "inv"); err != nil { // a database that is opened again has them
		if _, err := w.Org.Import(t.Context(), bodies.By{Person: journal.System}, o); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range o.Persons {
		found, err := w.Org.PersonByKey(t.Context(), p.Key)
		if err != nil {
			t.Fatal(err)
		}
		w.IDs[p.Key] = found.ID
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	w.Service = cases.New(cases.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: days, Types: w, Organisation: w, Secrets: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef"))})
	return w
}

// Broken are answers that the case type accepts.
func Broken() casetype.Answers {
	return casetype.Answers{"what": {"Lampan är släckt"}, "where.address": {"Storgatan 1"}, "where.lat": {"60.004"}, "where.lon": {"15.793"}, "who.name": {"Ines"}, "who.email": {"ines@example.se"}}
}

// HandIn submits a matter, changed by the functions given.
func (w *World) HandIn(t testing.TB, answers casetype.Answers, change ...func(*cases.Submission)) cases.Accepted {
	t.Helper()
	clean, faults := w.Lamp.Validate(answers)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	in := cases.Submission{Key: uuid.Must(uuid.NewV7()).String(), Type: w.Lamp, Answers: clean, Channel: "web", Lang: i18n.SV}
	for _, c := range change {
		c(&in)
	}
	a, err := w.Submit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Find brings the search index up to what the journal says.
func (w *World) Find(t testing.TB) {
	t.Helper()
	if err := w.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := w.Log.Since(t.Context(), -1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	x := cases.Indexer{Service: w.Service, Index: w.Index}
	if err := w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Handle(ctx, tx, entries) }); err != nil {
		t.Fatal(err)
	}
}
