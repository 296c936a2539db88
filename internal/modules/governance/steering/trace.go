package steering

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Status is where a sentence stands on a day.
type Status string

// The statuses, the worst first. Open is a finding of the IT manager's that is not closed.
const (
	Broken   Status = "broken"   // there are rows that break it, or an open finding
	Departed Status = "departed" // there are avsteg from it, and nothing breaks it
	Held     Status = "held"
	Nobody   Status = "nobody" // no room holds it
)

// Statuses gives the statuses, the worst first.
func Statuses() []Status { return []Status{Broken, Departed, Held, Nobody} }

// Traced is a sentence held against what the rooms say, on a day.
type Traced struct {
	Rule
	Document   *Version
	How        []compliance.Rule
	Violations int
	Avsteg     int
	Findings   int // open
}

// Status is where the sentence stands.
func (t Traced) Status() Status {
	switch {
	case t.Violations+t.Findings > 0:
		return Broken
	case t.Avsteg > 0:
		return Departed
	case len(t.How) == 0:
		return Nobody
	}
	return Held
}

// maxAvsteg bounds how many avsteg are counted.
const maxAvsteg = 10_000

// Trace holds every sentence of what applies on a day against what the rooms of the house say that they do about it (S4-AC-2).
func (m *Module) Trace(ctx context.Context, lang i18n.Lang, on calendar.Date) ([]Traced, error) {
	docs, err := m.Texts(ctx, on)
	if err != nil {
		return nil, err
	}
	how := map[string][]compliance.Rule{}
	for _, room := range m.Rooms() {
		for _, r := range room.Compliance() {
			how[r.Sentence] = append(how[r.Sentence], r)
		}
	}
	avsteg, err := m.Deviations.List(ctx, deviation.Question{Member: m.Member(), State: deviation.Now, On: on, Limit: maxAvsteg})
	if err != nil {
		return nil, err
	}
	departed := map[string]int{}
	for _, d := range avsteg {
		departed[d.Sentence]++
	}
	findings, err := m.openFindings(ctx, on)
	if err != nil {
		return nil, err
	}
	var out []Traced
	for _, v := range docs {
		for _, r := range v.rules() {
			t := Traced{Rule: r, Document: v, How: how[r.ID], Avsteg: departed[r.ID], Findings: findings[r.ID]}
			for _, h := range t.How {
				if h.Find == nil {
					continue
				}
				_, n, err := h.Find(ctx, lang, on, 1)
				if err != nil {
					return nil, fmt.Errorf("asking what breaks %s: %w", r.ID, err)
				}
				t.Violations += n
			}
			out = append(out, t)
		}
	}
	return out, nil
}

func statusTag(l *i18n.Localizer, s Status) ui.Tag {
	tone := map[Status]ui.Tone{Broken: ui.Danger, Departed: ui.Warning, Held: ui.Success}[s]
	return ui.Tag{Text: l.T("steering.status." + string(s)), Tone: tone}
}

func tracePath(id string) string { return PathTrace + "/" + id }

// trace lists the sentences of the strategy with where each stands.
func trace(v *visit) error {
	all, err := v.Trace(v.Ctx(), v.Lang(), v.on)
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	document, status := q.Get("dokument"), Status(q.Get("lage"))
	counts := map[Status]int{}
	var docs []*Version
	for _, t := range all {
		counts[t.Status()]++
		if len(docs) == 0 || docs[len(docs)-1] != t.Document {
			docs = append(docs, t.Document)
		}
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(t Traced) bool {
		return document != "" && t.Document.Document != document || status != "" && t.Status() != status
	})
	p := ui.List{Page: v.page(v.T("steering.trace.title"), PathTrace), Found: len(shown),
		Lead: v.T("steering.trace.lead", "All", len(all), "Held", counts[Held], "Broken", counts[Broken], "Departed", counts[Departed], "Nobody", counts[Nobody])}
	documents, statuses := []ui.Option{{Label: v.T("steering.trace.all")}}, []ui.Option{{Label: v.T("steering.trace.all")}}
	for _, d := range docs {
		documents = append(documents, ui.Option{Value: d.Document, Label: d.Title.In(v.Lang()), Chosen: d.Document == document})
	}
	for _, s := range Statuses() {
		statuses = append(statuses, ui.Option{Value: string(s), Label: statusTag(v.L, s).Text, Chosen: s == status})
	}
	p.Filter = &ui.Filter{Action: PathTrace, Clear: PathTrace, Open: document != "" || status != "" || v.past(), Fields: []templ.Component{
		ui.Select{Field: ui.Field{Name: "dokument", Label: v.T("steering.document")}, Options: documents},
		ui.Select{Field: ui.Field{Name: "lage", Label: v.T("steering.state")}, Options: statuses},
		ui.Input{Field: ui.Field{Name: "per", Label: v.T("steering.per_day"), Hint: v.T("steering.day_hint")}, Value: v.on.String(), Width: 12, NoSpell: true},
	}}
	if len(shown) == 0 {
		p.Empty = &ui.Empty{Title: v.T("steering.trace.none"), Text: v.T("steering.trace.none_text")}
		return ui.Render(v.W, v.R, http.StatusOK, p)
	}
	table := ui.Table{ID: "meningar", Caption: p.Title, HideCaption: true, Columns: []ui.Column{{Title: v.T("steering.sentence")}, {Title: v.T("steering.words")}, {Title: v.T("steering.binds")},
		{Title: v.T("steering.state")}, {Title: v.T("steering.breaks"), Number: true}, {Title: v.T("steering.avsteg"), Number: true}}}
	for _, t := range shown {
		href := v.at(tracePath(t.ID))
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.ID, Href: href}, {Body: quote(t.Text)}, {Text: binding(v.L, t.Kind, "")}, {Body: statusTag(v.L, t.Status())},
			{Body: count(t.Violations+t.Findings, href+"#brott", v.T("steering.violations_of", "ID", t.ID))}, {Body: count(t.Avsteg, href+"#avsteg", v.T("steering.avsteg_of", "ID", t.ID))}}})
	}
	p.Table = table
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// binding says how far a sentence binds, in a word or (long) in a line.
func binding(l *i18n.Localizer, k pack.SentenceKind, long string) string {
	if k == "" {
		k = "states"
	}
	return l.T("steering.binds." + string(k) + long)
}

