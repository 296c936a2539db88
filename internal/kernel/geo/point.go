package geo

import (
	"errors"
	"fmt"
	"math"
)

// ErrOutside is returned for a place that is not in or near Sweden, or nowhere on Earth.
var ErrOutside = errors.New("the place is outside Sweden")

// Point is a place in degrees north and east, SWEREF 99 or WGS 84 (they differ by less than a metre, as continents drift).
type Point struct {
	Lat, Lon float64
}

// FromPlane is the point at SWEREF 99 TM north and east, in metres.
func FromPlane(north, east float64) Point {
	lat, lon := FromSWEREF99TM(north, east)
	return Point{lat, lon}
}

// Plane is p in SWEREF 99 TM, in metres north and east.
func (p Point) Plane() (north, east float64) { return ToSWEREF99TM(p.Lat, p.Lon) }

// Validate fails with ErrOutside unless p is finite and in the box around Sweden (55°20'-69°4' N, 10°57'-24°10' E, and some
// 25 km of margin).
func (p Point) Validate() error {
	if p.Lat >= 55.1 && p.Lat <= 69.3 && p.Lon >= 10.5 && p.Lon <= 24.7 { // false for NaN
		return nil
	}
	return ErrOutside
}

// String is p to about a metre, as Parse reads it: 59.99000, 15.81000.
func (p Point) String() string { return fmt.Sprintf("%.5f, %.5f", p.Lat, p.Lon) }

// Geometry is a GeoJSON geometry (RFC 7946) of type Point: coordinates are longitude, latitude.
type Geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

// GeoJSON is p for a map, rounded to seven decimals (a centimetre).
func (p Point) GeoJSON() Geometry {
	return Geometry{"Point", [2]float64{math.Round(p.Lon*1e7) / 1e7, math.Round(p.Lat*1e7) / 1e7}}
}

// Distance is the metres from p to q along the ground, by Lambert's formula for long lines: exact to about ten metres
// across the country and better than a millimetre within a kilometre.
func (p Point) Distance(q Point) float64 {
	if p == q {
		return 0
	}
	b1 := math.Atan((1 - flattening) * math.Tan(radians(p.Lat)))
	b2 := math.Atan((1 - flattening) * math.Tan(radians(q.Lat)))
	mean, half := (b1+b2)/2, (b2-b1)/2
	h := square(math.Sin(half)) + math.Cos(b1)*math.Cos(b2)*square(math.Sin(radians(q.Lon-p.Lon)/2))
	if h == 0 || h >= 1 { // too near to tell apart, or antipodes, where the formula does not hold
		return semiMajor * 2 * math.Asin(math.Sqrt(min(h, 1)))
	}
	angle := 2 * math.Asin(math.Sqrt(h))
	sin := math.Sin(angle)
	x := (angle - sin) * square(math.Sin(mean)*math.Cos(half)) / (1 - h)
	y := (angle + sin) * square(math.Cos(mean)*math.Sin(half)) / h
	return semiMajor * (angle - flattening/2*(x+y))
}

func square(x float64) float64 { return x * x }
