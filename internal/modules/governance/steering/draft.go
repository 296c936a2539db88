package steering

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Kinds of object in the journal, and what is done to them.
const (
	kindVersion = "steering_version"

	actionDrafted      = "steering.drafted"
	actionPrepared     = "steering.prepared"
	actionReopened     = "steering.reopened"
	actionAdopted      = "steering.adopted"
	actionRepealed     = "steering.repealed"
	actionAnnotated    = "steering.annotated"
	actionAcknowledged = "steering.acknowledged"
)

// Writing is a draft as somebody writes it.
type Writing struct {
	Document    string // key; of a new document one that is free
	Type        string // of a new document
	Title       i18n.Text
	Public      bool
	Acknowledge bool
	Note        i18n.Text
	Cites       []pack.SteeringCitation
	Sections    []pack.SteeringSection
	Revision    int64 // of the draft that was changed; 0 for a new version
}

// Fields of a draft, as a form calls them.
const (
	FieldKey   = "nyckel"
	FieldType  = "typ"
	FieldTitle = "titel"
	FieldCites = "stod"
	FieldText  = "text"
)

var key = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// held gives the mandate by which somebody is one of the holders, "" if by none.
func held(d *bodies.Directory, who access.Actor, list []pack.SteeringHolder) string {
	for _, h := range list {
		for _, m := range who.Mandates {
			if m.Role == h.Role && (h.Body == "" || m.Body == h.Body) && (h.Unit == "" || m.Unit != "" && d.InSubtree(h.Unit, m.Unit)) {
				return m.ID
			}
		}
	}
	return ""
}

// need gives the mandate by which somebody is one of the holders; else the error is a *bodies.MandateError that names the first of them.
func (s *Service) need(who access.Actor, list []pack.SteeringHolder) (string, error) {
	if m := held(s.Bodies.Directory(), who, list); m != "" {
		return m, nil
	}
	no := &bodies.MandateError{Sentence: "S1-5"}
	if len(list) > 0 {
		no.Role, no.Body = list[0].Role, list[0].Body
	}
	return "", no
}

// MayWrite reports whether somebody may write documents of a type, and MayPrepare whether they say that one is prepared.
func (s *Service) MayWrite(who access.Actor, t *pack.SteeringType) bool {
	return t != nil && held(s.Bodies.Directory(), who, t.WrittenBy) != ""
}

// MayPrepare reports whether somebody may say that a draft of a type is prepared.
func (s *Service) MayPrepare(who access.Actor, t *pack.SteeringType) bool {
	return t != nil && held(s.Bodies.Directory(), who, t.PreparedBy) != ""
}

// Write stores a draft: of a new document, of a new version, or in place of the draft there is. It gives an InvalidError, ErrPrepared,
// store.ErrConflict where somebody else has changed it, and *bodies.MandateError.
func (s *Service) Write(ctx context.Context, who access.Actor, w Writing) (*Version, error) {
	v := &Version{Document: w.Document, Member: s.Member(), Type: w.Type, State: Draft, Title: w.Title, Public: w.Public, Acknowledge: w.Acknowledge,
		Content: &Content{Note: w.Note, Cites: w.Cites, Sections: w.Sections}}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		before, err := s.place(ctx, tx, v, w)
		if err != nil {
			return journal.Entry{}, err
		}
		t := s.Type(v.Type)
		if t == nil {
			return journal.Entry{}, InvalidError{{Field: FieldType, Problem: Unknown, Name: v.Type}}
		}
		mandate, err := s.need(who, t.WrittenBy)
		if err != nil {
			return journal.Entry{}, err
		}
		if faults, err := s.check(ctx, tx, v, t, false); err != nil || len(faults) > 0 {
			return journal.Entry{}, errors.Join(err, asError(faults))
		}
		if err := s.store(ctx, tx, v, before == nil); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: who.Person, Mandate: mandate, Action: actionDrafted, Object: journal.Ref{Kind: kindVersion, ID: v.ID},
			Payload: change{v.Document, v.Number, told(before), told(v)}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("writing steering document %s: %w", w.Document, err)
	}
	return v, nil
}

