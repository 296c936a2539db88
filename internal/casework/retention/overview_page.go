package retention

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// overview is how a body's closed cases stand, and its lists.
func overview(v *visit) error {
	if len(v.bodies()) == 0 {
		return ui.Render(v.W, v.R, http.StatusOK, ui.Read{Page: v.Page(v.T("retention.title"), Path), Lead: v.T("retention.no_body")})
	}
	body, all, err := v.body()
	if err != nil {
		return err
	}
	c, err := v.Counts(v.Ctx(), body.Member, body.ID)
	if err != nil {
		return err
	}
	lists, err := v.Lists(v.Ctx(), body.Member, body.ID)
	if err != nil {
		return err
	}
	p := ui.List{Page: v.page(v.T("retention.title"), body), Lead: v.T("retention.lead", "Body", body.Name.In(v.Lang())), Found: -1,
		Tabs: v.tabs(body.ID, Path), Filter: v.choice(Path, body, all)}
	facts := ui.Summary{Facts: []ui.Fact{
		{Name: v.T("retention.count.ripe"), Value: count(c.Ripe)},
		{Name: v.T("retention.count.waiting"), Value: count(c.Waiting)},
		{Name: v.T("retention.count.preserved"), Value: count(c.Preserved)},
		{Name: v.T("retention.count.todo"), Value: count(c.Todo)},
		{Name: v.T("retention.count.held"), Value: count(c.Held)},
		{Name: v.T("retention.count.destroyed"), Value: count(c.Destroyed)},
	}}
	below := []templ.Component{facts}
	if c.Ripe > 0 {
		below = append(below, ui.Post{Button: ui.Button{Text: v.T("retention.list.make")}, To: pathLists, Values: []ui.Hidden{{Name: "organ", Value: body.ID}}})
	}
	below = append(below, v.years(c.Years), ui.H2(v.T("retention.lists")), v.listTable(lists))
	p.Table = ui.Together(below...)
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

func (v *visit) years(list []YearCount) templ.Component {
	if len(list) == 0 {
		return ui.Together()
	}
	t := ui.Table{ID: "ar", Caption: v.T("retention.years"), Columns: []ui.Column{{Title: v.T("retention.column.year")}, {Title: v.T("retention.column.cases"), Number: true}}}
	for _, y := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Year}, {Text: count(y.Cases)}}})
	}
	return t
}

func (v *visit) listTable(lists []Destruction) templ.Component {
	if len(lists) == 0 {
		return ui.P(v.T("retention.lists.none"))
	}
	t := ui.Table{ID: "listor", Caption: v.T("retention.lists"), HideCaption: true, Columns: []ui.Column{{Title: v.T("retention.column.made")}, {Title: v.T("retention.column.cases"), Number: true}, {Title: v.T("retention.column.stage")}}}
	for _, d := range lists {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.L.DateTime(d.MadeAt), Href: pathLists + "/" + d.ID}, {Text: count(d.Cases)}, {Body: v.stage(d)}}})
	}
	return t
}

func (v *visit) stage(d Destruction) ui.Tag {
	tone := map[Stage]ui.Tone{Listed: ui.Info, Decided: ui.Info, Approved: ui.Warning, Ordered: ui.Warning, Done: ui.Success, Withdrawn: ui.Neutral}[d.Stage]
	return ui.Tag{Text: v.T("retention.stage." + string(d.Stage)), Tone: tone}
}

// rows is the page of those cases that somebody has to see to, or that are stopped.
func rows(which string) page {
	path := map[string]string{"todo": pathTodo, "held": pathHeld}[which]
	return func(v *visit) error {
		body, all, err := v.body()
		if err != nil {
			return err
		}
		list, err := v.Rows(v.Ctx(), body.Member, body.ID, which, v.R.FormValue("efter"))
		if err != nil {
			return err
		}
		p := ui.List{Page: v.page(v.T("retention.tab."+which), body), Lead: v.T("retention.lead." + which), Found: -1, Tabs: v.tabs(body.ID, path), Filter: v.choice(path, body, all)}
		if len(list) > listPage {
			list = list[:listPage]
			p.Pager = &ui.Pager{Next: of(path, body.ID) + "&efter=" + url.QueryEscape(list[listPage-1].Number)}
		}
		if len(list) == 0 {
			p.Empty = &ui.Empty{Title: v.T("retention.none." + which)}
		}
		p.Table = v.rowTable(which, list)
		return ui.Render(v.W, v.R, http.StatusOK, p)
	}
}

