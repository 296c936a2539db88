package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// organisations are firms and associations: name, kind, who signs and how.
var organisations = []struct{ name, kind, signatories, signing string }{
	{"Lundins Bygg & Måleri AB", "firm", "r002", "alone"},
	{"Hyttans Kök & Kaffe AB", "firm", "r004", "alone"},
	{"Semla Schakt & Anläggning AB", "firm", "r003 r008", "alone"},
	{"Kylteknik i Hyttbyn AB", "firm", "r005", "alone"},
	{"Åsens Livs AB", "firm", "r006 r007", "jointly"},
	{"Dammens Fastigheter AB", "firm", "r010 r011", "jointly"},
	{"Slaggens Bilservice AB", "firm", "r012", "alone"},
	{"Kvarnbackens Förskola AB", "firm", "r014", "alone"},
	{"Koloniföreningen Solhyttan", "association", "r002 r009", "alone"},
	{"Hyttans Idrottsklubb", "association", "r015 r016", "jointly"},
	{"Kulturföreningen Masugnen", "association", "r017", "alone"},
	{"Pensionärsföreningen Höstglöd", "association", "r018 r019", "alone"},
	{"Bergsmännens Skytteförening", "association", "r020 r021", "jointly"},
	{"Scoutkåren Smedjan", "association", "r022", "alone"},
	{"Vänföreningen Bron", "association", "r023 r050", "alone"},
}

// organisationsCSV is the register of firms and associations. Their numbers are of the ends of two series, 559999 for companies and
// 809999 for associations, which Bolagsverket and Skatteverket have not reached.
func organisationsCSV(addresses []address) []byte {
	random := rand.New(rand.NewPCG(1974, 174)) //nolint:gosec // the same each time is the point
	var b strings.Builder
	b.WriteString("number,name,kind,street,postcode,town,email,phone,signatories,signing\n")
	for i, o := range organisations {
		series := "559999"
		if o.kind == "association" {
			series = "809999"
		}
		at := addresses[random.IntN(len(addresses))]
		fmt.Fprintf(&b, "%s,%s,%s,%s %s,%s,Fagersta,organisation.%d@example.org,0980-319 2%02d,%s,%s\n", // PTS: 0980-319200 to 0980-319299 are for fiction
			withCheckDigit(fmt.Sprintf("%s%03d", series, 10+i)), o.name, o.kind, at.street, at.number, at.postcode, i+1, 80+i, o.signatories, o.signing)
	}
	return []byte(b.String())
}
