package task

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// address is what an e-mail address looks like; the letter's own rules are stricter and of the mail channel.
var address = regexp.MustCompile(`^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$`)

// opinionFields are those of an answer.
func opinionFields(l *i18n.Localizer, f *form) []templ.Component {
	stance := ui.Radios{Field: f.field("stallning", l.T("task.field.stance"), "")}
	for _, s := range Stances() {
		stance.Options = append(stance.Options, ui.Option{Value: string(s), Label: l.T("task.stance." + string(s)), Chosen: f.Get("stallning") == string(s)})
	}
	text := f.field("text", l.T("task.field.opinion"), l.T("task.hint.opinion"))
	text.Optional = true
	return []templ.Component{stance, ui.Textarea{Field: text, Value: f.Get("text"), Rows: 8, Max: MaxWords}, fileField(l, f)}
}

// opinion reads an answer.
func (m *Pages) opinion(l *i18n.Localizer, f *form) Opinion {
	o := Opinion{Stance: Stance(f.Get("stallning")), Words: strings.ReplaceAll(strings.TrimSpace(f.Get("text")), "\r\n", "\n")}
	if n := utf8.RuneCountInString(o.Words); n > MaxWords {
		f.fault("text", l.T("task.problem.long", "Max", l.Number(MaxWords), "Length", l.Number(int64(n))))
	}
	if o.Stance == "" {
		f.fault("stallning", l.T("task.problem.stance"))
	}
	return o
}

// letter is what was sent, for whoever is asked.
func (s Sight) letter(l *i18n.Localizer, here string) []templ.Component {
	facts := ui.Summary{Facts: []ui.Fact{{Name: l.T("task.field.case"), Values: []string{s.Number, s.Type.Title.In(l.Lang())}}, {Name: l.T("task.field.last"), Value: l.Date(s.Due)}}}
	if s.Subject != "" {
		facts.Facts[0].Values = append(facts.Facts[0].Values, s.Subject)
	}
	var links ui.Links
	for _, f := range s.Files {
		if !f.Answer {
			links = append(links, ui.Link{Text: f.Name, Href: here + "/filer/" + strconv.Itoa(f.N)})
		}
	}
	out := []templ.Component{facts, ui.H2(l.T("task.field.words")), said(strings.Split(s.Words, "\n"))}
	if len(links) > 0 {
		out = append(out, ui.H2(l.T("task.field.sent_files")), links)
	}
	return out
}

// answered is what was said, after that.
func (s Sight) answered(l *i18n.Localizer) []templ.Component {
	return []templ.Component{ui.Alert{Tone: ui.Success, Title: l.T("task.thanks"), Text: l.T("task.thanks_text", "Day", l.Date(s.AnsweredOn))},
		ui.Summary{Facts: []ui.Fact{{Name: l.T("task.field.stance"), Value: l.T("task.stance." + string(s.Stance))}}}, said(strings.Split(s.Answer, "\n"))}
}

// showAsked is the page of somebody inside who is asked: what was sent, and the form.
func showAsked(v *visit) error { return v.asking(http.StatusOK, &form{}) }

func (v *visit) asking(status int, f *form) error {
	s, err := v.Asked(v.Ctx(), v.Who, v.R.PathValue("remiss"))
	if errors.Is(err, ErrWithdrawn) {
		p := ui.Message{Page: v.Page(v.T("task.withdrawn"), Path), Lead: v.T("task.withdrawn_text"), Ways: []ui.Link{{Text: v.T("task.title"), Href: Path + "?vy=" + Opinions.slug()}}}
		return ui.Render(v.W, v.R, http.StatusGone, p)
	}
	if err != nil {
		return err
	}
	here := AskedPath(s.ID)
	title := v.T("task.opinion_on", "Number", s.Number)
	crumb := ui.Link{Text: v.T("task.title"), Href: Path + "?vy=" + Opinions.slug()}
	if s.State == Answered {
		return ui.Render(v.W, v.R, status, ui.With(ui.Read{Page: v.Page(title, Path, crumb)}, append(s.answered(v.L), s.letter(v.L, here)...)...))
	}
	q := ui.Question{Page: v.Page(title, Path, crumb), Back: crumb.Href, Lead: v.T("task.lead.asked"), Button: v.T("task.button.answer"),
		Form: ui.Form{Action: here, Upload: true, Unsaved: true}, Fields: append(s.letter(v.L, here), opinionFields(v.L, f)...)}
	q.Errors = f.faults
	if s.Late(v.Today()) {
		q.Fields = append([]templ.Component{ui.Alert{Tone: ui.Warning, Text: v.T("task.late_text", "Day", v.L.Date(s.Due))}}, q.Fields...)
	}
	return ui.Render(v.W, v.R, status, q)
}

// answerAsked takes in the opinion of somebody inside.
func answerAsked(v *visit) error {
	if _, err := v.Asked(v.Ctx(), v.Who, v.R.PathValue("remiss")); err != nil { // before anything is read or stored
		return v.asking(http.StatusOK, &form{})
	}
	f, err := v.read(v.W, v.R, v.Who.Person, true)
	if err != nil {
		return err
	}
	f.of("stallning", "text", "fil")
	o := v.opinion(v.L, f)
	if len(f.faults) == 0 {
		err = v.filed(v.Ctx(), f, func(files []cases.Document) error {
			o.Files = files
			return v.Answer(v.Ctx(), v.Who, v.R.PathValue("remiss"), o)
		})
	}
	switch status, ok := v.told(f, err); {
	case err == nil && len(f.faults) == 0:
		return v.Done(AskedPath(v.R.PathValue("remiss")), "tasks.said.answer")
	case err == nil:
		return v.asking(http.StatusUnprocessableEntity, f)
	case ok:
		return v.asking(status, f)
	}
	return err
}

