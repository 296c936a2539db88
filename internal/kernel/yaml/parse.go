package yaml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser reads a file from its beginning to its end. What is wrong is thrown as *Error and caught in Parse.
type parser struct {
	src   string
	pos   int // offset of what is read next
	line  int // from 1
	start int // offset of the first byte of the line
	depth int
	nodes []Node // room for the next ones

	marked, column int // an offset on the line and its column, so that a long line is counted once
}

// Parse reads the one document of a file. The error is an *Error.
func Parse(src []byte) (root *Node, err error) {
	p := &parser{src: strings.TrimPrefix(string(src), "\ufeff"), line: 1, column: 1}
	defer func() {
		if wrong := recover(); wrong != nil {
			e, ok := wrong.(*Error)
			if !ok {
				panic(wrong)
			}
			root, err = nil, e
		}
	}()
	p.printable()
	p.space()
	if p.marker() && p.cur() == '-' {
		p.pos += 3
		p.space()
	}
	if p.eof() || p.marker() {
		p.fail("the file is empty")
	}
	p.indent()
	root = p.block(-1)
	p.space()
	if p.marker() {
		p.pos += 3
		p.space()
		if !p.eof() {
			p.fail("the file holds more than one document")
		}
	}
	if !p.eof() {
		p.fail("this belongs to nothing above it; check the indentation")
	}
	return root, nil
}

// printable refuses bytes that no editor shows.
func (p *parser) printable() {
	line, start := 1, 0
	if !utf8.ValidString(p.src) {
		p.fail("the file is not UTF-8")
	}
	for i := range len(p.src) {
		c := p.src[i]
		switch {
		case c == '\n':
			line, start = line+1, i+1
		case c == '\r' && i+1 < len(p.src) && p.src[i+1] == '\n':
		case c < ' ' && c != '\t' || c == 0x7f:
			panic(&Error{line, utf8.RuneCountInString(p.src[start:i]) + 1, fmt.Sprintf("the character %U cannot stand here", c)})
		}
	}
}

func (p *parser) eof() bool { return p.pos >= len(p.src) }

// cur is the byte that is read next, 0 at the end.
func (p *parser) cur() byte { return p.at(p.pos) }

func (p *parser) at(i int) byte {
	if i >= len(p.src) {
		return 0
	}
	return p.src[i]
}

// blank reports whether a space, tab, line break or the end is at i.
func (p *parser) blank(i int) bool {
	switch p.at(i) {
	case ' ', '\t', '\n', '\r', 0:
		return true
	}
	return false
}

// comment reports whether a comment begins here.
func (p *parser) comment() bool {
	return p.cur() == '#' && (p.pos == p.start || p.blank(p.pos-1))
}

// endOfLine goes to the line break or the end.
func (p *parser) endOfLine() {
	if i := strings.IndexByte(p.src[p.pos:], '\n'); i >= 0 {
		p.pos += i
	} else {
		p.pos = len(p.src)
	}
}

// lineBreak goes over a line break, if one is here.
func (p *parser) lineBreak() bool {
	i := p.pos
	if p.at(i) == '\r' {
		i++
	}
	if p.at(i) != '\n' {
		return false
	}
	p.pos, p.start, p.line = i+1, i+1, p.line+1
	return true
}

// space goes over spaces, comments and line breaks, and reports whether there was a line break.
func (p *parser) space() (crossed bool) {
	for {
		for p.cur() == ' ' || p.cur() == '\t' {
			p.pos++
		}
		if p.comment() {
			p.endOfLine()
		}
		if !p.lineBreak() {
			return crossed
		}
		crossed = true
	}
}

// indent is how far in the line's first character stands.
func (p *parser) indent() int {
	if strings.IndexByte(p.src[p.start:p.pos], '\t') >= 0 {
		p.pos = p.start + strings.IndexByte(p.src[p.start:p.pos], '\t')
		p.fail("a tab cannot be used to indent; use spaces")
	}
	return p.pos - p.start
}

// marker reports whether a line of --- or ... is here, between documents.
func (p *parser) marker() bool {
	return p.pos == p.start && (strings.HasPrefix(p.src[p.pos:], "---") || strings.HasPrefix(p.src[p.pos:], "...")) && p.blank(p.pos+3)
}

// dash reports whether an item of a list begins here.
func (p *parser) dash() bool { return p.cur() == '-' && p.blank(p.pos+1) }

