package pack

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Where the steering documents of a pack are: their types in a file, one version of a document in each file of a folder. Both may be missing.
const (
	steeringFile = "steering.yaml"
	steeringDocs = "styrning"
)

// SteeringTypes is steering.yaml: the types of steering document, and who decides each (S1-5, S4-KF-1, S4-LG-1, S6-1, S6-2).
type SteeringTypes struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       SteeringTypesKind   `yaml:"kind" need:"yes"`
	Types      []SteeringType      `yaml:"types" need:"yes"` // from the top down: what stands first steers what comes after
}

// SteeringTypesKind is the kind of the file.
type SteeringTypesKind string

// Values lists the kind.
func (SteeringTypesKind) Values() []string { return []string{"SteeringTypes"} }

// SteeringType is a type of steering document. Either a body adopts it, by a decision, or the holder of a role.
type SteeringType struct {
	Key        string           `yaml:"key" need:"yes"`
	Title      i18n.Text        `yaml:"title" need:"yes"`
	Plural     i18n.Text        `yaml:"plural" need:"yes"`
	Action     string           `yaml:"action"`    // reserved action: its row in reserved-actions.yaml says which body adopts
	AdoptedBy  *SteeringHolder  `yaml:"adoptedBy"` // in its place: the holder of a role
	WrittenBy  []SteeringHolder `yaml:"writtenBy" need:"yes"`
	PreparedBy []SteeringHolder `yaml:"preparedBy" need:"yes"` // who says that a draft is prepared (beredd)
	Cites      []string         `yaml:"cites"`                 // a version cites a section of a document of one of these types; none: it need not
	Review     calendar.Period  `yaml:"review" need:"yes"`     // from adoption to the next review, unless another day is decided
	Remind     calendar.Period  `yaml:"remind" need:"yes"`     // how long before the review a reminder comes
}

// SteeringHolder is whoever holds a role, at a body or unit if one is named.
type SteeringHolder struct {
	Role string `yaml:"role" need:"yes"`
	Body string `yaml:"body"`
	Unit string `yaml:"unit"`
}

// SteeringDocument is one version of a steering document.
type SteeringDocument struct {
	APIVersion  casetype.APIVersion  `yaml:"apiVersion" need:"yes"`
	Kind        SteeringDocumentKind `yaml:"kind" need:"yes"`
	Key         string               `yaml:"key" need:"yes"`
	Version     int                  `yaml:"version" need:"yes"`
	Type        string               `yaml:"type" need:"yes"`
	Title       i18n.Text            `yaml:"title" need:"yes"`
	Public      bool                 `yaml:"public" need:"yes"`
	Acknowledge bool                 `yaml:"acknowledge"` // every employee confirms that they have read it
	Decision    string               `yaml:"decision"`    // key in people.yaml of the decision that adopted it; none: it is a draft
	From        calendar.Date        `yaml:"from"`        // first day, of an adopted version
	Review      calendar.Date        `yaml:"review"`      // of an adopted version
	Note        i18n.Text            `yaml:"note"`        // about the text: where it is from
	Cites       []SteeringCitation   `yaml:"cites"`
	Sections    []SteeringSection    `yaml:"sections" need:"yes"`
}

// SteeringDocumentKind is the kind of the file.
type SteeringDocumentKind string

// Values lists the kind.
func (SteeringDocumentKind) Values() []string { return []string{"SteeringDocument"} }

// SteeringCitation is the section of another document that a document rests on.
type SteeringCitation struct {
	Document string `yaml:"document" need:"yes"`
	Section  string `yaml:"section" need:"yes"`
}

// SteeringSection is a heading and what stands under it.
type SteeringSection struct {
	ID         string              `yaml:"id" need:"yes"` // its anchor: "4-kommunstyrelsen"
	Title      string              `yaml:"title" need:"yes"`
	Level      int                 `yaml:"level"` // 1 (also when left out), 2 or 3
	Paragraphs []SteeringParagraph `yaml:"paragraphs"`
}

// SteeringParagraph is a paragraph of sentences.
type SteeringParagraph struct {
	Form      ParagraphForm      `yaml:"form"`
	Sentences []SteeringSentence `yaml:"sentences" need:"yes"`
}

// ParagraphForm is how a paragraph stands on the page.
type ParagraphForm string

// An ordinary paragraph has no form; an item stands in a list.
const ParagraphItem ParagraphForm = "item"

// Values lists the forms.
func (ParagraphForm) Values() []string { return []string{string(ParagraphItem)} }

// SteeringSentence is a sentence, or the part of one that demands a thing of its own. Text is as it was adopted, in Swedish.
type SteeringSentence struct {
	Text string       `yaml:"text" need:"yes"`
	ID   string       `yaml:"id"`   // "S3-4"; none: it demands nothing
	Kind SentenceKind `yaml:"kind"` // none: it states something
	En   string       `yaml:"en"`   // what it says in short, in English
}

