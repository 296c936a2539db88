package geo_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"dygnet/internal/kernel/geo"

	"pgregory.net/rapid"
)

// controlPoints were printed by PROJ 9.1.1 (cs2cs -f %.4f EPSG:4619 EPSG:3006). The last three are beyond Sweden.
func controlPoints() [][4]float64 {
	return [][4]float64{
		{55.0, 12.75, 6097106.6715, 356083.4377},
		{55.33, 13.35, 6132754.2273, 395325.0544},
		{56.0, 14.0, 6206530.8108, 437633.3698},
		{57.0, 12.0, 6321388.0416, 317790.2236},
		{57.7, 18.4, 6400394.4223, 702598.3295},
		{58.0, 11.1, 6435365.4595, 269552.1398},
		{59.0, 15.0, 6540052.0174, 500000.0000},
		{59.33, 18.07, 6580824.5756, 674647.8821},
		{60.0, 15.8, 6651680.9778, 544621.4209},
		{61.5, 13.0, 6820114.7740, 393544.5393},
		{63.0, 16.5, 6986475.3870, 575973.7327},
		{64.75, 21.0, 7194118.5130, 785249.1379},
		{65.6, 22.15, 7294054.7139, 829024.2466},
		{67.85, 20.2, 7535335.5793, 718576.3850},
		{69.0, 21.0, 7666089.6975, 739639.1948},
		{69.06, 20.55, 7671063.7595, 721104.9281},
		{50.0, 5.0, 5586720.8445, -216025.3170},
		{72.0, 30.0, 8053179.8271, 1012561.9797},
		{0.0, 15.0, 0.0, 500000.0},
	}
}

func TestControlPointsAreMetWithinATenthOfAMillimetre(t *testing.T) {
	for _, c := range controlPoints() {
		n, e := geo.ToSWEREF99TM(c[0], c[1])
		if off := math.Hypot(n-c[2], e-c[3]); !(off < 1e-4) {
			t.Errorf("%v N %v E is %.5f, %.5f: %.2g m from the control point", c[0], c[1], n, e, off)
		}
		lat, lon := geo.FromSWEREF99TM(c[2], c[3])
		if !(math.Abs(lat-c[0]) < 1e-9) || !(math.Abs(lon-c[1]) < 2e-9) { // 0.1 mm
			t.Errorf("N %.4f E %.4f is %.11f, %.11f, want %v, %v", c[2], c[3], lat, lon, c[0], c[1])
		}
	}
}

func TestThereAndBackIsTheSamePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-80, 84).Draw(t, "lat")
		lon := rapid.Float64Range(0, 30).Draw(t, "lon")
		n, e := geo.ToSWEREF99TM(lat, lon)
		lat2, lon2 := geo.FromSWEREF99TM(n, e)
		if !(math.Abs(lat-lat2) < 1e-9) || !(math.Abs(lon-lon2) < 1e-9) {
			t.Fatalf("%v, %v came back as %v, %v", lat, lon, lat2, lon2)
		}
	})
}

// The distances are of PROJ 9.1.1 (geod +ellps=GRS80 -I -F %.4f).
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b         geo.Point
		want, within float64
	}{
		{geo.Point{Lat: 55, Lon: 12.75}, geo.Point{Lat: 69, Lon: 21}, 1615543.0346, 10},
		{geo.Point{Lat: 59.33, Lon: 18.07}, geo.Point{Lat: 57.7, Lon: 11.97}, 398989.7249, 5},
		{geo.Point{Lat: 60, Lon: 15}, geo.Point{Lat: 60, Lon: 15.01}, 558.0000, 0.001},
		{geo.Point{Lat: 60, Lon: 15}, geo.Point{Lat: 60.0001, Lon: 15}, 11.1412, 0.001},
		{geo.Point{Lat: 60, Lon: 15}, geo.Point{Lat: 60, Lon: 15}, 0, 0},
		{geo.Point{Lat: 0, Lon: 0}, geo.Point{Lat: 0, Lon: 180}, 20003931, 40000}, // Lambert fails at antipodes; must stay finite
	} {
		if got := c.a.Distance(c.b); !(math.Abs(got-c.want) <= c.within) || got != c.b.Distance(c.a) {
			t.Errorf("%v to %v is %.4f m, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestDistanceAgreesWithThePlane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Float64Range(55.4, 69).Draw(t, "lat"), Lon: rapid.Float64Range(11, 24).Draw(t, "lon")}
		n, e := p.Plane()
		dn, de := rapid.Float64Range(-500, 500).Draw(t, "dn"), rapid.Float64Range(-500, 500).Draw(t, "de")
		got, plane := p.Distance(geo.FromPlane(n+dn, e+de)), math.Hypot(dn, de)
		// The plane's scale is 0.9996 at 15° E and 1.0036 at 55.4° N 24° E, the far corner of the box.
		if got < plane*0.996-1e-6 || got > plane*1.0005+1e-6 {
			t.Fatalf("%v: %.4f m on the ground, %.4f m in the plane", p, got, plane)
		}
	})
}

