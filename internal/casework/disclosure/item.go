package disclosure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

// Outcome is what an officer thinks of a document that is asked for.
type Outcome string

// The outcomes. The zero value is: not assessed.
const (
	Whole    Outcome = "whole"
	Parts    Outcome = "masked"   // a copy without what is secret
	Reserved Outcome = "reserved" // with a condition on how it may be used (förbehåll, OSL 10 kap. 14 §, from general knowledge)
	Refused  Outcome = "refused"
)

// Outcomes lists them in the order of the page.
func Outcomes() []Outcome { return []Outcome{Whole, Parts, Reserved, Refused} }

// Negative tells whether the one who asked gets less than they asked for, and so can have a decision that can be appealed.
func (o Outcome) Negative() bool { return o != Whole && o != "" }

// Kinds of what can be handed out: a file of a case, or a row of its timeline (a message or a decision).
const (
	KindDocument = "document"
	KindEvent    = "event"
)

// Source is where something that is asked for stands.
type Source struct {
	Case string // ID
	Kind string
	N    int // of the document, or of the row of the timeline
}

// Item is something that a request is about, and what was thought of it.
type Item struct {
	ID      string
	Request string // ID of its case
	Source
	Outcome   Outcome
	Law       string // provision of what is refused or taken out
	Note      string // the assessment; only for those who may read the source
	Condition string // of Reserved, as the answer says it
	Mask      string // what was taken out: "3.2 4" of a text, "B2:D3" of a picture
	Secrecy   cases.Secrecy
	By        string
	At        time.Time
	Copy      string // masked copy in the vault
	CopySHA   string
	Original  string // hash of what was masked
	Sent      time.Time
}

// Errors that a page tells.
var (
	ErrUnassessed = errors.New("every document must be assessed before the answer is sent, and again when it has been marked as secret since")
	ErrNothing    = errors.New("no document has been chosen")
	ErrReason     = errors.New("what is refused or taken out needs its provision, and what is marked as secret a few words on why it can be handed out")
	ErrNoMask     = errors.New("nothing is marked to be taken out")
	ErrNotHere    = errors.New("this kind of file cannot be masked here; mask it on paper and add the masked copy")
	ErrSent       = errors.New("it has been handed out")
)

const itemColumns = `id, case_id, source, kind, n, outcome, law, note, reserved, mask, secrecy, assessor, at, copy, copy_sha, original, sent`

func items(ctx context.Context, q store.Queryer, where, value string) ([]Item, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Item, error) {
		var x Item
		var at, sent int64
		err := r.Scan(&x.ID, &x.Request, &x.Case, &x.Kind, &x.N, &x.Outcome, &x.Law, &x.Note, &x.Condition, &x.Mask, &x.Secrecy, &x.By, &at, &x.Copy, &x.CopySHA, &x.Original, &sent)
		if at != 0 {
			x.At = store.Time(at)
		}
		if sent != 0 {
			x.Sent = store.Time(sent)
		}
		return x, err
	}, `SELECT `+itemColumns+` FROM disclosure_item WHERE `+where+` ORDER BY id`, value)
	if err != nil {
		return nil, fmt.Errorf("reading what a request is about: %w", err)
	}
	return list, nil
}

// Found is something of a case that can be chosen or looked into, as its reader may see it.
type Found struct {
	Source
	Number  string // of the case
	Title   string
	Text    string // of a row of the timeline
	File    cases.Document
	Secrecy cases.Secrecy // of itself or its case
	Names   []string      // of the parties
}