func (v *visit) rowTable(which string, list []Row) ui.Table {
	t := ui.Table{Caption: v.T("retention.tab." + which), HideCaption: true, Columns: []ui.Column{{Title: v.T("retention.column.number")}, {Title: v.T("retention.column.type")}, {Title: v.T("retention.column.closed")}, {Title: v.T("retention.column.why")}}}
	for _, r := range list {
		title := r.TypeID
		if ct := v.typeOf(r.TypeID, r.Version, ""); ct != nil {
			title = ct.Title.In(v.Lang())
		}
		row := ui.Row{Cells: []ui.Cell{{Text: r.Number}, {Text: title}, {Text: v.day(r.Closed)}, {}}}
		if which == "held" {
			row.Cells[0].Href = pathCase + r.Case + "/hav"
			row.Cells[3].Text = v.T("retention.reason." + string(r.Reason))
		} else {
			row.Cells[0].Href = pathCase + r.Case + "/uppgift"
			row.Cells[3].Text = v.T("retention.why." + string(r.Why))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// plan is the document plan of a body.
func plan(v *visit) error {
	body, all, err := v.body()
	if err != nil {
		return err
	}
	p := ui.List{Page: v.page(v.T("retention.tab.plan"), body), Lead: v.T("retention.lead.plan", "Body", body.Name.In(v.Lang())), Found: -1, Tabs: v.tabs(body.ID, pathPlan), Filter: v.choice(pathPlan, body, all)}
	t := ui.Table{Caption: v.T("retention.tab.plan"), HideCaption: true, Columns: []ui.Column{{Title: v.T("retention.column.what")}, {Title: v.T("retention.column.type")}, {Title: v.T("retention.column.kept")}, {Title: v.T("retention.column.authority")}, {Title: v.T("retention.column.plan")}}}
	for _, r := range v.PlanRows(body.ID) {
		what, kept := r.What.In(v.Lang()), v.kept(r.Retention)
		if r.Result != "" {
			what = v.T("retention.after_result", "What", what, "Result", r.Result)
		}
		if note := r.Note.In(v.Lang()); note != "" {
			kept += " " + note
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: what}, {Text: r.Title.In(v.Lang())}, {Text: kept}, {Text: r.Authority}, {Text: r.Plan}}})
	}
	below := []templ.Component{t}
	if bp := v.Plan(body.ID); bp != nil {
		words := v.T("retention.diary.kept")
		if !bp.Diary.KeepSubject {
			words = v.T("retention.diary.cleared")
		}
		below = append(below, ui.P(words+" "+bp.Diary.Authority+"."))
		if d := bp.Delivered; d != nil {
			below = append(below, ui.P(v.T("retention.delivered.plan", "Time", v.period(d.After))+" "+d.Authority+"."))
		}
	}
	p.Table = ui.Together(below...)
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// kept is a rule in words.
func (v *visit) kept(r casetype.Retention) string {
	if r.Nomination == casetype.Preserve {
		return v.T("retention.rule.preserve")
	}
	from := v.T("retention.from." + string(r.From))
	if r.From == casetype.FromEvent {
		from = r.Event.In(v.Lang())
	}
	return v.T("retention.rule.discard", "Time", v.period(r.After), "From", from)
}

// period is a time in words: "2 år".
func (v *visit) period(p calendar.Period) string {
	unit := map[calendar.Unit]string{calendar.Years: "years", calendar.Months: "months", calendar.Weeks: "weeks", calendar.Days: "days"}[p.Unit]
	return v.T("retention.period."+unit, "Count", p.N)
}

// day is a date in words, "" for none.
func (v *visit) day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.L.Date(d)
}
