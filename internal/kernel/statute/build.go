package statute

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
)

// block is a piece of text between empty lines, or a heading of Markdown.
type block struct {
	lines       []string
	level       int // of a heading in Markdown, 0 for text
	from, until calendar.Date
	when        string
}

var (
	num = `(\d{1,4}(?: ?[a-zA-Z]{1,2})?)`
	// A § as a whole line. Files of the Markdown collection have scraps of text before the number.
	sectionLine = regexp.MustCompile(`^(?:/.*[/ ] ?)?` + num + `(?:\s*[-–,]\s*` + num + `)?\s*§§?$`)
	// A § with its text after it.
	sectionText = regexp.MustCompile(`(?s)^` + num + `(?:\s*(?:[-–,]|och)\s*` + num + `)?\s*§§?(?:\s+(.*))?$`)
	sectionOld  = regexp.MustCompile(`(?s)^§ ?` + num + `\.?(?:\s+(.*))?$`)
	chapterForm = regexp.MustCompile(`(?is)^(\d{1,3}(?: ?[a-z])?) ?kap(?:\.|\b)\s*(.*)$`)
	// A mark of the days of a wording: "/Upphör att gälla U:2026-07-01/".
	mark         = regexp.MustCompile(`(?is)/[^/]{0,80}(?:gälla|kraft)[^/]{0,120}/`)
	markDay      = regexp.MustCompile(`([UI]): ?(\d{4}-\d{2}-\d{2})`)
	markWhen     = regexp.MustCompile(`(?is)kraft\s*(?:I:)?\s*(den dag.*|[^/\d]+)/$`)
	divisionForm = regexp.MustCompile(`(?i)^(?:(?:under)?avdelning(?:en)?|avd\.?)\s+(?:[IVXLC]+|\d{1,2}|[A-Z])\b|^(?:första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde|tionde|elfte|tolfte)\s+(?:avdelningen|boken|delen)\b|^[IVXL]+\.?\s+avd(?:elningen|\.)?`)
	transitions  = regexp.MustCompile(`(?i)^(?:ikraftträdande(?:-| ?och)?[\wåäö -]*)?övergångsbest(?:ämmelser?(?:na)?|\.)?:?$`)
	appendixForm = regexp.MustCompile(`^(?:/[^/]*/\s*)?B(?:ilaga|ILAGA)(?:\s|$|:)`)
	amending     = regexp.MustCompile(`^\d{4}:\d{1,5}$`)
	gone         = regexp.MustCompile(`(?i)^\(?(?:har )?upphäv|^\(?har upphört|^\(?upphör`)
)

// maxHeading bounds a rubrik, in bytes.
const maxHeading = 240

// builder makes the parts of a statute of blocks.
type builder struct {
	s       *Statute
	plain   bool // nothing but the words tells what a block is
	blocks  []block
	chapter string
	at      int  // of the part under way in s.Parts, -1 before the first
	closing bool // transitions and appendices have begun: they are not cut into §§
}

// run reads the blocks. In Markdown without a single § among its headings the words tell as well.
func (b *builder) run(blocks []block) {
	b.blocks, b.at = blocks, -1
	if !b.plain {
		b.plain = true
		for _, k := range blocks {
			if k.level > 0 && sectionLine.MatchString(unmarked(k.text())) {
				b.plain = false
				break
			}
		}
	}
	for i := range b.blocks {
		b.block(i)
	}
	b.anchors()
}

// text is a block on one line, unless its lines stand as in a table.
func (k block) text() string {
	if len(k.lines) == 1 {
		return strings.TrimSpace(k.lines[0])
	}
	return flow(k.lines)
}

// flow joins wrapped lines. Lines of a table stay.
func flow(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if strings.ContainsRune(l, '\t') || strings.Contains(l, "   ") || strings.HasPrefix(l, "|") {
			return strings.TrimSpace(strings.Join(lines, "\n"))
		}
	}
	var b strings.Builder
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if i > 0 && !spans(lines[i-1], l) {
			b.WriteByte(' ')
		}
		b.WriteString(l)
	}
	return b.String()
}

// spans tells whether a span of numbers goes on over a line break: "14-" and "17 kap.".
func spans(above, below string) bool {
	above = strings.TrimSpace(above)
	n := len(above)
	return n > 1 && above[n-1] == '-' && above[n-2] >= '0' && above[n-2] <= '9' && below != "" && below[0] >= '0' && below[0] <= '9'
}

// unmarked is a heading without its marks of days.
func unmarked(text string) string {
	if !strings.Contains(text, "/") {
		return text
	}
	return strings.TrimSpace(mark.ReplaceAllString(text, ""))
}

