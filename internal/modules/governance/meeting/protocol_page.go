package meeting

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/notice"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// attendance is the form of who was there and who adjusts.
func (v *visit) attendance(o *opened) templ.Component {
	sent := v.values.Has("sekreterare")
	there, stood := map[string]bool{}, map[string]string{}
	for _, p := range o.Present {
		there[p.Person], stood[p.Person] = true, p.For
	}
	if sent {
		there = map[string]bool{}
		for _, p := range v.values["narvaro"] {
			there[p] = true
		}
	}
	adjusts := o.Adjusters
	if sent {
		adjusts = v.values["justerare"]
	}
	var members, chairs, adjusters, writers []ui.Option
	var fields []templ.Component
	for _, m := range o.seats.Members {
		opt := ui.Option{Value: m.Person, Label: v.name(m.Person)}
		if !m.Deputy {
			x := opt
			x.Chosen = there[m.Person]
			members = append(members, x)
		}
		x := opt
		x.Chosen = v.typed("ordforande", o.Chair) == m.Person
		chairs = append(chairs, x)
		x.Chosen = slices.Contains(adjusts, m.Person)
		adjusters = append(adjusters, x)
	}
	fields = append(fields, ui.Checkboxes{Field: v.field("narvaro", false), Options: members})
	for _, m := range o.seats.Members {
		if !m.Deputy {
			continue
		}
		name := "ersattare-" + m.Person
		chosen := v.typed(name, stood[m.Person])
		options := []ui.Option{{Value: "", Label: v.T("meeting.deputy_away")}}
		for _, x := range members {
			options = append(options, ui.Option{Value: x.Value, Label: v.T("meeting.deputy_for", "Name", x.Label), Chosen: chosen == x.Value})
		}
		fields = append(fields, ui.Select{Field: ui.Field{Name: name, Label: v.T("meeting.deputy", "Name", v.name(m.Person)), Optional: true}, Options: options})
	}
	secretary := v.typed("sekreterare", o.Secretary)
	if secretary == "" {
		secretary = v.Who.Person
	}
	seen := map[string]bool{}
	write := func(person string) {
		if person != "" && !seen[person] {
			seen[person] = true
			writers = append(writers, ui.Option{Value: person, Label: v.name(person), Chosen: person == secretary})
		}
	}
	for _, m := range v.Dir.HoldersOf(bodies.Question{Role: bodies.Secretary, Place: bodies.Place{Body: o.Body}}, o.Day) {
		write(m.Person)
	}
	write(v.Who.Person)
	for _, m := range o.seats.Members {
		write(m.Person)
	}
	fields = append(fields, ui.Select{Field: v.field("ordforande", false), Options: chairs, Empty: true}, ui.Select{Field: v.field("sekreterare", false), Options: writers},
		ui.Checkboxes{Field: v.field("justerare", false), Options: adjusters}, ui.Input{Field: v.field("ovriga", true), Value: v.typed("ovriga", o.Others)})
	return ui.Section(v.T("meeting.attendance"), ui.Form{Action: o.here + "/narvaro", Unsaved: true, Hidden: versioned(o.Version)}, fields, ui.Button{Text: v.T("meeting.save"), Variant: ui.Secondary})
}

func (v *visit) attended(o Membership) Attendance {
	f := v.values
	a := Attendance{Others: f.Get("ovriga"), Chair: f.Get("ordforande"), Secretary: f.Get("sekreterare"), Adjusters: f["justerare"]}
	for _, p := range f["narvaro"] {
		a.Present = append(a.Present, Present{Person: p, As: AsMember})
	}
	for _, m := range o.Members {
		if stood := f.Get("ersattare-" + m.Person); m.Deputy && stood != "" {
			a.Present = append(a.Present, Present{Person: m.Person, As: AsDeputy, For: stood})
		}
	}
	return a
}

