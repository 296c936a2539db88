package notice

import (
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// board is the page of all that is up.
func (m *Module) board(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	list, err := m.Board(r.Context())
	if err != nil {
		return err
	}
	p := ui.Read{Page: m.Page(r, l.T("notice.board"), Path), Lead: l.T("notice.board_lead")}
	var parts []templ.Component
	for _, kind := range Kinds() {
		t := ui.Table{ID: string(kind), Caption: l.T("notice.kind." + string(kind)), HideCaption: true,
			Columns: []ui.Column{{Title: l.T("notice.what")}, {Title: l.T("notice.body")}, {Title: l.T("notice.announced")}, {Title: l.T("notice.last")}}}
		for _, n := range list {
			if n.Kind == kind {
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.titleOf(l, n), Href: Path + "/" + n.ID}, {Text: m.bodyName(l, n.Body)}, {Text: n.First.String()}, {Text: n.Last.String()}}})
			}
		}
		parts = append(parts, ui.H2(l.T("notice.kind."+string(kind))))
		if len(t.Rows) == 0 {
			parts = append(parts, ui.P(l.T("notice.nothing")))
			continue
		}
		parts = append(parts, t)
	}
	parts = append(parts, appeal(l)...)
	parts = append(parts, ui.Links{{Text: l.T("notice.follow"), Href: PathFeed}})
	return ui.Render(w, r, http.StatusOK, ui.With(p, parts...))
}

// one is the page of a notice that is up.
func (m *Module) one(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	n, err := m.Public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.Read{Page: m.Page(r, m.titleOf(l, n), Path)}
	p.Crumbs = []ui.Link{{Text: l.T("notice.board"), Href: Path}}
	var parts []templ.Component
	if n.Corrects != "" {
		parts = append(parts, ui.Alert{Tone: ui.Info, Text: l.T("notice.corrects")})
		if old, err := m.Public(r.Context(), n.Corrects); err == nil {
			parts = append(parts, ui.Links{{Text: l.T("notice.corrects_link", "Day", l.Date(old.First)), Href: Path + "/" + old.ID}})
		}
	}
	if n.CorrectedBy != "" {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Text: l.T("notice.corrected")}, ui.Links{{Text: l.T("notice.corrected_link"), Href: Path + "/" + n.CorrectedBy}})
	}
	parts = append(parts, ui.Summary{Facts: m.facts(l, n)})
	for paragraph := range strings.SplitSeq(n.Text, "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			parts = append(parts, ui.P(paragraph))
		}
	}
	if n.File != "" {
		parts = append(parts, ui.Links{{Text: n.FileName, Href: Path + "/" + n.ID + "/handling", Hint: l.T("notice.sha", "SHA", n.SHA256)}})
	}
	if n.Kind == Minutes || n.Kind == Delegated {
		parts = append(parts, appeal(l)...)
	}
	return ui.Render(w, r, http.StatusOK, ui.With(p, parts...))
}

// file sends the protokoll of a notice that is up.
func (m *Module) file(w http.ResponseWriter, r *http.Request) error {
	n, err := m.Public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if n.File == "" {
		return store.ErrNotFound
	}
	info, body, err := m.vault.Open(r.Context(), n.File)
	if err != nil {
		return fmt.Errorf("opening the file of a notice: %w", err)
	}
	defer func() { _ = body.Close() }()
	h := w.Header()
	h.Set("Content-Type", info.MIME)
	h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": n.FileName}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	web.KeepSending(w, time.Duration(info.Size>>20+1)*10*time.Second)
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("sending the file of a notice: %w", err)
	}
	return nil
}

// Atom (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feed is what is up as Atom.
func (m *Module) feed(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	list, err := m.Board(r.Context())
	if err != nil {
		return err
	}
	at := func(path string) string { return m.BaseURL + l.Path(path) }
	f := atomFeed{Lang: string(l.Lang()), ID: at(PathFeed), Title: l.T("notice.board") + ", " + m.Town.In(l.Lang()), Author: m.Town.In(l.Lang()),
		Links: []atomLink{{Rel: "self", Href: at(PathFeed)}, {Href: at(Path)}}, Updated: m.clock.Now().UTC().Format(time.RFC3339)}
	for i, n := range list {
		if i == 0 {
			f.Updated = n.At.UTC().Format(time.RFC3339)
		}
		var words []string
		for _, x := range m.facts(l, n) {
			words = append(words, x.Name+": "+x.Value)
		}
		f.Entries = append(f.Entries, atomEntry{ID: "urn:uuid:" + n.ID, Title: m.titleOf(l, n), Updated: n.At.UTC().Format(time.RFC3339), Link: atomLink{Href: at(Path + "/" + n.ID)}, Summary: strings.Join(words, ". ")})
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("sending the feed: %w", err)
	}
	if err := xml.NewEncoder(w).Encode(f); err != nil {
		return fmt.Errorf("sending the feed: %w", err)
	}
	return nil
}
