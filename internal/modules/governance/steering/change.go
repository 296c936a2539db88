package steering

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// sheet is a form as it was filled in.
type sheet struct {
	*visit
	values url.Values
	faults []ui.FieldError
}

func (s *sheet) get(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s.values.Get(name), ""), "\r\n", "\n"))
}

func (s *sheet) fault(field, words string) {
	s.faults = append(s.faults, ui.FieldError{Field: field, Message: words})
}

func (s *sheet) faultOf(field string) string {
	var all []string
	for _, f := range s.faults {
		if f.Field == field {
			all = append(all, f.Message)
		}
	}
	return strings.Join(all, " ")
}

// blame puts what the service refused at its fields; false for an error that no field has caused.
func (s *sheet) blame(err error) bool {
	var wrong InvalidError
	switch {
	case errors.As(err, &wrong):
		for _, f := range wrong {
			s.fault(f.Field, s.T("steering.fault."+f.Field+"."+string(f.Problem), "Name", f.Name, "Line", f.Line, "Day", s.L.Date(f.Day)))
		}
	case errors.Is(err, store.ErrConflict):
		s.fault(FieldText, s.T("steering.fault.conflict"))
	case errors.Is(err, ErrPrepared):
		s.fault(FieldText, s.T("steering.fault.prepared"))
	default:
		return false
	}
	return true
}

func (s *sheet) field(name string, optional bool) ui.Field {
	return ui.Field{Name: name, Label: s.T("steering.field." + name), Hint: s.T("steering.hint." + name), Error: s.faultOf(name), Optional: optional}
}

func (s *sheet) date(name string) calendar.Date {
	d, err := calendar.ParseDate(s.get(name))
	if err != nil && s.get(name) != "" {
		s.fault(name, s.T("steering.fault.date"))
	}
	return d
}

func (s *sheet) revision() int64 {
	n, _ := strconv.ParseInt(s.get("revision"), 10, 64) //nolint:errcheck // what is no number is no revision: a conflict
	return n
}

// beginning writes a document that is not here yet.
func beginning(v *visit) error {
	if !v.writes() {
		var all []pack.SteeringHolder
		for _, t := range v.Types() {
			all = append(all, t.WrittenBy...)
		}
		_, err := v.need(v.Who, all)
		return err
	}
	s := &sheet{visit: v, values: url.Values{FieldText: {v.T("steering.example")}}}
	if v.R.Method != http.MethodPost {
		return s.write(http.StatusOK, nil)
	}
	return s.save(nil)
}

// writing changes a draft, or begins a new version of what is adopted.
func writing(v *visit) error {
	x, err := v.asked(v.R)
	if err != nil {
		return err
	}
	t := v.Type(x.Type)
	if t == nil {
		return store.ErrNotFound
	}
	if _, err := v.need(v.Who, t.WrittenBy); err != nil {
		return err
	}
	if x.State != Draft && x.State != Adopted {
		return v.See(x.StaffPath())
	}
	s := &sheet{visit: v}
	if v.R.Method == http.MethodPost {
		return s.save(x)
	}
	s.values = url.Values{FieldTitle: {x.Title[i18n.SV]}, FieldTitle + "-en": {x.Title[i18n.EN]}, FieldText: {Format(x.Sections)}, "revision": {"0"}}
	for _, c := range x.Cites {
		s.values.Add(FieldCites, c.Document+"#"+c.Section)
	}
	if x.State == Draft {
		s.values.Set("revision", strconv.FormatInt(x.Revision, 10))
	}
	for name, on := range map[string]bool{"offentlig": x.Public, "kvittens": x.Acknowledge} {
		if on {
			s.values.Set(name, "1")
		}
	}
	return s.write(http.StatusOK, x)
}

// save stores what was written. x is the version it was begun from, nil for a new document.
func (s *sheet) save(x *Version) error {
	var err error
	if s.values, err = s.Form(); err != nil {
		return err
	}
	w := Writing{Document: s.get(FieldKey), Type: s.get(FieldType), Title: i18n.Text{i18n.SV: s.get(FieldTitle), i18n.EN: s.get(FieldTitle + "-en")},
		Public: s.get("offentlig") != "", Acknowledge: s.get("kvittens") != "", Revision: s.revision()}
	if x != nil {
		w.Document, w.Type, w.Note = x.Document, x.Type, x.Note
	}
	for _, c := range s.values[FieldCites] {
		if document, section, ok := strings.Cut(c, "#"); ok {
			w.Cites = append(w.Cites, pack.SteeringCitation{Document: document, Section: section})
		}
	}
	var wrong []TextError
	w.Sections, wrong = Parse(s.values.Get(FieldText))
	for _, e := range wrong {
		s.fault(FieldText, s.T("steering.fault.line", "Line", e.Line, "What", s.T("steering.fault.line."+string(e.Problem), "Name", e.Name)))
	}
	if len(s.faults) > 0 {
		return s.write(http.StatusUnprocessableEntity, x)
	}
	v, err := s.Write(s.Ctx(), s.Who, w)
	if err != nil {
		if !s.blame(err) {
			return err
		}
		return s.write(http.StatusUnprocessableEntity, x)
	}
	if t := s.Type(v.Type); x == nil && t != nil && len(t.Cites) > 0 {
		return s.Done(v.StaffPath()+"/skriv", "steering.said.saved_cites")
	}
	return s.Done(v.StaffPath(), "steering.said.saved")
}

