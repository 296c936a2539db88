package clock

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// pageRows is how many cases stand on a page.
const pageRows = 50

// slugs name the lists in addresses and texts.
var slugs = map[List]string{ByLaw: "lag", Promise: "lofte", Mine: "mina", ToHead: "chef"}

// running is the page of what runs out.
func (m *Module) running(v *office.Visit) error {
	q := v.R.URL.Query()
	ask := Asked{List: ByLaw, Unit: q.Get("enhet"), After: q.Get("efter"), Limit: pageRows}
	for l, slug := range slugs {
		if q.Get("visa") == slug {
			ask.List = l
		}
	}
	found, err := m.Running(v.Ctx(), v.Who, ask)
	if errors.Is(err, cases.ErrCursor) {
		return fmt.Errorf("%w: %w", web.ErrBadRequest, err)
	}
	if err != nil {
		return err
	}
	page := ui.List{Page: v.Page(v.T("clock.running.title"), Path), Lead: v.T("clock.running.lead." + slugs[ask.List]), Found: len(found.Entries), More: found.Next != "",
		Tabs: m.tabs(v, ask), Filter: m.filter(v, ask)}
	page.Path = href(ask, ask.After)
	if ask.After != "" {
		page.Actions = append(page.Actions, ui.Button{Text: v.T("clock.running.first"), Href: href(ask, ""), Variant: ui.Secondary})
	}
	if len(found.Entries) == 0 {
		page.Empty = &ui.Empty{Title: v.T("clock.running.none"), Text: v.T("clock.running.none_text")}
	} else {
		page.Table = m.table(v, ask, found.Entries)
		if found.Next != "" {
			page.Pager = &ui.Pager{Next: href(ask, found.Next)}
		}
	}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// href is the address of a list from a place on.
func href(ask Asked, after string) string {
	q := url.Values{"visa": {slugs[ask.List]}}
	if ask.Unit != "" {
		q.Set("enhet", ask.Unit)
	}
	if after != "" {
		q.Set("efter", after)
	}
	return Path + "?" + q.Encode()
}

func (m *Module) tabs(v *office.Visit, ask Asked) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("clock.running.lists")}
	for _, l := range Lists() {
		if l == Mine && !v.MayAnywhere(access.CaseClaim) {
			continue
		}
		t.Links = append(t.Links, ui.Link{Text: v.T("clock.running.list." + slugs[l]), Href: href(Asked{List: l, Unit: ask.Unit}, ""), Current: l == ask.List})
	}
	return t
}

func (m *Module) filter(v *office.Visit, ask Asked) *ui.Filter {
	units := access.Units(v.Who, access.CaseRead)
	if len(units) < 2 {
		return nil
	}
	var options []ui.Option
	f := &ui.Filter{Action: Path, Clear: href(Asked{List: ask.List}, ""), Hidden: []ui.Hidden{{Name: "visa", Value: slugs[ask.List]}}}
	for _, u := range units {
		options = append(options, ui.Option{Value: u, Label: v.Unit(u), Chosen: u == ask.Unit})
		if u == ask.Unit {
			f.Chosen = []ui.Link{{Text: v.Unit(u), Href: href(Asked{List: ask.List}, "")}}
		}
	}
	slices.SortFunc(options, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	f.Fields = []templ.Component{ui.Select{Field: ui.Field{Name: "enhet", Label: v.T("clock.running.unit")}, Empty: true, Options: options}}
	return f
}

func (m *Module) table(v *office.Visit, ask Asked, list []Entry) ui.Table {
	t := ui.Table{Caption: v.T("clock.running.list." + slugs[ask.List]), HideCaption: true}
	for _, c := range []string{"number", "subject", "day", "why", "unit", "handler"} {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("clock.column." + c)})
	}
	set, _ := m.Keeper.plan.on(v.Today())
	for _, e := range list {
		c := e.Case
		subject := c.Subject
		if subject == "" {
			subject = v.T("clock.running.veiled")
		}
		who := v.Person(c.Assignee)
		if c.Assignee == "" {
			who = v.T("clock.running.nobody")
		}
		row := ui.Row{Cells: []ui.Cell{{Text: c.Number, Href: casePath(c.ID)}, {Text: subject}, {Text: m.dayAndLeft(v, e.Day)}, {Body: m.why(v, e)}, {Text: v.Unit(c.Unit)}, {Text: who}}}
		switch left := v.Today().DaysUntil(e.Day); {
		case left < 0:
			row.Mark = ui.Danger
		case left <= set.LawNear:
			row.Mark = ui.Warning
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// why is what the day of a row rests on, and whether the time stands still.
func (m *Module) why(v *office.Visit, e Entry) templ.Component {
	if _, _, ok := e.Clock.Times.Standing(e.Clock.Course); ok && e.Day != e.Clock.Statutory {
		return ui.Tag{Text: v.T("clock.running.stands"), Tone: ui.Info}
	}
	if !e.Clock.Statutory.IsZero() && e.Day == e.Clock.Statutory {
		return ui.Tag{Text: e.Clock.Provision.String(), Tone: ui.Warning}
	}
	return ui.Tag{Text: v.T("clock.running.promise"), Tone: ui.Neutral}
}
