package meeting

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// errNoAct is what nobody can do.
var errNoAct = fmt.Errorf("no such act: %w", store.ErrNotFound)

// MatterStates are all states of a matter.
func MatterStates() []MatterState {
	return []MatterState{Draft, Prepared, Scheduled, Treated, Withdrawn}
}

func (s MatterState) tone() ui.Tone {
	switch s {
	case Prepared, Scheduled:
		return ui.Info
	case Treated:
		return ui.Success
	}
	return ui.Neutral
}

// bodyOptions are the bodies that meet.
func (v *visit) bodyOptions(list []bodies.Body, chosen string) []ui.Option {
	var out []ui.Option
	for _, b := range list {
		out = append(out, ui.Option{Value: b.ID, Label: b.Name.In(v.Lang()), Chosen: b.ID == chosen})
	}
	return out
}

// matterList is the matters of a body in a state.
func matterList(v *visit) error {
	q := v.R.URL.Query()
	all := v.meeters()
	if len(all) == 0 {
		return store.ErrNotFound
	}
	body, state := all[0].ID, MatterState(q.Get("lage"))
	if slices.ContainsFunc(all, func(b bodies.Body) bool { return b.ID == q.Get("organ") }) {
		body = q.Get("organ")
	}
	if !slices.Contains(MatterStates(), state) {
		state = Prepared
	}
	list, more, err := v.MattersOf(v.Ctx(), body, state, q.Get("fore"))
	if err != nil {
		return err
	}
	inside, err := v.within(body, v.Today())
	if err != nil {
		return err
	}
	p := ui.List{Page: v.top(v.T("meeting.matters")), Lead: v.T("meeting.matters_lead"), Tabs: v.tabs(PathMatters), Found: -1,
		Actions: []templ.Component{ui.Button{Text: v.T("meeting.matter.new"), Href: PathMatters + "/nytt?organ=" + url.QueryEscape(body), Variant: ui.Primary}}}
	var states []ui.Option
	for _, s := range MatterStates() {
		states = append(states, ui.Option{Value: string(s), Label: v.T("meeting.matter.state." + string(s)), Chosen: s == state})
	}
	p.Filter = &ui.Filter{Action: PathMatters, Open: true, Fields: []templ.Component{ui.Select{Field: ui.Field{Name: "organ", Label: v.T("meeting.body")}, Options: v.bodyOptions(all, body)}, ui.Select{Field: ui.Field{Name: "lage", Label: v.T("meeting.state")}, Options: states}}}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("meeting.matters_none"), Text: v.T("meeting.matters_none_text")}
		return ui.Render(v.W, v.R, v.status, p)
	}
	t := ui.Table{ID: "arenden", Caption: v.T("meeting.matters"), HideCaption: true, Columns: []ui.Column{{Title: v.T("meeting.number")}, {Title: v.T("meeting.field.rubrik")}, {Title: v.T("meeting.state")}, {Title: v.T("meeting.missing")}}}
	for _, m := range list {
		title, missing := m.Title, ""
		if m.Secret && !inside && m.Proposer != v.Who.Person {
			title = v.T("meeting.secret_paragraph")
		}
		var need *NeedError
		if m.State != Treated && m.State != Withdrawn && errors.As(v.Lacks(m), &need) {
			missing = need.Sentence
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.Number, Href: PathMatters + "/" + m.ID}, {Text: title}, {Body: ui.Tag{Text: v.T("meeting.matter.state." + string(m.State)), Tone: m.State.tone()}}, {Text: missing}}})
	}
	p.Table = t
	if more {
		p.Pager = &ui.Pager{Next: PathMatters + "?" + url.Values{"organ": {body}, "lage": {string(state)}, "fore": {list[len(list)-1].ID}}.Encode()}
	}
	return ui.Render(v.W, v.R, v.status, p)
}

// draft is a matter as it was typed.
func (v *visit) draft() MatterDraft {
	f := v.values
	return MatterDraft{Body: f.Get("organ"), Title: f.Get("rubrik"), Proposal: f.Get("forslag"), Background: f.Get("bakgrund"), Kinds: f["slag"], Secret: f.Get("sekretess") != ""}
}

// newMatter is the form of a matter. Its address may say what is known beforehand, such as the body.
func newMatter(v *visit) error {
	if v.R.Method == "POST" {
		return v.act(matterForm, func() (string, string, error) {
			m, err := v.Prepare(v.Ctx(), v.Who, v.draft())
			if err != nil {
				return "", "", err
			}
			return PathMatters + "/" + m.ID, "prepared", nil
		})
	}
	v.values = v.R.URL.Query()
	return matterForm(v)
}

