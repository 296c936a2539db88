package lawbook

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/ui"
)

// Path is where the book is, without language.
const Path = "/lag"

// Href is the address of a provision's page; chapter and section may be "".
func Href(sfs, chapter, section string) string {
	out := Path + "/" + url.PathEscape(statute.Slug(sfs))
	if chapter == "" && section == "" {
		return out
	}
	if chapter == "" {
		chapter = noChapter
	}
	out += "/" + strings.ReplaceAll(chapter, " ", "")
	if section != "" {
		section, _, _ = strings.Cut(section, "–")
		out += "/" + strings.ReplaceAll(section, " ", "")
	}
	return out
}

// hrefOf is the address of what a citation cites: its first § if there are several.
func hrefOf(c statute.Citation) string {
	if len(c.Sections) > 0 {
		return Href(c.SFS, c.Chapter, c.Sections[0].From)
	}
	return Href(c.SFS, c.Chapter, "")
}

// Span is a piece of a text; Href is where its citation leads, "" for words.
type Span struct{ Text, Href string }

// Spans cuts a text at the citations of statutes that the book has, as names are understood on the day.
func (s *Service) Spans(ctx context.Context, text string, on calendar.Date) ([]Span, error) {
	return s.spans(ctx, text, statute.Within{}, on)
}

func (s *Service) spans(ctx context.Context, text string, in statute.Within, on calendar.Date) ([]Span, error) {
	list, b, err := s.find(ctx, text, in, on)
	if err != nil {
		return nil, err
	}
	var out []Span
	at := 0
	for _, c := range list {
		if !b.statutes[c.SFS].HasText {
			continue
		}
		href := hrefOf(c)
		if in.SFS == "" { // the words of people may cite what the statute does not have; those of a statute are its own
			if href, err = s.leads(ctx, c); err != nil {
				return nil, err
			}
		}
		if c.Start > at {
			out = append(out, Span{Text: text[at:c.Start]})
		}
		out = append(out, Span{text[c.Start:c.End], href})
		at = c.End
	}
	if at < len(text) {
		out = append(out, Span{Text: text[at:]})
	}
	return out, nil
}

// leads is the page that a citation of a statute with text leads to: its first §, or its chapter if the text here has no such §, or the
// statute if it has no such chapter either, as when the text is older or newer than the citation.
func (s *Service) leads(ctx context.Context, c statute.Citation) (string, error) {
	page, section := c.Chapter, ""
	if page == "" {
		page = noChapter
	}
	if len(c.Sections) > 0 {
		section = c.Sections[0].From
	}
	if c.Chapter == "" && section == "" {
		return hrefOf(c), nil
	}
	found := 0
	if err := s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(CASE WHEN kind = 'section' AND chapter = $3 AND number = $4 THEN 2 ELSE 1 END), 0)
		FROM law_part WHERE sfs = $1 AND page = $2 AND kind <> 'statute'`, c.SFS, page, c.Chapter, section).Scan(&found); err != nil {
		return "", fmt.Errorf("looking for what %s is cited for: %w", c.SFS, err)
	}
	switch {
	case found == 2 || found == 1 && section == "":
		return hrefOf(c), nil
	case found == 1 && c.Chapter != "":
		return Href(c.SFS, c.Chapter, ""), nil
	}
	return Href(c.SFS, "", ""), nil
}

// Linked writes a text with its citations as links, for the pages of other rooms. Names are understood as of today. What cannot be looked
// up stands as words.
func (s *Service) Linked(text string) templ.Component { return s.linked(text, statute.Within{}) }

func (s *Service) linked(text string, in statute.Within) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		spans, err := s.spans(ctx, text, in, s.today())
		if err != nil { // a text is not withheld because a link is missing
			s.Log.WarnContext(ctx, "linking law", "error", err)
			spans = []Span{{Text: text}}
		}
		for _, p := range spans {
			out := templ.EscapeString(p.Text)
			if p.Href != "" {
				out = `<a class="ds-link" href="` + templ.EscapeString(string(ui.Href(ctx, p.Href))) + `">` + out + `</a>`
			}
			if _, err := io.WriteString(w, out); err != nil {
				return err
			}
		}
		return nil
	})
}
