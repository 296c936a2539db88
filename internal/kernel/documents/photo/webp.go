package photo

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Flags of the VP8X chunk (RFC 9649, section 2.7).
const webpFlagXMP = 0x04

// cleanWebP copies the picture chunks. A simple file is one picture chunk, and nothing else of it is kept. In an extended one
// the total size stands first, so that a dropped chunk is not cut out, which would mean holding the picture until its end is
// seen, but overwritten: its name becomes JUNK, which readers must ignore, and its bytes zero.
func cleanWebP(out *bufio.Writer, in *reader) error {
	head, err := in.take(12)
	if err != nil {
		return err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" {
		return BrokenError{"not a WebP"}
	}
	left := int64(binary.LittleEndian.Uint32(head[4:])) - 4
	kind, n, err := webpChunk(in, &left)
	if err != nil {
		return err
	}
	switch kind {
	case "VP8 ", "VP8L":
		binary.LittleEndian.PutUint32(head[4:], uint32(4+8+n+n&1)) //nolint:gosec // not more than what stood there
		_, _ = out.Write(head)
		return webpPicture(out, in, kind, n)
	case "VP8X":
		if n != 10 {
			return BrokenError{"WebP header of wrong length"}
		}
		body, err := in.take(10)
		if err != nil {
			return err
		}
		if err := in.size(uint64(uint24(body[4:])+1), uint64(uint24(body[7:])+1)); err != nil {
			return err
		}
		body[0] &^= webpFlagXMP
		_, _ = out.Write(head)
		webpHead(out, kind, n)
		_, _ = out.Write(body)
		return webpChunks(out, in, left, false)
	}
	return BrokenError{"WebP of an unusual kind"}
}

// webpChunk reads the head of a chunk, whose padded body must fit in the bytes left, which it takes off.
func webpChunk(in *reader, left *int64) (kind string, n int64, err error) {
	head, err := in.take(8)
	if err != nil {
		return "", 0, err
	}
	n = int64(binary.LittleEndian.Uint32(head[4:]))
	if *left -= 8 + n + n&1; *left < 0 {
		return "", 0, BrokenError{"WebP chunk longer than its file"}
	}
	return string(head[:4]), n, nil
}

// webpChunks cleans the chunks of an extended file, or of one frame of an animation.
func webpChunks(out *bufio.Writer, in *reader, left int64, frame bool) error {
	seen := false
	for left > 0 {
		kind, n, err := webpChunk(in, &left)
		if err != nil {
			return err
		}
		switch {
		case kind == "VP8 " || kind == "VP8L":
			seen = true
			err = webpPicture(out, in, kind, n)
		case kind == "ALPH" || !frame && (kind == "ICCP" || kind == "ANIM"):
			err = webpCopy(out, in, kind, n)
		case kind == "ANMF" && !frame && n >= 16 && n&1 == 0:
			seen = true
			webpHead(out, kind, n)
			if _, err = io.CopyN(out, in, 16); err == nil {
				err = webpChunks(out, in, n-16, true)
			}
		case kind == "EXIF" && !frame:
			err = webpOrientation(out, in, n)
		default:
			err = webpBlank(out, in, "JUNK", nil, n)
		}
		if err != nil {
			return err
		}
	}
	if !seen {
		return BrokenError{"WebP without picture data"}
	}
	return nil
}

// webpPicture copies a picture chunk whose own dimensions are within the limit.
func webpPicture(out *bufio.Writer, in *reader, kind string, n int64) error {
	head, err := in.Peek(int(min(n, 10)))
	if err != nil {
		return err
	}
	var width, height uint64
	switch {
	case kind == "VP8L" && len(head) >= 5 && head[0] == 0x2F: // RFC 9649, section 3.4
		bits := binary.LittleEndian.Uint32(head[1:])
		width, height = uint64(bits&0x3FFF)+1, uint64(bits>>14&0x3FFF)+1
	case kind == "VP8 " && len(head) == 10 && head[0]&1 == 0 && string(head[3:6]) == "\x9D\x01\x2A": // RFC 6386, section 9.1
		width, height = uint64(binary.LittleEndian.Uint16(head[6:])&0x3FFF), uint64(binary.LittleEndian.Uint16(head[8:])&0x3FFF)
	default:
		return BrokenError{"malformed WebP picture data"}
	}
	if err := in.size(width, height); err != nil {
		return err
	}
	return webpCopy(out, in, kind, n)
}

func webpCopy(out *bufio.Writer, in *reader, kind string, n int64) error {
	webpHead(out, kind, n)
	_, err := io.CopyN(out, in, n)
	if err != nil || n&1 == 0 {
		return err
	}
	if err := in.skip(1); err != nil {
		return err
	}
	return out.WriteByte(0)
}

// webpOrientation overwrites an EXIF chunk by one that holds only the orientation. The chunk stays even if the picture is
// upright, because the file's header has already said that there is one.
func webpOrientation(out *bufio.Writer, in *reader, n int64) error {
	exif, err := in.Peek(int(min(n, 16<<10)))
	if err != nil {
		return err
	}
	only := onlyOrientation(orientation(exif))
	if n < int64(len(only)) {
		return webpBlank(out, in, "JUNK", nil, n)
	}
	return webpBlank(out, in, "EXIF", only, n)
}

// webpBlank overwrites a chunk of n bytes with a new name, a new beginning and zeros.
func webpBlank(out *bufio.Writer, in *reader, kind string, begin []byte, n int64) error {
	if err := in.skip(n + n&1); err != nil {
		return err
	}
	webpHead(out, kind, n)
	_, _ = out.Write(begin)
	_, err := io.CopyN(out, zeros{}, n+n&1-int64(len(begin)))
	return err
}

func webpHead(out *bufio.Writer, kind string, n int64) {
	_, _ = out.WriteString(kind)
	_, _ = out.Write(binary.LittleEndian.AppendUint32(nil, uint32(n))) //nolint:gosec // read from 32 bits
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
