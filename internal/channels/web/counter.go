package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// counterRoutes are the forms that other rooms of casework have for the one whom a case concerns, below base.
func (m *Module) counterRoutes(mux *http.ServeMux, base string, who viewer) {
	for _, c := range m.Counters {
		for _, act := range c.Acts() {
			path := base + "/{number}/" + act.Path
			mux.Handle("GET "+path, private(func(w http.ResponseWriter, r *http.Request) error {
				v, err := m.view(r, who)
				if err != nil {
					return m.shut(w, r, base, err)
				}
				return m.askAct(w, r, http.StatusOK, base, v, act, url.Values{}, nil)
			}))
			mux.Handle("POST "+path, private(func(w http.ResponseWriter, r *http.Request) error { return m.act(w, r, base, who, act) }))
		}
	}
}

// act carries out what was typed in a form of another room.
func (m *Module) act(w http.ResponseWriter, r *http.Request, base string, who viewer, act office.CitizenAct) error {
	v, err := m.view(r, who)
	if err != nil {
		return m.shut(w, r, base, err)
	}
	if err := parse(w, r, maxTextBytes); err != nil {
		return err
	}
	citizen, err := who(r)
	if err != nil {
		return err
	}
	offered, err := act.Offer(r.Context(), i18n.From(r.Context()), v)
	if err != nil {
		return err
	}
	here := base + "/" + slug(v.Case.Number)
	if offered == "" { // sent twice, or no longer possible: the page says how things stand
		return see(w, r, here)
	}
	faults, err := act.Do(r.Context(), i18n.From(r.Context()), citizen, v, r.PostForm)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return m.askAct(w, r, http.StatusUnprocessableEntity, base, v, act, r.PostForm, faults)
	}
	return see(w, r, here+"?skickat=1")
}

// askAct writes the page of a form of another room.
func (m *Module) askAct(w http.ResponseWriter, r *http.Request, status int, base string, v cases.CitizenView, act office.CitizenAct, typed url.Values, faults []ui.FieldError) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	here := base + "/" + slug(v.Case.Number)
	offered, err := act.Offer(ctx, l, v)
	if err != nil {
		return err
	}
	if offered == "" {
		return see(w, r, here)
	}
	q, err := act.Ask(ctx, l, v, typed)
	if err != nil {
		return err
	}
	q.Page = m.page(r, q.Page.Title, "/folj")
	q.Page.Of, q.Page.NoIndex, q.Page.Errors = v.Case.Number, true, faults
	q.Page.Path = here + "/" + act.Path
	q.Back, q.Caption = here, v.Case.Number
	q.Form.Action, q.Form.Unsaved = q.Page.Path, true
	return ui.Render(w, r, status, q)
}

// counters is what other rooms show and offer on a case's page.
func (m *Module) counters(r *http.Request, v cases.CitizenView, here string) ([]templ.Component, error) {
	ctx := r.Context()
	l := i18n.From(ctx)
	var out []templ.Component
	var links ui.Links
	for _, c := range m.Counters {
		parts, err := c.Show(ctx, l, v)
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
		for _, act := range c.Acts() {
			text, err := act.Offer(ctx, l, v)
			if err != nil {
				return nil, err
			}
			if text != "" {
				links = append(links, ui.Link{Text: text, Href: here + "/" + act.Path})
			}
		}
	}
	if len(links) > 0 {
		out = append(out, links)
	}
	return out, nil
}

// readBy lets the rooms that ask for it note who has the case's page before them. A page that renews itself is not read anew.
func (m *Module) readBy(r *http.Request, who viewer, v cases.CitizenView) error {
	citizen, err := who(r)
	if err != nil {
		return err
	}
	for _, c := range m.Counters {
		if reader, ok := c.(office.Reader); ok {
			if err := reader.Read(r.Context(), citizen, v); err != nil {
				return err
			}
		}
	}
	return nil
}
