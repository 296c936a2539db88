package casetype

import (
	"strings"
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// at gives a question of rich by its place.
func at(d *Definition, step, question int) *Question { return &d.Form.Steps[step].Questions[question] }

func TestCompileNamesWhatIsWrongWithTheNewParts(t *testing.T) {
	for _, tt := range []struct {
		name, path, says, suggest string
		change                    func(*Definition)
	}{
		{"a language is missing", "form.steps[0].questions[1].unit", "en", "", func(d *Definition) { at(d, 0, 1).Unit = i18n.Text{i18n.SV: "m²"} }},
		{"a language is missing far down", "form.steps[0].questions[0].options[0].options[0].help", "sv", "", func(d *Definition) {
			at(d, 0, 0).Options = []Option{{Value: "a", Label: tx("A"), Options: []Option{{Value: "b", Label: tx("B"), Help: i18n.Text{i18n.EN: "x"}}}}}
		}},
		{"step named as a page", "form.steps[0].key", "name of a page", "", func(d *Definition) { d.Form.Steps[0].Key = "granska" }},
		{"question named as a variable", "form.steps[0].questions[2].key", "expressions need", "", func(d *Definition) { at(d, 0, 2).Key = "today" }},
		{"drafts for ever", "form.days", "365", "", func(d *Definition) { d.Form.Days = 1000 }},
		{"requiredIf without optional", "form.steps[0].questions[3].requiredIf", "optional: true", "", func(d *Definition) { at(d, 0, 3).Optional = false }},
		{"leaf twice", "form.steps[0].questions[0].options[1].value", "twice", "", func(d *Definition) { at(d, 0, 0).Options[1].Value = "garage" }},
		{"options below a choice", "form.steps[0].questions[0].options[0].options", "tree", "", func(d *Definition) { at(d, 0, 0).Type = TypeChoice }},
		{"unit of a text", "form.steps[0].questions[2].unit", "number", "", func(d *Definition) { at(d, 0, 2).Unit = tx("st") }},
		{"ask of a text", "form.steps[0].questions[2].ask", "person", "", func(d *Definition) { at(d, 0, 2).Ask = []PersonPart{AskName} }},
		{"lowest that is no number", "form.steps[0].questions[1].validate.min", "decimal", "", func(d *Definition) { at(d, 0, 1).Validate.Min = "ett" }},
		{"lowest above highest", "form.steps[0].questions[1].validate", "more than max", "", func(d *Definition) { at(d, 0, 1).Validate.Min = "501" }},
		{"limits of a yes or no", "form.steps[0].questions[2].validate", "only has a meaning", "", func(d *Definition) { at(d, 0, 2).Validate.Min = "1" }},
		{"too many decimals", "form.steps[0].questions[1].validate.decimals", "0 to 6", "", func(d *Definition) { at(d, 0, 1).Validate.Decimals = 7 }},
		{"decimals of money", "form.steps[0].questions[3].validate.decimals", "money", "", func(d *Definition) { at(d, 0, 3).Validate.Decimals = 2 }},
		{"limit in business days", "form.steps[1].questions[0].validate.min", "business", "", func(d *Definition) { at(d, 1, 0).Validate.Min = "today+P5B" }},
		{"limit that is no day", "form.steps[1].questions[0].validate.max", "not a date", "", func(d *Definition) { at(d, 1, 0).Validate.Max = "idag" }},
		{"first day after the last", "form.steps[1].questions[0].validate", "min is after max", "", func(d *Definition) { at(d, 1, 0).Validate.Min = "today+P2Y" }},
		{"condition without words", "form.steps[1].questions[1].validate.message", "say in message", "", func(d *Definition) { at(d, 1, 1).Validate.Message = nil }},
		{"condition on a later question", "form.steps[1].questions[1].validate.if", `"besok", which comes after`, "", func(d *Definition) { at(d, 1, 1).Validate.If = `besok > start` }},
		{"table without rows", "form.steps[2].questions[0].rows", "need rows", "", func(d *Definition) { at(d, 2, 0).Rows = nil; at(d, 2, 1).Value = "1" }},
		{"more rows than can be", "form.steps[2].questions[0].rows", "1 to 100", "", func(d *Definition) { at(d, 2, 0).Rows.Max = 101 }},
		{"column twice", "form.steps[2].questions[0].rows.columns[1].key", "twice", "", func(d *Definition) { at(d, 2, 0).Rows.Columns[1].Key = "vad" }},
		{"column of a child twice", "form.steps[2].questions[2].rows.columns[0].key", "twice", "", func(d *Definition) { at(d, 2, 2).Rows.Columns[0].Key = "number" }},
		{"column that cannot be", "form.steps[2].questions[0].rows.columns[1].type", "cannot be of type file", "", func(d *Definition) { at(d, 2, 0).Rows.Columns[1].Type = TypeFile }},
		{"column with a rule", "form.steps[2].questions[0].rows.columns[1]", "every row", "", func(d *Definition) { at(d, 2, 0).Rows.Columns[1].VisibleIf = "true" }},
		{"nothing to fill in", "form.steps[2].questions[0].rows.columns", "to fill in", "", func(d *Definition) {
			at(d, 2, 0).Rows.Columns = []Question{{Key: "ett", Type: TypeComputed, Label: tx("Ett"), As: AsNumber, Value: "1"}}
		}},
		{"computed without value", "form.steps[2].questions[1].value", "need value", "", func(d *Definition) { at(d, 2, 1).Value = "" }},
		{"computed of another kind", "form.steps[2].questions[1].value", "must be a number", "", func(d *Definition) { at(d, 2, 1).Value = "slag" }},
		{"prefill that does not fit", "form.steps[3].questions[0].prefill", "children", "", func(d *Definition) { at(d, 3, 0).Prefill = FromChildren }},
		{"the rules go round", "form.steps[0].questions[1].visibleIf", "circle: area → kostnad → area", "", func(d *Definition) { at(d, 0, 1).VisibleIf = `kostnad > 1`; at(d, 0, 3).RequiredIf = "area > 1" }},
		{"a rule on itself", "form.steps[0].questions[1].visibleIf", "circle: area → area", "", func(d *Definition) { at(d, 0, 1).VisibleIf = `area > 1` }},
		{"a step on its own question", "form.steps[1].visibleIf", "circle: step nar → start → step nar", "", func(d *Definition) { d.Form.Steps[1].VisibleIf = `start != ""` }},
		{"a step on a later one", "form.steps[0].visibleIf", "comes after", "", func(d *Definition) { d.Form.Steps[0].VisibleIf = `start != ""` }},
		{"an option that is not there", "form.steps[2].visibleIf", `no option "vila"`, "villa", func(d *Definition) { d.Form.Steps[2].VisibleIf = `slag == "vila"` }},
		{"stop without condition", "form.stops[0].if", "needs a condition", "", func(d *Definition) { d.Form.Stops[0].If = "" }},
		{"stop twice", "form.stops[1].key", "twice", "", func(d *Definition) { d.Form.Stops[1].Key = "riva_fritt" }},
		{"link to two", "form.stops[0].link", "either", "", func(d *Definition) { d.Form.Stops[0].Link.Service = "bygglov" }},
		{"link to a script", "form.stops[0].link.href", "https://", "", func(d *Definition) { d.Form.Stops[0].Link.Href = "javascript:alert(1)" }},
		{"a price in words", "payment.amount", "must be a number", "", func(d *Definition) { d.Payment.Amount = `"hundra"` }},
		{"no price", "payment.amount", "needs an amount", "", func(d *Definition) { d.Payment.Amount = "" }},
		{"party of no question", "parties[0].question", "sokand", "sokande", func(d *Definition) { d.Parties[0].Question = "sokand" }},
		{"party of a table without number", "parties[1].question", `column "number"`, "", func(d *Definition) { at(d, 3, 2).Rows.Columns[1].Key = "nummer" }},
		{"signer without number", "parties[0].signs", "add number", "", func(d *Definition) { d.Parties[0].Signs = true; at(d, 3, 0).Ask = nil; at(d, 3, 4).Value = "false" }},
		{"signer that is a firm", "parties[0].signs", "only a person", "", func(d *Definition) {
			d.Parties[0] = PartyRule{Key: "f", Title: tx("F"), Question: "firma", Signs: true}
		}},
		{"signing without deadline", "sign.deadline", "P14D", "", func(d *Definition) { d.Sign.Deadline = calendar.Period{} }},
		{"signing by nobody", "sign.mode", "no party signs", "", func(d *Definition) { d.Parties[1].Signs = false }},
		{"signers but no signing", "sign.mode", "say how", "", func(d *Definition) { d.Sign = Sign{} }},
		{"deadline of nothing", "sign", "only have a meaning", "", func(d *Definition) { d.Parties[1].Signs = false; d.Sign.Mode = SignNone }},
		{"signing without sign-in", "sign.mode", "loa2", "", func(d *Definition) { d.Auth.Level = LevelEmail }},
		{"window backwards", "window.closes", "before", "", func(d *Definition) {
			d.Window = Window{Opens: calendar.NewDate(2026, 2, 1), Closes: calendar.NewDate(2026, 1, 1), Text: tx("Stängt")}
		}},
		{"half a yearly window", "window.yearly", "both", "", func(d *Definition) { d.Window = Window{Yearly: true, Text: tx("Stängt")} }},
		{"full without words", "window.text", "what to do", "", func(d *Definition) { d.Window = Window{Cap: 100} }},
		{"health without ground", "gdpr.special", "9.2", "", func(d *Definition) { d.GDPR.Categories = []DataKind{DataContact, DataHealth} }},
		{"appeal in too few words", "decisions[0].appeal.text", "too short", "", func(d *Definition) {
			d.Decisions[0].Appeal = Appeal{Type: Administrative, Within: period("P3W"), Text: tx("Överklaga")}
		}},
		{"file of no document type", "documents", `"ritning"`, "", func(d *Definition) {
			*at(d, 0, 2) = Question{Key: "ritning", Type: TypeFile, Label: tx("R"), Files: &FileLimits{Max: 1, MaxMB: 1, Accept: []string{"image/png"}}}
			d.Registry.Subject = tx("Bygge")
		}},
		{"document type of no question", "documents[0].question", `"foto"`, "", func(d *Definition) {
			d.Documents = []DocumentType{{Key: "foto", Title: tx("F"), Direction: "in", Question: "foto", Nomination: Preserve, Authority: "KS § 1"}}
		}},
		{"document type without authority", "documents[0].authority", "arkivlagen", "", func(d *Definition) {
			d.Documents = []DocumentType{{Key: "a", Title: tx("A"), Direction: "in", Question: "*", Nomination: Preserve}}
		}},
		{"document type without time", "documents[0]", "after: P2Y", "", func(d *Definition) {
			d.Documents = []DocumentType{{Key: "a", Title: tx("A"), Direction: "out", Nomination: Discard, Authority: "KS § 1"}}
		}},
		{"document type without retention", "documents[0].nomination", "preserve or discard", "", func(d *Definition) {
			d.Documents = []DocumentType{{Key: "a", Title: tx("A"), Direction: "out", Authority: "KS § 1"}}
		}},
		{"document type that goes nowhere", "documents[0].direction", `"inn"`, "in", func(d *Definition) {
			d.Documents = []DocumentType{{Key: "a", Title: tx("A"), Direction: "inn", Nomination: Preserve, Authority: "KS § 1"}}
		}},
		{"a question no answers lead to", "form.steps[0].questions[1].visibleIf", "never be reached", "", func(d *Definition) { at(d, 0, 1).VisibleIf = `slag == "villa" and slag == "garage"` }},
		{"a step no answers lead to", "form.steps[2]", "never be reached", "", func(d *Definition) { d.Form.Steps[2].VisibleIf = `area > 100 and slag == "riva"` }},
		{"a limit no answers pass", "form.steps[2]", "never be reached", "", func(d *Definition) { d.Form.Steps[2].VisibleIf = `area > 500` }},
		{"a question behind a stop", "form.steps[1].questions[2].visibleIf", "or a stop holds", "", func(d *Definition) {
			d.Form.Stops[0].If = `slag == "riva"`
			at(d, 1, 2).VisibleIf = `slag == "riva"`
		}},
		{"acting as one cannot", "form.steps[3].questions[1].visibleIf", "never be reached", "", func(d *Definition) { at(d, 3, 1).VisibleIf = `acting == "child"` }},
		{"a stop that never holds", "form.stops[0].if", "can never hold", "", func(d *Definition) { d.Form.Stops[0].If = `slag == "riva" and area > 1` }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := rich()
			tt.change(&def)
			ct, issues := Compile(def)
			if ct != nil {
				t.Fatal("it compiled")
			}
			for _, issue := range issues {
				if issue.Path == tt.path && strings.Contains(issue.Message, tt.says) && (tt.suggest == "" || issue.Suggest == tt.suggest) {
					return
				}
			}
			t.Errorf("got %+v, want %s: …%s… (did you mean %q)", issues, tt.path, tt.says, tt.suggest)
		})
	}
}

func TestExamplesTellWhatBecomesOfTheAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		change     func(*Example)
	}{
		{"", "", func(*Example) {}},
		{"another price", "the price is 2250.50, expected 2250.51", func(e *Example) { e.Expect.Price = "2250.51" }},
		{"no price", "the price is 2250.50, expected 0", func(e *Example) { e.Expect.Price = "0" }},
		{"another computed value", `totalt is "250.00", expected "1.00"`, func(e *Example) { e.Expect.Computed = map[string]string{"totalt": "1.00"} }},
		{"no such value", `no computed value "nej"`, func(e *Example) { e.Expect.Computed = map[string]string{"nej": "1"} }},
		{"other signers", "those who sign", func(e *Example) { e.Expect.Signers = []string{"Åsa Ek"} }},
		{"other steps", "the steps are", func(e *Example) { e.Expect.Steps = []string{"vad"} }},
		{"another stop", `the stop is "", expected "for_ung"`, func(e *Example) { e.Expect.Stop = "for_ung" }},
		{"a stop that was not expected", `the stop is "for_ung"`, func(e *Example) { e.Answers["sokande.number"] = Values{"20150101-9820"}; e.Expect.Computed = nil }},
		{"one who is stopped answers no further", "", func(e *Example) {
			*e = Example{Name: "riva", Answers: map[string]Values{"slag": {"riva"}}, Expect: Expectation{Stop: "riva_fritt"}}
		}},
		{"another day", "start: min was not expected", func(e *Example) { e.Today = calendar.NewDate(2026, 5, 2) }},
		{"acting for a firm", "firma.name: required was not expected", func(e *Example) {
			e.Acting = ForOrganisation
			e.Answers["firma.number"], e.Answers["firma.email"] = Values{"556036-0793"}, Values{"a@b.se"}
			e.Expect.Hidden = nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := rich()
			tt.change(&def.Examples[0])
			ct, issues := Compile(def)
			if issues != nil {
				t.Fatal(issues)
			}
			switch issues := ct.Test(); {
			case tt.says == "" && issues != nil:
				t.Error(issues)
			case tt.says != "" && (len(issues) != 1 || !strings.Contains(issues[0].Message, tt.says)):
				t.Errorf("got %v, want …%s…", issues, tt.says)
			}
		})
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("area", "1 234,5", "delar.2.antal", "3")
	f.Add("delar.99999999999.vad", "x", "delar.100.vad", "x")
	f.Add("kostnad", "99999999999999999999:-", "besok.time", "9.3")
	f.Add("sokande.number", "16556036-0793", "fastighet", "A A A A A A A A A A A A 1:")
	ct := compiledRich(f)
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		in := with(villa(), k1, v1, k2, v2)
		clean, faults := ct.Validate(in)
		again, refused := ct.Validate(Answers(clean))
		if len(faults) == 0 && len(refused) > 0 {
			t.Error(refused)
		}
		for name, v := range clean {
			if strings.Join(again[name], "\n") != strings.Join(v, "\n") {
				t.Errorf("%s: %q became %q", name, v, again[name])
			}
		}
		if len(again) != len(clean) {
			t.Error("clean answers came or went")
		}
		ct.Price(clean)
		ct.StopFor(in)
		for _, q := range ct.questions {
			ct.Display(q.Question, clean, i18n.SV)
			ct.Inputs(q.Question, in)
		}
	})
}