// place is the line and column of the offset that is read next.
func (p *parser) place() (line, column int) {
	if p.marked < p.start || p.marked > p.pos {
		p.marked, p.column = p.start, 1
	}
	p.column += utf8.RuneCountInString(p.src[p.marked:p.pos])
	p.marked = p.pos
	return p.line, p.column
}

func (p *parser) node(kind Kind) *Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]Node, 128)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Kind = kind
	n.Line, n.Column = p.place()
	return n
}

func (p *parser) fail(format string, args ...any) {
	line, column := p.place()
	panic(&Error{line, column, fmt.Sprintf(format, args...)})
}

// enter counts a level of nesting; leave with p.depth--.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		p.fail("the file is nested more than %d deep", MaxDepth)
	}
}

// block reads the value that begins here. Parent is how far in what it belongs to stands.
func (p *parser) block(parent int) *Node {
	switch {
	case p.dash():
		return p.sequence(p.pos - p.start)
	case p.keyAhead():
		return p.mapping(p.pos - p.start)
	}
	return p.inline(parent)
}

// keyAhead reports whether the line goes on with a key and its colon.
func (p *parser) keyAhead() bool {
	i := p.pos
	switch c := p.cur(); c {
	case '"', '\'':
		for i++; p.at(i) != c; i++ {
			if p.at(i) == 0 || p.at(i) == '\n' {
				return false
			}
			if c == '"' && p.at(i) == '\\' {
				i++
			}
		}
		for i++; p.at(i) == ' ' || p.at(i) == '\t'; {
			i++
		}
		return p.at(i) == ':' && p.blank(i+1)
	case '?':
		if p.blank(i + 1) {
			return true // the key says what is wrong
		}
	case '[', '{', '&', '*', '!', '|', '>', '%', '@', '`', '#', ',', ']', '}':
		return false
	}
	for ; i < len(p.src) && p.src[i] != '\n'; i++ {
		switch p.src[i] {
		case ':':
			if p.blank(i + 1) {
				return true
			}
		case '#':
			if p.blank(i - 1) {
				return false
			}
		}
	}
	return false
}

// mapping reads keys that stand col in.
func (p *parser) mapping(col int) *Node {
	p.enter()
	n := p.node(Mapping)
	n.Entries = make([]Entry, 0, 4)
	var seen keys
	for {
		e := p.key(false)
		seen.add(p, &e, n)
		p.pos++ // the colon
		e.Value = p.valueOf(col, &e)
		n.Entries = append(n.Entries, e)
		p.space()
		if p.eof() || p.marker() {
			break
		}
		if in := p.indent(); in < col {
			break
		} else if in > col {
			p.fail("this line stands further in than the keys above it; check the indentation")
		}
		if !p.keyAhead() {
			p.fail("a key with a colon after it must stand here")
		}
	}
	p.depth--
	return n
}

// valueOf reads what comes after the colon of a key that stands col in. Nothing stands where its key does.
func (p *parser) valueOf(col int, e *Entry) *Node {
	if crossed := p.space(); p.eof() || crossed && p.marker() {
		return p.nothing(e.Line, e.Column)
	} else if !crossed {
		if p.dash() {
			p.fail("a list begins on the line after its key")
		}
		return p.inline(col)
	}
	switch in := p.indent(); {
	case in > col:
		return p.block(col)
	case in == col && p.dash():
		return p.sequence(col)
	}
	return p.nothing(e.Line, e.Column)
}

func (p *parser) nothing(line, column int) *Node {
	n := p.node(Null)
	n.Line, n.Column = line, column
	return n
}

// sequence reads items whose dashes stand col in.
func (p *parser) sequence(col int) *Node {
	p.enter()
	n := p.node(Sequence)
	for {
		line, column := p.place()
		p.pos++ // the dash
		if crossed := p.space(); p.eof() || crossed && (p.marker() || p.indent() <= col) {
			n.Items = append(n.Items, p.nothing(line, column))
		} else {
			n.Items = append(n.Items, p.block(col))
		}
		p.space()
		if p.eof() || p.marker() {
			break
		}
		if in := p.indent(); in > col {
			p.fail("this line stands further in than the list above it; check the indentation")
		} else if in < col || !p.dash() {
			break
		}
	}
	p.depth--
	return n
}