func matterForm(v *visit) error {
	q := ui.Question{Page: v.top(v.T("meeting.matter.new"), ui.Link{Text: v.T("meeting.matters"), Href: PathMatters}), Lead: v.T("meeting.matter.new_lead"), Back: PathMatters, Button: v.T("meeting.matter.save"),
		Form: ui.Form{Action: PathMatters + "/nytt", Unsaved: true}}
	q.Fields = append([]templ.Component{ui.Select{Field: v.field("organ", false), Options: v.bodyOptions(v.meeters(), v.values.Get("organ")), Empty: true}}, v.matterFields(&Matter{})...)
	return ui.Render(v.W, v.R, v.status, q)
}

func (v *visit) matterFields(m *Matter) []templ.Component {
	chosen := m.Kinds
	if v.values.Has("rubrik") {
		chosen = v.values["slag"]
	}
	var kinds []ui.Option
	for _, k := range v.rules().Matters {
		kinds = append(kinds, ui.Option{Value: k.Key, Label: k.Title.In(v.Lang()), Chosen: slices.Contains(chosen, k.Key)})
	}
	out := []templ.Component{v.input("rubrik", m.Title, 0, false), v.area("forslag", m.Proposal, 4, false), v.area("bakgrund", m.Background, 8, true)}
	if len(kinds) > 0 {
		out = append(out, ui.Checkboxes{Field: v.field("slag", true), Options: kinds})
	}
	return append(out, v.tick("sekretess", "rubrik", m.Secret))
}

// reads reports whether the official reads a secret matter: who proposed it, whose letter it needs, and those within the bodies it is for.
func (v *visit) reads(m *Matter, trail []*Item) (bool, error) {
	if !m.Secret || m.Proposer == v.Who.Person || slices.ContainsFunc(v.LetterRoles(m), v.Who.HasRole) {
		return true, nil
	}
	of := []string{m.Body}
	for _, it := range trail {
		of = append(of, it.Body)
	}
	slices.Sort(of)
	for _, b := range slices.Compact(of) {
		if ok, err := v.within(b, v.Today()); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// matterPage is a matter: what is proposed, what it lacks, where it has been.
func matterPage(v *visit) error {
	m, err := v.Matter(v.Ctx(), v.R.PathValue("id"), v.per)
	if err == nil {
		err = v.of(m.Member)
	}
	if err != nil {
		return err
	}
	trail, err := v.Trail(v.Ctx(), m.ID)
	if err != nil {
		return err
	}
	here, up := PathMatters+"/"+m.ID, ui.Link{Text: v.T("meeting.matters"), Href: PathMatters + "?organ=" + url.QueryEscape(m.Body)}
	may, err := v.reads(m, trail)
	if err != nil {
		return err
	}
	if !may {
		return ui.Render(v.W, v.R, 403, ui.Message{Page: v.top(m.Number, up), Lead: v.T("meeting.secret_paragraph"), Ways: []ui.Link{up}})
	}
	p := ui.Case{Page: v.top(m.Title, up), Number: m.Number, Back: up, Status: ui.Tag{Text: v.T("meeting.matter.state." + string(m.State)), Tone: m.State.tone()}}
	facts := []ui.Fact{{Name: v.T("meeting.body"), Value: v.bodyName(m.Body)}, {Name: v.T("meeting.idea.by"), Value: v.name(m.Proposer)}}
	if m.Outcome != "" {
		facts = append(facts, ui.Fact{Name: v.T("meeting.protocol.outcome"), Value: join(v.T("meeting.outcome."+string(m.Outcome)), m.Paragraph)})
	}
	if m.Meeting != "" {
		facts = append(facts, ui.Fact{Name: v.T("meeting.one"), Value: v.T("meeting.one"), Body: ui.Links{{Text: v.T("meeting.see"), Href: Path + "/" + m.Meeting}}})
	}
	if m.Rests.Path != "" {
		facts = append(facts, ui.Fact{Name: v.T("meeting.rests"), Body: ui.Links{{Text: v.T("meeting.rests_see"), Href: m.Rests.Path}}})
	}
	if m.Rests.Sentence != "" {
		facts = append(facts, ui.Fact{Name: v.T("meeting.sentence"), Value: m.Rests.Sentence})
	}
	for _, c := range m.Consultations { // förankring (S4-IG-1)
		facts = append(facts, ui.Fact{Name: v.T("meeting.consulted", "Body", v.bodyName(c.Body)), Value: v.L.Date(c.On)})
	}
	p.Facts = ui.Summary{Narrow: true, Facts: facts}
	var parts []templ.Component
	var need *NeedError
	open := m.State == Draft || m.State == Prepared
	if open && errors.As(v.Lacks(m), &need) && v.told == nil {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Text: v.lacking(need)})
	}
	parts = append(parts, ui.H2(v.T("meeting.field.forslag")), prose(m.Proposal))
	if m.Background != "" {
		parts = append(parts, ui.H2(v.T("meeting.field.bakgrund")), prose(m.Background))
	}
	if m.Letter != nil {
		parts = append(parts, ui.H2(v.T("meeting.field.skrivelse")), ui.P(v.T("meeting.letter_by", "Name", v.name(m.Letter.By), "Day", v.L.Date(m.Letter.On))), prose(m.Letter.Text))
	}
	if len(m.Consultations) > 0 {
		parts = append(parts, ui.H2(v.T("meeting.consultations")))
		for _, c := range m.Consultations {
			parts = append(parts, ui.P(v.bodyName(c.Body)+", "+v.L.Date(c.On)+": "+c.View))
		}
	}
	if len(trail) > 0 {
		links := ui.Links{}
		for _, it := range trail {
			links = append(links, ui.Link{Text: join(v.bodyName(it.Body), v.T("meeting.purpose."+string(it.Purpose))), Href: Path + "/" + it.Meeting})
		}
		parts = append(parts, ui.H2(v.T("meeting.trail")), links)
	}
	if !v.past && open {
		parts = append(parts, v.matterForms(m, here)...)
	}
	return ui.Render(v.W, v.R, v.status, ui.With(p, v.dayed(here, parts...)...))
}