// write is the form of a draft.
func (s *sheet) write(status int, x *Version) error {
	q := ui.Question{Page: s.page(s.T("steering.write_new"), PathStaff), Back: PathStaff, Button: s.T("steering.save"), Form: ui.Form{Action: pathNew, Unsaved: true}}
	if x != nil {
		q.Page = s.page(s.T("steering.write_title", "Title", x.Title.In(s.Lang())), PathStaff, ui.Link{Text: x.Title.In(s.Lang()), Href: x.StaffPath()})
		q.Back, q.Form.Action = x.StaffPath(), x.StaffPath()+"/skriv"
		q.Form.Hidden = []ui.Hidden{{Name: "revision", Value: s.get("revision")}}
	} else {
		var types []ui.Option
		for _, t := range s.Types() {
			if s.MayWrite(s.Who, &t) {
				types = append(types, ui.Option{Value: t.Key, Label: t.Title.In(s.Lang()), Hint: s.T("steering.decided_by", "Who", s.decider(s.L, t.Key)), Chosen: s.get(FieldType) == t.Key})
			}
		}
		q.Fields = append(q.Fields, ui.Radios{Field: s.field(FieldType, false), Options: types},
			ui.Input{Field: s.field(FieldKey, false), Value: s.get(FieldKey), Width: 30, NoSpell: true})
	}
	q.Errors = s.faults
	q.Fields = append(q.Fields, ui.Input{Field: s.field(FieldTitle, false), Value: s.get(FieldTitle)}, ui.Input{Field: s.field(FieldTitle+"-en", false), Value: s.get(FieldTitle + "-en")})
	if x != nil { // of a new document the type is not known yet
		cites, err := s.citable(x)
		if err != nil {
			return err
		}
		if len(cites) > 0 {
			q.Fields = append(q.Fields, ui.Checkboxes{Field: s.field(FieldCites, true), Options: cites})
		}
	}
	q.Fields = append(q.Fields, ui.Textarea{Field: s.field(FieldText, false), Value: s.values.Get(FieldText), Rows: 24},
		ui.Checkbox{Field: s.field("offentlig", false), Value: "1", Checked: s.get("offentlig") != ""}, ui.Checkbox{Field: s.field("kvittens", false), Value: "1", Checked: s.get("kvittens") != ""})
	return ui.Render(s.W, s.R, status, q)
}

// citable are the sections that a document can rest on: of what applies, of the types that its own type rests on.
func (s *sheet) citable(x *Version) ([]ui.Option, error) {
	list, err := s.InForce(s.Ctx(), s.on)
	if err != nil {
		return nil, err
	}
	t := s.Type(x.Type)
	if t == nil {
		return nil, nil
	}
	var out []ui.Option
	for _, row := range list {
		if !slices.Contains(t.Cites, row.Type) || row.Document == x.Document {
			continue
		}
		whole, err := s.Version(s.Ctx(), row.Document, row.Number)
		if err != nil {
			return nil, err
		}
		for _, sec := range whole.Sections {
			value := row.Document + "#" + sec.ID
			out = append(out, ui.Option{Value: value, Label: s.T("steering.cited", "Title", row.Title.In(s.Lang()), "Section", sec.Title), Chosen: slices.Contains(s.values[FieldCites], value)})
		}
	}
	return out, nil
}

// step reads the form of a button and finds the version.
func (v *visit) step() (*Version, int64, error) {
	form, err := v.Form()
	if err != nil {
		return nil, 0, err
	}
	x, err := v.asked(v.R)
	if err != nil {
		return nil, 0, err
	}
	n, _ := strconv.ParseInt(form.Get("revision"), 10, 64) //nolint:errcheck // what is no number is no revision: a conflict
	return x, n, nil
}

// prepare says that a draft is ready for the body.
func prepare(v *visit) error {
	x, n, err := v.step()
	if err != nil {
		return err
	}
	err = v.Prepare(v.Ctx(), v.Who, x.ID, n)
	s := &sheet{visit: v}
	var wrong InvalidError
	if errors.As(err, &wrong) && s.blame(err) { // shown where it is put right
		s.values = url.Values{FieldTitle: {x.Title[i18n.SV]}, FieldTitle + "-en": {x.Title[i18n.EN]}, FieldText: {Format(x.Sections)}, "revision": {strconv.FormatInt(x.Revision, 10)}}
		if x.Public {
			s.values.Set("offentlig", "1")
		}
		if x.Acknowledge {
			s.values.Set("kvittens", "1")
		}
		return s.write(http.StatusUnprocessableEntity, x)
	}
	return v.moved(x, err, "prepared")
}

// reopen takes a prepared version back.
func reopen(v *visit) error {
	x, n, err := v.step()
	if err != nil {
		return err
	}
	return v.moved(x, v.Reopen(v.Ctx(), v.Who, x.ID, n), "reopened")
}

