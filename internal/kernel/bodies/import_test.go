package bodies_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

func (s town) imports() int {
	s.t.Helper()
	if s.db.Engine() == store.Postgres {
		if err := s.log.Sequence(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	all, err := s.log.Since(s.t.Context(), -1, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if e.Action == "organisation.imported" {
			n++
		}
	}
	return n
}

func TestImportTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		before := s.Directory()
		again, err := s.Import(t.Context(), bodies.By{Person: journal.System}, organisation())
		if err != nil || !again.Unchanged || len(again.Changed) != 0 {
			t.Errorf("again: %+v, %v", again, err)
		}
		if s.Directory() != before || s.imports() != 1 {
			t.Errorf("the directory was reloaded, or there are %d entries, want 1", s.imports())
		}
	})
}

func TestImportChangesOnlyWhatDiffers(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		o := organisation()
		o.Units[0].Parent = "gata" // park moves below gata
		o.Persons[0].Name = "Anna Ny"
		o.Mandates[3].To = day("2026-06-30") // ended by saying so
		o.Mandates = append(o.Mandates, bodies.Mandate{Person: "dag", Role: "handlaggare", Place: bodies.Place{Unit: "it"}, From: day("2026-01-01")})
		anna := s.person("anna")
		done, err := s.Import(t.Context(), bodies.By{Person: journal.System}, o)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"units": 1, "persons": 1, "mandates": 2}; !maps.Equal(done.Changed, want) {
			t.Errorf("changed %v, want %v", done.Changed, want)
		}
		d := s.Directory()
		if p, _ := d.Person(anna); p.Name != "Anna Ny" {
			t.Errorf("the person is %+v", p)
		}
		if !d.InSubtree("gata", "park") || len(d.MandatesOf(s.person("cia"), day("2026-07-01"))) != 0 || len(d.MandatesOf(s.person("cia"), day("2026-06-30"))) != 1 {
			t.Error("the tree or the mandate is not as the import says")
		}
		if s.imports() != 2 {
			t.Errorf("%d entries in the journal, want 2", s.imports())
		}
	})
}

// A broken organisation never half-loads, and the error says where it is broken.
func TestImportRefusesWhatIsBroken(t *testing.T) {
	decision := bodies.Decision{Key: "kf-79", Body: "lilleby-kf", On: day("2007-10-30"), Paragraph: "§ 79", Text: "IT-säkerhetspolicyn fastställs."}
	faults := map[string]struct {
		edit func(*bodies.Organisation)
		says string
	}{
		"unit in a circle":     {func(o *bodies.Organisation) { o.Units[2].Parent = "park" }, "units[0].parent leads round in a circle"},
		"unit under nothing":   {func(o *bodies.Organisation) { o.Units[0].Parent = "finns-inte" }, "units[0].parent"},
		"unit under another's": {func(o *bodies.Organisation) { o.Units[4].Parent = "kansli" }, "units[4].parent"},
		"body of nobody":       {func(o *bodies.Organisation) { o.Bodies[1].Member = "x" }, "bodies[1].member"},
		"unit changes member":  {func(o *bodies.Organisation) { o.Units[3].Member, o.Units[3].Body = "storby", "storby-ks" }, "units[3].member was"},
		"two of a code":        {func(o *bodies.Organisation) { o.Bodies[1].Code = "KF" }, "codes[1]"},
		"no English name":      {func(o *bodies.Organisation) { delete(o.Units[1].Name, "en") }, "units[1].name"},
		"no such role":         {func(o *bodies.Organisation) { o.Mandates[1].Role = "kung" }, "mandates[1].role"},
		"no such person":       {func(o *bodies.Organisation) { o.Mandates[1].Person = "ingen" }, "mandates[1] sekreterare.person"},
		"no such place":        {func(o *bodies.Organisation) { o.Mandates[3].Unit = "ingen" }, "place is none we know"},
		"two heads": {func(o *bodies.Organisation) {
			o.Mandates = append(o.Mandates, o.Mandates[3])
			o.Mandates[4].Person = "bo"
		}, "role chef is held"},
		"reserved by whim":        {func(o *bodies.Organisation) { o.Reserved[0].Body = "TN" }, "PR-3"},
		"a mandate too wide":      {func(o *bodies.Organisation) { o.Mandates[0].Place = bodies.Place{} }, "member is empty"},
		"a decision that changes": {func(o *bodies.Organisation) { o.Decisions[0].Text = "Något annat." }, "decisions[0] differs"},
	}
	each(t, func(t *testing.T, s town) {
		good := organisation()
		good.Decisions = []bodies.Decision{decision}
		if _, err := s.Import(t.Context(), bodies.By{}, good); err != nil {
			t.Fatal(err)
		}
		before := s.Directory()
		for name, c := range faults {
			bad := organisation()
			bad.Members[0].Name = both("Halvladdad")
			bad.Decisions = []bodies.Decision{decision}
			c.edit(&bad)
			_, err := s.Import(t.Context(), bodies.By{}, bad)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got %v, want %q", name, err, c.says)
			}
			if err := s.Refresh(t.Context()); err != nil || s.Directory() != before {
				t.Fatalf("%s: something of it was loaded (%v)", name, err)
			}
		}
	})
}

