package meeting

import (
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/ui"
)

func (s IdeaState) tone() ui.Tone {
	switch s {
	case Forwarded:
		return ui.Info
	case Accepted:
		return ui.Success
	case Declined:
		return ui.Danger
	}
	return ui.Neutral
}

// ideaTag is how far a suggestion has come, and whether its answer is late.
func (v *visit) ideaTag(i *Idea) ui.Tag {
	if i.Late(v.per) {
		return ui.Tag{Text: v.T("meeting.idea.late"), Tone: ui.Warning}
	}
	return ui.Tag{Text: v.T("meeting.idea.state." + string(i.State)), Tone: i.State.tone()}
}

// ideaList is all suggestions, for all who work here (S4-AN-4).
func ideaList(v *visit) error {
	q := v.R.URL.Query()
	state, mine := IdeaState(q.Get("lage")), q.Get("mina") != ""
	proposer := ""
	if mine {
		proposer = v.Who.Person
	}
	list, more, err := v.Ideas(v.Ctx(), state, proposer, q.Get("fore"))
	if err != nil {
		return err
	}
	p := ui.List{Page: v.top(v.T("meeting.ideas")), Lead: v.T("meeting.ideas_lead"), Tabs: v.tabs(PathIdeas), Found: -1,
		Actions: []templ.Component{ui.Button{Text: v.T("meeting.idea.new"), Href: PathIdeas + "/nytt", Variant: ui.Primary}}}
	options := []ui.Option{{Value: "", Label: v.T("meeting.all")}}
	for _, s := range IdeaStates() {
		options = append(options, ui.Option{Value: string(s), Label: v.T("meeting.idea.state." + string(s)), Chosen: s == state})
	}
	p.Filter = &ui.Filter{Action: PathIdeas, Open: true, Clear: PathIdeas, Fields: []templ.Component{ui.Select{Field: ui.Field{Name: "lage", Label: v.T("meeting.state")}, Options: options},
		ui.Checkbox{Field: ui.Field{Name: "mina", Label: v.T("meeting.idea.mine")}, Value: "1", Checked: mine}}}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("meeting.ideas_none"), Text: v.T("meeting.ideas_none_text")}
		return ui.Render(v.W, v.R, v.status, p)
	}
	t := ui.Table{ID: "forslag", Caption: v.T("meeting.ideas"), HideCaption: true, Columns: []ui.Column{{Title: v.T("meeting.field.rubrik")}, {Title: v.T("meeting.number")}, {Title: v.T("meeting.idea.on")}, {Title: v.T("meeting.idea.due")}, {Title: v.T("meeting.state")}}}
	for _, i := range list {
		if v.of(i.Member) != nil {
			continue
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: i.Title, Href: PathIdeas + "/" + i.ID}, {Text: i.Number}, {Text: i.On.String()}, {Text: i.Due.String()}, {Body: v.ideaTag(i)}}})
	}
	p.Table = t
	if more {
		next := url.Values{"fore": {list[len(list)-1].ID}, "lage": {string(state)}}
		if mine {
			next.Set("mina", "1")
		}
		p.Pager = &ui.Pager{Next: PathIdeas + "?" + next.Encode()}
	}
	return ui.Render(v.W, v.R, v.status, p)
}

// newIdea is the form of a suggestion.
func newIdea(v *visit) error {
	if v.R.Method == "POST" {
		return v.act(ideaForm, func() (string, string, error) {
			i, err := v.Suggest(v.Ctx(), v.Who, IdeaDraft{Route: v.values.Get("omrade"), Title: v.values.Get("rubrik"), Text: v.values.Get("text")})
			if err != nil {
				return "", "", err
			}
			return PathIdeas + "/" + i.ID, "suggested", nil
		})
	}
	return ideaForm(v)
}