// inline reads a value that goes to the end of its line, or over lines that stand further in than parent.
func (p *parser) inline(parent int) *Node {
	var n *Node
	switch c := p.cur(); c {
	case '|', '>':
		return p.literal(parent)
	case '[', '{':
		n = p.flow()
	case '"', '\'':
		n = p.node(Text)
		n.Text = p.quoted()
	default:
		return p.plain(parent, false)
	}
	for p.cur() == ' ' || p.cur() == '\t' {
		p.pos++
	}
	if p.comment() {
		p.endOfLine()
	}
	if c := p.cur(); c != '\n' && c != '\r' && c != 0 {
		p.fail("something comes after the end of the value; if it belongs to the text, put all of it in quotation marks")
	}
	return n
}

// key reads a key up to its colon.
func (p *parser) key(flow bool) (e Entry) {
	e.Line, e.Column = p.place()
	switch c := p.cur(); {
	case c == '"' || c == '\'':
		e.Key = p.quoted()
	case (c == '?' || c == '-') && p.blank(p.pos+1):
		p.fail("a key is a text on one line, without %q before it", c)
	default:
		e.Key = p.word(flow)
		if strings.HasSuffix(e.Key, ":") || flow && strings.Contains(e.Key, ":") {
			panic(&Error{e.Line, e.Column, "a key has one colon after it, and then a space"})
		}
	}
	for p.cur() == ' ' || p.cur() == '\t' {
		p.pos++
	}
	return e
}

// keys finds a key that is given twice.
type keys struct{ many map[string]int }

func (k *keys) add(p *parser, e *Entry, n *Node) {
	twice := func(line int) {
		panic(&Error{e.Line, e.Column, fmt.Sprintf("the key %q is already defined on line %d", e.Key, line)})
	}
	if k.many == nil && len(n.Entries) < 16 {
		for i := range n.Entries {
			if n.Entries[i].Key == e.Key {
				twice(n.Entries[i].Line)
			}
		}
		return
	}
	if k.many == nil {
		k.many = map[string]int{}
		for _, before := range n.Entries {
			k.many[before.Key] = before.Line
		}
	}
	if line := k.many[e.Key]; line > 0 {
		twice(line)
	}
	k.many[e.Key] = e.Line
}

// flow reads [a, b] or {a: b}.
func (p *parser) flow() *Node {
	p.enter()
	line, opened := p.line, p.cur()
	n, end := p.node(Sequence), byte(']')
	if opened == '{' {
		n.Kind, end, n.Entries = Mapping, '}', make([]Entry, 0, 2)
	}
	var seen keys
	p.pos++
	for {
		p.inside(line, opened)
		if p.cur() == end {
			break
		}
		if n.Kind == Mapping {
			e := p.key(true)
			seen.add(p, &e, n)
			p.inside(line, opened)
			if p.cur() != ':' {
				panic(&Error{e.Line, e.Column, fmt.Sprintf("%q has no colon and space after it; a text with a comma in it must be in quotation marks", e.Key)})
			}
			p.pos++
			p.inside(line, opened)
			if c := p.cur(); c == ',' || c == end {
				e.Value = p.nothing(e.Line, e.Column)
			} else {
				e.Value = p.flowValue()
			}
			n.Entries = append(n.Entries, e)
		} else {
			n.Items = append(n.Items, p.flowValue())
		}
		p.inside(line, opened)
		switch p.cur() {
		case ',':
			p.pos++
		case end:
		case ':':
			if opened == '{' {
				p.fail("a comma must stand before the next key, or the '{' of line %d is not closed", line)
			}
			p.fail("a key stands in a list; write {key: value}, or put a text with a colon in quotation marks")
		default:
			p.fail("a comma or %q must stand here; a text with special characters needs quotation marks", end)
		}
	}
	p.pos++
	p.depth--
	return n
}

// inside goes to the next thing between brackets.
func (p *parser) inside(line int, opened byte) {
	if crossed := p.space(); p.eof() || crossed && p.marker() {
		p.fail("the %q of line %d is never closed", opened, line)
	}
}

func (p *parser) flowValue() *Node {
	switch p.cur() {
	case '[', '{':
		return p.flow()
	case '"', '\'':
		n := p.node(Text)
		n.Text = p.quoted()
		return n
	}
	return p.plain(0, true)
}
