package web

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/ui"
)

// cellOf reads the name of a field in a row, children.2.name: the table, the row from 1 and the column; nil if it is none.
func cellOf(ct *casetype.CaseType, field string) (table *casetype.Question, row int, column *casetype.Question) {
	key, rest, _ := strings.Cut(field, ".")
	number, name, ok := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	q := ct.Question(key)
	if !ok || err != nil || q == nil || strconv.Itoa(n) != number { // a row has one name
		return nil, 0, nil
	}
	columns := ct.Columns(q)
	for i := range columns {
		if columns[i].Key == name {
			return q, n, &columns[i]
		}
	}
	return nil, 0, nil
}

// column is the question of a column that a field in a row answers, nil for other fields.
func column(ct *casetype.CaseType, field string) *casetype.Question {
	_, _, c := cellOf(ct, field)
	return c
}

// asked is the question, or the column of one, that a field answers; nil if there is none.
func (f *form) asked(field string) *casetype.Question {
	if q := f.ct.Question(field); q != nil {
		return q
	}
	return column(f.ct, field)
}

// shown is how many rows of a table stand on the page.
func (f *form) shown(q *casetype.Question) int {
	least := 1
	if q.Optional {
		least = 0
	}
	return min(max(f.ct.Rows(q, f.answers), f.rows[q.Key], q.Rows.Min, least), q.Rows.Max)
}

// inputs are the names of the fields of a question as it stands on the page.
func (f *form) inputs(q *casetype.Question) []string {
	if q.Rows == nil {
		return q.Inputs()
	}
	var names []string
	for n := range f.shown(q) {
		for _, col := range f.ct.Columns(q) {
			if col.Type != casetype.TypeComputed {
				names = append(names, cellName(q, n+1, col.Key))
			}
		}
	}
	return names
}

func cellName(q *casetype.Question, row int, column string) string {
	return q.Key + "." + strconv.Itoa(row) + "." + column
}

// tableView is a question of rows on its page.
type tableView struct {
	field ui.Field
	rows  []rowView
	mine  []ui.Button // children of the visitor, to be filled in with one press
	add   *ui.Button
	full  bool // no more rows can be added
}

// rowView is a row: what it is called, and its fields.
type rowView struct {
	id, title string
	fields    []templ.Component
	remove    *ui.Button
}

// table is a question of rows: a group of fields for each, and a button for one more. Without JavaScript each press is a round trip that
// keeps what was typed.
func (f *form) table(ctx context.Context, q *casetype.Question, field ui.Field) templ.Component {
	n := f.shown(q)
	v := tableView{field: field, full: n >= q.Rows.Max && q.Rows.Max > 1}
	if q.Type == casetype.TypeChildren && len(f.children) > q.Rows.Max {
		for i, child := range f.children {
			v.mine = append(v.mine, ui.Button{Text: child.Name, Variant: ui.Secondary, Small: true, Name: fieldChild, Value: q.Key + "." + strconv.Itoa(i+1)})
		}
	}
	word := q.Rows.Row.In(lang(ctx))
	if word == "" {
		word = ui.T(ctx, "public.row")
	}
	columns := f.ct.Columns(q)
	for i := range n {
		row := rowView{id: q.Key + "-" + strconv.Itoa(i+1), title: word}
		if q.Rows.Max > 1 {
			row.title += " " + strconv.Itoa(i+1)
		}
		for _, col := range columns {
			if c := f.cell(ctx, &col, cellName(q, i+1, col.Key)); c != nil {
				row.fields = append(row.fields, c)
			}
		}
		if !f.static && (n > max(q.Rows.Min, 1) || q.Optional) {
			row.remove = &ui.Button{Text: ui.T(ctx, "public.row.remove"), Hidden: row.title, Variant: ui.Tertiary, Small: true, Name: fieldRemoveRow, Value: q.Key + "." + strconv.Itoa(i+1)}
		}
		v.rows = append(v.rows, row)
	}
	if !f.static && n < q.Rows.Max {
		v.add = &ui.Button{Text: ui.T(ctx, "public.row.add", "Row", strings.ToLower(word)), Variant: ui.Secondary, Small: true, Name: fieldAddRow, Value: q.Key + "." + strconv.Itoa(n+1)}
	}
	return tableField(v)
}

