package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Markers of ITU-T T.81, table B.1.
const (
	jpegTEM  = 0x01
	jpegSOF0 = 0xC0
	jpegSOF2 = 0xC2
	jpegDHT  = 0xC4
	jpegRST0 = 0xD0
	jpegRST7 = 0xD7
	jpegSOI  = 0xD8
	jpegEOI  = 0xD9
	jpegSOS  = 0xDA
	jpegDQT  = 0xDB
	jpegDRI  = 0xDD
	jpegAPP0 = 0xE0
	jpegAPP1 = 0xE1
	jpegAPP2 = 0xE2
	jpegAPPE = 0xEE
	jpegAPPF = 0xEF
	jpegJPG0 = 0xF0
	jpegCOM  = 0xFE
)

// cleanJPEG copies the segments that make the picture, the colour profile and the orientation, up to the end-of-image marker:
// what phones append behind it (second pictures, videos, gain maps) is not the picture that was meant to be sent.
func cleanJPEG(out *bufio.Writer, in *reader) error {
	head, err := in.take(2)
	if err != nil {
		return err
	}
	if head[0] != 0xFF || head[1] != jpegSOI {
		return BrokenError{"not a JPEG"}
	}
	_, _ = out.Write(head) // a bufio.Writer keeps its error until Flush
	c := jpegCleaner{out: out, in: in}
	for {
		marker, err := c.marker()
		if err != nil {
			return err
		}
		if marker == jpegEOI {
			if !c.scanned {
				return BrokenError{"JPEG without picture data"}
			}
			_, err := out.Write([]byte{0xFF, jpegEOI})
			return err
		}
		if err := c.segment(marker); err != nil {
			return err
		}
	}
}

type jpegCleaner struct {
	out                   *bufio.Writer
	in                    *reader
	framed, scanned, exif bool
	next                  byte // the marker that ended a scan, or 0
}

// marker reads the next marker. Any number of 0xFF may stand before it.
func (c *jpegCleaner) marker() (byte, error) {
	if m := c.next; m != 0 {
		c.next = 0
		return m, nil
	}
	b, err := c.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if b != 0xFF {
		return 0, BrokenError{"no marker where a JPEG segment should begin"}
	}
	for b == 0xFF {
		if b, err = c.in.ReadByte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

func (c *jpegCleaner) segment(marker byte) error {
	if marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7 {
		return nil // stands alone and means nothing here
	}
	head, err := c.in.take(2)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(head))
	if n < 2 {
		return BrokenError{"JPEG segment of impossible length"}
	}
	body, err := c.in.take(n - 2)
	if err != nil {
		return err
	}
	switch {
	case marker >= jpegSOF0 && marker <= jpegSOF2:
		if c.framed || len(body) < 6 {
			return BrokenError{"malformed JPEG frame"}
		}
		c.framed = true
		if err := c.in.size(uint64(binary.BigEndian.Uint16(body[3:])), uint64(binary.BigEndian.Uint16(body[1:]))); err != nil {
			return err
		}
		return c.write(marker, body)
	case marker == jpegDHT, marker == jpegDQT, marker == jpegDRI:
		return c.write(marker, body)
	case marker == jpegSOS:
		if !c.framed {
			return BrokenError{"JPEG scan before its frame"}
		}
		c.scanned = true
		_ = c.write(marker, body)
		return c.scan()
	case marker >= jpegAPP0 && marker <= jpegAPPF:
		return c.application(marker, body)
	case marker >= jpegJPG0 && marker <= jpegCOM:
		return nil
	}
	return BrokenError{fmt.Sprintf("JPEG of an unusual kind (marker %02X)", marker)}
}

// application keeps of the application segments what changes how the picture looks.
func (c *jpegCleaner) application(marker byte, body []byte) error {
	switch {
	case marker == jpegAPP0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 14:
		return c.write(marker, append(body[:12:12], 0, 0)) // without its thumbnail
	case marker == jpegAPP1 && bytes.HasPrefix(body, exifPrefix) && !c.exif && !c.framed:
		c.exif = true
		if o := orientation(body); o != upright {
			return c.write(marker, append(bytes.Clone(exifPrefix), onlyOrientation(o)...))
		}
	case marker == jpegAPP2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")):
		return c.write(marker, body)
	case marker == jpegAPPE && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
		return c.write(marker, body[:12]) // says which colour transform the data needs
	}
	return nil
}

func (c *jpegCleaner) write(marker byte, body []byte) error {
	n := len(body) + 2
	_, _ = c.out.Write([]byte{0xFF, marker, byte(n >> 8), byte(n)})
	_, err := c.out.Write(body)
	return err
}

// scan copies entropy-coded data up to the next marker that is not part of it.
func (c *jpegCleaner) scan() error {
	for {
		data, err := c.in.ReadSlice(0xFF)
		if errors.Is(err, bufio.ErrBufferFull) {
			if _, err := c.out.Write(data); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if _, err := c.out.Write(data[:len(data)-1]); err != nil {
			return err
		}
		b := byte(0xFF)
		for b == 0xFF {
			if b, err = c.in.ReadByte(); err != nil {
				return err
			}
		}
		if b != 0 && (b < jpegRST0 || b > jpegRST7) {
			c.next = b
			return nil
		}
		_, _ = c.out.Write([]byte{0xFF, b})
	}
}
