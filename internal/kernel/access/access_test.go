package access_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var today = calendar.NewDate(2026, 3, 2)

func both(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s} }

// organisation has a town with two branches of units and a neighbour, and one person for each mandate given.
func organisation(mandates ...bodies.Mandate) *bodies.Directory {
	o := bodies.Organisation{
		Members: []bodies.Member{{ID: "town", Kind: bodies.Municipality, Name: both("Town")}, {ID: "next", Kind: bodies.Sister, Name: both("Next")}},
		Bodies: []bodies.Body{
			{ID: "town-ks", Member: "town", Code: "KS", Kind: bodies.Executive, Name: both("KS")},
			{ID: "town-tn", Member: "town", Code: "TN", Kind: bodies.Committee, Name: both("TN")},
			{ID: "next-ks", Member: "next", Code: "KS", Kind: bodies.Executive, Name: both("KS")},
		},
		Units: []bodies.Unit{
			{ID: "works", Member: "town", Body: "town-tn", Name: both("Works")},
			{ID: "streets", Member: "town", Parent: "works", Name: both("Streets")},
			{ID: "lights", Member: "town", Parent: "streets", Name: both("Lights")},
			{ID: "parks", Member: "town", Parent: "works", Name: both("Parks")},
			{ID: "office", Member: "town", Body: "town-ks", Name: both("Office")},
			{ID: "nextoffice", Member: "next", Body: "next-ks", Name: both("Office")},
		},
		Roles:    append(access.Roles(), bodies.Role{Code: "webbredaktor", Name: both("Webbredaktör")}),
		Mandates: mandates,
		Reserved: []bodies.ReservedAction{{Member: "town", Action: string(access.CaseDecide), Body: "KS", Sentence: "S4-KS-1", Text: both("KS"), From: calendar.NewDate(2025, 1, 1)}},
	}
	d, err := o.Directory()
	if err != nil {
		panic(err)
	}
	return d
}

func mandate(person, role string, place bodies.Place) bodies.Mandate {
	return bodies.Mandate{Person: person, Role: role, Place: place, From: calendar.NewDate(2025, 1, 1)}
}

// official is somebody with one mandate, signed in well enough for secrets.
func official(role string, place bodies.Place) access.Actor {
	return access.Resolve(organisation(mandate("me", role, place)), "me", today, access.Substantial)
}

func lamp(edit func(*access.Object)) access.Object {
	o := access.Object{Kind: "case", ID: "1", Member: "town", Body: "town-tn", Unit: "lights", Scope: "felanmalan", Parties: []string{"resident"}}
	if edit != nil {
		edit(&o)
	}
	return o
}