// prose is a text in paragraphs.
func prose(text string) templ.Component {
	var out []templ.Component
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		out = append(out, ui.P(paragraph))
	}
	return ui.Together(out...)
}

// matterForms are what the official can do with a matter that stands on no agenda for decision.
func (v *visit) matterForms(m *Matter, here string) []templ.Component {
	var out []templ.Component
	_, no := v.mayWrite(v.Who, m)
	writes, letters := no == nil, v.LetterRoles(m)
	if writes && m.State == Draft {
		out = append(out, ui.Post{Button: ui.Button{Text: v.T("meeting.matter.ready"), Variant: ui.Primary}, To: here + "/klar", Values: versioned(m.Version)})
	}
	mine := slices.ContainsFunc(letters, v.Who.HasRole)
	if mine || len(letters) == 0 && writes {
		text := ""
		if m.Letter != nil {
			text = m.Letter.Text
		}
		out = append(out, ui.Section(v.T("meeting.letter_write"), ui.Form{Action: here + "/skrivelse", Unsaved: true, Hidden: versioned(m.Version)}, []templ.Component{v.area("skrivelse", text, 8, false)}, ui.Button{Text: v.T("meeting.letter_save"), Variant: ui.Secondary}))
	}
	var asked []bodies.Body
	for _, b := range v.meeters() {
		if b.Member == m.Member && b.ID != m.Body && (writes || mine || v.keeps(b.ID)) {
			asked = append(asked, b)
		}
	}
	if len(asked) > 0 {
		out = append(out, ui.Section(v.T("meeting.consult"), ui.Form{Action: here + "/samrad", Unsaved: true, Hidden: versioned(m.Version)},
			[]templ.Component{ui.Select{Field: v.field("samradsorgan", false), Options: v.bodyOptions(asked, v.typed("samradsorgan", "")), Empty: true}, v.input("samradsdag", "", 12, false), v.area("samradssyn", "", 4, false)},
			ui.Button{Text: v.T("meeting.consult_save"), Variant: ui.Secondary}))
	}
	if writes {
		f := ui.Form{Action: here + "/spara", Unsaved: true, Hidden: append(versioned(m.Version), ui.Hidden{Name: "organ", Value: m.Body})}
		out = append(out, ui.Section(v.T("meeting.matter.change"), f, v.matterFields(m), ui.Button{Text: v.T("meeting.save"), Variant: ui.Secondary}),
			ui.Post{Button: ui.Button{Text: v.T("meeting.matter.withdraw"), Variant: ui.Tertiary}, To: here + "/aterta", Values: versioned(m.Version)})
	}
	return out
}

func matterAct(v *visit) error {
	id := v.R.PathValue("id")
	return v.act(matterPage, func() (string, string, error) {
		here, f := PathMatters+"/"+id, v.values
		switch v.R.PathValue("act") {
		case "spara":
			return here, "saved", v.Rewrite(v.Ctx(), v.Who, id, v.version(), v.draft())
		case "skrivelse":
			return here, "letter", v.WriteLetter(v.Ctx(), v.Who, id, v.version(), f.Get("skrivelse"))
		case "samrad":
			return here, "consulted", v.Consult(v.Ctx(), v.Who, id, v.version(), f.Get("samradsorgan"), v.date("samradsdag"), f.Get("samradssyn"))
		case "klar":
			return here, "ready", v.Ready(v.Ctx(), v.Who, id, v.version())
		case "aterta":
			return here, "withdrawn", v.Withdraw(v.Ctx(), v.Who, id, v.version())
		}
		return "", "", errNoAct
	})
}
