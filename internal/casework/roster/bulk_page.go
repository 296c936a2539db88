package roster

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// selected are the cases of a form with the versions that the official saw.
func selected(typed url.Values) ([]cases.On, error) {
	var out []cases.On
	for _, value := range typed["arende"] {
		id, version, ok := strings.Cut(value, ".")
		n, err := strconv.Atoi(version)
		if !ok || err != nil || n < 1 || !store.ValidID(id) {
			return nil, web.ErrBadRequest
		}
		out = append(out, cases.On{Case: id, Version: n})
	}
	return out, nil
}

func chosenValue(on cases.On) string { return on.Case + "." + strconv.Itoa(on.Version) }

// ordered is the order of a form.
func ordered(typed url.Values) Order {
	get := func(name string) string { return strings.TrimSpace(oneForm(typed.Get(name))) }
	o := Order{Deed: Deed(get("gor")), Person: get("person"), People: typed["personer"], Unit: get("enhet"), Status: get("status"), Reason: get("skal"), Text: get("text"), Phrase: get("fras")}
	for _, share := range typed["andel"] {
		if id, person, ok := strings.Cut(share, "."); ok {
			if o.Shares == nil {
				o.Shares = map[string]string{}
			}
			o.Shares[id] = person
		}
	}
	return o
}

// inboxOf is the inbox that the official came from.
func inboxOf(typed url.Values) string {
	if u, err := url.Parse(typed.Get("till")); err == nil && u.Host == "" && u.Scheme == "" && u.Path == pathInbox {
		return pathInbox + "?" + u.Query().Encode()
	}
	return pathInbox
}

// bulkAsk goes from the cases that were ticked to what is to be done to them, to what that takes, to what would come of it.
func bulkAsk(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	chosen, err := selected(typed)
	if err != nil {
		return err
	}
	switch n := len(chosen); {
	case n == 0:
		return v.done(inboxOf(typed), "none")
	case n > MostCases:
		return v.done(inboxOf(typed), "many")
	}
	o := ordered(typed)
	if !slices.Contains(Deeds(), o.Deed) {
		return v.askDeed(typed, chosen, typed.Has("steg"))
	}
	if o.Deed != Take && typed.Get("steg") != "granska" {
		return v.askOrder(http.StatusOK, typed, o, chosen, nil)
	}
	o.Shares = nil
	if faults := v.lacks(o); len(faults) > 0 {
		return v.askOrder(http.StatusUnprocessableEntity, typed, o, chosen, faults)
	}
	return v.preview(typed, o, chosen)
}

// carried are the hidden fields of every step.
func carried(typed url.Values, chosen []cases.On, more ...ui.Hidden) []ui.Hidden {
	out := append([]ui.Hidden{{Name: "till", Value: inboxOf(typed)}}, more...)
	for _, on := range chosen {
		out = append(out, ui.Hidden{Name: "arende", Value: chosenValue(on)})
	}
	return out
}

func (v *visit) askDeed(typed url.Values, chosen []cases.On, again bool) error {
	var options []ui.Option
	for _, d := range Deeds() {
		if v.MayAnywhere(d.right()) {
			options = append(options, ui.Option{Value: string(d), Label: v.T("roster.deed." + string(d))})
		}
	}
	var faults []fault
	status := http.StatusOK
	if again {
		faults, status = []fault{{"gor", v.T("roster.bulk.choose")}}, http.StatusUnprocessableEntity
	}
	return v.ask(status, ui.Question{Page: v.page(v.T("roster.bulk.title", "Count", len(chosen)), inboxOf(typed)), Back: inboxOf(typed), Button: v.T("roster.bulk.next"),
		Form:   ui.Form{Action: pathBulk, Hidden: carried(typed, chosen, ui.Hidden{Name: "steg", Value: "vad"})},
		Fields: []templ.Component{ui.Radios{Field: ui.Field{Name: "gor", Label: v.T("roster.bulk.what"), Error: of(faults, "gor")}, Options: options}}}, faults)
}

