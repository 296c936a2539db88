package lawbook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// Change is a change to what a case type cites, for those who own the case type to look at.
type Change struct {
	ID       string
	Type     string // id of the case type
	Unit     string // that owned it when the change came
	SFS      string
	Place    string // as the case type cites it: "9 kap. 30 §"; "" for the whole statute
	Chapter  string
	Section  string
	Old, New string // the §§ that differ, each with its number; New is "" when they are gone
	At       time.Time
	SeenAt   time.Time // zero: open
	SeenBy   string
	Done     string
}

// Errors of changes that a page answers.
var (
	ErrNothingDone = errors.New("what was done is not said")
	ErrAssessed    = errors.New("the change has been assessed")
)

// cited is a provision that a case type builds on.
type cited struct {
	typeID, unit string
	law          casetype.Law
	statute.Citation
}

// Laws are the provisions that a case type builds on: its legal basis, the time a statute gives, and the secrecy that may be.
func Laws(ct *casetype.CaseType) []casetype.Law {
	out := append([]casetype.Law{}, ct.LegalBasis...)
	if ct.Deadlines.Statutory != nil {
		out = append(out, ct.Deadlines.Statutory.Law)
	}
	out = append(out, ct.Secrecy.Provisions...)
	seen := map[string]bool{}
	n := 0
	for _, l := range out {
		if key := l.SFS + " " + l.Chapter + ":" + l.Section; !seen[key] {
			seen[key] = true
			out[n] = l
			n++
		}
	}
	return out[:n]
}

// cited is what the case types of today build on, by statute.
func (s *Service) cited() map[string][]cited {
	out := map[string][]cited{}
	for _, ct := range s.Types.Open(s.today()) {
		for _, l := range Laws(ct) {
			c := statute.Cite(l.SFS, l.Chapter, l.Section)
			out[c.SFS] = append(out[c.SFS], cited{typeID: ct.ID, unit: ct.Owner.Unit, law: l, Citation: c})
		}
	}
	return out
}

// wording is a § as a comparison sees it.
type wording struct{ label, hash, text string }

// raise compares a statute with what the book holds, where case types cite it, and notes what differs.
func (s *Service) raise(ctx context.Context, tx *store.Tx, p *prepared, by []cited) (int, error) {
	if len(by) == 0 || !p.st.HasText() {
		return 0, nil
	}
	old, err := store.All(ctx, tx, scanPart, selectPart+` WHERE sfs = $1 AND kind = 'section' ORDER BY n`, p.st.SFS)
	if err != nil || len(old) == 0 { // the book had no text of it
		return 0, err
	}
	raised := 0
	for _, c := range by {
		was, is := differing(wordings(old, c.Citation), wordings(p.st.Parts, c.Citation))
		if was.hash == is.hash {
			continue
		}
		n, err := s.note(ctx, tx, c, was, is)
		if err != nil {
			return 0, err
		}
		raised += n
	}
	return raised, nil
}

// wordings are the §§ that a citation covers, in the order of the text; all wordings of a § in one.
func wordings(parts []statute.Part, c statute.Citation) []wording {
	var out []wording
	for _, p := range parts {
		if p.Kind != statute.Section || !c.Covers(p.Chapter, p.Number) {
			continue
		}
		w := wording{p.Label(), p.Hash(), heading(p) + "\n" + p.Text()}
		if n := len(out); n > 0 && out[n-1].label == w.label {
			out[n-1].hash += w.hash
			out[n-1].text += "\n" + w.text
			continue
		}
		out = append(out, w)
	}
	return out
}

// heading is the number of a § with the marks of its days.
func heading(p statute.Part) string {
	if i := strings.IndexByte(p.Line, '/'); i > 0 {
		return p.Label() + " " + p.Line[i:]
	}
	return p.Label()
}

// differing gives what is only in the one and only in the other, each as one text.
func differing(old, now []wording) (was, is wording) {
	only := func(list, other []wording) wording {
		there := map[string]string{}
		for _, w := range other {
			there[w.label] = w.hash
		}
		var out wording
		var texts []string
		for _, w := range list {
			if there[w.label] != w.hash {
				out.hash += w.hash
				texts = append(texts, w.text)
			}
		}
		out.text = strings.Join(texts, "\n\n")
		if len(out.hash) > 64 { // of many §§
			out.hash = (statute.Part{Stycken: []string{out.hash}}).Hash()
		}
		return out
	}
	return only(old, now), only(now, old)
}

