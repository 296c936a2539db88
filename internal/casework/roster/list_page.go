package roster

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/desk"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// lists shows the lists of somebody, and lets them choose the one to begin with and the columns of the queues.
func lists(v *visit) error {
	all, err := v.lists(v.Ctx(), v.Who)
	if err != nil {
		return err
	}
	chosen, err := v.choice(v.Ctx(), v.Who.Person)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.P(v.T("roster.lists.lead"))}
	t := ui.Table{Caption: v.T("roster.lists"), HideCaption: true, Columns: []ui.Column{{Title: v.T("roster.lists.name")}, {Title: v.T("roster.lists.for")}, {Title: v.T("roster.lists.act")}}}
	first := []ui.Option{{Value: "-", Label: v.T("roster.lists.queue"), Chosen: true}}
	for _, l := range all {
		of := v.T("roster.lists.mine")
		if l.Unit != "" {
			of = v.Unit(l.Unit)
		}
		row := ui.Row{Cells: []ui.Cell{{Text: l.Name, Href: pathInbox + "?" + url.Values{"lista": {l.ID}}.Encode()}, {Text: of}, {}}}
		if v.MayChange(v.Who, l) {
			row.Cells[2] = ui.Cell{Text: v.T("roster.lists.change"), Href: pathLists + "/" + l.ID}
		}
		t.Rows = append(t.Rows, row)
		if l.ID == chosen.List {
			first[0].Chosen = false
		}
		first = append(first, ui.Option{Value: l.ID, Label: l.Name, Chosen: l.ID == chosen.List})
	}
	if len(all) > 0 {
		parts = append(parts, t)
	}
	fields := append([]templ.Component{ui.Select{Field: ui.Field{Name: "forst", Label: v.T("roster.lists.first")}, Options: first}}, v.columns(chosen.Columns)...)
	parts = append(parts, ui.Section(v.T("roster.lists.own"), ui.Form{Action: pathLists}, fields, ui.Button{Text: v.T("roster.save")}))
	return ui.Render(v.W, v.R, http.StatusOK, readPage(ui.Read{Page: v.page(v.T("roster.lists"), pathLists)}, v.tabs(pathLists), parts))
}

// placesOfColumns is how many columns the form has room for.
const placesOfColumns = 8

// columns are the fields for columns: one for each place, so that the order is chosen with them.
func (v *visit) columns(chosen []string) []templ.Component {
	var out []templ.Component
	for i := range placesOfColumns {
		options := make([]ui.Option, 0, len(desk.Columns()))
		for _, name := range desk.Columns() {
			options = append(options, ui.Option{Value: name, Label: v.T("desk.column." + name), Chosen: i < len(chosen) && chosen[i] == name})
		}
		out = append(out, ui.Select{Field: ui.Field{ID: "kolumn-" + strconv.Itoa(i+1), Name: "kolumn", Label: v.T("roster.column", "Place", i+1), Optional: true}, Empty: true, Options: options})
	}
	return []templ.Component{ui.With(ui.Details{Summary: v.T("roster.columns"), Open: len(chosen) > 0, Text: v.T("roster.columns.hint")}, out...)}
}

// chosen keeps what somebody has chosen for their inbox.
func chosen(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	c := InboxChoice{List: typed.Get("forst"), Columns: typed["kolumn"]}
	if c.List == "-" {
		c.List = ""
	} else if _, err := v.List(v.Ctx(), v.Who, c.List); err != nil {
		return err
	}
	if err := v.Choose(v.Ctx(), v.Who, c); err != nil {
		return err
	}
	return v.done(pathLists, "chosen")
}

// newList asks for the name of a selection that comes from the inbox.
func newList(v *visit) error {
	q := v.R.URL.Query()
	l := List{Query: desk.Clean(q).Encode()}
	if was, err := v.List(v.Ctx(), v.Who, q.Get("ur")); err == nil && v.MayChange(v.Who, was) {
		l.ID, l.Name, l.Unit, l.Version = was.ID, was.Name, was.Unit, was.Version // a list that was narrowed further is saved over, if one likes
	}
	return v.askList(http.StatusOK, l, q.Get("ur") != "" && l.ID != "", nil)
}

