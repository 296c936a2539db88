package task

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

const mb = 1_000_000

// What one form may hold.
const (
	maxFields = 200
	maxBody   = 1 * mb // of text
	maxFiles  = 10
	maxFileMB = 25
	perMB     = 10 * time.Second // 0.8 Mbit/s
	slack     = 4                // formdata lets more through than documents takes, so that documents says what is wrong
)

// fieldVersion carries the version of the case that was seen.
const fieldVersion = "version"

// fileTypes are what may be attached.
func fileTypes() []string {
	return []string{documents.PDF, documents.JPEG, documents.PNG, documents.WebP, documents.DOCX, documents.XLSX, documents.ODT, documents.ODS, documents.Text}
}

// form is what was typed, and what is wrong with it.
type form struct {
	url.Values
	posted bool
	faults []ui.FieldError
	staged []*documents.Staged
	names  []string // of the fields shown
	first  string   // where what is wrong with the whole is said
}

// Get is what was typed in a field.
func (f *form) Get(name string) string { return f.Values.Get(name) }

// or is what was typed, before anything was the value.
func (f *form) or(name, value string) string {
	if f.posted {
		return f.Get(name)
	}
	return value
}

func (f *form) fault(field, text string) {
	f.faults = append(f.faults, ui.FieldError{Field: field, Message: text})
}

// field is a field with what is wrong with it.
func (f *form) field(name, label, hint string) ui.Field {
	out := ui.Field{Name: name, Label: label, Hint: hint}
	for _, x := range f.faults {
		if x.Field == name {
			out.Error = x.Message
			break
		}
	}
	return out
}

// of names the fields of a form, the first being that of faults of the whole.
func (f *form) of(names ...string) *form {
	f.names, f.first = names, names[0]
	return f
}

// read reads a form, with files in the field "fil" if upload is set. What is wrong with a file is a fault; the texts are kept.
func (m *Pages) read(w http.ResponseWriter, r *http.Request, by string, upload bool) (*form, error) {
	f := &form{posted: true}
	l := i18n.From(r.Context())
	limits := formdata.Limits{Fields: maxFields, NameBytes: 200, FieldBytes: 4 * (MaxWords + 2000), TextBytes: maxBody, TotalBytes: maxBody}
	if upload {
		limits.Files, limits.FileBytes, limits.TotalBytes = maxFiles, slack*maxFileMB*mb, maxFiles*maxFileMB*mb+maxBody
		web.AllowUpload(w, r, limits.TotalBytes+1, perMB)
	}
	values, err := formdata.Read(r, limits, func(u formdata.Upload) error {
		s, err := m.Vault.Stage(r.Context(), u, documents.Meta{Name: u.Name, By: by, Limits: documents.Limits{MaxBytes: maxFileMB * mb, Types: fileTypes()}})
		if problem := documents.Problem(err); problem != "" {
			f.fault("fil", l.T("task.file."+problem, "Size", maxFileMB))
			return nil
		}
		if err == nil {
			f.staged = append(f.staged, s)
		}
		return err
	})
	f.Values = values
	var many formdata.TooManyError
	var large formdata.TooLargeError
	switch {
	case errors.As(err, &many) && many.What == formdata.File:
		f.fault("fil", l.T("task.file.many", "Max", maxFiles))
		err = nil
	case errors.As(err, &large) && (large.What == formdata.File || large.What == formdata.Body):
		f.fault("fil", l.T("task.file.too-large", "Size", maxFileMB))
		err = nil
	}
	return f, err
}

// fileField is where files are attached.
func fileField(l *i18n.Localizer, f *form) ui.FileInput {
	field := f.field("fil", l.T("task.field.files"), l.T("task.hint.files", "Max", maxFiles, "Size", maxFileMB))
	field.Optional = true
	return ui.FileInput{Field: field, Accept: strings.Join(fileTypes(), ","), Multiple: true}
}

// filed puts the files of a form in the vault and runs the command with them. If it does not go through, they are destroyed again.
func (m *Pages) filed(ctx context.Context, f *form, command func([]cases.Document) error) error {
	if len(f.staged) == 0 {
		return command(nil)
	}
	var files []cases.Document
	err := m.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		files = nil
		for _, s := range f.staged {
			if err := m.Vault.Insert(ctx, tx, s); err != nil {
				return err
			}
			files = append(files, cases.Document{Document: s.ID, Name: s.Name, Mime: s.MIME, Size: s.Size, SHA256: s.SHA256})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err = command(files); err == nil {
		return nil
	}
	return errors.Join(err, m.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		for _, d := range files {
			if err := m.Vault.Shred(ctx, tx, d.Document); err != nil {
				return err
			}
		}
		return nil
	}))
}

// has tells whether a value of several was chosen.
func (f *form) has(name, value string) bool { return slices.Contains(f.Values[name], value) }
