package desk

import (
	"net/http"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/ui"
)

// keptKeys is where the session holds that the officer has switched shortcuts on. They are off until then (WCAG 2.1.4).
const keptKeys = "desk.keys"

func (v *visit) keys() bool { return v.Sessions.Kept(v.R, keptKeys) == "on" }

// shortcuts are the keys and the texts that say what they do.
func shortcuts() []string { return []string{"?", "/", "g i", "g d", "g l", "t", "s", "n"} }

// help lists the shortcuts and says where to find what.
func help(v *visit) error {
	page := ui.Read{Page: v.Page(v.T("desk.help.title"), pathHelp), Lead: v.T("desk.help.lead")}
	t := ui.Table{Caption: v.T("desk.help.keys"), Columns: []ui.Column{{Title: v.T("desk.help.key")}, {Title: v.T("desk.help.does")}}}
	for _, k := range shortcuts() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k}, {Text: v.T("desk.key." + k)}}})
	}
	on := v.T("desk.help.off")
	if v.keys() {
		on = v.T("desk.help.on")
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(page, t, ui.P(on), ui.Links{{Text: v.T("desk.nav.settings"), Href: pathSettings}}))
}

// settings is what the officer may choose for the session.
func settings(v *visit) error {
	page := ui.Question{Page: v.Page(v.T("desk.settings.title"), pathSettings), Form: ui.Form{Action: pathSettings}, Button: v.T("desk.settings.button")}
	chosen := v.keys()
	page.Fields = []templ.Component{ui.Radios{Field: ui.Field{Name: "kortkommandon", Label: v.T("desk.settings.keys"), Hint: v.T("desk.settings.keys_hint")},
		Options: []ui.Option{{Value: "av", Label: v.T("desk.settings.off"), Chosen: !chosen}, {Value: "pa", Label: v.T("desk.settings.on"), Chosen: chosen}}}}
	page.After = ui.Links{{Text: v.T("desk.nav.help"), Href: pathHelp}}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

func settingsPost(v *visit) error {
	values, err := v.readForm()
	if err != nil {
		return err
	}
	value := "off"
	if values.Get("kortkommandon") == "pa" {
		value = "on"
	}
	if err := v.Sessions.Keep(v.W, v.R, keptKeys, value); err != nil {
		return err
	}
	return v.done(pathSettings, "settings")
}
