package office

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Organisation is who works where; *bodies.Service is it.
type Organisation interface {
	Directory() *bodies.Directory
}

// Office is the door of the rooms. All fields are required, but Refused.
type Office struct {
	Site         *ui.Site
	Organisation Organisation
	Clock        calendar.Clock
	// Actor is who an official is to the rules, today; false for everybody else.
	Actor func(r *http.Request) (access.Actor, bool)
	// Frame is what every page has in common: navigation, name of the official. section is the address of the part it belongs to.
	Frame  func(v *Visit, title, section string) ui.Page
	Secure bool // served over TLS: cookies are Secure and named __Host-
	// Refused tells an official why an act that is reserved to a body is refused, and leads on; false for errors it has no page for. It may be
	// nil: the refusal is then told by web.Error.
	Refused func(v *Visit, err error) bool
}

// Visit is one request of an official.
type Visit struct {
	*Office
	W   http.ResponseWriter
	R   *http.Request
	L   *i18n.Localizer
	Who access.Actor
	Dir *bodies.Directory // the same through the whole request
}

// Page answers a visit. An error is told by web.Error.
type Page func(v *Visit) error

// Staff lets officials in who may do the action to something, and keeps the answer out of every cache. Whether they may do it to what
// the page is about, the page asks; with no action every official comes in. Somebody whose session ran out while they wrote gets back what they wrote.
func (o *Office) Staff(action access.Action, p Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v := o.visit(w, r)
		var ok bool
		var err error
		switch v.Who, ok = o.Actor(r); {
		case !ok && identity.From(r.Context()) == nil && r.Method == http.MethodPost:
			err = v.askSignIn()
		case !ok && identity.From(r.Context()) == nil:
			err = identity.ErrNotSignedIn
		case !ok: // a citizen
			err = access.Check(access.Actor{Person: identity.From(r.Context()).PersonID, Citizen: true}, cmp.Or(action, access.CaseClaim), access.Object{}).Err()
		case action != "" && !v.MayAnywhere(action):
			err = access.Check(v.Who, action, access.Object{}).Err()
		default:
			err = p(v)
		}
		if err != nil && (!ok || o.Refused == nil || !o.Refused(v, err)) {
			web.Error(w, r, discreet(err))
		}
	})
}

// Visitor is the official of a request, for what another room shows on its page; false for everybody else.
func (o *Office) Visitor(w http.ResponseWriter, r *http.Request) (*Visit, bool) {
	v := o.visit(w, r)
	var ok bool
	v.Who, ok = o.Actor(r)
	return v, ok
}

func (o *Office) visit(w http.ResponseWriter, r *http.Request) *Visit {
	return &Visit{Office: o, W: w, R: r, L: i18n.From(r.Context()), Dir: o.Organisation.Directory()}
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

// Ctx is the context of the request.
func (v *Visit) Ctx() context.Context { return v.R.Context() }

// T is a text in the language of the page.
func (v *Visit) T(key string, args ...any) string { return v.L.T(key, args...) }

// Lang is the language of the page.
func (v *Visit) Lang() i18n.Lang { return v.L.Lang() }

// Today is the date in Stockholm.
func (v *Visit) Today() calendar.Date { return calendar.DateOf(v.Clock.Now()) }

// See leads on with a GET.
func (v *Visit) See(path string) error {
	http.Redirect(v.W, v.R, v.L.Path(path), http.StatusSeeOther)
	return nil
}

// Page is what every page of a room has in common. The last of the crumbs leads to the page above this one.
func (v *Visit) Page(title, section string, crumbs ...ui.Link) ui.Page {
	p := v.Frame(v, title, section)
	p.NoIndex, p.Crumbs = true, crumbs
	if said := v.said(); said != nil {
		p.Notice = said
	}
	return p
}

// MayAnywhere tells whether there can be something that the official may do the action to.
func (v *Visit) MayAnywhere(action access.Action) bool { return len(access.Units(v.Who, action)) > 0 }

// Person is what to call an official, "" for everybody else.
func (v *Visit) Person(key string) string {
	p, _ := v.Dir.Person(key)
	return p.Name
}

// Unit is the name of a unit.
func (v *Visit) Unit(key string) string {
	if u, ok := v.Dir.Unit(key); ok {
		return u.Name.In(v.Lang())
	}
	return key
}

// Why is a refusal in words, with the sentence behind it.
func (v *Visit) Why(d access.Decision) string {
	return v.T(d.Reason) + " " + v.T("office.sentence", "Sentence", d.Sentence)
}

// maxForm is how much text a form of a room may send.
const maxForm = 256 << 10

// Form reads a form without files.
func (v *Visit) Form() (url.Values, error) {
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, maxForm)
	if err := v.R.ParseForm(); err != nil {
		return nil, errors.Join(web.ErrBadRequest, err)
	}
	return v.R.PostForm, nil
}