// In lists what of a case can be handed out, to an official who may read it. Reading what is marked is journalled.
func (s *Service) In(ctx context.Context, who access.Actor, caseID string) ([]Found, error) {
	view, err := s.cases.View(ctx, who, caseID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range view.Parties {
		names = append(names, p.Name)
	}
	var out []Found
	for _, e := range view.Events {
		switch e.Kind {
		case cases.MessageIn, cases.MessageOut, cases.Decided:
			if strings.TrimSpace(e.Body) != "" {
				out = append(out, Found{Source: Source{caseID, KindEvent, e.N}, Number: view.Case.Number, Title: string(e.Kind), Text: e.Body, Secrecy: view.Case.Secrecy, Names: names})
			}
		}
	}
	for _, d := range view.Documents {
		if !d.Hidden && !d.Internal {
			out = append(out, Found{Source: Source{caseID, KindDocument, d.N}, Number: view.Case.Number, Title: d.Name, File: d, Secrecy: max(view.Case.Secrecy, d.Secrecy), Names: names})
		}
	}
	return out, nil
}

// look finds what an item is about, for one who may read it; store.ErrNotFound for everybody else.
func (s *Service) look(ctx context.Context, who access.Actor, from Source) (Found, error) {
	list, err := s.In(ctx, who, from.Case)
	if err != nil {
		return Found{}, err
	}
	for _, f := range list {
		if f.Source == from {
			return f, nil
		}
	}
	return Found{}, store.ErrNotFound
}

// Items are what a request is about. What it is called is told by Look.
func (s *Service) Items(ctx context.Context, who access.Actor, caseID string) ([]Item, error) {
	if _, err := s.mayWork(ctx, who, caseID); err != nil {
		return nil, err
	}
	return items(ctx, s.db, `case_id = $1`, caseID)
}

// Item is one of them with what it is about. It takes the right to read that as well: who may not gets store.ErrNotFound, and gives the request
// to those who may (OSL 6 kap. 3 §).
func (s *Service) Item(ctx context.Context, who access.Actor, caseID, id string) (Item, Found, error) {
	list, err := s.Items(ctx, who, caseID)
	if err != nil {
		return Item{}, Found{}, err
	}
	for _, x := range list {
		if x.ID == id {
			f, err := s.look(ctx, who, x.Source)
			return x, f, err
		}
	}
	return Item{}, Found{}, store.ErrNotFound
}

// Choose adds documents to a request. Those that are there already are passed over.
func (s *Service) Choose(ctx context.Context, who access.Actor, caseID string, list []Source) error {
	for _, from := range list {
		if from.Case == caseID {
			return store.ErrNotFound
		}
		if _, err := s.look(ctx, who, from); err != nil {
			return err
		}
	}
	_, err := s.cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseDocument, ActionChosen, func(ctx context.Context, a *cases.Act) error {
		added := []Source{}
		for _, from := range list {
			if _, _, err := a.Other(ctx, from.Case, access.CaseRead); err != nil { // the right may have gone since
				return err
			}
			n, err := a.Tx.Exec(ctx, `INSERT INTO disclosure_item (`+itemColumns+`) VALUES ($1, $2, $3, $4, $5, '', '', '', '', '', 0, '', 0, '', '', '', 0)
				ON CONFLICT (case_id, source, kind, n) DO NOTHING`, store.NewID(), caseID, from.Case, from.Kind, from.N)
			if err != nil {
				return fmt.Errorf("choosing a document: %w", err)
			}
			if n > 0 {
				added = append(added, from)
			}
		}
		if len(added) == 0 {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data.To = Chosen, true, strconv.Itoa(len(added))
		a.More = added
		return nil
	})
	return err
}

// Assessment is what an officer thinks of a document.
type Assessment struct {
	Outcome   Outcome
	Law       string
	Note      string
	Condition string
	Words     []string // of a text, as Word.String writes them
	Cells     string   // of a picture
	// Own is a copy that was masked on paper, for files that cannot be masked here.
	Own *documents.Staged
}

// Assess keeps what an officer thinks of a document, and makes the masked copy. The original is not touched.
func (s *Service) Assess(ctx context.Context, who access.Actor, caseID, id string, as Assessment) error {
	x, f, err := s.Item(ctx, who, caseID, id)
	if err != nil {
		return err
	}
	if !x.Sent.IsZero() {
		return ErrSent
	}
	as.Note, as.Condition, as.Law = strings.TrimSpace(as.Note), strings.TrimSpace(as.Condition), strings.TrimSpace(as.Law)
	if as.Outcome.Negative() {
		p, err := cases.ParseProvision(as.Law)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrReason, err)
		}
		as.Law = p.String()
	} else {
		as.Law = ""
	}
	if as.Outcome != Refused && f.Secrecy > cases.Open && as.Note == "" || as.Outcome == Reserved && as.Condition == "" {
		return ErrReason
	}
	fresh := Item{ID: x.ID, Outcome: as.Outcome, Law: as.Law, Note: as.Note, Condition: as.Condition, Secrecy: f.Secrecy}
	var copied *documents.Staged
	if as.Outcome == Parts {
		if copied, fresh.Mask, fresh.Original, err = s.masked(ctx, f, as); err != nil {
			return err
		}
		fresh.Copy, fresh.CopySHA = copied.ID, copied.SHA256
	}
	_, err = s.cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseDocument, ActionAssessed, func(ctx context.Context, a *cases.Act) error {
		if _, _, err := a.Other(ctx, f.Case, access.CaseRead); err != nil {
			return err
		}
		if copied != nil {
			if err := s.vault.Insert(ctx, a.Tx, copied); err != nil {
				return err
			}
		}
		err := a.Tx.ExecOne(ctx, `UPDATE disclosure_item SET outcome = $2, law = $3, note = $4, reserved = $5, mask = $6, secrecy = $7, assessor = $8, at = $9, copy = $10,
			copy_sha = $11, original = $12 WHERE id = $1 AND copy = $13 AND sent = 0`, x.ID, string(fresh.Outcome), fresh.Law, fresh.Note, fresh.Condition, fresh.Mask, int(fresh.Secrecy),
			who.Person, store.Micros(a.Now), fresh.Copy, fresh.CopySHA, fresh.Original, x.Copy)
		if err != nil {
			return fmt.Errorf("keeping an assessment: %w", err)
		}
		if x.Copy != "" { // an earlier try
			if err := s.vault.Shred(ctx, a.Tx, x.Copy); err != nil {
				return err
			}
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data.To, a.Event.Data.Law, a.Event.Data.Ref = Assessed, true, string(fresh.Outcome), fresh.Law, x.ID
		// What was masked is not told, only that what is sent comes from what was kept.
		a.More = map[string]string{"original": fresh.Original, "copy": fresh.CopySHA}
		return nil
	})
	return err
}

