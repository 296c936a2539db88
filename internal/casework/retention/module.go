package retention

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"

	"github.com/a-h/templ"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Module is the room's pages.
type Module struct {
	*Service
	Office *office.Office // nil for the panel alone
	// Beside are pages of rooms next to this one, shown among its tabs: deliveries to the e-archive.
	Beside []ui.Link
}

// Paths of the room, without language.
const (
	Path      = "/arbete/gallring"
	pathTodo  = Path + "/att-gora"
	pathHeld  = Path + "/stopp"
	pathPlan  = Path + "/plan"
	pathLists = Path + "/listor"
	pathCase  = Path + "/arende/"
)

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	get := func(pattern string, p page) { mux.Handle("GET "+pattern, m.staff(p)) }
	post := func(pattern string, p page) { mux.Handle("POST "+pattern, m.staff(p)) }
	get(Path, overview)
	get(pathTodo, rows("todo"))
	get(pathHeld, rows("held"))
	get(pathPlan, plan)
	post(pathLists, makeList)
	get(pathLists+"/{id}", list)
	get(pathLists+"/{id}/protokoll.csv", protocol)
	for _, a := range acts() {
		get(pathLists+"/{id}/"+a.path, a.ask)
		post(pathLists+"/{id}/"+a.path, a.do)
	}
	for _, a := range caseActs() {
		get(pathCase+"{id}/"+a.path, a.ask)
		post(pathCase+"{id}/"+a.path, a.do)
	}
}

// visit is one request of somebody who sees to how long cases are kept.
type visit struct {
	*Module
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

func (m *Module) staff(p page) http.Handler {
	return m.Office.Staff(access.RetentionManage, func(v *office.Visit) error { return p(&visit{m, v}) })
}

func (v *visit) page(title string, body bodies.Body) ui.Page {
	if title == v.T("retention.title") {
		return v.Page(title, Path)
	}
	return v.Page(title, Path, ui.Link{Text: v.T("retention.title"), Href: of(Path, body.ID)})
}

// of is an address with the body in it.
func of(path, body string) string { return path + "?organ=" + url.QueryEscape(body) }

// bodies are those whose cases the official may see to, with a plan of their own.
func (v *visit) bodies() []bodies.Body {
	var out []bodies.Body
	for _, member := range v.Dir.Members() {
		for _, b := range v.Dir.Bodies(member.ID) {
			if access.Check(v.Who, access.RetentionManage, object("", b.Member, b.ID)).Allowed && len(v.PlanRows(b.ID)) > 0 {
				out = append(out, b)
			}
		}
	}
	return out
}

// body is the one of the address, or the first.
func (v *visit) body() (bodies.Body, []bodies.Body, error) {
	all := v.bodies()
	asked := v.R.FormValue("organ")
	for _, b := range all {
		if b.ID == asked || asked == "" {
			return b, all, nil
		}
	}
	return bodies.Body{}, nil, store.ErrNotFound
}

// tabs lead between the parts of the room.
func (v *visit) tabs(body string, current string) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("retention.tabs")}
	for _, p := range []struct{ path, key string }{{Path, "overview"}, {pathTodo, "todo"}, {pathHeld, "held"}, {pathPlan, "plan"}} {
		t.Links = append(t.Links, ui.Link{Text: v.T("retention.tab." + p.key), Href: of(p.path, body), Current: p.path == current})
	}
	for _, l := range v.Beside {
		t.Links = append(t.Links, ui.Link{Text: v.T(l.Text), Href: of(l.Href, body)})
	}
	return t
}

// choice lets one who sees to several bodies choose.
func (v *visit) choice(path string, here bodies.Body, all []bodies.Body) *ui.Filter {
	if len(all) < 2 {
		return nil
	}
	options := make([]ui.Option, len(all))
	for i, b := range all {
		options[i] = ui.Option{Value: b.ID, Label: b.Name.In(v.Lang()), Chosen: b.ID == here.ID}
	}
	return &ui.Filter{Action: path, Open: true, Fields: []templ.Component{ui.Select{Field: ui.Field{Name: "organ", Label: v.T("retention.body")}, Options: options}}}
}

func count(n int) string { return strconv.Itoa(n) }
