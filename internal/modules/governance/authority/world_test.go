package authority_test

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/modules/governance/authority"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

// town is a small municipality. The clock stands at noon on 2 March 2026. Sara is secretary of KF and KS, Tove of TN, Cia head of unit teknik,
// Bo works in gata, Rut is auditor, Ingrid IT manager, Skyddad a head whose data are protected.
type town struct {
	*authority.Service
	t     testing.TB
	db    *store.DB
	log   *journal.Log
	org   *bodies.Service
	clock *calendar.Fake
	ids   map[string]string
}

type soft struct{}

func (soft) Soft(sentence string) (bool, bool) {
	return sentence == "S3-10", sentence == "S3-10" || sentence == "S4-KS-3"
}

func organisation() bodies.Organisation {
	from := day("2025-01-01")
	o := bodies.Organisation{
		Members: []bodies.Member{{ID: "lilleby", Kind: bodies.Municipality, Name: text("Lilleby kommun")}, {ID: "storby", Kind: bodies.Sister, Name: text("Storby kommun")}},
		Bodies: []bodies.Body{
			{ID: "kf", Member: "lilleby", Code: "KF", Kind: bodies.Council, Name: text("Kommunfullmäktige")},
			{ID: "ks", Member: "lilleby", Code: "KS", Kind: bodies.Executive, Name: text("Kommunstyrelsen")},
			{ID: "tn", Member: "lilleby", Code: "TN", Kind: bodies.Committee, Name: text("Tekniska nämnden"), From: day("2026-01-01")},
			{ID: "storby-ks", Member: "storby", Code: "KS", Kind: bodies.Executive, Name: text("Kommunstyrelsen i Storby")},
		},
		Units: []bodies.Unit{
			{ID: "kansli", Member: "lilleby", Body: "ks", Name: text("Kansliet")},
			{ID: "teknik", Member: "lilleby", Body: "tn", Name: text("Teknik")},
			{ID: "gata", Member: "lilleby", Parent: "teknik", Name: text("Gata")},
			{ID: "park", Member: "lilleby", Parent: "teknik", Name: text("Park")},
		},
		Roles: access.Roles(),
		Reserved: []bodies.ReservedAction{
			{Member: "lilleby", Action: "system.reclassify", Body: "KS", Sentence: "S4-KS-3", Text: text("Bara kommunstyrelsen bestämmer vilka system som är gemensamma."), From: from},
			{Member: "lilleby", Action: "position.take", Body: "KS", Sentence: "S4-KS-4", Text: text("Bara kommunstyrelsen tar strategisk ställning."), From: from},
			{Member: "lilleby", Action: "it_organisation.change", Body: "KF", Sentence: "S4-KS-6", Text: text("Kommunfullmäktige beslutar."), From: from},
			{Member: "lilleby", Action: bodies.AppointAction(access.SystemOwner), Body: "KS", Delegable: true, Sentence: "S4-KS-9", Text: text("Kommunstyrelsen utser systemägare."), From: from},
			{Member: "lilleby", Action: "investment.decide", Body: bodies.OwnBody, Sentence: "S4-NF-2", Text: text("Bara nämnden beslutar."), From: from},
		},
	}
	give := func(person, role string, p bodies.Place) {
		o.Mandates = append(o.Mandates, bodies.Mandate{Person: person, Role: role, Place: p, From: from})
	}
	for _, key := range []string{"sara", "tove", "cia", "bo", "rut", "ingrid", "skyddad", "adm"} {
		p := bodies.ImportedPerson{Person: bodies.Person{Key: key, Kind: bodies.Staff, Name: strings.ToUpper(key[:1]) + key[1:] + " Test", Email: key + "@example.se", Protected: key == "skyddad"}}
		o.Persons = append(o.Persons, p)
	}
	give("sara", access.Secretary, bodies.Place{Body: "kf"})
	give("sara", access.Secretary, bodies.Place{Body: "ks"})
	give("tove", access.Secretary, bodies.Place{Body: "tn"})
	give("cia", access.Head, bodies.Place{Unit: "teknik"})
	give("bo", access.Officer, bodies.Place{Unit: "gata"})
	give("rut", access.Auditor, bodies.Place{Member: "lilleby"})
	give("ingrid", access.ITManager, bodies.Place{})
	give("skyddad", access.Head, bodies.Place{Unit: "park"})
	give("adm", access.SystemAdmin, bodies.Place{Member: "lilleby"})
	return o
}

func each(t *testing.T, fn func(t *testing.T, s *town)) {
	rooms := []fs.FS{journal.Migrations, bodies.Migrations, documents.Migrations, deviation.Migrations, authority.Migrations}
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB) *town {
	t.Helper()
	log, clock := journaltest.Open(t, db)
	clock.Set(day("2026-03-02").Start().Add(12 * 3600e9))
	org, err := bodies.Open(t.Context(), db, log, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o := organisation()
	if _, err := org.Import(t.Context(), bodies.By{Person: journal.System}, o); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vault.Close() })
	s := &town{t: t, db: db, log: log, org: org, clock: clock, ids: map[string]string{}}
	for _, p := range o.Persons {
		known, err := org.PersonByKey(t.Context(), p.Key)
		if err != nil {
			t.Fatal(err)
		}
		s.ids[p.Key] = known.ID
	}
	s.Service = authority.New(authority.Config{DB: db, Journal: log, Vault: vault, Organisation: org, Deviations: deviation.New(db, log, org, clock, soft{}), Clock: clock})
	return s
}

func (s *town) as(key string) access.Actor {
	return access.Resolve(s.org.Directory(), s.ids[key], calendar.DateOf(s.clock.Now()), 3)
}

// decided registers a decision of a body, by whoever is its secretary.
func (s *town) decided(body, on, paragraph string) bodies.Decision {
	s.t.Helper()
	who := map[string]string{"kf": "sara", "ks": "sara", "tn": "tove"}[body]
	d, err := s.Register(context.Background(), s.as(who), bodies.Decision{Body: body, On: day(on), Paragraph: paragraph, Text: "Beslutas enligt förslaget."}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// entries are what the journal says of something.
func (s *town) entries(kind, id string) []journal.Recorded {
	s.t.Helper()
	if err := s.log.Sequence(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	list, err := s.log.About(context.Background(), journal.Ref{Kind: kind, ID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}
