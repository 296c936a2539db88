package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// party asks for a personal or organisation number. It is sent in a form and never stands in an address, which logs and histories keep.
func party(v *visit) error { return v.askParty(http.StatusOK, "", "") }

func (v *visit) askParty(status int, typed, fault string) error {
	q := ui.Question{Page: v.Page(v.T("desk.party.title"), pathInbox), Lead: v.T("desk.party.lead"), Back: pathInbox, Button: v.T("desk.party.button"), Form: ui.Form{Action: pathParty},
		Fields: []templ.Component{ui.Input{Field: ui.Field{Name: "nummer", Label: v.T("desk.party.number"), Hint: v.T("desk.party.hint"), Error: fault}, Value: typed, Autocomplete: "off", Width: 15, NoSpell: true}}}
	q.Path = pathParty
	if fault != "" {
		q.Errors = []ui.FieldError{{Field: "nummer", Message: fault}}
	}
	return ui.Render(v.W, v.R, status, q)
}

// partyFound lists the open and closed cases of a party, as far as the official may read them and a list may tell.
func partyFound(v *visit) error {
	values, err := v.readForm()
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(values.Get("nummer"))
	tie, ok, err := v.tie(typed)
	if err != nil {
		return err
	}
	if !ok {
		return v.askParty(http.StatusUnprocessableEntity, typed, v.T("desk.party.wrong"))
	}
	var found cases.Page
	if tie != (cases.Tie{}) {
		if found, err = v.Cases.List(v.Ctx(), v.Who, cases.Filter{Queue: cases.QueueAll, Party: tie, Limit: manyRows}); err != nil {
			return err
		}
	}
	page := ui.List{Page: v.Page(v.T("desk.party.found"), pathInbox), Lead: v.T("desk.party.veiled"), Found: len(found.Cases), More: found.Next != ""}
	page.Path = pathParty
	page.Actions = []templ.Component{ui.Button{Text: v.T("desk.party.again"), Href: pathParty, Variant: ui.Secondary}}
	if len(found.Cases) == 0 {
		page.Empty = &ui.Empty{Title: v.T("desk.party.none"), Text: v.T("desk.party.none_text")}
		return ui.Render(v.W, v.R, http.StatusOK, page)
	}
	t := ui.Table{Caption: page.Title, HideCaption: true, Columns: []ui.Column{{Title: v.T("desk.number")}}}
	columns := []string{"arende", "enhet", "status", "inkom"}
	for _, name := range columns {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("desk.column." + name)})
	}
	for _, c := range found.Cases {
		row := ui.Row{Value: c.ID, Cells: []ui.Cell{{Text: c.Number, Href: casePath(c.ID)}}}
		for _, name := range columns {
			row.Cells = append(row.Cells, v.cell(name, c, v.Today()))
		}
		t.Rows = append(t.Rows, row)
	}
	page.Table = t
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// tie is whom a number is of: the zero Tie if of nobody we know, and false if it is no number.
func (v *visit) tie(typed string) (cases.Tie, bool, error) {
	n, err := civic.Parse(typed, v.Today())
	switch {
	case err != nil:
		return cases.Tie{}, false, nil
	case !n.IsPerson():
		return cases.Tie{Organisation: n.String()}, true, nil
	}
	p, err := v.Bodies.PersonByNumber(v.Ctx(), n)
	if errors.Is(err, store.ErrNotFound) {
		return cases.Tie{}, true, nil
	}
	return cases.Tie{Person: p.ID}, true, err
}
