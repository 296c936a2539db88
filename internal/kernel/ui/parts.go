package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Tone is the meaning of a colour. A tone never stands alone: what has it also says it in words.
type Tone string

// The tones. The zero value is Neutral.
const (
	Neutral Tone = "neutral"
	Accent  Tone = "accent"
	Brand   Tone = "brand"
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "danger"
)

// or returns the tone, or another when it is not set.
func (t Tone) or(other Tone) string {
	if t == "" {
		return string(other)
	}
	return string(t)
}

// Alert is a box with something to know. With Live it is announced when it appears after an act.
type Alert struct {
	Tone  Tone // Info unless set
	Title string
	Text  string
	Live  bool
}

// Render writes the alert; children stand below the text.
func (a Alert) Render(ctx context.Context, w io.Writer) error { return alert(a).Render(ctx, w) }

// Tag is a status in words.
type Tag struct {
	Text string
	Tone Tone
}

// Render writes the tag.
func (t Tag) Render(ctx context.Context, w io.Writer) error { return tag(t).Render(ctx, w) }

// Fact is one row of a Summary.
type Fact struct {
	Name   string
	Value  string          // "" says "Inte ifyllt"
	Values []string        // several, one a line; in the place of Value
	Body   templ.Component // anything else; in the place of Value
	Change string          // address of the step that changes it; its link reads "Ändra <name>"
	Links  []Link          // other acts on the row
}

// Summary is a list of facts: the check-answers page, the right side of a case.
type Summary struct {
	Title  string // h2, optional
	Facts  []Fact
	Narrow bool // names above values: in a side column
}

// Render writes the summary.
func (s Summary) Render(ctx context.Context, w io.Writer) error { return summary(s).Render(ctx, w) }

// Entry is one thing that happened in a case.
type Entry struct {
	ID          string // anchor, unique on the page
	When        string // written for people
	Machine     string // RFC 3339, for <time datetime>
	Who         string
	Title       string
	Text        string // plain text; line breaks are kept
	Body        templ.Component
	Direction   Direction
	Channel     string // "E-post", "Telefon"
	Attachments []Link
}

// Direction tells what crosses the border of the authority; it shows in colour and in words.
type Direction string

// The directions of an Entry. The zero value is an event.
const (
	Event    Direction = ""
	Incoming Direction = "in"
	Outgoing Direction = "out"
	Internal Direction = "internal"
)

// Timeline is what happened, in the order given.
type Timeline struct {
	Title   string // h2, optional
	Entries []Entry
}

// Render writes the timeline, or says that nothing has happened.
func (t Timeline) Render(ctx context.Context, w io.Writer) error { return timeline(t).Render(ctx, w) }

// Steps shows how far one has come in a form. The steps cannot be clicked.
type Steps struct {
	Names   []string
	Current int  // from 0
	Open    bool // the number may change: names only, no "Steg 2 av 4"
}

// Render writes the steps.
func (s Steps) Render(ctx context.Context, w io.Writer) error { return steps(s).Render(ctx, w) }

// Task is one row of a TaskList.
type Task struct {
	Text  string
	Hint  string
	Href  string // ignored while blocked
	State TaskState
}

// TaskState is how far a task has come.
type TaskState int

// The states of a task.
const (
	TaskNew TaskState = iota
	TaskStarted
	TaskDone
	TaskBlocked
)

// TaskList is for forms filled in several sittings and in any order.
type TaskList struct {
	Title string
	Tasks []Task
}

// Render writes the list.
func (t TaskList) Render(ctx context.Context, w io.Writer) error { return taskList(t).Render(ctx, w) }

// Details hides its children behind a line of text.
type Details struct {
	Summary string
	Open    bool
	Text    string
}

// Render writes the details; children stand below the text.
func (d Details) Render(ctx context.Context, w io.Writer) error { return details(d).Render(ctx, w) }

