package lawbook

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// visitor is one request of anybody.
type visitor struct {
	*Module
	w http.ResponseWriter
	r *http.Request
	l *i18n.Localizer
}

func newVisitor(m *Module, w http.ResponseWriter, r *http.Request) *visitor {
	return &visitor{m, w, r, i18n.From(r.Context())}
}

// T is a text in the language of the page.
func (v *visitor) T(key string, args ...any) string { return v.l.T(key, args...) }

// page is what every page of the book has in common. The law itself is in Swedish.
func (v *visitor) page(title string, crumbs ...ui.Link) ui.Page {
	p := v.Site(v.r, title, Path)
	p.Crumbs = crumbs
	p.SV = true
	return p
}

func (v *visitor) crumb() ui.Link { return ui.Link{Text: v.T("law.title"), Href: Path} }

// maxQuestion bounds what is searched for, in bytes.
const maxQuestion = 500

// asked is the search, and what it found.
func asked(v *visitor) error {
	q := v.r.URL.Query().Get("q")
	if len(q) > maxQuestion {
		q = strings.ToValidUTF8(q[:maxQuestion], "")
	}
	b, err := v.books(v.r.Context())
	if err != nil {
		return err
	}
	list := ui.List{Page: v.page(v.T("law.title")), Lead: v.T("law.lead", "Count", len(b.statutes)), Found: -1}
	list.SV = false
	list.Actions = []templ.Component{searchForm(v.T("law.search"), v.T("law.search_hint"), v.T("law.search_button"), q)}
	if len(b.statutes) == 0 {
		list.Lead = ""
		list.Empty = &ui.Empty{Title: v.T("law.no_statutes"), Text: v.T("law.no_statutes_text")}
		return ui.Render(v.w, v.r, http.StatusOK, list)
	}
	if strings.TrimSpace(q) == "" {
		return ui.Render(v.w, v.r, http.StatusOK, list)
	}
	list.NoIndex = true
	found, err := v.Search(v.r.Context(), q, v.r.URL.Query().Get("efter"))
	if err != nil {
		return err
	}
	var parts []templ.Component
	if direct := v.direct(b, q); len(direct) > 0 {
		parts = append(parts, ui.H2(v.T("law.direct")), direct)
	}
	if len(found.Hits) == 0 && len(parts) == 0 {
		list.Empty = &ui.Empty{Title: v.T("law.none", "Words", q), Text: v.T("law.none_text")}
		return ui.Render(v.w, v.r, http.StatusOK, list)
	}
	if len(found.Hits) > 0 {
		parts = append(parts, ui.H2(v.T("law.found", "Words", q)), v.hits(b, found.Hits))
	}
	if found.Next != "" || v.r.URL.Query().Get("efter") != "" {
		list.Pager = &ui.Pager{}
		if found.Next != "" {
			list.Pager.Next = Path + "?" + url.Values{"q": {q}, "efter": {found.Next}}.Encode()
		}
		if v.r.URL.Query().Get("efter") != "" {
			list.Pager.Previous = Path + "?" + url.Values{"q": {q}}.Encode()
		}
	}
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(list, parts...))
}

// direct is what the words name: "22 kap. 3 § OSL", "2017:900".
func (v *visitor) direct(b *shelf, q string) ui.Links {
	list := b.index.Find(q, v.today())
	if len(list) == 0 {
		if sfs, ok := statute.ParseSFS(q); ok {
			list = []statute.Citation{{SFS: sfs}}
		}
	}
	var out ui.Links
	for _, c := range list {
		if st, ok := b.statutes[c.SFS]; ok {
			out = append(out, ui.Link{Text: inWords(c) + st.Title + " (" + st.SFS + ")", Href: hrefOf(c)})
		}
	}
	return out
}

// inWords is the place of a citation in words, with a blank after it; "" for a whole statute.
func inWords(c statute.Citation) string {
	p := statute.Part{Kind: statute.Chapter, Chapter: c.Chapter}
	if len(c.Sections) > 0 {
		p.Kind, p.Number = statute.Section, c.Sections[0].From
		if to := c.Sections[0].To; to != "" {
			p.Number += "–" + to
		}
	} else if c.Chapter == "" {
		return ""
	}
	return p.Label() + " "
}

