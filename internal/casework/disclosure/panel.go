package disclosure

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Panel is the room's part of a request's page: how long it has waited, and the way to the documents. Of every other case it is nothing.
func (m *Module) Panel(o *office.Visit, view cases.OfficerView) (desk.Part, error) {
	if view.Type.Disclosure == nil {
		return desk.Part{}, nil
	}
	v := &visit{m, o}
	name := v.T("disclosure.work")
	if d := view.Right(o.Who, access.CaseDocument); !d.Allowed {
		return desk.Part{Refused: []ui.Fact{{Name: name, Value: v.Why(d)}}}, nil
	}
	kept, err := m.Of(o.Ctx(), view.Case.ID)
	if err != nil {
		return desk.Part{}, err
	}
	part := desk.Part{Acts: ui.Links{{Text: name, Href: requestPath(view.Case.ID)}}}
	switch {
	case !kept.Review.IsZero():
		part.Top = append(part.Top, ui.Alert{Tone: ui.Warning, Title: v.T("disclosure.review_asked"), Text: v.T("disclosure.review_text")})
	case view.Case.Open && kept.Answered.IsZero():
		part.Top = append(part.Top, ui.Alert{Tone: ui.Info, Title: v.T("disclosure.prompt"), Text: v.T("disclosure.prompt_text", "Since", v.since(view.Case.ReceivedAt))})
	}
	return part, nil
}

// Counter is what the room shows the one who asked, and offers them.
type Counter struct{ Service *Service }

// Show tells that documents are withheld until somebody has assessed them.
func (c Counter) Show(_ context.Context, l *i18n.Localizer, view cases.CitizenView) ([]templ.Component, error) {
	if view.Withheld == 0 {
		return nil, nil
	}
	return []templ.Component{ui.Alert{Tone: ui.Info, Title: l.T("disclosure.withheld", "Count", view.Withheld), Text: l.T("disclosure.withheld_text")}}, nil
}

// Acts are the forms of the one who asked: a decision that can be appealed (OSL 6 kap. 3 § second paragraph, from general knowledge).
func (c Counter) Acts() []office.CitizenAct {
	return []office.CitizenAct{{
		Path: "begar-provning",
		Offer: func(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) (string, error) {
			if view.Type.Disclosure == nil {
				return "", nil
			}
			kept, err := c.Service.Of(ctx, view.Case.ID)
			if err != nil || kept.Answered.IsZero() || !kept.Review.IsZero() {
				return "", err
			}
			return l.T("disclosure.review.offer"), nil
		},
		Ask: func(_ context.Context, l *i18n.Localizer, _ cases.CitizenView, typed url.Values) (ui.Question, error) {
			return ui.Question{Page: ui.Page{Title: l.T("disclosure.review.title")}, Lead: l.T("disclosure.review.lead"), Button: l.T("disclosure.review.button"), Fields: []templ.Component{
				ui.Textarea{Field: ui.Field{Name: "text", Label: l.T("disclosure.review.field"), Hint: l.T("disclosure.review.hint"), Optional: true}, Value: typed.Get("text"), Max: maxReason}}}, nil
		},
		Do: func(ctx context.Context, l *i18n.Localizer, who cases.Citizen, view cases.CitizenView, typed url.Values) ([]ui.FieldError, error) {
			words := strings.ToValidUTF8(strings.ReplaceAll(typed.Get("text"), "\r\n", "\n"), "")
			if len([]rune(words)) > maxReason {
				return []ui.FieldError{{Field: "text", Message: l.T("disclosure.too_long", "Max", maxReason)}}, nil
			}
			return nil, c.Service.Review(ctx, who, view.Case.ID, words)
		},
	}}
}
