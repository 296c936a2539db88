package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/measure"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// errLevel means that the visitor must sign in, or sign in more surely, for this e-service.
var errLevel = identity.ErrNotSignedIn

// admit tells whether the visitor is known well enough for the e-service. Whoever has signed in is known better than by an address.
func (m *Module) admit(r *http.Request, ct *casetype.CaseType) error {
	who := identity.From(r.Context())
	need := identity.LoANone
	switch ct.Auth.Level {
	case casetype.LevelNone:
		return nil
	case casetype.LevelEmail:
		if m.provenEmail(r) != "" {
			return nil
		}
		need = identity.LoALow
	case casetype.LevelLoA2:
		need = identity.LoALow
	case casetype.LevelLoA3:
		need = identity.LoASubstantial
	}
	if who == nil || who.LoA < need {
		return errLevel
	}
	return nil
}

// begin starts the form: the first time a cookie is needed. What this browser has under way is gone on with.
func (m *Module) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ct, err := m.open(r.PathValue("type"))
	if err != nil {
		return err
	}
	ct = ct.At(m.moment(r))
	base := "/e-tjanster/" + ct.ID
	if err := m.admit(r, ct); err != nil {
		return m.askIn(w, r, ct, base)
	}
	if _, err := m.actingFor(ctx, ct); err != nil {
		return wrongRole(w, r, ct, err)
	}
	if open, _ := ct.Window.Open(m.today()); !open || m.unpayable(ct) {
		return see(w, r, base)
	}
	if stranger(r, ct) {
		return see(w, r, base+"/allt")
	}
	token := m.ensureToken(w, r)
	d, err := m.draftOf(r, token, ct.ID)
	if err == nil && d.SentAs == "" {
		own, ok := m.Services.Version(d.TypeID, d.Version)
		if ok {
			ct = own.At(m.moment(r))
		} else { // its definition is gone, and nothing can show it
			err = store.ErrNotFound
		}
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, identity.ErrNotSignedIn) || err == nil && d.SentAs != "" {
		if wait := m.crowded(r); wait > 0 {
			return m.waitToBegin(w, r, base, wait)
		}
		d = m.newDraft(r, ct)
		err = m.drafts.Begin(ctx, token, d, nil)
	}
	if err != nil {
		return err
	}
	m.once(r, ct, d, "", measure.Begun)
	return see(w, r, base+"/"+ct.VisibleSteps(d.All())[0].Key)
}

// newDraft is an empty draft, filled in with what the municipality knows of the one who is signed in.
func (m *Module) newDraft(r *http.Request, ct *casetype.CaseType) *drafts.Draft {
	d := &drafts.Draft{TypeID: ct.ID, Version: ct.Version, Answers: m.prefill(r, ct)}
	if who := identity.From(r.Context()); who != nil {
		d.Person = who.PersonID
	}
	return d
}

// draftOf finds the browser's draft of an e-service. One that somebody wrote while signed in is neither shown to nor used by the next:
// identity.ErrNotSignedIn when the session has run out, perhaps on a computer that others use.
func (m *Module) draftOf(r *http.Request, token, typeID string) (*drafts.Draft, error) {
	d, err := m.drafts.Find(r.Context(), token, typeID)
	switch who := identity.From(r.Context()); {
	case err != nil:
		return nil, err
	case d.Person == "":
	case who == nil:
		return nil, identity.ErrNotSignedIn
	case d.Person != who.PersonID:
		return nil, store.ErrNotFound
	}
	return d, nil
}

// ended tells whether a draft belongs to somebody whose session has run out.
func ended(r *http.Request, d *drafts.Draft) bool {
	return d != nil && d.Person != "" && identity.From(r.Context()) == nil
}

// underWay finds the e-service and the draft of a request, nil if there is none. A draft keeps to the version of the case type it was
// begun under, also when a newer one has been published since.
func (m *Module) underWay(r *http.Request) (*casetype.CaseType, *drafts.Draft, error) {
	d, err := m.draftOf(r, m.token(r), r.PathValue("type"))
	return m.with(r, d, err)
}

