package desk

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

const mb = 1_000_000

// What an official may send with one form.
const (
	maxText      = 20_000 // characters of a text
	maxFields    = 500    // 200 ticked cases and more
	maxBody      = 1 * mb // of a form without files
	maxFiles     = 10
	maxFileMB    = 25
	uploadPerMB  = 10 * time.Second // 0.8 Mbit/s
	fieldBytes   = 4 * (maxText + 2000)
	fileSlackMul = 4 // formdata lets more through than documents takes, so that documents says what is wrong
)

// fileTypes are what an official may attach.
func fileTypes() []string {
	return []string{documents.PDF, documents.JPEG, documents.PNG, documents.WebP, documents.DOCX, documents.XLSX, documents.ODT, documents.ODS, documents.Text}
}

func textLimits() formdata.Limits {
	return formdata.Limits{Fields: maxFields, NameBytes: 200, FieldBytes: fieldBytes, TextBytes: maxBody, TotalBytes: maxBody}
}

// readForm reads a form without files.
func (v *visit) readForm() (url.Values, error) {
	return formdata.Read(v.R, textLimits(), func(formdata.Upload) error { return nil })
}

// upload is what came with files.
type upload struct {
	values url.Values
	staged []*documents.Staged
	faults []ui.FieldError // of files and texts that are not taken
	any    bool            // at least one file came
}

// readUpload reads a form with files in the field "fil". What is wrong with a file is a fault; the other texts are kept.
func (v *visit) readUpload() (upload, error) {
	var u upload
	limits := textLimits()
	limits.Files, limits.FileBytes, limits.TotalBytes = maxFiles, fileSlackMul*maxFileMB*mb, maxFiles*maxFileMB*mb+maxBody
	web.AllowUpload(v.W, v.R, limits.TotalBytes+1, uploadPerMB)
	values, err := formdata.Read(v.R, limits, func(f formdata.Upload) error {
		u.any = true
		s, err := v.Vault.Stage(v.Ctx(), f, documents.Meta{Name: f.Name, By: v.Who.Person, Limits: documents.Limits{MaxBytes: maxFileMB * mb, Types: fileTypes()}})
		if problem := documents.Problem(err); problem != "" {
			u.fault("fil", v.T("desk.file."+problem, "Size", maxFileMB))
			return nil
		}
		if err == nil {
			u.staged = append(u.staged, s)
		}
		return err
	})
	u.values = values
	var many formdata.TooManyError
	var large formdata.TooLargeError
	switch {
	case errors.As(err, &many) && many.What == formdata.File:
		u.fault("fil", v.T("desk.file.many", "Max", maxFiles))
		err = nil
	case errors.As(err, &large) && (large.What == formdata.File || large.What == formdata.Body):
		u.fault("fil", v.T("desk.file.too-large", "Size", maxFileMB))
		err = nil
	}
	return u, err
}

func (u *upload) fault(field, text string) {
	u.faults = append(u.faults, ui.FieldError{Field: field, Message: text})
}

// filed puts staged files in the vault and runs the command with them. If the command does not go through, they are destroyed again.
func (v *visit) filed(staged []*documents.Staged, command func([]cases.Document) error) error {
	if len(staged) == 0 {
		return command(nil)
	}
	var files []cases.Document
	err := v.DB.Write(v.Ctx(), func(ctx context.Context, tx *store.Tx) error {
		files = nil
		for _, s := range staged {
			if err := v.Vault.Insert(ctx, tx, s); err != nil {
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
	return errors.Join(err, v.DB.Write(context.WithoutCancel(v.Ctx()), func(ctx context.Context, tx *store.Tx) error {
		for _, f := range files {
			if err := v.Vault.Shred(ctx, tx, f.Document); err != nil {
				return err
			}
		}
		return nil
	}))
}

// tooLong is a fault if a text has more characters than it may.
func (v *visit) tooLong(field, text string, most int) []ui.FieldError {
	n := utf8.RuneCountInString(strings.ReplaceAll(text, "\r\n", "\n"))
	if n <= most {
		return nil
	}
	return []ui.FieldError{{Field: field, Message: v.T("desk.too_long", "Max", v.L.Number(int64(most)), "Length", v.L.Number(int64(n)))}}
}

// faultOf is the message of a field.
func faultOf(faults []ui.FieldError, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// fileField is where files are attached.
func (v *visit) fileField(faults []ui.FieldError) templ.Component {
	return ui.FileInput{Field: ui.Field{Name: "fil", Label: v.T("desk.files"), Optional: true, Error: faultOf(faults, "fil"), Hint: v.T("desk.files_hint", "Max", maxFiles, "Size", maxFileMB)},
		Accept: strings.Join(fileTypes(), ","), Multiple: true}
}

// Fields that every form of a case carries.
const (
	fieldVersion = "version" // of the case, as the officer saw it
	fieldSeen    = "sett"    // number of events the officer saw
	fieldWho     = "vem"     // who wrote it, so that it is not sent by somebody else who signs in at the same desk
)

// welcome is where somebody comes who signed in in another tab to send what they wrote.
func welcome(v *visit) error {
	page := ui.Message{Page: v.Page(v.T("desk.welcome.title"), ""), Lead: v.T("desk.welcome.lead"), Ways: []ui.Link{{Text: v.T("desk.nav.inbox"), Href: pathInbox}}}
	return ui.Render(v.W, v.R, 200, page)
}
