package steering

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// overview is what steers the municipality, and what waits to be done about it.
func overview(v *visit) error {
	p := ui.List{Page: v.page(v.T("steering.title"), PathStaff), Lead: v.T("steering.lead"), Found: -1}
	var parts []templ.Component
	if !v.past() {
		waiting, err := v.waiting()
		if err != nil {
			return err
		}
		parts = append(parts, waiting...)
	}
	all, err := v.InForce(v.Ctx(), v.on)
	if err != nil {
		return err
	}
	parts = append(parts, ui.H2(v.T("steering.in_force")), perForm(v.L, PathStaff, v.on))
	if len(all) == 0 {
		parts = append(parts, ui.Empty{Title: v.T("steering.none"), Text: v.T("steering.none_text")})
	} else {
		t := ui.Table{ID: "galler", Caption: v.T("steering.in_force"), HideCaption: true, Columns: []ui.Column{{Title: v.T("steering.document")}, {Title: v.T("steering.type")},
			{Title: v.T("steering.decides")}, {Title: v.T("steering.applies_from")}, {Title: v.T("steering.review")}, {Title: v.T("steering.reach")}}}
		for _, x := range all {
			reach := v.T("steering.reach.internal")
			if x.Public {
				reach = v.T("steering.reach.public")
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title.In(v.Lang()), Href: v.at(x.StaffPath())}, {Text: v.typeName(v.L, x.Type)}, {Text: v.decider(v.L, x.Type)},
				{Text: x.From.String()}, {Text: day(x.Review)}, {Text: reach}}})
		}
		parts = append(parts, t)
	}
	parts = append(parts, ui.Links{{Text: v.T("steering.trace.title"), Href: v.at(PathTrace)}})
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, parts...))
}

// waiting is what waits today: to be read, reviewed, looked at again, written.
func (v *visit) waiting() ([]templ.Component, error) {
	var parts []templ.Component
	if v.writes() {
		parts = append(parts, ui.Button{Text: v.T("steering.write_new"), Href: pathNew, Variant: ui.Secondary})
	}
	if v.MayAnywhere(access.GovernanceTakePart) {
		list, err := v.ToRead(v.Ctx(), v.Who.Person, v.on)
		if err != nil {
			return nil, err
		}
		parts = append(parts, v.listed("to_read", list, func(*Version) string { return v.T("steering.to_read_hint") })...)
	}
	due, err := v.Due(v.Ctx(), v.on)
	if err != nil {
		return nil, err
	}
	parts = append(parts, v.listed("due", due, func(x *Version) string {
		if x.Review.Before(v.on) {
			return v.T("steering.review_late", "Day", v.L.Date(x.Review))
		}
		return v.T("steering.review_soon", "Day", v.L.Date(x.Review))
	})...)
	conflicts, err := v.Conflicts(v.Ctx(), v.on)
	if err != nil {
		return nil, err
	}
	newer := map[string]*Version{}
	var older []*Version
	for _, c := range conflicts {
		if newer[c.Version.ID] == nil {
			older = append(older, c.Version)
		}
		newer[c.Version.ID] = c.Newer
	}
	parts = append(parts, v.listed("conflicts", older, func(x *Version) string {
		return v.T("steering.conflict", "Title", newer[x.ID].Title.In(v.Lang()), "Day", v.L.Date(newer[x.ID].From))
	})...)
	open, err := v.Open(v.Ctx())
	if err != nil {
		return nil, err
	}
	return append(parts, v.listed("open", open, func(x *Version) string { return stateTag(v.L, x, v.on).Text })...), nil
}

// listed is a list of versions under a heading, or nothing.
func (v *visit) listed(heading string, list []*Version, hint func(*Version) string) []templ.Component {
	if len(list) == 0 {
		return nil
	}
	links := ui.Links{}
	for _, x := range list {
		links = append(links, ui.Link{Text: v.T("steering.title_version", "Title", x.Title.In(v.Lang()), "N", x.Number), Href: x.StaffPath(), Hint: hint(x)})
	}
	return []templ.Component{ui.H2(v.T("steering.list." + heading)), links}
}

// writes reports whether the official may write documents of some type.
func (v *visit) writes() bool {
	return slices.ContainsFunc(v.Types(), func(t pack.SteeringType) bool { return v.MayWrite(v.Who, &t) })
}

// current leads on to the version that applies, or to the newest there is.
func current(v *visit) error {
	key := v.R.PathValue("key")
	x, err := v.On(v.Ctx(), key, v.on)
	if err != nil {
		list, lerr := v.Versions(v.Ctx(), key)
		if lerr != nil {
			return lerr
		}
		x = list[0]
	}
	return v.See(v.at(x.StaffPath()))
}

// document is a version for those who work here, with what can be done about it.
func document(v *visit) error {
	x, err := v.asked(v.R)
	if err != nil {
		return err
	}
	list, err := v.Versions(v.Ctx(), x.Document)
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.page(x.Title.In(v.Lang()), PathStaff)}
	p.SV, p.Of = true, v.T("steering.version_n", "N", x.Number)
	facts, err := v.facts(v.Ctx(), v.L, x, func(key string) string { return v.at(PathStaff + "/" + key) })
	if err != nil {
		return err
	}
	tag := stateTag(v.L, x, v.on)
	facts = append([]ui.Fact{{Name: v.T("steering.state"), Body: tag}}, facts...)
	for _, s := range []struct {
		name string
		by   *Signature
	}{{"prepared_by", x.Prepared}, {"adopted_by", x.Adopted}} {
		if s.by != nil && v.Person(s.by.Person) != "" {
			facts = append(facts, ui.Fact{Name: v.T("steering.by." + s.name), Value: v.T("steering.signed", "Name", v.Person(s.by.Person), "When", v.L.DateTime(s.by.At))})
		}
	}
	parts, err := v.acts(x, list[0])
	if err != nil {
		return err
	}
	parts = append(parts, ui.Summary{Facts: facts})
	if note := x.Note.In(v.Lang()); note != "" {
		parts = append(parts, ui.P(note))
	}
	parts = append(parts, body(x.Content))
	below, err := v.Below(v.Ctx(), x.Document, v.on)
	if err != nil {
		return err
	}
	if len(below) > 0 {
		parts = append(parts, v.listed("below", below, func(y *Version) string { return v.typeName(v.L, y.Type) })...)
	}
	parts = append(parts, ui.H2(v.T("steering.versions")), versionTable(v.L, list, v.on, (*Version).StaffPath))
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, parts...))
}

