package pack_test

import (
	"io/fs"
	"testing"

	"dygnet/internal/casework/pack"
	"dygnet/packs"
)

func fagersta(t testing.TB) fs.FS {
	t.Helper()
	sub, err := fs.Sub(packs.Files, "fagersta")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func TestShippedPackIsWhole(t *testing.T) {
	for _, p := range pack.Check(fagersta(t)) {
		t.Error(p)
	}
}

func BenchmarkLoad(b *testing.B) {
	files := fagersta(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pack.Load(files); err != nil {
			b.Fatal(err)
		}
	}
}
