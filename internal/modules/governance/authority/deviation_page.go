package authority

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/ui"
)

// deviations lists avsteg: those that hold on the day, or another state that is asked for (PR-5).
func deviations(v *visit) error {
	q := v.R.URL.Query()
	ask := deviation.Question{Sentence: q.Get("mening"), State: deviation.State(q.Get("lage")), On: v.on, After: q.Get("efter"), Limit: pageSize + 1}
	if !q.Has("lage") {
		ask.State = deviation.Now
	}
	p := ui.List{Page: v.page(v.T("authority.deviations"), PathDeviation), Lead: v.T("authority.deviations_lead"), Tabs: v.tabs(PathDeviation), Found: -1}
	var states []ui.Option
	for _, s := range []deviation.State{deviation.Any, deviation.Now, deviation.ToReview, deviation.Coming, deviation.Over} {
		states = append(states, ui.Option{Value: string(s), Label: v.T("authority.state." + string(s)), Chosen: s == ask.State})
	}
	p.Filter = &ui.Filter{Action: PathDeviation, Clear: PathDeviation, Open: v.past() || len(q) > 0, Fields: []templ.Component{
		ui.Select{Field: ui.Field{Name: "lage", Label: v.T("authority.state")}, Options: states},
		ui.Input{Field: ui.Field{Name: "mening", Label: v.T("authority.sentence"), Optional: true}, Value: ask.Sentence, Width: 12, NoSpell: true}, v.perField()}}
	may := map[string]bool{}
	for _, m := range v.members() {
		may[m] = true
	}
	list, err := v.Deviations.List(v.Ctx(), ask)
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		p.Pager = &ui.Pager{Next: PathDeviation + "?" + url.Values{"mening": {ask.Sentence}, "lage": {string(ask.State)}, "per": {v.on.String()}, "efter": {list[pageSize-1].ID}}.Encode()}
	}
	t := ui.Table{Caption: v.T("authority.deviations"), HideCaption: true, Columns: []ui.Column{{Title: v.T("authority.field.foremal")}, {Title: v.T("authority.sentence")}, {Title: v.T("authority.days")}, {Title: v.T("authority.review_on")}, {Title: v.T("authority.state")}}}
	for _, d := range list {
		if may[d.Member] {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Name, Href: v.at(PathDeviation + "/" + d.ID)}, {Text: d.Sentence}, {Text: days(d.From, d.Last())}, {Text: d.Review.String()}, {Body: v.deviationTag(d)}}})
		}
	}
	if p.Table = t; len(t.Rows) == 0 {
		p.Table, p.Empty = nil, &ui.Empty{Title: v.T("authority.no_deviations"), Text: v.T("authority.no_deviations_text")}
	}
	if !v.past() && v.MayAnywhere(access.DeviationDecide) {
		p.Actions = []templ.Component{ui.Button{Text: v.T("authority.deviate"), Href: "/styrning/nytt-avsteg", Variant: ui.Primary}}
	}
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

func (v *visit) deviationTag(d deviation.Deviation) ui.Tag {
	switch {
	case v.on.Before(d.From):
		return ui.Tag{Text: v.T("authority.coming")}
	case !d.InForce(v.on):
		return ui.Tag{Text: v.T("authority.over")}
	case !d.Review.After(v.on):
		return ui.Tag{Text: v.T("authority.state.to_review"), Tone: ui.Warning}
	}
	return ui.Tag{Text: v.T("authority.in_force"), Tone: ui.Success}
}

// oneDeviation is the page of an avsteg.
func oneDeviation(v *visit) error { return v.deviationPage(&sheet{visit: v, values: url.Values{}}) }

