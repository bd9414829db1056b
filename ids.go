package memberships

import (
	"fmt"
	"unicode/utf8"
)

// CheckID refuses an id that cannot be one and could name another endpoint or break a
// log line: empty, "." or "..", with control characters or invalid UTF-8. The error
// calls it name and does not repeat it. A Client checks every id, e-mail address and
// role before it asks its Provider.
func CheckID(name, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%s is empty", name)
	case id == "." || id == "..":
		return fmt.Errorf("%s is a path segment and not an id", name)
	case !utf8.ValidString(id):
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	for _, r := range id {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return fmt.Errorf("%s holds a control character", name)
		}
	}
	return nil
}
