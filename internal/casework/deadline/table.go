package deadline

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/yaml"
)

//go:embed rules.yaml
var file []byte

// Table is rules by key and day.
type Table []Rule

// Swedish are the rules of the statutes.
var Swedish = sync.OnceValue(func() Table {
	t, err := Parse(file)
	if err != nil { // a file of the program itself, which the tests read
		panic("deadline: rules.yaml: " + err.Error())
	}
	return t
})

// On is the rule with a key as it is on a day. The zero Rule, without a day, is what has no row.
func (t Table) On(key string, day calendar.Date) (Rule, bool) {
	for _, r := range t {
		if r.Key == key && !day.Before(r.ValidFrom) && (r.ValidTo.IsZero() || !day.After(r.ValidTo)) {
			return r, true
		}
	}
	return Rule{}, false
}

// ErrTable means that a table of rules cannot be used.
var ErrTable = errors.New("not a table of rules")

// Parse reads a table. The error, which wraps ErrTable or is a *yaml.Error, says where it is wrong.
func Parse(src []byte) (Table, error) {
	root, err := yaml.Parse(src)
	if err != nil {
		return nil, err
	}
	list := root.Value("rules")
	if list == nil || list.Kind != yaml.Sequence {
		return nil, fmt.Errorf("%w: there is no list called rules", ErrTable)
	}
	var t Table
	for _, n := range list.Items {
		r, err := ruleOf(n)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTable, n.Line, err)
		}
		for _, o := range t {
			if o.Key == r.Key && (o.ValidTo.IsZero() || !r.ValidFrom.After(o.ValidTo)) {
				return nil, fmt.Errorf("%w: line %d: %s applies twice on %s", ErrTable, n.Line, r.Key, r.ValidFrom)
			}
		}
		t = append(t, r)
	}
	return t, nil
}

func ruleOf(n *yaml.Node) (Rule, error) {
	var r Rule
	if n.Kind != yaml.Mapping {
		return r, errors.New("a rule is a mapping")
	}
	for _, e := range n.Entries {
		if err := r.set(e.Key, e.Value.Text); err != nil {
			return r, fmt.Errorf("%s: %w", e.Key, err)
		}
	}
	switch {
	case r.Key == "" || r.ValidFrom.IsZero() || r.Provision.Label == "" || r.Provision.SFS == "":
		return r, errors.New("key, from, label and sfs are needed")
	case !r.ValidTo.IsZero() && r.ValidTo.Before(r.ValidFrom):
		return r, errors.New("it ends before it begins")
	case !slices.Contains(events(), r.From):
		return r, fmt.Errorf("nothing is counted from %q", r.From)
	case r.Kind != Statutory && r.Kind != Target:
		return r, fmt.Errorf("there is no kind %q", r.Kind)
	case r.By != Party && r.By != Authority:
		return r, fmt.Errorf("there is no side %q", r.By)
	}
	r.Moves = r.Moves || r.By == Party
	return r, nil
}

func (r *Rule) set(key, text string) error {
	switch key {
	case "key":
		r.Key = text
	case "within":
		return r.Within.UnmarshalText([]byte(text))
	case "extend":
		return r.Extend.UnmarshalText([]byte(text))
	case "starts":
		r.From = Event(text)
	case "kind":
		r.Kind = Kind(text)
	case "by":
		r.By = Side(text)
	case "moves":
		r.Moves = text == "true"
	case "sfs":
		r.Provision.SFS = text
	case "label":
		r.Provision.Label = text
	case "chapter":
		r.Provision.Chapter = text
	case "section":
		r.Provision.Section = text
	case "from":
		return r.ValidFrom.UnmarshalText([]byte(text))
	case "to":
		return r.ValidTo.UnmarshalText([]byte(text))
	default:
		return errors.New("there is no such key")
	}
	return nil
}