// acts are what the official can do about a version today.
func (v *visit) acts(x, newest *Version) ([]templ.Component, error) {
	if v.past() {
		return nil, nil
	}
	t := v.Type(x.Type)
	var said, parts []templ.Component
	at := x.StaffPath()
	lead := func(key, path string, how ui.Variant) {
		parts = append(parts, ui.Button{Text: v.T("steering.act." + key), Href: at + path, Variant: how})
	}
	send := func(key, path string, how ui.Variant) {
		parts = append(parts, ui.Post{Button: ui.Button{Text: v.T("steering.act." + key), Variant: how}, To: at + path, Values: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(x.Revision, 10)}}})
	}
	mine, err := v.toAcknowledge(x)
	if err != nil {
		return nil, err
	}
	switch {
	case mine == nil:
	case mine.IsZero():
		send("acknowledge", "/last", ui.Primary)
	default:
		said = append(said, ui.Alert{Tone: ui.Success, Text: v.T("steering.acknowledged", "Day", v.L.Date(*mine))})
	}
	prepares, writes := v.MayPrepare(v.Who, t), v.MayWrite(v.Who, t)
	switch {
	case x.State == Draft && (writes || prepares):
		if prepares {
			send("prepare", "/bered", ui.Primary)
		}
		if writes {
			lead("change", "/skriv", ui.Secondary)
		}
	case x.State == Prepared:
		lead("adopt", "/faststall", ui.Primary)
		if prepares {
			send("reopen", "/ta-tillbaka", ui.Secondary)
		}
	case x.State == Adopted && (writes || prepares):
		if writes && newest.ID == x.ID {
			lead("write_version", "/skriv", ui.Secondary)
		}
		lead("repeal", "/upphav", ui.Secondary)
	}
	if x.Acknowledge && x.Fixed() && prepares {
		lead("readers", "/lasare", ui.Secondary)
	}
	return append(said, actions(parts)), nil
}

// toAcknowledge is the day on which the official confirmed to have read a version, zero if they have not yet; nil if they need not.
func (v *visit) toAcknowledge(x *Version) (*calendar.Date, error) {
	if !x.Acknowledge || !x.InForce(v.on) || !v.MayAnywhere(access.GovernanceTakePart) {
		return nil, nil //nolint:nilnil // they need not
	}
	read, err := v.HasRead(v.Ctx(), v.Who.Person)
	if err != nil {
		return nil, err
	}
	on := read[x.ID]
	return &on, nil
}

// difference is what is different in a version from the one before.
func difference(v *visit) error {
	x, err := v.asked(v.R)
	if err != nil {
		return err
	}
	list, err := v.Versions(v.Ctx(), x.Document)
	if err != nil {
		return err
	}
	old := before(list, x)
	if old == nil {
		return store.ErrNotFound
	}
	if old, err = v.Version(v.Ctx(), x.Document, old.Number); err != nil {
		return err
	}
	title := x.Title.In(v.Lang())
	p := ui.Read{Page: v.page(v.T("steering.difference_title", "Title", title), PathStaff, ui.Link{Text: title, Href: v.at(x.StaffPath())})}
	p.SV, p.Of = true, v.T("steering.version_n", "N", x.Number)
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, differenceParts(v.L, old, x)...))
}

// maxReaders bounds the list of those who have not read a version.
const maxReaders = 500

// readers tells those who prepare a document who has confirmed that they have read it.
func readers(v *visit) error {
	x, err := v.asked(v.R)
	if err != nil {
		return err
	}
	t := v.Type(x.Type)
	if t == nil || !x.Acknowledge || !x.Fixed() {
		return store.ErrNotFound
	}
	if _, err := v.need(v.Who, t.PreparedBy); err != nil {
		return err
	}
	list, done, err := v.Readers(v.Ctx(), x.ID, v.on)
	if err != nil {
		return err
	}
	title := x.Title.In(v.Lang())
	p := ui.List{Page: v.page(v.T("steering.readers_title", "Title", title), PathStaff, ui.Link{Text: title, Href: v.at(x.StaffPath())}), Found: -1,
		Lead: v.T("steering.readers_lead", "Done", done, "All", len(list))}
	p.Of = v.T("steering.version_n", "N", x.Number)
	table := ui.Table{ID: "lasare", Caption: p.Title, HideCaption: true, Columns: []ui.Column{{Title: v.T("steering.name")}, {Title: v.T("steering.read_on")}}}
	for _, r := range list[:min(len(list), maxReaders)] {
		on := v.T("steering.not_read")
		if !r.On.IsZero() {
			on = r.On.String()
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Name}, {Text: on}}})
	}
	p.Table = table
	return ui.Render(v.W, v.R, http.StatusOK, p)
}