// cell is the field of a column in a row; nil for a computed value that is not there yet.
func (f *form) cell(ctx context.Context, col *casetype.Question, name string) templ.Component {
	l := lang(ctx)
	field := ui.Field{Name: name, Label: col.Label.In(l), Hint: col.Help.In(l), Error: f.fault(name), Optional: col.Optional && col.RequiredIf == ""}
	value := f.get(name)
	switch col.Type {
	case casetype.TypeNumber, casetype.TypeMoney:
		return lineInput(ctx, col, field, value)
	case casetype.TypeDate:
		return dateInput(field, value)
	case casetype.TypeEmail:
		return ui.Input{Field: field, Value: value, Type: "email", NoSpell: true}
	case casetype.TypePhone:
		return ui.Input{Field: field, Value: value, Type: "tel", Width: 20}
	case casetype.TypeYesNo:
		return yesNo(ctx, field, value)
	case casetype.TypeChoice:
		options := []ui.Option{}
		for _, o := range col.Options {
			options = append(options, ui.Option{Value: o.Value, Label: o.Label.In(l), Chosen: o.Value == value})
		}
		return ui.Select{Field: field, Options: options, Empty: true}
	case casetype.TypeComputed:
		table, row, _ := cellOf(f.ct, name)
		words := f.ct.DisplayRow(table, f.look().Clean(), row, l)
		for i, c := range f.ct.Columns(table) {
			if c.Key == col.Key && i < len(words) && words[i] != "" {
				return computedField(field.Label, []string{words[i]}, field.Hint)
			}
		}
		return nil
	}
	in := ui.Input{Field: field, Value: value, Width: width(col.Validate.MaxLength)}
	if col.Key == "number" {
		in.Width, in.Numeric, in.NoSpell, in.Autocomplete = 13, true, true, "off"
	}
	return in
}

// yesNo is two choices side by side.
func yesNo(ctx context.Context, field ui.Field, value string) ui.Radios {
	return ui.Radios{Field: field, Inline: true, Options: []ui.Option{
		{Value: "yes", Label: ui.T(ctx, "casetype.yes"), Chosen: value == "yes"}, {Value: "no", Label: ui.T(ctx, "casetype.no"), Chosen: value == "no"}}}
}

// withoutRow takes one row out of the answers and moves up those below it.
func withoutRow(ct *casetype.CaseType, answers casetype.Answers, q *casetype.Question, row int) casetype.Answers {
	out := maps.Clone(answers)
	columns := ct.Columns(q)
	last := ct.Rows(q, answers)
	for n := row; n <= max(last, row); n++ {
		for _, col := range columns {
			below, ok := answers[cellName(q, n+1, col.Key)]
			if ok {
				out[cellName(q, n, col.Key)] = slices.Clone(below)
			} else {
				delete(out, cellName(q, n, col.Key))
			}
		}
	}
	return out
}

// withChild fills in the child whose button was pressed: in the first row that is empty, or in the last.
func withChild(ct *casetype.CaseType, answers casetype.Answers, children []Known, pressed string) casetype.Answers {
	key, number, _ := strings.Cut(pressed, ".")
	i, err := strconv.Atoi(number)
	q := ct.Question(key)
	if err != nil || i < 1 || i > len(children) || q == nil || q.Type != casetype.TypeChildren {
		return answers
	}
	out := maps.Clone(answers)
	children[i-1].intoRow(q, min(ct.Rows(q, answers)+1, q.Rows.Max), out)
	return out
}

// asksRow reads the value of a button that adds or takes away a row; nil if it names no table.
func asksRow(ct *casetype.CaseType, value string) (*casetype.Question, int) {
	key, number, _ := strings.Cut(value, ".")
	n, err := strconv.Atoi(number)
	q := ct.Question(key)
	if err != nil || q == nil || q.Rows == nil || n < 1 || n > q.Rows.Max {
		return nil, 0
	}
	return q, n
}
