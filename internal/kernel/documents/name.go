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

// extensions gives the file name endings of a content type, the usual one first.
func extensions(mime string) []string {
	switch mime {
	case JPEG:
		return []string{".jpg", ".jpeg", ".jpe", ".jfif"}
	case PNG:
		return []string{".png"}
	case WebP:
		return []string{".webp"}
	case HEIC:
		return []string{".heic", ".heif", ".hif"}
	case AVIF:
		return []string{".avif"}
	case TIFF:
		return []string{".tiff", ".tif"}
	case GIF:
		return []string{".gif"}
	case SVG:
		return []string{".svg"}
	case PDF:
		return []string{".pdf"}
	case ZIP:
		return []string{".zip"}
	case DOCX:
		return []string{".docx"}
	case XLSX:
		return []string{".xlsx"}
	case PPTX:
		return []string{".pptx"}
	case ODT:
		return []string{".odt"}
	case ODS:
		return []string{".ods"}
	case ODP:
		return []string{".odp"}
	case ODG:
		return []string{".odg"}
	case OLE:
		return []string{".doc", ".xls", ".ppt", ".msg"}
	case RTF:
		return []string{".rtf"}
	case Text:
		return []string{".txt", ".csv", ".md", ".log", ".json", ".ics", ".vcf", ".xml"}
	case HTML:
		return []string{".html", ".htm"}
	case XML:
		return []string{".xml", ".gml", ".gpx", ".kml", ".sie"}
	case Mail:
		return []string{".eml"}
	case "video/mp4":
		return []string{".mp4", ".m4v"}
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
	name = norm.NFC.String(name)
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
	name = strings.Trim(name, ". ")
	ends := extensions(mime)
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if !slices.Contains(ends, strings.ToLower(ext)) {
		stem, ext = name, ends[0]
	}
	for len(stem)+len(ext) > maxName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	stem = strings.TrimRight(stem, ". ")
	if stem == "" {
		stem = "document"
	}
	if reserved(stem) {
		stem = "_" + stem
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
