// Package photo takes out of a photograph what tells where, when, with what and by whom it was taken, and leaves the picture
// untouched: it rewrites the container (JPEG, PNG, WebP) and copies the compressed picture data byte for byte.
//
// It keeps what the picture needs to look the same: the colour profile, and the orientation, written back as an EXIF block that
// holds that one tag. Everything else goes: EXIF with its GPS position and thumbnail, XMP, IPTC, comments, text chunks, time
// stamps, vendor blocks, and whatever follows the end of the picture. What is kept is a list; what is unknown is dropped.
//
// It streams: no picture is ever held whole, so a thousand slow senders cost no more than their buffers.
//
// Sources: ITU-T T.81 annex B (JPEG), JFIF 1.02, W3C PNG third edition, RFC 9649 (WebP), CIPA DC-008 (EXIF). No Go library was
// found that does this for the three formats: the known ones cover JPEG and PNG only, rest on an unmaintained EXIF parser and
// re-encode or overwrite with zeros. GDPR article 5.1 c (no more personal data than needed) is why it is done.
package photo
