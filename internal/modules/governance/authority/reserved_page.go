package authority

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// action is what an action that is reserved means, in words.
func (v *visit) action(member, action string) string {
	if r := v.Dir.ReservedTo(member, action, v.on); r != nil {
		return r.Text.In(v.Lang())
	}
	return action
}

// reserved lists what is reserved to which body on a day (PR-3).
func reserved(v *visit) error {
	p := ui.List{Page: v.page(v.T("authority.reserved"), PathReserved), Lead: v.T("authority.reserved_lead"), Tabs: v.tabs(PathReserved), Found: -1}
	p.Filter = &ui.Filter{Action: PathReserved, Clear: PathReserved, Open: v.past(), Fields: []templ.Component{v.perField()}}
	t := ui.Table{Caption: v.T("authority.reserved"), HideCaption: true, Columns: []ui.Column{{Title: v.T("authority.what")}, {Title: v.T("authority.decides")}, {Title: v.T("authority.delegable")}, {Title: v.T("authority.sentence")}, {Title: v.T("authority.since")}}}
	for _, member := range v.members() {
		for _, r := range v.Dir.ReservedActions(member, v.on) {
			delegable := v.T("authority.no")
			if r.Delegable {
				delegable = v.T("authority.yes")
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Text.In(v.Lang()), Href: v.at(PathWhy + "?" + url.Values{"atgard": {r.Action}, "kommun": {member}}.Encode())},
				{Text: v.of(member, r.Body)}, {Text: delegable}, {Text: r.Sentence}, {Text: r.From.String()}}})
		}
	}
	if len(t.Rows) == 0 {
		p.Empty = &ui.Empty{Title: v.T("authority.nothing_reserved"), Text: v.T("authority.nothing_reserved_text")}
	} else {
		p.Table = t
	}
	if !v.past() && len(v.mine()) > 0 {
		p.Actions = []templ.Component{ui.Button{Text: v.T("authority.change_reserved"), Href: PathReserved + "/andra", Variant: ui.Secondary}}
	}
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// changing lets a row of the table become another, on a decision (PR-3).
func changing(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	mine := v.mine()
	if len(mine) == 0 {
		return access.Check(v.Who, access.DecisionRegister, access.Object{Member: v.home()}).Err()
	}
	member := mine[0].Member
	if s.posted() {
		s.need("atgard", "organ", "fran", "beslut")
		row := v.Dir.ReservedTo(member, s.get("atgard"), v.Visit.Today())
		if row == nil {
			s.fault("atgard", v.T("authority.need.atgard"))
		}
		from := s.date("fran")
		if len(s.faults) == 0 {
			r := *row
			r.Body, r.Delegable, r.From, r.Decision = s.get("organ"), s.get("delegerbart") != "", from, s.get("beslut")
			_, err := v.ChangeReserved(v.Ctx(), v.Who, r)
			if err == nil {
				return v.Done(PathReserved, "authorities.said.reserved")
			}
			if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	var actions []ui.Option
	for _, r := range v.Dir.ReservedActions(member, v.Visit.Today()) {
		actions = append(actions, ui.Option{Value: r.Action, Label: r.Text.In(v.Lang()), Chosen: r.Action == s.get("atgard")})
	}
	to := []ui.Option{{Value: bodies.OwnBody, Label: v.T("authority.own_body"), Chosen: s.get("organ") == bodies.OwnBody}}
	for _, b := range v.Dir.Bodies(member) {
		to = append(to, ui.Option{Value: b.Code, Label: b.Name.In(v.Lang()), Chosen: b.Code == s.get("organ")})
	}
	field, err := s.decision("", false)
	if err != nil {
		return err
	}
	return s.show(v.T("authority.change_reserved"), v.T("authority.change_reserved_lead"), PathReserved, v.T("authority.change_reserved"), PathReserved+"/andra",
		s.choice("atgard", actions, false), s.choice("organ", to, false), ui.Checkbox{Field: s.field("delegerbart", true), Value: "1", Checked: s.get("delegerbart") != ""}, s.line("fran", 12, false), field)
}

// asked is the act that an address or a form asks about.
func (v *visit) asked() (Why, error) {
	member := v.R.FormValue("kommun")
	if member == "" {
		member = v.home()
	}
	if err := v.reads(member); err != nil {
		return Why{}, err
	}
	w, ok := WhyNot(v.Dir, member, v.R.FormValue("atgard"), v.R.FormValue("organ"), v.on)
	if !ok {
		return w, store.ErrNotFound
	}
	return w, nil
}

// why answers "Varför får jag inte?" for a reserved action.
func why(v *visit) error {
	w, err := v.asked()
	if err != nil {
		return err
	}
	return v.showWhy(w, &sheet{visit: v, values: url.Values{"vidare": {v.R.FormValue("vidare")}}}, http.StatusOK)
}

// mayDecide is the body that may, in words.
func (v *visit) mayDecide(w Why) string {
	if w.Body.ID != "" {
		return w.Body.Name.In(v.Lang())
	}
	return v.of(w.Row.Member, w.Row.Body)
}

// showWhy writes why an act is refused: the sentence, the body that may, what is wrong with the decision, and the matter to prepare.
func (v *visit) showWhy(w Why, s *sheet, status int) error {
	p := ui.Read{Page: v.page(v.T("authority.why"), PathReserved, v.crumb("authority.reserved", PathReserved)), Lead: w.Row.Text.In(v.Lang())}
	p.Errors = s.faults
	delegable := v.T("authority.not_delegable")
	if w.Row.Delegable {
		delegable = v.T("authority.may_delegate")
	}
	facts := []ui.Fact{{Name: v.T("authority.decides"), Value: v.mayDecide(w)}, {Name: v.T("authority.sentence"), Value: w.Row.Sentence}, {Name: v.T("authority.delegable"), Value: delegable}}
	if w.Reason != "" {
		facts = append(facts, ui.Fact{Name: v.T("authority.what_is_missing"), Value: v.T("authority.reason." + string(w.Reason))})
	}
	parts := []templ.Component{ui.Summary{Facts: facts}}
	parts = append(parts, ui.P(v.T("authority.why_decided")), ui.Links{{Text: v.T("authority.see_decisions"), Href: Path + "?organ=" + url.QueryEscape(w.Body.ID)}})
	if v.Preparer != nil && w.Body.ID != "" && !v.past() && v.MayAnywhere(access.GovernanceTakePart) {
		form := ui.Form{Action: PathWhy, Unsaved: true, Hidden: []ui.Hidden{{Name: "atgard", Value: w.Row.Action}, {Name: "kommun", Value: w.Row.Member}, {Name: "organ", Value: w.Body.ID}, {Name: "vidare", Value: s.get("vidare")}}}
		parts = append(parts, ui.Section(v.T("authority.prepare_title", "Body", v.mayDecide(w)), form,
			[]templ.Component{ui.P(v.T("authority.prepare_lead")), s.line("rubrik", 0, false), s.area("forslag", false), s.area("bakgrund", true)},
			ui.Button{Text: v.T("authority.prepare", "Body", v.mayDecide(w)), Variant: ui.Primary}))
	}
	return ui.Render(v.W, v.R, status, ui.With(p, parts...))
}

// preparing begins a matter for the body that may.
func preparing(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	w, err := v.asked()
	if err != nil {
		return err
	}
	if v.Preparer == nil || w.Body.ID == "" {
		return store.ErrNotFound
	}
	s.need("rubrik", "forslag")
	if len(s.faults) == 0 {
		path, err := v.Preparer.Prepare(v.Ctx(), v.Who, Matter{Body: w.Body.ID, Title: s.get("rubrik"), Proposal: s.get("forslag"), Background: s.get("bakgrund"), Action: w.Row.Action,
			Sentence: w.Row.Sentence, Path: inside(s.get("vidare"))})
		if err == nil {
			return v.Done(path, "authorities.said.prepared")
		}
		var bad *MatterError
		if !errors.As(err, &bad) {
			return err
		}
		for field, words := range bad.Fields {
			s.fault(map[string]string{"title": "rubrik", "proposal": "forslag", "background": "bakgrund"}[field], words)
		}
	}
	return v.showWhy(w, s, http.StatusUnprocessableEntity)
}

// inside keeps an address only if it leads to a page of this site.
func inside(path string) string {
	if len(path) > 1 && path[0] == '/' && path[1] != '/' && path[1] != '\\' {
		return path
	}
	return ""
}

// Refused answers an official whose act is reserved to a body, in place of the plain refusal; false leaves other errors to web.Error. It is
// given to the door of the rooms.
func (m *Module) Refused(o *office.Visit, err error) bool {
	var e *bodies.ReservedError
	if !errors.As(err, &e) {
		return false
	}
	v := &visit{m, o, o.Today()}
	from := ""
	if o.R.Method == http.MethodGet {
		from = o.R.URL.Path
	}
	return v.showWhy(whyOf(o.Dir, e), &sheet{visit: v, values: url.Values{"vidare": {from}}}, http.StatusForbidden) == nil
}
