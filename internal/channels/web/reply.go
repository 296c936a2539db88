package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
	"dygnet/internal/kernel/web/formdata"
)

// reply is a form to write in a case.
type reply struct {
	opinion opinion // on how the case went, when that is what is answered
	text    string
	faults  []fault
}

// replyFiles are what a citizen may send with a message.
func replyFiles() casetype.FileLimits {
	return casetype.FileLimits{Max: 5, MaxMB: 10, Accept: []string{documents.PDF, documents.JPEG, documents.PNG, documents.WebP, documents.DOCX, documents.ODT, documents.Text}}
}

const maxReply = 5000

func replyForm(ctx context.Context, here string, again reply) templ.Component {
	l := i18n.From(ctx)
	files := replyFiles()
	wrong := func(field string) string {
		for _, x := range again.faults {
			if x.field == field {
				return x.text
			}
		}
		return ""
	}
	return replyPart(ui.Form{ID: "svara", Action: here + "/svara", Upload: true, Unsaved: true}, []templ.Component{
		ui.Textarea{Field: ui.Field{Name: "text", Label: ui.T(ctx, "public.case.message"), Hint: ui.T(ctx, "public.case.message_hint"), Error: wrong("text")}, Value: again.text, Max: maxReply},
		ui.FileInput{Field: ui.Field{Name: "fil", Label: ui.T(ctx, "public.case.files"), Optional: true, Error: wrong("fil"),
			Hint: ui.T(ctx, "public.file.limits", "Max", l.Number(int64(files.Max)), "Types", typeNames(l, files.Accept), "Size", l.Number(int64(files.MaxMB)))},
			Accept: strings.Join(files.Accept, ","), Multiple: true},
	})
}

// reply takes in a message from the citizen. Somebody whose time has run out is asked in again, and finds their text there.
func (m *Module) reply(w http.ResponseWriter, r *http.Request, base string, who viewer) error {
	v, denied := m.view(r, who)
	switch {
	case errors.Is(denied, store.ErrNotFound), errors.Is(denied, identity.ErrNotSignedIn):
		return m.replyDenied(w, r, base, denied)
	case denied != nil:
		return denied
	}
	in, err := m.readReply(w, r)
	if err != nil {
		return fmt.Errorf("reading a reply: %w", err)
	}
	if len(in.faults) > 0 {
		return m.showCase(w, r, in.status, base, v, in.reply)
	}
	citizen, err := who(r)
	if err == nil {
		err = m.replyWith(r.Context(), citizen, v.Case.ID, in.text, in.staged)
	}
	if err != nil {
		return err
	}
	if kept := keptReply + r.PathValue("number"); m.Sessions.Kept(r, kept) != "" {
		if err := m.Sessions.Keep(w, r, kept, ""); err != nil {
			return err
		}
	}
	return see(w, r, base+"/"+slug(v.Case.Number)+"?skickat=1")
}

// receivedReply is a reply with its files, stored and not yet in the database.
type receivedReply struct {
	reply
	staged []*documents.Staged
	status int // of the page that shows the faults
}

// replyLimits are what the form of a reply takes.
func replyLimits() formdata.Limits {
	files := replyFiles()
	size := int64(files.MaxMB) * mb
	return formdata.Limits{Fields: 20, NameBytes: 400, FieldBytes: maxFieldBytes, TextBytes: maxTextBytes, Files: files.Max, FileBytes: 4 * size,
		TotalBytes: int64(files.Max)*size + bodySlack}
}

// readReply reads the form of a reply. What is wrong with it is a fault at its field.
func (m *Module) readReply(w http.ResponseWriter, r *http.Request) (receivedReply, error) {
	l := i18n.From(r.Context())
	in := receivedReply{status: http.StatusUnprocessableEntity}
	files, take := replyFiles(), replyLimits()
	kernelweb.AllowUpload(w, r, take.TotalBytes+1, uploadPerMB)
	values, err := formdata.Read(r, take, func(u formdata.Upload) error {
		s, err := m.Vault.Stage(r.Context(), u, documents.Meta{Name: u.Name, Limits: documents.Limits{MaxBytes: int64(files.MaxMB) * mb, Types: files.Accept}})
		if text := fileFault(l, err, files.MaxMB, files.Accept); text != "" {
			in.faults = append(in.faults, fault{"fil", text})
			return nil //nolint:nilerr // said at the field
		}
		if err == nil {
			in.staged = append(in.staged, s)
		}
		return err
	})
	in.text = values.Get("text")
	if err != nil {
		p := posted{}
		if err := p.blame(r, err); err != nil {
			return in, err
		}
		in.faults = append(in.faults, p.faults...)
		in.status = cmp.Or(p.status, in.status)
	}
	switch n := utf8.RuneCountInString(in.text); {
	case n > maxReply:
		in.faults = append(in.faults, fault{"text", l.T("casetype.too_long", "Max", l.Number(maxReply), "Length", l.Number(int64(n)))})
	case strings.TrimSpace(in.text) == "" && len(in.staged) == 0 && len(in.faults) == 0:
		in.faults = append(in.faults, fault{"text", l.T("public.case.empty")})
	}
	return in, nil
}

// replyWith stores the files and the message. If the message cannot be stored, the files are destroyed again.
func (m *Module) replyWith(ctx context.Context, who cases.Citizen, id, text string, staged []*documents.Staged) error {
	var files []cases.Document
	if len(staged) > 0 {
		err := m.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			files = nil
			for _, s := range staged {
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
	}
	_, err := m.Cases.Reply(ctx, who, id, text, files)
	if err == nil || len(files) == 0 {
		return err
	}
	return errors.Join(err, m.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		for _, f := range files {
			if err := m.Vault.Shred(ctx, tx, f.Document); err != nil {
				return err
			}
		}
		return nil
	}))
}

// keptReply is where a text waits in the session while its writer signs in again.
const keptReply = "reply:"

// replyDenied asks somebody in again and keeps what they wrote.
func (m *Module) replyDenied(w http.ResponseWriter, r *http.Request, base string, denied error) error {
	take := replyLimits()
	take.TotalBytes = maxTextBytes
	values, err := formdata.Read(r, take, func(formdata.Upload) error { return nil })
	text := values.Get("text")
	if err != nil && text == "" { // a large file after the text does not matter: it must be chosen again
		return errors.Join(denied, err)
	}
	if base == "/folj" {
		return m.askCode(w, r, http.StatusUnauthorized, followForm{number: number(r.PathValue("number")), text: text})
	}
	if !errors.Is(denied, identity.ErrNotSignedIn) {
		return denied
	}
	here := base + "/" + r.PathValue("number")
	if text != "" && len(text) <= 4*maxReply {
		if err := m.Sessions.Keep(w, r, keptReply+r.PathValue("number"), text); err != nil {
			return err
		}
	}
	return see(w, r, identity.SignInPath(i18n.From(r.Context()).Path(here)))
}
