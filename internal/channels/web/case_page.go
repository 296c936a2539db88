package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// viewer tells who looks at a case, and what to do with somebody who may not: a nil error means that they have been answered.
type viewer func(r *http.Request) (cases.Citizen, error)

// opener is whoever has opened the case by its code, in this browser.
func (m *Module) opener(r *http.Request) (cases.Citizen, error) {
	return cases.Citizen{Opened: m.opened(r)}, nil
}

// owner is the signed-in party of a case.
func (m *Module) owner(r *http.Request) (cases.Citizen, error) {
	who := identity.From(r.Context())
	if who == nil {
		return cases.Citizen{}, identity.ErrNotSignedIn
	}
	return cases.Citizen{Person: who.PersonID, Acting: m.acting(r.Context())}, nil
}

// caseRoutes are the pages of one case, below base.
func (m *Module) caseRoutes(mux *http.ServeMux, base string, who viewer) {
	mux.Handle("GET "+base+"/{number}", private(func(w http.ResponseWriter, r *http.Request) error {
		v, err := m.view(r, who)
		if err != nil {
			return m.shut(w, r, base, err)
		}
		if base != "/folj" {
			if err := m.readBy(r, who, v); err != nil {
				return err
			}
		}
		return m.showCase(w, r, http.StatusOK, base, v, reply{text: m.Sessions.Kept(r, keptReply+r.PathValue("number"))})
	}))
	mux.Handle("POST "+base+"/{number}/svara", private(func(w http.ResponseWriter, r *http.Request) error { return m.reply(w, r, base, who) }))
	mux.Handle("POST "+base+"/{number}/omdome", private(func(w http.ResponseWriter, r *http.Request) error { return m.opine(w, r, base, who) }))
	mux.Handle("GET "+base+"/{number}/dokument/{n}", private(func(w http.ResponseWriter, r *http.Request) error {
		v, err := m.view(r, who)
		if err != nil {
			return m.shut(w, r, base, err)
		}
		return m.document(w, r, v)
	}))
	mux.Handle("GET "+base+"/{number}/inlamning.pdf", private(func(w http.ResponseWriter, r *http.Request) error {
		v, err := m.view(r, who)
		if err != nil {
			return m.shut(w, r, base, err)
		}
		return m.printed(w, r, v)
	}))
	m.counterRoutes(mux, base, who)
	mux.Handle("GET "+base+"/{number}/strom", private(func(w http.ResponseWriter, r *http.Request) error { return m.stream(w, r, base, who) }))
}

// view finds the case of the address, if the visitor may see it.
func (m *Module) view(r *http.Request, who viewer) (cases.CitizenView, error) {
	citizen, err := who(r)
	if err != nil {
		return cases.CitizenView{}, err
	}
	id, err := m.Cases.ByNumber(r.Context(), number(r.PathValue("number")))
	if err != nil {
		return cases.CitizenView{}, err
	}
	return m.Cases.CitizenView(r.Context(), citizen, id)
}

// shut answers somebody who may not see the case: without sign-in the code is asked for, whether there is such a case or not.
func (m *Module) shut(w http.ResponseWriter, r *http.Request, base string, err error) error {
	if base == "/folj" && errors.Is(err, store.ErrNotFound) {
		return see(w, r, "/folj")
	}
	return err
}

