package input

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/phrase"
	spreadsheet "github.com/memberships-go/memberships/internal/text"
)

// Cleaner converts cells into the values that they mean.
type Cleaner struct {
	// Fixed states that the reader of the file has no flags, which errors then do not name.
	Fixed bool

	invisible []Cell // cells from which invisible characters were removed
	// rounded are member ids in the command's own output that look rounded by a
	// spreadsheet. whole reports that another id has kept all digits.
	rounded []Cell
	whole   bool
}

// Clean returns the value of a cell in a column. If own is set, the command printed the
// row and its ids are taken verbatim.
func (c *Cleaner) Clean(name string, in Cell, own, json bool) (string, error) {
	text, err := in.Text, error(nil)
	switch {
	case own && !json:
		text = spreadsheet.UnescapeCell(text)
	case !own:
		text, err = unwrapped(text)
	}
	if err != nil {
		return "", err
	}
	seen := text
	switch isID := name == "member" || name == "member_id"; {
	case name == "email", name == "member" && strings.Contains(text, "@") && !strings.HasPrefix(Trimmed(text), "id:"):
		seen = strings.Map(visible, Trimmed(text))
		if text, err = addressCell(name, seen); errors.Is(err, errGuest) && !c.Fixed {
			err = fmt.Errorf("%w, as in --column email=mail", err)
		}
	case isID && !own:
		if seen = Trimmed(text); !strings.HasPrefix(seen, "id:") {
			seen = strings.Map(visible, seen)
		}
		text, err = idCell(name, seen)
	case own && !json && isID && rounded.MatchString(text):
		c.rounded = append(c.rounded, Cell{text, in.Line, in.Column})
	case own:
		c.whole = c.whole || isID && wholeID.MatchString(text)
		if changed := ChangedNumber(text); changed != nil && !json && (isID || name == "group" || name == "group_id") {
			err = changed
		}
	case name == "group", name == "group_id":
		seen = Trimmed(text)
		text, err = groupCell(name, seen)
	default:
		seen = Trimmed(text)
		text = seen
	}
	if hiddenIn(seen) < hiddenIn(in.Text) {
		c.invisible = append(c.invisible, in)
	}
	if err == nil && strings.ContainsRune(text, utf8.RuneError) {
		err = errors.New("a character of this cell cannot be read: save the file as UTF-8")
	}
	return text, err
}

// RoundedIDs returns the ids that a spreadsheet has rounded. A spreadsheet rounds a whole
// column, so one long id with all digits clears the others.
func (c *Cleaner) RoundedIDs() []Cell {
	if c.whole {
		return nil
	}
	return c.rounded
}

// Notice reports the removed characters, "" if there are none.
func (c *Cleaner) Notice(file string) string {
	if len(c.invisible) == 0 {
		return ""
	}
	first := c.invisible[0]
	return fmt.Sprintf("%s: invisible characters were removed from %s, first on line %d", file, phrase.Count(len(c.invisible), "cell"), first.Line)
}

// visible drops a character that is invisible.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) || r == 0x34f || r == 0x115f || r == 0x1160 || r == 0x3164 || r >= 0xfe00 && r <= 0xfe0f {
		return -1
	}
	return r
}

// outside reports whether a character is ignored around a value.
func outside(r rune) bool { return unicode.IsSpace(r) || visible(r) == -1 }

// Trimmed returns text without white space and invisible characters around it.
func Trimmed(text string) string { return strings.TrimFunc(text, outside) }

