package casetype

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestEachFaultIsNamedByFieldAndCode(t *testing.T) {
	ct := compiled(t)
	tests := []struct {
		name  string
		in    Answers
		field string
		code  Code
	}{
		{"nothing chosen", with(whole(), "what", " "), "what", ErrRequired},
		{"not an option", with(whole(), "what", "lampa"), "what", ErrOption},
		{"two answers to one question", Answers{"what": {"lamp", "water"}, "where.text": {"x"}, "anonymous": {"yes"}}, "what", ErrTooMany},
		{"too short", with(whole(), "what", "other", "more", "å"), "more", ErrTooShort},
		{"too long in characters", with(whole(), "what", "other", "more", strings.Repeat("å", 21)), "more", ErrTooLong},
		{"absurdly long", with(whole(), "what", "other", "more", strings.Repeat("a", 1<<20)), "more", ErrTooLong},
		{"not the pattern", with(whole(), "pole", "x"), "pole", ErrPattern},
		{"pattern must match whole", with(whole(), "pole", "AB1234 "+"AB1234"), "pole", ErrPattern},
		{"not UTF-8", with(whole(), "pole", "A\xff"), "pole", ErrEncoding},
		{"NUL", with(whole(), "pole", "A\x00B"), "pole", ErrEncoding},
		{"new line in a line", with(whole(), "pole", "A\nB"), "pole", ErrEncoding},
		{"unknown option of many", Answers{"what": {"lamp"}, "extras": {"a", "c"}, "where.text": {"x"}, "anonymous": {"yes"}}, "extras", ErrOption},
		{"no place", Answers{"what": {"lamp"}, "anonymous": {"yes"}}, "where.address", ErrRequired},
		{"half a point", with(whole(), "where.lat", "60"), "where.lon", ErrCoordinates},
		{"a point off the earth", with(whole(), "where.lat", "91", "where.lon", "15"), "where.lat", ErrCoordinates},
		{"not a number", with(whole(), "where.lat", "NaN", "where.lon", "15"), "where.lat", ErrCoordinates},
		{"no such day", with(whole(), "when", "2026-02-29"), "when", ErrDate},
		{"not a file reference", with(whole(), "photo", "../etc/passwd"), "photo", ErrFile},
		{"too many files", Answers{"what": {"lamp"}, "photo": {"a", "b", "c"}, "where.text": {"x"}, "anonymous": {"yes"}}, "photo", ErrTooMany},
		{"neither yes nor no", with(whole(), "anonymous", "maybe", "who.name", "Å", "who.phone", "0223-12345"), "anonymous", ErrOption},
		{"nobody", with(whole(), "anonymous", "no", "who.phone", "0223-12345"), "who.name", ErrRequired},
		{"someone out of reach", with(whole(), "anonymous", "no", "who.name", "Åsa"), "who.email", ErrContact},
		{"e-mail without domain", with(whole(), "mail", "asa@"), "mail", ErrEmail},
		{"e-mail without dot", with(whole(), "mail", "asa@localhost"), "mail", ErrEmail},
		{"e-mail with two @", with(whole(), "mail", "a@b@c.se"), "mail", ErrEmail},
		{"e-mail with space", with(whole(), "mail", "a b@c.se"), "mail", ErrEmail},
		{"e-mail with a header", with(whole(), "mail", "a@c.se\nBcc: x@y.se"), "mail", ErrEncoding},
		{"telephone with letters", with(whole(), "phone", "070-ABC"), "phone", ErrPhone},
		{"telephone too short", with(whole(), "phone", "112"), "phone", ErrPhone},
		{"recipient of no kind", with(whole(), "to", "king:1"), "to", ErrRecipient},
		{"recipient of a kind not asked for", with(whole(), "to", "officer:x"), "to", ErrRecipient},
		{"consent not given", with(whole(), "anonymous", "no", "who.name", "Å", "who.phone", "0223-12345", "mail", "a@b.se"), "ok", ErrRequired},
		{"no such question", with(whole(), "admin", "yes"), "admin", ErrUnknownField},
		{"no such part", with(whole(), "where.zoom", "3"), "where.zoom", ErrUnknownField},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := ct.Validate(tt.in)
			if len(faults) != 1 || faults[0].Field != tt.field || faults[0].Code != tt.code {
				t.Errorf("got %v, want %s: %s", faults, tt.field, tt.code)
			}
		})
	}
}

