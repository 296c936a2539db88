package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/spool"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// comeBack is how long a page under maintenance asks to wait.
const comeBack = 5 * time.Minute

// down tells whether an error means that the database cannot take what is handed in, so that it is to wait in the spool.
func (m *Module) down(r *http.Request, err error) bool {
	switch {
	case err == nil || m.Spool == nil:
		return false
	case errors.Is(err, context.DeadlineExceeded):
		return r.Context().Err() == nil
	}
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrCorrupt)
}

// maintained tells whether the operator has the site under maintenance.
func (m *Module) maintained() bool { return m.Spool != nil && m.Maintenance.On() }

// holds tells whether matters of a kind can wait in the spool. One that must be signed, paid for or counted cannot: that takes the database.
func holds(ct *casetype.CaseType) bool {
	return ct.Auth.Level == casetype.LevelNone && ct.Payment == nil && (ct.Sign.Mode == "" || ct.Sign.Mode == casetype.SignNone) && ct.Window.Cap <= 0 && ct.Window.PerPerson <= 0
}

// WholeForm tells whether a request is for the page with all questions of a service, which needs no database and no session.
func WholeForm(r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.Path, "/e-tjanster/")
	id, page, _ := strings.Cut(rest, "/")
	return ok && id != "" && page == "allt"
}

// always are the beginnings of addresses that answer under maintenance too: those that machines ask.
var always = []string{"/healthz", "/readyz", "/robots.txt", "/.well-known/"}

// Guard answers with a page about maintenance while the operator has switched it on. What hands in a whole form goes through, and so does the
// page with all questions.
func (m *Module) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sends := r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/e-tjanster/") && strings.HasSuffix(r.URL.Path, "/skicka")
		open := WholeForm(r) || sends
		for _, path := range always {
			open = open || strings.HasPrefix(r.URL.Path, path)
		}
		if open || !m.maintained() {
			next.ServeHTTP(w, r)
			return
		}
		private(m.maintenance).ServeHTTP(w, r)
	})
}

// maintenance says that the site is under maintenance, and which matters can be handed in all the same.
func (m *Module) maintenance(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.maintenance.title"), ""), Lead: ui.T(ctx, "public.maintenance.lead")}
	page.NoIndex, page.Path = true, "/"
	var forms ui.Links
	for _, ct := range m.Services.Open(m.today()) {
		if open, _ := ct.Window.Open(m.today()); open && holds(ct) {
			forms = append(forms, ui.Link{Text: ct.Title.In(lang(ctx)), Href: "/e-tjanster/" + ct.ID + "/allt"})
		}
	}
	body := []templ.Component{plainText(m.Town.Emergency.In(lang(ctx)))}
	if len(forms) > 0 {
		body = append(body, plainText(ui.T(ctx, "public.maintenance.forms")), forms)
	}
	page.Body = templ.Join(append(body, plainText(ui.T(ctx, "public.maintenance.other", "Phone", m.Town.Contact.Phone)))...)
	retryAfter(w, comeBack)
	return ui.Render(w, r, http.StatusServiceUnavailable, page)
}

// otherWays says that a service cannot be used now, that nothing was sent, and how to reach the municipality instead.
func (m *Module) otherWays(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.held.cannot.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.held.cannot.lead"), Body: m.ways(ctx, ct)}
	page.Of, page.NoIndex = ct.Title.In(lang(ctx)), true
	retryAfter(w, comeBack)
	return ui.Render(w, r, http.StatusServiceUnavailable, page)
}

// keptDraft says that a draft with files cannot be sent now and is kept.
func (m *Module) keptDraft(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.held.cannot.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.held.kept"), Body: m.ways(ctx, ct)}
	page.Of, page.NoIndex = ct.Title.In(lang(ctx)), true
	page.Ways = []ui.Link{{Text: ui.T(ctx, "public.room.back"), Href: "/e-tjanster/" + ct.ID + "/granska"}}
	retryAfter(w, comeBack)
	return ui.Render(w, r, http.StatusServiceUnavailable, page)
}

// inMemory finds the e-service of a request without the database.
func (m *Module) inMemory(r *http.Request) (*casetype.CaseType, error) {
	ct, err := m.open(r.PathValue("type"))
	if err != nil {
		return nil, err
	}
	return ct.At(m.moment(r)), nil
}

// reachable finds a form under way, and whether what is handed in must wait in the spool: under maintenance, and when the database does not answer.
func (m *Module) reachable(r *http.Request, find func(*http.Request) (*casetype.CaseType, *drafts.Draft, error)) (ct *casetype.CaseType, d *drafts.Draft, held bool, err error) {
	ct, d, err = find(r)
	if m.down(r, err) {
		ct, err = m.inMemory(r)
		return ct, nil, true, err
	}
	return ct, d, m.maintained(), err
}

