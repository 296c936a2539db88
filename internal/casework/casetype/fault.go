package casetype

import (
	"embed"
	"strings"

	"dygnet/internal/kernel/calendar"
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

	ErrNumber             Code = "number"
	ErrMoney              Code = "money"
	ErrDecimals           Code = "decimals" // more decimals than Max
	ErrMin                Code = "min"      // number or day before Limit; the file may have words of its own, as for max
	ErrMax                Code = "max"
	ErrTime               Code = "time"
	ErrPersonNumber       Code = "personal_number"
	ErrOrganisationNumber Code = "organisation_number"
	ErrPostcode           Code = "postcode"
	ErrProperty           Code = "property"
	ErrLeaf               Code = "leaf"      // an option of a tree that has others below it
	ErrRowsFew            Code = "rows_few"  // fewer rows than Min
	ErrRowsMany           Code = "rows_many" // more rows than Max
	ErrCondition          Code = "if"        // validate.if does not hold; the file has words of its own
	ErrTooLarge           Code = "too_large" // a computed value that cannot be kept
)

// FieldError is one thing wrong with one field.
type FieldError struct {
	Question string // key of the question, empty for an unknown field
	Field    string // name of the input to mark and link to
	Code     Code
	Type     QuestionType // of the question or column, empty for an unknown field
	Params   map[string]int
	Limit    string    // of min and max: the number or day, in its one form
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
	key := "casetype." + string(e.Code)
	args := make([]any, 0, 2*len(e.Params)+2)
	for name, n := range e.Params {
		args = append(args, name, l.Number(int64(n)))
	}
	switch {
	case e.Code == ErrDecimals && e.Params["Max"] == 0:
		key = "casetype.whole"
	case e.Limit == "":
	case e.Type == TypeDate || e.Type == TypeDateTime:
		day, _ := calendar.ParseDate(e.Limit)
		key += "_date"
		args = append(args, "Limit", l.Date(day))
	case e.Type == TypeMoney:
		key += "_money"
		args = append(args, "Limit", formatMoney(e.Limit, l.Lang()))
	default:
		args = append(args, "Limit", formatNumber(e.Limit, l.Lang()))
	}
	return l.T(key, args...)
}

// Texts are the words of the faults, for the interface's catalogue.
//
//go:embed texts
var Texts embed.FS