// unled is a text without the marks it begins with: "/Kapitlet träder i kraft I:2025-07-01/ 6 a kap.".
func unled(text string) string {
	for strings.HasPrefix(text, "/") {
		loc := mark.FindStringIndex(text)
		if loc == nil || loc[0] > 0 {
			break
		}
		text = strings.TrimSpace(text[loc[1]:])
	}
	return text
}

// block finds out what a block is and adds it.
func (b *builder) block(i int) {
	k := b.blocks[i]
	text := k.text()
	if b.heading(i, text) {
		return
	}
	if b.at < 0 {
		b.add(Part{Kind: Preamble}, k)
	}
	p := &b.s.Parts[b.at]
	p.Stycken = append(p.Stycken, text)
}

// heading adds the part that a block begins. It gives false for text.
func (b *builder) heading(i int, text string) bool {
	k := b.blocks[i]
	if k.level == 0 && !b.plain && !b.closing {
		return false
	}
	switch {
	case b.isTransition(i, text):
		b.closing, b.chapter = true, ""
		b.add(Part{Kind: Transition, Line: text}, k)
	case b.isAppendix(i, text):
		b.closing, b.chapter = true, ""
		b.appendix(k)
	case b.closing && amending.MatchString(strings.TrimSpace(k.lines[0])) && b.s.Parts[b.at].Kind == Transition:
		number := strings.TrimSpace(k.lines[0])
		b.add(Part{Kind: Transition, Number: number, Line: number}, k)
		if rest := flow(k.lines[1:]); rest != "" {
			b.s.Parts[b.at].Stycken = []string{rest}
		}
	case b.isChapter(i, text):
		b.closing = false
		b.chapter = number(chapterForm.FindStringSubmatch(unled(text))[1])
		b.add(Part{Kind: Chapter, Line: text}, k)
	case b.closing:
		return false
	case b.isDivision(i, text):
		b.chapter = ""
		b.add(Part{Kind: Division, Line: text}, k)
	case b.section(i, text):
	case k.level > 0:
		b.add(Part{Kind: Heading, Line: text, Level: max(1, k.level-1)}, k)
	case b.isHeading(i):
		level := 1
		if b.at >= 0 && b.s.Parts[b.at].Kind == Heading && len(b.s.Parts[b.at].Stycken) == 0 {
			level = 2
		}
		b.add(Part{Kind: Heading, Line: text, Level: level}, k)
	default:
		return false
	}
	return true
}

// add begins a part. Marks in its heading say from and until when it applies.
func (b *builder) add(p Part, k block) {
	p.Chapter = b.chapter
	p.From, p.Until, p.When = k.from, k.until, k.when
	for _, m := range mark.FindAllString(p.Line, -1) {
		for _, d := range markDay.FindAllStringSubmatch(m, -1) {
			if d[1] == "U" {
				p.Until = day(d[2])
			} else {
				p.From = day(d[2])
			}
		}
		if w := markWhen.FindStringSubmatch(m); w != nil && p.From.IsZero() {
			p.When = one(w[1])
		}
	}
	b.s.Parts = append(b.s.Parts, p)
	b.at = len(b.s.Parts) - 1
}

// section adds a § if the block begins one.
func (b *builder) section(i int, text string) bool {
	k := b.blocks[i]
	if k.level > 0 {
		m := sectionLine.FindStringSubmatch(unmarked(text))
		if m != nil {
			b.add(Part{Kind: Section, Number: spanned(m[1], m[2]), Line: text}, k)
		}
		return m != nil
	}
	from, to, rest, ok := beginsSection(text)
	if !ok {
		return false
	}
	words := unled(rest)
	line := one(strings.TrimSuffix(text, words))
	rest = words
	b.add(Part{Kind: Section, Number: spanned(from, to), Line: line}, k)
	if rest != "" {
		b.s.Parts[b.at].Stycken = []string{rest}
	}
	return true
}

func spanned(from, to string) string {
	if to == "" {
		return number(from)
	}
	return number(from) + "–" + number(to)
}

// beginsSection tells whether a text begins a §, and not with a reference to one: "5 § första stycket tillämpas …" goes on in lower case.
func beginsSection(text string) (from, to, rest string, ok bool) {
	text = unled(text)
	if text == "" || !(text[0] >= '0' && text[0] <= '9' || strings.HasPrefix(text, "§")) {
		return "", "", "", false
	}
	if m := sectionText.FindStringSubmatch(text); m != nil {
		from, to, rest = m[1], m[2], m[3]
	} else if m := sectionOld.FindStringSubmatch(text); m != nil {
		from, rest = m[1], m[2]
	} else {
		return "", "", "", false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	ok = rest == "" || unicode.IsUpper(r) || unicode.IsDigit(r) && !strings.Contains(firstWords(rest), "§") || strings.ContainsRune(`/"”'([–-§`, r) || gone.MatchString(rest)
	return from, to, rest, ok
}

func firstWords(s string) string {
	if len(s) > 24 {
		return s[:24]
	}
	return s
}

func (b *builder) isChapter(i int, text string) bool {
	k := b.blocks[i]
	text = unled(text)
	if text == "" || text[0] < '0' || text[0] > '9' {
		return false
	}
	m := chapterForm.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	if k.level > 0 {
		return true
	}
	if b.closing || !b.plain {
		return false
	}
	rest := m[2]
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case len(rest) > 2*maxHeading, rest != "" && !unicode.IsUpper(r) && r != '/' && r != '(' && !gone.MatchString(rest):
		return false
	case strings.HasSuffix(rest, ".") && utf8.RuneCountInString(rest) > 100 && !gone.MatchString(rest):
		return false
	}
	return b.chapter == "" || compare(number(m[1]), b.chapter) >= 0
}

