package app

import "testing"

// BenchmarkStart opens an installation that has been opened before; for -cpuprofile. make bench measures the program's.
func BenchmarkStart(b *testing.B) {
	data := b.TempDir()
	for b.Loop() {
		a, _ := installation(b, data)
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
