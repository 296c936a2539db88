package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// pathFollows is where one who follows what somebody else has reported sees how it goes. The rest of the address is theirs alone.
const pathFollows = "/foljer/"

// Fields of the page of what is reported near by.
const (
	fieldReport = "anmalan"
	fieldEmail  = "epost"
	fieldEnd    = "sluta"
)

// nearby points out, before a matter is sent, that others have reported something at the same place: nothing if nobody has, or if the
// e-service does not show it.
func (m *Module) nearby(ctx context.Context, ct *casetype.CaseType, clean casetype.Clean) (templ.Component, error) {
	if m.Ties == nil || !ct.PublicReports {
		return nil, nil
	}
	list, err := m.Ties.Near(ctx, lang(ctx), ct, clean)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return below(ui.Alert{Title: ui.T(ctx, "public.near.title"), Text: ui.T(ctx, "public.near.found", "Count", len(list))},
		ui.Links{{Text: ui.T(ctx, "public.near.see"), Href: "/e-tjanster/" + ct.ID + "/narheten"}}), nil
}

// reported finds the form under way and what is reported near the place in it; an address to go to instead if there is nothing of either.
func (m *Module) reported(r *http.Request) (ct *casetype.CaseType, d *drafts.Draft, list []tie.Report, instead string, err error) {
	if ct, d, err = m.underWay(r); err != nil {
		return nil, nil, nil, "", err
	}
	base := "/e-tjanster/" + ct.ID
	switch {
	case d == nil || d.SentAs != "":
		return ct, d, nil, base, nil
	case frozenAt(d) != "":
		return ct, d, nil, frozenAt(d), nil
	case m.Ties == nil:
		return ct, d, nil, base + "/granska", nil
	}
	clean, _ := ct.Validate(d.All())
	if list, err = m.Ties.Near(r.Context(), lang(r.Context()), ct, clean); err == nil && len(list) == 0 {
		instead = base + "/granska"
	}
	return ct, d, list, instead, err
}

// near shows what others have reported near the place, and lets one of them be followed instead.
func (m *Module) near(w http.ResponseWriter, r *http.Request) error {
	ct, _, list, instead, err := m.reported(r)
	if err != nil {
		return err
	}
	if instead != "" {
		return see(w, r, instead)
	}
	return m.showNear(w, r, http.StatusOK, ct, list, "", "")
}

func (m *Module) showNear(w http.ResponseWriter, r *http.Request, status int, ct *casetype.CaseType, list []tie.Report, wrong, words string) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	base := "/e-tjanster/" + ct.ID
	page := ui.Question{Page: m.page(r, l.T("public.near.title"), "/e-tjanster"), Caption: ct.Title.In(l.Lang()), Lead: l.T("public.near.lead"), Back: base + "/granska",
		Button: l.T("public.near.follow"), Form: ui.Form{Action: base + "/narheten"}, After: ui.Links{{Text: l.T("public.near.mine"), Href: base + "/granska"}}}
	fault := func(field string) string {
		if field == wrong {
			return words
		}
		return ""
	}
	choice := ui.Radios{Field: ui.Field{Name: fieldReport, Label: l.T("public.near.which"), Error: fault(fieldReport)}}
	for _, x := range list {
		choice.Options = append(choice.Options, ui.Option{Value: x.ID, Label: reportWords(l, x), Chosen: r.PostFormValue(fieldReport) == x.ID,
			Hint: l.T("public.near.about", "Day", l.Date(x.Day), "Status", x.Status.In(l.Lang()), "Metres", x.Metres)})
	}
	page.Fields = []templ.Component{choice}
	if signedInCitizen(r) == "" {
		page.Fields = append(page.Fields, ui.Input{Field: ui.Field{Name: fieldEmail, Label: l.T("public.near.email"), Hint: l.T("public.near.email_hint"), Error: fault(fieldEmail)},
			Type: "email", Autocomplete: "email", Value: r.PostFormValue(fieldEmail)})
	}
	if wrong != "" {
		page.Errors = []ui.FieldError{{Field: wrong, Message: words}}
	}
	page.NoIndex, page.Of, page.Path = true, page.Caption, base+"/narheten"
	return ui.Render(w, r, status, page)
}

// reportWords is what was reported: the public choice of what it is, or the e-service.
func reportWords(l *i18n.Localizer, x tie.Report) string {
	if len(x.Kind) > 0 {
		return x.Kind[0]
	}
	return x.Title.In(l.Lang())
}

// signedInCitizen is the person who is signed in as a resident, or "".
func signedInCitizen(r *http.Request) string {
	if who := identity.From(r.Context()); who != nil && who.Kind == identity.Citizen {
		return who.PersonID
	}
	return ""
}

