package web

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/printout"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// ActionExported is the journal's word for that a person has taken out their data.
const ActionExported = "person.exported"

// maxExport bounds how many cases one export holds; a page of them is in memory at a time.
const maxExport = 5000

// export sends all that the municipality has about the reader as one ZIP: JSON for programs, pages for people, and the files. It is written
// while it is sent, so that its size does not matter.
func (m *Module) export(w http.ResponseWriter, r *http.Request) error {
	who, err := resident(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if m.Exports != nil {
		if ok, wait := m.Exports.Allow("export " + who.PersonID); !ok {
			return kernelweb.TooManyError{RetryAfter: wait}
		}
	}
	c, err := m.collect(r, who)
	if err != nil {
		return err
	}
	if _, err := m.Journal.Note(ctx, journal.Entry{Actor: who.PersonID, Action: ActionExported, Object: journal.Ref{Kind: "person", ID: who.PersonID}}); err != nil {
		return fmt.Errorf("journalling an export: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", documents.ZIP)
	h.Set("Content-Disposition", `attachment; filename="mina-uppgifter-`+m.today().String()+`.zip"`)
	h.Set("X-Content-Type-Options", "nosniff")
	e := &exporter{m: m, ctx: ctx, w: w, zip: zip.NewWriter(w), at: m.Clock.Now()}
	if err := e.all(c); err != nil {
		m.Log.ErrorContext(ctx, "sending an export", "err", err)
		panic(http.ErrAbortHandler) // the part that is sent must not look whole
	}
	return nil
}

// exporter writes one ZIP.
type exporter struct {
	m   *Module
	ctx context.Context //nolint:containedctx // of the one request
	w   http.ResponseWriter
	zip *zip.Writer
	at  time.Time
	// index is what the index page lists: small, one row for each case.
	index []exportedCase
}

// exportedCase is a case in the index.
type exportedCase struct {
	folder, number, title, status, received string
	files                                   []string
}

func (e *exporter) create(name string) (io.Writer, error) {
	kernelweb.KeepSending(e.w, uploadPerMB)
	return e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: e.at})
}

