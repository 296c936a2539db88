package casetype

import (
	"strings"
	"testing"
)

func TestWhatOthersMaySeeAndWhatMayBeOpenedAgainIsChecked(t *testing.T) {
	public := func(d *Definition) { d.PublicReports, d.Registry.Public.Enabled = true, true }
	for _, tt := range []struct {
		name, path, says string
		change           func(*Definition)
	}{
		{"both as they should be", "", "", func(d *Definition) { public(d); d.ReopenDays = 14 }},
		{"no place", "publicReports", "type place", func(d *Definition) {
			public(d)
			d.Form.Steps[1].Questions[0].Type = TypeAddress
			d.Registry.Subject, d.Examples[0].Answers, d.Examples[0].Expect.Subject = tx("Prov"), map[string]Values{}, ""
		}},
		{"presumed secret", "publicReports", "presumed secret", func(d *Definition) {
			public(d)
			d.Secrecy = Secrecy{Default: Presumed, Provisions: []Law{{SFS: "2009:400", Label: "OSL", Chapter: "21", Section: "1"}}}
		}},
		{"not in the public register", "publicReports", "public register", func(d *Definition) { d.PublicReports = true }},
		{"days below nothing", "reopenDays", "0 (not at all)", func(d *Definition) { d.ReopenDays = -1 }},
		{"more than a year", "reopenDays", "366", func(d *Definition) { d.ReopenDays = 367 }},
		{"no way back", "reopenDays", `from "klar"`, func(d *Definition) { d.ReopenDays = 14; d.Transitions = d.Transitions[:2] }},
		{"a way back for some only", "reopenDays", `from "klar"`, func(d *Definition) { d.ReopenDays = 14; d.Transitions[2].Roles = []string{"chef"} }},
		{"a way back with a decision", "reopenDays", `from "klar"`, func(d *Definition) {
			d.ReopenDays = 14
			d.Transitions[2].Requires = []Requirement{NeedDecision}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := sample()
			tt.change(&d)
			_, issues := Compile(d)
			if tt.path == "" {
				if len(issues) > 0 {
					t.Fatal(issues)
				}
				return
			}
			for _, i := range issues {
				if i.Path == tt.path && strings.Contains(i.Message, tt.says) {
					return
				}
			}
			t.Errorf("%v", issues)
		})
	}
}

func TestDiffTellsOfPublicReportsAndReopening(t *testing.T) {
	old, d := sample(), sample()
	d.PublicReports, d.ReopenDays = true, 14
	got := Diff(old, d)
	if len(got) != 2 || got[0].Path != "publicReports" || got[1].Path != "reopenDays" || got[1].New != "14" {
		t.Errorf("%+v", got)
	}
}

// PublicKind is a choice that the file says is public, and nothing that somebody has written.
func TestOnlyAChoiceThatIsPublicIsShownToOthers(t *testing.T) {
	d := sample()
	d.Form.Steps[0].Questions[5].Public = true // free text
	ct, issues := Compile(d)
	if len(issues) > 0 || ct.PublicKind() != nil {
		t.Fatal(issues, ct.PublicKind())
	}
	d.Form.Steps[0].Questions[1].Public = true
	if ct, _ = Compile(d); ct.PublicKind() == nil || ct.PublicKind().Key != "what" || ct.Place().Key != "where" {
		t.Error("the public choice is not found")
	}
}
