package cases_test

import (
	"errors"
	"slices"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

const firm = "5560160680"

func TestWhoActsForSomebodySeesWhatTheGroundReachesInListsAndPagesAlike(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		ines, kim, bo, protected := w.IDs["inv"], w.IDs["kim"], w.IDs["bo"], w.IDs["skyddad"]
		as := func(kind casetype.ActFor, key, ground string, types ...string) cases.Acting {
			return cases.Acting{Kind: kind, Key: key, Name: "Huvudman", Agent: "Ombud", Ground: ground, Types: types}
		}
		hand := func(person string, a cases.Acting, secret bool) string {
			return w.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person, s.Acting, s.Protected = person, a, secret }).CaseID
		}
		none := cases.Acting{}
		all := map[string]string{
			hand(ines, none, false): "ines' own",
			hand(ines, as(casetype.ForOrganisation, firm, "signatory"), false):      "the firm's",
			hand(protected, as(casetype.ForOrganisation, firm, "signatory"), false): "the firm's by one who is protected",
			hand(ines, as(casetype.ForChild, kim, "guardian"), false):               "the child's",
			hand(ines, as(casetype.ForChild, kim, "guardian"), true):                "the child's secret one",
			hand(kim, none, false): "what the child handed in itself",
			hand(kim, none, true):  "what the child handed in in secret",
			hand(ines, as(casetype.ForPerson, bo, "power"), false): "bo's by power of attorney",
			hand(bo, none, false): "bo's own",
			hand(bo, none, true):  "bo's own secret one",
		}
		for name, c := range map[string]struct {
			who  cases.Citizen
			want []string
		}{
			"oneself":              {cases.Citizen{Person: ines}, []string{"ines' own"}},
			"a signatory":          {cases.Citizen{Person: ines, Acting: as(casetype.ForOrganisation, firm, "signatory")}, []string{"the firm's"}},
			"the other signatory":  {cases.Citizen{Person: bo, Acting: as(casetype.ForOrganisation, firm, "signatory")}, []string{"the firm's"}},
			"one who is protected": {cases.Citizen{Person: protected, Acting: as(casetype.ForOrganisation, firm, "signatory")}, []string{"the firm's", "the firm's by one who is protected"}},
			"another firm":         {cases.Citizen{Person: bo, Acting: as(casetype.ForOrganisation, "5565200028", "signatory")}, nil},
			"a guardian":           {cases.Citizen{Person: ines, Acting: as(casetype.ForChild, kim, "guardian")}, []string{"the child's", "the child's secret one"}},
			"the other guardian":   {cases.Citizen{Person: bo, Acting: as(casetype.ForChild, kim, "guardian")}, []string{"the child's"}},
			"the child":            {cases.Citizen{Person: kim}, []string{"the child's", "the child's secret one", "what the child handed in itself", "what the child handed in in secret"}},
			"by power of attorney": {cases.Citizen{Person: ines, Acting: as(casetype.ForPerson, bo, "power")}, []string{"bo's by power of attorney", "bo's own"}},
			"for other services":   {cases.Citizen{Person: ines, Acting: as(casetype.ForPerson, bo, "power", "bygglov")}, nil},
			"for this service":     {cases.Citizen{Person: ines, Acting: as(casetype.ForPerson, bo, "power", "lampa")}, []string{"bo's by power of attorney", "bo's own"}},
			"nobody":               {cases.Citizen{Acting: as(casetype.ForPerson, bo, "power")}, nil},
		} {
			page, err := w.Mine(t.Context(), c.who, "", 100)
			if err != nil {
				t.Fatal(err)
			}
			var listed []string
			for _, x := range page.Cases {
				listed = append(listed, all[x.ID])
			}
			slices.Sort(listed)
			slices.Sort(c.want)
			if !slices.Equal(listed, c.want) {
				t.Errorf("%s: listed %q, want %q", name, listed, c.want)
			}
			own, err := w.Mine(t.Context(), cases.Citizen{Person: c.who.Person}, "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for id, what := range all {
				_, err := w.CitizenView(t.Context(), c.who, id)
				may := slices.Contains(c.want, what) || slices.ContainsFunc(own.Cases, func(x *cases.Case) bool { return x.ID == id })
				if may != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s opens %s: %v, want allowed %v", name, what, err, may)
				}
			}
		}
	})
}

func TestListsOfACitizenGoOnWhereThePageBeforeEnded(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		who := cases.Citizen{Person: w.IDs["inv"]}
		for range 3 {
			a := w.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person = who.Person })
			for _, text := range []string{"ett", "två"} {
				if _, err := w.Message(t.Context(), w.As("anna"), cases.On{Case: a.CaseID}, text, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person = w.IDs["bo"] })
		seen := map[string]int{}
		for after := ""; ; {
			list, next, err := w.Messages(t.Context(), who, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				seen[m.Case.ID+m.Event.Body]++
			}
			if after = next; after == "" {
				break
			}
		}
		if len(seen) != 6 {
			t.Errorf("%d of 6 messages", len(seen))
		}
		pages, cases := 0, map[string]bool{}
		for after := ""; ; pages++ {
			p, err := w.Mine(t.Context(), who, after, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Cases {
				cases[c.ID] = true
			}
			if after = p.Next; after == "" {
				break
			}
		}
		if len(cases) != 3 || pages != 2 {
			t.Errorf("%d cases on %d pages", len(cases), pages+1)
		}
	})
}
