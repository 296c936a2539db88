package web

import (
	"net/http"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// registerRows is how many rows of the diarium stand on a page.
const registerRows = 50

// register is the public diarium, newest first (OSL 2009:400 5 kap. 1–2 §§). What is suppressed is not shown and said to be so.
func (m *Module) register(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	after := r.URL.Query().Get("efter")
	if !store.ValidID(after) {
		after = ""
	}
	rows, err := m.Cases.PublicRegister(ctx, after, registerRows+1)
	if err != nil {
		return err
	}
	page := ui.List{Page: m.page(r, ui.T(ctx, "public.register.title"), "/diarium"), Lead: ui.T(ctx, "public.register.lead"), Found: -1, Pager: &ui.Pager{}}
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.start"), Href: "/"}}
	if len(rows) > registerRows {
		rows = rows[:registerRows]
		page.Pager.Next = "/diarium?efter=" + rows[registerRows-1].ID
	}
	if after != "" {
		page.NoIndex = true
		page.Pager.Previous = "/diarium"
	}
	if len(rows) == 0 {
		page.Empty = &ui.Empty{Title: ui.T(ctx, "public.register.empty"), Text: ui.T(ctx, "public.register.empty_text")}
		return ui.Render(w, r, http.StatusOK, registerPage(page, m.Town.Contact.Email))
	}
	t := ui.Table{Caption: ui.T(ctx, "public.register.title"), HideCaption: true}
	for _, key := range []string{"number", "date", "direction", "kind", "party", "subject", "get"} {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.register."+key)})
	}
	titles := map[string]string{}
	for _, ct := range m.Services.Open(m.today()) {
		titles[ct.ID] = ct.Title.In(lang(ctx))
	}
	hidden := ui.T(ctx, "public.register.hidden")
	or := func(s string, withheld bool) string {
		if s == "" && withheld {
			return hidden
		}
		return s
	}
	for _, h := range rows {
		kind := titles[h.Kind]
		if kind == "" {
			kind = ui.T(ctx, "public.register.document")
		}
		if h.Annulled { // the number is kept, and says nothing
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: h.Number}, {Text: isoDate(h.At)}, {}, {}, {}, {Text: ui.T(ctx, "public.register.annulled")}, {}}})
			continue
		}
		if h.Destroyed { // there is nothing left to ask for
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: h.Number}, {Text: isoDate(h.At)}, {Text: ui.T(ctx, "public.direction."+string(h.Direction))}, {Text: kind},
				{Text: h.Party}, {Text: h.Subject}, {Text: ui.T(ctx, "public.register.destroyed")}}})
			continue
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: h.Number}, {Text: isoDate(h.At)}, {Text: ui.T(ctx, "public.direction."+string(h.Direction))},
			{Text: kind}, {Text: or(h.Party, h.Withheld)}, {Text: or(h.Subject, h.Withheld)}, {Text: ui.T(ctx, "public.register.ask_row"), Href: "/begar-handling?rad=" + h.ID}}})
	}
	page.Table = t
	return ui.Render(w, r, http.StatusOK, registerPage(page, m.Town.Contact.Email))
}