// showCase writes the case page of its citizen.
func (m *Module) showCase(w http.ResponseWriter, r *http.Request, status int, base string, v cases.CitizenView, again reply) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	c := v.Case
	here := base + "/" + slug(c.Number)
	page := ui.Case{Page: m.page(r, v.Type.Title.In(l.Lang()), "/folj"), Number: c.Number, Status: statusTag(v.Status, l.Lang()), Lead: v.Status.PublicText.In(l.Lang()),
		Back: ui.Link{Text: ui.T(ctx, "public.case.back"), Href: "/mina-sidor"}}
	page.Of = c.Number
	if base == "/folj" {
		page.Back = ui.Link{}
		page.Side = append(page.Side, ui.Post{To: "/folj/stang", Button: ui.Button{Text: ui.T(ctx, "public.case.close"), Variant: ui.Secondary}})
	}
	page.Path = here
	page.Actions = []templ.Component{ui.Button{Text: ui.T(ctx, "public.case.write"), Href: "#svara", Variant: ui.Secondary}}
	page.NoIndex = true
	page.Facts = caseFacts(ctx, v, here)
	if m.Live != nil && mayHear(base, c) {
		page.Live = &ui.Live{ID: "handelser", URL: here + "/strom"}
	}
	if r.URL.Query().Get("skickat") != "" {
		page.Notice = &ui.Alert{Tone: ui.Success, Text: ui.T(ctx, "public.case.sent"), Live: true}
	} else if v.Status.Content == casetype.WaitingParty {
		page.Notice = &ui.Alert{Tone: ui.Warning, Title: ui.T(ctx, "public.case.waits"), Text: ui.T(ctx, "public.case.waits_text")}
	}
	for _, x := range again.faults {
		page.Errors = append(page.Errors, ui.FieldError{Field: x.field, Message: x.text})
	}
	asked, err := m.opinionForm(r, v, here, again.opinion)
	if err != nil {
		return err
	}
	if again.opinion.fault != "" {
		page.Errors = append(page.Errors, ui.FieldError{Field: fieldScore, Message: again.opinion.fault})
	}
	rooms, err := m.counters(r, v, here)
	if err != nil {
		return err
	}
	page.Side = append(rooms, page.Side...)
	page.Side = append([]templ.Component{receiptLink("/kvitto/" + slug(c.Number) + ".json"), printLink(here + "/inlamning.pdf")}, page.Side...)
	if who := identity.From(ctx); base != "/folj" && who != nil && r.Method == http.MethodGet {
		if err := m.readNow(ctx, who.PersonID, v); err != nil {
			return err
		}
	}
	return ui.Render(w, r, status, casePage(page, m.timeline(ctx, v, here), below(asked, replyForm(ctx, here, again))))
}

// statusTag is a status in the words meant for the citizen, coloured by what it means.
func statusTag(s *casetype.Status, l i18n.Lang) ui.Tag {
	t := ui.Tag{Text: s.Title.In(l)}
	switch s.Content {
	case casetype.Received:
		t.Tone = ui.Info
	case casetype.InProgress, casetype.WaitingOther:
		t.Tone = ui.Accent
	case casetype.WaitingParty:
		t.Tone = ui.Warning
	case casetype.Decided, casetype.Closed:
		t.Tone = ui.Success
	}
	return t
}

// caseFacts is the side of the case page: dates, answers, documents.
func caseFacts(ctx context.Context, v cases.CitizenView, here string) ui.Summary {
	l := i18n.From(ctx)
	s := ui.Summary{Narrow: true, Facts: []ui.Fact{{Name: ui.T(ctx, "public.case.received"), Value: l.DateTime(v.Case.ReceivedAt)}}}
	if v.Acting.Other() {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.role.for"), Values: actingWords(ctx, v.Acting)})
	}
	if v.Case.Open {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.case.due"), Value: l.Date(v.Case.Due)})
	} else if !v.Case.ClosedAt.IsZero() {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.case.closed"), Value: l.DateTime(v.Case.ClosedAt)})
	}
	for _, step := range v.Type.Form.Steps {
		for _, q := range v.Type.VisibleQuestions(step.Key, casetype.Answers(v.Case.Answers)) {
			if q.Type == casetype.TypeInfo || q.Type == casetype.TypeFile {
				continue
			}
			if values := answerWords(ctx, v.Type, q, v.Case.Answers, nil); len(values) > 0 {
				s.Facts = append(s.Facts, ui.Fact{Name: q.Label.In(l.Lang()), Values: values})
			}
		}
	}
	if len(v.Documents) > 0 {
		var list ui.Links
		for _, d := range v.Documents {
			list = append(list, documentLink(ctx, here, d))
		}
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.case.documents"), Body: list})
	}
	return s
}

func documentLink(ctx context.Context, here string, d cases.Document) ui.Link {
	return ui.Link{Text: d.Name + " (" + fileSize(ctx, d.Size) + ")", Href: here + "/dokument/" + strconv.Itoa(d.N)}
}

