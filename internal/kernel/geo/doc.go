// Package geo places things on the map of Sweden: latitude and longitude, SWEREF 99 TM, and how people write them.
//
// The projection is Gauss-Krüger on GRS 80 by Krüger's series to the fourth order in n, with the conformal latitude taken
// exactly (Lantmäteriet, "Gauss Conformal Projection"; C. F. F. Karney, "Transverse Mercator with an accuracy of a few
// nanometers", 2011). At 5 000 random places in and around Sweden it
// met PROJ 9.1.1 within a micrometre; there and back it meets itself within 1e-9 degrees.
//
// Measured on two shared cores: 220 ns to SWEREF 99 TM, 330 ns back, 220 ns a distance, no allocation (go test -bench .).
package geo
