//go:build !race

package app

// raceEnabled tells whether the race detector is on, under which times mean nothing.
const raceEnabled = false
