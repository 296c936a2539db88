package retention

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// maxWords is how much may be written as a reason, in characters.
const maxWords = 1000

// caseAct is something done to a case on a page of its own. Of the case it shows the number alone: who sees to how long it is kept need
// not read it.
type caseAct struct {
	path, key string
	fields    func(v *visit, c *cases.Case, k Kept, faults map[string]string) []templ.Component
	run       func(v *visit, c *cases.Case) (faults map[string]string, err error)
}

func caseActs() []caseAct {
	return []caseAct{
		{"stopp", "hold", holdFields, func(v *visit, c *cases.Case) (map[string]string, error) {
			err := v.Hold(v.Ctx(), v.Who, cases.On{Case: c.ID}, Reason(v.R.PostForm.Get("skal")), v.R.PostForm.Get("ord"))
			if errors.Is(err, ErrReason) {
				return map[string]string{"skal": v.T("retention.fault.reason")}, nil
			}
			return nil, err
		}},
		{"hav", "lift", wordsField, func(v *visit, c *cases.Case) (map[string]string, error) {
			return nil, v.Lift(v.Ctx(), v.Who, cases.On{Case: c.ID}, v.R.PostForm.Get("ord"))
		}},
		{"uppgift", "say", sayFields, sayRun},
	}
}

func wordsField(v *visit, _ *cases.Case, _ Kept, faults map[string]string) []templ.Component {
	return []templ.Component{ui.Textarea{Field: ui.Field{Name: "ord", Label: v.T("retention.field.words"), Hint: v.T("retention.hint.words"), Error: faults["ord"]}, Value: v.R.PostForm.Get("ord"), Rows: 3, Max: maxWords}}
}

func holdFields(v *visit, c *cases.Case, k Kept, faults map[string]string) []templ.Component {
	var options []ui.Option
	for _, r := range Reasons() {
		options = append(options, ui.Option{Value: string(r), Label: v.T("retention.reason." + string(r)), Chosen: v.R.PostForm.Get("skal") == string(r)})
	}
	radios := ui.Radios{Field: ui.Field{Name: "skal", Label: v.T("retention.field.reason"), Error: faults["skal"]}, Options: options}
	return append([]templ.Component{radios}, wordsField(v, c, k, faults)...)
}

// sayFields ask for what is missing: the result, or the day of what the plan counts from.
func sayFields(v *visit, c *cases.Case, k Kept, faults map[string]string) []templ.Component {
	var out []templ.Component
	ct := v.typeOf(c.TypeID, c.TypeVersion, k.Result)
	if ct != nil && (k.Why == NoResult || k.Why == GoneResult || k.State != Todo) {
		var options []ui.Option
		for _, r := range ct.Results {
			options = append(options, ui.Option{Value: r.Key, Label: r.Title.In(v.Lang()), Hint: v.kept(r.Time()), Chosen: v.R.PostForm.Get("resultat") == r.Key})
		}
		out = append(out, ui.Radios{Field: ui.Field{Name: "resultat", Label: v.T("retention.field.result"), Error: faults["resultat"]}, Options: options})
	}
	if k.Why == NoEvent || k.Why == NoLegalForce || k.Why == NoDecision {
		label := v.T("retention.field.day." + string(k.Why))
		if ct != nil && k.Why == NoEvent {
			label = eventOf(ct, k).In(v.Lang())
		}
		f := v.R.PostForm
		out = append(out, ui.DateInput{Field: ui.Field{Name: "dag", Label: label, Hint: v.T("retention.hint.day"), Error: faults["dag"]}, Day: f.Get("dag-day"), Month: f.Get("dag-month"), Year: f.Get("dag-year")})
	}
	return append(out, wordsField(v, c, k, faults)...)
}

// eventOf is what has to happen, in the words of the plan.
func eventOf(ct *casetype.CaseType, k Kept) (words interface{ In(l lang) string }) {
	if r := ct.Result(k.Result); r != nil && r.Time().From == casetype.FromEvent {
		return r.Event
	}
	for _, d := range ct.Documents {
		if t := d.Time(k.Result); t.From == casetype.FromEvent {
			return t.Event
		}
	}
	return ct.Title
}

