package notice

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/paper"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

// kept lists the notices of the bodies that the official keeps the board for.
func kept(v *visit) error {
	mine := v.mine()
	if len(mine) == 0 {
		return store.ErrNotFound
	}
	body := mine[0]
	for _, b := range mine {
		if b.ID == v.R.URL.Query().Get("organ") {
			body = b
		}
	}
	list, err := v.Kept(v.Ctx(), v.Who, body.ID)
	if err != nil {
		return err
	}
	p := ui.List{Page: v.Visit.Page(v.T("notice.staff"), PathStaff), Lead: v.T("notice.staff_lead"), Found: -1}
	p.Path = PathStaff + "?organ=" + url.QueryEscape(body.ID)
	for i, kind := range Kinds() {
		b := ui.Button{Text: v.T("notice.new." + string(kind)), Href: pathNew + "/" + string(kind) + "?organ=" + url.QueryEscape(body.ID), Variant: ui.Secondary}
		if i == 1 {
			b.Variant = ui.Primary
		}
		p.Actions = append(p.Actions, b)
	}
	if len(mine) > 1 {
		p.Tabs = &ui.Tabs{Label: v.T("notice.body")}
		for _, b := range mine {
			p.Tabs.Links = append(p.Tabs.Links, ui.Link{Text: b.Name.In(v.Lang()), Href: PathStaff + "?organ=" + url.QueryEscape(b.ID), Current: b.ID == body.ID})
		}
	}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("notice.none"), Text: v.T("notice.none_text")}
		return ui.Render(v.W, v.R, http.StatusOK, p)
	}
	t := ui.Table{ID: "anslag", Caption: v.T("notice.staff"), HideCaption: true, Columns: []ui.Column{{Title: v.T("notice.what")}, {Title: v.T("notice.announced")}, {Title: v.T("notice.last")}, {Title: v.T("notice.state")}}}
	for _, n := range list {
		tag := ui.Tag{Text: v.T("notice.up"), Tone: ui.Success}
		if !n.Up() {
			tag = ui.Tag{Text: v.T("notice.down")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.titleOf(v.L, n), Href: PathStaff + "/" + n.ID}, {Text: n.First.String()}, {Text: n.Last.String()}, {Body: tag}}})
	}
	p.Table = t
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// one is a notice for those who keep it: the proof of its time, and what can be done.
func one(v *visit) error {
	n, err := v.Notice(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.Visit.Page(v.titleOf(v.L, n), PathStaff, ui.Link{Text: v.T("notice.staff"), Href: PathStaff})}
	facts := append(v.facts(v.L, n), ui.Fact{Name: v.T("notice.up_at"), Value: v.L.DateTime(n.At)})
	if !n.Up() {
		facts = append(facts, ui.Fact{Name: v.T("notice.down_at"), Value: v.L.DateTime(n.Down)})
	}
	if n.SHA256 != "" {
		facts = append(facts, ui.Fact{Name: n.FileName, Value: v.T("notice.sha", "SHA", n.SHA256)})
	}
	facts = append(facts, ui.Fact{Name: v.T("notice.id"), Value: n.ID})
	var parts []templ.Component
	for _, late := range n.Late {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Text: v.T("notice.late." + string(late))})
	}
	parts = append(parts, ui.Summary{Facts: facts})
	if n.Text != "" {
		parts = append(parts, ui.P(n.Text))
	}
	links := ui.Links{{Text: v.T("notice.correct"), Href: pathNew + "/" + string(n.Kind) + "?organ=" + url.QueryEscape(n.Body) + "&rattar=" + n.ID}}
	switch {
	case !n.Up():
		links = append(links, ui.Link{Text: v.T("notice.proof"), Href: PathStaff + "/" + n.ID + "/bevis.pdf"})
	default:
		links = append(links, ui.Link{Text: v.T("notice.see"), Href: Path + "/" + n.ID})
	}
	parts = append(parts, links)
	if n.Up() {
		parts = append(parts, ui.Post{Button: ui.Button{Text: v.T("notice.take_down"), Variant: ui.Secondary}, To: PathStaff + "/" + n.ID + "/ta-ner"})
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, parts...))
}

// takeDown takes a notice down whose time is out, and refuses before.
func takeDown(v *visit) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.R.PathValue("id")
	err := v.Remove(v.Ctx(), v.Who, id)
	var early *EarlyError
	switch {
	case errors.As(err, &early):
		p := ui.Message{Page: v.Visit.Page(v.T("notice.early"), PathStaff), Lead: v.T("notice.early_text", "Last", v.L.Date(early.Last)), Ways: []ui.Link{{Text: v.T("notice.back"), Href: PathStaff + "/" + id}}}
		return ui.Render(v.W, v.R, http.StatusConflict, p)
	case err != nil && !errors.Is(err, ErrDown):
		return err
	}
	return v.Done(PathStaff+"/"+id, "notices.said.down")
}

