package studio

import (
	"context"
	"embed"
	"net/http"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// Texts are the words of the studio.
//
//go:embed texts
var Texts embed.FS

// Types are the case types; *catalogue.Catalogue is it.
type Types interface {
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
	Versions(id string) []catalogue.Published
	All() []catalogue.Published
	Drafts() []*casetype.CaseType
	// Preview tells what reading a pack would publish.
	Preview(p *pack.Pack) (catalogue.Outcome, error)
}

// Folder is the folder the pack is read from.
type Folder interface {
	// Read reads it anew and changes nothing. What is wrong with anything but a case type is the error, a pack.LoadError.
	Read() (*pack.Pack, error)
	// Test runs the examples of the files of one case type. other is what else is wrong with the pack.
	Test(id string) (tested []pack.Tested, other []pack.Problem)
	// Publish reads it anew and takes in what has changed.
	Publish(ctx context.Context, by bodies.By) (catalogue.Outcome, error)
}

// Config is what the studio stands on. All fields are required.
type Config struct {
	Office  *office.Office
	Types   Types
	Measure *measure.Service
	Folder  Folder
	Pack    func() *pack.Pack // as it was read last
}

// Module is the studio.
type Module struct{ Config }

// New makes the studio.
func New(c Config) *Module { return &Module{c} }

// Paths of the studio, without language.
const (
	Path          = "/arbete/tjanster"
	pathProcesses = Path + "/processer"
	pathPublish   = Path + "/publicera"
)

// Routes adds the studio's pages.
func (m *Module) Routes(mux *http.ServeMux) {
	get := func(pattern string, p page) { mux.Handle("GET "+pattern, m.staff(p)) }
	post := func(pattern string, p page) { mux.Handle("POST "+pattern, m.staff(p)) }
	get(Path, services)
	get(pathProcesses, processes)
	get(pathPublish, publishing)
	post(pathPublish, publish)
	get(Path+"/{type}", service)
	get(Path+"/{type}/prov", examples)
	get(Path+"/{type}/skillnad", difference)
	get(Path+"/{type}/atgarder/{id}", improvement)
	post(Path+"/{type}/atgarder/{id}", improvementDone)
}

// Object is an e-service as the rules see it: of the unit that owns it.
func Object(d *bodies.Directory, ct *casetype.CaseType) access.Object {
	u, _ := d.Unit(ct.Owner.Unit)
	return access.Object{Kind: "casetype", ID: ct.ID, Member: u.Member, Body: u.Body, Unit: ct.Owner.Unit, Scope: ct.ID}
}