func (v *visit) deviationPage(s *sheet) error {
	d, reviews, err := v.Deviations.Get(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.reads(d.Member); err != nil {
		return err
	}
	facts := []ui.Fact{{Name: v.T("authority.state"), Body: v.deviationTag(d)}, {Name: v.T("authority.sentence"), Value: d.Sentence}, {Name: v.T("authority.field.skal"), Value: d.Motivation},
		{Name: v.T("authority.days"), Value: days(d.From, d.Last())}, {Name: v.T("authority.review_on"), Value: d.Review.String()}, {Name: v.T("authority.decided_by"), Value: v.Person(d.Person)}}
	if d.Decision != "" {
		l, err := v.decisionLink(d.Decision)
		if err != nil {
			return err
		}
		facts = append(facts, ui.Fact{Name: v.T("authority.decision"), Body: ui.Links{l}})
	}
	if d.EndedWhy != "" {
		facts = append(facts, ui.Fact{Name: v.T("authority.ended_why"), Value: d.EndedWhy})
	}
	p := ui.Read{Page: v.page(v.T("authority.deviation")+": "+d.Name, PathDeviation, v.crumb("authority.deviations", PathDeviation)), Lead: v.T("authority.deviation_lead", "Day", v.L.Date(d.Last()))}
	p.Errors = s.faults
	parts := []templ.Component{ui.Summary{Facts: facts}}
	var seen ui.Timeline
	for _, r := range reviews {
		if !r.On.After(v.on) {
			seen.Entries = append(seen.Entries, ui.Entry{When: v.L.Date(r.On), Machine: r.On.String(), Who: v.Person(r.Person), Title: v.T("authority.reviewed", "Day", r.Next.String()), Text: r.Note})
		}
	}
	if len(seen.Entries) > 0 {
		seen.Title = v.T("authority.reviews")
		parts = append(parts, seen)
	}
	if !v.past() && d.InForce(v.on) && v.deviationMandate(d.Member, d.Body) != "" {
		path := PathDeviation + "/" + d.ID
		field, err := s.decision("", true)
		if err != nil {
			return err
		}
		parts = append(parts, ui.Section(v.T("authority.review"), ui.Form{Action: path + "/prova"}, []templ.Component{s.area("anteckning", false), s.line("prova", 12, false)}, ui.Button{Text: v.T("authority.review"), Variant: ui.Secondary}),
			ui.Section(v.T("authority.end_deviation"), ui.Form{Action: path + "/avsluta"}, []templ.Component{s.line("slutar", 12, false), s.area("skal", false), field}, ui.Button{Text: v.T("authority.end_deviation"), Variant: ui.Secondary}))
	}
	return ui.Render(v.W, v.R, s.status(), ui.With(p, append(parts, v.perForm(PathDeviation+"/"+d.ID))...))
}

// deviationMandate is the mandate under which the official decides avsteg of a body or, for "", of a member; "" if none.
func (v *visit) deviationMandate(member, body string) string {
	if a := access.Check(v.Who, access.DeviationDecide, access.Object{Member: member, Body: body}); a.Allowed {
		return a.Mandate
	}
	for _, b := range v.mine() {
		if b.Member == member {
			return access.Check(v.Who, access.DeviationDecide, bodyObject(b)).Mandate
		}
	}
	return ""
}

// deviating asks for an avsteg and decides it, or writes down what a body has decided.
func deviating(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	member := v.home()
	mandate := v.deviationMandate(member, "")
	for _, m := range v.members() {
		if mandate == "" {
			member, mandate = m, v.deviationMandate(m, "")
		}
	}
	if mandate == "" {
		return access.Check(v.Who, access.DeviationDecide, access.Object{Member: v.home()}).Err()
	}
	if s.posted() {
		s.need("mening", "foremal", "skal", "fran", "till", "prova")
		kind, id := s.get("slag"), s.get("id")
		if kind == "" || id == "" {
			kind, id = "named", s.get("foremal")
		}
		d := deviation.Deviation{Member: member, Sentence: s.get("mening"), Object: deviation.Object{Kind: kind, ID: id}, Name: s.get("foremal"), Motivation: s.get("skal"), Decision: s.get("beslut"),
			From: s.date("fran"), To: s.date("till"), Review: s.date("prova")}
		if d.Sentence != "" && !v.Deviations.Soft(d.Sentence) {
			s.fault("mening", v.T("authority.hard"))
		}
		if len(s.faults) == 0 {
			done, err := v.Deviations.Decide(v.Ctx(), bodies.By{Person: v.Who.Person, Mandate: mandate, Decision: d.Decision}, d)
			if err == nil {
				return v.Done(PathDeviation+"/"+done.ID, "authorities.said.deviated")
			}
			if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	field, err := s.decision("", true)
	if err != nil {
		return err
	}
	s.hidden = []ui.Hidden{{Name: "slag", Value: s.get("slag")}, {Name: "id", Value: s.get("id")}}
	return s.show(v.T("authority.deviate"), v.T("authority.deviate_lead"), PathDeviation, v.T("authority.deviate"), "/styrning/nytt-avsteg",
		s.line("mening", 12, false), s.line("foremal", 0, false), s.area("skal", false), s.line("fran", 12, false), s.line("till", 12, false), s.line("prova", 12, false), field)
}

// reviewing writes down that an avsteg was looked at again.
func reviewing(v *visit) error {
	return v.changeDeviation("authorities.said.reviewed", func(s *sheet, by bodies.By, id string) error {
		s.need("anteckning", "prova")
		next := s.date("prova")
		if len(s.faults) > 0 {
			return nil
		}
		return v.Deviations.Review(v.Ctx(), by, id, s.get("anteckning"), next)
	})
}

// endingDeviation ends an avsteg before its last day.
func endingDeviation(v *visit) error {
	return v.changeDeviation("authorities.said.deviation_ended", func(s *sheet, by bodies.By, id string) error {
		s.need("slutar", "skal")
		last := s.date("slutar")
		if len(s.faults) > 0 {
			return nil
		}
		by.Decision = s.get("beslut")
		return v.Deviations.End(v.Ctx(), by, id, last, s.get("skal"))
	})
}

func (v *visit) changeDeviation(said string, do func(s *sheet, by bodies.By, id string) error) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	d, _, err := v.Deviations.Get(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	mandate := v.deviationMandate(d.Member, d.Body)
	if mandate == "" {
		return access.Check(v.Who, access.DeviationDecide, access.Object{Member: d.Member, Body: d.Body}).Err()
	}
	err = do(s, bodies.By{Person: v.Who.Person, Mandate: mandate}, d.ID)
	if err == nil && len(s.faults) == 0 {
		return v.Done(PathDeviation+"/"+d.ID, said)
	}
	if err != nil {
		if err := s.refused(err); err != nil {
			return err
		}
	}
	return v.deviationPage(s)
}
