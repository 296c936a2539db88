package task

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// rowsOf is how many lines a page of a list has.
const rowsOf = 50

// slug is a view in addresses.
func (x View) slug() string {
	return map[View]string{Mine: "mina", OfUnit: "enhetens", Overdue: "forsenade", Opinions: "remisser", Approvals: "godkannanden"}[x]
}

// lists is what is asked of the official.
func lists(v *visit) error {
	view := Mine
	for _, x := range Views() {
		if v.R.URL.Query().Get("vy") == x.slug() {
			view = x
		}
	}
	list, err := v.List(v.Ctx(), v.Who, view, v.R.URL.Query().Get("efter"), rowsOf)
	if errors.Is(err, cases.ErrCursor) {
		return errors.Join(web.ErrBadRequest, err)
	}
	if err != nil {
		return err
	}
	counts, err := v.Counts(v.Ctx(), v.Who)
	if err != nil {
		return err
	}
	p := ui.List{Page: v.Page(v.T("task.title"), Path), Lead: v.T("task.lead"), Found: counts[view], Tabs: &ui.Tabs{Label: v.T("task.views")}, Pager: &ui.Pager{}}
	for _, x := range Views() {
		p.Tabs.Links = append(p.Tabs.Links, ui.Link{Text: v.T("task.view." + string(x)), Href: Path + "?vy=" + x.slug(), Current: x == view, Count: counts[x]})
	}
	if len(list.Rows) == 0 {
		p.Empty = &ui.Empty{Title: v.T("task.none." + string(view)), Text: v.T("task.none_text")}
	}
	if list.Next != "" {
		p.Pager.Next = Path + "?vy=" + view.slug() + "&efter=" + list.Next
	}
	p.Table = v.rows(view, list.Rows)
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

func (v *visit) rows(view View, rows []Row) ui.Table {
	t := ui.Table{Caption: v.T("task.view." + string(view)), HideCaption: true}
	for _, c := range []string{"what", "case", "whom", "by", "due"} {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("task.column." + c)})
	}
	for _, r := range rows {
		what := r.What
		switch {
		case view == Opinions:
			what = v.T("task.opinion_on", "Number", r.Number)
		case r.Veiled:
			what = v.T("task.veiled")
		}
		subject := strings.TrimSpace(r.Number + " " + r.Subject)
		due, tags := v.dated(r.Due)
		if r.Due.IsZero() {
			due, tags = v.L.Date(calendar.DateOf(store.Time(r.Made))), nil
		}
		row := ui.Row{Cells: []ui.Cell{{Text: what, Href: v.open(view, r)}, {Text: subject}, {Text: v.whom(r.To)}, {Text: v.Person(r.By)}, {Text: due}}}
		if len(tags) > 0 {
			row.Mark = ui.Warning
			row.Cells[4] = ui.Cell{Body: ui.Together(ui.Tag{Text: due + ", " + v.T("task.late"), Tone: ui.Warning})}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// open is where a line leads.
func (v *visit) open(view View, r Row) string {
	switch view {
	case Opinions:
		return AskedPath(r.ID)
	case Approvals:
		return RoundPath(r.CaseID, r.ID)
	}
	return casePath(r.CaseID) + pathTasks + "/" + r.ID
}

// askable are those who may be asked to do something in a case: who may read it, their units, and the roles in those.
func (v *visit) askable(view cases.OfficerView, chosen string) []ui.Option {
	var people, units []ui.Option
	seen := map[string]bool{}
	add := func(value, label string) {
		if !seen[value] {
			seen[value] = true
			units = append(units, ui.Option{Value: value, Label: label, Chosen: value == chosen})
		}
	}
	for _, p := range v.Dir.Officials() {
		if !v.reads(p.ID, view.Case.Object(view.Parties...)) {
			continue
		}
		people = append(people, ui.Option{Value: "p:" + p.ID, Label: p.Name, Chosen: chosen == "p:"+p.ID})
		for _, m := range v.Dir.MandatesOf(p.ID, v.Today()) {
			if m.Unit == "" {
				continue
			}
			add("u:"+m.Unit, v.T("task.whole_unit", "Unit", v.Unit(m.Unit)))
			add("u:"+m.Unit+":"+m.Role, v.whom(Whom{Unit: m.Unit, Role: m.Role}))
		}
	}
	slices.SortFunc(units, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return append(people, units...)
}

// parseWhom reads the value of an option.
func parseWhom(value string) Whom {
	kind, rest, _ := strings.Cut(value, ":")
	switch kind {
	case "p":
		return Whom{Person: rest}
	case "u":
		unit, role, _ := strings.Cut(rest, ":")
		return Whom{Unit: unit, Role: role}
	}
	return Whom{}
}

func (w Whom) value() string {
	switch {
	case w.Person != "":
		return "p:" + w.Person
	case w.Role != "":
		return "u:" + w.Unit + ":" + w.Role
	case w.Unit != "":
		return "u:" + w.Unit
	}
	return ""
}

// asked reads what a task asks.
func (v *visit) asked(f *form) Asked {
	out := Asked{What: v.long(f, "text", MaxWhat), To: parseWhom(f.Get("vem")), Due: v.day(f, "dag")}
	if out.What == "" {
		f.fault("text", v.T("task.problem.what"))
	}
	if out.To == (Whom{}) {
		f.fault("vem", v.T("task.problem.whom"))
	}
	return out
}

func (v *visit) taskFields(view cases.OfficerView, f *form, now Asked) []templ.Component {
	f.of("text", "vem", "dag")
	return []templ.Component{
		ui.Input{Field: f.field("text", v.T("task.field.what"), ""), Value: f.or("text", now.What)},
		ui.Select{Field: f.field("vem", v.T("task.field.whom"), v.T("task.hint.whom")), Empty: true, Options: v.askable(view, f.or("vem", now.To.value()))},
		v.dateField(f, "dag", "due", now.Due.String()),
	}
}

func addTask(v *visit) (sheet, error) {
	view, err := v.opened(access.CaseNote)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "add", pathTasks+"/ny")
	s.fields = func(f *form) []templ.Component {
		return v.taskFields(view, f, Asked{Due: v.Days.AddBusinessDays(v.Today(), v.Waits.Task)})
	}
	s.do = func(f *form) error {
		asked := v.asked(f.of("text", "vem", "dag"))
		if len(f.faults) > 0 {
			return nil
		}
		_, err := v.Add(v.Ctx(), v.Who, cases.On{Case: view.Case.ID}, asked)
		return err
	}
	return s, nil
}

func changeTask(v *visit) (sheet, error) {
	view, err := v.opened(access.CaseNote)
	if err != nil {
		return sheet{}, err
	}
	t, err := v.Task(v.Ctx(), view.Case.ID, v.R.PathValue("task"))
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "change", pathTasks+"/"+t.ID+"/andra")
	s.version = t.Version
	s.fields = func(f *form) []templ.Component { return v.taskFields(view, f, Asked{t.What, t.To, t.Due}) }
	s.do = func(f *form) error {
		asked := v.asked(f.of("text", "vem", "dag"))
		if len(f.faults) > 0 {
			return nil
		}
		seen, _ := strconv.Atoi(f.Get(fieldVersion))
		return v.Change(v.Ctx(), v.Who, view.Case.ID, t.ID, max(seen, 1), asked)
	}
	return s, nil
}

func closeTask(v *visit) (sheet, error) {
	view, err := v.opened(access.CaseRead)
	if err != nil {
		return sheet{}, err
	}
	t, err := v.Task(v.Ctx(), view.Case.ID, v.R.PathValue("task"))
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "close", pathTasks+"/"+t.ID)
	s.title = t.What
	s.fields = func(f *form) []templ.Component {
		f.of("blev", "skal")
		due, _ := v.dated(t.Due)
		facts := ui.Summary{Facts: []ui.Fact{{Name: v.T("task.column.whom"), Value: v.whom(t.To)}, {Name: v.T("task.column.due"), Value: due}, {Name: v.T("task.column.by"), Value: v.Person(t.By)}}}
		if t.State != Open {
			facts.Facts = append(facts.Facts, ui.Fact{Name: v.T("task.state." + string(t.State)), Values: []string{v.Person(t.ClosedBy) + ", " + v.L.DateTime(t.ClosedAt), t.Note}})
			return []templ.Component{facts, ui.Alert{Tone: ui.Info, Text: v.T("task.problem.over")}}
		}
		chosen := f.or("blev", string(Done))
		return []templ.Component{facts, ui.Links{{Text: v.T("task.title.change"), Href: s.action + "/andra"}},
			ui.Radios{Field: f.field("blev", v.T("task.field.became"), ""), Options: []ui.Option{
				{Value: string(Done), Label: v.T("task.state.done"), Chosen: chosen == string(Done)},
				{Value: string(NotNeeded), Label: v.T("task.state.not_needed"), Hint: v.T("task.hint.not_needed"), Chosen: chosen == string(NotNeeded)}}},
			v.lines(f, "skal", "note", "", 3, MaxNote, true)}
	}
	s.do = func(f *form) error {
		f.of("blev", "skal")
		note, as := v.long(f, "skal", MaxNote), Done
		if f.Get("blev") == string(NotNeeded) {
			as = NotNeeded
		}
		if len(f.faults) > 0 {
			return nil
		}
		return v.Close(v.Ctx(), v.Who, view.Case.ID, t.ID, as, note)
	}
	return s, nil
}

// taskDone closes a task with one press. One that a colleague closed meanwhile is done all the same.
func taskDone(v *visit) error {
	id := v.R.PathValue("id")
	err := v.Close(v.Ctx(), v.Who, id, v.R.PathValue("task"), Done, "")
	if key, _ := problem(err); err != nil && key != "over" {
		return err
	}
	return v.Done(casePath(id), "tasks.said.close")
}
