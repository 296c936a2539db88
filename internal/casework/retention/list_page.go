package retention

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/ui"
)

// makeList puts a list together and leads to it.
func makeList(v *visit) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	body, _, err := v.body()
	if err != nil {
		return err
	}
	d, err := v.MakeList(v.Ctx(), v.Who, body.ID)
	if errors.Is(err, ErrNone) {
		return v.Done(of(Path, body.ID), "retained.said.none")
	}
	if err != nil {
		return err
	}
	return v.Done(pathLists+"/"+d.ID, "retained.said.made")
}

// list is one list: what is on it, how far it has come, and what comes next. When it is done it is the protocol.
func list(v *visit) error {
	d, err := v.List(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	body, _ := v.Dir.Body(d.Body)
	after, _ := strconv.Atoi(v.R.FormValue("efter")) // what is no number is the beginning
	items, err := v.Items(v.Ctx(), d.ID, after, listPage+1)
	if err != nil {
		return err
	}
	facts, err := v.facts(d)
	if err != nil {
		return err
	}
	here := pathLists + "/" + d.ID
	p := ui.Case{Page: v.page(v.T("retention.list.title"), body), Number: body.Name.In(v.Lang()) + " " + v.L.DateTime(d.MadeAt), Status: v.stage(d), Lead: v.T("retention.next."+string(d.Stage), "When", v.L.DateTime(d.StartsAt)),
		Facts: ui.Summary{Title: v.T("retention.facts"), Facts: facts, Narrow: true}}
	switch {
	case d.Stage == Listed:
		p.Actions = []templ.Component{ui.Button{Text: v.T("retention.act.decide"), Href: here + "/beslut"}}
	case d.Stage == Decided, d.Stage == Approved && d.FirstBy != v.Who.Person:
		p.Actions = []templ.Component{ui.Button{Text: v.T("retention.act.approve"), Href: here + "/godkann"}}
	case d.Stage == Approved:
		p.Lead = v.T("retention.next.other")
	}
	if d.Stage != Done && d.Stage != Withdrawn && d.Destroyed == 0 {
		p.Actions = append(p.Actions, ui.Button{Text: v.T("retention.act.withdraw"), Variant: ui.Secondary, Href: here + "/dra-tillbaka"})
	}
	pager := ui.Pager{}
	if len(items) > listPage {
		items = items[:listPage]
		pager.Next = here + "?efter=" + strconv.Itoa(items[listPage-1].N)
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, []templ.Component{v.itemTable(items), pager, ui.Links{{Text: v.T("retention.csv"), Href: here + "/protokoll.csv"}}}...))
}

func (v *visit) facts(d Destruction) ([]ui.Fact, error) {
	facts := []ui.Fact{{Name: v.T("retention.column.cases"), Value: count(d.Cases)}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Name: v.T("retention.fact." + key), Value: value})
		}
	}
	who := func(person string, at string) string { return v.Person(person) + ", " + at }
	add("made", who(d.MadeBy, v.L.DateTime(d.MadeAt)))
	if d.Decision != "" {
		beslut, err := v.Decisions.Decision(v.Ctx(), d.Decision)
		if err != nil {
			return nil, err
		}
		add("decision", beslut.On.String()+" "+beslut.Paragraph+", "+beslut.Dnr)
		add("decided", who(d.DecidedBy, v.L.DateTime(d.DecidedAt)))
	}
	if d.FirstBy != "" {
		add("first", who(d.FirstBy, v.L.DateTime(d.FirstAt)))
	}
	if d.SecondBy != "" {
		add("second", who(d.SecondBy, v.L.DateTime(d.SecondAt)))
	}
	if d.Stage == Done {
		add("done", v.L.DateTime(d.EndedAt))
		add("destroyed", count(d.Destroyed))
		add("left", count(d.LeftOver))
	}
	if d.Stage == Withdrawn {
		add("withdrawn", who(d.EndedBy, v.L.DateTime(d.EndedAt)))
	}
	return facts, nil
}

func (v *visit) itemTable(items []Item) ui.Table {
	t := ui.Table{Caption: v.T("retention.list.cases"), Columns: []ui.Column{{Title: v.T("retention.column.number")}, {Title: v.T("retention.column.type")}, {Title: v.T("retention.column.closed")},
		{Title: v.T("retention.column.due")}, {Title: v.T("retention.column.documents"), Number: true}, {Title: v.T("retention.column.authority")}, {Title: v.T("retention.column.state")}}}
	for _, i := range items {
		state := v.T("retention.item." + i.State)
		if i.Why != "" {
			state += ": " + v.T("retention.left."+i.Why)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: i.Number}, {Text: i.Title}, {Text: v.day(i.Closed)}, {Text: v.day(i.Due)}, {Text: count(i.Documents)}, {Text: i.Authority + " " + i.Plan}, {Text: state}}})
	}
	return t
}