// wholeHeld takes in all answers without the database. Files cannot come with them.
func (m *Module) wholeHeld(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, key string, faults []fault) error {
	if p.has(fieldChannel) && !official(r) { // an officer whose session cannot be read: what they take in is not theirs to sign
		return fmt.Errorf("taking in a matter for somebody else: %w", store.ErrUnavailable)
	}
	if !holds(ct) {
		return m.otherWays(w, r, ct)
	}
	answers := withoutFiles(ct, p.answers)
	if p.has(fieldAddRow) || p.has(fieldRemoveRow) {
		return m.wholeRows(w, r, ct, nil, p, answers, key)
	}
	if p.unstored || len(p.staged) > 0 || d != nil && d.Key == key && len(d.Files) > 0 || p.has(fieldFiles) || p.has(fieldUpload) || p.has(fieldRemove) {
		ctx := r.Context()
		faults = append(faults, fault{"", ui.T(ctx, "public.held.files")})
		p.status = http.StatusServiceUnavailable
		retryAfter(w, comeBack)
	}
	p.held = true
	if d != nil && !ended(r, d) && d.Key == key && d.SentAs == "" {
		p.draft = d.ID
	}
	return m.wholeSend(w, r, ct, nil, p, answers, key, faults)
}

// hold keeps a submission in the spool and tells the sender so. cause is why the database could not take it, nil under maintenance.
func (m *Module) hold(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, draft, key string, answers casetype.Answers, channel string, shielded bool, cause error) error {
	ctx := r.Context()
	if !holds(ct) {
		return m.otherWays(w, r, ct)
	}
	if open, _ := ct.Window.Open(m.today()); !open && channel == "web" {
		return m.noMore(w, r, ct, errShut)
	}
	id, err := m.Codes.CaseID(key)
	if err != nil {
		return see(w, r, "/e-tjanster/"+ct.ID+"/allt")
	}
	s := cases.Submission{Type: ct, Channel: channel}
	if err := m.sender(ctx, &s); err != nil {
		return err
	}
	rec := spool.Record{
		ID: id, Key: key, Type: ct.ID, Version: ct.Version, Answers: answers, As: m.role(r).Kind, SignedIn: identity.From(ctx) != nil, Channel: channel, Lang: lang(ctx),
		Received: m.Clock.Now().UTC(), Person: s.Person, Acting: s.Acting, By: s.By, Mandate: s.Mandate, Shielded: shielded, Draft: draft,
	}
	if rec, err = m.Spool.Put(rec); err != nil {
		return errors.Join(err, cause)
	}
	m.Log.WarnContext(ctx, "a submission waits in the spool", "case", id, "maintenance", cause == nil)
	m.handedIn(r, ct, id)
	return m.showHeld(w, r, ct.Title.In(lang(ctx)), rec)
}

// holdDraft keeps a draft that is handed in while the database cannot take it. One with files waits as a draft instead: its files cannot
// follow it into the spool.
func (m *Module) holdDraft(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, clean casetype.Clean, channel string, shielded bool, cause error) error {
	if slices.ContainsFunc(d.Files, func(f drafts.File) bool { return slices.Contains(clean[f.Question], f.Document) }) {
		return m.keptDraft(w, r, ct)
	}
	return m.hold(w, r, ct, d.ID, d.Key, d.All(), channel, shielded, cause)
}

// showHeld tells the sender that what they handed in has come in and waits.
func (m *Module) showHeld(w http.ResponseWriter, r *http.Request, of string, rec spool.Record) error {
	ctx := r.Context()
	if !official(r) {
		m.letIn(w, r, rec.ID)
	}
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.held.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.held.lead")}
	page.Of, page.NoIndex = of, true
	page.Body = templ.Join(ui.Summary{Facts: []ui.Fact{
		{Name: ui.T(ctx, "public.held.reference"), Body: strong(m.Codes.Reference(rec.ID))},
		{Name: ui.T(ctx, "public.done.code"), Body: strong(m.Codes.FollowCode(rec.ID))},
		{Name: ui.T(ctx, "public.done.received"), Value: i18n.From(ctx).DateTime(rec.Received)},
	}}, plainText(ui.T(ctx, "public.held.save")), plainText(ui.T(ctx, "public.held.next")))
	page.Ways = []ui.Link{{Text: ui.T(ctx, "public.nav.follow"), Href: "/folj"}, {Text: ui.T(ctx, "public.start"), Href: "/"}}
	return ui.Render(w, r, http.StatusOK, page)
}

