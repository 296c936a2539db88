package disclosure

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// maxForm is how much the public form may send, in bytes.
const maxForm = 64 << 10

// public is a page for everybody, kept in no cache.
func (m *Module) public(p func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := p(w, r); err != nil {
			web.Error(w, r, err)
		}
	})
}

// ask is the request on one page: no sign-in, no name and no purpose (TF 2 kap. 18 §, from general knowledge). From a row of the register the
// document is filled in.
func (m *Module) ask(w http.ResponseWriter, r *http.Request) error {
	typed := url.Values{"nyckel": {store.NewID()}}
	if row := r.URL.Query().Get("rad"); store.ValidID(row) {
		h, err := m.cases.PublicRow(r.Context(), row)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && !h.Annulled {
			typed.Set("rad", row)
			typed.Set("text", strings.Join(strings.Fields(h.Number+" "+calendar.DateOf(h.At).String()+" "+h.Subject), " "))
		}
	}
	return m.showAsk(w, r, http.StatusOK, typed, nil)
}

func (m *Module) showAsk(w http.ResponseWriter, r *http.Request, status int, typed url.Values, faults []ui.FieldError) error {
	l := i18n.From(r.Context())
	ct, err := m.Type()
	if errors.Is(err, ErrNoService) {
		return ui.Render(w, r, http.StatusOK, ui.Message{Page: m.Site(r, l.T("disclosure.public.title"), "/diarium"), Lead: l.T("disclosure.public.shut"), Ways: []ui.Link{{Text: l.T("disclosure.public.contact"), Href: "/kontakt"}}})
	}
	if err != nil {
		return err
	}
	q := ui.Question{Page: m.Site(r, l.T("disclosure.public.title"), "/diarium"), Lead: l.T("disclosure.public.lead"), Button: l.T("disclosure.public.button"),
		Form:   ui.Form{Action: PathPublic, Unsaved: true, Hidden: []ui.Hidden{{Name: "nyckel", Value: typed.Get("nyckel")}, {Name: "rad", Value: typed.Get("rad")}}},
		Fields: wishFields(l, ct, typed, faults, typed.Get("rad") == ""),
		After:  ui.Links{{Text: l.T("disclosure.public.more"), Href: "/e-tjanster/" + ct.ID}}}
	q.Path, q.Errors = PathPublic, faults
	return ui.Render(w, r, status, q)
}

// askPost takes the request in. The same form sent twice is one request, and gives the same answer.
func (m *Module) askPost(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errors.Join(web.ErrBadRequest, err)
	}
	if m.Limiter != nil {
		if ok, wait := m.Limiter.Allow("disclosure " + web.Place(r)); !ok {
			return web.TooManyError{RetryAfter: wait}
		}
	}
	ct, err := m.Type()
	if err != nil {
		return m.showAsk(w, r, http.StatusOK, r.PostForm, nil)
	}
	wish := wishOf(ct, r.PostForm, l.Lang())
	wish.Channel = "web"
	if row := r.PostForm.Get("rad"); store.ValidID(row) {
		if h, err := m.cases.PublicRow(r.Context(), row); err == nil && !h.Annulled { // what anybody may know of, and nothing else
			wish.Row = row
		}
	}
	got, err := m.Service.Ask(r.Context(), wish)
	var faulty FaultyError
	switch {
	case errors.As(err, &faulty):
		return m.showAsk(w, r, http.StatusUnprocessableEntity, r.PostForm, faultsOf(l, faulty))
	case errors.Is(err, cases.ErrKey):
		typed := r.PostForm
		typed.Set("nyckel", store.NewID())
		return m.showAsk(w, r, http.StatusUnprocessableEntity, typed, []ui.FieldError{{Field: "text", Message: l.T("disclosure.public.again")}})
	case err != nil:
		return err
	}
	page := ui.Message{Page: m.Site(r, l.T("disclosure.public.done"), "/diarium"), Lead: l.T("disclosure.public.done_lead"), Reference: got.Number,
		Ways: []ui.Link{{Text: l.T("disclosure.public.follow"), Href: "/folj?" + url.Values{"nr": {got.Number}}.Encode()}},
		Body: ui.Summary{Facts: []ui.Fact{{Name: l.T("disclosure.number"), Value: got.Number}, {Name: l.T("disclosure.code"), Value: got.Code}, {Name: l.T("disclosure.public.by"), Value: l.Date(got.Due)}}}}
	page.Page.NoIndex = true
	return ui.Render(w, r, http.StatusOK, page)
}

