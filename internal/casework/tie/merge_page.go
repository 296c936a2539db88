package tie

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

const fieldVersion = "version"

// on is the case and the version of it that the official saw.
func (v *visit) on(typed url.Values) cases.On {
	n, _ := strconv.Atoi(typed.Get(fieldVersion))
	return cases.On{Case: v.view.Case.ID, Version: max(n, 1)} // a form without version is of an old case
}

func (v *visit) version() ui.Hidden {
	return ui.Hidden{Name: fieldVersion, Value: strconv.Itoa(v.view.Case.Version)}
}

// merging asks which case this one is handled in, and then shows what that means.
func merging(v *visit) error {
	number := v.R.URL.Query().Get("nr")
	if number == "" {
		return v.askOther(http.StatusOK, "", nil)
	}
	return v.showProspect(http.StatusOK, url.Values{"nr": {number}}, nil)
}

func (v *visit) askOther(status int, typed string, faults []fault) error {
	return v.show(status, "sla-ihop", ui.Question{Lead: v.T("tie.merge.lead"), Button: v.T("tie.merge.preview"), Form: ui.Form{Get: true}, Fields: []templ.Component{
		ui.Input{Field: ui.Field{Name: "nr", Label: v.T("tie.merge.into"), Hint: v.T("tie.number_hint"), Error: faultIn(faults, "nr")}, Value: typed, Width: 20, NoSpell: true},
	}}, faults...)
}

// showProspect shows what moves and what stays, what hinders and what to think of, and asks for the reason.
func (v *visit) showProspect(status int, typed url.Values, faults []fault) error {
	other, wrong := v.other(typed.Get("nr"))
	if len(wrong) > 0 {
		return v.askOther(http.StatusUnprocessableEntity, typed.Get("nr"), wrong)
	}
	p, err := v.Prospect(v.Ctx(), v.Who, v.view.Case.ID, other)
	if err != nil {
		if wrong, ok := v.said(err, "nr"); ok {
			return v.askOther(http.StatusUnprocessableEntity, typed.Get("nr"), wrong)
		}
		return err
	}
	if len(p.Refused) > 0 {
		wrong, _ := v.said(refuse(p.Refused...), "nr")
		return v.askOther(http.StatusUnprocessableEntity, typed.Get("nr"), wrong)
	}
	ends := v.T("tie.merge.stays_closed")
	if p.Ends != nil {
		ends = p.Ends.Title.In(v.Lang())
	} else if p.From.Open {
		ends = v.T("tie.merge.stays_open")
	}
	facts := ui.Summary{Title: v.T("tie.merge.means"), Facts: []ui.Fact{
		{Name: v.T("tie.merge.this"), Values: []string{p.From.Number, p.From.Subject}},
		{Name: v.T("tie.merge.into"), Values: []string{p.Into.Number, v.named(v.Visit, tied{c: *p.Into})[len(p.Into.Number):]}},
		{Name: v.T("tie.merge.status"), Value: ends},
		{Name: v.T("tie.merge.stays"), Values: []string{
			v.T("tie.merge.messages", "Count", p.Messages), v.T("tie.merge.documents", "Count", p.Documents), v.T("tie.merge.parties", "Count", p.Parties)}},
		{Name: v.T("tie.merge.reads"), Value: v.T("tie.merge.reads_text")},
		{Name: v.T("tie.merge.undo"), Value: v.T("tie.merge.undo_text")},
	}}
	fields := append([]templ.Component{facts}, v.cautions(p.Warned)...)
	fields = append(fields, v.reason(typed.Get(fieldReason), faults),
		ui.Checkbox{Field: ui.Field{Name: "dela", Label: v.T("tie.merge.share"), Hint: v.T("tie.merge.share_hint")}, Value: "ja", Checked: typed.Get("dela") != ""})
	return v.show(status, "sla-ihop", ui.Question{Lead: v.T("tie.merge.check"), Button: v.T("tie.merge.button"), Back: v.here() + "/sla-ihop", Fields: fields,
		Form: ui.Form{Unsaved: true, Hidden: []ui.Hidden{v.version(), {Name: "nr", Value: p.Into.Number}}}}, faults...)
}

func mergingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	if faults := v.reasonFaults(typed.Get(fieldReason)); len(faults) > 0 {
		return v.showProspect(http.StatusUnprocessableEntity, typed, faults)
	}
	other, wrong := v.other(typed.Get("nr"))
	if len(wrong) > 0 {
		return v.askOther(http.StatusUnprocessableEntity, typed.Get("nr"), wrong)
	}
	if err := v.Merge(v.Ctx(), v.Who, v.on(typed), other, typed.Get(fieldReason), typed.Get("dela") != ""); err != nil {
		if faults, ok := v.said(err, fieldReason); ok {
			return v.showProspect(http.StatusUnprocessableEntity, typed, faults)
		}
		return err
	}
	return v.done(v.here(), "merged")
}

// parting asks why a case is parted from the one that it is handled in.
func parting(v *visit) error { return v.askParting(http.StatusOK, "", nil) }

func (v *visit) askParting(status int, typed string, faults []fault) error {
	r, err := v.merger(v.Ctx(), v.DB, v.view.Case.ID)
	if err != nil {
		return err
	}
	name := v.T("tie.panel.hidden")
	if other, _, _, err := v.Cases.May(v.Ctx(), v.Who, access.CaseRead, r.To); err == nil {
		name = other.Number
	}
	return v.show(status, "skilj", ui.Question{Lead: v.T("tie.unmerge.lead", "Number", name), Button: v.T("tie.unmerge.button"), Fields: []templ.Component{v.reason(typed, faults)},
		Form: ui.Form{Unsaved: true, Hidden: []ui.Hidden{v.version()}}}, faults...)
}

func partingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	reason := typed.Get(fieldReason)
	if faults := v.reasonFaults(reason); len(faults) > 0 {
		return v.askParting(http.StatusUnprocessableEntity, reason, faults)
	}
	if err := v.Unmerge(v.Ctx(), v.Who, v.on(typed), reason); err != nil {
		if faults, ok := v.said(err, fieldReason); ok {
			return v.askParting(http.StatusUnprocessableEntity, reason, faults)
		}
		return err
	}
	return v.done(v.here(), "unmerged")
}