// spooled finds what waits in the spool by its provisional reference and code; false if nothing does.
func (m *Module) spooled(reference, code string) (spool.Record, bool) {
	prefix, ok := m.Codes.Referred(reference)
	if !ok || m.Spool == nil {
		return spool.Record{}, false
	}
	for _, id := range m.Spool.Find(prefix) {
		if m.Codes.Opens(id, code) {
			rec, err := m.Spool.Get(id)
			return rec, err == nil
		}
	}
	return spool.Record{}, false
}

// Replay hands to casework what waits in the spool, oldest first, unless the site is under maintenance. Run it at the start and often.
func (m *Module) Replay(ctx context.Context) error {
	if m.Spool == nil || m.maintained() {
		return nil
	}
	return m.Spool.Replay(ctx, func(ctx context.Context, rec spool.Record) error {
		_, err := m.takeIn(ctx, rec)
		return err
	})
}

// takeIn makes what waited a case, received when it came. Doing it again gives the same case. spool.ErrRefused means that it never can.
func (m *Module) takeIn(ctx context.Context, rec spool.Record) (cases.Accepted, error) {
	ct, ok := m.Services.Version(rec.Type, rec.Version)
	if !ok {
		return cases.Accepted{}, fmt.Errorf("%w: case type %s version %d is gone", spool.ErrRefused, rec.Type, rec.Version)
	}
	ct = ct.At(casetype.Moment{Today: calendar.DateOf(rec.Received), Acting: rec.As, SignedIn: rec.SignedIn})
	clean, wrong := ct.Validate(rec.Answers)
	if len(wrong) > 0 {
		return cases.Accepted{}, fmt.Errorf("%w: %d answers are not accepted, the first to the question %s (%s)", spool.ErrRefused, len(wrong), wrong[0].Question, wrong[0].Code)
	}
	accepted, err := m.Cases.Submit(ctx, cases.Submission{
		Key: rec.Key, Type: ct, Answers: clean, Channel: rec.Channel, Lang: rec.Lang, Person: rec.Person, Acting: rec.Acting, By: rec.By, Mandate: rec.Mandate,
		Protected: rec.Shielded, Parties: parties(ct, nil, clean), ReceivedAt: rec.Received,
	})
	if errors.Is(err, cases.ErrKey) || errors.Is(err, cases.ErrNowhere) || err == nil && accepted.CaseID != rec.ID {
		return cases.Accepted{}, errors.Join(fmt.Errorf("%w: it does not become the case it says", spool.ErrRefused), err)
	}
	if err != nil || rec.Draft == "" {
		return accepted, err
	}
	d, err := m.drafts.ByID(ctx, rec.Draft)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.SentAs != "" {
		return accepted, nil
	}
	if err != nil {
		return accepted, err
	}
	return accepted, m.drafts.Sent(ctx, d, accepted.CaseID, nil)
}

// ahead takes in what waits under a key before it is handed in again; false if nothing does.
func (m *Module) ahead(ctx context.Context, key string) (cases.Accepted, bool, error) {
	if m.Spool == nil {
		return cases.Accepted{}, false, nil
	}
	id, err := m.Codes.CaseID(key)
	if err != nil {
		return cases.Accepted{}, false, nil //nolint:nilerr // casework says what is wrong with the key
	}
	rec, err := m.Spool.Get(id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, spool.ErrRefused) {
		return cases.Accepted{}, false, nil
	}
	if err != nil {
		return cases.Accepted{}, true, err
	}
	accepted, err := m.takeIn(ctx, rec)
	if errors.Is(err, spool.ErrRefused) { // the next round sets it aside
		return cases.Accepted{}, false, nil
	}
	if err == nil {
		accepted.Again, err = true, m.Spool.Done(id)
	}
	return accepted, true, err
}

// SpoolNote tells the operator what waits in the spool and whether the site is under maintenance; "" if there is nothing to tell.
func (m *Module) SpoolNote() string {
	if m.Spool == nil {
		return ""
	}
	var notes []string
	if n := m.Spool.Waiting(); n > 0 {
		notes = append(notes, strconv.Itoa(n)+" submissions wait to be taken in")
	}
	if n := m.Spool.Aside(); n > 0 {
		notes = append(notes, strconv.Itoa(n)+" submissions were set aside: look at the log")
	}
	if m.maintained() {
		notes = append(notes, "the site is under maintenance")
	}
	return strings.Join(notes, "; ")
}
