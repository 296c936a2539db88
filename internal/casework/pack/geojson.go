package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"unicode/utf8"
)

// Map is map.geojson (RFC 7946): what is drawn under the places, WGS 84, longitude first. Raw is the file as it is, to be served.
type Map struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"` // says where the data come from
	Features []Feature `json:"features"`
	Raw      []byte    `json:"-"`
}

// Feature is a line or an area of the map.
type Feature struct {
	Type       string     `json:"type"`
	Properties Properties `json:"properties"`
	Geometry   Geometry   `json:"geometry"`
}

// Properties say what a feature is: street, railway, water, builtup, forest or boundary.
type Properties struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Geometry is a LineString or a Polygon. A LineString has one line of points, a Polygon its rings.
type Geometry struct {
	Type  string
	Lines [][][2]float64
}

// UnmarshalJSON reads the two kinds of geometry a pack's map has.
func (g *Geometry) UnmarshalJSON(raw []byte) error {
	var head struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	g.Type = head.Type
	switch head.Type {
	case "LineString":
		g.Lines = make([][][2]float64, 1)
		return json.Unmarshal(head.Coordinates, &g.Lines[0])
	case "Polygon":
		return json.Unmarshal(head.Coordinates, &g.Lines)
	}
	return errors.New("the geometry must be a LineString or a Polygon")
}

var featureKinds = []string{"street", "railway", "water", "builtup", "forest", "boundary"}

// readMap reads map.geojson.
func readMap(fsys fs.FS, p *Pack) *source {
	s := &source{file: "map.geojson"}
	raw, err := readFile(fsys, s.file)
	if err != nil {
		s.fail(position{1, 1}, "%v", err)
		return s
	}
	var file struct {
		Map
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		s.fail(offset(raw, err), "not GeoJSON: %v", err)
		return s
	}
	if file.Type != "FeatureCollection" || file.Name == "" || len(file.Features) == 0 {
		s.fail(position{1, 1}, "the file must be a FeatureCollection with a name and features")
	}
	p.Map = Map{Type: file.Type, Name: file.Name, Raw: raw}
	search := 0
	for _, one := range file.Features {
		search += max(bytes.Index(raw[search:], one), 0)
		at := at(raw, search)
		search += len(one)
		var f Feature
		if err := json.Unmarshal(one, &f); err != nil {
			s.fail(at, "the feature cannot be read: %v", err)
			continue
		}
		s.feature(at, f, p.Municipality.Map)
		p.Map.Features = append(p.Map.Features, f)
	}
	return s
}

func (s *source) feature(at position, f Feature, view MapView) {
	known := false
	for _, kind := range featureKinds {
		known = known || kind == f.Properties.Kind
	}
	if !known {
		s.fail(at, "the feature's kind %q is not one of %v", f.Properties.Kind, featureKinds)
	}
	for _, line := range f.Geometry.Lines {
		if len(line) < 2 || f.Geometry.Type == "Polygon" && (len(line) < 4 || line[0] != line[len(line)-1]) {
			s.fail(at, "a line needs two points; a ring four, the last equal to the first")
		}
		for _, point := range line {
			if !view.Contains(point[1], point[0]) {
				s.fail(at, "the feature reaches outside the map of municipality.yaml, to %v (longitude comes first)", point)
				return
			}
		}
	}
}

// offset is where a JSON error stands.
func offset(raw []byte, err error) position {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return at(raw, int(syntax.Offset)-1)
	case errors.As(err, &kind):
		return at(raw, int(kind.Offset)-1)
	}
	return position{1, 1}
}

// at is the line and column of a byte.
func at(raw []byte, offset int) position {
	offset = min(max(offset, 0), len(raw))
	p := position{1, 1}
	start := 0
	for i, c := range raw[:offset] {
		if c == '\n' {
			p.line++
			start = i + 1
		}
	}
	p.column = utf8.RuneCount(raw[start:offset]) + 1
	return p
}
