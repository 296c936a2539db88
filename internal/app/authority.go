package app

import (
	"context"
	"errors"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/modules/governance/authority"
	"dygnet/internal/modules/governance/meeting"
)

// openAuthority opens the register of decisions and mandates.
func (a *App) openAuthority() {
	a.modules.authority = authority.New(authority.Config{DB: a.db, Journal: a.journal, Vault: a.vault, Organisation: a.bodies, Deviations: a.modules.deviation, Clock: a.clock})
}

// authorityPages are its pages. The door tells every refusal of a reserved act through them, with the body that may.
func (a *App) authorityPages(door *office.Office) *authority.Module {
	m := &authority.Module{Service: a.modules.authority, Office: door, Site: a.publicPage, Preparer: preparer{a.modules.meeting}}
	if door != nil {
		door.Refused = m.Refused
	}
	return m
}

// authorityLink is the place of "Vem ansvarar för vad" on every page of the public site.
func (a *App) authorityLink() ui.SiteLink {
	words := func(l i18n.Lang) string { return a.texts.For(l).T("authority.public") }
	return ui.SiteLink{Text: i18n.Text{i18n.SV: words(i18n.SV), i18n.EN: words(i18n.EN)}, Href: authority.PathPublic}
}

// authorityPlaces are its places in the navigation.
func authorityPlaces() []desk.Place {
	return []desk.Place{
		{Text: "authorities.nav", Path: authority.Path, For: access.GovernanceRead},
	}
}

// preparer lets the meetings prepare what somebody was refused.
type preparer struct{ meetings *meeting.Service }

// Prepare begins a matter for the body that may.
func (p preparer) Prepare(ctx context.Context, who access.Actor, m authority.Matter) (string, error) {
	made, err := p.meetings.Prepare(ctx, who, meeting.MatterDraft{Body: m.Body, Title: m.Title, Proposal: m.Proposal, Background: m.Background,
		Rests: meeting.Rests{Action: m.Action, Sentence: m.Sentence, Path: m.Path}})
	var bad *meeting.FieldError
	if errors.As(err, &bad) {
		out := &authority.MatterError{Fields: map[string]string{}}
		for _, f := range bad.Fields {
			field, ok := map[string]string{"rubrik": "title", "forslag": "proposal", "bakgrund": "background"}[f.Name]
			if !ok {
				field = "title"
			}
			out.Fields[field] = i18n.From(ctx).T("meeting.fault." + f.Fault)
		}
		return "", out
	}
	if err != nil {
		return "", err
	}
	return meeting.PathMatters + "/" + made.ID, nil
}
