package ruling_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/ui"
)

// visitor is an official at the desk.
func (r *room) visitor(t *testing.T, who string) *office.Visit {
	t.Helper()
	if r.Office == nil {
		t.Skip("the assets are not built")
	}
	ctx := identity.With(i18n.With(t.Context(), localizer(t)), &identity.Principal{PersonID: r.IDs[who], Kind: identity.Staff, LoA: identity.LoASubstantial})
	v, ok := r.Office.Visitor(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/arbete", nil))
	if !ok {
		t.Fatal("nobody is there")
	}
	return v
}

func shown(t *testing.T, v *office.Visit, parts []templ.Component) string {
	t.Helper()
	var out strings.Builder
	for _, p := range parts {
		s, err := ui.String(v.Ctx(), p)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(s)
	}
	return out.String()
}

func TestTheDeskAsksForWhatTheDocumentNeedsAndTellsFaultsAtTheirFields(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.matter(t)
		v := r.visitor(t, "anna")
		view, err := r.View(t.Context(), r.As("anna"), id)
		if err != nil {
			t.Fatal(err)
		}
		typed := url.Values{"avvikande": {"Rut utan kolon"}, "motivering": {"  "}}
		fields, err := r.Ask(v, view, typed, func(f string) string { return map[string]string{"motivering": "Skriv skälen."}[f] })
		if err != nil {
			t.Fatal(err)
		}
		page := shown(t, v, fields)
		for _, want := range []string{"Skriv skälen.", "Rut utan kolon", "FL (2017:900)", "Ines"} {
			if !strings.Contains(page, want) {
				t.Errorf("the form does not say %q:\n%s", want, page)
			}
		}
		faults, err := r.Module.Decide(v, view, cases.On{Case: id}, cases.Ruling{Key: "nej", Text: "Nej."}, typed)
		got := map[string]bool{}
		for _, f := range faults {
			got[f.Field] = true
		}
		if err != nil || !got["motivering"] || !got["grund"] || !got["avvikande"] {
			t.Errorf("%+v, %v", faults, err)
		}
		typed = url.Values{"motivering": {"Därför."}, "grund": {"0"}, "grunder": {"KL 2 kap. 1 §\n"}, "avvikande": {"Rut: Nej till nej"}, "emot": {"0"}}
		if faults, err := r.Module.Decide(v, view, cases.On{Case: id}, cases.Ruling{Key: "nej", Text: "Nej."}, typed); err != nil || len(faults) > 0 {
			t.Fatalf("%+v, %v", faults, err)
		}
		list, err := r.Of(t.Context(), id)
		if err != nil || len(list) != 1 || len(list[0].Words.Grounds) != 2 || list[0].Words.Dissents[0] != (ruling.Dissent{Name: "Rut", Text: "Nej till nej"}) || !list[0].Parties[0].Against {
			t.Fatalf("%+v, %v", list, err)
		}
		if view, err = r.View(t.Context(), r.As("anna"), id); err != nil {
			t.Fatal(err)
		}
		part, err := r.Panel(v, view)
		if err != nil || len(part.Acts) != 2 || !strings.Contains(shown(t, v, part.Side), "alla parter har inte fått beslutet") {
			t.Errorf("%+v, %v", part, err)
		}
		if err := r.LodgeOwn(t.Context(), cases.Citizen{Person: r.IDs["inv"]}, id, list[0].Decision, "Laga den."); err != nil {
			t.Fatal(err)
		}
		if part, err = r.Panel(v, view); err != nil || !strings.Contains(shown(t, v, part.Top), "Beslutet är överklagat") {
			t.Errorf("%v", err)
		}
		// An earlier decision in the case can be changed: appealed, only under 38 §.
		typed.Set("andrar", list[0].Decision)
		typed.Set("regel", "37")
		if faults, err := r.Module.Decide(v, view, cases.On{Case: id}, cases.Ruling{Key: "ja", Text: "Ja."}, typed); err != nil || len(faults) != 1 || faults[0].Field != "andrar" || !strings.Contains(faults[0].Message, "39") {
			t.Errorf("%+v, %v", faults, err)
		}
		typed.Set("regel", "38")
		if faults, err := r.Module.Decide(v, view, cases.On{Case: id}, cases.Ruling{Key: "ja", Text: "Ja."}, typed); err != nil || len(faults) > 0 {
			t.Fatalf("%+v, %v", faults, err)
		}
		if list, _ = r.Of(t.Context(), id); len(list) != 2 || list[0].Changed != list[1].Decision {
			t.Errorf("%+v", list)
		}
		if !strings.Contains(string(r.read(t, list[1].HTML)), "38 § förvaltningslagen") {
			t.Error("the new decision does not say what it changes")
		}
		if err := r.Org.EndMandate(t.Context(), bodies.By{Person: journal.System}, v.Who.Mandates[0].ID, date("2026-03-02")); err != nil {
			t.Fatal(err)
		}
		r.day("2026-03-03")
		faults, err = r.Module.Decide(v, view, cases.On{Case: id}, cases.Ruling{Key: "nej", Text: "Nej."}, url.Values{"motivering": {"x"}, "grund": {"0"}})
		if err != nil || len(faults) != 1 || faults[0].Field != "beslut" || !strings.Contains(faults[0].Message, "gällde till och med 2 mars 2026") {
			t.Errorf("%+v, %v", faults, err)
		}
	})
}

func TestTheCitizenAppealsFromTheCasesPage(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		x := r.decide(t, r.matter(t), "nej")
		who := cases.Citizen{Person: r.IDs["inv"]}
		view, err := r.CitizenView(t.Context(), who, x.Case)
		if err != nil {
			t.Fatal(err)
		}
		act, l := r.Acts()[0], localizer(t)
		if offer, err := act.Offer(t.Context(), l, view); err != nil || offer != "Överklaga beslutet" {
			t.Fatal(offer, err)
		}
		typed := url.Values{"beslut": {x.Decision}, "skal": {"Det är mörkt."}}
		if q, err := act.Ask(t.Context(), l, view, typed); err != nil || len(q.Fields) != 3 {
			t.Error(err)
		}
		if faults, err := act.Do(t.Context(), l, who, view, typed); err != nil || len(faults) != 1 || faults[0].Field != "andring" {
			t.Errorf("FL 43 §: how it is to be changed: %+v, %v", faults, err)
		}
		typed.Set("andring", "Laga lampan.")
		if faults, err := act.Do(t.Context(), l, who, view, typed); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
		if a := r.reload(t, x).Appeals; len(a) != 1 || a[0].Text != "Laga lampan.\n\nDet är mörkt." || a[0].Channel != "web" {
			t.Errorf("%+v", a)
		}
		parts, err := r.Show(t.Context(), l, view)
		if err != nil || !strings.Contains(shown(t, r.visitor(t, "anna"), parts), "Beslutet är överklagat.") {
			t.Error(err)
		}
	})
}
