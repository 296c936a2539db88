package web

import (
	"io"
	"net/http"
	"time"

	"dygnet/internal/kernel/calendar"
)

// uploadGrace is the time a client gets besides what its bytes earn it.
const uploadGrace = 20 * time.Second

// paceStep is how many bytes must have come before the deadline moves.
const paceStep = 32 << 10

// AllowUpload lets the body of this request be up to maxBytes and take perMB (10^6 bytes) besides a grace of 20 s: whoever keeps
// that pace may go on for an hour, whoever trickles is cut off. Call it before the body is read. Reading beyond maxBytes gives
// *http.MaxBytesError.
//
// 20 s per MB lets in a phone on 0.4 Mbit/s.
func AllowUpload(w http.ResponseWriter, r *http.Request, maxBytes int64, perMB time.Duration) {
	body := r.Body
	if l, ok := body.(*limitedBody); ok {
		body = l.whole
	}
	p := &pacedBody{ReadCloser: body, control: http.NewResponseController(w), start: calendar.System().Now(), perMB: perMB}
	p.extend()
	r.Body = http.MaxBytesReader(w, p, maxBytes)
}

// pacedBody moves the connection's deadline as bytes come in.
type pacedBody struct {
	io.ReadCloser
	control     *http.ResponseController
	start       time.Time
	perMB       time.Duration
	read, moved int64
}

func (p *pacedBody) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.read += int64(n)
	if p.read-p.moved >= paceStep {
		p.extend()
	}
	return n, err
}

func (p *pacedBody) extend() {
	p.moved = p.read
	earned := time.Duration(float64(p.read) / 1e6 * float64(p.perMB))
	deadline := p.start.Add(uploadGrace + earned)
	// A writer without deadlines is a test's: there is nothing to move then.
	_ = p.control.SetReadDeadline(deadline)
	_ = p.control.SetWriteDeadline(deadline.Add(uploadGrace)) // the answer comes after the body
}

// KeepSending gives the client d from now to receive what is written next, and lets the answer take longer than the server's usual
// limits. Streams call it before each write, large files before each piece.
func KeepSending(w http.ResponseWriter, d time.Duration) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // its passing would end the request's context
	_ = control.SetWriteDeadline(calendar.System().Now().Add(d))
}

// LimitBody bounds the body of every request, in bytes, until AllowUpload says otherwise.
func LimitBody(maxBytes int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body != nil && r.Body != http.NoBody {
				r.Body = &limitedBody{ReadCloser: http.MaxBytesReader(w, r.Body, maxBytes), whole: r.Body}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// limitedBody remembers the body without the limit.
type limitedBody struct {
	io.ReadCloser
	whole io.ReadCloser
}
