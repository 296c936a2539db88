package clock

import (
	"embed"
	"net/http"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
)

// Texts are the words of the clock.
//
//go:embed texts
var Texts embed.FS

// Path is the page of what runs out, without language.
const Path = "/arbete/klockan"

const pathCases = "/arbete/arenden"

// Module is the clock's pages and its parts of the case's pages.
type Module struct {
	*Service
	Office *office.Office
}

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	mux.Handle("GET "+Path, m.Office.Staff(access.CaseRead, m.running))
	for _, f := range m.forms() {
		path := pathCases + "/{id}/klocka/" + f.path
		mux.Handle("GET "+path, m.Office.Staff(access.CaseRead, func(v *office.Visit) error { return m.ask(v, f) }))
		mux.Handle("POST "+path, m.Office.Staff(access.CaseRead, func(v *office.Visit) error { return m.send(v, f) }))
	}
}

func casePath(id string) string { return pathCases + "/" + id }

func clockPath(id, act string) string { return casePath(id) + "/klocka/" + act }
