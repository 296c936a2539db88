package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	kernelweb "dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

// fault is one thing to rewrite: the field by the case type's name ("" for the whole form), and the words.
type fault struct{ field, text string }

// posted is what a form sent.
type posted struct {
	answers casetype.Answers    // by the case type's names; only what was sent
	own     url.Values          // fields of ours: their names begin with "_"
	staged  []*documents.Staged // files, stored and not yet in the database
	files   []drafts.File       // the same, as a draft keeps them
	faults  []fault             // what could not be taken in
	status  int                 // 413 when the body was too large, else 0
	cut     bool                // the form was not read to its end

	held     bool   // the database cannot take it: no file is stored, and it is to wait in the spool
	unstored bool   // a file came all the same
	draft    string // the draft that is handed in so
}

// has tells whether a button of ours was pressed.
func (p *posted) has(name string) bool { return p.own.Get(name) != "" }

// Bounds of a form beside its files: what people type fits many times over. A single field may be longer than any answer, so that the
// case type can say by how much it is too long.
const (
	maxFields     = 400 // beside those of tables
	maxFieldBytes = 256 << 10
	maxTextBytes  = 1 << 20
	bodySlack     = 16 << 20 // read past the limit of files, so that the answer is a page and not a cut connection
	uploadPerMB   = 20 * time.Second
	mb            = 1_000_000
)

// limits are what the form of a case type takes. have is the number of files it has already.
func limits(ct *casetype.CaseType) formdata.Limits {
	l := formdata.Limits{Fields: maxFields, NameBytes: 400, FieldBytes: maxFieldBytes, TextBytes: maxTextBytes, TotalBytes: maxTextBytes + bodySlack, Files: 20}
	for _, step := range ct.Form.Steps {
		for _, q := range step.Questions {
			if q.Rows != nil {
				l.Fields += q.Rows.Max * (len(ct.Columns(&q)) + 2) // a date is three
			}
			if q.Type == casetype.TypeFile {
				size := int64(q.Files.MaxMB) * mb
				l.FileBytes = max(l.FileBytes, 4*size)
				l.TotalBytes += int64(q.Files.Max) * size
			}
		}
	}
	return l
}

// read takes in a posted form. d is the draft it belongs to, or nil. Only what nothing can be shown for is an error: everything else
// is a fault at its field.
func (m *Module) read(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft) (*posted, error) {
	return m.readHeld(w, r, ct, d, false)
}

// readHeld is read, also while no file can be stored.
func (m *Module) readHeld(w http.ResponseWriter, r *http.Request, ct *casetype.CaseType, d *drafts.Draft, held bool) (*posted, error) {
	p := &posted{answers: casetype.Answers{}, own: url.Values{}, held: held}
	take := limits(ct)
	multipart := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	if multipart {
		kernelweb.AllowUpload(w, r, take.TotalBytes+1, uploadPerMB)
	}
	values, err := formdata.Read(r, take, func(u formdata.Upload) error { return m.receive(r, ct, d, p, u) })
	if err != nil {
		if err = p.blame(r, err); err != nil {
			return nil, fmt.Errorf("reading the form of %s: %w", ct.ID, err)
		}
	}
	p.sort(ct, values)
	return p, nil
}

// blame turns an error of reading into a fault, if something can be shown for it.
func (p *posted) blame(r *http.Request, err error) error {
	var large formdata.TooLargeError
	var many formdata.TooManyError
	var text formdata.TextError
	l := i18n.From(r.Context())
	p.cut = true
	switch {
	case errors.As(err, &large) && large.What == formdata.Field:
		p.faults = append(p.faults, fault{caseField(large.Field), l.T("public.form.long")})
	case errors.As(err, &large):
		p.status = http.StatusRequestEntityTooLarge
		p.faults = append(p.faults, fault{"", l.T("public.form.large", "Size", l.Number(max(large.Limit/mb, 1)))})
	case errors.As(err, &many):
		p.status = http.StatusRequestEntityTooLarge
		p.faults = append(p.faults, fault{"", l.T("public.form.many")})
	case errors.As(err, &text):
		p.faults = append(p.faults, fault{caseField(text.Field), l.T("casetype.encoding")})
	default:
		return err
	}
	return nil
}

// receive stores a file while it arrives. What is wrong with it is a fault at its question.
func (m *Module) receive(r *http.Request, ct *casetype.CaseType, d *drafts.Draft, p *posted, u formdata.Upload) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	q := ct.Question(u.Field)
	if q == nil || q.Type != casetype.TypeFile {
		p.faults = append(p.faults, fault{"", l.T("public.form.unknown", "Field", short(u.Field))})
		return nil
	}
	if p.held {
		p.unstored = true
		return nil
	}
	have := 0
	if d != nil {
		have = len(d.Of(q.Key))
	}
	for _, f := range p.files {
		if f.Question == q.Key {
			have++
		}
	}
	if have >= q.Files.Max {
		p.faults = append(p.faults, fault{q.Key, l.T("public.file.many", "Max", l.Number(int64(q.Files.Max)))})
		return nil
	}
	by := ""
	if who := identity.From(ctx); who != nil {
		by = who.PersonID
	}
	staged, err := m.Vault.Stage(ctx, u, documents.Meta{Name: u.Name, By: by, Limits: documents.Limits{MaxBytes: int64(q.Files.MaxMB) * mb, Types: q.Files.Accept}})
	if text := fileFault(l, err, q.Files.MaxMB, taken(q.Files.Accept)); text != "" {
		p.faults = append(p.faults, fault{q.Key, text})
		return nil
	}
	if err != nil {
		return err
	}
	p.staged = append(p.staged, staged)
	p.files = append(p.files, drafts.File{Question: q.Key, Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256})
	return nil
}

