package studio

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// examples runs the examples of the files of a service and says how each came out.
func examples(v *visit) error {
	ct, err := v.open()
	if err != nil {
		return err
	}
	tested, other := v.Folder.Test(ct.ID)
	page := ui.Read{Page: v.page(v.T("studio.examples.title"), v.crumb(ct)), Lead: v.T("studio.examples.lead")}
	page.Of = ct.Title.In(v.Lang())
	var parts []templ.Component
	if len(other) > 0 {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Text: v.T("studio.examples.other")}, v.problems("ovrigt", other))
	}
	if len(tested) == 0 {
		parts = append(parts, ui.P(v.T("studio.examples.none")))
	}
	for n, t := range tested {
		parts = append(parts, ui.H2(v.T("studio.examples.file", "File", t.File, "Version", strconv.Itoa(t.Version))))
		if len(t.Problems) > 0 {
			parts = append(parts, ui.Alert{Tone: ui.Danger, Text: v.T("studio.examples.broken")}, v.problems("fel-"+strconv.Itoa(n), t.Problems))
			continue
		}
		parts = append(parts, v.ran("prov-"+strconv.Itoa(n), t))
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(page, parts...))
}

func (v *visit) ran(id string, t pack.Tested) ui.Table {
	table := ui.Table{ID: id, Caption: v.T("studio.examples.caption"), Columns: []ui.Column{{Title: v.T("studio.examples.name")}, {Title: v.T("studio.examples.result")}, {Title: v.T("studio.examples.why")}}}
	for _, e := range t.Examples {
		row := ui.Row{Cells: []ui.Cell{{Text: e.Name}, {Body: ui.Tag{Text: v.T("studio.examples.ok"), Tone: ui.Success}}, {}}}
		if len(e.Failed) > 0 {
			row.Mark = ui.Danger
			row.Cells[1].Body = ui.Tag{Text: v.T("studio.examples.failed"), Tone: ui.Danger}
			row.Cells[2].Text = v.T("studio.examples.line", "Line", strconv.Itoa(e.Line)) + " " + strings.Join(e.Failed, "; ")
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// problems are faults of files, by place, with what was perhaps meant. Their words are for those who write the files, in English.
func (v *visit) problems(id string, list []pack.Problem) ui.Table {
	t := ui.Table{ID: id, Caption: v.T("studio.problems"), Columns: []ui.Column{{Title: v.T("studio.problem.file")}, {Title: v.T("studio.problem.line"), Number: true},
		{Title: v.T("studio.problem.column"), Number: true}, {Title: v.T("studio.problem.what")}, {Title: v.T("studio.problem.meant")}}}
	for _, p := range list {
		t.Rows = append(t.Rows, ui.Row{Mark: ui.Danger, Cells: []ui.Cell{{Text: p.File}, {Text: strconv.Itoa(p.Line)}, {Text: strconv.Itoa(p.Column)}, {Text: p.Message}, {Text: p.Suggest}}})
	}
	return t
}

// edition is a version that can be compared: published, or as the folder has it.
type edition struct {
	value, label string
	ct           *casetype.CaseType
}

// editions are what there is of a service, oldest first, what lies in the folder last.
func (v *visit) editions(id string) []edition {
	var out []edition
	for _, p := range v.Types.Versions(id) {
		n := strconv.Itoa(p.Version)
		out = append(out, edition{n, v.T("studio.diff.version", "Version", n), p.CaseType})
	}
	p, err := v.Folder.Read()
	if err != nil {
		p = v.Pack() // the folder cannot be used as it is; what was read last can
	}
	for _, ct := range p.CaseTypes {
		n := strconv.Itoa(ct.Version)
		published := slices.ContainsFunc(out, func(e edition) bool { return e.value == n })
		if ct.ID == id && (!published || ct.State == casetype.Draft) {
			out = append(out, edition{"mapp-" + n, v.T("studio.diff.folder", "Version", n), ct})
		}
	}
	return out
}

// difference shows what two versions of a service say differently, side by side.
func difference(v *visit) error {
	ct, err := v.open()
	if err != nil {
		return err
	}
	all := v.editions(ct.ID)
	if len(all) == 0 {
		return store.ErrNotFound
	}
	pick := func(name string, otherwise int) (edition, error) {
		asked := v.R.URL.Query().Get(name)
		if asked == "" {
			return all[max(0, otherwise)], nil
		}
		if i := slices.IndexFunc(all, func(e edition) bool { return e.value == asked }); i >= 0 {
			return all[i], nil
		}
		return edition{}, store.ErrNotFound
	}
	from, err := pick("fran", len(all)-2)
	to, err2 := pick("till", len(all)-1)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	changes := casetype.Diff(from.ct.Definition, to.ct.Definition)
	page := ui.List{Page: v.page(v.T("studio.diff.title"), v.crumb(ct)), Lead: v.T("studio.diff.lead", "From", from.label, "To", to.label), Found: len(changes)}
	page.Of = ct.Title.In(v.Lang())
	page.Filter = &ui.Filter{Action: servicePath(ct.ID) + "/skillnad", Clear: servicePath(ct.ID) + "/skillnad", Open: true}
	for _, f := range []struct {
		name, label string
		chosen      edition
	}{{"fran", v.T("studio.diff.before"), from}, {"till", v.T("studio.diff.after"), to}} {
		s := ui.Select{Field: ui.Field{Name: f.name, Label: f.label}}
		for _, e := range all {
			s.Options = append(s.Options, ui.Option{Value: e.value, Label: e.label, Chosen: e.value == f.chosen.value})
		}
		page.Filter.Fields = append(page.Filter.Fields, s)
	}
	t := ui.Table{Caption: v.T("studio.diff.title"), HideCaption: true, Columns: []ui.Column{{Title: v.T("studio.diff.where")}, {Title: v.T("studio.diff.what")}, {Title: from.label}, {Title: to.label}}}
	for _, c := range changes {
		tone := map[string]ui.Tone{"added": ui.Success, "removed": ui.Danger, "changed": ui.Info}[c.Kind]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Path}, {Body: ui.Tag{Text: v.T("studio.diff." + c.Kind), Tone: tone}}, {Text: c.Old}, {Text: c.New}}})
	}
	page.Table = t
	if len(changes) == 0 {
		page.Empty = &ui.Empty{Title: v.T("studio.diff.none")}
	}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// coming is what reading the folder would do, for one who asks.