// toSave is underWay for a form that was sent: also when the session has run out what was typed is kept, see ended. Nothing of the draft
// may be shown then.
func (m *Module) toSave(r *http.Request) (*casetype.CaseType, *drafts.Draft, error) {
	d, err := m.draftOf(r, m.token(r), r.PathValue("type"))
	if errors.Is(err, identity.ErrNotSignedIn) {
		if d, err = m.drafts.Find(r.Context(), m.token(r), r.PathValue("type")); err == nil && (d.SentAs != "" || frozenAt(d) != "") {
			err = identity.ErrNotSignedIn
		}
	}
	return m.with(r, d, err)
}

// with gives a draft with its case type.
func (m *Module) with(r *http.Request, d *drafts.Draft, err error) (*casetype.CaseType, *drafts.Draft, error) {
	if err == nil {
		if ct, ok := m.Services.Version(d.TypeID, d.Version); ok {
			return ct.At(m.moment(r)), d, nil
		}
		return nil, nil, fmt.Errorf("draft of %s version %d: %w", d.TypeID, d.Version, store.ErrNotFound)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, nil, err
	}
	ct, err := m.open(r.PathValue("type"))
	if err != nil {
		return nil, nil, err
	}
	return ct.At(m.moment(r)), nil, nil
}

// moment is what a form's rules know beside the answers.
func (m *Module) moment(r *http.Request) casetype.Moment {
	return casetype.Moment{Today: m.today(), Acting: m.role(r).Kind, SignedIn: identity.From(r.Context()) != nil}
}

// belongs tells whether a field is one of the steps' questions, of the whole form when no step is given.
func belongs(ct *casetype.CaseType, steps ...*casetype.Step) func(field string) bool {
	known, tables := map[string]bool{}, map[string]bool{}
	for i := range ct.Form.Steps {
		step := &ct.Form.Steps[i]
		if len(steps) > 0 && !slices.Contains(steps, step) {
			continue
		}
		for j := range step.Questions {
			q := &step.Questions[j]
			tables[q.Key] = q.Rows != nil
			for _, name := range q.Inputs() {
				known[name] = true
			}
		}
	}
	return func(field string) bool {
		if known[field] {
			return true
		}
		table, row, _ := cellOf(ct, field)
		return table != nil && tables[table.Key] && row >= 1 && row <= table.Rows.Max
	}
}

// step shows one step of the form.
func (m *Module) step(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	step := ct.Step(r.PathValue("step"))
	base := "/e-tjanster/" + ct.ID
	switch {
	case step == nil && d == nil:
		return store.ErrNotFound
	case d == nil:
		return see(w, r, base)
	case d.SentAs != "":
		return m.toReceipt(w, r, ct, d.SentAs, true)
	case frozenAt(d) != "":
		return see(w, r, frozenAt(d))
	}
	f := m.form(ct, d, d.All())
	if step == nil { // of another version
		return see(w, r, base+"/"+f.look().Steps()[0].Key)
	}
	if !slices.Contains(f.look().Steps(), step) {
		return see(w, r, base+"/granska")
	}
	m.once(r, ct, d, step.Key, measure.Reached)
	if r.URL.Query().Get("fel") != "" {
		f.faults = words(i18n.From(r.Context()), ct, f.look().StepFaults(step.Key))
	}
	if q, n := asksRow(ct, r.URL.Query().Get("rader")); q != nil {
		f.rows = map[string]int{q.Key: n}
	}
	if key := r.URL.Query().Get("sok"); key != "" && m.Addresses != nil {
		f.found = map[string][]Address{key: m.search8(f.get(key + casetype.PartAddress))}
	}
	return m.showStep(w, r, http.StatusOK, step, f)
}

