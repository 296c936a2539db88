package documents_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/documents"
)

// zipped is a zip file of the given entries, name and content in turn; stored says that the first is not compressed.
func zipped(t testing.TB, stored bool, entries ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		create, header := w.CreateHeader, &zip.FileHeader{Name: entries[i], Method: zip.Deflate}
		if i == 0 && stored { // as office programs write it: not compressed, with its size before it
			create, header.Method = w.CreateRaw, zip.Store
			header.CompressedSize64, header.UncompressedSize64 = uint64(len(entries[1])), uint64(len(entries[1]))
		}
		out, err := create(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(entries[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTypesAreToldByContent(t *testing.T) {
	var jpg, pngs, gifs bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 2, 2))
	_, _, _ = jpeg.Encode(&jpg, img, nil), png.Encode(&pngs, img), gif.Encode(&gifs, img, nil)
	content := "[Content_Types].xml"
	for _, test := range []struct{ head, want string }{
		{jpg.String(), documents.JPEG},
		{pngs.String(), documents.PNG},
		{gifs.String(), documents.GIF},
		{"RIFF\x1a\x00\x00\x00WEBPVP8L", documents.WebP},
		{"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", documents.HEIC},
		{"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", documents.HEIC},
		{"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", documents.AVIF},
		{"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"},
		{"II*\x00\x08\x00\x00\x00", documents.TIFF},
		{"MM\x00*\x00\x00\x00\x08", documents.TIFF},
		{"%PDF-1.7\n", documents.PDF},
		{"\r\n %PDF-1.4\n", documents.PDF},
		{zipped(t, false, content, "<Types/>", "_rels/.rels", "x", "word/document.xml", "x"), documents.DOCX},
		{zipped(t, false, "_rels/.rels", "x", "xl/workbook.xml", "x", content, "x"), documents.XLSX},
		{zipped(t, false, content, strings.Repeat("<Override/>", 500), "ppt/presentation.xml", "x"), documents.PPTX},
		{zipped(t, true, "mimetype", documents.ODT, "content.xml", "x"), documents.ODT},
		{zipped(t, true, "mimetype", documents.ODS, "content.xml", "x"), documents.ODS},
		{zipped(t, true, "mimetype", "text/html", "content.xml", "x"), documents.ZIP},
		{zipped(t, false, "a.txt", "x"), documents.ZIP},
		{"PK\x03\x04", documents.ZIP},
		{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00", documents.OLE},
		{`{\rtf1\ansi`, documents.RTF},
		{"Gatlyktan är trasig", documents.Text},
		{"\xEF\xBB\xBFnamn;värde\r\n", documents.Text},
		{"br\xE5d i Latin-1", documents.Unknown},
		{"\xFF\xFEb\x00r\x00", documents.Unknown},
		{"\x7fELF\x02\x01\x01\x00", documents.Unknown},
		{"MZ\x90\x00\x03", documents.Unknown},
		{"<!DOCTYPE html><p>", documents.HTML},
		{"  <script>alert(1)</script>", documents.HTML},
		{"<?xml version=\"1.0\"?><a/>", documents.XML},
		{"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", documents.SVG},
		{"<svg onload=alert(1)>", documents.SVG},
		{"<?xml version=\"1.0\"?><x:html xmlns:x=\"http://www.w3.org/1999/xhtml\"/>", documents.HTML},
		{"Received: from a\r\n by b\r\nFrom: a@example.se\r\nTo: b@example.se\r\n\r\nhej", documents.Mail},
		{"From: a rubrik i ett brev\r\n\r\nTo: be", documents.Text},
		{"Date: 1 maj\r\nsubject: x\r\nen vanlig rad", documents.Text},
	} {
		if got := documents.Sniff([]byte(test.head)); got != test.want {
			t.Errorf("%.40q is %s, want %s", test.head, got, test.want)
		}
	}
}

func TestTextIsTextWhereverItIsCut(t *testing.T) {
	text := []byte("åäöÅÄÖ€😀 slut")
	for n := 1; n <= len(text); n++ {
		if got := documents.Sniff(text[:n]); got != documents.Text && n > 3 {
			t.Errorf("cut at %d: %s", n, got)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(zipped(f, true, "mimetype", documents.ODT)))
	f.Add([]byte("\x00\x00\x00\x18ftypheic"))
	f.Add([]byte("From: a\r\nTo: b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, head []byte) {
		kind := documents.Sniff(head)
		if kind == "" || strings.ContainsAny(kind, "; ") {
			t.Errorf("%q", kind)
		}
		if kind == documents.Text && bytes.ContainsRune(head, 0) {
			t.Error("a zero byte in text")
		}
	})
}

func TestFileNamesAreMadeSafe(t *testing.T) {
	for _, test := range []struct{ in, mime, want string }{
		{"Räksmörgås på ön.jpg", documents.JPEG, "Räksmörgås på ön.jpg"},
		{"a\u030Angstro\u0308m.PDF", documents.PDF, "ångström.PDF"},
		{"A\x00\u030A.pdf", documents.PDF, "Å.pdf"},
		{"../../etc/passwd", documents.Text, "passwd.txt"},
		{`C:\Users\Anna\bild.JPEG`, documents.JPEG, "bild.JPEG"},
		{"faktura\u202Efdp.exe", documents.PDF, "fakturafdp.exe.pdf"},
		{"evil.bat", documents.Text, "evil.bat.txt"},
		{"a\x00b\r\nc.txt", documents.Text, "ab  c.txt"},
		{"b\xE5t.png", documents.PNG, "båt.png"},
		{`a<b>:"|?*.pdf`, documents.PDF, "a_b______.pdf"},
		{"con.txt", documents.Text, "_con.txt"},
		{"LPT1.a.pdf", documents.PDF, "_LPT1.a.pdf"},
		{"COM10.pdf", documents.PDF, "COM10.pdf"},
		{"combo.pdf", documents.PDF, "combo.pdf"},
		{"..", documents.PDF, "document.pdf"},
		{".htaccess", documents.Text, "htaccess.txt"},
		{" . ", documents.PNG, "document.png"},
		{"", documents.PDF, "document.pdf"},
		{"dir/", documents.PDF, "document.pdf"},
		{".pdf", documents.PDF, "pdf.pdf"},
		{"vad", "application/x-unheard-of", "vad.bin"},
		{strings.Repeat("å", 300) + ".pdf", documents.PDF, strings.Repeat("å", 88) + ".pdf"},
	} {
		if got := documents.SafeName(test.in, test.mime); got != test.want {
			t.Errorf("%q became %q, want %q", test.in, got, test.want)
		}
	}
}

func safeNameLaws(t interface{ Errorf(string, ...any) }, in, mime string) {
	got := documents.SafeName(in, mime)
	switch {
	case got == "", len(got) > 180, !utf8.ValidString(got), strings.ContainsAny(got, `/\<>:"|?*`),
		strings.HasPrefix(got, "."), strings.HasSuffix(got, "."), strings.TrimSpace(got) != got,
		strings.ContainsFunc(got, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }):
		t.Errorf("%q became %q", in, got)
	case documents.SafeName(got, mime) != got:
		t.Errorf("%q became %q and then %q", in, got, documents.SafeName(got, mime))
	}
}

func TestEveryFileNameBecomesSafeAndStaysSo(t *testing.T) {
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"con", "nul", ".", "..", "/", `\`, " ", "\xff", ".pdf", ".TXT", "\u202e", "å", strings.Repeat("x", 200)}))
	rapid.Check(t, func(r *rapid.T) {
		safeNameLaws(r, strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(r, "pieces"), ""), rapid.SampledFrom([]string{documents.PDF, documents.Text, "x/y"}).Draw(r, "mime"))
	})
}

func FuzzSafeName(f *testing.F) {
	f.Add("../a\x00.pdf")
	f.Add("con.")
	f.Fuzz(func(t *testing.T, in string) { safeNameLaws(t, in, documents.PDF) })
}
