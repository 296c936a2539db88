package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// Form is a form. Its fields are the children. It validates nothing in the browser: the server answers 422 with the same page.
type Form struct {
	ID      string
	Action  string
	Get     bool // GET; POST otherwise
	Upload  bool // has files: multipart/form-data
	Unsaved bool // warn before leaving typed text (JavaScript)
	Hidden  []Hidden
}

// Render writes the form around its children.
func (f Form) Render(ctx context.Context, w io.Writer) error { return form(f).Render(ctx, w) }

// Hidden is a value the form carries along.
type Hidden struct{ Name, Value string }

// Variant is the weight of a button.
type Variant string

// The variants. The zero value is Primary: one on a page.
const (
	Primary   Variant = "primary"
	Secondary Variant = "secondary"
	Tertiary  Variant = "tertiary"
)

// Button submits the form it stands in, or leads to Href.
type Button struct {
	Text    string
	Variant Variant
	Tone    Tone // Danger for what cannot be undone
	Href    string
	Name    string // sent with Value when pressed
	Value   string
	Form    string // id of the form, when it stands outside
	Action  string // another address than the form's
	Hidden  string // read out after the text: "ärende 2026-17"
	Small   bool
	Key     string // the officer's shortcut
	Blocked string // why it cannot be pressed now; shown beside it
}

// Render writes the button.
func (b Button) Render(ctx context.Context, w io.Writer) error { return button(b).Render(ctx, w) }

// Post is a form that is only a button.
type Post struct {
	Button
	To     string // address
	Values []Hidden
}

// Render writes the form.
func (p Post) Render(ctx context.Context, w io.Writer) error { return post(p).Render(ctx, w) }

// Field is what all fields have. ID defaults to Name; give it where a name occurs twice.
type Field struct {
	ID        string
	Name      string
	Label     string
	Hint      string
	Error     string // the same words as in the summary
	Optional  bool   // marked "(frivilligt)"; required fields are not marked
	Heading   bool   // the label is the h1 of the page (one question on it)
	HideLabel bool   // the label is read out only; for search fields with a button
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) describedBy(more ...string) string {
	ids := append([]string{when(f.Hint != "", f.id()+"-hint"), when(f.Error != "", f.id()+"-error")}, more...)
	return describedBy(ids...)
}

// Input is a field of one line.
type Input struct {
	Field
	Type         string // text (the zero value), email, tel, url, search, password
	Value        string
	Autocomplete string // a token of WCAG 1.3.5, such as "email"; "off" for personnummer
	Numeric      bool   // shows the number keys; stays type=text
	Decimal      bool   // shows the number keys with a decimal sign
	Width        int    // characters the answer has; 0 is full width
	Prefix       string
	Suffix       string // "kr"
	ReadOnly     bool
	NoSpell      bool
	OneTime      bool   // a one-time code, filled in from the link that was sent
	Key          string // the officer's shortcut
}

// Render writes the field.
func (i Input) Render(ctx context.Context, w io.Writer) error { return input(i).Render(ctx, w) }

// Textarea is a field of several lines.
type Textarea struct {
	Field
	Value string
	Rows  int // 5 when 0
	Max   int // characters; shows what is left while JavaScript is on, and says the limit always. The server decides.
}

// Render writes the field.
func (t Textarea) Render(ctx context.Context, w io.Writer) error { return textarea(t).Render(ctx, w) }

// DateInput is a date one knows, in three fields named Name-day, Name-month and Name-year.
type DateInput struct {
	Field
	Day, Month, Year          string // as typed
	BadDay, BadMonth, BadYear bool
	Birth                     bool // fills in the date of birth from the browser
}

// FirstBad is the id of the first wrong part, for FieldError.Field.
func (d DateInput) FirstBad() string {
	switch {
	case d.BadDay, !d.BadMonth && !d.BadYear:
		return d.id() + "-day"
	case d.BadMonth:
		return d.id() + "-month"
	}
	return d.id() + "-year"
}

// Render writes the three fields.
func (d DateInput) Render(ctx context.Context, w io.Writer) error { return dateInput(d).Render(ctx, w) }

