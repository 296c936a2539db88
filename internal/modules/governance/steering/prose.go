package steering

import (
	"fmt"
	"regexp"
	"strings"

	"dygnet/internal/casework/pack"
)

// A text as somebody writes it: a line begins with one to three # for a heading and ends with the section's ID in braces; every other
// line is a sentence, and ends in braces with its ID, how it binds (ska or bör) and, after a bar, what it says in English, as far as it
// has any of them. A blank line ends a paragraph; a line that begins with - is an item of a list, and lines under it that begin with two
// blanks belong to it.
//
//	# 3. Systemprinciper {3}
//
//	Som generell regel utvecklar vi inga egna system. {S3-4 bör | As a rule, no systems of our own.}
//	Varje systemägare prövar samarbete. {S3-5 ska}
//
//	- en punkt

// words of how a sentence binds.
var binds = map[string]pack.SentenceKind{"ska": pack.SentenceHard, "bör": pack.SentenceSoft}

// TextError is a line of a text that cannot be read.
type TextError struct {
	Line    int // from 1
	Problem Problem
	Name    string
}

var (
	headingLine  = regexp.MustCompile(`^(#{1,3})\s+(.*?)\s*\{([^{}]*)\}$`)
	sentenceLine = regexp.MustCompile(`^(.*?)\s*\{\s*([^{}|]*?)\s*(?:\|\s*([^{}]*?)\s*)?\}$`)
	anchorShape  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	ruleShape    = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
)

// maxLines bounds a text.
const maxLines = 5000

// Parse reads a text. What cannot be read is told by line.
func Parse(text string) ([]pack.SteeringSection, []TextError) {
	r := &reader{seen: map[string]bool{}, kinds: map[string]pack.SentenceKind{}}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(lines) > maxLines {
		return nil, []TextError{{maxLines, Malformed, ""}}
	}
	for i, line := range lines {
		r.line(i+1, line)
	}
	return r.out, r.faults
}

type reader struct {
	out    []pack.SteeringSection
	par    *pack.SteeringParagraph // that is being read; nil between two
	faults []TextError
	seen   map[string]bool
	kinds  map[string]pack.SentenceKind
}

func (r *reader) fault(line int, p Problem, name string) {
	r.faults = append(r.faults, TextError{line, p, name})
}

func (r *reader) line(n int, line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "":
		r.par = nil
	case strings.HasPrefix(trimmed, "#"):
		r.heading(n, trimmed)
	case len(r.out) == 0:
		r.fault(n, Missing, "#")
	default:
		words, item := strings.CutPrefix(trimmed, "- ")
		if item {
			trimmed = strings.TrimSpace(words)
		}
		continues := r.par != nil && (r.par.Form == "" || strings.HasPrefix(line, "  "))
		if item || !continues {
			last := &r.out[len(r.out)-1]
			last.Paragraphs = append(last.Paragraphs, pack.SteeringParagraph{})
			r.par = &last.Paragraphs[len(last.Paragraphs)-1]
			if item {
				r.par.Form = pack.ParagraphItem
			}
		}
		r.sentence(n, trimmed)
	}
}

func (r *reader) heading(n int, line string) {
	r.par = nil
	m := headingLine.FindStringSubmatch(line)
	if m == nil || m[2] == "" || !anchorShape.MatchString(m[3]) {
		r.fault(n, Malformed, "#")
		return
	}
	if r.seen[m[3]] {
		r.fault(n, Taken, m[3])
	}
	r.seen[m[3]] = true
	sec := pack.SteeringSection{ID: m[3], Title: m[2]}
	if len(m[1]) > 1 {
		sec.Level = len(m[1])
	}
	r.out = append(r.out, sec)
}

func (r *reader) sentence(n int, line string) {
	s := pack.SteeringSentence{Text: line}
	if m := sentenceLine.FindStringSubmatch(line); m != nil {
		fields := strings.Fields(m[2])
		s = pack.SteeringSentence{Text: m[1], En: m[3]}
		switch {
		case len(fields) == 0 || len(fields) > 2 || !ruleShape.MatchString(fields[0]):
			r.fault(n, Malformed, m[2])
		case len(fields) == 2 && binds[fields[1]] == "":
			r.fault(n, Unknown, fields[1])
		default:
			s.ID = fields[0]
			if len(fields) == 2 {
				s.Kind = binds[fields[1]]
			}
			if kind, ok := r.kinds[s.ID]; ok && kind != s.Kind {
				r.fault(n, Taken, s.ID)
			}
			r.kinds[s.ID] = s.Kind
		}
	}
	if s.Text == "" {
		r.fault(n, Missing, "")
		return
	}
	r.par.Sentences = append(r.par.Sentences, s)
}

// Format writes sections as Parse reads them.
func Format(sections []pack.SteeringSection) string {
	var b strings.Builder
	for i, sec := range sections {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s %s {%s}\n", strings.Repeat("#", max(sec.Level, 1)), sec.Title, sec.ID)
		var before *pack.SteeringParagraph
		for j := range sec.Paragraphs {
			par := &sec.Paragraphs[j]
			if before == nil || par.Form == "" || before.Form == "" {
				b.WriteString("\n")
			}
			before = par
			for k, s := range par.Sentences {
				switch {
				case par.Form == pack.ParagraphItem && k == 0:
					b.WriteString("- ")
				case par.Form == pack.ParagraphItem:
					b.WriteString("  ")
				}
				b.WriteString(s.Text + mark(s) + "\n")
			}
		}
	}
	return b.String()
}

func mark(s pack.SteeringSentence) string {
	if s.ID == "" {
		return ""
	}
	out := " {" + s.ID
	for word, kind := range binds {
		if kind == s.Kind {
			out += " " + word
		}
	}
	if s.En != "" {
		out += " | " + s.En
	}
	return out + "}"
}

// Plain is the text alone, a paragraph a line, for comparing two versions.
func Plain(sections []pack.SteeringSection) string {
	var b strings.Builder
	for _, sec := range sections {
		b.WriteString(sec.Title + "\n")
		for _, par := range sec.Paragraphs {
			if par.Form == pack.ParagraphItem {
				b.WriteString("– ")
			}
			b.WriteString(joined(par) + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func joined(par pack.SteeringParagraph) string {
	list := make([]string, len(par.Sentences))
	for i, s := range par.Sentences {
		list[i] = s.Text
	}
	return strings.Join(list, " ")
}
