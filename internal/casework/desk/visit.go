package desk

import (
	"net/http"
	"slices"
	"strings"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
)

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// staff lets officials in.
func (m *Module) staff(p page) http.Handler {
	return m.Office.Staff("", func(v *office.Visit) error { return p(&visit{m, v}) })
}

// Frame is a page of those who work here, of the desk or another room: with navigation, name and language. section is the address of the
// part it belongs to. Ask it for officials only.
func (m *Module) Frame(office *office.Visit, title, section string) ui.Page {
	v := &visit{m, office}
	p := ui.Page{Site: v.Site, Title: title, Path: v.R.URL.RequestURI(), Dense: true, NoIndex: true, Keys: v.keys()}
	if who := identity.From(v.Ctx()); who != nil {
		p.User = &ui.User{Name: who.Name, Role: v.roles(), Home: pathInbox, SignOut: identity.PathSignOut}
	}
	p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.inbox"), Href: pathInbox, Key: "g i"}, ui.Link{Text: v.T("desk.nav.search"), Href: pathSearch, Key: "/"})
	if v.MayAnywhere(access.RegisterRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.register"), Href: pathRegister, Key: "g d"})
	}
	for _, other := range v.Places {
		if v.MayAnywhere(other.For) {
			link := ui.Link{Text: v.T(other.Text), Href: other.Path}
			if other.Count != nil {
				link.Count = other.Count(office)
			}
			p.Nav = append(p.Nav, link)
		}
	}
	if v.MayAnywhere(access.ServiceRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.services"), Href: pathServices})
	}
	if v.MayAnywhere(access.JournalRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.log"), Href: pathLog, Key: "g l"})
	}
	p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.settings"), Href: pathSettings}, ui.Link{Text: v.T("desk.nav.help"), Href: pathHelp, Key: "?"})
	for i := range p.Nav {
		p.Nav[i].Current = p.Nav[i].Href == section
	}
	return p
}

// done leads on to a page that says what was done: the text desk.said.KEY.
func (v *visit) done(path, key string) error { return v.Done(path, "desk.said."+key) }

// warn leads on to a page that says why nothing was done.
func (v *visit) warn(path, key string) error {
	return v.Tell(path, office.Said{Key: "desk.said." + key, Warn: true})
}

// roles names what the official is here as.
func (v *visit) roles() string {
	var names []string
	for _, m := range v.Who.Mandates {
		if role, ok := v.Dir.Role(m.Role); ok && !slices.Contains(names, role.Name.In(v.Lang())) {
			names = append(names, role.Name.In(v.Lang()))
		}
	}
	return strings.Join(names[:min(len(names), 3)], ", ")
}
