package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
)

// validKey tells whether a submission key is one of ours: a UUIDv7.
func validKey(key string) bool {
	id, err := uuid.Parse(key)
	return err == nil && id.Version() == 7 && id.String() == key
}

// review shows the answers before they are sent. With a fault somewhere it leads to the first step that has one.
func (m *Module) review(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	base := "/e-tjanster/" + ct.ID
	switch {
	case d == nil:
		return see(w, r, base)
	case d.SentAs != "":
		return m.toReceipt(w, r, ct, d.SentAs, true)
	case frozenAt(d) != "":
		return see(w, r, frozenAt(d))
	}
	answers := d.All()
	view := ct.View(answers)
	clean, wrong := view.Clean(), view.Faults()
	if view.Stop() != nil {
		return see(w, r, base+"/stopp")
	}
	if step := firstWrong(ct, answers, wrong); step != "" {
		return see(w, r, base+"/"+step+"?fel=1&till=granska")
	}
	m.once(r, ct, d, measure.Review, measure.Reached)
	return m.showReview(w, r, http.StatusOK, ct, d, clean)
}

// showReview writes the review page. What it shows is what its button sends: another status than 200 says that it has changed.
func (m *Module) showReview(w http.ResponseWriter, r *http.Request, status int, ct *casetype.CaseType, d *drafts.Draft, clean casetype.Clean) error {
	ctx := r.Context()
	l, base := lang(ctx), "/e-tjanster/"+ct.ID
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.review.title"), "/e-tjanster"), Caption: ct.Title.In(l), Lead: ui.T(ctx, "public.review.lead"),
		Button: ui.T(ctx, "public.review.send", "Service", strings.ToLower(ct.Title.In(l))),
		Form: ui.Form{Action: base + "/skicka", Hidden: []ui.Hidden{{Name: fieldKey, Value: d.Key}, {Name: fieldRole, Value: roleID(m.role(r))},
			{Name: fieldDigest, Value: drafts.Digest(ct, clean, d.Files)}}},
		Fields: append(m.actingSummary(ctx, ct), m.summaries(ctx, ct, d, clean)...), Steps: &ui.Steps{Open: conditional(ct)},
		After: stepFooter(base, i18n.From(ctx).DateTime(d.Expires)),
	}
	near, err := m.nearby(ctx, ct, clean)
	if err != nil {
		return err
	}
	if near != nil {
		page.Fields = append([]templ.Component{near}, page.Fields...)
	}
	button, more := m.onward(ctx, ct, clean)
	page.Fields = append(page.Fields, more...)
	if button != "" {
		page.Button = button
	}
	if status != http.StatusOK {
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.review.changed"), Live: true}
	}
	visible := ct.VisibleSteps(d.All())
	for _, s := range visible {
		page.Steps.Names = append(page.Steps.Names, s.Title.In(l))
	}
	page.Steps.Names = append(page.Steps.Names, page.Title)
	page.Steps.Current = len(visible)
	page.Back = base + "/" + visible[len(visible)-1].Key
	page.NoIndex, page.Of, page.Path = true, page.Caption, base+"/granska"
	return ui.Render(w, r, status, page)
}

// firstWrong is the step of the first fault, "" if there is none.
func firstWrong(ct *casetype.CaseType, answers casetype.Answers, wrong casetype.FieldErrors) string {
	if len(wrong) == 0 {
		return ""
	}
	for _, step := range ct.VisibleSteps(answers) {
		for _, q := range step.Questions {
			if slices.ContainsFunc(wrong, func(e casetype.FieldError) bool { return e.Question == q.Key }) {
				return step.Key
			}
		}
	}
	return ct.Form.Steps[0].Key
}

