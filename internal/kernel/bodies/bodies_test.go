package bodies_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"testing"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// town is a municipality to test with; the clock stands at 2026-03-02.
type town struct {
	*bodies.Service
	db    *store.DB
	log   *journal.Log
	clock *calendar.Fake
	t     testing.TB
}

func both(name string) i18n.Text { return i18n.Text{i18n.SV: name, i18n.EN: name} }

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// number is one that Skatteverket reserves for tests.
func number() civic.Number {
	n, err := civic.Parse("198211059954", day("2026-01-01"))
	if err != nil {
		panic(err)
	}
	return n
}

func organisation() bodies.Organisation {
	person := func(key string, kind bodies.PersonKind) bodies.ImportedPerson {
		return bodies.ImportedPerson{Person: bodies.Person{Key: key, Kind: kind, Name: "Person " + key, Email: key + "@example.se"}}
	}
	resident := person("resident", bodies.Resident)
	resident.Number = number()
	from := day("2025-01-01")
	return bodies.Organisation{
		Members: []bodies.Member{
			{ID: "lilleby", Kind: bodies.Municipality, Name: both("Lilleby kommun")},
			{ID: "storby", Kind: bodies.Sister, Name: both("Storby kommun")},
		},
		Bodies: []bodies.Body{
			{ID: "lilleby-kf", Member: "lilleby", Code: "KF", Kind: bodies.Council, Name: both("Kommunfullmäktige")},
			{ID: "lilleby-ks", Member: "lilleby", Code: "KS", Kind: bodies.Executive, Name: both("Kommunstyrelsen")},
			{ID: "lilleby-tn", Member: "lilleby", Code: "TN", Kind: bodies.Committee, Name: both("Tekniska nämnden")},
			{ID: "storby-ks", Member: "storby", Code: "KS", Kind: bodies.Executive, Name: both("Kommunstyrelsen")},
		},
		Units: []bodies.Unit{ // a child before its parent: the order does not matter
			{ID: "park", Member: "lilleby", Parent: "teknik", Name: both("Park")},
			{ID: "gata", Member: "lilleby", Parent: "teknik", Name: both("Gata")},
			{ID: "teknik", Member: "lilleby", Body: "lilleby-tn", Name: both("Teknik")},
			{ID: "kansli", Member: "lilleby", Body: "lilleby-ks", Name: both("Kansli")},
			{ID: "it", Member: "storby", Body: "storby-ks", Name: both("IT")},
		},
		Roles: []bodies.Role{
			{Code: "handlaggare", Name: both("Handläggare")},
			{Code: "itchef", Name: both("IT-chef"), Exclusive: bodies.OneEverywhere, Wide: true},
			{Code: "chef", Name: both("Chef"), Exclusive: bodies.OnePerPlace},
			{Code: "sekreterare", Name: both("Sekreterare")},
			{Code: "systemagare", Name: both("Systemägare")},
		},
		Persons: []bodies.ImportedPerson{person("anna", bodies.Staff), person("bo", bodies.Staff), person("cia", bodies.Staff), person("dag", bodies.Elected), resident},
		Mandates: []bodies.Mandate{
			{Person: "anna", Role: "sekreterare", Place: bodies.Place{Body: "lilleby-kf"}, From: from},
			{Person: "anna", Role: "sekreterare", Place: bodies.Place{Body: "lilleby-ks"}, From: from},
			{Person: "bo", Role: "sekreterare", Place: bodies.Place{Body: "lilleby-tn"}, From: from, To: day("2025-12-31")},
			{Person: "cia", Role: "chef", Place: bodies.Place{Unit: "teknik"}, From: from},
		},
		Reserved: []bodies.ReservedAction{
			{Member: "lilleby", Action: "system.class_changed", Body: "KS", Sentence: "S4-KS-3", Text: both("KS bestämmer vilka system som är gemensamma"), From: from},
			{Member: "lilleby", Action: "mandate.appoint.systemagare", Body: "KS", Delegable: true, Sentence: "S4-KS-9", Text: both("KS utser systemägare"), From: from},
			{Member: "lilleby", Action: "effort.decided", Body: bodies.OwnBody, Sentence: "S4-NF-2", Text: both("Nämnderna beslutar om IT-satsningar"), From: from},
		},
	}
}

