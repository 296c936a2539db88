package archive

import (
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// tables are the answers, the diarium and the timeline as CSV (RFC 4180, UTF-8).
func (p *parcel) tables() error {
	if err := p.csv("svar.csv", []string{"fråga", "svar"}, p.answers()); err != nil {
		return err
	}
	var rows [][]string
	for _, h := range p.view.Handlings {
		rows = append(rows, []string{h.Number, stamp(h.At), string(h.Direction), h.Kind, h.Party, h.Subject, strconv.Itoa(int(h.Secrecy)), h.Corrects, h.AnnulledWhy})
	}
	if err := p.csv("diarium.csv", []string{"nummer", "tid", "riktning", "slag", "part", "mening", "sekretess", "rättar", "makulerad"}, rows); err != nil {
		return err
	}
	rows = nil
	for _, e := range p.view.Events {
		rows = append(rows, []string{strconv.Itoa(e.N), stamp(e.At), string(e.Kind), strconv.FormatBool(e.Internal), p.personName(e.Actor), e.Body})
	}
	return p.csv("tidslinje.csv", []string{"nr", "tid", "händelse", "intern", "vem", "text"}, rows)
}

// answers are what was answered, in the order of the form. Of files there is the name in the document store.
func (p *parcel) answers() [][]string {
	var out [][]string
	ct := p.view.Type
	for i := range ct.Form.Steps {
		for j := range ct.Form.Steps[i].Questions {
			q := &ct.Form.Steps[i].Questions[j]
			if said := ct.Display(q, p.view.Case.Answers, i18n.SV); len(said) > 0 {
				out = append(out, []string{q.Label.In(i18n.SV), strings.Join(said, "\n")})
			}
		}
	}
	return out
}

func (p *parcel) csv(name string, head []string, rows [][]string) error {
	return p.put(dataDir+name, "text/csv", "", func(w io.Writer) error {
		c := csv.NewWriter(w)
		if err := c.Write(head); err != nil {
			return err
		}
		return c.WriteAll(rows)
	})
}

// decisionPage is a decision to read in any browser for as long as there are any: no script, no style, nothing from elsewhere.
var decisionPage = template.Must(template.New("beslut").Parse(`<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><title>{{.Number}}: {{.Title}}</title></head>
<body><h1>{{.Title}}</h1>
<dl><dt>Diarienummer</dt><dd>{{.Number}}</dd><dt>Myndighet</dt><dd>{{.Body}}</dd><dt>Beslutat</dt><dd>{{.Day}}</dd><dt>Beslutat av</dt><dd>{{.By}}</dd>{{if .Delegation}}<dt>Delegation</dt><dd>{{.Delegation}}</dd>{{end}}</dl>
{{range .Lines}}<p>{{.}}</p>
{{end}}</body></html>
`))

func decisionPath(i int) string { return fmt.Sprintf("%sbeslut/%02d.html", dataDir, i+1) }

func (p *parcel) decisions() error {
	for i, d := range p.view.Decisions {
		said := map[string]any{"Number": p.view.Case.Number, "Title": decisionName(p.view.Type, d), "Body": p.bodyName(), "Day": calendar.DateOf(d.At).String(),
			"By": p.personName(d.DecidedBy), "Delegation": d.Delegation, "Lines": strings.Split(d.Text, "\n")}
		if err := p.put(decisionPath(i), "text/html", "", func(w io.Writer) error { return decisionPage.Execute(w, said) }); err != nil {
			return err
		}
	}
	return nil
}
