package formdata_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/web/formdata"
)

var roomy = formdata.Limits{Fields: 20, NameBytes: 100, FieldBytes: 1000, TextBytes: 5000, Files: 3, FileBytes: 10_000, TotalBytes: 100_000}

const urlencoded = "application/x-www-form-urlencoded"

func request(kind string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", kind)
	return r
}

// part is one part of a multipart body; file is nil for a text.
type part struct {
	name, value string
	file        *string
}

func named(s string) *string { return &s }

func encode(t testing.TB, parts ...part) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.name)
		if p.file != nil {
			disposition += fmt.Sprintf(`; filename="%s"`, *p.file)
		}
		out, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(out, p.value)
	}
	_ = w.Close()
	return request(w.FormDataContentType(), &body)
}

type file struct{ Field, Name, Content string }

// readAll reads a form and its files whole.
func readAll(r *http.Request, limits formdata.Limits) (url.Values, []file, error) {
	var files []file
	values, err := formdata.Read(r, limits, func(u formdata.Upload) error {
		content, err := io.ReadAll(u)
		files = append(files, file{u.Field, u.Name, string(content)})
		return err
	})
	return values, files, err
}

func TestTextsAndFilesArriveInOrder(t *testing.T) {
	values, files, err := readAll(encode(t,
		part{name: "text", value: "Lampan är trasig\r\nsedan i går"},
		part{name: "photo", value: "pixels", file: named("båt.jpg")},
		part{name: "empty", file: named("")},
		part{name: "photo", value: "more", file: named(`..\..\b.jpg`)},
		part{name: "nameless", value: "content", file: named("")},
		part{name: "val", value: "a"}, part{name: "val", value: "b"},
	), roomy)
	if err != nil {
		t.Fatal(err)
	}
	if want := (url.Values{"text": {"Lampan är trasig\r\nsedan i går"}, "val": {"a", "b"}}); !reflect.DeepEqual(values, want) {
		t.Errorf("texts %v", values)
	}
	if want := []file{{"photo", "båt.jpg", "pixels"}, {"photo", `..\..\b.jpg`, "more"}, {"nameless", "", "content"}}; !reflect.DeepEqual(files, want) {
		t.Errorf("files %q", files)
	}
}

func TestBothEncodingsGiveWhatWasSent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringN(0, 20, 60).Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
		name := rapid.StringMatching(`[a-zåäö.\[\]0-9]{1,20}`)
		want := url.Values{}
		var parts []part
		for range rapid.IntRange(0, 10).Draw(r, "fields") {
			n, v := name.Draw(r, "name"), text.Draw(r, "value")
			want.Add(n, v)
			parts = append(parts, part{name: n, value: v})
		}
		got, _, err := readAll(request(urlencoded+"; charset=UTF-8", iotest.HalfReader(strings.NewReader(want.Encode()))), roomy)
		if err != nil || !reflect.DeepEqual(got, want) {
			r.Fatalf("urlencoded: %v, %v", got, err)
		}
		got, _, err = readAll(encode(t, parts...), roomy)
		if err != nil || !reflect.DeepEqual(got, want) {
			r.Fatalf("multipart: %v, %v", got, err)
		}
	})
}