func each(t *testing.T, fn func(t *testing.T, s town)) {
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		service, err := bodies.Open(t.Context(), db, log, clock, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := service.Import(t.Context(), bodies.By{Person: journal.System}, organisation()); err != nil {
			t.Fatal(err)
		}
		fn(t, town{service, db, log, clock, t})
	})
}

func (s town) person(key string) string {
	s.t.Helper()
	p, err := s.PersonByKey(context.Background(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

// by acts as a person under their mandate of a role for a body.
func (s town) by(key, role, body string) bodies.By {
	s.t.Helper()
	for _, m := range s.Directory().HistoryOf(s.person(key)) {
		if m.Role == role && m.Body == body {
			return bodies.By{Person: m.Person, Mandate: m.ID}
		}
	}
	s.t.Fatalf("%s has no mandate as %s of %s", key, role, body)
	return bodies.By{}
}

func (s town) decide(body, on string, edit func(*bodies.Decision)) bodies.Decision {
	s.t.Helper()
	d := bodies.Decision{Body: body, On: day(on), Paragraph: "§ " + store.NewID(), Dnr: "KS 2026/1", Text: "Beslutas."}
	if edit != nil {
		edit(&d)
	}
	d, err := s.RegisterDecision(context.Background(), s.by("anna", "sekreterare", body), d)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func wantAs[E error](t testing.TB, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want a %T", err, e)
	}
	return e
}

func TestPR1_DecisionIsRegisteredBySecretaryOfTheBody(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		decision := func(body string) bodies.Decision {
			return bodies.Decision{Body: body, On: day("2026-02-10"), Paragraph: "§ 12", Text: "Systemet är gemensamt."}
		}
		secretary := s.by("anna", "sekreterare", "lilleby-ks")
		for name, c := range map[string]struct {
			by   bodies.By
			body string
		}{
			"nobody":                    {bodies.By{}, "lilleby-ks"},
			"no mandate":                {bodies.By{Person: s.person("anna")}, "lilleby-ks"},
			"another's mandate":         {bodies.By{Person: s.person("bo"), Mandate: secretary.Mandate}, "lilleby-ks"},
			"secretary of another body": {secretary, "lilleby-kf"},
			"same code, another member": {secretary, "storby-ks"},
			"mandate that has ended":    {s.by("bo", "sekreterare", "lilleby-tn"), "lilleby-tn"},
			"a head is not a secretary": {s.by("cia", "chef", ""), "lilleby-ks"},
		} {
			_, err := s.RegisterDecision(t.Context(), c.by, decision(c.body))
			if e := wantAs[*bodies.MandateError](t, err); e.Sentence != "PR-1" {
				t.Errorf("%s: refused by %s, want PR-1", name, e.Sentence)
			}
		}
		d, err := s.RegisterDecision(t.Context(), secretary, decision("lilleby-ks"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Decision(t.Context(), d.ID)
		if err != nil || got.Text != d.Text || got.Mandate != secretary.Mandate || got.RegisteredBy != secretary.Person || got.Imported {
			t.Errorf("got %+v, %v", got, err)
		}
		if _, err := s.RegisterDecision(t.Context(), secretary, decision("lilleby-ks")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the same paragraph twice: %v, want ErrConflict", err)
		}
		tomorrow := decision("lilleby-ks")
		tomorrow.On = day("2026-03-03")
		_, err = s.RegisterDecision(t.Context(), secretary, tomorrow)
		wantAs[*bodies.InvalidError](t, err)
	})
}

// The schema itself holds the law, whoever writes.
func TestPR2_RolesAreEndedNeverEdited(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		m, err := s.Appoint(t.Context(), bodies.By{}, bodies.Mandate{Person: s.person("bo"), Role: "handlaggare", Place: bodies.Place{Unit: "gata"}, From: day("2025-02-01")})
		if err != nil {
			t.Fatal(err)
		}
		d := s.decide("lilleby-ks", "2026-02-10", nil)
		refused := func(statement string, args ...any) {
			t.Helper()
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, statement, args...)
				return err
			})
			if !errors.Is(err, store.ErrRefused) {
				t.Errorf("%s: %v, want ErrRefused", statement, err)
			}
		}
		refused(`UPDATE mandate SET person = $2 WHERE id = $1`, m.ID, s.person("cia"))
		refused(`UPDATE mandate SET role = 'chef' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET unit = 'park' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET scope = 'x' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET valid_from = '2024-01-01' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET valid_to = '2030-01-01' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET ended_on = '2026-01-31', scope = 'x' WHERE id = $1`, m.ID)
		refused(`DELETE FROM mandate WHERE id = $1`, m.ID)
		refused(`UPDATE decision SET text = 'Något annat.' WHERE id = $1`, d.ID)
		refused(`DELETE FROM decision WHERE id = $1`, d.ID)
		refused(`DELETE FROM reserved_action`)
		refused(`UPDATE reserved_action SET body_code = 'TN'`)
		if s.db.Engine() == store.SQLite {
			refused(`INSERT OR REPLACE INTO mandate (id, person, role, unit, scope, valid_from) VALUES ($1, $2, 'chef', 'gata', '', '2020-01-01')`, m.ID, m.Person)
		}

		if err := s.EndMandate(t.Context(), bodies.By{}, m.ID, day("2026-01-31")); err != nil {
			t.Fatal(err)
		}
		refused(`UPDATE mandate SET ended_on = '2026-02-28' WHERE id = $1`, m.ID)
		refused(`UPDATE mandate SET ended_on = NULL WHERE id = $1`, m.ID)
		if err := s.EndMandate(t.Context(), bodies.By{}, m.ID, day("2026-02-28")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("ended twice: %v, want ErrConflict", err)
		}
	})
}

