package app

import (
	"time"

	"dygnet/internal/casework/clock"
	"dygnet/internal/kernel/i18n"
)

// openClock starts what goes round for the time of cases. The keeper is the one that the cases are watched by.
func (a *App) openClock(keeper *clock.Keeper) {
	a.caseClock = clock.New(clock.Config{Keeper: keeper, DB: a.db, Cases: a.cases, Types: a.types, Directory: a.bodies.Directory, Log: a.log,
		Say: func(l i18n.Lang) *i18n.Localizer { return a.texts.For(l) }})
	a.every("clock.tick", time.Hour, a.caseClock.Tick)
	a.every("clock.catch_up", 24*time.Hour, a.caseClock.CatchUp)
}

// reminders are the days on which officials are told of time that passes, as the municipality has set them.
func (a *App) reminders() []clock.Settings {
	var out []clock.Settings
	for _, r := range a.packs.Latest().Municipality.Reminders {
		out = append(out, clock.Settings{From: r.From, Near: r.Near, Head: r.Head, LawNear: r.Legal, Review: r.Review, Notice: r.Notice})
	}
	return out
}