// timeline is what happened, newest first, in words for the citizen.
func (m *Module) timeline(ctx context.Context, v cases.CitizenView, here string) ui.Timeline {
	t := ui.Timeline{Title: ui.T(ctx, "public.case.happened")}
	for i := len(v.Events) - 1; i >= 0; i-- {
		e := v.Events[i]
		entry := m.entry(ctx, v, e)
		for _, d := range v.Documents {
			if d.Event == e.N {
				entry.Attachments = append(entry.Attachments, documentLink(ctx, here, d))
			}
		}
		t.Entries = append(t.Entries, entry)
	}
	return t
}

// entry is one event in words for the citizen.
func (m *Module) entry(ctx context.Context, v cases.CitizenView, e cases.Event) ui.Entry {
	l := i18n.From(ctx)
	out := ui.Entry{ID: "h" + strconv.Itoa(e.N), When: l.DateTime(e.At), Machine: e.At.Format(time.RFC3339), Who: m.Town.Name.In(l.Lang()),
		Text: e.Body}
	if key := "event.public." + string(e.Kind); l.Has(key) { // another room's
		day := ""
		if !e.Data.Day.IsZero() {
			day = l.Date(e.Data.Day)
		}
		out.Title = l.T(key, "Day", day)
		if e.Data.Acting != nil || e.Actor == "" { // by the one whom it concerns
			out.Direction, out.Who = ui.Incoming, ui.T(ctx, "public.event.you")
		}
		return out
	}
	out.Title = ui.T(ctx, "public.event."+string(e.Kind))
	switch e.Kind {
	case cases.Submitted, cases.MessageIn:
		out.Direction, out.Who = ui.Incoming, ui.T(ctx, "public.event.you")
		out.Text = strings.Join(append(compact(out.Text), signedWords(ctx, e.Data)...), "\n")
	case cases.MessageOut:
		out.Direction = ui.Outgoing
	case cases.MovedTo, cases.Closed, cases.Reopened:
		if s := v.Type.Status(e.Data.To); s != nil {
			out.Title = s.Title.In(l.Lang())
			out.Text = strings.TrimSpace(s.PublicText.In(l.Lang()) + "\n" + e.Body)
		}
	case cases.Decided:
		out.Direction = ui.Outgoing
		for _, d := range v.Decisions {
			if d.ID == e.Data.Decision {
				words := decisionWords(l, v.Type, d)
				if m.Law == nil {
					out.Text = words
					continue
				}
				out.Text, out.Body = "", ui.Lined(m.Law.Linked(words))
			}
		}
	}
	return out
}

// decisionWords is a decision with how it can be appealed (FL 33 §).
func decisionWords(l *i18n.Localizer, ct *casetype.CaseType, d cases.Decision) string {
	kind := ct.Decision(d.Key)
	if kind == nil {
		return d.Text
	}
	return strings.Join(compact(kind.Title.In(l.Lang()), d.Text, kind.Appeal.Text.In(l.Lang())), "\n\n")
}

func compact(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// document sends a file of the case.
func (m *Module) document(w http.ResponseWriter, r *http.Request, v cases.CitizenView) error {
	for _, d := range v.Documents {
		if strconv.Itoa(d.N) != r.PathValue("n") {
			continue
		}
		info, body, err := m.Vault.Open(r.Context(), d.Document)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		h := w.Header()
		h.Set("Content-Type", info.MIME)
		h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
		h.Set("X-Content-Type-Options", "nosniff")
		kernelweb.KeepSending(w, time.Duration(info.Size/mb+1)*uploadPerMB)
		if _, err := io.Copy(w, body); err != nil {
			return fmt.Errorf("sending a document: %w", err)
		}
		return nil
	}
	return store.ErrNotFound
}

// fileSize writes a size for people: "2,4 MB".
func fileSize(ctx context.Context, bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " byte"
	case bytes < mb:
		return strconv.FormatInt((bytes+500)/1000, 10) + " kB"
	}
	text := strconv.FormatFloat(float64(bytes)/mb, 'f', 1, 64) + " MB"
	if lang(ctx) == i18n.SV {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// isoDate is a date for tables.
func isoDate(t time.Time) string { return calendar.DateOf(t).String() }
