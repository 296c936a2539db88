// Package packs holds the municipalities that come with Dygnet, as files. Package pack reads them.
package packs

import "embed"

// Files are the packs, each in a folder of its name. residents.csv, organisations.csv, addresses.csv and map.geojson of fagersta are made by its
// generator; go generate makes them anew, the same each time.
//
//go:generate go run ./fagersta/gen -out fagersta
//go:embed fagersta/*.yaml fagersta/*.csv fagersta/*.geojson fagersta/casetypes/*.yaml fagersta/styrning/*.yaml
var Files embed.FS