func TestResidentsAndNumbersAreNotInTheDirectory(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		id := s.person("resident")
		if _, ok := s.Directory().Person(id); ok {
			t.Error("a resident is in the directory")
		}
		if got := len(s.Directory().Officials()); got != 4 {
			t.Errorf("%d officials, want 4", got)
		}
		number := number()
		if p, err := s.PersonByNumber(t.Context(), number); err != nil || p.ID != id {
			t.Errorf("%+v, %v", p, err)
		}
		if got, err := s.NumberOf(t.Context(), id); err != nil || got != number.String() {
			t.Errorf("number %q, %v", got, err)
		}
		if _, err := s.AddPerson(t.Context(), bodies.By{}, bodies.Person{Kind: bodies.Resident, Name: "En till"}, number); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the same number twice: %v, want ErrConflict", err)
		}
		if _, err := s.OfficialByEmail(t.Context(), "resident@example.se"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a resident found as an official: %v", err)
		}
		if p, err := s.OfficialByEmail(t.Context(), " ANNA@example.se"); err != nil || p.Key != "anna" {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := s.AddPerson(t.Context(), bodies.By{}, bodies.Person{Kind: bodies.Staff, Name: "Anna två", Email: "Anna@Example.se"}, civic.Number{}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the same e-mail twice: %v, want ErrConflict", err)
		}
		added, err := s.AddPerson(t.Context(), bodies.By{}, bodies.Person{Kind: bodies.Staff, Name: "Eva"}, civic.Number{})
		if err != nil {
			t.Fatal(err)
		}
		added.Protected = true
		if err := s.UpdatePerson(t.Context(), bodies.By{}, added); err != nil {
			t.Fatal(err)
		}
		if p, ok := s.Directory().Person(added.ID); !ok || !p.Protected {
			t.Errorf("%+v, %t", p, ok)
		}
		added.ID = store.NewID()
		if err := s.UpdatePerson(t.Context(), bodies.By{}, added); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("updating nobody: %v, want ErrNotFound", err)
		}
	})
}

func TestP_K_AnImportTellsWhoHasBecomeProtected(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		o := organisation()
		for _, want := range []int{1, 0} { // once
			for i := range o.Persons {
				if o.Persons[i].Key == "resident" {
					o.Persons[i].Protected = true
				}
			}
			done, err := s.Import(t.Context(), bodies.By{Person: journal.System}, o)
			if err != nil || len(done.Protected) != want || want == 1 && done.Protected[0] != s.person("resident") {
				t.Errorf("%+v, %v", done, err)
			}
			o.Persons[0].Name += " Ny"
		}
	})
}

func TestAnotherNodeSeesTheChange(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		other, err := bodies.Open(t.Context(), s.db, s.log, s.clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Appoint(t.Context(), bodies.By{}, bodies.Mandate{Person: s.person("bo"), Role: "handlaggare", Place: bodies.Place{Unit: "gata"}, From: day("2026-01-01")})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := other.Directory().Mandate(m.ID); ok {
			t.Fatal("the other node knows before it has looked")
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, ok := other.Directory().Mandate(m.ID); !ok || got != m {
			t.Errorf("the other node knows %+v, want %+v", got, m)
		}
	})
}
