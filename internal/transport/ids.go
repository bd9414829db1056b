package transport

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// CheckID refuses an id that cannot be one and could name another endpoint:
// empty, "." or "..", with control characters or invalid UTF-8.
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

// CheckPath makes sure that the URL built for a template such as
// "/v1/memberships/{membershipId}" below base is that one, with ids in its
// placeholders and nothing else anywhere.
func CheckPath(u *url.URL, base, template string, ids []string) error {
	rest, ok := strings.CutPrefix(u.EscapedPath(), base)
	if !ok {
		return fmt.Errorf("the request left the base path")
	}
	want, got := strings.Split(template, "/"), strings.Split(rest, "/")
	if len(want) != len(got) {
		return fmt.Errorf("the built path does not fit %s", template)
	}
	for i, w := range want {
		if !strings.HasPrefix(w, "{") {
			if w != got[i] {
				return fmt.Errorf("the built path does not fit %s", template)
			}
			continue
		}
		if len(ids) == 0 {
			return fmt.Errorf("no id was given for %s of %s", w, template)
		}
		seg, err := url.PathUnescape(got[i])
		if err != nil || seg != ids[0] || CheckID(w, seg) != nil {
			return fmt.Errorf("the built path does not hold the id given for %s of %s", w, template)
		}
		ids = ids[1:]
	}
	if len(ids) != 0 {
		return fmt.Errorf("an id too many was given for %s", template)
	}
	return nil
}
