package app

import (
	"context"
	"io/fs"
	"slices"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/modules/governance/authority"
	"dygnet/internal/modules/governance/meeting"
	"dygnet/internal/modules/governance/steering"
)

// modules are the rooms of the strategy's duties: internal/modules. Each adds a line to the lists below; what one needs of another is a
// small interface given in openModules or modulePages.
type modules struct {
	deviation *deviation.Service
	steering  *steering.Service
	meeting   *meeting.Service
	authority *authority.Service
}

// moduleMigrations are their tables.
func moduleMigrations() []fs.FS {
	return []fs.FS{
		deviation.Migrations,
		steering.Migrations,
		meeting.Migrations,
		authority.Migrations,
	}
}

// moduleTexts are their words.
func moduleTexts() []fs.FS {
	return []fs.FS{
		steering.Texts,
		meeting.Texts,
		authority.Texts,
	}
}

// openModules opens their services, when the kernel and casework are open.
func (a *App) openModules(ctx context.Context) error {
	m := &a.modules
	if err := a.openSteering(ctx); err != nil {
		return err
	}
	if err := a.openMeetings(ctx); err != nil {
		return err
	}
	m.deviation = deviation.New(a.db, a.journal, a.bodies, a.clock, sentences{m.steering.Soft})
	a.openAuthority()
	return nil
}

// modulePages are their pages, for officials through the door and for the public.
func (a *App) modulePages(door *office.Office) []room {
	a.site.Links = append(a.site.Links, a.steeringLink(), a.meetingLink(), a.authorityLink())
	return []room{
		a.steeringPages(door),
		a.meetingPages(door),
		a.authorityPages(door),
	}
}

// modulePlaces are their places in the navigation.
func modulePlaces() []desk.Place {
	return slices.Concat(
		steeringPlaces(),
		meetingPlaces(),
		authorityPlaces(),
	)
}

// compliance are the rooms that hold sentences of the strategy.
func (a *App) compliance() []compliance.Room {
	return []compliance.Room{
		foundation{},
		a.steeringPages(nil),
		a.modules.meeting,
		a.modules.authority,
	}
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
