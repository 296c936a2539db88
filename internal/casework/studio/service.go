package studio

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// service is all there is to know of one e-service.
func service(v *visit) error {
	ct, err := v.open()
	if err != nil {
		return err
	}
	_, tag := v.state(ct)
	page := ui.Case{Page: v.page(ct.Title.In(v.Lang())), Number: v.Unit(ct.Owner.Unit), Status: tag, Lead: ct.Description.In(v.Lang())}
	if v.R.URL.Query().Get("klart") != "" {
		page.Notice = &ui.Alert{Tone: ui.Success, Text: v.T("studio.improvement.closed"), Live: true}
	}
	page.Actions = []templ.Component{
		ui.Button{Text: v.T("studio.preview"), Href: previewPath(ct), Variant: ui.Secondary},
		ui.Button{Text: v.T("studio.examples.title"), Href: servicePath(ct.ID) + "/prov", Variant: ui.Secondary},
		ui.Button{Text: v.T("studio.diff.title"), Href: servicePath(ct.ID) + "/skillnad", Variant: ui.Secondary},
	}
	f := v.Measure.Figures(ct.ID)
	page.Facts = v.facts(f)
	parts := []templ.Component{}
	for _, part := range []func(*casetype.CaseType) ([]templ.Component, error){v.toDo, v.use, v.opinions} {
		more, err := part(ct)
		if err != nil {
			return err
		}
		parts = append(parts, more...)
	}
	parts = append(parts, v.channels(f)...)
	parts = append(parts, v.versions(ct)...)
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(page, parts...))
}

func previewPath(ct *casetype.CaseType) string {
	return "/e-tjanster/" + ct.ID + "/forhandsgranska?version=" + strconv.Itoa(ct.Version)
}

// facts are the figures of the cases.
func (v *visit) facts(f measure.Figures) ui.Summary {
	s := ui.Summary{Title: v.T("studio.figures"), Narrow: true}
	add := func(key, value string) {
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("studio.figure." + key), Value: value})
	}
	add("open", strconv.Itoa(f.Open))
	add("overdue", strconv.Itoa(f.Overdue))
	add("received", strconv.Itoa(f.Received))
	add("closed", strconv.Itoa(f.Closed))
	few := v.T("studio.too_few")
	median, p90, first, reopened, self := few, few, few, few, few
	if f.Measured() {
		median, p90, first = v.days(f.Median), v.days(f.P90), v.percent(float64(f.FirstContact)/float64(f.Closed))
	}
	if f.Ended >= measure.Enough {
		reopened = v.percent(float64(f.Reopened) / float64(f.Ended))
	}
	if f.Received >= measure.Enough {
		self = v.percent(f.SelfService())
	}
	add("median", median)
	add("p90", p90)
	add("first", first)
	add("reopened", reopened)
	add("self", self)
	add("feedback", v.mean(f))
	return s
}

