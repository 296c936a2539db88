package journeys_test

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// upload is a form with one file.
type upload struct {
	fields   url.Values
	field    string
	name     string
	kind     string
	content  []byte
	unclosed bool // the body ends before the form does
}

// send posts the form.
func (u upload) send(c *client, path string) answer {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range u.fields {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + u.field + `"; filename="` + u.name + `"`}, "Content-Type": {u.kind}}
	part, err := w.CreatePart(header)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := part.Write(u.content); err != nil {
		c.t.Fatal(err)
	}
	if !u.unclosed {
		if err := w.Close(); err != nil {
			c.t.Fatal(err)
		}
	}
	r := c.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.do(r)
}

// bigPicture is the beginning of a PNG that says it has so many pixels.
func bigPicture(width, height uint32) []byte {
	chunk := func(kind string, data []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		out = append(append(out, kind...), data...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	var idat bytes.Buffer
	z := zlib.NewWriter(&idat)
	for range 64 { // 64 MB of nothing in 64 kB
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
	return append(append(out, chunk("IDAT", idat.Bytes())...), chunk("IEND", nil)...)
}

// heavy is a photo with 16 MB of comments before the picture.
func heavy(photo []byte) []byte {
	out := bytes.Clone(photo[:2])
	for range 16_000_000 / 65_535 {
		out = append(append(out, 0xFF, 0xFE, 0xFF, 0xFF), make([]byte, 65_533)...)
	}
	return append(out, photo[2:]...)
}

// heic is the beginning of a telephone's photo in a format that we cannot clean, with a place in it.
func heic() []byte {
	return append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), append(photoLat, make([]byte, 600)...)...)
}

// begun is a visitor who has started the e-service.
func begun(t *testing.T) *client {
	t.Helper()
	c := visitor(t)
	if got := c.post("/e-tjanster/felanmalan", nil); got.StatusCode != http.StatusOK || !strings.HasSuffix(got.Request.URL.Path, "/vad") {
		t.Fatalf("starting: %d at %s", got.StatusCode, got.Request.URL.Path)
	}
	return c
}

const (
	describe = "/e-tjanster/felanmalan/beskriv"
	pictures = "/e-tjanster/felanmalan/foto"
)

func TestAFormThatIsNotOneGetsAClearAnswer(t *testing.T) {
	c := begun(t)
	form := "application/x-www-form-urlencoded"
	for _, bad := range []struct {
		name, kind, body string
		status           int
		says             string // "" for any page of ours
	}{
		{"no form at all", "text/plain", "hej", http.StatusUnsupportedMediaType, ""},
		{"no type", "", "hej", http.StatusUnsupportedMediaType, ""},
		{"JSON", "application/json", `{"beskrivning": "hej"}`, http.StatusUnsupportedMediaType, ""},
		{"multipart without boundary", "multipart/form-data", "hej", http.StatusBadRequest, ""},
		{"multipart that is not", "multipart/form-data; boundary=x", "hej", http.StatusBadRequest, ""},
		{"multipart cut in a header", "multipart/form-data; boundary=x", "--x\r\nContent-Disp", http.StatusBadRequest, ""},
		{"multipart cut in a field", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"beskrivning\"\r\n\r\nLampan", http.StatusBadRequest, ""},
		{"broken escapes", form, "beskrivning=%zz", http.StatusBadRequest, ""},
		{"a text longer than any answer", form, "beskrivning=" + strings.Repeat("a", 300<<10), http.StatusUnprocessableEntity, "för lång"},
		{"a text longer than this answer", form, "beskrivning=" + strings.Repeat("å", 2001), http.StatusUnprocessableEntity, "2.?001"},
		{"more text than any form", form, strings.Repeat("beskrivning="+strings.Repeat("a", 100<<10)+"&", 12), http.StatusRequestEntityTooLarge, ""},
		{"more fields than any form", form, strings.Repeat("beskrivning=a&", 500), http.StatusRequestEntityTooLarge, "för många"},
		{"a field that is not there", form, "beskrivning=Den+blinkar&hemligt=1", http.StatusUnprocessableEntity, "hemligt"},
		{"a choice that is not there", form, "farligt=kanske&beskrivning=Den+blinkar", http.StatusUnprocessableEntity, ""},
		{"two answers to one question", form, "farligt=no&farligt=yes&slackta=en&beskrivning=Den+blinkar", http.StatusUnprocessableEntity, ""},
		{"not UTF-8", form, "stolpnummer=GB1&beskrivning=%ff%fe", http.StatusUnprocessableEntity, ""},
		{"a zero byte", form, "stolpnummer=GB1&beskrivning=a%00b", http.StatusUnprocessableEntity, ""},
		{"a name that is not UTF-8", form, "%ff%fe=1", http.StatusUnprocessableEntity, ""},
	} {
		t.Run(bad.name, func(t *testing.T) {
			c := &client{t, c.http}
			r := c.request(http.MethodPost, describe, strings.NewReader(bad.body))
			if bad.kind != "" {
				r.Header.Set("Content-Type", bad.kind)
			}
			got := c.do(r)
			if got.StatusCode != bad.status {
				t.Errorf("answers %d, want %d", got.StatusCode, bad.status)
			}
			isPage(t, got, "sv")
			if bad.says != "" && !regexp.MustCompile(bad.says).MatchString(got.body) {
				t.Errorf("does not say %q", bad.says)
			}
		})
	}
	t.Run("what was right is kept", func(t *testing.T) {
		c := begun(t)
		got := c.post(describe, url.Values{"beskrivning": {"Den blinkar"}, "hemligt": {"1"}})
		if !strings.Contains(got.body, "Den blinkar") || !strings.Contains(c.get(describe).body, "Den blinkar") {
			t.Error("one wrong field lost what was typed in another")
		}
	})
}

// isPage fails the test if the answer is not one of the site's pages in the language, with what any page of ours has.
func isPage(t *testing.T, got answer, lang string) {
	t.Helper()
	if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Fatalf("answers %s: %.200s", kind, got.body)
	}
	for _, part := range []string{`<html lang="` + lang + `"`, "<h1", "<main"} {
		if !strings.Contains(got.body, part) {
			t.Errorf("the page has no %s", part)
		}
	}
	headers(t, got)
}

