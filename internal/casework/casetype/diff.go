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

// Diff lists what is different in new, in the order of the file. Items of lists that have a key (or value, or name) are matched by it,
// the others by their place.
func Diff(old, new Definition) []Change {
	d := &differ{}
	d.values("", reflect.ValueOf(old), reflect.ValueOf(new))
	return d.changes
}

type differ struct{ changes []Change }

func (d *differ) add(path, kind, old, new string) {
	d.changes = append(d.changes, Change{Path: path, Kind: kind, Old: old, New: new})
}

// scalar says that a value came, went or became another.
func (d *differ) scalar(path, old, new string) {
	switch {
	case old == new:
	case old == "":
		d.add(path, "added", "", new)
	case new == "":
		d.add(path, "removed", old, "")
	default:
		d.add(path, "changed", old, new)
	}
}

func (d *differ) values(path string, old, new reflect.Value) {
	if text, ok := old.Interface().(i18n.Text); ok {
		for _, l := range i18n.Languages() {
			d.scalar(path+"."+string(l), text[l], new.Interface().(i18n.Text)[l])
		}
		return
	}
	if _, ok := old.Interface().(encoding.TextMarshaler); ok {
		d.scalar(path, plain(old), plain(new))
		return
	}
	switch old.Kind() {
	case reflect.Pointer:
		d.pointers(path, old, new)
	case reflect.Struct:
		for i := range old.NumField() {
			name := old.Type().Field(i).Tag.Get("yaml")
			if path != "" {
				name = path + "." + name
			}
			d.values(name, old.Field(i), new.Field(i))
		}
	case reflect.Slice:
		if old.Type().Elem().Kind() == reflect.Struct {
			d.lists(path, old, new)
			return
		}
		d.scalar(path, plain(old), plain(new))
	case reflect.Map:
		d.maps(path, old, new)
	default:
		d.scalar(path, plain(old), plain(new))
	}
}

func (d *differ) pointers(path string, old, new reflect.Value) {
	switch {
	case old.IsNil() && new.IsNil():
	case old.IsNil():
		d.add(path, "added", "", title(new.Elem()))
	case new.IsNil():
		d.add(path, "removed", title(old.Elem()), "")
	default:
		d.values(path, old.Elem(), new.Elem())
	}
}

// lists matches the items by their keys.
func (d *differ) lists(path string, old, new reflect.Value) {
	before, after := identities(old), identities(new)
	for i, id := range before {
		at := path + "[" + id + "]"
		if j := slices.Index(after, id); j < 0 {
			d.add(at, "removed", title(old.Index(i)), "")
		} else {
			d.values(at, old.Index(i), new.Index(j))
		}
	}
	for j, id := range after {
		if !slices.Contains(before, id) {
			d.add(path+"["+id+"]", "added", "", title(new.Index(j)))
		}
	}
	kept := func(ids, others []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(others, id) })
	}
	if a, b := kept(before, after), kept(after, before); !slices.Equal(a, b) {
		d.add(path, "changed", strings.Join(a, ", "), strings.Join(b, ", "))
	}
}

func (d *differ) maps(path string, old, new reflect.Value) {
	var keys []string
	for _, m := range []reflect.Value{old, new} {
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
		d.scalar(path+"."+k, get(old), get(new))
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
