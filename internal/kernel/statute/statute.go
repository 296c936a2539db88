package statute

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
)

// Statute is a law or ordinance as consolidated in a collection. Dates are Swedish days; the zero date is "not told".
type Statute struct {
	SFS          string // beteckning in its plain form: "2017:900", "1827:60 s. 1007"
	Title        string // rubrik
	Kind         string // Lag, Förordning …, "" if the file does not say
	Department   string
	Preparatory  string // förarbeten
	Issued       calendar.Date
	InForce      calendar.Date
	Published    calendar.Date // when the collection last published the text
	Repealed     calendar.Date // upphävd, or gone at the end of a limited time
	RepealedBy   string        // "SFS 2024:945"
	Consolidated string        // "t.o.m. SFS 2025:730"
	Amendments   []Amendment
	Parts        []Part // in the order of the text; empty if the file holds no text
	Form         Form   // of the file
}

// Amendment is a change of the statute (ändringsförfattning).
type Amendment struct {
	SFS     string        `json:"sfs"`
	Title   string        `json:"title,omitempty"`
	InForce calendar.Date `json:"in_force,omitzero"`
	Note    string        `json:"note,omitempty"` // "ändr. 5 §; ny 7 a §"
}

// Form is the form of a file.
type Form string

// The forms.
const (
	Markdown Form = "markdown"
	JSON     Form = "json"
)

// Kind is what a part of a statute is.
type Kind string

// The kinds of parts. They are stored: do not rename them.
const (
	Preamble   Kind = "preamble" // what stands before the first heading, and statutes that have no §§
	Division   Kind = "division" // avdelning, bok
	Chapter    Kind = "chapter"
	Heading    Kind = "heading"    // rubrik
	Section    Kind = "section"    // §
	Transition Kind = "transition" // ikraftträdande- och övergångsbestämmelser
	Appendix   Kind = "appendix"   // bilaga
)

// Part is a piece of a statute: a heading of some kind, and the stycken below it.
type Part struct {
	Kind    Kind
	Chapter string   // it belongs to: "2", "2 a", "" in a statute without chapters
	Number  string   // of a §: "7", "7 a", "12–14"; of a transition the SFS number of the amendment
	Line    string   // the heading as written: "1 kap. Lagens innehåll", "7 a §"
	Level   int      // of a Heading: 1 is the outermost
	Stycken []string // items of a list are elements of their own, see Paragraphs
	From    calendar.Date
	Until   calendar.Date // first day on which the wording no longer applies
	When    string        // where the text gives a condition in place of the day From: "den dag som regeringen bestämmer"
	Anchor  string        // unique in the statute: "K5P2", "P7a", "K3"
}

// Applies tells whether the wording applies on a day, as far as the text tells.
func (p Part) Applies(on calendar.Date) bool {
	if !p.From.IsZero() && on.Before(p.From) || !p.Until.IsZero() && !on.Before(p.Until) {
		return false
	}
	return p.When == ""
}

// Label is what a part is called: "22 kap. 3 §", "7 a §", "2 kap.".
func (p Part) Label() string {
	switch {
	case p.Kind == Section && strings.Contains(p.Number, "–"):
		return place(p.Chapter) + p.Number + " §§"
	case p.Kind == Section:
		return place(p.Chapter) + p.Number + " §"
	case p.Kind == Chapter:
		return p.Chapter + " kap."
	}
	return p.Line
}

func place(chapter string) string {
	if chapter == "" {
		return ""
	}
	return chapter + " kap. "
}

var item = regexp.MustCompile(`^(?:[-–—*•]|\d{1,3}(?: ?[a-z])?[.)]|[a-zåäö][.)]|\([0-9a-z]{1,3}\))(?:\s|$)`)

// Paragraphs are the stycken as lawyers count them: with the items of their lists.
func (p Part) Paragraphs() [][]string {
	var out [][]string
	for _, s := range p.Stycken {
		if len(out) > 0 && item.MatchString(s) {
			out[len(out)-1] = append(out[len(out)-1], s)
			continue
		}
		out = append(out, []string{s})
	}
	return out
}

// Text is the text of a part without its heading, a stycke a line.
func (p Part) Text() string { return strings.Join(p.Stycken, "\n") }

// Hash tells wordings of a part apart. Line breaks, spaces, kinds of hyphens and how the number of a § is written are not part of one.
func (p Part) Hash() string {
	var d digest
	if p.Kind == Section {
		d.add(p.Number, p.From.String(), p.Until.String(), p.When)
	} else {
		d.add(p.Line)
	}
	d.add(p.Stycken...)
	return d.sum()
}

// Hash tells versions of a statute apart: it changes with any word of the text or of what is told about it.
func (s *Statute) Hash() string {
	var d digest
	d.add(s.SFS, s.Title, s.Kind, s.Department, s.Preparatory, s.RepealedBy, s.Consolidated, s.Issued.String(), s.InForce.String(), s.Published.String(), s.Repealed.String())
	for _, a := range s.Amendments {
		d.add(a.SFS, a.Title, a.InForce.String(), a.Note)
	}
	for _, p := range s.Parts {
		d.add(string(p.Kind), p.Anchor, p.Line, p.Hash())
	}
	return d.sum()
}

// digest is the text that a hash is made of.
type digest []byte

// add adds texts without what differs between forms of the same wording: kinds of blanks and of hyphens.
func (d *digest) add(texts ...string) {
	for _, text := range texts {
		blank := false
		for _, r := range text {
			switch r {
			case ' ', '\n', '\t', '\r', '\u00a0':
				blank = true
				continue
			case '\u00ad':
				continue
			case '–', '—', '‑':
				r = '-'
			}
			if blank {
				*d, blank = append(*d, ' '), false
			}
			*d = utf8.AppendRune(*d, r)
		}
		*d = append(*d, '\n')
	}
}

func (d *digest) sum() string {
	full := sha256.Sum256(*d)
	return hex.EncodeToString(full[:16])
}

// Sections counts the §§.
func (s *Statute) Sections() int {
	n := 0
	for _, p := range s.Parts {
		if p.Kind == Section {
			n++
		}
	}
	return n
}

// HasText tells whether the file held the statute's text. The Markdown collection has files that only tell about a statute, and files
// with a notice in place of a text that could not be converted.
func (s *Statute) HasText() bool {
	for _, p := range s.Parts {
		for _, t := range p.Stycken {
			if strings.Contains(t, unconverted) {
				return false
			}
		}
	}
	return len(s.Parts) > 0
}

// unconverted is the notice of the Markdown collection in place of a text.
const unconverted = "Automatisk konvertering inte tillgänglig"

// Text is the whole text: every word of the file's text, in its order.
func (s *Statute) Text() string {
	var b strings.Builder
	for _, p := range s.Parts {
		if p.Line != "" {
			b.WriteString(p.Line + "\n")
		}
		for _, t := range p.Stycken {
			b.WriteString(t + "\n")
		}
	}
	return b.String()
}

// Find gives the wordings of a § in the order of the text, the one that applies on the day first; none if there is no such §.
func (s *Statute) Find(chapter, section string, on calendar.Date) []Part {
	var now, other []Part
	for _, p := range s.Parts {
		if p.Kind != Section || p.Chapter != chapter || !covers(p.Number, section) {
			continue
		}
		if p.Applies(on) {
			now = append(now, p)
		} else {
			other = append(other, p)
		}
	}
	return append(now, other...)
}
