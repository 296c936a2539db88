package notice

import (
	"embed"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Texts are the words of the board.
//
//go:embed texts
var Texts embed.FS

// Module is the board: its public pages, and those of the secretaries who keep it.
type Module struct {
	*Service
	Office *office.Office
	// Page is what every page of the public site has in common.
	Page    func(r *http.Request, title, section string) ui.Page
	BaseURL string    // the address people see, for the feed
	Town    i18n.Text // in the feed
}

// Paths, without language.
const (
	Path      = "/anslagstavla" // the board
	PathFeed  = Path + ".atom"
	PathStaff = "/arbete/anslagstavla"
	pathNew   = "/arbete/nytt-anslag"
)

// handler is a public page that says what went wrong instead of writing it.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	if err := h(w, r); err != nil {
		web.Error(w, r, err)
	}
}

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	mux.Handle("GET "+Path, handler(m.board))
	mux.Handle("GET "+PathFeed, handler(m.feed))
	mux.Handle("GET "+Path+"/{id}", handler(m.one))
	mux.Handle("GET "+Path+"/{id}/handling", handler(m.file))
	staff := func(pattern string, p page) {
		mux.Handle(pattern, m.Office.Staff(access.DecisionRegister, func(v *office.Visit) error { return p(&visit{m, v}) }))
	}
	staff("GET "+PathStaff, kept)
	staff("GET "+pathNew+"/{kind}", announcing)
	staff("POST "+pathNew+"/{kind}", announcing)
	staff("GET "+PathStaff+"/{id}", one)
	staff("POST "+PathStaff+"/{id}/ta-ner", takeDown)
	staff("GET "+PathStaff+"/{id}/bevis.pdf", proof)
}

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

type page func(v *visit) error

// mine are the bodies that the official keeps the board for.
func (v *visit) mine() []bodies.Body {
	var out []bodies.Body
	for _, b := range v.Dir.Bodies("") {
		if access.Check(v.Who, access.DecisionRegister, ruling.BodyObject(b)).Allowed {
			out = append(out, b)
		}
	}
	return out
}

// titleOf is what a notice is called.
func (m *Module) titleOf(l *i18n.Localizer, n *Notice) string {
	body := m.bodyName(l, n.Body)
	switch n.Kind {
	case Meeting:
		return l.T("notice.title.meeting", "Body", body, "Day", l.Date(n.Meeting))
	case Minutes:
		if n.Part != "" {
			return l.T("notice.title.part", "Body", body, "Day", l.Date(n.Meeting), "Part", strings.TrimPrefix(n.Part, "§ "))
		}
		return l.T("notice.title.minutes", "Body", body, "Day", l.Date(n.Meeting))
	case Delegated:
		return l.T("notice.title.delegated", "Title", n.Title, "Number", n.Number)
	}
	return n.Title
}

func (m *Module) bodyName(l *i18n.Localizer, id string) string {
	if b, ok := m.org.Directory().Body(id); ok {
		return b.Name.In(l.Lang())
	}
	return id
}

// facts are what a notice says, in the order it is read.
func (m *Module) facts(l *i18n.Localizer, n *Notice) []ui.Fact {
	var out []ui.Fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, ui.Fact{Name: name, Value: value})
		}
	}
	add(l.T("notice.body"), m.bodyName(l, n.Body))
	add(l.T("notice.meeting"), l.Date(n.Meeting))
	add(l.T("notice.time"), n.Time)
	add(l.T("notice.place"), n.Place)
	if !n.Adjusted.IsZero() {
		add(l.T("notice.adjusted"), l.Date(n.Adjusted))
	}
	add(l.T("notice.part"), n.Part)
	add(l.T("notice.number"), n.Number)
	add(l.T("notice.kept"), n.Kept)
	add(l.T("notice.law"), n.Law)
	add(l.T("notice.announced"), l.Date(n.First))
	add(l.T("notice.last"), l.Date(n.Last))
	if n.Kind == Minutes || n.Kind == Delegated {
		add(l.T("notice.appeal_last"), l.Date(LastDay(m.days, n.Kind, n.First, n.Meeting, n.Until)))
	}
	add(l.T("notice.contact"), n.Contact)
	return out
}

// appeal is how decisions are appealed under KL 13 kap.; it always stands on the board (KL 8 kap. 10 § 5).
func appeal(l *i18n.Localizer) []templ.Component {
	return []templ.Component{ui.H2(l.T("notice.appeal")), ui.P(l.T("notice.appeal_who")), ui.P(l.T("notice.appeal_how")), ui.P(l.T("notice.appeal_when"))}
}
