package photo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/webp"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/documents/photo"
)

const limit = 80_000_000

// secret stands for everything that must not come through.
const secret = "59.9906N 15.8156E Anna"

func clean(t testing.TB, mime string, in []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := photo.Clean(&out, bytes.NewReader(in), mime, limit); err != nil {
		t.Fatalf("cleaning: %v", err)
	}
	return out.Bytes()
}

func picture(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.Set(i%w, i/w, color.NRGBA{uint8(i * 7), uint8(i * i), uint8(i / 3), 255})
	}
	return img
}

func plainJPEG(t testing.TB) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(61, 43), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainPNG(t testing.TB) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(61, 43)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func lossyWebP(t testing.TB) []byte {
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func losslessWebP(t testing.TB) []byte {
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tiff is an EXIF block as a phone writes it: the orientation among other tags, and free data behind.
func tiff(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order.AppendUint16(nil, 1)[1] == 1 {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][4]uint32{{0x010F, 2, uint32(len(secret)), 38}, {0x0112, 3, 1, 0}} {
		b = order.AppendUint16(b, uint16(e[0]))
		b = order.AppendUint16(b, uint16(e[1]))
		b = order.AppendUint32(b, e[2])
		if e[0] == 0x0112 {
			b = order.AppendUint16(b, orientation)
			b = append(b, 0, 0)
		} else {
			b = order.AppendUint32(b, e[3])
		}
	}
	b = order.AppendUint32(b, 0)
	return append(b, secret...)
}

func segment(marker byte, body string) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// loadedJPEG is the plain picture with metadata of every kind, before, inside and after it.
func loadedJPEG(t testing.TB, orientation uint16) []byte {
	plain := plainJPEG(t)
	b := append([]byte{}, plain[:2]...)
	b = append(b, segment(0xE0, "JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01\x01"+"rgb")...)
	b = append(b, segment(0xE1, "Exif\x00\x00"+string(tiff(binary.LittleEndian, orientation)))...)
	b = append(b, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>"+secret+"</x>")...)
	b = append(b, segment(0xE2, "ICC_PROFILE\x00\x01\x01profile")...)
	b = append(b, segment(0xE2, "MPF\x00"+secret)...)
	b = append(b, segment(0xED, "Photoshop 3.0\x00"+secret)...)
	b = append(b, segment(0xFE, secret)...)
	b = append(b, 0xFF, 0xFF) // fill
	b = append(b, plain[2:]...)
	return append(b, plain...) // a second picture behind the first
}

func chunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(b, kind+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+body)))
}

func loadedPNG(t testing.TB, orientation uint16) []byte {
	plain := plainPNG(t)
	const header = 8 + 12 + 13
	b := append([]byte{}, plain[:header]...)
	b = append(b, chunk("eXIf", string(tiff(binary.BigEndian, orientation)))...)
	b = append(b, chunk("gAMA", "\x00\x00\xb1\x8f")...)
	for _, kind := range []string{"tEXt", "zTXt", "iTXt", "tIME", "prVt"} {
		b = append(b, chunk(kind, "Comment\x00"+secret)...)
	}
	b = append(b, plain[header:]...)
	return append(b, secret...)
}

func riff(body []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), append([]byte("WEBP"), body...)...)
}

func riffChunk(kind, body string) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	return append(b, make([]byte, len(body)&1)...)
}

