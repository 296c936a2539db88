package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/represent"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// resident is the citizen who is signed in: powers of attorney are no matter of officials.
func resident(r *http.Request) (*identity.Principal, error) {
	who, err := signedIn(r)
	if err == nil && who.Kind != identity.Citizen {
		return nil, store.ErrNotFound
	}
	return who, err
}

// powersView lists powers of attorney.
type powersView struct {
	ui.Page
	offered, given, received []powerView
}

// powerView is one power of attorney in a list.
type powerView struct {
	id, title, scope, state string
	tone                    ui.Tone
	accept, end             bool // what the reader can do with it
}

// powers lists what the reader has been offered, has received and has given.
func (m *Module) powers(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := powersView{Page: m.mineSub(r, ui.T(ctx, "public.mine.powers"))}
	if key := r.URL.Query().Get("klart"); slices.Contains([]string{"given", "accepted", "declined", "ended"}, key) {
		v.Notice = &ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.power.done."+key), Live: true}
	}
	for _, part := range []struct {
		list func(context.Context, string) ([]represent.Power, error)
		into *[]powerView
	}{{m.Represent.Offered, &v.offered}, {m.Represent.Received, &v.received}, {m.Represent.Given, &v.given}} {
		list, err := part.list(ctx, who.PersonID)
		if err != nil {
			return err
		}
		for _, p := range list {
			*part.into = append(*part.into, m.powerView(ctx, who.PersonID, p))
		}
	}
	return ui.Render(w, r, http.StatusOK, powersPage(v))
}

func (m *Module) powerView(ctx context.Context, person string, p represent.Power) powerView {
	v := powerView{id: p.ID, scope: m.powerScope(ctx, p.Types, p.From, p.To), title: ui.T(ctx, "public.power.for", "Agent", p.AgentName, "Name", p.Name)}
	day := m.today()
	switch {
	case !p.Ended.IsZero() && p.Accepted.IsZero() && p.EndedBy != p.Giver:
		v.state, v.tone = ui.T(ctx, "public.power.state.declined"), ui.Neutral
	case !p.Ended.IsZero():
		v.state, v.tone = ui.T(ctx, "public.power.state.ended"), ui.Neutral
	case day.After(p.To):
		v.state, v.tone = ui.T(ctx, "public.power.state.out"), ui.Neutral
	case p.Accepted.IsZero():
		v.state, v.tone = ui.T(ctx, "public.power.state.offered"), ui.Warning
		v.accept, v.end = p.Giver != person, true
	case day.Before(p.From):
		v.state, v.tone, v.end = ui.T(ctx, "public.power.state.later"), ui.Info, true
	default:
		v.state, v.tone, v.end = ui.T(ctx, "public.power.state.holds"), ui.Success, true
	}
	return v
}

// powerScope says for what and how long in words.
func (m *Module) powerScope(ctx context.Context, types []string, from, to calendar.Date) string {
	l := i18n.From(ctx)
	what := ui.T(ctx, "public.power.all")
	if len(types) > 0 {
		var names []string
		for _, id := range types {
			name := id
			for _, ct := range m.Services.Open(m.today()) {
				if ct.ID == id {
					name = ct.Title.In(l.Lang())
				}
			}
			names = append(names, name)
		}
		what = strings.Join(names, ", ")
	}
	return ui.T(ctx, "public.power.scope", "What", what, "From", l.Date(from), "To", l.Date(to))
}

// powerForm is what is typed to give power of attorney.
type powerForm struct {
	number, name, firm string
	all                bool
	types              []string
	from, to           string
	faults             []fault
}

const allServices = "alla"

func readPower(form url.Values) powerForm {
	return powerForm{
		number: strings.TrimSpace(form.Get("nummer")), name: strings.TrimSpace(form.Get("namn")), firm: form.Get("for"), all: form.Get("omfattning") == allServices,
		types: form["tjanst"], from: strings.TrimSpace(form.Get("fran")), to: strings.TrimSpace(form.Get("till")),
	}
}