// fileFault says what is wrong with a file, "" if it is not the file's fault.
func fileFault(l *i18n.Localizer, err error, maxMB int, types []string) string {
	var large formdata.TooLargeError
	problem := documents.Problem(err)
	if errors.As(err, &large) && large.What == formdata.File {
		problem = "too-large"
	}
	switch problem {
	case "":
		return ""
	case "too-large":
		return l.T("public.file.too-large", "Max", l.Number(int64(maxMB)))
	case "type":
		return l.T("public.file.type", "Types", typeNames(l, types))
	}
	return l.T("public.file." + problem)
}

// taken leaves out the types that the document store refuses whatever is asked for: photos whose metadata cannot be taken out. A phone
// that is not told of them sends JPEG by itself.
func taken(types []string) []string {
	return slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == documents.HEIC || t == documents.AVIF || t == documents.TIFF })
}

// typeNames lists content types as people call them: "PDF, JPG eller PNG".
func typeNames(l *i18n.Localizer, types []string) string {
	var names []string
	for _, t := range types {
		name := strings.ToUpper(t[strings.LastIndexByte(t, '/')+1:])
		switch t {
		case documents.JPEG:
			name = "JPG"
		case documents.DOCX:
			name = "Word"
		case documents.XLSX:
			name = "Excel"
		case documents.ODT:
			name = "ODT"
		case documents.Text:
			name = l.T("public.file.text")
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " " + l.T("public.or") + " " + names[n-1]
	}
	return strings.Join(names, "")
}

// caseField is the case type's name of an input: the map's "where-lat" is "where.lat", a part of a date is the date.
func caseField(name string) string {
	for _, part := range []string{"lat", "lon"} {
		if key, ok := strings.CutSuffix(name, "-"+part); ok {
			return key + "." + part
		}
	}
	for _, part := range dateParts {
		if key, ok := strings.CutSuffix(name, part); ok {
			return key
		}
	}
	return name
}

var dateParts = []string{"-day", "-month", "-year"}

// sort puts what was sent in its place: fields of ours, parts of dates together, coordinates of the map under the case type's names.
func (p *posted) sort(ct *casetype.CaseType, values url.Values) {
	for name, v := range values {
		switch {
		case strings.HasPrefix(name, "_"):
			p.own[name] = v
		case isPart(ct, name, []casetype.QuestionType{casetype.TypePlace}, "-lat", "-lon"):
			field := caseField(name)
			p.answers[field] = append(p.answers[field], v...)
		case isPart(ct, name, []casetype.QuestionType{casetype.TypeDate, casetype.TypeDateTime}, dateParts...):
			key := caseField(name)
			p.answers[key] = []string{dateOf(values.Get(key+"-day"), values.Get(key+"-month"), values.Get(key+"-year"))}
		default:
			p.answers[name] = append(p.answers[name], v...)
		}
	}
}

// isPart tells whether name is a question, or a column of one, of one of the kinds with one of the endings.
func isPart(ct *casetype.CaseType, name string, kinds []casetype.QuestionType, ends ...string) bool {
	for _, end := range ends {
		if key, ok := strings.CutSuffix(name, end); ok {
			q := ct.Question(key)
			if q == nil {
				q = column(ct, key)
			}
			return q != nil && slices.Contains(kinds, q.Type)
		}
	}
	return false
}

// dateOf writes the parts of a date as one answer, as typed: 3, 11, 2026 is 2026-11-03.
func dateOf(day, month, year string) string {
	day, month, year = strings.TrimSpace(day), strings.TrimSpace(month), strings.TrimSpace(year)
	if day+month+year == "" {
		return ""
	}
	return year + "-" + twoDigits(month) + "-" + twoDigits(day)
}

func twoDigits(s string) string {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return s
}

// short keeps a stranger's word from filling the page.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// unknown are the faults of fields that none of the steps' questions have. steps are all of the form when none is given.
func unknown(ct *casetype.CaseType, l *i18n.Localizer, p *posted, steps ...*casetype.Step) []fault {
	own := belongs(ct, steps...)
	var out []fault
	for name := range p.answers {
		if !own(name) {
			out = append(out, fault{"", l.T("public.form.unknown", "Field", short(name))})
			delete(p.answers, name)
		}
	}
	slices.SortFunc(out, func(a, b fault) int { return strings.Compare(a.text, b.text) })
	return out
}