func TestEveryLimitIsHeldAndNamed(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int, p part) []part { return append(make([]part, 0, n), repeat(n, p)...) }
	small := roomy
	small.TotalBytes = 500
	for name, test := range map[string]struct {
		parts  []part
		limits formdata.Limits
		want   error
	}{
		"fields":      {many(21, part{name: "a"}), roomy, formdata.TooManyError{What: formdata.Field, Limit: 20}},
		"field":       {many(1, part{name: "a", value: long(1001)}), roomy, formdata.TooLargeError{What: formdata.Field, Field: "a", Limit: 1000}},
		"texts":       {many(6, part{name: "a", value: long(999)}), roomy, formdata.TooLargeError{What: formdata.Texts, Limit: 5000}},
		"name":        {many(1, part{name: long(101)}), roomy, formdata.TooLargeError{What: formdata.Name, Limit: 100}},
		"UTF-8":       {many(1, part{name: "a", value: "b\xE5t"}), roomy, formdata.TextError{Field: "a"}},
		"zero byte":   {many(1, part{name: "a", value: "b\x00t"}), roomy, formdata.TextError{Field: "a"}},
		"name UTF-8":  {many(1, part{name: "b\xE5t", value: "x"}), roomy, formdata.TextError{Field: "b?t"}},
		"files":       {many(4, part{name: "f", value: "x", file: named("n")}), roomy, formdata.TooManyError{What: formdata.File, Limit: 3}},
		"file":        {many(1, part{name: "f", value: long(10_001), file: named("n")}), roomy, formdata.TooLargeError{What: formdata.File, Field: "f", Limit: 10_000}},
		"file name":   {many(1, part{name: "f", value: "x", file: named(long(101))}), roomy, formdata.TooLargeError{What: formdata.Name, Limit: 100}},
		"body, file":  {many(1, part{name: "f", value: long(600), file: named("n")}), small, formdata.TooLargeError{What: formdata.Body, Limit: 500}},
		"body, field": {many(1, part{name: "f", value: long(600)}), small, formdata.TooLargeError{What: formdata.Body, Limit: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := readAll(encode(t, test.parts...), test.limits); !errors.Is(err, test.want) {
				t.Errorf("multipart: %v", err)
			}
			if test.parts[0].file != nil {
				return
			}
			pairs := make([]string, len(test.parts))
			for i, p := range test.parts {
				pairs[i] = url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
			}
			if _, _, err := readAll(request(urlencoded, strings.NewReader(strings.Join(pairs, "&"))), test.limits); !errors.Is(err, test.want) {
				t.Errorf("urlencoded: %v", err)
			}
		})
	}
}

func repeat(n int, p part) []part {
	all := make([]part, n)
	for i := range all {
		all[i] = p
	}
	return all
}

