package app

import (
	"net/http"

	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/casework/statistics"
	"dygnet/internal/kernel/access"
)

// room is a part of the house with pages for those who work here.
type room interface{ Routes(mux *http.ServeMux) }

// offices are the rooms of officials: the desk, and beside it those that have parts of a case's page and places in its navigation.
func (a *App) offices() []room {
	door := &office.Office{Organisation: a.bodies, Clock: a.clock, Actor: a.actor, Secure: a.cfg.TLS()}
	officers := desk.New(desk.Config{
		Site: a.site, Cases: a.cases, Types: a.types, Organisation: a.bodies, Index: a.index, Journal: a.journal, Vault: a.vault, DB: a.db,
		Clock: a.clock, Sessions: a.identity, Live: a.live, Actor: a.actor, Secure: a.cfg.TLS(), Town: a.pack.Municipality.Name, Reach: a.reach,
		Office: door, Panels: a.panels(), Decider: a.ruling, Places: places(),
	})
	door.Frame = officers.Frame
	return append([]room{officers, a.studio(door)}, a.rooms(door)...)
}

// rooms are the rooms beside desk and studio.
func (a *App) rooms(door *office.Office) []room {
	a.ruling.Office = door
	return []room{
		a.ruling,
		&clock.Module{Service: a.caseClock, Office: door},
		&statistics.Module{Office: door, Figures: a.measure, Types: a.types},
	}
}

// panels are what those rooms show on a case's page, in the order they stand there.
func (a *App) panels() []desk.Panel {
	return []desk.Panel{&clock.Module{Service: a.caseClock}, a.ruling}
}

// counters are what they show and offer on the case's page of the public site.
func (a *App) counters() []office.Counter {
	return []office.Counter{&clock.Module{Service: a.caseClock}, a.ruling}
}

// places are their places in the navigation.
func places() []desk.Place {
	return []desk.Place{
		{Text: "clock.running.title", Path: clock.Path, For: access.CaseRead},
		{Text: "rulings.nav", Path: ruling.PathList, For: access.DecisionRegister},
		{Text: "statistics.title", Path: statistics.Path, For: access.ServiceRead},
	}
}
