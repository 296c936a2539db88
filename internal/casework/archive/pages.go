package archive

import (
	"embed"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Module is the pages of deliveries. The packages themselves are never on a page: they hold secrets, and are written where the operator
// says (dygnet archive export).
type Module struct {
	*Deliveries
	Office *office.Office
}

// Path is where the room is, without language.
const Path = "/arbete/leveranser"

// maxReceipt is the longest name of a receipt, in characters.
const maxReceipt = 200

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	staff := func(p func(v *office.Visit) error) http.Handler { return m.Office.Staff(access.RetentionManage, p) }
	mux.Handle("GET "+Path, staff(m.list))
	mux.Handle("GET "+Path+"/{id}", staff(func(v *office.Visit) error { return m.show(v, http.StatusOK, nil) }))
	mux.Handle("POST "+Path+"/{id}", staff(m.confirm))
}

// list is the deliveries, newest first, and how many cases wait.
func (m *Module) list(v *office.Visit) error {
	all, err := m.All(v.Ctx(), v.Who)
	if err != nil {
		return err
	}
	due, err := m.Due(v.Ctx())
	if err != nil {
		return err
	}
	waiting := 0
	for _, c := range due {
		if access.Check(v.Who, access.RetentionManage, object("", c.Member, c.Body)).Allowed {
			waiting++
		}
	}
	p := ui.List{Page: v.Page(v.T("archive.title"), Path), Lead: v.T("archive.lead", "Count", waiting), Found: -1}
	if len(all) == 0 {
		p.Empty = &ui.Empty{Title: v.T("archive.none"), Text: v.T("archive.how")}
	}
	t := ui.Table{Caption: v.T("archive.title"), HideCaption: true, Columns: []ui.Column{{Title: v.T("archive.made")}, {Title: v.T("archive.body")}, {Title: v.T("archive.cases"), Number: true}, {Title: v.T("archive.state")}}}
	for _, d := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.L.DateTime(d.MadeAt), Href: Path + "/" + d.ID}, {Text: bodyOf(v, d.Body)}, {Text: strconv.Itoa(d.Cases)}, {Body: state(v, d)}}})
	}
	p.Table = t
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

func bodyOf(v *office.Visit, key string) string {
	b, _ := v.Dir.Body(key)
	return b.Name.In(v.Lang())
}

func state(v *office.Visit, d Delivery) ui.Tag {
	if d.Receipt == "" {
		return ui.Tag{Text: v.T("archive.state.waiting"), Tone: ui.Warning}
	}
	return ui.Tag{Text: v.T("archive.state.confirmed"), Tone: ui.Success}
}

// show is one delivery, with the form for the receipt as long as there is none.
func (m *Module) show(v *office.Visit, status int, faults map[string]string) error {
	d, packages, err := m.Delivery(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	t := ui.Table{Caption: v.T("archive.packages"), Columns: []ui.Column{{Title: v.T("archive.number")}, {Title: v.T("archive.files"), Number: true}, {Title: v.T("archive.bytes"), Number: true}, {Title: "SHA-256"}}}
	for _, p := range packages {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Number}, {Text: strconv.Itoa(p.Files)}, {Text: v.L.Number(p.Bytes)}, {Text: p.SHA256}}})
	}
	page := v.Page(v.T("archive.delivery"), Path, ui.Link{Text: v.T("archive.title"), Href: Path})
	if d.Receipt != "" {
		facts := ui.Summary{Facts: []ui.Fact{{Name: v.T("archive.receipt"), Value: d.Receipt}, {Name: v.T("archive.on"), Value: v.L.Date(d.ConfirmedOn)}, {Name: v.T("archive.by"), Value: v.Person(d.ConfirmedBy)}}}
		c := ui.Case{Page: page, Number: bodyOf(v, d.Body) + ", " + v.L.DateTime(d.MadeAt), Status: state(v, d), Lead: v.T("archive.kept"), Facts: facts}
		return ui.Render(v.W, v.R, status, ui.With(c, t))
	}
	f := v.R.PostForm
	q := ui.Question{Page: page, Caption: bodyOf(v, d.Body) + ", " + v.L.DateTime(d.MadeAt), Lead: v.T("archive.ask"), Back: Path, Button: v.T("archive.confirm"), Form: ui.Form{Action: Path + "/" + d.ID, Unsaved: true}, After: t,
		Fields: []templ.Component{
			ui.Input{Field: ui.Field{Name: "kvitto", Label: v.T("archive.receipt"), Hint: v.T("archive.receipt.hint"), Error: faults["kvitto"]}, Value: f.Get("kvitto")},
			ui.DateInput{Field: ui.Field{Name: "dag", Label: v.T("archive.on"), Hint: v.T("archive.on.hint"), Error: faults["dag"]}, Day: f.Get("dag-day"), Month: f.Get("dag-month"), Year: f.Get("dag-year")},
		}}
	q.Of = q.Caption
	for _, field := range []struct{ name, id string }{{"kvitto", "kvitto"}, {"dag", "dag-day"}} {
		if faults[field.name] != "" {
			q.Errors = append(q.Errors, ui.FieldError{Field: field.id, Message: faults[field.name]})
		}
	}
	return ui.Render(v.W, v.R, status, q)
}

// confirm enters the receipt.
func (m *Module) confirm(v *office.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	faults := map[string]string{}
	receipt := strings.TrimSpace(f.Get("kvitto"))
	if receipt == "" || utf8.RuneCountInString(receipt) > maxReceipt {
		faults["kvitto"] = v.T("archive.fault.receipt")
	}
	pad := func(name string, n int) string {
		s := strings.TrimSpace(f.Get("dag-" + name))
		return strings.Repeat("0", max(0, n-len(s))) + s
	}
	day, err := calendar.ParseDate(pad("year", 4) + "-" + pad("month", 2) + "-" + pad("day", 2))
	if err != nil || day.After(v.Today()) {
		faults["dag"] = v.T("archive.fault.day")
	}
	if len(faults) > 0 {
		return m.show(v, http.StatusUnprocessableEntity, faults)
	}
	here := Path + "/" + v.R.PathValue("id")
	err = m.Confirm(v.Ctx(), v.Who, v.R.PathValue("id"), receipt, day)
	if errors.Is(err, ErrConfirmed) { // sent twice, or by a colleague: the page shows it
		return v.See(here)
	}
	if err != nil {
		return err
	}
	return v.Done(here, "archived.said.confirmed")
}
