package web

import (
	"context"
	"net/http"
	"time"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Letter is an e-mail that the demo would have sent.
type Letter struct {
	ID, To, Subject, Text string
	At                    time.Time
}

// Mailbox holds the e-mail of the demo.
type Mailbox interface {
	// Letters lists the newest letters first.
	Letters(ctx context.Context, limit int) ([]Letter, error)
}

// mailbox shows the e-mail of the demo, which is sent to nobody.
func (m *Module) mailbox(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	list, err := m.Mailbox.Letters(ctx, 50)
	if err != nil {
		return err
	}
	page := m.simple(r, ui.T(ctx, "public.mailbox.title"), ui.T(ctx, "public.mailbox.lead"))
	page.NoIndex = true
	t := ui.Timeline{Title: ui.T(ctx, "public.mailbox.letters")}
	for _, x := range list {
		t.Entries = append(t.Entries, ui.Entry{ID: "b" + x.ID, When: l.DateTime(x.At), Machine: x.At.Format(time.RFC3339), Who: x.To, Title: x.Subject, Text: x.Text, Direction: ui.Outgoing})
	}
	return ui.Render(w, r, http.StatusOK, articlePage(page, t))
}
