package desk

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/ui"
)

// work is a case in an officer's hands: the case as it is, what was typed about it, and what is wrong with that.
type work struct {
	cases.OfficerView
	typed  url.Values
	files  []*documents.Staged
	faults []ui.FieldError
	notice *ui.Alert
	since  []cases.Event // what has happened since the officer opened the form
}

// get is what was typed in a field.
func (w *work) get(field string) string { return strings.TrimSpace(w.typed.Get(field)) }

// on is the case and the version of it that the officer saw.
func (w *work) on() cases.On {
	n, _ := strconv.Atoi(w.typed.Get(fieldVersion))
	return cases.On{Case: w.Case.ID, Version: max(n, 1)} // a form without version is of an old case
}

func (w *work) fault(field, text string) {
	w.faults = append(w.faults, ui.FieldError{Field: field, Message: text})
}

// command is a page with one form that changes a case.
type command struct {
	path   string // last part of the address, and of the keys of its texts
	right  access.Action
	upload bool
	field  string // what is wrong with the whole is said at this field
	form   func(v *visit, w *work) (ui.Question, error)
	// do carries out what was typed. Faults it puts in w; other errors it returns.
	do func(v *visit, w *work) error
	// adds is set for what only adds to a case: a colleague's change of something else does not stop it.
	adds func(e cases.Event) (disturbs bool)
	// same tells whether an event is what this form did, when it was sent twice; nil: never.
	same func(w *work, e cases.Event) bool
	// phrases is the use of the texts that one can begin from; "" for none.
	phrases pack.PhraseUse
	// stale answers when the case has changed; nil: the form is shown again.
	stale func(v *visit, w *work) error
}

// commands are all that can be done with a case on a page of its own, in the order they are offered.
func commands() []command {
	return []command{messageCommand(), noteCommand(), statusCommand(), decideCommand(), assignCommand(), editCommand(), receiveCommand(), secrecyCommand()}
}

// open reads the case of the address and sees that the officer may do what the page is for.
func (c command) open(v *visit) (*work, error) {
	view, err := v.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return nil, err
	}
	w := &work{OfficerView: view, typed: url.Values{}}
	return w, view.Right(v.Who, c.rightFor(view)).Err()
}

// rightFor is the right the page takes for the case: changing the status of a closed one is to open it again.
func (c command) rightFor(view cases.OfficerView) access.Action {
	if c.right == access.CaseStatus && c.path == "status" && !view.Case.Open {
		return access.CaseReopen
	}
	return c.right
}

// ask shows the empty form.
func (c command) ask(v *visit) error {
	w, err := c.open(v)
	if err != nil {
		return err
	}
	return c.show(v, w, http.StatusOK)
}

