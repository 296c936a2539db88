package lawbook

import (
	"net/http"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Module is the pages of the book, and its part of a case's page.
type Module struct {
	*Service
	Office *office.Office
	// Site is what every public page has in common. section is the address of the part it belongs to.
	Site func(r *http.Request, title, section string) ui.Page
}

// PathChanges is where those who own case types see what has changed in the law.
const PathChanges = "/arbete/lag"

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	public := func(pattern string, p func(*visitor) error) { mux.Handle("GET "+pattern, m.public(p)) }
	public(Path, asked)
	public(Path+"/{sfs}", contents)
	public(Path+"/{sfs}/{page}", chapter)
	public(Path+"/{sfs}/{page}/{section}", section)
	staff := func(pattern string, p func(*official) error) {
		mux.Handle(pattern, m.Office.Staff(access.ServiceRead, func(v *office.Visit) error { return p(&official{m, v}) }))
	}
	staff("GET "+PathChanges, changes)
	staff("GET "+PathChanges+"/{id}", change)
	staff("POST "+PathChanges+"/{id}", assess)
}

// public is a page for everybody.
func (m *Module) public(p func(*visitor) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-cache") // the frame says who is signed in
		if err := p(newVisitor(m, w, r)); err != nil {
			web.Error(w, r, err)
		}
	})
}