// proof is the paper that says how long a notice was up (KL 8 kap. 10 § third paragraph).
func proof(v *visit) error {
	n, err := v.Notice(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if n.Up() {
		return store.ErrNotFound
	}
	s := paper.Sheet{Lang: v.Lang(), Sender: v.Town.In(v.Lang()), Title: v.T("notice.proof"), Lead: v.T("notice.proof_lead", "Title", v.titleOf(v.L, n)), Foot: n.ID, At: n.Down}
	facts := paper.Facts{{Name: v.T("notice.up_at"), Values: []string{v.L.DateTime(n.At)}}, {Name: v.T("notice.down_at"), Values: []string{v.L.DateTime(n.Down)}}}
	if n.Asked != "" {
		facts = append(facts, paper.Fact{Name: v.T("notice.asked"), Values: []string{n.Asked}})
	}
	for _, f := range v.facts(v.L, n) {
		facts = append(facts, paper.Fact{Name: f.Name, Values: []string{f.Value}})
	}
	s.Parts = []paper.Part{facts}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", documents.PDF)
	v.W.Header().Set("Content-Disposition", `attachment; filename="bevis.pdf"`)
	if _, err := v.W.Write(b.Bytes()); err != nil {
		return fmt.Errorf("sending the proof of a notice: %w", err)
	}
	return nil
}

// Limits of the form.
const (
	maxFile  = 25 << 20 // bytes
	maxText  = 8000     // characters
	maxForm  = 256 << 10
	fileRate = 20e9 // nanoseconds a megabyte may take
)

// sheet is the form as it was filled in.
type sheet struct {
	v      *visit
	kind   Kind
	values url.Values
	faults []ui.FieldError
	file   *documents.Staged
}

func (s *sheet) get(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s.values.Get(name), ""), "\r\n", "\n"))
}

func (s *sheet) fault(field, words string) {
	if s.faultOf(field) == "" {
		s.faults = append(s.faults, ui.FieldError{Field: field, Message: words})
	}
}

