package ruling

import (
	"errors"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// bodiesOf are the bodies whose decisions the official registers.
func (v *visit) bodiesOf() []bodies.Body {
	var out []bodies.Body
	for _, b := range v.Dir.Bodies("") {
		if access.Check(v.Who, access.DecisionRegister, BodyObject(b)).Allowed {
			out = append(out, b)
		}
	}
	return out
}

// period is the choice of the list: a body, from one day to another; the last three months until somebody chooses.
func (v *visit) period() (body bodies.Body, from, to calendar.Date, err error) {
	q := v.R.URL.Query()
	mine := v.bodiesOf()
	if len(mine) == 0 {
		return body, from, to, store.ErrNotFound
	}
	body = mine[0]
	if key := q.Get("organ"); key != "" {
		b, ok := v.Dir.Body(key)
		if !ok {
			return body, from, to, store.ErrNotFound
		}
		if err := access.Check(v.Who, access.DecisionRegister, BodyObject(b)).Err(); err != nil {
			return body, from, to, err
		}
		body = b
	}
	to, from = v.Today(), v.Today().AddMonths(-3)
	if d, err := calendar.ParseDate(q.Get("fran")); err == nil {
		from = d
	}
	if d, err := calendar.ParseDate(q.Get("till")); err == nil {
		to = d
	}
	return body, from, to, nil
}

func query(b bodies.Body, from, to calendar.Date) string {
	return "?organ=" + b.ID + "&fran=" + from.String() + "&till=" + to.String()
}

// delegated is the list of decisions on delegation to a body, and where it is told of them.
func delegated(v *visit) error {
	body, from, to, err := v.period()
	if err != nil {
		return err
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	if a.sent {
		r := Report{Meeting: a.date("sammantrade"), Paragraph: a.get("paragraf"), Not: a.get("gor") == "anmals-inte"}
		if len(a.faults) == 0 || r.Not {
			a.faults = nil
			err := v.Report(v.Ctx(), v.Who, body.ID, a.values["beslut"], r)
			switch {
			case err == nil && r.Not:
				return v.Done(PathList+query(body, from, to), "rulings.said.withheld")
			case err == nil:
				return v.Done(PathList+query(body, from, to), "rulings.said.reported")
			case errors.Is(err, ErrNone):
				a.fault("sammantrade", v.T("ruling.wrong.none"))
			case errors.Is(err, ErrMeeting):
				a.fault("sammantrade", v.T("ruling.wrong.meeting"))
			case errors.Is(err, cases.ErrEmpty):
				a.fault("paragraf", v.T("ruling.wrong.paragraph"))
			case errors.Is(err, ErrReported):
				a.fault("sammantrade", v.T("ruling.wrong.reported"))
			default:
				return err
			}
		}
	}
	list, more, err := v.Delegated(v.Ctx(), v.Who, body.ID, from, to)
	if err != nil {
		return err
	}
	status := 200
	if len(a.faults) > 0 {
		status = 422
	}
	here := PathList + query(body, from, to)
	p := ui.List{Page: v.Page(v.T("ruling.list.title"), PathList), Lead: v.T("ruling.list.lead", "Body", body.Name.In(v.Lang())), Found: len(list), More: more,
		Actions: []templ.Component{ui.Button{Text: v.T("ruling.list.csv"), Href: PathList + "/lista.csv" + query(body, from, to), Variant: ui.Secondary}}}
	p.Path, p.Errors = here, a.faults
	var options []ui.Option
	for _, b := range v.bodiesOf() {
		options = append(options, ui.Option{Value: b.ID, Label: b.Name.In(v.Lang()), Chosen: b.ID == body.ID})
	}
	p.Filter = &ui.Filter{Action: PathList, Fields: []templ.Component{
		ui.Select{Field: ui.Field{Name: "organ", Label: v.T("ruling.list.body")}, Options: options},
		ui.Input{Field: ui.Field{Name: "fran", Label: v.T("ruling.list.from")}, Value: from.String(), Width: 12, NoSpell: true},
		ui.Input{Field: ui.Field{Name: "till", Label: v.T("ruling.list.to")}, Value: to.String(), Width: 12, NoSpell: true},
	}}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("ruling.list.none"), Text: v.T("ruling.list.none_text")}
		return ui.Render(v.W, v.R, status, p)
	}
	p.Table = ui.With(ui.Form{ID: "anmalan", Action: here}, append([]templ.Component{v.table(list)}, v.reportFields(&a)...)...)
	return ui.Render(v.W, v.R, status, p)
}

func (v *visit) table(list []Delegated) ui.Table {
	t := ui.Table{ID: "beslutslista", Caption: v.T("ruling.list.title"), HideCaption: true, Select: "beslut", Form: "anmalan", Columns: []ui.Column{{Title: v.T("ruling.list.number")}, {Title: v.T("ruling.list.day")},
		{Title: v.T("ruling.list.decision")}, {Title: v.T("ruling.list.subject")}, {Title: v.T("ruling.list.delegation")}, {Title: v.T("ruling.list.decider")}, {Title: v.T("ruling.report")}}}
	for _, d := range list {
		subject := d.Subject
		if d.Veiled {
			subject = v.T("ruling.list.veiled")
		}
		told := v.T("ruling.report.not_yet")
		switch {
		case d.Report.Not && d.Report.Announced.IsZero() && d.legality():
			told = v.T("ruling.report.to_announce")
		case d.Report.Not:
			told = v.T("ruling.report.withheld")
		case !d.Report.Meeting.IsZero():
			told = v.T("ruling.report.done", "Day", d.Report.Meeting.String(), "Paragraph", strings.TrimPrefix(d.Report.Paragraph, "§ "))
		}
		t.Rows = append(t.Rows, ui.Row{Value: d.Decision, Cells: []ui.Cell{{Text: d.Number, Href: casePath(d.Case)}, {Text: d.Day.String()}, {Text: d.Title}, {Text: subject}, {Text: d.Delegation},
			{Text: strings.Join(d.Words.Deciders, ", ")}, {Text: told}}})
	}
	return t
}

// reportFields ask at which meeting the body was told of those that are ticked.
func (v *visit) reportFields(a *asked) []templ.Component {
	return []templ.Component{
		ui.H2(v.T("ruling.list.mark")), ui.P(v.T("ruling.list.mark_lead")),
		a.day("sammantrade", v.T("ruling.list.meeting"), v.T("ruling.date_hint"), "", true),
		ui.Input{Field: ui.Field{Name: "paragraf", Label: v.T("ruling.list.paragraph"), Optional: true, Error: a.faultOf("paragraf")}, Value: a.get("paragraf"), Width: 8, NoSpell: true},
		ui.Button{Text: v.T("ruling.list.report"), Name: "gor", Value: "anmal"},
		ui.Button{Text: v.T("ruling.list.withhold"), Name: "gor", Value: "anmals-inte", Variant: ui.Secondary},
	}
}

// delegatedCSV is the list as a file.
func delegatedCSV(v *visit) error {
	body, from, to, err := v.period()
	if err != nil {
		return err
	}
	list, _, err := v.Delegated(v.Ctx(), v.Who, body.ID, from, to)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="delegationsbeslut-`+body.Code+"-"+from.String()+"-"+to.String()+`.csv"`)
	return WriteCSV(v.W, v.L, list)
}
