// Command gen makes the invented town of the pack: residents.csv, organisations.csv, addresses.csv and map.geojson. It makes the same files each time.
//
//	go run ./packs/fagersta/gen -out packs/fagersta
//
// Nothing in them is real. Names are common ones put together at random; personnummer have birth numbers 980 to 999, which
// Skatteverket keeps for tests; organisationsnummer are of the series 559999 and 809999, which are given to nobody; telephone numbers are of PTS's series for fiction; e-mail addresses are under example.org; the town's
// streets were drawn by this program.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "the folder of the pack")
	flag.Parse()
	for name, content := range files() {
		if err := os.WriteFile(filepath.Join(*out, name), content, 0o644); err != nil { //nolint:gosec // a file of the repository, for all to read
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// files are the generated files by name.
func files() map[string][]byte {
	town := newTown()
	return map[string][]byte{
		"addresses.csv":     town.addressesCSV(),
		"map.geojson":       town.geoJSON(),
		"residents.csv":     residentsCSV(town.addresses),
		"organisations.csv": organisationsCSV(town.addresses),
	}
}
