package meeting

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// handler is a public page that says what went wrong instead of writing it.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	if err := h(w, r); err != nil {
		web.Error(w, r, err)
	}
}

// public reports whether the public sees the meetings of a body.
func (s *Service) public(body string) bool {
	_, rules, err := s.body(body)
	return err == nil && rules.Public
}

// publicBack is how far back the public list reaches, in days.
const publicBack = 365

// publicList is the meetings of the bodies that the public may follow: those ahead, and the protokoll of those that were.
func (m *Module) publicList(w http.ResponseWriter, r *http.Request) error {
	l, today := i18n.From(r.Context()), m.today()
	list, err := m.Between(r.Context(), today.AddDays(-publicBack), today.AddDays(feedAhead))
	if err != nil {
		return err
	}
	dir := m.org.Directory()
	table := func(id, caption string) ui.Table {
		return ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Title: l.T("meeting.when")}, {Title: l.T("meeting.body")}, {Title: l.T("meeting.field.plats")}, {Title: l.T("meeting.state")}}}
	}
	coming, earlier := table("kommande", l.T("meeting.coming")), table("tidigare", l.T("meeting.earlier"))
	for _, x := range list {
		if !m.public(x.Body) {
			continue
		}
		b, _ := dir.Body(x.Body)
		row := ui.Row{Cells: []ui.Cell{{Text: x.Day.String() + " " + x.hour(), Href: PathPublic + "/" + x.ID}, {Text: b.Name.In(l.Lang())}, {Text: x.where(l)}, {Body: ui.Tag{Text: l.T("meeting.public." + string(x.State)), Tone: x.State.tone()}}}}
		if x.Day.Before(today) {
			earlier.Rows = append([]ui.Row{row}, earlier.Rows...)
		} else {
			coming.Rows = append(coming.Rows, row)
		}
	}
	p := ui.Read{Page: m.Site(r, l.T("meeting.title"), PathPublic), Lead: l.T("meeting.public_lead")}
	parts := []templ.Component{}
	for _, t := range []ui.Table{coming, earlier} {
		if len(t.Rows) > 0 {
			parts = append(parts, t)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, ui.P(l.T("meeting.none")))
	}
	links := ui.Links{}
	for _, b := range m.Bodies() {
		if m.public(b.ID) {
			links = append(links, ui.Link{Text: l.T("meeting.subscribe_body", "Body", b.Name.In(l.Lang())), Href: pathFeed + "/" + b.ID + ".ics"})
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.With(p, append(parts, ui.H2(l.T("meeting.subscribe")), links)...))
}

// open to the public is a meeting of a body that lets the public follow it.
func (m *Module) openTo(r *http.Request) (*Meeting, error) {
	x, err := m.meeting(r.Context(), m.db, r.PathValue("id"))
	if err == nil && !m.public(x.Body) {
		err = store.ErrNotFound
	}
	return x, err
}

// publicMeeting is a meeting to the public: the agenda once it is called, without what is secret, and the screened protokoll.
func (m *Module) publicMeeting(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	x, err := m.openTo(r)
	if err != nil {
		return err
	}
	b, _ := m.org.Directory().Body(x.Body)
	p := ui.Read{Page: m.Site(r, l.T("meeting.of", "Body", b.Name.In(l.Lang()), "Day", l.Date(x.Day)), PathPublic), Lead: l.T("meeting.public." + string(x.State))}
	p.Crumbs = []ui.Link{{Text: l.T("meeting.title"), Href: PathPublic}}
	parts := []templ.Component{ui.Summary{Facts: []ui.Fact{{Name: l.T("meeting.when"), Value: l.Date(x.Day) + " " + x.hour()}, {Name: l.T("meeting.field.plats"), Value: x.where(l)}}}}
	if x.Example {
		parts = append(parts, ui.Alert{Tone: ui.Info, Text: l.T("meeting.example")})
	}
	if x.State != Planned && x.State != Cancelled {
		list, err := m.Items(r.Context(), x.ID)
		if err != nil {
			return err
		}
		var points []string
		for i, it := range list {
			point := strconv.Itoa(i+1) + ". "
			if it.No > 0 {
				point = label(it.No) + " "
			}
			if it.Secret {
				points = append(points, point+l.T("meeting.secret_paragraph"))
				continue
			}
			points = append(points, point+m.masked(it.Title))
		}
		if len(points) > 0 {
			parts = append(parts, ui.H2(l.T("meeting.agenda")), ui.Plain(points))
		}
	}
	if x.Public != nil {
		parts = append(parts, ui.H2(l.T("meeting.protocol")), ui.Links{{Text: l.T("meeting.protocol_pdf"), Href: PathPublic + "/" + x.ID + "/protokoll.pdf", Hint: l.T("meeting.sha", "SHA", x.Public.SHA256)}})
	}
	return ui.Render(w, r, http.StatusOK, ui.With(p, parts...))
}

func (m *Module) publicFile(w http.ResponseWriter, r *http.Request) error {
	x, err := m.openTo(r)
	if err == nil && x.Public == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	return m.file(w, r, x.Public)
}

// file sends a file of a protokoll.
func (m *Module) file(w http.ResponseWriter, r *http.Request, f *File) error {
	info, body, err := m.Vault.Open(r.Context(), f.ID)
	if err != nil {
		return fmt.Errorf("opening a protokoll: %w", err)
	}
	defer func() { _ = body.Close() }()
	h := w.Header()
	h.Set("Content-Type", info.MIME)
	h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("sending a protokoll: %w", err)
	}
	return nil
}

// bodyFeed is the meetings of a body that the public may follow, as a calendar to subscribe to.
func (m *Module) bodyFeed(w http.ResponseWriter, r *http.Request) error {
	body, ok := strings.CutSuffix(r.PathValue("body"), ".ics")
	if !ok || !m.public(body) {
		return store.ErrNotFound
	}
	raw, err := m.FeedOf(r.Context(), i18n.From(r.Context()), body)
	if err != nil {
		return err
	}
	return send(w, raw)
}

// ownFeed is the meetings of the one whose secret address it is.
func (m *Module) ownFeed(w http.ResponseWriter, r *http.Request) error {
	token, ok := strings.CutSuffix(r.PathValue("token"), ".ics")
	if !ok {
		return store.ErrNotFound
	}
	person, err := m.owner(token)
	if err != nil {
		return err
	}
	raw, err := m.FeedFor(r.Context(), i18n.From(r.Context()), person)
	if err != nil {
		return err
	}
	return send(w, raw)
}
