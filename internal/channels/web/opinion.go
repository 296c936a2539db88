package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/ui"
)

// fieldScore and fieldWords are the question asked after a closed case.
const (
	fieldScore = "betyg"
	fieldWords = "ord"
)

// opinion is what somebody answers, with what is wrong.
type opinion struct {
	score, words string
	fault        string
}

// opinionForm asks once how it went, when a case is closed; nil when it is not to be asked (S2-M2-2).
func (m *Module) opinionForm(r *http.Request, v cases.CitizenView, here string, o opinion) (templ.Component, error) {
	if m.Measure == nil || v.Case.Open {
		return nil, nil
	}
	ctx := r.Context()
	given, err := m.Measure.Given(ctx, v.Case.ID)
	if err != nil {
		return nil, err
	}
	if given {
		if r.URL.Query().Get("omdome") != "" {
			return ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.feedback.thanks"), Live: true}, nil
		}
		return nil, nil
	}
	scores := ui.Radios{Field: ui.Field{Name: fieldScore, Label: ui.T(ctx, "public.feedback.question"), Error: o.fault}}
	for i := 5; i >= 1; i-- {
		n := strconv.Itoa(i)
		scores.Options = append(scores.Options, ui.Option{Value: n, Label: ui.T(ctx, "public.feedback.score."+n), Chosen: o.score == n})
	}
	return opinionPart(ui.Form{ID: "omdome", Action: here + "/omdome"}, []templ.Component{scores,
		ui.Textarea{Field: ui.Field{Name: fieldWords, Label: ui.T(ctx, "public.feedback.words"), Hint: ui.T(ctx, "public.feedback.words_hint"), Optional: true}, Value: o.words, Rows: 3, Max: measure.MaxWords},
	}), nil
}

// opine takes the answer in.
func (m *Module) opine(w http.ResponseWriter, r *http.Request, base string, who viewer) error {
	v, err := m.view(r, who)
	if err != nil {
		return m.shut(w, r, base, err)
	}
	here := base + "/" + slug(v.Case.Number)
	if m.Measure == nil || v.Case.Open {
		return see(w, r, here)
	}
	if err := parse(w, r, maxTextBytes); err != nil {
		return err
	}
	o := opinion{score: r.PostForm.Get(fieldScore), words: strings.ToValidUTF8(r.PostForm.Get(fieldWords), "")}
	score, _ := strconv.Atoi(o.score) // no number is no score
	ctx := r.Context()
	switch err := m.Measure.Give(ctx, v.Case.ID, v.Case.TypeID, score, o.words); {
	case errors.Is(err, measure.ErrScore):
		o.fault = ui.T(ctx, "public.feedback.none")
		return m.showCase(w, r, http.StatusUnprocessableEntity, base, v, reply{opinion: o})
	case err != nil && !errors.Is(err, measure.ErrGiven):
		return err
	}
	return see(w, r, here+"?omdome=1")
}

// handlingTime is how long the matters of a service have taken: measured, not promised (S2-M2-1).
func handlingTime(ctx context.Context, f measure.Figures) string {
	if !f.Measured() {
		return ui.T(ctx, "public.measure.too_few")
	}
	return ui.T(ctx, "public.measure.half", "Time", ui.T(ctx, "public.period.business", "Count", f.Median)) + " " +
		ui.T(ctx, "public.measure.most", "Time", ui.T(ctx, "public.period.business", "Count", f.P90))
}