// maxText is how long a text file may be to be masked here, in bytes.
const maxText = 1 << 20

// Read gives the words of a text that can be masked word by word; ErrNotHere for every other file.
func (s *Service) Read(ctx context.Context, f Found) (text, hash string, err error) {
	if f.Kind == KindEvent {
		return f.Text, hashOf([]byte(f.Text)), nil
	}
	if f.File.Mime != documents.Text {
		return "", "", ErrNotHere
	}
	b, hash, err := s.bytes(ctx, f, maxText)
	return string(b), hash, err
}

// Picture gives a picture that can be masked; ErrNotHere for every other file.
func (s *Service) Picture(ctx context.Context, f Found) (io.ReadSeeker, string, error) {
	if f.Kind != KindDocument || !isPicture(f.File.Mime) {
		return nil, "", ErrNotHere
	}
	b, hash, err := s.bytes(ctx, f, maxPicture)
	return bytes.NewReader(b), hash, err
}

// maxPicture is how large a picture file may be, in bytes.
const maxPicture = 50 << 20

func (s *Service) bytes(ctx context.Context, f Found, most int64) ([]byte, string, error) {
	d, body, err := s.vault.Open(ctx, f.File.Document)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = body.Close() }()
	if d.Size > most {
		return nil, "", ErrNotHere
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, "", fmt.Errorf("reading what is asked for: %w", err)
	}
	return b, d.SHA256, nil
}