func TestAnswersAreKeptInTheirOneForm(t *testing.T) {
	ct := compiled(t)
	in := Answers{"what": {"", " other "}, "more": {"  A\u030ange  "}, "extras": {"b", "a", "b"}, "text": {"rad 1\r\nrad 2\r"},
		"where.lat": {"59,9951234"}, "where.lon": {" 15.79"}, "when": {"20261123"}, "photo": {"f1", "f1"}, "anonymous": {"no"},
		"who.name": {"Åsa Ek"}, "who.phone": {"+46 (0)70-123 45 67"}, "to": {"body:KS"}, "mail": {"asa@exempel.se"}, "phone": {"0046 70 1234567"}, "ok": {"yes"}}
	want := Clean{"what": {"other"}, "more": {"Ånge"}, "extras": {"a", "b"}, "text": {"rad 1\nrad 2"},
		"where.lat": {"59.995123"}, "where.lon": {"15.790000"}, "when": {"2026-11-23"}, "photo": {"f1"}, "anonymous": {"no"},
		"who.name": {"Åsa Ek"}, "who.phone": {"+46701234567"}, "to": {"body:KS"}, "mail": {"asa@exempel.se"}, "phone": {"+46701234567"}, "ok": {"yes"}}
	got, faults := ct.Validate(in)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if p, ok := got.Place("where"); !ok || !p.HasPoint || p.Words() != "59.995123, 15.790000" {
		t.Errorf("place %+v", p)
	}
	if who, ok := got.Person("who"); !ok || who.Name != "Åsa Ek" {
		t.Errorf("person %+v", who)
	}
}

func TestHiddenQuestionsAreDroppedWithoutFault(t *testing.T) {
	clean, faults := compiled(t).Validate(with(whole(), "more", "\xff", "who.name", "Åsa", "text", "x"))
	if len(faults) > 0 {
		t.Error(faults)
	}
	if d := cmp.Diff(Clean(whole()), clean); d != "" {
		t.Error(d)
	}
}

func TestAStepIsCheckedAlone(t *testing.T) {
	ct := compiled(t)
	draft, faults := ct.ValidateStep("vad", Answers{"what": {"other"}, "more": {"hål i väg"}})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	merged := ct.WithStep(Answers(draft), "var", Answers{"where.text": {"vid bron"}, "what": {"lamp"}})
	if merged["what"][0] != "other" {
		t.Error("a step changed another step's answer")
	}
	clean, faults := ct.ValidateStep("var", merged)
	if d := cmp.Diff(Clean{"where.text": {"vid bron"}}, clean); d != "" || len(faults) > 0 {
		t.Error(d, faults)
	}
	if _, faults = ct.ValidateStep("du", merged); len(faults) != 1 && faults[0].Field != "anonymous" {
		t.Error(faults)
	}
	if merged = ct.WithStep(merged, "var", Answers{}); merged["where.text"] != nil {
		t.Error("an emptied field keeps its old answer")
	}
}

func TestStepsAndQuestionsShownFollowTheAnswers(t *testing.T) {
	def := sample()
	def.Form.Steps[2].Questions = []Question{{Key: "more2", Type: TypeText, Label: tx("?"), VisibleIf: `what == "lamp" && where`}}
	def.Assignment, def.Examples[0].Answers = nil, map[string]Values{}
	ct, issues := Compile(def)
	if issues != nil {
		t.Fatal(issues)
	}
	if got := len(ct.VisibleSteps(Answers{"what": {"lamp"}})); got != 2 {
		t.Errorf("%d steps without a place, want 2", got)
	}
	if got := len(ct.VisibleSteps(whole())); got != 3 {
		t.Errorf("%d steps with a place, want 3", got)
	}
	if got := len(ct.VisibleQuestions("vad", Answers{"what": {"lamp"}})); got != 4 {
		t.Errorf("%d questions, want intro, what, extras, pole", got)
	}
}