// nearPost follows a report, and ends the form: nothing is handed in.
func (m *Module) nearPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, maxTextBytes); err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	ct, d, list, instead, err := m.reported(r)
	if err != nil {
		return err
	}
	if instead != "" {
		return see(w, r, instead)
	}
	chosen := ""
	for _, x := range list {
		if x.ID == r.PostFormValue(fieldReport) {
			chosen = x.ID
		}
	}
	if chosen == "" {
		return m.showNear(w, r, http.StatusUnprocessableEntity, ct, list, fieldReport, l.T("public.near.choose"))
	}
	person := signedInCitizen(r)
	if person == "" {
		if wait := m.crowded(r); wait > 0 {
			return m.showNear(w, r, http.StatusTooManyRequests, ct, list, fieldEmail, crowd(w, l, wait).text)
		}
	}
	follow, err := m.Ties.Follow(ctx, chosen, person, r.PostFormValue(fieldEmail), l.Lang(), func(ctx context.Context, tx *store.Tx, f tie.Follow) error {
		if m.Proofs == nil {
			return tie.ErrAddress
		}
		return m.Proofs.Proof(ctx, tx, l, f.Email, pathFollows+m.Ties.Token(f))
	})
	switch {
	case errors.Is(err, tie.ErrAddress):
		return m.showNear(w, r, http.StatusUnprocessableEntity, ct, list, fieldEmail, l.T("public.near.email_wrong"))
	case errors.Is(err, tie.ErrNotPublic): // it was closed meanwhile
		return see(w, r, "/e-tjanster/"+ct.ID+"/granska")
	case err != nil:
		return err
	}
	if err := m.drafts.Remove(ctx, d.ID, m.token(r), ""); err != nil {
		return err
	}
	if person != "" {
		return see(w, r, pathFollows+m.Ties.Token(follow))
	}
	page := ui.Message{Page: m.page(r, l.T("public.near.asked"), "/e-tjanster"), Lead: l.T("public.near.asked_text")}
	page.NoIndex, page.Of, page.Path = true, ct.Title.In(l.Lang()), "/e-tjanster/"+ct.ID
	return ui.Render(w, r, http.StatusOK, page)
}

// follows shows how a report goes that one follows: of what somebody else has written, nothing.
func (m *Module) follows(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	f, err := m.Ties.Follows(ctx, l.Lang(), r.PathValue("token"))
	if err != nil {
		return err
	}
	here := pathFollows + r.PathValue("token")
	page := ui.Message{Page: m.page(r, l.T("public.follows.title"), "/folj"), Ways: []ui.Link{{Text: l.T("public.nav.services"), Href: "/e-tjanster"}}}
	page.NoIndex, page.Path = true, here
	end := ui.Post{Button: ui.Button{Text: l.T("public.follows.end"), Variant: ui.Secondary, Name: fieldEnd, Value: "ja"}, To: here}
	if !f.Follow.Confirmed {
		page.Lead = l.T("public.follows.confirm_lead")
		page.Body = below(ui.Post{Button: ui.Button{Text: l.T("public.follows.confirm")}, To: here}, end)
		return ui.Render(w, r, http.StatusOK, page)
	}
	page.Lead = l.T("public.follows.lead")
	facts := ui.Summary{Facts: []ui.Fact{{Name: l.T("public.follows.status"), Value: l.T("public.follows.closed_off")}}}
	if f.Report.ID != "" {
		facts.Facts = []ui.Fact{{Name: l.T("public.follows.what"), Value: reportWords(l, f.Report)}, {Name: l.T("public.follows.day"), Value: l.Date(f.Report.Day)},
			{Name: l.T("public.follows.status"), Values: []string{f.Report.Status.In(l.Lang()), f.Said.In(l.Lang())}}}
	}
	page.Body = below(facts, end)
	return ui.Render(w, r, http.StatusOK, page)
}

// followsPost confirms an address, or ends it.
func (m *Module) followsPost(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r, maxTextBytes); err != nil {
		return err
	}
	token := r.PathValue("token")
	if r.PostFormValue(fieldEnd) == "" {
		if err := m.Ties.Confirm(r.Context(), token); err != nil {
			return err
		}
		return see(w, r, pathFollows+token)
	}
	if err := m.Ties.Unfollow(r.Context(), token); err != nil {
		return err
	}
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.follows.ended"), "/folj"), Lead: ui.T(ctx, "public.follows.ended_text")}
	page.NoIndex, page.Path = true, "/folj"
	return ui.Render(w, r, http.StatusOK, page)
}

// mineFollows lists what somebody follows of what others have reported.
func (m *Module) mineFollows(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	list, err := m.Ties.FollowsOf(ctx, l.Lang(), who.PersonID)
	if err != nil {
		return err
	}
	p := ui.List{Page: m.mineSub(r, l.T("public.mine.follows")), Found: -1}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: l.T("public.mine.follows_none")}
		return ui.Render(w, r, http.StatusOK, p)
	}
	t := ui.Table{Caption: p.Title, HideCaption: true, Columns: []ui.Column{{Title: l.T("public.follows.what")}, {Title: l.T("public.follows.day")}, {Title: l.T("public.follows.status")}}}
	for _, f := range list {
		row := ui.Row{Cells: []ui.Cell{{Text: l.T("public.follows.hidden"), Href: pathFollows + m.Ties.Token(f.Follow)}, {}, {Text: l.T("public.follows.closed_off")}}}
		if f.Report.ID != "" {
			row.Cells[0].Text, row.Cells[1].Text, row.Cells[2].Text = reportWords(l, f.Report), f.Report.Day.String(), f.Report.Status.In(l.Lang())
		}
		t.Rows = append(t.Rows, row)
	}
	p.Table = t
	return ui.Render(w, r, http.StatusOK, p)
}