// wishFields are the questions of a request, in the words of the case type. whole tells whether to ask who holds the document.
func wishFields(l *i18n.Localizer, ct *casetype.CaseType, typed url.Values, faults []ui.FieldError, whole bool) []templ.Component {
	d := ct.Disclosure
	wanted, way := ct.Question(d.Wanted), ct.Question(d.Way)
	out := []templ.Component{ui.Textarea{Field: ui.Field{Name: "text", Label: wanted.Label.In(l.Lang()), Hint: wanted.Help.In(l.Lang()), Error: faultOf(faults, "text")}, Value: typed.Get("text"), Max: 3000}}
	if q := ct.Question(d.Holder); q != nil && whole {
		options := make([]ui.Option, len(q.Options))
		for i, o := range q.Options {
			options[i] = ui.Option{Value: o.Value, Label: o.Label.In(l.Lang()), Chosen: o.Value == typed.Get("vem") || typed.Get("vem") == "" && o.Value == d.Unsure}
		}
		out = append(out, ui.Select{Field: ui.Field{Name: "vem", Label: q.Label.In(l.Lang()), Hint: q.Help.In(l.Lang()), Error: faultOf(faults, "vem")}, Options: options})
	}
	var ways []ui.Option
	for _, o := range way.Options {
		for i, value := range d.Ways {
			if o.Value == value {
				ways = append(ways, ui.Option{Value: value, Label: o.Label.In(l.Lang()), Hint: o.Help.In(l.Lang()), Chosen: value == typed.Get("satt") || typed.Get("satt") == "" && i == 0})
			}
		}
	}
	out = append(out, ui.Radios{Field: ui.Field{Name: "satt", Label: way.Label.In(l.Lang()), Error: faultOf(faults, "satt")}, Options: ways})
	if q := ct.Question(d.Email); q != nil {
		out = append(out, ui.Input{Field: ui.Field{Name: "epost", Label: l.T("disclosure.email"), Hint: l.T("disclosure.email_hint"), Error: faultOf(faults, "epost"), Optional: true},
			Type: "email", Value: typed.Get("epost"), Autocomplete: "email", NoSpell: true})
	}
	return out
}

// wishOf is what was typed.
func wishOf(ct *casetype.CaseType, typed url.Values, lang i18n.Lang) Wish {
	clean := func(name string) string { return strings.ToValidUTF8(typed.Get(name), "") }
	w := Wish{Key: clean("nyckel"), Text: strings.ReplaceAll(clean("text"), "\r\n", "\n"), Holder: clean("vem"), Way: clean("satt"), Email: clean("epost"), Lang: lang}
	for _, way := range ct.Disclosure.Ways {
		if way == w.Way {
			return w
		}
	}
	w.Way = ""
	return w
}

// faultsOf are the faults of the case type at the fields of this page.
func faultsOf(l *i18n.Localizer, e FaultyError) []ui.FieldError {
	d := e.Type.Disclosure
	var out []ui.FieldError
	for _, f := range e.Faults {
		field := map[string]string{d.Wanted: "text", d.Way: "satt"}[f.Question]
		switch {
		case f.Question == d.Email && d.Email != "":
			field = "epost"
		case f.Question == d.Holder && d.Holder != "":
			field = "vem"
		case field == "":
			field = "text"
		}
		message := f.Text(l)
		if f.Code == casetype.ErrRequired {
			message = l.T("disclosure.required." + field)
		}
		out = append(out, ui.FieldError{Field: field, Message: message})
	}
	return out
}

// moment reads a day and a time of day in Stockholm.
func moment(day, hour string) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(day)+" "+strings.TrimSpace(hour), calendar.Stockholm())
}