func askedFile(v *visit) error {
	s, err := v.Asked(v.Ctx(), v.Who, v.R.PathValue("remiss"))
	if err != nil {
		return err
	}
	return v.send(v.Ctx(), v.W, s, v.R.PathValue("n"))
}

// send sends a file that was sent with a remiss.
func (m *Pages) send(ctx context.Context, w http.ResponseWriter, s Sight, n string) error {
	for _, f := range s.Files {
		if f.Answer || strconv.Itoa(f.N) != n {
			continue
		}
		info, body, err := m.Vault.Open(ctx, f.Document)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		h := w.Header()
		h.Set("Content-Type", info.MIME)
		h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		web.KeepSending(w, time.Duration(info.Size/mb+1)*perMB)
		if _, err := io.Copy(w, body); err != nil {
			return fmt.Errorf("sending a file of a remiss: %w", err)
		}
		return nil
	}
	return store.ErrNotFound
}

// outside answers somebody who holds a link. What they see is kept by nobody on the way.
func (m *Pages) outside(p func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Robots-Tag", "noindex")
		if err := p(w, r); err != nil {
			web.Error(w, r, err)
		}
	})
}

// byLink is what a link leads to, or a page that says why there is nothing.
func (m *Pages) byLink(w http.ResponseWriter, r *http.Request) (s Sight, ok bool, err error) {
	l := i18n.From(r.Context())
	s, err = m.ByLink(r.Context(), r.PathValue("link"))
	key, status := "", http.StatusOK
	switch {
	case err == nil:
		return s, true, nil
	case errors.Is(err, store.ErrNotFound), errors.Is(err, ErrWithdrawn):
		key, status = "none", http.StatusNotFound
	case errors.Is(err, ErrLate):
		key, status = "late", http.StatusGone
	default:
		return s, false, err
	}
	p := ui.Message{Page: m.Public(r, l.T("task.link."+key+".title")), Lead: l.T("task.link." + key + ".text"), Ways: []ui.Link{{Text: l.T("task.contact"), Href: "/kontakt"}}}
	return s, false, ui.Render(w, r, status, p)
}

// linkPage shows what was sent to somebody outside. To look changes nothing.
func (m *Pages) linkPage(w http.ResponseWriter, r *http.Request) error {
	s, ok, err := m.byLink(w, r)
	if !ok {
		return err
	}
	return m.showLink(w, r, http.StatusOK, s, &form{})
}

func (m *Pages) showLink(w http.ResponseWriter, r *http.Request, status int, s Sight, f *form) error {
	l := i18n.From(r.Context())
	here := LinkPath(r.PathValue("link"))
	title := l.T("task.opinion_on", "Number", s.Number)
	if s.State == Answered {
		return ui.Render(w, r, status, ui.With(ui.Read{Page: m.Public(r, title)}, append(s.answered(l), s.letter(l, here)...)...))
	}
	q := ui.Question{Page: m.Public(r, title), Lead: l.T("task.lead.by_link", "Name", s.Name), Button: l.T("task.button.answer"), Form: ui.Form{Action: here, Upload: true, Unsaved: true},
		Fields: append(s.letter(l, here), opinionFields(l, f)...)}
	q.Errors = f.faults
	return ui.Render(w, r, status, q)
}

// linkAnswer takes in the opinion of somebody outside.
func (m *Pages) linkAnswer(w http.ResponseWriter, r *http.Request) error {
	s, ok, err := m.byLink(w, r)
	if !ok {
		return err
	}
	l := i18n.From(r.Context())
	f, err := m.read(w, r, "", true)
	if err != nil {
		return err
	}
	f.of("stallning", "text", "fil")
	o := m.opinion(l, f)
	if len(f.faults) == 0 {
		err = m.filed(r.Context(), f, func(files []cases.Document) error {
			o.Files = files
			return m.AnswerByLink(r.Context(), r.PathValue("link"), o)
		})
		switch key, _ := problem(err); {
		case err == nil:
			http.Redirect(w, r, l.Path(LinkPath(r.PathValue("link"))), http.StatusSeeOther)
			return nil
		case key == "over" || key == "withdrawn" || key == "late" || errors.Is(err, store.ErrNotFound):
			if s, ok, err = m.byLink(w, r); !ok {
				return err
			}
			return m.showLink(w, r, http.StatusConflict, s, f)
		case key != "":
			f.fault("stallning", l.T("task.problem."+key))
		default:
			return err
		}
	}
	return m.showLink(w, r, http.StatusUnprocessableEntity, s, f)
}

func (m *Pages) linkFile(w http.ResponseWriter, r *http.Request) error {
	s, ok, err := m.byLink(w, r)
	if !ok {
		return err
	}
	return m.send(r.Context(), w, s, r.PathValue("n"))
}
