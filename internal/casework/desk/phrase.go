package desk

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/ui"
)

// fieldPhrase names a text to begin from, and fieldBegin is the button that adds it.
const (
	fieldPhrase = "fras"
	fieldBegin  = "infoga"
)

// phrases offers the texts for a use, where there are any.
func (v *visit) phrases(w *work, use pack.PhraseUse) ([]templ.Component, error) {
	if v.Roster == nil {
		return nil, nil
	}
	options, err := v.Roster.Offer(v.Ctx(), v.Lang(), use, w.Case)
	if err != nil || len(options) == 0 {
		return nil, err
	}
	field := ui.Field{Name: fieldPhrase, Label: v.T("desk.phrase.choose"), Hint: v.T("desk.phrase.hint"), Optional: true, Error: faultOf(w.faults, fieldPhrase)}
	return []templ.Component{ui.Select{Field: field, Empty: true, Options: options}, ui.Button{Text: v.T("desk.phrase.button"), Name: fieldBegin, Value: "1", Variant: ui.Secondary}}, nil
}

// begin adds the text that was chosen to what was typed and shows the form again. Nothing is sent, and nothing typed is lost.
func (c command) begin(v *visit, w *work) error {
	if w.get(fieldPhrase) == "" {
		w.fault(fieldPhrase, v.T("desk.phrase.none_chosen"))
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	text, err := v.Roster.Begin(v.Ctx(), w.get(fieldPhrase), c.phrases, w.OfficerView)
	if err != nil {
		return err
	}
	if typed := strings.TrimRight(oneForm(w.typed.Get("text")), "\n"); typed != "" {
		text = typed + "\n\n" + text
	}
	w.typed.Set("text", text)
	if len(w.files) > 0 {
		w.notice = &ui.Alert{Tone: ui.Warning, Title: v.T("desk.files_lost"), Text: v.T("desk.files_lost_text")}
	}
	return c.show(v, w, http.StatusOK)
}

// gaps says what of a text to begin from nobody has filled in.
func (v *visit) gaps(w *work) {
	if v.Roster == nil {
		return
	}
	if list := v.Roster.Gaps(w.typed.Get("text")); len(list) > 0 {
		w.fault("text", v.T("desk.phrase.gaps", "Names", strings.Join(list, ", ")))
	}
}