func TestWhoReadsACase(t *testing.T) {
	secret := func(o *access.Object) { o.Secrecy = access.Secret }
	marked := func(o *access.Object) { o.Secrecy = access.Marked }
	mine := func(o *access.Object) { o.Secrecy, o.Assignee = access.Secret, "me" }
	toMe := func(o *access.Object) { o.Secrecy, o.Addressee = access.Secret, "me" }
	protected := func(o *access.Object) { o.Protected = true }
	party := func(o *access.Object) { o.Parties = []string{"me"} }
	unit := func(id string) bodies.Place { return bodies.Place{Unit: id, Member: "town"} }
	town := bodies.Place{Member: "town"}
	for _, c := range []struct {
		name     string
		who      access.Actor
		edit     func(*access.Object)
		allowed  bool
		sentence string
	}{
		{"nobody", access.Actor{}, nil, false, "P-K"},
		{"citizen who is a party", access.Actor{Person: "resident", Citizen: true}, nil, true, "S2-M2-3"},
		{"citizen who is a party, of what is secret", access.Actor{Person: "resident", Citizen: true}, secret, true, "S2-M2-3"},
		{"citizen who is not", access.Actor{Person: "other", Citizen: true}, nil, false, "PR-2"},
		{"a party at work", access.Actor{Person: "resident"}, nil, false, "PR-2"},
		{"role the rules do not know", official("webbredaktor", unit("lights")), nil, false, "PR-2"},
		{"officer of the unit", official(access.Officer, unit("lights")), nil, true, "S2-M2-3"},
		{"officer of the unit above", official(access.Officer, unit("works")), nil, true, "S2-M2-3"},
		{"officer of the unit beside", official(access.Officer, unit("parks")), nil, false, "PR-2"},
		{"officer of a unit, what is marked", official(access.Officer, unit("lights")), marked, true, "S2-M2-3"},
		{"officer of a unit, what is secret", official(access.Officer, unit("lights")), secret, false, "P-K"},
		{"officer of a unit, protected party", official(access.Officer, unit("lights")), protected, false, "P-K"},
		{"officer who has it", official(access.Officer, unit("parks")), mine, true, "S2-M2-3"},
		{"officer who is a party", official(access.Officer, unit("lights")), party, false, "FL 16 §"},
		{"officer of the neighbour", official(access.Officer, bodies.Place{Unit: "nextoffice", Member: "next"}), nil, false, "S4-IT-4"},
		{"head, what is secret", official(access.Head, unit("works")), secret, true, "P-5"},
		{"head, protected party", official(access.Head, unit("works")), protected, true, "P-5"},
		{"politician it is not addressed to", official(access.Politician, bodies.Place{Body: "town-tn", Member: "town"}), nil, false, "PR-2"},
		{"politician it is addressed to", official(access.Politician, bodies.Place{Body: "town-ks", Member: "town"}), toMe, true, "S2-M3-1"},
		{"contact centre", official(access.ContactCentre, town), nil, true, "S2-M2-3"},
		{"contact centre, what is marked", official(access.ContactCentre, town), marked, false, "P-K"},
		{"registrar, what is secret", official(access.Registrar, town), secret, false, "P-K"},
		{"registrar of the neighbour", official(access.Registrar, bodies.Place{Member: "next"}), nil, false, "S4-IT-4"},
		{"auditor, what is secret", official(access.Auditor, bodies.Place{}), secret, true, "P-3"},
		{"auditor of the neighbour", official(access.Auditor, bodies.Place{Member: "next"}), nil, false, "S4-IT-4"},
		{"system administrator", official(access.SystemAdmin, bodies.Place{}), nil, false, "PR-2"},
	} {
		d := access.Check(c.who, access.CaseRead, lamp(c.edit))
		if d.Allowed != c.allowed || d.Sentence != c.sentence {
			t.Errorf("%s: allowed %t by %s (%s), want %t by %s", c.name, d.Allowed, d.Sentence, d.Reason, c.allowed, c.sentence)
		}
		if (d.Err() == nil) != c.allowed || access.IsDenied(d.Err()) == c.allowed {
			t.Errorf("%s: error %v", c.name, d.Err())
		}
	}
}

func TestP_K_WhatIsSecretTakesAStrongSignIn(t *testing.T) {
	head := official(access.Head, bodies.Place{Unit: "works", Member: "town"})
	object := lamp(func(o *access.Object) { o.Secrecy = access.Secret })
	for loa, want := range map[int]bool{0: false, 1: false, 2: true, 3: true} {
		head.LoA = loa
		if d := access.Check(head, access.CaseRead, object); d.Allowed != want || !want && d.Reason != "access.denied.level" {
			t.Errorf("level %d: %+v, want allowed %t", loa, d, want)
		}
	}
}

func TestMandateOfAScopeReachesNoOther(t *testing.T) {
	m := mandate("me", access.Officer, bodies.Place{Unit: "lights", Member: "town"})
	m.Scope = "felanmalan"
	who := access.Resolve(organisation(m), "me", today, access.Substantial)
	if d := access.Check(who, access.CaseRead, lamp(nil)); !d.Allowed || d.Mandate != "mandate-0" {
		t.Errorf("%+v, want allowed by mandate-0", d)
	}
	if d := access.Check(who, access.CaseRead, lamp(func(o *access.Object) { o.Scope = "synpunkt" })); d.Allowed {
		t.Error("a mandate for felanmalan read a synpunkt")
	}
}

func TestMandateThatHasEndedAllowsNothing(t *testing.T) {
	m := mandate("me", access.Officer, bodies.Place{Unit: "lights", Member: "town"})
	m.To = today
	d := organisation(m)
	for on, want := range map[calendar.Date]bool{today: true, today.AddDays(1): false} {
		if got := access.Check(access.Resolve(d, "me", on, 2), access.CaseRead, lamp(nil)).Allowed; got != want {
			t.Errorf("on %s: allowed %t, want %t", on, got, want)
		}
	}
}

