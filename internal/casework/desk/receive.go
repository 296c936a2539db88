package desk

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// receivedBy are the ways in which a handling comes that an official enters.
func receivedBy() []casetype.Way {
	return []casetype.Way{casetype.Letter, casetype.Email, casetype.Phone, casetype.Visit}
}

// receiveCommand enters what came in on paper, by e-mail or by word of mouth, as received when it came (OSL 5 kap. 1 §, JO 4349-2001).
func receiveCommand() command {
	return command{
		path: "inkommet", right: access.CaseDocument, upload: true, field: "text",
		form: func(v *visit, w *work) (ui.Question, error) {
			now := v.Clock.Now().In(calendar.Stockholm())
			day, hour := w.typed.Get("dag"), w.typed.Get("tid")
			if len(w.typed) == 0 {
				day, hour = now.Format(time.DateOnly), now.Format("15:04")
			}
			var ways []ui.Option
			for _, way := range receivedBy() {
				ways = append(ways, ui.Option{Value: string(way), Label: v.channel(string(way)), Chosen: w.get("satt") == string(way)})
			}
			return ui.Question{Lead: v.T("desk.inkommet.lead"), Fields: []templ.Component{
				ui.Radios{Field: ui.Field{Name: "satt", Label: v.T("desk.inkommet.way"), Error: faultOf(w.faults, "satt")}, Options: ways},
				ui.Input{Field: ui.Field{Name: "dag", Label: v.T("desk.inkommet.day"), Hint: v.T("desk.inkommet.day_hint"), Error: faultOf(w.faults, "dag")}, Value: day, Width: 10, NoSpell: true},
				ui.Input{Field: ui.Field{Name: "tid", Label: v.T("desk.inkommet.time"), Error: faultOf(w.faults, "tid")}, Value: hour, Width: 5, NoSpell: true},
				ui.Input{Field: ui.Field{Name: "part", Label: v.T("desk.inkommet.from"), Hint: v.T("desk.inkommet.from_hint"), Error: faultOf(w.faults, "part"), Optional: true}, Value: w.typed.Get("part")},
				v.textarea(w, v.T("desk.inkommet.text"), v.T("desk.inkommet.hint")),
				v.fileField(w.faults),
			}}, nil
		},
		do: func(v *visit, w *work) error {
			at, err := time.ParseInLocation("2006-01-02 15:04", w.get("dag")+" "+w.get("tid"), calendar.Stockholm())
			if err != nil {
				w.fault("dag", v.T("desk.inkommet.day_wrong"))
			}
			if !slices.Contains(receivedBy(), casetype.Way(w.get("satt"))) {
				w.fault("satt", v.T("desk.inkommet.choose"))
			}
			w.faults = append(w.faults, v.tooLong("part", w.get("part"), maxFact)...)
			if len(w.faults) > 0 {
				return nil
			}
			return v.write(w, func(files []cases.Document) error {
				in := cases.Incoming{At: at, Channel: w.get("satt"), Party: w.get("part"), Text: strings.TrimSpace(oneForm(w.typed.Get("text"))), Files: files}
				_, err := v.Cases.Receive(v.Ctx(), v.Who, w.on(), in)
				if errors.Is(err, cases.ErrWhen) {
					w.fault("dag", v.T("desk.inkommet.day_wrong"))
				}
				return err
			})
		},
		adds: func(cases.Event) bool { return false },
		same: func(w *work, e cases.Event) bool {
			return e.Kind == cases.MessageIn && e.Body == oneForm(w.get("text"))
		},
	}
}
