package app

import (
	"context"
	"time"

	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// openRulings makes what surrounds decisions ready, and looks for those that have become final.
func (a *App) openRulings(days *calendar.Calendar) {
	a.ruling = &ruling.Module{Service: ruling.New(ruling.Config{
		DB: a.db, Journal: a.journal, Cases: a.cases, Types: a.types, Vault: a.vault, Organisation: a.bodies, Clock: a.clock, Days: days,
		Words: func(l i18n.Lang) *i18n.Localizer { return a.texts.For(l) }, // they are read after this
		Town:  a.pack.Municipality.Name,
	})}
	a.every("ruling.final", time.Hour, func(ctx context.Context) error {
		_, err := a.ruling.Tend(ctx)
		return err
	})
}
