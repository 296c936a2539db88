package roster

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// phrases shows the texts there are to begin from, and the variables that they can have.
func phrases(v *visit) error {
	list, err := v.Phrases(v.Ctx())
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.P(v.T("roster.phrases.lead"))}
	if v.MayAnywhere(access.MandateAppointUnit) {
		parts = append(parts, ui.Button{Text: v.T("roster.phrases.new"), Href: pathPhrases + "/ny", Variant: ui.Secondary})
	}
	t := ui.Table{ID: "fraser", Caption: v.T("roster.phrases"), Columns: []ui.Column{{Title: v.T("roster.phrases.title")}, {Title: v.T("roster.phrases.for")}, {Title: v.T("roster.phrases.where")}, {Title: v.T("roster.phrases.text")}}}
	for _, p := range list {
		row := ui.Row{Cells: []ui.Cell{{Text: p.Title.In(v.Lang())}, {Text: v.uses(p.For)}, {Text: v.where(p)}, {Body: letter(p.Text.In(v.Lang()))}}}
		if p.Own() && v.mayPhrase(p.Unit) {
			row.Cells[0].Href = pathPhrases + "/" + p.Key
		}
		if !p.Retired || row.Cells[0].Href != "" {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) > 0 {
		parts = append(parts, t)
	}
	known := ui.Table{ID: "variabler", Caption: v.T("roster.variables"), Columns: []ui.Column{{Title: v.T("roster.variables.write")}, {Title: v.T("roster.variables.is")}}}
	for _, name := range pack.Variables() {
		known.Rows = append(known.Rows, ui.Row{Cells: []ui.Cell{{Text: "{" + name + "}"}, {Text: v.T("roster.variable." + name)}}})
	}
	parts = append(parts, ui.P(v.T("roster.variables.lead")), known)
	return ui.Render(v.W, v.R, http.StatusOK, readPage(ui.Read{Page: v.page(v.T("roster.phrases"), pathPhrases)}, v.tabs(pathPhrases), parts))
}

func (v *visit) uses(list []pack.PhraseUse) string {
	words := make([]string, len(list))
	for i, u := range list {
		words[i] = v.T("roster.use." + string(u))
	}
	return strings.Join(words, ", ")
}

// where says which cases a text is for.
func (v *visit) where(p Phrase) string {
	where := []string{v.T("roster.phrases.everywhere")}
	if p.Unit != "" {
		where[0] = v.Unit(p.Unit)
	}
	for _, ct := range v.Types.Open(v.Today()) {
		if slices.Contains(p.Types, ct.ID) {
			where = append(where, ct.Title.In(v.Lang()))
		}
	}
	if !p.Own() {
		where = append(where, v.T("roster.phrases.of_pack"))
	}
	if p.Retired {
		where = append(where, v.T("roster.phrases.retired"))
	}
	return strings.Join(where, ", ")
}

func (v *visit) mayPhrase(unit string) bool {
	return access.Check(v.Who, access.MandateAppointUnit, unitObject(v.Dir, "phrase", unit)).Allowed
}

// newPhrase asks for a new text.
func newPhrase(v *visit) error {
	return v.askPhrase(http.StatusOK, Phrase{Phrase: pack.Phrase{Title: i18n.Text{}, Text: i18n.Text{}}}, nil, nil)
}

