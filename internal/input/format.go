package input

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/phrase"
)

// preambles are lines that other programs write above the header, in lower case.
var preambles = []string{
	"version:v",          // Entra's bulk files
	"members for group ", // an export of Google groups
}

const maxPreamble = 256 // bytes of such a line

var separatorLine = pattern.New(`^sep=(.)$`)

// skipPreamble skips the lines above the header and returns their number.
func (s *Source) skipPreamble(b *bufio.Reader) (lines int, _ error) {
	for {
		head, _ := b.Peek(maxPreamble)
		end := bytes.IndexByte(head, '\n') + 1
		line := strings.ToLower(strings.Trim(string(head[:end]), "\" \t\n,;"))
		begins := func(p string) bool { return strings.HasPrefix(line, p) }
		raw := strings.Trim(string(head[:end]), "\" \n")
		switch sep := separatorLine.FindStringSubmatch(strings.ToLower(raw)); {
		case end == 0:
			return lines, nil
		case sep != nil:
			if s.separator = sep[1][0]; !strings.ContainsRune(separators+"|", rune(s.separator)) {
				return lines, &Error{s.Name, lines + 1, 1, "the separator is " + phrase.Quote(sep[1]) + "; a comma, a semicolon, a tab or | is read"}
			}
		case line != "" && !slices.ContainsFunc(preambles, begins):
			return lines, nil
		}
		_, _ = b.Discard(end)
		lines++
	}
}

// separators are the separators that are detected without a sep= line.
const separators = ",;\t"

// guess returns the given or detected format and the separator of cells.
func (s *Source) guess(b *bufio.Reader, line int) (format string, separator byte, _ error) {
	head, _ := b.Peek(b.Size())
	text := bytes.TrimLeft(head, " \t\n")
	switch {
	case s.Format == "json", s.Format == "ndjson":
		return s.Format, 0, nil
	case s.Format == "" && len(text) > 0 && (text[0] == '{' || text[0] == '['):
		return "json", 0, nil
	case s.Format != "list" && printedTable(head):
		return "", 0, &Error{s.Name, line + 1, 1, "this is a table for people, whose cells cannot be told apart; print it again with -o csv or -o ndjson"}
	}
	first := firstRecords(head, s.separator)
	header := slices.MaxFunc(first, func(a, b firstRecord) int {
		return cmp.Or(s.named(a.cells)-s.named(b.cells), len(a.cells)-len(b.cells))
	})
	if s.Format == "csv" || s.Format == "" && s.named(header.cells) > 0 {
		return "csv", header.separator, nil
	}
	if line, _, _ := bytes.Cut(text, []byte("\n")); namedAddress.Match(line) {
		return "list", 0, nil
	}
	for _, f := range first {
		if listed := slices.DeleteFunc(f.cells, func(c string) bool { return c == "" }); len(listed) > 1 && !slices.ContainsFunc(listed, noMember) {
			return "list", f.separator, nil
		}
	}
	for _, f := range first {
		if s.Format == "list" || len(f.cells) == 1 && (!noMember(f.cells[0]) || digits.MatchString(f.cells[0])) {
			return "list", 0, nil
		}
	}
	return "csv", header.separator, nil
}

// named counts the known columns of a header.
func (s *Source) named(header []string) (n int) {
	columns, _ := s.Columns.of(header)
	for _, c := range columns {
		if c.target != "" || c.idle {
			n++
		}
	}
	return n
}

// firstRecord is the first record of a file with one separator.
type firstRecord struct {
	separator byte
	cells     []string
}

// firstRecords parses the first record with each separator, or with the known one.
func firstRecords(head []byte, known byte) []firstRecord {
	all := separators
	if known != 0 {
		all = string(known)
	}
	var first []firstRecord
	for i := range len(all) {
		c := newCSVReader(&formulaReader{r: bytes.NewReader(head), separator: all[i]}, all[i])
		cells, _ := c.Read()
		for i, text := range cells {
			cells[i] = strings.TrimSpace(text)
		}
		first = append(first, firstRecord{all[i], cells})
	}
	return first
}

func newCSVReader(r io.Reader, separator byte) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma = rune(separator)
	c.FieldsPerRecord = -1
	c.TrimLeadingSpace = separator != '\t'
	return c
}

var (
	digits = pattern.New(`^[0-9]+$`)
	// memberID matches an id in a form that only members have.
	memberID = pattern.New(`^(user_\w*[0-9]\w*|users/\S+|Y2lzY29zcGFyazov[\w+/=-]+|id:.+|email:.+)$`)
	// tableHeading matches the first line of -o table.
	tableHeading = pattern.New(`^(?:(PROVIDER|GROUP|NAME|EMAIL|ROLE|STATE|SINCE|MEMBER|RESULT|DETAIL|KEY|PRESENCE) *(?:  |$)){2,}$`)
)

// noMember reports whether a cell of a file without a header does not look like a member.
func noMember(text string) bool {
	return !strings.Contains(text, "@") && !memberID.MatchString(text)
}

// printedTable reports whether the file is the output of -o table.
func printedTable(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return tableHeading.Match(bytes.TrimRight(line, " "))
}
