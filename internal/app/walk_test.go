package app

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// control is a field of a form on a page.
type control struct {
	name, value, kind string // kind: input type, textarea or select
	chosen            bool   // as the page came
	options           []string
}

// pageForm is a form on a page.
type pageForm struct {
	action    string
	multipart bool
	controls  []control
	buttons   []control // name and value
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// formsOf reads the forms of a page.
func formsOf(t *testing.T, page string) []pageForm {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []pageForm
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		f := pageForm{action: attr(n, "action"), multipart: attr(n, "enctype") == "multipart/form-data"}
		for c := range n.Descendants() {
			switch c.Data {
			case "input":
				f.controls = append(f.controls, control{name: attr(c, "name"), value: attr(c, "value"), kind: attr(c, "type"), chosen: has(c, "checked")})
			case "textarea":
				text := ""
				if c.FirstChild != nil {
					text = c.FirstChild.Data
				}
				f.controls = append(f.controls, control{name: attr(c, "name"), value: text, kind: "textarea"})
			case "select":
				s := control{name: attr(c, "name"), kind: "select"}
				for o := range c.Descendants() {
					if o.Data == "option" {
						s.options = append(s.options, attr(o, "value"))
						if has(o, "selected") {
							s.value = attr(o, "value")
						}
					}
				}
				f.controls = append(f.controls, s)
			case "button":
				f.buttons = append(f.buttons, control{name: attr(c, "name"), value: attr(c, "value")})
			}
		}
		out = append(out, f)
	}
	return out
}

// formTo finds the form that goes to a path.
func formTo(t *testing.T, page, path string) pageForm {
	t.Helper()
	for _, f := range formsOf(t, page) {
		if strings.HasSuffix(f.action, path) {
			return f
		}
	}
	t.Fatalf("no form to %s on the page:\n%s", path, words(page))
	return pageForm{}
}

