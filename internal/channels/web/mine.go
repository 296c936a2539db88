package web

import (
	"context"
	"errors"
	"net/http"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// signedIn is who asks, or identity.ErrNotSignedIn, which leads to the sign-in page and back.
func signedIn(r *http.Request) (*identity.Principal, error) {
	if who := identity.From(r.Context()); who != nil {
		return who, nil
	}
	return nil, identity.ErrNotSignedIn
}

// mineView is the overview of Mina sidor.
type mineView struct {
	ui.Page
	waiting ui.Links // cases that wait for the reader
	cases   *ui.Table
	drafts  []draftView
}

// draftView is a draft in a list.
type draftView struct {
	id, title, changed, until string
}

// mine is the overview: what waits for the reader first, then cases and drafts.
func (m *Module) mine(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	list, err := m.Cases.Mine(ctx, who.PersonID)
	if err != nil {
		return err
	}
	under, err := m.drafts.Mine(ctx, who.PersonID)
	if err != nil {
		return err
	}
	v := mineView{Page: m.page(r, ui.T(ctx, "public.mine.title"), "/mina-sidor")}
	v.NoIndex = true
	sign, err := m.signingsFor(r)
	if err != nil {
		return err
	}
	for _, x := range sign {
		v.waiting = append(v.waiting, ui.Link{Text: ui.T(ctx, "public.sign.read.title", "Service", x.title), Href: x.href,
			Hint: ui.T(ctx, "public.sign.read.hint", "Name", x.from, "Date", l.DateTime(x.until))})
	}
	for _, c := range list {
		if c.Open && c.Content == casetype.WaitingParty {
			v.waiting = append(v.waiting, ui.Link{Text: ui.T(ctx, "public.mine.answer", "Service", m.titleOf(ctx, c.TypeID, c.TypeVersion)), Hint: c.Number, Href: "/mina-sidor/arenden/" + slug(c.Number)})
		}
	}
	v.cases = m.caseTable(ctx, list)
	for _, d := range under {
		v.drafts = append(v.drafts, draftView{id: d.ID, title: m.titleOf(ctx, d.TypeID, d.Version), changed: l.DateTime(d.Changed), until: l.DateTime(d.Expires)})
	}
	return ui.Render(w, r, http.StatusOK, minePage(v))
}

// mineCases lists the reader's cases.
func (m *Module) mineCases(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list, err := m.Cases.Mine(ctx, who.PersonID)
	if err != nil {
		return err
	}
	page := ui.List{Page: m.page(r, ui.T(ctx, "public.mine.cases"), "/mina-sidor"), Found: len(list)}
	page.NoIndex = true
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.mine.title"), Href: "/mina-sidor"}}
	if t := m.caseTable(ctx, list); t != nil {
		page.Table = *t
	} else {
		page.Empty = &ui.Empty{Title: ui.T(ctx, "public.mine.none"), Action: ui.Button{Text: ui.T(ctx, "public.nav.services"), Href: "/e-tjanster", Variant: ui.Secondary}}
	}
	return ui.Render(w, r, http.StatusOK, page)
}

// caseTable lists cases, nil if there are none.
func (m *Module) caseTable(ctx context.Context, list []*cases.Case) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	t := &ui.Table{Caption: ui.T(ctx, "public.mine.cases"), HideCaption: true}
	for _, key := range []string{"number", "service", "status", "received", "due"} {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.mine."+key)})
	}
	for _, c := range list {
		status := ui.Cell{Text: c.Status}
		if ct, ok := m.Services.Version(c.TypeID, c.TypeVersion); ok && ct.Status(c.Status) != nil {
			status = ui.Cell{Body: statusTag(ct.Status(c.Status), lang(ctx))}
		}
		due := ""
		if c.Open {
			due = c.Due.String()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Number, Href: "/mina-sidor/arenden/" + slug(c.Number)}, {Text: m.titleOf(ctx, c.TypeID, c.TypeVersion)},
			status, {Text: isoDate(c.ReceivedAt)}, {Text: due}}})
	}
	return t
}

// titleOf is the name of an e-service.
func (m *Module) titleOf(ctx context.Context, id string, version int) string {
	if ct, ok := m.Services.Version(id, version); ok {
		return ct.Title.In(lang(ctx))
	}
	return id
}

// draftResume goes on with a draft in this browser, wherever it was begun.
func (m *Module) draftResume(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	d, err := m.drafts.Move(r.Context(), r.PathValue("id"), who.PersonID, m.ensureToken(w, r))
	if err != nil {
		return err
	}
	ct, err := m.open(d.TypeID)
	if err != nil {
		return err
	}
	return see(w, r, "/e-tjanster/"+d.TypeID+"/"+ct.VisibleSteps(d.All())[0].Key)
}

// draftDelete deletes a draft of the reader.
func (m *Module) draftDelete(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	if err := m.drafts.Remove(r.Context(), r.PathValue("id"), m.token(r), who.PersonID); err != nil {
		return err
	}
	return see(w, r, "/mina-sidor#utkast")
}

// sessions lists where the reader is signed in.
func (m *Module) sessions(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	list, err := m.Sessions.Sessions(ctx, who.PersonID)
	if err != nil {
		return err
	}
	page := ui.List{Page: m.page(r, ui.T(ctx, "public.sessions.title"), "/mina-sidor"), Lead: ui.T(ctx, "public.sessions.lead"), Found: -1}
	page.NoIndex = true
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.mine.title"), Href: "/mina-sidor"}}
	if r.URL.Query().Get("avslutad") != "" {
		page.Notice = &ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.sessions.ended"), Live: true}
	}
	t := ui.Table{Caption: ui.T(ctx, "public.sessions.title"), HideCaption: true}
	for _, key := range []string{"device", "created", "seen", "act"} {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.sessions."+key)})
	}
	for _, s := range list {
		act := ui.Cell{Text: ui.T(ctx, "public.sessions.this")}
		if !s.Current {
			act = ui.Cell{Body: ui.Post{To: "/mina-sidor/sessioner", Values: []ui.Hidden{{Name: "session", Value: s.ID}},
				Button: ui.Button{Text: ui.T(ctx, "public.sessions.end"), Hidden: s.Agent, Variant: ui.Secondary, Small: true}}}
		}
		agent := s.Agent
		if agent == "" {
			agent = ui.T(ctx, "public.sessions.unknown")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: agent}, {Text: l.DateTime(s.Created)}, {Text: l.DateTime(s.Seen)}, act}})
	}
	page.Table = t
	if len(list) > 1 {
		page.Actions = append(page.Actions, ui.Post{To: "/mina-sidor/sessioner", Values: []ui.Hidden{{Name: "session", Value: "alla"}},
			Button: ui.Button{Text: ui.T(ctx, "public.sessions.end_others"), Variant: ui.Secondary}})
	}
	return ui.Render(w, r, http.StatusOK, page)
}

// sessionsEnd ends one of the reader's sessions, or all the others.
func (m *Module) sessionsEnd(w http.ResponseWriter, r *http.Request) error {
	if _, err := signedIn(r); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 10_000)
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	var err error
	if id := r.PostForm.Get("session"); id == "alla" {
		err = m.Sessions.EndOtherSessions(r.Context())
	} else {
		err = m.Sessions.EndSession(r.Context(), id)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) { // one that is gone already is ended
		return err
	}
	return see(w, r, "/mina-sidor/sessioner?avslutad=1")
}
