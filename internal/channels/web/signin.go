package web

import (
	"net/http"
	"slices"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
)

// SignInPages draws the pages of signing in; it is identity.Pages. It is made before the Module, which needs the sessions.
type SignInPages struct {
	Site   *ui.Site
	Secure bool // as in Config
	// Persona describes an invented person of the demo in a language; nil outside the demo.
	Persona func(l i18n.Lang, key string) (title, description string)
}

var _ identity.Pages = SignInPages{}

func (s SignInPages) page(r *http.Request, title string) ui.Page {
	m := Module{Config: Config{Site: s.Site}}
	p := m.page(r, title, "")
	p.SignIn, p.NoIndex = "", true
	return p
}

// render writes a page. An error there is a bug of ours; there is nothing to show in its place but itself.
func (s SignInPages) render(w http.ResponseWriter, r *http.Request, status int, m ui.Message) {
	if err := ui.Render(w, r, status, m); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// SignIn offers the ways to sign in. In the demo it lists invented people to be.
func (s SignInPages) SignIn(w http.ResponseWriter, r *http.Request, p identity.SignInPage) {
	ctx := r.Context()
	page := ui.Read{Page: s.page(r, ui.T(ctx, "public.signin.title")), Lead: ui.T(ctx, "public.signin.lead")}
	if s.Persona != nil {
		p.Personas = slices.Clone(p.Personas)
		for i := range p.Personas {
			x := &p.Personas[i]
			x.Title, x.Description = s.Persona(i18n.From(ctx).Lang(), x.Key)
		}
	}
	switch {
	case p.Ended:
		page.Notice = &ui.Alert{Tone: ui.Warning, Title: ui.T(ctx, "public.signin.ended"), Text: ui.T(ctx, "public.signin.ended_text")}
	case p.SignedIn != nil:
		page.Notice = &ui.Alert{Text: ui.T(ctx, "public.signin.already", "Name", p.SignedIn.Name)}
	}
	if err := ui.Render(w, r, http.StatusOK, signInPage(page, p)); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// personas are the invented people of one kind.
func personas(p identity.SignInPage, kind identity.Kind) []identity.Persona {
	var out []identity.Persona
	for _, x := range p.Personas {
		if x.Kind == kind {
			out = append(out, x)
		}
	}
	return out
}

// SigningOut forgets in this browser what was written and opened in it: drafts of a person wait on Mina sidor.
func (s SignInPages) SigningOut(w http.ResponseWriter, r *http.Request) {
	m := Module{Config: Config{Secure: s.Secure}}
	for _, name := range []string{draftCookie, openedCookie} {
		if m.cookie(r, name) != "" {
			m.setCookie(w, name, "", -1)
		}
	}
}

// SignedOut confirms.
func (s SignInPages) SignedOut(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	page := s.page(r, ui.T(ctx, "public.signedout.title"))
	s.render(w, r, http.StatusOK, ui.Message{Page: page, Lead: ui.T(ctx, "public.signedout.lead"),
		Ways: []ui.Link{{Text: ui.T(ctx, "public.start"), Href: "/"}, {Text: ui.T(ctx, "public.signin.title"), Href: identity.PathSignIn}}})
}

// Failed says what went wrong and what to do.
func (s SignInPages) Failed(w http.ResponseWriter, r *http.Request, f identity.Failure) {
	l := i18n.From(r.Context())
	page := s.page(r, l.T("identity.failure."+f.Code+".title"))
	s.render(w, r, f.Status, ui.Message{Page: page, Lead: l.T("identity.failure." + f.Code + ".text"),
		Ways: []ui.Link{{Text: l.T("public.signin.again"), Href: f.Again}, {Text: l.T("public.start"), Href: "/"}}})
}

// OneTime asks for a one-time code.
func (s SignInPages) OneTime(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	page := ui.Question{Page: s.page(r, ui.T(ctx, "public.onetime.title")), Lead: ui.T(ctx, "public.onetime.lead"), Button: ui.T(ctx, "public.signin.title"),
		Form: ui.Form{Action: identity.PathOneTime}}
	page.Fields = append(page.Fields, ui.Input{Field: ui.Field{Name: identity.FieldCode, Label: ui.T(ctx, "public.onetime.code")}, OneTime: true, NoSpell: true})
	if err := ui.Render(w, r, http.StatusOK, page); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// Passkeys lists the person's passkeys and offers to add one.
func (s SignInPages) Passkeys(w http.ResponseWriter, r *http.Request, p identity.PasskeysPage) {
	ctx := r.Context()
	page := ui.Read{Page: s.page(r, ui.T(ctx, "public.passkeys.title")), Lead: ui.T(ctx, "public.passkeys.lead")}
	if err := ui.Render(w, r, http.StatusOK, passkeysPage(page, p)); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
