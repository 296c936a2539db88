package casetype

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Item is a line of the checklist of a status: something that an officer has seen to.
type Item struct {
	Key      string    `yaml:"key" need:"yes"`
	Text     i18n.Text `yaml:"text" need:"yes"`
	Help     i18n.Text `yaml:"help"`
	Required bool      `yaml:"required"` // a move that requires the checklist takes it
}

// Property is a fact that the officer adds to what was handed in: an area, a class, a day.
type Property struct {
	Key     string       `yaml:"key" need:"yes"`
	Label   i18n.Text    `yaml:"label" need:"yes"`
	Help    i18n.Text    `yaml:"help"`
	Type    PropertyType `yaml:"type" need:"yes"`
	Options []Option     `yaml:"options"` // of a choice
}

// PropertyType is what a property holds.
type PropertyType string

// The types of properties.
const (
	TextProperty   PropertyType = "text"
	ChoiceProperty PropertyType = "choice"
	DateProperty   PropertyType = "date"   // ISO
	NumberProperty PropertyType = "number" // with a point before the decimals
)

// Values lists the types.
func (PropertyType) Values() []string {
	return []string{string(TextProperty), string(ChoiceProperty), string(DateProperty), string(NumberProperty)}
}

// Demand is what must be there before a step in a case's life: a change of status or a decision.
type Demand struct {
	Status     string // whose checklist
	Requires   []Requirement
	Documents  []string // document types of which there is at least one document
	Properties []string // properties that have a value
	// Decision and Text are of a decision: its key, and the words that those who were asked have approved.
	Decision, Text string
}

// Empty reports whether nothing is asked for that another room knows of; note and decision the case knows itself.
func (d Demand) Empty() bool {
	return len(d.Documents) == 0 && len(d.Properties) == 0 && !slices.Contains(d.Requires, NeedApproval) && !slices.Contains(d.Requires, NeedChecklist)
}

// Demand is what the move takes from a status.
func (m *Move) Demand(from string) Demand {
	return Demand{Status: from, Requires: m.Requires, Documents: m.Documents, Properties: m.Properties}
}

// Demand is what the decision takes in a status, with these words.
func (d *Decision) Demand(status, text string) Demand {
	return Demand{Status: status, Requires: d.Requires, Documents: d.Documents, Properties: d.Properties, Decision: d.Key, Text: text}
}

// Item gives a line of the status's checklist by key, nil if there is none.
func (s *Status) Item(key string) *Item {
	for i := range s.Checklist {
		if s.Checklist[i].Key == key {
			return &s.Checklist[i]
		}
	}
	return nil
}

// Property gives a property by key, nil if there is none.
func (ct *CaseType) Property(key string) *Property {
	for i := range ct.Properties {
		if ct.Properties[i].Key == key {
			return &ct.Properties[i]
		}
	}
	return nil
}

// Document gives a document type by key, nil if there is none.
func (ct *CaseType) Document(key string) *DocumentType {
	for i := range ct.Documents {
		if ct.Documents[i].Key == key {
			return &ct.Documents[i]
		}
	}
	return nil
}

// maxProperty is the longest text of a property, in characters.
const maxProperty = 1000

// Accept reads a value as people write it and gives its one form; "" with the fault if it is none. An empty value is ErrRequired.
func (p *Property) Accept(typed string) (string, Code) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return "", ErrRequired
	case !utf8.ValidString(typed) || strings.ContainsRune(typed, 0):
		return "", ErrEncoding
	case utf8.RuneCountInString(typed) > maxProperty:
		return "", ErrTooLong
	}
	switch p.Type {
	case ChoiceProperty:
		if !slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == typed }) {
			return "", ErrOption
		}
	case DateProperty:
		day, err := calendar.ParseDate(typed)
		if err != nil {
			return "", ErrDate
		}
		return day.String(), ""
	case NumberProperty:
		m := typedNumber.FindStringSubmatch(typed)
		if m == nil || len(typed) > maxDigits {
			return "", ErrNumber
		}
		return canonical(plainNumber(typed)), ""
	}
	return typed, ""
}

// Show is a value of the property as people read it.
func (p *Property) Show(value string, l i18n.Lang) string {
	switch p.Type {
	case ChoiceProperty:
		for _, o := range p.Options {
			if o.Value == value {
				return o.Label.In(l)
			}
		}
	case DateProperty:
		if day, err := calendar.ParseDate(value); err == nil {
			return calendar.FormatDate(day, l)
		}
	case NumberProperty:
		return formatNumber(value, l)
	}
	return value
}
