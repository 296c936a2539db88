package steering

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
)

// words are sentences after one another. They are no templ since the blanks between them count.
type words struct {
	list []pack.SteeringSentence
	seen map[string]bool // IDs that have their anchor; nil: without IDs and anchors
}

// Render writes the sentences: what stands between asterisks is stressed, and the ID stands after what demands something.
func (w words) Render(_ context.Context, out io.Writer) error {
	var b strings.Builder
	for i, s := range w.list {
		if i > 0 {
			b.WriteString(" ")
		}
		runs := strings.Split(templ.EscapeString(s.Text), "*")
		if len(runs)%2 == 0 { // one of the asterisks is no mark
			runs = []string{templ.EscapeString(s.Text)}
		}
		for j, run := range runs {
			if j%2 == 1 {
				run = "<em>" + run + "</em>"
			}
			b.WriteString(run)
		}
		if w.seen == nil || s.ID == "" {
			continue
		}
		id := templ.EscapeString(s.ID)
		anchor := ` id="` + id + `"`
		if w.seen[s.ID] {
			anchor = ""
		}
		w.seen[s.ID] = true
		b.WriteString(` <small class="d-muted"` + anchor + `>(` + id + `)</small>`)
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("writing a steering document: %w", err)
	}
	return nil
}

// quote is a sentence as it was adopted.
func quote(text string) templ.Component {
	return quoted(words{list: []pack.SteeringSentence{{Text: text}}})
}

// grouped puts the items of a list together.
func grouped(list []pack.SteeringParagraph) [][]pack.SteeringParagraph {
	var out [][]pack.SteeringParagraph
	for _, p := range list {
		if n := len(out); n > 0 && p.Form == pack.ParagraphItem && out[n-1][0].Form == pack.ParagraphItem {
			out[n-1] = append(out[n-1], p)
			continue
		}
		out = append(out, []pack.SteeringParagraph{p})
	}
	return out
}