func asError(faults InvalidError) error {
	if len(faults) == 0 {
		return nil
	}
	return faults
}

// change is what the journal keeps.
type change struct {
	Document      string
	Version       int
	Before, After *version `json:",omitempty"`
}

// version is a version as the journal keeps it.
type version struct {
	ID                  string
	State               State
	Title               i18n.Text
	Public, Acknowledge bool
	From, To, Review    string   `json:",omitempty"`
	Content             *Content `json:",omitempty"`
}

func told(v *Version) *version {
	if v == nil {
		return nil
	}
	return &version{v.ID, v.State, v.Title, v.Public, v.Acknowledge, day(v.From), day(v.To), day(v.Review), v.Content}
}

// place finds what a draft is of: it fills in ID, number and revision, and gives the draft it takes the place of, nil for a new one.
func (s *Service) place(ctx context.Context, tx *store.Tx, v *Version, w Writing) (*Version, error) {
	last, err := s.one(ctx, tx, selectText+`WHERE v.document = $1 ORDER BY v.n DESC LIMIT 1`, v.Document)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if !key.MatchString(v.Document) {
			return nil, InvalidError{{Field: FieldKey, Problem: Malformed}}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO steering_document (key, member, type) VALUES ($1, $2, $3)`, v.Document, v.Member, v.Type); err != nil {
			return nil, err
		}
		v.ID, v.Number, v.Revision = store.NewID(), 1, 1
		return nil, nil //nolint:nilnil // there was none
	case err != nil:
		return nil, err
	case w.Type != "" && w.Revision == 0 && w.Type != last.Type:
		return nil, InvalidError{{Field: FieldKey, Problem: Taken, Name: last.Title["sv"]}}
	}
	v.Member, v.Type = last.Member, last.Type
	switch {
	case last.State == Prepared:
		return nil, ErrPrepared
	case last.State == Draft && w.Revision != last.Revision:
		return nil, store.ErrConflict
	case last.State == Draft:
		v.ID, v.Number, v.Revision = last.ID, last.Number, last.Revision+1
		return last, nil
	case w.Revision != 0: // the draft was adopted meanwhile
		return nil, store.ErrConflict
	}
	v.ID, v.Number, v.Revision = store.NewID(), last.Number+1, 1
	return nil, nil //nolint:nilnil // there was none
}

// check says what is wrong with a draft; whole: it is to leave the state of a draft.
func (s *Service) check(ctx context.Context, tx *store.Tx, v *Version, t *pack.SteeringType, whole bool) (InvalidError, error) {
	var out InvalidError
	if v.Title["sv"] == "" || v.Title["en"] == "" {
		out = append(out, Fault{Field: FieldTitle, Problem: Missing})
	}
	if len(v.Sections) == 0 {
		out = append(out, Fault{Field: FieldText, Problem: Missing})
	}
	under := len(t.Cites) == 0
	for _, c := range v.Cites {
		cited, err := s.one(ctx, tx, selectText+`WHERE v.document = $1 AND v.state IN ('faststalld', 'ersatt') ORDER BY v.n DESC LIMIT 1`, c.Document)
		if errors.Is(err, store.ErrNotFound) || err == nil && !slices.ContainsFunc(cited.Sections, func(sec pack.SteeringSection) bool { return sec.ID == c.Section }) {
			out = append(out, Fault{Field: FieldCites, Problem: Unknown, Name: c.Document + "#" + c.Section})
			continue
		}
		if err != nil {
			return nil, err
		}
		under = under || slices.Contains(t.Cites, cited.Type)
	}
	if whole && !under {
		var names []string
		for _, k := range t.Cites {
			if other := s.Type(k); other != nil {
				names = append(names, strings.ToLower(other.Title["sv"]))
			}
		}
		out = append(out, Fault{Field: FieldCites, Problem: Uncited, Name: strings.Join(names, ", ")})
	}
	for _, r := range v.rules() {
		if other, ok := s.rule(ctx, r.ID); ok && other.Document != v.Document {
			out = append(out, Fault{Field: FieldText, Problem: Taken, Name: r.ID})
		}
	}
	return out, nil
}

// store writes a version and the sections it cites.
func (s *Service) store(ctx context.Context, tx *store.Tx, v *Version, isNew bool) error {
	content, hash, err := v.encode()
	if err != nil {
		return err
	}
	v.Rules, v.ChangedAt = len(v.rules()), s.Clock.Now()
	query := `UPDATE steering_version SET document = $2, n = $3, state = $4, title_sv = $5, title_en = $6, public = $7, acknowledge = $8, from_day = $9, to_day = $10, review_day = $11, decision = $12,
		ended_by = $13, rules = $14, revision = $15, changed_at = $16, hash = $17, content = $18 WHERE id = $1 AND revision = $15 - 1`
	if isNew {
		query = `INSERT INTO steering_version (id, document, n, state, title_sv, title_en, public, acknowledge, from_day, to_day, review_day, decision, ended_by, rules, revision, changed_at, hash, content)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	}
	if err := tx.ExecOne(ctx, query, v.ID, v.Document, v.Number, string(v.State), v.Title["sv"], v.Title["en"], store.Bool(v.Public), store.Bool(v.Acknowledge), day(v.From), day(v.To), day(v.Review),
		v.Decision, v.EndedBy, v.Rules, v.Revision, store.Micros(v.ChangedAt), hash, content); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM steering_cite WHERE version = $1`, v.ID); err != nil {
		return err
	}
	for _, c := range v.Cites {
		if _, err := tx.Exec(ctx, `INSERT INTO steering_cite (version, document, section) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, v.ID, c.Document, c.Section); err != nil {
			return err
		}
	}
	return nil
}

