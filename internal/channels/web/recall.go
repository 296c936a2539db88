package web

import (
	"net/http"
	"net/url"
	"strings"
)

// feedbackPath leads to where one says what one thinks of the page.
func (m *Module) feedbackPath(r *http.Request) string {
	if m.Town == nil { // the pages of signing in know no services
		return ""
	}
	return m.aboutPath(r, m.Town.Feedback)
}

// aboutPath leads to a service of the pack about the page that is read: its path, and of personal pages the room alone. "" if there is no such
// service open.
func (m *Module) aboutPath(r *http.Request, service string) string {
	if service == "" || strings.HasPrefix(r.URL.Path, "/e-tjanster/"+service) {
		return ""
	}
	ct, err := m.open(service)
	if err != nil {
		return ""
	}
	if open, _ := ct.Window.Open(m.today()); !open {
		return ""
	}
	path := r.URL.Path
	for _, room := range []string{"/folj", "/mina-sidor", "/kvitto", "/signera"} { // addresses that lead to somebody
		if strings.HasPrefix(path, room+"/") {
			path = room
		}
	}
	return "/e-tjanster/" + service + "?om=" + url.QueryEscape(path)
}
