package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// Sizes of the lists of Mina sidor.
const (
	minePage     = 20
	mineOverview = 8
)

// signedIn is who asks, or identity.ErrNotSignedIn, which leads to the sign-in page and back.
func signedIn(r *http.Request) (*identity.Principal, error) {
	if who := identity.From(r.Context()); who != nil {
		return who, nil
	}
	return nil, identity.ErrNotSignedIn
}

// mineRoutes are the pages of Mina sidor.
func (m *Module) mineRoutes(get, post func(pattern string, h handler)) {
	get("/mina-sidor", m.mine)
	get("/mina-sidor/arenden", m.mineCases)
	get("/mina-sidor/meddelanden", m.messages)
	get("/mina-sidor/dokument", m.papers)
	post("/mina-sidor/utkast/{id}/fortsatt", m.draftResume)
	post("/mina-sidor/utkast/{id}/ta-bort", m.draftDelete)
	get("/mina-sidor/sessioner", m.sessions)
	post("/mina-sidor/sessioner", m.sessionsEnd)
	get("/mina-sidor/roll", m.rolePage)
	post("/mina-sidor/roll", m.roleChoose)
	if m.Represent != nil {
		get("/mina-sidor/ombud", m.powers)
		get("/mina-sidor/ombud/ny", m.powerNew)
		post("/mina-sidor/ombud/ny", m.powerAsk)
		post("/mina-sidor/ombud/ge", m.powerGive)
		get("/mina-sidor/ombud/{id}/{act}", m.powerStep)
		post("/mina-sidor/ombud/{id}/{act}", m.powerStepPost)
	}
	if m.Reach != nil {
		get("/mina-sidor/kontakt", m.reachPage)
		post("/mina-sidor/kontakt", m.reachSave)
		post("/mina-sidor/kontakt/epost", m.reachEmail)
		post("/mina-sidor/kontakt/epost/ta-bort", m.reachForget)
		get("/bekrafta", m.proofAsk)
		post("/bekrafta", m.proofSend)
		get("/bekrafta/{token}", m.proofPage)
		post("/bekrafta/{token}", m.proofUse)
	}
	get("/mina-sidor/mina-uppgifter", m.mydata)
	post("/mina-sidor/mina-uppgifter/export", m.export)
}

// mineSub is what the pages below the overview have in common.
func (m *Module) mineSub(r *http.Request, title string) ui.Page {
	p := m.page(r, title, "/mina-sidor")
	p.NoIndex = true
	p.Crumbs = []ui.Link{{Text: ui.T(r.Context(), "public.mine.title"), Href: "/mina-sidor"}}
	return p
}

// follower is who follows cases on Mina sidor: the person, and whom they act for.
func (m *Module) follower(r *http.Request) (cases.Citizen, *identity.Principal, error) {
	who, err := signedIn(r)
	if err != nil {
		return cases.Citizen{}, nil, err
	}
	return cases.Citizen{Person: who.PersonID, Acting: m.acting(r.Context())}, who, nil
}

// mineView is the overview of Mina sidor.
type mineView struct {
	ui.Page
	waiting ui.Links // what waits for the reader
	cases   *ui.Table
	more    bool // there are more cases than shown
	unread  int
	drafts  []draftView
	other   string // whom the reader acts for
	ways    []ui.Link
}

// draftView is a draft in a list.
type draftView struct {
	id, title, changed, until string
}

// mine is the overview: what waits for the reader first, then cases and drafts.
func (m *Module) mine(w http.ResponseWriter, r *http.Request) error {
	who, person, err := m.follower(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	v := mineView{Page: m.page(r, ui.T(ctx, "public.mine.title"), "/mina-sidor")}
	v.NoIndex = true
	if v.waiting, err = m.waiting(r, who, person); err != nil {
		return err
	}
	list, err := m.Cases.Mine(ctx, who, "", mineOverview)
	if err != nil {
		return err
	}
	v.cases, v.more = m.caseTable(ctx, list.Cases), list.Next != ""
	if v.unread, err = m.unread(ctx, who); err != nil {
		return err
	}
	if who.Acting.Other() {
		v.other = who.Acting.Name
	} else {
		under, err := m.drafts.Mine(ctx, person.PersonID)
		if err != nil {
			return err
		}
		for _, d := range under {
			v.drafts = append(v.drafts, draftView{id: d.ID, title: m.titleOf(ctx, d.TypeID, d.Version), changed: l.DateTime(d.Changed), until: l.DateTime(d.Expires)})
		}
	}
	v.ways = m.mineWays(ctx)
	return ui.Render(w, r, http.StatusOK, mineOverviewPage(v))
}

// waiting is what waits for the reader: completions asked for, then what they are asked to sign, then powers of attorney offered.
func (m *Module) waiting(r *http.Request, who cases.Citizen, person *identity.Principal) (ui.Links, error) {
	ctx := r.Context()
	list, err := m.Cases.Waiting(ctx, who, 20)
	if err != nil {
		return nil, err
	}
	var out ui.Links
	for _, c := range list {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.mine.answer", "Service", m.titleOf(ctx, c.TypeID, c.TypeVersion)), Hint: c.Number, Href: "/mina-sidor/arenden/" + slug(c.Number) + "#svara"})
	}
	sign, err := m.signingsFor(r)
	if err != nil {
		return nil, err
	}
	for _, x := range sign {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.sign.read.title", "Service", x.title), Href: x.href,
			Hint: ui.T(ctx, "public.sign.read.hint", "Name", x.from, "Date", i18n.From(ctx).DateTime(x.until))})
	}
	if m.Represent == nil || person.Kind != identity.Citizen {
		return out, nil
	}
	offered, err := m.Represent.Offered(ctx, person.PersonID)
	if err != nil {
		return nil, err
	}
	for _, p := range offered {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.mine.offered", "Name", p.Name), Hint: i18n.From(ctx).Date(p.To), Href: "/mina-sidor/ombud"})
	}
	return out, nil
}

