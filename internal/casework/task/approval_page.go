package task

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// propose begins an approval round.
func propose(v *visit) (sheet, error) {
	view, err := v.opened(access.CaseStatus)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "propose", pathApproval+"/ny")
	s.version = view.Case.Version
	names := []string{"rubrik", "text", "handling", "beslut", "vem", "ordning"}
	s.fields = func(f *form) []templ.Component {
		f.of(names...)
		out := []templ.Component{ui.Input{Field: f.field("rubrik", v.T("task.field.title"), v.T("task.hint.title")), Value: f.Get("rubrik")}}
		if len(view.Type.Decisions) > 0 {
			decision := ui.Select{Field: optional(f.field("beslut", v.T("task.field.decision"), v.T("task.hint.decision"))), Empty: true}
			for _, d := range view.Type.Decisions {
				decision.Options = append(decision.Options, ui.Option{Value: d.Key, Label: d.Title.In(v.Lang()), Chosen: f.Get("beslut") == d.Key})
			}
			out = append(out, decision)
		}
		out = append(out, v.lines(f, "text", "proposal", "", 10, MaxWords, true))
		if len(readable(view)) > 0 {
			file := ui.Select{Field: optional(f.field("handling", v.T("task.field.document"), v.T("task.hint.document"))), Empty: true}
			for _, d := range readable(view) {
				file.Options = append(file.Options, ui.Option{Value: strconv.Itoa(d.N), Label: d.Name, Chosen: f.Get("handling") == strconv.Itoa(d.N)})
			}
			out = append(out, file)
		}
		people := ui.Checkboxes{Field: f.field("vem", v.T("task.field.approvers"), v.T("task.hint.approvers"))}
		for _, p := range v.approvers(view) {
			people.Options = append(people.Options, ui.Option{Value: p.Value, Label: p.Label, Chosen: f.has("vem", p.Value)})
		}
		order := f.or("ordning", "samtidigt")
		return append(out, people, ui.Radios{Field: f.field("ordning", v.T("task.field.order"), ""), Options: []ui.Option{
			{Value: "samtidigt", Label: v.T("task.order.together"), Chosen: order != "tur"}, {Value: "tur", Label: v.T("task.order.turn"), Hint: v.T("task.hint.turn"), Chosen: order == "tur"}}})
	}
	s.do = func(f *form) error {
		f.of(names...)
		number, _ := strconv.Atoi(f.Get("handling"))
		p := Proposal{Title: v.long(f, "rubrik", MaxWhat), Decision: f.Get("beslut"), Document: number, Text: v.long(f, "text", MaxWords), Asked: f.Values["vem"], InTurn: f.Get("ordning") == "tur"}
		if p.Title == "" {
			f.fault("rubrik", v.T("task.problem.title"))
		}
		switch {
		case p.Text == "" && number == 0:
			f.fault("text", v.T("task.problem.proposal"))
		case p.Text != "" && number != 0:
			f.fault("handling", v.T("task.problem.both"))
		case p.Decision != "" && number != 0:
			f.fault("beslut", v.T("task.problem.decision_text"))
		}
		if len(p.Asked) == 0 {
			f.fault("vem", v.T("task.problem.whom"))
		}
		if len(f.faults) > 0 {
			return nil
		}
		_, err := v.Propose(v.Ctx(), v.Who, f.on(view.Case.ID), p)
		return err
	}
	return s, nil
}

// approvers are those who may be asked to approve: who may read the case, apart from the one who asks.
func (v *visit) approvers(view cases.OfficerView) []ui.Option {
	var out []ui.Option
	for _, p := range v.Dir.Officials() {
		if p.ID != v.Who.Person && v.reads(p.ID, view.Case.Object(view.Parties...)) {
			out = append(out, ui.Option{Value: p.ID, Label: p.Name})
		}
	}
	return out
}

// round is the round of the address, for one who may do something to its case.
func (v *visit) round(right access.Action) (cases.OfficerView, Approval, error) {
	view, err := v.opened(right)
	if err != nil {
		return view, Approval{}, err
	}
	x, err := v.Round(v.Ctx(), view.Case.ID, v.R.PathValue("round"))
	return view, x, err
}

func showRound(v *visit) error { return v.aboutRound(http.StatusOK, &form{}) }

