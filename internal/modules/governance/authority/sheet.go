package authority

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// sheet is a form as it was filled in.
type sheet struct {
	*visit
	values url.Values
	faults []ui.FieldError
	hidden []ui.Hidden // carried along
}

// fill takes in what was typed, or what the address says before anything was.
func (v *visit) fill() (*sheet, error) {
	s := &sheet{visit: v, values: v.R.URL.Query()}
	if v.R.Method != http.MethodPost {
		return s, nil
	}
	var err error
	s.values, err = v.Form()
	return s, err
}

func (s *sheet) posted() bool { return s.R.Method == http.MethodPost }

func (s *sheet) get(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s.values.Get(name), ""), "\r\n", "\n"))
}

func (s *sheet) fault(field, words string) {
	if s.faultOf(field) == "" {
		s.faults = append(s.faults, ui.FieldError{Field: field, Message: words})
	}
}

func (s *sheet) faultOf(field string) string {
	for _, f := range s.faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// date reads a day; the zero Date where none is typed.
func (s *sheet) date(field string) calendar.Date {
	d, err := calendar.ParseDate(s.get(field))
	if err != nil && s.get(field) != "" {
		s.fault(field, s.T("authority.bad_day"))
	}
	return d
}

// need asks for what is not typed.
func (s *sheet) need(fields ...string) {
	for _, f := range fields {
		if s.get(f) == "" {
			s.fault(f, s.T("authority.need."+f))
		}
	}
}

func (s *sheet) field(name string, optional bool) ui.Field {
	f := ui.Field{Name: name, Label: s.T("authority.field." + name), Optional: optional, Error: s.faultOf(name)}
	if s.L.Has("authority.hint." + name) {
		f.Hint = s.T("authority.hint." + name)
	}
	return f
}

func (s *sheet) line(name string, width int, optional bool) templ.Component {
	return ui.Input{Field: s.field(name, optional), Value: s.get(name), Width: width, NoSpell: width > 0}
}

func (s *sheet) area(name string, optional bool) templ.Component {
	return ui.Textarea{Field: s.field(name, optional), Value: s.get(name), Rows: 5, Max: maxText}
}

func (s *sheet) choice(name string, options []ui.Option, optional bool) templ.Component {
	return ui.Select{Field: s.field(name, optional), Options: options, Empty: true}
}

// decision asks for the decision an act rests on: of a body, or of any for "".
func (s *sheet) decision(body string, optional bool) (templ.Component, error) {
	options, err := s.decisionOptions(body, s.get("beslut"))
	return s.choice("beslut", options, optional), err
}

// maxText is how long a text may be, in characters.
const maxText = 8000

func (s *sheet) status() int {
	if len(s.faults) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// show writes a form on a page of its own.
func (s *sheet) show(title, lead, back, button, action string, fields ...templ.Component) error {
	q := ui.Question{Page: s.page(title, back, ui.Link{Text: s.T("authority.back." + strings.TrimPrefix(back, "/styrning/")), Href: back}), Lead: lead, Back: back, Button: button,
		Fields: fields, Form: ui.Form{Action: action, Unsaved: true, Hidden: s.hidden}}
	q.Errors = s.faults
	return ui.Render(s.W, s.R, s.status(), q)
}

// refused turns what the kernel refuses into words at the field, and gives what nobody can put right here.
func (s *sheet) refused(err error) error {
	var invalid *bodies.InvalidError
	var overlap *bodies.OverlapError
	var reservedTo *bodies.ReservedError
	var twice *TwiceError
	var bad *deviation.InvalidError
	var again *deviation.OverlapError
	var hard *deviation.HardError
	switch {
	case errors.As(err, &invalid):
		s.fault(fieldOf(invalid.Field), s.T("authority.fault."+invalid.Field))
	case errors.As(err, &overlap):
		s.fault("person", s.T("authority.overlap", "Role", s.role(overlap.Role), "Holder", s.Person(overlap.Holder), "Days", days(overlap.From, overlap.To), "Sentence", overlap.Sentence))
	case errors.As(err, &reservedTo):
		w := whyOf(s.Dir, reservedTo)
		s.fault("beslut", s.T("authority.takes", "Body", s.mayDecide(w), "Reason", s.T("authority.reason."+string(reservedTo.Reason)), "Sentence", reservedTo.Sentence))
	case errors.As(err, &twice):
		s.fault("paragraf", s.T("authority.twice"))
	case errors.As(err, &bad):
		s.fault(fieldOf(bad.Field), s.T("authority.deviation."+string(bad.Problem), "Day", bad.Limit.String()))
	case errors.As(err, &again):
		s.fault("foremal", s.T("authority.deviation.overlap", "Days", days(again.From, again.To)))
	case errors.As(err, &hard):
		s.fault("mening", s.T("authority.hard"))
	case errors.Is(err, store.ErrConflict):
		s.fault("slutar", s.T("authority.conflict"))
	default:
		return err
	}
	return nil
}

// fieldOf is the form's name of a field of the kernel.
func fieldOf(field string) string {
	if name, ok := map[string]string{
		"body": "organ", "on": "dag", "paragraph": "paragraf", "text": "text", "by": "beslut", "decision": "beslut", "from": "fran", "last": "slutar", "person": "person",
		"role": "roll", "place": "plats", "member": "plats", "to": "till", "review": "prova", "next": "prova", "note": "anteckning", "why": "skal", "motivation": "skal",
		"object": "foremal", "title": "rubrik", "delegates": "text",
	}[field]; ok {
		return name
	}
	return "beslut"
}