// P-3: the auditor has no rule that writes, and PR-2: the administrator none of the business.
func TestTheTable(t *testing.T) {
	rules := access.Rules()
	if len(rules) < 50 {
		t.Fatalf("only %d rules", len(rules))
	}
	roles := map[string]bool{"": true}
	for _, r := range access.Roles() {
		roles[r.Code] = true
		if err := r.Name.Check(); err != nil {
			t.Errorf("role %s: %v", r.Code, err)
		}
	}
	used := map[string]bool{}
	seen := map[string]bool{}
	for _, r := range rules {
		used[r.Role] = true
		key := fmt.Sprint(r.Action, r.Role, r.Relation)
		switch {
		case seen[key]:
			t.Errorf("%+v stands twice", r)
		case !roles[r.Role]:
			t.Errorf("%+v: no such role", r)
		case r.Sentence == "":
			t.Errorf("%+v cites no sentence", r)
		case r.Role == access.Auditor && !r.Action.Reads():
			t.Errorf("P-3: the auditor may %s", r.Action)
		case r.Role == access.DataProtector && !r.Action.Reads():
			t.Errorf("S4-NF-17: the data protection officer may %s", r.Action)
		case r.Role == access.SystemAdmin && r.Action != access.AdminTechnical:
			t.Errorf("PR-2: the technical administrator may %s", r.Action)
		case r.Action == access.AdminTechnical && r.Role != access.SystemAdmin:
			t.Errorf("PR-2: %s may %s", r.Role, r.Action)
		case r.Role == "" && r.Relation != access.Anyone && r.Relation != access.Party:
			t.Errorf("PR-2: %+v gives a permission without a mandate", r)
		}
		seen[key] = true
	}
	for role := range roles {
		if !used[role] {
			t.Errorf("role %s may do nothing", role)
		}
	}
}

// S2-M7-1: one register of several members, each with its own view.
func TestS4_IT_4_NothingLeaksToAnotherMember(t *testing.T) {
	for _, r := range access.Rules() {
		if r.Role == "" {
			continue
		}
		for _, place := range []bodies.Place{{Member: "next"}, {Member: "next", Unit: "nextoffice"}, {Member: "next", Body: "next-ks"}} {
			object := lamp(func(o *access.Object) { o.Assignee, o.Addressee = "me", "me" })
			if d := access.Check(official(r.Role, place), r.Action, object); d.Allowed {
				t.Errorf("%s of %+v may %s in another member", r.Role, place, r.Action)
			}
		}
	}
}

func TestEveryReasonHasATextInBothLanguages(t *testing.T) {
	texts := i18ntest.Complete(t, access.Texts)
	sv := texts.Texts(i18n.SV)
	for _, r := range access.Rules() {
		if _, ok := sv[r.Why()]; !ok {
			t.Errorf("no text %s", r.Why())
		}
	}
	for _, reason := range []string{"unknown", "anonymous", "mandate", "technical", "member", "outside", "secret", "level", "party"} {
		if _, ok := sv["access.denied."+reason]; !ok {
			t.Errorf("no text access.denied.%s", reason)
		}
	}
}

// P-5: a head answers for the unit, and so for who works in it.
func TestAppointing(t *testing.T) {
	head := official(access.Head, bodies.Place{Unit: "works", Member: "town"})
	for _, role := range access.Roles() {
		object := access.Object{Kind: "mandate", Member: "town", Body: "town-tn", Unit: "lights"}
		want := role.Code == access.Officer || role.Code == access.ContactCentre
		if got := access.Check(head, access.AppointAction(role.Code), object).Allowed; got != want {
			t.Errorf("a head giving the role %s: %t, want %t", role.Code, got, want)
		}
		secretary := official(access.Secretary, bodies.Place{Body: "town-tn", Member: "town"})
		if got := access.Check(secretary, access.AppointAction(role.Code), object).Allowed; got == want {
			t.Errorf("a secretary giving the role %s: %t, want %t", role.Code, got, !want)
		}
	}
}

func TestPR3_CheckSaysThatADecisionIsNeeded(t *testing.T) {
	head := official(access.Head, bodies.Place{Unit: "works", Member: "town"})
	if d := access.Check(head, access.CaseDecide, lamp(nil)); !d.Allowed || d.Reserved == nil || d.Reserved.Sentence != "S4-KS-1" {
		t.Errorf("%+v, want allowed but reserved by S4-KS-1", d)
	}
	if d := access.Check(head, access.CaseClose, lamp(nil)); !d.Allowed || d.Reserved != nil {
		t.Errorf("%+v, want allowed and free", d)
	}
}

func TestP_S_WhatIsNotOpenIsTraced(t *testing.T) {
	for want, objects := range map[bool][]access.Object{
		false: {{}, {Secrecy: access.Open}},
		true:  {{Secrecy: access.Marked}, {Secrecy: access.Secret}, {Protected: true}},
	} {
		for _, o := range objects {
			if access.RequiresTrace(o) != want {
				t.Errorf("%+v: want %t", o, want)
			}
		}
	}
}

