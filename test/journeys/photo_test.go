package journeys_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// What a telephone writes into a photo: its maker, and where it was taken (59°59'32.11" N, 15°47'21.13" E), as EXIF stores it.
const cameraMaker = "Kamerafabriken AB"

var (
	photoLat = rationals(59, 1, 59, 1, 3211, 100)
	photoLon = rationals(15, 1, 47, 1, 2113, 100)
)

func rationals(numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// photo is a small JPEG with maker and place in its EXIF.
func photo(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 120, 80))
	for x := range 120 {
		for y := range 80 {
			img.Set(x, y, color.RGBA{uint8(2 * x), uint8(3 * y), uint8(x * y), 255})
		}
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00"), tiff()...)
	out := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	return append(append(out, exif...), picture.Bytes()[2:]...)
}

// tiff is the EXIF block: IFD0 with Make and a pointer to the GPS IFD, big-endian.
func tiff() []byte {
	type entry struct {
		tag, kind uint16
		count     uint32
		value     []byte // four bytes at most stand in the entry, more behind the IFD
	}
	const ascii, long, rational = 2, 4, 5
	ifd := func(at uint32, entries []entry) []byte {
		behind := at + 2 + uint32(len(entries))*12 + 4
		var head, tail []byte
		head = binary.BigEndian.AppendUint16(head, uint16(len(entries)))
		for _, e := range entries {
			head = binary.BigEndian.AppendUint16(head, e.tag)
			head = binary.BigEndian.AppendUint16(head, e.kind)
			head = binary.BigEndian.AppendUint32(head, e.count)
			if len(e.value) <= 4 {
				head = append(head, append(e.value, make([]byte, 4-len(e.value))...)...)
				continue
			}
			head = binary.BigEndian.AppendUint32(head, behind+uint32(len(tail)))
			tail = append(tail, e.value...)
		}
		return append(append(head, 0, 0, 0, 0), tail...)
	}
	maker := append([]byte(cameraMaker), 0)
	first := func(gps uint32) []byte {
		return ifd(8, []entry{{0x010F, ascii, uint32(len(maker)), maker}, {0x8825, long, 1, binary.BigEndian.AppendUint32(nil, gps)}})
	}
	gps := uint32(8 + len(first(0)))
	out := append([]byte("MM\x00\x2A\x00\x00\x00\x08"), first(gps)...)
	return append(out, ifd(gps, []entry{
		{1, ascii, 2, []byte("N\x00")}, {2, rational, 3, photoLat}, {3, ascii, 2, []byte("E\x00")}, {4, rational, 3, photoLon},
	})...)
}

// photoFile is the photo as a file, under the name a telephone gives it.
func photoFile(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "IMG_0042.jpg")
	if err := os.WriteFile(file, photo(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// cleaned fails the test if the photo still tells where or with what it was taken, or is no longer the picture.
func cleaned(t testing.TB, got []byte) {
	t.Helper()
	for what, secret := range map[string][]byte{"latitude": photoLat, "longitude": photoLon, "camera": []byte(cameraMaker)} {
		if !bytes.Contains(photo(t), secret) {
			t.Fatalf("the test's own photo has no %s", what)
		}
		if bytes.Contains(got, secret) {
			t.Errorf("the stored photo still tells the %s", what)
		}
	}
	picture, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatalf("the stored photo cannot be read: %v", err)
	}
	if size := picture.Bounds().Size(); size != image.Pt(120, 80) {
		t.Errorf("the stored photo is %v", size)
	}
}
