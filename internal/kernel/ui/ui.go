package ui

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
)

// Texts holds the texts of this package for i18n.Load.
//
//go:embed texts
var Texts embed.FS

// T returns an interface text in the language of the page, see i18n.Localizer.T.
func T(ctx context.Context, key string, args ...any) string { return i18n.From(ctx).T(key, args...) }

// Href makes an address safe for a link and puts it in the language of the page. Addresses are written without language:
// "/e-tjanster" becomes "/en/e-tjanster" on an English page. Schemes other than http, https, mailto and tel are refused.
func Href(ctx context.Context, address string) templ.SafeURL {
	return templ.URL(i18n.From(ctx).Path(address))
}

// Render writes the component as a whole HTML page: buffered, so that a component that fails leaves the response untouched for an
// error page. The localizer must be in the request's context (i18n.With).
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := c.Render(r.Context(), buffer); err != nil {
		return fmt.Errorf("rendering the page: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(buffer.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = w.Write(buffer.Bytes()) // the reader went away: nothing to do about it
	return nil
}

// String renders a component to a string, for fragments in tests and documents.
func String(ctx context.Context, c templ.Component) (string, error) {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return "", fmt.Errorf("rendering: %w", err)
	}
	return b.String(), nil
}

// describedBy joins the ids of what describes a field, "" for none.
func describedBy(ids ...string) string {
	return strings.Join(strings.Fields(strings.Join(ids, " ")), " ")
}

// when returns the text if the condition holds, else "".
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

// telephone makes a tel: address of a number written for people: "0223-440 00" is tel:022344000.
func telephone(number string) templ.SafeURL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return templ.SafeURL("tel:" + digits)
}

// Around is for components with children in templ files, where @Form{…} { … } cannot be parsed: @ui.Around(ui.Form{…}) { … }.
func Around(c templ.Component) templ.Component { return c }
