package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"dygnet/internal/kernel/calendar"
)

// FrameOptions are what every request needs. Log and Clock are required.
type FrameOptions struct {
	Log   *slog.Logger
	Clock calendar.Clock
	// Page makes error pages; the zero value writes them as plain text.
	Page ErrorPage
	// Metrics count requests, if not nil.
	Metrics *Metrics
	// TrustedProxies may say in X-Forwarded-For where a request comes from.
	TrustedProxies []netip.Prefix
	// Quiet are patterns logged at debug level only: probes, assets.
	Quiet []string
}

// visit is what is known of one request.
type visit struct {
	id      string
	pattern string
	options *FrameOptions
	answer  *recorder
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// RequestID is the number under which the log knows this request, "" outside Frame.
func RequestID(ctx context.Context) string {
	if v := visitOf(ctx); v != nil {
		return v.id
	}
	return ""
}

// Frame numbers, logs and counts each request and makes a page of a panic.
func Frame(o FrameOptions) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun := o.Clock.Now()
			v := &visit{id: newRequestID(), options: &o}
			r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
			v.answer = &recorder{ResponseWriter: w, request: r}
			o.Metrics.begin()
			defer func() {
				aborted := v.caught(r, recover())
				v.end(r, o.Clock.Now().Sub(begun))
				if aborted {
					panic(http.ErrAbortHandler) // net/http then drops the connection, so that half an answer is seen as one
				}
			}()
			next.ServeHTTP(v.answer, r)
		})
	}
}

// requestIDs are written without letters that are taken for others (Crockford).
var requestIDs = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newRequestID is 40 random bits in eight characters, to be read out on the telephone.
func newRequestID() string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return requestIDs.EncodeToString(b[:])
}

// caught turns a panic into an error page. It tells whether the connection must be dropped instead.
func (v *visit) caught(r *http.Request, thrown any) (abort bool) {
	if thrown == nil {
		return false
	}
	if err, ok := thrown.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	// The value of a panic may quote what somebody wrote; its type and the place do not. The runtime's own words are safe.
	what := fmt.Sprintf("%T", thrown)
	if err, ok := thrown.(runtime.Error); ok {
		what = err.Error()
	}
	v.options.Log.LogAttrs(r.Context(), slog.LevelError, "panic in a handler", slog.String("request", v.id),
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))
	if v.answer.status != 0 {
		return true
	}
	fail(v.answer, r, Failure{Status: http.StatusInternalServerError, Code: codeInternal})
	return false
}

// methodName is the request's method if it is one of those we know; the rest is a stranger's text.
func methodName(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// noRoute is the pattern of what no route answers.
const noRoute = "none"

// answered notes the route that answered; the innermost comes first.
func (v *visit) answered(pattern string) {
	if v.pattern == "" {
		v.pattern = pattern
	}
}

// route is the pattern that answered, or "none".
func (v *visit) route() string {
	if v.pattern == "" {
		return noRoute
	}
	return v.pattern
}

// end writes the log line and the metrics of the request.
func (v *visit) end(r *http.Request, took time.Duration) {
	status := v.answer.status
	if status == 0 {
		status = http.StatusOK
		if r.Context().Err() != nil {
			status = statusClientGone
		}
	}
	pattern := v.route()
	v.options.Metrics.end(pattern, status, took)
	level := slog.LevelInfo
	if slices.Contains(v.options.Quiet, pattern) {
		level = slog.LevelDebug
	}
	if !v.options.Log.Enabled(r.Context(), level) {
		return
	}
	v.options.Log.LogAttrs(r.Context(), level, "request", slog.String("request", v.id), slog.String("method", methodName(r)),
		slog.String("pattern", pattern), slog.Int("status", status), slog.Int64("bytes", v.answer.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000))
}

// statusClientGone is what the log says when nobody waited for the answer (nginx's number for it).
const statusClientGone = 499

// recorder knows what was answered.
type recorder struct {
	http.ResponseWriter
	request *http.Request
	status  int
	bytes   int64
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader puts redirects within the site in the language of the request.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
		if location := w.Header()["Location"]; len(location) == 1 {
			w.Header().Set("Location", localize(w.request, location[0]))
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}