func TestConditionOfNothingSelectsNothing(t *testing.T) {
	if text, args := access.Condition(access.Actor{}, access.CaseRead, columns, 1); text != "1 = 0" || args != nil {
		t.Errorf("%s %v", text, args)
	}
	if units := access.Units(access.Actor{Person: "x"}, access.CaseRead); len(units) != 0 {
		t.Errorf("units %v", units)
	}
}

// A table without a column has no rows that stand in that relation: never an error, never more rows.
func TestConditionLeavesOutWhatTheTableLacks(t *testing.T) {
	who := official(access.Officer, bodies.Place{Unit: "works", Member: "town"})
	text, _ := access.Condition(who, access.CaseRead, access.Columns{Unit: "u", Secrecy: "s"}, 5)
	if !strings.Contains(text, "u IN ($5, $6, $7, $8)") || strings.Contains(text, " = $") {
		t.Error(text)
	}
}

func BenchmarkCheck(b *testing.B) {
	who := official(access.Officer, bodies.Place{Unit: "works", Member: "town"})
	object := lamp(nil)
	for _, action := range []access.Action{access.CaseRead, access.CaseDecide, access.JournalRead} {
		b.Run(string(action), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				access.Check(who, action, object)
			}
		})
	}
}

func BenchmarkCondition(b *testing.B) {
	who := official(access.Officer, bodies.Place{Unit: "works", Member: "town"})
	b.ReportAllocs()
	for b.Loop() {
		access.Condition(who, access.CaseRead, columns, 1)
	}
}

// A rule alone does not carry a reserved action, and a decision alone does not give a mandate.
func TestPR3_AuthoriseAsksForRuleAndDecision(t *testing.T) {
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations}, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		log, clock := journaltest.Open(t, db)
		service, err := bodies.Open(ctx, db, log, clock, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		_, err = service.Import(ctx, bodies.By{}, bodies.Organisation{
			Members: []bodies.Member{{ID: "town", Kind: bodies.Municipality, Name: both("Town")}},
			Bodies: []bodies.Body{
				{ID: "ks", Member: "town", Code: "KS", Kind: bodies.Executive, Name: both("KS")},
				{ID: "tn", Member: "town", Code: "TN", Kind: bodies.Committee, Name: both("TN")},
			},
			Units:    []bodies.Unit{{ID: "lights", Member: "town", Body: "tn", Name: both("Lights")}},
			Roles:    access.Roles(),
			Persons:  []bodies.ImportedPerson{{Person: bodies.Person{Key: "me", Kind: bodies.Staff, Name: "Me"}}},
			Mandates: []bodies.Mandate{mandate("me", access.Head, bodies.Place{Unit: "lights"}), mandate("me", access.Secretary, bodies.Place{Body: "ks"}), mandate("me", access.Secretary, bodies.Place{Body: "tn"})},
			Reserved: []bodies.ReservedAction{{Member: "town", Action: string(access.CaseDecide), Body: "KS", Sentence: "S4-KS-1", Text: both("KS"), From: today.AddDays(-90)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		me, err := service.PersonByKey(ctx, "me")
		if err != nil {
			t.Fatal(err)
		}
		who := access.Resolve(service.Directory(), me.ID, today, access.Substantial)
		decisions := map[string]string{}
		for _, m := range who.Mandates {
			if m.Role != access.Secretary {
				continue
			}
			d, err := service.RegisterDecision(ctx, bodies.By{Person: me.ID, Mandate: m.ID}, bodies.Decision{Body: m.Body, On: today, Paragraph: "§ 1", Text: "Bifall."})
			if err != nil {
				t.Fatal(err)
			}
			decisions[m.Body] = d.ID
		}
		object := access.Object{Kind: "case", ID: "1", Member: "town", Body: "tn", Unit: "lights"}
		if _, err := access.Authorise(ctx, db, who, access.CaseDecide, object, decisions["ks"]); err != nil {
			t.Errorf("with rule and decision: %v", err)
		}
		var reserved *bodies.ReservedError
		for _, decision := range []string{"", decisions["tn"]} {
			if _, err := access.Authorise(ctx, db, who, access.CaseDecide, object, decision); !errors.As(err, &reserved) || reserved.Sentence != "S4-KS-1" || !access.IsDenied(err) {
				t.Errorf("decision %q: %v, want refusal by S4-KS-1", decision, err)
			}
		}
		var denied *access.Denied
		if _, err := access.Authorise(ctx, db, access.Actor{Person: "other"}, access.CaseDecide, object, decisions["ks"]); !errors.As(err, &denied) {
			t.Errorf("with a decision and no mandate: %v", err)
		}
		if _, err := access.Authorise(ctx, db, who, access.CaseClose, object, ""); err != nil {
			t.Errorf("what is not reserved: %v", err)
		}
	})
}
