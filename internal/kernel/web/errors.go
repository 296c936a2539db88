package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web/formdata"
)

// Failure is what an error page says.
type Failure struct {
	Status int // HTTP status
	// Code is part of the keys "http.CODE.title" and "http.CODE.text" in texts/, and names the problem to programs.
	Code string
	// RetryAfter, if not 0, is when to try again.
	RetryAfter time.Duration
	// Sentence is the ID of the sentence of the strategy or the law that refuses, such as "S4-KS-3".
	Sentence string
	// Reason is the key of the text that says why it is refused, and ReasonArgs what it holds; "" for the code's own text.
	Reason     string
	ReasonArgs []any
	// SignIn is the address of the sign-in page that leads back here.
	SignIn string
	// Reference is the request's number.
	Reference string
}

// Codes of failures.
const (
	codeBadRequest  = "bad_request"
	codeSignIn      = "sign_in"
	codeRefused     = "refused"
	codeCrossSite   = "cross_site"
	codeNotFound    = "not_found"
	codeMethod      = "method"
	codeTimeout     = "timeout"
	codeConflict    = "conflict"
	codeGone        = "gone"
	codeTooLarge    = "too_large"
	codeContentType = "content_type"
	codeTooMany     = "too_many"
	codeInternal    = "internal"
	codeUnavailable = "unavailable"
	codeScan        = "scan"
	codeFull        = "full"
)

// TooManyError means that somebody must wait before trying again.
type TooManyError struct{ RetryAfter time.Duration }

func (e TooManyError) Error() string { return fmt.Sprintf("too many attempts, wait %s", e.RetryAfter) }

// ErrBadRequest means that the request is not one of ours and that no page can point at the field: a broken address or form.
var ErrBadRequest = errors.New("bad request")

// statusError is an answer of the mux.
type statusError int

func (e statusError) Error() string { return http.StatusText(int(e)) }

// Error answers with what went wrong, in plain words, with the next step and the request's number; the cause goes to the log and
// nowhere else. Browsers get a page; programs, and everything under /api/, application/problem+json (RFC 9457). When the client
// has gone it does nothing, and when the answer has begun it can only log.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	f := Explain(err)
	v := visitOf(r.Context())
	if v != nil {
		level := slog.LevelInfo
		if f.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		v.options.Log.LogAttrs(r.Context(), level, "request failed", slog.String("request", v.id), slog.Int("status", f.Status),
			slog.String("code", f.Code), slog.String("error", err.Error()))
		if v.answer.status != 0 {
			panic(http.ErrAbortHandler) // half an answer must be seen as one
		}
	}
	if f.Code == codeSignIn {
		back := "/"
		if r.Method == http.MethodGet {
			back = r.URL.RequestURI()
		}
		f.SignIn = identity.SignInPath(localize(r, back))
		if r.Method == http.MethodGet && !wantsJSON(r) {
			http.Redirect(w, r, f.SignIn, http.StatusSeeOther) //nolint:gosec // SignInPath leads to our own page and keeps local paths only
			return
		}
	}
	fail(w, r, f)
}

// retrySoon is how long to wait for what usually passes.
const retrySoon = 10 * time.Second

// Explain tells what to say of an error. One it does not know is "internal".
func Explain(err error) Failure {
	if f, ok := explainRefusal(err); ok {
		return f
	}
	var tooMany TooManyError
	var status statusError
	switch {
	case errors.As(err, &tooMany):
		return Failure{Status: http.StatusTooManyRequests, Code: codeTooMany, RetryAfter: max(tooMany.RetryAfter, time.Second)}
	case errors.As(err, &status) && status == http.StatusMethodNotAllowed:
		return Failure{Status: http.StatusMethodNotAllowed, Code: codeMethod}
	case errors.As(err, &status) && status == http.StatusNotFound:
		return Failure{Status: http.StatusNotFound, Code: codeNotFound}
	case tooLarge(err):
		return Failure{Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge}
	case is[formdata.TextError](err):
		return Failure{Status: http.StatusBadRequest, Code: codeBadRequest}
	}
	for _, known := range []struct {
		err    error
		status int
		code   string
		retry  time.Duration
	}{
		{store.ErrNotFound, http.StatusNotFound, codeNotFound, 0},
		{store.ErrConflict, http.StatusConflict, codeConflict, 0},
		{store.ErrFull, http.StatusInsufficientStorage, codeFull, time.Minute},
		{store.ErrUnavailable, http.StatusServiceUnavailable, codeUnavailable, retrySoon},
		{store.ErrCorrupt, http.StatusServiceUnavailable, codeUnavailable, 5 * time.Minute},
		{identity.ErrNotSignedIn, http.StatusUnauthorized, codeSignIn, 0},
		{documents.ErrShredded, http.StatusGone, codeGone, 0},
		{documents.ErrPending, http.StatusServiceUnavailable, codeScan, time.Minute},
		{formdata.ErrContentType, http.StatusUnsupportedMediaType, codeContentType, 0},
		{formdata.ErrMalformed, http.StatusBadRequest, codeBadRequest, 0},
		{ErrBadRequest, http.StatusBadRequest, codeBadRequest, 0},
		{errCrossSite, http.StatusForbidden, codeCrossSite, 0},
		{os.ErrDeadlineExceeded, http.StatusRequestTimeout, codeTimeout, 0},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, codeUnavailable, retrySoon},
	} {
		if errors.Is(err, known.err) {
			return Failure{Status: known.status, Code: known.code, RetryAfter: known.retry}
		}
	}
	return Failure{Status: http.StatusInternalServerError, Code: codeInternal}
}

// askToSignIn is the reason package access gives to somebody who is not signed in.
const askToSignIn = "access.denied.anonymous"

// explainRefusal tells what to say when the rules refuse.
func explainRefusal(err error) (Failure, bool) {
	f := Failure{Status: http.StatusForbidden, Code: codeRefused}
	var denied *access.Denied
	var reserved *bodies.ReservedError
	var mandate *bodies.MandateError
	switch {
	case errors.As(err, &denied) && denied.Reason == askToSignIn:
		return Failure{Status: http.StatusUnauthorized, Code: codeSignIn}, true
	case errors.As(err, &denied):
		f.Sentence, f.Reason = denied.Sentence, denied.Reason
	case errors.As(err, &reserved):
		f.Sentence, f.Reason, f.ReasonArgs = reserved.Sentence, "http.reserved", []any{"Body", reserved.Body}
	case errors.As(err, &mandate) && mandate.Role != "":
		f.Sentence, f.Reason, f.ReasonArgs = mandate.Sentence, "http.mandate", []any{"Role", mandate.Role, "Body", mandate.Body}
	case errors.As(err, &mandate):
		f.Sentence = mandate.Sentence
	default:
		return Failure{}, false
	}
	return f, true
}

func tooLarge(err error) bool {
	return is[*http.MaxBytesError](err) || is[formdata.TooLargeError](err) || is[formdata.TooManyError](err) || is[documents.TooLargeError](err)
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