func ideaForm(v *visit) error {
	routes := v.IdeaRoutes()
	q := ui.Question{Page: v.top(v.T("meeting.idea.new"), ui.Link{Text: v.T("meeting.ideas"), Href: PathIdeas}), Lead: v.T("meeting.idea.new_lead"), Back: PathIdeas, Button: v.T("meeting.idea.send"),
		Form: ui.Form{Action: PathIdeas + "/nytt", Unsaved: true}}
	if len(routes) == 1 {
		q.Form.Hidden = []ui.Hidden{{Name: "omrade", Value: routes[0].Key}}
	} else {
		var options []ui.Option
		for _, r := range routes {
			options = append(options, ui.Option{Value: r.Key, Label: r.Title.In(v.Lang()), Chosen: v.typed("omrade", "") == r.Key})
		}
		q.Fields = append(q.Fields, ui.Radios{Field: v.field("omrade", false), Options: options})
	}
	q.Fields = append(q.Fields, v.input("rubrik", "", 0, false), ui.Textarea{Field: ui.Field{Name: "text", Label: v.T("meeting.idea.text"), Hint: v.T("meeting.idea.text_hint"), Error: v.fault("text")}, Value: v.typed("text", ""), Rows: 8, Max: maxText})
	return ui.Render(v.W, v.R, v.status, q)
}

// ideaPage is a suggestion with what became of it.
func ideaPage(v *visit) error {
	i, err := v.Idea(v.Ctx(), v.R.PathValue("id"), v.per)
	if err == nil {
		err = v.of(i.Member)
	}
	if err != nil {
		return err
	}
	here := PathIdeas + "/" + i.ID
	p := ui.Case{Page: v.top(i.Title, ui.Link{Text: v.T("meeting.ideas"), Href: PathIdeas}), Number: i.Number, Status: v.ideaTag(i), Back: ui.Link{Text: v.T("meeting.ideas"), Href: PathIdeas}}
	kind := v.T("meeting.idea.kind.suggestion")
	if i.Initiative {
		kind = v.T("meeting.idea.kind.initiative")
	}
	p.Facts = ui.Summary{Narrow: true, Facts: []ui.Fact{{Name: v.T("meeting.kind"), Value: kind}, {Name: v.T("meeting.idea.by"), Value: v.name(i.Proposer)}, {Name: v.T("meeting.idea.on"), Value: v.L.Date(i.On)}, {Name: v.T("meeting.idea.due"), Value: v.L.Date(i.Due)}}}
	parts := []templ.Component{ui.P(i.Text)}
	if i.View != "" {
		parts = append(parts, ui.H2(v.T("meeting.idea.view")), ui.P(i.View), ui.Links{{Text: v.T("meeting.idea.matter"), Href: PathMatters + "/" + i.Matter}})
	}
	if i.Answer != "" {
		parts = append(parts, ui.H2(v.T("meeting.idea.answer")), ui.Summary{Facts: []ui.Fact{{Name: v.T("meeting.state"), Value: v.T("meeting.idea.state." + string(i.State))}, {Name: v.T("meeting.body"), Value: v.bodyName(i.AnsweredBy)}, {Name: v.T("meeting.day"), Value: v.L.Date(i.AnsweredOn)}, {Name: v.T("meeting.field.svar"), Value: i.Answer}}})
	}
	if route, ok := v.route(i.Route); ok && i.State == Suggested && !v.past {
		if _, err := v.Treats(v.Ctx(), v.db, v.Who, route.Treats); err == nil {
			parts = append(parts, ui.Section(v.T("meeting.idea.forward", "Body", v.bodyName(route.Forwards)), ui.Form{Action: here + "/vidare", Unsaved: true, Hidden: versioned(i.Version)},
				[]templ.Component{v.area("syn", "", 4, false)}, ui.Button{Text: v.T("meeting.idea.forward_button"), Variant: ui.Primary}),
				ui.Section(v.T("meeting.idea.reply"), ui.Form{Action: here + "/svara", Unsaved: true, Hidden: versioned(i.Version)},
					[]templ.Component{v.area("svar", "", 4, false)}, ui.Button{Text: v.T("meeting.idea.yes"), Name: "ja", Value: "1", Variant: ui.Secondary}, ui.Button{Text: v.T("meeting.idea.no"), Name: "ja", Value: "0", Variant: ui.Secondary}))
		}
	}
	return ui.Render(v.W, v.R, v.status, ui.With(p, v.dayed(here, parts...)...))
}

func ideaAct(v *visit) error {
	id := v.R.PathValue("id")
	return v.act(ideaPage, func() (string, string, error) {
		here := PathIdeas + "/" + id
		switch v.R.PathValue("act") {
		case "vidare":
			_, err := v.Forward(v.Ctx(), v.Who, id, v.version(), v.values.Get("syn"))
			return here, "forwarded", err
		case "svara":
			return here, "answered", v.Reply(v.Ctx(), v.Who, id, v.version(), v.values.Get("ja") == "1", v.values.Get("svar"))
		}
		return "", "", errNoAct
	})
}
