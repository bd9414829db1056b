package input

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// Cleaner reads cells as they are meant.
type Cleaner struct {
	invisible []Cell // where characters that nobody sees were removed
	// rounded are ids of members, in rows that this command has printed, that end as one
	// does whose digits a spreadsheet has lost; whole says that another one has kept them.
	rounded []Cell
	whole   bool
}

// Clean returns what a cell of a column means. own says that this command has printed
// the row, whose ids then are as they are.
func (c *Cleaner) Clean(name string, in Cell, own, json bool) (string, error) {
	text, err := in.Text, error(nil)
	switch {
	case own && !json:
		text = output.UnescapeCell(text)
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
		text, err = addressCell(name, seen)
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

// RoundedIDs returns the ids whose digits a spreadsheet has rounded away: it changes a column as a whole,
// so one long id that has kept its digits clears them all.
func (c *Cleaner) RoundedIDs() []Cell {
	if c.whole {
		return nil
	}
	return c.rounded
}

// Notice tells what was removed, "" for nothing.
func (c *Cleaner) Notice(file string) string {
	if len(c.invisible) == 0 {
		return ""
	}
	first := c.invisible[0]
	return fmt.Sprintf("%s: characters that nobody sees were removed from %s, first on line %d", file, phrase.Count(len(c.invisible), "cell"), first.Line)
}

// visible drops a character that shows nothing.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) || r == 0x34f || r == 0x115f || r == 0x1160 || r == 0x3164 || r >= 0xfe00 && r <= 0xfe0f {
		return -1
	}
	return r
}

// outside reports a character that does not count around a value.
func outside(r rune) bool { return unicode.IsSpace(r) || visible(r) == -1 }

// Trimmed is a text without white space and invisible characters around it.
func Trimmed(text string) string { return strings.TrimFunc(text, outside) }

// hiddenIn counts what a text holds beside what everybody sees and plain spaces.
func hiddenIn(text string) (n int) {
	for _, r := range text {
		if visible(r) == -1 || r > 0x7f && unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// unwrapped reads what makes a spreadsheet take a cell as text: ="007" and an apostrophe
// before it.
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

// SeveralValues is the mistake of a cell that holds more than one.
func SeveralValues(what string) error {
	return fmt.Errorf("this cell holds more than one %s: a row has one; in a file of several columns the first line names them", what)
}

var (
	angled  = regexp.MustCompile(`^(.*)<([^<>]*)>$`)
	mailto  = regexp.MustCompile(`^(?i:mailto):([^?]*)(\?.*)?$`)
	address = regexp.MustCompile(`^[^\s\pZ\pC@<>,;|]+@[^\s\pZ\pC@<>,;|]+$`)
)

// addressCell reads an e-mail address: as it is, as mailto: or as Name <address>.
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
		return "", fmt.Errorf("%s is a guest's name in Entra and no address: take another column, as in --column email=mail", got)
	case !address.MatchString(got):
		return "", fmt.Errorf("%s is no e-mail address", phrase.Quote(got))
	}
	return prefix + got, nil
}

// idCell reads an id of a member. The text behind id: is taken as it is.
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

// groupCell reads an id or a name of a group.
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

// ShownID is how an id is to be written that nothing else is to be made of.
func ShownID(id string) string { return phrase.Quote("id:" + id) }

var (
	slashedNumbers = regexp.MustCompile(`^[0-9]+(/[0-9]+)+$`)
	// exponents: 1.16E+20, also with a comma, with x10^20 and with a raised 20.
	exponent = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?\s*([eE]\^?|[x*]\s?10\s?\^)\s?[+-]?[0-9]+$|^[+-]?[0-9]+([.,][0-9]+)?\s*([eE]|[x*]\s?10)[+-]?[\x{b2}\x{b3}\x{b9}\x{2070}-\x{2079}]+$`)
	// formatted: 12345.0, 12345., 1.234.567, 12,34,567, 1'234 and 1 234 567,00.
	formatted = regexp.MustCompile(`^[+-]?([0-9]+[.,][0-9]*|[0-9]{1,3}([.,'_ ][0-9]{2,3})*[.,'_ ][0-9]{3}([.,][0-9]*)?)$`)
	// currency: a number with a currency or percent sign, or in the brackets of accounting.
	currency = regexp.MustCompile(`^(\([0-9., ']+\)|[+-]?\p{Sc}\s?[0-9][0-9., ']*|[0-9][0-9., ']*\s?[\p{Sc}%])$`)
	// unshown is what stands in a cell that is too narrow, or has an error.
	unshown = regexp.MustCompile(`^(#+|#(N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!|NULL!|SPILL!))$`)
	// rounded has no digit but 0 behind the fifteenth, and three of them at least.
	rounded = regexp.MustCompile(`^[0-9]{15}0{3,}$`)
	// wholeID has another digit than 0 behind the fifteenth.
	wholeID = regexp.MustCompile(`^[0-9]{15}[0-9]*[1-9][0-9]*$`)
)

// plainNumber writes the signs of numbers in any notation as ASCII has them. Of a digit of
// another script it keeps that it is one.
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

// ChangedNumber is the mistake of an id that a spreadsheet has made a number of.
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