// moved leads back to a version; somebody else may have been first.
func (v *visit) moved(x *Version, err error, key string) error {
	if errors.Is(err, store.ErrConflict) {
		key, err = "conflict", nil
	}
	if err != nil {
		return err
	}
	return v.Done(x.StaffPath(), "steering.said."+key)
}

// acknowledge notes that the official has read a version.
func acknowledge(v *visit) error {
	x, _, err := v.step()
	if err != nil {
		return err
	}
	err = v.Acknowledge(v.Ctx(), v.Who, x.ID)
	if errors.Is(err, ErrNotInForce) {
		return v.Done(x.StaffPath(), "steering.said.not_in_force")
	}
	return v.moved(x, err, "read")
}

// adopting registers that a body has adopted a prepared version.
func adopting(v *visit) error {
	return decide(v, "adopt", "/faststall", Prepared, func(s *sheet, x *Version) error {
		a := Adoption{Decision: s.get(FieldDecision), From: s.date(FieldFrom), Review: s.date(FieldReview), Revision: s.revision()}
		if len(s.faults) > 0 {
			return InvalidError{}
		}
		return v.Adopt(v.Ctx(), v.Who, x.ID, a)
	}, "adopted")
}

// repealing registers that a body has repealed a version.
func repealing(v *visit) error {
	return decide(v, "repeal", "/upphav", Adopted, func(s *sheet, x *Version) error {
		last := s.date(FieldTo)
		if len(s.faults) > 0 {
			return InvalidError{}
		}
		return v.Repeal(v.Ctx(), v.Who, x.ID, s.get(FieldDecision), last, s.revision())
	}, "repealed")
}

// decide is the page of a decision about a version that stands in a state.
func decide(v *visit, key, path string, from State, do func(s *sheet, x *Version) error, said string) error {
	x, err := v.asked(v.R)
	if v.R.Method == http.MethodPost && !v.MayAnywhere(access.GovernanceTakePart) {
		return v.refuse(x)
	}
	if err != nil {
		return err
	}
	s := &sheet{visit: v, values: url.Values{"revision": {strconv.FormatInt(x.Revision, 10)}}}
	status := http.StatusOK
	if v.R.Method == http.MethodPost {
		if s.values, err = v.Form(); err != nil {
			return err
		}
		err = do(s, x)
		var wrong InvalidError
		switch {
		case err == nil:
			return v.Done(x.StaffPath(), "steering.said."+said)
		case errors.As(err, &wrong):
			s.blame(err)
			status = http.StatusUnprocessableEntity
		case errors.Is(err, store.ErrConflict), errors.Is(err, ErrNotPrepared):
			return v.Done(x.StaffPath(), "steering.said.conflict")
		default:
			return err
		}
	}
	if x.State != from {
		return v.See(x.StaffPath())
	}
	title := x.Title.In(v.Lang())
	q := ui.Question{Page: v.page(v.T("steering.act."+key+"_title", "Title", title), PathStaff, ui.Link{Text: title, Href: x.StaffPath()}), Back: x.StaffPath(), Button: v.T("steering.act." + key), Lead: v.T("steering.decided_by", "Who", v.decider(v.L, x.Type)),
		Form: ui.Form{Action: x.StaffPath() + path, Hidden: []ui.Hidden{{Name: "revision", Value: s.get("revision")}}}}
	q.Of, q.Errors = v.T("steering.version_n", "N", x.Number), s.faults
	if of, ok := v.DecidingBody(v.Type(x.Type)); ok {
		list, err := v.DecisionsOf(v.Ctx(), of.ID, x.Document)
		if err != nil {
			return err
		}
		var options []ui.Option
		for _, d := range list {
			options = append(options, ui.Option{Value: d.ID, Label: decided(v.L, d) + ": " + short80(d.Text), Chosen: s.get(FieldDecision) == d.ID})
		}
		q.Fields = append(q.Fields, ui.Select{Field: s.field(FieldDecision, false), Options: options, Empty: true})
	}
	names := []string{FieldFrom, FieldReview}
	if from == Adopted {
		names = []string{FieldTo}
	}
	for _, name := range names {
		q.Fields = append(q.Fields, ui.Input{Field: s.field(name, name != FieldTo), Value: s.get(name), Width: 12, NoSpell: true})
	}
	return ui.Render(v.W, v.R, status, q)
}

// refuse tells somebody who changes nothing here whose a decision is; x is nil where there is no such document.
func (v *visit) refuse(x *Version) error {
	if x != nil {
		if t := v.Type(x.Type); t != nil {
			if row := v.Dir.ReservedTo(x.Member, t.Action, v.Today()); row != nil {
				return &bodies.ReservedError{Action: t.Action, Member: x.Member, Body: row.Body, Sentence: row.Sentence, Text: row.Text, Reason: bodies.NoDecision}
			}
		}
	}
	return access.Check(v.Who, access.GovernanceTakePart, access.Object{}).Err()
}

// short80 is the beginning of a text, for a list of choices.
func short80(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= 80 {
		return string(r)
	}
	return string(r[:79]) + "…"
}
