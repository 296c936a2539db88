package casetype

import (
	"strings"
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

func TestCompileNamesWhatIsWrongAndWhere(t *testing.T) {
	tests := []struct {
		name, path, says, suggest string
		change                    func(*Definition)
	}{
		{"id", "id", "lower-case", "", func(d *Definition) { d.ID = "Fel ID" }},
		{"version", "version", "1 or higher", "", func(d *Definition) { d.Version = 0 }},
		{"backwards", "validTo", "before", "", func(d *Definition) { d.ValidTo = calendar.NewDate(2020, 1, 1) }},
		{"only digital (S2-M1-2)", "contactWays", "S2-M1-2", "", func(d *Definition) { d.ContactWays = []Way{Web, Email} }},
		{"only one way (S2-M1-2)", "contactWays", "at least two", "", func(d *Definition) { d.ContactWays = []Way{Phone} }},
		{"no law", "legalBasis", "legal basis", "", func(d *Definition) { d.LegalBasis = nil }},
		{"secrecy without provision", "confidentiality.provisions", "provision", "", func(d *Definition) { d.Secrecy.Default = Presumed }},
		{"anonymous with e-id", "auth.anonymous", "anonymous", "", func(d *Definition) { d.Auth.Level = LevelLoA3 }},
		{"no steps", "form.steps", "no steps", "", func(d *Definition) { d.Form.Steps = nil; d.Assignment = nil; d.Registry.Subject = nil }},
		{"empty step", "form.steps[1].questions", "no questions", "", func(d *Definition) { d.Form.Steps[1].Questions = nil; d.Registry.Subject = nil }},
		{"step twice", "form.steps[1].key", "twice", "", func(d *Definition) { d.Form.Steps[1].Key = "vad" }},
		{"question twice", "form.steps[0].questions[5].key", "twice", "", func(d *Definition) { d.Form.Steps[0].Questions[5].Key = "what" }},
		{"question with a reserved name", "form.steps[0].questions[5].key", "expressions need", "", func(d *Definition) { d.Form.Steps[0].Questions[5].Key = "not" }},
		{"condition on a later question", "form.steps[0].questions[2].visibleIf", `"where"`, "", func(d *Definition) { d.Form.Steps[0].Questions[2].VisibleIf = "where" }},
		{"condition with a typing error", "form.steps[0].questions[2].visibleIf", `"waht"`, "what", func(d *Definition) { d.Form.Steps[0].Questions[2].VisibleIf = `waht == "other"` }},
		{"condition that is no yes or no", "form.steps[0].questions[2].visibleIf", "yes or no", "", func(d *Definition) { d.Form.Steps[0].Questions[2].VisibleIf = `what` }},
		{"condition with a function", "form.steps[0].questions[2].visibleIf", "not allowed", "", func(d *Definition) { d.Form.Steps[0].Questions[2].VisibleIf = `all(1..1000000, true)` }},
		{"condition too long", "form.steps[0].questions[2].visibleIf", "longer", "", func(d *Definition) {
			d.Form.Steps[0].Questions[2].VisibleIf = strings.Repeat("not ", 500) + "true"
		}},
		{"choice without options", "form.steps[0].questions[1].options", "need options", "", func(d *Definition) { d.Form.Steps[0].Questions[1].Options = nil }},
		{"options on a text", "form.steps[0].questions[2].options", "only has a meaning", "", func(d *Definition) { d.Form.Steps[0].Questions[2].Options = []Option{{Value: "a"}} }},
		{"option twice", "form.steps[0].questions[1].options[1].value", "twice", "", func(d *Definition) { d.Form.Steps[0].Questions[1].Options[1].Value = "lamp" }},
		{"file without limits", "form.steps[1].questions[2].files", "need files", "", func(d *Definition) { d.Form.Steps[1].Questions[2].Files = nil }},
		{"file of no type", "form.steps[1].questions[2].files.accept[0]", "media type", "", func(d *Definition) {
			d.Form.Steps[1].Questions[2].Files = &FileLimits{Max: 1, MaxMB: 1, Accept: []string{"jpg"}}
		}},
		{"limits crossed", "form.steps[0].questions[2].validate", "longer", "", func(d *Definition) { d.Form.Steps[0].Questions[2].Validate = Limits{MinLength: 30, MaxLength: 2} }},
		{"broken pattern", "form.steps[0].questions[5].validate.pattern", "cannot be read", "", func(d *Definition) { d.Form.Steps[0].Questions[5].Validate.Pattern = "(" }},
		{"limits on a choice", "form.steps[0].questions[1].validate", "only has a meaning", "", func(d *Definition) { d.Form.Steps[0].Questions[1].Validate.MinLength = 1 }},
		{"message without pattern", "form.steps[0].questions[2].validate.message", "never shown", "", func(d *Definition) { d.Form.Steps[0].Questions[2].Validate.Message = tx("x") }},
		{"subject of no question", "registry.subject.sv", "whera", "where", func(d *Definition) { d.Registry.Subject = i18n.Text{i18n.SV: "{whera}"} }},
		{"subject with a person", "registry.subject.sv", "who someone is", "", func(d *Definition) { d.Registry.Subject = i18n.Text{i18n.SV: "{who}"} }},
		{"subject with a file", "registry.subject.sv", "cannot hold", "", func(d *Definition) { d.Registry.Subject = i18n.Text{i18n.SV: "{photo}"} }},
		{"rule to nowhere", "assignment[2]", "either", "", func(d *Definition) { d.Assignment[2].Unit = "" }},
		{"rule to no recipient", "assignment[1].recipient", "where", "", func(d *Definition) { d.Assignment[1].Recipient = "where" }},
		{"rule that hides others", "assignment[0]", "never reached", "", func(d *Definition) { d.Assignment[0].If = "" }},
		{"no statuses", "statuses", "no statuses", "", func(d *Definition) { d.Statuses = nil }},
		{"first status", "statuses[0].content", "received", "", func(d *Definition) { d.Statuses[0].Content = InProgress }},
		{"no final status", "statuses", "ever be closed", "", func(d *Definition) { d.Statuses[2].Final = false; d.Statuses[2].Content = Decided }},
		{"closed but not final", "statuses[2].final", "final", "", func(d *Definition) { d.Statuses[2].Final = false }},
		{"unreachable status", "statuses[3]", "never be reached", "", func(d *Definition) {
			d.Statuses = append(d.Statuses, Status{Key: "vantar", Content: WaitingParty})
			d.Transitions = append(d.Transitions, Move{From: []string{"vantar"}, To: "klar"})
		}},
		{"dead end", "statuses[3]", "no final status", "", func(d *Definition) {
			d.Statuses = append(d.Statuses, Status{Key: "vantar", Content: WaitingParty})
			d.Transitions = append(d.Transitions, Move{From: []string{"pagar"}, To: "vantar"})
		}},
		{"move to no status", "transitions[0].to", "pagr", "pagar", func(d *Definition) { d.Transitions[0].To = "pagr" }},
		{"move twice", "transitions[1].from[0]", "twice", "", func(d *Definition) {
			d.Transitions[1] = Move{From: []string{"inkommen"}, To: "pagar"}
			d.Transitions = append(d.Transitions, Move{From: []string{"pagar"}, To: "klar"})
		}},
		{"decision needed, none there", "transitions[1].requires", "no decisions", "", func(d *Definition) { d.Decisions = nil }},
		{"retention without authority", "results[0].authority", "arkivlagen", "", func(d *Definition) { d.Results[0].Authority = " " }},
		{"discarded, not when", "results[0]", "after", "", func(d *Definition) { d.Results[0].After = calendar.Period{} }},
		{"discarded, counted in business days", "results[0].after", "calendar time", "", func(d *Definition) { d.Results[0].After = period("P5B") }},
		{"discarded, counted from nothing known", "results[0].from", "no start", "", func(d *Definition) { d.Results[0].From = "birth" }},
		{"discarded after something unsaid", "results[0].from", "event", "", func(d *Definition) { d.Results[0].From = FromEvent }},
		{"event of another start", "results[0].event", "only for", "", func(d *Definition) { d.Results[0].Event = tx("när barnet fyllt trettio") }},
		{"document kept after no result", "documents[0].results[0].result", "resultat", "", func(d *Definition) {
			d.Documents[0].Results = []ResultTime{{Result: "resultat", Nomination: Preserve, Authority: "KS § 1"}}
		}},
		{"document kept twice after a result", "documents[0].results[1].result", "twice", "", func(d *Definition) {
			t := ResultTime{Result: d.Results[0].Key, Nomination: Preserve, Authority: "KS § 1"}
			d.Documents[0].Results = []ResultTime{t, t}
		}},
		{"document kept on no ground", "documents[0].results[0].authority", "arkivlagen", "", func(d *Definition) {
			d.Documents[0].Results = []ResultTime{{Result: d.Results[0].Key, Nomination: Preserve}}
		}},
		{"preserved, but for how long", "results[0].after", "no meaning", "", func(d *Definition) { d.Results[0].Nomination = Preserve }},
		{"decision without result", "decisions[0].result", "klar", "klart", func(d *Definition) { d.Decisions[0].Result = "klar" }},
		{"appeal without time", "decisions[0].appeal", "within", "", func(d *Definition) { d.Decisions[0].Appeal.Type = Administrative }},
		{"time without appeal", "decisions[0].appeal.within", "no time", "", func(d *Definition) { d.Decisions[0].Appeal.Within = period("P3W") }},
		{"no deadline", "deadlines", "periods", "", func(d *Definition) { d.Deadlines.Target = calendar.Period{} }},
		{"no example", "examples", "example", "", func(d *Definition) { d.Examples = nil }},
		{"example twice", "examples[1].name", "twice", "", func(d *Definition) { d.Examples = append(d.Examples, d.Examples[0]) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			def := sample()
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

func TestWhatWasPublishedBeforeIsNotHeldToWhatIsAskedToday(t *testing.T) {
	def := sample()
	def.Documents, def.ContactWays, def.Results[0].Authority, def.Form.Steps[0].Key = nil, []Way{Web}, "", "granska"
	if _, issues := Compile(def); len(issues) < 4 {
		t.Error(issues)
	}
	ct, issues := Restore(def)
	if issues != nil {
		t.Fatal(issues)
	}
	if clean, faults := ct.Validate(whole()); faults != nil || ct.Route(clean).Unit != "gata" {
		t.Error(faults)
	}
	def.Form.Steps[0].Questions[2].VisibleIf = "waht"
	if _, issues = Restore(def); len(issues) != 1 {
		t.Error("one that cannot work is restored:", issues)
	}
}

func TestExamplesAreTests(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		change     func(*Example)
	}{
		{"", "", func(*Example) {}},
		{"a fault that was not expected", "option was not expected", func(e *Example) { e.Answers["what"] = Values{"x"}; e.Expect.Subject = "" }},
		{"a fault that did not come", "did not come", func(e *Example) { e.Expect.Errors = []ExpectedError{{"what", ErrOption}} }},
		{"shown, not hidden", "is shown", func(e *Example) { e.Expect.Hidden = []string{"what"} }},
		{"hidden but not there", "no question", func(e *Example) { e.Expect.Hidden = []string{"nope"} }},
		{"another unit", `expected unit "va"`, func(e *Example) { e.Expect.Unit = "va" }},
		{"another recipient", `expected recipient "body:KS"`, func(e *Example) { e.Expect.To = "body:KS"; e.Expect.Unit = "" }},
		{"another subject", "the subject is", func(e *Example) { e.Expect.Subject = "Nej" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := sample()
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

func TestNearestFindsTheWordMeant(t *testing.T) {
	known := []string{"title", "description", "statuses", "KS", "UFN"}
	for word, want := range map[string]string{"titel": "title", "descripton": "description", "status": "statuses", "xyzzy": "", "ks": "KS", "UNF": "UFN", "": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