// hidden carries the form over its confirmation.
func (f powerForm) hidden() []ui.Hidden {
	scope := "valda"
	if f.all {
		scope = allServices
	}
	out := []ui.Hidden{{Name: "nummer", Value: f.number}, {Name: "namn", Value: f.name}, {Name: "for", Value: f.firm}, {Name: "omfattning", Value: scope}, {Name: "fran", Value: f.from}, {Name: "till", Value: f.to}}
	for _, t := range f.types {
		out = append(out, ui.Hidden{Name: "tjanst", Value: t})
	}
	return out
}

// powerNew asks what power of attorney to give.
func (m *Module) powerNew(w http.ResponseWriter, r *http.Request) error {
	if _, err := resident(r); err != nil {
		return err
	}
	day := m.today()
	return m.showPower(w, r, http.StatusOK, powerForm{all: true, from: day.String(), to: day.AddMonths(12).String()})
}

// ownFirms are the organisations the reader signs for alone.
func (m *Module) ownFirms(ctx context.Context, person string) ([]represent.Principal, error) {
	list, err := m.Represent.Of(ctx, person)
	return slices.DeleteFunc(list, func(p represent.Principal) bool { return p.Ground != represent.GroundSignatory || p.Jointly }), err
}

// lendable are the services that can be used in another's name.
func (m *Module) lendable(kind casetype.ActFor) []*casetype.CaseType {
	return slices.DeleteFunc(slices.Clone(m.Services.Open(m.today())), func(ct *casetype.CaseType) bool { return !slices.Contains(ct.ActFor, kind) })
}

func (m *Module) showPower(w http.ResponseWriter, r *http.Request, status int, f powerForm) error {
	ctx := r.Context()
	who, err := resident(r)
	if err != nil {
		return err
	}
	firms, err := m.ownFirms(ctx, who.PersonID)
	if err != nil {
		return err
	}
	field := func(name, key string) ui.Field {
		out := ui.Field{Name: name, Label: ui.T(ctx, "public.power."+key), Hint: ui.T(ctx, "public.power."+key+"_hint")}
		for _, x := range f.faults {
			if x.field == name {
				out.Error = x.text
			}
		}
		return out
	}
	whose := ui.Radios{Field: field("for", "whose"), Options: []ui.Option{{Value: "", Label: ui.T(ctx, "public.power.me", "Name", who.Name), Chosen: f.firm == ""}}}
	for _, o := range firms {
		whose.Options = append(whose.Options, ui.Option{Value: o.Key, Label: o.Name, Hint: formatNumber(o.Key, m.today()), Chosen: f.firm == o.Key})
	}
	types := ui.Checkboxes{Field: field("tjanst", "types")}
	seen := map[string]bool{}
	for _, kind := range []casetype.ActFor{casetype.ForPerson, casetype.ForOrganisation} {
		if kind == casetype.ForOrganisation && len(firms) == 0 {
			continue
		}
		for _, ct := range m.lendable(kind) {
			if !seen[ct.ID] {
				seen[ct.ID] = true
				types.Options = append(types.Options, ui.Option{Value: ct.ID, Label: ct.Title.In(lang(ctx)), Chosen: slices.Contains(f.types, ct.ID)})
			}
		}
	}
	page := ui.Question{
		Page: m.mineSub(r, ui.T(ctx, "public.power.new")), Back: "/mina-sidor/ombud", Lead: ui.T(ctx, "public.power.lead"), Button: ui.T(ctx, "ui.continue"),
		Form: ui.Form{Action: "/mina-sidor/ombud/ny", Unsaved: true},
		Fields: []templ.Component{
			whose,
			ui.Input{Field: field("nummer", "number"), Value: f.number, Autocomplete: "off", Numeric: true, NoSpell: true, Width: 13},
			ui.Input{Field: field("namn", "name"), Value: f.name, Autocomplete: "off", NoSpell: true},
			ui.Radios{Field: field("omfattning", "extent"), Options: []ui.Option{
				{Value: allServices, Label: ui.T(ctx, "public.power.all"), Chosen: f.all}, {Value: "valda", Label: ui.T(ctx, "public.power.some"), Chosen: !f.all}}},
			types,
			ui.Input{Field: field("fran", "from"), Value: f.from, Width: 10, NoSpell: true},
			ui.Input{Field: field("till", "to"), Value: f.to, Width: 10, NoSpell: true},
		},
	}
	for _, x := range f.faults {
		page.Errors = append(page.Errors, ui.FieldError{Field: x.field, Message: x.text})
	}
	page.Path = "/mina-sidor/ombud/ny"
	return ui.Render(w, r, status, page)
}

