package input

import (
	"bufio"
	"bytes"
	"io"

	encoding "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// notText are the first bytes of binary formats.
var notText = []struct{ begins, text string }{
	{"PK\x03\x04", "this is a spreadsheet's own format, or another ZIP archive: save it as CSV"},
	{"\xd0\xcf\x11\xe0", "this is a spreadsheet's own format: save it as CSV"},
	{"%PDF", "this is a PDF: a CSV file is read"},
	{"\x1f\x8b", "this is compressed by gzip: unpack it first"},
	{"\xff\xfe\x00\x00", "this is UTF-32: save it as UTF-8"},
	{"\x00\x00\xfe\xff", "this is UTF-32: save it as UTF-8"},
}

// decode returns the text of b as UTF-8 without a byte order mark.
func (s *Source) decode(b *bufio.Reader) (io.Reader, error) {
	head, _ := b.Peek(maxHead)
	for _, not := range notText {
		if bytes.HasPrefix(head, []byte(not.begins)) {
			return nil, &Error{s.Name, 1, 1, not.text}
		}
	}
	utf16 := func(e encoding.Endianness) io.Reader {
		return transform.NewReader(b, encoding.UTF16(e, encoding.UseBOM).NewDecoder())
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = b.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), wideText(head, 1):
		return utf16(encoding.LittleEndian), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")), wideText(head, 0):
		return utf16(encoding.BigEndian), nil
	}
	return b, nil
}

// wideText reports whether head is certainly UTF-16 with the high bytes at offset high of
// each pair: the first two characters and a quarter of all are ASCII, and no other byte
// is zero.
func wideText(head []byte, high int) bool {
	zeros, pairs := 0, len(head)/2
	for i, c := range head[:2*pairs] {
		switch wide := i%2 == high; {
		case c == 0 && !wide, c != 0 && wide && i < 4:
			return false
		case c == 0:
			zeros++
		}
	}
	return pairs >= 2 && zeros*4 >= pairs
}
