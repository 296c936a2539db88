package retention

import (
	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// lang is the language of a page.
type lang = i18n.Lang

// Panel shows how long a case is kept: of an open one, how long if it were closed today.
func (m *Module) Panel(visitor *office.Visit, view cases.OfficerView) (desk.Part, error) {
	v := &visit{m, visitor}
	var part desk.Part
	c := view.Case
	k, err := v.Of(v.Ctx(), c.ID)
	if err != nil {
		return part, err
	}
	facts := v.prospect(view)
	if !c.Open && k.Known {
		facts = []ui.Fact{{Name: v.T("retention.panel.closed"), Value: v.standing(k)}}
	}
	if k.Held {
		facts = append(facts, ui.Fact{Name: v.T("retention.panel.held"), Value: v.T("retention.reason."+string(k.Reason)) + ", " + v.day(k.Since)})
	}
	if len(facts) > 0 {
		part.Side = append(part.Side, ui.Summary{Title: v.T("retention.panel.title"), Facts: facts, Narrow: true})
	}
	if !access.Check(v.Who, access.RetentionManage, c.Object(view.Parties...)).Allowed {
		return part, nil
	}
	if k.Held {
		part.Acts = append(part.Acts, ui.Link{Text: v.T("retention.act.lift"), Href: pathCase + c.ID + "/hav"})
	} else {
		part.Acts = append(part.Acts, ui.Link{Text: v.T("retention.act.hold"), Href: pathCase + c.ID + "/stopp"})
	}
	if k.State == Todo {
		part.Acts = append(part.Acts, ui.Link{Text: v.T("retention.act.say"), Href: pathCase + c.ID + "/uppgift"})
	}
	return part, nil
}

// prospect is how long an open case would be kept if it were closed today, for each of its results; one line if they agree.
func (v *visit) prospect(view cases.OfficerView) []ui.Fact {
	c := view.Case
	ct := v.typeOf(c.TypeID, c.TypeVersion, "")
	if !c.Open || ct == nil {
		return nil
	}
	f := found{answers: c.Answers, kinds: map[string]bool{}}
	for _, d := range view.Documents {
		if d.Event > 1 {
			f.kinds[string(d.Direction)] = true
		}
	}
	m := Matter{Has: f.has}
	list := IfClosed(ct, m, v.Today())
	same := true
	for _, s := range list {
		same = same && s.State == list[0].State && s.Due == list[0].Due
	}
	var facts []ui.Fact
	for i, s := range list {
		k := Kept{Standing: s, Known: true}
		if same {
			return []ui.Fact{{Name: v.T("retention.panel.today"), Value: v.standing(k)}}
		}
		facts = append(facts, ui.Fact{Name: v.T("retention.panel.today_result", "Result", ct.Results[i].Title.In(v.Lang())), Value: v.standing(k)})
	}
	return facts
}
