package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/wording"
)

// Difference shows two wordings of a Swedish text as one: what is gone struck through, what is new underlined, both said in words to
// those who do not see it. It is no templ since the blanks between words count.
type Difference struct {
	Old, New   string
	Gone, Come string // said before what is gone and what is new
}

// Render writes the comparison.
func (d Difference) Render(ctx context.Context, w io.Writer) error {
	said := func(words string) string {
		return `<span class="ds-sr-only" lang="` + string(i18n.From(ctx).Lang()) + `">` + templ.EscapeString(words) + ` </span>`
	}
	out := `<div class="d-case" lang="sv"><p class="d-lines">`
	for _, p := range wording.Diff(d.Old, d.New) {
		text := templ.EscapeString(p.Text)
		switch {
		case p.Old && p.New:
			out += text
		case p.Old:
			out += "<del>" + said(d.Gone) + text + "</del>"
		default:
			out += "<ins>" + said(d.Come) + text + "</ins>"
		}
	}
	_, err := io.WriteString(w, out+"</p></div>")
	return err
}
