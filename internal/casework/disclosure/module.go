package disclosure

import (
	"embed"
	"net/http"
	"strconv"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Config is what the pages stand on. Fields are required unless said.
type Config struct {
	*Service
	Office *office.Office
	// Site is what every public page has in common. section is the address of the part it belongs to.
	Site    func(r *http.Request, title, section string) ui.Page
	Limiter *web.Limiter // of requests, by network; nil: no limit
}

// Module is the room's pages.
type Module struct{ Config }

// Pages makes the pages.
func Pages(c Config) *Module { return &Module{c} }

// Paths of the room, without language.
const (
	Path       = "/arbete/utlamnande"
	pathNew    = Path + "/ny"
	PathPublic = "/begar-handling"
)

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	get := func(pattern string, p page) { mux.Handle("GET "+pattern, m.staff(p)) }
	post := func(pattern string, p page) { mux.Handle("POST "+pattern, m.staff(p)) }
	get(Path, requests)
	get(pathNew, newRequest)
	post(pathNew, newRequestPost)
	get(Path+"/{id}", request)
	post(Path+"/{id}/valj", choose)
	get(Path+"/{id}/svara", answer)
	post(Path+"/{id}/svara", answerPost)
	get(Path+"/{id}/handling/{item}", item)
	post(Path+"/{id}/handling/{item}", itemPost)
	get(Path+"/{id}/handling/{item}/bild.jpg", grid)
	get(Path+"/{id}/handling/{item}/kopia", maskedCopy)
	mux.Handle("GET "+PathPublic, m.public(m.ask))
	mux.Handle("POST "+PathPublic, m.public(m.askPost))
}

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// staff lets officials in who may work with the documents of at least one unit.
func (m *Module) staff(p page) http.Handler {
	return m.Office.Staff(access.CaseDocument, func(v *office.Visit) error { return p(&visit{m, v}) })
}

// page is what every page of the room has in common.
func (v *visit) page(title string, crumbs ...ui.Link) ui.Page {
	if title != v.T("disclosure.title") {
		crumbs = append([]ui.Link{{Text: v.T("disclosure.title"), Href: Path}}, crumbs...)
	}
	return v.Page(title, Path, crumbs...)
}

func requestPath(id string) string { return Path + "/" + id }

func itemPath(caseID, id string) string { return requestPath(caseID) + "/handling/" + id }

// open is the request of the address, for one who may work with it. Reading what is marked is journalled by the view.
func (v *visit) open() (cases.OfficerView, error) {
	id := v.R.PathValue("id")
	if !store.ValidID(id) {
		return cases.OfficerView{}, store.ErrNotFound
	}
	view, err := v.Cases().View(v.Ctx(), v.Who, id)
	if err != nil {
		return view, err
	}
	if view.Type.Disclosure == nil {
		return view, store.ErrNotFound
	}
	return view, view.Right(v.Who, access.CaseDocument).Err()
}

// Cases is the service of cases that the room works with.
func (s *Service) Cases() *cases.Service { return s.cases }

// since says how long ago something came in: hours for two days, then days. Requests are answered promptly (TF 2 kap. 16 §, from general
// knowledge), and so are not counted in working days.
func (v *visit) since(at time.Time) string {
	hours := int(v.Clock.Now().Sub(at).Hours())
	switch {
	case hours < 1:
		return v.T("disclosure.now")
	case hours < 48:
		return v.T("disclosure.hours", "Count", hours)
	}
	return v.T("disclosure.days", "Count", hours/24)
}

func number(n int) string { return strconv.Itoa(n) }

// faultOf is the message of a field.
func faultOf(faults []ui.FieldError, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// done leads on to a page that says what was done: T("disclosure.said." + key).
func (v *visit) done(path, key string) error { return v.Done(path, "disclosure.said."+key) }