func TestRecipientsAreCheckedAgainstThoseThatExist(t *testing.T) {
	ct := compiled(t)
	bound := ct.WithRecipients([]Option{{Value: "municipality", Label: tx("Kommunen")}, {Value: "body:KS", Label: tx("Kommunstyrelsen")}, {Value: "unit:x", Label: tx("X")}})
	if _, faults := bound.Validate(with(whole(), "to", "body:SN")); len(faults) != 1 || faults[0].Code != ErrRecipient {
		t.Error(faults)
	}
	clean, faults := bound.Validate(with(whole(), "to", "body:KS"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	q := bound.Question("to")
	if got := bound.Display(q, clean, i18n.SV); len(got) != 1 || got[0] != "Kommunstyrelsen" {
		t.Error(got)
	}
	if got := len(bound.Choices(q)); got != 2 {
		t.Errorf("%d choices, want those of the kinds asked for", got)
	}
	if _, faults := ct.Validate(with(whole(), "to", "body:SN")); len(faults) > 0 {
		t.Error("unbound:", faults)
	}
}

func TestRoute(t *testing.T) {
	ct := compiled(t)
	for _, tt := range []struct {
		in   Answers
		want string
	}{
		{whole(), `unit "gata"`},
		{with(whole(), "what", "water", "to", "body:KS"), `unit "va"`},
		{with(whole(), "to", "body:KS"), `recipient "body:KS"`},
		{with(whole(), "to", "politician:anna-ek"), `recipient "politician:anna-ek"`},
		{with(whole(), "to", "municipality"), `unit "gata"`},
	} {
		clean, faults := ct.Validate(tt.in)
		if got := ct.Route(clean).String(); got != tt.want || faults != nil {
			t.Errorf("%v goes to %s, want %s (%v)", tt.in, got, tt.want, faults)
		}
	}
	ct.Assignment, ct.rules = nil, nil
	if got := ct.Route(Clean{}); got.Unit != "kansli" {
		t.Errorf("without rules it goes to %s, want the owner's unit", got)
	}
}

func TestSubjectHoldsTheAnswersInBrief(t *testing.T) {
	ct := compiled(t)
	for _, tt := range []struct {
		in     Clean
		sv, en string
	}{
		{in: Clean(whole()), sv: "Prov: Lampa, Storgatan 1", en: "Test: Lampa (en), Storgatan 1"},
		{in: Clean{"where.lat": {"60.000000"}, "where.lon": {"15.800000"}}, sv: "Prov, 60.000000, 15.800000", en: "Test, 60.000000, 15.800000"},
		{in: Clean{"what": {"lamp"}}, sv: "Prov: Lampa", en: "Test: Lampa (en)"},
		{in: Clean{"what": {"lamp"}, "where.text": {"a\n  b " + strings.Repeat("å", 200)}}, sv: "Prov: Lampa, a b " + strings.Repeat("å", 75) + "…", en: "Test: Lampa (en), a b " + strings.Repeat("å", 75) + "…"},
	} {
		if got := ct.Subject(tt.in, i18n.SV); got != tt.sv {
			t.Errorf("got %q, want %q", got, tt.sv)
		}
		if got := ct.Subject(tt.in, i18n.EN); got != tt.en {
			t.Errorf("got %q, want %q", got, tt.en)
		}
	}
}

func TestUrgentTextsOfChosenOptions(t *testing.T) {
	ct := compiled(t)
	if got := ct.UrgentFor(Answers{"what": {"water"}}); len(got) != 1 || got[0].Phone == "" {
		t.Error(got)
	}
	if got := ct.UrgentFor(whole()); got != nil {
		t.Error(got)
	}
}

func TestMovesFollowTheTransitions(t *testing.T) {
	ct := compiled(t)
	if ct.Move("klar", "inkommen") != nil || ct.Status("okand") != nil || ct.Decision("x") != nil || ct.Result("x") != nil {
		t.Error("found what is not there")
	}
	m := ct.Move(ct.Initial().Key, "klar")
	if m == nil || !m.Needs(NeedDecision) || m.Needs(NeedNote) || m.AllowedFor([]string{"registrator"}) || !m.AllowedFor([]string{"x", "handlaggare"}) {
		t.Errorf("%+v", m)
	}
	if !ct.Move("inkommen", "pagar").AllowedFor(nil) {
		t.Error("a move without roles is for whoever handles the case")
	}
	if got := ct.Next("inkommen"); len(got) != 2 || got[1].Key != "klar" || ct.Decision("atgardat").Result != ct.Result("klart").Key {
		t.Error(got)
	}
}

func TestFaultsHaveWordsInBothLanguages(t *testing.T) {
	catalogue := i18ntest.Complete(t, Texts)
	i18ntest.Strict(t, catalogue)
	for _, code := range Code("").Values() {
		f := FieldError{Code: Code(code), Params: map[string]int{"Min": 3, "Max": 5000, "Length": 6000}, Limit: "1000"}
		if code == string(ErrDecimals) {
			f.Limit = ""
		}
		if sv, en := f.Text(catalogue.For(i18n.SV)), f.Text(catalogue.For(i18n.EN)); sv == en || strings.Contains(sv+en, "{{") {
			t.Errorf("%s: %q, %q", code, sv, en)
		}
	}
	own := FieldError{Code: ErrPattern, Own: tx("Så här")}
	if got := own.Text(catalogue.For(i18n.EN)); got != "Så här (en)" {
		t.Errorf("the file's own words do not win: %q", got)
	}
	if msg := (FieldErrors{{Field: "mail", Code: ErrEmail}}).Error(); !strings.Contains(msg, "mail: email") {
		t.Error(msg)
	}
}

// anyAnswers draws forms of real and invented fields with likely and unlikely values.
func anyAnswers(ct *CaseType) *rapid.Generator[Answers] {
	var names []string
	for _, q := range ct.questions {
		names = append(names, q.Inputs()...)
	}
	value := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.Rune()), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "yes", "no", "lamp", "water", "other", "a", "b", "59.9", "15,7", "-0", "1e400", "2026-11-23", "20261123", "a@b.se",
			"070-123 45 67", "+46 (0)70 1234567", "body:KS", "municipality", "AB1234", "f-1", " x\r\ny ", "Å", "Ḁ̂"}))
	return rapid.Custom(func(t *rapid.T) Answers {
		return rapid.MapOfN(rapid.OneOf(rapid.SampledFrom(names), rapid.String()), rapid.SliceOfN(value, 0, 3), 0, 20).Draw(t, "form")
	})
}