// unread counts what the reader has not read, among the newest.
func (m *Module) unread(ctx context.Context, who cases.Citizen) (int, error) {
	list, _, err := m.Cases.Messages(ctx, who, "", 100)
	if err != nil {
		return 0, err
	}
	marks, err := m.marks(ctx, who.Person, list)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, x := range list {
		if isNew(x, marks) {
			n++
		}
	}
	return n, nil
}

// mineWays are the parts of Mina sidor.
func (m *Module) mineWays(ctx context.Context) []ui.Link {
	out := []ui.Link{
		{Text: ui.T(ctx, "public.mine.messages"), Href: "/mina-sidor/meddelanden", Hint: ui.T(ctx, "public.mine.messages_hint")},
		{Text: ui.T(ctx, "public.mine.papers"), Href: "/mina-sidor/dokument", Hint: ui.T(ctx, "public.mine.papers_hint")},
	}
	if who := identity.From(ctx); who == nil || who.Kind != identity.Citizen { // the rest is for residents
		return append(out, ui.Link{Text: ui.T(ctx, "public.sessions.title"), Href: "/mina-sidor/sessioner", Hint: ui.T(ctx, "public.sessions.lead")})
	}
	if m.Ties != nil {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.mine.follows"), Href: "/mina-sidor/foljer", Hint: ui.T(ctx, "public.mine.follows_hint")})
	}
	if m.Represent != nil {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.role.title"), Href: "/mina-sidor/roll", Hint: ui.T(ctx, "public.role.hint")},
			ui.Link{Text: ui.T(ctx, "public.mine.powers"), Href: "/mina-sidor/ombud", Hint: ui.T(ctx, "public.mine.powers_hint")})
	}
	if m.Reach != nil {
		out = append(out, ui.Link{Text: ui.T(ctx, "public.mine.reach"), Href: "/mina-sidor/kontakt", Hint: ui.T(ctx, "public.mine.reach_hint")})
	}
	return append(out, ui.Link{Text: ui.T(ctx, "public.mine.data"), Href: "/mina-sidor/mina-uppgifter", Hint: ui.T(ctx, "public.mine.data_hint")},
		ui.Link{Text: ui.T(ctx, "public.sessions.title"), Href: "/mina-sidor/sessioner", Hint: ui.T(ctx, "public.sessions.lead")})
}

// mineCases lists the reader's cases.
func (m *Module) mineCases(w http.ResponseWriter, r *http.Request) error {
	who, _, err := m.follower(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list, err := m.Cases.Mine(ctx, who, r.URL.Query().Get("efter"), minePage)
	if err != nil {
		return badCursor(err)
	}
	page := ui.List{Page: m.mineSub(r, ui.T(ctx, "public.mine.cases")), Found: -1}
	if t := m.caseTable(ctx, list.Cases); t != nil {
		page.Table = *t
	} else {
		page.Empty = &ui.Empty{Title: ui.T(ctx, "public.mine.none"), Action: ui.Button{Text: ui.T(ctx, "public.nav.services"), Href: "/e-tjanster", Variant: ui.Secondary}}
	}
	page.Pager = pages(r, "/mina-sidor/arenden", list.Next)
	return ui.Render(w, r, http.StatusOK, page)
}

// pages leads on in a list that is paged by key, and back to its beginning.
func pages(r *http.Request, path, next string) *ui.Pager {
	p := ui.Pager{}
	if r.URL.Query().Get("efter") != "" {
		p.Previous = path
	}
	if next != "" {
		p.Next = path + "?" + url.Values{"efter": {next}}.Encode()
	}
	return &p
}

// badCursor makes a page marker that cannot be read a bad request.
func badCursor(err error) error {
	if errors.Is(err, cases.ErrCursor) {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	return err
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
	ct, d, err := m.with(r, d, nil) // its own version, which may be of other steps than today's
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
	if err := parse(w, r, 10_000); err != nil {
		return err
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
