package ui_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/ui"
)

// render writes a component in a language.
func render(t *testing.T, l i18n.Lang, c templ.Component) string {
	t.Helper()
	html, err := ui.String(i18n.With(context.Background(), i18ntest.Complete(t, ui.Texts).For(l)), c)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestComponentsWriteWhatTheirPatternSays(t *testing.T) {
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Ljusvik", i18n.EN: "Ljusvik"}}
	for _, tt := range []struct {
		name string
		lang i18n.Lang
		c    templ.Component
		want []string
		not  []string
	}{
		{"the title begins with Fel when something is wrong", i18n.SV,
			ui.Question{Page: ui.Page{Site: site, Title: "Plats", Errors: ui.Errors{{Field: "a", Message: "Skriv en adress"}}}, Form: ui.Form{Action: "/x"}},
			[]string{"<title>Fel: Plats – Ljusvik</title>", `href="#a"`, "autofocus", "novalidate"}, nil},
		{"and in English with Error", i18n.EN,
			ui.Question{Page: ui.Page{Site: site, Title: "Place", Errors: ui.Errors{{Field: "a", Message: "x"}}}, Form: ui.Form{Action: "/x"}},
			[]string{"<title>Error: Place – Ljusvik</title>", `action="/en/x"`, `<html lang="en"`}, nil},
		{"the summary stands above the h1", i18n.SV,
			ui.Question{Page: ui.Page{Site: site, Title: "Plats", Errors: ui.Errors{{Message: "x"}}}, Form: ui.Form{Action: "/x"}}, []string{"ds-error-summary"}, nil},
		{"only optional fields are marked", i18n.SV, ui.Input{Field: ui.Field{Name: "a", Label: "A", Optional: true}}, []string{"(frivilligt)"}, []string{"required", "*"}},
		{"required fields are not", i18n.SV, ui.Input{Field: ui.Field{Name: "a", Label: "A"}}, nil, []string{"(frivilligt)"}},
		{"hint and error describe the field", i18n.SV, ui.Input{Field: ui.Field{Name: "a", Label: "A", Hint: "h", Error: "e"}},
			[]string{`aria-describedby="a-hint a-error"`, `aria-invalid="true"`}, nil},
		{"the first radio carries the id the summary leads to", i18n.SV, ui.Radios{Field: ui.Field{Name: "a", Label: "A"}, Options: []ui.Option{{Value: "1"}, {Value: "2"}}},
			[]string{`id="a"`, `id="a-2"`}, nil},
		{"a password is never written back", i18n.SV, ui.Input{Field: ui.Field{Name: "a", Label: "A"}, Type: "password", Value: "secret"}, nil, []string{"secret"}},
		{"a script address is refused", i18n.SV, ui.Links{{Text: "x", Href: "javascript:alert(1)"}}, nil, []string{"javascript:"}},
		{"what people wrote is escaped", i18n.SV, ui.Timeline{Entries: []ui.Entry{{Title: "<b>", Text: `"><script>`}}}, []string{"&lt;b&gt;", "&lt;script&gt;"}, []string{"<script>"}},
		{"a change link says what it changes", i18n.SV, ui.Summary{Facts: []ui.Fact{{Name: "Plats", Change: "/plats"}}}, []string{"Ändra<span", ": Plats</span>", "Inte ifyllt"}, nil},
		{"a blocked button says why", i18n.SV, ui.Button{Text: "Skicka", Blocked: "Granska först."}, []string{"disabled", "Granska först."}, nil},
		{"a blocked task has no link", i18n.SV, ui.TaskList{Tasks: []ui.Task{{Text: "A", Href: "/a", State: ui.TaskBlocked}}}, []string{"Kan inte börja än"}, []string{"<a"}},
		{"an empty pager writes nothing", i18n.SV, ui.Pager{}, nil, []string{"<"}},
		{"a Swedish page says so in English", i18n.EN, ui.Read{Page: ui.Page{Site: site, Title: "T", Path: "/t", SV: true}}, []string{"in Swedish only", `<div class="d-content" lang="sv">`, `hreflang="sv" href="/t"`}, nil},
		{"telephone numbers can be called", i18n.SV, ui.Page{Site: &ui.Site{Contact: ui.Contact{Phone: "0555-123 00"}}}, []string{`href="tel:055512300"`}, nil},
	} {
		html := render(t, tt.lang, tt.c)
		for _, want := range tt.want {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %s in\n%s", tt.name, want, html)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(html, not) {
				t.Errorf("%s: %s in\n%s", tt.name, not, html)
			}
		}
		if at, h1 := strings.Index(html, "ds-error-summary"), strings.Index(html, "<h1"); at >= 0 && h1 >= 0 && at > h1 {
			t.Errorf("%s: the summary stands below the h1", tt.name)
		}
	}
}

func TestFirstBadPartOfADateIsWhereTheSummaryLeads(t *testing.T) {
	field := ui.Field{Name: "born"}
	for want, d := range map[string]ui.DateInput{
		"born-day":   {Field: field},
		"born-month": {Field: field, BadMonth: true, BadYear: true},
		"born-year":  {Field: field, BadYear: true},
	} {
		if got := d.FirstBad(); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
}

func TestAFailingPageLeavesTheResponseUntouched(t *testing.T) {
	broken := errors.New("broken")
	w := httptest.NewRecorder()
	err := ui.Render(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "half a page")
		return broken
	}))
	if !errors.Is(err, broken) || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("error %v, wrote %q, headers %v", err, w.Body, w.Header())
	}
}

func TestRenderAnswersHeadWithoutABody(t *testing.T) {
	w := httptest.NewRecorder()
	if err := ui.Render(w, httptest.NewRequest(http.MethodHead, "/", nil), http.StatusNotFound, ui.Tag{Text: "x"}); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusNotFound || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Length") == "0" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

func BenchmarkListOf200Rows(b *testing.B) {
	texts, err := i18n.Load(ui.Texts)
	if err != nil {
		b.Fatal(err)
	}
	ctx := i18n.With(context.Background(), texts.For(i18n.SV))
	table := ui.Table{Caption: "Ärenden", Columns: []ui.Column{{Title: "Ärende"}, {Title: "Nummer"}, {Title: "Status"}}}
	for range 200 {
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: "Trasig gatubelysning", Href: "/arbete/arenden/1"}, {Text: "KS 2026-1"}, {Body: ui.Tag{Text: "Nytt"}}}})
	}
	page := ui.List{Page: ui.Page{Site: &ui.Site{}, Title: "Inkorg", Path: "/arbete/inkorg"}, Table: table}
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Render(ctx, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
