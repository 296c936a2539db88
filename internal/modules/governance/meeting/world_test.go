package meeting_test

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"

	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/modules/governance/meeting"
)

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

// today is the day on which the tests begin: noon of 2 March 2026.
var today = calendar.NewDate(2026, 3, 2)

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// town is a small municipality with an executive board, a management group and an IT group. Ordf chairs the board with led1 and led2 in it and
// ers as deputy; sekr and sek2 are the secretaries of all; it is the IT manager and vice their deputy; kc and chef sit in the management group;
// anna and bo in the IT group, where the seat of the information officer is vacant; olle works here and sits nowhere; rev audits; ove works for
// the neighbours.
type town struct {
	*meeting.Service
	db    *store.DB
	log   *journal.Log
	clock *calendar.Fake
	org   *bodies.Service
	board *notice.Service
	vault *documents.Vault
	post  *post
	texts *i18n.Catalogue
	ids   map[string]string
	rules pack.Meetings
}

// post keeps the letters that were written.
type post struct{ letters []meeting.Mail }

func (p *post) Write(_ context.Context, _ *store.Tx, m meeting.Mail) error {
	p.letters = append(p.letters, m)
	return nil
}

// none has no decisions on delegation to announce.
type none struct{}

func (none) Unannounced(context.Context, access.Actor, string) ([]*ruling.Record, error) {
	return nil, nil
}
func (none) Announced(context.Context, *store.Tx, ruling.Announcement) error { return nil }

