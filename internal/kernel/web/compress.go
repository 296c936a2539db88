package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// compressLeast is the smallest body, in bytes, that is worth compressing.
const compressLeast = 1400 // one packet

// Compress zips HTML and JSON whose length is known when it begins, as ui.Render's is; streams and files pass as they are. Pages show
// nothing that a stranger could both choose and weigh (BREACH): there are no tokens in them.
func Compress(next http.Handler) http.Handler {
	pool := &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is valid
		return z
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !acceptsGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w, pool: pool}
		defer c.close()
		next.ServeHTTP(c, r)
	})
}

// acceptsGzip reads Accept-Encoding: gzip is named and not with q=0.
func acceptsGzip(r *http.Request) bool {
	for _, line := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(line, ",") {
			name, q, _ := strings.Cut(part, ";")
			if strings.TrimSpace(name) == "gzip" {
				q = strings.ReplaceAll(q, " ", "")
				return !strings.HasPrefix(q, "q=0") || strings.ContainsAny(q, "123456789")
			}
		}
	}
	return false
}

type compressor struct {
	http.ResponseWriter
	pool    *sync.Pool
	zip     *gzip.Writer
	decided bool
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *compressor) WriteHeader(status int) {
	if !c.decided && status >= 200 {
		c.decided = true
		header := c.Header()
		kind := header.Get("Content-Type")
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err == nil && length >= compressLeast && status != http.StatusPartialContent && header.Get("Content-Encoding") == "" &&
			(strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/json")) {
			header.Del("Content-Length")
			header.Set("Content-Encoding", "gzip")
			header.Add("Vary", "Accept-Encoding")
			c.zip = c.pool.Get().(*gzip.Writer)
			c.zip.Reset(c.ResponseWriter)
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressor) Write(b []byte) (int, error) {
	if !c.decided {
		c.WriteHeader(http.StatusOK)
	}
	if c.zip != nil {
		return c.zip.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// close ends the zip. After a panic nothing has been decided or the connection is dropped, so ending it does no harm.
func (c *compressor) close() {
	if c.zip != nil {
		_ = c.zip.Close()
		c.pool.Put(c.zip)
	}
}
