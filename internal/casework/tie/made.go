package tie

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// making is a case that is made of another one.
type making struct {
	key     string // submission key of the form: sending it twice makes one case
	of      *cases.Case
	ofType  *casetype.CaseType
	to      *casetype.CaseType
	mapped  mapping
	parties []cases.Party
	files   []cases.Document // of the old case, to be copied
	said    []string         // what was taken along, for the officials' eyes
	by      access.Actor
	mandate string
	kind    Kind
	how     how
	reason  string
	afresh  bool // it comes in now, and not when the old case did
}

// make hands the new case in, with its copies, its notes and its relation, in one transaction.
func (s *Service) make(ctx context.Context, m making) (id string, r Relation, err error) {
	if id, err = s.Secrets.CaseID(m.key); err != nil {
		return "", r, fmt.Errorf("making a case of another: %w: %w", cases.ErrKey, err)
	}
	if _, err := s.Cases.Case(ctx, id); err == nil { // sent twice
		return s.made(ctx, m, id)
	} else if !errors.Is(err, store.ErrNotFound) {
		return "", r, err
	}
	m.files = slices.DeleteFunc(slices.Clone(m.files), func(d cases.Document) bool { return d.Hidden })
	copies, err := s.copies(ctx, m.by.Person, m.files)
	if err != nil {
		return "", r, err
	}
	in := cases.Submission{Key: m.key, Type: m.to, Answers: m.mapped.answers, Channel: m.of.Channel, Lang: m.of.Lang, Protected: m.of.Protected,
		By: m.by.Person, Mandate: m.mandate, Of: &cases.Origin{Secrecy: m.of.Secrecy, Parties: m.parties}}
	if !m.afresh {
		in.ReceivedAt = m.of.ReceivedAt
	}
	if m.by.Citizen {
		in.By, in.Person = "", m.by.Person
	}
	for i, c := range copies {
		f := m.files[i]
		in.Of.Secrecy = max(in.Of.Secrecy, f.Secrecy) // what is marked by itself makes the whole of the new case as secret
		in.Files = append(in.Files, cases.Document{Document: c.ID, Name: c.Name, Mime: c.MIME, Size: c.Size, SHA256: c.SHA256, Direction: f.Direction, Internal: f.Internal, Secrecy: f.Secrecy})
	}
	if len(m.said) > 0 {
		in.Of.Notes = []cases.Event{{Kind: TakenAlong, Body: strings.Join(m.said, "\n\n")}}
	}
	in.Of.With = func(ctx context.Context, tx *store.Tx, c *cases.Case) error {
		for _, copied := range copies {
			if err := s.Vault.Insert(ctx, tx, copied); err != nil {
				return fmt.Errorf("copying a document: %w", err)
			}
		}
		r, _, err = s.insert(ctx, tx, Relation{Kind: m.kind, From: c.ID, To: m.of.ID, Reason: m.reason, Actor: m.by.Person, At: s.now(), how: m.how})
		return err
	}
	accepted, err := s.Cases.Submit(ctx, in)
	if err != nil {
		return "", r, err
	}
	if accepted.Again { // another sending was faster
		return s.made(ctx, m, id)
	}
	return id, r, nil
}

// made is the case that the same form made before.
func (s *Service) made(ctx context.Context, m making, id string) (string, Relation, error) {
	r, err := relationBy(ctx, s.DB, `r.from_case = $1 AND r.to_case = $2 AND r.how = $3`, id, m.of.ID, string(m.how))
	if errors.Is(err, store.ErrNotFound) { // the key is somebody else's
		err = cases.ErrKey
	}
	if err != nil {
		return "", r, fmt.Errorf("making a case of another: %w", err)
	}
	return id, r, nil
}

// copies stores the documents once more: a document belongs to one case, and goes with it.
func (s *Service) copies(ctx context.Context, by string, files []cases.Document) ([]*documents.Staged, error) {
	var out []*documents.Staged
	for _, f := range files {
		staged, err := s.copied(ctx, by, f)
		if err != nil {
			return nil, fmt.Errorf("copying a document: %w", err)
		}
		out = append(out, staged)
	}
	return out, nil
}

func (s *Service) copied(ctx context.Context, by string, f cases.Document) (*documents.Staged, error) {
	info, body, err := s.Vault.Open(ctx, f.Document)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	return s.Vault.Stage(ctx, body, documents.Meta{Name: info.Name, By: by, Limits: documents.Limits{MaxBytes: info.Size + 1, Types: []string{info.MIME}, Original: true}})
}

// reasonOf is the reason of a form, or cases.ErrNote.
func reasonOf(text string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", cases.ErrNote
	}
	return text, nil
}

// intake finds the version of a case type that cases are made of today.
func (s *Service) intake(id string) (*casetype.CaseType, error) {
	for _, ct := range s.Types.Open(s.today()) {
		if ct.ID == id {
			return ct, nil
		}
	}
	return nil, refuse(NoType)
}

// warnings are what to think of before a matter becomes a case of another type.
func (s *Service) warnings(of *cases.Case, to *casetype.CaseType) []Reason {
	var out []Reason
	add := func(when bool, r Reason) {
		if when {
			out = append(out, r)
		}
	}
	add(to.Payment != nil, Fee)
	add(to.Sign.Mode != "", Signed)
	add(of.Secrecy == cases.Open && to.Secrecy.Default == casetype.Presumed, MoreSecret)
	add(of.Secrecy > cases.Open && to.Secrecy.Default != casetype.Presumed, StaysAsSecret)
	return out
}

// initiators are the one who handed a matter in and those who act for it: other parties follow only what they are told of.
func initiators(list []cases.Party) []cases.Party {
	if len(list) == 0 {
		return nil
	}
	out := []cases.Party{list[0]}
	for _, p := range list[1:] {
		if p.Ground != "" {
			out = append(out, p)
		}
	}
	return out
}

// missingWords lists what the new case lacks, for the note of the one who takes it over.
func missingWords(l *i18n.Localizer, list []*casetype.Question) string {
	if len(list) == 0 {
		return ""
	}
	lines := []string{l.T("tie.note.missing")}
	for _, q := range list {
		lines = append(lines, "– "+q.Label.In(l.Lang()))
	}
	return strings.Join(lines, "\n")
}

// takenWords lists what became of the answers that did not go along.
func takenWords(l *i18n.Localizer, from *casetype.CaseType, of *cases.Case, lines []Mapped) string {
	var out []string
	for _, m := range lines {
		if !slices.Contains([]Fate{LeftOut, Retyped, Refitted}, m.Fate) {
			continue
		}
		out = append(out, "– "+m.Question.Label.In(l.Lang())+": "+strings.Join(from.Display(m.Question, of.Answers, l.Lang()), ", "))
	}
	if len(out) == 0 {
		return ""
	}
	return l.T("tie.note.left") + "\n" + strings.Join(out, "\n")
}
