package statute

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"dygnet/internal/kernel/calendar"
)

// Fault is why a file, or a record in it, cannot be read as a statute.
type Fault struct {
	File string
	Line int // from 1
	Why  string
}

// Error is the fault as file:line: why.
func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Why) }

// MaxFile is the size in bytes above which a file is refused: the largest statute is under 3 MB.
const MaxFile = 64 << 20

// Read reads the statutes of one file: Markdown holds one, JSON one or more. What cannot be read is told as faults, the rest is given.
func Read(name string, data []byte) ([]*Statute, []Fault) {
	if len(data) > MaxFile {
		return nil, []Fault{{name, 1, fmt.Sprintf("the file is %d MB; a file of statutes may have %d", len(data)>>20, MaxFile>>20)}}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) { // old files are in Windows-1252; it has a letter for nearly every byte
		if decoded, err := charmap.Windows1252.NewDecoder().Bytes(data); err == nil {
			data = decoded
		}
	}
	switch trimmed := bytes.TrimSpace(data); {
	case len(trimmed) == 0:
		return nil, []Fault{{name, 1, "the file is empty"}}
	case trimmed[0] == '{' || trimmed[0] == '[':
		return readRecords(name, data)
	}
	return readMarkdown(name, string(data))
}

// clean makes lines of a text: one kind of line break, and nothing that a database cannot keep.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.ContainsAny(text, "\r\x00\u00a0\u2028\u0085\v\f") {
		return text
	}
	return strings.NewReplacer("\r", "\n", "\x00", " ", "\u00a0", " ", "\u2028", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n").Replace(text)
}

// day reads a date, with or without a time after it; the zero date if it is none.
func day(text string) calendar.Date {
	if len(text) > 10 {
		text = text[:10]
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		return calendar.Date{}
	}
	return d
}
