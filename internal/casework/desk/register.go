package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// register is the diarium as those who keep or audit it see it, newest first.
func register(v *visit) error {
	if !v.MayAnywhere(access.RegisterRead) {
		return access.Check(v.Who, access.RegisterRead, access.Object{}).Err()
	}
	q := v.R.URL.Query()
	number, after := strings.TrimSpace(q.Get("nr")), q.Get("efter")
	if after != "" && !store.ValidID(after) {
		after = ""
	}
	rows, next, err := v.Cases.Register(v.Ctx(), v.Who, cases.RegisterFilter{Number: number, After: after, Limit: fewRows})
	if err != nil {
		return err
	}
	address := func(changes url.Values) string {
		if number != "" {
			changes.Set("nr", number)
		}
		if len(changes) == 0 {
			return pathRegister
		}
		return pathRegister + "?" + changes.Encode()
	}
	page := ui.List{Page: v.Page(v.T("desk.register.title"), pathRegister), Found: len(rows), More: next != "", Lead: v.T("desk.register.lead")}
	page.Path = address(url.Values{})
	page.Filter = &ui.Filter{Action: pathRegister, Clear: pathRegister, Fields: []templ.Component{
		ui.Input{Field: ui.Field{Name: "nr", Label: v.T("desk.register.number"), Hint: v.T("desk.register.number_hint")}, Value: number, Width: 16, NoSpell: true}}}
	if number != "" {
		page.Filter.Chosen = []ui.Link{{Text: number, Href: pathRegister}}
	}
	if len(rows) == 0 {
		page.Empty = &ui.Empty{Title: v.T("desk.register.empty"), Text: v.T("desk.register.empty_text")}
	} else {
		page.Table = v.registerTable(rows)
	}
	if next != "" {
		page.Pager = &ui.Pager{Next: address(url.Values{"efter": {next}})}
	}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

func (v *visit) registerTable(rows []cases.RegisterRow) ui.Table {
	t := ui.Table{Caption: v.T("desk.register.title"), HideCaption: true, Columns: []ui.Column{
		{Title: v.T("desk.number")}, {Title: v.T("desk.date")}, {Title: v.T("desk.direction")}, {Title: v.T("desk.party")}, {Title: v.T("desk.field.arendemening")}, {Title: v.T("desk.register.on_web")}}}
	for _, h := range rows {
		number := ui.Cell{Text: h.Number, Href: pathRegister + "/" + h.ID}
		party, subject := ui.Cell{Text: h.Party}, ui.Cell{Text: h.Subject}
		row := ui.Row{Value: h.ID}
		switch {
		case h.Hidden:
			party, subject = ui.Cell{}, ui.Cell{Body: ui.Tag{Text: v.T("desk.secrecy." + strconv.Itoa(int(h.Secrecy))), Tone: ui.Danger}}
		case h.Destroyed:
			subject = ui.Cell{Body: twoLines(h.Subject, v.T("desk.register.destroyed"), nil)}
		case !h.Annulled.IsZero():
			party, subject = ui.Cell{Body: struck(h.Party, "")}, ui.Cell{Body: struck(h.Subject, v.T("desk.register.annulled"))}
		case h.Superseded != "":
			party, subject = ui.Cell{Body: struck(h.Party, "")}, ui.Cell{Body: struck(h.Subject, v.T("desk.corrected"))}
		case h.Corrects != "":
			subject = ui.Cell{Body: twoLines(h.Subject, v.T("desk.register.correction"), nil)}
		}
		row.Cells = []ui.Cell{number, {Text: calendar.DateOf(h.At).String()}, {Text: v.direction(h.Direction)}, party, subject, {Text: v.onWeb(h)}}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// onWeb says what of a row anyone may see.
func (v *visit) onWeb(h cases.RegisterRow) string {
	switch {
	case h.Public && !h.Annulled.IsZero():
		return v.T("desk.register.web.annulled")
	case !h.Public || h.Superseded != "":
		return v.T("desk.register.web.none")
	case h.Secrecy > cases.Open, h.HideParty && h.HideSubject:
		return v.T("desk.register.web.bare")
	case h.HideParty:
		return v.T("desk.register.web.no_party")
	case h.HideSubject:
		return v.T("desk.register.web.no_subject")
	}
	return v.T("desk.register.web.all")
}

// Which of the two forms of a row was sent.
const (
	fieldDo    = "gor"
	doScreen   = "visa"
	doCorrect  = "ratta"
	doAnnul    = "makulera"
	fieldParty = "part"
)

// registerRow is one row of the diarium, with what can be done to it.
func registerRow(v *visit) error {
	row, err := v.Cases.RegisterRow(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	return v.showRow(http.StatusOK, row, url.Values{}, nil)
}

func (v *visit) showRow(status int, row cases.RegisterRow, typed url.Values, faults []ui.FieldError) error {
	page := ui.Read{Page: v.Page(v.T("desk.register.row", "Number", row.Number), pathRegister)}
	page.Crumbs = []ui.Link{{Text: v.T("desk.register.title"), Href: pathRegister}}
	page.Path = pathRegister + "/" + row.ID
	page.Errors = faults
	facts := []ui.Fact{
		{Name: v.T("desk.date"), Value: v.L.DateTime(row.At)}, {Name: v.T("desk.direction"), Value: v.direction(row.Direction)},
		{Name: v.T("desk.case.case"), Value: row.CaseNumber, Links: []ui.Link{{Text: v.T("desk.register.open_case"), Href: casePath(row.CaseID)}}},
		{Name: v.T("desk.party"), Value: row.Party}, {Name: v.T("desk.field.arendemening"), Value: row.Subject}, {Name: v.T("desk.register.on_web"), Value: v.onWeb(row)},
	}
	facts = slices.Insert(facts, 1, ui.Fact{Name: v.T("desk.register.registered"), Value: v.L.DateTime(row.Registered)})
	if row.Hidden {
		facts[4].Value, facts[5].Value = v.T("desk.register.hidden"), v.T("desk.register.hidden")
	}
	parts := []templ.Component{}
	if v.Cases.Late(row.Handling) {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("desk.register.late"), Text: v.T("desk.register.late_text")})
	}
	switch {
	case !row.Annulled.IsZero():
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("desk.register.annulled"), Text: v.T("desk.register.annulled_by", "Name", v.Person(row.AnnulledBy), "Time", v.L.DateTime(row.Annulled), "Why", row.AnnulledWhy)})
	case row.Superseded != "":
		parts = append(parts, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("desk.corrected"), Text: v.T("desk.register.superseded")},
			ui.Links{{Text: v.T("desk.register.newer"), Href: pathRegister + "/" + row.Superseded}}))
	case row.Corrects != "":
		parts = append(parts, ui.Links{{Text: v.T("desk.register.older"), Href: pathRegister + "/" + row.Corrects}})
	}
	parts = append(parts, ui.Summary{Facts: facts})
	// Which rows may be kept is asked of the service; here it is enough that the official keeps a diarium at all.
	if row.Superseded == "" && row.Annulled.IsZero() && v.MayAnywhere(access.RegisterPublish) {
		parts = append(parts, v.screenForm(page.Path, row, typed, faults))
		if !row.Hidden && v.MayAnywhere(access.RegisterCorrect) {
			parts = append(parts, v.correctForm(page.Path, row, typed, faults), v.annulForm(page.Path, typed, faults))
		}
	}
	return ui.Render(v.W, v.R, status, ui.With(page, parts...))
}