// aboutRound is what is to be approved, who has said what, and the form of the one whose turn it is.
func (v *visit) aboutRound(status int, f *form) error {
	view, x, err := v.round(access.CaseRead)
	if err != nil {
		return err
	}
	f.of("skal")
	here := RoundPath(view.Case.ID, x.ID)
	crumb := ui.Link{Text: view.Case.Number, Href: casePath(view.Case.ID)}
	body := []templ.Component{v.roundFacts(view, x), v.votes(x)}
	if x.Text != "" {
		body = append(body, ui.H2(v.T("task.field.proposal")), said(strings.Split(x.Text, "\n")))
	}
	if x.State == Deciding && view.Right(v.Who, access.CaseStatus).Allowed {
		links := ui.Links{{Text: v.T("task.title.take_back"), Href: here + "/aterkalla"}}
		if x.Document == "" {
			links = append(links, ui.Link{Text: v.T("task.title.reword"), Href: here + "/andra"})
		}
		body = append(body, links)
	}
	if _, err := v.seat(x, v.Who.Person); x.State != Deciding || x.By == v.Who.Person || err != nil {
		p := ui.Read{Page: v.Page(x.Title, "", crumb)}
		if len(f.faults) > 0 {
			p.Notice = &ui.Alert{Tone: ui.Warning, Text: f.faults[0].Message, Live: true}
		}
		return ui.Render(v.W, v.R, status, ui.With(p, body...))
	}
	q := ui.Question{Page: v.Page(x.Title, "", crumb), Back: crumb.Href, Caption: view.Case.Number, Lead: v.T("task.lead.vote"), Button: v.T("task.button.vote"),
		Form: ui.Form{Action: here, Unsaved: true, Hidden: []ui.Hidden{{Name: "underlag", Value: x.Hash}}}}
	q.Errors = f.faults
	q.Fields = append(body, ui.Radios{Field: f.field("svar", v.T("task.field.vote"), ""), Options: []ui.Option{
		{Value: "ja", Label: v.T("task.vote.yes"), Chosen: f.Get("svar") == "ja"}, {Value: "nej", Label: v.T("task.vote.no"), Hint: v.T("task.hint.no"), Chosen: f.Get("svar") == "nej"}}},
		v.lines(f, "skal", "comment", "", 4, MaxNote, true))
	return ui.Render(v.W, v.R, status, q)
}

func (v *visit) roundFacts(view cases.OfficerView, x Approval) ui.Summary {
	s := ui.Summary{Facts: []ui.Fact{{Name: v.T("task.field.state"), Body: ui.Tag{Text: v.T("task.round." + string(x.State)), Tone: ui.Info}},
		{Name: v.T("task.column.by"), Value: v.Person(x.By) + ", " + v.L.DateTime(x.ChangedAt)}}}
	if d := view.Type.Decision(x.Decision); d != nil {
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("task.field.decision"), Value: d.Title.In(v.Lang())})
	}
	if i := slices.IndexFunc(view.Documents, func(d cases.Document) bool { return d.Document == x.Document }); x.Document != "" && i >= 0 {
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("task.field.document"), Body: ui.Links{{Text: view.Documents[i].Name, Href: casePath(view.Case.ID) + "/handlingar/" + strconv.Itoa(x.Number)}}})
	}
	return s
}

// votes are what those who are asked have said. What was said of an earlier text counts no more.
func (v *visit) votes(x Approval) ui.Table {
	t := ui.Table{Caption: v.T("task.field.approvers")}
	for _, c := range []string{"whom", "vote", "comment", "when"} {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("task.column." + c)})
	}
	for _, a := range x.Asked {
		vote, when := v.T("task.vote.none"), ""
		if a.Answer != Unsaid {
			vote, when = v.T("task.vote."+string(a.Answer)), v.L.DateTime(a.At)+", "+v.T("task.loa", "Level", strconv.Itoa(a.LoA))
			if !x.Valid(a) {
				vote = v.T("task.vote.void", "Vote", vote)
			}
		}
		name := v.Person(a.Person)
		if a.By != "" && a.By != a.Person {
			name = v.T("task.deputy", "Name", name, "Deputy", v.Person(a.By))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: vote}, {Text: a.Comment}, {Text: when}}})
	}
	return t
}

func vote(v *visit) error {
	f, err := v.read(v.W, v.R, v.Who.Person, false)
	if err != nil {
		return err
	}
	f.of("skal", "svar")
	comment := v.long(f, "skal", MaxNote)
	switch answer := f.Get("svar"); {
	case answer != "ja" && answer != "nej":
		f.fault("svar", v.T("task.problem.vote"))
	case answer == "nej" && comment == "":
		f.fault("skal", v.T("task.problem.note"))
	}
	if len(f.faults) > 0 {
		return v.aboutRound(http.StatusUnprocessableEntity, f)
	}
	id, round := v.R.PathValue("id"), v.R.PathValue("round")
	if err := v.Vote(v.Ctx(), v.Who, id, round, f.Get("svar") == "ja", comment, f.Get("underlag")); err != nil {
		if status, ok := v.told(f, err); ok {
			return v.aboutRound(status, f)
		}
		return err
	}
	return v.Done(RoundPath(id, round), "tasks.said.vote")
}

func reword(v *visit) (sheet, error) {
	view, x, err := v.round(access.CaseStatus)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "reword", pathApproval+"/"+x.ID+"/andra")
	s.fields = func(f *form) []templ.Component {
		return []templ.Component{hidden{"underlag", f.or("underlag", x.Hash)}, v.lines(f.of("text"), "text", "proposal", x.Text, 12, MaxWords, false)}
	}
	s.do = func(f *form) error {
		text := v.long(f.of("text"), "text", MaxWords)
		if len(f.faults) > 0 {
			return nil
		}
		return v.Reword(v.Ctx(), v.Who, view.Case.ID, x.ID, text, f.Get("underlag"))
	}
	return s, nil
}

func takeBack(v *visit) (sheet, error) {
	view, x, err := v.round(access.CaseStatus)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "take_back", pathApproval+"/"+x.ID+"/aterkalla")
	s.fields = func(f *form) []templ.Component {
		return []templ.Component{v.lines(f.of("skal"), "skal", "reason", "", 3, MaxNote, false)}
	}
	s.do = func(f *form) error {
		reason := v.long(f.of("skal"), "skal", MaxNote)
		if len(f.faults) > 0 {
			return nil
		}
		return v.TakeBack(v.Ctx(), v.Who, view.Case.ID, x.ID, reason)
	}
	return s, nil
}
