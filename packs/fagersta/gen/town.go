package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// The middle of the town, WGS 84, and metres in a degree there.
const (
	midLat, midLon = 59.995, 15.79
	mPerLat        = 111_412.0
	mPerLon        = 55_800.0
)

// point is east and north of the middle of the town, in metres.
type point struct{ east, north float64 }

func (p point) lat() float64 { return midLat + p.north/mPerLat }
func (p point) lon() float64 { return midLon + p.east/mPerLon }

// district is a grid of streets, turned by some degrees.
type district struct {
	name         string
	middle       point
	turned       float64 // degrees against the clock
	along        []string
	across       []string
	step, length float64 // metres between streets, and beyond the last crossing
}

var districts = []district{
	{"Bruksstaden", point{0, 0}, 12,
		[]string{"Storgatan", "Torggatan", "Kyrkogatan", "Skolgatan", "Nygatan", "Parkgatan"},
		[]string{"Järnvägsgatan", "Bruksgatan", "Smedjegatan", "Hammargatan", "Valsverksgatan", "Östergatan"}, 130, 60},
	{"Kanalstaden", point{-780, -620}, -8,
		[]string{"Kanalgatan", "Slussgatan", "Ågatan", "Dammgatan", "Kvarngatan", "Västergatan"},
		[]string{"Hyttgatan", "Masugnsgatan", "Kolargatan", "Malmgatan", "Gruvgatan", "Städgatan"}, 120, 50},
	{"Norrskogen", point{420, 1150}, 25,
		[]string{"Granvägen", "Tallvägen", "Björkvägen", "Aspvägen", "Lönnvägen", "Rönnvägen"},
		[]string{"Almvägen", "Ekvägen", "Lindvägen", "Hasselvägen", "Norrgatan", "Bergsgatan"}, 115, 70},
	{"Bärbacken", point{1150, -250}, -20,
		[]string{"Blåbärsvägen", "Lingonvägen", "Hjortronvägen", "Hallonvägen", "Smultronvägen", "Sågvägen"},
		[]string{"Trastvägen", "Lärkvägen", "Svalvägen", "Finkvägen", "Mesvägen", "Timmervägen"}, 125, 60},
	{"Söderhamnen", point{150, -1350}, 5,
		[]string{"Strandvägen", "Hamnvägen", "Badvägen", "Idrottsvägen", "Industrivägen", "Södergatan"},
		[]string{"Orrvägen", "Tjädervägen", "Hjortvägen", "Älgvägen", "Rävvägen", "Harvägen"}, 135, 50},
}

// place turns and moves a point of the district's own grid.
func (d district) place(x, y float64) point {
	sin, cos := math.Sincos(d.turned * math.Pi / 180)
	return point{d.middle.east + x*cos - y*sin, d.middle.north + x*sin + y*cos}
}

// line is a feature of the map.
type line struct {
	kind, name string
	area       bool
	points     []point
}

type address struct {
	id, street, number, postcode string
	at                           point
}

type town struct {
	lines     []line
	addresses []address
}

