package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/spool"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// maxBody bounds what a form without files may hold, in bytes.
const maxBody = 1 << 20

// minFree is the room without which the server says it is not ready.
const minFree = 64 << 20

// handler is all that answers over HTTP.
func (a *App) handler(ctx context.Context) (http.Handler, error) {
	if err := a.openIdentity(ctx); err != nil {
		return nil, err
	}
	a.metrics = a.newMetrics()
	assets := http.NewServeMux()
	assets.Handle("GET "+ui.AssetsPath, a.site.Assets)
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", web.Healthz())
	mux.Handle("GET /robots.txt", web.Robots("/arbete", "/mina-sidor", "/folj", "/logga-in", "/demo"))
	if len(a.cfg.Security.Contacts) > 0 {
		mux.Handle("GET /.well-known/security.txt", web.SecurityTxt{
			Contacts: a.cfg.Security.Contacts, Policy: a.cfg.Security.Policy, Canonical: a.cfg.BaseURL + "/.well-known/security.txt", Clock: a.clock,
		}.Handler())
	}
	mux.HandleFunc("GET /schema/{file}", schemas)
	a.identity.Routes(mux)
	public := a.citizens()
	public.Routes(mux)
	a.boardOn(public)
	a.replay, a.publicPage = public.Replay, public.Page
	mux.Handle("GET /readyz", web.Readyz(web.Check{Name: "database", Probe: a.db.Ping}, web.SpaceCheck(a.db.FreeSpace, minFree),
		web.Check{Name: "spool", Probe: func(context.Context) error { return nil }, Note: public.SpoolNote}))
	a.every("drafts.sweep", 24*time.Hour, drafts.NewStore(a.db, a.vault, a.clock).Sweep)
	a.every("drafts.tend", tendEvery, public.Tend)
	if a.stripe != nil {
		mux.Handle("POST /betala/stripe", a.stripe.Webhook(public.Heard))
	}
	for _, r := range a.offices() {
		r.Routes(mux)
	}

	tracing, flush, err := web.Tracing(ctx, web.TracingOptions{Endpoint: a.cfg.Tracing.Endpoint, Sample: a.cfg.Tracing.Sample, Version: a.version})
	if err != nil {
		return nil, err
	}
	if flush != nil {
		a.closers = append(a.closers, closer(func() error { return flush(context.WithoutCancel(ctx)) }))
	}
	whole := web.Chain(beside(ui.AssetsPath, web.Routes(assets), public.Guard(a.identity.Middleware(web.Routes(mux)))),
		web.Language(a.texts),
		web.Frame(web.FrameOptions{
			Log: a.log, Clock: a.clock, Metrics: a.metrics, TrustedProxies: a.cfg.ProxyNetworks(), Quiet: []string{"GET /healthz", "GET /readyz", "GET " + ui.AssetsPath},
			Page: func(*http.Request) ui.Page { return ui.Page{Site: a.site} },
		}),
		tracing,
		web.Secure(web.SecurityOptions{TLS: a.cfg.TLS(), FormOrigins: a.formOrigins(), ImageOrigins: origins(a.cfg.Map.Tiles)}),
		web.SameOrigin(),
		web.LimitBody(maxBody),
		web.Compress,
	)
	a.probe(whole)
	return whole, nil
}

// beside sends what lies under a path to a handler that has nothing to do with who asks.
func beside(path string, files, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, path) {
			files.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

type closer func() error

func (c closer) Close() error { return c() }

// origins is the site of an address, for the content security policy.
func origins(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Scheme + "://" + u.Host}
}

