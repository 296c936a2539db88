package authority

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

const pageSize = 50

// decisions lists the register of decisions, the latest first.
func decisions(v *visit) error {
	q := v.R.URL.Query()
	ask := bodies.DecisionQuestion{Body: q.Get("organ"), Members: v.members(), To: v.on, Limit: pageSize + 1, AfterID: q.Get("efter")}
	var err error
	if s := q.Get("fran"); s != "" {
		if ask.From, err = calendar.ParseDate(s); err != nil {
			return errors.Join(web.ErrBadRequest, err)
		}
	}
	if s := q.Get("efterdag"); s != "" && ask.AfterID != "" {
		if ask.AfterDay, err = calendar.ParseDate(s); err != nil {
			return errors.Join(web.ErrBadRequest, err)
		}
	}
	list, err := v.Service.Organisation.Decisions(v.Ctx(), ask)
	if err != nil {
		return err
	}
	p := ui.List{Page: v.page(v.T("authority.decisions"), Path), Lead: v.T("authority.decisions_lead"), Tabs: v.tabs(Path), Found: -1}
	var options []ui.Option
	for _, member := range v.members() {
		for _, b := range v.Dir.Bodies(member) {
			options = append(options, ui.Option{Value: b.ID, Label: b.Name.In(v.Lang()), Chosen: b.ID == ask.Body})
		}
	}
	p.Filter = &ui.Filter{Action: Path, Clear: Path, Open: ask.Body != "" || !ask.From.IsZero() || v.past(), Fields: []templ.Component{
		ui.Select{Field: ui.Field{Name: "organ", Label: v.T("authority.field.organ"), Optional: true}, Options: options, Empty: true},
		ui.Input{Field: ui.Field{Name: "fran", Label: v.T("authority.from_day"), Hint: v.T("authority.day_hint"), Optional: true}, Value: q.Get("fran"), Width: 12, NoSpell: true},
		v.perField()}}
	if !v.past() && (v.MayAnywhere(access.DecisionRegister) || len(v.mine()) > 0) {
		p.Actions = []templ.Component{ui.Button{Text: v.T("authority.register"), Href: pathNew, Variant: ui.Primary}}
	}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("authority.no_decisions"), Text: v.T("authority.no_decisions_text")}
		return ui.Render(v.W, v.R, http.StatusOK, p)
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		last := list[pageSize-1]
		next := url.Values{"organ": {ask.Body}, "fran": {q.Get("fran")}, "per": {v.on.String()}, "efter": {last.ID}, "efterdag": {last.On.String()}}
		p.Pager = &ui.Pager{Next: Path + "?" + next.Encode()}
	}
	t := ui.Table{Caption: v.T("authority.decisions"), HideCaption: true, Columns: []ui.Column{{Title: v.T("authority.decision")}, {Title: v.T("authority.field.text")}, {Title: v.T("authority.state")}}}
	for _, d := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.title(d.Decision), Href: v.at(Path + "/" + d.ID)}, {Text: short(d.Text)}, {Body: v.stateOf(d.Revoked)}}})
	}
	p.Table = t
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// stateOf tells whether a decision holds on the day of the page.
func (v *visit) stateOf(revoked calendar.Date) ui.Tag {
	switch {
	case revoked.IsZero():
		return ui.Tag{Text: v.T("authority.holds"), Tone: ui.Success}
	case revoked.After(v.on):
		return ui.Tag{Text: v.T("authority.revoked_later", "Day", revoked.String()), Tone: ui.Warning}
	}
	return ui.Tag{Text: v.T("authority.revoked", "Day", revoked.String()), Tone: ui.Danger}
}