// hiddenIn counts the invisible characters and unusual spaces in a text.
func hiddenIn(text string) (n int) {
	for _, r := range text {
		if visible(r) == -1 || r > 0x7f && unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// unwrapped removes the marks that make a spreadsheet take a cell as text: ="007" or a
// leading apostrophe.
func unwrapped(text string) (string, error) {
	inner := Trimmed(text)
	if rest, ok := strings.CutPrefix(inner, "="); ok {
		unquoted, ok := strings.CutPrefix(rest, `"`)
		value, closed := strings.CutSuffix(unquoted, `"`)
		if value = strings.ReplaceAll(value, `""`, "\x00"); !ok || !closed || strings.Contains(value, `"`) {
			return "", errors.New("this cell is a formula: its value is needed")
		}
		return strings.ReplaceAll(value, "\x00", `"`), nil
	}
	if rest, ok := strings.CutPrefix(inner, "'"); ok {
		if both, ok := strings.CutSuffix(rest, "'"); ok && strings.Contains(both, "@") {
			return both, nil
		}
		return rest, nil
	}
	return text, nil
}

// SeveralValues returns the error for a cell with more than one value.
func SeveralValues(what string) error {
	return fmt.Errorf("this cell holds more than one %s: a row has one; in a file of several columns the first line names them", what)
}

var (
	angled  = pattern.New(`^(.*)<([^<>]*)>$`)
	mailto  = pattern.New(`^(?i:mailto):([^?]*)(\?.*)?$`)
	address = pattern.New(`^[^\s\pZ\pC@<>,;|]+@[^\s\pZ\pC@<>,;|]+$`)
)

// errGuest is a name of an account that is no address.
var errGuest = errors.New("a guest's name in Entra and no address: take another column")

// addressCell parses an e-mail address, mailto:address or Name <address>.
func addressCell(name, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	prefix, got := "", text
	if rest, ok := strings.CutPrefix(got, "email:"); ok && name != "email" {
		prefix, got = "email:", rest
	}
	for _, kind := range []string{"group:", "app:"} {
		if strings.HasPrefix(got, kind) && name != "email" {
			return idCell(name, got)
		}
	}
	shown := ""
	if m := angled.FindStringSubmatch(got); m != nil {
		shown, got = strings.Trim(m[1], ` "'`), strings.TrimSpace(m[2])
	}
	if m := mailto.FindStringSubmatch(got); m != nil {
		got = m[1]
	}
	switch got = strings.TrimRight(got, ",;"); {
	case strings.Count(got, "@")+strings.Count(shown, "@") > 1 && !strings.EqualFold(got, shown), strings.Contains(got, "@") && strings.ContainsAny(got, " \t\n,;|"):
		return "", SeveralValues("address or value")
	case strings.Contains(strings.ToUpper(got), "#EXT#"):
		return "", fmt.Errorf("%s is %w", got, errGuest)
	case !address.MatchString(got):
		return "", fmt.Errorf("%s is no e-mail address", phrase.Quote(got))
	}
	return prefix + got, nil
}

// idCell parses a member's id. Text after the prefix id: is taken verbatim.
func idCell(name, text string) (string, error) {
	if rest, ok := strings.CutPrefix(text, "id:"); ok {
		if name == "member_id" {
			return rest, nil
		}
		return text, nil
	}
	id := text
	for _, kind := range []string{"group:", "app:"} {
		id = strings.TrimPrefix(id, kind)
	}
	if err := ChangedNumber(id); err != nil {
		return "", err
	}
	if strings.ContainsAny(id, ",;|") || strings.ContainsFunc(id, unicode.IsSpace) || slashedNumbers.MatchString(id) {
		return "", fmt.Errorf("%w; %s is read as one id", SeveralValues("id"), ShownID(id))
	}
	return text, nil
}

// groupCell parses a group's id or name.
func groupCell(name, text string) (string, error) {
	if rest, ok := strings.CutPrefix(text, "id:"); ok && name == "group_id" {
		return rest, nil
	}
	if err := ChangedNumber(text); err != nil {
		return "", err
	}
	if name == "group_id" && strings.ContainsAny(text, ",;|\n") {
		return "", fmt.Errorf("%w; %s is read as one id", SeveralValues("id"), ShownID(text))
	}
	return text, nil
}

// ShownID returns the verbatim spelling of an id.
func ShownID(id string) string { return phrase.Quote("id:" + id) }

var (
	slashedNumbers = pattern.New(`^[0-9]+(/[0-9]+)+$`)
	// exponent matches scientific notation: 1.16E+20, with a comma, with x10^20, or with
	// a superscript 20.
	exponent = pattern.New(`^[+-]?[0-9]+([.,][0-9]+)?\s*([eE]\^?|[x*]\s?10\s?\^)\s?[+-]?[0-9]+$|^[+-]?[0-9]+([.,][0-9]+)?\s*([eE]|[x*]\s?10)[+-]?[\x{b2}\x{b3}\x{b9}\x{2070}-\x{2079}]+$`)
	// formatted matches grouped or decimal numbers: 12345.0, 12345., 1.234.567,
	// 12,34,567, 1'234 and 1 234 567,00.
	formatted = pattern.New(`^[+-]?([0-9]+[.,][0-9]*|[0-9]{1,3}([.,'_ ][0-9]{2,3})*[.,'_ ][0-9]{3}([.,][0-9]*)?)$`)
	// currency matches a number with a currency or percent sign, or in accounting's
	// parentheses.
	currency = pattern.New(`^(\([0-9., ']+\)|[+-]?\p{Sc}\s?[0-9][0-9., ']*|[0-9][0-9., ']*\s?[\p{Sc}%])$`)
	// unshown matches the contents of a cell that is too narrow or has an error.
	unshown = pattern.New(`^(#+|#(N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!|NULL!|SPILL!))$`)
	// rounded matches an id with at least three digits after the fifteenth, all of them
	// 0.
	rounded = pattern.New(`^[0-9]{15}0{3,}$`)
	// wholeID matches an id with a digit other than 0 after the fifteenth.
	wholeID = pattern.New(`^[0-9]{15}[0-9]*[1-9][0-9]*$`)
)

// plainNumber maps the characters of a number in any notation to ASCII. A digit of
// another script becomes some ASCII digit.
func plainNumber(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case unicode.Is(unicode.Nd, r):
		return '1'
	}
	for plain, odd := range map[rune]string{
		'-': "\u2212\uff0d\u207b", '+': "\uff0b\u207a", '.': "\u066b\uff0e", ',': "\u066c\uff0c", '\'': "\u2019",
		' ': "\u00a0\u202f\u2009", 'x': "\u00d7", '*': "\u00b7\u22c5", 'E': "\uff25\uff45",
	} {
		if strings.ContainsRune(odd, r) {
			return plain
		}
	}
	return r
}

// ChangedNumber returns the error for an id that a spreadsheet has turned into a number.
func ChangedNumber(id string) error {
	number := strings.Map(plainNumber, id)
	switch {
	case exponent.MatchString(number), rounded.MatchString(number):
		return fmt.Errorf("this id was converted to a number by a spreadsheet, %s, and its digits are lost; if they are not, write %s", id, ShownID(id))
	case formatted.MatchString(number), currency.MatchString(number), number != id && digits.MatchString(number):
		return fmt.Errorf("%s is a number as a spreadsheet writes it, or several ids; if it is one id, write %s", id, ShownID(id))
	case unshown.MatchString(id):
		return fmt.Errorf("a spreadsheet shows %s where it does not show the value", id)
	}
	return nil
}
