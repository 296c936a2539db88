package desk

import (
	"context"
	"embed"
	"net/http"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/reach"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web"
)

// Texts are the words of the desk.
//
//go:embed texts
var Texts embed.FS

// Types finds case types; *catalogue.Catalogue is it.
type Types interface {
	// Version finds a version of a case type, also one that takes in no more cases.
	Version(id string, version int) (*casetype.CaseType, bool)
	// Open lists the case types that take in cases on a day.
	Open(day calendar.Date) []*casetype.CaseType
}

// Bodies is what bodies have decided, and who has a number; *bodies.Service is it.
type Bodies interface {
	// DecisionsOf gives the latest decisions (beslut) of a body, newest first.
	DecisionsOf(ctx context.Context, body string, limit int) ([]bodies.Decision, error)
	// PersonByNumber gives the person with a personnummer or samordningsnummer, or store.ErrNotFound.
	PersonByNumber(ctx context.Context, number civic.Number) (bodies.Person, error)
}

// Live tells when something has happened.
type Live interface {
	// Subscribe gives a channel that is ready after each change of the topic ("case", or "case:" and an ID), until ctx ends.
	Subscribe(ctx context.Context, topic string) <-chan struct{}
}

// Sessions keep what somebody has chosen for as long as they are signed in; *identity.Service is it.
type Sessions interface {
	Keep(w http.ResponseWriter, r *http.Request, key, value string) error
	Kept(r *http.Request, key string) string
}

// Config is what the desk stands on. Fields are required unless said.
type Config struct {
	Cases    *cases.Service
	Types    Types
	Bodies   Bodies
	Index    *search.Index
	Journal  *journal.Log
	Vault    *documents.Vault
	DB       *store.DB
	Sessions Sessions
	Live     Live           // nil: pages do not renew themselves
	Town     i18n.Text      // on what is printed
	Reach    *reach.Service // nil: nobody has said how they want to be reached
	Office   *office.Office // whose Frame New sets
	// Panels and Places are the other rooms: their parts of a case's page and their places in the navigation; nil: none.
	Panels []Panel
	// Decider makes the decisions; nil: the desk does, without documents.
	Decider Decider
	Places  []Place
	// Roster keeps lists, who is away, and texts to begin from; nil: nobody does.
	Roster Roster
}

// Module is the desk.
type Module struct {
	Config
	streams *web.Streams
}

// New makes the desk.
func New(c Config) *Module {
	m := &Module{Config: c, streams: newStreams(0, 0, 0)}
	c.Office.Frame = m.Frame
	return m
}

// Paths of the desk. They are without language.
const (
	pathDesk     = "/arbete"
	pathInbox    = "/arbete/inkorg"
	pathCases    = "/arbete/arenden"
	pathNumber   = "/arbete/arende"
	pathSearch   = "/arbete/sok"
	pathRegister = "/arbete/diarium"
	pathLog      = "/arbete/logg"
	pathHelp     = "/arbete/hjalp"
	pathSettings = "/arbete/installningar"
	pathStream   = "/arbete/strom"
	pathWelcome  = office.PathWelcome
	pathServices = "/arbete/tjanster" // another room's
	pathLists    = "/arbete/listor"   // the roster's
	pathBulk     = "/arbete/urval"    // the roster's
	pathParty    = "/arbete/inkorg/part"
)

// Routes adds the desk's pages.
func (m *Module) Routes(mux *http.ServeMux) {
	get := func(pattern string, p page) { mux.Handle("GET "+pattern, m.staff(p)) }
	post := func(pattern string, p page) { mux.Handle("POST "+pattern, m.staff(p)) }

	get(pathDesk, func(v *visit) error { return v.See(pathInbox) })
	get(pathDesk+"/{$}", func(v *visit) error { return v.See(pathInbox) })
	get(pathInbox, inbox)
	post(pathInbox+"/ta", take)
	get(pathParty, party)
	post(pathParty, partyFound)
	get(pathNumber, byNumber)
	get(pathCases+"/{id}", showCase)
	get(pathCases+"/{id}/handlingar/{n}", document)
	get(pathCases+"/{id}/inlamning.pdf", printed)
	get(pathCases+"/{id}/logg", caseLog)
	post(pathCases+"/{id}/ta", claim)
	post(pathCases+"/{id}/lamna-tillbaka", release)
	for _, c := range commands() {
		get(pathCases+"/{id}/"+c.path, c.ask)
		post(pathCases+"/{id}/"+c.path, c.run)
	}
	get(pathSearch, find)
	get(pathRegister, register)
	get(pathRegister+"/{id}", registerRow)
	post(pathRegister+"/{id}", registerRowPost)
	get(pathLog, latestLog)
	get(pathHelp, help)
	get(pathSettings, settings)
	post(pathSettings, settingsPost)
	get(pathWelcome, welcome)
	get(pathStream, stream)
}
