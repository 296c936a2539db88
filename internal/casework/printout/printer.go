package printout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// jobKind names the job that puts a paper in the record.
const jobKind = "cases.print"

// Queue is what is needed of the durable queue; *jobs.Queue is one.
type Queue interface {
	Enqueue(ctx context.Context, tx *store.Tx, list ...jobs.Job) error
	Register(kind string, h jobs.Handler, o jobs.Options)
}

// Printer puts the paper of a submission in the record of its case.
type Printer struct {
	Cases *cases.Service
	Types cases.Types
	Vault *documents.Vault
	Queue Queue
	Clock calendar.Clock
	Words func(i18n.Lang) *i18n.Localizer
	Town  i18n.Text
}

// Register makes the job known. Call it before the queue starts.
func (p *Printer) Register() {
	p.Queue.Register(jobKind, p.run, jobs.Options{Concurrency: 1})
}

// asked is the argument of the job: the case.
type asked struct {
	Case string `json:"case"`
}

// Handle is a subscriber of the journal's dispatcher: it asks for a paper of each submission whose case type wants one.
func (p *Printer) Handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	for _, e := range batch {
		if e.Action != cases.ActionSubmitted || e.Payload == nil {
			continue
		}
		var said cases.CaseSubmitted
		if err := json.Unmarshal(e.Payload, &said); err != nil {
			return fmt.Errorf("reading entry %d: %w", e.Seq, err)
		}
		ct, ok := p.Types.Version(said.Type, said.Version)
		if !ok || !Wanted(ct) {
			continue
		}
		if err := p.Queue.Enqueue(ctx, tx, jobs.Job{Kind: jobKind, Args: asked{e.Object.ID}, UniqueKey: jobKind + ":" + e.Object.ID}); err != nil {
			return err
		}
	}
	return nil
}

// run writes one paper. The job ends in the transaction that adds it, so that a case never has two.
func (p *Printer) run(ctx context.Context, run jobs.Run) error {
	var of asked
	if err := run.Decode(&of); err != nil {
		return err
	}
	ctx = store.Background(ctx)
	v, err := p.Cases.Printed(ctx, of.Case)
	if errors.Is(err, store.ErrNotFound) { // erased since
		return nil
	}
	if err != nil {
		return err
	}
	l := p.Words(v.Case.Lang)
	var pdf bytes.Buffer
	if err := Sheet(l, p.Town, v).Write(&pdf); err != nil {
		return err
	}
	size := int64(pdf.Len())
	staged, err := p.Vault.Stage(ctx, &pdf, documents.Meta{Name: FileName(l, v.Case.Number), By: journal.System, Limits: documents.Limits{MaxBytes: size, Types: []string{documents.PDF}, Original: true}})
	if err != nil {
		return err
	}
	file := cases.Document{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256}
	return p.Cases.Print(ctx, of.Case, file, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(p.Vault.Insert(ctx, tx, staged), run.Complete(ctx, tx, p.Clock.Now()))
	})
}
