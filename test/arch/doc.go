// Package arch holds the rules of docs/architecture.md that the compiler does not: which floor may
// import which, who may ask what time it is, where a municipality may be named. Everything is in
// its tests, so that `go test` holds the house together even where no linter is installed.
package arch
