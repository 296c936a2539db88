package roster

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// awayPage shows who is away and lets one say so of oneself, and a head of those in the unit.
func awayPage(v *visit) error { return v.showAway(http.StatusOK, url.Values{}, nil) }

func (v *visit) showAway(status int, typed url.Values, faults []fault) error {
	all, err := v.Absences(v.Ctx(), v.Today())
	if err != nil {
		return err
	}
	p := v.page(v.T("roster.away"), pathAway)
	for _, f := range faults {
		p.Errors = append(p.Errors, ui.FieldError{Field: f.field, Message: f.text})
	}
	parts := []templ.Component{ui.P(v.T("roster.away.lead"))}
	t := ui.Table{Caption: v.T("roster.away.now"), Columns: []ui.Column{{Title: v.T("roster.away.who")}, {Title: v.T("roster.away.first")}, {Title: v.T("roster.away.last")}, {Title: v.T("roster.away.deputy")}, {Title: v.T("roster.away.cases")}, {Title: v.T("roster.away.act")}}}
	for _, a := range all {
		may := MayRegister(v.Dir, v.Who, a.Person, v.Today()).Allowed
		if !may && a.Deputy != v.Who.Person {
			continue
		}
		deputy := v.T("roster.away.head")
		if a.Deputy != "" {
			deputy = v.Person(a.Deputy)
		}
		row := ui.Row{Cells: []ui.Cell{{Text: v.Person(a.Person)}, {Text: a.First.String()}, {Text: a.Last.String()}, {Text: deputy},
			{Text: v.T("roster.away.show"), Href: pathInbox + "?" + url.Values{"ko": {"oppna"}, "handlaggare": {a.Person}}.Encode()}, {}}}
		if may {
			row.Cells[5].Body = ui.Post{Button: ui.Button{Text: v.T("roster.away.end"), Hidden: v.Person(a.Person), Variant: ui.Secondary, Small: true}, To: pathAway + "/" + a.ID + "/slut"}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		parts = append(parts, t)
	}
	parts = append(parts, v.awayForm(typed, faults))
	return ui.Render(v.W, v.R, status, readPage(ui.Read{Page: p}, v.tabs(pathAway), parts))
}

// people are those whom one may say to be away, oneself first, and all who might step in for one of them.
func (v *visit) people() (who, deputies []ui.Option) {
	var keys []string
	for _, p := range v.Dir.Officials() {
		if MayRegister(v.Dir, v.Who, p.ID, v.Today()).Allowed {
			keys = append(keys, p.ID)
		}
	}
	for _, p := range v.Dir.Officials() {
		if slices.Contains(keys, p.ID) {
			who = append(who, ui.Option{Value: p.ID, Label: p.Name})
		}
		if slices.ContainsFunc(keys, func(k string) bool { return StepsIn(v.Dir, k, p.ID, v.Today()) }) {
			deputies = append(deputies, ui.Option{Value: p.ID, Label: p.Name})
		}
	}
	byName := func(a, b ui.Option) int {
		if mine := v.Who.Person; (a.Value == mine) != (b.Value == mine) {
			if a.Value == mine {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Label, b.Label)
	}
	slices.SortFunc(who, byName)
	slices.SortFunc(deputies, byName)
	return who, deputies
}

func (v *visit) awayForm(typed url.Values, faults []fault) templ.Component {
	who, deputies := v.people()
	if len(who) == 0 {
		return ui.P(v.T("roster.away.not_you"))
	}
	deputies = append(deputies, ui.Option{Value: "-", Label: v.T("roster.away.head"), Or: true})
	for _, list := range [][]ui.Option{who, deputies} {
		for i := range list {
			list[i].Chosen = list[i].Value == typed.Get("vem") && &list[0] == &who[0] || list[i].Value == typed.Get("ersattare") && &list[0] != &who[0]
		}
	}
	var fields []templ.Component
	hidden := []ui.Hidden{}
	if len(who) == 1 {
		hidden = append(hidden, ui.Hidden{Name: "vem", Value: who[0].Value})
	} else {
		fields = append(fields, ui.Select{Field: ui.Field{Name: "vem", Label: v.T("roster.away.who"), Error: of(faults, "vem")}, Empty: true, Options: who})
	}
	day := func(name, label string) templ.Component {
		return ui.Input{Field: ui.Field{Name: name, Label: label, Hint: v.T("roster.day_hint"), Error: of(faults, name)}, Value: typed.Get(name), Width: 12, NoSpell: true}
	}
	fields = append(fields, day("fran", v.T("roster.away.first")), day("tom", v.T("roster.away.last")),
		ui.Select{Field: ui.Field{Name: "ersattare", Label: v.T("roster.away.deputy"), Hint: v.T("roster.away.deputy_hint"), Error: of(faults, "ersattare")}, Empty: true, Options: deputies})
	return ui.Section(v.T("roster.away.new"), ui.Form{Action: pathAway, Unsaved: true, Hidden: hidden}, fields, ui.Button{Text: v.T("roster.away.save")})
}

// awayPost says that somebody will be away.
func awayPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	a := Absence{Person: typed.Get("vem"), Deputy: typed.Get("ersattare")}
	var faults []fault
	for name, into := range map[string]*calendar.Date{"fran": &a.First, "tom": &a.Last} {
		if *into, err = calendar.ParseDate(strings.TrimSpace(typed.Get(name))); err != nil {
			faults = append(faults, fault{name, v.T("roster.away.day")})
		}
	}
	if a.Person == "" {
		faults = append(faults, fault{"vem", v.T("roster.away.choose")})
	}
	switch a.Deputy {
	case "":
		faults = append(faults, fault{"ersattare", v.T("roster.away.choose_deputy")})
	case "-":
		a.Deputy = ""
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(a, b fault) int { return strings.Compare(a.field, b.field) })
		return v.showAway(http.StatusUnprocessableEntity, typed, faults)
	}
	_, err = v.Register(v.Ctx(), v.Who, a)
	switch {
	case errors.Is(err, ErrDays):
		faults = []fault{{"tom", v.T("roster.away.days")}}
	case errors.Is(err, ErrOverlap):
		faults = []fault{{"fran", v.T("roster.away.overlap")}}
	case errors.Is(err, ErrDeputy):
		faults = []fault{{"ersattare", v.T("roster.away.not_deputy", "Name", v.Person(a.Person))}}
	case err != nil:
		return err
	default:
		return v.done(pathAway, "away")
	}
	return v.showAway(http.StatusUnprocessableEntity, typed, faults)
}

// back ends an absence.
func back(v *visit) error {
	if err := v.Return(v.Ctx(), v.Who, v.R.PathValue("id")); err != nil {
		return err
	}
	return v.done(pathAway, "back")
}

// read notes that what came in a case has been read.
func read(v *visit) error {
	id := v.R.PathValue("id")
	if !store.ValidID(id) {
		return store.ErrNotFound
	}
	if err := v.Cases.MaySee(v.Ctx(), v.Who, id); err != nil {
		return err
	}
	if err := v.Read(v.Ctx(), v.Who, id); err != nil {
		return err
	}
	return v.done(pathCases+"/"+id, "read")
}
