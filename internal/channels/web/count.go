package web

import (
	"net/http"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/measure"
)

// tick is something that happens in a form, for the counts of its owner: never by whom.
func tick(r *http.Request, ct *casetype.CaseType, step string, what measure.What, code string) measure.Tick {
	return measure.Tick{Type: ct.ID, Version: ct.Version, Lang: lang(r.Context()), Step: step, What: what, Code: code}
}

// once counts what happens once in a form under way.
func (m *Module) once(r *http.Request, ct *casetype.CaseType, d *drafts.Draft, step string, what measure.What) {
	m.Measure.Once(d.ID, tick(r, ct, step, what, ""))
}

// refused counts the answers that were not accepted, by question and reason.
func (m *Module) refused(r *http.Request, ct *casetype.CaseType, step string, list casetype.FieldErrors) {
	for _, e := range list {
		m.Measure.Count(tick(r, ct, step, measure.Fault, e.Question+":"+string(e.Code)))
	}
}

// handedIn counts what was sent, apart when it was from the page with all questions.
func (m *Module) handedIn(r *http.Request, ct *casetype.CaseType, caseID string) {
	what := measure.Sent
	if strings.HasSuffix(r.URL.Path, "/allt") {
		what = measure.Whole
	}
	m.Measure.Once(caseID, tick(r, ct, "", what, ""))
}