func (v *visit) screenForm(path string, row cases.RegisterRow, typed url.Values, faults []ui.FieldError) templ.Component {
	shown := func(name string, now bool) bool {
		if typed.Get(fieldDo) == doScreen {
			return typed.Get(name) != ""
		}
		return now
	}
	return ui.Section(v.T("desk.register.screen"), ui.Form{Action: path, Hidden: []ui.Hidden{{Name: fieldDo, Value: doScreen}, {Name: fieldWho, Value: v.Who.Person}}}, []templ.Component{
		ui.Checkbox{Field: ui.Field{Name: "publik", Label: v.T("desk.register.public"), Error: faultOf(faults, "publik")}, Value: "1", Checked: shown("publik", row.Public)},
		ui.Checkbox{Field: ui.Field{Name: "dolj-part", Label: v.T("desk.register.hide_party")}, Value: "1", Checked: shown("dolj-part", row.HideParty)},
		ui.Checkbox{Field: ui.Field{Name: "dolj-mening", Label: v.T("desk.register.hide_subject")}, Value: "1", Checked: shown("dolj-mening", row.HideSubject)},
	}, ui.Button{Text: v.T("desk.register.screen_button"), Variant: ui.Secondary})
}

func (v *visit) correctForm(path string, row cases.RegisterRow, typed url.Values, faults []ui.FieldError) templ.Component {
	value := func(name, now string) string {
		if typed.Get(fieldDo) == doCorrect {
			return typed.Get(name)
		}
		return now
	}
	return ui.Section(v.T("desk.register.correct"), ui.Form{Action: path, Unsaved: true, Hidden: []ui.Hidden{{Name: fieldDo, Value: doCorrect}, {Name: fieldWho, Value: v.Who.Person}}}, []templ.Component{
		ui.Input{Field: ui.Field{Name: fieldParty, Label: v.T("desk.party"), Optional: true, Error: faultOf(faults, fieldParty)}, Value: value(fieldParty, row.Party)},
		ui.Input{Field: ui.Field{Name: "arendemening", Label: v.T("desk.field.arendemening"), Error: faultOf(faults, "arendemening")}, Value: value("arendemening", row.Subject)},
		ui.Textarea{Field: ui.Field{Name: "skal", Label: v.T("desk.field.skal"), Hint: v.T("desk.register.reason_hint"), Error: faultOf(faults, "skal")}, Value: value("skal", ""), Rows: 3, Max: maxReason},
	}, ui.Button{Text: v.T("desk.register.correct_button"), Variant: ui.Secondary})
}

