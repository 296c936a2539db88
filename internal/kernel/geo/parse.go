package geo

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// ErrFormat is returned for a text that is no coordinates.
var ErrFormat = errors.New("not coordinates (such as 59.99, 15.81 or N 6650000 E 560000)")

const (
	number = `(-?\d{1,8}(?:\.\d{1,15})?)`
	angle  = number + `(?: ?° ?(?:` + number + ` ?' ?(?:` + number + ` ?" ?)?)?)?`
)

var (
	lettersBefore = regexp.MustCompile(`^([NSEW]):? ?` + angle + `(?:[,; ]+)([NSEW]):? ?` + angle + `$`)
	lettersAfter  = regexp.MustCompile(`^` + angle + ` ?([NSEW]?)[,; ]+` + angle + ` ?([NSEW]?)$`)
	decimalComma  = regexp.MustCompile(`(\d),(\d)`)
)

// Parse reads coordinates as people paste them: degrees with point or comma (59.99, 15.81 or 59,99 15,81), with minutes and
// seconds (59°59'30"N 15°48'E), or SWEREF 99 TM in metres (N 6650000 E 560000). N, S, E, W, Ö (öst) and V (väst) may stand before or
// after; without them the order does not matter, since no place in Sweden has the longitude or easting of another's latitude
// or northing. Errors are ErrFormat or ErrOutside.
func Parse(s string) (Point, error) {
	s = strings.NewReplacer("Ö", "E", "O", "E", "V", "W", "º", "°", "’", "'", "′", "'", "”", `"`, "″", `"`, "''", `"`, "\u2212", "-",
		"\u00a0", " ").Replace(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "GEO:"))
	s = strings.Join(strings.Fields(s), " ")
	first, second, ok := parsePair(s)
	if !strings.Contains(s, ".") {
		if a, b, dec := parsePair(decimalComma.ReplaceAllString(s, "$1.$2")); dec {
			first, second, ok = a, b, true
		} else if decimalComma.MatchString(s) && first.value < 1000 {
			return Point{}, ErrFormat // 59,15 is one latitude, not two whole degrees
		}
	}
	if !ok {
		return Point{}, ErrFormat
	}
	if first.eastWest || second.northSouth {
		first, second = second, first
	}
	if first.eastWest || second.northSouth {
		return Point{}, ErrFormat
	}
	lettered := first.northSouth || second.eastWest
	p := Point{first.value, second.value}
	if p.Lat > 1000 && p.Lon > 1000 {
		if p.Lat < p.Lon && !lettered {
			p.Lat, p.Lon = p.Lon, p.Lat
		}
		p = FromPlane(p.Lat, p.Lon)
	} else if turned := (Point{p.Lon, p.Lat}); !lettered && turned.Validate() == nil {
		p = turned
	}
	return p, p.Validate()
}

type coordinate struct {
	value                float64
	northSouth, eastWest bool
}

func parsePair(s string) (first, second coordinate, ok bool) {
	var ok1, ok2 bool
	if m := lettersBefore.FindStringSubmatch(s); m != nil {
		first, ok1 = newCoordinate(m[1], m[2:5])
		second, ok2 = newCoordinate(m[5], m[6:9])
	} else if m := lettersAfter.FindStringSubmatch(s); m != nil {
		first, ok1 = newCoordinate(m[4], m[1:4])
		second, ok2 = newCoordinate(m[8], m[5:8])
	}
	return first, second, ok1 && ok2
}

// newCoordinate adds up degrees, minutes and seconds; all but the last must be whole and only the first may be negative.
func newCoordinate(letter string, parts []string) (coordinate, bool) {
	c := coordinate{northSouth: letter == "N" || letter == "S", eastWest: letter == "E" || letter == "W"}
	sign, unit := 1.0, 1.0
	if letter == "S" || letter == "W" {
		sign = -1
	}
	if bare, negative := strings.CutPrefix(parts[0], "-"); negative {
		if letter != "" {
			return c, false
		}
		sign, parts[0] = -1, bare
	}
	for i, part := range parts {
		if part == "" {
			break
		}
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || i > 0 && (v < 0 || v >= 60 || strings.Contains(parts[i-1], ".")) {
			return c, false
		}
		c.value += v / unit
		unit *= 60
	}
	c.value *= sign
	return c, true
}
