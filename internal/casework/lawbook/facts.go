package lawbook

import (
	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/ui"
)

// facts are what the collection tells about a statute.
func (v *visitor) facts(st Statute) templ.Component {
	s := ui.Summary{Title: v.T("law.facts"), Narrow: true}
	add := func(key, value string) {
		if value != "" {
			s.Facts = append(s.Facts, ui.Fact{Name: v.T("law.fact." + key), Value: value})
		}
	}
	date := func(d calendar.Date) string {
		if d.IsZero() {
			return ""
		}
		return v.l.Date(d)
	}
	add("number", "SFS "+st.SFS)
	add("kind", st.About.Kind)
	add("issued", date(st.About.Issued))
	add("in_force", date(st.About.InForce))
	add("repealed", date(st.Repealed))
	add("consolidated", st.About.Consolidated)
	add("department", st.About.Department)
	add("preparatory", st.About.Preparatory)
	add("published", date(st.Published))
	if n := len(st.About.Amendments); n > 0 {
		last := st.About.Amendments[0]
		for _, a := range st.About.Amendments {
			if a.InForce.After(last.InForce) {
				last = a
			}
		}
		add("amended", v.T("law.amended", "Count", n, "Last", last.SFS))
	}
	return s
}

// services are the e-services that build on a provision: on a § or the chapter or statute it is in; section "" asks for the whole statute.
func (v *visitor) services(sfs, chapter, section string) ui.Links {
	var out ui.Links
	for _, ct := range v.Types.Open(v.today()) {
		laws := ct.LegalBasis
		if ct.Deadlines.Statutory != nil {
			laws = append(append([]casetype.Law{}, laws...), ct.Deadlines.Statutory.Law)
		}
		for _, l := range laws {
			c := statute.Cite(l.SFS, l.Chapter, l.Section)
			if c.SFS == sfs && (section == "" || c.Covers(chapter, section)) {
				out = append(out, ui.Link{Text: ct.Title.In(v.l.Lang()), Href: "/e-tjanster/" + ct.ID, Hint: l.Why.In(v.l.Lang())})
				break
			}
		}
	}
	return out
}
