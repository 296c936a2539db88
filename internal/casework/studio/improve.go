package studio

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// maxDone is how much may be written about what was done, in characters.
const maxDone = 2000

// improvement asks what was done about an improvement.
func improvement(v *visit) error { return v.askDone(http.StatusOK, "", "") }

// found is the improvement of the address and its service, for one who may see to it.
func (v *visit) found() (*casetype.CaseType, measure.Improvement, access.Decision, error) {
	ct, err := v.open()
	if err != nil {
		return nil, measure.Improvement{}, access.Decision{}, err
	}
	d := v.may(access.ServiceManage, ct)
	if d.Err() != nil {
		return nil, measure.Improvement{}, d, d.Err()
	}
	list, err := v.Measure.Improvements(v.Ctx(), ct.ID)
	if err != nil {
		return nil, measure.Improvement{}, d, err
	}
	at := slices.IndexFunc(list, func(i measure.Improvement) bool { return i.ID == v.R.PathValue("id") })
	if at < 0 {
		return nil, measure.Improvement{}, d, store.ErrNotFound
	}
	return ct, list[at], d, nil
}

func (v *visit) askDone(status int, typed, fault string) error {
	ct, i, _, err := v.found()
	if err != nil {
		return err
	}
	if !i.ClosedAt.IsZero() {
		return v.See(servicePath(ct.ID) + "#atgarder")
	}
	q := ui.Question{Page: v.page(v.T("studio.improvement.title"), v.crumb(ct)), Caption: ct.Title.In(v.Lang()), Lead: v.about(i), Back: servicePath(ct.ID),
		Button: v.T("studio.improvement.button"), Form: ui.Form{Action: servicePath(ct.ID) + "/atgarder/" + i.ID, Unsaved: true},
		Fields: []templ.Component{ui.Textarea{Field: ui.Field{Name: "gjort", Label: v.T("studio.improvement.field"), Hint: v.T("studio.improvement.hint"), Error: fault}, Value: typed, Max: maxDone}}}
	q.Of = q.Caption
	if fault != "" {
		q.Errors = []ui.FieldError{{Field: "gjort", Message: fault}}
	}
	return ui.Render(v.W, v.R, status, q)
}

// improvementDone closes an improvement with what was done.
func improvementDone(v *visit) error {
	ct, i, may, err := v.found()
	if err != nil {
		return err
	}
	if _, err := v.Form(); err != nil {
		return err
	}
	done := strings.ToValidUTF8(v.R.PostForm.Get("gjort"), "")
	if utf8.RuneCountInString(done) > maxDone {
		return v.askDone(http.StatusUnprocessableEntity, done, v.T("studio.improvement.long"))
	}
	err = v.Measure.Done(v.Ctx(), bodies.By{Person: v.Who.Person, Mandate: may.Mandate}, i.ID, done)
	switch {
	case errors.Is(err, measure.ErrNothingDone):
		return v.askDone(http.StatusUnprocessableEntity, done, v.T("studio.improvement.empty"))
	case err != nil && !errors.Is(err, measure.ErrDone): // closed by a colleague, or sent twice: the page shows it
		return err
	}
	return v.See(servicePath(ct.ID) + "?klart=1#atgarder")
}