func TestAFileThatIsNotAPhotoIsRefusedAndSaysWhy(t *testing.T) {
	picture := photo(t)
	for _, bad := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"a program called photo", []byte("MZ\x90\x00" + strings.Repeat("\x00", 200)), "i formatet"},
		{"a page called photo", []byte("<!doctype html><script>alert(1)</script>"), "i formatet"},
		{"a drawing with a script", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "i formatet"},
		{"an archive called photo", []byte("PK\x03\x04" + strings.Repeat("\x00", 200)), "i formatet"},
		{"a photo cut short", picture[:len(picture)/2], "trasig"},
		{"an empty file", nil, "trasig"},
		{"a picture of 2.5 gigapixels", bigPicture(50_000, 50_000), "bildpunkter"},
		{"a picture of 4 thousand million lines", bigPicture(1, 1<<32-1), "bildpunkter|trasig"},
		{"a photo of 16 MB", heavy(picture), "mindre än 15 MB"},
		{"a photo whose place we cannot take away", heic(), "HEIC"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			c := begun(t)
			began := time.Now()
			got := upload{field: "foto", name: "bild.jpg", kind: "image/jpeg", content: bad.content}.send(c, pictures)
			if got.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("answers %d at %s", got.StatusCode, got.Request.URL.Path)
			}
			isPage(t, got, "sv")
			alert := regexp.MustCompile(`(?s)<main.*?</main>`).FindString(got.body)
			if !regexp.MustCompile(bad.says).MatchString(regexp.MustCompile(`<div id="foto-hint".*?</div>`).ReplaceAllString(alert, "")) {
				t.Errorf("does not say %q", bad.says)
			}
			if strings.Contains(c.get(pictures).body, "bild.jpg") {
				t.Error("the file was kept all the same")
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestAFileNameCannotLeadAnywhere(t *testing.T) {
	for sent, want := range map[string]string{
		`../../../etc/passwd`:              "passwd.jpg",
		`..\\..\\windows\\system32\\x.jpg`: "x.jpg",
		`C:\\fakepath\\lampa.jpg`:          "lampa.jpg",
		"lampa\u202egpj.exe":               "lampagpj.exe.jpg",
		`lampa.jpg.html`:                   "lampa.jpg.html.jpg",
		`<img src=x>.jpg`:                  "_img src=x_.jpg",
		strings.Repeat("å", 120) + ".jpg":  "å.jpg",
	} {
		c := begun(t)
		got := upload{field: "foto", name: sent, kind: "image/jpeg", content: photo(t), fields: url.Values{"_ladda": {"foto"}}}.send(c, pictures)
		if got.StatusCode != http.StatusOK {
			t.Errorf("%q: answers %d", sent, got.StatusCode)
			continue
		}
		files := regexp.MustCompile(`(?s)<div id="foto-files">.*?</ul>`).FindString(got.body)
		if !strings.Contains(files, want) || strings.Contains(files, "..") || strings.Contains(files, `\`) || strings.Contains(files, "\u202e") || strings.Contains(files, "<img") {
			t.Errorf("%.40q is shown as %s, want %s", sent, files, want)
		}
	}
}

func TestAnUploadOfTenGigabytesIsCut(t *testing.T) {
	c := begun(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(demo.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var cookies []string
	for _, k := range c.cookies() {
		cookies = append(cookies, k.Name+"="+k.Value)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n"+
		"--x\r\nContent-Disposition: form-data; name=\"foto\"; filename=\"a.jpg\"\r\n\r\n", pictures, strings.Join(cookies, "; "), int64(10)<<30)
	sent := make(chan int, 1)
	go func() {
		chunk, n := append([]byte("\xff\xd8\xff\xe0"), make([]byte, 1<<20)...), 0
		for n < 4<<30 {
			m, err := conn.Write(chunk)
			if n += m; err != nil {
				break
			}
		}
		sent <- n
	}()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Logf("the answer was cut: %v", err)
	}
	_ = conn.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answers %d: %.300s", resp.StatusCode, body)
	}
	if n := <-sent; n > 200<<20 {
		t.Errorf("the server took %d MB before it said no", n>>20)
	}
}

var submissionKey = regexp.MustCompile(`name="_nyckel" value="([^"]+)"`)

// faultReport is a whole report that can be sent in one request.
func faultReport(c *client, text string) url.Values {
	c.t.Helper()
	key := submissionKey.FindStringSubmatch(c.get("/e-tjanster/felanmalan/allt").body)
	if key == nil {
		c.t.Fatal("the page with all questions has no submission key")
	}
	return url.Values{
		"_nyckel": {key[1]}, "kategori": {"gatubelysning"}, "beskrivning": {text}, "slackta": {"en"}, "farligt": {"no"}, "plats.address": {"Storgatan 5"},
		"anonym": {"no"}, "kontakt.name": {"Nils Hemlig"}, "kontakt.email": {"nils.hemlig@example.org"},
	}
}

// report sends a whole report in one request and gives number and code.
func report(c *client, text string) (number, code string) {
	c.t.Helper()
	return receiptOf(c.t, c.post("/e-tjanster/felanmalan/allt", faultReport(c, text)))
}

func receiptOf(t *testing.T, got answer) (number, code string) {
	t.Helper()
	number, code = caseNumber.FindString(got.body), followCode.FindString(got.body)
	if !strings.HasSuffix(got.Request.URL.Path, "/klart") || number == "" || code == "" {
		t.Fatalf("no receipt but %d at %s: %.2000s", got.StatusCode, got.Request.URL.Path, regexp.MustCompile(`(?s)<main.*`).FindString(got.body))
	}
	return number, code
}

func TestAReportSentManyTimesIsOneCase(t *testing.T) {
	form := faultReport(visitor(t), "Skickad många gånger")
	var mu sync.Mutex
	var all sync.WaitGroup
	numbers := map[string]int{}
	for range 8 {
		c := visitor(t)
		all.Go(func() {
			resp, err := c.http.PostForm(demo.base+"/e-tjanster/felanmalan/allt", form)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			numbers[caseNumber.FindString(string(body))]++
		})
	}
	all.Wait()
	if len(numbers) != 1 || numbers[""] != 0 {
		t.Errorf("eight requests with one key gave the cases %v", numbers)
	}
}

func TestWithoutItsCookieAStepKeepsWhatWasTyped(t *testing.T) {
	form := url.Values{"beskrivning": {"Mitt i formuläret"}, "slackta": {"en"}, "farligt": {"no"}}
	for name, cookies := range map[string][]*http.Cookie{
		"no cookie":                       nil,
		"a draft that is gone":            {{Name: "dygnet-utkast", Value: strings.Repeat("A", 26)}},
		"a draft cookie that was changed": {{Name: "dygnet-utkast", Value: "' OR 1=1 --"}},
		"a session that has ended":        {{Name: "dygnet", Value: "0123456789012345678901234567890123456789012"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := visitor(t, cookies...)
			if got := c.post(describe, form); got.StatusCode != http.StatusOK {
				t.Fatalf("answers %d at %s", got.StatusCode, got.Request.URL.Path)
			}
			if !strings.Contains(c.get(describe).body, "Mitt i formuläret") {
				t.Error("what was typed is lost")
			}
		})
	}
}