// protocol is the list as a table for other programs. It holds nothing personal.
func protocol(v *visit) error {
	d, err := v.List(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="gallring-%s.csv"`, d.ID))
	w := csv.NewWriter(v.W)
	err = w.Write([]string{v.T("retention.column.number"), v.T("retention.column.type"), v.T("retention.column.received"), v.T("retention.column.closed"), v.T("retention.column.due"),
		v.T("retention.column.documents"), v.T("retention.column.authority"), v.T("retention.column.plan"), v.T("retention.column.state"), v.T("retention.column.at")})
	for after := 0; err == nil; {
		items, lerr := v.Items(v.Ctx(), d.ID, after, 1000)
		if lerr != nil || len(items) == 0 {
			w.Flush()
			return errors.Join(lerr, w.Error())
		}
		for _, i := range items {
			at := ""
			if !i.At.IsZero() {
				at = v.L.DateTime(i.At)
			}
			err = errors.Join(err, w.Write([]string{i.Number, i.Title, i.Received.String(), i.Closed.String(), i.Due.String(), count(i.Documents), i.Authority, i.Plan, i.State + " " + i.Why, at}))
			after = i.N
		}
	}
	return err
}

// act is something done to a list on a page of its own.
type act struct {
	path string
	key  string // of its texts
	run  func(v *visit, d Destruction) error
}

func acts() []act {
	return []act{
		{"beslut", "decide", func(v *visit, d Destruction) error { return v.Decide(v.Ctx(), v.Who, d.ID, v.R.PostForm.Get("beslut")) }},
		{"godkann", "approve", func(v *visit, d Destruction) error { return v.Approve(v.Ctx(), v.Who, d.ID) }},
		{"dra-tillbaka", "withdraw", func(v *visit, d Destruction) error { return v.Withdraw(v.Ctx(), v.Who, d.ID) }},
	}
}

func (a act) ask(v *visit) error {
	d, err := v.List(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	return a.show(v, d, http.StatusOK, "")
}

func (a act) show(v *visit, d Destruction, status int, fault string) error {
	here := pathLists + "/" + d.ID
	body, _ := v.Dir.Body(d.Body)
	page := v.page(v.T("retention.act."+a.key), body)
	page.Crumbs = append(page.Crumbs, ui.Link{Text: v.T("retention.list.title"), Href: here})
	q := ui.Question{Page: page, Caption: body.Name.In(v.Lang()), Back: here, Button: v.T("retention.act." + a.key), Form: ui.Form{Action: here + "/" + a.path},
		Lead: v.T("retention.ask."+a.key, "Count", d.Cases)}
	q.Of = q.Caption
	field := ""
	if a.key == "decide" {
		choose, err := v.decisions(d, fault)
		if err != nil {
			return err
		}
		q.Fields, field = []templ.Component{choose}, "beslut"
	}
	if fault != "" {
		q.Errors = []ui.FieldError{{Field: field, Message: fault}}
	}
	return ui.Render(v.W, v.R, status, q)
}

// decisions are the body's, to choose the one that lets the list go.
func (v *visit) decisions(d Destruction, fault string) (templ.Component, error) {
	list, err := v.Decisions.DecisionsOf(v.Ctx(), d.Body, 50)
	if err != nil {
		return nil, err
	}
	options := make([]ui.Option, len(list))
	for i, b := range list {
		options[i] = ui.Option{Value: b.ID, Label: b.On.String() + " " + b.Paragraph + " " + b.Text, Chosen: b.ID == v.R.PostForm.Get("beslut")}
	}
	return ui.Select{Field: ui.Field{Name: "beslut", Label: v.T("retention.field.decision"), Hint: v.T("retention.hint.decision"), Error: fault}, Options: options, Empty: true}, nil
}

func (a act) do(v *visit) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	d, err := v.List(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	err = a.run(v, d)
	for _, f := range []struct {
		err error
		key string
	}{{ErrBeslut, "beslut"}, {ErrSamePerson, "same"}, {ErrLevel, "level"}, {ErrStage, "stage"}} {
		if errors.Is(err, f.err) {
			return a.show(v, d, http.StatusUnprocessableEntity, v.T("retention.fault."+f.key))
		}
	}
	if err != nil {
		return err
	}
	return v.Done(pathLists+"/"+d.ID, "retained.said."+a.key)
}
