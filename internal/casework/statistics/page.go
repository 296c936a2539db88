package statistics

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// page shows how cases come and go, in pictures with their figures beside them.
func (m *Module) page(v *office.Visit) error {
	a := ask(v)
	page := ui.List{Page: v.Page(v.T("statistics.title"), Path), Lead: v.T("statistics.lead"), Found: -1, Filter: m.filter(v, a)}
	page.Errors = a.faults
	if len(a.faults) > 0 {
		return ui.Render(v.W, v.R, http.StatusUnprocessableEntity, page)
	}
	s, err := m.Figures.Statistics(v.Ctx(), a.Question)
	if err != nil {
		return err
	}
	if s.All.Received+s.All.Closed == 0 {
		page.Empty = &ui.Empty{Title: v.T("statistics.none"), Text: v.T("statistics.none_text")}
		return ui.Render(v.W, v.R, http.StatusOK, page)
	}
	for _, file := range files() {
		page.Actions = append(page.Actions, ui.Button{Text: v.T("statistics.csv." + file), Href: Path + "/" + file + ".csv?" + a.query().Encode(), Variant: ui.Secondary})
	}
	page.Table = parts{m.whole(v, s), m.months(v, s), m.ways(v, s), m.kinds(v, a, s)}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

func (a asked) query() url.Values {
	return url.Values{"fran": {a.from}, "till": {a.to}, "enhet": {a.unit}, "typ": {a.kind}}
}

// filter asks for months, unit and kind.
func (m *Module) filter(v *office.Visit, a asked) *ui.Filter {
	field := func(name, label string) ui.Field {
		f := ui.Field{Name: name, Label: label}
		for _, x := range a.faults {
			if x.Field == name {
				f.Error = x.Message
			}
		}
		return f
	}
	from, to := field("fran", v.T("statistics.from")), field("till", v.T("statistics.to"))
	from.Hint = v.T("statistics.month.hint", "Example", monthOf(v.Today()))
	units := ui.Select{Field: field("enhet", v.T("statistics.unit")), Options: []ui.Option{{Value: "", Label: v.T("statistics.all_units")}}}
	for _, unit := range a.units {
		units.Options = append(units.Options, ui.Option{Value: unit, Label: v.Unit(unit), Chosen: unit == a.unit})
	}
	f := &ui.Filter{Action: Path, Clear: Path, Open: true}
	f.Fields = append(f.Fields, ui.Input{Field: from, Value: a.from, Width: 7}, ui.Input{Field: to, Value: a.to, Width: 7}, units)
	if a.kind != "" {
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "typ", Value: a.kind})
		without := a.query()
		without.Del("typ")
		f.Chosen = append(f.Chosen, ui.Link{Text: m.kind(v, a.kind), Href: Path + "?" + without.Encode()})
	}
	return f
}

// whole is the sum of all.
func (m *Module) whole(v *office.Visit, s measure.Statistics) ui.Summary {
	l := s.All
	return ui.Summary{Title: v.T("statistics.all"), Facts: []ui.Fact{
		{Name: v.T("statistics.received"), Value: count(v, l.Received)},
		{Name: v.T("statistics.closed"), Value: count(v, l.Closed)},
		{Name: v.T("statistics.median"), Value: days(v, l, l.Median)},
		{Name: v.T("statistics.p90"), Value: days(v, l, l.P90)},
		{Name: v.T("statistics.first"), Value: share(v, l.FirstContact, l.Closed)},
		{Name: v.T("statistics.feedback"), Value: mean(v, l)},
	}}
}

// days writes how long cases took.
func days(v *office.Visit, l measure.Line, n int) string {
	if !l.Measured() {
		return v.T("statistics.few")
	}
	return v.T("statistics.days", "Count", n)
}

// mean writes what people thought, 1 to 5, and of how many that is.
func mean(v *office.Visit, l measure.Line) string {
	if l.Mean() == 0 {
		return v.T("statistics.few")
	}
	return v.T("statistics.mean", "Mean", decimal(v, l.Mean()), "Count", l.Answers)
}

// decimal writes a number with one decimal.
func decimal(v *office.Visit, n float64) string {
	text := strconv.FormatFloat(n, 'f', 1, 64)
	if v.Lang() == i18n.SV {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func (m *Module) months(v *office.Visit, s measure.Statistics) ui.Chart {
	t := ui.Table{ID: "manader", Caption: v.T("statistics.by_month"), Columns: []ui.Column{{Title: v.T("statistics.month")},
		{Title: v.T("statistics.received"), Number: true}, {Title: v.T("statistics.closed"), Number: true}}}
	c := ui.Chart{Title: v.T("statistics.by_month_picture"), More: v.T("statistics.table")}
	for _, x := range s.Months {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Month}, {Text: count(v, x.Received)}, {Text: count(v, x.Closed)}}})
		if len(s.Months) <= 24 {
			c.Bars = append(c.Bars, ui.Bar{Label: x.Month, Value: x.Received, Text: count(v, x.Received)})
		}
	}
	if len(c.Bars) == 0 { // many years: a bar for each
		years := map[string]int{}
		for _, x := range s.Months {
			years[x.Month[:4]] += x.Received
		}
		for _, year := range slices.Sorted(maps.Keys(years)) {
			c.Bars = append(c.Bars, ui.Bar{Label: year, Value: years[year], Text: count(v, years[year])})
		}
	}
	c.Table = t
	return c
}

func (m *Module) ways(v *office.Visit, s measure.Statistics) ui.Chart {
	t := ui.Table{ID: "vagar", Caption: v.T("statistics.by_way"), Columns: []ui.Column{{Title: v.T("statistics.way")}, {Title: v.T("statistics.received"), Number: true},
		{Title: v.T("statistics.share"), Number: true}}}
	c := ui.Chart{Title: v.T("statistics.by_way"), More: v.T("statistics.table"), Table: t}
	for _, way := range slices.SortedFunc(maps.Keys(s.Channels), func(a, b string) int { return s.Channels[b] - s.Channels[a] }) {
		n := s.Channels[way]
		c.Bars = append(c.Bars, ui.Bar{Label: wayName(v, way), Value: n, Text: count(v, n)})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: wayName(v, way)}, {Text: count(v, n)}, {Text: share(v, n, s.All.Received)}}})
	}
	c.Table = t
	return c
}

// wayName is what a channel is called.
func wayName(v *office.Visit, way string) string {
	if !v.L.Has("statistics.way." + way) {
		return way
	}
	return v.T("statistics.way." + way)
}

func (m *Module) kinds(v *office.Visit, a asked, s measure.Statistics) ui.Table {
	t := ui.Table{ID: "typer", Caption: v.T("statistics.by_kind"), Columns: []ui.Column{{Title: v.T("statistics.kind")}, {Title: v.T("statistics.received"), Number: true},
		{Title: v.T("statistics.closed"), Number: true}, {Title: v.T("statistics.median"), Number: true}, {Title: v.T("statistics.p90"), Number: true},
		{Title: v.T("statistics.first"), Number: true}, {Title: v.T("statistics.feedback")}}}
	for _, l := range s.Types {
		q := a.query()
		q.Set("typ", l.TypeID)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.kind(v, l.TypeID), Href: Path + "?" + q.Encode()}, {Text: count(v, l.Received)}, {Text: count(v, l.Closed)},
			{Text: days(v, l, l.Median)}, {Text: days(v, l, l.P90)}, {Text: share(v, l.FirstContact, l.Closed)}, {Text: mean(v, l)}}})
	}
	return t
}
