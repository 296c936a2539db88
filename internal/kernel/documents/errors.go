package documents

import (
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/kernel/documents/photo"
)

// TooLargeError means that the file holds more bytes than the caller takes.
type TooLargeError struct{ Limit int64 } // bytes

func (e TooLargeError) Error() string { return fmt.Sprintf("file larger than %d bytes", e.Limit) }

// TypeError means that the file's content is of a type that the caller does not take.
type TypeError struct {
	Found   string   // content type by content
	Allowed []string // content types
}

func (e TypeError) Error() string {
	return fmt.Sprintf("file is %s, not one of %s", e.Found, strings.Join(e.Allowed, ", "))
}

// InfectedError means that the scanner found something harmful.
type InfectedError struct{ Signature string } // the scanner's name of what it found

func (e InfectedError) Error() string { return "harmful file: " + e.Signature }

// BrokenError means that a picture is malformed or cut short, or that a file is empty.
type BrokenError = photo.BrokenError

// PixelsError means that a picture would unpack to more pixels than the caller takes.
type PixelsError = photo.PixelsError

// Errors of reading a stored document.
var (
	// ErrShredded means that the document's key is destroyed: nobody can read it again.
	ErrShredded = errors.New("document shredded")
	// ErrPending means that the document has not been scanned yet, since the scanner was out of reach.
	ErrPending = errors.New("document waits to be scanned")
	// ErrDamaged means that what is stored is missing or not what was put there. It is a matter for the operator and the journal.
	ErrDamaged = errors.New("stored document damaged")
)

// Problem names in one word what is wrong with a file, for the text of a form: too-large, type, heic, infected, broken, pixels.
// It is "" for an error that is not about the file. "heic" is the type of photo that some phones send unless told otherwise:
// its text can say how to send another kind.
func Problem(err error) string {
	var kind TypeError
	switch {
	case is[TooLargeError](err):
		return "too-large"
	case errors.As(err, &kind) && (kind.Found == HEIC || kind.Found == AVIF):
		return "heic"
	case is[TypeError](err):
		return "type"
	case is[InfectedError](err):
		return "infected"
	case is[BrokenError](err):
		return "broken"
	case is[PixelsError](err):
		return "pixels"
	}
	return ""
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
