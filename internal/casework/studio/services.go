package studio

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// funnelDays is over how long the use of forms is shown.
const funnelDays = 90

// selection is which services are asked for.
type selection struct{ unit, state, needs string }

func (s selection) href(name, value string) string {
	q := url.Values{"enhet": {s.unit}, "lage": {s.state}, "behov": {s.needs}}
	q.Set(name, value)
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return Path
	}
	return Path + "?" + q.Encode()
}

// states are those a service can be in, as in addresses and texts.
func states() []string { return []string{"open", "shut", "coming", "draft", "ended"} }

// mine are the services that the official may see, by title.
func (v *visit) mine() []*casetype.CaseType {
	ids := map[string]bool{}
	for _, p := range v.Types.All() {
		ids[p.ID] = true
	}
	for _, ct := range v.Types.Drafts() {
		ids[ct.ID] = true
	}
	var out []*casetype.CaseType
	for id := range ids {
		if ct, ok := v.latest(id); ok && v.may(access.ServiceRead, ct).Allowed {
			out = append(out, ct)
		}
	}
	slices.SortFunc(out, func(a, b *casetype.CaseType) int {
		return strings.Compare(a.Title.In(v.Lang()), b.Title.In(v.Lang()))
	})
	return out
}

// services lists what the official answers for.
func services(v *visit) error {
	all := v.mine()
	open, err := v.openImprovements()
	if err != nil {
		return err
	}
	used, err := v.Measure.Drops(v.Ctx(), v.Today().AddDays(-funnelDays))
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	s := selection{unit: q.Get("enhet"), state: q.Get("lage"), needs: q.Get("behov")}
	page := ui.List{Page: v.page(v.T("studio.title")), Lead: v.T("studio.lead"), Filter: v.filter(s, all)}
	page.Actions = []templ.Component{ui.Button{Text: v.T("studio.processes.title"), Href: pathProcesses, Variant: ui.Secondary}}
	if len(access.Units(v.Who, access.ServiceManage)) > 0 {
		page.Actions = append(page.Actions, ui.Button{Text: v.T("studio.publish.title"), Href: pathPublish, Variant: ui.Secondary})
	}
	levels := v.levels()
	t := ui.Table{Caption: v.T("studio.title"), HideCaption: true}
	for _, c := range []string{"service", "state", "version", "next", "level", "open", "time", "feedback", "dropped"} {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("studio.column." + c), Number: c == "open" || c == "feedback" || c == "dropped"})
	}
	for _, ct := range all {
		state, tag := v.state(ct)
		if s.unit != "" && ct.Owner.Unit != s.unit || s.state != "" && state != s.state || s.needs != "" && open[ct.ID] == 0 {
			continue
		}
		t.Rows = append(t.Rows, v.row(ct, tag, open[ct.ID], levels[ct.ID], used[ct.ID]))
	}
	if page.Found = len(t.Rows); page.Found == 0 {
		page.Empty = &ui.Empty{Title: v.T("studio.none"), Text: v.T("studio.none_text"), Action: ui.Button{Text: v.T("studio.all"), Href: Path, Variant: ui.Secondary}}
	}
	page.Table = t
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

func (v *visit) row(ct *casetype.CaseType, state ui.Tag, improvements int, level pack.Level, used measure.Funnel) ui.Row {
	f := v.Measure.Figures(ct.ID)
	row := ui.Row{Cells: []ui.Cell{{Text: ct.Title.In(v.Lang()), Href: servicePath(ct.ID)}, {Body: state}, {Text: strconv.Itoa(ct.Version)}}}
	if improvements > 0 {
		row.Mark = ui.Warning
		row.Cells[1].Body = ui.Together(state, ui.Tag{Text: v.T("studio.improvements", "Count", improvements), Tone: ui.Warning})
	}
	next := v.T("studio.no_next")
	if n := v.next(v.Types.Versions(ct.ID)); n != nil {
		next = v.T("studio.next_on", "Version", strconv.Itoa(n.Version), "Date", n.ValidFrom.String())
	}
	name := v.T("studio.no_process")
	if level != "" {
		name = v.T("studio.level." + string(level))
	}
	row.Cells = append(row.Cells, ui.Cell{Text: next}, ui.Cell{Text: name}, ui.Cell{Text: strconv.Itoa(f.Open)}, ui.Cell{Text: v.median(f)}, ui.Cell{Text: v.mean(f)}, ui.Cell{Text: v.dropped(used)})
	return row
}

// median is the middle handling time, or that too few cases are closed.
func (v *visit) median(f measure.Figures) string {
	if !f.Measured() {
		return v.T("studio.too_few")
	}
	return v.days(f.Median)
}

func (v *visit) mean(f measure.Figures) string {
	if f.Mean() == 0 {
		return v.T("studio.too_few")
	}
	return v.decimal(f.Mean())
}

func (v *visit) dropped(f measure.Funnel) string {
	if f.Begun < measure.Enough {
		return v.T("studio.too_few")
	}
	return v.percent(f.Dropped())
}

// levels are how far the services' processes have come, by service.
func (v *visit) levels() map[string]pack.Level {
	out := map[string]pack.Level{}
	for _, p := range v.Pack().Processes {
		if p.Service != "" {
			out[p.Service] = p.Level
		}
	}
	return out
}

// openImprovements counts the open improvements by service.
func (v *visit) openImprovements() (map[string]int, error) {
	list, err := v.Measure.Improvements(v.Ctx(), "")
	out := map[string]int{}
	for _, i := range list {
		if i.ClosedAt.IsZero() {
			out[i.Type]++
		}
	}
	return out, err
}

func (v *visit) filter(s selection, all []*casetype.CaseType) *ui.Filter {
	f := &ui.Filter{Action: Path, Clear: Path}
	choose := func(name, label, chosen string, options []ui.Option) {
		for i, o := range options {
			if o.Value == chosen && chosen != "" {
				options[i].Chosen = true
				f.Chosen = append(f.Chosen, ui.Link{Text: o.Label, Href: s.href(name, "")})
			}
		}
		f.Fields = append(f.Fields, ui.Select{Field: ui.Field{Name: name, Label: label}, Empty: true, Options: options})
	}
	units := map[string]bool{}
	for _, ct := range all {
		units[ct.Owner.Unit] = true
	}
	var owners, where []ui.Option
	for _, u := range slices.Sorted(maps.Keys(units)) {
		owners = append(owners, ui.Option{Value: u, Label: v.Unit(u)})
	}
	for _, state := range states() {
		where = append(where, ui.Option{Value: state, Label: v.T("studio.state." + state)})
	}
	choose("enhet", v.T("studio.owner"), s.unit, owners)
	choose("lage", v.T("studio.column.state"), s.state, where)
	choose("behov", v.T("studio.needs"), s.needs, []ui.Option{{Value: "atgard", Label: v.T("studio.needs.improvement")}})
	return f
}