type coming struct {
	pack    *pack.Pack
	whole   []pack.Problem // why nothing at all can be read
	fresh   []*casetype.CaseType
	ended   []*casetype.CaseType
	refused []string
	absent  []string
	other   []string // units whose services would be changed, and the official answers for none of them
}

// look reads the folder and tells what would come of it.
func (v *visit) look() (coming, error) {
	var c coming
	p, err := v.Folder.Read()
	var problems pack.LoadError
	if errors.As(err, &problems) {
		c.whole = problems
		return c, nil
	}
	if err != nil {
		return c, err
	}
	c.pack = p
	outcome, err := v.Types.Preview(p)
	if err != nil {
		return c, err
	}
	for _, r := range outcome.Refused {
		c.refused = append(c.refused, r.String())
	}
	c.absent = outcome.Absent
	for _, ct := range p.CaseTypes {
		name := ct.ID + "@" + strconv.Itoa(ct.Version)
		fresh, ended := slices.Contains(outcome.Published, name), slices.Contains(outcome.Retired, name)
		switch {
		case fresh:
			c.fresh = append(c.fresh, ct)
		case ended:
			c.ended = append(c.ended, ct)
		}
		if unit := v.Unit(ct.Owner.Unit); (fresh || ended) && !v.may(access.ServiceManage, ct).Allowed && !slices.Contains(c.other, unit) {
			c.other = append(c.other, unit)
		}
	}
	return c, nil
}

// publishing shows what reading the folder again would publish and what is broken in it.
func publishing(v *visit) error { return v.showPublishing(http.StatusOK, nil) }

func (v *visit) showPublishing(status int, notice *ui.Alert) error {
	if len(access.Units(v.Who, access.ServiceManage)) == 0 {
		return access.Check(v.Who, access.ServiceManage, access.Object{}).Err()
	}
	c, err := v.look()
	if err != nil {
		return err
	}
	page := ui.Read{Page: v.page(v.T("studio.publish.title")), Lead: v.T("studio.publish.lead")}
	if notice != nil {
		page.Notice = notice
	} else if n, err := strconv.Atoi(v.R.URL.Query().Get("klart")); err == nil {
		page.Notice = &ui.Alert{Tone: ui.Success, Text: v.T("studio.publish.done", "Count", n), Live: true}
	}
	return ui.Render(v.W, v.R, status, ui.With(page, v.comingParts(c)...))
}

