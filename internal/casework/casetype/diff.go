package casetype

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Change is one difference between two versions of a case type.
type Change struct {
	Path     string // by the keys of the file, and in lists by the key of the item: form.steps[vad].questions[what].label.sv
	Kind     string // added, removed, changed
	Old, New string // the value; of an item of a list its title; empty when there is none
}

// Diff lists what is different in after, in the order of the file. Items of lists that have a key (or value, or name) are matched by it,
// the others by their place.
func Diff(before, after Definition) []Change {
	d := &differ{}
	d.values("", reflect.ValueOf(before), reflect.ValueOf(after))
	return d.changes
}

type differ struct{ changes []Change }

func (d *differ) add(path, kind, before, after string) {
	d.changes = append(d.changes, Change{Path: path, Kind: kind, Old: before, New: after})
}

// scalar says that a value came, went or became another.
func (d *differ) scalar(path, before, after string) {
	switch {
	case before == after:
	case before == "":
		d.add(path, "added", "", after)
	case after == "":
		d.add(path, "removed", before, "")
	default:
		d.add(path, "changed", before, after)
	}
}

func (d *differ) values(path string, before, after reflect.Value) {
	if text, ok := before.Interface().(i18n.Text); ok {
		for _, l := range i18n.Languages() {
			d.scalar(path+"."+string(l), text[l], after.Interface().(i18n.Text)[l])
		}
		return
	}
	if _, ok := before.Interface().(encoding.TextMarshaler); ok {
		d.scalar(path, plain(before), plain(after))
		return
	}
	switch before.Kind() {
	case reflect.Pointer:
		d.pointers(path, before, after)
	case reflect.Struct:
		for i := range before.NumField() {
			name := before.Type().Field(i).Tag.Get("yaml")
			if path != "" {
				name = path + "." + name
			}
			d.values(name, before.Field(i), after.Field(i))
		}
	case reflect.Slice:
		if before.Type().Elem().Kind() == reflect.Struct {
			d.lists(path, before, after)
			return
		}
		d.scalar(path, plain(before), plain(after))
	case reflect.Map:
		d.maps(path, before, after)
	default:
		d.scalar(path, plain(before), plain(after))
	}
}

func (d *differ) pointers(path string, before, after reflect.Value) {
	switch {
	case before.IsNil() && after.IsNil():
	case before.IsNil():
		d.add(path, "added", "", title(after.Elem()))
	case after.IsNil():
		d.add(path, "removed", title(before.Elem()), "")
	default:
		d.values(path, before.Elem(), after.Elem())
	}
}

// lists matches the items by their keys.
func (d *differ) lists(path string, before, after reflect.Value) {
	was, is := identities(before), identities(after)
	for i, id := range was {
		at := path + "[" + id + "]"
		if j := slices.Index(is, id); j < 0 {
			d.add(at, "removed", title(before.Index(i)), "")
		} else {
			d.values(at, before.Index(i), after.Index(j))
		}
	}
	for j, id := range is {
		if !slices.Contains(was, id) {
			d.add(path+"["+id+"]", "added", "", title(after.Index(j)))
		}
	}
	kept := func(ids, others []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(others, id) })
	}
	if a, b := kept(was, is), kept(is, was); !slices.Equal(a, b) {
		d.add(path, "changed", strings.Join(a, ", "), strings.Join(b, ", "))
	}
}

func (d *differ) maps(path string, before, after reflect.Value) {
	var keys []string
	for _, m := range []reflect.Value{before, after} {
		for _, k := range m.MapKeys() {
			if !slices.Contains(keys, k.String()) {
				keys = append(keys, k.String())
			}
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		get := func(m reflect.Value) string {
			if v := m.MapIndex(reflect.ValueOf(k).Convert(m.Type().Key())); v.IsValid() {
				return plain(v)
			}
			return ""
		}
		d.scalar(path+"."+k, get(before), get(after))
	}
}

// identities are what the items of a list are known by: key, value, name or address, and of those that have none or share one, their
// place.
func identities(list reflect.Value) []string {
	ids := make([]string, list.Len())
	for i := range ids {
		for _, name := range []string{"Key", "Value", "Name", "SFS"} {
			if f := list.Index(i).FieldByName(name); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
				ids[i] = f.String()
				break
			}
		}
		if ids[i] == "" || slices.Contains(ids[:i], ids[i]) {
			ids[i] = strconv.Itoa(i)
		}
	}
	return ids
}

// title is what a reader knows an item by.
func title(v reflect.Value) string {
	for _, name := range []string{"Title", "Label", "Name", "Text", "Question", "Amount", "If", "Unit", "To"} {
		f := v.FieldByName(name)
		if !f.IsValid() || f.IsZero() {
			continue
		}
		if text, ok := f.Interface().(i18n.Text); ok {
			return text.In(i18n.SV)
		}
		if f.Kind() == reflect.String {
			return f.String()
		}
	}
	return plain(v)
}

// plain writes a value on one line; what is empty is "".
func plain(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, _ := m.MarshalText() // the values of a definition can all be written
		return string(b)
	}
	if v.Kind() != reflect.Slice {
		return fmt.Sprint(v.Interface())
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = plain(v.Index(i))
	}
	return strings.Join(parts, ", ")
}
