package web

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/payment"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/represent"
	"dygnet/internal/casework/spool"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// Texts are the words of the public site.
//
//go:embed texts
var Texts embed.FS

// Services are the e-services: the case types of the pack.
type Services interface {
	// Open lists the case types that take in matters on the day, in the order of the pack, with the recipients there are.
	Open(day calendar.Date) []*casetype.CaseType
	// Version finds one version of a case type: drafts and cases keep to theirs.
	Version(id string, version int) (*casetype.CaseType, bool)
}

// Address is an address of the register with its point in WGS 84 degrees.
type Address struct {
	Text     string
	Lat, Lon float64
}

// Addresses is the address register.
type Addresses interface {
	// Search finds the addresses that begin like the words, best first.
	Search(words string, limit int) []Address
	// Exactly finds the one address written so, without regard to case and spaces.
	Exactly(words string) (Address, bool)
}

// Layers are the municipality's own vector data for maps, as GeoJSON in WGS 84.
type Layers interface {
	Layer(name string) (geoJSON []byte, ok bool)
}

// Live tells when something has happened in a case.
type Live interface {
	// Subscribe gives a channel that is ready after each change of the topic ("case:" and the ID), until ctx ends.
	Subscribe(ctx context.Context, topic string) <-chan struct{}
}

// Sessions are the sign-in sessions of the visitor; *identity.Service is it.
type Sessions interface {
	Sessions(ctx context.Context, person string) ([]identity.SessionInfo, error)
	EndSession(ctx context.Context, session string) error
	EndOtherSessions(ctx context.Context) error
	Keep(w http.ResponseWriter, r *http.Request, key, value string) error
	Kept(r *http.Request, key string) string
}

// Codes gives the case of a submission key, and what its sender follows it with; cases.Secrets is it.
type Codes interface {
	FollowCode(caseID string) string
	Opens(caseID, code string) bool
	CaseID(key string) (string, error)
	Reference(caseID string) string
	Referred(reference string) (prefix string, ok bool)
}

// Mandates tells by what mandate an officer takes in matters for others (by telephone, at the desk). The error refuses.
type Mandates interface {
	Intake(ctx context.Context, person string) (mandate string, err error)
}

// Law writes a text with its citations of statutes as links to the statutes that are here; *lawbook.Service is one.
type Law interface {
	Linked(text string) templ.Component
}

// Appeals tells until when decisions can be appealed, in words, by the ID of the decision; *ruling.Module is it. It says nothing of one
// that it does not know.
type Appeals interface {
	Until(ctx context.Context, l *i18n.Localizer, list []cases.CaseDecision) (map[string]string, error)
}

// Config is what the site stands on. Fields are required unless said.
type Config struct {
	Site      *ui.Site
	Town      *pack.Municipality
	Services  Services
	Cases     *cases.Service
	Codes     Codes
	Vault     *documents.Vault
	DB        *store.DB
	Journal   *journal.Log
	Clock     calendar.Clock
	Log       *slog.Logger
	Sessions  Sessions
	Limiter   *kernelweb.Limiter   // of follow codes
	Forms     *kernelweb.Limiter   // of forms that are begun without signing in, by network; nil: no limit
	Key       []byte               // 32 random bytes or more, kept outside the database: signs the cookie of opened cases
	Secure    bool                 // served over TLS: cookies are Secure and named __Host-
	Cache     *kernelweb.PageCache // of pages that are the same for everyone; nil: none
	Addresses Addresses            // nil: no address search
	Layers    Layers               // nil: no map
	Live      Live                 // nil: pages do not renew themselves
	Mandates  Mandates             // nil: no intake for others
	Represent *represent.Service   // nil: everybody acts for themselves
	Register  Register             // nil: forms begin empty
	Inbox     *inbox.Marks         // nil: nothing is told to be new
	Reach     *reach.Service       // nil: no contact settings
	Proofs    Proofs               // nil: no letters leave, and no address can be shown to be somebody's
	Offices   Offices              // nil: officials are told of as officials
	Exports   *kernelweb.Limiter   // of exports, by person; nil: no limit
	Mailbox   Mailbox              // the demo's; nil outside it
	Statement Statement            // accessibility statement; zero: OwnStatement

	Measure  *measure.Service            // nil: nothing is counted and nobody is asked how it went
	Drafts   Previews                    // nil: only published versions have a preview
	Coverage func() (covered, total int) // processes that have been assessed for an e-service; nil: not told

	Spool       *spool.Spool      // keeps what is handed in while the database cannot take it; nil: it is refused then
	Maintenance spool.Maintenance // the operator's switch; used with a Spool

	BaseURL  string             // the address people see, for those who come back from paying
	Days     *calendar.Calendar // of deadlines; nil: the rules of the kernel
	Numbers  Numbers            // nil: nobody is known by number, and can sign
	Teller   drafts.Teller      // nil: those who are to sign are not written to
	Payments *payment.Service   // nil: services with a fee offer their other ways
	Till     Till               // the demonstration's; nil outside it

	Ties *tie.Service // what others have reported near by; nil: not shown

	Law      Law              // nil: what cites the law stands as words
	Appeals  Appeals          // nil: nothing is said of the last day to appeal
	Counters []office.Counter // what other rooms show and offer on a case's page
}

