package identity

import (
	"net/url"
	"strings"
)

// maxLocalPath bounds what is kept with a sign-in and sent back in a redirect.
const maxLocalPath = 2000

// LocalPath gives target if it is a path on this site, with its query, and "/" for everything else: what comes in a form or link
// never sends anybody to another site (CWE-601).
func LocalPath(target string) string {
	if len(target) > maxLocalPath || !strings.HasPrefix(target, "/") {
		return "/"
	}
	// Browsers read \ as /, and drop tabs and newlines: "/\evil" and "/\t/evil" are other sites.
	for _, c := range target {
		if c <= ' ' || c == '\\' || c == 0x7f {
			return "/"
		}
	}
	u, err := url.Parse(target)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || strings.HasPrefix(target, "//") {
		return "/"
	}
	for _, path := range []string{u.Path, u.EscapedPath()} { // "/.//evil" and "/%2Fevil" after cleaning by somebody else
		if strings.Contains(path, "//") || strings.Contains(path, `\`) {
			return "/"
		}
	}
	return target
}
