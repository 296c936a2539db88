package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// crowded takes one from the new forms that the visitor's network may begin, and tells how long to wait if there is none left. Whoever is
// signed in is known and not counted.
func (m *Module) crowded(r *http.Request) time.Duration {
	if m.Forms == nil || identity.From(r.Context()) != nil {
		return 0
	}
	if ok, wait := m.Forms.Allow("form " + kernelweb.Place(r)); !ok {
		return wait
	}
	return 0
}

// waitToBegin is the page of somebody who has to wait before beginning a form.
func (m *Module) waitToBegin(w http.ResponseWriter, r *http.Request, base string, wait time.Duration) error {
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.crowd.title"), "/e-tjanster")
	page.Path, page.NoIndex = base, true
	return ui.Render(w, r, http.StatusTooManyRequests, ui.Message{Page: page, Lead: ui.T(ctx, "public.crowd.lead", "Seconds", retryAfter(w, wait)),
		Ways: []ui.Link{{Text: ui.T(ctx, "public.crowd.again"), Href: base}}})
}

// crowd is what is said above a form that is shown again with what was typed, since it cannot be kept yet.
func crowd(w http.ResponseWriter, l *i18n.Localizer, wait time.Duration) fault {
	return fault{"", l.T("public.crowd.kept", "Seconds", retryAfter(w, wait))}
}

// retryAfter writes the header and gives its seconds.
func retryAfter(w http.ResponseWriter, wait time.Duration) string {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	w.Header().Set("Retry-After", seconds)
	return seconds
}