// CacheTopic is the topic of all cached pages: invalidate it when the pack, or what a public page shows, has changed.
const CacheTopic = "site"

// Module is the public site.
type Module struct {
	Config
	drafts  *drafts.Store
	streams *kernelweb.Streams
}

// New makes the site.
func New(c Config) *Module {
	if c.Statement.Conformance == "" {
		c.Statement = OwnStatement(assessed())
	}
	return &Module{Config: c, drafts: drafts.NewStore(c.DB, c.Vault, c.Clock).Telling(c.Teller), streams: newStreams(0, 0, 0)}
}

// handler is a page that says what went wrong instead of writing it.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		kernelweb.Error(w, r, err)
	}
}

// Routes adds the site's pages. Paths are without language.
func (m *Module) Routes(mux *http.ServeMux) {
	same := func(pattern string, h handler) { // the same for everyone who is not signed in
		if m.Cache != nil {
			mux.Handle("GET "+pattern, m.Cache.Wrap(h, CacheTopic))
			return
		}
		mux.Handle("GET "+pattern, h)
	}
	get := func(pattern string, h handler) { mux.Handle("GET "+pattern, private(h)) }
	post := func(pattern string, h handler) { mux.Handle("POST "+pattern, private(h)) }

	same("/{$}", m.start)
	same("/e-tjanster", m.services)
	same("/e-tjanster/{type}", m.service)
	same("/kontakt", m.contact)
	same("/tillganglighet", m.accessibility)
	same("/personuppgifter", m.privacy)
	same("/personuppgifter.csv", m.processingCSV)
	same("/om-webbplatsen", m.about)
	same("/status", m.status)
	same("/journal", m.journal)
	for from, to := range map[string]string{ // where the footer of every page leads
		"/om-webbplatsen/tillganglighet": "/tillganglighet", "/om-webbplatsen/personuppgifter": "/personuppgifter", "/om-webbplatsen/kakor": "/om-webbplatsen",
	} {
		mux.Handle("GET "+from, http.RedirectHandler(to, http.StatusMovedPermanently))
	}
	get("/sok", m.search)
	get("/diarium", m.register)
	mux.HandleFunc("GET /journal/checkpoint", m.checkpoint)
	mux.Handle("GET /journal/inclusion", handler(m.inclusion))
	mux.Handle("GET /journal/consistency", handler(m.consistency))
	mux.Handle("GET /karta/{layer}", handler(m.layer))

	post("/e-tjanster/{type}", m.begin)
	get("/e-tjanster/{type}/allt", m.whole)
	post("/e-tjanster/{type}/allt", m.wholePost)
	get("/e-tjanster/{type}/forhandsgranska", m.preview)
	post("/e-tjanster/{type}/forhandsgranska", m.preview)
	get("/e-tjanster/{type}/granska", m.review)
	post("/e-tjanster/{type}/skicka", m.send)
	get("/e-tjanster/{type}/stopp", m.stop)
	get("/e-tjanster/{type}/klart", m.done)
	get("/e-tjanster/{type}/narheten", m.near)
	post("/e-tjanster/{type}/narheten", m.nearPost)
	get("/e-tjanster/{type}/sparat", m.saved)
	get("/e-tjanster/{type}/ta-bort", m.discardAsk)
	post("/e-tjanster/{type}/ta-bort", m.discard)
	get("/e-tjanster/{type}/signera", m.signing)
	post("/e-tjanster/{type}/signera", m.signingPost)
	get("/e-tjanster/{type}/betala", m.paying)
	post("/e-tjanster/{type}/betala", m.payingPost)
	get("/e-tjanster/{type}/{step}", m.step)
	post("/e-tjanster/{type}/{step}", m.stepPost)
	get("/kvitto/{file}", m.receipt)
	get("/signera/{token}", m.signer)
	post("/signera/{token}", m.signerPost)
	get("/signera/{token}/nej", m.declineAsk)
	post("/signera/{token}/nej", m.decline)
	get("/signera/{token}/fil/{n}", m.signerFile)

	get("/folj", m.follow)
	post("/folj", m.followPost)
	post("/folj/stang", m.followClose)
	m.caseRoutes(mux, "/folj", m.opener)

	if m.Ties != nil {
		get(pathFollows+"{token}", m.follows)
		post(pathFollows+"{token}", m.followsPost)
		get("/mina-sidor/foljer", m.mineFollows)
	}
	m.mineRoutes(get, post)
	m.caseRoutes(mux, "/mina-sidor/arenden", m.owner)
	if m.Mailbox != nil {
		get("/demo/brevlada", m.mailbox)
	}
	if m.Till != nil {
		get("/demo/betala/{ref}", m.till)
		post("/demo/betala/{ref}", m.tillPost)
	}
}

