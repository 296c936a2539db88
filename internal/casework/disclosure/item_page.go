package disclosure

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

// maxReason is how much may be written about an assessment, in characters.
const maxReason = 2000

// item is one document of a request: what it says, and what the officer thinks of it.
func item(v *visit) error { return v.showItem(http.StatusOK, nil, nil) }

// subject is the item of the address with what it is about.
func (v *visit) subject() (cases.OfficerView, Item, Found, error) {
	view, err := v.open()
	if err != nil {
		return view, Item{}, Found{}, err
	}
	x, f, err := v.Item(v.Ctx(), v.Who, view.Case.ID, v.R.PathValue("item"))
	return view, x, f, err
}

func (v *visit) showItem(status int, typed url.Values, faults []ui.FieldError) error {
	view, x, f, err := v.subject()
	if err != nil {
		return err
	}
	c := view.Case
	p := ui.Read{Page: v.page(v.T("disclosure.item_title", "Name", v.named(f)), ui.Link{Text: c.Number, Href: requestPath(c.ID)})}
	p.Path, p.Errors = itemPath(c.ID, x.ID), faults
	facts := []ui.Fact{{Name: v.T("disclosure.case"), Value: f.Number}, {Name: v.T("disclosure.assessed"), Value: v.outcome(x.Outcome)}}
	if x.Law != "" {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.provision"), Value: x.Law})
	}
	if x.Note != "" {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.note"), Value: x.Note})
	}
	if x.By != "" {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.by"), Value: v.Person(x.By) + ", " + v.L.DateTime(x.At)})
	}
	if x.Copy != "" {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.copy"), Body: ui.Links{{Text: v.T("disclosure.copy_open"), Href: itemPath(c.ID, x.ID) + "/kopia"}}})
	}
	var parts []templ.Component
	if f.Secrecy > cases.Open {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("disclosure.marked"), Text: v.T("disclosure.marked_text")})
	}
	parts = append(parts, ui.Summary{Facts: facts})
	if f.Kind == KindDocument {
		parts = append(parts, ui.Links{{Text: v.T("disclosure.original"), Href: "/arbete/arenden/" + f.Case + "/handlingar/" + strconv.Itoa(f.File.N)}})
	}
	if !x.Sent.IsZero() {
		parts = append(parts, ui.P(v.T("disclosure.sent_text")))
		return ui.Render(v.W, v.R, status, ui.With(p, parts...))
	}
	form, err := v.assessForm(view, x, f, typed, faults)
	if err != nil {
		return err
	}
	return ui.Render(v.W, v.R, status, ui.With(p, append(parts, form...)...))
}