// search8 finds up to eight addresses.
func (m *Module) search8(words string) []Address {
	if strings.TrimSpace(words) == "" {
		return nil
	}
	return m.Addresses.Search(words, 8)
}

// form is a form with what the site knows for its fields.
func (m *Module) form(ct *casetype.CaseType, d *drafts.Draft, answers casetype.Answers) *form {
	f := &form{ct: ct, draft: d, answers: answers, view: casetypeView{search: m.Addresses != nil}}
	if m.Layers != nil {
		at := m.Town.Map
		f.view.lat, f.view.lon, f.view.zoom, f.view.layer = at.Lat, at.Lon, at.Zoom, "/karta/"+baseLayer+".geojson"
	}
	return f
}

// showStep writes the page of a step.
func (m *Module) showStep(w http.ResponseWriter, r *http.Request, status int, step *casetype.Step, f *form) error {
	ctx := r.Context()
	l := lang(ctx)
	base := "/e-tjanster/" + f.ct.ID
	questions := f.look().Questions(step.Key)
	f.children = m.children(r, questions)
	visible := f.look().Steps()
	at := max(slices.Index(visible, step), 0)
	title := step.Title.In(l)
	if len(questions) == 1 && canHead(questions[0]) {
		f.heading, title = true, questions[0].Label.In(l)
	}
	page := ui.Question{
		Page:      m.page(r, title, "/e-tjanster"),
		Caption:   f.ct.Title.In(l),
		Back:      base,
		Steps:     &ui.Steps{Current: at, Open: conditional(f.ct)},
		TitleIn:   f.heading,
		Fields:    append([]templ.Component{defaultButton()}, f.fields(ctx, questions)...),
		Form:      ui.Form{ID: "steg", Action: base + "/" + step.Key, Upload: hasFile(questions), Unsaved: true},
		SaveLater: fieldLater,
		After:     below(callback(m.aboutPath(r, m.Town.Callback)), stepFooter(base, i18n.From(ctx).Date(calendar.DateOf(m.Clock.Now().Add(drafts.Age))))),
	}
	for _, s := range visible {
		page.Steps.Names = append(page.Steps.Names, s.Title.In(l))
	}
	page.Steps.Names = append(page.Steps.Names, ui.T(ctx, "public.review.title"))
	if at > 0 {
		page.Back = base + "/" + visible[at-1].Key
	}
	if r.URL.Query().Get("till") == "granska" {
		page.Form.Hidden = []ui.Hidden{{Name: fieldBack, Value: "granska"}}
		page.Back = base + "/granska"
	}
	page.NoIndex, page.Of = true, page.Caption
	page.Map = f.view.layer != "" && slices.ContainsFunc(questions, func(q *casetype.Question) bool { return q.Type == casetype.TypePlace })
	page.Errors = f.errors(questions)
	page.Path = base + "/" + step.Key
	if at > 0 { // what the step before said
		page.Notice = urgent(ctx, f.ct, f.answers, visible[at-1])
	}
	if r.URL.Query().Get("mer") != "" && page.Notice == nil {
		page.Notice = &ui.Alert{Text: ui.T(ctx, "public.form.more"), Live: true}
	}
	return ui.Render(w, r, status, page)
}

// canHead tells whether the label of a question can be the heading of its page: not of a text, a computed value, a box to tick or files.
func canHead(q *casetype.Question) bool {
	switch q.Type {
	case casetype.TypeInfo, casetype.TypeConsent, casetype.TypeFile, casetype.TypeComputed:
		return false
	}
	return true
}

