package app

import (
	"context"
	"net/mail"
	"path/filepath"
	"strings"
	"time"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/modules/governance/meeting"
)

// openMeetings opens the meetings of the bodies, and plans those that the pack gives days for.
func (a *App) openMeetings(ctx context.Context) error {
	key, err := secretFile(filepath.Join(a.cfg.Data, "meeting.key"))
	if err != nil {
		return err
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		return err
	}
	town := a.pack.Municipality
	a.modules.meeting = meeting.New(meeting.Config{
		DB: a.db, Journal: a.journal, Vault: a.vault, Organisation: a.bodies, Board: a.board, Post: meetingPost{a}, Clock: a.clock, Days: days, Log: a.log,
		Rules: func() pack.Meetings { return a.packs.Latest().Meetings },
		Words: func(l i18n.Lang) *i18n.Localizer { return a.texts.For(l) }, // they are read after this
		Town:  town.Name, BaseURL: strings.TrimRight(a.cfg.BaseURL, "/"), Contact: town.Name.In(i18n.SV) + ", " + town.Contact.Phone, Organizer: a.organizer(), Key: key,
	})
	a.every("meeting.plan", 24*time.Hour, func(ctx context.Context) error {
		_, err := a.modules.meeting.TakePlan(ctx)
		return err
	})
	_, err = a.modules.meeting.TakePlan(ctx)
	return err
}

// organizer is the address that invitations come from: that of the letters.
func (a *App) organizer() string {
	from, err := mail.ParseAddress(a.cfg.Email.From)
	if err != nil { // a demo, or an installation that sends nothing
		return demoSender
	}
	return from.Address
}

// meetingPages are the pages of the meetings, the matters and the suggestions.
func (a *App) meetingPages(door *office.Office) *meeting.Module {
	return &meeting.Module{Service: a.modules.meeting, Office: door, Site: a.publicPage}
}

// meetingLink is the place of the meetings on every page of the public site.
func (a *App) meetingLink() ui.SiteLink {
	words := func(l i18n.Lang) string { return a.texts.For(l).T("meeting.title") }
	return ui.SiteLink{Text: i18n.Text{i18n.SV: words(i18n.SV), i18n.EN: words(i18n.EN)}, Href: meeting.PathPublic}
}

// meetingPlaces are their places in the navigation.
func meetingPlaces() []desk.Place {
	return []desk.Place{{Text: "meeting.title", Path: meeting.Path, For: access.GovernanceRead}}
}

// meetingPost writes to those who are called to meetings and to those who wait for an answer.
type meetingPost struct{ a *App }

func (p meetingPost) Write(ctx context.Context, tx *store.Tx, l meeting.Mail) error {
	if p.a.sender == nil {
		return nil
	}
	m := p.a.pack.Municipality
	_, err := p.a.sender.Enqueue(ctx, tx, email.Meeting(p.a.texts.For(i18n.SV), email.Town{Name: m.Name, BaseURL: p.a.cfg.BaseURL, Phone: m.Contact.Phone}, email.AboutMeeting{
		Kind: l.Kind, To: l.To, Number: l.Number, Path: l.Path, Day: l.Day, Invitation: l.Calendar, Method: l.Method,
	}))
	return err
}
