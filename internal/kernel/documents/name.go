package documents

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest file name in bytes: with room for what file systems (255 bytes) and archives add.
const maxName = 180

// endings are the file name extensions of content types, the usual one first.
func endings() map[string][]string {
	return map[string][]string{
		JPEG:        {".jpg", ".jpeg", ".jpe", ".jfif"},
		PNG:         {".png"},
		WebP:        {".webp"},
		HEIC:        {".heic", ".heif", ".hif"},
		AVIF:        {".avif"},
		TIFF:        {".tiff", ".tif"},
		GIF:         {".gif"},
		SVG:         {".svg"},
		PDF:         {".pdf"},
		ZIP:         {".zip"},
		DOCX:        {".docx"},
		XLSX:        {".xlsx"},
		PPTX:        {".pptx"},
		ODT:         {".odt"},
		ODS:         {".ods"},
		ODP:         {".odp"},
		ODG:         {".odg"},
		OLE:         {".doc", ".xls", ".ppt", ".msg"},
		RTF:         {".rtf"},
		Text:        {".txt", ".csv", ".md", ".log", ".json", ".ics", ".vcf", ".xml"},
		HTML:        {".html", ".htm"},
		XML:         {".xml", ".gml", ".gpx", ".kml", ".sie"},
		Mail:        {".eml"},
		"video/mp4": {".mp4", ".m4v"},
	}
}

// extensions gives the extensions of a content type; a type of which nothing is known gets one that no system opens.
func extensions(mime string) []string {
	if known := endings()[mime]; known != nil {
		return known
	}
	return []string{".bin"}
}

// SafeName makes of the name a sender gave a file one that is safe to show and to save on any system, and that ends as its
// content type does, so that a script in plain text is not run by a double click. Folders, control and direction characters go,
// characters that a file system forbids become "_", letters such as å, ä, ö stay (in composed form). A name that is not UTF-8
// is read as Latin-1. Without a usable name it is "document". The result is never longer than 180 bytes.
func SafeName(name, mime string) string {
	if !utf8.ValidString(name) {
		name = latin1(name)
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = norm.NFC.String(name) // last, since a letter and its accent may have been kept apart by what went
	name = strings.Trim(name, ". ")
	ends := extensions(mime)
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if !slices.Contains(ends, strings.ToLower(ext)) {
		stem, ext = name, ends[0]
	}
	if stem = strings.TrimRight(stem, ". "); stem == "" {
		stem = "document"
	}
	if reserved(stem) {
		stem = "_" + stem
	}
	for len(stem)+len(ext) > maxName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = strings.TrimRight(stem[:len(stem)-size], ". ")
	}
	return stem + ext
}

// latin1 reads each byte as a character of ISO 8859-1.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// reserved tells whether Windows takes the name for a device, whatever its extension.
func reserved(stem string) bool {
	device, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	device = strings.TrimSpace(device)
	switch device {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	if rest, found := strings.CutPrefix(device, "COM"); found || strings.HasPrefix(device, "LPT") {
		if !found {
			rest = device[3:]
		}
		return utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest)
	}
	return false
}