func (v *visit) comingParts(c coming) []templ.Component {
	if len(c.whole) > 0 {
		return []templ.Component{ui.Alert{Tone: ui.Danger, Title: v.T("studio.publish.refused"), Text: v.T("studio.publish.refused_text")}, v.problems("fel", c.whole)}
	}
	var parts []templ.Component
	if len(c.fresh)+len(c.ended) > 0 {
		t := ui.Table{ID: "nytt", Caption: v.T("studio.publish.caption"), Columns: []ui.Column{{Title: v.T("studio.column.service")}, {Title: v.T("studio.column.version")}, {Title: v.T("studio.publish.what")},
			{Title: v.T("studio.version.from")}, {Title: v.T("studio.version.ways")}}}
		for _, list := range [][]*casetype.CaseType{c.fresh, c.ended} {
			for _, ct := range list {
				what, tone := v.T("studio.publish.new"), ui.Success
				if ct.State == casetype.Retired {
					what, tone = v.T("studio.publish.retired"), ui.Warning
				}
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ct.Title.In(v.Lang())}, {Text: strconv.Itoa(ct.Version)}, {Body: ui.Tag{Text: what, Tone: tone}}, {Text: ct.ValidFrom.String()}, {Body: v.diffLink(ct)}}})
			}
		}
		parts = append(parts, t)
		b := ui.Button{Text: v.T("studio.publish.button")}
		if len(c.other) > 0 {
			b.Blocked = v.T("studio.publish.others", "Units", strings.Join(c.other, ", "))
		}
		parts = append(parts, ui.Post{To: pathPublish, Button: b})
	} else {
		parts = append(parts, ui.P(v.T("studio.publish.nothing")))
	}
	if len(c.refused) > 0 {
		parts = append(parts, ui.H2(v.T("studio.publish.not")), ui.Plain(c.refused))
	}
	if len(c.pack.Broken) > 0 {
		parts = append(parts, ui.H2(v.T("studio.publish.broken")), ui.P(v.T("studio.publish.broken_text")), v.problems("fel", c.pack.Broken))
	}
	if len(c.absent) > 0 {
		parts = append(parts, ui.H2(v.T("studio.publish.absent")), ui.P(v.T("studio.publish.absent_text")), ui.Plain(c.absent))
	}
	if drafts := c.pack.Drafts(); len(drafts) > 0 {
		var names []string
		for _, ct := range drafts {
			names = append(names, v.T("studio.publish.draft", "Service", ct.Title.In(v.Lang()), "Version", strconv.Itoa(ct.Version)))
		}
		parts = append(parts, ui.H2(v.T("studio.publish.drafts")), ui.P(v.T("studio.publish.drafts_text")), ui.Plain(names))
	}
	return parts
}

// diffLink leads to the difference from what is published now; nothing for a first version.
func (v *visit) diffLink(ct *casetype.CaseType) templ.Component {
	list := v.Types.Versions(ct.ID)
	if len(list) == 0 || ct.State == casetype.Retired || !v.may(access.ServiceRead, ct).Allowed {
		return ui.P("–")
	}
	n := strconv.Itoa(list[len(list)-1].Version)
	return ui.Links{{Text: v.T("studio.diff.from", "Version", n), Href: servicePath(ct.ID) + "/skillnad?fran=" + n + "&till=mapp-" + strconv.Itoa(ct.Version)}}
}

// publish reads the folder and publishes what is new in it, each version from its own first day. It takes that the official answers for
// every service that would be changed.
func publish(v *visit) error {
	if len(access.Units(v.Who, access.ServiceManage)) == 0 {
		return access.Check(v.Who, access.ServiceManage, access.Object{}).Err()
	}
	c, err := v.look()
	if err != nil {
		return err
	}
	switch {
	case len(c.whole) > 0:
		return v.showPublishing(http.StatusUnprocessableEntity, nil)
	case len(c.other) > 0:
		return v.showPublishing(http.StatusForbidden, &ui.Alert{Tone: ui.Danger, Text: v.T("studio.publish.others", "Units", strings.Join(c.other, ", "))})
	case len(c.fresh)+len(c.ended) == 0:
		return v.See(pathPublish)
	}
	first := append(slices.Clone(c.fresh), c.ended...)[0]
	done, err := v.Folder.Publish(v.Ctx(), bodies.By{Person: v.Who.Person, Mandate: v.may(access.ServiceManage, first).Mandate})
	var problems pack.LoadError
	if errors.As(err, &problems) { // changed since it was looked at
		return v.showPublishing(http.StatusConflict, nil)
	}
	if err != nil {
		return err
	}
	return v.See(pathPublish + "?klart=" + strconv.Itoa(len(done.Published)+len(done.Retired)))
}
