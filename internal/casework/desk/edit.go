package desk

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// editCommand puts subject, address and day right. When a colleague was faster, the officer sees both and chooses.
func editCommand() command {
	return command{path: "andra", right: access.CaseStatus, field: "arendemening", form: editForm, do: edit, stale: mergePage}
}

// factNames are the fields of the form.
func factNames() []string { return []string{"arendemening", "adress", "senast"} }

// factsOf is what the fields say of a case.
func factsOf(c *cases.Case) map[string]string {
	return map[string]string{"arendemening": c.Subject, "adress": c.Place.Address, "senast": c.Due.String()}
}

// Prefixes of the fields a form carries beside those typed in.
const (
	sawPrefix  = "forut-"  // what the officer saw when the form was opened
	nowPrefix  = "nu-"     // what the case said when the merge page was shown
	keepPrefix = "behall-" // the officer's choice: keepMine or keepNow
	keepMine   = "mitt"
	keepNow    = "nu"
	fieldMerge = "sammanfor" // set by the merge page
)

func editForm(v *visit, w *work) (ui.Question, error) {
	now := factsOf(w.Case)
	value := func(name string) string {
		if w.typed.Has(name) {
			return w.typed.Get(name)
		}
		return now[name]
	}
	q := ui.Question{Lead: v.T("desk.andra.lead"), Fields: []templ.Component{
		ui.Input{Field: ui.Field{Name: "arendemening", Label: v.T("desk.field.arendemening"), Hint: v.T("desk.andra.subject_hint"), Error: faultOf(w.faults, "arendemening")}, Value: value("arendemening")},
		ui.Input{Field: ui.Field{Name: "adress", Label: v.T("desk.field.adress"), Optional: true, Error: faultOf(w.faults, "adress")}, Value: value("adress")},
		ui.Input{Field: ui.Field{Name: "senast", Label: v.T("desk.field.senast"), Hint: v.T("desk.andra.date_hint"), Error: faultOf(w.faults, "senast")}, Value: value("senast"), Width: 12, NoSpell: true},
	}}
	for _, name := range factNames() {
		saw := now[name]
		if w.typed.Has(sawPrefix + name) {
			saw = w.typed.Get(sawPrefix + name)
		}
		q.Form.Hidden = append(q.Form.Hidden, ui.Hidden{Name: sawPrefix + name, Value: saw})
	}
	return q, nil
}

// difference is one field on which two may disagree: what the officer saw, what the case says now, and what the officer typed.
type difference struct{ Name, Saw, Now, Typed string }

func (d difference) mine() bool   { return d.Typed != d.Saw }
func (d difference) theirs() bool { return d.Now != d.Saw }

// conflict is where both changed the field, to different things. Everything else settles itself.
func (d difference) conflict() bool { return d.mine() && d.theirs() && d.Typed != d.Now }

// settled is the value of the field after the officer's choice; ok is false for a conflict that awaits one.
func (d difference) settled(choice string) (value string, ok bool) {
	switch {
	case d.conflict() && choice == keepMine:
		return d.Typed, true
	case d.conflict() && choice == keepNow:
		return d.Now, true
	case d.conflict():
		return "", false
	case d.theirs():
		return d.Now, true
	}
	return d.Typed, true
}

// differences compares the form with what the case says now.
func (w *work) differences(now func(name string) string) []difference {
	out := make([]difference, 0, len(factNames()))
	for _, name := range factNames() {
		d := difference{Name: name, Now: now(name), Typed: w.get(name)}
		d.Saw = d.Now
		if w.typed.Has(sawPrefix + name) {
			d.Saw = w.get(sawPrefix + name)
		}
		out = append(out, d)
	}
	return out
}

// shown is what the case said when the merge page was shown.
func (w *work) shown(name string) string { return w.get(nowPrefix + name) }

// errChoice means that the merge page came back without a choice.
var errChoice = fmt.Errorf("a choice is missing: %w", cases.ErrStale)

func edit(v *visit, w *work) error {
	if w.typed.Has(fieldMerge) && !w.settle(v) {
		return errChoice
	}
	if w.get("arendemening") == "" {
		w.fault("arendemening", v.T("desk.andra.subject"))
	}
	for _, name := range []string{"arendemening", "adress"} {
		w.faults = append(w.faults, v.tooLong(name, w.get(name), maxFact)...)
	}
	due, err := calendar.ParseDate(w.get("senast"))
	if err != nil {
		w.fault("senast", v.T("desk.andra.date"))
	}
	if len(w.faults) > 0 {
		return nil
	}
	_, err = v.Cases.Edit(v.Ctx(), v.Who, w.on(), cases.Facts{Subject: w.get("arendemening"), Address: w.get("adress"), Due: due})
	if errors.Is(err, cases.ErrEmpty) {
		return nil // the case says so already
	}
	return err
}