func (a *App) openIdentity(ctx context.Context) error {
	o := identity.Options{
		DB: a.db, Journal: a.journal, Clock: a.clock, Log: a.log, BaseURL: a.cfg.BaseURL, People: identity.FromBodies(a.bodies), Place: web.Place, Nobody: site.WholeForm,
		Pages:    site.SignInPages{Site: a.site, Secure: a.cfg.TLS(), Persona: a.persona},
		Timeouts: identity.Timeouts{Staff: a.cfg.Sessions.Staff, Citizen: a.cfg.Sessions.Citizens, Lifetime: a.cfg.Sessions.Lifetime},
	}
	for _, p := range []struct {
		key  string
		kind identity.Kind
		config.Provider
	}{{"personal", identity.Staff, a.cfg.SignIn.Staff}, {"invanare", identity.Citizen, a.cfg.SignIn.Citizens}} {
		if p.Issuer == "" {
			continue
		}
		level, err := identity.ParseLoA(p.Level)
		if err != nil {
			return fmt.Errorf("sign_in: level: %w", err)
		}
		o.Providers = append(o.Providers, identity.ProviderConfig{
			Key: p.key, Kind: p.kind, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Secret: string(p.ClientSecret), Scopes: p.Scopes,
			RequiredACR: p.ACR, Level: level, TrustEmail: p.TrustEmail,
			Claims: identity.ClaimMap{
				Subject: p.Claims.Subject, Name: p.Claims.Name, Email: p.Claims.Email, PersonalNumber: p.Claims.PersonalNumber, LoA: p.Claims.Level,
			},
		})
	}
	if a.cfg.Demo {
		personas, err := a.personas(ctx)
		if err != nil {
			return err
		}
		o.Demo = identity.Demo{Enabled: true, Personas: personas}
	}
	var err error
	if a.identity, err = identity.NewService(o); err != nil {
		return err
	}
	a.every("identity.sweep", 5*time.Minute, func(ctx context.Context) error {
		_, err := a.identity.Sweep(ctx)
		return err
	})
	return nil
}

// personas are the invented people of the pack as someone to sign in as.
func (a *App) personas(ctx context.Context) ([]identity.Persona, error) {
	var out []identity.Persona
	for _, p := range a.pack.Personas {
		key, kind := p.Person, identity.Staff
		if p.Resident != "" {
			key, kind = p.Resident, identity.Citizen
		}
		who, err := a.bodies.PersonByKey(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("persona %s: %w", p.Key, err)
		}
		out = append(out, identity.Persona{Key: p.Key, PersonID: who.ID, Kind: kind})
	}
	return out, nil
}

// persona describes an invented person of the pack.
func (a *App) persona(l i18n.Lang, key string) (title, description string) {
	for _, p := range a.pack.Personas {
		if p.Key == key {
			return p.Title.In(l), p.Description.In(l)
		}
	}
	return key, ""
}

// citizens is the public site.
func (a *App) citizens() *site.Module {
	gazetteer := site.NewGazetteer(a.pack.Addresses, a.pack.Map.Raw)
	c := site.Config{
		Ties: a.ties, Counters: a.counters(),
		Site: a.site, Town: &a.pack.Municipality, Services: a.types, Cases: a.cases, Codes: a.secrets, Vault: a.vault, DB: a.db, Journal: a.journal,
		Clock: a.clock, Log: a.log, Sessions: a.identity, Key: a.follow, Secure: a.cfg.TLS(), Cache: a.cache,
		Limiter:   web.NewLimiter(web.LimiterOptions{Every: 10 * time.Second, Burst: 8, Clock: a.clock}),
		Forms:     web.NewLimiter(web.LimiterOptions{Every: 10 * time.Second, Burst: 60, Clock: a.clock}), // a school class at once
		Addresses: gazetteer, Layers: gazetteer, Live: a.live, Mandates: mandates{a}, Represent: a.represent, Register: a.population,
		Inbox: inbox.New(a.db, a.clock), Reach: a.reach, Offices: offices{a},
		Exports: web.NewLimiter(web.LimiterOptions{Every: 10 * time.Minute, Burst: 2, Clock: a.clock}),
	}
	c.Law, c.Appeals = a.law, a.ruling
	c.Measure, c.Drafts, c.Coverage = a.measure, draftPreview{a}, a.coverage
	if a.mailbox != nil {
		c.Mailbox = demoBox{a.mailbox}
	}
	c.Spool, c.Maintenance = a.spool, spool.MaintenanceOf(a.cfg.Data)
	c.BaseURL, c.Numbers, c.Payments = a.cfg.BaseURL, a.bodies, a.payments
	if a.till != nil {
		c.Till = a.till
	}
	if a.sender != nil {
		c.Teller = teller{a}
		c.Proofs = proofs{a}
	}
	return site.New(c)
}

// mandates tells by what mandate an officer takes in matters for others.
type mandates struct{ a *App }

func (m mandates) Intake(_ context.Context, person string) (string, error) {
	who := access.Resolve(m.a.bodies.Directory(), person, calendar.DateOf(m.a.clock.Now()), 0)
	d := access.Check(who, access.CaseNote, access.Object{Kind: "case", Member: m.a.pack.Municipality.Member})
	if d.Allowed {
		return d.Mandate, nil
	}
	for _, mandate := range who.Mandates { // an officer of a unit takes in matters too
		if mandate.Role == access.Officer || mandate.Role == access.ContactCentre {
			return mandate.ID, nil
		}
	}
	return "", d.Err()
}