func TestPR2_WhoWasItOnADay(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		dir := s.Directory()
		for on, want := range map[string]int{"2024-12-31": 0, "2025-01-01": 1, "2025-03-01": 1, "2025-12-31": 1, "2026-01-01": 0} {
			got := dir.HoldersOf(bodies.Question{Role: "sekreterare", Place: bodies.Place{Body: "lilleby-tn"}}, day(on))
			if len(got) != want || want == 1 && got[0].Person != s.person("bo") {
				t.Errorf("on %s: %d holders, want %d", on, len(got), want)
			}
		}
		if got := dir.MandatesOf(s.person("anna"), day("2025-03-01")); len(got) != 2 {
			t.Errorf("anna holds %d mandates, want 2", len(got))
		}
		// A mandate without scope answers for every scope.
		for _, scope := range []string{"", "felanmalan"} {
			person := map[string]string{"": "anna", "felanmalan": "bo"}[scope]
			_, err := s.Appoint(t.Context(), bodies.By{}, bodies.Mandate{Person: s.person(person), Role: "handlaggare", Place: bodies.Place{Unit: "park"}, Scope: scope, From: day("2026-01-01")})
			if err != nil {
				t.Fatal(err)
			}
		}
		for scope, want := range map[string]int{"": 2, "felanmalan": 2, "synpunkt": 1} {
			if got := s.Directory().HoldersOf(bodies.Question{Role: "handlaggare", Scope: scope}, day("2026-03-01")); len(got) != want {
				t.Errorf("scope %q: %d holders, want %d", scope, len(got), want)
			}
		}
	})
}

