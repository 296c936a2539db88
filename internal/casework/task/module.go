package task

import (
	"embed"
	"net/http"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Pages are the pages of the room. All fields are required.
type Pages struct {
	*Service
	Office *office.Office
	// Public is what every page of the public site has in common.
	Public func(r *http.Request, title string) ui.Page
	// Base is the address of the site, without a slash at the end, for a link that is written in a letter.
	Base string
	// Limiter holds back whoever answers again and again.
	Limiter *web.Limiter
}

// Routes adds the pages.
func (m *Pages) Routes(mux *http.ServeMux) {
	get := func(pattern string, right access.Action, p page) { mux.Handle("GET "+pattern, m.staff(right, p)) }
	form := func(pattern string, right access.Action, f func(*visit) (sheet, error)) {
		mux.Handle("GET "+pattern, m.staff(right, func(v *visit) error { return v.empty(f) }))
		mux.Handle("POST "+pattern, m.staff(right, func(v *visit) error { return v.filled(f) }))
	}
	const of = pathCases + "/{id}"
	get(Path, access.CaseRead, lists)
	form(of+pathTasks+"/ny", access.CaseNote, addTask)
	form(of+pathTasks+"/{task}", access.CaseRead, closeTask)
	form(of+pathTasks+"/{task}/andra", access.CaseNote, changeTask)
	mux.Handle("POST "+of+pathTasks+"/{task}/klar", m.staff(access.CaseRead, taskDone))

	form(of+pathRemiss+"/ny", access.CaseStatus, askInside)
	form(of+pathRemiss+"/extern", access.CaseMessage, askOutside)
	get(of+pathRemiss+"/{remiss}", access.CaseRead, showRemiss)
	form(of+pathRemiss+"/{remiss}/langre", access.CaseStatus, extend)
	form(of+pathRemiss+"/{remiss}/aterkalla", access.CaseStatus, withdraw)
	form(of+pathRemiss+"/{remiss}/svar", access.CaseNote, registerAnswer)
	// Who is asked may have no right to the case; that they handle cases of some unit is enough to come to the door.
	mux.Handle("GET "+pathAsked+"/{remiss}", m.staff(access.CaseRead, showAsked))
	mux.Handle("POST "+pathAsked+"/{remiss}", m.staff(access.CaseRead, answerAsked))
	mux.Handle("GET "+pathAsked+"/{remiss}/filer/{n}", m.staff(access.CaseRead, askedFile))

	form(of+pathApproval+"/ny", access.CaseStatus, propose)
	get(of+pathApproval+"/{round}", access.CaseRead, showRound)
	mux.Handle("POST "+of+pathApproval+"/{round}", m.staff(access.CaseRead, vote))
	form(of+pathApproval+"/{round}/andra", access.CaseStatus, reword)
	form(of+pathApproval+"/{round}/aterkalla", access.CaseStatus, takeBack)

	get(of+pathNoted, access.CaseRead, showNoted)
	mux.Handle("POST "+of+pathNoted, m.staff(access.CaseStatus, saveNoted))

	mux.Handle("GET "+pathLink+"/{link}", m.outside(m.linkPage))
	mux.Handle("POST "+pathLink+"/{link}", m.Limiter.Wrap(m.outside(m.linkAnswer), func(r *http.Request) string { return hashOf(r.PathValue("link")) }))
	mux.Handle("GET "+pathLink+"/{link}/filer/{n}", m.outside(m.linkFile))
}
