package web

import (
	"net/http"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/ui"
)

// stop says why the form cannot go on with the answers given, and what to do instead. The draft is kept.
func (m *Module) stop(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	base := "/e-tjanster/" + ct.ID
	if d == nil || d.SentAs != "" {
		return see(w, r, base)
	}
	answers := d.All()
	s := ct.StopFor(answers)
	if s == nil {
		return see(w, r, base+"/granska")
	}
	ctx := r.Context()
	l := lang(ctx)
	m.Measure.Once(d.ID, tick(r, ct, "", measure.Stopped, s.Key))
	visible := ct.VisibleSteps(answers)
	page := ui.Message{Page: m.page(r, s.Title.In(l), "/e-tjanster"), Body: plainText(s.Text.In(l))}
	page.Of, page.NoIndex = ct.Title.In(l), true
	if s.Link != nil {
		page.Ways = append(page.Ways, ui.Link{Text: s.Link.Text.In(l), Href: linkOf(s.Link)})
	}
	page.Ways = append(page.Ways, ui.Link{Text: ui.T(ctx, "public.stop.change"), Href: base + "/" + visible[0].Key},
		ui.Link{Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt"}, ui.Link{Text: ui.T(ctx, "public.discard.title"), Href: base + "/ta-bort"})
	return ui.Render(w, r, http.StatusOK, page)
}

// linkOf is where a link of a case type leads.
func linkOf(l *casetype.Link) string {
	if l.Service != "" {
		return "/e-tjanster/" + l.Service
	}
	return l.Href
}