// decision is the page of one decision: what it says, what rests on it, and whether it holds.
func decision(v *visit) error {
	d, err := v.Service.Organisation.Decision(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	body, _ := v.Dir.Body(d.Body)
	if err := v.reads(body.Member); err != nil {
		return err
	}
	if d.On.After(v.on) { // it was not taken yet
		return store.ErrNotFound
	}
	p := ui.Read{Page: v.page(v.title(d), Path, v.crumb("authority.decisions", Path))}
	of, err := v.Service.Organisation.RevocationOf(v.Ctx(), d.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	facts := []ui.Fact{{Name: v.T("authority.state"), Body: v.stateOf(of.From)}, {Name: v.T("authority.field.organ"), Value: v.body(d.Body)}, {Name: v.T("authority.field.dag"), Value: d.On.String()},
		{Name: v.T("authority.field.paragraf"), Value: d.Paragraph}, {Name: v.T("authority.field.dnr"), Value: d.Dnr}}
	link := func(name, id string) error {
		l, err := v.decisionLink(id)
		facts = append(facts, ui.Fact{Name: name, Body: ui.Links{l}})
		return err
	}
	if d.DelegationOf != "" {
		if err := link(v.T("authority.field.delegation"), d.DelegationOf); err != nil {
			return err
		}
	}
	if of.By != "" {
		if err := link(v.T("authority.revoked_by"), of.By); err != nil {
			return err
		}
	}
	file, err := v.ProtocolOf(v.Ctx(), d.ID)
	switch {
	case err == nil:
		facts = append(facts, ui.Fact{Name: v.T("authority.field.fil"), Body: ui.Links{{Text: file.Name, Href: Path + "/" + d.ID + "/protokoll", Hint: "SHA-256 " + d.ProtocolSHA256}}})
	case errors.Is(err, store.ErrNotFound):
		facts = append(facts, ui.Fact{Name: v.T("authority.field.fil"), Value: v.T("authority.no_protocol")})
	default:
		return err
	}
	by := v.T("authority.imported")
	if !d.Imported {
		by = v.Person(d.RegisteredBy)
	}
	facts = append(facts, ui.Fact{Name: v.T("authority.registered_by"), Value: by}, ui.Fact{Name: v.T("authority.registered_at"), Value: v.L.DateTime(d.RegisteredAt)})
	parts := []templ.Component{ui.P(d.Text), ui.Summary{Facts: facts}}
	for _, g := range d.Delegates {
		to := v.body(g.Body)
		if g.Role != "" {
			to = v.role(g.Role)
		}
		parts = append(parts, ui.P(v.T("authority.delegates", "Action", v.action(body.Member, g.Action), "To", to, "Days", days(g.From, g.To))))
	}
	rest, err := v.resting(d.ID)
	if err != nil {
		return err
	}
	parts = append(parts, rest...)
	if !v.past() && of.By == "" && access.Check(v.Who, access.DecisionRegister, bodyObject(body)).Allowed {
		parts = append(parts, ui.Button{Text: v.T("authority.revoke"), Href: Path + "/" + d.ID + "/upphav", Variant: ui.Secondary})
	}
	parts = append(parts, v.perForm(Path+"/"+d.ID))
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, parts...))
}

// resting is what rests on a decision.
func (v *visit) resting(id string) ([]templ.Component, error) {
	var links ui.Links
	for _, m := range v.Dir.RestingOn(id) {
		links = append(links, ui.Link{Text: v.role(m.Role) + ", " + v.place(m.Place), Href: v.at(PathMandates + "/" + m.ID), Hint: v.Person(m.Person) + " " + days(m.From, m.Last())})
	}
	avsteg, err := v.Deviations.List(v.Ctx(), deviation.Question{Decision: id, On: v.on, Limit: pageSize})
	if err != nil {
		return nil, err
	}
	for _, d := range avsteg {
		links = append(links, ui.Link{Text: v.T("authority.deviation") + " " + d.Sentence + ": " + d.Name, Href: v.at(PathDeviation + "/" + d.ID), Hint: days(d.From, d.Last())})
	}
	gone, err := v.Service.Organisation.RevokedBy(v.Ctx(), id)
	if err != nil {
		return nil, err
	}
	for _, d := range gone {
		links = append(links, ui.Link{Text: v.T("authority.revokes", "Decision", v.title(d)), Href: v.at(Path + "/" + d.ID)})
	}
	if len(links) == 0 {
		return nil, nil
	}
	return []templ.Component{ui.H2(v.T("authority.resting")), links}, nil
}