// summaries are the answers, a list for each step, with links to change them.
func (m *Module) summaries(ctx context.Context, ct *casetype.CaseType, d *drafts.Draft, clean casetype.Clean) []templ.Component {
	var out []templ.Component
	view := ct.View(d.All())
	for _, step := range view.Steps() {
		s := ui.Summary{Title: step.Title.In(lang(ctx))}
		for _, q := range view.Questions(step.Key) {
			if q.Type == casetype.TypeInfo {
				continue
			}
			fact := ui.Fact{Name: q.Label.In(lang(ctx)), Values: answerWords(ctx, ct, q, clean, d.Files)}
			switch {
			case q.Type != casetype.TypeComputed:
				fact.Change = "/e-tjanster/" + ct.ID + "/" + step.Key + "?till=granska"
			case len(fact.Values) == 0: // nothing to work out
				continue
			}
			s.Facts = append(s.Facts, fact)
		}
		if len(s.Facts) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// answerWords is an answer as people read it, nil if there is none.
func answerWords(ctx context.Context, ct *casetype.CaseType, q *casetype.Question, clean casetype.Clean, files []drafts.File) []string {
	values := ct.Display(q, clean, lang(ctx))
	kind := q.Type
	if kind == casetype.TypeComputed && q.As == casetype.AsYesNo {
		kind = casetype.TypeYesNo
	}
	switch kind {
	case casetype.TypeYesNo, casetype.TypeConsent:
		if len(values) == 1 {
			return []string{ui.T(ctx, "casetype."+values[0])}
		}
	case casetype.TypePlace:
		if p, ok := clean.Place(q.Key); ok && p.HasPoint && (p.Address != "" || p.Text != "") {
			return append(values, fmt.Sprintf("%.5f, %.5f", p.Lat, p.Lon))
		}
	case casetype.TypeFile:
		var names []string
		for _, f := range files {
			if slices.Contains(values, f.Document) {
				names = append(names, f.Name)
			}
		}
		return names
	}
	return values
}

// send hands in a draft. Sending again leads to the same receipt.
func (m *Module) send(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	base := "/e-tjanster/" + ct.ID
	switch {
	case d == nil:
		return see(w, r, base)
	case d.SentAs != "":
		return m.toReceipt(w, r, ct, d.SentAs, true)
	case frozenAt(d) != "":
		return see(w, r, frozenAt(d))
	}
	if err := m.admit(r, ct); err != nil {
		return m.askIn(w, r, ct, base+"/granska")
	}
	if stranger(r, ct) {
		return see(w, r, base+"/allt")
	}
	if _, err := m.actingFor(ctx, ct); err != nil {
		return wrongRole(w, r, ct, err)
	}
	if said := r.PostFormValue(fieldRole); said != "" && said != roleID(m.role(r)) { // changed in another window: what was read is not what would be sent
		return see(w, r, base+"/granska")
	}
	answers := d.All()
	view := ct.View(answers)
	clean, wrong := view.Clean(), view.Faults()
	if view.Stop() != nil {
		return see(w, r, base+"/stopp")
	}
	if step := firstWrong(ct, answers, wrong); step != "" {
		return see(w, r, base+"/"+step+"?fel=1&till=granska")
	}
	if shown := r.PostFormValue(fieldDigest); shown != drafts.Digest(ct, clean, d.Files) && (shown != "" || ct.Sign.Mode == casetype.SignSubmitter) { // changed in another tab
		return m.showReview(w, r, http.StatusConflict, ct, d, clean)
	}
	if next := m.remains(ct, clean); next != "" {
		return see(w, r, base+"/"+next)
	}
	return m.sendDraft(w, r, ct, d, clean)
}

// sendDraft hands in a draft that nothing is missing in.
func (m *Module) sendDraft(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, clean casetype.Clean) error {
	if m.maintained() {
		return m.holdDraft(w, r, ct, d, clean, "web", false, nil)
	}
	accepted, err := m.submit(r.Context(), ct, d, d.Key, clean, "web", false)
	switch {
	case m.down(r, err):
		return m.holdDraft(w, r, ct, d, clean, "web", false, err)
	case noRoom(err):
		return m.noMore(w, r, ct, err)
	case errors.Is(err, errLevel):
		return see(w, r, identity.SignInPath(i18n.From(r.Context()).Path("/e-tjanster/"+ct.ID+"/granska")))
	case err != nil:
		return err
	}
	return m.toReceipt(w, r, ct, accepted.CaseID, accepted.Again)
}

// submit hands the answers to casework and empties the draft, if there is one.
func (m *Module) submit(ctx context.Context, ct *casetype.CaseType, d *drafts.Draft, key string, clean casetype.Clean, channel string, protected bool) (cases.Accepted, error) {
	s := cases.Submission{Key: key, Type: ct, Answers: clean, Channel: channel, Lang: lang(ctx), Protected: protected, Parties: parties(ct, nil, clean)}
	if err := m.sender(ctx, &s); err != nil {
		return cases.Accepted{}, err
	}
	var files []drafts.File
	var used []string
	if d != nil {
		files, used = d.Files, attach(&s, d)
	}
	if before, waited, err := m.ahead(ctx, key); waited {
		return before, err
	}
	if channel == "web" { // what an officer takes in has come in, signed on paper or not
		var err error
		if s.Signatures, err = m.own(ctx, ct, clean, files); err != nil {
			return cases.Accepted{}, err
		}
		if open, _ := ct.Window.Open(m.today()); !open {
			return cases.Accepted{}, errShut
		}
		s.Limit = m.limit(ct)
	}
	accepted, err := m.Cases.Submit(ctx, s)
	if err != nil || d == nil {
		return accepted, err
	}
	return accepted, m.drafts.Sent(ctx, d, accepted.CaseID, used)
}

// sender says who hands in the matter: the citizen who is signed in, or an officer for somebody else.
func (m *Module) sender(ctx context.Context, s *cases.Submission) error {
	who := identity.From(ctx)
	switch {
	case who == nil:
		return nil
	case who.Kind == identity.Citizen:
		s.Person = who.PersonID
		var err error
		s.Acting, err = m.actingFor(ctx, s.Type)
		return err
	case m.Mandates == nil || s.Channel == "web": // as anyone who is not signed in
		return nil
	}
	mandate, err := m.Mandates.Intake(ctx, who.PersonID)
	if err != nil {
		return fmt.Errorf("taking in a matter for somebody else: %w", err)
	}
	s.By, s.Mandate = who.PersonID, mandate
	return nil
}

// toReceipt lets the browser see the case and leads to its receipt. An officer sees the receipt alone, as long as the session lasts: the case
// is the sender's, who gets its code.
func (m *Module) toReceipt(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, caseID string, again bool) error {
	if official(r) {
		if err := m.Sessions.Keep(w, r, keptReceipt, caseID); err != nil {
			return err
		}
	} else {
		m.letIn(w, r, caseID)
	}
	path := "/e-tjanster/" + ct.ID + "/klart"
	if again {
		path += "?igen=1"
	} else {
		m.handedIn(r, ct, caseID)
	}
	return see(w, r, path)
}

// whole shows all questions on one page: to print, for those who know it, and for officers who take in a call.
func (m *Module) whole(w http.ResponseWriter, r *http.Request) error {
	ct, d, held, err := m.reachable(r, m.underWay)
	if err != nil {
		return err
	}
	var without string
	if held {
		if !holds(ct) {
			return m.otherWays(w, r, ct)
		}
		ctx := r.Context()
		without = ui.T(ctx, "public.held.form")
		if d != nil {
			without += " " + ui.T(ctx, "public.held.draft")
		}
		d = nil
	}
	if err := m.admit(r, ct); err != nil {
		return m.askIn(w, r, ct, "/e-tjanster/"+ct.ID+"/allt")
	}
	if _, err := m.actingFor(r.Context(), ct); err != nil {
		return wrongRole(w, r, ct, err)
	}
	if d != nil && d.SentAs != "" {
		d = nil
	}
	if at := frozenAt(d); at != "" {
		return see(w, r, at)
	}
	start := d
	if start == nil {
		start = m.newDraft(r, ct)
	}
	f := m.form(ct, d, start.All())
	f.without = without
	return m.showWhole(w, r, http.StatusOK, f, "")
}

// showWhole writes the page with all questions. key is the submission key of the form, or "" for a new one.
func (m *Module) showWhole(w http.ResponseWriter, r *http.Request, status int, f *form, key string) error {
	ctx := r.Context()
	ct := f.ct
	switch {
	case f.draft != nil:
		key = f.draft.Key
	case key == "":
		key = newKey()
	}
	base := "/e-tjanster/" + ct.ID
	var all []*casetype.Question
	page := ui.Question{
		Page: m.page(r, ui.T(ctx, "public.whole.title", "Service", ct.Title.In(lang(ctx))), "/e-tjanster"), Back: base, Lead: ui.T(ctx, "public.whole.lead"),
		Form:   ui.Form{ID: "allt", Action: base + "/allt", Unsaved: true, Hidden: []ui.Hidden{{Name: fieldKey, Value: key}}},
		Button: ui.T(ctx, "public.review.send", "Service", strings.ToLower(ct.Title.In(lang(ctx)))),
		Fields: []templ.Component{defaultButton()},
	}
	if f.without != "" {
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: f.without}
	}
	if f.draft != nil && len(f.draft.Files) > 0 {
		page.Form.Hidden = append(page.Form.Hidden, ui.Hidden{Name: fieldFiles, Value: "1"})
	}
	f.view.search, f.view.layer = false, ""
	f.hints = map[string]string{}
	if who := identity.From(ctx); who != nil && who.Kind == identity.Staff && m.Mandates != nil {
		page.Fields = append(page.Fields, channels(ctx, f.get(fieldChannel)), ui.Checkbox{
			Field: ui.Field{Name: fieldShield, Label: ui.T(ctx, "public.shield"), Hint: ui.T(ctx, "public.shield.hint")}, Value: "ja", Checked: f.get(fieldShield) != "",
		})
	}
	for i := range ct.Form.Steps {
		step := &ct.Form.Steps[i]
		var questions []*casetype.Question
		for j := range step.Questions {
			q := &step.Questions[j]
			if q.Type == casetype.TypeComputed { // there is nothing to work it out from yet
				continue
			}
			if q.VisibleIf != "" || step.VisibleIf != "" {
				f.hints[q.Key] = ui.T(ctx, "public.whole.if")
			}
			questions = append(questions, q)
		}
		all = append(all, questions...)
		page.Fields = append(page.Fields, wholeStep(step.Title.In(lang(ctx)), f.fields(ctx, questions)))
	}
	page.Form.Upload = hasFile(all)
	page.Errors = f.errors(all)
	page.NoIndex = true
	page.Path = base + "/allt"
	return ui.Render(w, r, status, page)
}

// wholeRows shows the page again with one row more or less. Nothing is stored.
func (m *Module) wholeRows(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, answers casetype.Answers, key string) error {
	if q, n := asksRow(ct, p.own.Get(fieldRemoveRow)); q != nil {
		answers = withoutRow(ct, answers, q, n)
	}
	f := m.form(ct, d, answers)
	if q, n := asksRow(ct, p.own.Get(fieldAddRow)); q != nil {
		f.rows = map[string]int{q.Key: n}
	}
	for _, own := range []string{fieldChannel, fieldShield} {
		f.answers[own] = p.own[own]
	}
	return m.showWhole(w, r, http.StatusOK, f, key)
}

// channels asks an officer how the matter came in.
func channels(ctx context.Context, chosen string) ui.Radios {
	out := ui.Radios{Field: ui.Field{Name: fieldChannel, Label: ui.T(ctx, "public.channel")}}
	for _, c := range intakeChannels {
		out.Options = append(out.Options, ui.Option{Value: c, Label: ui.T(ctx, "public.channel."+c), Chosen: c == chosen})
	}
	return out
}

// intakeChannels are the ways a matter reaches an officer who types it in. "web" is the officer's own.
var intakeChannels = []string{string(casetype.Phone), string(casetype.Visit), string(casetype.Letter), string(casetype.Email)}

// wholePost takes in all answers in one request. Nothing is stored before the case itself, unless there are files.
func (m *Module) wholePost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	ct, d, held, err := m.reachable(r, m.toSave)
	if err != nil {
		return err
	}
	if at := frozenAt(d); at != "" && !held {
		return see(w, r, at)
	}
	p, err := m.readHeld(w, r, ct, d, held)
	if err != nil {
		return err
	}
	key := p.own.Get(fieldKey)
	if d != nil && d.SentAs != "" {
		if key == d.Key {
			return m.toReceipt(w, r, ct, d.SentAs, true)
		}
		d = nil
	}
	if ended(r, d) && key != d.Key { // somebody else, at the same computer
		d = nil
	}
	faults := append(p.faults, unknown(ct, l, p)...)
	if !validKey(key) {
		faults = append(faults, fault{"", l.T("public.form.key")})
		key = ""
	}
	m.settlePlaces(ct, d, p)
	if held {
		return m.wholeHeld(w, r, ct, d, p, key, faults)
	}
	return m.wholeTake(w, r, ct, d, p, key, faults)
}

