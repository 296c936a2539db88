package ruling

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/ui"
)

// Panel tells on a case's page of its decisions: where each stands, and what is to be done.
func (m *Module) Panel(v *office.Visit, view cases.OfficerView) (desk.Part, error) {
	var part desk.Part
	if len(view.Decisions) == 0 {
		return part, nil
	}
	list, err := m.Of(v.Ctx(), view.Case.ID)
	if err != nil {
		return part, err
	}
	for _, r := range list {
		f := m.finality(list, r)
		facts := []ui.Fact{
			{Name: r.Title, Body: ui.Links{{Text: v.T("ruling.open", "Day", v.L.Date(r.Day)), Href: pathOf(r)}}},
			{Name: v.T("ruling.stands"), Value: standsWords(v, r, f)},
		}
		part.Side = append(part.Side, ui.Summary{Title: v.T("ruling.title"), Narrow: true, Facts: facts})
		for _, a := range r.Appeals {
			if a.State == Lodged || a.State == Accepted {
				part.Top = append(part.Top, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("ruling.appealed"), Text: v.T("ruling.todo." + string(a.State))}, ui.Links{{Text: v.T("ruling.next." + nextOf(r, a)), Href: pathOf(r) + "/overklagande/" + a.ID + "/" + nextOf(r, a)}}))
			}
		}
		if f.Wait == WaitServed && r.Appeal.Type == casetype.Administrative {
			part.Acts = append(part.Acts, ui.Link{Text: v.T("ruling.act.serve", "Title", r.Title), Href: pathOf(r) + "#delgivning"})
		}
		if r.Appeal.Open() && r.Changed == "" && !f.Told {
			part.Acts = append(part.Acts, ui.Link{Text: v.T("ruling.act.lodge", "Title", r.Title), Href: pathOf(r) + "/overklagande"})
		}
	}
	return part, nil
}

// nextOf is the page that takes an appeal further.
func nextOf(r *Record, a Appeal) string {
	switch {
	case a.State == Forwarded || a.State == StateRuled:
		return "utfall"
	case a.State == Accepted || r.Appeal.Type == casetype.Legality:
		return "overlamna"
	}
	return "prova"
}

// standsWords says whether a decision is final, or what it waits for.
func standsWords(v *office.Visit, r *Record, f Finality) string {
	switch f.Wait {
	case WaitNothing:
		if !r.Appeal.Open() {
			return v.T("ruling.stands.none")
		}
		return v.T("ruling.stands.final", "Day", v.L.Date(f.On))
	case WaitPeriod:
		return v.T("ruling.stands.period", "Day", v.L.Date(f.On))
	}
	return v.T("ruling.wait." + string(f.Wait))
}

// show is the page of a decision: what it is, its signature, its parties, its appeals.
func show(v *visit) error {
	r, view, err := v.Record(v.Ctx(), v.Who, v.R.PathValue("decision"))
	if err != nil {
		return err
	}
	list, err := v.Of(v.Ctx(), r.Case)
	if err != nil {
		return err
	}
	p := ui.Case{Page: v.Page(r.Title, "/arbete/inkorg", ui.Link{Text: r.Number, Href: casePath(r.Case)}), Number: r.Number, Back: ui.Link{Text: v.T("ruling.back"), Href: casePath(r.Case)}}
	p.Of = r.Number
	f := v.finality(list, r)
	p.Lead = standsWords(v.Visit, r, f)
	p.Facts = ui.Summary{Title: v.T("ruling.facts"), Narrow: true, Facts: v.facts(r)}
	p.Side = []templ.Component{v.signature(r)}
	p.Actions = []templ.Component{ui.Button{Text: v.T("ruling.read"), Href: pathOf(r) + "/dokument"}, ui.Button{Text: v.T("ruling.save"), Href: pathOf(r) + "/beslut.html", Variant: ui.Secondary}}
	if r.Appeal.Open() && r.Changed == "" {
		p.Actions = append(p.Actions, ui.Button{Text: v.T("ruling.act.lodge_short"), Href: pathOf(r) + "/overklagande", Variant: ui.Secondary})
	}
	parts := []templ.Component{ui.P(r.Words.Text)}
	if r.Words.Reasons != "" {
		parts = append(parts, ui.H2(v.T("ruling.doc.reasons")), v.linked(r.Words.Reasons))
	}
	if len(r.Words.Grounds) > 0 {
		parts = append(parts, ui.H2(v.T("ruling.doc.grounds")))
		for _, g := range r.Words.Grounds {
			parts = append(parts, v.linked(g.Text))
		}
	}
	parts = append(parts, v.partyTable(r, view)...)
	parts = append(parts, v.appeals(r, view)...)
	return ui.Render(v.W, v.R, 200, ui.With(p, parts...))
}