func loadedWebP(t testing.TB, orientation uint16) []byte {
	body := riffChunk("VP8X", "\x2C\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	body = append(body, riffChunk("ICCP", "profile")...)
	body = append(body, losslessWebP(t)[12:]...)
	body = append(body, riffChunk("EXIF", string(tiff(binary.LittleEndian, orientation)))...)
	body = append(body, riffChunk("XMP ", "<x>"+secret+"</x>")...)
	body = append(body, riffChunk("abcd", secret)...)
	return append(riff(body), secret...)
}

var kinds = []struct {
	mime   string
	plain  func(testing.TB) []byte
	loaded func(testing.TB, uint16) []byte
	decode func(io.Reader) (image.Image, error)
	keeps  string
}{
	{photo.JPEG, plainJPEG, loadedJPEG, jpeg.Decode, "ICC_PROFILE\x00\x01\x01profile"},
	{photo.PNG, plainPNG, loadedPNG, png.Decode, "gAMA"},
	{photo.WebP, losslessWebP, loadedWebP, webp.Decode, "profile"},
}

func TestMetadataGoesAndThePictureStays(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.mime, func(t *testing.T) {
			for orientation := uint16(0); orientation <= 9; orientation++ {
				out := clean(t, k.mime, k.loaded(t, orientation))
				for _, word := range []string{secret, "MPF", "Photoshop", "xap", "tIME", "JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01", "prVt", "abcd", "XMP "} {
					if bytes.Contains(out, []byte(word)) {
						t.Fatalf("%q came through", word)
					}
				}
				if !bytes.Contains(out, []byte(k.keeps)) {
					t.Fatalf("%q was lost", k.keeps)
				}
				wantOrientation := orientation >= 2 && orientation <= 8 || orientation == 1 && k.mime == photo.WebP
				tag := []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0}
				if bytes.Contains(out, tag) != wantOrientation {
					t.Fatalf("orientation %d: written is %v", orientation, !wantOrientation)
				}
				same(t, k.decode, k.plain(t), out)
				if again := clean(t, k.mime, out); !bytes.Equal(again, out) {
					t.Fatal("cleaning a clean picture changed it")
				}
			}
		})
	}
}

func same(t *testing.T, decode func(io.Reader) (image.Image, error), a, b []byte) {
	t.Helper()
	x, err := decode(bytes.NewReader(a))
	if err != nil {
		t.Fatalf("decoding the original: %v", err)
	}
	y, err := decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("decoding the cleaned picture: %v", err)
	}
	if x.Bounds() != y.Bounds() {
		t.Fatalf("size %v became %v", x.Bounds(), y.Bounds())
	}
	for py := range x.Bounds().Dy() {
		for px := range x.Bounds().Dx() {
			if x.At(px, py) != y.At(px, py) {
				t.Fatalf("pixel %d,%d changed", px, py)
			}
		}
	}
}

func TestPlainPicturesKeepEveryByte(t *testing.T) {
	for _, k := range kinds {
		if in := k.plain(t); !bytes.Equal(clean(t, k.mime, in), in) {
			t.Errorf("%s without metadata was changed", k.mime)
		}
	}
	if in := lossyWebP(t); !bytes.Equal(clean(t, photo.WebP, in), in) {
		t.Error("lossy WebP without metadata was changed")
	}
}