// run takes the form in. Whatever goes wrong, the form comes back with what was typed.
func (c command) run(v *visit) error {
	u, err := c.read(v)
	if err != nil {
		return err
	}
	w, err := c.open(v)
	if w == nil {
		return err
	}
	w.typed, w.files, w.faults = u.values, u.staged, u.faults
	var denied *access.Denied
	switch {
	case errors.As(err, &denied):
		w.fault(c.field, v.Why(denied.Decision))
		return c.show(v, w, http.StatusForbidden)
	case err != nil:
		return err
	}
	if who := w.get(fieldWho); who != "" && who != v.Who.Person {
		w.notice = &ui.Alert{Tone: ui.Warning, Title: v.T("desk.other_person"), Text: v.T("desk.other_person_text")}
		return c.show(v, w, http.StatusConflict)
	}
	if w.get(office.FieldAgain) != "" {
		w.notice = &ui.Alert{Tone: ui.Warning, Title: v.T("desk.files_lost"), Text: v.T("desk.files_lost_text")}
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	if len(w.faults) > 0 {
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	if c.phrases != "" && v.Roster != nil && w.get(fieldBegin) != "" {
		return c.begin(v, w)
	}
	if c.phrases != "" {
		if v.gaps(w); len(w.faults) > 0 {
			return c.show(v, w, http.StatusUnprocessableEntity)
		}
	}
	return c.carryOut(v, w)
}

func (c command) read(v *visit) (upload, error) {
	if c.upload {
		return v.readUpload()
	}
	values, err := v.readForm()
	return upload{values: values}, err
}

// carryOut runs the command and answers for how it went.
func (c command) carryOut(v *visit, w *work) error {
	err := c.do(v, w)
	for tries := 0; errors.Is(err, cases.ErrStale) && tries < 3; tries++ {
		view, viewErr := v.Cases.View(v.Ctx(), v.Who, w.Case.ID)
		if viewErr != nil {
			return viewErr
		}
		w.OfficerView = view
		w.since = w.eventsSince()
		if c.same != nil && slices.ContainsFunc(w.since, func(e cases.Event) bool { return e.Actor == v.Who.Person && c.same(w, e) }) {
			err = nil // it was sent twice
			break
		}
		if c.adds == nil || slices.ContainsFunc(w.since, c.adds) {
			break
		}
		w.typed.Set(fieldVersion, strconv.Itoa(view.Case.Version))
		err = c.do(v, w)
	}
	var denied *access.Denied
	switch {
	case err == nil && len(w.faults) > 0:
		return c.show(v, w, http.StatusUnprocessableEntity)
	case err == nil:
		return v.done(casePath(w.Case.ID), c.path)
	case errors.Is(err, cases.ErrStale) && c.stale != nil:
		return c.stale(v, w)
	case errors.Is(err, cases.ErrStale):
		w.typed.Del(fieldVersion) // what has happened is on the page now
		w.typed.Del(fieldSeen)
		w.notice = &ui.Alert{Tone: ui.Warning, Title: v.T("desk.stale"), Text: v.T("desk.stale_text")}
		return c.show(v, w, http.StatusConflict)
	case errors.As(err, &denied):
		w.fault(c.field, v.Why(denied.Decision))
		return c.show(v, w, http.StatusForbidden)
	}
	var missing *cases.MissingError
	if errors.As(err, &missing) {
		w.fault(c.field, v.T("desk.missing", "What", v.lacks(missing.Needs)))
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	if err != nil && len(w.faults) > 0 { // told at their fields
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	if key := problem(err); key != "" {
		w.fault(c.field, v.T("desk.problem."+key))
		return c.show(v, w, http.StatusUnprocessableEntity)
	}
	return err
}

// problem names what the service refuses, for the text that says what to do; "" for what is not the officer's to put right.
func problem(err error) string {
	for _, known := range []struct {
		err error
		key string
	}{
		{cases.ErrEmpty, "empty"}, {cases.ErrNote, "note"}, {cases.ErrDecision, "decision"}, {cases.ErrMove, "move"}, {cases.ErrClosed, "closed"}, {cases.ErrLaw, "law"},
		{cases.ErrWho, "who"}, {cases.ErrNowhere, "nowhere"},
	} {
		if errors.Is(err, known.err) {
			return known.key
		}
	}
	return ""
}

// eventsSince are those that came after the officer opened the form.
func (w *work) eventsSince() []cases.Event {
	seen, err := strconv.Atoi(w.typed.Get(fieldSeen))
	if err != nil {
		return nil
	}
	var out []cases.Event
	for _, e := range w.Events {
		if e.N > seen {
			out = append(out, e)
		}
	}
	return out
}

// show writes the page of the command.
func (c command) show(v *visit, w *work, status int) error {
	q, err := c.form(v, w)
	if err != nil {
		return err
	}
	q.Page = v.Page(v.T("desk.title."+c.path)+" – "+w.Case.Number, pathInbox)
	q.Page.Path = casePath(w.Case.ID) + "/" + c.path
	q.Page.Errors = w.faults
	if w.notice != nil {
		q.Page.Notice = w.notice
	}
	q.Back = casePath(w.Case.ID)
	q.Caption = w.Case.Subject
	q.Form.Action, q.Form.Upload, q.Form.Unsaved = q.Page.Path, c.upload, true
	q.Form.Hidden = append(q.Form.Hidden, v.carried(w)...)
	q.Button = v.T("desk.button." + c.path)
	if c.phrases != "" {
		offered, err := v.phrases(w, c.phrases)
		if err != nil {
			return err
		}
		q.Fields = append(offered, q.Fields...)
	}
	if len(w.since) > 0 {
		q.Fields = append([]templ.Component{v.happened(w)}, q.Fields...)
	}
	return ui.Render(v.W, v.R, status, q)
}

// carried are the hidden fields of every form about a case: the version that the officer has seen, through mistakes as well.
func (v *visit) carried(w *work) []ui.Hidden {
	version, seen := w.typed.Get(fieldVersion), w.typed.Get(fieldSeen)
	if version == "" || seen == "" {
		version, seen = strconv.Itoa(w.Case.Version), strconv.Itoa(w.Case.Events)
	}
	return []ui.Hidden{{Name: fieldVersion, Value: version}, {Name: fieldSeen, Value: seen}, {Name: fieldWho, Value: v.Who.Person}}
}

// happened is what happened since the officer opened the form.
func (v *visit) happened(w *work) templ.Component {
	return v.timeline(w.OfficerView, w.since, v.T("desk.since"))
}

func sortedKeys(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }
