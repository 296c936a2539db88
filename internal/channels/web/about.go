package web

import (
	"context"
	"net/http"
	"strings"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Statement is the accessibility statement (tillgänglighetsredogörelse), as the regulation under DOS-lagen (2018:1937) 13 § wants it.
type Statement struct {
	Conformance Conformance
	Assessed    calendar.Date // when the site was last assessed
	Updated     calendar.Date
	Gaps        []Gap // what is not accessible
}

// Conformance says how far the site follows EN 301 549.
type Conformance string

// The degrees of conformance.
const (
	Full    Conformance = "full"
	Partial Conformance = "partial"
	None    Conformance = "none"
)

// Gap is content that is not accessible, why, and when it will be.
type Gap struct {
	What i18n.Text
	Why  i18n.Text
	By   calendar.Date // zero: not decided
}

// assessed is the day Dygnet's own pages were last assessed by hand, beside the checks of every build.
func assessed() calendar.Date { return calendar.NewDate(2026, 11, 23) }

// OwnStatement is the statement of Dygnet's own pages: what its tests prove and what no one has tested yet. A municipality adds its own.
func OwnStatement(assessed calendar.Date) Statement {
	return Statement{Conformance: Partial, Assessed: assessed, Updated: assessed, Gaps: []Gap{
		{What: i18n.Text{i18n.SV: "Vi har inte provat sidorna med personer som använder hjälpmedel.", i18n.EN: "The pages have not been tested with people who use assistive technology."},
			Why: i18n.Text{i18n.SV: "Våra prov är automatiska och tekniska. De hittar inte alla hinder.", i18n.EN: "Our tests are automatic and technical. They do not find every barrier."}},
		{What: i18n.Text{i18n.SV: "Filer som andra har skickat in kan vara otillgängliga.", i18n.EN: "Files sent in by others may be inaccessible."},
			Why: i18n.Text{i18n.SV: "Vi visar dem som de kom. Be oss om ett annat format.", i18n.EN: "We show them as they came. Ask us for another format."}},
		{What: i18n.Text{i18n.SV: "Kartan går att använda med tangentbord men beskriver inte allt den visar.", i18n.EN: "The map works with a keyboard but does not describe all it shows."},
			Why: i18n.Text{i18n.SV: "Platsen går alltid att ange på andra sätt.", i18n.EN: "The place can always be given in other ways."}},
		{What: i18n.Text{i18n.SV: "Texter från handläggare finns ofta bara på svenska.", i18n.EN: "Texts from officers are often in Swedish only."},
			Why: i18n.Text{i18n.SV: "De skrivs för hand i varje ärende.", i18n.EN: "They are written by hand in each case."}},
	}}
}

// simple is an article of the site.
func (m *Module) simple(r *http.Request, title, lead string) ui.Read {
	ctx := r.Context()
	page := ui.Read{Page: m.page(r, title, r.URL.Path), Lead: lead}
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.start"), Href: "/"}}
	return page
}

// contact is how to reach the municipality without the site (S2-M2-3).
func (m *Module) contact(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	return ui.Render(w, r, http.StatusOK, contactPage(m.simple(r, ui.T(ctx, "public.contact.title"), ui.T(ctx, "public.contact.lead")), contactSummary(ctx, m.Town), m.Town.Emergency.In(lang(ctx))))
}

func contactSummary(ctx context.Context, town *pack.Municipality) ui.Summary {
	l, c := lang(ctx), town.Contact
	return ui.Summary{Facts: []ui.Fact{
		{Name: ui.T(ctx, "ui.phone"), Body: phoneLink(c.Phone)}, {Name: ui.T(ctx, "ui.hours"), Value: c.Hours.In(l)}, {Name: ui.T(ctx, "ui.email"), Body: mailLink(c.Email)},
		{Name: ui.T(ctx, "public.contact.visit"), Value: c.Visit.In(l)}, {Name: ui.T(ctx, "public.contact.letter"), Value: c.Post.In(l)},
	}}
}

// accessibility is the accessibility statement.
func (m *Module) accessibility(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	page := m.simple(r, ui.T(ctx, "public.accessibility.title"), ui.T(ctx, "public.accessibility.lead", "Name", m.Town.Name.In(l.Lang())))
	page.Updated = l.Date(m.Statement.Updated)
	return ui.Render(w, r, http.StatusOK, accessibilityPage(page, m.Statement, m.Town, l.Date(m.Statement.Assessed)))
}

// privacy tells how personal data are handled, e-service by e-service (GDPR articles 13 and 14).
func (m *Module) privacy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	return ui.Render(w, r, http.StatusOK, privacyPage(m.simple(r, ui.T(ctx, "public.privacy.title"), ui.T(ctx, "public.privacy.lead")),
		below(m.processingTable(ctx), ui.Links{{Text: ui.T(ctx, "public.privacy.csv"), Href: "/personuppgifter.csv"}}), m.Town.Contact.Email))
}

// about tells of cookies and the site itself.
func (m *Module) about(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	t := ui.Table{Caption: ui.T(ctx, "public.about.cookies"), Columns: []ui.Column{
		{Title: ui.T(ctx, "public.about.cookie")}, {Title: ui.T(ctx, "public.about.when")}, {Title: ui.T(ctx, "public.about.for")}, {Title: ui.T(ctx, "public.about.until")}}}
	for _, c := range []string{draftCookie, openedCookie, "dygnet"} {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.cookieName(c)}, {Text: ui.T(ctx, "public.cookie."+c+".when")},
			{Text: ui.T(ctx, "public.cookie."+c+".for")}, {Text: ui.T(ctx, "public.cookie."+c+".until")}}})
	}
	return ui.Render(w, r, http.StatusOK, aboutPage(m.simple(r, ui.T(ctx, "public.about.title"), ui.T(ctx, "public.about.lead")), below(t, m.assessed(ctx))))
}

// status tells whether the site works.
func (m *Module) status(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	w.Header().Set("Cache-Control", "no-store")
	page := m.simple(r, ui.T(ctx, "public.status.title"), ui.T(ctx, "public.status.lead"))
	a := ui.Alert{Tone: ui.Success, Title: ui.T(ctx, "public.status.up")}
	if err := m.DB.Ping(ctx); err != nil {
		m.Log.ErrorContext(ctx, "the status page cannot reach the database", "error", err)
		a = ui.Alert{Tone: ui.Danger, Title: ui.T(ctx, "public.status.down"), Text: ui.T(ctx, "public.status.down_text", "Phone", m.Town.Contact.Phone)}
	}
	if a.Tone == ui.Danger { // what was measured lies where nothing can be read
		return ui.Render(w, r, http.StatusOK, articlePage(page, a))
	}
	s, err := m.measured(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, articlePage(page, below(a, s)))
}

// baseLayer is the layer that maps are drawn on.
const baseLayer = "bas"

// layer is the municipality's own vector data, for maps.
func (m *Module) layer(w http.ResponseWriter, r *http.Request) error {
	if m.Layers == nil {
		return store.ErrNotFound
	}
	name, ok := strings.CutSuffix(r.PathValue("layer"), ".geojson")
	if !ok {
		return store.ErrNotFound
	}
	body, ok := m.Layers.Layer(name)
	if !ok {
		return store.ErrNotFound
	}
	w.Header().Set("Content-Type", "application/geo+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(body) //nolint:gosec // G705: the pack's own file, as GeoJSON
	return nil
}
