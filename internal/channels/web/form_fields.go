package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// form is a set of questions as they stand on a page.
type form struct {
	ct       *casetype.CaseType
	answers  casetype.Answers // as typed
	draft    *drafts.Draft    // its files; nil if there is none
	faults   []fault
	found    map[string][]Address // result of an address search, by question
	heading  bool                 // the one question is the heading of the page
	hints    map[string]string    // added to the help of a question, by key
	rows     map[string]int       // rows of a table to show, by key, when more than were typed
	children []Known              // of the visitor
	without  string               // what is said above the form while the database does not answer
	static   bool                 // no buttons that add and take away rows
	rules    *casetype.View       // what the rules make of the answers, see look
	view     casetypeView
}

// casetypeView is what the fields need of the site.
type casetypeView struct {
	lat, lon float64 // centre of the map
	zoom     int
	layer    string // address of the vector data, "" for no map
	credit   string
	search   bool // addresses can be searched
}

// look is what the rules make of the answers, worked out once for the page.
func (f *form) look() *casetype.View {
	if f.rules == nil {
		f.rules = f.ct.View(f.answers)
	}
	return f.rules
}

func (f *form) get(name string) string {
	if v := f.answers[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (f *form) fault(name string) string {
	for _, x := range f.faults {
		if x.field == name {
			return x.text
		}
	}
	return ""
}

// field is what all fields of a question have in common. name is the input, by the case type's name.
func (f *form) field(ctx context.Context, q *casetype.Question, name string) ui.Field {
	l := lang(ctx)
	hint := q.Help.In(l)
	if more := f.hints[q.Key]; more != "" {
		hint = strings.TrimSpace(hint + " " + more)
	}
	return ui.Field{Name: name, Label: q.Label.In(l), Hint: hint, Error: f.fault(name), Optional: !f.look().Needed(q), Heading: f.heading}
}

// fields are the questions as components.
func (f *form) fields(ctx context.Context, questions []*casetype.Question) []templ.Component {
	var out []templ.Component
	for _, q := range questions {
		out = append(out, f.component(ctx, q)...)
	}
	return out
}

func (f *form) component(ctx context.Context, q *casetype.Question) []templ.Component {
	field := f.field(ctx, q, q.Key)
	value := f.get(q.Key)
	switch q.Type {
	case casetype.TypeInfo:
		return []templ.Component{infoText(field.Label, field.Hint)}
	case casetype.TypeText:
		return []templ.Component{ui.Input{Field: field, Value: value, Width: width(q.Validate.MaxLength)}}
	case casetype.TypeTextarea:
		return []templ.Component{ui.Textarea{Field: field, Value: value, Max: or(q.Validate.MaxLength, 5000)}}
	case casetype.TypeEmail:
		return []templ.Component{ui.Input{Field: field, Value: value, Type: "email", Autocomplete: "email"}}
	case casetype.TypePhone:
		return []templ.Component{ui.Input{Field: field, Value: value, Type: "tel", Autocomplete: "tel", Width: 20}}
	case casetype.TypeNumber, casetype.TypeMoney, casetype.TypeProperty:
		return []templ.Component{lineInput(ctx, q, field, value)}
	case casetype.TypeDate:
		return []templ.Component{dateInput(field, value)}
	case casetype.TypeDateTime:
		return []templ.Component{f.dateTime(ctx, q, field)}
	case casetype.TypeComputed:
		return f.computed(ctx, q)
	case casetype.TypeYesNo:
		return []templ.Component{yesNo(ctx, field, value)}
	case casetype.TypeConsent:
		field.Heading = false
		return []templ.Component{ui.Checkbox{Field: field, Value: "yes", Checked: value == "yes"}}
	case casetype.TypeMulti:
		return []templ.Component{ui.Checkboxes{Field: field, Options: f.options(ctx, q)}}
	case casetype.TypeChoice, casetype.TypeRecipient, casetype.TypeTree:
		options := f.options(ctx, q)
		if len(options) > maxRadios {
			return []templ.Component{ui.Select{Field: field, Options: options, Empty: true}}
		}
		return []templ.Component{ui.Radios{Field: field, Options: options}}
	case casetype.TypeFile:
		return []templ.Component{f.files(ctx, q, field)}
	case casetype.TypePlace:
		return []templ.Component{f.place(ctx, q, field)}
	case casetype.TypePerson, casetype.TypeOrganisation, casetype.TypeAddress:
		return []templ.Component{f.person(ctx, q, field)}
	case casetype.TypeTable, casetype.TypeChildren:
		return []templ.Component{f.table(ctx, q, field)}
	}
	return nil
}

// lineInput is a number, an amount or a property designation: one line with what it is counted in.
func lineInput(ctx context.Context, q *casetype.Question, field ui.Field, value string) ui.Input {
	in := ui.Input{Field: field, Value: value, NoSpell: true, Autocomplete: "off"}
	switch q.Type {
	case casetype.TypeNumber:
		in.Width, in.Decimal, in.Numeric, in.Suffix = 12, q.Validate.Decimals > 0, q.Validate.Decimals == 0, q.Unit.In(lang(ctx))
	case casetype.TypeMoney:
		in.Width, in.Decimal, in.Suffix = 14, true, ui.T(ctx, "public.kronor")
	case casetype.TypeProperty:
		in.Width = 30
		if in.Hint == "" {
			in.Hint = ui.T(ctx, "public.property.hint")
		}
	}
	return in
}

// dateTime is a date with a time of day.
func (f *form) dateTime(ctx context.Context, q *casetype.Question, field ui.Field) templ.Component {
	at := q.Key + casetype.PartTime
	day := dateInput(ui.Field{Name: q.Key, Label: ui.T(ctx, "public.date"), Error: f.fault(q.Key)}, f.get(q.Key))
	field.Error = ""
	return fieldsetWith(field, []templ.Component{day, ui.Input{Field: ui.Field{Name: at, Label: ui.T(ctx, "public.time"), Hint: ui.T(ctx, "public.time.hint"), Error: f.fault(at)},
		Value: f.get(at), Width: 5, Autocomplete: "off"}})
}

// computed is a value worked out from the answers so far; nothing until there is one.
func (f *form) computed(ctx context.Context, q *casetype.Question) []templ.Component {
	values := answerWords(ctx, f.ct, q, f.look().Clean(), nil)
	if len(values) == 0 {
		return nil
	}
	return []templ.Component{computedField(q.Label.In(lang(ctx)), values, q.Help.In(lang(ctx)))}
}

// maxRadios is how many choices stand as radio buttons; more are a list.
const maxRadios = 12

func or(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}

// width shows how long an answer is expected to be, for short ones.
func width(limit int) int {
	if limit > 0 && limit <= 30 {
		return limit
	}
	return 0
}

func (f *form) options(ctx context.Context, q *casetype.Question) []ui.Option {
	l := lang(ctx)
	var out []ui.Option
	choices := f.ct.Choices(q)
	if q.Type == casetype.TypeTree {
		choices = q.Leaves()
	}
	for _, o := range choices {
		out = append(out, ui.Option{Value: o.Value, Label: o.Label.In(l), Hint: o.Help.In(l), Chosen: slices.Contains(f.answers[q.Key], o.Value)})
	}
	return out
}

// dateInput is a date as it was typed, with the parts that are wrong marked.
func dateInput(field ui.Field, value string) ui.DateInput {
	d := ui.DateInput{Field: field}
	parts := append(strings.SplitN(value, "-", 3), "", "")
	if len(value) == 8 && !strings.Contains(value, "-") {
		parts = []string{value[:4], value[4:6], value[6:]}
	}
	d.Year, d.Month, d.Day = parts[0], parts[1], parts[2]
	if field.Error == "" {
		return d
	}
	in := func(s string, low, high int) bool {
		n, err := strconv.Atoi(s)
		return err == nil && n >= low && n <= high
	}
	d.BadDay, d.BadMonth, d.BadYear = !in(d.Day, 1, 31), !in(d.Month, 1, 12), !in(d.Year, 1800, 2200)
	if !d.BadDay && !d.BadMonth && !d.BadYear { // 31 April
		d.BadDay = true
	}
	return d
}

func (f *form) files(ctx context.Context, q *casetype.Question, field ui.Field) templ.Component {
	l := i18n.From(ctx)
	limits := ui.T(ctx, "public.file.limits", "Max", l.Number(int64(q.Files.Max)), "Types", typeNames(l, taken(q.Files.Accept)), "Size", l.Number(int64(q.Files.MaxMB)))
	field.Hint = strings.TrimSpace(field.Hint + " " + limits)
	var have []drafts.File
	if f.draft != nil {
		have = f.draft.Of(q.Key)
	}
	return fileField(fileView{
		files: have, full: len(have) >= q.Files.Max, question: q.Key,
		input: ui.FileInput{Field: field, Accept: strings.Join(taken(q.Files.Accept), ","), Multiple: q.Files.Max > 1},
	})
}

// fileView is a file question with what has been uploaded.
type fileView struct {
	question string
	files    []drafts.File
	full     bool // no more can be added
	input    ui.FileInput
}

// place is a place question: address with search, words, and coordinates with a map.
func (f *form) place(ctx context.Context, q *casetype.Question, field ui.Field) templ.Component {
	key := q.Key
	v := placeView{
		legend: field,
		address: ui.Input{Field: ui.Field{Name: key + casetype.PartAddress, Label: ui.T(ctx, "public.place.address"), Hint: ui.T(ctx, "public.place.address_hint"),
			Error: f.fault(key + casetype.PartAddress), Optional: true}, Value: f.get(key + casetype.PartAddress), Autocomplete: "address-line1"},
		words: ui.Input{Field: ui.Field{Name: key + casetype.PartText, Label: ui.T(ctx, "public.place.text"), Hint: ui.T(ctx, "public.place.text_hint"),
			Error: f.fault(key + casetype.PartText), Optional: true}, Value: f.get(key + casetype.PartText)},
	}
	wrong := f.fault(key + casetype.PartLat)
	if wrong == "" {
		wrong = f.fault(key + casetype.PartLon)
	}
	v.point = ui.MapField{Field: ui.Field{Name: key, Label: ui.T(ctx, "public.place.map"), Error: wrong, Optional: true},
		Lat: f.get(key + casetype.PartLat), Lon: f.get(key + casetype.PartLon),
		CentreLat: f.view.lat, CentreLon: f.view.lon, Zoom: f.view.zoom, GeoJSON: f.view.layer, Credit: f.view.credit}
	if f.view.search {
		v.search = &ui.Button{Text: ui.T(ctx, "public.place.search"), Variant: ui.Secondary, Name: fieldSearch, Value: key}
		if found, asked := f.found[key]; asked {
			v.found = foundAddresses(ctx, key, f.get(key+casetype.PartAddress), found)
			v.none = len(found) == 0
		}
	}
	return placeField(v)
}

// foundAddresses are the addresses to choose from. What was typed can be kept.
func foundAddresses(ctx context.Context, key, typed string, found []Address) *ui.Radios {
	if len(found) == 0 {
		return nil
	}
	r := &ui.Radios{Field: ui.Field{ID: key + "-found", Name: fieldAddress + key, Label: ui.T(ctx, "public.place.found")}}
	for _, a := range found {
		r.Options = append(r.Options, ui.Option{Value: a.Text, Label: a.Text})
	}
	r.Options = append(r.Options, ui.Option{Value: "", Label: ui.T(ctx, "public.place.keep", "Address", typed), Or: true})
	return r
}

// placeView is a place question on its page.
type placeView struct {
	legend  ui.Field
	address ui.Input
	search  *ui.Button
	found   *ui.Radios
	none    bool // searched and found nothing
	words   ui.Input
	point   ui.MapField
}

// anchor is the id of the input that a fault's field leads to.
func (f *form) anchor(field string) string {
	if key, ok := strings.CutSuffix(field, casetype.PartLat); ok {
		return key + "-lat"
	}
	if key, ok := strings.CutSuffix(field, casetype.PartLon); ok {
		return key + "-lon"
	}
	if q := f.asked(field); q != nil && (q.Type == casetype.TypeDate || q.Type == casetype.TypeDateTime) {
		return dateInput(ui.Field{Name: field, Error: f.fault(field)}, f.get(field)).FirstBad()
	}
	return field
}

// errors are the faults for the summary of the page. Those of fields that are not on the page are said without a link.
func (f *form) errors(questions []*casetype.Question) []ui.FieldError {
	on := map[string]bool{}
	for _, q := range questions {
		for _, name := range f.inputs(q) {
			on[name] = true
		}
		if q.Type == casetype.TypeFile && f.draft != nil && len(f.draft.Of(q.Key)) >= q.Files.Max {
			delete(on, q.Key) // there is no input when no more can be added
		}
	}
	var out []ui.FieldError
	seen := map[fault]bool{}
	for _, x := range f.faults {
		if seen[x] {
			continue
		}
		seen[x] = true
		e := ui.FieldError{Message: x.text}
		if on[x.field] {
			e.Field = f.anchor(x.field)
		}
		out = append(out, e)
	}
	return out
}

// words turns the case type's faults into words.
func words(l *i18n.Localizer, ct *casetype.CaseType, list casetype.FieldErrors) []fault {
	var out []fault
	for _, e := range list {
		text := e.Text(l)
		switch e.Code {
		case casetype.ErrUnknownField:
			out = append(out, fault{"", l.T("public.form.unknown", "Field", short(e.Field))})
			continue
		case casetype.ErrRequired:
			text = required(l, ct, e)
		}
		out = append(out, fault{e.Field, text})
	}
	return out
}

// required says what to answer, by the kind of question.
func required(l *i18n.Localizer, ct *casetype.CaseType, e casetype.FieldError) string {
	q := column(ct, e.Field)
	if q == nil {
		q = ct.Question(e.Question)
	}
	if q == nil {
		return e.Text(l)
	}
	label := strings.TrimRight(q.Label.In(l.Lang()), "?:.")
	switch q.Type {
	case casetype.TypeChoice, casetype.TypeMulti, casetype.TypeYesNo, casetype.TypeRecipient, casetype.TypeTree:
		return l.T("public.need.choice", "Label", label)
	case casetype.TypeFile:
		return l.T("public.need.file", "Label", label)
	case casetype.TypePlace:
		return l.T("public.need.place")
	case casetype.TypePerson, casetype.TypeOrganisation, casetype.TypeAddress:
		return l.T("public.need.part", "Part", partName(l, q, e.Field))
	case casetype.TypeTable, casetype.TypeChildren:
		return l.T("public.need.row", "Label", label)
	case casetype.TypeConsent:
		return l.T("public.need.consent", "Label", label)
	}
	return l.T("public.need.text", "Label", label)
}
