package authority

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/ui"
)

// positions lists the ställningstaganden that hold on a day (S4-KS-4).
func positions(v *visit) error {
	p := ui.List{Page: v.page(v.T("authority.positions"), PathPositions), Lead: v.T("authority.positions_lead"), Tabs: v.tabs(PathPositions), Found: -1}
	p.Filter = &ui.Filter{Action: PathPositions, Clear: PathPositions, Open: v.past(), Fields: []templ.Component{v.perField()}}
	t := ui.Table{Caption: v.T("authority.positions"), HideCaption: true, Columns: []ui.Column{{Title: v.T("authority.position")}, {Title: v.T("authority.field.text")}, {Title: v.T("authority.days")}}}
	for _, member := range v.members() {
		list, err := v.Positions(v.Ctx(), member, v.on)
		if err != nil {
			return err
		}
		for _, x := range list {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title, Href: v.at(PathPositions + "/" + x.ID)}, {Text: short(x.Text)}, {Text: days(x.From, x.Ended)}}})
		}
	}
	if p.Table = t; len(t.Rows) == 0 {
		p.Table, p.Empty = nil, &ui.Empty{Title: v.T("authority.no_positions"), Text: v.T("authority.no_positions_text")}
	}
	if !v.past() && len(v.mine()) > 0 {
		p.Actions = []templ.Component{ui.Button{Text: v.T("authority.take"), Href: "/styrning/nytt-stallningstagande", Variant: ui.Primary}}
	}
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// onePosition is the page of a ställningstagande.
func onePosition(v *visit) error { return v.positionPage(&sheet{visit: v, values: url.Values{}}) }

func (v *visit) positionPage(s *sheet) error {
	x, err := v.Position(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.reads(x.Member); err != nil {
		return err
	}
	decided, err := v.decisionLink(x.Decision)
	if err != nil {
		return err
	}
	tag := ui.Tag{Text: v.T("authority.in_force"), Tone: ui.Success}
	switch {
	case v.on.Before(x.From):
		tag = ui.Tag{Text: v.T("authority.coming")}
	case !x.InForce(v.on):
		tag = ui.Tag{Text: v.T("authority.over")}
	}
	facts := []ui.Fact{{Name: v.T("authority.state"), Body: tag}, {Name: v.T("authority.decision"), Body: ui.Links{decided}}, {Name: v.T("authority.days"), Value: days(x.From, x.Ended)}}
	p := ui.Read{Page: v.page(x.Title, PathPositions, v.crumb("authority.positions", PathPositions))}
	p.Errors = s.faults
	parts := []templ.Component{ui.P(x.Text), ui.Summary{Facts: facts}}
	if len(x.Objects) > 0 {
		var about ui.Links
		for _, o := range x.Objects {
			about = append(about, ui.Link{Text: o.Name, Href: v.at("/system/" + url.PathEscape(o.ID))})
		}
		parts = append(parts, ui.H2(v.T("authority.about")), about)
	}
	if !v.past() && x.Ended.IsZero() && slices.ContainsFunc(v.Dir.Bodies(x.Member), func(b bodies.Body) bool { return access.Check(v.Who, access.DecisionRegister, bodyObject(b)).Allowed }) {
		field, err := s.decision("", false)
		if err != nil {
			return err
		}
		parts = append(parts, ui.Section(v.T("authority.end_position"), ui.Form{Action: PathPositions + "/" + x.ID + "/avsluta"}, []templ.Component{s.line("slutar", 12, false), field}, ui.Button{Text: v.T("authority.end_position"), Variant: ui.Secondary}))
	}
	return ui.Render(v.W, v.R, s.status(), ui.With(p, append(parts, v.perForm(PathPositions+"/"+x.ID))...))
}

// taking asks for a ställningstagande and registers it.
func taking(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	mine := v.mine()
	if len(mine) == 0 {
		return access.Check(v.Who, access.DecisionRegister, access.Object{Member: v.home()}).Err()
	}
	var systems []Answerable
	if v.Systems != nil {
		if systems, err = v.Systems.Answerable(v.Ctx(), v.Lang(), v.on); err != nil {
			return err
		}
	}
	if s.posted() {
		s.need("rubrik", "text", "fran", "beslut")
		x := Position{Member: mine[0].Member, Title: s.get("rubrik"), Text: s.get("text"), Decision: s.get("beslut"), From: s.date("fran")}
		for _, a := range systems {
			if slices.Contains(s.values["system"], a.ID) {
				x.Objects = append(x.Objects, Object{"system", a.ID, a.Name})
			}
		}
		if len(s.faults) == 0 {
			done, err := v.Take(v.Ctx(), v.Who, x)
			if err == nil {
				return v.Done(PathPositions+"/"+done.ID, "authorities.said.position")
			}
			if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	field, err := s.decision("", false)
	if err != nil {
		return err
	}
	fields := []templ.Component{s.line("rubrik", 0, false), s.area("text", false), s.line("fran", 12, false), field}
	if len(systems) > 0 {
		var options []ui.Option
		for _, a := range systems {
			options = append(options, ui.Option{Value: a.ID, Label: a.Name, Chosen: slices.Contains(s.values["system"], a.ID)})
		}
		fields = append(fields, ui.Checkboxes{Field: s.field("system", true), Options: options})
	}
	return s.show(v.T("authority.take"), v.T("authority.take_lead"), PathPositions, v.T("authority.take"), "/styrning/nytt-stallningstagande", fields...)
}

// endingPosition ends a ställningstagande on a decision.
func endingPosition(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	s.need("slutar", "beslut")
	last := s.date("slutar")
	if len(s.faults) == 0 {
		err := v.EndPosition(v.Ctx(), v.Who, v.R.PathValue("id"), last, s.get("beslut"))
		if err == nil {
			return v.Done(PathPositions+"/"+v.R.PathValue("id"), "authorities.said.position_ended")
		}
		if err := s.refused(err); err != nil {
			return err
		}
	}
	return v.positionPage(s)
}
