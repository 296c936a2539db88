package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
)

// Site is what every page of one municipality has in common. Build it once at start.
type Site struct {
	Name    i18n.Text // "Fiktiv kommun"
	Logo    string    // address of an image, optional; the name stands beside it
	Contact Contact
	Links   []SiteLink // further links of the footer, after the fixed ones
	Demo    bool       // shows the banner of the demonstration
	Assets  *Assets
}

// Contact is the contact block of every footer (WCAG 3.2.6: help in the same place).
type Contact struct {
	Phone, Email string
	Address      string
	Hours        i18n.Text
}

// SiteLink is a link of the footer.
type SiteLink struct {
	Text i18n.Text
	Href string
}

// Link is a link on a page. Href is written without language.
type Link struct {
	Text    string
	Href    string
	Current bool   // the page one is on, or its section
	Hint    string // a second line, in lists of links
	Tag     *Tag   // in lists of links
	Key     string // the officer's shortcut, "j" or "g i"
	Count   int    // what waits behind it; 0 shows nothing
}

// User is the one who is signed in, as shown in the header.
type User struct {
	Name    string
	For     string // the company or person acted for; always shown
	Switch  string // where another is chosen; shown with For
	Role    string // "Handläggare", shown to staff
	Home    string // where the name leads: /mina-sidor or /arbete/inkorg
	SignOut string // address the sign-out form posts to
}

// Page is one page: the site around it and what is true of this answer. Render it through a template (Read, Question, List, Case)
// or with your own main part as children:
//
//	@ui.Page{Site: site, Title: ui.T(ctx, "x.title"), Path: "/x"} { <h1>…</h1> }
type Page struct {
	Site    *Site
	Title   string // of the document and, in the templates, the h1; unique on the site, with Of
	Of      string // what the page is a part of, such as the e-service of a step: in the document's title after Title
	Path    string // of this page without language and with its query, for the language link
	Nav     []Link
	Crumbs  []Link // from the start page to the parent of this one
	User    *User  // nil: nobody is signed in
	SignIn  string // where the sign-in link leads when nobody is; "" hides it
	Errors  []FieldError
	Notice  *Alert // "Sparat", above the h1
	Dense   bool   // staff pages: smaller text and spacing
	Scheme  Scheme // chosen by the user; "" follows the system
	Keys    bool   // the officer has switched shortcuts on
	Map     bool   // the page holds a map: its script and style are loaded
	SV      bool   // the content is in Swedish only; the page says so on its English address
	NoIndex bool   // not for search engines: personal and staff pages

	Feedback string // where one says what one thinks of the page; "" hides the link of the footer
}

// FieldError is one thing to rewrite in a form. Field is the id of the input it leads to: Input.ID; of a date the first wrong part
// (DateInput.FirstBad); of radios and checkboxes the ID of the whole, which the first choice carries.
type FieldError struct {
	Field   string
	Message string
}

// Render writes the page around its children.
func (p Page) Render(ctx context.Context, w io.Writer) error { return layout(p).Render(ctx, w) }

// title is the title of the document: it begins with "Fel: " when something is to be rewritten and ends with the municipality.
func (p Page) title(ctx context.Context) string {
	title := p.Title
	if len(p.Errors) > 0 {
		title = T(ctx, "ui.error_title", "Title", title)
	}
	if p.Of != "" {
		title += " – " + p.Of
	}
	if p.Site == nil {
		return title
	}
	return title + " – " + p.Site.Name.In(i18n.From(ctx).Lang())
}

// Read is the template Läs: an article with an optional side.
type Read struct {
	Page
	Lead    string
	Updated string // a written date
	Owner   string // who answers for the text
	Side    templ.Component
}

// Render writes the page; the children are the article below h1 and lead.
func (r Read) Render(ctx context.Context, w io.Writer) error { return read(r).Render(ctx, w) }

// Question is the template Fråga: one step of a form. Its fields are the children, or Fields.
type Question struct {
	Page
	Back      string // address of the step before
	Steps     *Steps
	Caption   string // the name of the service, above the h1
	Lead      string
	TitleIn   bool // the h1 is in the single field (Heading: true on it), not above the form
	Fields    []templ.Component
	Form      Form // Action is the address of this step
	Button    string
	SaveLater string // name of the submit value that saves for later; "" hides the button
	After     templ.Component
}

// Render writes the page; the children are the fields.
func (q Question) Render(ctx context.Context, w io.Writer) error { return question(q).Render(ctx, w) }

// List is the template Lista: filter, result, pages. The table is the child, or Table.
type List struct {
	Page
	Lead    string
	Actions []templ.Component // above the list: "Ny kontakt", CSV
	Tabs    *Tabs
	Filter  *Filter
	Found   int  // number of results; -1 hides the line
	More    bool // there are more than Found
	Table   templ.Component
	Empty   *Empty // shown in place of the table
	Pager   *Pager
	Live    *Live
}

// Render writes the page; the children stand between the result line and the pages.
func (l List) Render(ctx context.Context, w io.Writer) error { return list(l).Render(ctx, w) }

// Case is the template Ärende: what happened to the left, facts to the right.
type Case struct {
	Page
	Number  string // diarienummer, above the h1
	Status  Tag
	Lead    string
	Back    Link
	Actions []templ.Component // the first is the next act
	Tabs    *Tabs
	Facts   Summary // the right side
	Side    []templ.Component
	Live    *Live
}

// Render writes the page; the children are the left side: Timeline, a form to answer in.
func (c Case) Render(ctx context.Context, w io.Writer) error { return caseView(c).Render(ctx, w) }

// Live marks a part of the page that renews itself while JavaScript is on: on each message of the event stream at URL, app.js fetches
// the page again, swaps the part with the ID and says so politely.
type Live struct {
	ID  string // of the part, unique on the page
	URL string // of a text/event-stream; its messages carry no data that matters
}

// Message is a page that says one thing: a status, an error, a receipt without a form. Reference is shown to quote.
type Message struct {
	Page
	Lead      string
	Reference string
	Ways      []Link // how to go on; empty: to the start page
	Body      templ.Component
}

// Render writes the page; the children stand below the lead.
func (m Message) Render(ctx context.Context, w io.Writer) error { return message(m).Render(ctx, w) }
