package studio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/ui"
)

// departments are the tops of the trees of units that have processes, by name.
func (v *visit) departments() []string {
	var out []string
	for _, p := range v.Pack().Processes {
		if top := v.department(p.Unit); !slices.Contains(out, top) {
			out = append(out, top)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(v.Unit(a), v.Unit(b)) })
	return out
}

func (v *visit) department(unit string) string {
	if path := v.Dir.PathTo(unit); len(path) > 0 {
		return path[0].ID
	}
	return unit
}

// processes lists what each department does for people, whether it ought to be an e-service, and how far it has come (S4-NF-5, S8-24-2).
func processes(v *visit) error {
	all := v.departments()
	chosen := v.R.URL.Query().Get("forvaltning")
	if !slices.Contains(all, chosen) {
		chosen = ""
	}
	page := ui.List{Page: v.page(v.T("studio.processes.title")), Lead: v.T("studio.processes.lead"), Found: -1}
	options := []ui.Option{}
	page.Filter = &ui.Filter{Action: pathProcesses, Clear: pathProcesses}
	for _, d := range all {
		options = append(options, ui.Option{Value: d, Label: v.Unit(d), Chosen: d == chosen})
		if d == chosen {
			page.Filter.Chosen = append(page.Filter.Chosen, ui.Link{Text: v.Unit(d), Href: pathProcesses})
		}
	}
	page.Filter.Fields = []templ.Component{ui.Select{Field: ui.Field{Name: "forvaltning", Label: v.T("studio.processes.department")}, Empty: true, Options: options}}
	history, err := v.Measure.Levels(v.Ctx())
	if err != nil {
		return err
	}
	parts := []templ.Component{v.coverage(all), v.trend(history, chosen)}
	for _, d := range all {
		if chosen == "" || d == chosen {
			parts = append(parts, ui.H2(v.Unit(d)), v.processTable(d))
		}
	}
	page.Table = ui.Together(parts...)
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// coverage is the share of processes that have been assessed, by department.
func (v *visit) coverage(all []string) ui.Table {
	t := ui.Table{ID: "tackning", Caption: v.T("studio.coverage.caption"), Columns: []ui.Column{{Title: v.T("studio.processes.department")}, {Title: v.T("studio.coverage.assessed"), Number: true},
		{Title: v.T("studio.coverage.all"), Number: true}, {Title: v.T("studio.coverage.share"), Number: true}}}
	add := func(name, href string, covered, total int) {
		share := 0.0
		if total > 0 {
			share = float64(covered) / float64(total)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: href}, {Text: strconv.Itoa(covered)}, {Text: strconv.Itoa(total)}, {Text: v.percent(share)}}})
	}
	for _, d := range all {
		covered, total := v.Pack().Coverage(d, v.Today())
		add(v.Unit(d), pathProcesses+"?"+url.Values{"forvaltning": {d}}.Encode(), covered, total)
	}
	covered, total := v.Pack().Coverage("", v.Today())
	add(v.T("studio.coverage.together"), "", covered, total)
	return t
}

// trendMonths is how far back the trend goes.
const trendMonths = 12

// trend is how many processes were at each level at the end of each month, and are today.
func (v *visit) trend(history []measure.Level, department string) templ.Component {
	in := map[string]bool{}
	for _, p := range v.Pack().Processes {
		in[p.Key] = department == "" || v.department(p.Unit) == department
	}
	which := func(process string) bool {
		known, ok := in[process]
		return known || !ok && department == ""
	}
	t := ui.Table{ID: "utveckling", Caption: v.T("studio.trend.caption"), Columns: []ui.Column{{Title: v.T("studio.trend.day")}}}
	for _, level := range pack.Level("").Values() {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("studio.level." + level), Number: true})
	}
	today := v.Today()
	c := ui.Chart{Title: v.T("studio.trend.now")}
	for back := 0; back <= trendMonths; back++ {
		day := today
		if back > 0 {
			day = today.AddDays(1 - today.Day()).AddMonths(1 - back).AddDays(-1) // the last day of the month before
		}
		n := measure.LevelsOn(history, day, which)
		if len(n) == 0 {
			break
		}
		row := ui.Row{Cells: []ui.Cell{{Text: day.String()}}}
		for _, level := range pack.Level("").Values() {
			count := n[pack.Level(level)]
			row.Cells = append(row.Cells, ui.Cell{Text: strconv.Itoa(count)})
			if back == 0 {
				c.Bars = append(c.Bars, ui.Bar{Label: v.T("studio.level." + level), Value: count, Text: strconv.Itoa(count)})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	c.More, c.Table = v.T("studio.trend.table"), t
	return c
}

// processTable is the list of one department.
func (v *visit) processTable(department string) ui.Table {
	t := ui.Table{ID: "p-" + department, Caption: v.T("studio.processes.caption", "Department", v.Unit(department))}
	for _, c := range []string{"process", "level", "verdict", "reason", "date", "due"} {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("studio.process." + c)})
	}
	for _, p := range v.Pack().ProcessesOf(department) {
		row := ui.Row{Cells: []ui.Cell{{Text: p.Title.In(v.Lang())}, {Text: v.T("studio.level." + string(p.Level))}}}
		if p.Service != "" {
			row.Cells[0].Href = "/e-tjanster/" + p.Service
		}
		if p.Assessment == nil {
			row.Mark = ui.Warning
			row.Cells = append(row.Cells, ui.Cell{Body: ui.Tag{Text: v.T("studio.process.never"), Tone: ui.Warning}}, ui.Cell{}, ui.Cell{}, ui.Cell{Text: v.T("studio.process.now")})
		} else {
			a := p.Assessment
			due := ui.Cell{Text: a.Date.AddMonths(12).String()}
			if p.DueOn(v.Today()) {
				row.Mark = ui.Warning
				due = ui.Cell{Body: ui.Tag{Text: v.T("studio.process.late", "Date", a.Date.AddMonths(12).String()), Tone: ui.Warning}}
			}
			row.Cells = append(row.Cells, ui.Cell{Text: v.T("studio.verdict." + string(a.Verdict))}, ui.Cell{Text: a.Reason.In(v.Lang())}, ui.Cell{Text: a.Date.String()}, due)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