// urgent says what the answers chosen in a step mean cannot wait.
func urgent(ctx context.Context, ct *casetype.CaseType, answers casetype.Answers, step *casetype.Step) *ui.Alert {
	own := belongs(ct, step)
	chosen := maps.Clone(answers)
	maps.DeleteFunc(chosen, func(name string, _ []string) bool { return !own(name) })
	list := ct.UrgentFor(chosen)
	if len(list) == 0 {
		return nil
	}
	a := &ui.Alert{Tone: ui.Warning, Title: ui.T(ctx, "public.urgent")}
	var parts []string
	for _, u := range list {
		text := u.Text.In(lang(ctx))
		if u.Phone != "" && !strings.Contains(text, u.Phone) {
			text += " " + ui.T(ctx, "public.call", "Phone", u.Phone)
		}
		parts = append(parts, text)
	}
	a.Text = strings.Join(parts, " ")
	return a
}

// conditional tells whether the number of steps may change with the answers.
func conditional(ct *casetype.CaseType) bool {
	for _, s := range ct.Form.Steps {
		if s.VisibleIf != "" || !slices.ContainsFunc(s.Questions, func(q casetype.Question) bool { return q.VisibleIf == "" }) {
			return true
		}
	}
	return false
}

func hasFile(questions []*casetype.Question) bool {
	return slices.ContainsFunc(questions, func(q *casetype.Question) bool { return q.Type == casetype.TypeFile })
}

// stepPost saves a step and leads on. What was typed is kept whether or not it is right.
func (m *Module) stepPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	ct, d, err := m.toSave(r)
	if err != nil {
		return err
	}
	step := ct.Step(r.PathValue("step"))
	if step == nil {
		return store.ErrNotFound
	}
	base := "/e-tjanster/" + ct.ID
	if past, err := m.past(w, r, ct, d); past {
		return err
	}
	p, err := m.read(w, r, ct, d)
	if err != nil {
		return err
	}
	faults := append(p.faults, unknown(ct, l, p, step)...)
	m.settlePlaces(ct, d, p, step)

	var before []*casetype.Question
	if d != nil {
		before = ct.VisibleQuestions(step.Key, d.All())
	}
	if d == nil {
		if wait := m.crowded(r); wait > 0 {
			f := m.form(ct, nil, withoutFiles(ct, p.answers))
			f.faults = append(faults, crowd(w, l, wait))
			return m.showStep(w, r, http.StatusTooManyRequests, step, f)
		}
	}
	d, err = m.keep(w, r, ct, d, p, step)
	if errors.Is(err, drafts.ErrFrozen) { // sent for signing from another tab
		return see(w, r, base+"/granska")
	}
	if err != nil {
		return err
	}
	f := m.form(ct, d, d.All())
	switch here := base + "/" + step.Key; {
	case m.admit(r, ct) != nil: // the session ran out; the draft has not
		return see(w, r, identity.SignInPath(l.Path(here)))
	case len(faults) > 0:
	case p.has(fieldRemove), p.has(fieldUpload):
		return see(w, r, here+"#main")
	case p.has(fieldAddRow), p.has(fieldRemoveRow), p.has(fieldChild):
		return see(w, r, here+rowPath(ct, p))
	case ct.Question(p.own.Get(fieldSearch)) != nil:
		return see(w, r, here+"?sok="+p.own.Get(fieldSearch)+"#"+p.own.Get(fieldSearch)+"-search")
	case p.has(fieldLater):
		return see(w, r, base+"/sparat")
	case f.look().Stop() != nil: // before faults in the rest of the step: nobody answers more in vain
		return see(w, r, base+"/stopp")
	}
	fresh := appeared(before, f.look().Questions(step.Key))
	wrong := slices.DeleteFunc(f.look().StepFaults(step.Key), func(e casetype.FieldError) bool { return slices.Contains(fresh, e.Question) })
	m.refused(r, ct, step.Key, wrong)
	faults = append(faults, words(l, ct, wrong)...)
	if len(faults) > 0 && ended(r, d) { // shown to the one who comes back
		return see(w, r, base+"/"+step.Key)
	}
	if len(faults) > 0 {
		f.faults = faults
		return m.showStep(w, r, cmp.Or(p.status, http.StatusUnprocessableEntity), step, f)
	}
	if len(fresh) > 0 {
		return see(w, r, base+"/"+step.Key+"?mer=1#"+fresh[0])
	}
	m.once(r, ct, d, step.Key, measure.Passed)
	return see(w, r, base+"/"+after(f.look().Steps(), step, p.own.Get(fieldBack) == "granska"))
}

