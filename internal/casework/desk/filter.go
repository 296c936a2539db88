package desk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// filtering is the form of a selection under way.
type filtering struct {
	*ui.Filter
	s selection
}

// choose adds a choice of one.
func (f *filtering) choose(name, label, chosen string, options []ui.Option) templ.Component {
	for i, o := range options {
		if o.Value == chosen {
			options[i].Chosen = true
			f.Chosen = append(f.Chosen, ui.Link{Text: label + ": " + o.Label, Href: f.s.href(name, "", "efter", "")})
		}
	}
	return ui.Select{Field: ui.Field{Name: name, Label: label}, Empty: true, Options: options}
}

// write adds a field to write in.
func (f *filtering) write(name, label, hint, value string, width int) templ.Component {
	if value != "" {
		f.Chosen = append(f.Chosen, ui.Link{Text: label + ": " + value, Href: f.s.href(name, "", "efter", "")})
	}
	return ui.Input{Field: ui.Field{Name: name, Label: label, Hint: hint}, Value: value, Width: width, NoSpell: true}
}

// filter is the form that narrows a list. It works by GET, so that the selection has an address.
func (v *visit) filter(s selection) *ui.Filter {
	f := &filtering{Filter: &ui.Filter{Action: pathInbox, Clear: selection{queue: s.queue, rows: fewRows}.href()}, s: s}
	f.Hidden = []ui.Hidden{{Name: "ko", Value: s.queue}}
	if s.of != "" {
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "ur", Value: s.of})
	}
	if len(s.columns) > 0 {
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "kolumner", Value: strings.Join(s.columns, ",")})
	}
	add := func(c templ.Component) { f.Fields = append(f.Fields, c) }
	if units := access.Units(v.Who, access.CaseRead); len(units) > 1 && s.queue != "till-mig" {
		var options []ui.Option
		for _, id := range units {
			options = append(options, ui.Option{Value: id, Label: v.Unit(id)})
		}
		slices.SortFunc(options, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
		add(f.choose("enhet", v.T("desk.unit"), s.unit, options))
	}
	var types, statuses []ui.Option
	for _, ct := range v.Types.Open(v.Today()) {
		types = append(types, ui.Option{Value: ct.ID, Label: ct.Title.In(v.Lang())})
		if ct.ID == s.typ {
			for _, st := range ct.Statuses {
				statuses = append(statuses, ui.Option{Value: st.Key, Label: st.Title.In(v.Lang())})
			}
		}
	}
	add(f.choose("typ", v.T("desk.type"), s.typ, types))
	var contents []ui.Option
	for _, c := range casetype.Content("").Values() {
		if c != string(casetype.Closed) || s.queue == "alla" || s.queue == "till-mig" {
			contents = append(contents, ui.Option{Value: c, Label: v.T("desk.content." + c)})
		}
	}
	add(f.choose("status", v.T("desk.status"), s.content, contents))
	if len(statuses) > 0 { // the statuses of the type that was chosen
		add(f.choose("lage", v.T("desk.inbox.own_status"), s.status, statuses))
	}
	if v.Roster != nil {
		v.further(f)
	}
	order := s.sorted()
	var orders, rows []ui.Option
	for _, o := range []string{"bradska", "senast", "aldst"} {
		if o != "bradska" || s.queue != "alla" {
			orders = append(orders, ui.Option{Value: o, Label: v.T("desk.inbox." + string(orderSlugs[o])), Chosen: orderSlugs[o] == order})
		}
	}
	for _, n := range []int{fewRows, someRows, manyRows} {
		rows = append(rows, ui.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Chosen: s.rows == n})
	}
	add(ui.Select{Field: ui.Field{Name: "ordning", Label: v.T("desk.inbox.order")}, Options: orders})
	add(ui.Select{Field: ui.Field{Name: "antal", Label: v.T("desk.inbox.rows")}, Options: rows})
	return f.Filter
}

// further are the fields that a saved list is made of besides.
func (v *visit) further(f *filtering) {
	s := f.s
	add := func(c templ.Component) { f.Fields = append(f.Fields, c) }
	if s.queue != "mina" && s.queue != "otilldelade" {
		add(f.choose("handlaggare", v.T("desk.handler"), s.assignee, v.handlers(s)))
	}
	var days, marks, channels []ui.Option
	for _, d := range cases.Due("").Values() {
		days = append(days, ui.Option{Value: d, Label: v.T("desk.inbox.due."+d, "Count", cases.SoonDays)})
	}
	for _, m := range cases.Mark("").Values() {
		marks = append(marks, ui.Option{Value: m, Label: v.T("desk.inbox.mark." + m)})
	}
	for _, w := range casetype.Way("").Values() {
		channels = append(channels, ui.Option{Value: w, Label: v.T("desk.channel." + w)})
	}
	add(f.choose("dag", v.T("desk.due"), s.due, days))
	add(f.choose("kanal", v.T("desk.column.kanal"), s.channel, channels))
	add(f.choose("sekretess", v.T("desk.inbox.secrecy"), s.mark, marks))
	add(f.write("fran", v.T("desk.inbox.from"), v.T("desk.inbox.day_hint"), s.from, 12))
	add(f.write("tom", v.T("desk.inbox.to"), v.T("desk.inbox.day_hint"), s.to, 12))
	add(f.write("plats", v.T("desk.column.plats"), "", s.place, 0))
	add(f.write("ord", v.T("desk.inbox.words"), v.T("desk.inbox.words_hint"), s.words, 0))
}

// handlers are those who work with the cases that the official may read, the official first.
func (v *visit) handlers(s selection) []ui.Option {
	out := []ui.Option{{Value: fieldMe, Label: v.T("desk.inbox.me")}}
	units := access.Units(v.Who, access.CaseRead)
	var others []ui.Option
	for _, p := range v.Dir.Officials() {
		for _, m := range v.Dir.MandatesOf(p.ID, v.Today()) {
			if m.Role == access.Officer && slices.ContainsFunc(units, func(u string) bool { return v.Dir.InSubtree(m.Unit, u) }) || p.ID == s.assignee {
				others = append(others, ui.Option{Value: p.ID, Label: p.Name})
				break
			}
		}
	}
	slices.SortFunc(others, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return append(out, others...)
}
