package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/represent"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// keptRole is where the session remembers in whose name its person acts: "organisation:5560160680".
const keptRole = "roll"

// chosenRole is in whose name a request acts, asked once: all grounds there are for the one principal.
type chosenRole struct {
	r       *http.Request
	asked   bool
	grounds []represent.Principal
}

type roleKey struct{}

// withRole lets a request remember its role.
func withRole(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), roleKey{}, &chosenRole{r: r}))
}

// role is in whose name the visitor acts, as it holds now: a right that has ended, or a session without one, is oneself.
func (m *Module) role(r *http.Request) represent.Principal {
	if _, ok := r.Context().Value(roleKey{}).(*chosenRole); !ok {
		r = withRole(r)
	}
	return m.grounds(r.Context())[0]
}

// grounds are all grounds on which the visitor of a request acts for whom they have chosen, at least one.
func (m *Module) grounds(ctx context.Context) []represent.Principal {
	memo, ok := ctx.Value(roleKey{}).(*chosenRole)
	if !ok { // no request of a visitor
		return []represent.Principal{{Kind: casetype.ForSelf, Ground: represent.GroundSelf}}
	}
	if !memo.asked {
		memo.asked, memo.grounds = true, m.findRole(memo.r)
	}
	return memo.grounds
}

func (m *Module) findRole(r *http.Request) []represent.Principal {
	own := represent.Principal{Kind: casetype.ForSelf, Ground: represent.GroundSelf}
	who := identity.From(r.Context())
	if who == nil {
		return []represent.Principal{own}
	}
	own.Key, own.Name = who.PersonID, who.Name
	self := []represent.Principal{own}
	if m.Represent == nil || m.Sessions == nil || who.Kind != identity.Citizen {
		return self
	}
	kind, key, _ := strings.Cut(m.Sessions.Kept(r, keptRole), ":")
	if key == "" {
		return self
	}
	list, err := m.Represent.Of(r.Context(), who.PersonID)
	if err != nil {
		m.Log.ErrorContext(r.Context(), "finding whom the visitor acts for", "err", err)
		return self
	}
	var out []represent.Principal
	for _, p := range list {
		if string(p.Kind) == kind && p.Key == key {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return self
	}
	return out
}

// acting is in whose name the visitor follows cases: with all their grounds together.
func (m *Module) acting(ctx context.Context) cases.Acting {
	list := m.grounds(ctx)
	a := as(ctx, list[0])
	for _, p := range list {
		if len(p.Types) == 0 {
			a.Types = nil
			return a
		}
		a.Types = append(a.Types, p.Types...)
	}
	slices.Sort(a.Types)
	a.Types = slices.Compact(a.Types)
	return a
}

// as is a principal as casework keeps it; the zero value for oneself.
func as(ctx context.Context, p represent.Principal) cases.Acting {
	if p.Kind == casetype.ForSelf {
		return cases.Acting{}
	}
	a := cases.Acting{Kind: p.Kind, Key: p.Key, Name: p.Name, Ground: string(p.Ground), Power: p.Power}
	if who := identity.From(ctx); who != nil {
		a.Agent = who.Name
	}
	return a
}

// Why somebody may not hand in a matter in a name.
var (
	errRole    = errors.New("the service is not for this role")
	errJointly = errors.New("the organisation is signed for jointly")
)

// actingFor is in whose name the visitor would hand in a matter of a kind: errRole if the service or the ground does not allow it,
// errJointly if others must sign too and the service has no place for them. Who is not signed in or works here writes for whom they say.
func (m *Module) actingFor(ctx context.Context, ct *casetype.CaseType) (cases.Acting, error) {
	who := identity.From(ctx)
	if who == nil || who.Kind != identity.Citizen {
		return cases.Acting{}, nil
	}
	allowed := ct.ActFor
	if len(allowed) == 0 {
		allowed = []casetype.ActFor{casetype.ForSelf}
	}
	err := errRole
	for _, p := range m.grounds(ctx) {
		switch {
		case !slices.Contains(allowed, p.Kind) || !p.Covers(ct.ID):
		case p.Jointly && ct.Sign.Mode != casetype.SignParallel && ct.Sign.Mode != casetype.SignSequential:
			err = errJointly
		default:
			return as(ctx, p), nil
		}
	}
	return cases.Acting{}, err
}

// roleID names a principal in forms and in the session.
func roleID(p represent.Principal) string { return string(p.Kind) + ":" + p.Key }

// roleWords say what somebody is to the visitor.
func roleWords(ctx context.Context, p represent.Principal) string {
	if p.Jointly {
		return ui.T(ctx, "public.role.jointly")
	}
	return ui.T(ctx, "public.role.ground."+string(p.Ground))
}

// changeRole leads to the page where the role is chosen, and back to where one is.
func changeRole(back string) string { return "/mina-sidor/roll?" + url.Values{"till": {back}}.Encode() }

// wrongRole leads to the choice of a role, with why.
func wrongRole(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, why error) error {
	return see(w, r, rolePath(ct, why))
}

func rolePath(ct *casetype.CaseType, why error) string {
	q := url.Values{"tjanst": {ct.ID}, "till": {"/e-tjanster/" + ct.ID}}
	if errors.Is(why, errJointly) {
		q.Set("fel", "tillsammans")
	}
	return "/mina-sidor/roll?" + q.Encode()
}

// rolePage asks in whose name the visitor acts.
func (m *Module) rolePage(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list, err := m.principals(ctx, who)
	if err != nil {
		return err
	}
	page := ui.Question{Page: m.mineSub(r, ui.T(ctx, "public.role.title")), Lead: ui.T(ctx, "public.role.lead"), Button: ui.T(ctx, "public.role.choose"),
		Form: ui.Form{Action: "/mina-sidor/roll", Hidden: []ui.Hidden{{Name: "till", Value: identity.LocalPath(r.URL.Query().Get("till"))}}}, Back: "/mina-sidor"}
	choice := ui.Radios{Field: ui.Field{Name: "roll", Label: ui.T(ctx, "public.role.whom")}}
	ct, err := m.open(r.URL.Query().Get("tjanst"))
	if err != nil {
		ct = nil
	}
	var usable int
	now, seen := m.role(r), map[string]bool{}
	for _, p := range list {
		if seen[roleID(p)] || ct != nil && !m.usable(list, p, ct) {
			continue
		}
		seen[roleID(p)] = true
		usable++
		choice.Options = append(choice.Options, ui.Option{Value: roleID(p), Label: p.Name, Hint: roleWords(ctx, p), Chosen: roleID(p) == roleID(now)})
	}
	page.Fields = append(page.Fields, choice)
	if ct != nil {
		why := ui.T(ctx, "public.role.wrong", "Name", now.Name)
		if r.URL.Query().Get("fel") == "tillsammans" {
			why = ui.T(ctx, "public.role.joint", "Name", now.Name)
		}
		page.Notice = &ui.Alert{Tone: ui.Warning, Title: ct.Title.In(lang(ctx)), Text: why}
		if usable == 0 {
			return ui.Render(w, r, http.StatusOK, ui.Message{Page: page.Page, Lead: ui.T(ctx, "public.role.none"),
				Ways: []ui.Link{{Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt"}, {Text: ui.T(ctx, "public.nav.services"), Href: "/e-tjanster"}}})
		}
	}
	return ui.Render(w, r, http.StatusOK, page)
}

// principals are in whose names the visitor may act, themselves first.
func (m *Module) principals(ctx context.Context, who *identity.Principal) ([]represent.Principal, error) {
	if m.Represent == nil || who.Kind != identity.Citizen {
		return []represent.Principal{{Kind: casetype.ForSelf, Key: who.PersonID, Name: who.Name, Ground: represent.GroundSelf}}, nil
	}
	return m.Represent.Of(ctx, who.PersonID)
}

// usable tells whether a service can be used in the name of a principal, on any ground there is for them.
func (m *Module) usable(list []represent.Principal, of represent.Principal, ct *casetype.CaseType) bool {
	allowed := ct.ActFor
	if len(allowed) == 0 {
		allowed = []casetype.ActFor{casetype.ForSelf}
	}
	return slices.ContainsFunc(list, func(p represent.Principal) bool {
		return roleID(p) == roleID(of) && slices.Contains(allowed, p.Kind) && p.Covers(ct.ID) && (!p.Jointly || ct.Sign.Mode == casetype.SignParallel || ct.Sign.Mode == casetype.SignSequential)
	})
}

// roleChoose keeps the role for the session.
func (m *Module) roleChoose(w http.ResponseWriter, r *http.Request) error {
	who, err := signedIn(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	list, err := m.principals(r.Context(), who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p represent.Principal) bool { return roleID(p) == r.PostForm.Get("roll") })
	if i < 0 {
		return see(w, r, "/mina-sidor/roll")
	}
	chosen := roleID(list[i])
	if list[i].Kind == casetype.ForSelf {
		chosen = ""
	}
	if err := m.Sessions.Keep(w, r, keptRole, chosen); err != nil {
		return err
	}
	back := identity.LocalPath(r.PostForm.Get("till"))
	if back == "" || back == "/" {
		back = "/mina-sidor"
	}
	return see(w, r, unlocalised(back))
}

// unlocalised is a path of the site without its language, which see puts back.
func unlocalised(path string) string {
	if rest, ok := strings.CutPrefix(path, "/en/"); ok {
		return "/" + rest
	}
	return path
}

// actingWords tell whom somebody acts for, and on what ground.
func actingWords(ctx context.Context, a cases.Acting) []string {
	return []string{a.Name, ui.T(ctx, "public.role.by", "Agent", a.Agent, "Ground", ui.T(ctx, "public.role.ground."+a.Ground))}
}

// actingSummary is what a form says of whom it is written for, nil for oneself.
func (m *Module) actingSummary(ctx context.Context, ct *casetype.CaseType) []templ.Component {
	a, err := m.actingFor(ctx, ct)
	if err != nil || !a.Other() {
		return nil
	}
	return []templ.Component{ui.Summary{Facts: []ui.Fact{{Name: ui.T(ctx, "public.role.for"), Values: actingWords(ctx, a), Change: changeRole("/e-tjanster/" + ct.ID + "/granska")}}}}
}
