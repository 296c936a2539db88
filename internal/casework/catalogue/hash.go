package catalogue

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"dygnet/internal/casework/casetype"
)

// Hash is the SHA-256 of what a definition says, in hexadecimal. It is of the definition by the keys of its file, sorted, without keys that
// say nothing, so a format that gets new optional keys leaves it as it was. The state is left out: a version is retired without being
// another.
func Hash(def casetype.Definition) (string, error) {
	def.State = ""
	text, err := Text(def)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Text is what a definition says, as JSON by the keys of its file, sorted, without keys that say nothing.
func Text(def casetype.Definition) ([]byte, error) {
	said, err := plain(reflect.ValueOf(def))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(said) // keys of maps are sorted
	if err != nil {
		return nil, fmt.Errorf("writing case type %s: %w", def.ID, err)
	}
	return text, nil
}

// plain is a value as texts, numbers, lists and maps by the keys of the file; nil if it says nothing.
func plain(v reflect.Value) (any, error) {
	if v.IsZero() {
		return nil, nil //nolint:nilnil // nothing is said
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		raw, err := text.MarshalText()
		return string(raw), err
	}
	switch v.Kind() {
	case reflect.Pointer: // what is given is said, also when it is empty
		said, err := plain(v.Elem())
		if said == nil && err == nil {
			said = map[string]any{}
		}
		return said, err
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			said, err := plain(v.Field(i))
			if err != nil {
				return nil, err
			}
			if said != nil {
				out[v.Type().Field(i).Tag.Get("yaml")] = said
			}
		}
		return orNothing(out, len(out))
	case reflect.Map:
		out := map[string]any{}
		for entries := v.MapRange(); entries.Next(); {
			said, err := plain(entries.Value())
			if err != nil {
				return nil, err
			}
			out[entries.Key().String()] = said
		}
		return orNothing(out, len(out))
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			said, err := plain(v.Index(i))
			if err != nil {
				return nil, err
			}
			out[i] = said
		}
		return orNothing(out, len(out))
	case reflect.String:
		return v.String(), nil
	case reflect.Bool, reflect.Int, reflect.Float64:
		return v.Interface(), nil
	}
	return nil, fmt.Errorf("hashing a definition: no rule for %s", v.Type()) // a field of a kind nobody thought of: found by any test
}

func orNothing(v any, n int) (any, error) {
	if n == 0 {
		return nil, nil //nolint:nilnil // nothing is said
	}
	return v, nil
}
