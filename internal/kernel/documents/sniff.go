package documents

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/documents/photo"
)

// SniffLen is how many bytes from the beginning of a file Sniff needs to do its best.
const SniffLen = 16 << 10

// Content types that Sniff tells apart and callers name in their limits.
const (
	JPEG = photo.JPEG
	PNG  = photo.PNG
	WebP = photo.WebP
	HEIC = "image/heic"
	AVIF = "image/avif"
	TIFF = "image/tiff"
	GIF  = "image/gif"
	SVG  = "image/svg+xml"
	PDF  = "application/pdf"
	ZIP  = "application/zip"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	ODT  = "application/vnd.oasis.opendocument.text"
	ODS  = "application/vnd.oasis.opendocument.spreadsheet"
	ODP  = "application/vnd.oasis.opendocument.presentation"
	ODG  = "application/vnd.oasis.opendocument.graphics"
	OLE  = "application/x-ole-storage" // doc, xls, ppt and msg of before 2007
	RTF  = "application/rtf"
	Text = "text/plain" // UTF-8
	HTML = "text/html"
	XML  = "text/xml"
	Mail = "message/rfc822"
	// Unknown is a file of which nothing is known.
	Unknown = "application/octet-stream"
)

// Sniff gives the content type of a file that begins with head, by its content and never by its name or by what the sender
// says. It knows the types of net/http.DetectContentType and, beyond these, the ones named above. Text is only called text if
// it is UTF-8. Source: WHATWG MIME Sniffing, and the formats' own standards for the rest.
func Sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(head)
	case bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return TIFF
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return OLE
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return RTF
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		if kind := sniffBrand(head); kind != "" {
			return kind
		}
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch kind {
	case HTML:
		return HTML
	case Text, XML:
		return sniffText(head, kind)
	}
	return kind
}

// sniffBrand knows pictures in the ISO base media format by their brands (ISO/IEC 23008-12, AVIF 1.1).
func sniffBrand(head []byte) string {
	end := min(len(head), int(binary.BigEndian.Uint32(head)), 256)
	for at := 8; at+4 <= end; at += 4 {
		switch string(head[at : at+4]) {
		case "avif", "avis":
			return AVIF
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			return HEIC
		}
	}
	return ""
}

func sniffText(head []byte, kind string) string {
	if !utf8.Valid(wholeRunes(head)) {
		return Unknown
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("%PDF-")): // with white space before it, which readers accept
		return PDF
	case kind == XML || bytes.HasPrefix(text, []byte("<")):
		lower := bytes.ToLower(text)
		if bytes.Contains(lower, []byte("<svg")) || bytes.Contains(lower, []byte(":svg")) {
			return SVG
		}
		if bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("www.w3.org/1999/xhtml")) {
			return HTML
		}
	case isMail(text):
		return Mail
	}
	return kind
}

// wholeRunes is b without a character that was cut at its end.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// isMail tells whether text begins with a header of RFC 5322 that has at least two of the fields that mail has.
func isMail(text []byte) bool {
	known := 0
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue // a folded field
		}
		name, _, found := bytes.Cut(line, []byte(":"))
		if !found || bytes.ContainsAny(name, " \t") {
			return false
		}
		switch strings.ToLower(string(name)) {
		case "from", "to", "date", "subject", "received", "return-path", "message-id", "mime-version", "delivered-to", "dkim-signature":
			known++
		}
	}
	return known >= 2
}

// sniffZip looks at the names of the first entries: office documents are zip files with known ones
// (ECMA-376 part 2, OpenDocument 1.3 part 2 section 3.3).
func sniffZip(head []byte) string {
	for first := true; ; first = false {
		at := bytes.Index(head, []byte("PK\x03\x04"))
		if at < 0 || len(head) < at+30 {
			return ZIP
		}
		head = head[at:]
		nameEnd := 30 + int(binary.LittleEndian.Uint16(head[26:]))
		if len(head) < nameEnd {
			return ZIP
		}
		switch name := string(head[30:nameEnd]); {
		case first && name == "mimetype":
			body := head[min(len(head), nameEnd+int(binary.LittleEndian.Uint16(head[28:]))):]
			size := int(min(binary.LittleEndian.Uint32(head[18:]), uint32(len(body)))) //nolint:gosec // not more than SniffLen
			switch kind := string(body[:size]); kind {
			case ODT, ODS, ODP, ODG:
				return kind
			}
			return ZIP
		case strings.HasPrefix(name, "word/"):
			return DOCX
		case strings.HasPrefix(name, "xl/"):
			return XLSX
		case strings.HasPrefix(name, "ppt/"):
			return PPTX
		}
		head = head[nameEnd:]
	}
}
