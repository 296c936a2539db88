package photo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// The content types Clean handles.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
)

// BrokenError means that the file is not a whole, well-formed picture of its kind. Why is for the log, in English.
type BrokenError struct{ Why string }

func (e BrokenError) Error() string { return "broken picture: " + e.Why }

// PixelsError means that the picture unpacks to more pixels than anyone should have to hold in memory (an image bomb).
type PixelsError struct {
	Width, Height uint64 // pixels
	Limit         uint64 // pixels in all
}

func (e PixelsError) Error() string {
	return fmt.Sprintf("picture of %d x %d pixels, more than %d in all", e.Width, e.Height, e.Limit)
}

// Cleanable tells whether Clean handles the content type.
func Cleanable(mime string) bool { return mime == JPEG || mime == PNG || mime == WebP }

// Clean copies the picture of the given content type from src to dst without its metadata. It refuses a picture of more than
// maxPixels pixels with PixelsError and a malformed or truncated one with BrokenError; dst may hold a part of it by then. Errors of
// src and dst come through as they are. It reads no further than the end of the picture, give or take its buffer.
func Clean(dst io.Writer, src io.Reader, mime string, maxPixels uint64) error {
	in := &reader{Reader: bufio.NewReaderSize(src, 32<<10), maxPixels: maxPixels}
	out := bufio.NewWriterSize(dst, 32<<10)
	var err error
	switch mime {
	case JPEG:
		err = cleanJPEG(out, in)
	case PNG:
		err = cleanPNG(out, in)
	case WebP:
		err = cleanWebP(out, in)
	default:
		return fmt.Errorf("cleaning a photo: %q is none of the types that can be cleaned", mime)
	}
	if err != nil {
		return whole(err)
	}
	return out.Flush()
}

// whole turns the end of the file in the middle of the picture into BrokenError.
func whole(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return BrokenError{"ends before the picture does"}
	}
	return err
}

// reader reads the parts of a container and knows the pixel limit.
type reader struct {
	*bufio.Reader
	maxPixels uint64
}

// take reads exactly n bytes.
func (r *reader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// skip drops exactly n bytes.
func (r *reader) skip(n int64) error {
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

// size holds a picture's dimensions against the limit.
func (r *reader) size(width, height uint64) error {
	if width == 0 || height == 0 {
		return BrokenError{"no width or no height"}
	}
	if width > r.maxPixels/height { // both are below 2^32, the product may not be
		return PixelsError{Width: width, Height: height, Limit: r.maxPixels}
	}
	return nil
}

// zeros is an endless supply of zero bytes.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
