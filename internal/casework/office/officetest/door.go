// Package officetest opens the door of the rooms in tests of their pages.
package officetest

import (
	"net/http"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
)

// Door lets in the officials of an organisation, as who they are to the rules on the clock's day. Pages have no navigation; a desk that is
// made with the door gives them its own.
func Door(org office.Organisation, clock calendar.Clock, site *ui.Site) *office.Office {
	return &office.Office{
		Site: site, Organisation: org, Clock: clock,
		Actor: func(r *http.Request) (access.Actor, bool) {
			p := identity.From(r.Context())
			if p == nil || p.Kind != identity.Staff {
				return access.Actor{}, false
			}
			return access.Resolve(org.Directory(), p.PersonID, calendar.DateOf(clock.Now()), int(p.LoA)), true
		},
		Frame: func(v *office.Visit, title, _ string) ui.Page {
			return ui.Page{Site: site, Title: title, Path: v.R.URL.RequestURI(), Dense: true}
		},
	}
}
