// Package uitest checks written pages without a browser: the part of WCAG 2.2 and of our own rules that can be seen in the HTML.
// What needs layout or a running script (contrast on screen, reflow, focus order) is checked in Chromium by test/browser.
package uitest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page fails the test on every fault Problems finds.
func Page(t testing.TB, name string, page io.Reader) {
	t.Helper()
	problems, err := Problems(page)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", name, p)
	}
}

// Problems reads a whole page and says what is wrong with it.
func Problems(page io.Reader) ([]string, error) {
	root, err := html.Parse(page)
	if err != nil {
		return nil, fmt.Errorf("parsing the page: %w", err)
	}
	c := &checker{ids: map[string]int{}, byTag: map[string][]*html.Node{}}
	c.index(root)
	c.document(root)
	c.headings()
	c.fields()
	c.forms()
	c.links()
	c.tables()
	c.inline()
	slices.Sort(c.problems)
	return c.problems, nil
}

type checker struct {
	problems []string
	ids      map[string]int
	byTag    map[string][]*html.Node
	all      []*html.Node
	labelled []string // ids that a <label for> names
}

func (c *checker) say(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// index walks the page once and notes elements and ids.
func (c *checker) index(n *html.Node) {
	if n.Type == html.ElementNode {
		c.all = append(c.all, n)
		c.byTag[n.Data] = append(c.byTag[n.Data], n)
		if id := attr(n, "id"); id != "" {
			c.ids[id]++
		}
		if n.Data == "label" {
			c.labelled = append(c.labelled, attr(n, "for"))
		}
	}
	if n.Type == html.TextNode && strings.Contains(n.Data, "⟦") {
		c.say("a text is missing: %s", strings.TrimSpace(n.Data))
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.index(child)
	}
}

func (c *checker) document(root *html.Node) {
	if root.FirstChild == nil || root.FirstChild.Type != html.DoctypeNode {
		c.say("no <!DOCTYPE html>")
	}
	if lang := attr(c.byTag["html"][0], "lang"); lang != "sv" && lang != "en" {
		c.say("the page has lang=%q", lang)
	}
	for _, tag := range []string{"title", "main", "h1"} {
		if n := len(c.byTag[tag]); n != 1 {
			c.say("%d <%s>, want one", n, tag)
		} else if tag != "main" && text(c.byTag[tag][0]) == "" {
			c.say("<%s> is empty", tag)
		}
	}
	for id, n := range c.ids {
		if n > 1 {
			c.say("the id %q occurs %d times", id, n)
		}
	}
	for _, n := range c.all {
		for _, name := range []string{"aria-describedby", "aria-labelledby", "aria-controls"} {
			for _, id := range strings.Fields(attr(n, name)) {
				if c.ids[id] == 0 {
					c.say("<%s %s> names %q, which does not exist", n.Data, name, id)
				}
			}
		}
		if n.Data == "img" && !has(n, "alt") {
			c.say("<img src=%q> has no alt", attr(n, "src"))
		}
	}
	if links := c.byTag["a"]; len(links) == 0 || !strings.HasPrefix(attr(links[0], "href"), "#") {
		c.say("the first link does not skip to the content")
	}
}

func (c *checker) headings() {
	last := 0
	for _, n := range c.all {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			level := int(n.Data[1] - '0')
			if last > 0 && level > last+1 {
				c.say("heading %q jumps from h%d to h%d", text(n), last, level)
			}
			last = level
		}
	}
}

func (c *checker) fields() {
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, n := range c.byTag[tag] {
			kind := attr(n, "type")
			if kind == "hidden" {
				continue
			}
			if attr(n, "name") == "" {
				c.say("<%s id=%q> has no name", tag, attr(n, "id"))
			}
			if !has(n, "aria-label") && !has(n, "aria-labelledby") && !slices.Contains(c.labelled, attr(n, "id")) {
				c.say("<%s name=%q> has no label", tag, attr(n, "name"))
			}
			if has(n, "required") {
				c.say("<%s name=%q> has required; the server checks", tag, attr(n, "name"))
			}
			if kind == "radio" && inside(n, "fieldset") == nil {
				c.say("radio %q is in no fieldset", attr(n, "name"))
			}
		}
	}
	for _, id := range c.labelled {
		if c.ids[id] == 0 {
			c.say("a label is for %q, which does not exist", id)
		}
	}
	for _, n := range c.byTag["fieldset"] {
		if first := child(n); first == nil || first.Data != "legend" || text(first) == "" {
			c.say("a fieldset does not begin with a legend")
		}
	}
}

func (c *checker) forms() {
	submits := map[*html.Node]bool{}
	for _, n := range c.byTag["button"] {
		switch {
		case attr(n, "type") == "":
			c.say("button %q has no type", text(n))
		case text(n) == "" && !has(n, "aria-label"):
			c.say("a button has no text")
		}
		if attr(n, "type") != "submit" {
			continue
		}
		owner := inside(n, "form")
		if id := attr(n, "form"); id != "" {
			owner = nil
			for _, f := range c.byTag["form"] {
				if attr(f, "id") == id {
					owner = f
				}
			}
		}
		if owner == nil {
			c.say("button %q submits no form", text(n))
		}
		submits[owner] = true
	}
	for _, n := range c.byTag["form"] {
		if !submits[n] {
			c.say("form to %q has no submit button", attr(n, "action"))
		}
		if attr(n, "action") == "" {
			c.say("a form has no action")
		}
		if inside(n.Parent, "form") != nil {
			c.say("form to %q stands in a form", attr(n, "action"))
		}
	}
	for _, n := range c.byTag["input"] {
		if f := inside(n, "form"); attr(n, "type") == "file" && f != nil && attr(f, "enctype") != "multipart/form-data" {
			c.say("form to %q has a file but no enctype", attr(f, "action"))
		}
	}
}

func (c *checker) links() {
	for _, n := range c.byTag["a"] {
		to := attr(n, "href")
		switch {
		case to == "" || to == "#" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(to)), "javascript:"):
			c.say("link %q leads to %q", text(n), to)
		case strings.HasPrefix(to, "about:invalid"):
			c.say("link %q has a refused address", text(n))
		case strings.HasPrefix(to, "#") && c.ids[to[1:]] == 0:
			c.say("link %q leads to %q, which is not on the page", text(n), to)
		}
		if text(n) == "" && !has(n, "aria-label") {
			c.say("link to %q has no text", to)
		}
	}
}

func (c *checker) tables() {
	for _, n := range c.byTag["table"] {
		if first := child(n); first == nil || first.Data != "caption" || text(first) == "" {
			c.say("a table does not begin with a caption")
		}
	}
	for _, n := range c.byTag["th"] {
		if !has(n, "scope") {
			c.say("th %q has no scope", text(n))
		}
	}
}

// inline finds what a Content Security Policy without unsafe-inline would stop.
func (c *checker) inline() {
	for _, n := range c.all {
		if n.Data == "style" || n.Data == "script" && !has(n, "src") {
			c.say("inline <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				c.say("<%s %s> is inline style or script", n.Data, a.Key)
			}
		}
		for _, key := range []string{"src", "href"} {
			if to := attr(n, key); n.Data != "a" && strings.Contains(to, "//") {
				c.say("<%s %s=%q> comes from another site", n.Data, key, to)
			}
		}
	}
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

// inside returns the nearest element of the tag that the node is or stands in.
func inside(n *html.Node, tag string) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && n.Data == tag {
			return n
		}
	}
	return nil
}

// child returns the first element in the node.
func child(n *html.Node) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// text returns the words in the node.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
