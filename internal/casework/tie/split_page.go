package tie

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/ui"
)

// splitting asks what becomes a case of its own, and then shows what that means.
func splitting(v *visit) error {
	q := v.R.URL.Query()
	if q.Get("typ") == "" {
		return v.askCut(http.StatusOK, q, nil)
	}
	return v.showCut(http.StatusOK, q, nil)
}

// types are the case types that take in matters, to choose from. without is left out.
func (v *visit) types(chosen, without string) []ui.Option {
	var out []ui.Option
	for _, ct := range v.Types.Open(v.Today()) {
		if ct.ID != without {
			out = append(out, ui.Option{Value: ct.ID, Label: ct.Title.In(v.Lang()), Chosen: ct.ID == chosen})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

func (v *visit) askCut(status int, typed url.Values, faults []fault) error {
	view := v.view
	questions := ui.Checkboxes{Field: ui.Field{Name: "fraga", Label: v.T("tie.split.questions"), Optional: true, Error: faultIn(faults, "fraga")}}
	for _, q := range asked(view.Type) {
		if len(answered(view.Type, q, view.Case.Answers)) > 0 {
			questions.Options = append(questions.Options, ui.Option{Value: q.Key, Label: q.Label.In(v.Lang()), Hint: brief(strings.Join(view.Type.Display(q, view.Case.Answers, v.Lang()), ", ")),
				Chosen: slices.Contains(typed["fraga"], q.Key)})
		}
	}
	rows := ui.Checkboxes{Field: ui.Field{Name: "rad", Label: v.T("tie.split.events"), Optional: true}}
	for _, e := range view.Events {
		if n := strconv.Itoa(e.N); written(e) {
			rows.Options = append(rows.Options, ui.Option{Value: n, Label: v.T("tie.note.said."+string(e.Kind), "Time", v.L.DateTime(e.At)), Hint: brief(e.Body), Chosen: slices.Contains(typed["rad"], n)})
		}
	}
	files := ui.Checkboxes{Field: ui.Field{Name: "fil", Label: v.T("tie.split.documents"), Optional: true}}
	for _, d := range view.Documents {
		if n := strconv.Itoa(d.N); !d.Hidden {
			files.Options = append(files.Options, ui.Option{Value: n, Label: d.Name, Chosen: slices.Contains(typed["fil"], n)})
		}
	}
	fields := []templ.Component{ui.Select{Field: ui.Field{Name: "typ", Label: v.T("tie.split.type"), Error: faultIn(faults, "typ")}, Empty: true, Options: v.types(typed.Get("typ"), "")}}
	for _, c := range []ui.Checkboxes{questions, rows, files} {
		if len(c.Options) > 0 {
			fields = append(fields, c)
		}
	}
	return v.show(status, "dela", ui.Question{Lead: v.T("tie.split.lead"), Button: v.T("tie.split.preview"), Form: ui.Form{Get: true}, Fields: fields}, faults...)
}

// brief is the beginning of a text.
func brief(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// cut is what was chosen.
func cut(typed url.Values) Cut {
	numbers := func(list []string) (out []int) {
		for _, s := range list {
			if n, err := strconv.Atoi(s); err == nil {
				out = append(out, n)
			}
		}
		return out
	}
	return Cut{Type: typed.Get("typ"), Questions: typed["fraga"], Events: numbers(typed["rad"]), Documents: numbers(typed["fil"]), Reason: typed.Get(fieldReason), Key: typed.Get(fieldKey)}
}

// showCut shows the case that would be, and asks for the reason.
func (v *visit) showCut(status int, typed url.Values, faults []fault) error {
	c := cut(typed)
	m, err := v.cutting(v.L, v.view, c)
	if err != nil {
		field := "typ"
		if c.Type != "" && len(c.Questions)+len(c.Events)+len(c.Documents) == 0 {
			field = "fraga"
		}
		if wrong, ok := v.said(err, field); ok {
			return v.askCut(http.StatusUnprocessableEntity, typed, wrong)
		}
		return err
	}
	key, err := key(typed.Get(fieldKey))
	if err != nil {
		return err
	}
	facts := ui.Summary{Title: v.T("tie.split.means"), Facts: append([]ui.Fact{
		{Name: v.T("tie.move.type"), Value: m.to.Title.In(v.Lang())},
		{Name: v.T("tie.split.received"), Value: v.L.DateTime(v.view.Case.ReceivedAt)},
		{Name: v.T("tie.split.takes"), Values: []string{v.T("tie.merge.documents", "Count", len(m.files)), v.T("tie.split.messages", "Count", len(c.Events))}},
	}, v.fates(m.mapped.lines)...)}
	fields := append([]templ.Component{facts}, v.cautions(v.warnings(v.view.Case, m.to))...)
	fields = append(fields, v.reason(typed.Get(fieldReason), faults))
	hidden := []ui.Hidden{{Name: fieldKey, Value: key}, {Name: "typ", Value: c.Type}}
	for _, name := range []string{"fraga", "rad", "fil"} {
		for _, value := range typed[name] {
			hidden = append(hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	return v.show(status, "dela", ui.Question{Lead: v.T("tie.split.check"), Button: v.T("tie.split.button"), Back: v.here() + "/dela", Fields: fields,
		Form: ui.Form{Unsaved: true, Hidden: hidden}}, faults...)
}

// fates are what becomes of the answers, a row for each fate.
func (v *visit) fates(lines []Mapped) []ui.Fact {
	var out []ui.Fact
	for _, fate := range []Fate{Kept, Filed, Refitted, Retyped, LeftOut, Wanted} {
		f := ui.Fact{Name: v.T("tie.fate." + string(fate))}
		for _, l := range lines {
			if l.Fate == fate {
				f.Values = append(f.Values, l.Question.Label.In(v.Lang()))
			}
		}
		if len(f.Values) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func splittingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	if faults := v.reasonFaults(typed.Get(fieldReason)); len(faults) > 0 {
		return v.showCut(http.StatusUnprocessableEntity, typed, faults)
	}
	id, err := v.Split(v.Ctx(), v.L, v.Who, cases.On{Case: v.view.Case.ID}, cut(typed))
	if err != nil {
		if faults, ok := v.said(err, fieldReason); ok {
			return v.showCut(http.StatusUnprocessableEntity, typed, faults)
		}
		return err
	}
	if v.Cases.MaySee(v.Ctx(), v.Who, id) != nil { // it is another unit's
		return v.done(v.here(), "split")
	}
	return v.done(casePath(id), "split")
}