// large is a form of sixty questions with rules, and answers to it.
func large() (Definition, Answers) {
	d := rich()
	in := villa()
	for i := range 5 {
		step := Step{Key: "mer" + string(rune('a'+i)), Title: tx("Mer")}
		for j := range 9 {
			key := string(rune('a'+i)) + string(rune('a'+j))
			q := Question{Key: key, Label: tx("Q"), VisibleIf: `area > 10 and slag in ["villa", "garage"]`}
			switch q.Type = []QuestionType{TypeText, TypeNumber, TypeMoney, TypeYesNo, TypeDate, TypePhone, TypeEmail, TypeComputed, TypeProperty}[j]; q.Type {
			case TypeComputed:
				q.As, q.Value = AsMoney, `area * 1.5 + total(delar, "summa")`
			case TypeNumber, TypeMoney:
				in[key] = []string{"12"}
			case TypeYesNo:
				in[key] = []string{"yes"}
			case TypeDate:
				in[key] = []string{"2026-05-01"}
			case TypePhone:
				in[key] = []string{"070-123 45 67"}
			case TypeEmail:
				in[key] = []string{"a@b.se"}
			default:
				in[key] = []string{"Ekbacken 3:12"}
			}
			step.Questions = append(step.Questions, q)
		}
		d.Form.Steps = append(d.Form.Steps, step)
	}
	return d, in
}

// The promise is less than a millisecond for a form of sixty questions.
func BenchmarkValidateSixty(b *testing.B) {
	d, in := large()
	ct, issues := Compile(d)
	if issues != nil {
		b.Fatal(issues)
	}
	if len(ct.questions) < 59 {
		b.Fatal(len(ct.questions))
	}
	ct = ct.At(Moment{Today: calendar.NewDate(2026, 3, 1), SignedIn: true})
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := ct.Validate(in); faults != nil {
			b.Fatal(faults)
		}
	}
}

// 500 case types are to be loaded and checked within a second: two milliseconds each with the reading of the file.
func BenchmarkCompile(b *testing.B) {
	d, _ := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := Compile(d); issues != nil {
			b.Fatal(issues)
		}
	}
}
