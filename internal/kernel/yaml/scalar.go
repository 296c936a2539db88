package yaml

import (
	"strings"
	"unicode/utf8"
)

// word reads a text without quotation marks on one line, up to what ends it.
func (p *parser) word(flow bool) string {
	switch c := p.cur(); c {
	case '&', '*', '!':
		p.fail("anchors, aliases and tags are not used; write the value out, or put a text that begins with %q in quotation marks", c)
	case '@', '`', '%', ',', ']', '}', '[', '{', '|', '>', '#':
		p.fail("a text cannot begin with %q here; put it in quotation marks", c)
	case '-', '?', ':':
		if p.blank(p.pos+1) || flow && strings.IndexByte(",[]{}", p.at(p.pos+1)) >= 0 {
			p.fail("a text cannot begin with %q here; put it in quotation marks", c)
		}
	}
	from, end := p.pos, p.pos
scan:
	for ; p.pos < len(p.src); p.pos++ {
		switch c := p.src[p.pos]; c {
		case '\n', '\r':
			break scan
		case ' ', '\t':
			continue
		case ':':
			if p.blank(p.pos+1) || flow && strings.IndexByte(",[]{}", p.at(p.pos+1)) >= 0 {
				break scan
			}
		case '#':
			if p.pos > from && p.blank(p.pos-1) {
				break scan
			}
		case ',', '[', ']', '{', '}':
			if flow {
				break scan
			}
		}
		end = p.pos + 1
	}
	return p.src[from:end]
}

// plain reads a text without quotation marks, which can go on over lines that stand further in than parent; between brackets over any.
func (p *parser) plain(parent int, flow bool) *Node {
	n := p.node(Text)
	n.Text = p.word(flow)
	var more strings.Builder
	for {
		if !flow && p.cur() == ':' {
			p.fail("a text with a colon and a space in it must be in quotation marks")
		}
		breaks := p.continues(parent, flow)
		if breaks == 0 {
			break
		}
		if more.Len() == 0 {
			more.WriteString(n.Text)
		}
		if breaks == 1 {
			more.WriteByte(' ')
		}
		for range breaks - 1 {
			more.WriteByte('\n')
		}
		more.WriteString(p.rest(flow))
	}
	if more.Len() > 0 {
		n.Text = more.String()
		return n
	}
	if n.Kind = kindOf(n.Text); n.Kind == Null {
		n.Text = ""
	}
	return n
}

// rest reads a further line of a plain text. It may begin with signs that a text cannot begin with.
func (p *parser) rest(flow bool) string {
	if strings.IndexByte("&*!@`%|>-?\"'", p.cur()) < 0 {
		return p.word(flow)
	}
	from := p.pos
	p.pos++
	if c := p.cur(); p.blank(p.pos) && c != ' ' && c != '\t' {
		return p.src[from:p.pos]
	}
	for p.cur() == ' ' || p.cur() == '\t' {
		p.pos++
	}
	if c := p.cur(); c == '\n' || c == '\r' || c == 0 || p.comment() {
		return strings.TrimRight(p.src[from:p.pos], " \t")
	}
	before := p.src[from:p.pos]
	if c := p.cur(); c == ':' && p.blank(p.pos+1) || flow && strings.IndexByte(",[]{}", c) >= 0 {
		return strings.TrimRight(before, " \t")
	}
	return before + p.rest(flow)
}

// continues goes to the next line of a plain text and gives the number of line breaks before it, or 0, and stays, if the text ends here.
func (p *parser) continues(parent int, flow bool) int {
	was := *p
	breaks := 0
	for {
		for p.cur() == ' ' || p.cur() == '\t' {
			p.pos++
		}
		if !p.lineBreak() {
			break
		}
		breaks++
	}
	ends := p.eof() || p.cur() == '#' || p.marker()
	if flow {
		ends = ends || strings.IndexByte(",[]{}", p.cur()) >= 0 || p.cur() == ':' && (p.blank(p.pos+1) || strings.IndexByte(",[]{}", p.at(p.pos+1)) >= 0)
	} else {
		in := 0
		for p.at(p.start+in) == ' ' {
			in++
		}
		ends = ends || in <= parent
	}
	if breaks == 0 || ends {
		*p = was
		return 0
	}
	return breaks
}

// quoted reads a text in quotation marks.
func (p *parser) quoted() string {
	mark := p.cur()
	was := *p
	stop := "'\n"
	if mark == '"' {
		stop = "\"\\\n"
	}
	i := strings.IndexAny(p.src[p.pos+1:], stop)
	if i >= 0 && p.src[p.pos+1+i] == mark && (mark == '"' || p.at(p.pos+2+i) != mark) {
		text := p.src[p.pos+1 : p.pos+1+i]
		p.pos += i + 2
		return text
	}
	p.pos++
	var text []byte
	kept := 0 // what an escape gave is never taken away again
	for {
		switch c := p.cur(); {
		case p.eof() || p.marker():
			*p = was
			p.fail("the quotation mark is never closed")
		case c == mark && mark == '\'' && p.at(p.pos+1) == mark:
			text = append(text, mark)
			p.pos += 2
		case c == mark:
			p.pos++
			return string(text)
		case c == '\\' && mark == '"':
			text = p.escape(text)
			kept = len(text)
		case c == '\n' || c == '\r' && p.at(p.pos+1) == '\n':
			text = append(text[:kept], strings.TrimRight(string(text[kept:]), " \t")...)
			text = append(text, p.fold()...)
			kept = len(text)
		default:
			text = append(text, c)
			p.pos++
		}
	}
}

