package app

import (
	"context"
	"io/fs"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/deviation"
)

// modules are the rooms of the strategy's duties: internal/modules. Each adds a line to the lists below; what one needs of another is a
// small interface given in openModules or modulePages.
type modules struct {
	deviation *deviation.Service
}

// moduleMigrations are their tables.
func moduleMigrations() []fs.FS {
	return []fs.FS{
		deviation.Migrations,
	}
}

// moduleTexts are their words.
func moduleTexts() []fs.FS {
	return []fs.FS{}
}

// openModules opens their services, when the kernel and casework are open.
func (a *App) openModules(context.Context) error {
	m := &a.modules
	m.deviation = deviation.New(a.db, a.journal, a.bodies, a.clock, sentences{})
	return nil
}

// modulePages are their pages, for officials through the door and for the public.
func (a *App) modulePages(*office.Office) []room {
	return []room{}
}

// modulePlaces are their places in the navigation.
func modulePlaces() []desk.Place {
	return []desk.Place{}
}

// compliance are the rooms that hold sentences of the strategy.
func (a *App) compliance() []compliance.Room {
	return []compliance.Room{}
}

// sentences are those of the strategy that the pack ships. Where it ships none, nothing can be departed from.
type sentences struct {
	soft func(sentence string) (soft, known bool)
}

// Soft tells whether a sentence can be departed from, and whether it is one.
func (s sentences) Soft(sentence string) (soft, known bool) {
	if s.soft == nil {
		return false, false
	}
	return s.soft(sentence)
}
