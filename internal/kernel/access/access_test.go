package access_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
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
		Roles:    append(access.Roles(), bodies.Role{Code: "systemagare", Name: both("Systemägare")}),
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
		{"role the rules do not know", official("systemagare", unit("lights")), nil, false, "PR-2"},
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

var things = fstest.MapFS{"90001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (run TEXT NOT NULL, id TEXT NOT NULL, member TEXT NOT NULL, body TEXT NOT NULL, unit TEXT, scope TEXT NOT NULL,
	assignee TEXT, addressee TEXT NOT NULL, secrecy BIGINT NOT NULL, protected BIGINT NOT NULL, PRIMARY KEY (run, id)) /*strict*/;
CREATE TABLE thing_party (run TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL) /*strict*/;
`)}}

var columns = access.Columns{
	Member: "t.member", Body: "t.body", Unit: "t.unit", Scope: "t.scope", Assignee: "t.assignee", Addressee: "t.addressee",
	Secrecy: "t.secrecy", Protected: "t.protected",
	Party: func(placeholder string) string {
		return "EXISTS (SELECT 1 FROM thing_party p WHERE p.run = t.run AND p.id = t.id AND p.person = " + placeholder + ")"
	},
}

// The law of the package: a list shows exactly what one may open.
func TestConditionSelectsExactlyWhatCheckAllows(t *testing.T) {
	storetest.Each(t, []fs.FS{things}, func(t *testing.T, db *store.DB) {
		allowed, denied := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			a, d := agree(rt, db)
			allowed, denied = allowed+a, denied+d
		})
		if allowed < 50 || denied < 50 {
			t.Errorf("%d allowed and %d denied: the test asks too little", allowed, denied)
		}
	})
}

func agree(t *rapid.T, db *store.DB) (allowed, denied int) {
	ctx := context.Background()
	dir := randomDirectory(t)
	objects := randomObjects(t, dir)
	run := store.NewID()
	insert(t, db, run, objects)
	for range rapid.IntRange(1, 4).Draw(t, "actors") {
		who := access.Resolve(dir, rapid.SampledFrom(persons).Draw(t, "who"), today, rapid.IntRange(0, 3).Draw(t, "loa"))
		who.Citizen = rapid.IntRange(0, 4).Draw(t, "citizen") == 0
		action := rapid.SampledFrom(access.Rules()).Draw(t, "rule").Action
		condition, args := access.Condition(who, action, columns, 2)
		got, err := store.All(ctx, db, func(r *store.Rows) (string, error) {
			var id string
			err := r.Scan(&id)
			return id, err
		}, `SELECT t.id FROM thing t WHERE t.run = $1 AND `+condition+` ORDER BY t.id`, append([]any{run}, args...)...)
		if err != nil {
			t.Fatalf("%s: %v", condition, err)
		}
		var want []string
		units := access.Units(who, action)
		for _, o := range objects {
			d := access.Check(who, action, o)
			if !d.Allowed {
				denied++
				continue
			}
			allowed++
			want = append(want, o.ID)
			if u, ok := dir.Unit(o.Unit); ok && (d.Relation == access.UnitTree || d.Relation == access.InMember && u.Member == o.Member) && !slices.Contains(units, o.Unit) {
				t.Fatalf("%s by %s in unit %q, which Units leaves out: %v", action, d.Relation, o.Unit, units)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s by %+v:\nCondition %s %v\nselects %v\nCheck allows %v", action, who, condition, args, got, want)
		}
	}
	return allowed, denied
}

var persons = []string{"p1", "p2", "p3", "p4"}

func randomDirectory(t *rapid.T) *bodies.Directory {
	o := bodies.Organisation{Roles: access.Roles()}
	for m := range rapid.IntRange(1, 3).Draw(t, "members") {
		member := fmt.Sprint("m", m)
		o.Members = append(o.Members, bodies.Member{ID: member, Kind: bodies.Municipality, Name: both(member)})
		for b := range 2 {
			id := fmt.Sprint(member, "b", b)
			o.Bodies = append(o.Bodies, bodies.Body{ID: id, Member: member, Code: fmt.Sprint("B", b), Kind: bodies.Committee, Name: both(id)})
		}
		for u := range rapid.IntRange(1, 6).Draw(t, "units") {
			unit := bodies.Unit{ID: fmt.Sprint(member, "u", u), Member: member, Name: both("unit")}
			if parent := rapid.IntRange(-1, u-1).Draw(t, "parent"); parent >= 0 {
				unit.Parent = fmt.Sprint(member, "u", parent)
			}
			o.Units = append(o.Units, unit)
		}
	}
	for range rapid.IntRange(0, 8).Draw(t, "mandates") {
		m := bodies.Mandate{Person: rapid.SampledFrom(persons).Draw(t, "person"), Role: rapid.SampledFrom(o.Roles).Draw(t, "role").Code, From: today.AddDays(rapid.IntRange(-3, 1).Draw(t, "from"))}
		switch rapid.IntRange(0, 5).Draw(t, "place") {
		case 0:
			m.Place = bodies.Place{}
		case 1:
			m.Member = rapid.SampledFrom(o.Members).Draw(t, "member").ID
		case 2:
			m.Body = rapid.SampledFrom(o.Bodies).Draw(t, "body").ID
		default:
			m.Unit = rapid.SampledFrom(o.Units).Draw(t, "unit").ID
		}
		m.Scope = rapid.SampledFrom([]string{"", "", "s1", "s2"}).Draw(t, "scope")
		o.Mandates = append(o.Mandates, m)
	}
	d, err := o.Directory()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func randomObjects(t *rapid.T, dir *bodies.Directory) []access.Object {
	some := func(label string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, label) }
	var members, organs, units []string
	for _, m := range dir.Members() {
		members = append(members, m.ID)
	}
	for _, b := range dir.Bodies("") {
		organs = append(organs, b.ID)
	}
	for _, u := range dir.Units("") {
		units = append(units, u.ID)
	}
	var out []access.Object
	for i := range rapid.IntRange(1, 12).Draw(t, "objects") {
		o := access.Object{
			ID: fmt.Sprintf("%02d", i), Member: some("member", members...), Body: some("body", organs...), Unit: some("unit", units...), Scope: some("scope", "s1", "s2"),
			Assignee: some("assignee", persons...), Addressee: some("addressee", persons...),
			Secrecy: access.Secrecy(rapid.IntRange(0, 2).Draw(t, "secrecy")), Protected: rapid.IntRange(0, 3).Draw(t, "protected") == 0,
		}
		if p := some("party", persons...); p != "" {
			o.Parties = []string{p, "another"}
		}
		out = append(out, o)
	}
	return out
}

func insert(t *rapid.T, db *store.DB, run string, objects []access.Object) {
	err := db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		null := func(s string) any { // columns that may be empty are NULL in some tables
			if s == "" {
				return nil
			}
			return s
		}
		for _, o := range objects {
			_, err := tx.Exec(ctx, `INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, run, o.ID, o.Member, o.Body, null(o.Unit), o.Scope,
				null(o.Assignee), o.Addressee, int(o.Secrecy), store.Bool(o.Protected))
			if err != nil {
				return err
			}
			for _, p := range o.Parties {
				if _, err := tx.Exec(ctx, `INSERT INTO thing_party VALUES ($1, $2, $3)`, run, o.ID, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
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