func (e *exporter) json(name string, v any) error {
	out, err := e.create(name)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (e *exporter) all(c collected) error {
	if err := e.json("uppgifter.json", c.export()); err != nil {
		return err
	}
	who := cases.Citizen{Person: c.who.PersonID}
	for after, n := "", 0; n < maxExport; {
		page, err := e.m.Cases.Mine(e.ctx, who, after, 50)
		if err != nil {
			return err
		}
		for _, x := range page.Cases {
			if err := e.one(who, x.ID); err != nil {
				return err
			}
			n++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	under, err := e.m.drafts.Mine(e.ctx, c.who.PersonID)
	if err != nil {
		return err
	}
	for i, d := range under {
		if err := e.json(fmt.Sprintf("utkast/%d.json", i+1), map[string]any{"service": d.TypeID, "answers": d.Answers, "changed": d.Changed, "deleted": d.Expires}); err != nil {
			return err
		}
	}
	out, err := e.create("index.html")
	if err != nil {
		return err
	}
	if err := exportIndex(exportView{name: c.who.Name, town: e.m.Town.Name.In(lang(e.ctx)), at: i18n.From(e.ctx).DateTime(e.at), facts: c.words(e.ctx), cases: e.index}).Render(e.ctx, out); err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	return e.zip.Close()
}

// exportView is the index page of an export.
type exportView struct {
	name, town, at string
	facts          []ui.Fact
	cases          []exportedCase
}

func (c collected) words(ctx context.Context) []ui.Fact {
	var out []ui.Fact
	for _, f := range c.facts() {
		out = append(out, ui.Fact{Name: ui.T(ctx, "public.mydata."+f[0]), Value: f[1]})
	}
	return out
}

// one writes a case: what was said and decided, what was handed in as a PDF, and the files.
func (e *exporter) one(who cases.Citizen, id string) error {
	v, err := e.m.Cases.CitizenView(e.ctx, who, id)
	if err != nil {
		return err
	}
	l := i18n.From(e.ctx)
	folder := "arenden/" + slug(v.Case.Number) + "/"
	row := exportedCase{folder: folder, number: v.Case.Number, title: v.Type.Title.In(l.Lang()), status: v.Status.Title.In(l.Lang()), received: l.DateTime(v.Case.ReceivedAt)}
	if err := e.json(folder+"arende.json", exportCase(v, l.Lang())); err != nil {
		return err
	}
	name := printout.FileName(l, v.Case.Number)
	out, err := e.create(folder + name)
	if err != nil {
		return err
	}
	if err := printout.Sheet(l, e.m.Town.Name, v).Write(out); err != nil {
		return err
	}
	row.files = append(row.files, name)
	for _, d := range v.Documents {
		name := fmt.Sprintf("%d-%s", d.N, path.Base(d.Name))
		if err := e.file(folder+name, d.Document); err != nil {
			return err
		}
		row.files = append(row.files, name)
	}
	e.index = append(e.index, row)
	return nil
}

// file copies one document. One that cannot be read now is told of and not left out in silence.
func (e *exporter) file(name, id string) error {
	info, body, err := e.m.Vault.Open(e.ctx, id)
	if errors.Is(err, documents.ErrShredded) || errors.Is(err, documents.ErrPending) || errors.As(err, new(documents.InfectedError)) {
		out, cerr := e.create(name + ".txt")
		if cerr != nil {
			return cerr
		}
		_, cerr = io.WriteString(out, ui.T(e.ctx, "public.mydata.file_missing")+"\n")
		return cerr
	}
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	out, err := e.create(name)
	if err != nil {
		return err
	}
	kernelweb.KeepSending(e.w, time.Duration(info.Size/mb+1)*uploadPerMB)
	_, err = io.Copy(out, body)
	return err
}

// exportCase is a case in JSON: what its citizen may see, in stable words.
func exportCase(v cases.CitizenView, l i18n.Lang) map[string]any {
	events := make([]map[string]any, 0, len(v.Events))
	for _, e := range v.Events {
		events = append(events, map[string]any{"n": e.N, "at": e.At, "kind": e.Kind, "text": e.Body})
	}
	decisions := make([]map[string]any, 0, len(v.Decisions))
	for _, d := range v.Decisions {
		row := map[string]any{"at": d.At, "decision": d.Key, "outcome": d.Outcome, "text": d.Text}
		if kind := v.Type.Decision(d.Key); kind != nil {
			row["title"], row["appeal"] = kind.Title.In(l), kind.Appeal.Text.In(l)
		}
		decisions = append(decisions, row)
	}
	files := make([]map[string]any, 0, len(v.Documents))
	for _, d := range v.Documents {
		files = append(files, map[string]any{"n": d.N, "name": d.Name, "type": d.Mime, "bytes": d.Size, "direction": d.Direction})
	}
	out := map[string]any{
		"number": v.Case.Number, "service": v.Type.ID, "version": v.Type.Version, "title": v.Type.Title.In(l), "status": v.Status.Title.In(l), "received": v.Case.ReceivedAt,
		"due": v.Case.Due.String(), "open": v.Case.Open, "answers": casetype.Answers(v.Case.Answers), "events": events, "decisions": decisions, "files": files,
	}
	if v.Acting.Other() {
		out["acting"] = v.Acting
	}
	return out
}

// export is all but the cases, in JSON.
func (c collected) export() map[string]any {
	type power struct {
		Name, Agent, From, To string
		Types                 []string
		Accepted, Ended       time.Time `json:",omitzero"`
	}
	var given, received []power
	for _, p := range c.given {
		given = append(given, power{p.Name, p.AgentName, p.From.String(), p.To.String(), p.Types, p.Accepted, p.Ended})
	}
	for _, p := range c.received {
		received = append(received, power{p.Name, p.AgentName, p.From.String(), p.To.String(), p.Types, p.Accepted, p.Ended})
	}
	register := map[string]string{}
	for _, f := range c.facts() {
		register[f[0]] = f[1]
	}
	var sessions, entries, readings []map[string]any
	for _, s := range c.sessions {
		sessions = append(sessions, map[string]any{"device": s.Agent, "created": s.Created, "seen": s.Seen})
	}
	for _, e := range c.journal {
		entries = append(entries, map[string]any{"at": e.At, "action": e.Action, "said": e.Payload})
	}
	for _, x := range c.readings {
		readings = append(readings, map[string]any{"at": x.At, "number": x.Number})
	}
	return map[string]any{
		"register": register, "contact": map[string]any{"email": c.wishes.Email, "phone": c.wishes.Phone, "language": c.wishes.Lang, "ways": c.wishes.By},
		"powers_given": given, "powers_received": received, "sessions": sessions, "journal": entries, "readings": readings,
	}
}

// fileHref is the address of a file beside the index.
func fileHref(folder, name string) string { return folder + url.PathEscape(name) }