// changePhrase asks for a new version of a text.
func changePhrase(v *visit) error {
	list, err := v.Versions(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if err := access.Check(v.Who, access.MandateAppointUnit, unitObject(v.Dir, "phrase", list[0].Unit)).Err(); err != nil {
		return err
	}
	return v.askPhrase(http.StatusOK, list[0], nil, nil)
}

// askPhrase asks for a text; shown is how it would read, if that was asked for.
func (v *visit) askPhrase(status int, p Phrase, shown []templ.Component, faults []fault) error {
	path, title := pathPhrases+"/ny", v.T("roster.phrases.new")
	if p.Key != "" {
		path, title = pathPhrases+"/"+p.Key, v.T("roster.phrases.change")
	}
	q := ui.Question{Page: v.page(title, path), Back: pathPhrases, Lead: v.T("roster.phrases.form_lead"), Button: v.T("roster.save"),
		Form: ui.Form{Action: path, Unsaved: true, Hidden: []ui.Hidden{{Name: "version", Value: strconv.Itoa(p.Version)}}}}
	q.Fields = append(q.Fields, shown...)
	for _, l := range i18n.Languages() {
		q.Fields = append(q.Fields, ui.Input{Field: ui.Field{Name: "titel-" + string(l), Label: v.T("roster.phrases.title_in." + string(l)), Error: of(faults, "titel-"+string(l))}, Value: p.Title[l]},
			ui.Textarea{Field: ui.Field{Name: "text-" + string(l), Label: v.T("roster.phrases.text_in." + string(l)), Error: of(faults, "text-"+string(l))}, Value: p.Text[l], Rows: 8, Max: maxPhraseText})
	}
	var uses, units, types []ui.Option
	for _, u := range pack.PhraseUse("").Values() {
		uses = append(uses, ui.Option{Value: u, Label: v.T("roster.use." + u), Chosen: slices.Contains(p.For, pack.PhraseUse(u))})
	}
	for _, u := range access.Units(v.Who, access.MandateAppointUnit) {
		units = append(units, ui.Option{Value: u, Label: v.Unit(u), Chosen: u == p.Unit})
	}
	if len(units) == 1 {
		units[0].Chosen = true
	}
	for _, ct := range v.Types.Open(v.Today()) {
		if v.Dir.InSubtree(ct.Owner.Unit, p.Unit) || slices.Contains(access.Units(v.Who, access.CaseRead), ct.Owner.Unit) || slices.Contains(p.Types, ct.ID) {
			types = append(types, ui.Option{Value: ct.ID, Label: ct.Title.In(v.Lang()), Chosen: slices.Contains(p.Types, ct.ID)})
		}
	}
	q.Fields = append(q.Fields, ui.Checkboxes{Field: ui.Field{Name: "for", Label: v.T("roster.phrases.for"), Error: of(faults, "for")}, Options: uses},
		ui.Select{Field: ui.Field{Name: "enhet", Label: v.T("roster.phrases.unit"), Error: of(faults, "enhet")}, Empty: len(units) > 1, Options: units})
	if len(types) > 0 {
		q.Fields = append(q.Fields, ui.Checkboxes{Field: ui.Field{Name: "typ", Label: v.T("roster.phrases.types"), Hint: v.T("roster.phrases.types_hint"), Optional: true, Error: of(faults, "typ")}, Options: types})
	}
	if p.Key != "" {
		q.Fields = append(q.Fields, ui.Checkbox{Field: ui.Field{Name: "borttagen", Label: v.T("roster.phrases.retire")}, Value: "ja", Checked: p.Retired})
	}
	q.Fields = append(q.Fields, ui.Button{Text: v.T("roster.phrases.preview"), Name: "visa", Value: "1", Variant: ui.Secondary})
	return v.ask(status, q, faults)
}

// typedPhrase is the text of a form.
func typedPhrase(id string, typed url.Values) Phrase {
	p := Phrase{Phrase: pack.Phrase{Key: id, Unit: typed.Get("enhet"), Types: typed["typ"], Title: i18n.Text{}, Text: i18n.Text{}}, Retired: typed.Get("borttagen") != ""}
	p.Version, _ = strconv.Atoi(typed.Get("version"))
	for _, l := range i18n.Languages() {
		p.Title[l], p.Text[l] = strings.TrimSpace(typed.Get("titel-"+string(l))), strings.TrimSpace(oneForm(typed.Get("text-"+string(l))))
	}
	for _, u := range typed["for"] {
		p.For = append(p.For, pack.PhraseUse(u))
	}
	return p
}

// phrasePost saves a text as a new version, or shows how it reads.
func phrasePost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	p := typedPhrase(v.R.PathValue("id"), typed)
	if p.Key == "" {
		p.Version = 0
	}
	faults := v.faultsOf(p)
	if len(faults) > 0 {
		return v.askPhrase(http.StatusUnprocessableEntity, p, nil, faults)
	}
	if typed.Get("visa") != "" {
		return v.askPhrase(http.StatusOK, p, v.example(p), nil)
	}
	_, err = v.SavePhrase(v.Ctx(), v.Who, p)
	switch {
	case errors.Is(err, ErrUse):
		faults = []fault{{"for", v.T("roster.phrases.choose_use")}}
	case errors.Is(err, ErrTypeless):
		faults = []fault{{"typ", v.T("roster.phrases.no_type")}}
	case errors.Is(err, ErrHeads):
		faults = []fault{{"enhet", v.T("roster.phrases.choose_unit")}}
	case errors.Is(err, store.ErrConflict):
		list, lerr := v.Versions(v.Ctx(), p.Key)
		if lerr != nil {
			return lerr
		}
		p.Version = list[0].Version
		return v.askPhrase(http.StatusConflict, p, []templ.Component{ui.Alert{Tone: ui.Warning, Title: v.T("roster.phrases.stale"), Text: list[0].Text.In(v.Lang())}}, nil)
	case err != nil:
		return err
	default:
		return v.done(pathPhrases, "phrase")
	}
	return v.askPhrase(http.StatusUnprocessableEntity, p, nil, faults)
}

// faultsOf is what is wrong with the words of a text, at each field.
func (v *visit) faultsOf(p Phrase) []fault {
	var faults []fault
	for _, l := range i18n.Languages() {
		if n := len([]rune(p.Title[l])); n == 0 || n > maxPhraseTitle {
			faults = append(faults, fault{"titel-" + string(l), v.T("roster.phrases.wrong_title", "Max", maxPhraseTitle)})
		}
		if n := len([]rune(p.Text[l])); n == 0 || n > maxPhraseText {
			faults = append(faults, fault{"text-" + string(l), v.T("roster.phrases.wrong_text", "Max", v.L.Number(maxPhraseText))})
		}
		var wrong *pack.VariableError
		if errors.As(pack.CheckWords(p.Text[l]), &wrong) {
			text := v.T("roster.phrases.unknown", "Name", "{"+wrong.Name+"}")
			if wrong.Suggest != "" {
				text = v.T("roster.phrases.meant", "Name", "{"+wrong.Name+"}", "Suggest", "{"+wrong.Suggest+"}")
			}
			faults = append(faults, fault{"text-" + string(l), text})
		}
	}
	return faults
}

// example is how a text reads, with what each variable is in its place.
func (v *visit) example(p Phrase) []templ.Component {
	parts := []templ.Component{ui.H2(v.T("roster.phrases.example"))}
	for _, l := range i18n.Languages() {
		text, _ := pack.FillWords(p.Text[l], func(name string) string { return "[" + v.T("roster.variable."+name) + "]" }, func(string) string { return "" })
		parts = append(parts, letter(text))
	}
	return parts
}
