package row

import (
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

// End is the line after the last row.
type End struct {
	Rows     int
	Coverage memberships.Coverage
	// Seal is nil for a listing.
	Seal *Seal
}

// Seal is the part of the end line that only a snapshot has.
type Seal struct {
	Version   int
	Taken     time.Time
	Providers []string
	Hash      string
}

// AppendEnd appends the end line, {"end":{"rows":2,"coverage":{...}}}, with its line end.
func AppendEnd(b []byte, e End) []byte {
	b = append(b, `{"end":{"rows":`...)
	b = strconv.AppendInt(b, int64(e.Rows), 10)
	b = AppendCoverage(append(b, `,"coverage":`...), e.Coverage)
	if s := e.Seal; s != nil {
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, int64(s.Version), 10)
		b = AppendString(append(b, `,"taken":`...), Time(s.Taken))
		b = AppendNames(append(b, `,"providers":`...), s.Providers)
		b = AppendString(append(b, `,"hash":`...), s.Hash)
	}
	return append(b, "}}\n"...)
}

// AppendNames appends names as an array.
func AppendNames(b []byte, names []string) []byte {
	b = append(b, '[')
	for i, n := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, n)
	}
	return append(b, ']')
}

// AppendCoverage appends a coverage as an object.
func AppendCoverage(b []byte, c memberships.Coverage) []byte {
	b = append(b, `{"complete":`...)
	b = strconv.AppendBool(b, c.Complete())
	b = append(b, `,"gaps":[`...)
	for i, g := range c.Gaps {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(append(b, `{"level":`...), string(g.Level))
		b = AppendString(append(b, `,"code":`...), string(g.Code))
		b = AppendString(append(b, `,"group_kind":`...), string(g.Group.Kind))
		b = AppendString(append(b, `,"group_id":`...), g.Group.ID)
		b = strconv.AppendInt(append(b, `,"count":`...), g.Count, 10)
		b = AppendString(append(b, `,"text":`...), gapText(g))
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// gapText returns the text of a gap with its count. A second %d in it, as in an escaped URL,
// becomes %D, because the reader of the text would fill the count in there.
func gapText(g memberships.Gap) string {
	return strings.ReplaceAll(g.String(), "%d", "%D")
}