// wholeTake keeps the files and the draft of a whole form, if it has any, before it is handed in.
func (m *Module) wholeTake(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, key string, faults []fault) error {
	l := i18n.From(r.Context())
	if d == nil && len(p.staged) > 0 {
		if wait := m.crowded(r); wait > 0 {
			f := m.form(ct, nil, withoutFiles(ct, p.answers))
			f.faults = append(faults, crowd(w, l, wait))
			return m.showWhole(w, r, http.StatusTooManyRequests, f, key)
		}
	}
	if d != nil || len(p.staged) > 0 {
		kept, err := m.keep(w, r, ct, d, p, nil)
		switch {
		case errors.Is(err, drafts.ErrFrozen):
			return see(w, r, "/e-tjanster/"+ct.ID+"/granska")
		case m.down(r, err):
			return m.wholeHeld(w, r, ct, d, p, key, faults)
		case err != nil:
			return err
		}
		d = kept
		if p.has(fieldRemove) || p.has(fieldUpload) || ended(r, d) {
			return see(w, r, "/e-tjanster/"+ct.ID+"/allt")
		}
	}
	answers := p.answers
	if d != nil {
		answers, key = d.All(), d.Key
	} else {
		answers = withoutFiles(ct, answers)
	}
	if p.has(fieldAddRow) || p.has(fieldRemoveRow) {
		return m.wholeRows(w, r, ct, d, p, answers, key)
	}
	return m.wholeSend(w, r, ct, d, p, answers, key, faults)
}

