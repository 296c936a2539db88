package casetype

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// place wants an address, a point or words; a point needs both its numbers.
func (a *answer) place() {
	key := a.q.Key
	address, ok1 := a.line(key+PartAddress, false, maxLine)
	words, ok2 := a.line(key+PartText, true, a.q.max)
	lat, ok3 := a.line(key+PartLat, false, maxPhone)
	lon, ok4 := a.line(key+PartLon, false, maxPhone)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return
	}
	if lat != "" || lon != "" {
		y, okY := degrees(lat, 90)
		x, okX := degrees(lon, 180)
		if !okY || !okX {
			field := key + PartLat
			if okY {
				field = key + PartLon
			}
			a.fault(field, ErrCoordinates, nil)
			return
		}
		a.clean[key+PartLat], a.clean[key+PartLon] = []string{y}, []string{x}
	} else if address == "" && words == "" {
		a.missing(key + PartAddress)
		return
	}
	a.keep(key+PartAddress, address)
	a.keep(key+PartText, words)
}

// degrees reads degrees with point or comma and writes them with six decimals.
func degrees(s string, limit float64) (string, bool) {
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > limit {
		return "", false
	}
	if f = math.Round(f*1e6) / 1e6; f == 0 {
		f = 0 // no minus zero
	}
	return coordinate(f), true
}

// address wants street, postcode and town.
func (a *answer) address() {
	values := map[string]string{}
	faults := len(a.faults)
	for _, field := range a.q.inputs {
		values[field], _ = a.line(field, false, maxLine)
	}
	if len(a.faults) == faults {
		a.post(values)
	}
}

// designation is a fastighetsbeteckning without the municipality: a trakt with block and unit, EKBACKEN 3:12, EKBACKEN S:1, or a
// kvarter with a unit, LEJONET 4 (Lantmäteriet, Handbok Registerbeteckning).
var designation = regexp.MustCompile(`^(\p{L}[\p{L}\d .'/:-]*?) ((?:\d{1,5}|S|GA|FS):)?([1-9]\d{0,4})$`)

// aroundColon is a colon with spaces around it.
var aroundColon = regexp.MustCompile(` *: *`)

// property keeps a designation in capitals with single spaces.
func (a *answer) property(s string) (string, bool) {
	s = strings.ToUpper(aroundColon.ReplaceAllString(strings.Join(strings.Fields(s), " "), ":"))
	return s, a.check(a.field, ErrProperty, designation.MatchString(s))
}
