package desk

import (
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// messageCommand writes to the citizen. What a colleague or the citizen has written meanwhile stops it: the answer may have become wrong.
func messageCommand() command {
	return command{
		path: "svara", right: access.CaseMessage, upload: true, field: "text", phrases: pack.InMessage,
		form: func(v *visit, w *work) (ui.Question, error) {
			return ui.Question{Fields: []templ.Component{
				ui.With(ui.Alert{Tone: ui.Info, Title: v.T("desk.svara.goes_out"), Text: v.T("desk.svara.reaches")}, v.recipients(w)),
				v.textarea(w, v.T("desk.field.text_out"), v.T("desk.svara.hint")),
				v.fileField(w.faults),
			}}, nil
		},
		do: func(v *visit, w *work) error {
			return v.write(w, func(files []cases.Document) error {
				_, err := v.Cases.Message(v.Ctx(), v.Who, w.on(), w.get("text"), files)
				return err
			})
		},
		adds: func(e cases.Event) bool {
			switch e.Kind {
			case cases.Claimed, cases.Released, cases.Assigned, cases.Note, cases.Edited:
				return false
			}
			return true
		},
		same: func(w *work, e cases.Event) bool {
			return e.Kind == cases.MessageOut && e.Body == oneForm(w.get("text"))
		},
	}
}

// noteCommand writes for the municipality's own eyes.
func noteCommand() command {
	return command{
		path: "anteckning", right: access.CaseNote, upload: true, field: "text", phrases: pack.InNote,
		form: func(v *visit, w *work) (ui.Question, error) {
			return ui.Question{Fields: []templ.Component{
				ui.Alert{Tone: ui.Warning, Title: v.T("desk.anteckning.stays_in"), Text: v.T("desk.anteckning.stays_in_text")},
				v.textarea(w, v.T("desk.field.text_note"), v.T("desk.anteckning.hint")),
				v.fileField(w.faults),
			}}, nil
		},
		do: func(v *visit, w *work) error {
			return v.write(w, func(files []cases.Document) error {
				_, err := v.Cases.Note(v.Ctx(), v.Who, w.on(), w.get("text"), files)
				return err
			})
		},
		adds: func(cases.Event) bool { return false },
		same: func(w *work, e cases.Event) bool { return e.Kind == cases.Note && e.Body == oneForm(w.get("text")) },
	}
}

// write checks a text and runs the command with its files.
func (v *visit) write(w *work, command func([]cases.Document) error) error {
	w.typed.Set("text", oneForm(w.typed.Get("text")))
	if w.faults = append(w.faults, v.tooLong("text", w.get("text"), maxText)...); len(w.faults) > 0 {
		return nil
	}
	return v.filed(w.files, command)
}

// oneForm is a text with the line ends we keep.
func oneForm(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

func (v *visit) textarea(w *work, label, hint string) templ.Component {
	return ui.Textarea{Field: ui.Field{Name: "text", Label: label, Hint: hint, Error: faultOf(w.faults, "text")}, Value: w.typed.Get("text"), Rows: 10, Max: maxText}
}

// recipients says who will read a message and how it reaches them.
func (v *visit) recipients(w *work) templ.Component {
	var ways []string
	for _, p := range w.Parties {
		name := p.Name
		if name == "" {
			name = v.T("desk.anonymous")
		}
		switch {
		case p.Email != "":
			ways = append(ways, v.T("desk.svara.by_email", "Name", name, "Email", p.Email))
		case p.Person != "":
			ways = append(ways, v.T("desk.svara.my_pages", "Name", name))
		case p.Phone != "":
			ways = append(ways, v.T("desk.svara.no_email", "Name", name, "Phone", p.Phone))
		default:
			ways = append(ways, v.T("desk.svara.by_code", "Name", name))
		}
	}
	return ui.Plain(ways)
}
