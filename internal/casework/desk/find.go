package desk

import (
	"net/url"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// foundRows is how many hits a page of the search has.
const foundRows = 25

// find searches the cases that the official may read.
func find(v *visit) error {
	words := strings.TrimSpace(v.R.URL.Query().Get("q"))
	page := ui.List{Page: v.Page(v.T("desk.search.title"), pathSearch), Found: -1}
	page.Path = pathSearch
	if words == "" {
		return ui.Render(v.W, v.R, 200, searchPage(page, words))
	}
	page.Path += "?" + url.Values{"q": {words}}.Encode()
	found, next, err := v.Cases.Search(v.Ctx(), v.Index, v.Who, words, v.R.URL.Query().Get("efter"), foundRows)
	if err != nil {
		return err
	}
	page.Title = v.T("desk.search.for", "Words", words)
	page.Found, page.More = len(found), next != ""
	t := ui.Table{Caption: v.T("desk.search.title"), HideCaption: true, Columns: []ui.Column{{Title: v.T("desk.number")}, {Title: v.T("desk.subject")}, {Title: v.T("desk.unit")}, {Title: v.T("desk.status")}, {Title: v.T("desk.received")}}}
	for _, f := range found {
		c := f.Case
		t.Rows = append(t.Rows, ui.Row{Value: c.ID, Cells: []ui.Cell{
			{Text: c.Number, Href: casePath(c.ID)}, {Body: foundText(c.Subject, f.Hit.Snippet, v.marks(c))}, {Text: v.Unit(c.Unit)}, {Body: v.status(c)},
			{Text: calendar.DateOf(c.ReceivedAt).String()}}})
	}
	switch {
	case len(found) > 0:
		page.Table = t
	case next == "":
		page.Empty = &ui.Empty{Title: v.T("desk.search.empty"), Text: v.T("desk.search.empty_text")}
	}
	if next != "" {
		page.Pager = &ui.Pager{Next: pathSearch + "?" + url.Values{"q": {words}, "efter": {next}}.Encode()}
	}
	return ui.Render(v.W, v.R, 200, searchPage(page, words))
}
