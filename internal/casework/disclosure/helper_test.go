package disclosure_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// picture is a PNG of 100 by 140 pixels.
func picture(t *testing.T) []byte {
	p := image.NewRGBA(image.Rect(0, 0, 100, 140))
	for i := range 100 {
		p.Set(i, i, color.RGBA{R: 255, A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