func newTown() *town {
	t := &town{}
	random := rand.New(rand.NewPCG(1744, 59)) //nolint:gosec // the same each time is the point
	for i, d := range districts {
		half := d.step*float64(len(d.along)-1)/2 + d.length
		postcode := fmt.Sprintf("737 %d", 30+i)
		for j, name := range d.along {
			y := (float64(j) - float64(len(d.along)-1)/2) * d.step
			t.street(random, name, postcode, func(s float64) point { return d.place(s, y) }, half, d.step)
		}
		for j, name := range d.across {
			x := (float64(j) - float64(len(d.across)-1)/2) * d.step
			t.street(random, name, postcode, func(s float64) point { return d.place(x, s) }, half, d.step)
		}
		edge := half + 40
		t.lines = append(t.lines, line{"builtup", d.name, true, []point{d.place(-edge, -edge), d.place(edge, -edge), d.place(edge, edge), d.place(-edge, edge)}})
	}
	t.lines = append(t.lines,
		line{"water", "Långsjön", true, []point{{-2300, -2100}, {-1700, -2250}, {-1350, -1700}, {-1450, -1150}, {-1750, -700}, {-2250, -900}, {-2500, -1500}}},
		line{"water", "Strömmen", true, []point{{-1480, -1000}, {-1430, -1040}, {-1260, 100}, {-900, 1100}, {-700, 2300}, {-760, 2310}, {-960, 1120}, {-1320, 110}}},
		line{"water", "Hamnviken", true, []point{{700, -2000}, {1300, -2150}, {1600, -1750}, {1200, -1350}, {750, -1500}}},
		line{"forest", "Norra skogen", true, []point{{-600, 1700}, {1500, 1900}, {1900, 2400}, {-600, 2450}}},
		line{"forest", "Österskogen", true, []point{{1750, -900}, {2400, -1000}, {2500, 1200}, {1800, 1000}}},
		line{"railway", "Järnvägen", false, []point{{-2500, 900}, {-1300, 620}, {-300, 520}, {700, 480}, {2500, 300}}},
		line{"street", "Landsvägen", false, []point{{-2500, -200}, {-1500, -150}, {-500, -40}, {500, 60}, {1500, 500}, {2500, 700}}},
		line{"street", "Norra infarten", false, []point{{-100, 420}, {200, 700}, {500, 1600}, {600, 2500}}},
		line{"street", "Södra infarten", false, []point{{60, -420}, {150, -900}, {250, -1800}, {300, -2500}}},
		line{"boundary", "Kartans kant", true, []point{{-2600, -2550}, {2600, -2550}, {2600, 2550}, {-2600, 2550}}},
	)
	return t
}

// street draws a street from -half to half, and houses along it away from the crossings: odd numbers on one side, even on the other.
func (t *town) street(random *rand.Rand, name, postcode string, at func(float64) point, half, step float64) {
	var points []point
	for k := range 9 {
		points = append(points, at(-half+2*half*float64(k)/8))
	}
	t.lines = append(t.lines, line{"street", name, false, points})
	number := 1
	for s := -half + 25; s < half-20; s += step * (0.72 + 0.3*random.Float64()) {
		here, ahead := at(s), at(s+1)
		side := 18.0
		if number%2 == 0 {
			side = -18
		}
		house := point{here.east - (ahead.north-here.north)*side, here.north + (ahead.east-here.east)*side}
		t.addresses = append(t.addresses, address{fmt.Sprintf("a%04d", len(t.addresses)+1), name, fmt.Sprint(number), postcode, house})
		number += 1 + random.IntN(3)
	}
}

func (t *town) addressesCSV() []byte {
	var b strings.Builder
	b.WriteString("id,street,number,postcode,town,lat,lon\n")
	for _, a := range t.addresses {
		fmt.Fprintf(&b, "%s,%s,%s,%s,Fagersta,%.6f,%.6f\n", a.id, a.street, a.number, a.postcode, a.at.lat(), a.at.lon())
	}
	return []byte(b.String())
}

func (t *town) geoJSON() []byte {
	var b strings.Builder
	b.WriteString("{\n\"type\": \"FeatureCollection\",\n\"name\": \"Påhittad karta för demonstration / Synthetic map for demonstration\",\n\"features\": [\n")
	for i, l := range t.lines {
		if i > 0 {
			b.WriteString(",\n")
		}
		name, err := json.Marshal(l.name)
		if err != nil {
			panic(err) // a string of ours
		}
		points := l.points
		geometry, left, right := "LineString", "[", "]"
		if l.area {
			geometry, left, right = "Polygon", "[[", "]]"
			points = append(points[:len(points):len(points)], points[0])
		}
		pairs := make([]string, len(points))
		for k, p := range points {
			pairs[k] = fmt.Sprintf("[%.6f,%.6f]", p.lon(), p.lat())
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"kind":%q,"name":%s},"geometry":{"type":%q,"coordinates":%s%s%s}}`,
			l.kind, name, geometry, left, strings.Join(pairs, ","), right)
	}
	b.WriteString("\n]\n}\n")
	return []byte(b.String())
}
