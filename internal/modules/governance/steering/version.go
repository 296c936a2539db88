package steering

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// State is how far a version has come.
type State string

// The states, in their order. What was adopted becomes replaced by a later version, or repealed by a decision.
const (
	Draft    State = "utkast"
	Prepared State = "beredd"
	Adopted  State = "faststalld"
	Replaced State = "ersatt"
	Repealed State = "upphavd"
)

// Version is one version of a steering document.
type Version struct {
	ID       string
	Document string // key of the document
	Member   string
	Type     string // key of the type
	Number   int    // from 1
	State    State
	Title    i18n.Text
	// Public versions are for everybody; the others for those who work here.
	Public bool
	// Acknowledge is set when every employee confirms that they have read it.
	Acknowledge bool
	From, To    calendar.Date // first and last day; To is zero until it is known
	Review      calendar.Date
	Decision    string // ID of the decision that adopted it; "" where the holder of a role did
	EndedBy     string // ID of the decision that repealed it
	Rules       int    // how many sentences demand something
	Revision    int64  // counts changes, for the optimistic lock
	ChangedAt   time.Time
	*Content    // nil in lists
}

// Content is the text of a version and what belongs to it.
type Content struct {
	Note     i18n.Text `json:",omitempty"` // where the text is from
	Cites    []pack.SteeringCitation
	Sections []pack.SteeringSection
	Prepared *Signature `json:",omitempty"`
	Adopted  *Signature `json:",omitempty"`
}

// Signature is who did something, under which mandate, and when.
type Signature struct {
	Person, Mandate string
	At              time.Time
}

// InForce reports whether the version applies on a day.
func (v *Version) InForce(on calendar.Date) bool {
	return v.Fixed() && !on.Before(v.From) && (v.To.IsZero() || !on.After(v.To))
}

// Fixed reports whether the text was adopted and cannot change any more.
func (v *Version) Fixed() bool {
	return v.State == Adopted || v.State == Replaced || v.State == Repealed
}

// Path is the address of the version, without language: the public one, or for those who work here.
func (v *Version) Path() string {
	if v.Public && v.Fixed() {
		return fmt.Sprintf("%s/%s/%d", Path, v.Document, v.Number)
	}
	return v.StaffPath()
}

// StaffPath is the version's page for those who work here.
func (v *Version) StaffPath() string { return fmt.Sprintf("%s/%s/%d", PathStaff, v.Document, v.Number) }

// rules are the sentences that demand something, each ID once with all of its text.
func (c *Content) rules() []Rule {
	var out []Rule
	at := map[string]int{}
	for _, sec := range c.Sections {
		for _, par := range sec.Paragraphs {
			for _, s := range par.Sentences {
				if s.ID == "" {
					continue
				}
				if i, ok := at[s.ID]; ok {
					out[i].Text += " " + s.Text
					continue
				}
				at[s.ID] = len(out)
				out = append(out, Rule{ID: s.ID, Text: s.Text, En: s.En, Kind: s.Kind, Section: sec.ID})
			}
		}
	}
	return out
}

// Rule is a sentence that demands something.
type Rule struct {
	ID, Text, En string
	Kind         pack.SentenceKind
	Section      string
}

// wording is all of a text that was decided: what stands in it and under which IDs.
func (c *Content) wording() string {
	var b strings.Builder
	for _, sec := range c.Sections {
		fmt.Fprintf(&b, "%s %d %s\n", sec.ID, sec.Level, sec.Title)
		for _, par := range sec.Paragraphs {
			b.WriteString(string(par.Form) + "¶")
			for _, s := range par.Sentences {
				b.WriteString(s.ID + " " + s.Text + "\n")
			}
		}
	}
	return b.String()
}

// encode gives the content as it is stored, and its hash.
func (c *Content) encode() (text, hash string, err error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return "", "", fmt.Errorf("writing a steering document: %w", err)
	}
	sum := sha256.Sum256(raw)
	return string(raw), hex.EncodeToString(sum[:]), nil
}

// columns are those of scan; with content only where a page shows the text.
const columns = `v.id, v.document, d.member, d.type, v.n, v.state, v.title_sv, v.title_en, v.public, v.acknowledge, v.from_day, v.to_day, v.review_day, v.decision, v.ended_by, v.rules, v.revision, v.changed_at`

const (
	selectRow  = `SELECT ` + columns + `, '' FROM steering_version v JOIN steering_document d ON d.key = v.document `
	selectText = `SELECT ` + columns + `, v.content FROM steering_version v JOIN steering_document d ON d.key = v.document `
)

func (s *Service) scan(r *store.Rows) (*Version, error) {
	v := &Version{}
	var sv, en, from, to, review, content string
	var public, acknowledge int
	var at int64
	if err := r.Scan(&v.ID, &v.Document, &v.Member, &v.Type, &v.Number, &v.State, &sv, &en, &public, &acknowledge, &from, &to, &review, &v.Decision, &v.EndedBy, &v.Rules, &v.Revision, &at, &content); err != nil {
		return nil, err
	}
	v.Title, v.Public, v.Acknowledge, v.ChangedAt = i18n.Text{i18n.SV: sv, i18n.EN: en}, public == 1, acknowledge == 1, store.Time(at)
	for _, day := range []struct {
		text string
		into *calendar.Date
	}{{from, &v.From}, {to, &v.To}, {review, &v.Review}} {
		if day.text == "" {
			continue
		}
		var err error
		if *day.into, err = calendar.ParseDate(day.text); err != nil {
			return nil, fmt.Errorf("reading a day of %s: %w", v.ID, err)
		}
	}
	if content == "" {
		return v, nil
	}
	var err error
	v.Content, err = s.parsed(v.ID, v.Revision, content)
	return v, err
}

// text is a content that was read, as it was at a revision.
type text struct {
	revision int64
	content  *Content
}

// parsed reads a content, once for each revision. Nobody changes what it gives.
func (s *Service) parsed(id string, revision int64, content string) (*Content, error) {
	if known, ok := s.texts.Load(id); ok && known.(text).revision == revision { //nolint:forcetypeassert // nothing else is kept there
		return known.(text).content, nil //nolint:forcetypeassert // as above
	}
	c := &Content{}
	if err := json.Unmarshal([]byte(content), c); err != nil {
		return nil, fmt.Errorf("reading the text of %s: %w", id, err)
	}
	s.texts.Store(id, text{revision, c})
	return c, nil
}

func day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// one gives the first of what a query finds, or store.ErrNotFound.
func (s *Service) one(ctx context.Context, q store.Queryer, query string, args ...any) (*Version, error) {
	list, err := store.All(ctx, q, s.scan, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading a steering document: %w", err)
	}
	if len(list) == 0 {
		return nil, store.ErrNotFound
	}
	return list[0], nil
}
