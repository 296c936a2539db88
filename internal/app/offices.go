package app

import (
	"net/http"
	"time"

	"dygnet/internal/casework/archive"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/disclosure"
	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/retention"
	"dygnet/internal/casework/roster"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/casework/statistics"
	"dygnet/internal/casework/task"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// room is a part of the house with pages for those who work here.
type room interface{ Routes(mux *http.ServeMux) }

// offices are the rooms of officials: the desk, and beside it those that have parts of a case's page and places in its navigation.
func (a *App) offices() []room {
	door := &office.Office{Site: a.site, Organisation: a.bodies, Clock: a.clock, Actor: a.actor, Secure: a.cfg.TLS()}
	officers := desk.New(desk.Config{
		Cases: a.cases, Types: a.types, Bodies: a.bodies, Index: a.index, Journal: a.journal, Vault: a.vault, DB: a.db,
		Sessions: a.identity, Live: a.live, Town: a.pack.Municipality.Name, Reach: a.reach,
		Office: door, Panels: a.panels(), Decider: a.ruling, Places: append(append(places(), a.lawPlace()), modulePlaces()...), Roster: a.roster,
	})
	return append(append([]room{officers, a.studio(door)}, a.rooms(door)...), a.modulePages(door)...)
}

// rooms are the rooms beside desk and studio.
func (a *App) rooms(door *office.Office) []room {
	a.ruling.Office, a.board.Office, a.ruling.Law = door, door, a.law
	return []room{
		tie.NewModule(a.ties, door),
		a.ruling, a.board, a.disclosures(door), a.rosterPages(door),
		&clock.Module{Service: a.caseClock, Office: door},
		&statistics.Module{Office: door, Figures: a.measure, Types: a.types},
		a.taskPages(door),
		&retention.Module{Service: a.retention, Office: door, Beside: []ui.Link{{Text: "archive.title", Href: archive.Path}}},
		&archive.Module{Deliveries: a.deliveries(), Office: door},
		a.lawPages(door),
	}
}

// disclosures are the pages of requests for public documents.
func (a *App) disclosures(door *office.Office) *disclosure.Module {
	return disclosure.Pages(disclosure.Config{Service: a.disclosure, Office: door, Site: a.publicPage,
		Limiter: web.NewLimiter(web.LimiterOptions{Every: 10 * time.Second, Burst: 30, Clock: a.clock})})
}

// panels are what those rooms show on a case's page, in the order they stand there.
func (a *App) panels() []desk.Panel {
	return []desk.Panel{a.rosterPages(nil), tie.NewModule(a.ties, nil), a.disclosures(nil), &clock.Module{Service: a.caseClock}, a.taskPages(nil), a.ruling, a.lawPages(nil), &retention.Module{Service: a.retention}}
}

// counters are what they show and offer on the case's page of the public site.
func (a *App) counters() []office.Counter {
	return []office.Counter{tie.Counter{Service: a.ties}, disclosure.Counter{Service: a.disclosure}, &clock.Module{Service: a.caseClock}, a.ruling}
}

// places are their places in the navigation.
func places() []desk.Place {
	return []desk.Place{
		{Text: "task.title", Path: task.Path, For: access.CaseRead},
		{Text: "roster.title", Path: roster.Path, For: access.CaseClaim},
		{Text: "clock.running.title", Path: clock.Path, For: access.CaseRead},
		{Text: "disclosure.title", Path: disclosure.Path, For: access.CaseDocument},
		{Text: "rulings.nav", Path: ruling.PathList, For: access.DecisionRegister},
		{Text: "notices.nav", Path: notice.PathStaff, For: access.DecisionRegister},
		{Text: "retention.title", Path: retention.Path, For: access.RetentionManage},
		{Text: "statistics.title", Path: statistics.Path, For: access.ServiceRead},
	}
}