func TestParse(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-7 }
	for in, want := range map[string]geo.Point{
		"59.99, 15.81": {59.99, 15.81}, "59,99 15,81": {59.99, 15.81}, "59,99, 15,81": {59.99, 15.81}, "59.99,15.81": {59.99, 15.81},
		"59.99;15.81": {59.99, 15.81}, " 15.81  59.99 ": {59.99, 15.81}, "geo:59.99,15.81": {59.99, 15.81},
		"N 59.99 E 15.81": {59.99, 15.81}, "59.99N 15.81Ö": {59.99, 15.81}, "E15.81, N59.99": {59.99, 15.81}, "59.99° n, 15.81° o": {59.99, 15.81},
		"59°59'N 15°48'E": {59 + 59/60.0, 15.8}, "59°59′24″N, 15°48′36″E": {59.99, 15.81}, "59° 59.4' N 15° 48.6' E": {59.99, 15.81},
		"N 6651680.9778 E 544621.4209": {60, 15.8}, "N: 6651680,9778, E: 544621,4209": {60, 15.8}, "544621.4209 6651680.9778": {60, 15.8},
	} {
		if got, err := geo.Parse(in); err != nil || !near(got.Lat, want.Lat) || !near(got.Lon, want.Lon) {
			t.Errorf("%q is %v (%v), want %v", in, got, err, want)
		}
	}
	if p, err := geo.Parse("6651681,544621"); err != nil || p.Distance(geo.Point{Lat: 60, Lon: 15.8}) > 1 {
		t.Errorf("whole metres with a comma between: %v (%v)", p, err)
	}
	for in, want := range map[string]error{
		"": geo.ErrFormat, "Storgatan 12": geo.ErrFormat, "59.99": geo.ErrFormat, "59,15": geo.ErrFormat, "59.99, 15.81, 3": geo.ErrFormat,
		"59°60'N 15°48'E": geo.ErrFormat, "59.5°30'N 15°E": geo.ErrFormat, "N 59.99 N 15.81": geo.ErrFormat, "-59.99N 15.81E": geo.ErrFormat,
		"NaN, Inf": geo.ErrFormat, "59.99N -15.81": geo.ErrOutside, "59.99S 15.81E": geo.ErrOutside, "0, 0": geo.ErrOutside,
		"48.85, 2.35": geo.ErrOutside, "N 15.81 E 59.99": geo.ErrOutside, "6651681 1544621": geo.ErrOutside, // RT 90
	} {
		if got, err := geo.Parse(in); !errors.Is(err, want) {
			t.Errorf("%q is %v (%v), want %v", in, got, err, want)
		}
	}
}

func TestValidateWantsSweden(t *testing.T) {
	for p, ok := range map[geo.Point]bool{
		{55.34, 13.36}: true, {69.06, 20.55}: true, {65.8, 24.16}: true, {58.9, 10.96}: true, {60.17, 24.94}: false, {0, 0}: false,
		{math.Inf(1), 15}: false, {60, math.NaN()}: false,
	} {
		if err := p.Validate(); (err == nil) != ok {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func TestGeoJSONPutsLongitudeFirst(t *testing.T) {
	b, err := json.Marshal(geo.Point{Lat: 59.99000000001, Lon: 15.81}.GeoJSON())
	if string(b) != `{"type":"Point","coordinates":[15.81,59.99]}` || err != nil {
		t.Errorf("%s (%v)", b, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"59.99, 15.81", "N 6650000 E 560000", `59°59'30"N 15°48'E`, "59,99 15,81", "-1 -1", "6650000,560000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := geo.Parse(s)
		if err != nil {
			if !errors.Is(err, geo.ErrFormat) && !errors.Is(err, geo.ErrOutside) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if p.Validate() != nil {
			t.Fatalf("%q is %v, outside", s, p)
		}
		again, err := geo.Parse(p.String())
		if near := again.Distance(p) < 1; err == nil && !near {
			t.Errorf("%q is %v, which reads as %v", s, p, again)
		}
	})
}

func BenchmarkToSWEREF99TM(b *testing.B) {
	for b.Loop() {
		geo.ToSWEREF99TM(59.99, 15.81)
	}
}

func BenchmarkFromSWEREF99TM(b *testing.B) {
	for b.Loop() {
		geo.FromSWEREF99TM(6650000, 560000)
	}
}

func BenchmarkDistance(b *testing.B) {
	p, q := geo.Point{Lat: 59.99, Lon: 15.81}, geo.Point{Lat: 60.01, Lon: 15.79}
	for b.Loop() {
		p.Distance(q)
	}
}