// Option is something to choose.
type Option struct {
	Value  string
	Label  string
	Hint   string
	Chosen bool
	Or     bool // says "eller" before it: "Vet inte"
}

// Passkey is a button that signs in with a passkey or adds one, shown only where the browser can.
// Begin and Finish are the addresses of the ceremony; what goes wrong is said below the button.
type Passkey struct {
	Text    string
	Add     bool // adds a passkey instead of signing in
	Begin   string
	Finish  string
	Refused string        // said when the server refuses with a code that is not in Reasons
	Failed  string        // said when nothing was answered
	Reasons []RefusalText // by code
}

// RefusalText is what to say of a code the server refuses with.
type RefusalText struct{ Code, Text string }

// Render writes the button, hidden until the script shows it.
func (p Passkey) Render(ctx context.Context, w io.Writer) error { return passkey(p).Render(ctx, w) }

func (p Passkey) reasons() templ.Attributes {
	all := templ.Attributes{}
	for _, r := range p.Reasons {
		all["data-text-"+r.Code] = r.Text
	}
	return all
}

// Radios is one choice of few.
type Radios struct {
	Field
	Options []Option
	Inline  bool // two short choices side by side
}

// Render writes the choices. The first has the ID of the field, the next ID-2 and so on.
func (r Radios) Render(ctx context.Context, w io.Writer) error {
	return choices("radio", r.Field, r.Options, r.Inline).Render(ctx, w)
}

// Checkboxes is any number of choices.
type Checkboxes struct {
	Field
	Options []Option
}

// Render writes the choices. The first has the ID of the field, the next ID-2 and so on.
func (c Checkboxes) Render(ctx context.Context, w io.Writer) error {
	return choices("checkbox", c.Field, c.Options, false).Render(ctx, w)
}

// Checkbox is a single box to tick; Label says what ticking it means.
type Checkbox struct {
	Field
	Value   string
	Checked bool
}

// Render writes the box.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error { return checkbox(c).Render(ctx, w) }

// Select is one choice of many. In questions to citizens, radios are easier.
type Select struct {
	Field
	Options []Option
	Empty   bool // begins with "Välj", value ""
}

// Render writes the field.
func (s Select) Render(ctx context.Context, w io.Writer) error { return selectField(s).Render(ctx, w) }

// FileInput is a file to send; its form needs Upload. State the limits in Hint.
type FileInput struct {
	Field
	Accept   string // "image/jpeg,image/png,application/pdf"
	Multiple bool
	Camera   bool // offers the camera on phones
}

// Render writes the field.
func (f FileInput) Render(ctx context.Context, w io.Writer) error { return fileInput(f).Render(ctx, w) }

// Errors is the summary of what is to be rewritten. The templates write it; use it alone only on pages of your own.
type Errors []FieldError

// Render writes the summary, or nothing.
func (e Errors) Render(ctx context.Context, w io.Writer) error { return errorSummary(e).Render(ctx, w) }

// MapField is a place. Without JavaScript it is two fields for coordinates in a Details; with it a map that fills them in. Offer an
// address or a list beside it. The page needs Page.Map.
type MapField struct {
	Field            // Name is the prefix: Name-lat and Name-lon are sent
	Lat, Lon  string // as typed, degrees WGS 84
	CentreLat float64
	CentreLon float64
	Zoom      int    // 13 when 0
	GeoJSON   string // address of vector data of our own, or
	Tiles     string // address of a tile service with {x} {y} {z}; the CSP must allow it
	Credit    string
}

// Render writes the map.
func (m MapField) Render(ctx context.Context, w io.Writer) error { return mapField(m).Render(ctx, w) }

func (m MapField) centre() string {
	degrees := func(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
	return degrees(m.CentreLat) + "," + degrees(m.CentreLon)
}

func (m MapField) zoom() string {
	if m.Zoom == 0 {
		return "13"
	}
	return strconv.Itoa(m.Zoom)
}

// optionID is the id of a choice.
func optionID(f Field, i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i+1)
}
