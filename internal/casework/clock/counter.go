package clock

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Show tells the one whom a case concerns what the day of it rests on, whether its time stands still and why, and what they have asked for.
// A case with nothing more to say than its day, which the page has, says nothing.
func (m *Module) Show(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) ([]templ.Component, error) {
	if !view.Case.Open {
		return nil, nil
	}
	k, err := m.Of(ctx, view.Case, view.Type, view.Events)
	if err != nil || !k.Running {
		return nil, err
	}
	s := ui.Summary{Title: l.T("clock.public.title"), Narrow: true}
	add := func(key string, values ...string) {
		s.Facts = append(s.Facts, ui.Fact{Name: l.T("clock.public." + key), Values: values})
	}
	if stop, made, ok := k.Times.Standing(k.Course); ok {
		why := view.Status.PublicText.In(l.Lang())
		if made {
			why = stop.Reason
		}
		lines := []string{l.T("clock.public.since", "Day", l.Date(stop.From)), why}
		if stop.Until.IsZero() {
			lines = append(lines, l.T("clock.public.if_today", "Day", l.Date(k.Target)))
		} else {
			lines = append(lines, l.T("clock.public.goes_on", "Day", l.Date(stop.Until)))
		}
		add("stands", lines...)
	}
	if k.Law != nil {
		add("law", l.Date(k.Law.Last(m.Keeper.days, k.On)), view.Type.Deadlines.Statutory.Law.String())
	}
	switch {
	case k.Demand != nil:
		add("asked", l.T("clock.public.asked_text", "Came", l.Date(k.Asked), "Day", l.Date(k.Demand.Last(m.Keeper.days, k.On))))
	case k.Refused:
		add("asked", l.T("clock.public.refused_text", "Day", l.Date(k.Answered)))
	}
	if len(s.Facts) == 0 {
		return nil, nil
	}
	return []templ.Component{s}, nil
}

// PathRequest is the page of the party's request that the matter is decided, below the case's own.
const PathRequest = "begar-beslut"

// Acts are what the one whom a case concerns can do about its time.
func (m *Module) Acts() []office.CitizenAct {
	return []office.CitizenAct{{Path: PathRequest, Offer: m.offer, Ask: m.askDecision, Do: m.requestDecision}}
}

// offer is there when FL 12 § gives the right to ask.
func (m *Module) offer(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) (string, error) {
	if !view.Case.Open {
		return "", nil
	}
	k, err := m.Of(ctx, view.Case, view.Type, view.Events)
	if err != nil || m.MayAsk(view.Case, view.Type, k) != "" {
		return "", err
	}
	return l.T("clock.public.offer"), nil
}

func (m *Module) askDecision(_ context.Context, l *i18n.Localizer, _ cases.CitizenView, typed url.Values) (ui.Question, error) {
	q := ui.Question{Lead: l.T("clock.public.request_lead"), Button: l.T("clock.public.request_button")}
	q.Title = l.T("clock.public.offer")
	q.Fields = []templ.Component{ui.Textarea{Field: ui.Field{Name: fieldReason, Label: l.T("clock.public.request_field"), Hint: l.T("clock.public.request_hint"), Optional: true},
		Value: typed.Get(fieldReason), Max: maxReason}}
	return q, nil
}

func (m *Module) requestDecision(ctx context.Context, l *i18n.Localizer, who cases.Citizen, view cases.CitizenView, typed url.Values) ([]ui.FieldError, error) {
	words := strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(typed.Get(fieldReason)), "\r\n", "\n"), "")
	if n := utf8.RuneCountInString(words); n > maxReason {
		return []ui.FieldError{{Field: fieldReason, Message: l.T("clock.fault.long", "Max", l.Number(maxReason), "Length", l.Number(int64(n)))}}, nil
	}
	err := m.RequestDecision(ctx, who, view.Case.ID, words)
	var untried *UntriedError
	switch {
	case errors.As(err, &untried):
		return []ui.FieldError{{Field: fieldReason, Message: l.T("clock.said.untried." + string(untried.Why))}}, nil
	case errors.Is(err, ErrParty):
		return []ui.FieldError{{Field: fieldReason, Message: l.T("clock.fault.party")}}, nil
	}
	return nil, err
}
