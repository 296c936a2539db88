package web

import (
	"context"
	"net/http"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/represent"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/ui"
)

// Offices tells by what mandate an official did something, in words: a role and a unit, never a name.
type Offices interface {
	// Office gives role and unit of a mandate; false if it is not known.
	Office(mandate string) (role, unit i18n.Text, ok bool)
}

// collected is what the municipality has about a person, all but their cases.
type collected struct {
	who      *identity.Principal
	known    Known
	listed   bool // the register knows them
	wishes   reach.Wishes
	given    []represent.Power
	received []represent.Power
	sessions []identity.SessionInfo
	journal  []journal.Recorded // about the person
	readings []cases.Reading
}

// collect reads it: as many questions to the database whatever there is.
func (m *Module) collect(r *http.Request, who *identity.Principal) (collected, error) {
	ctx := r.Context()
	c := collected{who: who}
	if m.Register != nil {
		c.known, c.listed = m.Register.Person(r, who.PersonID)
	}
	var err error
	if m.Reach != nil {
		if c.wishes, err = m.Reach.Mine(ctx, who.PersonID); err != nil {
			return c, err
		}
	}
	if m.Represent != nil {
		if c.given, err = m.Represent.Given(ctx, who.PersonID); err != nil {
			return c, err
		}
		if c.received, err = m.Represent.Received(ctx, who.PersonID); err != nil {
			return c, err
		}
	}
	if c.sessions, err = m.Sessions.Sessions(ctx, who.PersonID); err != nil {
		return c, err
	}
	if c.journal, err = m.Journal.About(ctx, journal.Ref{Kind: "person", ID: who.PersonID}); err != nil {
		return c, err
	}
	c.readings, err = m.Cases.ReadingsFor(ctx, cases.Citizen{Person: who.PersonID}, 200)
	return c, err
}

// dataView is the page of what the municipality has about the reader.
type dataView struct {
	ui.Page
	register ui.Summary
	contact  *ui.Summary
	ways     ui.Links
	readings *ui.Table
	journal  *ui.Table
}

// mydata shows what the municipality has about the reader and who has read it (GDPR article 15).
func (m *Module) mydata(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	c, err := m.collect(r, who)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	v := dataView{Page: m.mineSub(r, ui.T(ctx, "public.mine.data"))}
	v.register = ui.Summary{Title: ui.T(ctx, "public.mydata.register")}
	for _, f := range c.facts() {
		v.register.Facts = append(v.register.Facts, ui.Fact{Name: ui.T(ctx, "public.mydata."+f[0]), Value: f[1]})
	}
	if c.known.Protected {
		v.register.Facts = append(v.register.Facts, ui.Fact{Name: ui.T(ctx, "public.mydata.address"), Value: ui.T(ctx, "public.mydata.protected")})
	}
	if m.Reach != nil && c.wishes.Chosen {
		v.contact = &ui.Summary{Title: ui.T(ctx, "public.mine.reach"), Facts: []ui.Fact{{Name: ui.T(ctx, "public.reach.email"), Value: c.wishes.Email}, {Name: ui.T(ctx, "public.reach.phone"), Value: c.wishes.Phone}}}
		for _, about := range reach.Matters() {
			v.contact.Facts = append(v.contact.Facts, ui.Fact{Name: ui.T(ctx, "public.reach.matter."+string(about)), Value: ui.T(ctx, "public.reach.channel."+string(c.wishes.By[about]))})
		}
	}
	v.ways = slices.DeleteFunc(m.mineWays(ctx), func(x ui.Link) bool { return x.Href == "/mina-sidor/mina-uppgifter" })
	v.ways = append(ui.Links{{Text: ui.T(ctx, "public.mine.cases"), Href: "/mina-sidor/arenden"}}, v.ways...)
	if len(c.readings) > 0 {
		t := &ui.Table{ID: "last", Caption: ui.T(ctx, "public.mydata.readings"), Columns: columns(ctx, "when", "number", "by")}
		for _, x := range c.readings {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.DateTime(x.At)}, {Text: x.Number, Href: "/mina-sidor/arenden/" + slug(x.Number)}, {Text: m.office(ctx, x.Mandate)}}})
		}
		v.readings = t
	}
	if len(c.journal) > 0 {
		t := &ui.Table{ID: "journal", Caption: ui.T(ctx, "public.mydata.journal"), Columns: columns(ctx, "when", "what", "by")}
		for i := len(c.journal) - 1; i >= 0 && len(t.Rows) < 50; i-- {
			e := c.journal[i]
			by := ui.T(ctx, "public.mydata.by_system")
			switch {
			case e.Actor == who.PersonID:
				by = ui.T(ctx, "public.mydata.by_you")
			case e.Mandate != "":
				by = m.office(ctx, e.Mandate)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.DateTime(e.At)}, {Text: actionWords(l, e.Action)}, {Text: by}}})
		}
		v.journal = t
	}
	return ui.Render(w, r, http.StatusOK, dataPage(v))
}

func columns(ctx context.Context, keys ...string) []ui.Column {
	var out []ui.Column
	for _, key := range keys {
		out = append(out, ui.Column{Title: ui.T(ctx, "public.mydata."+key)})
	}
	return out
}

// actionWords says what happened, in words where there are some.
func actionWords(l *i18n.Localizer, action string) string {
	if l.Has("public.mydata.action." + action) {
		return l.T("public.mydata.action." + action)
	}
	return l.T("public.mydata.action.other")
}

// office is who acted under a mandate: role and unit.
func (m *Module) office(ctx context.Context, mandate string) string {
	if m.Offices != nil && mandate != "" {
		if role, unit, ok := m.Offices.Office(mandate); ok {
			l := lang(ctx)
			if name := unit.In(l); name != "" {
				return role.In(l) + ", " + name
			}
			return role.In(l)
		}
	}
	return ui.T(ctx, "public.mydata.by_official")
}

// facts are what the register knows: the key of the text and the value. Where somebody with protected data lives is not among them.
func (c collected) facts() [][2]string {
	out := [][2]string{{"name", c.who.Name}}
	if !c.listed {
		return out
	}
	k := c.known
	out = append(out, [2]string{"number_own", k.Number})
	if !k.Protected {
		address := k.Street
		if k.Postcode+k.Town != "" {
			address += ", " + k.Postcode + " " + k.Town
		}
		out = append(out, [2]string{"address", address})
	}
	for _, f := range [][2]string{{"email", k.Email}, {"phone", k.Phone}} {
		if f[1] != "" {
			out = append(out, f)
		}
	}
	return out
}