// annulForm is where a row that was entered by mistake is annulled.
func (v *visit) annulForm(path string, typed url.Values, faults []ui.FieldError) templ.Component {
	why := ""
	if typed.Get(fieldDo) == doAnnul {
		why = typed.Get("varfor")
	}
	return ui.Section(v.T("desk.register.annul"), ui.Form{Action: path, Unsaved: true, Hidden: []ui.Hidden{{Name: fieldDo, Value: doAnnul}, {Name: fieldWho, Value: v.Who.Person}}}, []templ.Component{
		ui.Textarea{Field: ui.Field{Name: "varfor", Label: v.T("desk.field.skal"), Hint: v.T("desk.register.annul_hint"), Error: faultOf(faults, "varfor")}, Value: why, Rows: 3, Max: maxReason},
	}, ui.Button{Text: v.T("desk.register.annul_button"), Variant: ui.Secondary, Tone: ui.Danger})
}

// annulPost annuls a row.
func (v *visit) annulPost(row cases.RegisterRow, typed url.Values) error {
	why := oneForm(typed.Get("varfor"))
	faults := v.tooLong("varfor", why, maxReason)
	if why == "" {
		faults = append(faults, ui.FieldError{Field: "varfor", Message: v.T("desk.problem.note")})
	}
	if len(faults) > 0 {
		return v.showRow(http.StatusUnprocessableEntity, row, typed, faults)
	}
	switch err := v.Cases.Annul(v.Ctx(), v.Who, row.ID, why); {
	case errors.Is(err, cases.ErrStale):
		return v.See(pathRegister + "/" + row.ID) // the page says what has become of it
	case err != nil:
		return err
	}
	return v.done(pathRegister+"/"+row.ID, "annulled")
}

// registerRowPost screens, corrects or annuls a row.
func registerRowPost(v *visit) error {
	typed, err := v.readForm()
	if err != nil {
		return err
	}
	row, err := v.Cases.RegisterRow(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	here := pathRegister + "/" + row.ID
	if who := typed.Get(fieldWho); who != "" && who != v.Who.Person {
		return v.showRow(http.StatusConflict, row, typed, []ui.FieldError{{Message: v.T("desk.other_person") + " " + v.T("desk.other_person_text")}})
	}
	if typed.Get(fieldDo) == doAnnul {
		return v.annulPost(row, typed)
	}
	if typed.Get(fieldDo) == doScreen {
		to := cases.Screening{Public: typed.Get("publik") != "", HideParty: typed.Get("dolj-part") != "", HideSubject: typed.Get("dolj-mening") != ""}
		err := v.Cases.Screen(v.Ctx(), v.Who, row.ID, to)
		if errors.Is(err, cases.ErrWithheld) {
			return v.showRow(http.StatusUnprocessableEntity, row, typed, []ui.FieldError{{Field: "publik", Message: v.T("desk.register.withheld")}})
		}
		if errors.Is(err, cases.ErrStale) {
			return v.See(here)
		}
		if err != nil {
			return err
		}
		return v.done(here, "screened")
	}
	c := cases.Correction{Party: strings.TrimSpace(typed.Get(fieldParty)), Subject: strings.TrimSpace(typed.Get("arendemening")), Reason: oneForm(typed.Get("skal"))}
	var faults []ui.FieldError
	if c.Subject == "" {
		faults = append(faults, ui.FieldError{Field: "arendemening", Message: v.T("desk.andra.subject")})
	}
	if c.Reason == "" {
		faults = append(faults, ui.FieldError{Field: "skal", Message: v.T("desk.problem.note")})
	}
	faults = append(faults, v.tooLong(fieldParty, c.Party, maxFact)...)
	faults = append(faults, v.tooLong("arendemening", c.Subject, maxFact)...)
	if faults = append(faults, v.tooLong("skal", c.Reason, maxReason)...); len(faults) > 0 {
		return v.showRow(http.StatusUnprocessableEntity, row, typed, faults)
	}
	switch err := v.Cases.Correct(v.Ctx(), v.Who, row.ID, c); {
	case errors.Is(err, cases.ErrStale):
		return v.showRow(http.StatusConflict, row, typed, []ui.FieldError{{Message: v.T("desk.register.superseded")}})
	case err != nil:
		return err
	}
	return v.done(pathRegister+"?"+url.Values{"nr": {row.CaseNumber}}.Encode(), "corrected")
}