// assessForm is the form of an assessment, with what can be marked in the way that suits the file.
func (v *visit) assessForm(view cases.OfficerView, x Item, f Found, typed url.Values, faults []ui.FieldError) ([]templ.Component, error) {
	here := itemPath(view.Case.ID, x.ID)
	if typed == nil {
		typed = url.Values{"bedomning": {string(x.Outcome)}, "lagrum": {x.Law}, "skal": {x.Note}, "forbehall": {x.Condition}, "rutor": {x.Mask}}
		if x.Outcome == "" && len(view.Type.Secrecy.Provisions) > 0 && f.Secrecy > cases.Open {
			typed.Set("lagrum", v.provision(f))
		}
	}
	var outcomes []ui.Option
	for _, o := range Outcomes() {
		outcomes = append(outcomes, ui.Option{Value: string(o), Label: v.outcome(o), Hint: v.T("disclosure.outcome_hint." + string(o)), Chosen: typed.Get("bedomning") == string(o)})
	}
	fields := []templ.Component{ui.Radios{Field: ui.Field{Name: "bedomning", Label: v.T("disclosure.assessment"), Error: faultOf(faults, "bedomning")}, Options: outcomes},
		ui.Input{Field: ui.Field{Name: "lagrum", Label: v.T("disclosure.provision"), Hint: v.lawHint(view), Error: faultOf(faults, "lagrum"), Optional: true}, Value: typed.Get("lagrum"), Width: 30, NoSpell: true},
		ui.Textarea{Field: ui.Field{Name: "skal", Label: v.T("disclosure.note"), Hint: v.T("disclosure.note_hint"), Error: faultOf(faults, "skal"), Optional: true}, Value: typed.Get("skal"), Max: maxReason, Rows: 3},
		ui.Textarea{Field: ui.Field{Name: "forbehall", Label: v.T("disclosure.condition"), Hint: v.T("disclosure.condition_hint"), Error: faultOf(faults, "forbehall"), Optional: true}, Value: typed.Get("forbehall"), Max: maxReason, Rows: 2}}
	form := ui.Form{Action: here, Unsaved: true}
	content, _, err := v.Read(v.Ctx(), f)
	switch {
	case err == nil:
		lines := Lines(content)
		var chosen Mask
		switch {
		case len(typed["ord"]) > 0:
			if chosen, err = ParseMask(typed["ord"]); err != nil {
				chosen = Mask{}
			}
		case x.Mask != "":
			if chosen, err = ParseMask(strings.Fields(x.Mask)); err != nil {
				chosen = Mask{}
			}
		default:
			chosen = Suggest(lines, f.Names, calendar.DateOf(v.Clock.Now()))
			fields = append(fields, ui.P(v.T("disclosure.suggested", "Count", len(chosen))))
		}
		if left := chosen.Left(lines); len(left) > 0 && x.Mask != "" {
			names := make([]string, len(left))
			for i, w := range left {
				names[i] = v.T("disclosure.left_at", "Line", w.Line, "N", w.N)
			}
			fields = append([]templ.Component{ui.Alert{Tone: ui.Warning, Title: v.T("disclosure.left"), Text: strings.Join(names, ", ")}}, fields...)
		}
		fields = append(fields, ui.H2(v.T("disclosure.mask_words")), ui.P(v.T("disclosure.mask_words_hint")), words(lines, chosen))
	case !errors.Is(err, ErrNotHere):
		return nil, err
	case f.Kind == KindDocument && isPicture(f.File.Mime):
		fields = append(fields, ui.H2(v.T("disclosure.mask_picture")), picture(here+"/bild.jpg"),
			ui.Input{Field: ui.Field{Name: "rutor", Label: v.T("disclosure.cells"), Hint: v.T("disclosure.cells_hint"), Error: faultOf(faults, "rutor"), Optional: true}, Value: typed.Get("rutor"), NoSpell: true})
	default:
		form.Upload = true
		fields = append(fields, ui.Alert{Tone: ui.Info, Title: v.T("disclosure.paper"), Text: v.T("disclosure.paper_text")},
			ui.FileInput{Field: ui.Field{Name: "kopia", Label: v.T("disclosure.own_copy"), Hint: v.T("disclosure.own_copy_hint"), Error: faultOf(faults, "kopia"), Optional: true}, Accept: strings.Join(ownTypes(), ",")})
	}
	fields = append(fields, ui.Button{Text: v.T("disclosure.save")})
	return []templ.Component{ui.H2(v.T("disclosure.assess")), ui.With(form, ui.Together(fields...))}, nil
}

// provision is that of the mark that stands of what is looked at, "" if there is none.
func (v *visit) provision(f Found) string {
	view, err := v.Cases().View(v.Ctx(), v.Who, f.Case)
	if err != nil {
		return ""
	}
	law := ""
	for _, m := range view.Marks {
		if m.Stands() && (m.Document == 0 || f.Kind == KindDocument && m.Document == f.N) {
			law = m.Provision.String()
		}
	}
	return law
}

// lawHint names the provisions that are common here.
func (v *visit) lawHint(view cases.OfficerView) string {
	var laws []string
	for _, p := range view.Type.Secrecy.Provisions {
		laws = append(laws, cases.ProvisionOf(p).String())
	}
	hint := v.T("disclosure.provision_hint")
	if len(laws) > 0 {
		hint += " " + v.T("disclosure.provision_usual", "Laws", strings.Join(laws, ", "))
	}
	return hint
}

// ownTypes are what a copy that was masked on paper may be.
func ownTypes() []string { return []string{documents.PDF, documents.PNG, documents.JPEG} }

// maxOwn is how large such a copy may be, in bytes.
const maxOwn = 25 << 20

