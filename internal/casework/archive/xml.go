package archive

import (
	"encoding/xml"
	"io"
	"time"
)

// tree writes XML token by token. The first error stays, and end gives it.
type tree struct {
	e    *xml.Encoder
	open []xml.Name
	err  error
}

func newTree(w io.Writer) *tree {
	t := &tree{e: xml.NewEncoder(w)}
	_, t.err = io.WriteString(w, xml.Header)
	t.e.Indent("", " ")
	return t
}

func (t *tree) token(tok xml.Token) {
	if t.err == nil {
		t.err = t.e.EncodeToken(tok)
	}
}

// in opens an element; attributes are name, value, name, value. Those without value are left out.
func (t *tree) in(name string, attributes ...string) {
	start := xml.StartElement{Name: xml.Name{Local: name}}
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: attributes[i]}, Value: clean(attributes[i+1])})
		}
	}
	t.open = append(t.open, start.Name)
	t.token(start)
}

// out closes the element that was opened last.
func (t *tree) out() {
	name := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	t.token(xml.EndElement{Name: name})
}

// leaf is an element with a text, and nothing when there is none.
func (t *tree) leaf(name, text string, attributes ...string) {
	if text == "" {
		return
	}
	t.in(name, attributes...)
	t.token(xml.CharData(clean(text)))
	t.out()
}

// mark is an element without content.
func (t *tree) mark(name string, attributes ...string) {
	t.in(name, attributes...)
	t.out()
}

func (t *tree) end() error {
	if t.err == nil {
		t.err = t.e.Close()
	}
	return t.err
}

// clean takes out what XML 1.0 cannot hold, which people paste into forms.
func clean(s string) string {
	for _, r := range s {
		if !allowed(r) {
			out := make([]rune, 0, len(s))
			for _, r := range s {
				if allowed(r) {
					out = append(out, r)
				}
			}
			return string(out)
		}
	}
	return s
}

func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD && r != 0xFFFD || r >= 0x10000
}

// stamp is an instant as xs:dateTime, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
