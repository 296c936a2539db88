package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// messages lists what was said in all the reader's cases, newest first.
func (m *Module) messages(w http.ResponseWriter, r *http.Request) error {
	who, _, err := m.follower(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := i18n.From(ctx)
	list, next, err := m.Cases.Messages(ctx, who, r.URL.Query().Get("efter"), minePage)
	if err != nil {
		return badCursor(err)
	}
	marks, err := m.marks(ctx, who.Person, list)
	if err != nil {
		return err
	}
	page := ui.List{Page: m.mineSub(r, ui.T(ctx, "public.mine.messages")), Lead: ui.T(ctx, "public.mine.messages_lead"), Found: -1}
	t := ui.Timeline{Title: ui.T(ctx, "public.mine.newest")}
	for _, x := range list {
		e := ui.Entry{
			ID: "m-" + slug(x.Case.Number) + "-" + strconv.Itoa(x.Event.N), When: l.DateTime(x.Event.At), Machine: x.Event.At.Format(time.RFC3339), Who: m.Town.Name.In(l.Lang()),
			Title: m.titleOf(ctx, x.Case.TypeID, x.Case.TypeVersion) + ", " + x.Case.Number, Direction: ui.Outgoing, Text: shorten(x.Event.Body),
			Attachments: []ui.Link{{Text: ui.T(ctx, "public.mine.read", "Number", x.Case.Number), Href: "/mina-sidor/arenden/" + slug(x.Case.Number) + "#h" + strconv.Itoa(x.Event.N)}},
		}
		switch x.Event.Kind {
		case cases.MessageIn:
			e.Direction, e.Who = ui.Incoming, ui.T(ctx, "public.event.you")
		case cases.Decided:
			e.Text = ui.T(ctx, "public.mine.decided")
		}
		if isNew(x, marks) {
			e.Body = ui.Tag{Text: ui.T(ctx, "public.mine.unread"), Tone: ui.Info}
		}
		t.Entries = append(t.Entries, e)
	}
	page.Table = t
	if len(list) == 0 {
		page.Empty = &ui.Empty{Title: ui.T(ctx, "public.mine.no_messages")}
	}
	page.Pager = pages(r, "/mina-sidor/meddelanden", next)
	return ui.Render(w, r, http.StatusOK, page)
}

// shorten is the beginning of a message; the case page has the whole.
func shorten(text string) string {
	const most = 280
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + " …"
}

// marks are how far a person has read in the cases of a list.
func (m *Module) marks(ctx context.Context, person string, list []cases.Message) (map[string]int, error) {
	if m.Inbox == nil {
		return nil, nil
	}
	seen := map[string]bool{}
	var ids []string
	for _, x := range list {
		if !seen[x.Case.ID] {
			seen[x.Case.ID] = true
			ids = append(ids, x.Case.ID)
		}
	}
	return m.Inbox.Of(ctx, person, ids)
}

// isNew tells whether a message is from the municipality and has not been read. Without marks nothing is new.
func isNew(x cases.Message, marks map[string]int) bool {
	return marks != nil && x.Event.Kind != cases.MessageIn && x.Event.N > marks[x.Case.ID]
}

// readNow notes that the reader has seen all of a case that there is.
func (m *Module) readNow(ctx context.Context, person string, v cases.CitizenView) error {
	if m.Inbox == nil || person == "" || len(v.Events) == 0 {
		return nil
	}
	last := v.Events[len(v.Events)-1].N
	marks, err := m.Inbox.Of(ctx, person, []string{v.Case.ID})
	if err != nil || marks[v.Case.ID] >= last {
		return err
	}
	return m.Inbox.Read(ctx, person, v.Case.ID, last)
}