// maxText bounds what of a change is kept to show, in bytes.
const maxText = 200_000

// note stores a change; a change that is open already gets the newest wording, and stays compared with the wording before it.
func (s *Service) note(ctx context.Context, tx *store.Tx, c cited, was, is wording) (int, error) {
	cut := func(text string) string {
		if len(text) > maxText {
			return strings.ToValidUTF8(text[:maxText], "") + " …"
		}
		return text
	}
	n, err := tx.Exec(ctx, `UPDATE law_change SET new_hash = $5, new_text = $6, at = $7 WHERE type_id = $1 AND sfs = $2 AND chapter = $3 AND section = $4 AND seen_at = 0`,
		c.typeID, c.law.SFS, c.law.Chapter, c.law.Section, is.hash, cut(is.text), store.Micros(s.Clock.Now()))
	if err != nil || n > 0 {
		return 0, err
	}
	place := strings.TrimSpace(strings.TrimPrefix((casetype.Law{SFS: c.law.SFS, Chapter: c.law.Chapter, Section: c.law.Section}).String(), " ("+c.law.SFS+")"))
	_, err = tx.Exec(ctx, `INSERT INTO law_change (id, type_id, unit, sfs, place, chapter, section, old_hash, new_hash, old_text, new_text, at, seen_at, seen_by, done)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '', '')`,
		store.NewID(), c.typeID, c.unit, c.law.SFS, place, c.law.Chapter, c.law.Section, was.hash, is.hash, cut(was.text), cut(is.text), store.Micros(s.Clock.Now()))
	return 1, err
}

const selectChange = `SELECT id, type_id, unit, sfs, place, chapter, section, old_text, new_text, at, seen_at, seen_by, done FROM law_change`

func scanChange(rows *store.Rows) (Change, error) {
	var c Change
	var at, seen int64
	err := rows.Scan(&c.ID, &c.Type, &c.Unit, &c.SFS, &c.Place, &c.Chapter, &c.Section, &c.Old, &c.New, &at, &seen, &c.SeenBy, &c.Done)
	c.At, c.SeenAt = store.Time(at), store.Time(seen)
	return c, err
}

// Changes gives the open changes, or those that have been assessed, newest first.
func (s *Service) Changes(ctx context.Context, open bool) ([]Change, error) {
	where := ` WHERE seen_at = 0 ORDER BY at DESC, id`
	if !open {
		where = ` WHERE seen_at <> 0 ORDER BY seen_at DESC, id LIMIT 200`
	}
	list, err := store.All(ctx, s.DB, scanChange, selectChange+where)
	if err != nil {
		return nil, fmt.Errorf("reading changes of law: %w", err)
	}
	return list, nil
}

// Change gives one change.
func (s *Service) Change(ctx context.Context, id string) (Change, error) {
	list, err := store.All(ctx, s.DB, scanChange, selectChange+` WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Change{}, fmt.Errorf("reading a change of law: %w", err)
	}
	return list[0], nil
}

// Assess closes a change with what was done about it. The caller has seen that by may.
func (s *Service) Assess(ctx context.Context, by bodies.By, id, done string) error {
	if done = strings.TrimSpace(done); done == "" {
		return ErrNothingDone
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `UPDATE law_change SET seen_at = $2, seen_by = $3, done = $4 WHERE id = $1 AND seen_at = 0`, id, store.Micros(s.Clock.Now()), by.Person, done)
		if err == nil && n == 0 {
			err = ErrAssessed
		}
		return journal.Entry{Actor: by.Person, Mandate: by.Mandate, Action: ActionAssessed, Object: journal.Ref{Kind: changeKind, ID: id}, Payload: map[string]any{"done": done}}, err
	})
	s.stale.Store(true)
	if err != nil {
		return fmt.Errorf("assessing a change of law: %w", err)
	}
	return nil
}

// Waiting is how many open changes there are for units that the filter lets through.
func (s *Service) Waiting(ctx context.Context, of func(unit string) bool) (int, error) {
	b, err := s.books(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for unit, k := range b.waiting {
		if of(unit) {
			n += k
		}
	}
	return n, nil
}
