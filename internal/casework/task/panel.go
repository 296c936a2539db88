package task

import (
	"strconv"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// Panel shows what is asked in a case on its page, with one press to say that a task is done.
func (m *Pages) Panel(visitor *office.Visit, view cases.OfficerView) (desk.Part, error) {
	v := &visit{m, visitor}
	var part desk.Part
	list, err := m.Lines(v.Ctx(), view.Case.ID)
	if err != nil {
		return part, err
	}
	here := casePath(view.Case.ID)
	var tasks, remisser, rounds []item
	ticked := 0
	for _, l := range list {
		switch l.Kind {
		case TaskLine:
			if State(l.State) == Open {
				tasks = append(tasks, v.taskItem(view, l))
			}
		case RemissLine:
			remisser = append(remisser, v.remissItem(here, l))
		case ApprovalLine:
			rounds = append(rounds, v.roundItem(view.Case.ID, l))
		case TickLine:
			if l.What == view.Case.Status && view.Status.Item(l.Extra) != nil {
				ticked++
			}
		}
	}
	for _, group := range []struct {
		title string
		list  []item
	}{{v.T("task.panel.tasks"), tasks}, {v.T("task.panel.remisser"), remisser}, {v.T("task.panel.rounds"), rounds}} {
		if len(group.list) > 0 {
			part.Main = append(part.Main, ui.H2(group.title), items(group.list))
		}
	}
	v.acts(&part, view, ticked)
	return part, nil
}

// acts are what can be asked, and the way to the checklist.
func (v *visit) acts(part *desk.Part, view cases.OfficerView, ticked int) {
	here := casePath(view.Case.ID)
	part.Fold = v.T("task.fold")
	if n := len(view.Status.Checklist); n > 0 || len(view.Type.Properties) > 0 {
		text := v.T("task.title.noted")
		if n > 0 {
			text = v.T("task.panel.checklist", "Done", strconv.Itoa(ticked), "All", strconv.Itoa(n))
		}
		part.Side = append(part.Side, ui.Links{{Text: text, Href: here + pathNoted}})
	}
	if !view.Case.Open {
		return
	}
	for _, x := range []struct {
		name, path string
		right      access.Action
	}{{"add", pathTasks + "/ny", access.CaseNote}, {"inside", pathRemiss + "/ny", access.CaseStatus}, {"outside", pathRemiss + "/extern", access.CaseMessage},
		{"propose", pathApproval + "/ny", access.CaseStatus}} {
		if view.Right(v.Who, x.right).Allowed {
			part.Acts = append(part.Acts, ui.Link{Text: v.T("task.title." + x.name), Href: here + x.path})
		}
	}
}

func (v *visit) taskItem(view cases.OfficerView, l Line) item {
	due, tags := v.dated(l.Due)
	at := casePath(view.Case.ID) + pathTasks + "/" + l.ID
	out := item{Text: l.What, Href: at, Hint: v.whom(l.To) + ", " + due, Tags: tags}
	if v.forMe(v.Who, l.To) || view.Right(v.Who, access.CaseNote).Allowed {
		out.Do = ui.Post{Button: ui.Button{Text: v.T("task.button.done"), Variant: ui.Tertiary, Small: true, Hidden: l.What}, To: at + "/klar"}
	}
	return out
}

func (v *visit) remissItem(here string, l Line) item {
	r := Remiss{Outside: l.To == (Whom{}), To: l.To, Name: l.Name, State: RemissState(l.State), Due: l.Due}
	out := item{Text: v.to(r), Href: here + pathRemiss + "/" + l.ID, Hint: v.T("task.remiss."+l.State) + ", " + v.L.Date(l.Due)}
	if r.State == Sent {
		_, out.Tags = v.dated(l.Due)
	}
	if l.Extra != "" {
		out.Hint = v.T("task.stance." + l.Extra)
	}
	return out
}

func (v *visit) roundItem(caseID string, l Line) item {
	return item{Text: l.What, Href: RoundPath(caseID, l.ID), Hint: v.T("task.round."+l.State) + ", " + v.T("task.panel.votes", "Yes", l.Extra, "All", strconv.Itoa(l.Asked))}
}
