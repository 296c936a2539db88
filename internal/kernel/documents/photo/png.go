package photo

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKeep lists the chunks that make the picture and how it looks; the other ones are dropped.
// Its order, colour and animation chunks are those of the W3C recommendation, third edition.
func pngKeep(kind string) bool {
	switch kind {
	case "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "hIST",
		"pHYs", "acTL", "fcTL", "fdAT":
		return true
	}
	return false
}

// cleanPNG copies the kept chunks, checking their sums, up to the end chunk.
func cleanPNG(out *bufio.Writer, in *reader) error {
	head, err := in.take(len(pngSignature))
	if err != nil {
		return err
	}
	if string(head) != pngSignature {
		return BrokenError{"not a PNG"}
	}
	_, _ = out.Write(head)
	for n, data := 0, false; ; n++ {
		head, err := in.take(8)
		if err != nil {
			return err
		}
		length, kind := binary.BigEndian.Uint32(head), string(head[4:])
		switch {
		case length > 1<<31-1:
			return BrokenError{"PNG chunk of impossible length"}
		case (n == 0) != (kind == "IHDR"):
			return BrokenError{"PNG header not first"}
		case kind == "IHDR" && length != 13:
			return BrokenError{"PNG header of wrong length"}
		case kind == "eXIf":
			err = pngOrientation(out, in, length)
		case pngKeep(kind):
			err = pngCopy(out, in, head, length)
		case kind[0]&0x20 == 0: // an upper-case first letter: the picture cannot be shown without it
			return BrokenError{"PNG of an unusual kind"}
		default:
			err = in.skip(int64(length) + 4)
		}
		if err != nil {
			return err
		}
		data = data || kind == "IDAT"
		if kind == "IEND" {
			if !data {
				return BrokenError{"PNG without picture data"}
			}
			return nil
		}
	}
}

func pngCopy(out *bufio.Writer, in *reader, head []byte, length uint32) error {
	if string(head[4:]) == "IHDR" {
		size, err := in.Peek(8)
		if err != nil {
			return err
		}
		if err := in.size(uint64(binary.BigEndian.Uint32(size)), uint64(binary.BigEndian.Uint32(size[4:]))); err != nil {
			return err
		}
	}
	sum := crc32.NewIEEE()
	_, _ = out.Write(head)
	_, _ = sum.Write(head[4:])
	if _, err := io.CopyN(io.MultiWriter(out, sum), in, int64(length)); err != nil {
		return err
	}
	want, err := in.take(4)
	if err != nil {
		return err
	}
	if binary.BigEndian.Uint32(want) != sum.Sum32() {
		return BrokenError{"PNG chunk with a wrong check sum"}
	}
	_, err = out.Write(want)
	return err
}

// pngOrientation replaces an EXIF chunk by one that holds the orientation, or by nothing.
func pngOrientation(out *bufio.Writer, in *reader, length uint32) error {
	exif, err := in.take(int(min(length, 64<<10)))
	if err != nil {
		return err
	}
	if err := in.skip(int64(length) - int64(len(exif)) + 4); err != nil {
		return err
	}
	o := orientation(exif)
	if o == upright {
		return nil
	}
	body := append([]byte("eXIf"), onlyOrientation(o)...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-4)) //nolint:gosec // 26
	chunk = append(chunk, body...)
	_, err = out.Write(binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body)))
	return err
}
