package transport

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships"
)

// MaxID is the largest length of an id, an address or a page token in bytes. Credentials
// may be longer.
const MaxID = 8 << 10

// CheckID is memberships.CheckID with a fast path for plain ids.
func CheckID(name, id string) error {
	if len(id) <= MaxID && isPlain(id) && id != "" && strings.IndexByte(id, '.') < 0 && strings.IndexByte(id, '%') < 0 {
		return nil
	}
	return memberships.CheckID(name, id)
}

// CheckKey is CheckID for an id in an answer. It accepts ids that only look like path steps:
// anybody may have created one, and it must not fail a listing. CheckID refuses the same id
// as an argument.
func CheckKey(name, id string) error {
	switch {
	case len(id) > MaxID:
		return fmt.Errorf("%s has %d bytes", name, len(id))
	case len(id) <= len(".."):
		return CheckID(name, id)
	case isPlain(id):
		return nil
	}
	return memberships.CheckID(name, maskSteps.Replace(id))
}

// maskSteps replaces the characters that make path steps of an id.
var maskSteps = strings.NewReplacer(".", "_", "%", "_")

// isPlain reports whether s is printable ASCII. It reads eight bytes at a time, as it checks
// every item of every page.
func isPlain(s string) bool {
	const each = 0x0101010101010101
	b := []byte(s) // not copied, as it is only read
	for ; len(b) >= 8; b = b[8:] {
		// The top bit of a byte is set below 0x20, at 0x7f and from 0x80 on.
		x := binary.LittleEndian.Uint64(b)
		if ((x-0x20*each)|(x+each)|x)&(0x80*each) != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

// CheckPath returns an error unless the path of u is base followed by template, such as
// "/v1/memberships/{membershipId}", with exactly ids in its placeholders.
func CheckPath(u *url.URL, base, template string, ids []string) error {
	rest, ok := strings.CutPrefix(u.EscapedPath(), base)
	if !ok {
		return fmt.Errorf("the request left the base path")
	}
	for want, more := template, true; more; {
		var w, segment string
		var also bool
		w, want, more = strings.Cut(want, "/")
		if segment, rest, also = strings.Cut(rest, "/"); also != more {
			return fmt.Errorf("the ids make another path than %s", template)
		}
		if !strings.HasPrefix(w, "{") {
			if w != segment {
				return fmt.Errorf("the ids make another path than %s", template)
			}
			continue
		}
		if len(ids) == 0 {
			return fmt.Errorf("no id was given for %s of %s", w, template)
		}
		_, verb, _ := strings.Cut(w, "}") // such as :reactivate
		escaped, ok := strings.CutSuffix(segment, verb)
		id, err := url.PathUnescape(escaped)
		if !ok || err != nil || id != ids[0] || CheckID(w, id) != nil {
			return fmt.Errorf("the built path does not hold the id given for %s of %s", w, template)
		}
		ids = ids[1:]
	}
	if len(ids) != 0 {
		return fmt.Errorf("an id too many was given for %s", template)
	}
	return nil
}