func TestPR3_ReservedActionTakesADecisionOfItsBody(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		ks := s.decide("lilleby-ks", "2026-02-10", nil)
		kf := s.decide("lilleby-kf", "2026-02-11", nil)
		act := bodies.Act{Member: "lilleby", Action: "system.class_changed", On: day("2026-03-02")}
		for _, c := range []struct {
			decision, on string
			want         bodies.ReservedReason
		}{
			{"", "2026-03-02", bodies.NoDecision},
			{store.NewID(), "2026-03-02", bodies.UnknownDecision},
			{kf.ID, "2026-03-02", bodies.WrongBody},
			{ks.ID, "2026-02-09", bodies.NotYetDecided},
		} {
			a := act
			a.Decision, a.On = c.decision, day(c.on)
			e := wantAs[*bodies.ReservedError](t, s.Reserved(t.Context(), a))
			if e.Reason != c.want || e.Sentence != "S4-KS-3" || e.Body != "KS" || e.BodyID != "lilleby-ks" {
				t.Errorf("decision %q: %+v, want reason %s", c.decision, e, c.want)
			}
		}
		act.Decision = ks.ID
		if err := s.Reserved(t.Context(), act); err != nil {
			t.Error(err)
		}
		for _, free := range []bodies.Act{{Member: "storby", Action: act.Action, On: act.On}, {Member: "lilleby", Action: "case.claim", On: act.On}, {Member: "lilleby", Action: act.Action, On: day("2024-12-31")}} {
			if err := s.Reserved(t.Context(), free); err != nil {
				t.Errorf("%+v is not reserved: %v", free, err)
			}
		}
		// S4-NF-2: each nämnd decides of its own.
		own := bodies.Act{Member: "lilleby", Action: "effort.decided", Body: "lilleby-ks", Decision: ks.ID, On: act.On}
		if err := s.Reserved(t.Context(), own); err != nil {
			t.Error(err)
		}
		own.Body = "lilleby-tn"
		if e := wantAs[*bodies.ReservedError](t, s.Reserved(t.Context(), own)); e.Reason != bodies.WrongBody || e.BodyID != "lilleby-tn" {
			t.Errorf("a decision of KS carried what is tekniska nämnden's: %+v", e)
		}
	})
}

func TestPR3_TheTableIsChangedOnlyByDecision(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		ks := s.decide("lilleby-ks", "2026-02-10", nil)
		kf := s.decide("lilleby-kf", "2026-02-11", nil)
		change := func(action, body, decision string) error {
			_, err := s.ChangeReserved(t.Context(), bodies.By{}, bodies.ReservedAction{Member: "lilleby", Action: action, Body: body, Sentence: "S4-KS-3", Text: both("Text"), From: day("2026-03-01"), Decision: decision})
			return err
		}
		for name, err := range map[string]error{
			"no decision":               change("system.class_changed", "TN", ""),
			"KS gives away KS's":        change("system.class_changed", "TN", ks.ID),
			"KS takes a nämnd's":        change("effort.decided", "KS", ks.ID),
			"KF changes a nämnd's rows": change("effort.decided", "TN", kf.ID),
		} {
			var e *bodies.ReservedError
			if !errors.As(err, &e) || e.Sentence != "PR-3" {
				t.Errorf("%s: %v, want refusal by PR-3", name, err)
			}
		}
		if err := change("system.class_changed", "TN", kf.ID); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]string{"2026-02-28": "KS", "2026-03-01": "TN"} {
			if r := s.Directory().ReservedTo("lilleby", "system.class_changed", day(on)); r == nil || r.Body != want {
				t.Errorf("on %s it was reserved to %q, want %s", on, r.Body, want)
			}
		}
		if err := change("effort.decided", "TN", ks.ID); err != nil {
			t.Error(err)
		}
	})
}

// S4-KS-9: the IT manager cannot appoint; a delegation with a last day works, then stops.
func TestS4_KS_9_DelegationWorksUntilItExpires(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		appoint := func(scope, decision string) error {
			_, err := s.Appoint(t.Context(), bodies.By{}, bodies.Mandate{Person: s.person("bo"), Role: "systemagare", Place: bodies.Place{Unit: "kansli"}, Scope: scope, From: day("2026-03-01"), Decision: decision})
			return err
		}
		if e := wantAs[*bodies.ReservedError](t, appoint("system:x", "")); e.Sentence != "S4-KS-9" || e.Reason != bodies.NoDecision {
			t.Errorf("refused by %+v", e)
		}
		grant := s.decide("lilleby-ks", "2026-02-10", func(d *bodies.Decision) {
			d.Delegates = []bodies.Delegation{{Action: "mandate.appoint.systemagare", Role: "chef", Unit: "teknik", From: day("2026-02-11"), To: day("2026-03-31")}}
		})
		delegate := s.by("cia", "chef", "")
		decide := func(by bodies.By, on string) (bodies.Decision, error) {
			return s.RegisterDecision(t.Context(), by, bodies.Decision{Body: "lilleby-ks", On: day(on), Text: "Bo utses.", DelegationOf: grant.ID})
		}
		_, err := decide(s.by("anna", "sekreterare", "lilleby-kf"), "2026-03-01")
		wantAs[*bodies.MandateError](t, err)
		_, err = decide(delegate, "2026-02-10") // before the delegation
		wantAs[*bodies.MandateError](t, err)
		d, err := decide(delegate, "2026-03-01")
		if err != nil {
			t.Fatal(err)
		}
		if err := appoint("system:x", d.ID); err != nil {
			t.Errorf("on delegation: %v", err)
		}
		// The delegated decision is good for what was delegated only.
		e := wantAs[*bodies.ReservedError](t, s.Reserved(t.Context(), bodies.Act{Member: "lilleby", Action: "system.class_changed", Decision: d.ID, On: day("2026-03-02")}))
		if e.Reason != bodies.NotDelegable {
			t.Errorf("reason %s, want %s", e.Reason, bodies.NotDelegable)
		}
		s.clock.Set(day("2026-04-01").Start())
		_, err = decide(delegate, "2026-04-01")
		wantAs[*bodies.MandateError](t, err)
	})
}

