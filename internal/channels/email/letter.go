package email

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"dygnet/internal/kernel/i18n"
)

// Texts holds the texts of this package for i18n.Load.
//
//go:embed texts
var Texts embed.FS

// Town is the municipality as it signs its letters.
type Town struct {
	Name    i18n.Text
	BaseURL string // without a slash at the end
	Phone   string
}

// About is the case a letter is about. It holds nothing of what the case is about.
type About struct {
	ID         string // of the case
	To         string // the address of the one who is written to
	Number     string // the reference
	Service    i18n.Text
	Received   time.Time
	FollowCode string // "" if the one who is written to signs in to follow it
}

// Receipt tells that a matter has come in, with its number and how to follow it.
func Receipt(l *i18n.Localizer, t Town, c About) Message {
	return letter(l, t, c, l.T("email.receipt.subject", "Number", c.Number), []string{
		l.T("email.receipt.text", "Service", c.Service.In(l.Lang()), "Time", l.DateTime(c.Received)),
		l.T("email.number", "Number", c.Number),
		code(l, c),
	}, l.T("email.receipt.next"))
}

// NewMessage tells that there is something new to read, and not what.
func NewMessage(l *i18n.Localizer, t Town, c About) Message {
	return letter(l, t, c, l.T("email.message.subject", "Number", c.Number), []string{
		l.T("email.message.text", "Service", c.Service.In(l.Lang()), "Number", c.Number),
	}, l.T("email.message.next"))
}

// Closed tells that a case is closed.
func Closed(l *i18n.Localizer, t Town, c About) Message {
	return letter(l, t, c, l.T("email.closed.subject", "Number", c.Number), []string{
		l.T("email.closed.text", "Service", c.Service.In(l.Lang()), "Number", c.Number),
	}, l.T("email.closed.next"))
}

// code is the line with the follow code, for the one who has nothing else to follow the case by.
func code(l *i18n.Localizer, c About) string {
	if c.FollowCode == "" {
		return ""
	}
	return l.T("email.code", "Code", c.FollowCode)
}

// follow is the page where the case is followed. The code is never in the address.
func follow(l *i18n.Localizer, t Town, c About) string {
	path := "/mina-sidor"
	if c.FollowCode != "" {
		path = "/folj?" + url.Values{"nr": {c.Number}}.Encode()
	}
	return strings.TrimRight(t.BaseURL, "/") + l.Path(path)
}

// letter lays out a letter: what happened, what comes next with a link, and who wrote.
func letter(l *i18n.Localizer, t Town, c About, subject string, paragraphs []string, next string) Message {
	return laid(l, t, c.To, c.ID, subject, paragraphs, next, follow(l, t, c))
}

func laid(l *i18n.Localizer, t Town, to, caseID, subject string, paragraphs []string, next, link string) Message {
	town := t.Name.In(l.Lang())
	sign := []string{town}
	if t.Phone != "" {
		sign = append(sign, l.T("email.phone", "Phone", t.Phone))
	}
	view := struct {
		Lang, Subject, Next, Link string
		Paragraphs, Sign          []string
		Automatic                 string
	}{string(l.Lang()), subject, next, link, nonEmpty(paragraphs), sign, l.T("email.automatic")}
	text := strings.Join(append(append([]string{}, view.Paragraphs...), next+"\n"+view.Link, strings.Join(sign, "\n"), view.Automatic), "\n\n") + "\n"
	return Message{To: to, Subject: fmt.Sprintf("%s – %s", subject, town), Text: text, HTML: page(view), Lang: string(l.Lang()), CaseID: caseID}
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// layout is the letter as HTML: no pictures, nothing fetched, readable in any program.
const layout = `<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}<p>{{.Next}}<br><a href="{{.Link}}">{{.Link}}</a></p>
<p>{{range $i, $line := .Sign}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
<p><small>{{.Automatic}}</small></p>
</body></html>
`

var layoutTemplate = template.Must(template.New("letter").Parse(layout))

func page(view any) string {
	var b strings.Builder
	// The template is a constant and the view is ours: an error would be a fault in this file, and the tests meet it.
	if err := layoutTemplate.Execute(&b, view); err != nil {
		return ""
	}
	return b.String()
}