// private keeps a page about somebody out of every cache, and asks once in whose name they act.
func private(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, withRole(r))
	})
}

// page is what every page of the site has in common. section is the address of the part of the site it belongs to.
// Page is what every public page has in common, for the public pages of other rooms. section is the address of the part it belongs to.
func (m *Module) Page(r *http.Request, title, section string) ui.Page {
	return m.page(r, title, section)
}

func (m *Module) page(r *http.Request, title, section string) ui.Page {
	ctx := r.Context()
	p := ui.Page{Site: m.Site, Title: title, Path: r.URL.RequestURI(), SignIn: identity.SignInPath("/mina-sidor"), Feedback: m.feedbackPath(r)}
	p.Nav = []ui.Link{
		{Text: ui.T(ctx, "public.nav.services"), Href: "/e-tjanster"}, {Text: ui.T(ctx, "public.nav.follow"), Href: "/folj"},
		{Text: ui.T(ctx, "public.nav.register"), Href: "/diarium"}, {Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt"},
	}
	if who := identity.From(ctx); who != nil {
		p.User = &ui.User{Name: who.Name, Home: "/mina-sidor", SignOut: identity.PathSignOut}
		if acting := m.role(r); acting.Kind != casetype.ForSelf {
			p.User.For, p.User.Switch = acting.Name, changeRole(r.URL.Path)
		}
		home := ui.Link{Text: ui.T(ctx, "public.nav.mine"), Href: "/mina-sidor"}
		if who.Kind == identity.Staff {
			home = ui.Link{Text: ui.T(ctx, "public.nav.desk"), Href: "/arbete"}
			p.User.Home = home.Href
		}
		p.Nav = append(p.Nav, home)
	}
	for i := range p.Nav {
		p.Nav[i].Current = p.Nav[i].Href == section
	}
	return p
}

func lang(ctx context.Context) i18n.Lang { return i18n.From(ctx).Lang() }

// today is the date in Stockholm.
func (m *Module) today() calendar.Date { return calendar.DateOf(m.Clock.Now()) }

// open finds the e-service that takes in matters today; store.ErrNotFound if there is none.
func (m *Module) open(id string) (*casetype.CaseType, error) {
	for _, ct := range m.Services.Open(m.today()) {
		if ct.ID == id {
			return ct, nil
		}
	}
	return nil, store.ErrNotFound
}

// parse reads a small form without files into r.PostForm; one of more than limit bytes, or that cannot be read, is a bad request.
func parse(w http.ResponseWriter, r *http.Request, limit int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := r.ParseForm(); err != nil {
		return errors.Join(kernelweb.ErrBadRequest, err)
	}
	return nil
}

// see leads on with a GET.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, i18n.From(r.Context()).Path(path), http.StatusSeeOther) //nolint:gosec // G710: paths of ours, written here
	return nil
}
