package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// visit is one request of an official.
type visit struct {
	*Module
	w   http.ResponseWriter
	r   *http.Request
	l   *i18n.Localizer
	who access.Actor
	dir *bodies.Directory // the same through the whole request
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// staff lets officials in and keeps the answer out of every cache. Somebody whose session ran out while they wrote gets back what they
// wrote.
func (m *Module) staff(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v := &visit{Module: m, w: w, r: r, l: i18n.From(r.Context()), dir: m.Organisation.Directory()}
		var ok bool
		var err error
		switch v.who, ok = m.Actor(r); {
		case ok:
			err = p(v)
		case identity.From(r.Context()) != nil: // a citizen
			err = access.Check(access.Actor{Person: identity.From(r.Context()).PersonID, Citizen: true}, access.CaseClaim, access.Object{}).Err()
		case r.Method == http.MethodPost:
			err = v.askSignIn()
		default:
			err = identity.ErrNotSignedIn
		}
		if err != nil {
			web.Error(w, r, discreet(err))
		}
	})
}

// discreet makes what somebody may not even know of look as if it were not there. What belongs to another unit, or takes a stronger
// sign-in, is told: an officer must know whom to ask.
func discreet(err error) error {
	var denied *access.Denied
	if errors.Is(err, store.ErrNotFound) && errors.As(err, &denied) && (denied.Reason == "access.denied.secret" || denied.Reason == "access.denied.member") {
		return store.ErrNotFound
	}
	return err
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// T is a text in the language of the page.
func (v *visit) T(key string, args ...any) string { return v.l.T(key, args...) }

func (v *visit) lang() i18n.Lang { return v.l.Lang() }

// today is the date in Stockholm.
func (v *visit) today() calendar.Date { return calendar.DateOf(v.Clock.Now()) }

// see leads on with a GET.
func (v *visit) see(path string) error {
	http.Redirect(v.w, v.r, v.l.Path(path), http.StatusSeeOther)
	return nil
}

// page is what every page of the desk has in common. section is the address of the part of the desk it belongs to.
func (v *visit) page(title, section string) ui.Page {
	p := ui.Page{Site: v.Site, Title: title, Path: v.r.URL.RequestURI(), Dense: true, NoIndex: true, Keys: v.keys(), Notice: v.said()}
	if who := identity.From(v.ctx()); who != nil {
		p.User = &ui.User{Name: who.Name, Role: v.roles(), Home: pathInbox, SignOut: identity.PathSignOut}
	}
	p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.inbox"), Href: pathInbox, Key: "g i"}, ui.Link{Text: v.T("desk.nav.search"), Href: pathSearch, Key: "/"})
	if v.mayAnywhere(access.RegisterRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.register"), Href: pathRegister, Key: "g d"})
	}
	for _, other := range v.Places {
		if v.mayAnywhere(other.For) {
			link := ui.Link{Text: v.T(other.Text), Href: other.Path}
			if other.Count != nil && v.Office != nil {
				if visitor, ok := v.Office.Visitor(v.w, v.r); ok {
					link.Count = other.Count(visitor)
				}
			}
			p.Nav = append(p.Nav, link)
		}
	}
	if v.mayAnywhere(access.ServiceRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.services"), Href: pathServices})
	}
	if v.mayAnywhere(access.JournalRead) {
		p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.log"), Href: pathLog, Key: "g l"})
	}
	p.Nav = append(p.Nav, ui.Link{Text: v.T("desk.nav.settings"), Href: pathSettings}, ui.Link{Text: v.T("desk.nav.help"), Href: pathHelp, Key: "?"})
	for i := range p.Nav {
		p.Nav[i].Current = p.Nav[i].Href == section
	}
	return p
}

// Frame is a page of another room of those who work here: with the desk's navigation, name and language. Ask it for officials only.
func (m *Module) Frame(w http.ResponseWriter, r *http.Request, title, section string) ui.Page {
	v := &visit{Module: m, w: w, r: r, l: i18n.From(r.Context()), dir: m.Organisation.Directory()}
	v.who, _ = m.Actor(r)
	return v.page(title, section)
}

// mayAnywhere tells whether there can be something that the official may do the action to.
func (v *visit) mayAnywhere(action access.Action) bool { return len(access.Units(v.who, action)) > 0 }

// roles names what the official is here as.
func (v *visit) roles() string {
	var names []string
	for _, m := range v.who.Mandates {
		if role, ok := v.dir.Role(m.Role); ok && !slices.Contains(names, role.Name.In(v.lang())) {
			names = append(names, role.Name.In(v.lang()))
		}
	}
	return strings.Join(names[:min(len(names), 3)], ", ")
}

// name is what to call an official, "" for everybody else.
func (v *visit) name(person string) string {
	p, _ := v.dir.Person(person)
	return p.Name
}

// unit is the name of a unit.
func (v *visit) unit(key string) string {
	u, ok := v.dir.Unit(key)
	if !ok {
		return key
	}
	return u.Name.In(v.lang())
}

// why is a refusal in words, with the sentence behind it.
func (v *visit) why(d access.Decision) string {
	return v.T(d.Reason) + " " + v.T("desk.sentence", "Sentence", d.Sentence)
}