// SentenceKind is how far a sentence binds: from a soft one one may depart, with a reason (PR-5).
type SentenceKind string

// Hard is ska, skall, ansvarar för; soft is bör, i första hand, som generell regel, i möjligaste mån.
const (
	SentenceHard SentenceKind = "hard"
	SentenceSoft SentenceKind = "soft"
)

// Values lists the kinds.
func (SentenceKind) Values() []string { return []string{string(SentenceHard), string(SentenceSoft)} }

// SteeringType gives a type by key, nil if there is none.
func (p *Pack) SteeringType(key string) *SteeringType {
	for i := range p.SteeringTypes {
		if p.SteeringTypes[i].Key == key {
			return &p.SteeringTypes[i]
		}
	}
	return nil
}

// steeringDoc is the file of a version of a document.
type steeringDoc struct {
	*source
	doc *SteeringDocument
}

// readSteering reads the files under styrning.
func (l *loader) readSteering() []steeringDoc {
	entries, err := fs.ReadDir(l.fsys, steeringDocs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.problems = append(l.problems, Problem{File: steeringDocs, Line: 1, Column: 1, Message: "the folder cannot be read"})
		return nil
	}
	var out []steeringDoc
	var t types
	for _, e := range entries {
		name := path.Join(steeringDocs, e.Name())
		if path.Ext(name) != ".yaml" || e.IsDir() {
			l.problems = append(l.problems, Problem{File: name, Line: 1, Column: 1, Message: "a steering document is a file that ends in .yaml"})
			continue
		}
		doc := &SteeringDocument{}
		out = append(out, steeringDoc{readWith(&t, l.fsys, name, doc), doc})
	}
	return out
}

// steering checks the types, and the documents against them and each other.
func (r *resolver) steering() {
	s, p := r.sources[steeringFile], r.pack
	known := map[string]*SteeringType{}
	for i := range p.SteeringTypes {
		t, at := &p.SteeringTypes[i], fmt.Sprintf("types[%d]", i)
		unique(s, known, t.Key, t, at+".key", slug)
	}
	actions := map[string]*ReservedAction{}
	for i := range p.Reserved.Actions {
		actions[p.Reserved.Actions[i].Action] = &p.Reserved.Actions[i]
	}
	for i := range p.SteeringTypes {
		t, at := &p.SteeringTypes[i], fmt.Sprintf("types[%d]", i)
		switch {
		case (t.Action == "") == (t.AdoptedBy == nil):
			s.report(at, "", "type %s needs either action (a body adopts) or adoptedBy (the holder of a role)", t.Key)
		case t.Action != "":
			refers(s, actions, "reserved action", t.Action, at+".action")
		default:
			r.holder(s, *t.AdoptedBy, at+".adoptedBy")
		}
		for j, h := range t.WrittenBy {
			r.holder(s, h, fmt.Sprintf("%s.writtenBy[%d]", at, j))
		}
		for j, h := range t.PreparedBy {
			r.holder(s, h, fmt.Sprintf("%s.preparedBy[%d]", at, j))
		}
		for _, time := range []struct {
			key string
			calendar.Period
		}{{"review", t.Review}, {"remind", t.Remind}} {
			if time.Unit == calendar.Business {
				s.report(at+"."+time.key, "", "the time to a review is counted in calendar time; write P1Y")
			}
		}
		for j, key := range t.Cites {
			refers(s, known, "type of steering document", key, fmt.Sprintf("%s.cites[%d]", at, j))
		}
	}
	r.steeringDocuments(known, actions)
}

// holder checks the role and place of a holder.
func (r *resolver) holder(s *source, h SteeringHolder, at string) {
	refers(s, r.roles, "role", h.Role, at+".role")
	if h.Role == access.Auditor || h.Role == access.SystemAdmin {
		s.report(at+".role", "", "the role %s changes nothing of what the municipality decides", h.Role)
	}
	if h.Body != "" {
		refers(s, r.pack.bodies, "body", h.Body, at+".body")
	}
	if h.Unit != "" {
		refers(s, r.pack.units, "unit", h.Unit, at+".unit")
	}
}

// anchor is the shape of the ID of a section, rule that of a sentence.
var (
	anchor = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	rule   = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
)