func (v *visitor) hits(b *shelf, list []Hit) templ.Component {
	views := make([]hitView, len(list))
	for i, h := range list {
		views[i] = hitView{Snippet: h.Snippet, Repealed: !b.statutes[h.SFS].Repealed.IsZero(), Of: h.Title + " (" + h.SFS + ")"}
		switch h.Part.Kind {
		case kindStatute:
			views[i].Title, views[i].Href = h.Title, Href(h.SFS, "", "")
		case statute.Section:
			views[i].Title, views[i].Href = h.Part.Label(), Href(h.SFS, h.Part.Chapter, h.Part.Number)
		default:
			views[i].Title, views[i].Href = h.Part.Line, Href(h.SFS, h.Page, "")+"#"+h.Part.Anchor
		}
		if views[i].Title == "" {
			views[i].Title = h.Title
		}
	}
	return hits(views)
}

// found is the statute of the address.
func (v *visitor) found() (Statute, error) {
	sfs := statute.FromSlug(v.r.PathValue("sfs"))
	return v.Statute(v.r.Context(), sfs)
}

// contents is the page of a statute: what is in it, or, where it has no chapters, its text.
func contents(v *visitor) error {
	st, err := v.found()
	if err != nil {
		return err
	}
	list, err := v.Contents(v.r.Context(), st.SFS)
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.page(st.Title, v.crumb()), Lead: "SFS " + st.SFS, Side: v.facts(st)}
	var parts []templ.Component
	if !st.Repealed.IsZero() {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("law.repealed"), Text: v.T("law.repealed_text", "Day", v.l.Date(st.Repealed), "By", st.About.RepealedBy)})
	}
	if !st.HasText {
		parts = append(parts, ui.Alert{Tone: ui.Info, Title: v.T("law.no_text"), Text: v.T("law.no_text_text")})
	}
	chapters, rest := v.chapters(st, list)
	if len(chapters) > 0 {
		parts = append(parts, ui.H2(v.T("law.contents")), swedish(chapters))
	} else {
		text, err := v.Page(v.r.Context(), st.SFS, noChapter)
		if err != nil {
			return err
		}
		if len(text) > 0 {
			parts = append(parts, v.text(st, text))
		}
	}
	if len(rest) > 0 {
		parts = append(parts, ui.H2(v.T("law.more")), swedish(rest))
	}
	if services := v.services(st.SFS, "", ""); len(services) > 0 {
		parts = append(parts, ui.H2(v.T("law.services_statute")), services)
	}
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, parts...))
}

// chapters are the links of the contents: chapters with their divisions, and what comes after the law's own text.
func (v *visitor) chapters(st Statute, list []statute.Part) (chapters, rest ui.Links) {
	division := ""
	front := false
	for _, p := range list {
		switch p.Kind {
		case statute.Division:
			division = p.Line
		case statute.Chapter:
			chapters = append(chapters, ui.Link{Text: p.Line, Href: Href(st.SFS, p.Chapter, ""), Hint: division})
			division = ""
		case statute.Transition, statute.Appendix:
			rest = append(rest, ui.Link{Text: p.Line, Href: Href(st.SFS, more, "") + "#" + p.Anchor})
		default:
			front = true
		}
	}
	if front && len(chapters) > 0 {
		chapters = append(ui.Links{{Text: v.T("law.front"), Href: Href(st.SFS, noChapter, "")}}, chapters...)
	}
	return chapters, rest
}

// chapter is a chapter, or another page of a statute.
func chapter(v *visitor) error {
	st, err := v.found()
	if err != nil {
		return err
	}
	page := v.r.PathValue("page")
	if page != noChapter && page != more {
		number, _, ok := statute.ParseAnchor("K" + page)
		if !ok {
			return store.ErrNotFound
		}
		page = number
	}
	list, err := v.Page(v.r.Context(), st.SFS, page)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return v.missing(st)
	}
	title := v.T("law.front")
	switch {
	case page == more:
		title = v.T("law.more")
	case list[0].Kind == statute.Chapter:
		title = list[0].Line
		list = list[1:]
	}
	p := ui.Read{Page: v.page(title, v.crumb(), ui.Link{Text: st.Title, Href: Href(st.SFS, "", "")}), Lead: st.Title + " (" + st.SFS + ")"}
	p.Of = st.Title
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, v.text(st, list)))
}

