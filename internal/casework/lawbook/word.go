package lawbook

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/statute"
)

// word writes a piece of a comparison. It is no templ since the blanks between words count.
func word(p piece, gone, come string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text := templ.EscapeString(p.Text)
		said := func(words string) string {
			return `<span class="ds-sr-only" lang="` + lang(ctx) + `">` + templ.EscapeString(words) + ` </span>`
		}
		switch {
		case p.Old && p.New:
		case p.Old:
			text = "<del>" + said(gone) + text + "</del>"
		default:
			text = "<ins>" + said(come) + text + "</ins>"
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

// lang is the language of the page around the law.
func lang(ctx context.Context) string { return string(i18n.From(ctx).Lang()) }

// sign is the number of a § as its chapter shows it, "7 a §", with the marks of its days left to the line below.
func sign(p statute.Part) string {
	p.Chapter = ""
	return strings.TrimSpace(p.Label())
}
