package web

import (
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/pack"
)

// Gazetteer is the address register and map of a pack, in memory. It is Addresses and Layers.
type Gazetteer struct {
	list   []Address
	keys   []string // of list, in order
	exact  map[string]int
	layers map[string][]byte
}

// NewGazetteer makes a gazetteer of a pack.
func NewGazetteer(addresses []pack.Address, base []byte) *Gazetteer {
	g := &Gazetteer{exact: map[string]int{}, layers: map[string][]byte{baseLayer: base}}
	sorted := slices.Clone(addresses)
	slices.SortStableFunc(sorted, func(a, b pack.Address) int {
		if c := strings.Compare(strings.ToLower(a.Street), strings.ToLower(b.Street)); c != 0 {
			return c
		}
		return houseNumber(a.Number) - houseNumber(b.Number)
	})
	count := map[string]int{}
	for _, a := range sorted {
		count[a.Words()]++
	}
	for _, a := range sorted {
		text := a.Words()
		if count[text] > 1 { // the same street in two towns
			text += ", " + a.Town
		}
		key := addressKey(text)
		g.exact[key] = len(g.list)
		g.list = append(g.list, Address{Text: text, Lat: a.Lat, Lon: a.Lon})
		g.keys = append(g.keys, key)
	}
	return g
}

// houseNumber is the number without its letter, for order.
func houseNumber(s string) int {
	n, _ := strconv.Atoi(strings.TrimRightFunc(s, func(r rune) bool { return r < '0' || r > '9' }))
	return n
}

// addressKey is an address without what people write differently: case, spaces, commas.
func addressKey(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '\u00a0' || r == '.' }), " ")
}

// Search finds addresses that begin like the words; if there are none, those that contain them.
func (g *Gazetteer) Search(words string, limit int) []Address {
	key := addressKey(words)
	if key == "" {
		return nil
	}
	for _, like := range []func(s, key string) bool{strings.HasPrefix, strings.Contains} {
		var out []Address
		for i, k := range g.keys {
			if like(k, key) {
				if out = append(out, g.list[i]); len(out) == limit {
					break
				}
			}
		}
		if out != nil {
			return out
		}
	}
	// A number that the street does not have: show the street.
	if street, _, ok := cutLast(key, " "); ok && street != key {
		return g.Search(street, limit)
	}
	return nil
}

// Exactly finds the one address written so.
func (g *Gazetteer) Exactly(words string) (Address, bool) {
	i, ok := g.exact[addressKey(words)]
	if !ok {
		return Address{}, false
	}
	return g.list[i], true
}

// Layer gives the GeoJSON of a layer.
func (g *Gazetteer) Layer(name string) ([]byte, bool) {
	body, ok := g.layers[name]
	return body, ok && len(body) > 0
}

// degrees writes a coordinate as the case type does: six decimals, about a decimetre.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