// linked is a text with its citations as links.
func (v *visit) linked(words string) templ.Component {
	if v.Law == nil {
		return ui.P(words)
	}
	return v.Law.Linked(words)
}

func (v *visit) facts(r *Record) []ui.Fact {
	out := []ui.Fact{{Name: v.T("ruling.doc.day"), Value: v.L.Date(r.Day)}, {Name: v.T("ruling.doc.deciders"), Values: r.Words.Deciders}}
	if r.Delegation != "" {
		out = append(out, ui.Fact{Name: v.T("ruling.doc.delegation"), Value: r.Delegation})
	}
	for _, x := range []struct {
		key  string
		list []string
	}{{"rapporteurs", r.Words.Rapporteurs}, {"present", r.Words.Present}} {
		if len(x.list) > 0 {
			out = append(out, ui.Fact{Name: v.T("ruling.doc." + x.key), Values: x.list})
		}
	}
	for _, d := range r.Words.Dissents {
		out = append(out, ui.Fact{Name: v.T("ruling.doc.dissent", "Name", d.Name), Value: d.Text})
	}
	switch {
	case r.Report.Not:
		out = append(out, ui.Fact{Name: v.T("ruling.report"), Value: v.T("ruling.report.withheld")})
	case !r.Report.Meeting.IsZero() && r.Delegation != "":
		out = append(out, ui.Fact{Name: v.T("ruling.report"), Value: v.T("ruling.report.done", "Day", v.L.Date(r.Report.Meeting), "Paragraph", strings.TrimPrefix(r.Report.Paragraph, "§ "))})
	case r.Delegation != "":
		out = append(out, ui.Fact{Name: v.T("ruling.report"), Value: v.T("ruling.report.not_yet")})
	}
	if !r.Report.Announced.IsZero() {
		out = append(out, ui.Fact{Name: v.T("ruling.announced"), Value: v.T("ruling.announced_text", "First", v.L.Date(r.Report.Announced), "Last", v.L.Date(r.Report.Last))})
	}
	return out
}

// signature is what was signed, by whom, and how to check it.
func (v *visit) signature(r *Record) templ.Component {
	role := ""
	if m, ok := v.Dir.Mandate(r.Mandate); ok {
		if x, ok := v.Dir.Role(m.Role); ok {
			role = x.Name.In(v.Lang())
		}
	}
	return ui.Summary{Title: v.T("ruling.signed"), Narrow: true, Facts: []ui.Fact{
		{Name: v.T("ruling.signed.by"), Values: compact(v.Person(r.By), role)}, {Name: v.T("ruling.signed.at"), Value: v.L.DateTime(r.At)},
		{Name: v.T("ruling.signed.mandate"), Value: r.Mandate}, {Name: v.T("ruling.signed.sha"), Value: r.HTML.SHA256}, {Name: v.T("ruling.signed.check"), Value: v.T("ruling.signed.how")},
	}}
}

