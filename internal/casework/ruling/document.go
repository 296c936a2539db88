package ruling

import (
	"bytes"
	_ "embed" // the form of the document
	"fmt"
	"html/template"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/paper"
)

//go:embed document.html
var form string

// letter is the content of a decision's document, in the order it is read. It is Swedish whatever the party reads: that is the language of
// authorities (språklagen 2009:600, 10 §).
type letter struct {
	Lang     i18n.Lang
	Sender   string
	Title    string
	Number   string
	Facts    []paper.Fact
	Sections []section
	day      calendar.Date
}

// section is a heading with paragraphs, each of lines, and a list.
type section struct {
	Heading    string
	Paragraphs [][]string
	Items      []string
}

// paragraphs splits a text at its empty lines.
func paragraphs(text string) [][]string {
	var out [][]string
	for _, p := range strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}

// about is what the document says of the case beside the record.
type about struct {
	Sender  string // the municipality and its body
	Subject string
	Party   []string // names; none when they are protected
	Opening string   // of the case type
	Closing string
	Changes string // the decision that it corrects or changes, in words
}

// compose puts the document together. The same record always gives the same letter.
func compose(l *i18n.Localizer, r *Record, a about) letter {
	out := letter{Lang: l.Lang(), Sender: a.Sender, Title: r.Title, Number: r.Number, day: r.Day}
	fact := func(name string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			out.Facts = append(out.Facts, paper.Fact{Name: name, Values: values})
		}
	}
	fact(l.T("ruling.doc.number"), r.Number)
	fact(l.T("ruling.doc.day"), l.Date(r.Day))
	fact(l.T("ruling.doc.subject"), a.Subject)
	fact(l.T("ruling.doc.party"), a.Party...)
	fact(l.T("ruling.doc.changes"), a.Changes)
	add := func(heading, text string, items ...string) {
		s := section{Heading: heading, Paragraphs: paragraphs(text), Items: items}
		if len(s.Paragraphs) > 0 || len(items) > 0 {
			out.Sections = append(out.Sections, s)
		}
	}
	w := r.Words
	add(l.T("ruling.doc.decision"), strings.TrimSpace(a.Opening+"\n\n"+w.Text))
	reasons := w.Reasons
	if w.Without != "" {
		reasons = l.T("ruling.without." + string(w.Without))
	}
	add(l.T("ruling.doc.reasons"), reasons)
	var grounds []string
	for _, g := range w.Grounds {
		grounds = append(grounds, g.Text)
	}
	add(l.T("ruling.doc.grounds"), "", grounds...)
	for _, d := range w.Dissents {
		add(l.T("ruling.doc.dissent", "Name", d.Name), d.Text)
	}
	add(l.T("ruling.doc.deciders"), "", w.Deciders...)
	if r.Delegation != "" {
		add(l.T("ruling.doc.delegation"), l.T("ruling.doc.delegation_text", "Ref", r.Delegation))
	}
	add(l.T("ruling.doc.rapporteurs"), "", w.Rapporteurs...)
	add(l.T("ruling.doc.present"), "", w.Present...)
	add(l.T("ruling.doc.appeal"), r.Appeal.Text)
	add(l.T("ruling.doc.more"), a.Closing)
	return out
}

// html writes the document.
func (l letter) html() ([]byte, error) {
	t, err := template.New("document").Parse(form)
	if err != nil {
		return nil, fmt.Errorf("reading the form of decisions: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return nil, fmt.Errorf("writing a decision: %w", err)
	}
	return b.Bytes(), nil
}

// pdf writes the paper copy.
func (l letter) pdf() ([]byte, error) {
	s := paper.Sheet{Lang: l.Lang, Sender: l.Sender, Title: l.Title, Foot: l.Number, At: l.day.Start(), Parts: []paper.Part{paper.Facts(l.Facts)}}
	for _, x := range l.Sections {
		s.Parts = append(s.Parts, paper.Heading(x.Heading))
		for _, p := range x.Paragraphs {
			s.Parts = append(s.Parts, paper.Paragraph(strings.Join(p, "\n")))
		}
		if len(x.Items) > 0 {
			s.Parts = append(s.Parts, paper.Paragraph(strings.Join(x.Items, "\n")))
		}
	}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		return nil, fmt.Errorf("writing the paper copy of a decision: %w", err)
	}
	return b.Bytes(), nil
}

// fill puts what is known of a case in the places of a text of the case type: {number}, {subject}, {party}, {date}.
func fill(text string, number, subject, party, date string) string {
	return strings.NewReplacer("{number}", number, "{subject}", subject, "{party}", party, "{date}", date).Replace(text)
}
