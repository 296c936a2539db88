package lawbook

import (
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/ui"
)

const (
	// maxFolded bounds how many §§ are folded out beside a case, for each provision that its case type builds on.
	maxFolded = 5
	// maxMentioned bounds how many provisions that a case cites are listed.
	maxMentioned = 30
)

// Panel is the law beside the case: the §§ that the case type builds on, folded out, and what is cited in its messages, notes and decisions.
func (m *Module) Panel(v *office.Visit, view cases.OfficerView) (desk.Part, error) {
	b, err := m.books(v.Ctx())
	if err != nil {
		return desk.Part{}, err
	}
	laws := Laws(view.Type)
	places := make([]statute.Citation, 0, len(laws))
	var labels []string
	for _, l := range laws {
		if c := statute.Cite(l.SFS, l.Chapter, l.Section); b.statutes[c.SFS].HasText {
			places, labels = append(places, c), append(labels, l.Short())
		}
	}
	texts, err := m.Sections(v.Ctx(), places)
	if err != nil {
		return desk.Part{}, err
	}
	var out []templ.Component
	for i, c := range places {
		if len(texts[i]) == 0 || len(texts[i]) > maxFolded { // a chapter or a statute is too much to fold out
			out = append(out, ui.Links{{Text: labels[i], Href: hrefOf(c)}})
			continue
		}
		var parts []partView
		for _, p := range texts[i] {
			view := partView{Part: p, Href: Href(c.SFS, p.Chapter, p.Number)}
			for _, t := range p.Stycken {
				view.Text = append(view.Text, m.linked(t, statute.Within{SFS: c.SFS, Chapter: p.Chapter}))
			}
			parts = append(parts, view)
		}
		out = append(out, folded(labels[i], parts))
	}
	if len(out) > 0 {
		out = append([]templ.Component{ui.H2(v.T("law.panel"))}, out...)
	}
	if links := m.mentioned(b, view); len(links) > 0 {
		out = append(out, ui.H2(v.T("law.panel_cited")), links)
	}
	return desk.Part{Side: out}, nil
}

// mentioned are the provisions cited in what the official reads of the case, in the order they come, each once. Names are understood as on
// the day the words were written.
func (m *Module) mentioned(b *shelf, view cases.OfficerView) ui.Links {
	var out ui.Links
	seen := map[string]bool{}
	add := func(c statute.Citation) {
		if href := hrefOf(c); b.statutes[c.SFS].HasText && !seen[href] && len(out) < maxMentioned {
			seen[href] = true
			out = append(out, ui.Link{Text: strings.TrimSpace(inWords(c) + b.index.Label(c.SFS)), Href: href})
		}
	}
	for _, e := range view.Events {
		for _, c := range b.index.Find(e.Body, calendar.DateOf(e.At)) {
			add(c)
		}
	}
	for _, d := range view.Decisions {
		for _, c := range b.index.Find(d.Text, calendar.DateOf(d.At)) {
			add(c)
		}
	}
	return out
}