func TestFilesAtTheirLimitAreTaken(t *testing.T) {
	_, files, err := readAll(encode(t, part{name: "f", value: strings.Repeat("x", 10_000), file: named("n")}), roomy)
	if err != nil || len(files) != 1 || len(files[0].Content) != 10_000 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestTextsAfterABadFileAreKept(t *testing.T) {
	r := encode(t, part{name: "before", value: "1"}, part{name: "f", value: strings.Repeat("x", 20_000), file: named("n")}, part{name: "after", value: "2"})
	var bad error
	values, err := formdata.Read(r, roomy, func(u formdata.Upload) error {
		_, bad = io.Copy(io.Discard, u)
		return nil
	})
	var large formdata.TooLargeError
	if err != nil || values.Get("before") != "1" || values.Get("after") != "2" || !errors.As(bad, &large) || large.Field != "f" {
		t.Errorf("%v, %v, %v", values, err, bad)
	}
}

func TestAnErrorOfTheReceiverEndsTheReading(t *testing.T) {
	boom := errors.New("boom")
	values, err := formdata.Read(encode(t, part{name: "a", value: "1"}, part{name: "f", value: "x", file: named("n")}, part{name: "b", value: "2"}), roomy,
		func(formdata.Upload) error { return boom })
	if !errors.Is(err, boom) || values.Get("a") != "1" || values.Has("b") {
		t.Errorf("%v, %v", values, err)
	}
}

func TestMalformedBodies(t *testing.T) {
	const mixed = "multipart/form-data; boundary=b"
	for name, test := range map[string]struct {
		kind, body string
		want       error
	}{
		"no type":          {"", "", formdata.ErrContentType},
		"json":             {"application/json", "{}", formdata.ErrContentType},
		"no boundary":      {"multipart/form-data", "", formdata.ErrMalformed},
		"empty":            {mixed, "", formdata.ErrMalformed},
		"no end":           {mixed, "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", formdata.ErrMalformed},
		"cut before parts": {mixed, "--b\r\n", formdata.ErrMalformed},
		"no disposition":   {mixed, "--b\r\n\r\nx\r\n--b--\r\n", formdata.ErrMalformed},
		"attachment":       {mixed, "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--\r\n", formdata.ErrMalformed},
		"bad escape":       {urlencoded, "a=%zz", formdata.ErrMalformed},
		"bad name":         {urlencoded, "%=1", formdata.ErrMalformed},
	} {
		if _, _, err := readAll(request(test.kind, strings.NewReader(test.body)), roomy); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := io.MultiReader(strings.NewReader("a=1&b="), iotest.ErrReader(io.ErrUnexpectedEOF))
	if values, err := formdata.Read(request(urlencoded, broken), roomy, nil); !errors.Is(err, formdata.ErrMalformed) || values.Get("a") != "1" {
		t.Errorf("broken connection: %v, %v", values, err)
	}
}

// TestATenGigabyteUploadIsCutAtTheLimit sends without end and counts what is taken from the wire and from memory.
func TestATenGigabyteUploadIsCutAtTheLimit(t *testing.T) {
	const head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"film.mp4\"\r\n\r\n"
	limits := roomy
	limits.FileBytes, limits.TotalBytes = 20<<20, 25<<20
	taken := 0
	endless := io.MultiReader(strings.NewReader(head), io.LimitReader(rand.NewChaCha8([32]byte{}), 10<<30))
	body := readerFunc(func(p []byte) (int, error) {
		n, err := endless.Read(p)
		taken += n
		return n, err
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var inFile error
	_, err := formdata.Read(request("multipart/form-data; boundary=b", body), limits, func(u formdata.Upload) error {
		_, inFile = io.Copy(io.Discard, u)
		return nil
	})
	runtime.ReadMemStats(&after)
	if !errors.Is(inFile, formdata.TooLargeError{What: formdata.File, Field: "f", Limit: 20 << 20}) ||
		!errors.Is(err, formdata.TooLargeError{What: formdata.Body, Limit: 25 << 20}) {
		t.Errorf("file: %v; body: %v", inFile, err)
	}
	if taken > 25<<20+1 {
		t.Errorf("%d bytes taken", taken)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d kB allocated", used>>10)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzRead holds that no body makes the reader fall or exceed its limits.
func FuzzRead(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\ny\r\n--b--\r\n"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FF\r\n--b--\r\n"))
	f.Add(urlencoded, []byte("a=1&b=%C3%A5&&c&=d;e"))
	tight := formdata.Limits{Fields: 3, NameBytes: 10, FieldBytes: 20, TextBytes: 40, Files: 2, FileBytes: 30, TotalBytes: 500}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := &http.Request{Method: http.MethodPost, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(bytes.NewReader(body))}
		values, files, err := readAll(r, tight)
		n, total := 0, 0
		for name, all := range values {
			for _, value := range all {
				n, total = n+1, total+len(name)+len(value)
				if len(name) > 10 || len(value) > 20 || strings.Contains(value, "\x00") || strings.ToValidUTF8(value, "") != value {
					t.Errorf("%q = %q", name, value)
				}
			}
		}
		if n > 3 || total > 40 || len(files) > 2 {
			t.Errorf("%d fields, %d bytes, %d files", n, total, len(files))
		}
		for _, file := range files {
			if len(file.Content) > 30 {
				t.Errorf("%d bytes of file", len(file.Content))
			}
		}
		if err == nil && len(body) > 500 {
			t.Errorf("%d bytes taken", len(body))
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	out, _ := w.CreateFormFile("f", "n")
	_, _ = out.Write(make([]byte, 20<<20))
	_ = w.Close()
	limits := roomy
	limits.FileBytes, limits.TotalBytes = 1<<30, 1<<30
	b.SetBytes(int64(body.Len()))
	for b.Loop() {
		_, err := formdata.Read(request(w.FormDataContentType(), bytes.NewReader(body.Bytes())), limits, func(u formdata.Upload) error {
			_, err := io.Copy(io.Discard, u)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