func (r *resolver) steeringDocuments(known map[string]*SteeringType, actions map[string]*ReservedAction) {
	slices.SortStableFunc(r.docs, func(a, b steeringDoc) int {
		return cmp.Or(cmp.Compare(a.doc.Key, b.doc.Key), cmp.Compare(a.doc.Version, b.doc.Version))
	})
	sections := map[string]map[string]bool{} // of all versions of each document
	types, owner, versions := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, f := range r.docs {
		d := f.doc
		if sections[d.Key] == nil {
			sections[d.Key] = map[string]bool{}
		}
		for _, sec := range d.Sections {
			sections[d.Key][sec.ID] = true
		}
		if !slug.MatchString(d.Key) {
			f.report("key", "", "the key %q is not lower-case letters, digits and hyphens", d.Key)
		}
		if id := fmt.Sprintf("%s %d", d.Key, d.Version); versions[id] {
			f.report("version", "", "version %d of %s is in another file too", d.Version, d.Key)
		} else {
			versions[id] = true
		}
		if d.Version < 1 {
			f.report("version", "", "versions are counted from 1")
		}
		if t, ok := types[d.Key]; ok && t != d.Type {
			f.report("type", "", "document %s is of type %s in another version", d.Key, t)
		}
		types[d.Key] = d.Type
	}
	for _, f := range r.docs {
		t := known[f.doc.Type]
		if t == nil {
			f.report("type", casetype.Nearest(f.doc.Type, slices.Sorted(maps.Keys(known))), "there is no type of steering document %q in %s", f.doc.Type, steeringFile)
			continue
		}
		r.adoption(f, t, actions)
		r.wording(f, owner)
		under := len(t.Cites) == 0
		for i, c := range f.doc.Cites {
			at := fmt.Sprintf("cites[%d]", i)
			switch {
			case sections[c.Document] == nil:
				f.report(at+".document", casetype.Nearest(c.Document, slices.Sorted(maps.Keys(sections))), "there is no steering document %q", c.Document)
			case !sections[c.Document][c.Section]:
				f.report(at+".section", casetype.Nearest(c.Section, slices.Sorted(maps.Keys(sections[c.Document]))), "document %s has no section %q", c.Document, c.Section)
			}
			under = under || slices.Contains(t.Cites, types[c.Document])
		}
		if !under {
			f.report("type", "", "a document of type %s cites at least one section of a document of type %s; add cites", t.Key, strings.Join(t.Cites, " or "))
		}
	}
}

// adoption checks that what adopted a version could: a decision of the body that the type is reserved to.
func (r *resolver) adoption(f steeringDoc, t *SteeringType, actions map[string]*ReservedAction) {
	d := f.doc
	if d.Decision == "" {
		if !d.From.IsZero() {
			f.report("from", "", "a version without a decision is a draft and applies from no day; add decision")
		}
		return
	}
	if d.From.IsZero() {
		f.report("", "", "an adopted version says from which day it applies; add from")
	}
	if !refers(f.source, r.besluts, "decision", d.Decision, "decision") {
		return
	}
	by := r.besluts[d.Decision]
	if a := actions[t.Action]; a != nil && a.Body != by.Body {
		f.report("decision", "", "a document of type %s is adopted by %s (%s); the decision is of %s", t.Key, a.Body, a.Sentence, by.Body)
	}
	if d.From.Before(by.Date) {
		f.report("from", "", "the version applies from before the day it was decided, %s", by.Date)
	}
}

// wording checks the sections and sentences of a version. owner is the document of each ID.
func (r *resolver) wording(f steeringDoc, owner map[string]string) {
	sections, kinds := map[string]bool{}, map[string]SentenceKind{}
	for i, sec := range f.doc.Sections {
		at := fmt.Sprintf("sections[%d]", i)
		if !anchor.MatchString(sec.ID) {
			f.report(at+".id", "", "the ID %q of a section is lower-case letters, digits and hyphens", sec.ID)
		}
		if sections[sec.ID] {
			f.report(at+".id", "", "section %s stands here twice", sec.ID)
		}
		sections[sec.ID] = true
		if sec.Level < 0 || sec.Level > 3 {
			f.report(at+".level", "", "a section is of level 1, 2 or 3")
		}
		for j, par := range sec.Paragraphs {
			for k, sent := range par.Sentences {
				at := fmt.Sprintf("%s.paragraphs[%d].sentences[%d]", at, j, k)
				if sent.ID == "" {
					if sent.Kind != "" {
						f.report(at+".kind", "", "a sentence that binds has an ID; add id")
					}
					continue
				}
				if !rule.MatchString(sent.ID) {
					f.report(at+".id", "", "the ID %q of a sentence is written as S3-4 or P-K", sent.ID)
				}
				if of := owner[sent.ID]; of != "" && of != f.doc.Key {
					f.report(at+".id", "", "%s is a sentence of %s too", sent.ID, of)
				}
				owner[sent.ID] = f.doc.Key
				if kind, ok := kinds[sent.ID]; ok && kind != sent.Kind {
					f.report(at, "", "%s stands here twice, once hard and once soft", sent.ID)
				}
				kinds[sent.ID] = sent.Kind
			}
		}
	}
}