// protocol sends the protokoll of a decision.
func protocol(v *visit) error {
	d, err := v.Service.Organisation.Decision(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	body, _ := v.Dir.Body(d.Body)
	if err := v.reads(body.Member); err != nil {
		return err
	}
	info, file, err := v.Service.Open(v.Ctx(), d.ID)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	h := v.W.Header()
	h.Set("Content-Type", info.MIME)
	h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": info.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	web.KeepSending(v.W, time.Duration(info.Size>>20+1)*10*time.Second)
	if _, err := io.Copy(v.W, file); err != nil {
		return fmt.Errorf("sending a protokoll: %w", err)
	}
	return nil
}

// Limits of the form.
const (
	maxFile  = 25 << 20 // bytes
	maxForm  = 256 << 10
	fileRate = 20e9 // nanoseconds a megabyte may take
)

// registering asks for a decision and registers it.
func registering(v *visit) error {
	s := &sheet{visit: v, values: v.R.URL.Query()}
	if !s.posted() {
		return s.showDecision()
	}
	file, err := s.read()
	if err != nil {
		return err
	}
	s.need("organ", "dag", "text")
	if s.get("delegation") == "" {
		s.need("paragraf")
	}
	d := bodies.Decision{Body: s.get("organ"), On: s.date("dag"), Paragraph: s.get("paragraf"), Dnr: s.get("dnr"), Text: s.get("text"), DelegationOf: s.get("delegation")}
	if d.On.After(v.Visit.Today()) {
		s.fault("dag", v.T("authority.fault.on"))
	}
	if len([]rune(d.Text)) > maxText {
		s.fault("text", v.T("authority.too_long", "Max", v.L.Number(maxText)))
	}
	if len(s.faults) == 0 {
		done, err := v.Register(v.Ctx(), v.Who, d, file)
		if err == nil {
			return v.Done(Path+"/"+done.ID, "authorities.said.registered")
		}
		var twice *TwiceError
		if errors.As(err, &twice) {
			s.values.Set("redan", twice.ID)
		}
		if err := s.refused(err); err != nil {
			return err
		}
	}
	if file != nil { // a file is not sent twice by itself
		s.fault("fil", v.T("authority.file_again"))
	}
	return s.showDecision()
}

// read takes the form in, with its file.
func (s *sheet) read() (*documents.Staged, error) {
	limits := formdata.Limits{Fields: 20, NameBytes: 100, FieldBytes: maxForm, TextBytes: maxForm, Files: 1, FileBytes: 2 * maxFile, TotalBytes: maxFile + 1<<20}
	web.AllowUpload(s.W, s.R, limits.TotalBytes+1, fileRate)
	var file *documents.Staged
	var err error
	s.values, err = formdata.Read(s.R, limits, func(f formdata.Upload) error {
		staged, err := s.Vault.Stage(s.Ctx(), f, documents.Meta{Name: f.Name, By: s.Who.Person, Limits: documents.Limits{MaxBytes: maxFile, Types: []string{documents.PDF}, Original: true}})
		if documents.Problem(err) != "" {
			s.fault("fil", s.T("authority.bad_file"))
			return nil
		}
		file = staged
		return err
	})
	var large formdata.TooLargeError
	if errors.As(err, &large) && (large.What == formdata.File || large.What == formdata.Body) {
		s.fault("fil", s.T("authority.bad_file"))
		err = nil
	}
	return file, err
}

func (s *sheet) showDecision() error {
	mine := s.mine()
	delegated := s.get("delegation")
	if from, err := s.Service.Organisation.Decision(s.Ctx(), delegated); err == nil {
		if b, ok := s.Dir.Body(from.Body); ok {
			mine = []bodies.Body{b}
			s.values.Set("organ", b.ID)
		}
	}
	if len(mine) == 0 {
		return access.Check(s.Who, access.DecisionRegister, access.Object{Member: s.home()}).Err()
	}
	var options []ui.Option
	for _, b := range mine {
		options = append(options, ui.Option{Value: b.ID, Label: b.Name.In(s.Lang()), Chosen: b.ID == s.get("organ") || len(mine) == 1})
	}
	var fields []templ.Component
	if id := s.get("redan"); id != "" {
		fields = append(fields, ui.Links{{Text: s.T("authority.see_registered"), Href: Path + "/" + id}})
	}
	fields = append(fields, ui.Radios{Field: s.field("organ", false), Options: options}, s.line("dag", 12, false), s.line("paragraf", 12, delegated != ""), s.line("dnr", 24, true), s.area("text", false),
		ui.FileInput{Field: s.field("fil", true), Accept: documents.PDF})
	q := ui.Question{Page: s.page(s.T("authority.register"), Path, s.crumb("authority.decisions", Path)), Lead: s.T("authority.register_lead"), Back: Path, Button: s.T("authority.register"), Fields: fields,
		Form: ui.Form{Action: pathNew, Upload: true, Unsaved: true, Hidden: []ui.Hidden{{Name: "delegation", Value: delegated}}}}
	q.Errors = s.faults
	return ui.Render(s.W, s.R, s.status(), q)
}

// revoking registers that a later decision revokes one.
func revoking(v *visit) error {
	d, err := v.Service.Organisation.Decision(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	body, _ := v.Dir.Body(d.Body)
	if err := access.Check(v.Who, access.DecisionRegister, bodyObject(body)).Err(); err != nil {
		return err
	}
	s, err := v.fill()
	if err != nil {
		return err
	}
	path := Path + "/" + d.ID
	if s.posted() {
		s.need("beslut", "fran")
		from := s.date("fran")
		if len(s.faults) == 0 {
			err := v.Revoke(v.Ctx(), v.Who, bodies.Revocation{Decision: d.ID, By: s.get("beslut"), From: from})
			if err == nil {
				return v.Done(path, "authorities.said.revoked")
			}
			if errors.Is(err, store.ErrConflict) {
				s.fault("beslut", v.T("authority.revoked_already"))
			} else if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	field, err := s.decision(d.Body, false)
	if err != nil {
		return err
	}
	return s.show(v.T("authority.revoke"), v.T("authority.revoke_lead", "Decision", v.title(d)), Path, v.T("authority.revoke"), path+"/upphav", field, s.line("fran", 12, false))
}