// rowPath is where a press of a button of rows leads on the page of the step.
func rowPath(ct *casetype.CaseType, p *posted) string {
	if q, n := asksRow(ct, p.own.Get(fieldAddRow)); q != nil {
		return fmt.Sprintf("?rader=%s.%d#%s-%d", q.Key, n, q.Key, n)
	}
	return "#main"
}

// appeared lists the keys of questions that are shown now and were not on the page that was sent. Texts do not count.
func appeared(before, now []*casetype.Question) []string {
	var out []string
	if before == nil {
		return nil
	}
	for _, q := range now {
		if q.Type != casetype.TypeInfo && q.Type != casetype.TypeComputed && !slices.Contains(before, q) {
			out = append(out, q.Key)
		}
	}
	return out
}

// after is where the form goes on: the next step, or the check page when it was the last or the visitor came from there.
func after(visible []*casetype.Step, step *casetype.Step, toReview bool) string {
	i := slices.Index(visible, step)
	if toReview || i < 0 || i == len(visible)-1 {
		return "granska"
	}
	return visible[i+1].Key
}

// keep stores what a step sent, in a new draft if the old one is gone: nothing typed is lost.
func (m *Module) keep(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, step *casetype.Step) (*drafts.Draft, error) {
	ctx := r.Context()
	token := m.ensureToken(w, r)
	apply := func(d *drafts.Draft) {
		sent := p.answers
		if p.cut { // what did not come is not taken away
			sent = maps.Clone(d.Answers)
			maps.Copy(sent, p.answers)
		}
		if step != nil {
			d.Answers = withoutFiles(ct, ct.WithStep(d.Answers, step.Key, sent))
		} else {
			d.Answers = withoutFiles(ct, sent)
		}
		if q, n := asksRow(ct, p.own.Get(fieldRemoveRow)); q != nil {
			d.Answers = withoutRow(ct, d.Answers, q, n)
		}
		if pressed := p.own.Get(fieldChild); pressed != "" {
			d.Answers = withChild(ct, d.Answers, m.children(r, []*casetype.Question{ct.Question(strings.SplitN(pressed, ".", 2)[0])}), pressed)
		}
		d.Files = append(slices.DeleteFunc(slices.Clone(d.Files), func(f drafts.File) bool { return f.Document == p.own.Get(fieldRemove) }), p.files...)
		if who := identity.From(ctx); who != nil {
			d.Person = who.PersonID
		}
	}
	if d == nil {
		d = m.newDraft(r, ct)
		d.Key = p.own.Get(fieldKey)
		if !validKey(d.Key) {
			d.Key = ""
		}
		apply(d)
		return d, m.drafts.Begin(ctx, token, d, p.staged)
	}
	return m.drafts.Change(ctx, d.ID, p.staged, apply)
}

// withoutFiles leaves out answers to file questions: a draft's files are those it has received, not those somebody names.
func withoutFiles(ct *casetype.CaseType, in casetype.Answers) casetype.Answers {
	out := casetype.Answers{}
	for name, v := range in {
		if q := ct.Question(name); q != nil && q.Type == casetype.TypeFile {
			continue
		}
		out[name] = v
	}
	return out
}

// settlePlaces gives places their coordinates: of the address chosen in the list, or of one written just as the register has it. The
// point of an address that has been replaced is forgotten.
func (m *Module) settlePlaces(ct *casetype.CaseType, d *drafts.Draft, p *posted, steps ...*casetype.Step) {
	if m.Addresses == nil {
		return
	}
	if steps == nil {
		for i := range ct.Form.Steps {
			steps = append(steps, &ct.Form.Steps[i])
		}
	}
	for _, step := range steps {
		for i := range step.Questions {
			if q := &step.Questions[i]; q.Type == casetype.TypePlace {
				m.settle(q.Key, d, p)
			}
		}
	}
}