func each(t *testing.T, fn func(t *testing.T, w *town)) {
	rooms := []fs.FS{journal.Migrations, bodies.Migrations, documents.Migrations, notice.Migrations, meeting.Migrations}
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func rules(t testing.TB) pack.Meetings {
	chair, writer := pack.Holder{Role: "ordforande"}, pack.Holder{Role: bodies.Secretary}
	return pack.Meetings{
		Matters: []pack.MatterKind{{Key: "it", Title: text("IT-ärende"), Actions: []string{"system.reclassify"}, Units: []string{"itavd"},
			Needs: []pack.MatterNeed{{Body: "ks", Letter: access.ITManager, Consult: []string{"lg"}, Sentence: "S4-AC-5", Text: text("IT-chefen bereder IT-ärenden i samråd med ledningsgruppen.")}}}},
		Bodies: []pack.BodyMeetings{
			{Body: "ks", Convenors: []pack.Holder{chair, writer}, Refused: text("Bara ordföranden eller sekreteraren kallar."), Chairs: []pack.Holder{chair},
				Members: []string{access.Politician, "ordforande"}, Deputies: []string{"ersattare"}, Announce: true, Public: true, Calling: 7,
				Planned: []pack.PlannedDay{{Day: calendar.NewDate(2026, 2, 3), Time: "08:30"}, {Day: calendar.NewDate(2026, 4, 14), Time: "08:30", End: "12:00", Place: "Kommunhuset"}}},
			{Body: "lg", Convenors: []pack.Holder{{Role: access.Head, Unit: "kansli"}, writer}, Refused: text("Bara kommunchefen eller sekreteraren kallar."), Members: []string{"ledamot"}, Calling: 3},
			{Body: "itg", Convenors: []pack.Holder{{Role: access.ITManager}, {Role: "stf-itchef"}}, Sentence: "S4-AC-8", Refused: text("Bara IT-chefen eller den som går in för IT-chefen kallar till IT-gruppen."),
				Members: []string{"ledamot"}, Join: true, Calling: 7, Seats: []pack.Seat{
					{Key: "kansli", Title: text("Kansliet"), Unit: "kansli", Sentence: "S4-IG-4"}, {Key: "social", Title: text("Socialförvaltningen"), Unit: "social", Sentence: "S4-IG-4"},
					{Key: "informator", Title: text("Informatören"), Sentence: "S4-IG-4"}, {Key: "it", Title: text("IT-avdelningen"), Unit: "itavd", Role: access.ITManager, Sentence: "S4-IG-4"}}},
		},
		Ideas: []pack.IdeaRoute{{Key: "it", Title: text("IT"), Treats: "itg", Forwards: "lg", Answer: period(t, "P3M"), Sentence: "S4-IG-3"}},
	}
}

func open(t *testing.T, db *store.DB) *town {
	t.Helper()
	w := &town{db: db, ids: map[string]string{}, post: &post{}, rules: rules(t)}
	w.log, w.clock = journaltest.Open(t, db)
	var err error
	if w.org, err = bodies.Open(t.Context(), db, w.log, w.clock, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.org.Import(t.Context(), bodies.By{Person: journal.System}, people()); err != nil {
		t.Fatal(err)
	}
	for _, key := range staff() {
		p, err := w.org.PersonByKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		w.ids[key] = p.ID
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	if w.vault, err = documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.vault.Close() })
	w.board = notice.New(notice.Config{DB: db, Journal: w.log, Vault: w.vault, Organisation: w.org, Rulings: none{}, Clock: w.clock, Days: days})
	w.texts = i18ntest.Complete(t, meeting.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, w.texts)
	w.Service = meeting.New(meeting.Config{
		DB: db, Journal: w.log, Vault: w.vault, Organisation: w.org, Board: w.board, Post: w.post, Clock: w.clock, Days: days,
		Log: slog.New(slog.DiscardHandler), Rules: func() pack.Meetings { return w.rules }, Words: func(l i18n.Lang) *i18n.Localizer { return w.texts.For(l) },
		Town: text("Provköping"), BaseURL: "https://prov.example", Contact: "kansliet", Organizer: "noreply@prov.example", Key: []byte("0123456789abcdef0123456789abcdef"),
	})
	return w
}

func staff() []string {
	return []string{"ordf", "led1", "led2", "ers", "sekr", "sek2", "it", "vice", "kc", "chef", "anna", "bo", "olle", "rev", "sys", "ove"}
}

// people are those of the town.
func people() bodies.Organisation {
	m := func(person, role string, place bodies.Place, scope string) bodies.Mandate {
		return bodies.Mandate{Person: person, Role: role, Place: place, Scope: scope, From: calendar.NewDate(2026, 1, 1)}
	}
	at, in := func(b string) bodies.Place { return bodies.Place{Body: b} }, func(u string) bodies.Place { return bodies.Place{Unit: u} }
	o := bodies.Organisation{
		Members: []bodies.Member{{ID: "k", Kind: bodies.Municipality, Name: text("Kommunen")}, {ID: "g", Kind: bodies.Sister, Name: text("Grannen")}},
		Bodies: []bodies.Body{{ID: "ks", Member: "k", Code: "KS", Kind: bodies.Executive, Name: text("Kommunstyrelsen")},
			{ID: "lg", Member: "k", Code: "LG", Kind: bodies.Management, Name: text("Ledningsgruppen")}, {ID: "itg", Member: "k", Code: "ITG", Kind: bodies.Group, Name: text("IT-gruppen")}},
		Units: []bodies.Unit{{ID: "kansli", Member: "k", Body: "ks", Name: text("Kansliet")}, {ID: "social", Member: "k", Body: "ks", Name: text("Socialförvaltningen")},
			{ID: "bygg", Member: "k", Body: "ks", Name: text("Byggförvaltningen")}, {ID: "itavd", Member: "k", Body: "ks", Name: text("IT-avdelningen")}, {ID: "granne", Member: "g", Name: text("Grannens kansli")}},
		Roles: append(access.Roles(), bodies.Role{Code: "ordforande", Name: text("Ordförande")}, bodies.Role{Code: "ersattare", Name: text("Ersättare")},
			bodies.Role{Code: "ledamot", Name: text("Ledamot")}, bodies.Role{Code: "stf-itchef", Name: text("Ställföreträdande IT-chef")}),
		Mandates: []bodies.Mandate{
			m("ordf", "ordforande", at("ks"), ""), m("ordf", access.Politician, at("ks"), ""), m("led1", access.Politician, at("ks"), ""), m("led2", access.Politician, at("ks"), ""),
			m("ers", "ersattare", at("ks"), ""), m("ers", access.Politician, bodies.Place{Member: "k"}, ""),
			m("sekr", bodies.Secretary, at("ks"), ""), m("sekr", bodies.Secretary, at("lg"), ""), m("sekr", bodies.Secretary, at("itg"), ""), m("sek2", bodies.Secretary, at("ks"), ""), m("sek2", bodies.Secretary, at("lg"), ""),
			m("it", access.ITManager, in("itavd"), ""), m("vice", "stf-itchef", in("itavd"), ""), m("vice", access.Officer, in("itavd"), ""),
			m("kc", access.Head, in("kansli"), ""), m("kc", "ledamot", at("lg"), ""), m("chef", access.Head, in("bygg"), ""), m("chef", "ledamot", at("lg"), ""),
			m("anna", access.Officer, in("kansli"), ""), m("anna", "ledamot", at("itg"), "kansli"), m("bo", access.Officer, in("social"), ""), m("bo", "ledamot", at("itg"), "social"),
			m("olle", access.Officer, in("bygg"), ""), m("ove", access.Officer, in("granne"), ""), m("rev", access.Auditor, bodies.Place{Member: "k"}, ""), m("sys", access.SystemAdmin, bodies.Place{Member: "k"}, ""),
		},
	}
	for _, key := range staff() {
		kind := bodies.Staff
		switch key {
		case "ordf", "led1", "led2", "ers":
			kind = bodies.Elected
		}
		o.Persons = append(o.Persons, bodies.ImportedPerson{Person: bodies.Person{Key: key, Kind: kind, Name: "Person " + key, Email: key + "@prov.example"}})
	}
	return o
}

func (w *town) as(key string) access.Actor {
	return access.Resolve(w.org.Directory(), w.ids[key], calendar.DateOf(w.clock.Now()), access.Substantial)
}

// on moves the clock to noon of a day.
func (w *town) on(d calendar.Date) { w.clock.Set(d.Start().Add(12 * 3600e9)) }

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