// itemPost keeps the assessment.
func itemPost(v *visit) error {
	typed, own, faults, err := v.itemForm()
	if err != nil {
		return err
	}
	view, x, _, err := v.subject()
	if err != nil {
		return err
	}
	as := Assessment{Outcome: Outcome(typed.Get("bedomning")), Law: typed.Get("lagrum"), Note: strings.ReplaceAll(typed.Get("skal"), "\r\n", "\n"), Condition: typed.Get("forbehall"),
		Words: typed["ord"], Cells: typed.Get("rutor"), Own: own}
	known := false
	for _, o := range Outcomes() {
		known = known || o == as.Outcome
	}
	if !known {
		faults = append(faults, ui.FieldError{Field: "bedomning", Message: v.T("disclosure.choose_outcome")})
	}
	for field, most := range map[string]int{"skal": maxReason, "forbehall": maxReason, "lagrum": 200} {
		if len([]rune(typed.Get(field))) > most {
			faults = append(faults, ui.FieldError{Field: field, Message: v.T("disclosure.too_long", "Max", most)})
		}
	}
	if len(faults) > 0 {
		return v.showItem(http.StatusUnprocessableEntity, typed, faults)
	}
	err = v.Assess(v.Ctx(), v.Who, view.Case.ID, x.ID, as)
	if field, key := problem(err, as); key != "" {
		return v.showItem(http.StatusUnprocessableEntity, typed, []ui.FieldError{{Field: field, Message: v.T("disclosure.problem." + key)}})
	}
	if errors.Is(err, cases.ErrStale) || errors.Is(err, ErrSent) {
		return v.showItem(http.StatusConflict, typed, []ui.FieldError{{Field: "bedomning", Message: v.T("disclosure.problem.stale")}})
	}
	if err != nil {
		return err
	}
	return v.done(itemPath(view.Case.ID, x.ID), "assessed")
}

// problem is the field and the key of the text for what is not as it must be; "" for every other error.
func problem(err error, as Assessment) (field, key string) {
	var cells CellsError
	switch {
	case errors.Is(err, cases.ErrProvision):
		return "lagrum", "law"
	case errors.Is(err, ErrReason) && as.Outcome == Reserved && as.Condition == "":
		return "forbehall", "condition"
	case errors.Is(err, ErrReason):
		return "skal", "note"
	case errors.Is(err, ErrNoMask), errors.Is(err, ErrMask):
		if as.Cells != "" {
			return "rutor", "no_mask"
		}
		return "bedomning", "no_mask"
	case errors.As(err, &cells):
		return "rutor", "cells"
	case errors.Is(err, ErrNotHere):
		return "kopia", "own"
	case errors.Is(err, ErrPicture):
		return "bedomning", "picture"
	}
	return "", ""
}

// itemForm reads the form, with or without a copy that was masked on paper.
func (v *visit) itemForm() (url.Values, *documents.Staged, []ui.FieldError, error) {
	var own *documents.Staged
	var faults []ui.FieldError
	limits := formdata.Limits{Fields: 20_000, NameBytes: 100, FieldBytes: 20_000, TextBytes: 1 << 20, TotalBytes: maxOwn + 2<<20, Files: 1, FileBytes: maxOwn + 1<<20}
	web.AllowUpload(v.W, v.R, limits.TotalBytes+1, 0)
	typed, err := formdata.Read(v.R, limits, func(u formdata.Upload) error {
		s, err := v.vault.Stage(v.Ctx(), u, documents.Meta{Name: "handling-maskerad", By: v.Who.Person, Limits: documents.Limits{MaxBytes: maxOwn, Types: ownTypes()}})
		if documents.Problem(err) != "" {
			faults = append(faults, ui.FieldError{Field: "kopia", Message: v.T("disclosure.own_wrong")})
			return nil
		}
		own = s
		return err
	})
	return typed, own, faults, err
}

// grid is the picture with its grid.
func grid(v *visit) error {
	_, x, f, err := v.subject()
	if err != nil {
		return err
	}
	src, _, err := v.Picture(v.Ctx(), f)
	if err != nil {
		return store.ErrNotFound
	}
	cells, err := ParseCells(x.Mask)
	if err != nil {
		cells = nil
	}
	v.W.Header().Set("Content-Type", "image/jpeg")
	v.W.Header().Set("X-Content-Type-Options", "nosniff")
	return Grid(v.W, src, cells)
}

// maskedCopy sends the masked copy to the officer, who looks at it before it goes out.
func maskedCopy(v *visit) error {
	_, x, _, err := v.subject()
	if err != nil {
		return err
	}
	if x.Copy == "" {
		return store.ErrNotFound
	}
	d, body, err := v.vault.Open(v.Ctx(), x.Copy)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	h := v.W.Header()
	h.Set("Content-Type", d.MIME)
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, err = io.Copy(v.W, body)
	return err
}
