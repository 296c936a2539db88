package journeys_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dygnet/test/browser"
)

// hands are how somebody uses a page. Selectors are CSS.
type hands interface {
	// press activates a link or button and does not wait for what follows.
	press(selector string)
	// follow activates a link or button that leads to another page.
	follow(selector string)
	// choose picks a radio button or ticks a box.
	choose(selector string)
	// fill replaces what stands in a field.
	fill(selector, text string)
	attach(selector, file string)
}

// pointer uses a mouse, and a keyboard to write.
type pointer struct{ *browser.Page }

func (h pointer) press(selector string)        { h.Click(selector) }
func (h pointer) follow(selector string)       { h.Follow(selector) }
func (h pointer) choose(selector string)       { h.Click(selector) }
func (h pointer) fill(selector, text string)   { h.Fill(selector, text) }
func (h pointer) attach(selector, file string) { h.Attach(selector, file) }

// keyboard uses Tab, arrows, Space, Enter and letters, nothing else.
type keyboard struct {
	t *testing.T
	*browser.Page
}

func (h keyboard) press(selector string) {
	h.t.Helper()
	h.TabTo(selector)
	h.Press("\r")
}

func (h keyboard) follow(selector string) {
	h.t.Helper()
	h.TabTo(selector)
	h.PressAndLoad("\r")
}

// choose goes to the radio group, and with the arrows to the button; Space presses it.
func (h keyboard) choose(selector string) {
	h.t.Helper()
	name := browser.Eval[string](h.Page, fmt.Sprintf("document.querySelector(%q)?.name ?? ''", selector))
	h.TabTo(fmt.Sprintf("input[name=%q]", name))
	for range 20 {
		if browser.Eval[bool](h.Page, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			h.Press(" ")
			return
		}
		h.Press(kb.ArrowDown)
	}
	h.t.Fatalf("at %s: the arrows do not reach %s", h.URL(), selector)
}

func (h keyboard) fill(selector, text string) {
	h.t.Helper()
	h.TabTo(selector)
	h.Do(chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)))
	h.Press(text)
}

func (h keyboard) attach(selector, file string) {
	h.t.Helper()
	h.TabTo(selector)
	h.AttachByKey(file)
}