func sayRun(v *visit, c *cases.Case) (map[string]string, error) {
	f := v.R.PostForm
	var day calendar.Date
	if f.Get("dag-year")+f.Get("dag-month")+f.Get("dag-day") != "" {
		var err error
		if day, err = calendar.ParseDate(pad(f.Get("dag-year"), 4) + "-" + pad(f.Get("dag-month"), 2) + "-" + pad(f.Get("dag-day"), 2)); err != nil {
			return map[string]string{"dag": v.T("retention.fault.day")}, nil //nolint:nilerr // told at the field
		}
	}
	err := v.Say(v.Ctx(), v.Who, cases.On{Case: c.ID}, f.Get("resultat"), day, f.Get("ord"))
	if errors.Is(err, ErrSay) {
		k, kerr := v.Of(v.Ctx(), c.ID)
		field := "resultat"
		if k.Why == NoEvent || k.Why == NoLegalForce || k.Why == NoDecision {
			field = "dag"
		}
		return map[string]string{field: v.T("retention.fault.say")}, kerr
	}
	return nil, err
}

func pad(digits string, n int) string {
	digits = strings.TrimSpace(digits)
	return strings.Repeat("0", max(0, n-len(digits))) + digits
}

// open finds the case of the address, for one who may see to how long it is kept.
func (v *visit) open() (*cases.Case, Kept, error) {
	c, _, _, err := v.Cases.May(v.Ctx(), v.Who, access.RetentionManage, v.R.PathValue("id"))
	if err != nil {
		return nil, Kept{}, err
	}
	k, err := v.Of(v.Ctx(), c.ID)
	return c, k, err
}

func (a caseAct) ask(v *visit) error {
	c, k, err := v.open()
	if err != nil {
		return err
	}
	return a.show(v, c, k, http.StatusOK, nil)
}

func (a caseAct) show(v *visit, c *cases.Case, k Kept, status int, faults map[string]string) error {
	body, _ := v.Dir.Body(c.Body)
	q := ui.Question{Page: v.page(v.T("retention.act."+a.key), body), Caption: c.Number, Back: of(Path, c.Body), Button: v.T("retention.act." + a.key),
		Form: ui.Form{Action: pathCase + c.ID + "/" + a.path, Unsaved: true}, Lead: v.standing(k)}
	q.Of = q.Caption
	q.Fields = a.fields(v, c, k, faults)
	for _, field := range []string{"skal", "resultat", "dag", "ord"} {
		if faults[field] != "" {
			id := field
			if field == "dag" {
				id = "dag-day"
			}
			q.Errors = append(q.Errors, ui.FieldError{Field: id, Message: faults[field]})
		}
	}
	return ui.Render(v.W, v.R, status, q)
}

func (a caseAct) do(v *visit) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	c, k, err := v.open()
	if err != nil {
		return err
	}
	var faults map[string]string
	if utf8.RuneCountInString(v.R.PostForm.Get("ord")) > maxWords {
		faults = map[string]string{"ord": v.T("retention.fault.long")}
	} else {
		faults, err = a.run(v, c)
	}
	switch {
	case errors.Is(err, ErrWords):
		faults = map[string]string{"ord": v.T("retention.fault.words")}
	case errors.Is(err, ErrHeld), errors.Is(err, ErrNotHeld), errors.Is(err, cases.ErrOpen): // somebody was faster
		return v.Done(of(Path, c.Body), "retained.said.otherwise")
	case err != nil:
		return err
	}
	if len(faults) > 0 {
		return a.show(v, c, k, http.StatusUnprocessableEntity, faults)
	}
	return v.Done(of(Path, c.Body), "retained.said."+a.key)
}

// standing is how a case stands, in words.
func (v *visit) standing(k Kept) string {
	switch {
	case !k.Known:
		return v.T("retention.standing.open")
	case k.State == Preserve:
		return v.T("retention.standing.preserve", "Authority", k.Authority)
	case k.State == Todo:
		return v.T("retention.standing.todo") + " " + v.T("retention.why."+string(k.Why)) + "."
	}
	return v.T("retention.standing.discard", "Day", v.day(k.Due), "Authority", k.Authority)
}