// toDo are the improvements of the service, open ones first.
func (v *visit) toDo(ct *casetype.CaseType) ([]templ.Component, error) {
	list, err := v.Measure.Improvements(v.Ctx(), ct.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := ui.Table{ID: "atgarder", Caption: v.T("studio.improvement.caption"), Columns: []ui.Column{{Title: v.T("studio.improvement.what")}, {Title: v.T("studio.improvement.opened")},
		{Title: v.T("studio.column.state")}, {Title: v.T("studio.improvement.done")}}}
	for _, i := range list {
		row := ui.Row{Cells: []ui.Cell{{Text: v.about(i)}, {Text: calendar.DateOf(i.OpenedAt).String()}}}
		if i.ClosedAt.IsZero() {
			row.Mark = ui.Warning
			row.Cells = append(row.Cells, ui.Cell{Body: ui.Tag{Text: v.T("studio.improvement.open"), Tone: ui.Warning}}, ui.Cell{})
			if v.may(access.ServiceManage, ct).Allowed {
				row.Cells[0].Href = servicePath(ct.ID) + "/atgarder/" + i.ID
			}
		} else {
			row.Cells = append(row.Cells, ui.Cell{Body: ui.Tag{Text: v.T("studio.improvement.ready", "Date", calendar.DateOf(i.ClosedAt).String()), Tone: ui.Success}}, ui.Cell{Text: i.Done})
		}
		t.Rows = append(t.Rows, row)
	}
	return []templ.Component{ui.H2(v.T("studio.improvement.title")), t}, nil
}

// about says which figure was below which target.
func (v *visit) about(i measure.Improvement) string {
	if i.Measure == measure.Opinion {
		return v.T("studio.improvement.feedback", "Figure", v.decimal(i.Figure), "Target", v.decimal(i.Target))
	}
	return v.T("studio.improvement.reopened", "Figure", v.percent(i.Figure), "Target", v.percent(i.Target))
}

// stepKeys are the steps of a form, and the page where it is checked.
func stepKeys(ct *casetype.CaseType) []string {
	var keys []string
	for _, s := range ct.Form.Steps {
		keys = append(keys, s.Key)
	}
	return append(keys, measure.Review)
}

// stepName is what a step is called, its key if it is of an earlier version.
func (v *visit) stepName(ct *casetype.CaseType, key string) string {
	if s := ct.Step(key); s != nil {
		return s.Title.In(v.Lang())
	}
	switch key {
	case measure.Review:
		return v.T("studio.funnel.review")
	case wholePage:
		return v.T("studio.funnel.whole_page")
	}
	return key
}

// wholePage is the step under which the faults of the page with all questions are counted.
const wholePage = "allt"

// use is how the form is used: funnel, faults, stops.
func (v *visit) use(ct *casetype.CaseType) ([]templ.Component, error) {
	f, err := v.Measure.Funnel(v.Ctx(), ct.ID, v.Today().AddDays(-funnelDays), stepKeys(ct))
	if err != nil {
		return nil, err
	}
	parts := []templ.Component{ui.H2(v.T("studio.funnel.title"))}
	if f.Begun+f.Whole+len(f.Faults) == 0 {
		return append(parts, ui.P(v.T("studio.funnel.none", "Days", strconv.Itoa(funnelDays)))), nil
	}
	parts = append(parts, ui.P(v.T("studio.funnel.lead", "Days", strconv.Itoa(funnelDays), "Begun", strconv.Itoa(f.Begun), "Sent", strconv.Itoa(f.Sent), "Saved", strconv.Itoa(f.Saved), "Whole", strconv.Itoa(f.Whole))))
	c := ui.Chart{Title: v.T("studio.funnel.caption")}
	t := ui.Table{ID: "tratt-tabell", Caption: v.T("studio.funnel.caption"), Columns: []ui.Column{{Title: v.T("studio.funnel.step")}, {Title: v.T("studio.funnel.reached"), Number: true},
		{Title: v.T("studio.funnel.passed"), Number: true}, {Title: v.T("studio.column.dropped"), Number: true}}}
	for _, u := range f.Steps {
		if u.Step == wholePage {
			continue
		}
		name := v.stepName(ct, u.Step)
		c.Bars = append(c.Bars, ui.Bar{Label: name, Value: u.Reached, Text: strconv.Itoa(u.Reached)})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: strconv.Itoa(u.Reached)}, {Text: strconv.Itoa(u.Passed)}, {Text: v.percent(u.Dropped())}}})
	}
	c.Bars = append(c.Bars, ui.Bar{Label: v.T("studio.funnel.sent"), Value: f.Sent, Text: strconv.Itoa(f.Sent)})
	c.More, c.Table = v.T("studio.chart.table"), t
	parts = append(parts, c)
	return append(parts, v.trouble(ct, f)...), nil
}

// trouble is what was refused most, and what stopped people.
func (v *visit) trouble(ct *casetype.CaseType, f measure.Funnel) []templ.Component {
	var parts []templ.Component
	if len(f.Faults) > 0 {
		t := ui.Table{ID: "fel", Caption: v.T("studio.faults"), Columns: []ui.Column{{Title: v.T("studio.fault.question")}, {Title: v.T("studio.fault.what")}, {Title: v.T("studio.funnel.step")}, {Title: v.T("studio.fault.times"), Number: true}}}
		for _, o := range f.Faults[:min(len(f.Faults), 10)] {
			question, code, _ := strings.Cut(o.Code, ":")
			label := question
			if q := ct.Question(question); q != nil {
				label = q.Label.In(v.Lang())
			}
			if v.L.Has("studio.code." + code) {
				code = v.T("studio.code." + code)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: code}, {Text: v.stepName(ct, o.Step)}, {Text: strconv.Itoa(o.N)}}})
		}
		parts = append(parts, t)
	}
	if len(f.Stops) > 0 {
		t := ui.Table{ID: "stopp", Caption: v.T("studio.stops"), Columns: []ui.Column{{Title: v.T("studio.stop")}, {Title: v.T("studio.fault.times"), Number: true}}}
		for _, o := range f.Stops {
			name := o.Code
			if i := slices.IndexFunc(ct.Form.Stops, func(s casetype.Stop) bool { return s.Key == o.Code }); i >= 0 {
				name = ct.Form.Stops[i].Title.In(v.Lang())
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: strconv.Itoa(o.N)}}})
		}
		parts = append(parts, t)
	}
	return parts
}