// Cards is a list of links with a line each: services, choices of a start page.
type Cards struct {
	Links []Link
	Level int // of the headings, 2 or 3; 0 is 2
}

// Render writes the list.
func (c Cards) Render(ctx context.Context, w io.Writer) error { return cards(c).Render(ctx, w) }

// Links is a plain list of links.
type Links []Link

// Render writes the list.
func (l Links) Render(ctx context.Context, w io.Writer) error { return links(l).Render(ctx, w) }

// Tabs is navigation between the parts of one thing; each part has its own address.
type Tabs struct {
	Label string
	Links []Link
}

// Render writes the tabs.
func (t Tabs) Render(ctx context.Context, w io.Writer) error { return tabs(t).Render(ctx, w) }

// Empty says that there is nothing, and what to do.
type Empty struct {
	Title  string
	Text   string
	Action templ.Component
}

// Render writes the box.
func (e Empty) Render(ctx context.Context, w io.Writer) error { return empty(e).Render(ctx, w) }

// Filter is the form of a list: GET, so that the selection has an address. Its fields are Fields.
type Filter struct {
	Action string
	Fields []templ.Component
	Hidden []Hidden // sort order and the like, kept
	Chosen []Link   // chosen filters; Href is the address without it
	Clear  string   // address without any
	Open   bool
}

// Render writes the filter.
func (f Filter) Render(ctx context.Context, w io.Writer) error { return filter(f).Render(ctx, w) }

// Column is a column of a Table.
type Column struct {
	Title  string
	Number bool   // right-aligned, figures of one width
	Sort   string // address that sorts by it; "" is not sortable
	Sorted Order
}

// Order is how a column is sorted.
type Order string

// The orders; the zero value is none.
const (
	Ascending  Order = "ascending"
	Descending Order = "descending"
)

// Cell is a cell of a Table: Text, linked when it has Href, or Body.
type Cell struct {
	Text string
	Href string
	Body templ.Component // a Tag, <time>
	Key  string          // the officer's shortcut of the link
}

// Row is a row; its first cell is the header of the row and carries the link.
type Row struct {
	Cells []Cell
	Mark  Tone   // a line of colour at the start; say it in words in a cell too
	Value string // sent when the row is ticked, see Table.Select

	Ticked bool // from the start
}

// Table is a table that scrolls sideways by itself on narrow screens.
type Table struct {
	ID          string // needed if there are several on the page
	Caption     string
	HideCaption bool // when the h1 says the same
	Columns     []Column
	Rows        []Row
	Select      string // name of a checkbox in front of each row, for acts on several; Row.Value is sent
	Form        string // id of the form the checkboxes belong to
}

// Render writes the table.
func (t Table) Render(ctx context.Context, w io.Writer) error { return table(t).Render(ctx, w) }

// Pager leads to the pages around one of a long list that is paged by key. Empty addresses are left out.
type Pager struct{ Previous, Next string }

// Render writes the pager, or nothing.
func (p Pager) Render(ctx context.Context, w io.Writer) error { return pager(p).Render(ctx, w) }

// Crumbs leads back up; the page itself is not in it.
type Crumbs []Link

// Render writes the crumbs, or nothing.
func (c Crumbs) Render(ctx context.Context, w io.Writer) error { return crumbs(c).Render(ctx, w) }

// class names the direction in class names and text keys.
func (d Direction) class() string {
	switch d {
	case Incoming:
		return "incoming"
	case Outgoing:
		return "outgoing"
	case Internal:
		return "internal"
	}
	return "event"
}

func (d Direction) tone() string {
	switch d {
	case Incoming:
		return string(Info)
	case Outgoing:
		return string(Success)
	}
	return string(Warning)
}

// name is the text of the header cell of the row.
func (r Row) name() string {
	if len(r.Cells) == 0 {
		return r.Value
	}
	if r.Cells[0].Text == "" {
		return r.Value
	}
	return r.Cells[0].Text
}
