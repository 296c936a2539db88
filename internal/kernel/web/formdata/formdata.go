package formdata

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits are what a form takes. A zero limit takes nothing.
type Limits struct {
	Fields     int   // text fields
	NameBytes  int64 // of a field's name or a file's name
	FieldBytes int64 // of one text field
	TextBytes  int64 // of all text fields together
	Files      int
	FileBytes  int64 // of one file; more than documents.Limits.MaxBytes, so that one of the two speaks
	TotalBytes int64 // of the body
}

// Part says which part of a form went beyond its limit.
type Part string

// The parts with limits.
const (
	Name  Part = "name"
	Field Part = "field"
	Texts Part = "texts"
	File  Part = "file"
	Body  Part = "body"
)

// TooLargeError means that something holds more bytes than the form takes.
type TooLargeError struct {
	What  Part
	Field string // the field's name, or "" where What is Name, Texts or Body
	Limit int64  // bytes
}

func (e TooLargeError) Error() string {
	return fmt.Sprintf("form %s %q larger than %d bytes", e.What, e.Field, e.Limit)
}

// TooManyError means that there are more fields or files than the form takes.
type TooManyError struct {
	What  Part // Field or File
	Limit int
}

func (e TooManyError) Error() string {
	return fmt.Sprintf("form with more than %d %ss", e.Limit, e.What)
}

// TextError means that a field is not text: not UTF-8, or with a zero byte, which no database column of text takes.
type TextError struct{ Field string } // the field's name, made valid UTF-8

func (e TextError) Error() string { return fmt.Sprintf("form field %q is not text", e.Field) }

// ErrMalformed means that the body is not what its content type says, or is cut short.
var ErrMalformed = errors.New("malformed form")

// ErrContentType means that the body is no form at all.
var ErrContentType = errors.New("not a form")

// Upload is a file under way. It gives TooLargeError if it turns out larger than Limits.FileBytes.
type Upload struct {
	Field string // the name of the form's field
	Name  string // as the sender gave it, of any bytes: see documents.SafeName
	io.Reader
}

// Read reads r's body. Texts are returned when the body ends; each file is handed to onFile when it begins, in the order the
// browser sends them. A file field left empty is passed over. What onFile does not read is skipped.
//
// An error of onFile ends the reading and is returned as it is. So that what was typed after a bad file is not lost, onFile
// keeps such an error for itself and returns nil, except when nothing more should be read.
//
// On any error the texts read so far are returned with it: they can be shown again. It reads no more than Limits.TotalBytes.
func Read(r *http.Request, limits Limits, onFile func(Upload) error) (url.Values, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrContentType, r.Header.Get("Content-Type"))
	}
	body := &capped{r: r.Body, left: limits.TotalBytes, err: TooLargeError{What: Body, Limit: limits.TotalBytes}}
	f := form{limits: limits, values: url.Values{}}
	switch kind {
	case "multipart/form-data":
		if params["boundary"] == "" {
			return nil, fmt.Errorf("%w: no boundary", ErrMalformed)
		}
		end := &tail{r: body}
		err = f.multipart(multipart.NewReader(end, params["boundary"]), onFile)
		if err == nil && !bytes.Contains(end.last, []byte("--"+params["boundary"]+"--")) {
			err = fmt.Errorf("%w: no end", ErrMalformed) // the parser takes a body that is cut in a part's header for a whole one
		}
	case "application/x-www-form-urlencoded":
		err = f.urlencoded(body)
	default:
		return nil, fmt.Errorf("%w: %q", ErrContentType, kind)
	}
	if err != nil && body.left < 0 {
		err = body.err // whatever the parser made of it
	}
	return f.values, err
}

// form collects texts.
type form struct {
	limits Limits
	values url.Values
	fields int
	files  int
	text   int64
}

func (f *form) multipart(r *multipart.Reader, onFile func(Upload) error) error {
	for {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a body cut short
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		disposition, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil || disposition != "form-data" {
			return fmt.Errorf("%w: a part without a name", ErrMalformed)
		}
		filename, isFile := params["filename"]
		if isFile {
			err = f.file(part, params["name"], filename, onFile)
		} else {
			err = f.field(part, params["name"])
		}
		if err != nil {
			return err
		}
	}
}