// opinions is what people say when their case is closed.
func (v *visit) opinions(ct *casetype.CaseType) ([]templ.Component, error) {
	scores, err := v.Measure.Scores(v.Ctx(), ct.ID)
	if err != nil {
		return nil, err
	}
	latest, err := v.Measure.Answers(v.Ctx(), ct.ID, 20)
	if err != nil {
		return nil, err
	}
	parts := []templ.Component{ui.H2(v.T("studio.opinions"))}
	if len(latest) == 0 {
		return append(parts, ui.P(v.T("studio.opinions.none"))), nil
	}
	c := ui.Chart{Title: v.T("studio.opinions.caption")}
	t := ui.Table{ID: "omdomen-tabell", Caption: v.T("studio.opinions.caption"), Columns: []ui.Column{{Title: v.T("studio.opinions.score")}, {Title: v.T("studio.opinions.count"), Number: true}}}
	for i := len(scores) - 1; i >= 0; i-- {
		name := v.T("studio.score." + strconv.Itoa(i+1))
		c.Bars = append(c.Bars, ui.Bar{Label: name, Value: scores[i], Text: strconv.Itoa(scores[i])})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: strconv.Itoa(scores[i])}}})
	}
	c.More, c.Table = v.T("studio.chart.table"), t
	parts = append(parts, c)
	said := ui.Table{ID: "ord", Caption: v.T("studio.opinions.words"), Columns: []ui.Column{{Title: v.T("studio.opinions.day")}, {Title: v.T("studio.opinions.score")}, {Title: v.T("studio.opinions.text")}}}
	for _, a := range latest {
		if a.Words != "" {
			said.Rows = append(said.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Day.String()}, {Text: v.T("studio.score." + strconv.Itoa(a.Score))}, {Text: a.Words}}})
		}
	}
	if len(said.Rows) > 0 {
		parts = append(parts, said)
	}
	return parts, nil
}

// channels are how and as what people came.
func (v *visit) channels(f measure.Figures) []templ.Component {
	if f.Received < measure.Enough {
		return nil
	}
	t := ui.Table{ID: "kanaler", Caption: v.T("studio.ways"), Columns: []ui.Column{{Title: v.T("studio.ways.channel")}, {Title: v.T("studio.ways.person"), Number: true},
		{Title: v.T("studio.ways.organisation"), Number: true}, {Title: v.T("studio.ways.anonymous"), Number: true}}}
	for _, channel := range casetype.Way("").Values() {
		row := ui.Row{Cells: []ui.Cell{{Text: v.T("studio.channel." + channel)}}}
		for _, actor := range []measure.Actor{measure.Person, measure.Organisation, measure.Anonymous} {
			row.Cells = append(row.Cells, ui.Cell{Text: strconv.Itoa(f.Ways[measure.Way{Channel: channel, Actor: actor}])})
		}
		t.Rows = append(t.Rows, row)
	}
	return []templ.Component{ui.H2(v.T("studio.ways.title")), t}
}

// versions are the versions there are, newest first, drafts before.
func (v *visit) versions(ct *casetype.CaseType) []templ.Component {
	t := ui.Table{ID: "versioner", Caption: v.T("studio.versions"), HideCaption: true, Columns: []ui.Column{{Title: v.T("studio.column.version")}, {Title: v.T("studio.column.state")}, {Title: v.T("studio.version.from")},
		{Title: v.T("studio.version.published")}, {Title: v.T("studio.version.ways")}}}
	for _, d := range v.Types.Drafts() {
		if d.ID == ct.ID {
			_, tag := v.state(d)
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(d.Version)}, {Body: tag}, {Text: d.ValidFrom.String()}, {}, {Body: ui.Links{{Text: v.T("studio.preview_of", "Version", strconv.Itoa(d.Version)), Href: previewPath(d)}}}}})
		}
	}
	list := v.Types.Versions(ct.ID)
	for i := len(list) - 1; i >= 0; i-- {
		p := list[i]
		_, tag := v.state(p.CaseType)
		if p.Version < ct.Version && tag.Tone == ui.Success { // a newer one applies
			tag = ui.Tag{Text: v.T("studio.state.replaced")}
		}
		links := ui.Links{{Text: v.T("studio.preview_of", "Version", strconv.Itoa(p.Version)), Href: previewPath(p.CaseType)}}
		if i > 0 {
			before := strconv.Itoa(list[i-1].Version)
			links = append(links, ui.Link{Text: v.T("studio.diff.from", "Version", before), Href: servicePath(ct.ID) + "/skillnad?fran=" + before + "&till=" + strconv.Itoa(p.Version)})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(p.Version)}, {Body: tag}, {Text: p.ValidFrom.String()}, {Text: v.L.DateTime(p.PublishedAt)}, {Body: links}}})
	}
	return []templ.Component{ui.H2(v.T("studio.versions")), t}
}
