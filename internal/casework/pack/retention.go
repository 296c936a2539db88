package pack

import (
	"errors"
	"fmt"
	"io/fs"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// RetentionPlan is retention.yaml: what the document plans of the bodies (dokumenthanteringsplaner) say besides what case types say. A pack
// may be without it.
type RetentionPlan struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       RetentionKind       `yaml:"kind" need:"yes"`
	Bodies     []BodyPlan          `yaml:"bodies" need:"yes"`
}

// RetentionKind is the kind of the file.
type RetentionKind string

// Values lists the kind.
func (RetentionKind) Values() []string { return []string{"RetentionPlan"} }

// BodyPlan is what one body has decided.
type BodyPlan struct {
	Body      string       `yaml:"body" need:"yes"`
	Diary     Diary        `yaml:"diary" need:"yes"`
	Delivered *Delivered   `yaml:"delivered"` // none: the copy here stays also when the e-archive has its own
	Records   []PlanRecord `yaml:"records"`
}

// Diary says what stays in the diarium when a case is destroyed. Number, day, direction and kind always do.
type Diary struct {
	KeepParty   bool   `yaml:"keepParty" need:"yes"`
	KeepSubject bool   `yaml:"keepSubject" need:"yes"`
	Authority   string `yaml:"authority" need:"yes"` // the body's decision
}

// Delivered lets the copy here go some time after the e-archive has confirmed that it has received a case.
type Delivered struct {
	After     calendar.Period `yaml:"after" need:"yes"`
	Authority string          `yaml:"authority" need:"yes"`
	Plan      string          `yaml:"plan"`
}

// PlanRecord is a kind of document outside every case type.
type PlanRecord struct {
	Key        string                  `yaml:"key" need:"yes"`
	Title      i18n.Text               `yaml:"title" need:"yes"`
	Nomination casetype.Nomination     `yaml:"nomination" need:"yes"`
	After      calendar.Period         `yaml:"after"`
	From       casetype.RetentionStart `yaml:"from"`
	Event      i18n.Text               `yaml:"event"`
	Authority  string                  `yaml:"authority" need:"yes"`
	Plan       string                  `yaml:"plan"`
	Note       i18n.Text               `yaml:"note"` // who sees to it, where it lies
}

// Time is how long the documents are kept.
func (r PlanRecord) Time() casetype.Retention {
	out := casetype.Retention{Nomination: r.Nomination, After: r.After, From: r.From, Event: r.Event, Authority: r.Authority, Plan: r.Plan}
	if out.From == "" {
		out.From = casetype.FromClosed
	}
	return out
}

// PlanOf is what retention.yaml says of a body, nil if nothing.
func (p *Pack) PlanOf(body string) *BodyPlan {
	for i := range p.Retention {
		if p.Retention[i].Body == body {
			return &p.Retention[i]
		}
	}
	return nil
}

func readRetention(fsys fs.FS, p *Pack) *source {
	if _, err := fs.Stat(fsys, "retention.yaml"); errors.Is(err, fs.ErrNotExist) {
		return &source{file: "retention.yaml"}
	}
	var plan RetentionPlan
	s := read(fsys, "retention.yaml", &plan)
	p.Retention = plan.Bodies
	return s
}

// retention checks what retention.yaml names.
func (r *resolver) retention() {
	s, p := r.sources["retention.yaml"], r.pack
	seen := map[string]*BodyPlan{}
	for i := range p.Retention {
		one, at := &p.Retention[i], fmt.Sprintf("bodies[%d]", i)
		if refers(s, p.bodies, "body", one.Body, at+".body") {
			if seen[one.Body] != nil {
				s.report(at+".body", "", "body %s stands here twice", one.Body)
			}
			seen[one.Body] = one
		}
		if d := one.Delivered; d != nil && d.After.Unit == calendar.Business {
			s.report(at+".delivered.after", "", "how long something is kept is counted in calendar time; write P1M")
		}
		keys := map[string]*PlanRecord{}
		for j := range one.Records {
			rec, at := &one.Records[j], fmt.Sprintf("%s.records[%d]", at, j)
			unique(s, keys, rec.Key, rec, at+".key", slug)
			if key, words := rec.Time().Fault("record " + rec.Key); words != "" {
				if key != "" {
					key = "." + key
				}
				s.report(at+key, "", "%s", words)
			}
		}
	}
}
