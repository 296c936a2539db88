package app

import (
	"context"
	"time"

	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/ruling"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
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
	a.board = &notice.Module{BaseURL: a.cfg.BaseURL, Town: a.pack.Municipality.Name, Service: notice.New(notice.Config{
		DB: a.db, Journal: a.journal, Vault: a.vault, Organisation: a.bodies, Rulings: a.ruling.Service, Clock: a.clock, Days: days,
	})}
	a.every("notice.take_down", 15*time.Minute, func(ctx context.Context) error {
		_, err := a.board.Tend(ctx)
		return err
	})
}

// boardOn gives the anslagstavla the frame of the public site, and a place on each of its pages (KL 8 kap. 9 §).
func (a *App) boardOn(public *site.Module) {
	a.board.Page = public.Page
	a.site.Links = append(a.site.Links, ui.SiteLink{Text: i18n.Text{i18n.SV: a.texts.For(i18n.SV).T("notice.board"), i18n.EN: a.texts.For(i18n.EN).T("notice.board")}, Href: notice.Path})
}