func TestAnimatedWebPIsCleanedInsideItsFrames(t *testing.T) {
	frame := strings.Repeat("\x00", 16) + string(losslessWebP(t)[12:]) + string(riffChunk("abcd", secret))
	body := riffChunk("VP8X", "\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	body = append(body, riffChunk("ANIM", "\x00\x00\x00\x00\x00\x00")...)
	body = append(body, riffChunk("ANMF", frame)...)
	in := riff(body)
	out := clean(t, photo.WebP, in)
	if bytes.Contains(out, []byte(secret)) || len(out) != len(in) {
		t.Fatalf("%q", out)
	}
}

func TestAnyTruncationIsBroken(t *testing.T) {
	for _, k := range kinds {
		whole := k.plain(t)
		rapid.Check(t, func(r *rapid.T) {
			n := rapid.IntRange(0, len(whole)-1).Draw(r, "n")
			var broken photo.BrokenError
			if err := photo.Clean(io.Discard, bytes.NewReader(whole[:n]), k.mime, limit); !errors.As(err, &broken) {
				r.Fatalf("%s cut at %d of %d: %v", k.mime, n, len(whole), err)
			}
		})
	}
}

func TestAPNGWithADamagedByteIsBroken(t *testing.T) {
	whole := plainPNG(t)
	rapid.Check(t, func(r *rapid.T) {
		b := bytes.Clone(whole)
		b[rapid.IntRange(0, len(b)-1).Draw(r, "at")] ^= byte(rapid.IntRange(1, 255).Draw(r, "bits"))
		err := photo.Clean(io.Discard, bytes.NewReader(b), photo.PNG, limit)
		var broken photo.BrokenError
		var pixels photo.PixelsError
		if !errors.As(err, &broken) && !errors.As(err, &pixels) {
			r.Fatal(err)
		}
	})
}

func TestImageBombsAreRefused(t *testing.T) {
	huge := plainJPEG(t)
	at := bytes.Index(huge, []byte{0xFF, 0xC0})
	copy(huge[at+5:], "\xFF\xFF\xFF\xFF")
	bombs := []struct{ mime, file string }{
		{photo.JPEG, string(huge)},
		{photo.PNG, "\x89PNG\r\n\x1a\n" + string(chunk("IHDR", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x08\x06\x00\x00\x00"))},
		{photo.WebP, string(riff(riffChunk("VP8X", "\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF")))},
		{photo.WebP, string(riff(riffChunk("VP8L", "\x2F\xFF\xFF\xFF\x0F")))},
		{photo.WebP, string(riff(riffChunk("VP8 ", "\x00\x00\x00\x9D\x01\x2A\xFF\x3F\xFF\x3F")))},
	}
	for _, b := range bombs {
		var pixels photo.PixelsError
		if err := photo.Clean(io.Discard, strings.NewReader(b.file), b.mime, limit); !errors.As(err, &pixels) || pixels.Limit != limit {
			t.Errorf("%s: %v", b.mime, err)
		}
	}
}

func TestErrorsOfTheSourceAndTheTargetComeThrough(t *testing.T) {
	boom := errors.New("boom")
	for _, k := range kinds {
		in := k.loaded(t, 6)
		if err := photo.Clean(io.Discard, io.MultiReader(bytes.NewReader(in[:40]), iotest.ErrReader(boom)), k.mime, limit); !errors.Is(err, boom) {
			t.Errorf("%s, source: %v", k.mime, err)
		}
		if err := photo.Clean(failing{boom}, bytes.NewReader(in), k.mime, limit); !errors.Is(err, boom) {
			t.Errorf("%s, target: %v", k.mime, err)
		}
	}
	if err := photo.Clean(io.Discard, strings.NewReader("GIF89a"), "image/gif", limit); err == nil {
		t.Error("a type that cannot be cleaned was accepted")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// FuzzClean holds that no input makes the cleaner fall, that what it lets through is stable under a second cleaning, and that a
// picture Go can decode is the same picture afterwards.
func FuzzClean(f *testing.F) {
	for i, k := range kinds {
		f.Add(i, k.plain(f))
		f.Add(i, k.loaded(f, 6))
	}
	f.Add(2, lossyWebP(f))
	f.Fuzz(func(t *testing.T, i int, in []byte) {
		k := kinds[uint(i)%uint(len(kinds))]
		const small = 1 << 20
		var out bytes.Buffer
		if err := photo.Clean(&out, iotest.OneByteReader(bytes.NewReader(in)), k.mime, small); err != nil {
			return
		}
		var again bytes.Buffer
		if err := photo.Clean(&again, bytes.NewReader(out.Bytes()), k.mime, small); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
			t.Fatalf("second cleaning: %v", err)
		}
		if _, err := k.decode(bytes.NewReader(in)); err == nil {
			same(t, k.decode, in, out.Bytes())
		}
	})
}

func BenchmarkClean(b *testing.B) {
	var big bytes.Buffer
	if err := jpeg.Encode(&big, picture(4000, 3000), nil); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(big.Len()))
	for b.Loop() {
		if err := photo.Clean(io.Discard, bytes.NewReader(big.Bytes()), photo.JPEG, limit); err != nil {
			b.Fatal(err)
		}
	}
}
