package roster

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// rules shows the rules that give new cases to somebody, how often each has decided, and what they would do with the last cases.
func rules(v *visit) error {
	times, err := v.Times(v.Ctx())
	if err != nil {
		return err
	}
	trials, err := v.DryRun(v.Ctx(), v.Who)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.P(v.T("roster.rules.lead"))}
	t := ui.Table{ID: "regler", Caption: v.T("roster.rules"), Columns: []ui.Column{{Title: v.T("roster.rules.rule")}, {Title: v.T("roster.rules.when")}, {Title: v.T("roster.rules.to")}, {Title: v.T("roster.rules.times"), Number: true}}}
	mine := access.Units(v.Who, access.CaseClaim)
	for _, r := range v.Pack().Assignments {
		if slices.ContainsFunc(mine, func(u string) bool { return v.Dir.InSubtree(r.Unit, u) }) {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Title.In(v.Lang())}, {Body: letter(v.when(r))}, {Text: v.target(r)}, {Text: v.L.Number(int64(times[r.Key]))}}})
		}
	}
	if len(t.Rows) == 0 {
		parts = append(parts, ui.Empty{Title: v.T("roster.rules.none"), Text: v.T("roster.rules.none_text")})
	} else {
		parts = append(parts, t, ui.H2(v.T("roster.trial")), ui.P(v.T("roster.trial.lead", "Count", tried)), v.trials(trials))
	}
	return ui.Render(v.W, v.R, http.StatusOK, readPage(ui.Read{Page: v.page(v.T("roster.title"), Path)}, v.tabs(Path), parts))
}

// when says what a rule asks for, a line each.
func (v *visit) when(r pack.AssignRule) string {
	lines := []string{v.T("roster.rules.unit", "Unit", v.Unit(r.Unit))}
	var types []string
	for _, ct := range v.Types.Open(v.Today()) {
		if slices.Contains(r.Types, ct.ID) {
			types = append(types, ct.Title.In(v.Lang()))
		}
	}
	if len(types) > 0 {
		lines = append(lines, v.T("roster.rules.types", "Types", strings.Join(types, ", ")))
	}
	if r.If != "" {
		lines = append(lines, v.T("roster.rules.if", "If", r.If))
	}
	if r.Area != "" {
		lines = append(lines, v.T("roster.rules.area", "Area", r.Area))
	}
	if r.Lang != "" {
		lines = append(lines, v.T("roster.rules.lang."+string(r.Lang)))
	}
	if r.Addressee != "" {
		lines = append(lines, v.T("roster.rules.addressee", "Name", v.byKey(r.Addressee)))
	}
	return strings.Join(lines, "\n")
}

// byKey is the name of an official whom the pack calls key.
func (v *visit) byKey(key string) string {
	for _, p := range v.Dir.Officials() {
		if p.Key == key {
			return p.Name
		}
	}
	return key
}

// target says who a rule gives the case to.
func (v *visit) target(r pack.AssignRule) string {
	switch {
	case r.To.Unit != "":
		return v.Unit(r.To.Unit)
	case r.To.Person != "":
		return v.byKey(r.To.Person)
	}
	role, _ := v.Dir.Role(r.To.Role)
	if r.To.By == pack.ByTurn {
		return v.T("roster.rules.turn", "Role", role.Name.In(v.Lang()))
	}
	return v.T("roster.rules.load", "Role", role.Name.In(v.Lang()))
}

// trials is a table of what the rules would do.
func (v *visit) trials(list []Trial) templ.Component {
	t := ui.Table{ID: "prov", Caption: v.T("roster.trial"), HideCaption: true, Columns: []ui.Column{{Title: v.T("roster.case")}, {Title: v.T("roster.received")}, {Title: v.T("roster.rules.rule")}, {Title: v.T("roster.rules.to")}}}
	for _, one := range list {
		rule, to := v.T("roster.trial.no_rule"), v.T("roster.trial.queue")
		if one.Rule != nil {
			rule = one.Rule.Title.In(v.Lang())
		}
		switch {
		case one.Choice.Unit != "":
			to = v.Unit(one.Choice.Unit)
		case one.Choice.For != "":
			to = v.T("roster.trial.for", "Name", v.Person(one.Choice.Person), "Away", v.Person(one.Choice.For))
		case one.Choice.Person != "":
			to = v.Person(one.Choice.Person)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: one.Case.Number, Href: pathCases + "/" + one.Case.ID}, {Text: calendar.DateOf(one.Case.ReceivedAt).String()}, {Text: rule}, {Text: to}}})
	}
	return t
}

// lines are the lines of a text.
func lines(text string) []string { return strings.Split(text, "\n") }
