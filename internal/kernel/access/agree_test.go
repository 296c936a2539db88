package access_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

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
