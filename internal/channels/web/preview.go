package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Previews finds versions that are not published yet, for those who may see them.
type Previews interface {
	Draft(r *http.Request, id string, version int) (*casetype.CaseType, bool)
}

// previewed finds the version of the address: published now or earlier, or a draft that the visitor may see.
func (m *Module) previewed(r *http.Request) (*casetype.CaseType, error) {
	id, asked := r.PathValue("type"), r.URL.Query().Get("version")
	if asked == "" {
		return m.open(id)
	}
	version, err := strconv.Atoi(asked)
	if err != nil {
		return nil, store.ErrNotFound
	}
	if ct, ok := m.Services.Version(id, version); ok {
		return ct, nil
	}
	if m.Drafts != nil {
		if ct, ok := m.Drafts.Draft(r, id, version); ok {
			return ct, nil
		}
	}
	return nil, store.ErrNotFound
}

// preview shows the steps of a form as a citizen sees them, all questions of each, without answers. Nothing is taken in or stored: the
// button leads to the next step whatever was typed.
func (m *Module) preview(w http.ResponseWriter, r *http.Request) error {
	ct, err := m.previewed(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := lang(ctx)
	here := func(step string) string {
		return "/e-tjanster/" + ct.ID + "/forhandsgranska?version=" + strconv.Itoa(ct.Version) + "&steg=" + step
	}
	at := max(0, slices.IndexFunc(ct.Form.Steps, func(s casetype.Step) bool { return s.Key == r.URL.Query().Get("steg") }))
	if r.URL.Query().Get("steg") == previewEnd {
		return m.previewEnds(w, r, ct, here)
	}
	step := &ct.Form.Steps[at]
	next := previewEnd
	if at+1 < len(ct.Form.Steps) {
		next = ct.Form.Steps[at+1].Key
	}
	if r.Method == http.MethodPost {
		return see(w, r, here(next))
	}
	f := m.form(ct.At(m.moment(r)), &drafts.Draft{}, casetype.Answers{})
	f.hints = map[string]string{}
	var questions []*casetype.Question
	for i := range step.Questions {
		q := &step.Questions[i]
		if q.VisibleIf != "" {
			f.hints[q.Key] = ui.T(ctx, "public.whole.if")
		}
		questions = append(questions, q)
	}
	page := ui.Question{Page: m.page(r, step.Title.In(l), "/e-tjanster"), Caption: ct.Title.In(l), Steps: &ui.Steps{Current: at, Open: conditional(ct)},
		Fields: append([]templ.Component{m.previewNote(r, ct, step)}, f.fields(ctx, questions)...), Form: ui.Form{ID: "steg", Action: here(step.Key), Upload: hasFile(questions)}}
	for _, s := range ct.Form.Steps {
		page.Steps.Names = append(page.Steps.Names, s.Title.In(l))
	}
	page.Back = "/e-tjanster/" + ct.ID
	if at > 0 {
		page.Back = here(ct.Form.Steps[at-1].Key)
	}
	page.Path, page.NoIndex = here(step.Key), true
	page.Of = ui.T(ctx, "public.preview.title", "Service", ct.Title.In(l), "Version", strconv.Itoa(ct.Version))
	page.Map = f.view.layer != "" && slices.ContainsFunc(questions, func(q *casetype.Question) bool { return q.Type == casetype.TypePlace })
	return ui.Render(w, r, http.StatusOK, page)
}

// previewEnd is the page after the last step.
const previewEnd = "slut"

// previewNote says on each page that it is a preview, of what, and when the step is shown.
func (m *Module) previewNote(r *http.Request, ct *casetype.CaseType, step *casetype.Step) ui.Alert {
	ctx := r.Context()
	a := ui.Alert{Tone: ui.Warning, Title: ui.T(ctx, "public.preview.title", "Service", ct.Title.In(lang(ctx)), "Version", strconv.Itoa(ct.Version)), Text: ui.T(ctx, "public.preview.text")}
	if ct.State == casetype.Draft {
		a.Text += " " + ui.T(ctx, "public.preview.draft")
	}
	if step.VisibleIf != "" {
		a.Text += " " + ui.T(ctx, "public.preview.sometimes")
	}
	return a
}

// previewEnds is the page after the last step.
func (m *Module) previewEnds(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, here func(string) string) error {
	ctx := r.Context()
	page := ui.Message{Page: m.page(r, ui.T(ctx, "public.preview.end"), "/e-tjanster"), Lead: ui.T(ctx, "public.preview.end_text"),
		Ways: []ui.Link{{Text: ui.T(ctx, "public.preview.again"), Href: here(ct.Form.Steps[0].Key)}, {Text: ui.T(ctx, "public.services.title"), Href: "/e-tjanster"}}}
	page.Of, page.NoIndex = ui.T(ctx, "public.preview.title", "Service", ct.Title.In(lang(ctx)), "Version", strconv.Itoa(ct.Version)), true
	return ui.Render(w, r, http.StatusOK, page)
}