func (m *Module) settle(key string, d *drafts.Draft, p *posted) {
	first := func(a casetype.Answers, part string) string {
		if v := a[key+part]; len(v) > 0 {
			return strings.TrimSpace(v[0])
		}
		return ""
	}
	chosen, picked := m.Addresses.Exactly(p.own.Get(fieldAddress + key))
	lat, lon := first(p.answers, casetype.PartLat), first(p.answers, casetype.PartLon)
	if d != nil && lat != "" {
		if old, ok := m.Addresses.Exactly(first(d.Answers, casetype.PartAddress)); ok &&
			lat == degrees(old.Lat) && lon == degrees(old.Lon) && first(p.answers, casetype.PartAddress) != first(d.Answers, casetype.PartAddress) {
			lat, lon = "", ""
			delete(p.answers, key+casetype.PartLat)
			delete(p.answers, key+casetype.PartLon)
		}
	}
	if !picked && lat == "" && lon == "" {
		chosen, picked = m.Addresses.Exactly(first(p.answers, casetype.PartAddress))
	}
	if picked {
		p.answers[key+casetype.PartAddress] = []string{chosen.Text}
		p.answers[key+casetype.PartLat], p.answers[key+casetype.PartLon] = []string{degrees(chosen.Lat)}, []string{degrees(chosen.Lon)}
	}
}

// saved tells how to go on later.
func (m *Module) saved(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	if d == nil || d.SentAs != "" {
		return see(w, r, "/e-tjanster/"+ct.ID)
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	m.once(r, ct, d, "", measure.Saved)
	page := m.page(r, ui.T(ctx, "public.saved.title"), "/e-tjanster")
	page.Of = ct.Title.In(l.Lang())
	page.NoIndex = true
	return ui.Render(w, r, http.StatusOK, ui.Message{
		Page: page, Lead: ui.T(ctx, "public.saved.lead", "Service", ct.Title.In(l.Lang()), "Date", l.DateTime(d.Expires)),
		Body: plainText(ui.T(ctx, "public.saved.where")),
		Ways: []ui.Link{{Text: ui.T(ctx, "public.saved.go_on"), Href: "/e-tjanster/" + ct.ID + "/" + ct.VisibleSteps(d.All())[0].Key},
			{Text: ui.T(ctx, "public.saved.mine"), Href: "/mina-sidor"}, {Text: ui.T(ctx, "public.discard.title"), Href: "/e-tjanster/" + ct.ID + "/ta-bort"}},
	})
}

// discardAsk asks before what was written is deleted.
func (m *Module) discardAsk(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	base := "/e-tjanster/" + ct.ID
	if d == nil || d.SentAs != "" {
		return see(w, r, base)
	}
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.discard.title"), "/e-tjanster")
	page.Of = ct.Title.In(lang(ctx))
	page.NoIndex = true
	return ui.Render(w, r, http.StatusOK, ui.Question{Page: page, Back: base + "/" + ct.VisibleSteps(d.All())[0].Key, Caption: ct.Title.In(lang(ctx)),
		Lead: ui.T(ctx, "public.discard.lead"), Button: ui.T(ctx, "public.discard.button"), Form: ui.Form{Action: base + "/ta-bort"}})
}

// discard deletes what was written.
func (m *Module) discard(w http.ResponseWriter, r *http.Request) error {
	ct, d, err := m.underWay(r)
	if err != nil {
		return err
	}
	if d != nil && d.SentAs == "" {
		if err := m.drafts.Remove(r.Context(), d.ID, m.token(r), ""); err != nil {
			return err
		}
	}
	return see(w, r, "/e-tjanster/"+ct.ID)
}