// maxRows bounds the rows that break a sentence on its page.
const maxRows = 100

// traced is a sentence: its words, how the rooms hold it, what breaks it, which avsteg there are.
func traced(v *visit) error { return v.sentence(v.R.PathValue("id"), http.StatusOK, nil) }

// of finds a sentence of what applies on a day.
func (m *Module) of(ctx context.Context, id string, on calendar.Date) (*Version, Rule, error) {
	docs, err := m.Texts(ctx, on)
	if err != nil {
		return nil, Rule{}, err
	}
	for _, d := range docs {
		for _, r := range d.rules() {
			if r.ID == id {
				return d, r, nil
			}
		}
	}
	return nil, Rule{}, store.ErrNotFound
}

// sentence writes the page of a sentence. finding is the form of a finding as it was filled in, nil if it was not.
func (v *visit) sentence(id string, status int, finding *sheet) error {
	doc, rule, err := v.of(v.Ctx(), id, v.on)
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.page(v.T("steering.trace.one", "ID", id), PathTrace, ui.Link{Text: v.T("steering.trace.title"), Href: v.at(PathTrace)})}
	if finding != nil {
		p.Errors = finding.faults
	}
	parts := []templ.Component{quote(rule.Text)}
	if rule.En != "" && v.Lang() == i18n.EN {
		parts = append(parts, ui.P(v.T("steering.in_short", "En", rule.En)))
	}
	parts = append(parts, ui.Summary{Facts: []ui.Fact{
		{Name: v.T("steering.document"), Body: ui.Links{{Text: doc.Title.In(v.Lang()), Href: v.at(doc.StaffPath()) + "#" + id}}},
		{Name: v.T("steering.binds"), Value: binding(v.L, rule.Kind, "_long")},
	}}, ui.H2(v.T("steering.how")))
	var broken []compliance.Violation
	total, held := 0, 0
	for _, room := range v.Rooms() {
		for _, h := range room.Compliance() {
			if h.Sentence != id {
				continue
			}
			held++
			parts = append(parts, ui.P(v.T("steering.way."+string(h.Way))+" "+h.How.In(v.Lang())))
			if h.Href != "" {
				parts = append(parts, ui.Links{{Text: v.T("steering.see_it"), Href: v.at(h.Href)}})
			}
			if h.Find == nil {
				continue
			}
			rows, n, err := h.Find(v.Ctx(), v.Lang(), v.on, maxRows)
			if err != nil {
				return fmt.Errorf("asking what breaks %s: %w", id, err)
			}
			broken, total = append(broken, rows...), total+n
		}
	}
	if held == 0 {
		parts = append(parts, ui.P(v.T("steering.held_by_nobody")))
	}
	parts = append(parts, anchored("brott", v.T("steering.violations")))
	if total == 0 {
		parts = append(parts, ui.P(v.T("steering.no_violations")))
	} else {
		links := ui.Links{}
		for _, b := range broken {
			links = append(links, ui.Link{Text: b.Text, Href: b.Href})
		}
		parts = append(parts, links)
		if total > len(broken) {
			parts = append(parts, ui.P(v.T("steering.more_violations", "Count", total-len(broken))))
		}
	}
	avsteg, err := v.avsteg(rule)
	if err != nil {
		return err
	}
	findings, err := v.findings(id, finding)
	if err != nil {
		return err
	}
	return ui.Render(v.W, v.R, status, ui.With(p, append(append(parts, avsteg...), findings...)...))
}

// avsteg lists what departs from a sentence on the day.
func (v *visit) avsteg(rule Rule) ([]templ.Component, error) {
	parts := []templ.Component{anchored("avsteg", v.T("steering.avsteg"))}
	if rule.Kind != pack.SentenceSoft {
		return append(parts, ui.P(v.T("steering.no_avsteg_from"))), nil
	}
	list, err := v.Deviations.List(v.Ctx(), deviation.Question{Member: v.Member(), Sentence: rule.ID, State: deviation.Now, On: v.on, Limit: maxRows})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return append(parts, ui.P(v.T("steering.no_avsteg"))), nil
	}
	t := ui.Table{ID: "avstegen", Caption: v.T("steering.avsteg"), HideCaption: true, Columns: []ui.Column{{Title: v.T("steering.avsteg_what")}, {Title: v.T("steering.avsteg_why")}, {Title: v.T("steering.avsteg_last")}, {Title: v.T("steering.review")}}}
	for _, d := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Name, Href: v.at(v.DeviationPath + "/" + d.ID)}, {Text: d.Motivation}, {Text: d.Last().String()}, {Text: d.Review.String()}}})
	}
	return append(parts, t), nil
}
