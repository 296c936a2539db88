package disclosure

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// answer is the page where the answer is worded: what the case type says of what was handed out, taken out and refused, to be changed freely.
func answer(v *visit) error {
	view, err := v.open()
	if err != nil {
		return err
	}
	list, err := v.Items(v.Ctx(), v.Who, view.Case.ID)
	if err != nil {
		return err
	}
	return v.showAnswer(http.StatusOK, view, list, url.Values{"text": {worded(view, list)}}, nil)
}

// worded is the answer in the words of the case type.
func worded(view cases.OfficerView, list []Item) string {
	say := view.Type.Disclosure.Answer
	var parts []string
	negative := false
	add := func(t i18n.Text, x Item) {
		text := strings.NewReplacer(casetype.AnswerLaw, x.Law, casetype.AnswerCondition, x.Condition).Replace(t.In(view.Case.Lang))
		for _, p := range parts {
			if p == text {
				return
			}
		}
		parts = append(parts, text)
	}
	for _, o := range Outcomes() {
		for _, x := range list {
			if x.Outcome != o || !x.Sent.IsZero() {
				continue
			}
			negative = negative || o.Negative()
			add(map[Outcome]i18n.Text{Whole: say.Given, Parts: say.Masked, Reserved: say.Reserved, Refused: say.Refused}[o], x)
		}
	}
	if negative {
		add(say.Review, Item{})
	}
	return strings.Join(parts, "\n\n")
}

func (v *visit) showAnswer(status int, view cases.OfficerView, list []Item, typed url.Values, faults []ui.FieldError) error {
	c := view.Case
	version := typed.Get("version")
	if version == "" {
		version = strconv.Itoa(c.Version)
	}
	q := ui.Question{Page: v.page(v.T("disclosure.answer_title", "Number", c.Number), ui.Link{Text: c.Number, Href: requestPath(c.ID)}), Lead: v.T("disclosure.answer_lead"), Back: requestPath(c.ID),
		Button: v.T("disclosure.answer_button"), Form: ui.Form{Action: requestPath(c.ID) + "/svara", Unsaved: true, Hidden: []ui.Hidden{{Name: "version", Value: version}}}}
	q.Errors = faults
	table, _, _, err := v.itemTable(c.ID, list)
	if err != nil {
		return err
	}
	q.Fields = []templ.Component{table, ui.Textarea{Field: ui.Field{Name: "text", Label: v.T("disclosure.answer_text"), Hint: v.T("disclosure.answer_hint"), Error: faultOf(faults, "text")}, Value: typed.Get("text"), Rows: 10, Max: 20_000}}
	return ui.Render(v.W, v.R, status, q)
}

func answerPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	view, err := v.open()
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(typed.Get("version"))
	err = v.Answer(v.Ctx(), v.Who, cases.On{Case: view.Case.ID, Version: max(version, 1)}, strings.ReplaceAll(typed.Get("text"), "\r\n", "\n"))
	key := ""
	switch {
	case errors.Is(err, cases.ErrEmpty):
		key = "empty"
	case errors.Is(err, ErrUnassessed):
		key = "unassessed"
	case errors.Is(err, ErrNothing): // sent twice, or nothing chosen
		return v.See(requestPath(view.Case.ID))
	case errors.Is(err, cases.ErrStale):
		key = "stale"
		typed.Del("version")
	case err != nil:
		return err
	default:
		return v.done(requestPath(view.Case.ID), "answered")
	}
	list, err := v.Items(v.Ctx(), v.Who, view.Case.ID)
	if err != nil {
		return err
	}
	return v.showAnswer(http.StatusUnprocessableEntity, view, list, typed, []ui.FieldError{{Field: "text", Message: v.T("disclosure.problem." + key)}})
}
