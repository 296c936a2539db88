package web

import (
	"embed"
	"encoding/json"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Texts holds the texts of this package for i18n.Load.
//
//go:embed texts
var Texts embed.FS

// ErrorPage gives the page around an error: site, navigation, who is signed in. Title, Path and NoIndex are filled in here. It must
// ask nothing of the database, which may be what has failed.
type ErrorPage func(r *http.Request) ui.Page

// fail writes a failure as a page or as a problem.
func fail(w http.ResponseWriter, r *http.Request, f Failure) {
	l := i18n.From(r.Context())
	f.Reference = RequestID(r.Context())
	title, text := l.T("http."+f.Code+".title"), l.T("http."+f.Code+".text")
	if f.Reason != "" {
		text = l.T(f.Reason, f.ReasonArgs...)
	}
	if f.Sentence != "" {
		text += " " + l.T("http.sentence", "Sentence", f.Sentence)
	}
	header := w.Header()
	header.Del("Content-Encoding")
	header.Del("Content-Disposition")
	header.Del("Etag")
	header.Set("Cache-Control", "no-store")
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	if wantsJSON(r) {
		problem(w, r, f, title, text)
		return
	}
	var frame ErrorPage
	if v := visitOf(r.Context()); v != nil {
		frame = v.options.Page
	}
	if frame == nil {
		plain(w, r, f, title, text)
		return
	}
	page := frame(r)
	page.Title, page.Path, page.NoIndex = title, r.URL.RequestURI(), true
	message := ui.Message{Page: page, Lead: text, Reference: f.Reference}
	if f.SignIn != "" {
		message.Ways = []ui.Link{{Text: l.T("http.to_sign_in"), Href: f.SignIn}}
	}
	if err := ui.Render(w, r, f.Status, message); err != nil {
		plain(w, r, f, title, text)
	}
}

// plain is the answer when no page can be made.
func plain(w http.ResponseWriter, r *http.Request, f Failure, title, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(f.Status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, title+"\n\n"+text+"\n\n"+f.Reference+"\n")
	}
}

// problem writes application/problem+json (RFC 9457). The type is relative to the site: it names the kind of problem and leads nowhere.
func problem(w http.ResponseWriter, r *http.Request, f Failure, title, text string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.Status)
	if r.Method == http.MethodHead {
		return
	}
	_ = json.NewEncoder(w).Encode(struct {
		Type      string `json:"type"`
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Detail    string `json:"detail"`
		Instance  string `json:"instance,omitempty"`
		Sentence  string `json:"sentence,omitempty"`
		Reference string `json:"reference,omitempty"`
	}{"tag:dygnet,2026:problem/" + f.Code, title, f.Status, text, instance(f.Reference), f.Sentence, f.Reference})
}

func instance(reference string) string {
	if reference == "" {
		return ""
	}
	return "urn:dygnet:request:" + reference
}

// wantsJSON tells whether the client is a program: by the address, or because it likes JSON better than HTML.
func wantsJSON(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return true
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if !strings.Contains(accept, "json") {
		return false
	}
	var html, program float64
	for _, part := range strings.Split(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if given, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(given, 64); err != nil {
				q = 0
			}
		}
		switch {
		case kind == "text/html":
			html = max(html, q)
		case kind == "application/json" || strings.HasSuffix(kind, "+json"):
			program = max(program, q)
		}
	}
	return program > html
}