func TestPR3_OnlyWhatIsOnesOwnAndDelegableIsDelegated(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		for _, c := range []struct{ body, action string }{
			{"lilleby-ks", "system.class_changed"},        // not delegable
			{"lilleby-kf", "mandate.appoint.systemagare"}, // KS's
		} {
			_, err := s.RegisterDecision(t.Context(), s.by("anna", "sekreterare", c.body), bodies.Decision{Body: c.body, On: day("2026-02-10"), Paragraph: "§ 1", Text: "Delegeras.",
				Delegates: []bodies.Delegation{{Action: c.action, Role: "chef", From: day("2026-02-11")}}})
			wantAs[*bodies.ReservedError](t, err)
		}
	})
}

func TestS4_AC_1_OnlyOneActiveITManager(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		appoint := func(person string, place bodies.Place, from, to string) error {
			m := bodies.Mandate{Person: s.person(person), Role: "itchef", Place: place, From: day(from)}
			if to != "" {
				m.To = day(to)
			}
			_, err := s.Appoint(t.Context(), bodies.By{}, m)
			return err
		}
		if err := appoint("anna", bodies.Place{}, "2026-01-01", "2026-06-30"); err != nil {
			t.Fatal(err)
		}
		for _, place := range []bodies.Place{{}, {Unit: "it"}, {Member: "lilleby"}} {
			for _, days := range [][2]string{{"2026-06-30", ""}, {"2025-01-01", "2026-01-01"}, {"2026-02-01", "2026-02-02"}, {"2020-01-01", ""}} {
				if e := wantAs[*bodies.OverlapError](t, appoint("bo", place, days[0], days[1])); e.Sentence != "S4-AC-1" || e.Holder != s.person("anna") {
					t.Errorf("refused by %+v", e)
				}
			}
		}
		if err := appoint("bo", bodies.Place{Unit: "it"}, "2026-07-01", ""); err != nil {
			t.Errorf("the next one from the day after: %v", err)
		}
		for on, want := range map[string]string{"2026-06-30": "anna", "2026-07-01": "bo"} {
			if got := s.Directory().HoldersOf(bodies.Question{Role: "itchef"}, day(on)); len(got) != 1 || got[0].Person != s.person(want) {
				t.Errorf("on %s: %+v, want only %s", on, got, want)
			}
		}
	})
}

// Two at the same moment, as from two nodes: one wins.
func TestS4_AC_1_HoldsForAppointmentsAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		persons := []string{s.person("anna"), s.person("bo"), s.person("cia"), s.person("dag")}
		results := make(chan error)
		for _, p := range persons {
			go func() {
				_, err := s.Appoint(context.Background(), bodies.By{}, bodies.Mandate{Person: p, Role: "itchef", From: day("2026-01-01")})
				results <- err
			}()
		}
		won := 0
		for range persons {
			if err := <-results; err == nil {
				won++
			} else {
				wantAs[*bodies.OverlapError](t, err)
			}
		}
		if won != 1 {
			t.Errorf("%d became IT manager, want 1", won)
		}
	})
}