// check reads the form as an offer. What is wrong is a fault at its field; represent checks the rest.
func (f *powerForm) check(ctx context.Context) represent.Offer {
	o := represent.Offer{Organisation: f.firm, AgentNumber: f.number, AgentName: f.name}
	if !f.all {
		if o.Types = slices.Clone(f.types); len(o.Types) == 0 {
			f.faults = append(f.faults, fault{"tjanst", ui.T(ctx, "public.power.wrong.types")})
		}
	}
	var err1, err2 error
	o.From, err1 = calendar.ParseDate(f.from)
	o.To, err2 = calendar.ParseDate(f.to)
	if err1 != nil {
		f.faults = append(f.faults, fault{"fran", ui.T(ctx, "public.power.wrong.date")})
	}
	if err2 != nil {
		f.faults = append(f.faults, fault{"till", ui.T(ctx, "public.power.wrong.date")})
	}
	return o
}

// powerFault puts an error of represent at its field.
func powerFault(ctx context.Context, err error) []fault {
	for _, x := range []struct {
		err        error
		field, key string
	}{
		{represent.ErrNumber, "nummer", "number"}, {represent.ErrSelf, "nummer", "self"}, {represent.ErrName, "namn", "name"}, {represent.ErrPeriod, "till", "period"},
		{represent.ErrNotSole, "for", "sole"}, {represent.ErrMany, "for", "many"},
	} {
		if errors.Is(err, x.err) {
			return []fault{{x.field, ui.T(ctx, "public.power.wrong."+x.key)}}
		}
	}
	return nil
}

// powerAsk shows what is about to be given, in plain words, before it is.
func (m *Module) powerAsk(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	ctx := r.Context()
	f := readPower(r.PostForm)
	o := f.check(ctx)
	if len(f.faults) == 0 {
		f.faults = powerFault(ctx, m.Represent.Check(ctx, who.PersonID, o))
	}
	if len(f.faults) > 0 {
		return m.showPower(w, r, http.StatusUnprocessableEntity, f)
	}
	name := who.Name
	firms, err := m.ownFirms(ctx, who.PersonID)
	if err != nil {
		return err
	}
	for _, p := range firms {
		if p.Key == o.Organisation {
			name = p.Name
		}
	}
	page := ui.Question{
		Page: m.mineSub(r, ui.T(ctx, "public.power.confirm")), Back: "/mina-sidor/ombud/ny", Lead: ui.T(ctx, "public.power.means", "Agent", o.AgentName, "Name", name),
		Button: ui.T(ctx, "public.power.give"), Form: ui.Form{Action: "/mina-sidor/ombud/ge", Hidden: f.hidden()},
		Fields: []templ.Component{ui.Summary{Facts: []ui.Fact{
			{Name: ui.T(ctx, "public.power.agent"), Values: []string{o.AgentName, f.number}}, {Name: ui.T(ctx, "public.power.whose"), Value: name},
			{Name: ui.T(ctx, "public.power.extent"), Value: m.powerScope(ctx, o.Types, o.From, o.To)}}}, powerMeaning()},
	}
	page.Path = "/mina-sidor/ombud/ny"
	return ui.Render(w, r, http.StatusOK, page)
}

