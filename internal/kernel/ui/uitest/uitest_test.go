package uitest

import (
	"strings"
	"testing"
)

const good = `<!DOCTYPE html><html lang="sv"><head><title>T</title></head><body><a href="#main">Hoppa</a><main id="main"><h1>H</h1>%s</main></body></html>`

func TestProblemsFindsEachFault(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`<p>fine</p>`, ""},
		{`<p>⟦x.y⟧</p>`, "a text is missing"},
		{`<h1>two</h1>`, "2 <h1>"},
		{`<h3>jump</h3>`, "jumps from h1 to h3"},
		{`<p id="a"></p><p id="a"></p>`, "occurs 2 times"},
		{`<p aria-describedby="no">x</p>`, "does not exist"},
		{`<img src="/x.png">`, "has no alt"},
		{`<form action="/x"><input name="a" id="a"><button type="submit">S</button></form>`, "has no label"},
		{`<form action="/x"><label for="a">A</label><input id="a"><button type="submit">S</button></form>`, "has no name"},
		{`<form action="/x"><label for="a">A</label><input name="a" id="a" required><button type="submit">S</button></form>`, "has required"},
		{`<form action="/x"><label for="a">A</label><input name="a" id="a" type="radio"><button type="submit">S</button></form>`, "no fieldset"},
		{`<form action="/x"><label for="a">A</label><input name="a" id="a"></form>`, "no submit button"},
		{`<form action="/x"><label for="a">A</label><input name="a" id="a" type="file"><button type="submit">S</button></form>`, "no enctype"},
		{`<form action="/x"><button>S</button></form>`, "has no type"},
		{`<button type="submit">S</button>`, "submits no form"},
		{`<label for="b">B</label>`, `for "b"`},
		{`<fieldset><p>x</p></fieldset>`, "begin with a legend"},
		{`<a href="#">x</a>`, `leads to "#"`},
		{`<a href=" JavaScript:x()">x</a>`, "leads to"},
		{`<a href="#gone">x</a>`, "not on the page"},
		{`<a href="/x"></a>`, "has no text"},
		{`<table><tr><th scope="col">x</th></tr></table>`, "begin with a caption"},
		{`<table><caption>c</caption><tr><th>x</th></tr></table>`, "no scope"},
		{`<p style="color:red">x</p>`, "inline style"},
		{`<p onclick="x()">x</p>`, "inline style"},
		{`<script>x()</script>`, "inline <script>"},
		{`<script src="https://example.org/x.js"></script>`, "another site"},
	} {
		problems, err := Problems(strings.NewReader(strings.Replace(good, "%s", tt.body, 1)))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(problems, "; ")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: found %q, want %q", tt.body, got, tt.want)
		}
	}
	problems, err := Problems(strings.NewReader(`<html><body></body></html>`))
	if err != nil || len(problems) < 5 {
		t.Errorf("an empty page: %v, %v", problems, err)
	}
}