func TestCleanAnswersValidateToThemselves(t *testing.T) {
	ct := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		in := anyAnswers(ct).Draw(t, "in")
		clean, faults := ct.Validate(in)
		again, faultsAgain := ct.Validate(Answers(clean))
		if d := cmp.Diff(clean, again); d != "" {
			t.Fatalf("clean answers changed: %s", d)
		}
		if len(faults) == 0 && len(faultsAgain) > 0 {
			t.Fatalf("accepted answers were refused the second time: %v", faultsAgain)
		}
	})
}

func TestHiddenQuestionsNeverGiveValues(t *testing.T) {
	ct := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		in := anyAnswers(ct).Draw(t, "in")
		clean, faults := ct.Validate(in)
		shown := map[string]bool{}
		for i := range ct.Form.Steps {
			for _, q := range ct.VisibleQuestions(ct.Form.Steps[i].Key, Answers(clean)) {
				for _, name := range q.Inputs() {
					shown[name] = true
				}
			}
		}
		for name := range clean {
			if !shown[name] {
				t.Fatalf("%s has a value but is hidden", name)
			}
		}
		for _, f := range faults {
			if !shown[f.Field] && f.Code != ErrUnknownField {
				t.Fatalf("%s has a fault but is hidden", f.Field)
			}
		}
	})
}

func TestTheStepsTogetherAreTheForm(t *testing.T) {
	ct := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		in := anyAnswers(ct).Draw(t, "in")
		clean, _ := ct.Validate(in)
		sum := Clean{}
		for i := range ct.Form.Steps {
			part, _ := ct.ValidateStep(ct.Form.Steps[i].Key, in)
			for name, v := range part {
				sum[name] = v
			}
		}
		if d := cmp.Diff(clean, sum); d != "" {
			t.Fatal(d)
		}
		ct.Route(clean)
		ct.Subject(clean, i18n.SV)
	})
}

func FuzzValidate(f *testing.F) {
	f.Add("what", "lamp", "where.address", "Storgatan 1")
	f.Add("where.lat", "59,9", "where.lon", "1e309")
	f.Add("who.email", "a@b.se", "who.phone", "+46 (0)70")
	f.Add("when", "20260229", "mail", "å@ö.se")
	ct := compiled(f)
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		in := with(Answers{"anonymous": {"no"}, "what": {"other"}, "extras": {"b"}}, k1, v1, k2, v2)
		clean, _ := ct.Validate(in)
		again, _ := ct.Validate(Answers(clean))
		if d := cmp.Diff(clean, again); d != "" {
			t.Error(d)
		}
	})
}

// The promise is less than 50 microseconds for a form of ten questions; this one has fifteen.
func BenchmarkValidate(b *testing.B) {
	ct := compiled(b)
	in := with(whole(), "anonymous", "no", "who.name", "Åsa Ek", "who.phone", "070-123 45 67", "mail", "asa@exempel.se", "ok", "yes",
		"where.lat", "59.99", "where.lon", "15.79", "photo", "f1", "when", "2026-11-23")
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := ct.Validate(in); faults != nil {
			b.Fatal(faults)
		}
	}
}
