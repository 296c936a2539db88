package casetype

import (
	"embed"
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Code says what is wrong with an answer.
type Code string

// The codes. The names of the parameters that some carry are in capitals.
const (
	ErrRequired     Code = "required"
	ErrTooShort     Code = "too_short" // Min, Length
	ErrTooLong      Code = "too_long"  // Max, Length
	ErrPattern      Code = "pattern"   // the file may have words of its own
	ErrOption       Code = "option"    // not among the options
	ErrTooMany      Code = "too_many"  // more than one answer, or more than Max files
	ErrEmail        Code = "email"
	ErrPhone        Code = "phone"
	ErrDate         Code = "date"
	ErrCoordinates  Code = "coordinates"   // not two numbers that are a point
	ErrContact      Code = "contact"       // a person who can be reached in no way
	ErrRecipient    Code = "recipient"     // no such recipient
	ErrFile         Code = "file"          // not a reference to a file
	ErrEncoding     Code = "encoding"      // not UTF-8, or control characters
	ErrUnknownField Code = "unknown_field" // no question has such a field
)

// FieldError is one thing wrong with one field.
type FieldError struct {
	Question string // key of the question, empty for an unknown field
	Field    string // name of the input to mark and link to
	Code     Code
	Params   map[string]int
	Own      i18n.Text // the file's own words, nil if it has none
}

// FieldErrors are all that is wrong, in the order of the form.
type FieldErrors []FieldError

// Error says how many answers are wrong; the answers themselves are never in it.
func (e FieldErrors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Field + ": " + string(f.Code)
	}
	return "answers not accepted: " + strings.Join(parts, ", ")
}

// Of gives the first fault of a field; false if it has none.
func (e FieldErrors) Of(field string) (FieldError, bool) {
	for _, f := range e {
		if f.Field == field {
			return f, true
		}
	}
	return FieldError{}, false
}

// Text is the fault in words for the one who answered, the file's own if it has them. The localizer's catalogue holds [Texts].
func (e FieldError) Text(l *i18n.Localizer) string {
	if e.Own != nil {
		return e.Own.In(l.Lang())
	}
	args := make([]any, 0, 2*len(e.Params))
	for name, n := range e.Params {
		args = append(args, name, l.Number(int64(n)))
	}
	return l.T("casetype."+string(e.Code), args...)
}

// Texts are the words of the faults, for the interface's catalogue.
//
//go:embed texts
var Texts embed.FS
