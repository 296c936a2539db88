package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// keyPaths are all keys, sorted.
func keyPaths() []string { return slices.Sorted(maps.Keys(keyKinds())) }

// keyKinds are the kinds of value that the keys take.
func keyKinds() map[string]reflect.Kind {
	all := map[string]reflect.Kind{}
	collect("", reflect.TypeFor[Config](), all)
	return all
}

func collect(prefix string, t reflect.Type, all map[string]reflect.Kind) {
	for i := range t.NumField() {
		field := t.Field(i)
		key := prefix + field.Tag.Get("koanf")
		if field.Type.Kind() == reflect.Struct {
			collect(key+".", field.Type, all)
			continue
		}
		all[key] = field.Type.Kind()
	}
}

// fromText is the value of a key written on one line: lists are separated by commas.
func fromText(key, text string) any {
	if keyKinds()[key] != reflect.Slice {
		return text
	}
	list := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// known tells whether key is a key, or a section of keys.
func known(key string) bool {
	return slices.ContainsFunc(keyPaths(), func(k string) bool { return k == key || strings.HasPrefix(k, key+".") })
}

// unknown gives a problem if the name is none of those known.
func unknown(where, name string, all []string) Problems {
	if slices.Contains(all, name) {
		return nil
	}
	p := Problem{What: fmt.Sprintf("%s has the key %q, which does not exist.", where, name), Remedy: "Remove it. deploy/dygnet.example.yaml has them all."}
	if slices.ContainsFunc(all, func(k string) bool { return strings.HasPrefix(k, name+".") }) {
		p = Problem{What: fmt.Sprintf("%s gives %q a value, but it is a section with keys of its own.", where, name),
			Remedy: "Write its keys below it, indented."}
	} else if near := nearest(name, all); near != "" {
		p.Remedy = fmt.Sprintf("Did you mean %q?", near)
	}
	return Problems{p}
}

func mapKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// nearest is the known name that was perhaps meant: by the fewest letters changed, at most a third of them, or by the same last part.
func nearest(name string, all []string) string {
	best, least := "", len(name)/3+1
	for _, k := range all {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return best
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	for _, k := range all {
		if k[strings.LastIndexByte(k, '.')+1:] == last {
			return k
		}
	}
	return ""
}

// distance is Levenshtein's, in bytes.
func distance(a, b string) int {
	if len(a) > 100 {
		a = a[:100]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