// text is the text of parts, with its citations as links.
func (v *visitor) text(st Statute, list []statute.Part) templ.Component {
	views := make([]partView, len(list))
	below := false
	for i, p := range list {
		views[i] = v.view(st, p)
		if p.Kind == statute.Section {
			views[i].Href, views[i].Below = Href(st.SFS, p.Chapter, p.Number), below
		}
		below = below || p.Kind == statute.Heading
	}
	return lawText(views)
}

func (v *visitor) view(st Statute, p statute.Part) partView {
	out := partView{Part: p, When: v.when(p)}
	for _, t := range p.Stycken {
		out.Text = append(out.Text, v.linked(t, statute.Within{SFS: st.SFS, Chapter: p.Chapter}))
	}
	return out
}

// when says from and until which day a wording applies, "" if the text does not tell.
func (v *visitor) when(p statute.Part) string {
	switch {
	case !p.From.IsZero() && !p.Until.IsZero():
		return v.T("law.when.between", "From", v.l.Date(p.From), "Until", v.l.Date(p.Until.AddDays(-1)))
	case !p.From.IsZero():
		return v.T("law.when.from", "From", v.l.Date(p.From))
	case !p.Until.IsZero():
		return v.T("law.when.until", "Until", v.l.Date(p.Until.AddDays(-1)))
	case p.When != "":
		return v.T("law.when.condition", "When", p.When)
	}
	return ""
}

// missing says that there is no such place in the statute, and leads to what there is.
func (v *visitor) missing(st Statute) error {
	return ui.Render(v.w, v.r, http.StatusNotFound, ui.Message{Page: v.page(v.T("law.missing")), Lead: v.T("law.missing_text", "Title", st.Title, "SFS", st.SFS),
		Ways: []ui.Link{{Text: st.Title, Href: Href(st.SFS, "", "")}, {Text: v.T("law.title"), Href: Path}}})
}

// section is one § with its wordings, the e-services that build on it, and the way to its neighbours.
func section(v *visitor) error {
	st, err := v.found()
	if err != nil {
		return err
	}
	page := v.r.PathValue("page")
	if page == noChapter {
		page = ""
	}
	anchor := "P" + v.r.PathValue("section")
	if page != "" {
		anchor = "K" + page + anchor
	}
	chapter, number, ok := statute.ParseAnchor(anchor)
	if !ok {
		return v.missing(st)
	}
	at := Provision{st.SFS, chapter, number}
	wordings, before, after, err := v.Section(v.r.Context(), at)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return v.missing(st)
		}
		return err
	}
	if v.r.Method == http.MethodGet {
		v.count(Provision{st.SFS, chapter, wordings[0].Number})
	}
	crumbs := []ui.Link{v.crumb(), {Text: st.Title, Href: Href(st.SFS, "", "")}}
	if chapter != "" {
		crumbs = append(crumbs, ui.Link{Text: chapter + " kap.", Href: Href(st.SFS, chapter, "")})
	}
	p := ui.Read{Page: v.page(wordings[0].Label()+" "+st.Title, crumbs...), Lead: "SFS " + st.SFS}
	var parts []templ.Component
	for _, w := range wordings {
		parts = append(parts, v.wording(st, w))
	}
	if services := v.services(st.SFS, chapter, wordings[0].Number); len(services) > 0 {
		parts = append(parts, ui.H2(v.T("law.services")), services)
	}
	var ways ui.Links
	if before != "" {
		ways = append(ways, ui.Link{Text: v.T("law.before", "Section", (statute.Part{Kind: statute.Section, Chapter: chapter, Number: before}).Label()), Href: Href(st.SFS, chapter, before)})
	}
	if after != "" {
		ways = append(ways, ui.Link{Text: v.T("law.after", "Section", (statute.Part{Kind: statute.Section, Chapter: chapter, Number: after}).Label()), Href: Href(st.SFS, chapter, after)})
	}
	whole := Href(st.SFS, chapter, "") // of a statute without chapters its page
	ways = append(ways, ui.Link{Text: v.T("law.in_place"), Href: whole + "#" + wordings[0].Anchor})
	parts = append(parts, ui.H2(v.T("law.around")), ways)
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, parts...))
}

// wording is one wording of a §, under a line that says when it applies.
func (v *visitor) wording(st Statute, p statute.Part) templ.Component {
	return wordingText(v.view(st, p))
}
