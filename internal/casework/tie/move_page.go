package tie

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// movedPage leads on from where handing over to another unit was a page of its own.
func movedPage(v *visit) error { return v.See(v.here() + "/" + pathMove) }

// moving asks where the case is to go, to another unit or another case type, and then shows what that means.
func moving(v *visit) error {
	q := v.R.URL.Query()
	if q.Get("enhet") == "" && q.Get("typ") == "" {
		return v.askWhere(http.StatusOK, q, nil)
	}
	return v.showOutlook(http.StatusOK, q, nil)
}

func (v *visit) askWhere(status int, typed url.Values, faults []fault) error {
	var units []ui.Option
	for _, u := range v.Dir.Units(v.view.Case.Member) {
		if u.ID != v.view.Case.Unit {
			units = append(units, ui.Option{Value: u.ID, Label: u.Name.In(v.Lang()), Chosen: u.ID == typed.Get("enhet")})
		}
	}
	fields := []templ.Component{ui.Select{Field: ui.Field{Name: "enhet", Label: v.T("tie.move.unit"), Hint: v.T("tie.move.unit_hint"), Optional: true, Error: faultIn(faults, "enhet")}, Empty: true, Options: units}}
	if v.view.Right(v.Who, access.CaseClose).Allowed {
		fields = append(fields, ui.Select{Field: ui.Field{Name: "typ", Label: v.T("tie.move.to_type"), Hint: v.T("tie.move.type_hint"), Optional: true, Error: faultIn(faults, "typ")}, Empty: true,
			Options: v.types(typed.Get("typ"), v.view.Case.TypeID)})
	}
	return v.show(status, pathMove, ui.Question{Lead: v.T("tie.move.lead"), Button: v.T("tie.move.preview"), Form: ui.Form{Get: true}, Fields: fields}, faults...)
}

// outlook is what was chosen, and what it would mean.
func (v *visit) outlook(typed url.Values) (Outlook, []fault, error) {
	unit, typ := typed.Get("enhet"), typed.Get("typ")
	if unit != "" && typ != "" {
		return Outlook{}, []fault{{"typ", v.T("tie.problem.both")}}, nil
	}
	var o Outlook
	var err error
	field := "enhet"
	if typ != "" {
		field = "typ"
		o, err = v.ToType(v.L, v.Dir, v.Who, v.view, typ)
	} else {
		o, err = v.ToUnit(v.Dir, v.Who, v.view, unit)
	}
	if faults, ok := v.said(err, field); err != nil && ok {
		return o, faults, nil
	}
	return o, nil, err
}

func (v *visit) showOutlook(status int, typed url.Values, faults []fault) error {
	o, wrong, err := v.outlook(typed)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return v.askWhere(http.StatusUnprocessableEntity, typed, wrong)
	}
	key, err := key(typed.Get(fieldKey))
	if err != nil {
		return err
	}
	var losing []string
	for _, p := range o.Losing {
		losing = append(losing, p.Name)
	}
	if len(losing) == 0 {
		losing = []string{v.T("tie.move.nobody")}
	}
	facts := ui.Summary{Title: v.T("tie.move.means"), Facts: []ui.Fact{
		{Name: v.T("tie.move.to_unit"), Value: v.Unit(o.Unit)},
		{Name: v.T("tie.move.type"), Value: o.To.Title.In(v.Lang())},
		{Name: v.T("tie.merge.status"), Value: o.Status.Title.In(v.Lang())},
		{Name: v.T("tie.move.due"), Value: v.L.Date(o.Due)},
		{Name: v.T("tie.move.secrecy"), Value: v.T("tie.secrecy." + strconv.Itoa(int(o.Secrecy)))},
		{Name: v.T("tie.move.losing"), Values: losing},
		{Name: v.T("tie.move.gaining"), Value: v.T("tie.move.people", "Count", o.Gaining)},
	}}
	facts.Facts = append(facts.Facts, v.fates(o.Lines)...)
	lead, button := v.T("tie.move.check_unit"), v.T("tie.move.hand_button")
	if typed.Get("typ") != "" {
		lead, button = v.T("tie.move.check_type"), v.T("tie.move.button")
	}
	fields := append([]templ.Component{facts}, v.cautions(o.Warned)...)
	fields = append(fields, v.reason(typed.Get(fieldReason), faults))
	return v.show(status, pathMove, ui.Question{Lead: lead, Button: button, Back: v.here() + "/" + pathMove, Fields: fields, Form: ui.Form{Unsaved: true, Hidden: []ui.Hidden{
		v.version(), {Name: fieldKey, Value: key}, {Name: "enhet", Value: typed.Get("enhet")}, {Name: "typ", Value: typed.Get("typ")}}}}, faults...)
}

func movingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	if faults := v.reasonFaults(typed.Get(fieldReason)); len(faults) > 0 {
		return v.showOutlook(http.StatusUnprocessableEntity, typed, faults)
	}
	to, said := v.view.Case.ID, "handed"
	if typed.Get("typ") != "" {
		said = "moved"
		to, err = v.Transfer(v.Ctx(), v.L, v.Who, v.on(typed), Transfer{Type: typed.Get("typ"), Reason: typed.Get(fieldReason), Key: typed.Get(fieldKey)})
	} else if v.view.Case.Unit != typed.Get("enhet") { // else it was sent twice
		_, err = v.Cases.HandOver(v.Ctx(), v.Who, v.on(typed), typed.Get("enhet"), typed.Get(fieldReason))
	}
	if err != nil {
		if faults, ok := v.said(err, fieldReason); ok {
			return v.showOutlook(http.StatusUnprocessableEntity, typed, faults)
		}
		return err
	}
	for _, id := range []string{to, v.view.Case.ID} {
		if v.Cases.MaySee(v.Ctx(), v.Who, id) == nil {
			return v.done(casePath(id), said)
		}
	}
	return v.done("/arbete/inkorg", said)
}
