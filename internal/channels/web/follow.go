package web

import (
	"errors"
	"net/http"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// followForm is the form that asks for number and code. text is a reply that was under way.
type followForm struct {
	number, text string
	faults       []fault
}

// follow asks for number and code. Cases this browser has open already are listed.
func (m *Module) follow(w http.ResponseWriter, r *http.Request) error {
	return m.askCode(w, r, http.StatusOK, followForm{})
}

func (m *Module) askCode(w http.ResponseWriter, r *http.Request, status int, f followForm) error {
	ctx := r.Context()
	wrong := func(field string) string {
		for _, x := range f.faults {
			if x.field == field {
				return x.text
			}
		}
		return ""
	}
	page := ui.Question{Page: m.page(r, ui.T(ctx, "public.follow.title"), "/folj"), Lead: ui.T(ctx, "public.follow.lead"), Button: ui.T(ctx, "public.follow.button"),
		Form: ui.Form{Action: "/folj"}, After: followHelp(m.openCases(r))}
	page.Path = "/folj"
	page.Fields = append(page.Fields,
		ui.Input{Field: ui.Field{Name: "nummer", Label: ui.T(ctx, "public.follow.number"), Hint: ui.T(ctx, "public.follow.number_hint"), Error: wrong("nummer")}, Value: f.number, Width: 20, NoSpell: true, Autocomplete: "off"},
		ui.Input{Field: ui.Field{Name: "kod", Label: ui.T(ctx, "public.follow.code"), Hint: ui.T(ctx, "public.follow.code_hint"), Error: wrong("kod")}, Width: 20, NoSpell: true, Autocomplete: "off"})
	if f.text != "" {
		page.Form.Hidden = []ui.Hidden{{Name: "text", Value: f.text}}
		page.Notice = &ui.Alert{Tone: ui.Warning, Text: ui.T(ctx, "public.follow.kept")}
	}
	for _, x := range f.faults {
		page.Errors = append(page.Errors, ui.FieldError{Field: x.field, Message: x.text})
	}
	return ui.Render(w, r, status, page)
}

// openCases links to the cases this browser has open.
func (m *Module) openCases(r *http.Request) ui.Links {
	var out ui.Links
	who := cases.Citizen{Opened: m.opened(r)}
	for _, id := range who.Opened {
		if v, err := m.Cases.CitizenView(r.Context(), who, id); err == nil {
			out = append(out, ui.Link{Text: v.Case.Number, Href: "/folj/" + slug(v.Case.Number), Hint: v.Type.Title.In(lang(r.Context()))})
		}
	}
	return out
}

// followPost opens a case by its number and code. The answer is the same whether there is such a case or not, and how often it may be
// tried is limited by network and by number.
func (m *Module) followPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	if err := parse(w, r, maxTextBytes); err != nil {
		return err
	}
	f := followForm{number: strings.ToValidUTF8(r.PostForm.Get("nummer"), ""), text: strings.ToValidUTF8(r.PostForm.Get("text"), "")}
	code := strings.ToValidUTF8(r.PostForm.Get("kod"), "")
	if len(f.number) > 100 {
		f.number = ""
	}
	if strings.TrimSpace(f.number) == "" {
		f.faults = append(f.faults, fault{"nummer", l.T("public.follow.no_number")})
	}
	if strings.TrimSpace(code) == "" || len(code) > 100 {
		f.faults = append(f.faults, fault{"kod", l.T("public.follow.no_code")})
	}
	if len(f.faults) > 0 {
		return m.askCode(w, r, http.StatusUnprocessableEntity, f)
	}
	for _, key := range []string{"follow-place " + kernelweb.Place(r), "follow-number " + strings.ToUpper(strings.Join(strings.Fields(f.number), ""))} {
		if ok, wait := m.Limiter.Allow(key); !ok {
			return kernelweb.TooManyError{RetryAfter: wait}
		}
	}
	if rec, ok := m.spooled(f.number, code); ok {
		return m.showHeld(w, r, "", rec)
	}
	id, err := m.Cases.OpenByCode(ctx, f.number, code)
	if errors.Is(err, cases.ErrCode) {
		f.faults = []fault{{"kod", l.T("public.follow.wrong")}}
		return m.askCode(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	m.letIn(w, r, id)
	v, err := m.Cases.CitizenView(ctx, cases.Citizen{Opened: []string{id}}, id)
	if err != nil {
		return err
	}
	if f.text != "" { // a reply whose writer had to show the code again
		return m.showCase(w, r, http.StatusOK, "/folj", v, reply{text: f.text})
	}
	return see(w, r, "/folj/"+slug(v.Case.Number))
}

// followClose forgets which cases this browser has open.
func (m *Module) followClose(w http.ResponseWriter, r *http.Request) error {
	m.setCookie(w, openedCookie, "", -1)
	return see(w, r, "/folj")
}