// Prepare says that a draft is prepared: the body can decide. What its type asks for must be there.
func (s *Service) Prepare(ctx context.Context, who access.Actor, id string, revision int64) error {
	return s.move(ctx, who, id, revision, Draft, Prepared, actionPrepared)
}

// Reopen takes a prepared version back, so that it can be changed.
func (s *Service) Reopen(ctx context.Context, who access.Actor, id string, revision int64) error {
	return s.move(ctx, who, id, revision, Prepared, Draft, actionReopened)
}

func (s *Service) move(ctx context.Context, who access.Actor, id string, revision int64, from, to State, action string) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		before, err := s.one(ctx, tx, selectText+`WHERE v.id = $1`, id)
		if err != nil {
			return journal.Entry{}, err
		}
		t := s.Type(before.Type)
		if t == nil {
			return journal.Entry{}, InvalidError{{Field: FieldType, Problem: Unknown, Name: before.Type}}
		}
		mandate, err := s.need(who, t.PreparedBy)
		if err != nil {
			return journal.Entry{}, err
		}
		if before.State != from || before.Revision != revision {
			return journal.Entry{}, store.ErrConflict
		}
		after := changed(before)
		after.State, after.Prepared = to, nil
		if to == Prepared {
			if faults, err := s.check(ctx, tx, before, t, true); err != nil || len(faults) > 0 {
				return journal.Entry{}, errors.Join(err, asError(faults))
			}
			after.Prepared = &Signature{who.Person, mandate, s.Clock.Now().UTC()}
		}
		if err := s.store(ctx, tx, after, false); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: who.Person, Mandate: mandate, Action: action, Object: journal.Ref{Kind: kindVersion, ID: id},
			Payload: change{before.Document, before.Number, short(before), short(after)}}, nil
	})
	if err != nil {
		return fmt.Errorf("moving a steering document to %s: %w", to, err)
	}
	return nil
}

// changed is a copy of a version to change, with the next revision.
func changed(v *Version) *Version {
	out, content := *v, *v.Content
	out.Content, out.Revision = &content, v.Revision+1
	return &out
}

// short is a version in the journal without its text, which did not change.
func short(v *Version) *version {
	out := told(v)
	if out != nil {
		out.Content = nil
	}
	return out
}