// fold goes over line breaks in a text in quotation marks: one is a space, each further one a line break.
func (p *parser) fold() string {
	breaks := -1
	for p.lineBreak() {
		breaks++
		if p.marker() {
			return ""
		}
		for p.cur() == ' ' || p.cur() == '\t' {
			p.pos++
		}
	}
	if breaks == 0 {
		return " "
	}
	return strings.Repeat("\n", breaks)
}

// escapes are what a sign after a backslash stands for.
const escapes = "0\x00a\ab\bt\t\t\tn\nv\vf\fr\re\x1b  \"\"//\\\\N\u0085_\u00a0L\u2028P\u2029"

// escape reads a backslash and what it stands for.
func (p *parser) escape(text []byte) []byte {
	p.pos++
	width := 0
	switch c := p.cur(); c {
	case '\n', '\r':
		p.lineBreak()
		for p.cur() == ' ' || p.cur() == '\t' {
			p.pos++
		}
		return text
	case 'x':
		width = 2
	case 'u':
		width = 4
	case 'U':
		width = 8
	default:
		for rest := escapes; rest != ""; {
			stands, size := utf8.DecodeRuneInString(rest[1:])
			if rest[0] == c && c != 0 {
				p.pos++
				return utf8.AppendRune(text, stands)
			}
			rest = rest[1+size:]
		}
		p.fail("a backslash in quotation marks must be written twice")
	}
	p.pos++
	r := p.hex(width)
	if 0xd800 <= r && r < 0xdc00 && width == 4 && p.cur() == '\\' && p.at(p.pos+1) == 'u' { // two halves of one character, as JSON writes it
		p.pos += 2
		if low := p.hex(4); 0xdc00 <= low && low < 0xe000 {
			r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
		} else {
			r = utf8.RuneError
		}
	}
	if !utf8.ValidRune(r) {
		p.fail("there is no such character")
	}
	return utf8.AppendRune(text, r)
}

func (p *parser) hex(width int) (r rune) {
	for range width {
		c := p.cur()
		if !hex(c) {
			p.fail("%d hexadecimal digits must stand after the backslash and letter", width)
		}
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c&^0x20 - 'A' + 10
		}
		r = r<<4 | rune(c)
		p.pos++
	}
	return r
}

// literal reads a text after | or >, whose lines stand further in than parent.
func (p *parser) literal(parent int) *Node {
	n := p.node(Text)
	folded := p.cur() == '>'
	keep := p.header()
	var text strings.Builder
	in, breaks := -1, 0          // how far in the text stands, not known before its first line; empty lines since the last one
	last, broken := false, false // whether the line before folds; whether there was one, with a line break
	for !p.eof() && !p.marker() {
		if p.indentTo(in); p.lineBreak() {
			breaks++
			continue
		}
		if in < 0 && p.pos-p.start > parent {
			in = p.pos - p.start
		}
		if p.eof() || in < 0 || p.pos-p.start < in {
			p.pos = p.start // it belongs to something else
			break
		}
		folds := folded && p.cur() != ' ' && p.cur() != '\t'
		switch {
		case !broken:
		case !folds || !last:
			text.WriteByte('\n')
		case breaks == 0:
			text.WriteByte(' ')
		}
		text.WriteString(strings.Repeat("\n", breaks))
		begin := p.pos
		p.endOfLine()
		text.WriteString(strings.TrimSuffix(p.src[begin:p.pos], "\r"))
		last, breaks = folds, 0
		broken = p.lineBreak()
	}
	if broken && keep != '-' {
		text.WriteByte('\n')
	}
	if keep == '+' {
		text.WriteString(strings.Repeat("\n", breaks))
	}
	n.Text = text.String()
	return n
}

// header reads the line of | or >, and whether the line breaks at the end are kept (+), taken away (-), or made one (0).
func (p *parser) header() (keep byte) {
	p.pos++
	if c := p.cur(); c == '+' || c == '-' {
		keep = c
		p.pos++
	}
	p.indentTo(-1)
	if p.comment() {
		p.endOfLine()
	}
	if !p.eof() && !p.lineBreak() {
		p.fail("the text begins on the line below; only + or - can stand after | and >")
	}
	return keep
}

// indentTo goes over spaces, up to a place in the line if it is not negative.
func (p *parser) indentTo(in int) {
	for p.cur() == ' ' && (in < 0 || p.pos-p.start < in) {
		p.pos++
	}
}
