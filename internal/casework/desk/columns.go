package desk

import (
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// Columns are what a list of cases can show of each, by their names in addresses. The number is always first: it leads to the case.
func Columns() []string {
	return []string{"arende", "enhet", "status", "inkom", "senast", "handlaggare", "typ", "plats", "kanal", "handelse", "part", "dagar"}
}

// maxColumns is how many of them a list shows.
const maxColumns = 10

// CleanColumns are the columns there are among some, each once, in order.
func CleanColumns(names []string) []string {
	var out []string
	for _, n := range names {
		if slices.Contains(Columns(), n) && !slices.Contains(out, n) && len(out) < maxColumns {
			out = append(out, n)
		}
	}
	return out
}

// shown are the columns of a list: those chosen for it, those chosen for the queues, or the usual ones without what would say the same on
// each row.
func (v *visit) shown(s selection, shelf Shelf) []string {
	if len(s.columns) > 0 {
		return s.columns
	}
	if len(shelf.Columns) > 0 && s.list == "" {
		return shelf.Columns
	}
	out := []string{"arende"}
	if len(access.Units(v.Who, access.CaseRead)) > 1 || s.queue == "till-mig" {
		out = append(out, "enhet")
	}
	out = append(out, "status", "inkom", "senast")
	if s.queue != "mina" {
		out = append(out, "handlaggare")
	}
	return out
}

// words are a text that many rows share, and its colour.
type words struct {
	text string
	tone ui.Tone
}

// dueOf is what the words of a day depend on.
type dueOf struct {
	day  calendar.Date
	open bool
}

// table is the cases of a page.
func (v *visit) table(s selection, shelf Shelf, list []*cases.Case) (ui.Table, error) {
	title := v.T("desk.queue." + s.queue)
	if l, ok := shelf.list(s.list); ok {
		title = l.Name
	}
	columns := v.shown(s, shelf)
	t := ui.Table{Caption: title, HideCaption: true, Columns: []ui.Column{{Title: v.T("desk.number")}}, Rows: make([]ui.Row, 0, len(list))}
	for _, name := range columns {
		t.Columns = append(t.Columns, v.column(s, name))
	}
	if v.ticks(s) {
		t.Select, t.Form = "arende", bulkForm
	}
	var names map[string]string
	if slices.Contains(columns, "part") {
		var err error
		if names, err = v.Cases.Initiators(v.Ctx(), v.Who, list); err != nil {
			return t, err
		}
	}
	back, today := s.href(), v.Today()
	dues := map[dueOf]words{} // hundreds of cases have a few days between them
	for _, c := range list {
		row := ui.Row{Value: claimValue(c), Ticked: s.ticked, Cells: make([]ui.Cell, 0, len(t.Columns))}
		row.Cells = append(row.Cells, ui.Cell{Text: c.Number, Href: casePath(c.ID)})
		due, ok := dues[dueOf{c.Due, c.Open}]
		if !ok {
			due.text, due.tone = v.due(c, today)
			dues[dueOf{c.Due, c.Open}] = due
		}
		row.Mark = due.tone
		for _, name := range columns {
			switch name {
			case "senast":
				row.Cells = append(row.Cells, ui.Cell{Text: due.text})
			case "handlaggare":
				row.Cells = append(row.Cells, v.handler(back, c))
			case "part":
				row.Cells = append(row.Cells, ui.Cell{Text: orDash(names[c.ID])})
			default:
				row.Cells = append(row.Cells, v.cell(name, c, today))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// column is the head of a column.
func (v *visit) column(s selection, name string) ui.Column {
	c := ui.Column{Title: v.T("desk.column." + name), Number: name == "dagar"}
	switch name {
	case "inkom":
		next := "senast"
		switch s.sorted() {
		case cases.Newest:
			c.Sorted, next = ui.Descending, "aldst"
		case cases.Oldest:
			c.Sorted = ui.Ascending
		}
		c.Sort = s.href("ordning", next, "efter", "")
	case "senast":
		if s.queue == "alla" {
			break
		}
		c.Sort = s.href("ordning", "bradska", "efter", "")
		if s.sorted() == cases.Urgent {
			c.Sorted = ui.Ascending
		}
	}
	return c
}

// cell is what a column says of a case.
func (v *visit) cell(name string, c *cases.Case, today calendar.Date) ui.Cell {
	switch name {
	case "arende":
		return ui.Cell{Body: twoLines(v.subject(c), v.typeTitle(c), v.marks(c))}
	case "enhet":
		return ui.Cell{Text: v.Unit(c.Unit)}
	case "status":
		return ui.Cell{Body: v.status(c)}
	case "inkom":
		return ui.Cell{Text: calendar.DateOf(c.ReceivedAt).String()}
	case "typ":
		return ui.Cell{Text: v.typeTitle(c)}
	case "plats":
		return ui.Cell{Text: orDash(c.Place.Address)}
	case "kanal":
		return ui.Cell{Text: v.channel(c.Channel)}
	case "handelse":
		return ui.Cell{Text: calendar.DateOf(c.ChangedAt).String()}
	}
	last := today // dagar: calendar days that the case has been, or was, open
	if !c.Open {
		last = calendar.DateOf(c.ClosedAt)
	}
	return ui.Cell{Text: v.L.Number(int64(max(calendar.DateOf(c.ReceivedAt).DaysUntil(last), 0)))}
}
