package photo

import (
	"bytes"
	"encoding/binary"
)

// upright is the orientation of a picture that is shown as it is stored, and of one that says nothing about it.
const upright = 1

const orientationTag, shortType = 0x0112, 3

// exifPrefix begins the EXIF block of a JPEG, and of some WebP files.
var exifPrefix = []byte("Exif\x00\x00")

// orientation is the orientation (1 to 8) that the EXIF block states, or upright if it states none that makes sense.
// The block is a TIFF header and directories; only the first directory is looked at.
func orientation(exif []byte) int {
	exif = bytes.TrimPrefix(exif, exifPrefix)
	if len(exif) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return upright
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == shortType && order.Uint32(entries[4:]) == 1 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}

// onlyOrientation is an EXIF block (without prefix) of one directory with one tag.
func onlyOrientation(o int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01")
	b = binary.BigEndian.AppendUint16(b, orientationTag)
	b = binary.BigEndian.AppendUint16(b, shortType)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = append(b, 0, byte(o), 0, 0) // a SHORT stands at the left of its four bytes
	return append(b, 0, 0, 0, 0)    // no further directory
}
