package studio

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
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

// staff lets officials in who may see at least one service, and keeps the answer out of every cache.
func (m *Module) staff(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v := &visit{Module: m, w: w, r: r, l: i18n.From(r.Context()), dir: m.Organisation.Directory()}
		var ok bool
		var err error
		switch v.who, ok = m.Actor(r); {
		case !ok && identity.From(r.Context()) == nil:
			err = identity.ErrNotSignedIn
		case !ok: // a citizen
			err = access.Check(access.Actor{Person: identity.From(r.Context()).PersonID, Citizen: true}, access.ServiceRead, access.Object{}).Err()
		case len(access.Units(v.who, access.ServiceRead)) == 0:
			err = access.Check(v.who, access.ServiceRead, access.Object{}).Err()
		default:
			err = p(v)
		}
		if err != nil {
			web.Error(w, r, err)
		}
	})
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// T is a text in the language of the page.
func (v *visit) T(key string, args ...any) string { return v.l.T(key, args...) }

func (v *visit) lang() i18n.Lang { return v.l.Lang() }

func (v *visit) today() calendar.Date { return calendar.DateOf(v.Clock.Now()) }

func (v *visit) see(path string) error {
	http.Redirect(v.w, v.r, v.l.Path(path), http.StatusSeeOther)
	return nil
}

// page is what every page of the studio has in common.
func (v *visit) page(title string, crumbs ...ui.Link) ui.Page {
	p := v.Frame(v.w, v.r, title, Path)
	p.NoIndex = true
	if p.Title != v.T("studio.title") {
		p.Crumbs = append([]ui.Link{{Text: v.T("studio.title"), Href: Path}}, crumbs...)
	}
	return p
}

// may tells whether the official may do something to a service, and under which mandate.
func (v *visit) may(action access.Action, ct *casetype.CaseType) access.Decision {
	return access.Check(v.who, action, Object(v.dir, ct))
}

// latest is the version of a service that speaks for it: the one that applies today, or else its newest, published or draft.
func (v *visit) latest(id string) (*casetype.CaseType, bool) {
	if ct, ok := v.Types.Current(id, v.today()); ok {
		return ct, true
	}
	if list := v.Types.Versions(id); len(list) > 0 {
		return list[len(list)-1].CaseType, true
	}
	var found *casetype.CaseType
	for _, ct := range v.Types.Drafts() {
		if ct.ID == id {
			found = ct
		}
	}
	return found, found != nil
}

// open finds the service of the address, for one who may see it.
func (v *visit) open() (*casetype.CaseType, error) {
	ct, ok := v.latest(v.r.PathValue("type"))
	if !ok {
		return nil, store.ErrNotFound
	}
	return ct, v.may(access.ServiceRead, ct).Err()
}

func servicePath(id string) string { return Path + "/" + id }

// crumb leads back to a service.
func (v *visit) crumb(ct *casetype.CaseType) ui.Link {
	return ui.Link{Text: ct.Title.In(v.lang()), Href: servicePath(ct.ID)}
}

// unit is the name of a unit.
func (v *visit) unit(key string) string {
	if u, ok := v.dir.Unit(key); ok {
		return u.Name.In(v.lang())
	}
	return key
}

// percent writes a share of 0 to 1.
func (v *visit) percent(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + " %" }

// decimal writes a mean with one decimal.
func (v *visit) decimal(n float64) string {
	text := strconv.FormatFloat(n, 'f', 1, 64)
	if v.lang() == i18n.SV {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func (v *visit) days(n int) string { return v.T("studio.days", "Count", n) }

// state is where a service stands today.
func (v *visit) state(ct *casetype.CaseType) (key string, tag ui.Tag) {
	day := v.today()
	open, _ := ct.Window.Open(day)
	switch {
	case ct.State == casetype.Draft:
		key, tag.Tone = "draft", ui.Info
	case ct.State == casetype.Retired || !ct.ValidTo.IsZero() && day.After(ct.ValidTo):
		key, tag.Tone = "ended", ui.Neutral
	case day.Before(ct.ValidFrom):
		key, tag.Tone = "coming", ui.Info
	case !open:
		key, tag.Tone = "shut", ui.Warning
	default:
		key, tag.Tone = "open", ui.Success
	}
	tag.Text = v.T("studio.state." + key)
	return key, tag
}

// next is the first version that comes after today, nil if there is none.
func (v *visit) next(list []catalogue.Published) *catalogue.Published {
	for i := range list {
		if list[i].State == casetype.Published && v.today().Before(list[i].ValidFrom) {
			return &list[i]
		}
	}
	return nil
}

// form reads a small form.
func (v *visit) form() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 64<<10)
	if err := v.r.ParseForm(); err != nil {
		return errors.Join(web.ErrBadRequest, err)
	}
	return nil
}
