package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// SecurityOptions widen the policy by what is configured.
type SecurityOptions struct {
	// TLS tells that the site is reached over https only: HSTS is sent.
	TLS bool
	// FormOrigins are the sign-in providers, "https://login.example": a sign-in form ends in a redirect there.
	FormOrigins []string
	// ImageOrigins are map tile services.
	ImageOrigins []string
}

// Secure sets the headers that tell browsers what our pages never do. What is answered is private unless the handler says otherwise:
// a visitor with a cookie leaves nothing behind on a shared computer.
func Secure(o SecurityOptions) Middleware {
	policy := strings.Join([]string{
		"default-src 'self'",
		"img-src " + strings.Join(slices.Concat([]string{"'self'", "data:", "blob:"}, o.ImageOrigins), " "),
		"style-src 'self'",
		"script-src 'self'",
		"connect-src " + strings.Join(slices.Concat([]string{"'self'"}, o.ImageOrigins), " "),
		"object-src 'none'",
		"base-uri 'none'",
		"form-action " + strings.Join(slices.Concat([]string{"'self'"}, o.FormOrigins), " "),
		"frame-ancestors 'none'",
	}, "; ")
	fixed := map[string][]string{
		"Content-Security-Policy":    {policy},
		"X-Content-Type-Options":     {"nosniff"},
		"Referrer-Policy":            {"same-origin"},
		"Permissions-Policy":         {"camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"},
		"Cross-Origin-Opener-Policy": {"same-origin"},
	}
	if o.TLS {
		fixed["Strict-Transport-Security"] = []string{"max-age=31536000"}
	}
	fresh, forgotten := []string{"private, no-cache"}, []string{"private, no-store"}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header := w.Header()
			for name, value := range fixed {
				header[name] = value
			}
			if r.Header["Cookie"] == nil {
				header["Cache-Control"] = fresh
			} else {
				header["Cache-Control"] = forgotten
			}
			next.ServeHTTP(w, r)
		})
	}
}

// errCrossSite means that another site's page sent the request.
var errCrossSite = errors.New("posted from another site")

// SameOrigin refuses posts that come from other sites' pages (CWE-352): by Sec-Fetch-Site, or in old browsers by comparing Origin
// with Host. Programs send neither and are let through; they carry no cookie that somebody could ride on.
func SameOrigin() Middleware {
	var p http.CrossOriginProtection
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { Error(w, r, errCrossSite) }))
	return p.Handler
}