// powerGive gives it.
func (m *Module) powerGive(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	f := readPower(r.PostForm)
	o := f.check(r.Context())
	if len(f.faults) == 0 {
		_, err := m.Represent.Give(r.Context(), who.PersonID, o)
		if f.faults = powerFault(r.Context(), err); err != nil && len(f.faults) == 0 {
			return err
		}
	}
	if len(f.faults) > 0 {
		return m.showPower(w, r, http.StatusUnprocessableEntity, f)
	}
	return see(w, r, "/mina-sidor/ombud?klart=given")
}

// powerAct is what can be done with a power of attorney that is there.
type powerAct struct{ path, key, done string }

var powerActs = []powerAct{{"godta", "accept", "accepted"}, {"avboj", "decline", "declined"}, {"avsluta", "end", "ended"}}

// thePower finds a power of attorney of the reader's; store.ErrNotFound for all others.
func (m *Module) thePower(r *http.Request) (represent.Power, powerAct, *identity.Principal, error) {
	who, err := resident(r)
	if err != nil {
		return represent.Power{}, powerAct{}, nil, err
	}
	i := slices.IndexFunc(powerActs, func(a powerAct) bool { return a.path == r.PathValue("act") })
	if i < 0 {
		return represent.Power{}, powerAct{}, nil, store.ErrNotFound
	}
	lists := []func(context.Context, string) ([]represent.Power, error){m.Represent.Offered}
	if powerActs[i].key == "end" {
		lists = []func(context.Context, string) ([]represent.Power, error){m.Represent.Given, m.Represent.Received}
	}
	for _, of := range lists {
		list, err := of(r.Context(), who.PersonID)
		if err != nil {
			return represent.Power{}, powerAct{}, nil, err
		}
		for _, p := range list {
			if p.ID == r.PathValue("id") && p.Open(m.today()) {
				return p, powerActs[i], who, nil
			}
		}
	}
	return represent.Power{}, powerAct{}, nil, store.ErrNotFound
}

// powerStep asks before a power of attorney is accepted, declined or ended.
func (m *Module) powerStep(w http.ResponseWriter, r *http.Request) error {
	p, act, _, err := m.thePower(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	page := ui.Question{
		Page: m.mineSub(r, ui.T(ctx, "public.power."+act.key+"_title")), Back: "/mina-sidor/ombud", Lead: ui.T(ctx, "public.power."+act.key+"_lead", "Agent", p.AgentName, "Name", p.Name),
		Button: ui.T(ctx, "public.power."+act.key), Form: ui.Form{Action: "/mina-sidor/ombud/" + p.ID + "/" + act.path},
		Fields: []templ.Component{ui.Summary{Facts: []ui.Fact{
			{Name: ui.T(ctx, "public.power.agent"), Value: p.AgentName}, {Name: ui.T(ctx, "public.power.whose"), Value: p.Name},
			{Name: ui.T(ctx, "public.power.extent"), Value: m.powerScope(ctx, p.Types, p.From, p.To)}}}},
	}
	return ui.Render(w, r, http.StatusOK, page)
}

// powerStepPost does it.
func (m *Module) powerStepPost(w http.ResponseWriter, r *http.Request) error {
	p, act, who, err := m.thePower(r)
	if err != nil {
		return err
	}
	if act.key == "accept" {
		_, err = m.Represent.Accept(r.Context(), who.PersonID, p.ID)
	} else {
		_, err = m.Represent.End(r.Context(), who.PersonID, p.ID)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/mina-sidor/ombud?klart="+act.done)
}

// formatNumber writes a number as people do.
func formatNumber(digits string, day calendar.Date) string {
	if n, err := civic.Parse(digits, day); err == nil {
		return n.Format()
	}
	return digits
}
