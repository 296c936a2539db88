package app

import (
	"io"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/store"
)

// indexed is all that the search index holds of a matter: the text to show, and the words to look for.
func (h *house) indexed(t *testing.T, id string) string {
	t.Helper()
	var title, body string
	err := h.db.QueryRow(t.Context(), `SELECT t.title, t.body FROM search_text t JOIN search_document d ON d.ord = t.ord WHERE d.id = $1`, id).Scan(&title, &body)
	if err != nil {
		t.Fatalf("%s is not indexed: %v", id, err)
	}
	return title + "\n" + body
}

// actorOf is who a persona of the staff is to the rules.
func (h *house) actorOf(t *testing.T, persona string) access.Actor {
	t.Helper()
	for _, p := range h.pack.Personas {
		if p.Key == persona {
			return access.Resolve(h.bodies.Directory(), h.person(t, p.Person), calendar.DateOf(h.clock.Now()), access.Substantial)
		}
	}
	t.Fatalf("no persona %s", persona)
	return access.Actor{}
}

func partiesOf(ct *casetype.CaseType, clean casetype.Clean) []cases.Party {
	var out []cases.Party
	for _, p := range ct.PartiesOf(clean) {
		out = append(out, cases.Party{Role: string(p.Rule.Role), Name: p.Name, Email: p.Email, Phone: p.Phone})
	}
	return out
}

// bare takes out what people write between digits.
var bare = strings.NewReplacer("-", "", " ", "")

// TestThePersonalNumbersOfEveryServiceAreNotFindable hands in every example of every service, puts what the answers say about people in a
// note too, and searches for each number: nothing is found, nor does it lie in the index.
func TestThePersonalNumbersOfEveryServiceAreNotFindable(t *testing.T) {
	h := newHouse(t, io.Discard)
	clock := h.clock.(*demoClock)
	type matter struct {
		id, name string
		answers  casetype.Answers
		phones   []string
	}
	var list []matter
	numbers := map[string]bool{}
	for _, ct := range h.packs.Latest().CaseTypes {
		if ct.State != casetype.Published {
			continue
		}
		for _, e := range walks(ct) {
			day := e.Today
			if day.IsZero() {
				day = calendar.DateOf(clock.real.Now())
			}
			typ, ok := h.types.Version(ct.ID, ct.Version)
			if !ok || e.Expect.Stop != "" {
				continue
			}
			typ = typ.At(casetype.Moment{Today: day, Acting: e.Acting, SignedIn: e.SignedIn})
			answers := casetype.Answers{}
			for k, v := range e.Answers {
				answers[k] = v
			}
			clean, faults := typ.Validate(answers)
			if len(faults) > 0 {
				t.Fatalf("%s, %s: %v", ct.ID, e.Name, faults)
			}
			in := cases.Submission{Key: store.NewID(), Type: typ, Answers: clean, Channel: "web", Lang: "sv", Parties: partiesOf(typ, clean)}
			a, err := h.cases.Submit(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			m := matter{id: a.CaseID, name: ct.ID + ", " + e.Name, answers: answers}
			for _, values := range clean {
				for _, v := range values {
					if strings.HasPrefix(v, "070174") { // a telephone number of the pack: many could be personal numbers
						m.phones = append(m.phones, v)
						continue
					}
					for _, span := range civic.Find(v, day) {
						numbers[span.Number.String()] = true
					}
				}
			}
			list = append(list, m)
		}
	}
	h.handIn(t, "felanmalan", "r002", casetype.Answers{"kategori": {"gatubelysning"}, "beskrivning": {"Lampan"}, "slackta": {"en"}, "farligt": {"no"},
		"plats.text": {"Vid skolan"}, "anonym": {"no"}, "kontakt.name": {"Sven Lundin"}, "kontakt.phone": {"070-174 06 57"}})
	h.reindex(t)
	if len(numbers) < 20 {
		t.Errorf("only %d personal numbers were handed in", len(numbers))
	}
	for _, m := range list {
		text := h.indexed(t, m.id)
		for _, phone := range m.phones {
			text = strings.ReplaceAll(text, phone, "")
		}
		if left := civic.Find(text, calendar.DateOf(clock.real.Now())); len(left) > 0 {
			t.Errorf("%s: the index holds %d personal numbers", m.name, len(left))
		}
		for name, values := range m.answers { // of organisations too
			if strings.HasSuffix(name, ".number") && strings.Contains(bare.Replace(text), bare.Replace(values[0])) {
				t.Errorf("%s: the index holds %s", m.name, name)
			}
		}
	}
	if found, _, err := h.cases.Search(t.Context(), h.index, h.actorOf(t, "registrator"), "0701740657", "", 10); err != nil || len(found) != 1 {
		t.Errorf("%d found by a telephone number, %v", len(found), err)
	}
	for number := range numbers {
		for _, typed := range []string{number, number[2:], number[:8] + "-" + number[8:]} {
			for _, persona := range []string{"handlaggare", "kontaktcenter", "registrator", "grannkommun"} {
				found, _, err := h.cases.Search(t.Context(), h.index, h.actorOf(t, persona), typed, "", 10)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range found {
					t.Errorf("%s finds %s by %s", persona, f.Case.Number, typed)
				}
			}
		}
	}
}

// TestP_K_TheIndexKnowsNoAddressOfTheProtected is about fardtjanst and ekonomiskt-bistand, in which whoever applies writes where they live.
func TestP_K_TheIndexKnowsNoAddressOfTheProtected(t *testing.T) {
	h := newHouse(t, io.Discard)
	day := calendar.NewDate(2026, 11, 23)
	known := 0
	for _, id := range []string{"fardtjanst", "ekonomiskt-bistand"} {
		i := slices.IndexFunc(h.packs.Latest().CaseTypes, func(ct *casetype.CaseType) bool { return ct.ID == id && ct.State == casetype.Published })
		ct, ok := h.types.Version(id, h.packs.Latest().CaseTypes[i].Version)
		if !ok {
			t.Fatalf("no %s", id)
		}
		ct = ct.At(casetype.Moment{Today: day, SignedIn: true})
		answers := casetype.Answers{}
		for k, v := range walks(ct)[0].Answers {
			answers[k] = v
		}
		clean, _ := ct.Validate(answers)
		in := cases.Submission{Key: store.NewID(), Type: ct, Answers: clean, Channel: "web", Lang: "sv", Protected: true, Parties: partiesOf(ct, clean)}
		a, err := h.cases.Submit(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		h.reindex(t)
		text := h.indexed(t, a.CaseID)
		for name, values := range clean {
			for _, part := range []string{".street", ".postcode", ".town", ".email", ".phone", ".number", ".address"} {
				if strings.HasSuffix(name, part) && part != ".town" { // the town is in the names of units too
					known++
					if strings.Contains(text, values[0]) {
						t.Errorf("%s: the index holds %s", id, name)
					}
				}
			}
		}
	}
	if known < 8 {
		t.Errorf("only %d answers say where somebody is", known)
	}
}
