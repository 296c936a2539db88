package app

import (
	"context"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/modules/governance/authority"
	"dygnet/internal/modules/governance/steering"
)

// openSteering opens the steering documents, with those of the pack. What another node or the command line adopts is heard of through
// the journal.
func (a *App) openSteering(ctx context.Context) error {
	a.modules.steering = steering.New(steering.Config{DB: a.db, Journal: a.journal, Bodies: a.bodies, Clock: a.clock, Log: a.log,
		Types: func() []pack.SteeringType { return a.packs.Latest().SteeringTypes }, Member: a.municipality})
	a.dispatcher.Listen(a.modules.steering.Heard)
	return a.takeSteering(ctx, a.pack)
}

// municipality is the member of the cooperation whose pack this is.
func (a *App) municipality() string { return a.packs.Latest().Municipality.Member }

// takeSteering takes in the steering documents of a pack.
func (a *App) takeSteering(ctx context.Context, p *pack.Pack) error {
	done, err := a.modules.steering.Take(ctx, p.SteeringDocuments)
	if err != nil {
		return err
	}
	for _, refused := range done.Refused {
		a.log.ErrorContext(ctx, "a steering document of the pack is not taken in", "problem", refused)
	}
	if n := done.Adopted + done.Drafted + done.Annotated; n > 0 {
		a.log.InfoContext(ctx, "steering documents", "adopted", done.Adopted, "drafts", done.Drafted, "annotated", done.Annotated)
	}
	return nil
}

// steeringPages are the pages of the steering documents and of the sentences in them.
func (a *App) steeringPages(door *office.Office) *steering.Module {
	return &steering.Module{Service: a.modules.steering, Office: door, Site: a.publicPage, Deviations: a.modules.deviation, DeviationPath: authority.PathDeviation, Rooms: a.compliance}
}

// steeringLink is the place of the steering documents on every page of the public site.
func (a *App) steeringLink() ui.SiteLink {
	words := func(l i18n.Lang) string { return a.texts.For(l).T("steering.title") }
	return ui.SiteLink{Text: i18n.Text{i18n.SV: words(i18n.SV), i18n.EN: words(i18n.EN)}, Href: steering.Path}
}

// steeringPlaces are their places in the navigation.
func steeringPlaces() []desk.Place {
	return []desk.Place{
		{Text: "steerings.nav", Path: steering.PathStaff, For: access.GovernanceRead},
		{Text: "steerings.nav_trace", Path: steering.PathTrace, For: access.GovernanceRead},
	}
}