// adjusting tells who has adjusted the protokoll, with the forms of those who are to, and of the secretary when all have.
func (v *visit) adjusting(o *opened) ([]templ.Component, error) {
	var facts []ui.Fact
	for _, p := range o.signers() {
		value := v.T("meeting.waits")
		for _, x := range o.done {
			if x.Person == p {
				value = v.L.DateTime(x.At)
			}
		}
		facts = append(facts, ui.Fact{Name: v.name(p), Value: value})
	}
	out := []templ.Component{ui.H2(v.T("meeting.adjusting")), ui.Summary{Facts: facts}}
	links := ui.Links{}
	if o.inside {
		links = append(links, ui.Link{Text: v.T("meeting.protocol_read"), Href: o.here + "/protokoll"})
	}
	if o.inside && o.Protocol != nil {
		links = append(links, ui.Link{Text: v.T("meeting.protocol_pdf"), Href: o.here + "/protokoll.pdf", Hint: v.T("meeting.sha", "SHA", o.Protocol.SHA256)})
	}
	if o.State == Done && o.Public != nil {
		links = append(links, ui.Link{Text: v.T("meeting.protocol_public"), Href: PathPublic + "/" + o.ID})
	}
	if o.Notice != "" {
		links = append(links, ui.Link{Text: v.T("meeting.notice"), Href: notice.Path + "/" + o.Notice})
	}
	out = append(out, links)
	_, notSecretary := v.secretary(v.Who, o.Body)
	signs := slices.Contains(o.signers(), v.Who.Person)
	if o.State == Adjusting && signs && !signed(o.done, v.Who.Person) {
		out = append(out, ui.P(v.T("meeting.adjust_text")), ui.Post{Button: ui.Button{Text: v.T("meeting.adjust"), Variant: ui.Primary}, To: o.here + "/justera"})
	}
	if o.State == Adjusting && (signs || notSecretary == nil) {
		out = append(out, ui.Section(v.T("meeting.send_back"), ui.Form{Action: o.here + "/andra"}, []templ.Component{v.area("andring", "", 3, false)}, ui.Button{Text: v.T("meeting.send_back_button"), Variant: ui.Secondary}))
	}
	if notSecretary == nil && o.State == Adjusted {
		_, rules, err := v.body(o.Body)
		if err != nil {
			return nil, err
		}
		fields := []templ.Component{ui.P(v.T("meeting.complete_text"))}
		if rules.Announce {
			fields = append(fields, ui.P(v.T("meeting.complete_announce")))
		}
		fields = append(fields, ui.Links{{Text: v.T("meeting.protocol_screen"), Href: o.here + "/protokoll?for=alla"}}, v.tick("granskad", "granskad", false))
		out = append(out, ui.Section(v.T("meeting.complete"), ui.Form{Action: o.here + "/slutfor"}, fields, ui.Button{Text: v.T("meeting.complete_button"), Variant: ui.Primary}))
	}
	return out, nil
}

// protocolPage is the protokoll as it stands; with for=alla what anybody will see of it.
func protocolPage(v *visit) error {
	o, err := v.open(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if !o.inside || o.Chair == "" {
		return store.ErrNotFound
	}
	d := v.compose(o.Meeting, o.items, o.done, v.R.URL.Query().Get("for") == "alla")
	p := ui.Read{Page: v.top(d.Title, ui.Link{Text: v.T("meeting.of", "Body", v.bodyName(o.Body), "Day", v.L.Date(o.Day)), Href: o.here}), Lead: d.Lead}
	p.SV = true
	return ui.Render(v.W, v.R, v.status, ui.With(p, d.components()...))
}

func (d sheet) components() []templ.Component {
	var facts []ui.Fact
	for _, f := range d.Facts {
		facts = append(facts, ui.Fact{Name: f.Name, Values: f.Values})
	}
	out := []templ.Component{ui.Summary{Facts: facts}}
	for _, s := range d.Sections {
		out = append(out, ui.H2(s.Heading))
		for _, x := range s.Parts {
			text := strings.Join(x.Texts, "\n\n")
			if x.Name != "" {
				text = x.Name + ": " + text
			}
			out = append(out, prose(text))
		}
	}
	return out
}

// protocolFile is the adjusted protokoll, for those who read all of it.
func protocolFile(v *visit) error {
	o, err := v.open(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if !o.inside || o.Protocol == nil {
		return store.ErrNotFound
	}
	return v.file(v.W, v.R, o.Protocol)
}