// words is the text of a page.
func words(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") {
			b.WriteString(strings.Join(strings.Fields(n.Data), " ") + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// answerTo is what an example says for a field of a page.
func answerTo(answers casetype.Answers, name string) []string {
	for i, part := range []string{"-year", "-month", "-day"} {
		if key, ok := strings.CutSuffix(name, part); ok {
			if v := answers[key]; len(v) > 0 {
				if date := strings.SplitN(v[0], "-", 3); len(date) == 3 {
					return []string{date[i]}
				}
			}
			return nil
		}
	}
	for _, part := range []string{"lat", "lon"} {
		if key, ok := strings.CutSuffix(name, "-"+part); ok {
			return answers[key+"."+part]
		}
	}
	return answers[name]
}

// walker fills in a form from an example, as a browser without JavaScript does.
type walker struct {
	t       *testing.T
	h       *house
	cookies map[string]string
	prefix  string // "" or "/en"
	ct      *casetype.CaseType
	answers casetype.Answers
}

// do sends a request and follows what it leads to. It gives the path and the page where it ended.
func (w *walker) do(method, path string, body io.Reader, contentType string) (at, page string) {
	w.t.Helper()
	for range 10 {
		r := httptest.NewRequestWithContext(w.t.Context(), method, "http://localhost:8080"+path, body)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		r.Header.Set("Origin", "http://localhost:8080")
		r.Header.Set("Accept", "text/html")
		for name, value := range w.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, r)
		for _, c := range rec.Result().Cookies() {
			if c.MaxAge < 0 {
				delete(w.cookies, c.Name)
			} else {
				w.cookies[c.Name] = c.Value
			}
		}
		if to := rec.Header().Get("Location"); to != "" {
			u, err := url.Parse(to)
			if err != nil {
				w.t.Fatal(err)
			}
			method, path, body, contentType = http.MethodGet, u.RequestURI(), nil, ""
			continue
		}
		if rec.Code != http.StatusOK && rec.Code != http.StatusUnprocessableEntity { // a page that asks again
			w.t.Fatalf("%s %s: %d\n%s", method, path, rec.Code, words(rec.Body.String()))
		}
		return path, rec.Body.String()
	}
	w.t.Fatalf("%s %s leads on for ever", method, path)
	return "", ""
}

func (w *walker) get(path string) (string, string) { return w.do(http.MethodGet, path, nil, "") }

func (w *walker) post(path string, form url.Values) (string, string) {
	return w.do(http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// fill answers the controls of a form; button is pressed.
func (w *walker) fill(f pageForm, button control) (string, string) {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	values := url.Values{}
	add := func(name, value string) {
		values.Add(name, value)
		if err := m.WriteField(name, value); err != nil {
			w.t.Fatal(err)
		}
	}
	files := 0
	for _, c := range f.controls {
		want := answerTo(w.answers, c.name)
		switch c.kind {
		case "hidden":
			add(c.name, c.value)
		case "radio", "checkbox":
			if slices.Contains(want, c.value) {
				add(c.name, c.value)
			}
		case "file":
			for i := range want {
				files++
				w.attach(m, c.name, fmt.Sprintf("bilaga-%d", i+1))
			}
		case "select":
			if len(want) > 0 && slices.Contains(c.options, want[0]) {
				add(c.name, want[0])
			} else {
				add(c.name, c.value)
			}
		default:
			if len(want) > 0 {
				add(c.name, want[0])
			} else { // what the example leaves out is emptied, also where the register had filled it in
				add(c.name, "")
			}
		}
	}
	if button.name != "" {
		add(button.name, button.value)
	}
	if !f.multipart {
		return w.post(f.action, values)
	}
	if err := m.Close(); err != nil {
		w.t.Fatal(err)
	}
	return w.do(http.MethodPost, f.action, &body, m.FormDataContentType())
}

// attach adds a small file of a kind that the question takes.
func (w *walker) attach(m *multipart.Writer, question, name string) {
	w.t.Helper()
	q := w.ct.Question(question)
	content, mime, end := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), "application/pdf", ".pdf"
	if q != nil && !slices.Contains(q.Files.Accept, mime) {
		content, mime, end = smallPNG(w.t), "image/png", ".png"
	}
	part, err := m.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, question, name+end)}, "Content-Type": {mime},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func smallPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rowsOf tells how many rows of a table the example has.
func rowsOf(answers casetype.Answers, key string) int {
	most := 0
	for name := range answers {
		if rest, ok := strings.CutPrefix(name, key+"."); ok {
			if n, err := strconv.Atoi(strings.SplitN(rest, ".", 2)[0]); err == nil {
				most = max(most, n)
			}
		}
	}
	return most
}

// through walks from the service's page to where the form ends, and gives that place.
func (w *walker) through() (at, page string) {
	w.t.Helper()
	base := w.prefix + "/e-tjanster/" + w.ct.ID
	_, page = w.get(base)
	formTo(w.t, page, base)
	at, page = w.post(base, nil)
	stays := 0
	for range 60 {
		path, _, _ := strings.Cut(at, "?")
		step := w.ct.Step(strings.TrimPrefix(path, base+"/"))
		if step == nil {
			return at, page
		}
		f := formTo(w.t, page, path)
		var button control
		for _, b := range f.buttons { // one more row while the example has more than the page
			if b.name == "_ny-rad" {
				key, n, _ := strings.Cut(b.value, ".")
				if next, _ := strconv.Atoi(n); next <= rowsOf(w.answers, key) {
					button = b
					break
				}
			}
		}
		before := at
		at, page = w.fill(f, button)
		if stays = stays + 1; at != before || button.name != "" {
			stays = 0
		}
		if stays > 3 { // questions that appear one after another are on the same page
			w.t.Fatalf("the form stays at %s:\n%s", at, words(page))
		}
	}
	w.t.Fatalf("the form has no end: at %s", at)
	return "", ""
}

// walks are the examples that can be handed in: those without faults and stops.
func walks(ct *casetype.CaseType) []casetype.Example {
	return slices.DeleteFunc(slices.Clone(ct.Examples), func(e casetype.Example) bool { return len(e.Expect.Errors) > 0 })
}

// TestEveryServiceIsWalkedThroughByItsExamples hands in every example of every service without JavaScript, in Swedish and in English, on
// the example's own day: a stop ends at the stop, all else at a receipt, at signing or at payment.
func TestEveryServiceIsWalkedThroughByItsExamples(t *testing.T) {
	h := newHouse(t, io.Discard)
	clock, ok := h.clock.(*demoClock)
	if !ok {
		t.Fatal("the demo's clock cannot be moved")
	}
	services, walked := 0, 0
	for _, ct := range h.packs.Latest().CaseTypes {
		if ct.State != casetype.Published {
			continue
		}
		services++
		for i, e := range walks(ct) {
			for _, l := range i18n.Languages() {
				if i > 0 && l != i18n.SV && testing.Short() {
					continue
				}
				walked++
				t.Run(ct.ID+"/"+string(l)+"/"+e.Name, func(t *testing.T) {
					day := e.Today
					if day.IsZero() {
						day = calendar.DateOf(calendar.System().Now())
					}
					clock.back.Store(int64(clock.real.Now().Sub(day.Start().Add(10 * time.Hour))))
					defer clock.back.Store(0)
					answers := casetype.Answers{}
					for name, v := range e.Answers {
						answers[name] = v
					}
					w := &walker{t: t, h: h, cookies: map[string]string{}, prefix: strings.TrimSuffix(l.Path("/"), "/"), answers: answers,
						ct: ct.At(casetype.Moment{Today: day, Acting: e.Acting, SignedIn: e.SignedIn})}
					if ct.Auth.Level != casetype.LevelNone || e.SignedIn {
						w.post("/logga-in/demo", url.Values{"persona": {"invanare"}})
					}
					w.ends(e)
				})
			}
		}
	}
	if services < 30 {
		t.Errorf("there are %d services, want 30", services)
	}
	t.Logf("%d services, %d walks", services, walked)
}

// ends walks and sees that it ends where the example says.
func (w *walker) ends(e casetype.Example) {
	w.t.Helper()
	if e.Acting != "" && e.Acting != casetype.ForSelf {
		w.t.Skip("acting for somebody else: its own test")
	}
	base := w.prefix + "/e-tjanster/" + w.ct.ID
	at, page := w.through()
	if e.Expect.Stop != "" {
		if at != base+"/stopp" {
			w.t.Fatalf("ended at %s, want the stop %s:\n%s", at, e.Expect.Stop, words(page))
		}
		return
	}
	if at != base+"/granska" {
		w.t.Fatalf("ended at %s, want the review:\n%s", at, words(page))
	}
	at, page = w.fill(formTo(w.t, page, base+"/skicka"), control{})
	switch path, _, _ := strings.Cut(at, "?"); {
	case path == base+"/klart", strings.HasSuffix(path, "/signera"), strings.HasSuffix(path, "/betala"), strings.HasPrefix(path, "/demo/betala"):
	default:
		w.t.Fatalf("after sending at %s:\n%s", at, words(page))
	}
}
