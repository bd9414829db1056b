package googlechat

import (
	"fmt"
	"strconv"
	"strings"
)

// key identifies a member of a space by the number of a person or the id of a Google
// group. The zero key is the calling app, the only app here.
type key struct {
	user  int64
	group string
}

var (
	app    = key{}
	nobody = key{user: -1}
)

// firstAnonymous is the number of a space's first anonymous member, who has no account.
// The numbers of the next ones descend.
const firstAnonymous = -2

func (k key) anonymous() bool { return k.user <= firstAnonymous }

// id returns the last segment of the names of a member and of its memberships.
func (k key) id() string {
	switch {
	case k.group != "":
		return k.group
	case k.anonymous():
		return fmt.Sprintf("9%020d", firstAnonymous-k.user+1)
	}
	return userID(k.user)
}

// userID returns a user's id, 21 digits as in Google: a 1 and the number.
func userID(n int64) string { return fmt.Sprintf("1%020d", n) }

// userNumber returns the number in a user's id.
func userNumber(id string) (int64, bool) {
	digits, ok := strings.CutPrefix(id, "1")
	if !ok || len(digits) != 20 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && userID(n) == id
}

func spaceID(n int64) string { return fmt.Sprintf("AAAA%07d", n) }

func directMessageID(n int64) string { return fmt.Sprintf("DMAA%07d", n) }

// member returns the member that an id, an address or "app" identifies. An unknown id is
// a Google group, because groups have no directory here.
func (s *server) member(id string) (key, bool) {
	if n, ok := userNumber(id); ok {
		return key{user: n}, true
	}
	switch {
	case id == "app":
		return app, true
	case strings.Contains(id, "@"):
		if p, ok := s.people.ByMail(id); ok {
			return key{user: p.N}, true
		}
		return nobody, false
	}
	return key{group: id}, true
}
