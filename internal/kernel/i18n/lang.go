package i18n

import "strings"

// Lang is a language of the interface as a BCP 47 tag.
type Lang string

// The languages of the interface. Swedish is the source and the fallback.
const (
	SV Lang = "sv"
	EN Lang = "en"
)

// Languages lists the languages every text must have, source first.
func Languages() []Lang { return []Lang{SV, EN} }

// Other returns the language the language link of a page leads to.
func (l Lang) Other() Lang {
	if l == EN {
		return SV
	}
	return EN
}

// prefix is the first path segment of the pages in English.
const prefix = "/en"

// Split reads the language off a URL path and returns the path without it: "/en/e-tjanster" is EN and "/e-tjanster".
func Split(path string) (Lang, string) {
	if path == prefix {
		return EN, "/"
	}
	if rest, ok := strings.CutPrefix(path, prefix); ok && rest[0] == '/' {
		return EN, rest
	}
	return SV, path
}

// Path returns the address of a page of the site in this language. The path is given without language, may carry a query and a
// fragment, and must begin with one slash; anything else (another site, mailto:, #fragment) is returned as it is.
func (l Lang) Path(path string) string {
	if l != EN || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return path
	}
	if at, _ := Split(strings.TrimSpace(path[:end(path)])); at == EN {
		return path
	}
	if path[:end(path)] == "/" {
		return prefix + path[1:]
	}
	return prefix + path
}

// end returns where the path part of an address stops: at its query, its fragment or its end.
func end(address string) int {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		return i
	}
	return len(address)
}