func (f *form) field(part io.Reader, name string) error {
	value, err := io.ReadAll(io.LimitReader(part, f.limits.FieldBytes+1))
	if err != nil {
		return fmt.Errorf("%w: field %q: %w", ErrMalformed, strings.ToValidUTF8(name, "?"), err)
	}
	return f.add(name, string(value))
}

// add takes one text field within the limits.
func (f *form) add(name, value string) error {
	if err := f.name(name); err != nil {
		return err
	}
	f.fields++
	f.text += int64(len(name) + len(value))
	switch {
	case f.fields > f.limits.Fields:
		return TooManyError{What: Field, Limit: f.limits.Fields}
	case int64(len(value)) > f.limits.FieldBytes:
		return TooLargeError{What: Field, Field: name, Limit: f.limits.FieldBytes}
	case f.text > f.limits.TextBytes:
		return TooLargeError{What: Texts, Limit: f.limits.TextBytes}
	case !isText(value):
		return TextError{Field: name}
	}
	f.values.Add(name, value)
	return nil
}

func (f *form) name(name string) error {
	switch {
	case int64(len(name)) > f.limits.NameBytes:
		return TooLargeError{What: Name, Limit: f.limits.NameBytes}
	case !isText(name):
		return TextError{Field: strings.ToValidUTF8(name, "?")}
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (f *form) file(part io.Reader, field, name string, onFile func(Upload) error) error {
	if err := f.name(field); err != nil {
		return err
	}
	if int64(len(name)) > f.limits.NameBytes {
		return TooLargeError{What: Name, Limit: f.limits.NameBytes}
	}
	content := bufio.NewReader(part)
	if name == "" { // a browser sends an empty file where none was chosen
		if _, err := content.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
	}
	if f.files++; f.files > f.limits.Files {
		return TooManyError{What: File, Limit: f.limits.Files}
	}
	return onFile(Upload{Field: field, Name: name, Reader: &capped{
		r: content, left: f.limits.FileBytes, err: TooLargeError{What: File, Field: field, Limit: f.limits.FileBytes},
	}})
}

// urlencoded reads name=value pairs one at a time, so that a long body is refused at its first bad pair.
func (f *form) urlencoded(body io.Reader) error {
	longest := min(3*(f.limits.NameBytes+f.limits.FieldBytes)+2, 64<<20) // each byte may be written as three
	pairs := bufio.NewScanner(body)
	pairs.Buffer(nil, int(longest))
	pairs.Split(splitPairs)
	for pairs.Scan() {
		if len(pairs.Bytes()) == 0 {
			continue
		}
		name, value, _ := strings.Cut(pairs.Text(), "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return fmt.Errorf("%w: the name of a field: %w", ErrMalformed, err)
		}
		value, err = url.QueryUnescape(value)
		if err != nil {
			return fmt.Errorf("%w: field %q: %w", ErrMalformed, strings.ToValidUTF8(name, "?"), err)
		}
		if err := f.add(name, value); err != nil {
			return err
		}
	}
	switch err := pairs.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return TooLargeError{What: Field, Limit: f.limits.FieldBytes}
	case err != nil:
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

func splitPairs(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '&'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// capped gives err when r turns out to hold more bytes than are left.
type capped struct {
	r    io.Reader
	left int64
	err  error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, c.err
	}
	if int64(len(p))-1 > c.left {
		p = p[:c.left+1] // one byte more tells that there is more
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n - 1, c.err
	}
	return n, err
}

// tail remembers the last bytes read: more than a boundary (70 at the most, RFC 2046) and what may follow it.
type tail struct {
	r    io.Reader
	last []byte
}

func (t *tail) Read(p []byte) (int, error) {
	const keep = 128
	n, err := t.r.Read(p)
	t.last = append(t.last, p[max(0, n-keep):n]...)
	if more := len(t.last) - keep; more > 0 {
		t.last = append(t.last[:0], t.last[more:]...)
	}
	return n, err
}
