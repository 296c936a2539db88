package task

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// showNoted is the page of checklist, properties and kinds of document.
func showNoted(v *visit) error {
	view, err := v.opened(access.CaseRead)
	if err != nil {
		return err
	}
	return v.noted(http.StatusOK, view, &form{})
}

// The names of fields on the page are these, with a key after them.
const (
	fieldItem     = "punkt-"
	fieldProperty = "uppgift-"
	fieldKind     = "handling-"
)

func (v *visit) noted(status int, view cases.OfficerView, f *form) error {
	n, err := v.Noted(v.Ctx(), view.Case.ID)
	if err != nil {
		return err
	}
	here := casePath(view.Case.ID)
	q := ui.Question{Page: v.Page(v.T("task.title.noted"), "", ui.Link{Text: view.Case.Number, Href: here}), Back: here, Caption: view.Case.Subject, Lead: v.T("task.lead.noted"),
		Button: v.T("task.button.noted"), Form: ui.Form{Action: here + pathNoted, Unsaved: true}}
	q.Of, q.Errors = view.Case.Number, f.faults
	if st := view.Status; len(st.Checklist) > 0 {
		q.Fields = append(q.Fields, ui.H2(v.T("task.checklist", "Status", st.Title.In(v.Lang()))))
		for _, item := range st.Checklist {
			mark, ticked := n.Ticks[st.Key][item.Key]
			field := f.field(fieldItem+item.Key, item.Text.In(v.Lang()), item.Help.In(v.Lang()))
			field.Optional = !item.Required
			if ticked {
				field.Hint = v.T("task.ticked", "Name", v.Person(mark.By), "Time", v.L.DateTime(store.Time(mark.At)))
			}
			on := ticked
			if f.posted {
				on = f.Get(fieldItem+item.Key) != ""
			}
			q.Fields = append(q.Fields, ui.Checkbox{Field: field, Value: "1", Checked: on})
		}
	}
	if len(view.Type.Properties) > 0 {
		q.Fields = append(q.Fields, ui.H2(v.T("task.properties")))
	}
	for i := range view.Type.Properties {
		q.Fields = append(q.Fields, v.propertyField(f, &view.Type.Properties[i], n.Values))
	}
	if len(readable(view)) > 0 && len(view.Type.Documents) > 0 {
		q.Fields = append(q.Fields, ui.H2(v.T("task.kinds")))
		for _, d := range readable(view) {
			q.Fields = append(q.Fields, v.kindField(f, view.Type, d, n.Kinds[d.N]))
		}
	}
	if len(q.Fields) == 0 {
		q.Fields = []templ.Component{ui.Alert{Tone: ui.Info, Text: v.T("task.nothing_asked")}}
	}
	return ui.Render(v.W, v.R, status, q)
}

func (v *visit) propertyField(f *form, p *casetype.Property, values map[string]string) templ.Component {
	name := fieldProperty + p.Key
	field := optional(f.field(name, p.Label.In(v.Lang()), p.Help.In(v.Lang())))
	value := f.or(name, values[p.Key])
	switch p.Type {
	case casetype.ChoiceProperty:
		s := ui.Select{Field: field, Empty: true}
		for _, o := range p.Options {
			s.Options = append(s.Options, ui.Option{Value: o.Value, Label: o.Label.In(v.Lang()), Chosen: o.Value == value})
		}
		return s
	case casetype.DateProperty:
		if field.Hint == "" {
			field.Hint = v.T("task.hint.date")
		}
		return ui.Input{Field: field, Value: value, Width: 10, Numeric: true}
	case casetype.NumberProperty:
		if !f.posted && value != "" {
			value = p.Show(value, v.Lang())
		}
		return ui.Input{Field: field, Value: value, Width: 12, Decimal: true}
	}
	return ui.Input{Field: field, Value: value}
}

func (v *visit) kindField(f *form, ct *casetype.CaseType, d cases.Document, kind string) templ.Component {
	name := fieldKind + strconv.Itoa(d.N)
	s := ui.Select{Field: optional(f.field(name, d.Name, "")), Empty: true}
	for _, t := range ct.Documents {
		s.Options = append(s.Options, ui.Option{Value: t.Key, Label: t.Title.In(v.Lang()), Chosen: f.or(name, kind) == t.Key})
	}
	return s
}

// saveNoted keeps what was changed on the page, each with its own row of the timeline. What cannot be kept is said at its field; the rest is.
func saveNoted(v *visit) error {
	view, err := v.opened(access.CaseStatus)
	if err != nil {
		return err
	}
	f, err := v.read(v.W, v.R, v.Who.Person, false)
	if err != nil {
		return err
	}
	id := view.Case.ID
	keep := func(field string, err error) error {
		var fault FaultError
		if errors.As(err, &fault) {
			f.fault(field, v.T("task.fault."+string(fault.Code)))
			return nil
		}
		if key, _ := problem(err); key != "" {
			f.fault(field, v.T("task.problem."+key))
			return nil
		}
		return err
	}
	for _, item := range view.Status.Checklist {
		name := fieldItem + item.Key
		if err := keep(name, v.Tick(v.Ctx(), v.Who, id, view.Status.Key, item.Key, f.Get(name) != "")); err != nil {
			return err
		}
	}
	for _, p := range view.Type.Properties {
		name := fieldProperty + p.Key
		if _, sent := f.Values[name]; sent {
			if err := keep(name, v.SetProperty(v.Ctx(), v.Who, id, p.Key, f.Get(name))); err != nil {
				return err
			}
		}
	}
	for _, d := range readable(view) {
		name := fieldKind + strconv.Itoa(d.N)
		if _, sent := f.Values[name]; sent {
			if err := keep(name, v.SetKind(v.Ctx(), v.Who, id, d.N, f.Get(name))); err != nil {
				return err
			}
		}
	}
	if len(f.faults) > 0 {
		return v.noted(http.StatusUnprocessableEntity, view, f)
	}
	return v.Done(casePath(id)+pathNoted, "tasks.said.noted")
}