// maxFact is the longest subject or address, in characters.
const maxFact = 300

// settle puts what was chosen on the merge page in the place of what was typed. It reports whether everything was chosen.
func (w *work) settle(v *visit) bool {
	list := w.differences(w.shown)
	for _, d := range list {
		if _, ok := d.settled(w.get(keepPrefix + d.Name)); !ok {
			w.fault(keepPrefix+d.Name, v.T("desk.merge.choose", "Field", v.T("desk.field."+d.Name)))
		}
	}
	if len(w.faults) > 0 {
		return false
	}
	for _, d := range list {
		value, _ := d.settled(w.get(keepPrefix + d.Name))
		w.typed.Set(d.Name, value)
		w.typed.Set(sawPrefix+d.Name, d.Now)
	}
	return true
}

// mergePage shows what the officer saw, what the case says now and what was typed, side by side, with a choice where they disagree, and
// what has happened since. Nothing typed is lost.
func mergePage(v *visit, w *work) error {
	status, version := http.StatusConflict, strconv.Itoa(w.Case.Version)
	facts := factsOf(w.Case)
	list := w.differences(func(name string) string { return facts[name] })
	if len(w.faults) > 0 { // the same page again
		status, version = http.StatusUnprocessableEntity, w.typed.Get(fieldVersion)
		list = w.differences(w.shown)
	} else if !slices.ContainsFunc(list, func(d difference) bool { value, ok := d.settled(""); return !ok || value != d.Now }) {
		return v.done(casePath(w.Case.ID), "andra") // a colleague wrote the same, or the form was sent twice
	}
	page := v.Page(v.T("desk.merge.title")+" – "+w.Case.Number, pathInbox)
	page.Path = casePath(w.Case.ID) + "/andra"
	page.Errors = w.faults
	m := merging{Back: casePath(w.Case.ID), Table: v.mergeTable(w, list), Since: v.timeline(w.OfficerView, w.since, v.T("desk.since"))}
	m.Form = ui.Form{ID: mergeForm, Action: page.Path, Unsaved: true, Hidden: []ui.Hidden{{Name: fieldMerge, Value: "1"}, {Name: fieldVersion, Value: version},
		{Name: fieldSeen, Value: w.typed.Get(fieldSeen)}, {Name: fieldWho, Value: v.Who.Person}}}
	for _, d := range list {
		m.Form.Hidden = append(m.Form.Hidden, ui.Hidden{Name: d.Name, Value: d.Typed}, ui.Hidden{Name: sawPrefix + d.Name, Value: d.Saw}, ui.Hidden{Name: nowPrefix + d.Name, Value: d.Now})
	}
	return ui.Render(v.W, v.R, status, mergePageOf(page, m))
}

const mergeForm = "sammanfor"

// merging is the page that lets an officer choose between two changes.
type merging struct {
	Back  string
	Table ui.Table
	Form  ui.Form
	Since ui.Timeline
}

// mergeTable has a row for each field, with a choice where there is a conflict.
func (v *visit) mergeTable(w *work, list []difference) ui.Table {
	t := ui.Table{Caption: v.T("desk.merge.table"), Columns: []ui.Column{
		{Title: v.T("desk.merge.field")}, {Title: v.T("desk.merge.saw")}, {Title: v.T("desk.merge.now")}, {Title: v.T("desk.merge.typed")}, {Title: v.T("desk.merge.keep")}}}
	for _, d := range list {
		keep := ui.Cell{Text: v.T("desk.merge.same")}
		switch {
		case d.conflict():
			name, chosen := keepPrefix+d.Name, w.get(keepPrefix+d.Name)
			keep.Body = ui.Radios{Field: ui.Field{Name: name, Label: v.T("desk.merge.keep_field", "Field", v.T("desk.field."+d.Name)), HideLabel: true, Error: faultOf(w.faults, name)},
				Options: []ui.Option{{Value: keepNow, Label: v.T("desk.merge.keep_now"), Chosen: chosen == keepNow}, {Value: keepMine, Label: v.T("desk.merge.keep_typed"), Chosen: chosen == keepMine}}}
		case d.theirs() && !d.mine():
			keep.Text = v.T("desk.merge.theirs")
		case d.mine() && !d.theirs():
			keep.Text = v.T("desk.merge.mine")
		}
		row := ui.Row{Cells: []ui.Cell{{Text: v.T("desk.field." + d.Name)}, {Text: orDash(d.Saw)}, {Text: orDash(d.Now)}, {Text: orDash(d.Typed)}, keep}}
		if d.conflict() {
			row.Mark = ui.Warning
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}