func (v *visit) partyTable(r *Record, view cases.OfficerView) []templ.Component {
	t := ui.Table{ID: "parter", Caption: v.T("ruling.parties"), Columns: []ui.Column{{Title: v.T("ruling.party_name")}, {Title: v.T("ruling.against")}, {Title: v.T("ruling.sent")}, {Title: v.T("ruling.received")}, {Title: v.T("ruling.last")}}}
	may := view.Right(v.Who, "case.message").Allowed
	for _, p := range r.Parties {
		name := v.T("ruling.party", "N", p.N+1)
		if p.N < len(view.Parties) {
			name = partyName(v.Visit, view.Parties[p.N], p.N)
		}
		row := ui.Row{Cells: []ui.Cell{{Text: name}, {Text: v.T("ruling.no")}, {Text: sentWords(v, p)}, {Text: p.On.String()}, {}}}
		if p.Against {
			row.Cells[1].Text = v.T("ruling.yes")
		}
		if p.On.IsZero() {
			row.Cells[3].Text = v.T("ruling.not_received")
			if may && p.own() {
				row.Cells[0].Href = pathOf(r) + "/delgivning/" + itoa(p.N)
			}
		} else if r.Appeal.Type == casetype.Administrative && p.own() {
			row.Cells[4].Text = v.days.LastDay(p.On, r.Appeal.Within).String()
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []templ.Component{anchor("delgivning", v.T("ruling.service")), ui.P(v.T("ruling.service_lead")), t}
}

func sentWords(v *visit, p Served) string {
	if p.Way == "" {
		return v.T("ruling.not_sent")
	}
	words := v.T("ruling.way." + string(p.Way))
	if !p.Sent.IsZero() && p.Way != WayMine {
		words += ", " + p.Sent.String()
	}
	return words
}

func (v *visit) appeals(r *Record, view cases.OfficerView) []templ.Component {
	if len(r.Appeals) == 0 {
		return nil
	}
	out := []templ.Component{ui.H2(v.T("ruling.appeals"))}
	for _, a := range slices.Backward(r.Appeals) {
		name := a.Name
		if a.Party != NoParty && a.Party < len(view.Parties) {
			name = partyName(v.Visit, view.Parties[a.Party], a.Party)
		}
		facts := []ui.Fact{{Name: v.T("ruling.appeal.by"), Value: name}, {Name: v.T("ruling.appeal.received"), Value: v.L.Date(a.Received)},
			{Name: v.T("ruling.appeal.state"), Value: v.T("ruling.state." + string(a.State))}}
		if a.Refused != "" {
			facts = append(facts, ui.Fact{Name: v.T("ruling.appeal.standing"), Value: v.T("ruling.refusal." + string(a.Refused))})
		}
		if !a.Last.IsZero() {
			facts = append(facts, ui.Fact{Name: v.T("ruling.last"), Value: v.L.Date(a.Last)})
		}
		if a.Excuse != "" {
			facts = append(facts, ui.Fact{Name: v.T("ruling.appeal.excuse"), Values: compact(v.T("ruling.excuse."+string(a.Excuse)), a.Note)})
		}
		if a.Court != "" {
			facts = append(facts, ui.Fact{Name: v.T("ruling.appeal.court"), Values: []string{a.Court, v.L.Date(a.Forwarded)}})
		}
		if a.Outcome != "" {
			facts = append(facts, ui.Fact{Name: v.T("ruling.appeal.outcome"), Values: compact(v.T("ruling.outcome."+string(a.Outcome)), v.L.Date(a.Ruled), a.Note)})
		}
		next := nextOf(r, a)
		if a.State != Dismissed && (a.State != StateRuled || a.FinalOn.IsZero()) {
			facts = append(facts, ui.Fact{Name: v.T("ruling.appeal.next"), Body: ui.Links{{Text: v.T("ruling.next." + next), Href: pathOf(r) + "/overklagande/" + a.ID + "/" + next}}})
		}
		out = append(out, ui.Summary{Facts: facts}, ui.With(ui.Details{Summary: v.T("ruling.appeal.text")}, ui.P(a.Text)))
	}
	return out
}