// changeList asks for what is to be changed of a list.
func changeList(v *visit) error {
	l, err := v.List(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if !v.MayChange(v.Who, l) {
		return access.Check(v.Who, access.MandateAppointUnit, unitObject(v.Dir, "list", l.Unit)).Err()
	}
	return v.askList(http.StatusOK, l, false, nil)
}

// askList asks for name, columns and who sees a list. copied offers to save it as another.
func (v *visit) askList(status int, l List, copied bool, faults []fault) error {
	path, title := pathLists+"/ny", v.T("roster.lists.new")
	if l.ID != "" {
		path, title = pathLists+"/"+l.ID, v.T("roster.lists.change_title")
	}
	q := ui.Question{Page: v.page(title, path), Lead: v.T("roster.lists.new_lead"), Back: pathLists, Button: v.T("roster.save"),
		Form: ui.Form{Action: path, Unsaved: true, Hidden: []ui.Hidden{{Name: "urval", Value: l.Query}, {Name: "version", Value: strconv.Itoa(l.Version)}}}}
	q.Fields = append(q.Fields, ui.Input{Field: ui.Field{Name: "namn", Label: v.T("roster.lists.name"), Error: of(faults, "namn")}, Value: l.Name, Width: 30})
	var units []ui.Option
	for _, u := range access.Units(v.Who, access.CaseClaim) {
		units = append(units, ui.Option{Value: u, Label: v.T("roster.lists.shared", "Unit", v.Unit(u)), Chosen: u == l.Unit})
	}
	if len(units) > 0 {
		units = append([]ui.Option{{Value: "-", Label: v.T("roster.lists.mine"), Chosen: l.Unit == ""}}, units...)
		q.Fields = append(q.Fields, ui.Select{Field: ui.Field{Name: "enhet", Label: v.T("roster.lists.for"), Error: of(faults, "enhet")}, Options: units})
	}
	was, _ := url.ParseQuery(l.Query)
	q.Fields = append(q.Fields, v.columns(desk.CleanColumns(strings.Split(was.Get("kolumner"), ",")))...)
	if copied {
		q.Fields = append(q.Fields, ui.Checkbox{Field: ui.Field{Name: "kopia", Label: v.T("roster.lists.copy")}, Value: "ja"})
	}
	if l.ID != "" {
		q.After = ui.Together(ui.Post{Button: ui.Button{Text: v.T("roster.lists.remove"), Variant: ui.Tertiary, Tone: ui.Danger}, To: pathLists + "/" + l.ID + "/ta-bort"})
	}
	return v.ask(status, q, faults)
}

// listPost saves a list.
func listPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(typed.Get("urval"))
	if err != nil {
		query = url.Values{}
	}
	query.Del("kolumner")
	if columns := desk.CleanColumns(typed["kolumn"]); len(columns) > 0 {
		query.Set("kolumner", strings.Join(columns, ","))
	}
	l := List{ID: v.R.PathValue("id"), Name: typed.Get("namn"), Unit: typed.Get("enhet"), Query: desk.Clean(query).Encode()}
	if l.Unit == "-" {
		l.Unit = ""
	}
	l.Version, _ = strconv.Atoi(typed.Get("version"))
	if typed.Get("kopia") != "" {
		l.ID = ""
	}
	if l.ID == "" {
		l, err = v.Save(v.Ctx(), v.Who, l)
	} else {
		l, err = v.Change(v.Ctx(), v.Who, l)
	}
	var faults []fault
	switch {
	case errors.Is(err, ErrName):
		faults = []fault{{"namn", v.T("roster.lists.wrong_name", "Max", maxName)}}
	case errors.Is(err, ErrMany):
		faults = []fault{{"namn", v.T("roster.lists.many", "Max", maxLists)}}
	case errors.Is(err, ErrUnit):
		faults = []fault{{"enhet", v.T("roster.lists.wrong_unit")}}
	case errors.Is(err, store.ErrConflict):
		now, lerr := v.List(v.Ctx(), v.Who, l.ID)
		if lerr != nil {
			return lerr
		}
		l.Version = now.Version // what a colleague saved is overwritten only by one who has been told of it
		faults = []fault{{"namn", v.T("roster.lists.stale", "Name", now.Name)}}
		return v.askList(http.StatusConflict, l, false, faults)
	case err != nil:
		return err
	default:
		return v.done(pathInbox+"?"+url.Values{"lista": {l.ID}}.Encode(), "list")
	}
	return v.askList(http.StatusUnprocessableEntity, l, false, faults)
}

// removeList removes a list.
func removeList(v *visit) error {
	if err := v.Remove(v.Ctx(), v.Who, v.R.PathValue("id")); err != nil {
		return fmt.Errorf("a page of lists: %w", err)
	}
	return v.done(pathLists, "removed")
}