// lacks is what an order still needs, at each field.
func (v *visit) lacks(o Order) []fault {
	var out []fault
	need := func(ok bool, field, key string) {
		if !ok {
			out = append(out, fault{field, v.T("roster.bulk." + key)})
		}
	}
	switch o.Deed {
	case Give:
		need(o.Person != "", "person", "need_person")
	case Distribute:
		need(len(o.People) > 0, "personer", "need_people")
	case HandOver:
		need(o.Unit != "", "enhet", "need_unit")
		need(o.Reason != "", "skal", "need_reason")
	case SetStatus:
		need(o.Status != "", "status", "need_status")
	case Write:
		need(o.Text != "" || o.Phrase != "", "text", "need_text")
		need(o.Text == "" || o.Phrase == "", "text", "one_text")
		var wrong *pack.VariableError
		if errors.As(pack.CheckWords(o.Text), &wrong) {
			out = append(out, fault{"text", v.T("roster.phrases.unknown", "Name", "{"+wrong.Name+"}")})
		}
	}
	return out
}

// known are the cases that the official may see, for what there is to choose from.
func (v *visit) known(chosen []cases.On) ([]*cases.Case, error) {
	var out []*cases.Case
	for _, on := range chosen {
		switch c, _, _, err := v.Cases.May(v.Ctx(), v.Who, access.CaseRead, on.Case); {
		case err == nil:
			out = append(out, c)
		case !access.IsDenied(err) && !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return out, nil
}

// askOrder asks for what a deed is done with.
func (v *visit) askOrder(status int, typed url.Values, o Order, chosen []cases.On, faults []fault) error {
	list, err := v.known(chosen)
	if err != nil {
		return err
	}
	q := ui.Question{Page: v.page(v.T("roster.deed."+string(o.Deed)), inboxOf(typed)), Caption: v.T("roster.bulk.title", "Count", len(chosen)), Back: inboxOf(typed), Button: v.T("roster.bulk.preview"),
		Form: ui.Form{Action: pathBulk, Unsaved: true, Hidden: carried(typed, chosen, ui.Hidden{Name: "steg", Value: "granska"}, ui.Hidden{Name: "gor", Value: string(o.Deed)})}}
	field := func(name, key string) ui.Field {
		return ui.Field{Name: name, Label: v.T("roster.bulk." + key), Error: of(faults, name)}
	}
	reason := ui.Textarea{Field: field("skal", "reason"), Value: typed.Get("skal"), Rows: 3, Max: 2000}
	switch o.Deed {
	case Give:
		q.Fields = append(q.Fields, ui.Select{Field: field("person", "person"), Empty: true, Options: v.officers(list, []string{o.Person})})
	case Distribute:
		q.Lead = v.T("roster.bulk.distribute_lead")
		q.Fields = append(q.Fields, ui.Checkboxes{Field: field("personer", "people"), Options: v.officers(list, o.People)})
	case HandOver:
		var units []ui.Option
		for _, u := range v.Dir.Units("") {
			if slices.ContainsFunc(list, func(c *cases.Case) bool { return c.Member == u.Member && c.Unit != u.ID }) {
				units = append(units, ui.Option{Value: u.ID, Label: u.Name.In(v.Lang()), Chosen: u.ID == o.Unit})
			}
		}
		q.Fields = append(q.Fields, ui.Select{Field: field("enhet", "unit"), Empty: true, Options: units}, reason)
	case SetStatus:
		reason.Optional = true
		q.Fields = append(q.Fields, ui.Select{Field: field("status", "status"), Empty: true, Options: v.statuses(list, o.Status)}, reason)
	case Close:
		q.Lead, reason.Optional = v.T("roster.bulk.close_lead"), true
		q.Fields = append(q.Fields, reason)
	case Write:
		offered, err := v.letters(o.Phrase)
		if err != nil {
			return err
		}
		q.Lead = v.T("roster.bulk.write_lead")
		f := field("fras", "phrase")
		f.Optional = true
		q.Fields = append(q.Fields, ui.Select{Field: f, Empty: true, Options: offered}, ui.Textarea{Field: field("text", "text"), Value: typed.Get("text"), Rows: 8, Max: maxPhraseText})
	}
	return v.ask(status, q, faults)
}

// officers are those who work in a unit of one of the cases.
func (v *visit) officers(list []*cases.Case, chosen []string) []ui.Option {
	var out []ui.Option
	for _, p := range v.Dir.Officials() {
		if slices.ContainsFunc(list, func(c *cases.Case) bool { return v.Service.Staff.Holds(p.ID, access.Officer, c.Unit) }) {
			out = append(out, ui.Option{Value: p.ID, Label: p.Name, Chosen: slices.Contains(chosen, p.ID)})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

// statuses are those that all the cases' types have, to which one of the cases can go.
func (v *visit) statuses(list []*cases.Case, chosen string) []ui.Option {
	var out []ui.Option
	all := map[string]int{}
	for _, c := range list {
		ct, ok := v.Types.Version(c.TypeID, c.TypeVersion)
		if !ok {
			continue
		}
		for _, st := range ct.Statuses {
			all[st.Key]++
		}
		for _, st := range ct.Next(c.Status) {
			if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == st.Key }) {
				out = append(out, ui.Option{Value: st.Key, Label: st.Title.In(v.Lang()), Hint: st.PublicText.In(v.Lang()), Chosen: st.Key == chosen})
			}
		}
	}
	return slices.DeleteFunc(out, func(o ui.Option) bool { return all[o.Value] < len(list) })
}

// letters are the texts for messages.
func (v *visit) letters(chosen string) ([]ui.Option, error) {
	list, err := v.Phrases(v.Ctx())
	var out []ui.Option
	for _, p := range list {
		if !p.Retired && slices.Contains(p.For, pack.InMessage) {
			out = append(out, ui.Option{Value: p.Key, Label: p.Title.In(v.Lang()), Chosen: p.Key == chosen})
		}
	}
	return out, err
}

// preview says case by case what will happen and what will not.
func (v *visit) preview(typed url.Values, o Order, chosen []cases.On) error {
	list, o, err := v.Preview(v.Ctx(), v.Who, o, chosen)
	if err != nil {
		return err
	}
	var ready []cases.On
	yes := ui.Table{ID: "gors", Caption: v.T("roster.bulk.will"), Columns: []ui.Column{{Title: v.T("roster.case")}, {Title: v.T("roster.bulk.happens")}}}
	no := ui.Table{ID: "gors-inte", Caption: v.T("roster.bulk.wont"), Columns: []ui.Column{{Title: v.T("roster.case")}, {Title: v.T("roster.bulk.why")}}}
	hidden := []ui.Hidden{{Name: "nyckel", Value: store.NewID()}, {Name: "gor", Value: string(o.Deed)}, {Name: "person", Value: o.Person}, {Name: "enhet", Value: o.Unit}, {Name: "status", Value: o.Status},
		{Name: "skal", Value: o.Reason}, {Name: "text", Value: o.Text}, {Name: "fras", Value: o.Phrase}, {Name: "steg", Value: "gor"}}
	for _, p := range o.People {
		hidden = append(hidden, ui.Hidden{Name: "personer", Value: p})
	}
	for _, r := range list {
		if r.Why != Done {
			no.Rows = append(no.Rows, ui.Row{Mark: ui.Warning, Cells: []ui.Cell{v.numbered(r), {Text: v.why(r)}}})
			continue
		}
		ready = append(ready, r.On)
		if o.Deed == Distribute {
			hidden = append(hidden, ui.Hidden{Name: "andel", Value: r.On.Case + "." + r.To})
		}
		cell := ui.Cell{Text: v.happens(o.Deed, r)}
		if o.Deed == Write {
			cell = ui.Cell{Body: letter(r.Text)}
		}
		yes.Rows = append(yes.Rows, ui.Row{Cells: []ui.Cell{v.numbered(r), cell}})
	}
	back := inboxOf(typed)
	var parts []templ.Component
	if len(ready) > 0 {
		button := ui.Button{Text: v.T("roster.bulk.do", "Count", len(ready))}
		parts = append(parts, ui.Section(v.T("roster.deed."+string(o.Deed)), ui.Form{Action: pathBulk + "/gor", Hidden: carried(typed, ready, hidden...)}, nil, button, ui.Button{Text: v.T("roster.bulk.no"), Href: back, Variant: ui.Tertiary}), yes)
	}
	if len(no.Rows) > 0 {
		parts = append(parts, no)
	}
	p := v.page(v.T("roster.bulk.preview_title"), back)
	p.Crumbs = []ui.Link{{Text: v.T("roster.bulk.back"), Href: back}}
	return ui.Render(v.W, v.R, http.StatusOK, readPage(ui.Read{Page: p, Lead: v.T("roster.bulk.count", "Ready", len(ready), "All", len(list))}, nil, parts))
}

// numbered leads to a case, if the official may know of it.
func (v *visit) numbered(r Outcome) ui.Cell {
	if r.Number == "" {
		return ui.Cell{Text: v.T("roster.bulk.hidden")}
	}
	return ui.Cell{Text: r.Number, Href: pathCases + "/" + r.On.Case}
}

// happens says what is done to a case.
func (v *visit) happens(d Deed, r Outcome) string {
	switch d {
	case Take, Give, Distribute:
		return v.T("roster.bulk.to_person", "Name", v.Person(r.To))
	case HandOver:
		return v.T("roster.bulk.to_unit", "Unit", v.Unit(r.To))
	case SetStatus, Close:
		return v.T("roster.bulk.to_status", "Status", v.statusOf(r))
	case Write:
		return v.T("roster.bulk.written")
	}
	return ""
}

func (v *visit) statusOf(r Outcome) string {
	c, err := v.Cases.Case(v.Ctx(), r.On.Case)
	if err != nil {
		return r.To
	}
	if ct, ok := v.Types.Version(c.TypeID, c.TypeVersion); ok && ct.Status(r.To) != nil {
		return ct.Status(r.To).Title.In(v.Lang())
	}
	return r.To
}

// why says what is against it.
func (v *visit) why(r Outcome) string {
	if r.Denied != nil {
		return v.Why(r.Denied.Decision)
	}
	if r.Why == WhyGaps {
		return v.T("roster.why.gaps") + " " + strings.Join(Gaps(r.Text), ", ")
	}
	return v.T("roster.why." + string(r.Why))
}

// bulkDo carries out what the preview showed.
func bulkDo(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	chosen, err := selected(typed)
	if err != nil {
		return err
	}
	key := typed.Get("nyckel")
	_, err = v.Carry(v.Ctx(), v.Who, key, ordered(typed), chosen)
	if errors.Is(err, ErrOrder) {
		return errors.Join(web.ErrBadRequest, err)
	}
	if err != nil {
		return err
	}
	return v.See(pathBulk + "/" + key)
}

// bulkResult tells what was done and what was not.
func bulkResult(v *visit) error {
	result, err := v.Result(v.Ctx(), v.Who, v.R.PathValue("key"))
	if err != nil {
		return err
	}
	done := 0
	t := ui.Table{Caption: v.T("roster.bulk.result"), HideCaption: true, Columns: []ui.Column{{Title: v.T("roster.case")}, {Title: v.T("roster.bulk.went")}}}
	for _, r := range result.Outcomes {
		row := ui.Row{Cells: []ui.Cell{v.numbered(r), {Text: v.T("roster.bulk.done")}}}
		if r.Why == Done {
			done++
		} else {
			row.Mark, row.Cells[1].Text = ui.Warning, v.T("roster.why."+string(r.Why))
		}
		t.Rows = append(t.Rows, row)
	}
	parts := []templ.Component{t, ui.Links{{Text: v.T("roster.bulk.back"), Href: pathInbox}}}
	if len(result.Outcomes) < result.Size {
		parts = append([]templ.Component{ui.Alert{Tone: ui.Warning, Text: v.T("roster.bulk.under_way")}}, parts...)
	}
	return ui.Render(v.W, v.R, http.StatusOK, readPage(ui.Read{Page: v.page(v.T("roster.deed."+string(result.Deed)), pathBulk+"/"+v.R.PathValue("key")), Lead: v.T("roster.bulk.count_done", "Ready", done, "All", result.Size)}, nil, parts))
}
