package googlechat

import (
	"fmt"
	"strconv"
	"strings"
)

// key is a member of a space: the number of a person, or the id of a Google group. The
// zero key is the calling app, of which there is one.
type key struct {
	user  int64
	group string
}

var (
	app    = key{}
	nobody = key{user: -1}
)

// firstAnonymous is the number of the first anonymous member of a space, who is nobody's
// account; the next ones count down.
const firstAnonymous = -2

func (k key) anonymous() bool { return k.user <= firstAnonymous }

// id is the last part of the names of a user or group and of its memberships.
func (k key) id() string {
	switch {
	case k.group != "":
		return k.group
	case k.anonymous():
		return fmt.Sprintf("9%020d", firstAnonymous-k.user+1)
	}
	return userID(k.user)
}

// userID has 21 digits, as the service's ids have: a 1 and the number.
func userID(n int64) string { return fmt.Sprintf("1%020d", n) }

// userNumber is the inverse of userID.
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

// member finds whom an id, an address or "app" stands for. Groups are not known apart
// from their memberships, so any other id may be one.
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