func (s *sheet) faultOf(field string) string {
	for _, f := range s.faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

func (s *sheet) date(field string) calendar.Date {
	d, err := calendar.ParseDate(s.get(field))
	if err != nil && s.get(field) != "" {
		s.fault(field, s.v.T("notice.bad_date"))
	}
	return d
}

// announcing asks for a notice and puts it on the board.
func announcing(v *visit) error {
	s := &sheet{v: v, kind: Kind(v.R.PathValue("kind"))}
	if !slices.Contains(Kinds(), s.kind) {
		return store.ErrNotFound
	}
	if v.R.Method != http.MethodPost {
		s.values = v.R.URL.Query()
		return s.show(http.StatusOK)
	}
	if err := s.read(); err != nil {
		return err
	}
	d := Draft{Kind: s.kind, Body: s.get("organ"), Title: s.get("rubrik"), Text: s.get("text"), Meeting: s.date("sammantrade"), Time: s.get("tid"), Place: s.get("plats"), Adjusted: s.date("justerat"),
		Part: s.get("paragraf"), Kept: s.get("finns"), Contact: s.get("kontakt"), Law: s.get("lag"), Asked: s.get("begart"), Until: s.date("till"), Decision: s.get("beslut"), Corrects: s.get("rattar"), Screened: s.get("granskad") != ""}
	if len([]rune(d.Text)) > maxText {
		s.fault("text", v.T("notice.too_long", "Max", v.L.Number(maxText)))
	}
	if len(s.faults) > 0 {
		return s.show(http.StatusUnprocessableEntity)
	}
	n, err := v.Announce(v.Ctx(), v.Who, d, s.file)
	var facts *FactError
	switch {
	case errors.As(err, &facts):
		for _, f := range facts.Fields {
			s.fault(f.Field, v.T("notice.fact."+string(f.Fact)))
		}
	case errors.Is(err, ErrTwice):
		s.fault(map[Kind]string{Minutes: "sammantrade", Delegated: "beslut"}[s.kind], v.T("notice.twice"))
	case err != nil:
		return err
	default:
		return v.Done(PathStaff+"/"+n.ID, "notices.said.up")
	}
	return s.show(http.StatusUnprocessableEntity)
}

// read takes the form in, with its file.
func (s *sheet) read() error {
	limits := formdata.Limits{Fields: 40, NameBytes: 100, FieldBytes: maxForm, TextBytes: maxForm, Files: 1, FileBytes: 2 * maxFile, TotalBytes: maxFile + 1<<20}
	web.AllowUpload(s.v.W, s.v.R, limits.TotalBytes+1, fileRate)
	var err error
	s.values, err = formdata.Read(s.v.R, limits, func(f formdata.Upload) error {
		staged, err := s.v.vault.Stage(s.v.Ctx(), f, documents.Meta{Name: f.Name, By: s.v.Who.Person, Limits: documents.Limits{MaxBytes: maxFile, Types: []string{documents.PDF}, Original: true}})
		if documents.Problem(err) != "" {
			s.fault("fil", s.v.T("notice.bad_file"))
			return nil
		}
		s.file = staged
		return err
	})
	var large formdata.TooLargeError
	if errors.As(err, &large) && (large.What == formdata.File || large.What == formdata.Body) {
		s.fault("fil", s.v.T("notice.bad_file"))
		err = nil
	}
	return err
}

// show writes the form.
func (s *sheet) show(status int) error {
	v := s.v
	body, ok := v.Dir.Body(s.get("organ"))
	if !ok {
		mine := v.mine()
		if len(mine) == 0 {
			return store.ErrNotFound
		}
		body = mine[0]
	}
	if s.file != nil { // a file is not sent twice by itself
		s.fault("fil", v.T("notice.file_again"))
	}
	q := ui.Question{Page: v.Visit.Page(v.T("notice.new."+string(s.kind)), PathStaff, ui.Link{Text: v.T("notice.staff"), Href: PathStaff}), Caption: body.Name.In(v.Lang()), Lead: v.T("notice.lead." + string(s.kind)),
		Back: PathStaff, Button: v.T("notice.button"), Form: ui.Form{Action: pathNew + "/" + string(s.kind), Upload: true, Unsaved: true, Hidden: []ui.Hidden{{Name: "organ", Value: body.ID}}}}
	q.Of, q.Errors = body.Name.In(v.Lang()), s.faults
	if corrects := s.get("rattar"); corrects != "" {
		q.Form.Hidden = append(q.Form.Hidden, ui.Hidden{Name: "rattar", Value: corrects})
		q.Fields = append(q.Fields, ui.Alert{Tone: ui.Info, Text: v.T("notice.correcting")})
	}
	fields, err := s.fields(body.ID)
	if err != nil {
		return err
	}
	q.Fields = append(q.Fields, fields...)
	return ui.Render(v.W, v.R, status, q)
}

func (s *sheet) input(name string, width int, optional bool) templ.Component {
	return ui.Input{Field: ui.Field{Name: name, Label: s.v.T("notice.field." + name), Hint: s.v.T("notice.hint." + name), Optional: optional, Error: s.faultOf(name)}, Value: s.get(name), Width: width, NoSpell: width > 0}
}

func (s *sheet) area(optional bool) templ.Component {
	return ui.Textarea{Field: ui.Field{Name: "text", Label: s.v.T("notice.field.text"), Hint: s.v.T("notice.hint.text." + string(s.kind)), Optional: optional, Error: s.faultOf("text")}, Value: s.get("text"), Rows: 6, Max: maxText}
}

func (s *sheet) fields(body string) ([]templ.Component, error) {
	v := s.v
	var out []templ.Component
	switch s.kind {
	case Meeting:
		out = append(out, s.input("sammantrade", 12, false), s.input("tid", 8, false), s.input("plats", 0, false), s.area(false))
	case Minutes:
		out = append(out, s.input("sammantrade", 12, false), s.input("justerat", 12, false), s.input("paragraf", 12, true), s.input("finns", 0, false), s.area(true))
	case Delegated:
		if s.get("rattar") == "" {
			list, err := v.rulings.Unannounced(v.Ctx(), v.Who, body)
			if err != nil {
				return nil, err
			}
			var options []ui.Option
			for _, r := range list {
				options = append(options, ui.Option{Value: r.Decision, Label: r.Title + ", " + r.Number, Hint: v.L.Date(r.Day), Chosen: s.get("beslut") == r.Decision})
			}
			out = append(out, ui.Radios{Field: ui.Field{Name: "beslut", Label: v.T("notice.field.beslut"), Hint: v.T("notice.hint.beslut"), Error: s.faultOf("beslut")}, Options: options})
		} else {
			old, err := v.Notice(v.Ctx(), v.Who, s.get("rattar"))
			if err != nil {
				return nil, err
			}
			out = append(out, ui.Radios{Field: ui.Field{Name: "beslut", Label: v.T("notice.field.beslut"), Error: s.faultOf("beslut")}, Options: []ui.Option{{Value: old.Decision, Label: old.Title + ", " + old.Number, Chosen: true}}})
		}
		out = append(out, s.area(true))
	case Other:
		out = append(out, s.input("rubrik", 0, false), s.area(false), s.input("lag", 0, false), s.input("till", 12, false), s.input("begart", 0, true))
	}
	out = append(out, s.input("kontakt", 0, false))
	if s.kind != Delegated {
		out = append(out, ui.FileInput{Field: ui.Field{Name: "fil", Label: v.T("notice.field.fil"), Hint: v.T("notice.hint.fil"), Optional: true, Error: s.faultOf("fil")}, Accept: documents.PDF},
			ui.Checkbox{Field: ui.Field{Name: "granskad", Label: v.T("notice.field.granskad"), Error: s.faultOf("granskad")}, Value: "1", Checked: s.get("granskad") != ""})
	}
	return out, nil
}
