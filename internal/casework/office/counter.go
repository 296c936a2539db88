package office

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Counter is what another room of casework shows and offers to the one whom a case concerns, on the case's page of the public site.
type Counter interface {
	// Show gives what the room has to say of the case, nil for nothing. It costs at most one query.
	Show(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) ([]templ.Component, error)
	// Acts are the forms that the room has, offered or not.
	Acts() []CitizenAct
}

// Reader is a Counter that notes who, signed in, has had a case's page before them.
type Reader interface {
	Read(ctx context.Context, who cases.Citizen, view cases.CitizenView) error
}

// CitizenAct is a form that the one whom a case concerns can send: on a page of its own, at the case's address with Path after it.
type CitizenAct struct {
	Path string // "begar-beslut"
	// Offer is the words of the link on the case's page, "" when there is nothing to offer now. It asks the database at most once.
	Offer func(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) (string, error)
	// Ask is the form with what was typed: Title of Page, Lead, Fields and Button; the rest is the site's.
	Ask func(ctx context.Context, l *i18n.Localizer, view cases.CitizenView, typed url.Values) (ui.Question, error)
	// Do carries out what was typed. Faults are told at their fields, and what was typed is kept.
	Do func(ctx context.Context, l *i18n.Localizer, who cases.Citizen, view cases.CitizenView, typed url.Values) (faults []ui.FieldError, err error)
}
