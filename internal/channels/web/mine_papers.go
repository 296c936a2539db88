package web

import (
	"context"
	"net/http"
	"strconv"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// papers lists decisions and files of all the reader's cases, newest first.
func (m *Module) papers(w http.ResponseWriter, r *http.Request) error {
	who, _, err := m.follower(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list, next, err := m.Cases.Documents(ctx, who, r.URL.Query().Get("efter"), minePage)
	if err != nil {
		return badCursor(err)
	}
	v := papersView{Page: m.mineSub(r, ui.T(ctx, "public.mine.papers")), pager: pages(r, "/mina-sidor/dokument", next), first: r.URL.Query().Get("efter") == ""}
	if v.first {
		decisions, err := m.Cases.DecisionsFor(ctx, who, 50)
		if err != nil {
			return err
		}
		until := map[string]string{}
		if m.Appeals != nil {
			if until, err = m.Appeals.Until(ctx, i18n.From(ctx), decisions); err != nil {
				return err
			}
		}
		for _, d := range decisions {
			v.decisions = append(v.decisions, m.decisionSummary(ctx, d, until[d.Decision.ID]))
		}
		handed, err := m.Cases.Mine(ctx, who, "", 50)
		if err != nil {
			return err
		}
		for _, c := range handed.Cases {
			v.handed = append(v.handed, ui.Link{Text: m.titleOf(ctx, c.TypeID, c.TypeVersion) + ", " + c.Number, Hint: i18n.From(ctx).DateTime(c.ReceivedAt), Href: "/mina-sidor/arenden/" + slug(c.Number) + "/inlamning.pdf"})
		}
	}
	if len(list) > 0 {
		v.files = m.fileTable(ctx, list)
	}
	return ui.Render(w, r, http.StatusOK, papersPage(v))
}

// papersView is the page of documents and decisions.
type papersView struct {
	ui.Page
	first     bool
	decisions []ui.Summary
	handed    ui.Links
	files     *ui.Table
	pager     *ui.Pager
}

func (m *Module) fileTable(ctx context.Context, list []cases.CaseDocument) *ui.Table {
	t := &ui.Table{Caption: ui.T(ctx, "public.mine.files")}
	for _, key := range []string{"file", "number", "direction", "when"} {
		t.Columns = append(t.Columns, ui.Column{Title: ui.T(ctx, "public.mine."+key)})
	}
	for _, d := range list {
		here := "/mina-sidor/arenden/" + slug(d.Case.Number)
		direction := ui.T(ctx, "public.mine.from_you")
		if d.Document.Direction == cases.Out {
			direction = ui.T(ctx, "public.mine.from_us")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Document.Name + " (" + fileSize(ctx, d.Document.Size) + ")", Href: here + "/dokument/" + strconv.Itoa(d.Document.N)},
			{Text: d.Case.Number, Href: here}, {Text: direction}, {Text: isoDate(d.At)}}})
	}
	return t
}

// decisionSummary is a decision with how and until when it can be appealed; until is "" when nobody knows.
func (m *Module) decisionSummary(ctx context.Context, d cases.CaseDecision, until string) ui.Summary {
	l := i18n.From(ctx)
	s := ui.Summary{Title: d.Type.Title.In(l.Lang()) + ", " + d.Case.Number, Facts: []ui.Fact{{Name: ui.T(ctx, "public.mine.when"), Value: l.DateTime(d.Decision.At)}}}
	kind := d.Type.Decision(d.Decision.Key)
	if kind == nil {
		s.Facts = append(s.Facts, m.cited(ui.T(ctx, "public.mine.decision"), compact(d.Decision.Text)))
	} else {
		s.Facts = append(s.Facts, m.cited(ui.T(ctx, "public.mine.decision"), compact(kind.Title.In(l.Lang()), d.Decision.Text)),
			m.cited(ui.T(ctx, "public.mine.appeal"), compact(kind.Appeal.Text.In(l.Lang()), until)))
	}
	s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.mine.number"), Body: ui.Links{{Text: d.Case.Number, Href: "/mina-sidor/arenden/" + slug(d.Case.Number)}}})
	return s
}
