package desk

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// facts is the right side of a case.
func (v *visit) facts(view cases.OfficerView) ui.Summary {
	c := view.Case
	s := ui.Summary{Title: v.T("desk.case.facts"), Narrow: true}
	add := func(name string, values ...string) {
		if values = compact(values); len(values) > 0 {
			s.Facts = append(s.Facts, ui.Fact{Name: name, Values: values})
		}
	}
	add(v.T("desk.type"), v.typeTitle(c))
	for _, p := range view.Parties {
		name := p.Name
		if name == "" {
			name = v.T("desk.anonymous")
		}
		add(v.T("desk.party"), name, v.ground(p), v.number(p.Organisation), p.Email, p.Phone, v.reach(p), v.wishes(p))
	}
	add(v.T("desk.place"), v.place(c.Place)...)
	add(v.T("desk.received"), v.L.DateTime(c.ReceivedAt)+", "+v.channel(c.Channel))
	day, _ := v.due(c, v.Today())
	add(v.T("desk.due"), day)
	if !c.ClosedAt.IsZero() {
		add(v.T("desk.closed"), v.L.DateTime(c.ClosedAt))
	}
	add(v.T("desk.unit"), v.Unit(c.Unit))
	if c.Assignee == "" {
		add(v.T("desk.handler"), v.T("desk.nobody"))
	} else {
		add(v.T("desk.handler"), v.Person(c.Assignee))
	}
	add(v.T("desk.addressee"), v.Person(c.Addressee))
	add(v.T("desk.secrecy"), v.T("desk.secrecy."+strconv.Itoa(int(c.Secrecy))))
	for _, d := range view.Decisions {
		s.Facts = append(s.Facts, v.decisionFact(view, d))
	}
	if len(view.Documents) > 0 {
		var links ui.Links
		for _, d := range view.Documents {
			links = append(links, v.documentLink(c.ID, d))
		}
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("desk.documents"), Body: links})
	}
	s.Facts = append(s.Facts, ui.Fact{Name: v.T("desk.printed"), Body: ui.Links{{Text: v.T("desk.printed_link"), Href: casePath(c.ID) + "/inlamning.pdf"}}},
		ui.Fact{Name: v.T("desk.register.title"), Body: v.handlings(view)})
	return s
}

// reach warns when nothing can be sent to the one who handed in the case.
func (v *visit) reach(p cases.Party) string {
	if p.Email == "" && p.Phone == "" && p.Person == "" && p.Organisation == "" {
		return v.T("desk.no_contact")
	}
	return ""
}

// place is where it is, in words and in both systems (S8-G-1).
func (v *visit) place(p cases.Place) []string {
	out := []string{p.Address}
	if p.HasPoint {
		out = append(out, fmt.Sprintf("WGS 84: %.6f, %.6f", p.Lat, p.Lon), fmt.Sprintf("SWEREF 99 TM: N %.1f, E %.1f", p.North, p.East))
	}
	return out
}

// channel is the way something came, in words.
func (v *visit) channel(c string) string {
	if c == "" || !v.L.Has("desk.channel."+c) {
		return c
	}
	return v.T("desk.channel." + c)
}

func (v *visit) decisionFact(view cases.OfficerView, d cases.Decision) ui.Fact {
	title := d.Key
	if kind := view.Type.Decision(d.Key); kind != nil {
		title = kind.Title.In(v.Lang())
	} else if key := "decision." + d.Key; v.L.Has(key) { // another room's
		title = v.T(key)
	}
	values := []string{title, v.L.Date(calendar.DateOf(d.At)) + ", " + v.Person(d.DecidedBy)}
	if d.Delegation != "" {
		values = append(values, v.T("desk.delegation", "Ref", d.Delegation))
	}
	return ui.Fact{Name: v.T("desk.decision"), Values: values}
}

// documentLink leads to a file of the case. Its text says what it is before it is fetched.
func (v *visit) documentLink(id string, d cases.Document) ui.Link {
	if d.Hidden { // that it is there, and no more
		return ui.Link{Text: v.T("desk.sekretess.document", "N", d.N), Href: casePath(id), Hint: v.T("desk.secrecy." + strconv.Itoa(int(d.Secrecy)))}
	}
	hint := v.size(d.Size)
	if d.Internal {
		hint += ", " + v.T("desk.internal")
	}
	if d.Secrecy > cases.Open {
		hint += ", " + v.T("desk.secrecy."+strconv.Itoa(int(d.Secrecy)))
	}
	return ui.Link{Text: d.Name, Href: casePath(id) + "/handlingar/" + strconv.Itoa(d.N), Hint: hint}
}

// handlings are the rows of the diarium. Who keeps it can open each.
func (v *visit) handlings(view cases.OfficerView) templ.Component {
	keeper := view.Right(v.Who, access.RegisterPublish).Allowed
	var parts []templ.Component
	for _, h := range view.Handlings {
		text := h.Number + ", " + calendar.DateOf(h.At).String() + ", " + v.direction(h.Direction)
		row := handlingRow{Text: text, Struck: h.Superseded != "" || !h.Annulled.IsZero(), Annulled: !h.Annulled.IsZero()}
		if keeper {
			row.Href = pathRegister + "/" + h.ID
		}
		parts = append(parts, handling(row))
	}
	return list(parts)
}

// handlingRow is a row of the diarium on the side of a case.
type handlingRow struct {
	Text, Href string
	Struck     bool // corrected or annulled
	Annulled   bool
}

// direction says which way a handling went.
func (v *visit) direction(d cases.Direction) string { return v.T("desk.direction." + string(d)) }

// size writes a size for people: "2,4 MB".
func (v *visit) size(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " byte"
	case bytes < mb:
		return strconv.FormatInt((bytes+500)/1000, 10) + " kB"
	}
	text := strconv.FormatFloat(float64(bytes)/mb, 'f', 1, 64) + " MB"
	if v.Lang() == i18n.SV {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func compact(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