func (b *builder) isDivision(i int, text string) bool {
	k := b.blocks[i]
	if len(text) > 2*maxHeading || !hasDivision(text) || !divisionForm.MatchString(text) {
		return false
	}
	if k.level > 0 {
		return true
	}
	return b.plain && (!strings.HasSuffix(text, ".") || utf8.RuneCountInString(text) < 16)
}

// hasDivision is a quick no for nearly all blocks.
func hasDivision(text string) bool {
	for _, w := range []string{"vd", "VD", "oken", "OKEN", "delen", "DELEN"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func (b *builder) isTransition(i int, text string) bool {
	if len(text) > maxHeading || !transitions.MatchString(unmarked(text)) {
		return false
	}
	if i+1 == len(b.blocks) {
		return true
	}
	next := b.blocks[i+1]
	if _, _, _, section := beginsSection(next.text()); section && b.plain || next.level > 0 && sectionLine.MatchString(unmarked(next.text())) {
		return false
	}
	return true
}

func (b *builder) isAppendix(i int, text string) bool {
	k := b.blocks[i]
	if !appendixForm.MatchString(text) {
		return false
	}
	if k.level > 0 {
		return true
	}
	// In plain text an appendix begins with a line of its own: a stycke of a § can begin with the word as well.
	first := strings.TrimSpace(k.lines[0])
	return (b.plain || b.closing) && utf8.RuneCountInString(first) < 80 && !strings.HasSuffix(text, ".") || gone.MatchString(afterAppendix(first))
}

func afterAppendix(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if _, err := strconv.Atoi(w); i > 0 && err != nil {
			return strings.Join(words[i:], " ")
		}
	}
	return ""
}

// appendix adds a bilaga; its heading is the first line of the block.
func (b *builder) appendix(k block) {
	b.add(Part{Kind: Appendix, Line: strings.TrimSpace(k.lines[0])}, k)
	if rest := flow(k.lines[1:]); rest != "" {
		b.s.Parts[b.at].Stycken = []string{rest}
	}
}

// isHeading tells whether a block of plain text is a rubrik: short, without a full stop, and right before a § or a chapter, with other
// headings between at most.
func (b *builder) isHeading(i int) bool {
	const most = 3
	for n := 0; n < most && i < len(b.blocks); i, n = i+1, n+1 {
		if !looksHeading(b.blocks[i]) {
			return false
		}
		if i+1 == len(b.blocks) {
			return false
		}
		next := b.blocks[i+1].text()
		if _, _, _, ok := beginsSection(next); ok || b.isChapter(i+1, next) || b.isDivision(i+1, next) {
			return true
		}
	}
	return false
}

func looksHeading(k block) bool {
	text := unmarked(k.text())
	r, _ := utf8.DecodeRuneInString(text)
	if !unicode.IsUpper(r) || len(text) > maxHeading || len(k.lines) > 4 || item.MatchString(text) || strings.ContainsRune(text, '\n') {
		return false
	}
	last := text[len(text)-1]
	return strings.IndexByte(":;,", last) < 0 && (last != '.' || strings.HasSuffix(text, "m.m.") || strings.HasSuffix(text, "m. m.") || strings.HasSuffix(text, "m.fl."))
}

// anchors gives every part a mark of its own.
func (b *builder) anchors() {
	used := map[string]int{}
	for i := range b.s.Parts {
		p := &b.s.Parts[i]
		switch p.Kind {
		case Section:
			p.Anchor = Anchor(p.Chapter, p.Number)
		case Chapter:
			p.Anchor = Anchor(p.Chapter, "")
		case Transition:
			p.Anchor = "O" + strings.ReplaceAll(p.Number, ":", "-")
		case Appendix:
			p.Anchor = "B"
		default:
			p.Anchor = "R"
		}
		if used[p.Anchor]++; used[p.Anchor] > 1 {
			p.Anchor += "-" + strconv.Itoa(used[p.Anchor])
		}
	}
}