// wholeSend hands in all answers, or says what is wrong with them. What others sign or a fee is paid for goes on to the check page.
func (m *Module) wholeSend(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, answers casetype.Answers, key string, faults []fault) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	view := ct.View(answers)
	clean := view.Clean()
	faults = append(faults, words(l, ct, view.Faults())...)
	if s := view.Stop(); s != nil {
		faults = append(faults, fault{"", s.Title.In(l.Lang()) + ". " + s.Text.In(l.Lang())})
	}
	if m.admit(r, ct) != nil {
		faults = append(faults, fault{"", l.T("public.form.sign_in")})
	}
	if _, err := m.actingFor(ctx, ct); err != nil {
		faults = append(faults, fault{"", l.T("public.role.wrong", "Name", m.role(r).Name)})
	}
	channel := channelOf(r, p)
	if channel == "web" && stranger(r, ct) {
		faults = append(faults, fault{fieldChannel, l.T("public.form.channel")})
	}
	if len(faults) > 0 {
		f := m.form(ct, d, answers)
		f.faults = faults
		if channel != "web" {
			f.answers[fieldChannel] = []string{channel}
			f.answers[fieldShield] = p.own[fieldShield]
		}
		return m.showWhole(w, r, cmp.Or(p.status, http.StatusUnprocessableEntity), f, key)
	}
	shielded := channel != "web" && p.has(fieldShield)
	if p.held {
		return m.hold(w, r, ct, p.draft, key, answers, channel, shielded, nil)
	}
	if channel == "web" && (m.remains(ct, clean) != "" || ct.Sign.Mode == casetype.SignSubmitter) { // there is a page or two more
		return m.wholeKept(w, r, ct, d, p, key, func() error { return see(w, r, "/e-tjanster/"+ct.ID+"/granska") })
	}
	accepted, err := m.submit(ctx, ct, d, key, clean, channel, shielded)
	switch {
	case m.down(r, err) && d != nil:
		return m.holdDraft(w, r, ct, d, clean, channel, shielded, err)
	case m.down(r, err):
		return m.hold(w, r, ct, "", key, answers, channel, shielded, err)
	case errors.Is(err, cases.ErrKey):
		return see(w, r, "/e-tjanster/"+ct.ID+"/allt")
	case noRoom(err):
		return m.wholeKept(w, r, ct, d, p, key, func() error { return m.noMore(w, r, ct, err) })
	case err != nil:
		return err
	}
	return m.toReceipt(w, r, ct, accepted.CaseID, accepted.Again)
}

// channelOf is how a matter came in: what an officer says, else by the web.
func channelOf(r *http.Request, p *posted) string {
	if c := p.own.Get(fieldChannel); slices.Contains(intakeChannels, c) && official(r) {
		return c
	}
	return "web"
}

// wholeKept keeps what was typed as a draft, if there is none yet, before it goes on.
func (m *Module) wholeKept(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, key string, then func() error) error {
	if d != nil {
		return then()
	}
	if wait := m.crowded(r); wait > 0 {
		f := m.form(ct, nil, withoutFiles(ct, p.answers))
		f.faults = []fault{crowd(w, i18n.From(r.Context()), wait)}
		return m.showWhole(w, r, http.StatusTooManyRequests, f, key)
	}
	p.own.Set(fieldKey, key)
	if _, err := m.keep(w, r, ct, nil, p, nil); err != nil {
		return err
	}
	return then()
}
