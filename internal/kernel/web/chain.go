package web

import (
	"net/http"
	"net/url"
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Middleware is what stands around a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts middleware around a handler, the first outermost. Nil is passed over, so that what is not configured costs nothing.
func Chain(h http.Handler, list ...Middleware) http.Handler {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] != nil {
			h = list[i](h)
		}
	}
	return h
}

// Language reads the language off the address: handlers see the path without /en and find the localizer in the context. It stands
// outermost, so that every error page is in the language of the address.
func Language(c *i18n.Catalogue) Middleware {
	localizers := map[i18n.Lang]*i18n.Localizer{}
	for _, l := range i18n.Languages() {
		localizers[l] = c.For(l)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			lang, path := i18n.Split(r.URL.Path)
			r = r.WithContext(i18n.With(r.Context(), localizers[lang]))
			if path != r.URL.Path {
				address := new(url.URL)
				*address = *r.URL
				address.Path, address.RawPath = path, withoutPrefix(r.URL, path)
				r.URL = address
			}
			next.ServeHTTP(w, r)
		})
	}
}

// withoutPrefix is the encoded form of a shortened path, or "" if its plain form says the same.
func withoutPrefix(u *url.URL, path string) string {
	cut := u.Path[:len(u.Path)-len(path)]
	if rest, ok := strings.CutPrefix(u.RawPath, cut); ok {
		return rest
	}
	return ""
}

// localize puts addresses of our own, written without language, in the language of the request.
func localize(r *http.Request, location string) string {
	return i18n.From(r.Context()).Path(location)
}
