package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"time"
)

// Answer is what the server said.
type Answer struct {
	Status   int
	Location string
	Cookie   string // "name=value" of the last Set-Cookie
	Size     int    // bytes of the body as sent
	Body     []byte // until the next Do
}

// Conn is a kept connection that speaks just enough HTTP/1.1.
type Conn struct {
	conn net.Conn
	r    *bufio.Reader
	body bytes.Buffer
	wait time.Duration
}

// Dial connects. Each exchange may take ten seconds.
func Dial(address string) (*Conn, error) {
	c, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &Conn{conn: c, r: bufio.NewReaderSize(c, 32<<10), wait: 10 * time.Second}, nil
}

// Close ends the connection.
func (c *Conn) Close() { _ = c.conn.Close() }

// Do sends a request and reads the answer.
func (c *Conn) Do(request []byte) (Answer, error) {
	if err := c.conn.SetDeadline(time.Now().Add(c.wait)); err != nil {
		return Answer{}, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return Answer{}, err
	}
	return c.read()
}

func (c *Conn) read() (Answer, error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return Answer{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return Answer{}, fmt.Errorf("not an HTTP answer: %q", line)
	}
	var a Answer
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return Answer{}, err
	}
	length, chunked := -1, false
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return Answer{}, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) { // the server writes canonical names
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return Answer{}, err
			}
		case "Transfer-Encoding":
			chunked = true
		case "Location":
			a.Location = string(value)
		case "Set-Cookie":
			pair, _, _ := bytes.Cut(value, []byte(";"))
			a.Cookie = string(pair)
		}
	}
	c.body.Reset()
	switch {
	case chunked:
		err = c.chunks()
	case length > 0:
		_, err = io.CopyN(&c.body, c.r, int64(length))
	case length < 0 && a.Status != 204 && a.Status != 304:
		return a, errors.New("an answer without length")
	}
	a.Body, a.Size = c.body.Bytes(), c.body.Len()
	return a, err
}

func (c *Conn) chunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if n > 0 {
			if _, err := io.CopyN(&c.body, c.r, n); err != nil {
				return err
			}
		}
		if _, err := c.r.Discard(2); err != nil || n == 0 {
			return err
		}
	}
}

// Get is a request for a page. cookie may be "".
func Get(host, path, cookie string) []byte {
	if cookie != "" {
		cookie = "Cookie: " + cookie + "\r\n"
	}
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + cookie + "\r\n")
}

// Post is a form handed in.
func Post(host, path string, form url.Values) []byte {
	body := form.Encode()
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, host, len(body), body)
}

// keyMark is where the submission key stands in a prepared request: as long as a UUID.
const keyMark = "00000000-0000-7000-8000-000000000000"

// Submission is a prepared request that hands in a report of a fault.
type Submission struct {
	request []byte
	at      int
}

// NewSubmission prepares the request. Take one for each connection.
func NewSubmission(host string) *Submission {
	request := Post(host, "/e-tjanster/felanmalan/allt", url.Values{
		"_nyckel": {keyMark}, "kategori": {"gatubelysning"}, "beskrivning": {"Lampan utanför skolan har varit släckt en vecka."},
		"stolpnummer": {"GB1042"}, "slackta": {"en"}, "farligt": {"no"}, "plats.address": {"Skolgatan 5"}, "plats.lat": {"59.995"}, "plats.lon": {"15.79"},
		"anonym": {"no"}, "kontakt.name": {"Sven Lundin"}, "kontakt.email": {"sven.lundin@example.org"},
	})
	return &Submission{request, bytes.Index(request, []byte(keyMark))}
}

// With is the request with a key of 36 characters, until the next call.
func (s *Submission) With(key string) []byte {
	copy(s.request[s.at:], key)
	return s.request
}

// Accepted tells whether the answer says that the matter is taken in, and whether it had been before.
func (a Answer) Accepted() (ok, before bool) {
	const done = "/e-tjanster/felanmalan/klart"
	return a.Status == 303 && (a.Location == done || a.Location == done+"?igen=1"), a.Location == done+"?igen=1"
}
